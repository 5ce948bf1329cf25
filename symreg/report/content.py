"""What every report says, gathered once: texts, numbers and tables that each format then only spells.

Nothing here is escaped, because each format escapes in its own way; and no number is repeated on trust (see
``evidence``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from symreg.laws import Law, Score
from symreg.problem import limits_in_words
from symreg.report.certainty import Certainty, certainty_of
from symreg.report.constant_facts import METHODS, ConstantFact, CorrelationFact, constant_fact
from symreg.report.derivation import Derivation
from symreg.report.evidence import Evidence
from symreg.report.law_content import LawContent, ScoreFact, law_contents
from symreg.report.notes import Notes, sorted_notes
from symreg.search import completeness, not_asked
from symreg.typesetting import unit_plain
from symreg.uncertain_text import number_text, r2_text, uncertain_text
from symreg.version import package_version

if TYPE_CHECKING:
    from symreg.discovery import Discovery
    from symreg.problem import Problem

__all__ = ["ColumnFact", "Content", "Fact", "FrontRow", "gather"]


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a two-column list."""

    name: str
    text: str


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
    """A report before it is set: ``best`` and what hangs on it are None or empty where no law was found."""

    discovery: Discovery
    title: str
    held_out_name: str
    laws: tuple[LawContent, ...]
    certainty: Certainty | None
    ruled_out: tuple[Fact, ...]
    certificate: str
    front: tuple[FrontRow, ...]
    columns: tuple[ColumnFact, ...]
    data: tuple[Fact, ...]
    notes: tuple[str, ...]
    kinds_of_notes: Notes
    environment: tuple[Fact, ...]

    @property
    def problem(self) -> Problem:
        """The question that was asked."""
        return self.discovery.problem

    @property
    def best(self) -> LawContent | None:
        """What is said of the selected law."""
        return next((one for one in self.laws if one.selected), None)

    @property
    def law(self) -> Law | None:
        """The selected law."""
        return None if self.best is None else self.best.law

    @property
    def evidence(self) -> Evidence | None:
        """What the selected law says about the table."""
        return None if self.best is None else self.best.evidence

    @property
    def derivation(self) -> Derivation | None:
        """Why the units of the selected law are right."""
        return None if self.best is None else self.best.derivation

    @property
    def constants(self) -> tuple[ConstantFact, ...]:
        """The constants of the selected law."""
        return () if self.best is None else self.best.constants

    @property
    def interval_name(self) -> str:
        """What the intervals of its constants are called."""
        return "interval" if self.best is None else self.best.interval_name

    @property
    def interval_method(self) -> str:
        """How they were made."""
        return METHODS["wald"] if self.best is None else self.best.interval_method

    @property
    def correlations(self) -> tuple[CorrelationFact, ...]:
        """How far the errors of its constants go together."""
        return () if self.best is None else self.best.correlations

    @property
    def scores(self) -> tuple[ScoreFact, ...]:
        """How good it is on each part of the rows."""
        return () if self.best is None else self.best.scores


def gather(discovery: Discovery) -> Content:
    """Collect and check everything; raises ``ReportError`` where a stored score is not what its law gives."""
    whole, front = discovery.problem, discovery.front
    if whole.is_long:
        discovery = replace(discovery, problem=whole.thinned())
    problem, laws = discovery.problem, law_contents(discovery)
    found = 0 <= front.selected < len(front)
    law = front.best if found else None
    notes = _notes(discovery)
    return Content(
        discovery=discovery,
        title=problem.name,
        held_out_name=problem.judge,
        laws=laws,
        certainty=certainty_of(discovery),
        ruled_out=_ruled_out(discovery),
        certificate=_certificate(discovery),
        front=tuple(_front_row(law, i == front.selected) for i, law in enumerate(front)),
        columns=tuple(_columns(whole, law)),
        data=tuple(_data(whole, law)),
        notes=tuple(dict.fromkeys([*notes, *(law.notes if law else ())])),
        kinds_of_notes=sorted_notes(notes),
        environment=tuple(_environment(discovery)),
    )


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
        *_looked_at(problem),
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


def _looked_at(problem: Problem) -> list[Fact]:
    """Of a long table, what is told of a sample."""
    if not problem.is_long:
        return []
    count = problem.thinned().table.n_rows
    return [Fact("looked at", f"{count:,} rows, drawn at random: figures, typical deviations, rivals, rows far off")]


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
