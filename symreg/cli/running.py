"""`symreg run`: runs one after another or many at once, told in the terminal, on a page if asked for, and summed up."""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import typer

from symreg.cli import printable
from symreg.cli.commands import terminal_width
from symreg.cli.many_runs import Crew, run_together, say_the_end
from symreg.cli.starting import QuestionError, TableQuestion, asked_of, naming_options
from symreg.errors import EngineError, SymregError
from symreg.experiment import (
    NOT_BEGUN,
    BackendPart,
    ProgramNotAllowedError,
    Specification,
    UnsavedError,
    check_trackers,
    is_experiment_file,
    with_changes,
)
from symreg.wording import few_of_a_kind

if TYPE_CHECKING:
    from symreg.discovery import Discovery, Progress
    from symreg.live import Board

EXIT_FAILED = 1
"""Exit status where one of many runs failed; the others have ended."""

EXIT_INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells have it: 128 and the number of the signal, 2. A script tells by it a run that was
stopped from one that failed."""

class Ways(TypedDict):
    """How runs are run, beside what their file says."""

    fresh: bool
    quiet: bool
    allow_program: bool
    log: tuple[str, ...]


def run_experiments(
    file: Path,
    runs: Path,
    *,
    time: str | None,
    seed: int | None,
    threads: int | None,
    workers: int | None = None,
    backend: str | None = None,
    fresh: bool,
    quiet: bool,
    allow_program: bool = False,
    port: int | None = None,
    question: TableQuestion,
    jobs: int = 1,
    executor: str | None = None,
    scheduler: str | None = None,
    log: Sequence[str] = (),
) -> None:
    """Run every experiment of ``file``, or the ``question`` where it is a table: one after another, or many at once on
    workers (``Crew``). Ctrl-C ends the series with exit code 130; one of many that fails stops no other, and
    the exit code is 1 at the end. With a ``port``, 0 for one that is free, the runs are shown on a page there, one
    after another."""
    crew = Crew(jobs, executor, scheduler)
    crew.check()
    check_trackers(log)
    found = asked_of(file, question)
    options: list[tuple[str, object]] = [("--time", time), ("--seed", seed), ("--threads", threads)]
    options += [("--workers", workers), ("--backend", backend), *crew.given()]
    options += [("--log", one) for one in log]
    again = _command(file, runs, [*question.given(), *options]) + " --allow-program" * allow_program
    ways = Ways(fresh=fresh, quiet=quiet, allow_program=allow_program, log=tuple(log))
    specifications = [_with_options(one, time, seed, threads, backend, workers) for one in found]
    together = crew.is_dask or (crew.is_together and len(found) > 1)
    if crew.jobs > 1 and not together and not quiet:
        typer.echo("Note: this is one run, and --jobs is for many.", err=True)
    if together and port is not None:
        reason = "--serve shows one run after another, and these go on at once."
        raise QuestionError(reason=reason, advice="Leave --serve away, or --jobs, --executor and --scheduler.")
    with contextlib.nullcontext() if is_experiment_file(file) else naming_options():
        if together:
            records = run_together(specifications, runs, crew, **ways)
            is_stopped = any(one.status in ("interrupted", NOT_BEGUN) for one in records)
            say_the_end(records, runs, quiet=quiet)
            has_failed = any(one.has_failed for one in records)
        else:
            is_stopped, has_failed = _in_turn(specifications, runs, port, ways)
    if is_stopped:
        typer.echo(f"Interrupted. To go on: {again}", err=True)
        raise typer.Exit(EXIT_INTERRUPTED)
    if len(specifications) > 1:
        from symreg.cli.planning import tell_summary

        tell_summary(file, runs, specifications, quiet=quiet)
    if has_failed:
        raise typer.Exit(EXIT_FAILED)


def _in_turn(
    specifications: Sequence[Specification], runs: Path, port: int | None, ways: Ways
) -> tuple[bool, bool]:
    """Run them one after another in this process: whether somebody stopped them, and whether one of many failed."""
    failed: list[str] = []
    with _page(port) as board:
        for number, specification in enumerate(specifications, 1):
            try:
                discovery = _shown_run(specification, runs, board, ways)
            except (ProgramNotAllowedError, EngineError):
                raise  # the next one would say the same
            except SymregError as error:
                if len(specifications) == 1:
                    raise
                failed.append(f"symreg: {specification.name}: {error}")
                typer.echo(printable(failed[-1]), err=True)
                continue
            is_stopped = discovery.status == "interrupted"
            if board is not None and (is_stopped or number == len(specifications)):
                board.end(discovery, runs / specification.name)
            if is_stopped:
                return True, bool(failed)
    if failed:
        typer.echo(printable("\n".join([f"{len(failed)} of {len(specifications)} runs failed:", *failed])), err=True)
    return False, bool(failed)


@contextlib.contextmanager
def _page(port: int | None) -> Iterator[Board | None]:
    """A page that shows the runs of the block, and its address on standard error; None where none is asked for."""
    if port is None:
        yield None
        return
    from symreg.live import Board, served

    board = Board()
    with served(board, port) as address:
        typer.echo(f"Watch it at {address}", err=True)
        yield board


def _shown_run(specification: Specification, runs: Path, board: Board | None, ways: Ways) -> Discovery:
    """Run it, print what was found, and end with exit code 130 where nothing was found before Ctrl-C."""
    folder = runs / specification.name
    try:
        discovery = _run(specification, runs, board, **ways)
    except KeyboardInterrupt:
        raise typer.Exit(EXIT_INTERRUPTED) from None
    except UnsavedError as error:
        typer.echo(printable(summary(error.discovery, folder)))
        raise
    if not ways["quiet"]:
        typer.echo(printable(summary(discovery, folder)))
    return discovery


def _with_options(
    specification: Specification, time: str | None, seed: int | None, threads: int | None, backend: str | None = None,
    workers: int | None = None,
) -> Specification:
    """The file's specification with what the command line says instead, checked as the file was."""
    changes: dict[str, object] = {}
    if time is not None:
        changes["budget"] = {**specification.budget.model_dump(), "time": time}
    if seed is not None:
        changes["seed"] = seed
    if threads is not None or backend is not None or workers is not None:
        part = _backend(specification.backend, threads, backend)
        changes["backend"] = (part if workers is None else _on_workers(part, workers)).model_dump()
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


