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


class EntryError(SymregError):
    """A file of entries that cannot be used: ``source``, ``entry`` (an id or a position) and ``reason``."""

    source: str
    entry: str
    reason: str

    def __str__(self) -> str:
        return f"{self.source}, {self.entry}: {self.reason}"


class ReportError(SymregError):
    """A report cannot be written truthfully: ``reason``, ``advice`` (may be empty)."""

    reason: str
    advice: str

    def __init__(self, *, reason: str, advice: str = "", **fields: Any) -> None:
        super().__init__(reason=reason, advice=advice, **fields)

    def __str__(self) -> str:
        return f"{self.reason} {self.advice}".strip()


class UnwritableError(ReportError):
    """A report that is true and has no place: a full disk, a folder that may not be written to."""


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


class TableWarning(UserWarning):
    """A table can be read, but something in it deserves a look."""


class TableError(SymregError):
    """A table cannot be trusted: ``source``, ``problem``, and where it applies ``column``, ``rows``, ``count``,
    ``advice``.

    Rows are counted from 1, the first row of data.
    """

    source: str
    problem: str
    column: str | None
    rows: tuple[int, ...]
    count: int
    advice: str

    def __init__(
        self,
        *,
        source: str,
        problem: str,
        column: str | None = None,
        rows: tuple[int, ...] = (),
        count: int = 0,
        advice: str = "",
    ) -> None:
        super().__init__(
            source=source, problem=problem, column=column, rows=rows, count=count, advice=advice
        )

    def __str__(self) -> str:
        place = self.source if self.column is None else f"{self.source}, column {self.column!r}"
        return f"{place}: {self.finding}. {self.advice}".strip()

    @property
    def finding(self) -> str:
        """The problem and where it stands, without source, column and advice."""
        return f"{self.problem}{_rows_text(self.rows, self.count)}"


def _rows_text(rows: tuple[int, ...], count: int) -> str:
    if not rows:
        return ""
    listed = ", ".join(str(row) for row in rows)
    return f" (row {listed})" if len(rows) == 1 else f" (rows {listed}{', ...' if count > len(rows) else ''})"


class ProblemError(SymregError):
    """A question cannot be asked as it stands: ``name`` of the problem, ``reason``, ``advice`` (may be empty)."""

    name: str
    reason: str
    advice: str

    def __init__(self, *, name: str, reason: str, advice: str = "", **fields: Any) -> None:
        super().__init__(name=name, reason=reason, advice=advice, **fields)

    def __str__(self) -> str:
        return f"problem {self.name!r}: {self.reason} {self.advice}".strip()


class InfeasibleError(ProblemError):
    """No law with these units exists; carries ``missing`` base units and ``suppliers``, constants that have them."""

    missing: tuple[str, ...]
    suppliers: tuple[str, ...]

    def __init__(
        self,
        *,
        name: str,
        reason: str,
        advice: str = "",
        missing: tuple[str, ...] = (),
        suppliers: tuple[str, ...] = (),
    ) -> None:
        super().__init__(name=name, reason=reason, advice=advice, missing=missing, suppliers=suppliers)


class EstimatorError(SymregError, ValueError):
    """What ``SymbolicRegressor`` was given cannot be used: ``reason``, ``advice`` (may be empty).

    A ``ValueError`` too, which is what scikit-learn's tools expect.
    """

    reason: str
    advice: str

    def __init__(self, *, reason: str, advice: str = "", **fields: Any) -> None:
        super().__init__(reason=reason, advice=advice, **fields)

    def __str__(self) -> str:
        return f"{self.reason} {self.advice}".strip()


class LawError(SymregError):
    """What is asked of a law, or of a front, that it does not have: ``reason``, ``advice`` (may be empty)."""

    reason: str
    advice: str

    def __init__(self, *, reason: str, advice: str = "", **fields: Any) -> None:
        super().__init__(reason=reason, advice=advice, **fields)

    def __str__(self) -> str:
        return f"{self.reason} {self.advice}".strip()


