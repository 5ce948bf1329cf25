"""Many runs at once, on the workers of whatever executor there is: each in its own folder, none of them done twice."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path

from symreg.errors import SymregError
from symreg.executors import (
    ATTEMPTS,
    Cluster,
    FileLink,
    Link,
    LocalExecutor,
    Outcome,
    Task,
    file_link,
    run_tasks,
)
from symreg.experiment.errors import ProgramNotAllowedError, RunFolderError
from symreg.experiment.many.one import Ways, run_one
from symreg.experiment.many.overview import Overview, Tally
from symreg.experiment.many.parcel import Returned, packed, put_in_place, run_away
from symreg.experiment.many.record import RunRecord, record_without
from symreg.experiment.specification import Specification
from symreg.experiment.tracking import check_trackers
from symreg.live import first_interrupt_asks
from symreg.ticking import ticking

SHOWN_EVERY = 1.0  # seconds between two words to who watches

Workers = Executor | Callable[[], Executor] | Cluster


def run_many(
    specifications: Sequence[Specification],
    runs_folder: str | Path = "runs",
    executor: Workers | None = None,
    *,
    jobs: int = 1,
    fresh: bool = False,
    allow_program: bool = False,
    interval: float = 2.0,
    log: Sequence[str] = (),
    attempts: int = ATTEMPTS,
    observer: Callable[[Overview], None] | None = None,
    on_interrupt: Callable[[], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> tuple[RunRecord, ...]:
    """Run ``specifications``, whose names differ, each in ``runs_folder/NAME`` as ``run_experiment`` does; a record of
    each, in their order.

    ``executor`` is any ``concurrent.futures.Executor`` whose workers have this version of the package and see the
    folder, a function that makes one, or a ``Cluster`` of Dask, whose workers may be elsewhere; else ``jobs`` processes
    of this machine. A run whose worker dies is begun again where it was, ``attempts`` times in all; one that fails
    stops no other. Ctrl-C, or ``stop()``, asks those that run to end with the best they have, and no other is begun;
    the same call goes on later. ``observer`` is told once a second how all stands, by another thread; ``log`` names
    trackers, as there. Raises ``TrackingError``, ``ProgramNotAllowedError``, and ``RunFolderError`` where
    ``runs_folder`` cannot be written to.
    """
    _check(specifications, allow_program=allow_program)
    check_trackers(log)
    by_name, folder = {one.name: one for one in specifications}, Path(runs_folder)
    with contextlib.ExitStack() as stack:
        asked = stack.enter_context(first_interrupt_asks(on_interrupt))
        files = stack.enter_context(_link_in(folder))
        ways = Ways(fresh, allow_program, interval, files.token, tuple(log))
        threads = max(map(threads_of, specifications), default=1)
        crew = _hired(stack, executor, jobs, files, threads)
        tally = Tally(len(specifications), crew.link, observer)
        tasks = list(_tasks(specifications, folder, ways, crew, tally))
        stack.enter_context(ticking(tally.show, SHOWN_EVERY))
        outcomes = run_tasks(
            tasks, crew.pool, attempts=attempts, observer=tally.hear, link=crew.link, width=crew.width,
            threads=threads, stop=lambda: asked() or (stop is not None and stop()),
        )  # fmt: skip
        for outcome in outcomes:
            tally.end(_record(outcome, by_name[outcome.key], folder))
        found = {one.name: one for one in tally.done}
    return tuple(found[one.name] for one in specifications)


@dataclass(frozen=True, slots=True)
class _Crew:
    """Who works, how many at once, through which link, and whether they see the folder of runs."""

    pool: Executor | Callable[[], Executor]
    width: Callable[[], int] | None
    link: Link
    is_here: bool = True


def _hired(
    stack: contextlib.ExitStack, executor: Workers | None, jobs: int, files: FileLink, threads: int
) -> _Crew:
    if isinstance(executor, Cluster):
        is_here = executor.sees(files)
        link: Link = files if is_here else stack.enter_context(executor.link())
        return _Crew(executor.executor, executor.width, link, is_here)
    if executor is not None:
        return _Crew(executor, None, files)
    pool = LocalExecutor(jobs, threads=threads)
    stack.callback(pool.kill)
    return _Crew(pool, lambda: jobs, files)


def _tasks(
    specifications: Sequence[Specification], folder: Path, ways: Ways, crew: _Crew, tally: Tally
) -> Iterator[Task]:
    """A task for each run; one whose files cannot travel to where they are needed has failed at once."""
    for one in specifications:
        if crew.is_here:
            yield Task(one.name, run_one, (one, str(folder.absolute()), ways), linked=True)
            continue
        try:
            parcel = packed(one, folder)
        except (OSError, SymregError) as error:
            reason = str(error) if isinstance(error, SymregError) else f"{error.filename}: {error.strerror or error}"
            tally.end(RunRecord(one.name, "failed", reason))
        else:
            yield Task(one.name, run_away, (parcel, ways), linked=True)


def threads_of(specification: Specification) -> int:
    """The threads that one run of it uses, with those of all its workers."""
    return max(each.threads * each.workers for each in specification.backend.all)


def _check(specifications: Sequence[Specification], *, allow_program: bool) -> None:
    """What stops one run for want of a word stops all before any begins."""
    programs = dict.fromkeys(program for one in specifications for program in one.backend.programs)
    if programs and not allow_program:
        raise ProgramNotAllowedError(programs=tuple(programs))


@contextlib.contextmanager
def _link_in(runs_folder: Path) -> Iterator[FileLink]:
    with contextlib.ExitStack() as stack:
        try:
            link = stack.enter_context(file_link(runs_folder))
        except OSError as error:
            reason = f"cannot be written to ({error.strerror or error})"
            raise RunFolderError(folder=str(runs_folder), file="the folder of runs", reason=reason) from error
        yield link


def _record(outcome: Outcome, specification: Specification, runs_folder: Path) -> RunRecord:
    """What is known of a run that has ended; one that was done elsewhere is put in its place first."""
    value = outcome.value
    if isinstance(value, Returned):
        value = put_in_place(value, specification, runs_folder)
    return replace(value, begun=outcome.begun) if isinstance(value, RunRecord) else record_without(outcome)
