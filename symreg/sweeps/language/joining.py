"""``extends: base.yaml``: what several experiments share stands in one file, and the file's own keys win.

Blocks are joined key by key, everything else is replaced; of several files the later wins. A file that is named in a
shared one lies beside that one. Each place remembers the file and the line in which it stands.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from symreg.document import Document, KeyPath, Value, read_document
from symreg.sweeps.language.places import anchored
from symreg.wording import shortened

KEY = "extends"

MOST_SHARED = 50
"""Files that one experiment may be joined of, each counted as often as it is named: some have two or three. A bound on
files that name each other many times over; set by hand."""


def read_joined(path: str | Path) -> Document:
    """The document of ``path`` with what it extends; SpecificationError for a file that is missing, or a loop."""
    return joined(read_document(path), Path(path).parent, (Path(path),))


def joined(document: Document, folder: Path | None, chain: tuple[Path, ...] = ()) -> Document:
    """``document``, which lies in ``folder``, over what it extends; ``chain`` are the files that led to it."""
    return _joined(document, folder, chain, [0])


def _joined(document: Document, folder: Path | None, chain: tuple[Path, ...], count: list[int]) -> Document:
    value = document.value
    if not isinstance(value, dict) or KEY not in value:
        return document
    own = replace(document, value={key: one for key, one in value.items() if key != KEY})
    shared: Document | None = None
    for name, place in _names(document):
        count[0] += 1
        if count[0] > MOST_SHARED:
            raise document.mistakes([(place, f"more than {MOST_SHARED} files are joined here")])
        each = _read(document, place, name, folder or Path(), chain, count)
        shared = each if shared is None else over(each, shared)
    return own if shared is None else replace(over(own, shared), source=document.source)


def _names(document: Document) -> Iterator[tuple[str, KeyPath]]:
    assert isinstance(document.value, dict)
    given = document.value[KEY]
    several = isinstance(given, list)
    for number, one in enumerate(given if isinstance(given, list) else [given]):
        place: KeyPath = (KEY, number) if several else (KEY,)
        if not isinstance(one, str) or not one or "\0" in one:
            reason = f"should be the name of a file such as base.yaml, or a list of them, not {shortened(one)}"
            raise document.mistakes([(place, reason)])
        yield one, place


def _read(
    document: Document, place: KeyPath, name: str, folder: Path, chain: tuple[Path, ...], count: list[int]
) -> Document:
    path = folder / name
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "is not there"
        raise document.mistakes([(place, f"{name} {what}; it is looked for beside this file")])
    if any(path.resolve() == one.resolve() for one in chain):
        way = " extends ".join([*(one.name for one in chain), path.name])
        raise document.mistakes([(place, f"this is a loop: {way}")])
    seen_from_first = Path(os.path.normpath(Path(document.source).parent / name)).as_posix()
    shared = replace(read_document(path), source=seen_from_first)
    if not isinstance(shared.value, dict):
        raise shared.mistakes([((), f"should be a block of keys, which {document.source} extends")])
    shared = _joined(shared, path.parent, (*chain, path), count)
    return replace(shared, value=anchored(shared.value, path.parent))


def over(own: Document, shared: Document) -> Document:
    """``own`` joined with ``shared``; where both say something ``own`` wins, and the places know their files."""
    replaced: list[KeyPath] = []
    value = _merged(shared.value, own.value, (), replaced)
    lines: dict[KeyPath, int] = {}
    files: dict[KeyPath, str] = {}
    hidden = set(replaced)
    for path, line in shared.lines.items():
        if not any(path[:length] in hidden for length in range(1, len(path) + 1)):
            lines[path], files[path] = line, shared.file_of(path)
    for path, line in own.lines.items():
        lines[path], files[path] = line, own.file_of(path)
    return Document(value, lines, own.source, files)


def _merged(shared: Value, own: Value, path: KeyPath, replaced: list[KeyPath]) -> Any:
    """Blocks key by key; an axis of a sweep is one thing, as a list is."""
    is_axis = len(path) == 2 and path[0] == "sweep"
    if not (isinstance(shared, dict) and isinstance(own, dict)) or is_axis:
        replaced.append(path)
        return copy.deepcopy(own)
    result: dict[str, Any] = copy.deepcopy(shared)
    for key, one in own.items():
        result[key] = _merged(shared[key], one, (*path, key), replaced) if key in shared else copy.deepcopy(one)
    return result
