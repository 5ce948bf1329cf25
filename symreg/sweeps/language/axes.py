"""The axes of a sweep: what varies, over which values, and which axes go together.

An axis is a place of the file with its values (a list, a range, files, or values with names), or a name of its own
with named pieces of the file, which are joined with it: ``problem: {kepler: {data: {...}}, boyle: {...}}``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from symreg.document import Document, KeyPath, Value
from symreg.errors import SpecificationError
from symreg.experiment import Specification
from symreg.sweeps.language.naming import names_of_files, names_of_values, safe_names
from symreg.sweeps.language.places import FILE_PLACES, NOISE, OWN_KEYS, has_place, is_place
from symreg.sweeps.language.spans import RANGE_KEYS, SpanError, files_of, values_of_range
from symreg.wording import choices, shortened

MAX_RUNS = 1000
"""Runs that one file may stand for: all are checked before the first begins, and each is a search. A bound on slips
such as one list too many, which a larger one lets pass; set by hand."""

TOGETHER = "together"
"""The key of axes that go side by side, the first value of one with the first of the others."""

LONGEST_SHOWN = 60
"""Characters of a value in a table: a longer one, such as a list of operators, is cut. Set by hand."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of an axis: the ``value``, its ``name`` in the names of runs, how tables show it, where it stands."""

    value: Value
    name: str
    shown: str
    origin: KeyPath


@dataclass(frozen=True, slots=True)
class Axis:
    """What varies: its ``key`` as the file has it, its ``choices`` in order; pieces of the file if ``is_pieces``."""

    key: str
    choices: tuple[Choice, ...]
    is_pieces: bool = False

    @property
    def label(self) -> str:
        """The word for it in the names of runs: the last part of its key."""
        return self.key if self.is_pieces else self.key.rpartition(".")[2]


Group = tuple[Axis, ...]
"""Axes that go together: all have as many choices."""


def groups_of(document: Document, folder: Path | None) -> tuple[Group, ...]:
    """The axes of ``document``, those that go together in one group; SpecificationError says what is wrong."""
    assert isinstance(document.value, dict)
    groups = tuple(_groups(document.value["sweep"], ("sweep",), document, folder or Path()))
    seen: dict[str, KeyPath] = {}
    for axis in (axis for group in groups for axis in group):
        if axis.key in seen:
            where = axis.choices[0].origin[:-1]
            raise document.mistakes([(where, f"{axis.key!r} is an axis of this sweep already")])
        seen[axis.key] = axis.choices[0].origin
    runs = math.prod(len(group[0].choices) for group in groups)
    if runs > MAX_RUNS:
        raise document.mistakes([(("sweep",), f"stands for {runs} runs; {MAX_RUNS} at most")])
    return groups


def _groups(sweep: Value, path: KeyPath, document: Document, folder: Path) -> Iterator[Group]:
    if not isinstance(sweep, dict) or not sweep:
        reason = "should be a block such as {noise: [0, 0.01], seed: [0, 1, 2]}"
        raise document.mistakes([(path, reason)])
    for key, given in sweep.items():
        if key == TOGETHER and path == ("sweep",):
            blocks = given if isinstance(given, list) else [given]
            for number, block in enumerate(blocks):
                place = (*path, key, number) if isinstance(given, list) else (*path, key)
                yield _side_by_side(block, place, document, folder)
        else:
            yield (_axis(key, given, (*path, key), document, folder),)


def _side_by_side(block: Value, path: KeyPath, document: Document, folder: Path) -> Group:
    if not isinstance(block, dict) or len(block) < 2:
        reason = "should be a block of two axes or more, such as {seed: [0, 1], budget.time: [1 s, 5 s]}"
        raise document.mistakes([(path, reason)])
    axes = [group[0] for group in _groups(block, path, document, folder)]
    counts = {axis.key: len(axis.choices) for axis in axes}
    if len(set(counts.values())) > 1:
        told = ", ".join(f"{key} has {count}" for key, count in counts.items())
        raise document.mistakes([(path, f"axes that go together need as many values each; here {told}")])
    return tuple(axes)


