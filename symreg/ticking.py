"""Something that is done again and again beside other work, by a thread of its own."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def ticking(step: Callable[[], None], seconds: float) -> Iterator[None]:
    """``step()`` each so many ``seconds`` during the block; the thread is gone when the block is."""
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(seconds):
            step()

    thread = threading.Thread(target=watch, name="ticking", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
