"""``symreg plan`` and ``symreg summary``: a sweep before it is run, and after."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import typer

from symreg.cli import printable
from symreg.cli.starting import check_is_experiment
from symreg.experiment import Specification
from symreg.sweeps import Plan, PlannedRun, SweepSummary, plan_of, summarise, write_summary
from symreg.uncertain_text import number_text

LIBRARIES = 0.4
"""GB that libraries and fixed tables take in each process, beside the memory of the search (`budget.memory`)."""

TOLD_DIFFERENCES = 5
"""Of a run that is refused: more of them tell no more about why."""

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0  # seconds; from two of a unit on it is told in that unit


def show_plan(file: Path, runs: Path, jobs: int) -> None:
    """Print the runs that ``file`` stands for, what they may cost on ``jobs`` processes, and how they stand."""
    check_is_experiment(file)
    for line in plan_lines(plan_of(file, runs, jobs), runs):
        typer.echo(printable(line))


def plan_lines(plan: Plan, runs: Path) -> Iterator[str]:
    """The plan as text."""
    sweep = plan.sweep
    yield f"{sweep.source} stands for {_runs(len(plan.runs))}" + _product(plan)
    for axis, values in sweep.axes.items():
        yield f"  {axis}: {', '.join(values)}"
    yield ""
    headings = ("run", "status", "seconds at most", "memory", "threads")
    yield from aligned([headings, *map(_cells, plan.runs)], numbers={2, 3, 4})
    yield ""
    yield "; ".join(f"{count} {outlook}" for outlook, count in plan.counts.items()) + f" in {runs}"
    yield from _costs(plan)
    for one in plan.refused:
        yield f"Refused: {one.run.name}, because its folder holds something else, or cannot be read:"
        yield from (f"  {reason}" for reason in one.prospect.reasons[:TOLD_DIFFERENCES])
    if plan.refused:
        yield "Delete such folders to search for them anew (--fresh starts all over), or give the sweep another name."


def _product(plan: Plan) -> str:
    groups = plan.sweep.together
    sizes = [f"{len(plan.sweep.axes[group[0]])} {' and '.join(group)}" for group in groups]
    return f": {' x '.join(sizes)}" if sizes else ""


def _cells(one: PlannedRun) -> tuple[str, ...]:
    told = f"{one.prospect.outlook}" + (f" after {one.prospect.elapsed:.0f} s" if one.prospect.elapsed else "")
    if not one.is_ahead:
        return (one.run.name, told, "-", "-", "-")
    seconds = number_text(one.seconds) if math.isfinite(one.seconds) else "no limit"
    return (one.run.name, told, seconds, memory_words(one.memory), str(one.threads))


def _costs(plan: Plan) -> Iterator[str]:
    if not plan.ahead:
        yield "Nothing would be searched."
        return
    at_once = min(plan.jobs, len(plan.ahead))
    if math.isfinite(plan.seconds):
        jobs = f"{plan.jobs} job{'s' if plan.jobs > 1 else ''}"
        yield (
            f"Up to {time_words(plan.seconds)} for {_runs(len(plan.ahead))}, "
            f"{time_words(plan.wall_seconds)} on {jobs}; reading tables and writing reports come on top"
        )
    else:
        limited = [one.seconds for one in plan.ahead if math.isfinite(one.seconds)]
        yield f"{_runs(len(plan.ahead) - len(limited))} without a limit of time: how long they take nobody can say"
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    more = f", which has {processors}: fewer jobs, or backend: {{threads: 1}}" if plan.threads > processors else ""
    yield (
        f"At the same time {memory_words(plan.memory)} for the search and {number_text(LIBRARIES * at_once, 2)} GB for "
        f"libraries, and {plan.threads} thread{'s' if plan.threads > 1 else ''} on this machine{more}"
    )


def _runs(count: int) -> str:
    return f"{count} run{'s' if count != 1 else ''}"


def time_words(seconds: float) -> str:
    """``90 s``, ``2.5 min``, ``3 h``."""
    for size, unit in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min")):
        if seconds >= 2 * size:
            return f"{number_text(seconds / size, 3)} {unit}"
    return f"{number_text(seconds, 3)} s"


def memory_words(size: int) -> str:
    """``2.15 GB``."""
    return f"{number_text(size / 10**9, 3)} GB" if size >= 10**9 else f"{number_text(size / 10**6, 3)} MB"


def aligned(rows: Sequence[Sequence[str]], numbers: set[int] | frozenset[int] = frozenset()) -> Iterator[str]:
    """Rows of equal length as lines; the columns ``numbers`` stand to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            cell.rjust(width) if place in numbers else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()


def show_summary(file: Path, runs: Path) -> None:
    """Write the summary of the sweep ``file`` beside its runs, and print what it says in short."""
    check_is_experiment(file)
    _tell(summarise(file, runs))


def tell_summary(file: Path, runs: Path, specifications: Sequence[Specification], *, quiet: bool) -> None:
    """The same at the end of a sweep that was run with these specifications, in which options may stand."""
    summary = summarise(file, runs, specifications)
    if quiet:
        write_summary(summary)
    else:
        _tell(summary)


def _tell(summary: SweepSummary) -> None:
    for line in summary_lines(summary):  # first: it is told where nothing can be written too
        typer.echo(printable(line))
    for path in write_summary(summary):
        typer.echo(printable(str(path)))


def summary_lines(summary: SweepSummary) -> Iterator[str]:
    """The summary in short: how many runs, which laws, what each axis changes."""
    counts = ", ".join(f"{count} {status}" for status, count in summary.counts.items())
    yield f"{summary.name}: {_runs(len(summary.runs))}, {counts}"
    if not summary.n_laws:
        yield "No run has finished with a law yet."
        return
    yield f"{summary.agree} of the {summary.n_laws} that found a law selected the most frequent one"
    found = summary.recovered
    if found:
        judged = sum(found.values())
        yield f"The formula of the table came back in {judged - found.get('no', 0)} of {judged}"
    rows = [
        (question.label, f"{len(law.runs)} of {question.n_laws}", f"{law.first.target} = {law.first.formula}")
        for question in summary.questions
        for law in question.laws
    ]
    yield from (f"  {line.strip()}" for line in aligned(rows))
    for along in summary.axes:
        if along.compared:
            yield f"{along.axis}: {along.same} of {along.compared} groups that differ in it alone have one law"