def _on_workers(part: BackendPart, workers: int) -> BackendPart:
    """The native search on so many workers; of backends among which it is not, the first is told, which says so."""
    others = tuple(_on_workers(one, workers) if one.name == "native" else one for one in part.beside)
    if part.name != "native" and any(one.name == "native" for one in others):
        return part.model_copy(update={"beside": others})
    return part.model_copy(update={"workers": workers, "beside": others})


def _run(
    specification: Specification, runs: Path, board: Board | None, *, fresh: bool, quiet: bool, allow_program: bool,
    log: tuple[str, ...],
) -> Discovery:  # fmt: skip
    from symreg.experiment import run_experiment

    name, target = specification.name, specification.data.target or "target"
    seen: list[Callable[[Progress], None]] = []
    said: list[Callable[[], None]] = []
    if board is not None:
        board.begin(name, target)
        seen, said = [board], [board.stop.set]
    with contextlib.ExitStack() as stack:
        if not quiet:
            from symreg.cli.live import shown

            view = stack.enter_context(shown(name, target))
            if board is not None:
                board.on_stop = view.stopping
            seen, said = [view.observe, *seen], [view.stopping, *said]
        return run_experiment(
            specification, runs, _all_of(seen), fresh=fresh, on_interrupt=_each_of(said),
            on_note=None if quiet else _say, stop=None if board is None else board.stop.is_set,
            allow_program=allow_program, log=log,
        )  # fmt: skip


def _all_of(observers: Sequence[Callable[[Progress], None]]) -> Callable[[Progress], None] | None:
    def observe(progress: Progress) -> None:
        for one in observers:
            one(progress)

    return observe if observers else None


def _each_of(told: Sequence[Callable[[], None]]) -> Callable[[], None]:
    def tell() -> None:
        for one in told:
            one()

    return tell


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
    lines += [f"Note: {note}" for note in few_of_a_kind(discovery.notes)]
    names = ("report.html", "report.pdf", "report.tex", "report.md", "front.json")
    lines += [f"See {folder / name}" for name in names if (folder / name).is_file()]
    return "\n".join(lines)
