"""``symreg list``: the runs of a folder in a table as wide as the terminal."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import typer
from rich.cells import cell_len, set_cell_size

from symreg.cli import printable
from symreg.experiment import ListedRun, UnreadableRun, list_runs
from symreg.uncertain_text import r2_text

HEADINGS = ("run", "status", "target", "R2", "complexity", "seconds", "when", "law")
NUMBERS = ("R2", "complexity", "seconds")
DROPPED = ("seconds", "when", "target", "complexity")
"""On a terminal where they leave the law no room, one after another."""

USUAL_SIZE = (120, 24)
"""Columns and lines where there is no terminal to ask, such as in a pipe: a law that is longer stands in the run."""

LEAST_LAW = 16
"""Characters of a law that are shown on any terminal, however narrow: fewer tell nothing. Set by hand."""

MOST_OF_A_CELL = 32
"""Characters of a run's name, of a target and the like: a longer one leaves the law no room. Set by hand."""


ORDERS: Mapping[str, Callable[[ListedRun], Any]] = {
    "name": lambda run: run.name,
    "r2": lambda run: -run.r2 if math.isfinite(run.r2) else math.inf,
    "complexity": lambda run: math.inf if run.complexity is None else run.complexity,
    "seconds": lambda run: run.seconds,
    "when": lambda run: tuple(-ord(char) for char in run.when) or (0,),
}
"""How runs are sorted: the best, the simplest, the shortest, the latest first; what is not known last."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which runs are listed, and in which order: as the options of ``symreg list`` have it."""

    status: str | None = None
    target: str | None = None
    name: str | None = None
    sort: str = "name"

    def has(self, run: ListedRun | UnreadableRun) -> bool:
        """Whether a run is listed; of one that cannot be read only the name is known."""
        if self.name is not None and not fnmatchcase(run.name, self.name):
            return False
        if isinstance(run, UnreadableRun):
            return self.status is None and self.target is None
        states = None if self.status is None else {one.strip() for one in self.status.split(",")}
        return (states is None or run.status in states) and self.target in (None, run.target.partition(" [")[0])


def show_runs(folder: Path, wanted: Wanted) -> None:
    """Print the runs of ``folder`` that are wanted, then a line for each of them that cannot be read."""
    if wanted.sort not in ORDERS:
        raise typer.BadParameter(f"one of {', '.join(ORDERS)}, not {wanted.sort[:40]!r}", param_hint="--sort")
    every = list_runs(folder)
    runs = [run for run in every if wanted.has(run)]
    readable = sorted((run for run in runs if isinstance(run, ListedRun)), key=ORDERS[wanted.sort])
    if not runs:
        typer.echo(printable(f"There are no {'such ' if every else ''}runs in {folder}."))
    for line in _table(readable, shutil.get_terminal_size(USUAL_SIZE).columns) if readable else ():
        typer.echo(line)
    for run in runs:
        if isinstance(run, UnreadableRun):
            typer.echo(_one_line(f"{run.name}: cannot be read: {run.reason}"))


def _table(runs: Sequence[ListedRun], width: int) -> Iterator[str]:
    """Aligned lines no wider than ``width``: the law is cut, and columns are dropped before too much of it is."""
    rows = [dict(zip(HEADINGS, HEADINGS, strict=True)), *map(_cells, runs)]
    widths = {heading: max(cell_len(row[heading]) for row in rows) for heading in HEADINGS[:-1]}
    for heading in DROPPED:
        if _room(widths, width) < LEAST_LAW:
            del widths[heading]
    for row in rows:
        cells = [_filled(row[heading], size, heading in NUMBERS) for heading, size in widths.items()]
        yield "  ".join([*cells, _cut(row[HEADINGS[-1]], max(LEAST_LAW, _room(widths, width)))]).rstrip()


def _room(widths: Mapping[str, int], width: int) -> int:
    """What the other columns, with two blanks behind each, leave for the law."""
    return width - sum(widths.values()) - 2 * len(widths)


def _filled(text: str, size: int, is_number: bool) -> str:
    return " " * (size - cell_len(text)) + text if is_number else set_cell_size(text, size)


def _cells(run: ListedRun) -> dict[str, str]:
    complexity = "-" if run.complexity is None else str(run.complexity)
    seconds, law = f"{run.seconds:.1f}", run.formula or "none yet"
    texts = (run.name, run.status, run.target, r2_text(run.r2), complexity, seconds, run.when, law)
    cells = dict(zip(HEADINGS, map(_one_line, texts), strict=True))
    shorter = {heading: _cut(text, MOST_OF_A_CELL) for heading, text in cells.items()}
    return shorter | {"run": _cut_inside(cells["run"], MOST_OF_A_CELL), "law": cells["law"]}


def _cut(text: str, size: int) -> str:
    return text if cell_len(text) <= size else set_cell_size(text, size - 1) + "…"


def _cut_inside(text: str, size: int) -> str:
    """Cut in the middle: the runs of a sweep begin alike, and end with what tells them apart."""
    if cell_len(text) <= size:
        return text
    end = text
    while cell_len(end) > size - size // 4 - 1:
        end = end[1:]
    return set_cell_size(text, size - cell_len(end) - 1) + "…" + end


def _one_line(text: str) -> str:
    return " ".join(printable(text).split())
