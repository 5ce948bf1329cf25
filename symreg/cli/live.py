"""The front as it grows, drawn in place while the search goes on."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from symreg.cli import printable

if TYPE_CHECKING:
    from symreg.discovery import Progress
    from symreg.laws import ParetoFront

ROWS = 12
"""Laws of the front that are drawn, the longest ones: with counters and heads a terminal of 24 lines holds them where
no formula is folded. More would scroll out of sight; set by hand."""


class LiveFront:
    """What rich draws: a line of counters whose clock runs by itself, and the front of the last report."""

    def __init__(self, name: str, target: str) -> None:
        self.title = f"{name}: {target} = ?"
        self.began = time.monotonic()
        self.progress: Progress | None = None
        self.asked_to_stop = False

    def update(self, progress: Progress) -> None:
        """Take in what the search reports."""
        self.progress = progress

    def stopping(self) -> None:
        """Say that Ctrl-C was heard."""
        self.asked_to_stop = True

    def __rich__(self) -> Group:
        parts: list[Text | Table] = [Text(printable(self.title), style="bold"), Text(self.counters())]
        if self.progress is not None and self.progress.front is not None:
            parts.append(front_table(self.progress.front))
        if self.asked_to_stop:
            parts.append(
                Text("Stopping; the best so far is being saved. Ctrl-C again ends at once.", style="yellow")
            )
        return Group(*parts)

    def counters(self) -> str:
        """``12.3 s, complexity 9, 1,250,233 evaluated, complete to complexity 8``."""
        counted = [f"{time.monotonic() - self.began:.1f} s"]
        if self.progress is not None:
            counted += [
                self.progress.stage,
                f"complexity {self.progress.complexity}",
                f"{self.progress.evaluated:,} evaluated",
            ]
            if self.progress.complete_to_complexity is not None:
                counted.append(f"complete to complexity {self.progress.complete_to_complexity}")
        return ", ".join(part for part in counted if part)


def front_table(front: ParetoFront) -> Table:
    """The laws of the front, the selected one marked; the longest fronts lose their simplest laws."""
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    table.add_column("complexity", justify="right")
    table.add_column("train error", justify="right")
    table.add_column("held-out error", justify="right")
    table.add_column("law", overflow="fold")
    for index, law in list(enumerate(front.laws))[-ROWS:]:
        chosen = index == front.selected
        unit = law.unit.text if law.unit.text != "1" else ""
        table.add_row(
            "→" if chosen else "",
            str(law.complexity),
            f"{law.train.rmse:.4g} {unit}",
            f"{law.held_out.rmse:.4g} {unit}",
            Text(printable(law.formula), style="bold" if chosen else ""),
        )
    return table


@contextlib.contextmanager
def live_front(view: LiveFront) -> Iterator[Callable[[Progress], None]]:
    """Draw ``view`` during the block where there is a terminal; elsewhere nothing is drawn."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield view.update
        return
    with Live(view, console=console, refresh_per_second=4, transient=True):
        yield view.update
