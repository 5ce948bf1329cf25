"""Nothing is so long that nobody reads it: lines of a file and of a function, files of a folder."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import symreg

PACKAGE = Path(symreg.__file__).parent
LINES_OF_A_FILE = 350
"""More than twice what a file is meant to have, about 150: a file that grows beyond holds two nouns."""

LINES_OF_A_FUNCTION = 60
"""Without its docstring, and six times what a function is meant to have. What has arguments by the dozen needs some."""

FILES_OF_A_FOLDER = 20
"""Python files, folders inside it aside: a list that is still read before something is looked for."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def own_lines(function: Function) -> int:
    """Lines of a function with its arguments and all that is defined inside, without its docstring."""
    lines = (function.end_lineno or 0) - function.lineno + 1
    if ast.get_docstring(function) is not None:
        first = function.body[0]
        lines -= (first.end_lineno or 0) - first.lineno + 1
    return lines


def functions(path: Path) -> Iterator[Function]:
    """Every function and method of a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    yield from (node for node in ast.walk(tree) if isinstance(node, Function))


def too_long(folder: Path) -> list[str]:
    """A sentence for each file, function and folder that is beyond the limits."""
    found = []
    for path in sorted(folder.rglob("*.py")):
        name, lines = path.relative_to(folder), len(path.read_text(encoding="utf-8").splitlines())
        if lines > LINES_OF_A_FILE:
            found.append(f"{name} has {lines} lines, and at most {LINES_OF_A_FILE} are allowed: split it by its nouns.")
        found += [
            f"{name}: {one.name} has {own_lines(one)} lines without its docstring, and at most {LINES_OF_A_FUNCTION} "
            "are allowed: what part of it has a name?"
            for one in functions(path)
            if own_lines(one) > LINES_OF_A_FUNCTION
        ]
    for room in sorted({path.parent for path in folder.rglob("*.py")}):
        count = len(list(room.glob("*.py")))
        if count > FILES_OF_A_FOLDER:
            found.append(
                f"{room.relative_to(folder)}/ has {count} Python files, and at most {FILES_OF_A_FOLDER} are allowed: "
                "which of them make a room of their own?"
            )
    return found


def test_what_is_too_long_is_told(tmp_path: Path) -> None:
    room = tmp_path / "room"
    room.mkdir()
    (room / "long.py").write_text("\n" * (LINES_OF_A_FILE + 1))
    body = "    pass\n" * (LINES_OF_A_FUNCTION - 1)
    (room / "fits.py").write_text(f'def f():\n    """One.\n\n    Two.\n    """\n{body}')
    (room / "one_more.py").write_text(f"class A:\n  def g():\n{body}    pass\n")
    for number in range(FILES_OF_A_FOLDER - 2):
        (room / f"a{number}.py").touch()
    file, function, folder = (one.split(",")[0] for one in too_long(tmp_path))
    assert file == f"room/long.py has {LINES_OF_A_FILE + 1} lines"
    assert function == f"room/one_more.py: g has {LINES_OF_A_FUNCTION + 1} lines without its docstring"
    assert folder == f"room/ has {FILES_OF_A_FOLDER + 1} Python files"


def test_nothing_is_too_long() -> None:
    assert not too_long(PACKAGE)
