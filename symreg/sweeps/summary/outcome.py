"""What came of one run of a sweep, read from its folder: a line of the summary, whatever state the run is in."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from symreg.errors import SymregError
from symreg.experiment import (
    Read,
    RecordedLaw,
    Specification,
    StoredRun,
    UnreadableRun,
    data_changes,
    read_stored_run,
)
from symreg.formula import Expression
from symreg.laws import constant_text
from symreg.sweeps.language import SweptRun
from symreg.sweeps.shape import shape_of
from symreg.sweeps.summary.recovery import Recovered, recovered

Status = Literal["to do", "running", "cut off", "interrupted", "failed", "finished", "another question", "unreadable"]
"""Of a run: not begun, as its folder says, or a folder that holds something else or cannot be read."""


@dataclass(frozen=True, slots=True)
class ByChance:
    """What differs from one run of a question to the next: seconds, formulas evaluated, when, and why it ended."""

    seconds: float = math.nan
    evaluated: int | None = None
    when: str = ""
    stop_reason: str = ""


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """A run of a sweep: its ``values`` on the axes, its ``status``, and the law that it selected, if there is one.

    ``asked`` says in one text what its data and its target are, so that laws are compared where these are the same.
    ``rmse`` and ``r2`` are of the rows that judge, ``rmse`` in ``unit``. ``shape`` is what alike laws share,
    ``recovered`` is None where the data were not drawn from a formula. ``trouble`` says why a folder was not taken.
    """

    name: str
    values: Mapping[str, str]
    asked: str
    status: Status
    target: str = ""
    unit: str = ""
    formula: str = ""
    expression: Expression | None = None
    shape: str = ""
    complexity: int | None = None
    rmse: float = math.nan
    r2: float = math.nan
    constants: tuple[str, ...] = ()
    recovered: Recovered | None = None
    trouble: str = ""
    by_chance: ByChance = ByChance()

    @property
    def has_law(self) -> bool:
        """Whether a law was selected, in a search that has ended by itself: what is the best so far counts nowhere."""
        return bool(self.shape) and self.status == "finished"

    @property
    def unexplained(self) -> float:
        """The part of the target's spread that the law leaves, from 0: the square root of 1 - R2."""
        return math.sqrt(max(0.0, 1.0 - self.r2)) if math.isfinite(self.r2) else math.nan


def outcome_of(run: SweptRun, runs_folder: Path, read: Read) -> RunOutcome:
    """What ``runs_folder`` holds of ``run``; nothing is raised for a folder that is missing, damaged or strange.

    A run whose data have changed since is one of another question. ``read`` holds the tables that were read for others.
    """
    base = {"name": run.name, "values": run.values, "asked": asked_by(run.specification)}
    record = read_stored_run(runs_folder / run.name)
    if record is None:
        return RunOutcome(**base, status="to do")  # type: ignore[arg-type]
    if isinstance(record, UnreadableRun):
        return RunOutcome(**base, status="unreadable", trouble=record.reason)  # type: ignore[arg-type]
    differences, trouble = record.differences(run.specification), ""
    if not differences:
        try:
            differences = list(data_changes(run.specification, runs_folder / run.name, read))
        except (SymregError, OSError) as error:
            trouble = f"whether the data are the same is not known: {error}"
    if differences:
        return RunOutcome(**base, status="another question", trouble="; ".join(differences))  # type: ignore[arg-type]
    return replace(_of_record(run, record), trouble=trouble)


def _of_record(run: SweptRun, record: StoredRun) -> RunOutcome:
    law = record.law
    return RunOutcome(
        name=run.name,
        values=run.values,
        asked=asked_by(run.specification),
        status=record.status,  # type: ignore[arg-type]
        target=record.target,
        unit=record.unit,
        formula="" if law is None else law.formula,
        expression=None if law is None else law.expression,
        shape="" if law is None else _shape(law),
        complexity=None if law is None else law.complexity,
        rmse=math.nan if law is None else law.rmse,
        r2=math.nan if law is None else law.r2,
        constants=() if law is None else tuple(map(constant_text, law.constants)),
        recovered=None if law is None else recovered(law, run.specification),
        by_chance=_by_chance(record),
    )


def _by_chance(record: StoredRun) -> ByChance:
    state = record.state
    return ByChance(float(state.wall_seconds), state.evaluated, record.when, state.stop_reason)


def _shape(law: RecordedLaw) -> str:
    return shape_of(law.expression, law.si_values)


def asked_by(specification: Specification) -> str:
    """Where the data come from and what is to be explained, without noise, seed and number of rows, as one text."""
    data = specification.data.model_dump(mode="json")
    drawn = data["generate"]
    if drawn is not None:
        drawn = {key: value for key, value in drawn.items() if key not in ("noise", "seed", "rows")}
    source = {"file": data["file"], "dataset": data["dataset"], "generate": drawn, "target": data["target"]}
    return json.dumps(source, sort_keys=True)
