"""Many tasks on the workers of an executor: each ends once, and a worker that dies costs its own task one attempt."""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from dataclasses import dataclass, field
from typing import Any

from symreg.executors.call import Order, carry_out
from symreg.executors.errors import ExecutorError, WorkerDiedError
from symreg.executors.link import Link
from symreg.executors.task import Event, Outcome, Task
from symreg.version import package_version

ATTEMPTS = 3
"""How often a task is begun at most: once, and twice again after its worker died. A task that takes the memory of three
workers takes that of a fourth."""

WAIT_SECONDS = 0.2
"""Between two looks at ``stop``: Ctrl-C should be answered at once, and shorter wakes the parent for nothing."""

DEATHS = ("KilledWorker",)
"""Errors of other libraries, by the names of their classes, that say that a worker was lost."""

LOST = "it was killed, or the cluster lost it"
BROKEN = "the workers broke together, and this executor takes no more tasks"
RENEW = "Give a function that makes the executor, or jobs=N; the same call goes on with what is left."

Maker = Callable[[], Executor]


def run_tasks(
    tasks: Iterable[Task],
    executor: Executor | Maker,
    *,
    attempts: int = ATTEMPTS,
    observer: Callable[[Event], None] | None = None,
    stop: Callable[[], bool] | None = None,
    link: Link | None = None,
    width: Callable[[], int] | None = None,
    threads: int | None = None,
) -> Iterator[Outcome]:
    """Give ``tasks`` to the workers of ``executor``, and yield the outcome of each, once, as they come.

    ``executor`` may be a function that makes one, which is called again where all its workers broke together. A task
    whose worker dies is begun again, ``attempts`` times in all; one whose function raises is not. When ``stop()`` turns
    true, tasks that run are asked to stop through the ``link``, and those that have not begun are not begun. No more
    tasks than ``width()`` are with the workers at once; ``threads`` bounds the linear algebra of a task.
    ``observer`` is told when a task is given to the workers, and when a worker has died. Keys must differ.
    """
    crew = _Crew(tuple(tasks), executor, attempts, observer or (lambda _: None), link, width, threads)
    stop = stop or (lambda: False)
    try:
        while crew.has_work:
            if stop():
                yield from crew.dismiss()
            yield from crew.give_out()
            yield from crew.take_in()
    finally:
        crew.leave()


@dataclass(slots=True, eq=False)
class _Given:
    """A task and its attempt, from 1."""

    task: Task
    attempt: int


