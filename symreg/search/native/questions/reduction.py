"""Reductions: smaller questions that have the same answer.

What the smooth surface through the data shows of a law before it is known makes the search smaller: inputs that stand
in front as pure powers (``peel``), inputs that enter together as one (``together``), and, by Buckingham's theorem, the
Pi groups in place of everything that has a dimension (``nondimensional``). Each of these takes a reduction and returns
a further one. The whole question stays under search beside them, so a wrong guess costs time and no law.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from symreg.formula import Apply, Expression, Number, Variable, substitute, to_text
from symreg.search.native.probes import Probes, probes_of
from symreg.search.native.proposal import Draft
from symreg.search.native.questions.smoothing import Smoother, smoother_of
from symreg.search.space import SearchSpace

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
NO_FACTOR = Number(Fraction(1))
NEGLIGIBLE = 1e-12  # of the target's mean square: what polynomials leave over of it is no pattern
DEVIATIONS = 3.0  # of the variance that so many coefficients of noise have


@dataclass(frozen=True, slots=True, eq=False)
class Reduction:
    """``y = front * rest``, where ``rest`` is the target of ``space``, a law of fewer inputs.

    ``values`` ``(n_rows,)`` are those of the front at all rows. ``meaning`` says what the inputs of ``space`` that are
    no columns stand for. ``smoother`` is for the whole target: its polynomials stand behind the same front and are
    those of fewer inputs.
    """

    front: Expression
    values: Floats
    meaning: Mapping[Expression, Expression]
    space: SearchSpace
    smoother: Smoother

    def rest_of(self, target: Probes, rows: Rows) -> Probes:
        """The target at these rows without what stands in front."""
        front = self.values[rows]
        rest = probes_of(target.y / front, target.sigma / np.abs(front))
        return replace(rest, floor=target.floor)

    def whole(self, draft: Draft) -> Draft:
        """A draft for the rest as one for the whole target."""
        rest = substitute(draft.expression, dict(self.meaning))
        return replace(draft, expression=rest if self.front == NO_FACTOR else Apply("*", (self.front, rest)))

    def leaf_for(self, tree: Expression) -> Variable:
        """A name for a combination of this question's inputs that no column and no other combination has."""
        name = to_text(substitute(tree, dict(self.meaning)))
        while name in self.space.taken or Variable(name) in self.meaning:
            name += "'"
        return Variable(name)

    @property
    def own_smoother(self) -> Smoother:
        """The smoother with the rest for its target."""
        front = self.values[self.smoother.rows]
        return replace(self.smoother, target=self.smoother.target / front, spread=self.smoother.spread / np.abs(front))

    def smoother_over(self, space: SearchSpace) -> Smoother | None:
        """A smoother over the inputs of a smaller space; None where its surface is not as good as the one here."""
        own = smoother_of(space, self.smoother.rows)
        own = own and replace(own, target=self.smoother.target, spread=self.smoother.spread)
        if own is None or not _does_as_well(own, self.smoother):
            return None
        return own

    def further(
        self, space: SearchSpace, smoother: Smoother, *, front: Expression = NO_FACTOR, values: Floats | None = None,
        meaning: Mapping[Expression, Expression] | None = None,
    ) -> Reduction:  # fmt: skip
        """This reduction with one more front and more meanings, both in terms of the space here.

        ``values`` are those of the new front at all rows, ``(n_rows,)``; None where there is none.
        """
        known = dict(self.meaning)
        front = substitute(front, known)
        if self.front != NO_FACTOR:
            front = self.front if front == NO_FACTOR else Apply("*", (self.front, front))
        return Reduction(
            front,
            self.values if values is None else self.values * values,
            known | {leaf: substitute(tree, known) for leaf, tree in (meaning or {}).items()},
            space,
            smoother,
        )


def whole_question(space: SearchSpace, smoother: Smoother) -> Reduction:
    """The reduction that reduces nothing."""
    return Reduction(NO_FACTOR, np.ones(len(space.target)), {}, space, smoother)


def _does_as_well(own: Smoother, smoother: Smoother) -> bool:
    """Whether a surface of fewer inputs leaves over no more than chance explains, and no pattern that this one sees."""
    nothing = np.zeros(len(smoother.rows))
    whole, fewer = smoother.surface(nothing), own.surface(nothing)
    allowed = 1 + DEVIATIONS * np.sqrt(2 * smoother.basis.shape[1]) / len(smoother.rows)
    if not fewer.noise < allowed * whole.noise + NEGLIGIBLE * whole.spread:
        return False
    return fewer.noise <= whole.noise + NEGLIGIBLE * whole.spread or smoother.is_noise(fewer.values)
