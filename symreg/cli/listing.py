"""``symreg list``: the runs of a folder in a table as wide as the terminal."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import typer
from rich.cells import cell_len, set_cell_size

from symreg.cli import printable
from symreg.experiment import ListedRun, UnreadableRun, list_runs
from symreg.uncertain_text import r2_text

HEADINGS = ("run", "status", "target", "R2", "complexity", "seconds", "when", "law")
NUMBERS = ("R2", "complexity", "seconds")

USUAL_SIZE = (120, 24)
"""Columns and lines where there is no terminal to ask, such as in a pipe: a law that is longer stands in the run."""

LEAST_LAW = 16
"""Characters of a law that are shown on a narrow terminal, whose lines then fold: fewer tell nothing. Set by hand."""

MOST_OF_A_NAME = 32
"""Characters of a run's name and of a target: a longer one leaves the law no room. Set by hand."""


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
    """Aligned lines; the law, the last, is cut to what is left of ``width``."""
    rows = [HEADINGS, *(tuple(map(_one_line, _cells(run))) for run in runs)]
    short = [[*(_cut(cell, MOST_OF_A_NAME) for cell in row[:-1]), row[-1]] for row in rows]
    widths = [max(cell_len(row[place]) for row in short) for place in range(len(HEADINGS) - 1)]
    room = max(LEAST_LAW, width - sum(widths) - 2 * len(widths))
    for row in short:
        cells = [
            " " * (size - cell_len(cell)) + cell if heading in NUMBERS else set_cell_size(cell, size)
            for cell, size, heading in zip(row, widths, HEADINGS, strict=False)
        ]
        yield "  ".join([*cells, _cut(row[-1], room)]).rstrip()


def _cells(run: ListedRun) -> tuple[str, ...]:
    complexity = "-" if run.complexity is None else str(run.complexity)
    seconds, law = f"{run.seconds:.1f}", run.formula or "none yet"
    return run.name, run.status, run.target, r2_text(run.r2), complexity, seconds, run.when, law


def _cut(text: str, size: int) -> str:
    return text if cell_len(text) <= size else set_cell_size(text, size - 1) + "…"


def _one_line(text: str) -> str:
    return " ".join(printable(text).split())
