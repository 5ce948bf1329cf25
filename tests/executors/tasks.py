"""What workers of the tests are given to do."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

from symreg.errors import ProblemError
from symreg.executors import Line


def square(number: int) -> int:
    """A short task."""
    return number * number


def environment() -> dict[str, Any]:
    """What a worker finds."""
    import numpy as np
    from threadpoolctl import threadpool_info

    assert np.ones(3).sum() == 3
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    return {
        **{name: os.environ.get(name) for name in names},
        "blas": max((one["num_threads"] for one in threadpool_info()), default=1),
        "ignores": signal.getsignal(signal.SIGINT) == signal.SIG_IGN,
        "pid": os.getpid(),
    }


def written_once(folder: str, name: str, deaths: int) -> str:
    """Die, so many times, by SIGKILL in mid-run; then write a file that is not there yet."""
    mark = Path(folder) / f"{name}.begun"
    with mark.open("a") as stream:
        stream.write(f"{os.getpid()}\n")
    if len(mark.read_text().splitlines()) <= deaths:
        time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGKILL)
    with (Path(folder) / f"{name}.done").open("x") as stream:
        stream.write(name)
    return name


def until_told(folder: str, name: str, line: Line) -> str:
    """Work until somebody asks to stop, and hand over the best so far."""
    (Path(folder) / f"{name}.begun").write_text(str(os.getpid()))
    until = time.monotonic() + 30
    while not line.stop() and time.monotonic() < until:
        line.tell(lambda: {"evaluated": 7})
        time.sleep(0.02)
    return f"{name}, the best so far" if line.stop() else "nobody asked"


def wrong() -> None:
    """An error of the caller's."""
    raise ProblemError(name="p", reason="the target is missing.")


def broken() -> None:
    """A fault of the program."""
    raise ZeroDivisionError("of a kind")


def unpicklable() -> object:
    """An answer that cannot travel."""
    return threading.Lock()


def aborting() -> None:
    """As compiled code does where it finds that something cannot be."""
    os.write(2, b"terminate called after a fault\n")
    os.abort()
