"""Every mistake a caller can make, as one family of exceptions.

An error stores its fields and makes its text in ``__str__``; it can be pickled, so that it survives the way back
from a child process. Numerical failure is not an error: it is an ``Outcome`` (see ``engine``).
"""

from __future__ import annotations

from typing import Any


class SymregError(Exception):
    """Base of all errors of this package: keyword fields, picklable, text from the fields."""

    def __init__(self, **fields: Any) -> None:
        super().__init__(fields)
        self.__dict__.update(fields)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.args[0])

    def __str__(self) -> str:
        return str(self.args[0].get("message", self.args[0]))


def _rebuild(kind: type[SymregError], fields: dict[str, Any]) -> SymregError:
    return kind(**fields)


class ReportError(SymregError):
    """A report cannot be written truthfully: ``reason``, ``advice`` (may be empty)."""

    reason: str
    advice: str

    def __init__(self, *, reason: str, advice: str = "", **fields: Any) -> None:
        super().__init__(reason=reason, advice=advice, **fields)

    def __str__(self) -> str:
        return f"{self.reason} {self.advice}".strip()


class EngineError(SymregError):
    """The engine is absent, or was called with arrays that do not fit together: ``message``."""

    message: str


class ProgramError(SymregError):
    """A program that no engine may read: ``row`` (None when it is about the whole) and ``reason``."""

    row: int | None
    reason: str

    def __str__(self) -> str:
        place = "" if self.row is None else f", row {self.row}"
        return f"invalid program{place}: {self.reason}"
