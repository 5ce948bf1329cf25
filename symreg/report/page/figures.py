"""What the figures of a law show: the law through the data, each input in turn, and what it leaves over.

Where a law holds one input it is drawn as a curve through the rows. Where it holds several, a drawing has room for one
of them: the others stand at their medians, and each row is moved along the law to these, so that its distance from the
curve is what the law leaves over of it (partial residuals: Larsen and McCleary 1972, Technometrics 14, 781). Distances
are kept as ratios where the target spans decades, else as differences.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from symreg.arrays import Floats
from symreg.errors import SymregError
from symreg.formula import variables_of
from symreg.laws import Law, band_of
from symreg.report.page.axes import BESIDE_DECADES, Axis, axis_of, spans_decades
from symreg.report.page.svg import LONGEST_NAME, shortened, with_unit

if TYPE_CHECKING:
    from symreg.problem import Problem
    from symreg.report.law_content import LawContent
    from symreg.report.page.points import Points

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
_KINDS: tuple[Literal["law", "measurement"], ...] = ("law", "measurement")


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What all figures of a page share: the rows that are drawn, and where inputs stand that are not drawn along.

    ``middle`` holds the medians of all rows by input; ``usual`` is the input along which a law without any is drawn,
    empty for none.
    """

    problem: Problem
    points: Points
    middle: dict[str, float]
    usual: str

    def values(self, name: str) -> Floats:
        """A column in the user's unit on the rows that are drawn, ``(n_drawn,)``."""
        return np.asarray(self.problem.table[name].user_numbers[self.points.rows], dtype=np.float64)

    @property
    def sigma(self) -> Floats | None:
        """Stated uncertainties of the target on these rows."""
        stated = self.problem.target_column.user_sigma
        return None if stated is None else np.asarray(stated[self.points.rows], dtype=np.float64)

    def named(self, name: str) -> str:
        """A column with its unit, as beside an axis."""
        return with_unit(name, self.problem.table[name].unit.text)

    def target(self, what: str = "") -> str:
        """The target with its unit, and what is said of it."""
        name = shortened(self.problem.target, LONGEST_NAME - len(what) - 1) if what else self.problem.target
        return with_unit(f"{name} {what}".strip(), self.problem.target_column.unit.text)


def scene_of(problem: Problem, points: Points, usual: str) -> Scene:
    """The scene, with medians taken once."""
    middle = {name: float(np.median(problem.table[name].user_numbers)) for name in problem.inputs}
    return Scene(problem, points, middle, usual)


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A line ``(n,)`` with the ends of its two bands, NaN where they are not known."""

    x: Floats
    y: Floats
    law: tuple[Floats, Floats] | None = None
    measured: tuple[Floats, Floats] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """One drawing: a place for every row that is drawn, ``(n_drawn,)``, and what stands behind them.

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


def law_figures(one: LawContent, scene: Scene) -> tuple[Figure, ...]:
    """The law through the data."""
    used = variables_of(one.law.expression)
    if len(used) > 1:
        return (_parity(one, scene), *_slices(one, scene, used))
    along = used[0] if used else scene.usual
    return (_through(one, scene, along) if along else _parity(one, scene),)


def residual_figures(one: LawContent, scene: Scene) -> tuple[Figure, ...]:
    """What the law leaves over, against what it says and against inputs."""
    used, rows = variables_of(one.law.expression), scene.points.rows
    left = one.evidence.residuals[rows]
    y_name = with_unit("measured \N{MINUS SIGN} law", one.law.unit.text)
    names = sorted(scene.problem.inputs, key=lambda name: name not in used)[:MOST_RESIDUALS]
    along = [(name, scene.values(name), scene.named(name)) for name in names]
    if len(used) != 1:  # one input says the same as the law's own values
        along.insert(0, ("", one.evidence.predicted[rows], scene.target("by the law")))
    return tuple(Figure("residual", name, x, left, x_name, y_name, scene.sigma) for name, x, x_name in along)


