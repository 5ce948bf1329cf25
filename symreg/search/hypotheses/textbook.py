"""Does a known law explain this table? Each law of a library in every role its dimensions allow, fitted and ranked.

Analogies are ranked by a message length: what the residuals take, half of log2(rows) bits for each fitted constant, and
the bits by which the analogy is unlikely (``analogy``). Laws that are the same function here, however different in a
book, are told together: the likeliest speaks for them.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from symreg.formula import complexity
from symreg.problem import Candidate
from symreg.search.hypotheses.analogy import Analogy, analogies
from symreg.search.hypotheses.assessment import Assessed, Assessment
from symreg.search.hypotheses.law_library import TextbookLaw
from symreg.search.hypotheses.scope import Scope

ANALOGIES_AT_ONCE = 256  # analogies fitted between two looks at the clock
KEPT_ANALOGIES = 16  # laws
EXACT_ANALOGY = 1e-16  # of the target's spread: a smaller loss is no better
FITS_ALIKE = 1e-6  # of the loss by which two fits of the same function may differ
MOST_TOLD = 3  # of laws that are the same here


@dataclass(frozen=True, slots=True)
class Explanation:
    """An analogy with its constants fitted; ``bits`` is its message length, ``alike`` name laws of the same form."""

    analogy: Analogy
    assessed: Assessed
    bits: float
    alike: tuple[str, ...] = ()

    @property
    def candidate(self) -> Candidate:
        """The candidate, with the name of the law and what else has its form."""
        told = ", ".join(self.alike[:MOST_TOLD]) + (", ..." if len(self.alike) > MOST_TOLD else "")
        notes = (self.analogy.note, *((f"of the same form in this table: {told}",) if told else ()))
        return replace(self.assessed.candidate, notes=notes)


def explanations(
    laws: Iterable[TextbookLaw], scope: Scope, assessment: Assessment, spent: Callable[[], bool]
) -> list[Explanation]:
    """The best analogy of each law, shortest first, ``KEPT_ANALOGIES`` at most; no more is tried once ``spent()``."""
    best: dict[str, Explanation] = {}
    found = (one for law in laws for one in analogies(law, scope))
    while not spent() and (some := list(itertools.islice(found, ANALOGIES_AT_ONCE))):
        for one in _explained(some, assessment):
            law = one.analogy.law.id
            if law not in best or one.bits < best[law].bits:
                best[law] = one
    return list(_distinct(sorted(best.values(), key=lambda one: one.bits)))[:KEPT_ANALOGIES]


def _explained(some: list[Analogy], assessment: Assessment) -> Iterator[Explanation]:
    limit = assessment.space.max_complexity
    some = [one for one in some if complexity(one.expression) <= limit]
    candidates = [Candidate(one.expression, one.constants, f"library: {one.law.name}") for one in some]
    for one, assessed in zip(some, assessment.fitted(candidates), strict=True):
        if isinstance(assessed, Assessed) and assessed.loss < 1:  # better than the mean
            residual = assessment.n_rows / 2 * math.log2(max(assessed.loss, EXACT_ANALOGY))
            constants = len(one.constants) / 2 * math.log2(assessment.n_rows)
            yield Explanation(one, assessed, residual + constants + one.bits)


def _distinct(ranked: Iterable[Explanation]) -> list[Explanation]:
    """One for all laws that fit alike with as many constants."""
    found: list[Explanation] = []
    for one in ranked:
        for place, other in enumerate(found):
            if _same(one, other):
                found[place] = replace(other, alike=(*other.alike, one.analogy.law.name))
                break
        else:
            found.append(one)
    return found


def _same(one: Explanation, other: Explanation) -> bool:
    if len(one.analogy.constants) != len(other.analogy.constants):
        return False
    first, second = max(one.assessed.loss, EXACT_ANALOGY), max(other.assessed.loss, EXACT_ANALOGY)
    return abs(first - second) <= FITS_ALIKE * second
