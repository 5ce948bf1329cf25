"""What one room takes of another stands at the other's door, its ``__init__.py``, and is taken from there."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import symreg

PACKAGE = Path(symreg.__file__).parent
ROOMS = {path.parent for path in PACKAGE.glob("*/**/__init__.py")}
OPEN = {PACKAGE / "engine"}
"""Its files are twins, each of which loads another engine: a door that named them would load all."""


def imports(path: Path) -> Iterator[tuple[Path, str]]:
    """What a file imports of the package, name by name: the path of its module without an ending, and the name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("symreg."):
            for one in node.names:
                yield PACKAGE.joinpath(*node.module.split(".")[1:]), one.name


def test_nobody_reaches_past_the_door_of_a_room() -> None:
    reached = []
    for path in PACKAGE.rglob("*.py"):
        if path.name == "__init__.py":
            continue  # a door shows what lies deeper in its room
        for place, name in imports(path):
            foreign = [room for room in ROOMS if room in place.parents and room not in path.parents]
            if foreign and not OPEN.intersection(foreign):
                reached.append(f"{path.relative_to(PACKAGE)} imports {name}")
    assert not reached


def test_a_door_shows_no_more_than_what_is_taken() -> None:
    """By another room, by the package itself, or by the documentation."""
    taken = {path: {name for _, name in imports(path)} for path in PACKAGE.rglob("*.py")}
    root = PACKAGE.parent
    pages = "\n".join(page.read_text(encoding="utf-8") for page in [*root.glob("*.md"), *root.glob("docs/*.md")])
    idle = []
    for room in ROOMS - OPEN:
        tree = ast.parse((room / "__init__.py").read_text(encoding="utf-8"))
        taken_in = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
        ours = [node for node in taken_in if (node.module or "").startswith("symreg.")]
        shown = {one.name for node in ours for one in node.names}
        outside = {name for path, names in taken.items() if room not in path.parents for name in names}
        idle += [f"{room.name}: {one}" for one in sorted(shown - outside) if one not in pages]
    assert not idle
