"""A conversation with a program: one line of JSON asks, one line of JSON answers, each within its time and size.

The program is somebody else's. It runs in a process group of its own, which is killed at the end, with whatever the
program has started; what it says is text and is never executed. One that is late, dead, too loud or unreadable ends
the conversation, not the search.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any

from symreg.errors import SymregError

MAX_REPLY = 262_144  # bytes of one answer
TICK = 0.1  # seconds between looks at the clock and at ``stop``
_CHUNK = 65_536
"""Bytes that are read from the program at once, 64 KiB, a quarter of ``MAX_REPLY``: an unfinished answer is noticed as
too long at most one chunk late. Smaller ones need more calls for the same answer."""

_WAITING = 4  # answers that wait to be heard; then the program waits


class ConversationError(SymregError):
    """The conversation is over; the text says why: "stopped (signal 9)", "no answer within 30 s"."""


class Conversation:
    """The program ``command`` and the pipes to it; a context that ends it."""

    def __init__(self, command: Sequence[str]) -> None:
        self.name = Path(command[0]).name
        self._answers: queue.Queue[bytes | ConversationError | None] = queue.Queue(_WAITING)
        self._over = threading.Event()
        try:
            self._process = subprocess.Popen(
                list(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                bufsize=0, start_new_session=True,
            )  # fmt: skip
        except (OSError, ValueError) as error:
            raise ConversationError(message=f"could not be started: {getattr(error, 'strerror', error)}") from error
        threading.Thread(target=self._listen, args=(self._process.stdout,), daemon=True).start()

    def __enter__(self) -> Conversation:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """The program's process id."""
        return self._process.pid

    def ask(self, question: dict[str, Any], seconds: float, stop: Callable[[], bool] = lambda: False) -> dict[str, Any]:
        """The answer; ConversationError where none comes in time, none can be read, or ``stop()`` turns true."""
        end = time.monotonic() + seconds
        # A program that does not read must not keep us: the pipe may be full.
        threading.Thread(target=self._say, args=(json.dumps(question).encode() + b"\n",), daemon=True).start()
        while True:
            try:
                return _read(self._answers.get(timeout=TICK), self._reason)
            except queue.Empty:
                if stop():
                    raise ConversationError(message="was interrupted") from None
                if time.monotonic() > end:
                    raise ConversationError(message=f"gave no answer within {seconds:.3g} s") from None

    def close(self) -> None:
        """End the program and all that it has started."""
        self._over.set()
        with contextlib.suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                if stream is not None:
                    stream.close()

    def _say(self, line: bytes) -> None:
        stream, rest = self._process.stdin, memoryview(line)
        assert stream is not None
        with contextlib.suppress(OSError, ValueError):
            while rest:
                rest = rest[stream.write(rest) or 0 :]

    def _listen(self, stream: IO[bytes] | None) -> None:
        """Hand over every line, then None; a line that is too long ends the listening."""
        assert stream is not None
        pending = b""
        with contextlib.suppress(OSError, ValueError):
            while chunk := stream.read(_CHUNK):
                *lines, pending = (pending + chunk).split(b"\n")
                for line in lines:
                    self._hand_over(line)
                if len(pending) > MAX_REPLY:
                    self._hand_over(_too_long())
                    return
        self._hand_over(None)

    def _hand_over(self, answer: bytes | ConversationError | None) -> None:
        while not self._over.is_set():
            with contextlib.suppress(queue.Full):
                self._answers.put(answer, timeout=TICK)
                return

    def _reason(self) -> str:
        try:
            code = self._process.wait(timeout=1.0)
        except subprocess.TimeoutExpired:
            return "closed its output"
        return f"stopped (signal {-code})" if code < 0 else f"stopped (exit status {code})"


def _too_long() -> ConversationError:
    return ConversationError(message=f"gave an answer of more than {MAX_REPLY:,} bytes")


def _read(line: bytes | ConversationError | None, reason: Callable[[], str]) -> dict[str, Any]:
    if isinstance(line, ConversationError):
        raise line
    if line is None:
        raise ConversationError(message=reason())
    if len(line) > MAX_REPLY:
        raise _too_long()
    try:
        answer = json.loads(line)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise ConversationError(message="gave an answer that is no JSON object")
    return answer
