"""What every report says, gathered once: texts, numbers and tables that each format then only spells.

Nothing here is escaped, because each format escapes in its own way; and no number is repeated on trust (see
``evidence``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from symreg.laws import Law, Score
from symreg.problem import limits_in_words
from symreg.report.certainty import Certainty, certainty_of
from symreg.report.constant_facts import (
    METHODS,
    ConstantFact,
    CorrelationFact,
    constant_fact,
    correlation_fact,
    with_intervals_shown,
)  # fmt: skip
from symreg.report.derivation import Derivation, derive
from symreg.report.evidence import Evidence, evidence_of
from symreg.search import completeness, not_asked
from symreg.typesetting import unit_plain
from symreg.uncertain_text import number_text, r2_text, uncertain_text
from symreg.version import package_version

if TYPE_CHECKING:
    from symreg.discovery import Discovery
    from symreg.problem import Problem

__all__ = ["ColumnFact", "ConstantFact", "Content", "CorrelationFact", "Fact", "FrontRow", "ScoreFact", "gather"]


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a two-column list."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class ScoreFact:
    """How good the selected law is on some rows."""

    rows: str
    n_rows: int
    rmse: str
    unit: str
    r2: str
    undefined: int


@dataclass(frozen=True, slots=True)
class FrontRow:
    """One law of the front."""

    law: Law
    selected: bool
    complexity: int
    train: str
    held_out: str
    r2: str
    bits: str
    constants: tuple[ConstantFact, ...]
    notes: str

    @property
    def constants_text(self) -> str:
        """The constants in one line of plain text."""
        from symreg.laws import constant_text

        return ", ".join(constant_text(constant) for constant in self.law.constants)


@dataclass(frozen=True, slots=True)
class ColumnFact:
    """One column of the table: its role is target, input, or unused."""

    name: str
    unit: str
    role: str
    lowest: str
    highest: str
    in_law: bool
    sigma: str


@dataclass(frozen=True, slots=True)
class Content:
    """A report before it is set: ``law`` and what hangs on it are None where no law was found."""

    discovery: Discovery
    title: str
    held_out_name: str
    law: Law | None
    evidence: Evidence | None
    derivation: Derivation | None
    constants: tuple[ConstantFact, ...]
    interval_name: str
    interval_method: str
    correlations: tuple[CorrelationFact, ...]
    scores: tuple[ScoreFact, ...]
    relative_error: str
    certainty: Certainty | None
    ruled_out: tuple[Fact, ...]
    certificate: str
    front: tuple[FrontRow, ...]
    columns: tuple[ColumnFact, ...]
    data: tuple[Fact, ...]
    notes: tuple[str, ...]
    environment: tuple[Fact, ...]

    @property
    def problem(self) -> Problem:
        """The question that was asked."""
        return self.discovery.problem


def gather(discovery: Discovery) -> Content:
    """Collect and check everything; raises ``ReportError`` where a stored score is not what its law gives."""
    problem, front = discovery.problem, discovery.front
    checked = [evidence_of(law, problem) for law in front]
    found = len(front) > 0 and 0 <= front.selected < len(front)
    law = front.best if found else None
    evidence = checked[front.selected] if found else None
    constants = () if law is None else with_intervals_shown(law, problem)
    shown = next((one.interval for one in constants if one.interval is not None), None)
    name = problem.judge
    return Content(
        discovery=discovery,
        title=problem.name,
        held_out_name=name,
        law=law,
        evidence=evidence,
        derivation=None if law is None else derive(law),
        constants=tuple(constant_fact(c) for c in constants),
        interval_name="interval" if shown is None else f"{100 * shown.level:g} % interval",
        interval_method=METHODS["wald" if shown is None else shown.method],
        correlations=() if law is None else tuple(correlation_fact(one) for one in law.correlations),
        scores=() if law is None or evidence is None else _scores(law, evidence, name),
        relative_error="" if evidence is None else _percent(evidence.typical_relative_error),
        certainty=certainty_of(discovery),
        ruled_out=_ruled_out(discovery),
        certificate=_certificate(discovery),
        front=tuple(_front_row(law, i == front.selected) for i, law in enumerate(front)),
        columns=tuple(_columns(problem, law)),
        data=tuple(_data(problem, law)),
        notes=tuple(dict.fromkeys([*_notes(discovery), *(law.notes if law else ())])),
        environment=tuple(_environment(discovery)),
    )


def _scores(law: Law, evidence: Evidence, held_out: str) -> tuple[ScoreFact, ...]:
    pairs = (("training", evidence.train), (held_out, evidence.held_out))
    return tuple(
        ScoreFact(rows, s.n_rows, number_text(s.rmse, 4), law.unit.text, r2_text(s.r2), s.undefined)
        for rows, s in pairs
        if s.n_rows
    )


def _percent(share: float) -> str:
    if not math.isfinite(share) or share == 0:
        return "" if share else "0"
    return f"{100 * share:.2g} %" if share >= 1e-6 else f"{share:.1e}"


def _front_row(law: Law, selected: bool) -> FrontRow:
    judged = law.held_out if law.held_out.n_rows else law.train
    notes = [*law.notes]
    if not law.dimension_ok:
        notes.append("dimension not checked")
    return FrontRow(
        law=law,
        selected=selected,
        complexity=law.complexity,
        train=_error_text(law.train),
        held_out=_error_text(law.held_out),
        r2=r2_text(judged.r2),
        bits=f"{law.description_length:.1f}" if math.isfinite(law.description_length) else "-",
        constants=tuple(constant_fact(c) for c in law.constants),
        notes="; ".join(notes),
    )


def _error_text(score: Score) -> str:
    if not score.n_rows:
        return "-"
    text = number_text(score.rmse, 4)
    return f"{text} ({score.undefined} rows undefined)" if score.undefined else text


def _certificate(discovery: Discovery) -> str:
    """The one sentence that no other system can say, or what is missing for it."""
    reached, template = discovery.complete_to_complexity, discovery.problem.template
    if template is not None and not template.is_bare:
        what = "its unknown functions were searched" if template.functions else "its parameters were fitted"
        return f"The form of the law was given, {template.text}, and {what}: no law of another form was considered."
    if reached is None:
        return "No complexity was searched completely: a shorter law may exist that was not seen."
    operators = discovery.problem.operators
    said = f"{completeness(reached, operators)}: none fits better than the laws below."
    return f"{said} {not_asked(operators)}".strip()


def _ruled_out(discovery: Discovery) -> tuple[Fact, ...]:
    reached = discovery.complete_to_complexity
    return (
        Fact("complete to complexity", "not reached" if reached is None else str(reached)),
        Fact("ruled out by units alone", f"{discovery.pruned_by_dimension:,}"),
        Fact("candidates evaluated", f"{discovery.evaluated:,}"),
        Fact("stopped because", discovery.stop_reason),
        Fact("status", discovery.status),
        Fact("time", _seconds(discovery.wall_seconds)),
        Fact("operators", " ".join(discovery.problem.operators)),
    )


def _seconds(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.3g} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"


def _columns(problem: Problem, law: Law | None) -> list[ColumnFact]:
    from symreg.formula import variables_of

    used = () if law is None else variables_of(law.expression)
    facts = []
    for column in problem.table.columns:
        role = (
            "target"
            if column.name == problem.target
            else "input"
            if column.name in problem.inputs
            else "unused"
        )
        values = np.asarray(column.user_values, dtype=np.float64)
        sigma = column.user_sigma
        facts.append(
            ColumnFact(
                name=column.name,
                unit=column.unit.text,
                role=role,
                lowest=number_text(float(values.min()), 5),
                highest=number_text(float(values.max()), 5),
                in_law=column.name in used,
                sigma="" if sigma is None else _range_text(float(sigma.min()), float(sigma.max())),
            )
        )
    return facts


def _range_text(low: float, high: float) -> str:
    return number_text(low, 3) if low == high else f"{number_text(low, 3)} to {number_text(high, 3)}"


def _data(problem: Problem, law: Law | None) -> list[Fact]:
    train, held_out = len(problem.train_rows), len(problem.held_out_rows)
    split = f"{train:,} for training, {held_out:,} held out (seed {problem.seed})"
    if problem.leave_one_out:
        split = "all for training; judged by leaving out one row at a time"
    elif problem.folds:
        split = f"all for training; judged by {problem.folds} refits, each on rows it did without (seed {problem.seed})"
    facts = [
        Fact("source", problem.table.source),
        Fact("rows", f"{problem.table.n_rows:,}"),
        Fact("split", split),
        Fact("free constants", _policy(problem)),
    ]
    known = [f"{c.name} = {_known_text(c.value, c.stderr, c.unit.scale)} {unit_plain(c.unit.text)}".strip()
             for c in problem.known_constants]  # fmt: skip
    facts.append(Fact("known constants", "; ".join(known) or "none"))
    if problem.offered:
        used = [] if law is None else [one.name for one in law.constants if one.name in problem.offered]
        needs = f"the law needs {', '.join(used)}" if used else "the law needs none of them"
        facts.append(Fact("offered for their dimensions", f"{', '.join(problem.offered)}; {needs}"))
    return facts


def _known_text(value: float, stderr: float, scale: float) -> str:
    return uncertain_text(value / scale, stderr / abs(scale))


def _policy(problem: Problem) -> str:
    free = problem.free_constants
    return "; ".join([_units_policy(problem), *limits_in_words(free.positive, free.limits)])


def _units_policy(problem: Problem) -> str:
    free = problem.free_constants
    if free.policy == "inferred":
        return "may carry whatever unit a law needs"
    if free.policy == "declared":
        return (
            "may carry "
            + ", ".join(unit_plain(unit.text) for unit in free.units)
            + ", their powers and products"
        )
    return "pure numbers, or with a unit at a price (auto)" if free.is_mixed else "dimensionless"


def _notes(discovery: Discovery) -> list[str]:
    problem = discovery.problem
    told = () if discovery.robustness is None else discovery.robustness.warnings
    notes = [*problem.table.notes, *problem.notes, *(note for note in discovery.notes if note not in told)]
    front = discovery.front
    if front.believed is not None:
        believed = front[front.believed]
        notes.append(
            f"this law was chosen by hand; the description length selects {believed.formula} "
            f"(complexity {believed.complexity})"
        )
    if problem.table.labels:
        notes.append("text columns that take no part in a law: " + ", ".join(problem.table.labels))
    return notes


def _environment(discovery: Discovery) -> list[Fact]:
    import platform

    return [
        Fact("symreg", package_version()),
        Fact("Python", platform.python_version()),
        Fact("NumPy", np.__version__),
        Fact("engine", discovery.engine),
        Fact("search", discovery.backend),
        Fact("machine", f"{platform.system()} {platform.machine()}"),
        Fact("seed", str(discovery.problem.seed)),
    ]
