"""The benchmark as the command line shows it: a table that grows, three rules side by side, and the file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from symreg.benchmark.results import Summary, read_results, summarise
from symreg.benchmark.run import BenchmarkProgress, run_benchmark
from symreg.benchmark.trial import Settings, TrialResult

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Column, Table

__all__ = ["run_benchmark_command", "summary_table"]

INTERRUPTED = 130
NEWEST = 12


def run_benchmark_command(
    problems: str,
    *,
    ids: Sequence[str] | None = None,
    noise: Sequence[float] = (0.0,),
    seeds: Sequence[int] = (0,),
    rows: int = 2_000,
    time: float = 60.0,
    jobs: int = 1,
    threads: int = 1,
    backend: str = "native",
    no_units: bool = False,
    output: str | Path | None = None,
    console: Console | None = None,
) -> int:
    """Run ``symreg benchmark``: live table, ``results.csv``, summary; returns the status (130 after Ctrl-C).

    ``problems`` is the name of a set or the path of a problem file; ``output`` is by default
    ``runs/benchmark/NAME/results.csv``. Running the same command again goes on where it stopped.
    """
    from rich.console import Console as NewConsole
    from rich.live import Live

    _check_backend(backend)
    console = console or NewConsole()
    name = Path(problems).stem
    path = Path(output) if output is not None else Path("runs") / "benchmark" / name / "results.csv"
    settings = Settings(rows=rows, time=time, threads=threads, units=not no_units, backend=backend)
    status = 0
    with Live(console=console, auto_refresh=False, transient=False) as live:

        def show(progress: BenchmarkProgress) -> None:
            live.update(_view(progress, name), refresh=True)

        try:
            run_benchmark(
                problems, output=path, ids=ids, noise=noise, seeds=seeds, settings=settings,
                jobs=jobs, observer=show,
            )  # fmt: skip
        except KeyboardInterrupt:
            status = INTERRUPTED
    console.print(summary_table(summarise(read_results(path), name)))
    console.print(f"results: {path}")
    if status == INTERRUPTED:
        console.print("stopped; run the same command again to go on")
    return status


def _check_backend(backend: str) -> None:
    from symreg.experiment.errors import NotAvailableError

    if backend != "native":
        raise NotAvailableError(what=f"backend {backend}", advice="use --backend native")


def summary_table(summaries: Sequence[Summary]) -> Table:
    """One line for each level of noise: how many were recovered by each rule, and in what time."""
    from rich.table import Table

    numbers = ["noise", "trials", "SRBench rule", "strict", "on the front", "by symbols", "by numbers"]
    table = Table("set", "units", *_columns([*numbers, "failed", "median s", "90 % s"]))
    for each in summaries:
        rates = (each.recovered, each.strict, each.on_front)
        table.add_row(
            each.set, "yes" if each.units else "no", f"{each.noise:g}", str(each.trials),
            *(f"{count} ({100 * count / each.trials:.1f} %)" for count in rates),
            str(each.symbolic), str(each.numeric), str(each.failed),
            f"{each.median_seconds:.2f}", f"{each.ninety_percent_seconds:.2f}",
        )  # fmt: skip
    return table


def _view(progress: BenchmarkProgress, name: str) -> RenderableType:
    from rich.console import Group
    from rich.markup import escape
    from rich.table import Table

    table = Table("problem", *_columns(["noise", "seed"]), "found", *_columns(["seconds"]), "formula")
    for result in progress.results[-NEWEST:]:
        table.add_row(
            result.id, f"{result.noise:g}", str(result.seed), _word(result), f"{result.seconds:.2f}",
            escape((result.formula or result.note)[:70]),
        )  # fmt: skip
    heading = f"{progress.done} of {progress.total}"
    return Group(table, summary_table(summarise(progress.results, name)), heading)


def _columns(names: Sequence[str]) -> list[Column]:
    """Columns of numbers."""
    from rich.table import Column

    return [Column(name, justify="right") for name in names]


def _word(result: TrialResult) -> str:
    if result.strict:
        return "strictly"
    if result.recovered:
        return "yes"
    return "on the front" if result.on_front else "failed" if result.status == "failed" else "no"
