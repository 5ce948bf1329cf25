"""What a report says of one law of the front, each number computed again from the law."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from symreg.laws import Law
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
from symreg.report.notes import Notes, sorted_notes
from symreg.uncertain_text import number_text, r2_text

if TYPE_CHECKING:
    from symreg.discovery import Discovery

MOST_NINES = 12
"""Digits of R² behind the point: more are rounding of the sums it is made of."""

LEAST_PERCENTAGE = 1e-6
"""Share of a value that is still written in per cent, with three zeros behind the point: below, nobody counts them."""

FEW_BITS, MANY_BITS = 0.05, 1_000
"""A difference of descriptions below which it is said to be none, and above which only that it is larger: a thousand
bits are odds that nobody can picture."""


@dataclass(frozen=True, slots=True)
class ScoreFact:
    """How good a law is on some rows; ``in_errors`` is empty where no uncertainty is stated."""

    rows: str
    n_rows: int
    rmse: str
    unit: str
    r2: str
    undefined: int
    explained: str = ""
    in_errors: str = ""


@dataclass(frozen=True, slots=True)
class LawContent:
    """One law: ``number`` counts from 1 along the front.

    ``deviation`` is how far rows lie from the law, as a number and what it is a part of; ``sureness`` says how often
    other rows selected it, or how it compares to the selected one; ``behind`` is how many bits longer it takes to say.
    """

    law: Law
    number: int
    selected: bool
    evidence: Evidence
    derivation: Derivation
    constants: tuple[ConstantFact, ...]
    interval_name: str
    interval_method: str
    correlations: tuple[CorrelationFact, ...]
    scores: tuple[ScoreFact, ...]
    deviation: tuple[str, str]
    sureness: tuple[str, ...]
    behind: str
    notes: Notes


def law_contents(discovery: Discovery) -> tuple[LawContent, ...]:
    """Every law of the front; raises ``ReportError`` where a stored score is not what its law gives."""
    return tuple(_law_content(law, place, discovery) for place, law in enumerate(discovery.front))


def _law_content(law: Law, place: int, discovery: Discovery) -> LawContent:
    problem, front = discovery.problem, discovery.front
    evidence = evidence_of(law, problem)
    constants = with_intervals_shown(law, problem)
    shown = next((one.interval for one in constants if one.interval is not None), None)
    notes = law.notes if law.dimension_ok else (*law.notes, "dimension not checked")
    return LawContent(
        law=law,
        number=place + 1,
        selected=place == front.selected,
        evidence=evidence,
        derivation=derive(law),
        constants=tuple(constant_fact(one) for one in constants),
        interval_name="interval" if shown is None else f"{100 * shown.level:g} % interval",
        interval_method=METHODS["wald" if shown is None else shown.method],
        correlations=tuple(correlation_fact(one) for one in law.correlations),
        scores=_scores(law, evidence, problem.judge),
        deviation=deviation_of(evidence),
        sureness=_sureness(law, place, discovery),
        behind=behind_text(law, front.best) if 0 <= front.selected < len(front) else "\N{EN DASH}",
        notes=sorted_notes(notes),
    )


def _scores(law: Law, evidence: Evidence, held_out: str) -> tuple[ScoreFact, ...]:
    pairs = (("training", evidence.train), (held_out, evidence.held_out))
    return tuple(
        ScoreFact(
            rows, found.n_rows, number_text(found.rmse, 4), law.unit.text, r2_text(found.r2), found.undefined,
            explained_text(found.r2), "" if found.in_errors is None else number_text(found.in_errors, 2),
        )
        for rows, found in pairs
        if found.n_rows
    )  # fmt: skip


def explained_text(r2: float) -> str:
    """R² with as many nines as there are, and one digit more: ``0.99999994``."""
    if not math.isfinite(r2):
        return "\N{EN DASH}"
    if r2 < 0.9999:
        return f"{r2:.4f}"
    left = 1.0 - r2
    digits = MOST_NINES if left <= 0 else min(MOST_NINES, 1 - math.floor(math.log10(left)))
    text = f"{r2:.{digits}f}"
    return "1 within rounding" if float(text) >= 1 else text


def deviation_of(evidence: Evidence) -> tuple[str, str]:
    """The typical deviation as a part of the value; where values pass zero, the error as a part of their spread."""
    actual = evidence.actual
    if bool((actual > 0).all() or (actual < 0).all()):
        return percent(evidence.typical_relative_error), "typical deviation"
    left = evidence.residuals[np.isfinite(evidence.residuals)]
    spread = float(np.std(actual))
    if not left.size or not spread > 0:
        return "", ""
    return percent(float(np.sqrt(np.mean(np.square(left)))) / spread), "of the scatter is left"


def percent(share: float) -> str:
    """``2.1 %``; empty for what is no number; of what is next to nothing an upper bound."""
    if not math.isfinite(share) or share == 0:
        return "" if share else "0 %"
    return f"{100 * share:.2g} %" if share >= LEAST_PERCENTAGE else f"below {100 * LEAST_PERCENTAGE:g} %"


def behind_text(law: Law, best: Law) -> str:
    """How many bits the description of the law is longer than that of the selected one."""
    more = law.description_length - best.description_length
    if law is best or abs(more) < FEW_BITS:
        return "0"
    if not math.isfinite(more):
        return "\N{EN DASH}"
    if abs(more) > MANY_BITS:
        return "over 1,000" if more > 0 else "\N{MINUS SIGN}over 1,000"
    return f"{more:+.1f}".replace("-", "\N{MINUS SIGN}")


def _sureness(law: Law, place: int, discovery: Discovery) -> tuple[str, ...]:
    """How often this form was selected, and how many others fit alike, or what speaks for another law."""
    found, front = discovery.robustness, discovery.front
    said = []
    for one in () if found is None else (found.stability, found.searches):
        if one is not None:
            what = "searches of drawn rows" if one.searched else "resamples of the rows"
            said.append(f"selected in {dict(one.counts).get(law.formula, 0)} of {one.drawn} {what}")
    if place == front.selected:
        rivals = 0 if found is None else len(found.rivals) + found.more_rivals
        if found is not None:
            said.append(f"{rivals} other law{'s' * (rivals != 1)} fit{'s' * (rivals == 1)} alike" if rivals else
                        "no other law fits alike")  # fmt: skip
        return (*said,) if said else ("not examined",)
    is_rival = found is not None and any(one.law.formula == law.formula for one in found.rivals)
    return (*said, *(["fits as well as the selected law"] if is_rival else []), "not the law that is selected")
