"""A child process that answers lines of text, each within a time limit.

Foreign code that may hang, abort or eat the memory runs at the other end of a pipe. Only JSON lines cross it,
so that nothing which comes back can execute anything. A child that is late or dead is killed and the next
question starts a new one. When the parent dies, however it dies, the child reads the end of its input and leaves.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import queue
import subprocess
import threading
import time
import weakref
from typing import IO, Any

from symreg.errors import SymregError
from symreg.interpreter import begin

START_SECONDS = 60.0
"""How long a child may take to import what it needs: generous, for a busy machine with a cold disk."""

_ENVIRONMENT = {
    "PYTHONHASHSEED": "0",  # sympy walks through sets: the same question must get the same answer tomorrow
    "MALLOC_ARENA_MAX": "2",  # each arena takes address space, which may be limited
}

LONGEST_LINE = 4_000_000
"""Characters of an answer: a child that writes without end must not fill the memory of its parent."""
LOOK = 0.5
"""Seconds between looks at whether a child that is waited for was stopped, as by a debugger or a frozen container: it
would never answer. Shorter costs a system call more often, longer is waited for; set by hand."""

MOST_FAILED_STARTS = 2
"""Children in a row that did not come to be ready, after which no third is started: what stops them is still there."""

MOST_WAITING = 10_000
"""Answers that may wait to be heard; then the child waits."""

class WorkerError(SymregError):
    """The child gave no answer; the text says why ("timed out after 5 s", "stopped (signal 9)")."""


class LateError(WorkerError):
    """The child gave no answer in time."""


class TextWorker:
    """A child that runs ``module``: it says a first line when it is ready, then answers line for line.

    ``memory`` limits its address space, in bytes, where the system knows such a limit. What it writes to standard error
    goes to the file ``errors``, or nowhere.
    """

    def __init__(self, module: str, *, memory: int | None = None, errors: IO[str] | None = None) -> None:
        self.module = module
        self.memory = memory
        self.errors = errors
        self._process: subprocess.Popen[str] | None = None
        self._answers: queue.Queue[str | None] = queue.Queue(MOST_WAITING)
        self._ready = False
        self._failed_starts = 0
        self._finalizer: weakref.finalize[[subprocess.Popen[str], int], TextWorker] | None = None

    @property
    def pid(self) -> int | None:
        """The child's process id, or None where none is running."""
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """Start the child and return at once; it imports what it needs in the meantime."""
        if self._process is not None and self._process.poll() is None:
            return
        self.close()
        try:
            self._process = begin(
                self.module,
                threads=1,
                memory=self.memory or 0,
                variables=_ENVIRONMENT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self.errors or subprocess.DEVNULL,
                text=True,
                encoding="utf-8",
                errors="replace",  # bytes that are no text make one line unreadable, not those before it
            )
        except (OSError, ValueError, TypeError) as error:
            raise WorkerError(message=f"could not be started: {error}") from error
        self._answers, self._ready = queue.Queue(MOST_WAITING), False
        assert self._process.stdout is not None
        threading.Thread(target=_listen, args=(self._process.stdout, self._answers), daemon=True).start()
        self._finalizer = weakref.finalize(self, _end, self._process, os.getpid())

    def ask(self, question: dict[str, Any], seconds: float, patience: float = math.inf) -> dict[str, Any]:
        """The child's answer; WorkerError, and the child killed, when it is late, dead or unreadable.

        ``patience`` is how long a child that was just started may take until it is ready (``START_SECONDS`` at most).
        """
        if self.gave_up:
            raise WorkerError(message=f"did not start, {MOST_FAILED_STARTS} times")
        self.start()
        try:
            if not self._ready:
                self._await_ready(patience)
            self._write(question)
            return self._next_answer(seconds)
        except BaseException:
            self.close()  # also on Ctrl-C: an answer to an old question must never meet a new one
            raise

    def _await_ready(self, patience: float) -> None:
        try:
            self._next_answer(min(START_SECONDS, patience))
        except LateError:
            self._failed_starts += patience >= START_SECONDS
            raise
        except WorkerError:
            self._failed_starts += 1
            raise
        self._failed_starts, self._ready = 0, True

    @property
    def gave_up(self) -> bool:
        """Whether children failed to start so often that no other is tried."""
        return self._failed_starts >= MOST_FAILED_STARTS

    def tell(self, question: dict[str, Any]) -> None:
        """Start the child and put a question that is answered by any number of lines, which ``hear`` returns."""
        self.start()
        # A child that does not read must not keep us; what became of it is heard.
        threading.Thread(target=self._write_quietly, args=(question,), daemon=True).start()

    def hear(self, seconds: float) -> dict[str, Any] | None:
        """The next line of a child that was told something, None where none came in time; else WorkerError."""
        try:
            return self._next_answer(seconds)
        except LateError:
            return None

    def _write(self, question: dict[str, Any]) -> None:
        process = self._process
        assert process is not None and process.stdin is not None
        try:
            process.stdin.write(json.dumps(question) + "\n")
            process.stdin.flush()
        except OSError as error:
            raise WorkerError(message=self._reason()) from error

    def _write_quietly(self, question: dict[str, Any]) -> None:
        with contextlib.suppress(WorkerError, ValueError, AssertionError):
            self._write(question)

    def close(self) -> None:
        """End the child."""
        if self._finalizer is not None:
            self._finalizer()
        self._process, self._finalizer = None, None

    def _next_answer(self, seconds: float) -> dict[str, Any]:
        line = self._next_line(seconds)
        if line is None:
            raise WorkerError(message=self._reason())
        try:
            answer = json.loads(line)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            raise WorkerError(message="gave an answer that cannot be read")
        return answer

    def _next_line(self, seconds: float) -> str | None:
        """What the child wrote next, None at its end; WorkerError where it is late, or was stopped for good."""
        end = time.monotonic() + seconds
        was_stopped = False
        while True:
            left = end - time.monotonic()
            try:
                return self._answers.get(timeout=max(0.0, min(left, LOOK)))
            except queue.Empty:
                if left <= LOOK:
                    raise LateError(message=f"timed out after {seconds:.2g} s") from None
            is_stopped = self._process is not None and _is_stopped(self._process.pid)
            if is_stopped and was_stopped:
                raise WorkerError(message="was stopped by a signal from outside")
            was_stopped = is_stopped

    def _reason(self) -> str:
        process = self._process
        if process is None:
            return "stopped"
        try:
            code = process.wait(timeout=1.0)
        except subprocess.TimeoutExpired:
            return "stopped answering"
        finally:
            self.close()
        return f"stopped (signal {-code})" if code < 0 else f"stopped (exit status {code})"


def _listen(stream: IO[str], answers: queue.Queue[str | None]) -> None:
    """Hand over every line, then None; a stream that was closed under our hands ends too, and one that nobody hears."""
    with contextlib.suppress(queue.Full):
        try:
            while line := stream.readline(LONGEST_LINE):
                answers.put(line, timeout=START_SECONDS)
        except (OSError, ValueError):
            pass
        answers.put(None, timeout=START_SECONDS)


def _is_stopped(pid: int) -> bool:
    """Whether our child stands still, False where the system cannot say; who waits for its end still hears of it."""
    if hasattr(os, "waitid"):
        with contextlib.suppress(OSError):
            return os.waitid(os.P_PID, pid, os.WSTOPPED | os.WNOHANG | os.WNOWAIT) is not None
    return False


def _end(process: subprocess.Popen[str], owner: int) -> None:
    if os.getpid() != owner:
        return  # inherited by a fork: the child belongs to the parent
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            try:
                stream.close()
            except OSError:
                continue  # what was still in the buffer has no reader any more
