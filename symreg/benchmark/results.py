"""``results.csv``: one line a trial, forced to the disk as soon as it is known, read again to resume."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from symreg.atomic import atomic_write_text
from symreg.benchmark.trial import Settings, Trial, TrialResult
from symreg.errors import SymregError

__all__ = ["ResultsError", "ResultsFile", "Summary", "read_results", "summarise"]

COLUMNS = tuple(entry.name for entry in fields(TrialResult))
_KEY = ("set", "id", "noise", "seed", "backend", "units", "rows", "time", "threads")
Key = tuple[Any, ...]


class ResultsError(SymregError):
    """A results file that is none: ``path`` and ``reason``."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


class ResultsFile:
    """The table of results on the disk; a line that a crash cut off is dropped when it is opened again."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.results: list[TrialResult] = []
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self.path.exists():
            text = self.path.read_text(encoding="utf-8")
            if not text.endswith("\n"):
                text = text[: text.rfind("\n") + 1]
                atomic_write_text(self.path, text)
            self.results = _parsed(text, self.path)
        if not self.path.exists() or self.path.stat().st_size == 0:
            atomic_write_text(self.path, _line(COLUMNS))
        self._done = {_key_of(result) for result in self.results}

    def has(self, trial: Trial, settings: Settings) -> bool:
        """Whether this trial was run before with the same settings."""
        definition = trial.definition
        key = (
            definition.set_name, definition.id, trial.noise, trial.seed,
            settings.backend, settings.units, settings.rows, settings.time, settings.threads,
        )  # fmt: skip
        return key in self._done

    def append(self, result: TrialResult) -> None:
        """Add one line by a single write, forced to the disk."""
        data = _line(_text(value) for value in astuple(result)).encode("utf-8")
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND)
        try:
            os.write(descriptor, data)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        self.results.append(result)
        self._done.add(_key_of(result))


def read_results(path: str | Path) -> list[TrialResult]:
    """Read a results file; an unfinished last line is left out."""
    text = Path(path).read_text(encoding="utf-8")
    return _parsed(text[: text.rfind("\n") + 1], Path(path))


def _parsed(text: str, path: Path) -> list[TrialResult]:
    rows = list(csv.reader(io.StringIO(text)))
    if rows and tuple(rows[0]) != COLUMNS:
        raise ResultsError(path=str(path), reason="the columns are not those of this version's results")
    try:
        return [TrialResult(**_read(row)) for row in rows[1:]]
    except ValueError as error:
        raise ResultsError(path=str(path), reason=f"a line cannot be read: {error}") from None


def _read(row: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for entry, text in zip(fields(TrialResult), row, strict=True):
        kind = str(entry.type)
        if kind == "bool":
            values[entry.name] = {"true": True, "false": False}[text] if text in ("true", "false") else None
            if values[entry.name] is None:
                raise ValueError(f"{entry.name} is '{text}', not true or false")
        else:
            values[entry.name] = {"int": int, "float": float}.get(kind, str)(text)
    return values


def _key_of(result: TrialResult) -> Key:
    return tuple(getattr(result, name) for name in _KEY)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value) if isinstance(value, float) else str(value)


def _line(values: Iterable[str]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerow(values)
    return stream.getvalue()


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts over the trials of one set at one level of noise; the three rules are never mixed.

    ``symbolic`` and ``numeric`` count the trials that each way of judging alone would call recovered.
    """

    set: str
    noise: float
    units: bool
    trials: int
    recovered: int
    strict: int
    on_front: int
    symbolic: int
    numeric: int
    failed: int
    median_seconds: float
    ninety_percent_seconds: float


def summarise(results: Iterable[TrialResult], together: str | None = None) -> list[Summary]:
    """One summary for each set, level of noise, and with or without units, in that order.

    ``together`` is a name under which all sets are counted as one.
    """
    groups: dict[tuple[str, float, bool], list[TrialResult]] = {}
    for result in results:
        groups.setdefault((together or result.set, result.noise, result.units), []).append(result)
    return [_summary(key, groups[key]) for key in sorted(groups)]


def _summary(key: tuple[str, float, bool], results: list[TrialResult]) -> Summary:
    seconds = [result.seconds for result in results if np.isfinite(result.seconds)] or [float("nan")]
    forgiven = ("zero", "offset", "factor")
    return Summary(
        set=key[0],
        noise=key[1],
        units=key[2],
        trials=len(results),
        recovered=sum(result.recovered for result in results),
        strict=sum(result.strict for result in results),
        on_front=sum(result.on_front for result in results),
        symbolic=sum(result.symbolic in forgiven for result in results),
        numeric=sum(result.numeric in forgiven for result in results),
        failed=sum(result.status == "failed" for result in results),
        median_seconds=float(np.median(seconds)),
        ninety_percent_seconds=float(np.quantile(seconds, 0.9)),
    )
