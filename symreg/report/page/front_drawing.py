"""The front as a drawing: error against complexity, with a place for a button at each law.

The buttons are HTML over the SVG, radio buttons of one group: a browser then moves between them by arrow keys, tells
them to a screen reader, and needs no script for either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from symreg.arrays import Floats
from symreg.report.page.axes import BESIDE_DECADES, Axis, axis_of, spans_decades
from symreg.report.page.drawing import BOTTOM, LEFT, RIGHT, TOP
from symreg.report.page.svg import curve, frame, shortened, with_unit
from symreg.uncertain_text import number_text

if TYPE_CHECKING:
    from symreg.laws import Law, ParetoFront
    from symreg.problem import Problem
    from symreg.report.law_content import LawContent

WIDTH, HEIGHT = 400.0, 290.0
"""Of the drawing, in units that are a pixel each at full size; set by hand, changes looks only."""

BELOW_THE_LEAST = 10.0
"""An error of zero has no place on a logarithmic axis: it is drawn so many times below the smallest other."""


RADIUS = 5.0  # of a dot, in the same units
LONGEST_WORDS = 300
"""Characters that are said of a dot: more is no longer read beside a pointer. Set by hand."""


@dataclass(frozen=True, slots=True)
class Point:
    """A law with the error at which it is drawn."""

    law: Law
    error: float
    selected: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where the button of a law stands, in percent of the drawing, and what it says."""

    left: str
    top: str
    words: str


@dataclass(frozen=True, slots=True)
class FrontDrawing:
    """The drawing, and a place for each law in the order of the front."""

    svg: Markup
    places: tuple[Place, ...]


def front_drawing(laws: Sequence[LawContent], problem: Problem) -> FrontDrawing:
    """Errors on the rows that judge, or on the training rows where a law has none other."""
    unit = problem.target_column.unit.text
    points = [Point(one.law, _judged(one), one.selected) for one in laws]
    paper, along, up = _drawn(points, problem.judge, unit)
    svg = f'<svg class="plot" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" aria-hidden="true">{paper}</svg>'
    return FrontDrawing(
        Markup(svg),
        tuple(
            Place(f"{100 * a / WIDTH:.2f}%", f"{100 * b / HEIGHT:.2f}%", _words(one, unit))
            for one, a, b in zip(points, along, up, strict=True)
        ),
    )


def front_picture(front: ParetoFront) -> Markup:
    """A front that nothing is chosen from, such as one of a search that goes on: each law a dot with its words.

    Errors are those that the laws have. A front without laws has no picture.
    """
    if not front.laws:
        return Markup("")
    points = [
        Point(law, (law.held_out if law.held_out.n_rows else law.train).rmse, place == front.selected)
        for place, law in enumerate(front)
    ]
    unit = front[0].unit.text
    paper, along, up = _drawn(points, front[0].judge if front[0].held_out.n_rows else "training", unit)
    dots = "".join(
        f'<circle class="{"dot best" if one.selected else "dot"}" cx="{a:.1f}" cy="{b:.1f}" r="{RADIUS:g}">'
        f"<title>{escape(shortened(_words(one, unit), LONGEST_WORDS))}</title></circle>"
        for one, a, b in zip(points, along, up, strict=True)
    )
    words = f"Error against complexity of {len(points)} laws"
    return Markup(
        f'<svg class="plot" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" aria-label="{words}">{paper}{dots}</svg>'
    )


def _drawn(points: Sequence[Point], judge: str, unit: str) -> tuple[str, Floats, Floats]:
    """Frame and stairs, and the places of the laws, across and down ``(n,)``."""
    y, up = errors_upright(np.array([one.error for one in points]), judge, unit)
    steps = np.array([float(one.law.complexity) for one in points])
    x = axis_of(np.array([steps.min() - 2, steps.max() + 2]), "complexity", LEFT, WIDTH - RIGHT, log=False)
    along = x.at(steps)
    stairs = curve(np.repeat(along, 2)[1:], np.repeat(up, 2)[:-1])
    return f'{frame(x, y)}<path class="stairs" d="{stairs}"/>', along, up


def errors_upright(errors: Floats, judge: str, unit: str) -> tuple[Axis, Floats]:
    """The upright axis for ``errors`` ``(n,)`` in the target's ``unit``, taken on the rows that ``judge`` names, and
    their places on it ``(n,)``; one that is no number is at the top."""
    positive = errors[np.isfinite(errors) & (errors > 0)]
    drawn = np.where(errors == 0, (float(positive.min()) if positive.size else 1.0) / BELOW_THE_LEAST, errors)
    y = axis_of(drawn, with_unit(f"error, {judge}", unit), HEIGHT - BOTTOM, TOP,
                log=spans_decades(drawn, BESIDE_DECADES))  # fmt: skip
    up = y.at(drawn)
    return y, np.where(np.isfinite(up), up, TOP)


def _judged(one: LawContent) -> float:
    return one.evidence.held_out.rmse if one.evidence.held_out.n_rows else one.evidence.train.rmse


def _words(one: Point, unit: str) -> str:
    text = f"complexity {one.law.complexity}: {one.law.target} = {one.law.formula}"
    return f"{text}, error {number_text(one.error, 3)} {unit}".strip() + (", selected" if one.selected else "")