def along_axis(x: Floats, y: Floats, name: str = "", start: float = 0.0, end: float = 1.0) -> Axis:
    """The axis of ``x``: beside a logarithmic one it is logarithmic sooner."""
    return axis_of(x, name, start, end, log=spans_decades(x, BESIDE_DECADES) if spans_decades(y) else None)


def _through(one: LawContent, scene: Scene, along: str) -> Figure:
    """The law of one input as a curve through the rows."""
    x, y = scene.values(along), one.evidence.actual[scene.points.rows]
    steps = along_axis(x, y).steps(CURVE_STEPS)
    (curve,) = _curves(one.law, scene.problem, [{along: steps}], [steps])
    return Figure("law", along, x, y, scene.named(along), scene.target(), scene.sigma, curve, same_for_all=True)


def _parity(one: LawContent, scene: Scene) -> Figure:
    predicted, actual = one.evidence.predicted[scene.points.rows], one.evidence.actual[scene.points.rows]
    axis = axis_of(np.concatenate([actual, predicted]), "", 0.0, 1.0)
    ends = np.array([axis.low, axis.high])
    names = scene.target("by the law"), scene.target("measured")
    return Figure("parity", "", predicted, actual, *names, scene.sigma, Curve(ends, ends))


def _slices(one: LawContent, scene: Scene, used: tuple[str, ...]) -> list[Figure]:
    """Each input of the law in turn, the one that changes it most first."""
    held = {name: np.full(scene.points.drawn, scene.middle[name]) for name in used}
    moved = {name: one.law.predict(held | {name: scene.values(name)}) for name in used}
    chosen = sorted(used, key=lambda name: -_spread(moved[name]))[:MOST_SLICES]
    actual = one.evidence.actual[scene.points.rows]
    steps = [along_axis(scene.values(name), actual).steps(SLICE_STEPS) for name in chosen]
    still = {name: np.full(SLICE_STEPS, scene.middle[name]) for name in used}
    places = [still | {name: along} for name, along in zip(chosen, steps, strict=True)]
    curves = _curves(one.law, scene.problem, places, steps)
    return [_slice(one, scene, name, moved[name], curve) for name, curve in zip(chosen, curves, strict=True)]


def _spread(values: Floats) -> float:
    finite = values[np.isfinite(values)]
    return float(np.subtract(*np.percentile(finite, [90, 10]))) if finite.size else 0.0


def _slice(one: LawContent, scene: Scene, name: str, moved: Floats, curve: Curve) -> Figure:
    rows, sigma = scene.points.rows, scene.sigma
    actual, predicted = one.evidence.actual[rows], one.evidence.predicted[rows]
    with np.errstate(all="ignore"):
        ratios = in_ratio(actual) and bool((predicted > 0).all() and (moved > 0).all())
        y = moved * (actual / predicted) if ratios else moved + (actual - predicted)
        if sigma is not None and ratios:
            sigma = sigma * moved / predicted
    return Figure("slice", name, scene.values(name), y, scene.named(name), scene.target(), sigma, curve)


def in_ratio(actual: Floats) -> bool:
    """Whether distances from a law are kept as ratios."""
    return spans_decades(actual)


def _curves(law: Law, problem: Problem, places: list[dict[str, Floats]], along: list[Floats]) -> list[Curve]:
    """The law at each list of places, with its bands, all from one look at the fit."""
    names = variables_of(law.expression) or tuple(places[0])
    given = {name: np.concatenate([one[name] for one in places]) for name in names}
    cuts = np.cumsum([len(one) for one in along])[:-1]
    values = np.split(law.predict(given), cuts)
    free = sum(one.kind == "free" for one in law.constants)
    if law.covariance.shape != (free, free):  # a law that nobody fitted here
        return [Curve(x, y) for x, y in zip(along, values, strict=True)]
    try:
        band = band_of(law, problem, given)
    except SymregError:  # the law itself can be drawn
        return [Curve(x, y) for x, y in zip(along, values, strict=True)]
    ends = [np.split(end, cuts) for kind in _KINDS for end in band.ends(LEVEL, kind)]
    return [
        Curve(x, y, (low, high), (lower, upper))
        for x, y, low, high, lower, upper in zip(along, values, *ends, strict=True)
    ]