def _axis(key: str, given: Value, path: KeyPath, document: Document, folder: Path) -> Axis:
    first = key.partition(".")[0]
    if is_place(key) and not has_place(("data",) if key == NOISE else tuple(key.split("."))):
        raise document.mistakes([(path, "this is not a place in the file whose value can vary")])
    if is_place(key) and first not in (*Specification.model_fields, *OWN_KEYS, NOISE):
        raise document.mistakes([(path, _unknown(first))])
    if not is_place(key) and (isinstance(given, list) or _is_span(given)):
        pieces = isinstance(given, list) and any(isinstance(one, dict) for one in given)
        names = f"pieces of the file need names: {{{key}: {{first: {{...}}, second: {{...}}}}}}"
        raise document.mistakes([(path, names if pieces else _unknown(key))])
    found = _choices(key, given, path, document, folder)
    return Axis(key, found, is_pieces=not is_place(key) and isinstance(given, dict) and not _is_span(given))


def _choices(key: str, given: Value, path: KeyPath, document: Document, folder: Path) -> tuple[Choice, ...]:
    if isinstance(given, list) and given:
        origins: list[KeyPath] = [(*path, number) for number in range(len(given))]
        return _made(given, names_of_values(given), [_shown(value) for value in given], origins)
    try:
        if _is_span(given) and isinstance(given, dict):
            return _of_span(key, given, path, folder)
    except SpanError as error:
        raise document.mistakes([((*path, error.key) if error.key else path, str(error))]) from None
    if isinstance(given, dict) and given:
        _check_named(key, given, path, document)
        names = list(given)
        return _made([given[name] for name in names], safe_names(names), names, [(*path, name) for name in names])
    reason = "should be a list of values, or a block: a range, files, or values with names"
    raise document.mistakes([(path, f"{reason}; not {shortened(given)}")])


def _made(
    values: Sequence[Value], names: Sequence[str], shown: Sequence[str], origins: Sequence[KeyPath]
) -> tuple[Choice, ...]:
    unlike = [text if shown.count(text) == 1 else f"{name}: {text}" for text, name in zip(shown, names, strict=True)]
    return tuple(Choice(*each) for each in zip(values, names, unlike, origins, strict=True))


def _is_span(given: Value) -> bool:
    """Whether a block is a range or files, and not values with names."""
    if not isinstance(given, dict):
        return False
    return "files" in given or any(key in given for key in RANGE_KEYS)


def _of_span(key: str, given: dict[str, Value], path: KeyPath, folder: Path) -> tuple[Choice, ...]:
    if "files" in given:
        if tuple(key.split(".")) not in FILE_PLACES:
            places = " and ".join(".".join(place) for place in FILE_PLACES)
            raise SpanError(f"files are for {places}")
        files = files_of(given, folder, MAX_RUNS)
        names = names_of_files(files)
        return _made([str(file) for file in files], names, names, [path] * len(files))
    values: list[Value] = list(values_of_range(given, MAX_RUNS))
    return _made(values, names_of_values(values), [_shown(value) for value in values], [path] * len(values))


def _check_named(key: str, given: dict[str, Value], path: KeyPath, document: Document) -> None:
    """Of an axis that is no place each value is a piece of the file; else the name may be a slip."""
    if is_place(key):
        return
    if not any(isinstance(piece, dict) for piece in given.values()):
        raise document.mistakes([(path, f"{_unknown(key)}; or pieces of the file: {{a: {{data: {{...}}}}, b: ...}}")])
    for name, piece in given.items():
        if not isinstance(piece, dict) or not piece:
            reason = f"should be a piece of the file such as {{data: {{file: x.csv}}}}, not {shortened(piece)}"
            raise document.mistakes([((*path, name), reason)])
        for inner in piece:
            first = inner.partition(".")[0]
            if first in OWN_KEYS or (first not in Specification.model_fields and inner != NOISE):
                keys = [one for one in Specification.model_fields if one not in OWN_KEYS]
                reason = f"a piece of the file has no key {shortened(inner)}; {choices(inner, keys)}"
                raise document.mistakes([((*path, name, inner), reason)])


def _unknown(key: str) -> str:
    allowed = [one for one in Specification.model_fields if one not in OWN_KEYS]
    return f"unknown key {shortened(key)}; {choices(key, [*allowed, NOISE])}"


def _shown(value: Value) -> str:
    text = str(value) if isinstance(value, str | int | float) else json.dumps(value, ensure_ascii=False)
    text = text.lower() if isinstance(value, bool) else text
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"


def spoiled(document: Document, axis: Axis, choice: Choice, place: KeyPath) -> SpecificationError:
    """The error for a value that another axis has replaced: the run's name would tell a lie."""
    where = ".".join(map(str, place))
    reason = f"another axis of this sweep changes {where} too, so that this value would not be used"
    return document.mistakes([(choice.origin, reason)])