@dataclass(slots=True, eq=False)
class _Crew:
    """Who works at what."""

    tasks: tuple[Task, ...]
    executor: Executor | Maker
    attempts: int
    observer: Callable[[Event], None]
    link: Link | None
    width: Callable[[], int] | None
    threads: int | None
    waiting: deque[_Given] = field(default_factory=deque)
    suspects: deque[_Given] = field(default_factory=deque)  # were at work when all broke together: one at a time now
    running: dict[Future[Any], _Given] = field(default_factory=dict)
    stopped: bool = False
    pool: Executor | None = None

    def __post_init__(self) -> None:
        if len({task.key for task in self.tasks}) < len(self.tasks):
            raise ValueError("two tasks have the same key")
        self.waiting.extend(_Given(task, 1) for task in self.tasks)

    @property
    def has_work(self) -> bool:
        return bool(self.waiting or self.suspects or self.running)

    def dismiss(self) -> Iterator[Outcome]:
        """Everybody was asked to stop: what has not begun is not begun."""
        if not self.stopped and self.link is not None:
            self.link.ask_to_stop()
        self.stopped = True
        for future, given in self.running.items():  # some executors call a task cancelled that goes on
            if self.link is None or not self._had_begun(given):
                future.cancel()
        for given in (*self.suspects, *self.waiting):
            yield Outcome(given.task.key, "not begun", given.attempt - 1)
        self.suspects.clear()
        self.waiting.clear()

    def give_out(self) -> Iterator[Outcome]:
        """Give tasks to workers that are free; those of whom one has killed a whole pool one at a time."""
        if self.suspects:
            if not self.running:
                yield from self._give(self.suspects.popleft())
            return
        while self.waiting and len(self.running) < self._most:
            yield from self._give(self.waiting.popleft())

    @property
    def _most(self) -> int:
        return len(self.tasks) if self.width is None else max(1, self.width())

    def _give(self, given: _Given) -> Iterator[Outcome]:
        order = Order(given.task, given.attempt, package_version(), self.threads, self.link)
        try:
            if self.pool is None:
                self.pool = self.executor if isinstance(self.executor, Executor) else self.executor()
            future = self.pool.submit(carry_out, order)
        except Exception as error:
            yield self._failed(given, error, begun=given.attempt - 1)
            return
        self.running[future] = given
        self.observer(Event(given.task.key, "given", given.attempt))

    def take_in(self) -> Iterator[Outcome]:
        """What has ended within a moment."""
        done, _ = wait(self.running, timeout=WAIT_SECONDS, return_when=FIRST_COMPLETED)
        ended = [(future, self.running.pop(future)) for future in done]
        broken = [future for future, _ in ended if _is_broken(future)]
        if broken:  # its other futures are about to say so too
            rest, _ = wait(self.running, timeout=WAIT_SECONDS)
            ended += [(future, self.running.pop(future)) for future in rest]
            self._renew()
        for future, given in ended:
            yield from self._ended(future, given)

    def _renew(self) -> None:
        """Another pool in the place of one that broke, where we may make one."""
        if not isinstance(self.executor, Executor):
            if self.pool is not None:
                self.pool.shutdown(wait=False, cancel_futures=True)
            self.pool = None

    def _ended(self, future: Future[Any], given: _Given) -> Iterator[Outcome]:
        key, error = given.task.key, _error_of(future)
        if error is None:
            yield Outcome(key, "done", given.attempt, pickle.loads(future.result()))
        elif isinstance(error, CancelledError) and self.stopped:
            yield Outcome(key, "not begun", given.attempt - 1)
        elif isinstance(error, BrokenExecutor) and isinstance(self.executor, Executor) and _takes_none(self.executor):
            yield self._failed(given, ExecutorError(reason=f"{BROKEN} ({error}).", advice=RENEW))
        elif not _is_death(error):
            yield self._failed(given, error)
        elif isinstance(error, BrokenExecutor) and not self._had_begun(given):
            self.waiting.appendleft(given)
        else:
            yield from self._died(given, error, alone=not isinstance(error, BrokenExecutor))

    def _had_begun(self, given: _Given) -> bool:
        return self.link is None or self.link.has_begun(given.task.key, given.attempt)

    def _died(self, given: _Given, error: BaseException, *, alone: bool) -> Iterator[Outcome]:
        if self.stopped or given.attempt >= self.attempts:
            reason = error if isinstance(error, WorkerDiedError) else WorkerDiedError(reason=_words(error))
            yield self._failed(given, reason)
            return
        self.observer(Event(given.task.key, "died", given.attempt, _words(error)))
        again = _Given(given.task, given.attempt + 1)
        (self.waiting if alone else self.suspects).append(again)

    def _failed(self, given: _Given, error: BaseException, begun: int | None = None) -> Outcome:
        return Outcome(given.task.key, "failed", given.attempt if begun is None else begun, error=error)

    def leave(self) -> None:
        """Whoever asked has ended: nothing that runs is wanted any more. Pools that were made here are ended."""
        if self.running and self.link is not None:
            self.link.ask_to_stop()
        for future in self.running:
            future.cancel()
        if self.pool is not None and not isinstance(self.executor, Executor):
            self.pool.shutdown(wait=not self.running, cancel_futures=True)


def _error_of(future: Future[Any]) -> BaseException | None:
    try:
        return future.exception()
    except CancelledError as error:
        return error


def _is_broken(future: Future[Any]) -> bool:
    return isinstance(_error_of(future), BrokenExecutor)


def _is_death(error: BaseException) -> bool:
    """Whether a worker was lost, which says nothing of the task."""
    return isinstance(error, WorkerDiedError | BrokenExecutor | CancelledError) or type(error).__name__ in DEATHS


def _takes_none(pool: Executor) -> bool:
    """Whether a pool that broke refuses what it is given: some begin new workers by themselves."""
    try:
        pool.submit(int)
    except Exception:
        return True
    return False


def _words(error: BaseException) -> str:
    if isinstance(error, WorkerDiedError):
        return error.reason
    if isinstance(error, BrokenExecutor):
        return "the pool of processes broke while it worked at this"
    return LOST if isinstance(error, CancelledError) or type(error).__name__ in DEATHS else str(error)
