"""What the commands do."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path
from typing import Any, TypeVar

import typer

from symreg.cli import printable
from symreg.cli.starting import check_is_experiment
from symreg.experiment import parse_duration
from symreg.sweeps import read_specifications

Number = TypeVar("Number", int, float)


def check_experiment(file: Path) -> None:
    """Print what ``file`` asks, for each of its runs that differs in more than name and seed."""
    from symreg.experiment import check_tools, problem_of
    from symreg.problem import describe

    check_is_experiment(file)
    specifications = read_specifications(file)
    for specification in specifications:
        check_tools(specification)
    typer.echo(printable(str(describe(problem_of(specifications[0])))))
    if len(specifications) > 1:
        names = ", ".join(specification.name for specification in specifications)
        typer.echo(f"\nThis file stands for {len(specifications)} runs: {names}")


def report_run(
    folder: Path,
    formats: tuple[str, ...],
    exports: tuple[str, ...],
    out: Path | None,
    law: str | None = None,
    *,
    figures: bool = False,
) -> None:
    """Rebuild the discovery that ``folder`` holds and write its reports, about another ``law`` if one is named."""
    from symreg.experiment import load_discovery, using_law
    from symreg.report import write_figures, write_reports

    if not formats and not exports:
        raise typer.BadParameter("name a format of a report or a language", param_hint="--format")
    discovery = using_law(load_discovery(folder), folder, law)
    written = write_reports(discovery, out or folder, formats=formats, exports=exports)
    for path in (*written, *(write_figures(discovery, out or folder) if figures else ())):
        typer.echo(str(path))


USUAL_WIDTH = (120, 24)
"""Columns and lines where there is no terminal to ask, such as in a pipe."""


def terminal_width() -> int:
    """Characters of a line of the terminal."""
    return shutil.get_terminal_size(USUAL_WIDTH).columns


def show_front(folder: Path) -> None:
    """Print the laws of the run in ``folder``."""
    from symreg.experiment import load_discovery
    from symreg.laws import front_text

    discovery = load_discovery(folder)
    typer.echo(printable(front_text(discovery.front, terminal_width())))
    shown = shlex.quote(str(folder))
    typer.echo(f"\nA law by its complexity, or by its number as in --law=#2: symreg report {shown} --law ...")


LEAST_ROWS = 8
"""Rows that ``--rows`` may ask for, training and test together: of eight two are for the test and six are left to
search on. Fewer hardly ask a question; set by hand."""

USUAL_ROWS = "10000"


def run_benchmark(problems: str, *, noise: str, seeds: str, rows: str, time: str, **options: Any) -> None:
    """Run a benchmark; numbers in lists are read here, everything else is the benchmark's own."""
    from symreg.benchmark import run_benchmark_command

    n_rows = _numbers(rows or USUAL_ROWS, int, "--rows")
    if len(n_rows) != 1 or n_rows[0] < LEAST_ROWS:
        raise typer.BadParameter(f"one number of {LEAST_ROWS} or more, not {rows!r}", param_hint="--rows")
    status = run_benchmark_command(
        problems,
        noise=_numbers(noise or "0", float, "--noise"),
        seeds=_numbers(seeds, int, "--seeds"),
        rows=n_rows[0],
        time=_seconds(time),
        **options,
    )
    if status:
        raise typer.Exit(status)


def run_form_benchmark(
    problems: str, *, noise: str, seeds: str, rows: str, time: str, refused: dict[str, bool], **options: Any
) -> None:
    """Run a benchmark of forms; an option that says nothing of them is refused."""
    from symreg.benchmark import run_form_benchmark_command
    from symreg.cli import listed

    for option in (name for name, is_given in refused.items() if is_given):
        raise typer.BadParameter("this set has units and ranges of its own", param_hint=option)
    status = run_form_benchmark_command(
        problems,
        noise=listed(noise),
        seeds=_numbers(seeds, int, "--seeds"),
        rows=listed(rows),
        time=_seconds(time),
        **options,
    )
    if status:
        raise typer.Exit(status)


def write_benchmark_record(results: list[Path], output: Path) -> None:
    """Write the record of these results and say which files were written."""
    from symreg.benchmark import write_record

    for path in write_record(results, output):
        typer.echo(str(path))


def _numbers(text: str, kind: type[Number], option: str) -> list[Number]:
    try:
        return [kind(part) for part in text.split(",") if part.strip()]
    except ValueError:
        raise typer.BadParameter(
            f"numbers with commas between them, not {text!r}", param_hint=option
        ) from None


def _seconds(text: str) -> float:
    try:
        return parse_duration(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--time") from None


def show_schema() -> None:
    """Print the schema of an experiment's file."""
    import json

    from symreg.experiment import experiment_schema

    typer.echo(json.dumps(experiment_schema(), indent=1, ensure_ascii=False))


def list_datasets() -> None:
    """Print the names of tables and problem sets, each with its line of description."""
    from symreg.tables import dataset_folder, dataset_names, problem_set_names

    for heading, names in (("Tables", dataset_names()), ("Problem sets", problem_set_names())):
        typer.echo(f"{heading}:")
        width = max((len(name) for name in names), default=0)
        for name in names:
            with (dataset_folder(name) / "SOURCE.md").open(encoding="utf-8") as source:
                typer.echo(printable(f"  {name:<{width}}  {source.readline().lstrip('# ').rstrip()}"))
