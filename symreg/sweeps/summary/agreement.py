"""Which laws agree: across runs that ask the same, and along each axis.

Laws are compared where data and target are the same; there the first is the shape that the most runs have selected (of
two as frequent the one that leaves less, then the simpler).
"""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from symreg.sweeps.language import Sweep
from symreg.sweeps.summary.outcome import RunOutcome


@dataclass(frozen=True, slots=True)
class FoundLaw:
    """A shape and the runs that selected it; ``first`` is one of them, which writes it as the simplest does.

    ``values`` are those of each axis at which it was selected, in the order of the axis.
    """

    shape: str
    first: RunOutcome
    runs: tuple[str, ...]
    values: Mapping[str, tuple[str, ...]]
    unexplained: float
    recovered: int | None


@dataclass(frozen=True, slots=True)
class Question:
    """Runs with the same data and target: ``label`` tells them from the others of the sweep, by the axes ``telling``.

    ``laws`` are what they selected, the most frequent first.
    """

    label: str
    telling: tuple[str, ...]
    asked: str
    n_runs: int
    laws: tuple[FoundLaw, ...]

    @property
    def n_laws(self) -> int:
        """Runs that have ended with a law."""
        return sum(len(law.runs) for law in self.laws)


@dataclass(frozen=True, slots=True)
class AtValue:
    """The runs at one value of an axis: how many have a law, how many the most frequent one, how many the true one.

    ``recovered`` is None where no table was drawn from a formula; medians are of runs with a law, NaN without one.
    """

    value: str
    n_runs: int
    n_laws: int
    agree: int
    recovered: int | None
    unexplained: float
    complexity: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Along:
    """An axis: what came of the runs at each value, and how often it made no difference.

    ``same`` of ``compared`` groups of runs, which differ on this axis alone and ask the same, selected one shape.
    """

    axis: str
    values: tuple[AtValue, ...]
    same: int
    compared: int


def questions_of(sweep: Sweep, runs: Sequence[RunOutcome]) -> tuple[Question, ...]:
    """The questions of a sweep in order, each with its laws, the most frequent first."""
    asked: dict[str, list[RunOutcome]] = defaultdict(list)
    for run in runs:
        asked[run.asked].append(run)
    telling = tuple(_telling_axes(sweep, list(asked.values())))
    found = []
    for text, group in asked.items():
        label = ", ".join(group[0].values[axis] for axis in telling)
        found.append(Question(label, telling, text, len(group), _laws(sweep, group)))
    return tuple(found)


def _telling_axes(sweep: Sweep, groups: Sequence[Sequence[RunOutcome]]) -> list[str]:
    """The axes that have one value within each question, and several over all."""
    if len(groups) < 2:
        return []
    return [
        axis
        for axis in sweep.axes
        if all(len({run.values[axis] for run in group}) == 1 for group in groups)
        and len({run.values[axis] for group in groups for run in group}) > 1
    ]


def _laws(sweep: Sweep, runs: Iterable[RunOutcome]) -> tuple[FoundLaw, ...]:
    shapes: dict[str, list[RunOutcome]] = defaultdict(list)
    for run in runs:
        if run.has_law:
            shapes[run.shape].append(run)
    laws = [_law(sweep, shape, group) for shape, group in shapes.items()]
    return tuple(sorted(laws, key=lambda law: (-len(law.runs), _last(law.unexplained), law.first.complexity or 0)))


def _law(sweep: Sweep, shape: str, runs: Sequence[RunOutcome]) -> FoundLaw:
    values = {
        axis: tuple(dict.fromkeys(value for value in every if any(run.values[axis] == value for run in runs)))
        for axis, every in sweep.axes.items()
    }
    first = min(runs, key=lambda run: (run.complexity or 0, len(run.formula)))
    return FoundLaw(
        shape, first, tuple(run.name for run in runs), values, median(run.unexplained for run in runs), _true(runs)
    )


def _true(runs: Iterable[RunOutcome]) -> int | None:
    """Runs whose law is the one that their table was drawn from, in its form at least."""
    judged = [run.recovered for run in runs if run.recovered is not None and run.has_law]
    return sum(one != "no" for one in judged) if judged else None


def along_axes(sweep: Sweep, runs: Sequence[RunOutcome], questions: Sequence[Question]) -> tuple[Along, ...]:
    """Each axis of the sweep, in order."""
    frequent = {question.asked: question.laws[0].shape for question in questions if question.laws}
    return tuple(_along(axis, sweep, runs, frequent) for axis in sweep.axes)


def _along(axis: str, sweep: Sweep, runs: Sequence[RunOutcome], frequent: Mapping[str, str]) -> Along:
    values = tuple(
        _at(value, [run for run in runs if run.values[axis] == value], frequent)
        for value in dict.fromkeys(sweep.axes[axis])
    )
    beside = next((group for group in sweep.together if axis in group), (axis,))
    cells: dict[tuple[str, ...], list[RunOutcome]] = defaultdict(list)
    for run in runs:
        if run.has_law:
            others = (run.values[other] for other in sweep.axes if other not in beside)
            cells[(run.asked, *others)].append(run)
    compared = [cell for cell in cells.values() if len({run.values[axis] for run in cell}) > 1]
    return Along(axis, values, sum(len({run.shape for run in cell}) == 1 for cell in compared), len(compared))


def _at(value: str, runs: Sequence[RunOutcome], frequent: Mapping[str, str]) -> AtValue:
    with_law = [run for run in runs if run.has_law]
    return AtValue(
        value=value,
        n_runs=len(runs),
        n_laws=len(with_law),
        agree=sum(run.shape == frequent.get(run.asked) for run in with_law),
        recovered=_true(runs),
        unexplained=median(run.unexplained for run in with_law),
        complexity=median(float(run.complexity or 0) for run in with_law),
        seconds=median(run.by_chance.seconds for run in with_law),
    )


def median(numbers: Iterable[float]) -> float:
    """The middle one of the numbers that are known; NaN where none is."""
    known = [number for number in numbers if math.isfinite(number)]
    return statistics.median(known) if known else math.nan


def _last(number: float) -> float:
    return number if math.isfinite(number) else math.inf
