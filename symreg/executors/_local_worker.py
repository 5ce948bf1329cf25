"""The child's end of ``LocalExecutor``: calls, one after another, read from standard input.

The main thread listens, so that the end of the input is heard while a call goes on: then nobody is there any more, and
the process leaves at once, as if it had been killed. Ctrl-C is for the parent, which asks to stop.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import struct
import sys
import threading
from collections.abc import Callable
from typing import IO

from symreg.executors.call import sendable, sendable_error
from symreg.executors.errors import TaskError

HEAD = struct.Struct("<Q")  # the length of what follows
NOBODY_IS_THERE = 75  # exit status of an orphan, the one of "try again later"


def read_frame(stream: IO[bytes]) -> bytes | None:
    """The next message; None where the other end is gone."""
    head = stream.read(HEAD.size)
    if len(head) < HEAD.size:
        return None
    (length,) = HEAD.unpack(head)
    body = stream.read(length)
    return body if len(body) == length else None


def write_frame(stream: IO[bytes], body: bytes) -> None:
    """One message; OSError where the other end is gone."""
    stream.write(HEAD.pack(len(body)))
    stream.write(body)
    stream.flush()


def answer_to(call: bytes) -> bytes:
    """What a call gives: True or False, and the pickled value or error; what cannot travel is told as TaskError."""
    try:
        function, arguments, keywords = pickle.loads(call)
    except Exception as error:
        return pickle.dumps((False, pickle.dumps(_no_function(error))))
    try:
        return pickle.dumps((True, sendable(function(*arguments, **keywords))))
    except Exception as error:
        return pickle.dumps((False, pickle.dumps(sendable_error(error))))


def _no_function(error: Exception) -> TaskError:
    reason = f"A worker cannot find what it is to call ({type(error).__name__}: {error})."
    return TaskError(reason=reason, advice="Give a function of a module that can be imported, not one of a script.")


def main() -> None:
    """Answer calls until nobody is there any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    mouth = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what foreign code prints is no answer
    calls: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_answer_all, args=(calls.get, mouth), daemon=True).start()
    while (call := read_frame(sys.stdin.buffer)) is not None:
        calls.put(call)
    os._exit(NOBODY_IS_THERE)


def _answer_all(next_call: Callable[[], bytes], mouth: IO[bytes]) -> None:
    try:
        while True:
            write_frame(mouth, answer_to(next_call()))
    except OSError:
        os._exit(NOBODY_IS_THERE)


if __name__ == "__main__":
    main()
