"""Progress for Python: lines in a console, a bar in a notebook.

The bar is HTML in a display of IPython, which whoever has a notebook has; rich and tqdm would need ipywidgets to change
what they have drawn there.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

from symreg.live.lines import EVERY, Lines
from symreg.live.pace import Pace
from symreg.live.words import best_formula, line_of, search_words, spent_words
from symreg.typesetting import bundle, plain_html
from symreg.watching import ENDS

if TYPE_CHECKING:
    from symreg.live.pace import Glimpse
    from symreg.watching import Progress

USUAL_SIZE = (120, 24)
"""Columns and lines where there is no terminal to ask."""

REDRAWN = 0.25
"""Seconds between two drawings of the bar: each is a message to the browser, and nobody reads faster. Set by hand."""


def show_progress(every: float = EVERY) -> Callable[[Progress], None]:
    """An observer for ``discover``: a bar in a notebook, elsewhere a line on standard output.

    A line comes at each change of stage, and every so many seconds where the search reports.
    """
    if in_notebook():
        return Bar()
    return Lines(print_line, console_width, every)


def print_line(text: str) -> None:
    """Print one line now, without anything that would move a cursor."""
    print("".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text), flush=True)


def console_width() -> int:
    """Characters of a line of the terminal."""
    return shutil.get_terminal_size(USUAL_SIZE).columns


def in_notebook() -> bool:
    """Whether a kernel runs this, so that HTML is shown and may change."""
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    return shell is not None and hasattr(shell, "kernel")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A bar at one moment, as a notebook shows it."""

    glimpse: Glimpse

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        progress, text = self.glimpse.progress, line_of(self.glimpse, USUAL_SIZE[0])
        share = "" if progress.share is None else f' value="{progress.share:.3f}"'
        label = f' style="width:16em" aria-label="{escape(progress.stage)}"'
        bar = "" if progress.stage in ENDS else f'<progress max="1"{share}{label}></progress> '
        words = ", ".join([*spent_words(self.glimpse), *search_words(self.glimpse)])
        html = (
            f"<div>{bar}<b>{plain_html(progress.stage)}</b>, {plain_html(words)}"
            f"<br><code>{plain_html(best_formula(self.glimpse))}</code></div>"
        )
        return bundle(text, html)


@dataclass(slots=True, eq=False)
class Bar:
    """An observer that draws in a notebook, always in the same place."""

    clock: Callable[[], float] = time.monotonic
    pace: Pace = field(init=False)
    _handle: Any = None
    _stage: str = ""
    _drawn: float = 0.0

    def __post_init__(self) -> None:
        self.pace = Pace(self.clock)

    def __call__(self, progress: Progress) -> None:
        """Take in what the search reports, and draw if it is time."""
        self.pace.update(progress)
        if progress.stage == self._stage and self.clock() - self._drawn < REDRAWN:
            return
        self._stage, self._drawn = progress.stage, self.clock()
        glimpse = self.pace.now()
        assert glimpse is not None
        if self._handle is None:
            self._handle = sys.modules["IPython"].display.display(Drawn(glimpse), display_id=True)
        else:
            self._handle.update(Drawn(glimpse))
