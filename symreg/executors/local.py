"""Processes of this machine behind ``concurrent.futures.Executor``: one dies, and its neighbours go on.

A pool of the standard library is broken as a whole when one of its processes is killed. Here each job has a process of
its own, a fresh interpreter that is told what to call through a pipe. When the parent dies, however it dies, its
processes read the end of their input and leave.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import IO, Any

from symreg.executors._local_worker import read_frame, write_frame
from symreg.executors.errors import TaskError, WorkerDiedError
from symreg.interpreter import begin

FRESH_AFTER = 20
"""Calls after which a process gives way to a new one: what large searches leave of their memory adds up."""

DYING = 5.0
"""Seconds that a process which has closed its end may take to be gone."""

LAST_WORDS = 2000
"""Bytes at the end of what a dead process has written to standard error, in which its last line is looked for."""

WORKER = "symreg.executors._local_worker"

_Call = tuple["Future[Any]", bytes]


class LocalExecutor(Executor):
    """``jobs`` processes of this machine, whose libraries of linear algebra use ``threads`` threads each.

    ``submit`` takes functions of modules, and arguments that can be pickled. A call whose process dies ends with
    ``WorkerDiedError``, and the next one gets a new process.
    """

    def __init__(self, jobs: int, *, threads: int = 1) -> None:
        self.jobs = jobs
        self.threads = threads
        self._calls: queue.SimpleQueue[_Call | None] = queue.SimpleQueue()
        self._crew: list[threading.Thread] = []
        self._processes: set[_Process] = set()
        self._lock = threading.Lock()
        self._is_over = False

    @property
    def pids(self) -> tuple[int, ...]:
        """The numbers of the processes that are there now."""
        with self._lock:
            return tuple(one.pid for one in self._processes)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """The future of ``fn(*args, **kwargs)``; it holds ``TaskError`` where these cannot be sent."""
        future: Future[Any] = Future()
        try:
            call = pickle.dumps((fn, args, kwargs))
        except Exception as error:
            reason = f"A task cannot be sent to a worker ({type(error).__name__}: {error})."
            future.set_running_or_notify_cancel()
            future.set_exception(TaskError(reason=reason, advice="Give functions of modules, and plain values."))
            return future
        with self._lock:
            if self._is_over:
                raise RuntimeError("cannot schedule new futures after shutdown")
            self._calls.put((future, call))
            if len(self._crew) < self.jobs:
                self._crew.append(threading.Thread(target=self._serve, name="worker", daemon=True))
                self._crew[-1].start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes after what was submitted; with ``cancel_futures`` after what has begun."""
        with self._lock:
            if not self._is_over:
                self._is_over = True
                if cancel_futures:
                    self._forget()
                for _ in self._crew:
                    self._calls.put(None)
        if wait:
            for thread in self._crew:
                thread.join()

    def kill(self) -> None:
        """End everything at once; calls that go on end with ``WorkerDiedError``."""
        self.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            for process in self._processes:
                process.kill()

    def _forget(self) -> None:
        with contextlib.suppress(queue.Empty):
            while (call := self._calls.get_nowait()) is not None:
                call[0].cancel()

    def _serve(self) -> None:
        """What one thread does: calls, one after another, on a process of its own."""
        process: _Process | None = None
        try:
            while (call := self._calls.get()) is not None:
                future, packed = call
                if not future.set_running_or_notify_cancel():
                    continue
                try:
                    process = process or self._begin()
                    done, told = pickle.loads(process.ask(packed))
                    value = pickle.loads(told)
                except Exception as error:  # a death, or whatever an answer does when it is read
                    self._end(process)
                    process = None
                    future.set_exception(error)
                    continue
                if process.asked >= FRESH_AFTER:
                    self._end(process)
                    process = None
                if done:
                    future.set_result(value)
                else:
                    future.set_exception(value)
        finally:
            self._end(process)

    def _begin(self) -> _Process:
        process = _Process(self.threads)
        with self._lock:
            self._processes.add(process)
        return process

    def _end(self, process: _Process | None) -> None:
        if process is not None:
            process.close()
            with self._lock:
                self._processes.discard(process)


class _Process:
    """A fresh interpreter, told what to call."""

    def __init__(self, threads: int) -> None:
        self.asked = 0
        self._said: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115, as long as the process
        try:
            self._child = begin(
                WORKER, threads=threads, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._said
            )
        except OSError as error:
            self._said.close()
            raise WorkerDiedError(reason=f"it could not be started ({error.strerror or error})") from error
        self.pid = self._child.pid

    def ask(self, call: bytes) -> bytes:
        """The answer to a call; WorkerDiedError where there will be none."""
        assert self._child.stdin is not None and self._child.stdout is not None
        self.asked += 1
        try:
            write_frame(self._child.stdin, call)
            answer = read_frame(self._child.stdout)
        except (OSError, ValueError):
            answer = None
        if answer is None:
            raise WorkerDiedError(reason=self._end_in_words())
        return answer

    def _end_in_words(self) -> str:
        try:
            status = self._child.wait(DYING)
        except subprocess.TimeoutExpired:
            return "it closed its end"
        words = self._last_words()
        after = f", after it said: {words}" if words else ""
        if status >= 0:
            return f"it ended with exit status {status}{after}"
        memory = ", as the system does where memory runs out" if -status == getattr(signal, "SIGKILL", 9) else ""
        return f"killed by signal {-status}{memory}{after}"

    def _last_words(self) -> str:
        with contextlib.suppress(OSError, ValueError):
            size = self._said.seek(0, os.SEEK_END)
            self._said.seek(max(0, size - LAST_WORDS))
            lines = self._said.read().decode("utf-8", "replace").split("\n")
            return next((line.strip() for line in reversed(lines) if line.strip()), "")
        return ""

    def kill(self) -> None:
        with contextlib.suppress(OSError):
            self._child.kill()

    def close(self) -> None:
        """Let the process go; one that does not leave by itself is killed."""
        for stream in (self._child.stdin, self._child.stdout):
            if stream is not None:
                with contextlib.suppress(OSError, ValueError):
                    stream.close()
        try:
            self._child.wait(DYING)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._said.close()
