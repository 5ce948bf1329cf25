"""``symreg list``: the runs of a folder in a table as wide as the terminal."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

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


def show_runs(folder: Path) -> None:
    """Print the runs of ``folder``, then a line for each that cannot be read."""
    runs = list_runs(folder)
    readable = [run for run in runs if isinstance(run, ListedRun)]
    if not runs:
        typer.echo(printable(f"There are no runs in {folder}."))
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
    return {heading: _cut(text, MOST_OF_A_CELL) if heading != "law" else text for heading, text in cells.items()}


def _cut(text: str, size: int) -> str:
    return text if cell_len(text) <= size else set_cell_size(text, size - 1) + "…"


def _one_line(text: str) -> str:
    return " ".join(printable(text).split())
