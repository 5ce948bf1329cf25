"""No number decides without a word: each named one says what it counts and why it is of about that size."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import symreg

PACKAGE = Path(symreg.__file__).parent
OF_A_NUMBER = (ast.Constant, ast.UnaryOp, ast.BinOp, ast.Tuple, ast.operator, ast.unaryop, ast.expr_context)


def is_number(value: ast.expr) -> bool:
    """Numbers, their products and tuples of them; no texts and no truth values."""
    nodes = list(ast.walk(value))
    told = [node.value for node in nodes if isinstance(node, ast.Constant)]
    return all(isinstance(node, OF_A_NUMBER) for node in nodes) and all(type(one) in (int, float) for one in told)


def named_numbers(path: Path) -> Iterator[tuple[str, bool]]:
    """Names of the numbers that a module defines, and whether anything is said of each."""
    text = path.read_text(encoding="utf-8")
    lines, body = text.splitlines(), ast.parse(text).body
    for place, node in enumerate(body):
        if isinstance(node, ast.Assign):
            name, value = ast.unparse(node.targets[0]), node.value
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            name, value = ast.unparse(node.target), node.value
        else:
            continue
        if name.strip("_(").split(",")[0].isupper() and is_number(value):
            after = body[place + 1] if place + 1 < len(body) else None
            has_docstring = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
            beside = "#" in lines[node.end_lineno - 1 if node.end_lineno else 0]
            above = lines[node.lineno - 2].lstrip().startswith("#")
            yield name, has_docstring or beside or above


def test_a_bare_number_is_told_from_one_with_a_reason(tmp_path: Path) -> None:
    source = tmp_path / "made.py"
    source.write_text('A = 3\nB = 4  # rows\nC = 2 * 5.0\n"""Of a table."""\n# two\nD, E = 1, -2\nF = "text"\ng = 7\n')
    assert list(named_numbers(source)) == [("A", False), ("B", True), ("C", True), ("(D, E)", True)]


def test_every_named_number_has_a_reason() -> None:
    files = sorted(PACKAGE.rglob("*.py"))
    bare = [f"{path.relative_to(PACKAGE)}: {name}" for path in files for name, told in named_numbers(path) if not told]
    assert not bare


def test_a_name_has_no_more_than_two_meanings() -> None:
    """``LARGEST`` was ten numbers and ``EXACT`` eight: who met one in a test had to look up whose it was."""
    meanings: dict[str, list[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        for name, _ in named_numbers(path):
            for one in name.strip("()").split(", "):
                meanings.setdefault(one, []).append(str(path.relative_to(PACKAGE)))
    assert not {name: files for name, files in meanings.items() if len(files) > 2}
