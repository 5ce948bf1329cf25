"""The child's end of a ``TextWorker``: one answer for each question, each within its time.

A question carries its own limit in ``seconds``. An alarm goes off shortly before, where the system has one, so that
the child can still say that it is late; the parent's patience ends at the limit itself.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

SHARE = 0.8  # of the time limit after which the alarm goes off

Answer = Callable[[dict[str, Any]], dict[str, Any]]
Say = Callable[[dict[str, Any]], None]


class OutOfTimeError(BaseException):
    """The alarm went off. No ``Exception``, so that no handler of the code at work swallows it."""


def serve(answer: Answer, *, late: dict[str, Any]) -> None:
    """Say that the child is ready, then answer until the input ends; ``late`` is said when time runs out.

    Ctrl-C is for the parent, which ends this process when it wants to.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, _out_of_time)
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        print(json.dumps(reply_to(json.loads(line), answer, late)), flush=True)


def reply_to(question: dict[str, Any], answer: Answer, late: dict[str, Any]) -> dict[str, Any]:
    """The answer, or what went wrong: the next question must find this process alive."""
    try:
        _set_alarm(SHARE * float(question["seconds"]))
        return answer(question)
    except OutOfTimeError:
        return late
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"[:500]}
    finally:
        _set_alarm(0)


def converse(search: Callable[[dict[str, Any], Say], dict[str, Any]]) -> None:
    """Say that the child is ready; then answer each question with as many lines as ``search`` says, and a last one.

    Where the search fails, the last line has the key "error". The parent keeps the time.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    say = _mouth()
    say({"ready": True})
    for line in sys.stdin:
        try:
            say(search(json.loads(line), say))
        except Exception as error:
            say({"error": f"{type(error).__name__}: {error}"[:500]})


def _mouth() -> Say:
    """A way to speak on what is standard output now; whatever foreign code prints afterwards goes to standard error."""
    stream = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def say(answer: dict[str, Any]) -> None:
        print(json.dumps(answer), file=stream, flush=True)

    return say


def _out_of_time(*_: object) -> None:
    raise OutOfTimeError


def _set_alarm(seconds: float) -> None:
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)
