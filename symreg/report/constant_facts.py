"""A law's constants as reports show them: values, intervals and correlations as text."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from symreg.laws import ConstantInterval, Law, LawConstant
from symreg.uncertain_text import number_text, uncertain_text

if TYPE_CHECKING:
    from symreg.laws import Correlation
    from symreg.problem import Problem

METHODS = {
    "wald": "from the standard errors",
    "profile": "from the profile of the sum of squares",
    "bootstrap": "by the studentised bootstrap",
}


@dataclass(frozen=True, slots=True)
class ConstantFact:
    """A constant of a law, as text: ``value`` as shown, ``fitted`` only where it differs; ``interval`` may be empty."""

    name: str
    value: str
    unit: str
    kind: str
    recognised: str
    fitted: str
    interval: str = ""


@dataclass(frozen=True, slots=True)
class CorrelationFact:
    """How far the errors of two constants of the selected law go together."""

    first: str
    second: str
    coefficient: str
    is_close: bool


def with_intervals_shown(law: Law, problem: Problem) -> tuple[LawConstant, ...]:
    """The constants with the intervals that were asked for, or else those of their standard errors."""
    if any(constant.interval is not None for constant in law.constants):
        return law.constants
    from symreg.certainty import with_intervals

    return with_intervals(problem, law, method="wald").constants


def correlation_fact(one: Correlation) -> CorrelationFact:
    """The pair as text, with more digits close to 1."""
    # Rounded to 1 a coefficient would say more than it does.
    text = f"{one.coefficient:.2f}" if abs(one.coefficient) < 0.99 else f"{one.coefficient:.6g}"
    return CorrelationFact(one.first, one.second, text, one.is_close)


def interval_text(interval: ConstantInterval | None) -> str:
    """``3.1 to 4.7``, to the second digit of its width; empty where no end is known."""
    if interval is None or math.isnan(interval.lower) or math.isnan(interval.upper):
        return ""
    low, high = interval.lower, interval.upper
    if math.isinf(low) and math.isinf(high):
        return "not bounded by the data"
    if math.isinf(low) or math.isinf(high):
        return f"below {number_text(high, 4)}" if math.isinf(low) else f"above {number_text(low, 4)}"
    largest, width = max(abs(low), abs(high)), high - low
    digits = 15 if width <= 0 else min(15, max(3, 2 + math.ceil(math.log10(largest) - math.log10(width))))
    return f"{number_text(low, digits)} to {number_text(high, digits)}"


def constant_fact(constant: LawConstant) -> ConstantFact:
    """The constant as text."""
    recognised = constant.snapped is not None
    exact = constant.kind == "known" and not constant.stderr > 0
    return ConstantFact(
        name=constant.name,
        value=constant.snapped or uncertain_text(constant.value, 0.0 if exact else constant.stderr),
        unit=constant.unit.text,
        kind={"free": "fitted", "known": "known"}[constant.kind] + (", exact" if exact else ""),
        recognised=constant.snapped or "",
        fitted=uncertain_text(constant.fitted_value, constant.stderr) if recognised else "",
        interval="" if recognised else interval_text(constant.interval),
    )
