"""Two laws that fit alike, over twice the range of the data, and beside that how far a measurement tells them apart."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np

from symreg.report.page.axes import axis_of, spans_decades
from symreg.report.page.drawing import BOTTOM, LEFT, RIGHT, SMALL, TOP
from symreg.report.page.points import MOST_DRAWN
from symreg.report.page.svg import curve, dots, frame, shortened, with_unit

if TYPE_CHECKING:
    from symreg.problem import Problem
    from symreg.report.certainty import RivalCurve

WIDTH, HEIGHT = SMALL
MOST_SIGMAS = 12.0  # that are drawn: beyond, nobody doubts
TOLD = 3.0  # standard deviations at which one measurement tells: the usual three
AT_LEAST = 3.5  # standard deviations that the lower drawing shows, so that the line of three is in it


def rival_drawing(one: RivalCurve, problem: Problem) -> str:
    """Two drawings, one beside the other."""
    return f'<div class="pair">{_curves(one, problem)}{_sigmas(one)}</div>'


def _curves(one: RivalCurve, problem: Problem) -> str:
    data_x, data_y = problem.table[one.name].user_numbers, problem.target_column.user_numbers
    rows = np.unique(np.linspace(0, len(data_x) - 1, min(MOST_DRAWN, len(data_x))).round().astype(np.int64))
    x = axis_of(one.x, with_unit(one.name, one.unit), LEFT, WIDTH - RIGHT)
    unit = problem.target_column.unit.text
    values = np.concatenate([data_y, one.selected])  # a rival may have a pole
    y = axis_of(values, with_unit(problem.target, unit), HEIGHT - BOTTOM, TOP, log=spans_decades(data_y))
    along = x.at(one.x)
    inside = (
        _range(one, x.at(np.array([one.low, one.high])), y.end, y.start, x.at(np.array([one.at])))
        + f'<path class="dots middling plain" d="{dots(x.at(data_x[rows]), y.at(data_y[rows]))}"/>'
        + f'<path class="curve" d="{curve(along, y.at(one.selected))}"/>'
        + f'<path class="rivalcurve" d="{curve(along, y.at(one.rival))}"/>'
    )
    words = f"The selected law and its rival along {shortened(one.name)}"
    return (
        f'<svg class="plot small" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" aria-label="{escape(words)}">'
        f"{frame(x, y)}{_clipped(inside)}</svg>"
    )


def _sigmas(one: RivalCurve) -> str:
    sigmas = np.minimum(one.sigmas, 10 * MOST_SIGMAS)
    finite = sigmas[np.isfinite(sigmas)]
    highest = max(AT_LEAST, min(MOST_SIGMAS, float(finite.max()) if finite.size else 0.0))
    x = axis_of(one.x, with_unit(one.name, one.unit), LEFT, WIDTH - RIGHT)
    y = axis_of(np.array([0.0, highest]), "apart, in standard deviations", HEIGHT - BOTTOM, TOP, log=False)
    three = y.at(np.array([TOLD]))[0]
    inside = (
        _range(one, x.at(np.array([one.low, one.high])), y.end, y.start, x.at(np.array([one.at])))
        + f'<path class="diagonal" d="M{x.start:g} {three:.1f}H{x.end:g}"/>'
        + f'<path class="apart" d="{curve(x.at(one.x), y.at(sigmas))}"/>'
    )
    words = "How many standard deviations of one measurement the two laws are apart"
    return (
        f'<svg class="plot small" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" aria-label="{words}">{frame(x, y)}'
        f"{_clipped(inside)}</svg>"
    )


def _range(one: RivalCurve, ends: np.ndarray, top: float, bottom: float, place: np.ndarray) -> str:
    """The range of the data, and a line where to measure."""
    box = f'<path class="range" d="M{ends[0]:.1f} {top:g}H{ends[1]:.1f}V{bottom:g}H{ends[0]:.1f}Z"/>'
    return box + (f'<path class="where" d="M{place[0]:.1f} {top:g}V{bottom:g}"/>' if np.isfinite(one.at) else "")


def _clipped(inside: str) -> str:
    across, down = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    return (
        f'<svg x="{LEFT:g}" y="{TOP:g}" width="{across:g}" height="{down:g}" '
        f'viewBox="{LEFT:g} {TOP:g} {across:g} {down:g}">{inside}</svg>'
    )
