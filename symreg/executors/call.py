"""What a worker does with a task, whatever kind of worker it is."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from typing import Any

from symreg.executors.errors import TaskError, WorkerDiedError, WorkerVersionError
from symreg.executors.link import Line, Link
from symreg.executors.task import Task
from symreg.version import package_version

MOST_SAID = 2000  # characters of an error that is told instead of being sent

BEGUN_BEFORE = "it was begun a second time by the cluster itself, because the first worker was lost"


@dataclass(frozen=True, slots=True)
class Order:
    """A task on its way to a worker: which ``attempt`` it is, from 1, and of which ``version`` who asks; at most so
    many ``threads`` of the linear algebra (None: as they are); and the ``link`` to who asks."""

    task: Task
    attempt: int
    version: str
    threads: int | None = None
    link: Link | None = None


def carry_out(order: Order) -> bytes:
    """Call the function, and pickle its answer here: some executors wait for ever for one that cannot travel.

    Raises what the function raises, TaskError where answer or error cannot be sent, WorkerVersionError where this is
    another version of the package, and WorkerDiedError where this attempt was begun before.
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    if order.version != (here := package_version()):
        raise WorkerVersionError(here=order.version, there=here)
    task, link = order.task, order.link
    if link is not None and not link.begin(task.key, order.attempt):
        raise WorkerDiedError(reason=BEGUN_BEFORE)
    line = {"line": Line(link, task.key, attempt=order.attempt)} if task.linked and link is not None else {}
    with threadpool_limits(limits=order.threads):
        try:
            return sendable(task.function(*task.arguments, **line))
        except Exception as error:
            raise sendable_error(error) from None


def sendable(value: Any) -> bytes:
    """The value as bytes; TaskError where it cannot be pickled."""
    try:
        return pickle.dumps(value)
    except Exception as error:
        reason = f"The answer of a task cannot be sent back from its worker ({type(error).__name__}: {error})."
        raise TaskError(reason=reason, advice="Give plain values.") from None


def sendable_error(error: Exception) -> Exception:
    """The error itself, or a TaskError that tells of it where it cannot be pickled and read again."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        said = f"{type(error).__name__}: {error}"[:MOST_SAID]
        return TaskError(reason=f"An error cannot be sent back from its worker ({said}).", advice="")
    return error
