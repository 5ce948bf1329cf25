"""The benchmark of forms as the command line shows it: trials as they end, and recovery by size and noise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from symreg.benchmark.command import form_command_text
from symreg.benchmark.forms.problems import form_trials, load_forms
from symreg.benchmark.forms.summary import FormSummary, summarise_forms
from symreg.benchmark.forms.trial import FORMS, FormResult
from symreg.benchmark.live import NEWEST, check_search, columns, default_output, watched
from symreg.benchmark.run import BenchmarkProgress, run_trials
from symreg.benchmark.trial import Settings

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table

__all__ = ["form_table", "run_form_benchmark_command"]


def run_form_benchmark_command(
    problems: str,
    *,
    ids: Sequence[str] | None = None,
    noise: Sequence[str] = (),
    seeds: Sequence[int] = (0,),
    rows: Sequence[str] = (),
    time: float = 60.0,
    jobs: int = 1,
    threads: int = 1,
    backend: str = "native",
    without: Sequence[str] = (),
    output: str | Path | None = None,
    console: Console | None = None,
) -> int:
    """Run ``symreg benchmark`` for a set of forms; returns the status (130 after Ctrl-C).

    ``rows`` and ``noise`` are the words of ``form_trials``. The table counts the trials of this command, also those
    that an earlier run has left in the file.
    """
    settings = Settings(time=time, threads=threads, backend=backend, without=tuple(without))
    check_search(settings)
    trials = form_trials(load_forms(problems), ids=ids, rows=rows, noise=noise, seeds=seeds)
    words = {FORMS.key_before(trial, settings): (trial.size, trial.rank) for trial in trials}

    def view(progress: BenchmarkProgress[FormResult]) -> RenderableType:
        # The file may hold trials of other questions, and these ones under other words.
        mine = [one for one in progress.results if FORMS.key_of(one) in words]
        named = [(one, *words[FORMS.key_of(one)]) for one in mine]
        return _view(progress, [replace(one, size=size, rank=rank) for one, size, rank in named])

    path = default_output(problems, output)
    command = form_command_text(
        problems, ids=ids, noise=noise, seeds=seeds, rows=rows, settings=settings, jobs=jobs
    )

    def run(show: Callable[[BenchmarkProgress[FormResult]], None]) -> None:
        run_trials(trials, FORMS, settings, output=path, jobs=jobs, observer=show)

    return watched(run, view, path=path, command=command, console=console)


def form_table(summaries: Sequence[FormSummary]) -> Table:
    """One line for each size of the table and each level of noise."""
    from rich.box import SIMPLE
    from rich.table import Table

    table = Table("rows", "noise", *columns(list(_COLUMNS)), box=SIMPLE, padding=(0, 1, 0, 0))
    for each in summaries:
        table.add_row(each.size, each.rank, *(text(each) for text in _COLUMNS.values()))
    return table


def _rate(count: int, each: FormSummary) -> str:
    return f"{count} ({100 * count / each.trials:.0f} %)"


_COLUMNS: dict[str, Callable[[FormSummary], str]] = {
    "trials": lambda each: str(each.trials),
    "recovered": lambda each: _rate(each.recovered, each),
    "on the\nfront": lambda each: str(each.on_front),
    "false\nends": lambda each: str(each.false_ends),
    "failed": lambda each: str(each.failed),
    "median\ns": lambda each: f"{each.seconds:.1f}",
    "median s,\nrecovered": lambda each: f"{each.recovery_seconds:.1f}",
}


def _view(progress: BenchmarkProgress[FormResult], mine: Sequence[FormResult]) -> RenderableType:
    from rich.console import Group
    from rich.markup import escape
    from rich.table import Column, Table

    law = Column("law", no_wrap=True, ratio=1)
    newest = Table("form", *columns(["rows", "noise", "seed"]), "found", *columns(["s"]), law, expand=True)
    for one in mine[-NEWEST:]:
        newest.add_row(
            one.id, str(one.rows), f"{one.noise:g}", str(one.seed), _word(one), f"{one.seconds:.1f}",
            escape((one.formula or one.note)[:70]),
        )  # fmt: skip
    return Group(newest, form_table(summarise_forms(mine)), f"{progress.done} of {progress.total}")


def _word(result: FormResult) -> str:
    if result.recovered:
        return "yes"
    where = "on the front" if result.on_front else "failed" if result.status == "failed" else "no"
    return f"{where}, false end" if result.false_end else where
