"""One experiment from its specification to a folder of results, resumable at every moment.

What can fail early does: backend, data, units and report formats are checked before a folder is made. While
the search goes on, its standing is saved at intervals; at the end every number is computed again from what
was stored.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from symreg.atomic import destination_of
from symreg.engine import get_engine
from symreg.errors import UnwritableError
from symreg.experiment import store
from symreg.experiment.assembly import (
    backend_of,
    budget_of,
    check_tools,
    configuration,
    examination_of,
    problem_of,
    resolved,
)
from symreg.experiment.blocks import BudgetPart
from symreg.experiment.errors import ProgramNotAllowedError, ResumeError, RunFolderError, UnsavedError
from symreg.experiment.fingerprint import (
    configuration_differences,
    data_differences,
    data_fingerprint,
    question,
)
from symreg.experiment.lock import Claim, Hold, locked
from symreg.experiment.position import PositionFile, fingerprint
from symreg.experiment.revival import load_discovery, stored_specification
from symreg.experiment.run_in_progress import Discover, Observer, RunInProgress
from symreg.experiment.specification import Specification
from symreg.experiment.standing import standing_of_discovery
from symreg.experiment.store import append_log, read_state, write_front
from symreg.experiment.tracking import TrackedRun, Tracking, check_trackers, tracked
from symreg.laws import ParetoFront
from symreg.live import first_interrupt_asks
from symreg.watching import EXAMINE, REPORT

if TYPE_CHECKING:
    from symreg.discovery import Discovery
    from symreg.problem import Problem
    from symreg.search import Backend
    from symreg.watching import Progress

FINISHED_BEFORE = (
    "this run was finished before, and nothing was searched again; a longer budget goes on, --fresh starts over"
)


def run_experiment(
    specification: Specification,
    runs_folder: str | Path = "runs",
    observer: Observer | None = None,
    *,
    discover: Discover | None = None,
    fresh: bool = False,
    interval: float = 2.0,
    on_interrupt: Callable[[], None] | None = None,
    on_note: Callable[[str], None] | None = None,
    stop: Callable[[], bool] | None = None,
    allow_program: bool = False,
    claim: Claim | None = None,
    log: Sequence[str] = (),
) -> Discovery:
    """Run ``specification`` in ``runs_folder/NAME``, going on from an earlier run of the same question.

    A run that is finished, and asked for no more than it had, is handed over as it was, which ``on_note`` is told.
    ``fresh`` deletes the files of an earlier run first. ``observer`` is told of the search, and of each stage that
    follows. The first Ctrl-C calls ``on_interrupt`` and ends the search with the best so far (status "interrupted"), as
    does ``stop()`` when it turns true. ``on_note`` is told before the search what a backend does not
    heed. A program that the specification names is run only where ``allow_program`` says so. With a ``claim`` the
    folder is taken over from an earlier attempt of the same campaign. The run is told to the trackers that ``log``
    names ("mlflow", "tensorboard") as well; one that fails costs a note. Raises a ``SymregError``: the specification's,
    the table's, the backend's or the problem's before any work, ProgramNotAllowedError, ResumeError, FolderLockedError,
    TakenOverError, RunFolderError; UnsavedError, which holds the discovery, where only its storing failed.
    """
    if discover is None:
        from symreg.discovery import discover as search

        discover = search
    from symreg.search import check_backend, unmet

    if specification.backend.programs and not allow_program:
        raise ProgramNotAllowedError(programs=specification.backend.programs)
    check_tools(specification)
    check_trackers(log)
    backend, budget = backend_of(specification), budget_of(specification)
    problem = problem_of(specification)
    check_backend(backend, problem)
    specification = resolved(specification, problem)
    folder = Path(runs_folder) / specification.name
    with _writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        with _writing(folder):
            hold = stack.enter_context(locked(folder, claim))
            stop = _either(stack.enter_context(first_interrupt_asks(on_interrupt)), stop)
            unheeded = unmet(backend, problem, budget)
            run = _begin(hold, specification, problem, interval, fresh)
        on_note = on_note or (lambda _: None)
        if _is_done(run, specification):
            on_note(FINISHED_BEFORE)
            return _handed_over(specification, folder)
        with _writing(folder):
            searching, left = run.goes_on(backend, budget)
            run.announce(configuration(specification, folder), specification, unheeded)
        for sentence in (*unheeded, *filter(None, [run.going_on_note])):
            on_note(sentence)
        tracking = stack.enter_context(tracked(log))
        tracking.begin(_as_tracked(run, specification, fresh=fresh))
        discovery = run.search(discover, searching, left, specification.seed, _both(observer, tracking), stop)
        discovery = _stored(run, specification, discovery, backend, stop)
        lost = tracking.end(discovery, folder)
        for sentence in lost:
            on_note(sentence)
    return replace(discovery, notes=(*discovery.notes, *lost))


def _stored(
    run: RunInProgress, specification: Specification, discovery: Discovery, backend: Backend, stop: Callable[[], bool]
) -> Discovery:
    """What follows a search: its answer is examined, stored, and written about."""
    folder = run.folder
    if discovery.front.laws and discovery.status == "finished":
        run.enter(EXAMINE, discovery)
    discovery = _examined(specification, discovery, backend, stop)
    discovery = _with_intervals(specification, discovery)
    if discovery.front.laws and specification.report.formats:
        run.enter(REPORT, discovery)
    try:
        with _writing(folder):
            discovery = run.finish(discovery)
            with run.hold.writing():  # looked at once: reports take seconds, and tell what was stored
                pass
            _report(specification, discovery, folder)
    except (RunFolderError, UnwritableError) as error:
        raise UnsavedError(reason=f"{str(error).rstrip('.')}.", discovery=discovery) from error
    return discovery


def _as_tracked(run: RunInProgress, specification: Specification, *, fresh: bool) -> TrackedRun:
    """The run as trackers know it: by its folder and its question, whatever its budget."""
    mark = fingerprint(run.question, run.data["sha256"], str(run.folder.absolute()), 0)
    return TrackedRun(specification.name, run.folder, run.question, mark, is_fresh=fresh)


def _both(observer: Observer | None, tracking: Tracking) -> Observer | None:
    if not tracking.tellers:
        return observer

    def observe(progress: Progress) -> None:
        tracking(progress)
        if observer is not None:
            observer(progress)

    return observe


def _either(first: Callable[[], bool], second: Callable[[], bool] | None) -> Callable[[], bool]:
    return first if second is None else lambda: first() or second()


@contextlib.contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """A full disk or a folder that may not be written to is told in a sentence."""
    try:
        yield
    except OSError as error:
        path = destination_of(Path(str(error.filename))) if error.filename else Path("a file")
        file = "this folder" if path == folder else path.name
        reason = f"cannot be written ({error.strerror or error})"
        raise RunFolderError(folder=str(folder), file=file, reason=reason) from error


def _begin(
    hold: Hold, specification: Specification, problem: Problem, interval: float, fresh: bool
) -> RunInProgress:
    """Check that what lies in the folder is this run, or nothing."""
    folder = hold.folder
    store.remove_leftovers(folder)
    if fresh:
        store.remove_run(folder)
    asked, data = question(configuration(specification, folder)), data_fingerprint(problem.table)
    state = read_state(folder)
    if state is not None:
        differences = configuration_differences(state.question, asked) + data_differences(state.data, data)
        if differences:
            raise ResumeError(folder=str(folder), differences=tuple(differences))
    engine, memory = get_engine(specification.backend.engine).name, specification.budget.memory
    position = PositionFile(folder, fingerprint(asked, data["sha256"], engine, memory), interval)
    return RunInProgress(hold, problem, asked, data, state, interval, position=position)


def _is_done(run: RunInProgress, specification: Specification) -> bool:
    """Whether an earlier search has ended by itself, with as much to spend as is given now."""
    state = run.earlier
    if state is None or state.status != "finished" or not state.laws:
        return False
    return not asks_for_more(specification.budget, stored_specification(run.folder).budget)


def asks_for_more(now: BudgetPart, then: BudgetPart) -> bool:
    """Whether a run that has ended under the budget ``then`` would be searched on under ``now``."""
    def limits(part: BudgetPart) -> tuple[float, float, float]:
        return (part.time or math.inf, part.evaluations or math.inf, part.memory)

    return now.end_early != then.end_early or any(a > b for a, b in zip(limits(now), limits(then), strict=True))


def _handed_over(specification: Specification, folder: Path) -> Discovery:
    """The answer of a run that is finished, with the reports that are asked for now."""
    discovery = load_discovery(folder)
    try:
        with _writing(folder):  # a run that was cut off after its state was stored still says that it goes on
            write_front(folder, standing_of_discovery(discovery))
        _report(specification, discovery, folder)
    except (RunFolderError, UnwritableError) as error:
        raise UnsavedError(reason=f"{str(error).rstrip('.')}.", discovery=discovery) from error
    return discovery


def _with_intervals(specification: Specification, discovery: Discovery) -> Discovery:
    """The selected law with the intervals that its report is to show."""
    front, part = discovery.front, specification.report
    if not front.laws:
        return discovery
    from symreg.certainty import with_intervals

    law = with_intervals(
        discovery.problem, front.best, method=part.intervals, level=part.level, seed=specification.seed
    )
    laws = tuple(law if place == front.selected else one for place, one in enumerate(front.laws))
    return replace(discovery, front=ParetoFront(laws, front.selected))


def _examined(
    specification: Specification, discovery: Discovery, backend: Backend, stop: Callable[[], bool]
) -> Discovery:
    """The discovery with what is to be said about how sure it is; nobody waits for that after an interrupt."""
    from symreg.certainty import examined

    if discovery.status != "finished":
        return discovery
    return examined(discovery, examination_of(specification), backend=backend, stop=stop)


def _report(specification: Specification, discovery: Discovery, folder: Path) -> None:
    from symreg.report import write_reports

    part = specification.report
    if discovery.front.laws and (part.formats or part.exports):
        written = write_reports(discovery, folder, formats=part.formats, exports=part.exports)
        append_log(folder, "reported", files=[path.name for path in written])
