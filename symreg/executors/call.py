"""What a worker does with a task, whatever kind of worker it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from symreg.executors.errors import WorkerDiedError, WorkerVersionError
from symreg.executors.link import Line, Link
from symreg.executors.task import Task
from symreg.version import package_version

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


def carry_out(order: Order) -> Any:
    """Call the function; raises what it raises, WorkerVersionError where this is another version of the package, and
    WorkerDiedError where this attempt was begun before."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    if order.version != (here := package_version()):
        raise WorkerVersionError(here=order.version, there=here)
    task, link = order.task, order.link
    if link is not None and not link.begin(task.key, order.attempt):
        raise WorkerDiedError(reason=BEGUN_BEFORE)
    line = {"line": Line(link, task.key, attempt=order.attempt)} if task.linked and link is not None else {}
    with threadpool_limits(limits=order.threads):
        return task.function(*task.arguments, **line)
