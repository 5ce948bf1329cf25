"""How errors go: alike in all rows, or a part of each value, as the best formulas of a search have them.

A balance errs by so many grams, an assay by so many per cent. Fitted as if all rows erred alike, a law over three
decades is judged by its largest values alone. With weights ``w = g²/y²``, ``g`` the geometric mean of ``|y|``, both
likelihoods differ by nothing but ``N/2 log2`` of their weighted sums of squares, since the logarithms of the weights
sum to zero; so the better description says how the errors go (the two ends of the Box and Cox family of
transformations, 1964).

The residuals are those of rows left out of the fit (``leaving_out``). Those of the fit itself would not do: where
errors are a part of each value and are taken to be alike, few large values carry the whole fit, and a formula with as
many constants passes through all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from symreg.fitting import sum_left_out
from symreg.formula import FEW_ROWS, lower, variables_of
from symreg.problem import Floats, sizes_of, trend
from symreg.search.native.done import Asked
from symreg.search.native.probes import target_at
from symreg.search.native.progress import Progress
from symreg.search.native.questions import Smoother, smoother_of
from symreg.search.native.refine import Refined, Refiner
from symreg.search.space import SearchSpace

if TYPE_CHECKING:
    from symreg.search.native.skeletons import Skeletons

LEAST_RATIO = 3.0
"""Of the largest to the smallest value: with less, errors of either kind are hardly told apart, and it matters
little."""

FEWEST_NOISY_ROWS = 6
"""Of fewer rows the best of many formulas favours either kind by chance."""

ROWS_A_CONSTANT = 4
"""Of the formulas that are asked, each constant has so many rows at least."""

LEAST_NOISE_BITS = 12.0
"""Bits that relative errors have to save. Laws that are not found yet leave patterns, which may favour either."""

MOST_CONSTANTS = 3
"""Of the formulas that are asked: with more, and a wave among them, a formula passes through the few large values that
count where errors are taken to be alike, and through those that were left out."""

MOST_OF_THE_OTHER_SIGN = 0.05
"""Part of the values: errors of 60 % make as many negative."""

FIRST_STAGES = 3
"""Stages of simple forms before it is asked: sums, and parts of one and two constants."""

DECADE = 10.0
"""Of the largest to the smallest value: from here on the few largest carry a fit with equal errors."""

HALF = 0.5
"""Of what a formula leaves: with more of it a pattern, the misfit outweighs the errors."""

FREE_OF_NOISE = 1e-9
"""Loss below which errors hardly matter, whichever way they go."""


def may_grow(space: SearchSpace) -> bool:
    """Whether errors of the target could be a part of each value: none are stated, and the values have one sign.

    A few may have the other one, if there is a trend that they scatter around.
    """
    y = space.target
    if len(y) < FEWEST_NOISY_ROWS or not space.may_weigh or space.sigma is not None:
        return False
    sizes: Floats | None = np.abs(y)
    if not ((y > 0).all() or (y < 0).all()):
        others = np.minimum((y <= 0).mean(), (y >= 0).mean())
        sizes = trend(space.inputs, y) if others < MOST_OF_THE_OTHER_SIGN else None
    return bool(sizes is not None and sizes.max() > LEAST_RATIO * sizes.min())


def relative(space: SearchSpace) -> SearchSpace:
    """The same space with errors that are a part of each value, which part is not known."""
    logs = np.log(sizes_of(space.inputs, space.target))
    return replace(space, sigma=np.exp(logs - logs.mean()), knows_errors=False, may_weigh=False)


def errors_grow(
    weighed: SearchSpace, found: Sequence[Refined], plain: Refiner, own_bits: Callable[[Refined], float]
) -> Refined | None:
    """The formula that describes the target shortest with relative errors, if shorter than any with equal ones.

    ``weighed`` is the space with errors that are relative.
    """
    most = min(MOST_CONSTANTS, len(plain.rows) // ROWS_A_CONSTANT)
    few = [one for one in found if len(one.draft.names) <= most]
    best = list({one.draft.expression: one for one in few}.values())
    n_rows = len(plain.rows)

    def shortest(refiner: Refiner) -> tuple[float, Refined | None]:
        told = ((max(left_out(one, refiner), 1e-300), one) for one in refiner.again(best))
        bits = [(0.5 * n_rows * float(np.log2(sum_of)) + own_bits(one), one) for sum_of, one in told]
        return min(bits, key=lambda one: one[0], default=(np.inf, None))

    if not best or is_free_of_noise(found, n_rows):
        return None
    probes = target_at(weighed, plain.rows)
    scaled = Refiner(weighed, plain.engine, plain.threads, probes, plain.rows)
    # ``Probes`` scale weights to sum to one; likelihoods want their geometric mean to be one over the rows.
    logs = np.log(probes.weights * n_rows)
    bits, one = shortest(scaled)
    return one if bits - 0.5 * n_rows * float(logs.mean() / np.log(2)) < shortest(plain)[0] - LEAST_NOISE_BITS else None


@dataclass(slots=True)
class Wonder:
    """Asks how errors go after ``FIRST_STAGES`` stages of simple forms and after each later one, until these are done.

    Over a decade or more, formulas that are near where errors are alike follow the largest values, and the law that
    errors grow with need not be among them: so the first stages are run both ways. As long as most of what a formula
    leaves is a pattern, and no errors, it says nothing of these.
    """

    space: SearchSpace
    plain: Refiner
    progress: Progress
    other: Callable[[SearchSpace], Skeletons]
    may_grow: bool = field(init=False)
    open: bool = field(init=False)
    _next: int = FIRST_STAGES
    _weighed: SearchSpace | None = None
    _other: Skeletons | None = None
    _smoother: Smoother | None = None

    def __post_init__(self) -> None:
        self.open = self.may_grow = may_grow(self.space)

    @property
    def evaluated(self) -> int:
        """Combinations that were looked at to know."""
        return 0 if self._other is None else self._other.evaluated

    def done(self) -> Asked:
        """How far it was asked."""
        return Asked(self._next, self.open, None if self._other is None else self._other.done())

    def go_on_after(self, asked: Asked) -> None:
        """Be as after so many questions, all answered with no."""
        self._next, self.open = asked.next, asked.open
        if asked.other is not None:
            self._other = self.other(self.weighed)
            self._other.go_on_after(asked.other)

    @property
    def weighed(self) -> SearchSpace:
        """The space with relative errors: the trend of its target is found once."""
        if self._weighed is None:
            self._weighed = relative(self.space)
        return self._weighed

    @property
    def stages_run(self) -> int:
        """Stages that were run to know."""
        return 0 if self._other is None else self._other.stages_run

    def knows_that_errors_grow(self, skeletons: Skeletons) -> bool:
        """Whether the stages that have been run so far tell it."""
        if not self.open or skeletons.stages_run < self._next:
            return False
        self._next, self.open = skeletons.stages_run + 1, not skeletons.is_done
        near = skeletons.near
        if is_free_of_noise(near, len(self.plain.rows)):
            return False
        return self._is_told_by([*near, *self._otherwise()])

    def is_told_at_the_end(self) -> bool:
        """Whether the law that a search ends with tells it: simple forms with constants may have had no turn at all."""
        law = self.progress.law
        return law is not None and self.may_grow and self._is_told_by([law])

    def _is_told_by(self, found: Sequence[Refined]) -> bool:
        best = errors_grow(self.weighed, found, self.plain, self.progress.own_bits)
        if best is None or not variables_of(best.draft.expression):
            return False  # a formula without any input has only seen that values are skewed
        return not self._leaves_mostly_pattern(best)

    def _leaves_mostly_pattern(self, one: Refined) -> bool:
        """Whether polynomials take away more than half of what a formula leaves, as parts of the values.

        With weights as if all rows erred alike, they would pass through the few largest values.
        """
        if self.progress.smoother is None:
            return False
        if self._smoother is None:
            self._smoother = smoother_of(self.weighed, self.progress.smoother.rows)
        if self._smoother is None:
            return False
        return self._smoother.part_of_noise(self.plain.predict([one.draft], self._smoother.rows)[0]) < HALF

    def _otherwise(self) -> Sequence[Refined]:
        """What is near if errors grow."""
        sizes = np.abs(self.space.target)
        if sizes.max() < DECADE * sizes.min() or len(sizes) < FEW_ROWS:  # of few rows the best of more would be chance
            return []
        if self._other is None:
            self._other = self.other(self.weighed)
            while not self._other.is_done and self._other.stages_run < FIRST_STAGES:
                self._other.run()
        return self._other.near


def is_free_of_noise(found: Sequence[Refined], n_rows: int) -> bool:
    """Whether a formula leaves next to nothing, and not because it has a constant for every other row.

    Of a handful of rows any formula counts that does: how their errors go is hardly told at all.
    """
    most = n_rows // ROWS_A_CONSTANT if n_rows >= FEW_ROWS else n_rows
    return any(one.loss < FREE_OF_NOISE and len(one.draft.names) <= most for one in found)


def left_out(one: Refined, refiner: Refiner) -> float:
    """The weighted sum of squares of each row's residual by a fit without it, to first order."""
    program = lower(one.draft.expression, refiner.space.names, one.draft.names, refiner.space.in_formulas)
    values, slopes = refiner.engine.jacobian(program, refiner.X, np.array(one.draft.values), threads=refiner.threads)
    y, roots = refiner.probes.y, np.sqrt(refiner.probes.weights)
    mean = float(refiner.probes.weights @ y)
    return sum_left_out((y - values) * roots, slopes * roots, (y - mean) * roots)


def grows_note(space: SearchSpace) -> str:
    """What is said to the reader of the answer."""
    return (
        f"errors of {space.target_name} grow with it, as the best formulas have them: rows are weighted as if each was "
        "known to the same part of its value. State a sigma where that is wrong"
    )