class PredictionError(SymregError):
    """Data that do not fit a law which is to predict: ``message``; ``column`` is the one to blame, or None."""

    column: str | None
    message: str


class OperatorError(SymregError):
    """A name that is no operator, or an operator with the wrong number of operands."""

    name: str
    reason: str
    suggestion: str | None

    def __str__(self) -> str:
        hint = f'; did you mean "{self.suggestion}"?' if self.suggestion else ""
        return f'operator "{self.name}": {self.reason}{hint}'


class ExpressionError(SymregError):
    """An expression that cannot be used as asked; ``name`` is the leaf that is to blame."""

    name: str
    reason: str

    def __str__(self) -> str:
        return f"{self.name!r}: {self.reason}"


class ParseError(SymregError):
    """A formula that cannot be read; ``position`` counts characters from 0."""

    text: str
    position: int
    reason: str
    suggestion: str | None

    def __str__(self) -> str:
        hint = f" ({self.suggestion})" if self.suggestion else ""
        start = max(0, self.position - 40)
        shown = "".join(c if c.isprintable() else " " for c in self.text[start : self.position + 40])
        caret = " " * (self.position - start) + "^"
        place = f"cannot read the formula at character {self.position + 1}"
        return f"{place}: {self.reason}{hint}\n  {shown}\n  {caret}"


class DimensionError(SymregError):
    """Dimensions that contradict each other; ``expression`` is the offending part, as text."""

    expression: str
    operator: str
    dimensions: tuple[str, ...]
    reason: str
    advice: str

    def __str__(self) -> str:
        return f"{self.reason}; {self.advice} (in {self.expression})"


class UnitWarning(UserWarning):
    """A unit can be read, but people often mean something else by it."""


class UnitError(SymregError):
    """A unit that cannot be read; ``position`` counts characters of ``text`` from 0."""

    column: str | None
    text: str
    position: int
    reason: str
    suggestion: str | None

    def __init__(
        self,
        *,
        text: str,
        position: int,
        reason: str,
        column: str | None = None,
        suggestion: str | None = None,
    ) -> None:
        super().__init__(column=column, text=text, position=position, reason=reason, suggestion=suggestion)

    def __str__(self) -> str:
        place = "" if self.column is None else f"column {self.column!r}: "
        short = self.text if len(self.text) <= 60 else self.text[:57] + "..."
        shown = "".join(letter if letter.isprintable() else " " for letter in short)
        hint = f'; did you mean "{self.suggestion}"?' if self.suggestion else ""
        return f'{place}cannot read the unit "{shown}" at character {self.position + 1}: {self.reason}{hint}'


class PhysicalConstantError(SymregError):
    """A name that is no physical constant of the table; ``suggestion`` is the nearest one."""

    name: str
    suggestion: str | None

    def __str__(self) -> str:
        hint = f'; did you mean "{self.suggestion}"?' if self.suggestion else ""
        return f'no physical constant is called "{self.name}"{hint}'


class SpecificationError(SymregError):
    """A YAML file that cannot be used: ``source``, and ``problems`` as tuples ``(line, key, reason)``."""

    source: str
    problems: tuple[tuple[int | None, str, str], ...]

    def __str__(self) -> str:
        if len(self.problems) == 1:
            return _problem_text(self.source, *self.problems[0])
        shown = [_problem_text("", *problem) for problem in self.problems[:10]]
        if len(self.problems) > len(shown):
            shown.append(f"... and {len(self.problems) - len(shown)} more")
        return "\n  ".join([f"{self.source} has {len(self.problems)} problems:", *shown])


def _problem_text(source: str, line: int | None, key: str, reason: str) -> str:
    where = [source, f"line {line}" if line is not None else "", key]
    return ", ".join(part for part in where if part) + f": {reason}"
