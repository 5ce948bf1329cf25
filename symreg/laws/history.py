"""How the best law of a search changed with time: one moment for each law that was the best."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isnan

from symreg.laws.law import ParetoFront
from symreg.laws.selection import judged_by

LEAST_STEP = 1.0
"""Seconds from one look at the best law to the next where nobody else looks: making a front takes some hundredths of a
second. Set by hand."""

STEP_SHARE = 0.1
"""Of the time that has passed, the least step: of a long search a hundred looks are plenty. Set by hand."""


@dataclass(frozen=True, slots=True)
class Moment:
    """From ``seconds`` and ``evaluated`` combinations on this law was the best: its ``formula``, its ``complexity`` and
    its ``error`` on the rows that judge laws, in the target's unit."""

    seconds: float
    evaluated: int
    complexity: int
    error: float
    formula: str


@dataclass(slots=True)
class Course:
    """What is taken down while a search goes on."""

    moments: list[Moment] = field(default_factory=list)
    due: float = LEAST_STEP

    def is_due(self, seconds: float) -> bool:
        """Whether it is time to look at the best law again."""
        return seconds >= self.due

    def note(self, seconds: float, evaluated: int, front: ParetoFront) -> None:
        """Take down the selected law of ``front``, if it is another than before."""
        self.due = seconds + max(LEAST_STEP, STEP_SHARE * seconds)
        if not 0 <= front.selected < len(front):
            return
        law = front.best
        now = Moment(seconds, evaluated, law.complexity, judged_by(law).rmse, law.formula)
        if not self.moments or not _is_same(self.moments[-1], now):
            self.moments.append(now)


def _is_same(one: Moment, other: Moment) -> bool:
    return one.formula == other.formula and (one.error == other.error or (isnan(one.error) and isnan(other.error)))
