"""Grafts: what a formula lacks, and where, by what its residuals say.

For a part s of a formula f, with residuals r and d = df/ds, a term t beside it changes f by ``k d t`` to first order in
k. Of all supplies t the one is wanted that takes most off the residuals once the constants the formula already has are
fitted again:

    gain = (r . dt)**2 / |dt - Q Q' dt|**2

with Q an orthonormal basis of the derivatives by those constants: a step of orthogonal matching pursuit (Pati,
Rezaiifar and Krishnaprasad 1993), at any depth of a tree. A factor ``1 + k t`` at s is a term ``s t``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from symreg.engine.program import Engine
from symreg.formula import Apply, Constant, Expression, lower
from symreg.search.native.bank import ONE
from symreg.search.native.evolution.supplies import Supplies
from symreg.search.native.evolution.typed_tree import Part, constants_in, draft_of, renamed, replaced
from symreg.search.native.probes import Probes
from symreg.search.native.proposal import Draft
from symreg.search.space import SearchSpace

Floats = npt.NDArray[np.float64]
NEW = "graft"  # a constant's name until it is numbered
SUPPLIED = "supplied "  # before the names of a supply's own constants
LEAST_GRAFT_BITS = 2.0  # bits; whether a term pays for its own is for the islands to say
INDEPENDENT_GRAFT = 1e-6  # part of its square that a term must have apart from what is there
FIRST_CHOICE = 0.3  # chance to take the best that is left, so that not all take the same
CHOICES = 40
"""Supplies, the best first, among which the choice is made. The chance to reach beyond is ``(1 - FIRST_CHOICE)**40``,
less than 1e-6, so that more change nothing; fewer would press the choice onto the last one."""


@dataclass(frozen=True, slots=True)
class Scion:
    """What is to be inserted: a supply, its dimension's code, and the coefficient that it starts with."""

    supply: Draft
    code: int
    coefficient: float

    def grown(self, draft: Draft, part: Part, tree: Expression, code: int) -> Draft:
        """The draft with this tree, which holds the supply, in place of a part; the two together have the code."""
        constants = constants_in(draft) | constants_in(self.supply) | {NEW: (self.coefficient, code - self.code)}
        return draft_of(replaced(draft.expression, part.path, tree), constants)


@dataclass(frozen=True, slots=True, eq=False)
class Grafter:
    """Looks for terms and factors on the rows at which the supplies have their values."""

    space: SearchSpace
    engine: Engine
    supplies: Supplies
    X: Floats  # (n_inputs, n_rows)
    target: Probes
    _squares: Floats = field(init=False)  # of the supplies' values

    def __post_init__(self) -> None:
        object.__setattr__(self, "_squares", self.supplies.values**2)

    def term(self, draft: Draft, part: Part, generator: np.random.Generator) -> Draft | None:
        """The draft with ``+ k*t`` beside a part; None where nothing would be better for it."""
        usable = self.supplies.usable(part.code, self.space.coefficient_codes)
        place = Apply("+", (part.tree, Constant(NEW)))
        found = self._best(draft, replaced(draft.expression, part.path, place), usable, generator)
        if found is None:
            return None
        tree = Apply("+", (part.tree, _scaled(found.supply.expression)))
        return found.grown(draft, part, tree, part.code)

    def factor(self, draft: Draft, part: Part, generator: np.random.Generator) -> Draft | None:
        """The draft with ``*(1 + k*t)`` behind a part; None where nothing would be better for it."""
        usable = self.supplies.usable(0, self.space.coefficient_codes)
        usable[-1] = False
        place = Apply("*", (part.tree, Apply("+", (ONE, Constant(NEW)))))
        found = self._best(draft, replaced(draft.expression, part.path, place), usable, generator)
        if found is None:
            return None
        tree = Apply("*", (part.tree, Apply("+", (ONE, _scaled(found.supply.expression)))))
        return found.grown(draft, part, tree, 0)

    def _best(
        self, draft: Draft, opened: Expression, usable: npt.NDArray[np.bool_], generator: np.random.Generator
    ) -> Scion | None:
        """A supply that would shorten the description most, or one of the next, with its coefficient.

        ``opened`` is the draft with a constant, zero so far, where the supply is to come.
        """
        names = [*draft.names, NEW]
        program = lower(opened, self.space.names, names, self.space.in_formulas)
        values, slopes = self.engine.jacobian(program, self.X, np.array([*draft.values, 0.0]))
        root = np.sqrt(self.target.weights)
        residual, slopes = root * (self.target.y - values), root * slopes
        if not (np.isfinite(residual).all() and np.isfinite(slopes).all()):
            return None
        basis = np.linalg.qr(slopes[:-1].T)[0]  # (n_rows, n_free)
        residual = residual - basis @ (basis.T @ residual)
        slope, places = slopes[-1], np.flatnonzero(usable)
        own, squares = self.supplies.values, self._squares
        if len(places) < len(own):  # of a dimension there are few
            own, squares = own[places], squares[places]
        with np.errstate(all="ignore"):
            products = own @ (slope[:, None] * np.column_stack([residual, basis]))
            along, whole = products[:, 0], squares @ slope**2
            apart = whole - np.square(products[:, 1:]).sum(axis=1)
            fallen = np.square(along) / apart / max(float(residual @ residual), 1e-300)
            gains = -0.5 * len(self.space.target) * np.log2(np.maximum(1 - fallen, 1e-12))
            possible = (apart > INDEPENDENT_GRAFT * whole) & (gains > LEAST_GRAFT_BITS) & np.isfinite(gains)
        gains = np.where(possible, gains - self.supplies.bits[places], -math.inf)
        best = np.argsort(-gains, kind="stable")[:CHOICES]
        best = best[possible[best]]
        if not len(best):
            return None
        chosen = int(best[min(len(best), int(generator.geometric(FIRST_CHOICE))) - 1])
        place = int(places[chosen])
        supply = renamed(self.supplies.drafts[place], SUPPLIED)
        return Scion(supply, int(self.supplies.codes[place]), float(along[chosen] / apart[chosen]))


def _scaled(tree: Expression) -> Expression:
    return Constant(NEW) if tree == ONE else Apply("*", (Constant(NEW), tree))
