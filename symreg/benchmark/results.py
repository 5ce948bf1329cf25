"""``results.csv``: one line a trial, forced to the disk as soon as it is known, read again to resume."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Sequence
from dataclasses import astuple
from pathlib import Path
from typing import Any, Generic, TypeVar

from symreg.atomic import atomic_write_text
from symreg.benchmark.discipline import Discipline
from symreg.benchmark.trial import SRBENCH, Settings, TrialResult
from symreg.errors import SymregError
from symreg.wording import why_unread

__all__ = ["ResultsError", "ResultsFile", "read_results", "results_text"]

COLUMNS = SRBENCH.columns
ARCHIVE_COLUMNS = tuple(name for name in COLUMNS if name != "complexity")
"""What an archive keeps (see ``archive``)."""

T = TypeVar("T")
R = TypeVar("R")


class ResultsError(SymregError):
    """A results file that is none: ``path`` and ``reason``."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


class ResultsFile(Generic[T, R]):
    """The table of results on the disk; a line that a crash cut off is dropped when it is opened again."""

    def __init__(self, path: str | Path, discipline: Discipline[T, R]) -> None:
        self.path = Path(path)
        self.discipline = discipline
        self.results: list[R] = []
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self.path.exists():
            text = _text_of(self.path)
            if not text.endswith("\n"):
                text = text[: text.rfind("\n") + 1]
                atomic_write_text(self.path, text)
            self.results = _parsed(text, self.path, discipline)
        if not self.path.exists() or self.path.stat().st_size == 0:
            atomic_write_text(self.path, _line(discipline.columns))
        self._done = {discipline.key_of(result) for result in self.results}

    def has(self, trial: T, settings: Settings) -> bool:
        """Whether this trial was run before with the same settings."""
        return self.discipline.key_before(trial, settings) in self._done

    def append(self, result: R) -> None:
        """Add one line by a single write, forced to the disk."""
        data = _line(_text(value) for value in astuple(result)).encode("utf-8")  # type: ignore[call-overload]
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND)
        try:
            os.write(descriptor, data)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        self.results.append(result)
        self._done.add(self.discipline.key_of(result))


def read_results(path: str | Path) -> list[TrialResult]:
    """Read a results file or an archive of one; an unfinished last line is left out."""
    text = _text_of(Path(path))
    return _parsed(text[: text.rfind("\n") + 1], Path(path), SRBENCH, archives=True)


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ResultsError(path=str(path), reason=f"this file cannot be read: {_why(error)}") from None


def _why(error: OSError | UnicodeDecodeError) -> str:
    return error.strerror or str(error) if isinstance(error, OSError) else why_unread(error)


def results_text(results: Iterable[TrialResult], columns: Sequence[str] = COLUMNS) -> str:
    """The results as a table."""
    rows = ([_text(getattr(result, name)) for name in columns] for result in results)
    return "".join(_line(row) for row in (columns, *rows))


def _parsed(text: str, path: Path, discipline: Discipline[Any, R], *, archives: bool = False) -> list[R]:
    try:
        rows = list(csv.reader(io.StringIO(text)))
    except csv.Error:
        raise ResultsError(path=str(path), reason="this is no table of results") from None
    columns = tuple(rows[0]) if rows else discipline.columns
    if columns != discipline.columns and not (archives and columns == ARCHIVE_COLUMNS):
        raise ResultsError(path=str(path), reason=_difference(rows[0], discipline.columns))
    absent = {} if columns == discipline.columns else {"complexity": 0}
    try:
        return [discipline.result(**absent, **_read(columns, discipline.kinds, row)) for row in rows[1:]]
    except ValueError as error:
        raise ResultsError(path=str(path), reason=f"a line cannot be read: {error}") from None


def _difference(header: list[str], columns: Sequence[str]) -> str:
    """What the header of another version, or of another kind of table, lacks or has too many."""
    missing = ", ".join(name for name in columns if name not in header)
    unknown = ", ".join(name for name in header if name not in columns)
    told = [f"{word}: {names}" for word, names in (("missing", missing), ("unknown", unknown)) if names]
    what = "; ".join(told) or "in another order"
    return f"the columns are not those of this version's results ({what}); choose another file with --output"


def _read(columns: Sequence[str], kinds: dict[str, str], row: list[str]) -> dict[str, Any]:
    if len(row) != len(columns):
        raise ValueError(f"{len(row)} cells where there are {len(columns)} columns")
    values: dict[str, Any] = {}
    for name, text in zip(columns, row, strict=True):
        kind = kinds[name]
        if kind == "bool" and text not in ("true", "false"):
            raise ValueError(f"{name} is '{text[:40]}', not true or false")
        try:
            values[name] = text == "true" if kind == "bool" else {"int": int, "float": float}.get(kind, str)(text)
        except ValueError:
            raise ValueError(f"{name} is '{text[:40]}', no number") from None
    return values


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value) if isinstance(value, float) else str(value)


def _line(values: Iterable[str]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerow(values)
    return stream.getvalue()
