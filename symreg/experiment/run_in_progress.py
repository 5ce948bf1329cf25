"""A run while it goes on: what it saves, and when it last did."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from symreg.atomic import atomic_write_text
from symreg.document import dump_document
from symreg.errors import SymregError
from symreg.experiment import store
from symreg.experiment.environment import environment
from symreg.experiment.errors import TakenOverError
from symreg.experiment.lock import Hold
from symreg.experiment.position import PositionFile, Turn
from symreg.experiment.revival import stored_specification
from symreg.experiment.specification import Specification
from symreg.experiment.standing import Standing, json_text, standing_of_discovery, standing_of_progress
from symreg.experiment.store import State, append_log, state_of, write_front, write_state
from symreg.experiment.stored_law import restore_law, store_law
from symreg.laws import ParetoFront
from symreg.watching import ENDS

if TYPE_CHECKING:
    from symreg.discovery import Discovery, Progress
    from symreg.problem import Problem
    from symreg.search import Backend, Budget

Observer = Callable[["Progress"], None]
FOR_THE_END = 0.2
"""Of the time budget: what a search that goes on has at least, since simplifying and ranking come once more. As much as
a run keeps for its end (``discovery.FINISHING_SHARE``)."""


class Discover(Protocol):
    """The search, as ``symreg.discovery.discover`` offers it."""

    def __call__(
        self,
        problem: Problem,
        *,
        backend: Backend | None,
        budget: Budget | None,
        seed: int | None,
        observer: Observer | None,
        stop: Callable[[], bool] | None,
        resume_from: Sequence[str],
    ) -> Discovery:
        """Search, and hand over the best when ``stop`` says so."""


@dataclass
class RunInProgress:
    """A run in progress: what it saves, and when it last did. It writes as long as it holds its folder."""

    hold: Hold
    problem: Problem
    question: dict[str, str]
    data: dict[str, Any]
    earlier: State | None
    interval: float
    saved_at: float = field(default_factory=time.monotonic)
    last: Standing | None = None
    trouble: OSError | None = None
    position: PositionFile | None = None
    turns: tuple[Turn, ...] = ()  # of earlier sessions
    why_anew: str | None = None  # why none of them is gone on after
    given: tuple[str, ...] | None = None  # formulas of earlier sessions that are fitted first; None: all
    observer: Observer | None = None
    began: float = field(default_factory=time.monotonic)

    @property
    def folder(self) -> Path:
        return self.hold.folder

    @property
    def formulas(self) -> tuple[str, ...]:
        return () if self.earlier is None else self.earlier.formulas

    @property
    def elapsed_before(self) -> float:
        return 0.0 if self.earlier is None else self.earlier.elapsed

    @property
    def seconds_before(self) -> float:
        """Of earlier sessions whose search goes on now; none where it begins anew."""
        return self.elapsed_before if self.turns else 0.0

    def goes_on(self, backend: Backend, budget: Budget) -> tuple[Backend, Budget]:
        """The backend after the turns of earlier sessions, where it can go on, with what is left of the budget.

        Evaluations are counted on by the backend itself.
        """
        from symreg.search import going_on

        if self.earlier is None or self.position is None:
            return backend, budget
        self.turns, self.why_anew = self.position.begin()
        after = going_on(backend, self.turns)
        if after is not None and self._is_found_again(budget):
            self.given = ()
        if after is None or not self.turns:
            self.turns = ()
            return backend, budget
        return after, replace(budget, time=left_of(budget.time, self.elapsed_before))

    def _is_found_again(self, budget: Budget) -> bool:
        """Whether all that was found before is found again, in the order of a search that nobody disturbed.

        As a guess it would come back as a law written otherwise. Evaluations alone must count, now and then, no fewer
        now; and turns are there, or the search was cut off before its first one was written down.
        """
        if self.earlier is None or self.why_anew is not None or budget.time is not None or budget.evaluations is None:
            return False
        try:
            then = stored_specification(self.folder).budget
        except SymregError:
            return False
        counted = then.time is None and then.evaluations is not None and then.evaluations <= budget.evaluations
        return counted and (bool(self.turns) or self.earlier.status == "running")

    @property
    def going_on_note(self) -> str | None:
        """What is said of an earlier session before the search."""
        if self.earlier is None:
            return None
        if not self.turns:
            why = f": {self.why_anew}" if self.why_anew else ""
            what = ", with the formulas that were found before" if self.given is None else ", as the first time"
            return f"the search begins anew{what}{why}"
        evaluated = evaluated_in(self.turns)
        level = max(int(one["level"]) for one in self.turns)
        return f"goes on after {self.elapsed_before:.1f} s, at complexity {level}, with {evaluated:,} evaluated"

    def announce(self, plain: dict[str, Any], specification: Specification, unmet: Sequence[str]) -> None:
        """The files that say what is run and with what; the state comes last, because it vouches for the
        others.
        """
        from symreg.engine import get_engine

        engine, part = get_engine(specification.backend.engine).name, specification.backend
        surroundings = environment(
            seed=specification.seed,
            data_hash=self.data["sha256"],
            engine=engine,
            backend=", ".join(each.name for each in part.all),
            threads=part.threads,
        )
        again: dict[str, Any] = {} if self.earlier is None else {"steps": len(self.turns), "said": self.going_on_note}
        notes = list(dict.fromkeys([*self.problem.table.notes, *self.problem.notes, *unmet]))
        with self.hold.writing():
            atomic_write_text(self.folder / store.EXPERIMENT, dump_document(plain))
            atomic_write_text(self.folder / store.ENVIRONMENT, json_text(surroundings))
            event = "started" if self.earlier is None else "resumed"
            elapsed = self.elapsed_before
            append_log(self.folder, event, formulas=list(self.formulas), elapsed=elapsed, notes=notes, **again)
            if self.earlier is None:
                self._save(_nothing_yet(self.problem))

    def search(
        self,
        discover: Discover,
        backend: Backend,
        budget: Budget,
        seed: int,
        observer: Observer | None,
        stop: Callable[[], bool],
    ) -> Discovery:
        """Search, saving at intervals and when the search fails."""
        self.observer, self.began = observer, time.monotonic()

        def observe(progress: Progress) -> None:
            if progress.stage in ENDS:  # the search is over, the run is not
                return
            whole = progress.budget
            if whole is not None and whole.time is not None:
                whole = replace(whole, time=self.seconds_before + whole.time)
            progress = replace(progress, elapsed=self.seconds_before + progress.elapsed, budget=whole)
            self.note(progress)
            if observer is not None:
                observer(progress)

        try:
            return discover(
                self.problem, backend=backend, budget=budget, seed=seed, observer=observe, stop=stop,
                resume_from=self.formulas if self.given is None else self.given,
            )  # fmt: skip
        except Exception as error:
            self.fail(error)
            raise

    def enter(self, stage: str, discovery: Discovery) -> None:
        """Tell the observer that a stage begins after the search, which no budget of the search counts."""
        if self.observer is not None:
            self.observer(discovery.at(stage, self.seconds_before + time.monotonic() - self.began))

    def note(self, progress: Progress) -> None:
        """Save when an interval has passed; a disk that is full now may have room at the end."""
        if progress.turn is not None and self.position is not None:
            try:
                with self.hold.writing():
                    self.position.add(progress.turn)
            except OSError as error:
                self.trouble = error
        if progress.front is None:
            return
        self.last = standing_of_progress(self.problem, progress)
        if time.monotonic() - self.saved_at < self.interval:
            return
        self.saved_at = time.monotonic()
        try:
            with self.hold.writing():
                self._save(self.last)
                append_log(
                    self.folder,
                    "progress",
                    elapsed=progress.elapsed,
                    evaluated=progress.evaluated,
                    complexity=progress.complexity,
                    complete_to_complexity=progress.complete_to_complexity,
                    laws=len(progress.front),
                )
        except OSError as error:
            self.trouble = error

    def _save(self, standing: Standing) -> None:
        """Write the state first: ``front.json`` never tells more than resuming knows."""
        standing = self.with_earlier_certificate(standing)
        elapsed = self.elapsed_before - self.seconds_before + standing.wall_seconds
        carried = self.formulas if standing.status in ("running", "failed") else ()
        write_state(self.folder, state_of(standing, self.question, self.data, elapsed, carried))
        write_front(self.folder, standing)

    def with_earlier_certificate(self, standing: Standing) -> Standing:
        """What an earlier session exhausted for the same question stays exhausted."""
        known = [standing.complete_to_complexity]
        known += [] if self.earlier is None else [self.earlier.complete_to_complexity]
        best = max((level for level in known if level is not None), default=None)
        return replace(standing, complete_to_complexity=best)

    def finish(self, discovery: Discovery) -> Discovery:
        """Save the end, and compute every number again from what was stored: one that differs is an error."""
        discovery = replace(discovery, wall_seconds=self.seconds_before + discovery.wall_seconds)
        standing = self.with_earlier_certificate(standing_of_discovery(discovery))
        with self.hold.writing():
            self._save(standing)
            self._write_position()
        try:
            for law in (*discovery.front.laws, *discovery.runners_up):
                restore_law(store_law(law), self.problem)
        except SymregError as error:
            self.last = standing
            self.fail(error)
            raise
        notes = [] if self.trouble is None else [f"an interval could not be saved: {self.trouble}"]
        with self.hold.writing():
            append_log(
                self.folder, discovery.status, stop_reason=discovery.stop_reason, seconds=discovery.wall_seconds,
                evaluated=discovery.evaluated, complete_to_complexity=standing.complete_to_complexity,
                laws=[law.formula for law in discovery.front.laws], notes=[*discovery.notes, *notes],
            )  # fmt: skip
        return replace(discovery, complete_to_complexity=standing.complete_to_complexity)

    def _write_position(self) -> None:
        try:
            if self.position is not None:
                self.position.write()
        except OSError as error:
            self.trouble = error

    def fail(self, error: Exception) -> None:
        """Leave the best so far and the reason, where the folder is still ours."""
        standing = self.last if self.last is not None else _nothing_yet(self.problem)
        reason = str(error) if isinstance(error, SymregError) else f"{type(error).__name__}: {error}"
        try:
            with self.hold.writing():
                self._write_position()
                if self.last is not None or self.earlier is None:
                    self._save(replace(standing, status="failed", stop_reason=reason))
                append_log(self.folder, "failed", reason=reason)
        except TakenOverError:
            return
        except OSError as trouble:
            error.add_note(f"and this could not be written down: {trouble}")


def left_of(seconds: float | None, spent: float) -> float | None:
    """What is left of a budget after so many seconds, at least a part of it for the end: this is not done yet."""
    return None if seconds is None else max(seconds - spent, FOR_THE_END * seconds)


def evaluated_in(turns: Sequence[Turn]) -> int:
    """Combinations that were looked at in these turns; each part of a search counts for itself."""
    most: dict[tuple[str, int], int] = {}
    for one in turns:
        key = str(one["backend"]), int(one["part"])
        most[key] = max(int(one["evaluated"]), most.get(key, 0))
    return sum(most.values())


def _nothing_yet(problem: Problem) -> Standing:
    return Standing(
        name=problem.name,
        target=problem.target,
        target_unit=problem.target_column.unit.text,
        front=ParetoFront((), -1),
        status="running",
        stop_reason="",
        complete_to_complexity=None,
        pruned_by_dimension=None,
        evaluated=0,
        wall_seconds=0.0,
    )
