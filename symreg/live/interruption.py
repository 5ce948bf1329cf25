"""The first Ctrl-C asks, the second one ends: a search that is asked to stop hands over the best it has."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType

SOON = 3.0
"""Seconds within which a second Ctrl-C ends whatever has begun since the first, such as the next fit of a search over
settings: a person who means both presses them faster, one who stops one fit after another does not. Set by hand."""

_last = {"pressed": float("-inf")}


@contextlib.contextmanager
def first_interrupt_asks(
    on_first: Callable[[], None] | None = None, *, then_raise: bool = False
) -> Iterator[Callable[[], bool]]:
    """A function that tells whether Ctrl-C was pressed; from then on the system's own way of ending is in force.

    With ``then_raise`` the second Ctrl-C raises ``KeyboardInterrupt`` instead, which a notebook outlives; so does one
    that comes within seconds of the one that has ended an earlier block.
    Outside the main thread, where no signal can be caught, the function always says no.
    """
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked.is_set
        return

    def ask(number: int, frame: FrameType | None) -> None:
        pressed, _last["pressed"] = _last["pressed"], time.monotonic()
        # For a command not Python's handler, which would wait for compiled code to return.
        signal.signal(signal.SIGINT, signal.default_int_handler if then_raise else signal.SIG_DFL)
        if then_raise and time.monotonic() - pressed < SOON:
            signal.default_int_handler(number, frame)
        asked.set()
        if on_first is not None:
            on_first()

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGINT, before)
