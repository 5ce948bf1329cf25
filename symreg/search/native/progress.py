"""How far a search has come: the best laws so far, what they leave over, and whether that is reason to stop."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from symreg.formula import Expression, name_bits_of, small_sample_bits, tree_bits
from symreg.problem import most_constants
from symreg.search.backend import EndEarly
from symreg.search.native.probes import Probes, probes_of, smoothed_probes, target_at
from symreg.search.native.proposal import Draft
from symreg.search.native.questions import FEWEST_SURFACE_ROWS, Smoother, leaves_pattern, leaves_wave
from symreg.search.native.refine import Refined, Refiner
from symreg.search.space import SearchSpace

Floats = npt.NDArray[np.float64]
EXACT_LOSS = 1e-20  # loss below which what is left is rounding
PATIENCE = 2  # levels of every hunt without a shorter description before a law at the noise is believed
SURELY_EXACT = 1e-26  # loss that no chance approximation of a handful of constants reaches
FEW_CONSTANTS, SOME_CONSTANTS = 3, 5  # of an exact law: more of them follow any smooth curve to the last digits
WORTH_WAITING = 3.0  # bits by which a description must be shorter to be news
LEAST_LEVEL = 5  # of every hunt: up to here a search takes a moment
ODD = 3.0  # bits that a fitted number pays for being none of the simple ones
OF_A_LEVEL = 2.5  # bits by which formulas grow with each level; a little less, so that chance has its share
LONGEST_WAIT = 8  # levels; what is left could be chance, and each level takes twice as long as the one before
LONGEST_WAIT_PLAIN = 3  # for a law that owes nothing to fitted constants
SIMPLE_RATIOS = np.array([1.0, 2.0, 3.0, 4.0])
MULTIPLES_ALIKE = 0.01  # coefficients that are simple multiples of each other, apart from what noise makes of them
LEAST_EXPLAINED = 0.1  # loss above which what nothing follows need not be noise: half a law leaves as much
MOST_NOISE = 0.02  # loss that may be noise, a seventh of the target's spread: with more, few would look for a law
SLACK = 1.15  # of known uncertainties
MOST_KNOWN = 20_000
"""Formulas whose own bits are kept: those of many levels, a few MB. A bound on memory alone."""

Said = tuple[Expression, tuple[str, ...], float | None]  # what the own bits of a formula depend on


@dataclass(slots=True, eq=False)
class Progress:
    """The best laws so far, when they were reached, and what they leave over."""

    space: SearchSpace
    refiner: Refiner
    smoother: Smoother | None = None  # of the whole question: it judges what a law leaves over
    nearest: Smoother | None = None  # of the smallest question: it takes away the noise
    best: Refined | None = None  # of least loss
    least: float = float("inf")
    law: Refined | None = None  # of the shortest description
    bits: float = float("inf")
    _fitted: tuple[Refined, Floats] | None = None  # the law that was judged last, and its predictions
    _asked: tuple[Refined, bool] | None = None  # the law of which neighbours were asked last, and their answer
    _noise: tuple[Refined, Smoother | None, bool] | None = None  # the law that was asked so last, and its answer
    _own: dict[Said, float] = field(default_factory=dict)
    level: int = 0  # at which the shortest description was found, or its like would have been

    def taken(self, level: int, found: Sequence[Refined]) -> list[Refined]:
        """What a level has brought with its losses in the target itself, noise and all, best first."""
        losses = self._losses([one.draft for one in found])
        found = [replace(one, loss=loss) for one, loss in zip(found, losses, strict=True) if np.isfinite(loss)]
        found.sort(key=lambda one: (one.loss, one.complexity))
        if found and found[0].loss < self.least:
            self.best, self.least = found[0], found[0].loss
        shortest = min(found, key=self.bits_of, default=None)
        bits = math.inf if shortest is None else self.bits_of(shortest)
        if shortest is not None and bits < self.bits:
            if bits < self.bits - WORTH_WAITING:
                # A product of powers comes long before sums of its length. Where residuals cannot tell whether it is
                # the law, these must have had their turn.
                nodes = shortest.complexity - 2 * len(shortest.draft.names)
                self.level = level if len(self.space.target) >= FEWEST_SURFACE_ROWS else max(level, nodes)
            self.bits, self.law = bits, shortest
        return found

    def _losses(self, drafts: Sequence[Draft]) -> list[float]:
        """Losses in the target itself, at all rows or as many as are looked at."""
        if not drafts:
            return []
        rows = np.arange(len(self.space.target)) if self.smoother is None else self.smoother.rows
        sigma = None if self.space.sigma is None else self.space.sigma[rows]
        losses = probes_of(self.space.target[rows], sigma).loss(self.refiner.predict(drafts, rows))
        return [float(loss) for loss in losses]

    def bits_of(self, one: Refined) -> float:
        """A rough description length."""
        return 0.5 * len(self.space.target) * float(np.log2(max(one.loss, EXACT_LOSS))) + self.own_bits(one)

    def own_bits(self, one: Refined) -> float:
        """What a formula and its constants add to the description length."""
        known = self._own.get(_said(one))
        return self._own_bits(one) if known is None else known

    def knows(self, one: Refined, own: float) -> None:
        """Take this for what a formula and its constants add, which takes a millisecond to work out."""
        if len(self._own) >= MOST_KNOWN:
            self._own.clear()
        self._own[_said(one)] = own

    def _own_bits(self, one: Refined) -> float:
        n_rows = len(self.space.target)
        form = tree_bits(one.draft.expression, len(self.space.leaves) + 1)
        if one.draft.form_bits is not None:
            form = min(form, one.draft.form_bits)
        units = self.space.units_of_inputs.values()
        named = name_bits_of(one.draft.expression, one.draft.names, self.space.n_inputs, ones=units)
        form = form if named is None else min(form, named)
        count = len(one.draft.names)
        own = form + 0.5 * (count - 1) * float(np.log2(n_rows))  # the factor in front is paid for by all
        return own + small_sample_bits(n_rows, count)

    def surface(self) -> Callable[[npt.NDArray[np.int64]], Probes] | None:
        """The target at any of the smoother's rows without most of its noise; None where the data do not allow that."""
        smoother = self.nearest
        if smoother is None or self.best is None:
            return None
        surface = smoother.surface(self.refiner.predict([self.best.draft], smoother.rows)[0])
        if not surface.is_nearer:
            return None

        def at(rows: npt.NDArray[np.int64]) -> Probes:
            where = np.searchsorted(smoother.rows, rows)
            return smoothed_probes(surface.values[where], surface.sigma[where])

        return at

    def reason_to_stop(self, level: int, *, is_thorough: bool, end_early: EndEarly = "noise") -> str | None:
        """Why to go no further, if there is a reason; ``is_thorough`` says that simple forms have all had their turn.

        That a longer formula would not pay for its length is no reason: the next one might. ``end_early``: the reasons
        that count, see ``Budget``.
        """
        if self.best is None or self.law is None or end_early == "never":
            return None
        if self.is_exact(is_thorough):
            return "residual at rounding"
        if end_early == "exact":
            return None
        waited = level - self.level
        if waited < PATIENCE or level < LEAST_LEVEL or self.least > LEAST_EXPLAINED or not is_thorough:
            return None
        predicted = self._predicted(self.law)
        if not self._at_the_noise(self.law, predicted) or waited < self._worth_trying(self.law, predicted):
            return None
        return "residual at the noise"

    def is_exact(self, is_thorough: bool) -> bool:
        """Whether what is left is rounding, and not because many constants follow the curve."""
        if self.best is None or self.least >= EXACT_LOSS:
            return False
        constants = len(self.best.draft.names)
        if constants > most_constants(len(self.space.target)) or self.best.complexity > self.space.max_complexity:
            return False  # it passes through all rows, or will not be shown
        surely = constants <= FEW_CONSTANTS or (self.least < SURELY_EXACT and constants <= SOME_CONSTANTS)
        return surely or is_thorough

    def is_at_the_noise(self) -> bool:
        """Whether the shortest description leaves no pattern: what is longer could only be nearer by chance."""
        if self.law is None or self.least > LEAST_EXPLAINED:
            return False
        known = self._noise
        if known is None or known[0] is not self.law or known[1] is not self.smoother:
            verdict = self._at_the_noise(self.law, self._predicted(self.law))
            self._noise = known = self.law, self.smoother, verdict
        return known[2]

    def may_be_noise(self) -> bool:
        """Whether the shortest description explains so much, and resembles so little where rows are neighbours, that
        what it leaves could be noise: no proof, but reason to try first what noise does not disturb."""
        law = self.law
        if law is None or law.loss > MOST_NOISE or law.loss < EXACT_LOSS:
            return False
        if self._asked is None or self._asked[0] is not law:
            rows = self.refiner.rows
            left = self.space.target[rows] - self.refiner.predict([law.draft], rows)[0]
            is_quiet = bool(np.isfinite(left).all()) and not leaves_pattern(self.space.inputs[:, rows], left)
            self._asked = law, is_quiet
        return self._asked[1]

    def _predicted(self, law: Refined) -> Floats | None:
        """Predictions by the law as it fits all the rows of the smoother, where there is one.

        Fitted to a surface or to fewer rows, its constants are off by more than these rows forgive.
        """
        if self.smoother is None:
            return None
        if self._fitted is None or self._fitted[0] is not law:
            rows = self.smoother.rows
            refiner = Refiner(self.space, self.refiner.engine, self.refiner.threads, target_at(self.space, rows), rows)
            fitted = refiner.again([law]) or [law]
            self._fitted = law, self.refiner.predict([fitted[0].draft], rows)[0]
        return self._fitted[1]

    def _worth_trying(self, law: Refined, predicted: Floats | None) -> float:
        """Levels that a better law may lie beyond this one: what it would gain pays for so many nodes."""
        constants = 0 if _is_plain(law.draft) else len(law.draft.names)
        gain = constants * (0.5 * math.log2(len(self.space.target)) + ODD)
        if self.smoother is not None and predicted is not None:
            gain += self.smoother.bits_left(predicted)
        return min(gain / OF_A_LEVEL, LONGEST_WAIT if constants else LONGEST_WAIT_PLAIN)

    def _at_the_noise(self, law: Refined, predicted: Floats | None) -> bool:
        """Whether the law leaves no pattern, and is as near as uncertainties say, where rows or uncertainties tell."""
        judged = self.smoother is not None and predicted is not None
        if self.smoother is not None and predicted is not None:
            rows = self.smoother.rows
            left = (self.space.target[rows] - predicted) / self.smoother.spread
            inputs = self.space.inputs[:, rows]
            if not self.smoother.is_noise(predicted) or leaves_pattern(inputs, left) or leaves_wave(inputs, left):
                return False
        sigma, y = self.space.sigma, self.space.target
        if sigma is None or not self.space.knows_errors:
            return judged
        w = 1 / sigma**2
        total = float(w @ (y - float(w @ y / w.sum())) ** 2)
        return self._losses([law.draft])[0] < SLACK * len(w) / total if total > 0 else True


def _said(one: Refined) -> Said:
    return one.draft.expression, one.draft.names, one.draft.form_bits


def _is_plain(draft: Draft) -> bool:
    """Whether one number says all that was fitted: the others are simple multiples of it."""
    sizes = np.abs(draft.values)
    if not len(sizes) or not sizes.max() > 0:
        return True
    multiples = SIMPLE_RATIOS[:, None] * (sizes / sizes.max())
    return bool((np.abs(multiples - 1).min(axis=0) < MULTIPLES_ALIKE).all())
