"""What trials of one kind have in common: how one is run, what its result is, and which columns say whose it is.

Processes, files and the table that grows know no more of a trial than this.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from symreg.benchmark.trial import Settings

__all__ = ["Discipline"]

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Discipline(Generic[T, R]):
    """A kind of trial ``T`` with results ``R``, a dataclass whose fields are the columns of its file.

    ``run(trial, settings, discover=..., judge=...)`` gives the result, ``failed(trial, settings, reason)`` that of a
    trial that came to nothing. The columns ``key`` are known before a trial is run. ``by_symbols`` says whether
    ``judge`` is a ``Judge`` that is ready, or None. Functions of a module: other processes have to find them.
    """

    result: type[R]
    key: tuple[str, ...]
    run: Callable[..., R]
    failed: Callable[..., R]
    by_symbols: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of a results file in order."""
        return tuple(entry.name for entry in fields(self.result))  # type: ignore[arg-type]

    @property
    def kinds(self) -> dict[str, str]:
        """The type of each column, as it is written."""
        return {entry.name: str(entry.type) for entry in fields(self.result)}  # type: ignore[arg-type]

    def key_of(self, result: R) -> tuple[Any, ...]:
        """What tells a result from all others."""
        return tuple(getattr(result, name) for name in self.key)

    def key_before(self, trial: T, settings: Settings) -> tuple[Any, ...]:
        """The same of a trial that has no result yet."""
        return self.key_of(self.failed(trial, settings, "not run"))
