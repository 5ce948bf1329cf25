"""Runs side by side: what they asked, which data they had, whether their laws are alike, and their constants."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from symreg.experiment import NoLawError, RecordedLaw, RunFolderError, StoredRun, UnreadableRun, read_stored_run
from symreg.laws import LawConstant
from symreg.sweeps.shape import shape_of

AGREEING_ERRORS = 2.0
"""Combined standard errors within which two values agree: 95 % of pairs that are the same lie there. Fewer call
chance a difference, more hide one; as in most fields."""

TOLD_DIGITS = 8
"""Hexadecimal digits of a hash that is shown: enough to see that two are the same, or not."""


@dataclass(frozen=True, slots=True)
class ComparedConstant:
    """A fitted constant in each run, in the unit of the first; ``distance`` is the largest between two of them.

    It is counted in combined standard errors: NaN where none is known, infinite where values without error differ.
    """

    name: str
    unit: str
    values: tuple[float, ...]
    stderrs: tuple[float, ...]
    distance: float

    @property
    def agrees(self) -> bool | None:
        """Whether all values agree within their errors; None where nobody can say."""
        return None if math.isnan(self.distance) else self.distance <= AGREEING_ERRORS


@dataclass(frozen=True, slots=True)
class Comparison:
    """Runs side by side. ``questions`` and ``data`` hold what differs, by key, as each run has it.

    ``shapes`` are those of the laws, empty where a run has none; ``constants`` those of laws that are written alike,
    and ``why_no_constants`` says why there are none.
    """

    runs: tuple[StoredRun, ...]
    questions: Mapping[str, tuple[str, ...]]
    data: Mapping[str, tuple[str, ...]]
    shapes: tuple[str, ...]
    constants: tuple[ComparedConstant, ...]
    why_no_constants: str

    @property
    def are_alike(self) -> bool:
        """Whether every run has a law, and all laws have one shape."""
        return "" not in self.shapes and len(set(self.shapes)) == 1


def recorded(folder: str | Path) -> StoredRun:
    """The run in ``folder``; RunFolderError where there is none, or it cannot be read."""
    record = read_stored_run(Path(folder))
    if record is None:
        reason = "not there; name the folder of a run that has begun, such as runs/kepler"
        raise RunFolderError(folder=str(folder), file="state.json", reason=reason)
    if isinstance(record, UnreadableRun):
        file, _, reason = record.reason.partition(": ")
        raise RunFolderError(folder=str(folder), file=file, reason=reason or "cannot be read")
    return record


def compare_runs(folders: Sequence[str | Path]) -> Comparison:
    """The runs in ``folders`` side by side; RunFolderError for one that cannot be read, NoLawError without any law."""
    records = [recorded(folder) for folder in folders]
    if all(record.law is None for record in records):
        advice = "Search first, or wait for it."
        raise NoLawError(folder=str(folders[0]), reason="None of these runs has a law yet.", advice=advice)
    return comparison_of(records)


def comparison_of(records: Sequence[StoredRun]) -> Comparison:
    """Records of runs side by side."""
    laws = [record.law for record in records]
    shapes = tuple("" if law is None else shape_of(law.expression, law.si_values) for law in laws)
    known = [law for law in laws if law is not None]
    complete = len(known) == len(laws)
    constants, why = _constants(known, shapes) if complete else ((), "not every run has a law")
    return Comparison(
        runs=tuple(records),
        questions=_differing([record.state.question for record in records]),
        data=_differing([_data(record.state.data) for record in records]),
        shapes=shapes,
        constants=constants,
        why_no_constants=why,
    )


def _differing(texts: Sequence[Mapping[str, str]]) -> dict[str, tuple[str, ...]]:
    keys = dict.fromkeys(key for each in texts for key in each)
    found = {key: tuple(each.get(key, "absent") for each in texts) for key in keys}
    return {key: values for key, values in found.items() if len(set(values)) > 1}


def _data(data: Mapping[str, Any]) -> dict[str, str]:
    """The fingerprint of a table as texts: rows, and for each column its unit and a mark of its values."""
    columns = {
        f"column {name}": f"[{column['unit']}], values {column['sha256'][:TOLD_DIGITS]}"
        for name, column in data["columns"].items()
    }
    return {"rows": str(data["rows"]), **columns}


def _constants(laws: Sequence[RecordedLaw], shapes: Sequence[str]) -> tuple[tuple[ComparedConstant, ...], str]:
    if len(set(shapes)) > 1:
        return (), "the laws are not alike"
    fitted = [{one.name: one for one in law.constants if one.kind == "free"} for law in laws]
    if len({law.formula for law in laws}) > 1 or any(each.keys() != fitted[0].keys() for each in fitted):
        return (), "the laws are alike and written differently, so that their constants mean other things"
    if any(len({each[name].unit.dimension for each in fitted}) > 1 for name in fitted[0]):
        return (), "the constants have other dimensions"
    found = tuple(_compared([each[name] for each in fitted]) for name in fitted[0])
    return found, "" if found else "the laws have no fitted constants"


def _compared(constants: Sequence[LawConstant]) -> ComparedConstant:
    unit = constants[0].unit
    values = tuple(float(unit.from_si(one.unit.to_si(one.value))) for one in constants)
    stderrs = tuple(abs(one.stderr * one.unit.scale / unit.scale) for one in constants)
    pairs = itertools.combinations(zip(values, stderrs, strict=True), 2)
    distances = [_distance(*first, *second) for first, second in pairs]
    distance = math.nan if any(map(math.isnan, distances)) else max(distances, default=math.nan)
    return ComparedConstant(constants[0].name, unit.text, values, stderrs, distance)


def _distance(value: float, stderr: float, other: float, other_stderr: float) -> float:
    """Between two values, in combined standard errors."""
    error = math.hypot(stderr, other_stderr)
    if not math.isfinite(error):
        return math.nan
    if error == 0.0:
        return 0.0 if value == other else math.inf
    return abs(value - other) / error
