"""What the figures of a law show: the law through the data, each input in turn, and what it leaves over.

Where a law holds one input it is drawn as a curve through the rows. Where it holds several, a drawing has room for one
of them: the others stand at their medians, and each row is moved along the law to these, so that its distance from the
curve is what the law leaves over of it (partial residuals: Larsen and McCleary 1972, Technometrics 14, 781). Distances
are kept as ratios where the target spans decades, else as differences.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from symreg.arrays import Floats
from symreg.errors import SymregError
from symreg.formula import variables_of
from symreg.laws import Law, band_of
from symreg.report.page.axes import BESIDE_DECADES, Axis, axis_of, spans_decades
from symreg.report.page.svg import with_unit

if TYPE_CHECKING:
    from symreg.problem import Problem
    from symreg.report.law_content import LawContent

CURVE_STEPS = 241
"""Points of the curve of a law of one input: waves of a tenth of the range are smooth. More makes the page longer."""

SLICE_STEPS = 81  # points of the curves of one input among several, which are drawn smaller
MOST_SLICES = 4
"""Inputs of a law that are drawn one by one, those that change it most first: so many fit beside each other. The page
counts the others."""

MOST_RESIDUALS = 4
"""Inputs against which what is left over is drawn, those of the law first: a pattern there is a wrong form, in another
input a missing one. Set by hand; the page counts the others."""

LEVEL = 0.95  # of the bands: what people draw


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A line ``(n,)`` with the ends of its two bands, NaN where they are not known."""

    x: Floats
    y: Floats
    law: tuple[Floats, Floats] | None = None
    measured: tuple[Floats, Floats] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """One drawing: a place for every row of the table, ``(n_rows,)``, and what stands behind them.

    ``kind`` is "law", "slice", "parity" or "residual"; ``about`` names what is drawn along; ``sigma`` are the lengths
    of error bars. ``same_for_all`` says that the rows stand at the same places for every law.
    """

    kind: str
    about: str
    x: Floats
    y: Floats
    x_name: str
    y_name: str
    sigma: Floats | None = None
    curve: Curve | None = None
    same_for_all: bool = False


def figure_count(problem: Problem) -> int:
    """The most figures that a law may have."""
    return 2 + min(MOST_SLICES, len(problem.inputs)) + min(MOST_RESIDUALS, len(problem.inputs))


def law_figures(one: LawContent, problem: Problem, usual: str) -> tuple[Figure, ...]:
    """The law through the data; ``usual`` is the input along which a law without any is drawn, empty for none."""
    used = variables_of(one.law.expression)
    if len(used) > 1:
        return (_parity(one, problem), *_slices(one, problem, used))
    along = used[0] if used else usual
    return (_through(one, problem, along) if along else _parity(one, problem),)


def residual_figures(one: LawContent, problem: Problem) -> tuple[Figure, ...]:
    """What the law leaves over, against what it says and against inputs."""
    used = variables_of(one.law.expression)
    unit, left = one.law.unit.text, one.evidence.residuals
    y_name = with_unit("measured \N{MINUS SIGN} law", unit)
    sigma = problem.target_column.user_sigma
    along = [(name, _values(problem, name), with_unit(name, problem.table[name].unit.text)) for name in problem.inputs]
    along = sorted(along, key=lambda one: one[0] not in used)[:MOST_RESIDUALS]
    if len(used) != 1:  # one input says the same as the law's own values
        along.insert(0, ("", one.evidence.predicted, with_unit(f"{problem.target} by the law", unit)))
    return tuple(Figure("residual", name, x, left, x_name, y_name, sigma) for name, x, x_name in along)


def along_axis(x: Floats, y: Floats, name: str = "", start: float = 0.0, end: float = 1.0) -> Axis:
    """The axis of ``x``: beside a logarithmic one it is logarithmic sooner."""
    return axis_of(x, name, start, end, log=spans_decades(x, BESIDE_DECADES) if spans_decades(y) else None)


def _values(problem: Problem, name: str) -> Floats:
    return np.asarray(problem.table[name].user_numbers, dtype=np.float64)


def _through(one: LawContent, problem: Problem, along: str) -> Figure:
    """The law of one input as a curve through the rows."""
    x, target = _values(problem, along), problem.target_column
    steps = along_axis(x, one.evidence.actual).steps(CURVE_STEPS)
    curve = _curve(one.law, problem, {along: steps}, steps)
    return Figure(
        "law", along, x, one.evidence.actual, with_unit(along, problem.table[along].unit.text),
        with_unit(problem.target, target.unit.text), target.user_sigma, curve, same_for_all=True,
    )  # fmt: skip


def _parity(one: LawContent, problem: Problem) -> Figure:
    target = problem.target_column
    unit = target.unit.text
    both = np.concatenate([one.evidence.actual, one.evidence.predicted])
    axis = axis_of(both, "", 0.0, 1.0)
    ends = np.array([axis.low, axis.high])
    return Figure(
        "parity", "", one.evidence.predicted, one.evidence.actual, with_unit(f"{problem.target} by the law", unit),
        with_unit(f"{problem.target} measured", unit), target.user_sigma, Curve(ends, ends),
    )  # fmt: skip


def _slices(one: LawContent, problem: Problem, used: tuple[str, ...]) -> list[Figure]:
    """Each input of the law in turn, the one that changes it most first."""
    middle = {name: float(np.median(_values(problem, name))) for name in used}
    moved = {name: _moved(one, problem, name, middle) for name in used}
    spread = {name: _spread(values) for name, values in moved.items()}
    chosen = sorted(used, key=lambda name: -spread[name])[:MOST_SLICES]
    return [_slice(one, problem, name, middle, moved[name]) for name in chosen]


def _spread(values: Floats) -> float:
    finite = values[np.isfinite(values)]
    return float(np.subtract(*np.percentile(finite, [90, 10]))) if finite.size else 0.0


def _moved(one: LawContent, problem: Problem, name: str, middle: dict[str, float]) -> Floats:
    """What the law says at each row's own value of one input and the medians of the others, ``(n_rows,)``."""
    rows = problem.table.n_rows
    held = {other: np.full(rows, value) for other, value in middle.items()}
    return one.law.predict(held | {name: _values(problem, name)})


def _slice(one: LawContent, problem: Problem, name: str, middle: dict[str, float], moved: Floats) -> Figure:
    x, evidence, target = _values(problem, name), one.evidence, problem.target_column
    steps = along_axis(x, evidence.actual).steps(SLICE_STEPS)
    places = {other: np.full(SLICE_STEPS, value) for other, value in middle.items()} | {name: steps}
    sigma = target.user_sigma
    with np.errstate(all="ignore"):
        ratios = spans_decades(evidence.actual) and bool((evidence.predicted > 0).all() and (moved > 0).all())
        y = moved * (evidence.actual / evidence.predicted) if ratios else moved + evidence.residuals
        if sigma is not None and ratios:
            sigma = sigma * moved / evidence.predicted
    x_name, y_name = with_unit(name, problem.table[name].unit.text), with_unit(problem.target, target.unit.text)
    return Figure("slice", name, x, y, x_name, y_name, sigma, _curve(one.law, problem, places, steps))


def _curve(law: Law, problem: Problem, places: dict[str, Floats], along: Floats) -> Curve:
    given = {name: places[name] for name in variables_of(law.expression)} or places
    values = law.predict(given)
    try:
        band = band_of(law, problem, given)
    except (SymregError, ArithmeticError, ValueError):  # no band can be told; the law itself can be drawn
        return Curve(along, values)
    return Curve(along, values, band.ends(LEVEL, "law"), band.ends(LEVEL, "measurement"))
