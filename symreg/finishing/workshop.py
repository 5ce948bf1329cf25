"""The workshop: candidates that were fitted so far, and the fronts made of them."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from symreg.arrays import Floats
from symreg.finishing.all_rows import AllRows, each_law_once
from symreg.finishing.allowed import is_allowed
from symreg.finishing.bits import RESOLUTION
from symreg.finishing.finished import AS_PROPOSED, Finished
from symreg.finishing.finisher import Finisher
from symreg.finishing.law_making import as_law
from symreg.finishing.noise import on_asked_rows, saved_by_growing, saved_by_long_tails
from symreg.finishing.passes import canonical, shortened, shown, tidied
from symreg.finishing.rewriting import sharing
from symreg.finishing.shape import Shape, shape_of
from symreg.finishing.simplifying import simplified
from symreg.finishing.unwrapping import unwrapped
from symreg.fitting import EveryRow, Fitted, Fitter, within_bounds
from symreg.formula import Expression, complexity, tree_bits
from symreg.laws import Law, ParetoFront, pareto_front
from symreg.problem import SHRINKS, Candidate, is_short, most_constants
from symreg.search import FEW_CONSTANTS

FINISHED_LAWS = 24  # candidates that are rewritten at the end
SIMPLIFIED_LAWS = 6  # of these, simplified whatever their loss
DOUBTED_LAWS = 12
"""That are asked how errors go: the best of each complexity, one of which has the form where any law has. Each takes a
few milliseconds."""

RETAKEN_LAWS = 100
"""That are fitted again where a search finds on its way that squares are not how residuals count, or at its end that
errors grow: up to a second's work. Of those farther off no law is made by then."""

LAST_SECONDS = 1.0
"""For fits to all rows of a long table where no time is left: some turns of a pass. Less hardly gets beyond the rows of
the sample, more is late; set by hand."""

GUESS = "guess"
SAME_FUNCTION = 1e-6  # of the spread of its values by which two fits of one function may differ
RUNNER_UP_BITS = 25.0  # bits by which the message of a runner-up is longer than the shortest


