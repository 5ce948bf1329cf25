"""A task, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Task:
    """A ``function`` of a module, and what it is given, all of which must be picklable; ``key`` names it among others.

    A ``linked`` function is given one argument more, by the name ``line``: a ``Line`` to whoever asked for it.
    """

    key: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...] = ()
    linked: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a task has ended, once for each: ``begun`` so many times; with its ``value``, or the ``error`` that it ended
    with. The status is "not begun" where everybody was asked to stop before."""

    key: str
    status: Literal["done", "failed", "not begun"]
    begun: int
    value: Any = None
    error: BaseException | None = None

    @property
    def reason(self) -> str:
        """Why it failed, in a sentence; empty where it did not."""
        if self.error is None:
            return ""
        from symreg.errors import SymregError

        text = str(self.error) if isinstance(self.error, SymregError) else f"{type(self.error).__name__}: {self.error}"
        return text if self.begun < 2 else f"{text} ({self.begun} times)"


@dataclass(frozen=True, slots=True)
class Event:
    """What is told on the way: the task ``key`` was "given" to the workers, or its worker "died" for this ``reason``
    and it will be begun again; ``attempt`` counts from 1."""

    key: str
    what: Literal["given", "died"]
    attempt: int
    reason: str = ""
