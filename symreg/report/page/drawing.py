"""A figure as SVG in the page: text that can be searched, colours by the page's style, and no script."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape

import numpy as np

from symreg.arrays import Floats
from symreg.report.page.axes import Axis, axis_of, spans_decades
from symreg.report.page.figures import Figure, along_axis
from symreg.report.page.points import Points
from symreg.report.page.svg import bars, curve, dots, frame, ribbon, shortened

LARGE, SMALL = (520.0, 372.0), (330.0, 262.0)
"""Width and height of drawings, in units that are a pixel each at full size: with wider ones the numbers at the axes
are too small on a telephone, with narrower ones too large on a screen. Set by hand."""

LEFT, RIGHT, TOP, BOTTOM = 56.0, 12.0, 28.0, 44.0
"""Free space around the frame, for the numbers and names of the axes: what five digits and two lines take."""

ROWS_LARGE, ROWS_SMALL = 120, 400
"""Rows up to which points are large, and from which they are small; set by hand, changes looks only."""

MOST_BARS = 250
"""Rows up to which stated uncertainties are drawn: with more, the bars hide the points. Set by hand."""


@dataclass(slots=True)
class Shared:
    """Drawings of rows that stand in several figures at the same places: kept once, by what they are."""

    found: dict[tuple[str, str], str] = field(default_factory=dict)

    def use(self, key: tuple[str, str], content: str) -> str:
        """A reference to ``content``, which all of the same ``key`` share."""
        self.found.setdefault(key, content)
        return f'<use href="#rows{list(self.found).index(key)}"/>'

    @property
    def defs(self) -> str:
        """The shared drawings as one that is not shown itself."""
        parts = "".join(f'<g id="rows{i}">{content}</g>' for i, content in enumerate(self.found.values()))
        return f'<svg class="store" width="0" height="0" aria-hidden="true"><defs>{parts}</defs></svg>' if parts else ""


def draw(figure: Figure, points: Points, shared: Shared, words: str) -> str:
    """The drawing; ``words`` says to those who do not see it what it shows."""
    large = figure.kind == "law"
    width, height = LARGE if large else SMALL
    x, y = _axes(figure, width, height)
    inside = [*_behind(figure, x, y)]
    rows = _rows(figure, points, x, y)
    inside.append(shared.use((figure.kind, figure.about), rows) if figure.same_for_all else rows)
    box = f"{LEFT:g} {TOP:g} {width - LEFT - RIGHT:g} {height - TOP - BOTTOM:g}"
    left, top, across, down = box.split()
    return (
        f'<svg class="plot {"large" if large else "small"}" viewBox="0 0 {width:g} {height:g}" role="img" tabindex="0" '
        f'aria-label="{escape(shortened(words, 400))}">{frame(x, y)}'
        f'<svg x="{left}" y="{top}" width="{across}" height="{down}" viewBox="{box}">{"".join(inside)}</svg></svg>'
    )


def _axes(figure: Figure, width: float, height: float) -> tuple[Axis, Axis]:
    right, bottom = width - RIGHT, height - BOTTOM
    if figure.kind == "parity":  # both in one range, so that the diagonal is one
        assert figure.curve is not None
        both, log = figure.curve.x[[0, -1]], spans_decades(np.concatenate([figure.x, figure.y]))
        return axis_of(both, figure.x_name, LEFT, right, log=log), axis_of(both, figure.y_name, bottom, TOP, log=log)
    sigma = 0.0 if figure.sigma is None else figure.sigma
    ends = np.concatenate([figure.y - sigma, figure.y + sigma])
    if figure.kind == "residual":
        x = axis_of(figure.x, figure.x_name, LEFT, right)
        return x, axis_of(np.append(ends, 0.0), figure.y_name, bottom, TOP, log=False)
    log = spans_decades(figure.y)
    x = along_axis(figure.x, figure.y, figure.x_name, LEFT, right)
    return x, axis_of(figure.y if log else ends, figure.y_name, bottom, TOP, log=log)


def _behind(figure: Figure, x: Axis, y: Axis) -> list[str]:
    """Bands, the curve and the line of nothing."""
    parts = []
    line = figure.curve
    if figure.kind == "residual":
        zero = y.at(np.zeros(1))[0]
        parts.append(f'<path class="zero" d="M{x.start:g} {zero:.1f}H{x.end:g}"/>')
    if line is None:
        return parts
    along = x.at(line.x)
    for name, band in (("measured", line.measured), ("lawband", line.law)):
        if band is not None:
            low, high = (_onto(y, one) for one in band)
            parts.append(f'<path class="{name}" d="{ribbon(along, low, high)}"/>')
    kind = "diagonal" if figure.kind == "parity" else "curve"
    parts.append(f'<path class="{kind}" d="{curve(along, y.at(line.y))}"/>')
    return [part for part in parts if 'd=""' not in part]


def _onto(axis: Axis, values: Floats) -> Floats:
    """Ends of a band: below zero a logarithmic axis has its lowest place, and an infinite end is far out."""
    if axis.log:
        values = np.where(values <= 0, axis.low / 1e3, values)
    return axis.at(values)


def _rows(figure: Figure, points: Points, x: Axis, y: Axis) -> str:
    size = "big" if points.drawn <= ROWS_LARGE else "small" if points.drawn > ROWS_SMALL else "middling"
    parts = []
    for number, rows in enumerate(points.spans):
        along, up = x.at(figure.x[rows]), y.at(figure.y[rows])
        if figure.sigma is not None and points.drawn <= MOST_BARS:
            ends = (_onto(y, figure.y[rows] + sign * figure.sigma[rows]) for sign in (-1.0, 1.0))
            parts.append(f'<path class="bars c{number}" d="{bars(along, *ends)}"/>')
        parts.append(f'<path class="dots {size} c{number}" d="{dots(along, up)}"/>')
    return "".join(parts)
