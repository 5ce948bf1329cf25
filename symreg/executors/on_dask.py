"""The door to Dask: a cluster of this machine, or one that runs already, as an executor with as many seats as it has.

Dask's own second tries are none of ours: a task is submitted without them, and where a cluster begins it again all the
same, the link knows that it was begun.
"""

from __future__ import annotations

import contextlib
import logging
import secrets
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from symreg.executors.errors import ExecutorError, WorkerVersionError
from symreg.executors.link import FileLink, beating
from symreg.interpreter import thread_variables
from symreg.version import package_version

CONNECT_SECONDS = 15.0
"""For a scheduler to answer; one in the same building answers in milliseconds."""

WORKERS_SECONDS = 120.0
"""For the first worker to come: the queue of a cluster may be longer, and then the same command goes on later."""

ASK_SECONDS = 10.0  # for the scheduler to say what stands in a variable

LOGGERS = (
    "distributed", "distributed.client", "distributed.gc", "distributed.scheduler", "distributed.nanny",
    "distributed.worker", "tornado", "tornado.application", "asyncio",
)  # fmt: skip
"""Which tell users of workers that come and go; what matters of it is told by us."""

SILENT = logging.CRITICAL + 1  # above every level


@dataclass(frozen=True, slots=True, eq=False)
class Cluster:
    """A Dask cluster: its ``executor``, and ``client`` for what an executor cannot say."""

    client: Any
    executor: Executor

    def width(self) -> int:
        """Seats for tasks now: threads of all workers. It changes where workers come and go."""
        return max(1, int(sum(self.client.nthreads().values())))

    def sees(self, link: FileLink) -> bool:
        """Whether every worker sees the files of ``link``."""
        seen = self.client.run(link.is_seen, on_error="return")
        return bool(seen) and all(one is True for one in seen.values())

    @contextlib.contextmanager
    def link(self) -> Iterator[DaskLink]:
        """A link through the scheduler, for workers that do not see our files."""
        name, heard = f"symreg-{secrets.token_hex(8)}", dict[str, dict[str, Any]]()
        self.client.subscribe_topic(name, lambda event: heard.update({event[1]["key"]: event[1]}))
        variable = _variable(f"{name}-beat", self.client)
        variable.set("0")

        def write(count: int) -> None:
            if not parent.stopped.is_set():
                variable.set(str(count))

        parent = _DaskParent(name, heard, self.client)
        try:
            with beating(write):
                yield parent
        finally:
            with contextlib.suppress(Exception):  # a scheduler that is gone needs no word
                parent.ask_to_stop()
                self.client.unsubscribe_topic(name)


@dataclass(frozen=True, slots=True)
class DaskLink:
    """A link through a scheduler: the parent's beat is a variable there, what workers tell are its events."""

    name: str

    def begin(self, key: str, attempt: int) -> bool:
        """Whether nobody has left word of this attempt; the second comes after the first is lost, never with it."""
        with contextlib.suppress(Exception):
            begun = _variable(f"{self.name}-{key}-{attempt}")
            if _value_of(begun, seconds=0.1):
                return False
            begun.set("begun")
        return True

    def has_begun(self, key: str, attempt: int) -> bool:
        """Whether word was left of it."""
        return bool(_value_of(_variable(f"{self.name}-{key}-{attempt}"), seconds=0.1))

    def tell(self, key: str, message: Mapping[str, Any]) -> None:
        """An event of the scheduler."""
        from distributed import get_worker

        get_worker().log_event(self.name, {"key": key, **message})

    def beat(self) -> str:
        """What stands in the variable."""
        return str(_value_of(_variable(f"{self.name}-beat"), seconds=ASK_SECONDS) or "")

    def told(self) -> dict[str, dict[str, Any]]:
        """Nothing: only the parent's end hears."""
        return {}

    def ask_to_stop(self) -> None:
        """Put the word in the place of the beat."""
        _variable(f"{self.name}-beat").set("stop")


@dataclass(frozen=True, slots=True, eq=False)
class _DaskParent(DaskLink):
    """The parent's end, which travels as the worker's."""

    heard: dict[str, dict[str, Any]] = field(default_factory=dict)
    client: Any = None
    stopped: threading.Event = field(default_factory=threading.Event)

    def __reduce__(self) -> tuple[Any, ...]:
        return DaskLink, (self.name,)

    def told(self) -> dict[str, dict[str, Any]]:
        return dict(self.heard)

    def ask_to_stop(self) -> None:
        self.stopped.set()
        _variable(f"{self.name}-beat", self.client).set("stop")

    def has_begun(self, key: str, attempt: int) -> bool:
        return bool(_value_of(_variable(f"{self.name}-{key}-{attempt}", self.client), seconds=0.1))


