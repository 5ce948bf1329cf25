"""The first Ctrl-C asks, the second one ends: a search that is asked to stop hands over the best it has."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType


@contextlib.contextmanager
def first_interrupt_asks(on_first: Callable[[], None] | None = None) -> Iterator[Callable[[], bool]]:
    """A function that tells whether Ctrl-C was pressed; from then on the system's own way of ending is in
    force.

    Outside the main thread, where no signal can be caught, the function always says no.
    """
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked.is_set
        return

    def ask(_number: int, _frame: FrameType | None) -> None:
        # Not Python's handler, which would wait for compiled code to return.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        asked.set()
        if on_first is not None:
            on_first()

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGINT, before)
