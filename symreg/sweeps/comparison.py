"""Runs side by side: what they asked, which data they had, whether their laws are alike, and their constants."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from symreg.experiment import NoLawError, RecordedLaw, RunFolderError, StoredRun, UnreadableRun, read_stored_run
from symreg.laws import LawConstant
from symreg.sweeps.shape import shape_of

LEAST_CHANCE = 0.0455
"""That constants which are the same come out as far apart as these: what is less likely is said to disagree. Of two
values these are 2 combined standard errors, as in most fields; a smaller one hides differences."""

TOLD_DIGITS = 8
"""Hexadecimal digits of a hash that is shown: enough to see that two are the same, or not."""


@dataclass(frozen=True, slots=True)
class ComparedConstant:
    """A fitted constant in each run, in the unit of the first, with standard errors.

    ``chance`` is the probability that values which are the same come out as far apart, from chi squared around their
    weighted mean; NaN where an error is not known. Runs on the same rows are no independent measurements.
    """

    name: str
    unit: str
    values: tuple[float, ...]
    stderrs: tuple[float, ...]
    chance: float

    @property
    def agrees(self) -> bool | None:
        """Whether all values agree within their errors; None where nobody can say."""
        return None if math.isnan(self.chance) else self.chance >= LEAST_CHANCE


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
    return ComparedConstant(constants[0].name, unit.text, values, stderrs, chance_of(values, stderrs))


def chance_of(values: Sequence[float], stderrs: Sequence[float]) -> float:
    """That values of one constant with these errors are as far apart; one without error is taken as the constant."""
    if not all(map(math.isfinite, (*values, *stderrs))):
        return math.nan
    exact = {value for value, stderr in zip(values, stderrs, strict=True) if stderr == 0.0}
    measured = [(value, stderr) for value, stderr in zip(values, stderrs, strict=True) if stderr > 0.0]
    if len(exact) > 1:
        return 0.0
    weights = [(value, stderr**-2) for value, stderr in measured]
    middle = exact.pop() if exact else sum(v * w for v, w in weights) / sum(w for _, w in weights)
    freedom = len(measured) if len(measured) < len(values) else len(measured) - 1
    if freedom < 1:
        return 1.0
    from scipy.stats import chi2

    return float(chi2.sf(sum(w * (v - middle) ** 2 for v, w in weights), freedom))
