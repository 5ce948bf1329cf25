"""How the best law changed while a search went on, as a drawing: its error against the time."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from symreg.report.page.axes import axis_of
from symreg.report.page.drawing import LEFT, RIGHT
from symreg.report.page.front_drawing import HEIGHT, LONGEST_WORDS, RADIUS, WIDTH, errors_upright
from symreg.report.page.svg import curve, frame, shortened
from symreg.uncertain_text import number_text

if TYPE_CHECKING:
    from symreg.laws import Moment


def course_picture(moments: Sequence[Moment], seconds: float, judge: str, unit: str) -> Markup:
    """A step for each law that was the best, up to now, ``seconds`` after the beginning; none before the first law.

    ``judge`` names the rows on which errors are taken, ``unit`` is the target's as text.
    """
    if not moments:
        return Markup("")
    y, up = errors_upright(np.array([one.error for one in moments]), judge, unit)
    times = np.array([one.seconds for one in moments])
    now = max(seconds, float(times[-1]))
    x = axis_of(np.array([0.0, now]), "time [s]", LEFT, WIDTH - RIGHT, log=False)
    along = x.at(times)
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