@dataclass(slots=True, eq=False)
class Workshop:
    """Collects fitted candidates; makes a quick front while a search goes on and a careful one at its end.

    ``finisher`` is where all is decided; ``whole`` has all rows of a table that is too long for that, and laws are
    fitted to them and scored on them before they are ranked, at once or in passes that are over at ``due``, a time of
    ``time.monotonic()``.
    """

    finisher: Finisher
    whole: Fitter | EveryRow | None = None
    due: float | None = None
    _finished: dict[Expression, Finished] = field(default_factory=dict)
    _laws: dict[Expression, Law] = field(default_factory=dict)
    _beside: list[Finished] = field(default_factory=list)
    _refused: dict[Expression, str] = field(default_factory=dict)
    _shape: Shape = field(init=False)
    _all_rows: AllRows | None = field(init=False)

    def __post_init__(self) -> None:
        self._shape = shape_of(self.finisher.fitter)
        self._all_rows = None if self.whole is None else AllRows(self.finisher, self.whole)

    @property
    def notes(self) -> tuple[str, ...]:
        """How many formulas were not shown because they break limits on their values, by the limit."""
        counted = Counter(self._refused.values()).most_common()
        return tuple(
            f"{count:,} {'formula is' if count == 1 else 'formulas are'} not shown: each {reason}"
            for reason, count in counted
        )

    def take(self, candidates: Sequence[Candidate], source: str) -> None:
        """Fit what is new on all training rows; what is undefined there is left out."""
        candidates = candidates if source in AS_PROPOSED else [unwrapped(one) for one in candidates]
        for one in candidates:
            self._reprice(one)
        known = (self._finished, self._refused)
        new = [one for one in candidates if not any(one.expression in met for met in known)]
        new = list({one.expression: one for one in sorted(new, key=_priced_last)}.values())
        if source != GUESS and self.finisher.fitter.problem.template is None:
            most = most_constants(len(self.finisher.fitter.y))
            new = [one for one in new if len(one.constants) <= most]
        fits = self.finisher.fitter.fit([(one.expression, one.constants) for one in new])
        for one, fitted in zip(new, fits, strict=True):
            if fitted is None or not self.finisher.is_exact(fitted):
                continue
            may_be_said = source in AS_PROPOSED or self.finisher.is_sayable(fitted)
            if may_be_said and self._keeps_limits(fitted):
                measured = self.finisher.measured(fitted, source, one.form_bits)
                self._finished[fitted.expression] = replace(measured, notes=one.notes)

    def _reprice(self, candidate: Candidate) -> None:
        """A formula that was met before may come again with a shorter way to say its form."""
        met = self._finished.get(candidate.expression)
        if met is not None and candidate.form_bits is not None and candidate.form_bits < (met.form_bits or math.inf):
            again = self.finisher.measured(met.fitted, met.source, candidate.form_bits)
            self._finished[candidate.expression] = replace(again, notes=met.notes)

    def judge_by(self, fitter: Fitter, whole: Fitter | EveryRow | None = None, *, is_last: bool = False) -> None:
        """Fit everything again and from now on as this fitter does, and in the end as the one with all rows; what is
        near alone where that ``is_last``, the search being over."""
        self.finisher, self.whole = replace(self.finisher, fitter=fitter), whole
        self._all_rows = None if whole is None else AllRows(self.finisher, whole)
        # Under another loss than squares each refit is many, and of a thousand formulas few are near.
        few = is_last or fitter.loss != "squared"
        near = self.promising(RETAKEN_LAWS) if few else list(self._finished.values())
        taken, self._finished = near, {}
        self._laws.clear()
        for one in taken:
            candidate = Candidate(
                one.fitted.expression, one.fitted.restarted(), one.source, one.notes, one.form_bits
            )  # fmt: skip
            self.take([candidate], one.source)

    def saved_by_other_errors(self) -> tuple[float, float]:
        """Bits that the target takes less, as the laws that are near have it, if errors are a part of each value, and
        if they have long tails; 0 where that is not sure.
        """
        asked = on_asked_rows(self.finisher, [one.fitted for one in self.promising(DOUBTED_LAWS)])
        return saved_by_growing(*asked), saved_by_long_tails(*asked)

    def _keeps_limits(self, fitted: Fitted) -> bool:
        """Whether a law's values and a template's parameters stay where the user wants them."""
        template, expression = self.finisher.fitter.problem.template, fitted.expression
        fault = self._shape.fault(fitted)
        if template is not None and not within_bounds(self.finisher.fitter, template, fitted):
            fault = "has a parameter outside its bounds"
        if fault is not None:
            self._refused[expression] = fault
        return fault is None

    def promising(self, count: int) -> list[Finished]:
        """Up to ``count`` candidates: of the best of each complexity those no longer than the shortest message, from
        the simplest on, then the next short messages, then the best of the longer ones."""
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
        most = max((complexity(one.fitted.expression) for one in short[:1]), default=0)
        simple = [one for one in front if complexity(one.fitted.expression) <= most]
        chosen = {id(one): one for one in [*simple[: count // 2], *short, *front]}
        return list(chosen.values())[:count]

    def quick_front(self) -> ParetoFront:
        """The front of what is known now, without rewriting anything."""
        said = filter(None, map(self.finisher.said, self.promising(12)))
        return pareto_front(self._allowed([self._law(one) for one in said]))

    def _law(self, finished: Finished) -> Law:
        key = finished.fitted.expression
        if key not in self._laws:
            self._laws[key] = as_law(self.finisher, finished)
        return self._laws[key]

    def front(self, seconds: float, on_simplify: Callable[[], None] = lambda: None) -> ParetoFront:
        """The final front: rewritten, simplified (within these seconds), rechecked, ranked on held-out rows.

        ``on_simplify`` is called when the rewriting is done.
        """
        promising = self._undominated(self.promising(FINISHED_LAWS))
        promising += [shared for one in promising for shared in sharing(self.finisher, one)]
        short = [shortened(self.finisher, one) for one in promising]
        distinct = sorted(_each_once(short), key=lambda one: one.bits)
        chosen = _worth_simplifying(distinct)
        on_simplify()
        simple = simplified(self.finisher, chosen, seconds)
        said = [self.finisher.said(shown(self.finisher, one)) or self.finisher.said(one) for one in simple]
        kept = [one for one in _each_once(filter(None, said)) if self._keeps_limits(one.fitted)]
        laws = self._laws_of(self._named(self._each_function_once(kept)))
        beside = (one for one in distinct if one not in chosen and self._keeps_limits(one.fitted))
        self._beside = [*kept, *beside]
        return pareto_front(self._allowed(laws) or self._unsnapped(promising, seconds))

    def _laws_of(self, finished: Iterable[Finished]) -> list[Law]:
        """Laws fitted to all rows, with their scores there."""
        if self._all_rows is None:
            return [as_law(self.finisher, one) for one in finished]
        due = None if self.due is None else max(self.due, time.monotonic() + LAST_SECONDS)
        return self._all_rows.laws_of(list(finished), self._freed, due)

    def _freed(self, finished: Finished) -> Finished | None:
        """The law with the constants that it had before it was said with fewer, in the form that is shown."""
        if finished.freed is None or finished.source in AS_PROPOSED:
            return None
        twin = self.finisher.said(canonical(self.finisher, tidied(self.finisher, finished.freed)))
        return twin if twin is not None and self._keeps_limits(twin.fitted) else None

    def _undominated(self, promising: Sequence[Finished]) -> list[Finished]:
        """Without those that are no shorter than a law of few constants that leaves nothing, and leave something.

        None of them is on the front, and rewriting them takes as long as rewriting the others. With uncertainties or
        few rows to a constant, to leave nothing says less.
        """
        y = self.finisher.fitter.y
        nothing = RESOLUTION**2 * float(np.var(y)) * len(y)
        is_exact = {id(one): one.fitted.residual_sum <= nothing for one in promising}
        sizes = {id(one): complexity(one.fitted.expression) for one in promising}
        few = min(FEW_CONSTANTS, most_constants(len(y)))
        exact = [
            sizes[id(one)] for one in promising
            if is_exact[id(one)] and len(one.fitted.values) <= few and self._is_allowed(one.fitted.expression)
        ]  # fmt: skip
        if self.finisher.fitter.knows_errors or not exact:
            return list(promising)
        return [one for one in promising if is_exact[id(one)] or sizes[id(one)] < min(exact)]

    def _named(self, finished: Sequence[Finished]) -> list[Finished]:
        """The formulas with what was noted of a candidate that is the same function on the training rows.

        ``k*a**(3/2)`` is Kepler's law too, whoever found it first.
        """
        noted = [(one, self._values(one)) for one in self._finished.values() if one.notes]
        if not noted:
            return list(finished)
        named = []
        for one in finished:
            values, count = self._values(one), len(one.fitted.values)
            twins = (other for other, theirs in noted if len(other.fitted.values) == count and _alike(values, theirs))
            notes = [*one.notes, *(note for twin in twins for note in twin.notes)]
            named.append(replace(one, notes=tuple(dict.fromkeys(notes))))
        return named

    def _each_function_once(self, finished: Sequence[Finished]) -> list[Finished]:
        """Of formulas that are one function, with as many constants, the shortest to read, with the shortest message.

        ``sqrt(a + b*x**n)`` and ``a*sqrt(1 + (x/b)**n)`` are one law; the price of its form is that of either.
        """
        kept: list[tuple[Finished, Floats]] = []
        for one in sorted(finished, key=_how_it_reads):
            values, count = self._values(one), len(one.fitted.values)
            for place, (other, theirs) in enumerate(kept):
                if len(other.fitted.values) == count and _alike(values, theirs):
                    kept[place] = replace(other, bits=min(one.bits, other.bits)), theirs
                    break
            else:
                kept.append((one, values))
        return [one for one, _ in kept]

    def _values(self, finished: Finished) -> Floats:
        return self.finisher.fitter.predict(finished.fitted, self.finisher.fitter.X)

    def runners_up(self, front: ParetoFront, seconds: float) -> tuple[Law, ...]:
        """Laws beside the final front whose message is hardly longer than the shortest, shortest first.

        As many as are made within these seconds: one that is judged by refits takes hundreds of them.
        """
        end = time.monotonic() + seconds
        near = sorted(self._beside, key=lambda one: one.bits)
        near = [one for one in near if one.bits < near[0].bits + RUNNER_UP_BITS]
        # A law has its constants in order; two candidates may be one law.
        said = (self.finisher.said(canonical(self.finisher, one)) for one in near if time.monotonic() < end)
        kept = (one for one in said if one is not None)
        if self._all_rows is not None and isinstance(self.whole, EveryRow):
            laws: Iterable[Law] = self._all_rows.laws_beside(self.whole, list(kept), seconds)
        else:
            laws = (law for one in kept for law in self._laws_of([one]))
        shown = {law.expression for law in front}
        ordered = sorted(self._allowed(each_law_once(laws)), key=lambda law: law.description_length)
        return tuple(law for law in ordered if law.expression not in shown)

    def _unsnapped(self, promising: Sequence[Finished], seconds: float) -> list[Law]:
        """Laws with their constants left as they are: a number spelled out (2*pi) may be longer than a constant."""
        simple = simplified(self.finisher, _worth_simplifying(promising), seconds)
        tidy = [canonical(self.finisher, tidied(self.finisher, one)) for one in (*simple, *promising)]
        said = filter(None, map(self.finisher.said, (*tidy, *promising)))
        return self._allowed(self._laws_of(one for one in said if self._keeps_limits(one.fitted)))

    def _allowed(self, laws: Sequence[Law]) -> list[Law]:
        return [law for law in laws if law.dimension_ok and self._is_allowed(law.expression)]

    def _is_allowed(self, expression: Expression) -> bool:
        problem = self.finisher.fitter.problem
        return is_allowed(expression, problem.constraints) and is_short(problem.template, expression)


def _how_it_reads(one: Finished) -> tuple[int, float, float]:
    """Nodes, and the codes of operators: ``x/(k + x)`` before ``1/(k + 1/x)``."""
    tree = one.fitted.expression
    return complexity(tree), tree_bits(tree, 2), one.bits


def _each_once(finished: Iterable[Finished]) -> list[Finished]:
    """Each formula with its shortest message; of equal ones the first that was proposed."""
    ordered = sorted(finished, key=lambda one: one.bits)
    return list({one.fitted.expression: one for one in reversed(ordered)}.values())


def _alike(first: Floats, second: Floats) -> bool:
    """Whether values differ by rounding and by where a fit ended alone."""
    return bool(np.linalg.norm(first - second) <= SAME_FUNCTION * np.linalg.norm(first - first.mean()))


def _worth_simplifying(finished: Sequence[Finished]) -> list[Finished]:
    """The shortest descriptions, and those that no shorter formula fits better."""
    chosen, least = list(finished[:SIMPLIFIED_LAWS]), float("inf")
    for one in sorted(finished, key=lambda one: (complexity(one.fitted.expression), one.fitted.residual_sum)):
        if one.fitted.residual_sum < least:
            least = one.fitted.residual_sum
            chosen.append(one)
    return list({id(one): one for one in chosen}.values())


def _priced_last(candidate: Candidate) -> bool:
    """For a formula that comes twice in one round: the one that knows a price of its form counts."""
    return candidate.form_bits is not None