def _variable(name: str, client: Any = None) -> Any:
    from distributed import Variable, get_client

    return Variable(name, client=client or get_client())


def _value_of(variable: Any, seconds: float) -> Any:
    """What stands there; None where nothing does, or nobody answers."""
    try:
        return variable.get(timeout=seconds)
    except Exception:
        return None


@contextlib.contextmanager
def dask_cluster(address: str | None = None, *, jobs: int = 1, threads: int = 1) -> Iterator[Cluster]:
    """A cluster of ``jobs`` processes here, or the one whose scheduler is at ``address`` (``tcp://host:port``, or the
    file that a scheduler wrote), during the block. The workers of one here use ``threads`` threads each.

    Raises ExecutorError where Dask is not installed, the scheduler does not answer or no worker comes, and
    WorkerVersionError where a worker has another symreg.
    """
    try:
        from distributed import Client
    except ImportError:
        advice = "Install it: pip install 'symreg-laws[dask]'."
        raise ExecutorError(reason="Dask is not installed.", advice=advice) from None
    with contextlib.ExitStack() as stack:
        stack.enter_context(_quiet())
        if address is None:
            where = stack.enter_context(_of_this_machine(jobs, threads))
            client = stack.enter_context(Client(where))
            client.register_plugin(_deaf_to_interrupts())
        else:
            client = stack.enter_context(_connected(Client, address))
        _check_workers(client, address)
        yield Cluster(client, client.get_executor(pure=False, retries=0))


@contextlib.contextmanager
def _of_this_machine(jobs: int, threads: int) -> Iterator[Any]:
    import dask
    from distributed import LocalCluster

    ours = {
        "distributed.scheduler.allowed-failures": 0,  # we count
        "distributed.scheduler.worker-saturation": 1.0,  # what waits is not on a worker that may die
        "distributed.nanny.pre-spawn-environ": {"MALLOC_TRIM_THRESHOLD_": 65536, **thread_variables(threads)},
    }
    with dask.config.set(ours):
        cluster = LocalCluster(
            n_workers=jobs, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=SILENT
        )
    with cluster:
        yield cluster


def _connected(client: Callable[..., Any], address: str) -> Any:
    is_file = Path(address).is_file()
    try:
        return client(timeout=CONNECT_SECONDS, **{"scheduler_file" if is_file else "address": address})
    except (OSError, ValueError, TimeoutError) as error:
        reason = f"The scheduler {address!r} cannot be reached ({str(error)[:200] or type(error).__name__})."
        advice = "Give --scheduler as tcp://HOST:PORT, or the file that `dask scheduler --scheduler-file FILE` wrote."
        raise ExecutorError(reason=reason, advice=advice) from None


def _check_workers(client: Any, address: str | None) -> None:
    """Wait for the first, and ask all that are there for their version."""
    try:
        client.wait_for_workers(1, timeout=WORKERS_SECONDS)
    except TimeoutError:
        reason = f"No worker has come to the scheduler in {WORKERS_SECONDS:.0f} s."
        advice = f"Start some: dask worker {address or 'ADDRESS'} --nthreads 1"
        raise ExecutorError(reason=reason, advice=advice) from None
    here = package_version()
    for there in client.run(package_version, on_error="return").values():
        if isinstance(there, ImportError):
            advice = f"Install the same version for the workers: pip install symreg-laws=={here}"
            raise ExecutorError(reason="A worker of the cluster has no symreg.", advice=advice)
        if isinstance(there, Exception):
            reason = f"A worker of the cluster does not answer ({type(there).__name__}: {there})."
            raise ExecutorError(reason=reason, advice="")
        if there != here:
            raise WorkerVersionError(here=here, there=str(there))


def _deaf_to_interrupts() -> Any:
    """Ctrl-C at a terminal reaches every process there; workers are asked to stop by their parent."""
    from distributed import WorkerPlugin

    class Deaf(WorkerPlugin):  # type: ignore[misc]
        name = "symreg-deaf-to-interrupts"

        def setup(self, worker: Any) -> None:
            if threading.current_thread() is threading.main_thread():
                signal.signal(signal.SIGINT, signal.SIG_IGN)

    return Deaf()


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """The loggers of Dask say nothing during the block."""
    before = {name: logging.getLogger(name).level for name in LOGGERS}
    for name in LOGGERS:
        logging.getLogger(name).setLevel(SILENT)
    try:
        yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)
