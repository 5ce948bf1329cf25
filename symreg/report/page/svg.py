"""Pieces of a drawing as SVG text. Text from outside is escaped here, and colours are left to the page's style."""

from __future__ import annotations

from html import escape

import numpy as np

from symreg.arrays import Floats
from symreg.report.page.axes import Axis, power_text, ticks
from symreg.typesetting import one_line, unit_plain

LONGEST_NAME = 30
"""Characters of a name beside an axis, which leave room for a unit: with more it would run out of a small drawing. The
table of the data shows it whole."""

OUTSIDE = -99.0
"""Where a row is drawn that has no place, far outside the frame: the rows of all figures are counted alike, so that a
script finds the words for each."""


def shortened(text: str, most: int = LONGEST_NAME) -> str:
    """One line of at most ``most`` characters, without marks that turn the reading direction."""
    shown = one_line(text)
    return shown if len(shown) <= most else shown[: most - 1] + "…"


def with_unit(name: str, unit: str) -> str:
    """``period [day]``, shortened as beside an axis."""
    plain = unit_plain(unit)
    return f"{shortened(name)} [{plain}]" if plain else shortened(name)


def frame(x: Axis, y: Axis) -> str:
    """Grid, numbers and names of both axes; the origin of ``y`` is at the bottom."""
    along, power_x = ticks(x, "x")
    up, power_y = ticks(y, "y")
    places_x = x.at(np.array([value for value, _ in along])) if along else np.zeros(0)
    places_y = y.at(np.array([value for value, _ in up])) if up else np.zeros(0)
    grid = "".join(f"M{p:.1f} {y.end:g}V{y.start:g}" for p in places_x)
    grid += "".join(f"M{x.start:g} {p:.1f}H{x.end:g}" for p in places_y)
    texts = [
        f'<text class="t" x="{p:.1f}" y="{y.start + 16:g}" text-anchor="middle">{escape(text)}</text>'
        for p, (_, text) in zip(places_x, along, strict=True)
    ]
    texts += [
        f'<text class="t" x="{x.start - 6:g}" y="{p + 4:.1f}" text-anchor="end">{escape(text)}</text>'
        for p, (_, text) in zip(places_y, up, strict=True)
    ]
    middle = (x.start + x.end) / 2
    name_x, name_y = _named(x.name, power_x), _named(y.name, power_y)
    texts.append(
        f'<text class="n" x="{middle:g}" y="{y.start + 35:g}" text-anchor="middle">{escape(name_x)}</text>'
        f'<text class="n" x="2" y="{y.end - 9:g}">{escape(name_y)}</text>'
    )
    return (
        f'<path class="grid" d="{grid}"/><path class="axis" d="M{x.start:g} {y.end:g}V{y.start:g}H{x.end:g}"/>'
        + "".join(texts)
    )


def _named(name: str, power: int) -> str:
    return f"{name}  \N{MULTIPLICATION SIGN}{power_text(power)}" if power else name


def curve(x: Floats, y: Floats) -> str:
    """Path data of a line through places ``(n,)``; it breaks where one is NaN."""
    parts, pen = [], "M"
    for place, height in zip(x, y, strict=True):
        if not (np.isfinite(place) and np.isfinite(height)):
            pen = "M"
            continue
        parts.append(f"{pen}{place:.1f} {height:.1f}")
        pen = " "
    return "".join(parts)


def ribbon(x: Floats, low: Floats, high: Floats) -> str:
    """Path data of the areas between two lines of places ``(n,)`` each."""
    known = np.isfinite(x) & np.isfinite(low) & np.isfinite(high)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], known, [False]]).astype(np.int8)))
    parts = []
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        there = [f"{place:.1f} {height:.1f}" for place, height in zip(x[start:end], high[start:end], strict=True)]
        back = [f"{a:.1f} {b:.1f}" for a, b in zip(x[start:end][::-1], low[start:end][::-1], strict=True)]
        parts.append(f"M{' '.join([*there, *back])}Z")
    return "".join(parts)


def dots(x: Floats, y: Floats) -> str:
    """Path data of points at places ``(n,)``, drawn as round ends of lines without length; none is left out."""
    known = np.isfinite(x) & np.isfinite(y)
    pairs = zip(np.where(known, x, OUTSIDE), np.where(known, y, OUTSIDE), strict=True)
    return "".join(f"M{place:.1f} {height:.1f}h0" for place, height in pairs)


def bars(x: Floats, low: Floats, high: Floats) -> str:
    """Path data of error bars, upright, between places ``(n,)``."""
    known = np.isfinite(x) & np.isfinite(low) & np.isfinite(high)
    return "".join(f"M{x[i]:.1f} {low[i]:.1f}V{high[i]:.1f}" for i in np.flatnonzero(known))
