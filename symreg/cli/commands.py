"""What the commands do."""

from __future__ import annotations

import contextlib
import shlex
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from symreg.cli import printable
from symreg.cli.starting import TableQuestion, asked_of, check_is_experiment, naming_options
from symreg.experiment import (
    BackendPart,
    Specification,
    UnsavedError,
    is_experiment_file,
    parse_duration,
    read_specifications,
    with_changes,
)

if TYPE_CHECKING:
    from symreg.discovery import Discovery

EXIT_INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells have it: 128 and the number of the signal, 2. A script tells by it a run that was
stopped from one that failed."""

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


def run_experiments(
    file: Path,
    runs: Path,
    *,
    time: str | None,
    seed: int | None,
    threads: int | None,
    backend: str | None = None,
    fresh: bool,
    quiet: bool,
    allow_program: bool = False,
    question: TableQuestion,
) -> None:
    """Run every experiment of ``file`` one after another, or the ``question`` where it is a table; Ctrl-C ends the
    series with exit code 130."""
    found = asked_of(file, question)
    for specification in found:
        specification = _with_options(specification, time, seed, threads, backend)
        try:
            with contextlib.nullcontext() if is_experiment_file(file) else naming_options():
                discovery = _run(specification, runs, fresh=fresh, quiet=quiet, allow_program=allow_program)
        except KeyboardInterrupt:
            raise typer.Exit(EXIT_INTERRUPTED) from None
        except UnsavedError as error:
            typer.echo(printable(summary(error.discovery, runs / specification.name)))
            raise
        if not quiet:
            typer.echo(printable(summary(discovery, runs / specification.name)))
        if discovery.status == "interrupted":
            options = [("--time", time), ("--seed", seed), ("--threads", threads), ("--backend", backend)]
            again = _command(file, runs, [*question.given(), *options]) + " --allow-program" * allow_program
            typer.echo(f"Interrupted. To go on: {again}", err=True)
            raise typer.Exit(EXIT_INTERRUPTED)


def _with_options(
    specification: Specification, time: str | None, seed: int | None, threads: int | None, backend: str | None = None
) -> Specification:
    """The file's specification with what the command line says instead, checked as the file was."""
    changes: dict[str, object] = {}
    if time is not None:
        changes["budget"] = {**specification.budget.model_dump(), "time": time}
    if seed is not None:
        changes["seed"] = seed
    if threads is not None or backend is not None:
        changes["backend"] = _backend(specification.backend, threads, backend).model_dump()
    return with_changes(specification, changes, "the command line")


def _backend(part: BackendPart, threads: int | None, names: str | None) -> BackendPart:
    """The backends of the command line, with the file's settings for those that it names too."""
    from symreg.search import check_name

    parts = part.all if threads is None else tuple(one.model_copy(update={"threads": threads}) for one in part.all)
    alone = {one.name: one.model_copy(update={"beside": ()}) for one in parts}
    chosen = [name.strip() for name in names.split(",")] if names is not None else list(alone)
    for name in chosen:
        check_name(name)
    nothing: dict[str, object] = {
        "formulas": (), "file": None, "command": (), "library": None, "settings": {}, "beside": (),
    }  # fmt: skip
    nothing |= {} if threads is None else {"threads": threads}
    first, *others = [alone.get(name) or part.model_copy(update={**nothing, "name": name}) for name in chosen]
    return first.model_copy(update={"beside": tuple(others)})


def _run(
    specification: Specification, runs: Path, *, fresh: bool, quiet: bool, allow_program: bool
) -> Discovery:
    from symreg.experiment import run_experiment

    if quiet:
        return run_experiment(specification, runs, fresh=fresh, allow_program=allow_program)
    from symreg.cli.live import LiveFront, live_front

    view = LiveFront(specification.name, specification.data.target or "target")
    with live_front(view) as observer:
        return run_experiment(
            specification, runs, observer, fresh=fresh, on_interrupt=view.stopping, on_note=_say,
            allow_program=allow_program,
        )  # fmt: skip


def _say(note: str) -> None:
    typer.echo(f"Note: {printable(note)}", err=True)


def _command(file: Path, runs: Path, options: Iterable[tuple[str, object]]) -> str:
    """The command that goes on with this run."""
    parts = ["symreg", "run", str(file)]
    parts += [] if runs == Path("runs") else ["--runs", str(runs)]
    for option, value in options:
        parts += [] if value is None else [option, str(value)]
    return shlex.join(parts)


def summary(discovery: Discovery, folder: Path) -> str:
    """The laws, why the search ended, what it has ruled out, and where the files lie."""
    from symreg.laws import front_text
    from symreg.search import completeness, not_asked

    laws = front_text(discovery.front, terminal_width())
    lines = [laws, ""] if discovery.front.laws else ["No law was found.", ""]
    if discovery.front.laws:
        lines += [discovery.front.best.summary(), ""]
    lines.append(
        f"{discovery.problem.name}: {discovery.status} after {discovery.wall_seconds:.1f} s "
        f"({discovery.stop_reason}, {discovery.engine} engine); {discovery.evaluated:,} expressions evaluated, "
        f"{discovery.pruned_by_dimension:,} ruled out by their units"
    )
    if discovery.complete_to_complexity is not None:
        operators = discovery.problem.operators
        lines.append(f"{completeness(discovery.complete_to_complexity, operators)}.")
        lines += filter(None, [not_asked(operators)])
    lines += [] if discovery.robustness is None else [f"{one}." for one in discovery.robustness.findings]
    lines += [f"Note: {note}" for note in discovery.notes]
    names = ("report.html", "report.pdf", "report.tex", "report.md", "front.json")
    lines += [f"See {folder / name}" for name in names if (folder / name).is_file()]
    return "\n".join(lines)


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
