"""The workshop: candidates that were fitted so far, and the fronts made of them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from symreg.allowed import is_allowed
from symreg.expression import Expression, complexity
from symreg.finishing import Finished, Finisher
from symreg.law import Law, ParetoFront, pareto_front
from symreg.search.backend import Candidate
from symreg.search.native import SHRINKS

FINISHED_LAWS = 24  # candidates that are rewritten at the end
SIMPLIFIED_LAWS = 6  # of these, simplified whatever their loss
NEAR = 25.0  # bits by which the message of a runner-up is longer than the shortest


@dataclass(slots=True, eq=False)
class Workshop:
    """Collects fitted candidates; makes a quick front while a search goes on and a careful one at its end."""

    finisher: Finisher
    _finished: dict[Expression, Finished] = field(default_factory=dict)
    _laws: dict[Expression, Law] = field(default_factory=dict)
    _beside: list[Finished] = field(default_factory=list)

    def take(self, candidates: Sequence[Candidate], source: str) -> None:
        """Fit what is new on all training rows; what is undefined there is left out."""
        new = [one for one in candidates if one.expression not in self._finished]
        fits = self.finisher.fitter.fit([(one.expression, one.constants) for one in new])
        for fitted in fits:
            if fitted is not None and self.finisher.is_exact(fitted):
                self._finished[fitted.expression] = self.finisher.measured(fitted, source)

    def promising(self, count: int) -> list[Finished]:
        """The best by loss at their complexity or below, and the shortest descriptions, up to ``count``."""
        limit = self.finisher.fitter.problem.constraints.max_complexity + SHRINKS
        possible = [one for one in self._finished.values() if complexity(one.fitted.expression) <= limit]
        ordered = sorted(
            possible, key=lambda one: (complexity(one.fitted.expression), one.fitted.residual_sum)
        )
        front, least = [], float("inf")
        for one in ordered:
            if one.fitted.residual_sum < least:
                front.append(one)
                least = one.fitted.residual_sum
        short = sorted(possible, key=lambda one: one.bits)[: count // 2]
        chosen = {id(one): one for one in [*short, *front[-(count // 2) :], *front]}
        return list(chosen.values())[:count]

    def quick_front(self) -> ParetoFront:
        """The front of what is known now, without rewriting anything."""
        return pareto_front(self._allowed([self._law(one) for one in self.promising(12)]))

    def _law(self, finished: Finished) -> Law:
        key = finished.fitted.expression
        if key not in self._laws:
            self._laws[key] = self.finisher.law(finished)
        return self._laws[key]

    def front(self, seconds: float) -> ParetoFront:
        """The final front: rewritten, simplified (within these seconds), rechecked, ranked on held-out rows."""
        promising = self.promising(FINISHED_LAWS)
        promising += [shared for one in promising for shared in self.finisher.sharing(one)]
        short = [self.finisher.shortened(one) for one in promising]
        distinct = list({one.fitted.expression: one for one in short}.values())
        distinct.sort(key=lambda one: one.bits)
        chosen = _worth_simplifying(distinct)
        simple = self.finisher.simplified(chosen, seconds)
        again = [self.finisher.shortened(one) for one in simple]
        laws = [self.finisher.law(one) for one in {one.fitted.expression: one for one in again}.values()]
        self._beside = [*again, *(one for one in distinct if one not in chosen)]
        return pareto_front(self._allowed(laws) or self._unsnapped(promising, seconds))

    def runners_up(self, front: ParetoFront, seconds: float) -> tuple[Law, ...]:
        """Laws beside the final front whose message is hardly longer than the shortest, shortest first.

        As many as are made within these seconds: one that is judged by refits takes hundreds of them.
        """
        end = time.monotonic() + seconds
        near = sorted(self._beside, key=lambda one: one.bits)
        near = [one for one in near if one.bits < near[0].bits + NEAR]
        # A law has its constants in order; two candidates may be one law.
        laws = (self.finisher.law(one) for one in near if time.monotonic() < end)
        distinct = {law.expression: law for law in laws}
        shown = {law.expression for law in front}
        return tuple(law for law in self._allowed(list(distinct.values())) if law.expression not in shown)

    def _unsnapped(self, promising: Sequence[Finished], seconds: float) -> list[Law]:
        """Laws with their constants left as they are: a number spelled out (2*pi) may be longer than a constant."""
        simple = self.finisher.simplified(_worth_simplifying(promising), seconds)
        return self._allowed([self.finisher.law(self.finisher.tidied(one)) for one in (*simple, *promising)])

    def _allowed(self, laws: Sequence[Law]) -> list[Law]:
        constraints = self.finisher.fitter.problem.constraints
        return [law for law in laws if law.dimension_ok and is_allowed(law.expression, constraints)]


def _worth_simplifying(finished: Sequence[Finished]) -> list[Finished]:
    """The shortest descriptions, and those that no shorter formula fits better."""
    chosen, least = list(finished[:SIMPLIFIED_LAWS]), float("inf")
    for one in sorted(finished, key=lambda one: (complexity(one.fitted.expression), one.fitted.residual_sum)):
        if one.fitted.residual_sum < least:
            least = one.fitted.residual_sum
            chosen.append(one)
    return list({id(one): one for one in chosen}.values())
