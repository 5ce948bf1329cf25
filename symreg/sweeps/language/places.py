"""Places of an experiment's file, ``data.generate.rows`` or ``columns.x.unit``, and what may be put at them."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from symreg.document import Document, KeyPath, Value
from symreg.experiment import Specification

NOISE = "noise"
"""A key of a sweep that is no place of the file: noise of that many times the root mean square, in the drawn table for
``data.generate``, else on the training rows of the target."""

OWN_KEYS = ("name", "version", "sweep", "extends")
"""What says which file this is, and not what is asked: no place whose value can vary."""

FILE_PLACES: tuple[tuple[str, ...], ...] = (("data", "file"), ("backend", "file"))
"""Places that name a file, which lies beside the one that names it."""

LISTS_OF_BACKENDS = (("backend",), ("backend", "beside"))


def is_place(key: str) -> bool:
    """Whether the key of an axis is a place of the file, and not a name for pieces of it."""
    return "." in key or key == NOISE or key in Specification.model_fields or key in OWN_KEYS


def place_of(key: str, chosen: Value, value: dict[str, Any]) -> tuple[KeyPath, Value]:
    """Where ``chosen`` stands in the file ``value``, and as what."""
    if key != NOISE:
        return tuple(key.split(".")), chosen
    data = value.get("data")
    drawn = isinstance(data, dict) and isinstance(data.get("generate"), dict)
    return ("data", "generate", "noise") if drawn else ("data", "noise"), {"rms": chosen}


def has_place(path: KeyPath) -> bool:
    """Whether a value may be put there at all."""
    return bool(path) and path[0] not in OWN_KEYS and "" not in path


def put(value: dict[str, Any], path: KeyPath, chosen: Value) -> bool:
    """Put a copy of ``chosen`` at ``path``, making the blocks around it; False where something else is in the way."""
    block: Any = value
    for part in path[:-1]:
        if isinstance(block, dict) and block.get(part) is None:
            block[part] = {}  # absent, or a key with nothing behind it
        block = block.get(part) if isinstance(block, dict) else None
    if not isinstance(block, dict):
        return False
    block[path[-1]] = copy.deepcopy(chosen)
    return True


def value_at(value: Value, path: KeyPath) -> Value:
    """What stands at ``path``; None where nothing does."""
    for part in path:
        value = value.get(str(part)) if isinstance(value, dict) else None
    return value


def move_lines(document: Document, path: KeyPath, origin: KeyPath) -> Document:
    """The document in which what stands at ``origin`` is reported where it stands, although it is now at ``path``."""
    lines, files = dict(document.lines), dict(document.files)
    line, file = document.line_of(origin), document.file_of(origin)
    for known in [known for known in lines if known[: len(path)] == path]:
        del lines[known]
        files.pop(known, None)
    for length in range(1, len(path) + 1):
        if line is not None and path[:length] not in lines:
            lines[path[:length]], files[path[:length]] = line, file
    for known in [known for known in document.lines if known[: len(origin)] == origin]:
        moved = (*path, *known[len(origin) :])
        lines[moved], files[moved] = document.lines[known], document.file_of(known)
    return Document(document.value, lines, document.source, files)


def anchored(value: Value, folder: Path, place: KeyPath = ()) -> Value:
    """``value``, which stands at ``place``, with the files that it names as seen from everywhere."""
    if place in FILE_PLACES:
        return _absolute(value, folder)
    if isinstance(value, list) and place in LISTS_OF_BACKENDS:
        return [anchored(one, folder, ("backend",)) for one in value]
    if isinstance(value, dict) and place == ("sweep",):
        return {key: _anchored_axis(key, axis, folder) for key, axis in value.items()}
    if isinstance(value, dict) and len(place) < 2:
        return {key: anchored(one, folder, (*place, *key.split("."))) for key, one in value.items()}
    return value


def _anchored_axis(key: str, axis: Value, folder: Path) -> Value:
    if key == "together":
        groups = axis if isinstance(axis, list) else [axis]
        found = [anchored(one, folder, ("sweep",)) for one in groups]
        return found if isinstance(axis, list) else found[0]
    place: KeyPath = tuple(key.split(".")) if is_place(key) else ()
    if isinstance(axis, list):
        return [anchored(one, folder, place) for one in axis]
    if isinstance(axis, dict) and "files" in axis:
        return {**axis, "files": _patterns(axis["files"], folder)}
    if isinstance(axis, dict):
        return {name: anchored(one, folder, place) for name, one in axis.items()}
    return axis


def _patterns(given: Value, folder: Path) -> Value:
    """Patterns as seen from everywhere; what is special in a pattern is not in the folder's own name."""
    import glob

    if isinstance(given, list):
        return [_patterns(one, folder) for one in given]
    return str(Path(glob.escape(str(folder.absolute()))) / given) if isinstance(given, str) else given


def _absolute(file: Value, folder: Path) -> Value:
    if isinstance(file, bool) or not isinstance(file, str | int | float):
        return file  # told as a mistake later
    return str((folder / str(file)).absolute())
