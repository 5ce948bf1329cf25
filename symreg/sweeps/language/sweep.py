"""One file that stands for many runs: ``sweep: {noise: [0, 0.01], seed: [0, 1]}`` is every combination, in order."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from symreg.document import Document, KeyPath, Value
from symreg.experiment import Specification, specification_of
from symreg.sweeps.language.axes import Axis, Choice, Group, groups_of, spoiled
from symreg.sweeps.language.joining import joined, read_joined
from symreg.sweeps.language.naming import run_name
from symreg.sweeps.language.places import NOISE, move_lines, place_of, put, value_at


@dataclass(frozen=True, slots=True)
class SweptRun:
    """A run of a sweep: its specification, and what it has on each axis, as tables show it."""

    specification: Specification
    values: Mapping[str, str]

    @property
    def name(self) -> str:
        """The name of the run, and of its folder."""
        return self.specification.name


@dataclass(frozen=True, slots=True)
class Sweep:
    """What a file stands for: its ``name``, the keys of its axes with their values in order, and its runs.

    A file without a sweep is one run, without axes. ``together`` holds the keys of axes that go side by side, the
    others each alone; ``source`` is the file's name.
    """

    name: str
    axes: Mapping[str, tuple[str, ...]]
    runs: tuple[SweptRun, ...]
    source: str
    together: tuple[tuple[str, ...], ...] = ()

    @property
    def specifications(self) -> tuple[Specification, ...]:
        """The runs as they are run, one after the other."""
        return tuple(run.specification for run in self.runs)


def read_sweep(path: str | Path) -> Sweep:
    """Read a file with or without ``sweep`` and ``extends``; SpecificationError for the first run that is wrong."""
    return _sweep(read_joined(path), Path(path).parent)


def read_specifications(path: str | Path) -> tuple[Specification, ...]:
    """The runs that a file stands for, each with its own name."""
    return read_sweep(path).specifications


def sweep_of(document: Document, folder: Path | None = None) -> Sweep:
    """What ``document`` stands for, which lies in ``folder``."""
    return _sweep(joined(document, folder), folder)


def expanded(document: Document, folder: Path | None = None) -> tuple[Specification, ...]:
    """The runs that ``document`` stands for; SpecificationError for the first that is wrong."""
    return sweep_of(document, folder).specifications


def _sweep(document: Document, folder: Path | None) -> Sweep:
    value = document.value
    if not isinstance(value, dict) or "sweep" not in value:
        specification = specification_of(document, folder)
        return Sweep(specification.name, {}, (SweptRun(specification, {}),), document.source)
    groups = groups_of(document, folder)
    name = str(value.get("name", ""))
    runs: dict[str, SweptRun] = {}
    for chosen in _combinations(groups):
        variant = _variant(document, chosen)
        made = specification_of(variant, folder)
        if not runs:  # the summary has a folder too
            _check_name(name, variant, folder)
        if made.name in runs:
            reason = "two of these runs would have the same name; is a value there twice?"
            raise document.mistakes([(("sweep",), reason)])
        runs[made.name] = SweptRun(made, {axis.key: choice.shown for axis, choice in chosen})
    axes = {axis.key: tuple(choice.shown for choice in axis.choices) for group in groups for axis in group}
    together = tuple(tuple(axis.key for axis in group) for group in groups)
    return Sweep(name, axes, tuple(runs.values()), document.source, together)


def _check_name(name: str, variant: Document, folder: Path | None) -> None:
    assert isinstance(variant.value, dict)
    specification_of(replace(variant, value={**variant.value, "name": name}), folder)


Chosen = list[tuple[Axis, Choice]]


def _combinations(groups: tuple[Group, ...]) -> Iterator[Chosen]:
    """Every combination in order, the last axis first; axes that go together take the same place."""
    for positions in itertools.product(*(range(len(group[0].choices)) for group in groups)):
        yield [
            (axis, axis.choices[place]) for group, place in zip(groups, positions, strict=True) for axis in group
        ]


def _variant(document: Document, chosen: Chosen) -> Document:
    """The document of one run: the values put in their places, and a name that tells them."""
    assert isinstance(document.value, dict)
    value: dict[str, Any] = {key: copy.deepcopy(one) for key, one in document.value.items() if key != "sweep"}
    name = str(value.get("name", ""))
    made = replace(document, value=value)
    leaves: list[tuple[Axis, Choice, KeyPath, Value]] = []
    # Pieces first: whether noise belongs to a drawn table is known when it is said where the data come from.
    for axis, choice in sorted(chosen, key=lambda one: not one[0].is_pieces):
        for path, one, origin in _leaves(axis, choice, value):
            if not put(value, path, one):
                reason = "this is not a place in the file whose value can vary"
                raise document.mistakes([(origin if axis.is_pieces else ("sweep", axis.key), reason)])
            made = move_lines(made, path, origin)
            leaves.append((axis, choice, path, one))
    for axis, choice, path, one in leaves:
        if not _holds(value_at(value, path), one):
            raise spoiled(document, axis, choice, path)
    value["name"] = run_name(name, [(axis.label, choice.name) for axis, choice in chosen])
    return made


def _holds(found: Value, given: Value) -> bool:
    """Whether what was given still stands there; of a block other axes may have set other keys."""
    if isinstance(found, dict) and isinstance(given, dict):
        return all(key in found and _holds(found[key], one) for key, one in given.items())
    return found == given


Leaf = tuple[KeyPath, Value, KeyPath]
"""A place of the file, what is put there, and where that stands."""


def _leaves(axis: Axis, choice: Choice, value: dict[str, Any]) -> Iterator[Leaf]:
    """What a choice puts into the file: its value at its place, or the leaves of its piece."""
    if not axis.is_pieces:
        yield (*place_of(axis.key, choice.value, value), choice.origin)
        return
    assert isinstance(choice.value, dict)
    for key, one in sorted(choice.value.items(), key=lambda item: item[0] == NOISE):
        path, put_there = place_of(key, one, value)
        yield from _of_piece(path, put_there, (*choice.origin, key), splits=key != NOISE)


def _of_piece(path: KeyPath, value: Value, origin: KeyPath, *, splits: bool) -> Iterator[Leaf]:
    if splits and isinstance(value, dict) and value:
        for key, one in value.items():
            yield from _of_piece((*path, key), one, (*origin, key), splits=True)
    else:
        yield path, value, origin
