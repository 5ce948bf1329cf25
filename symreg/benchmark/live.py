"""The benchmark as the command line shows it: a table that grows, three rules side by side, and the file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from symreg.benchmark.command import command_text
from symreg.benchmark.facts import add_facts, present_facts
from symreg.benchmark.problems import select_problems
from symreg.benchmark.run import BenchmarkProgress, load_set, run_benchmark
from symreg.benchmark.sampling import LARGEST_SAMPLE
from symreg.benchmark.scaling import scaled
from symreg.benchmark.summary import Spread, Summary, search_words, summarise
from symreg.benchmark.trial import Settings, TrialResult, backend_of_settings

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Column, Table

__all__ = ["check_search", "columns", "default_output", "run_benchmark_command", "summary_table", "watched"]

INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells have it: 128 and the number of the signal, 2. Scripts tell by it a run that was
stopped from one that failed."""

NEWEST = 8
"""Trials that the growing table shows, the last ones. More would push the summary below it out of sight, fewer pass too
quickly to be read; set by hand."""

R = TypeVar("R")


def run_benchmark_command(
    problems: str,
    *,
    ids: Sequence[str] | None = None,
    noise: Sequence[float] = (0.0,),
    seeds: Sequence[int] = (0,),
    rows: int = LARGEST_SAMPLE,
    time: float = 60.0,
    jobs: int = 1,
    threads: int = 1,
    backend: str = "native",
    no_units: bool = False,
    without: Sequence[str] = (),
    scale_target: float = 1.0,
    scale_input: float = 1.0,
    output: str | Path | None = None,
    console: Console | None = None,
) -> int:
    """Run ``symreg benchmark``: live table, ``results.csv``, summary; returns the status (130 after Ctrl-C).

    ``problems`` is the name of a set or the path of a problem file; ``output`` is by default
    ``runs/benchmark/NAME/results.csv``; the facts of the run stand beside it. Running the same command again
    goes on where it stopped.
    """
    settings = Settings(
        rows=rows, time=time, threads=threads, units=not no_units, backend=backend, without=tuple(without)
    )
    check_search(settings)
    chosen = scaled(select_problems(load_set(problems), ids), target=scale_target, inputs=scale_input)
    name = Path(problems).stem
    path = default_output(problems, output)
    belongs = {(problem.set_name, problem.id) for problem in chosen}

    def summary(results: Sequence[TrialResult]) -> Table:
        # The file may hold trials of other sets, which are not part of this question.
        return summary_table(summarise([one for one in results if (one.set, one.id) in belongs], name))

    command = command_text(
        problems, ids=ids, noise=noise, seeds=seeds, settings=settings, jobs=jobs, scale_target=scale_target,
        scale_input=scale_input,
    )  # fmt: skip

    def run(show: Callable[[BenchmarkProgress[TrialResult]], None]) -> None:
        run_benchmark(
            chosen, output=path, noise=noise, seeds=seeds, settings=settings, jobs=jobs, observer=show
        )

    def view(progress: BenchmarkProgress[TrialResult]) -> RenderableType:
        return _view(progress, summary(progress.results))

    return watched(run, view, path=path, command=command, console=console)


def default_output(problems: str, output: str | Path | None) -> Path:
    """Where the results of a set or a problem file go."""
    return Path(output) if output is not None else Path("runs") / "benchmark" / Path(problems).stem / "results.csv"


def watched(
    run: Callable[[Callable[[BenchmarkProgress[R]], None]], None],
    view: Callable[[BenchmarkProgress[R]], RenderableType],
    *,
    path: Path,
    command: str,
    console: Console | None,
) -> int:
    """Call ``run`` with an observer that shows ``view`` after every trial; facts are written before the first.

    Returns the status of the command, 130 after Ctrl-C.
    """
    from rich.console import Console as NewConsole
    from rich.live import Live

    console = console or NewConsole()
    status = 0
    with Live(console=console, auto_refresh=False, transient=False) as live:

        def show(progress: BenchmarkProgress[R]) -> None:
            if progress.newest is None and progress.done < progress.total:
                add_facts(path, present_facts(command))
            live.update(view(progress), refresh=True)

        try:
            run(show)
        except KeyboardInterrupt:
            status = INTERRUPTED
    if not console.is_terminal:
        console.print()  # only on a terminal does the live table end its last line
    console.print(f"results: {path}")
    if status == INTERRUPTED:
        console.print("stopped; run the same command again to go on")
    return status


def check_search(settings: Settings) -> None:
    """Refuse a search that is not there before any work."""
    from symreg.search import check_backend

    check_backend(backend_of_settings(settings))


def summary_table(summaries: Sequence[Summary]) -> Table:
    """One column for each level of noise: how many were recovered by each rule, and in what time."""
    from rich.table import Table

    groups = [each.group for each in summaries]
    headings = [
        "\n".join((group.set, f"noise {group.noise:g}", *search_words(group, groups))) for group in groups
    ]
    table = Table("", *columns(headings))
    for name, text in _LINES.items():
        table.add_row(name, *(text(each) for each in summaries))
    return table


def _rate(count: int, summary: Summary) -> str:
    return f"{count} ({100 * count / summary.trials:.1f} %)"


def _seconds(spread: Spread) -> str:
    return f"{spread.median:.2f} / {spread.ninety_percent:.2f}"


_LINES: dict[str, Callable[[Summary], str]] = {
    "trials": lambda each: str(each.trials),
    "SRBench rule": lambda each: _rate(each.recovered, each),
    "strict": lambda each: _rate(each.strict, each),
    "on the front": lambda each: _rate(each.on_front, each),
    "by symbols / by numbers": lambda each: f"{each.symbolic} / {each.numeric}",
    "failed": lambda each: str(each.failed),
    "s to recovery, median / 90 %": lambda each: _seconds(each.recovery_seconds),
    "evaluations, median": lambda each: f"{each.recovery_evaluations.median:,.0f}",
    "s of all, median / 90 %": lambda each: _seconds(each.seconds),
}


def _view(progress: BenchmarkProgress[TrialResult], summary: Table) -> RenderableType:
    from rich.console import Group
    from rich.markup import escape
    from rich.table import Table

    table = Table("problem", *columns(["noise", "seed"]), "found", *columns(["seconds"]), "formula")
    for result in progress.results[-NEWEST:]:
        table.add_row(
            result.id, f"{result.noise:g}", str(result.seed), _word(result), f"{result.seconds:.2f}",
            escape((result.formula or result.note)[:70]),
        )  # fmt: skip
    heading = f"{progress.done} of {progress.total}"
    return Group(table, summary, heading)


def columns(names: Sequence[str]) -> list[Column]:
    """Columns of numbers."""
    from rich.table import Column

    return [Column(name, justify="right") for name in names]


def _word(result: TrialResult) -> str:
    if result.strict:
        return "strictly"
    if result.recovered:
        return "yes"
    return "on the front" if result.on_front else "failed" if result.status == "failed" else "no"
