"""How the best law changed while a search went on, as a drawing: its error against the time."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from symreg.report.page.axes import BESIDE_DECADES, axis_of, spans_decades
from symreg.report.page.drawing import BOTTOM, LEFT, RIGHT, TOP
from symreg.report.page.front_drawing import BELOW_THE_LEAST, HEIGHT, LONGEST_WORDS, RADIUS, WIDTH
from symreg.report.page.svg import curve, frame, shortened, with_unit
from symreg.uncertain_text import number_text

if TYPE_CHECKING:
    from symreg.laws import Moment


def course_picture(moments: Sequence[Moment], seconds: float, judge: str, unit: str) -> Markup:
    """A step for each law that was the best, up to now, ``seconds`` after the beginning; none before the first law.

    ``judge`` names the rows on which errors are taken, ``unit`` is the target's as text.
    """
    if not moments:
        return Markup("")
    errors = np.array([one.error for one in moments])
    positive = errors[np.isfinite(errors) & (errors > 0)]
    drawn = np.where(errors == 0, (float(positive.min()) if positive.size else 1.0) / BELOW_THE_LEAST, errors)
    times = np.array([one.seconds for one in moments])
    now = max(seconds, float(times[-1]))
    x = axis_of(np.array([0.0, now]), "time [s]", LEFT, WIDTH - RIGHT, log=False)
    y = axis_of(drawn, with_unit(f"error, {judge}", unit), HEIGHT - BOTTOM, TOP,
                log=spans_decades(drawn, BESIDE_DECADES))  # fmt: skip
    along, up = x.at(times), y.at(drawn)
    up = np.where(np.isfinite(up), up, TOP)
    line = curve(np.append(np.repeat(along, 2)[1:], x.at(np.array([now]))), np.repeat(up, 2))
    dots = "".join(
        f'<circle class="dot" cx="{a:.1f}" cy="{b:.1f}" r="{RADIUS - 1:g}"><title>'
        f"{escape(shortened(_words(one, unit), LONGEST_WORDS))}</title></circle>"
        for one, a, b in zip(moments, along, up, strict=True)
    )
    words = "Error of the best law against time"
    return Markup(
        f'<svg class="plot" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" aria-label="{words}">{frame(x, y)}'
        f'<path class="stairs" d="{line}"/>{dots}</svg>'
    )


def _words(one: Moment, unit: str) -> str:
    return f"from {one.seconds:.1f} s on: {one.formula}, error {number_text(one.error, 3)} {unit}".strip()
