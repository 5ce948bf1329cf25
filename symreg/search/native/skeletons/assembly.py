"""Assembly: from a hit on the screen to a draft, a formula with named constants, their starts and their dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from symreg.errors import SymregError
from symreg.formula import (
    Constant,
    Expression,
    Number,
    can_be_said,
    constants_of,
    infer_dimensions,
    normalise,
    substitute,
)
from symreg.search.dimension_code import DimensionRangeError
from symreg.search.native.proposal import Draft
from symreg.search.native.skeletons.question import LOGARITHM, terms_written
from symreg.search.native.skeletons.screen import Hit
from symreg.search.space import SearchSpace
from symreg.units import DIMENSIONLESS

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]


@dataclass(slots=True, eq=False)
class Assembly:
    """Makes drafts on some rows of a space; dimensions of constants are inferred once for each form."""

    space: SearchSpace
    rows: Rows
    y: Floats
    weights: Floats
    _codes: dict[Expression, tuple[int, ...] | None] = field(default_factory=dict)

    def inside(self, hit: Hit) -> Draft | None:
        """What a hit says of the target as its question sees it, linear coefficients by least squares.

        There it is fitted first: ``a + b/(T + c)`` is an easier sum than ``exp`` of it. None where numbers forbid
        it; the dimensions of its constants are left open.
        """
        values = self.values(hit)
        if values is None:
            return None
        names = tuple(f"k{number}" for number in range(1, len(values) + 1))
        terms, left = terms_written(hit.parts, names)
        return Draft(hit.question.write_inside(terms, left), names, tuple(values), (0,) * len(names))

    def whole(self, hit: Hit, values: Sequence[float]) -> list[Draft]:
        """The laws that a hit stands for, with these values of the constants inside of its context."""
        names = tuple(f"k{number}" for number in range(1, len(values) + 1))
        terms, left = terms_written(hit.parts, names)
        values = list(values)
        if hit.question.context is LOGARITHM:
            factor = len(values) - hit.question.n_outer
            with np.errstate(over="ignore"):
                values[factor] = float(np.sign(self.y[0]) * np.exp(values[factor]))
        if not np.isfinite(values).all():
            return []
        tree = normalise(hit.question.write(terms, left))
        free = Draft(tree, names, tuple(values), (0,) * len(names), hit.form_bits)
        return [free, *_with_plain_factors(free, hit)]

    def with_units(self, draft: Draft) -> Draft | None:
        """The draft with the dimensions that its constants must have; None where none fit or they are not allowed."""
        codes = self.codes(draft.expression, draft.names)
        return None if codes is None else replace(draft, codes=codes)

    def codes(self, tree: Expression, names: Sequence[str]) -> tuple[int, ...] | None:
        """Dimension codes of the free constants, None where none fit or the problem does not allow them."""
        if tree not in self._codes:
            self._codes[tree] = self._inferred(tree, names)
        return self._codes[tree]

    def _inferred(self, tree: Expression, names: Sequence[str]) -> tuple[int, ...] | None:
        space = self.space
        if set(names) - set(constants_of(tree)) or not can_be_said(tree, space.operators):
            return None
        if self.is_pure:
            return (0,) * len(names)
        try:
            found = infer_dimensions(tree, space.dimensions, space.coding.decode(space.target_code))
            codes = tuple(space.coding.encode(found.get(name, DIMENSIONLESS)) for name in names)
        except (DimensionRangeError, SymregError):
            return None
        allowed = space.coefficient_codes if not space.is_mixed else None
        return codes if allowed is None or set(codes) <= set(allowed) else None

    @property
    def is_pure(self) -> bool:
        """Whether nothing has a dimension."""
        return not self.space.target_code and not any(self.space.codes)

    def at(self, rows: Rows) -> tuple[Floats, Floats]:
        """Target and weights at some of the rows."""
        where = np.searchsorted(self.rows, rows)
        return self.y[where], self.weights[where]

    def values(self, hit: Hit) -> list[float] | None:
        """Inner constants as found, outer ones by weighted least squares; None where numbers forbid it."""
        question = hit.question
        columns = [part.at(self.rows, inner) for part, inner in zip(hit.parts, hit.inner, strict=True)]
        with np.errstate(all="ignore"):
            scale = question.scale(self.y, self.rows) * np.sqrt(self.weights)
            design = np.concatenate([*columns, question.beside(self.rows)]) * scale
            target = question.target(self.y, self.rows) * scale
            sizes = np.linalg.norm(design, axis=1)
        if not (np.isfinite(sizes).all() and (sizes > 0).all() and np.isfinite(target).all()):
            return None
        coefficients = np.linalg.lstsq((design / sizes[:, None]).T, target, rcond=None)[0] / sizes
        values: list[float] = []
        at = 0
        for part, inner in zip(hit.parts, hit.inner, strict=True):
            own = coefficients[at : at + part.n_columns]
            values += [*inner.tolist(), *part.outer(own).tolist()]
            at += part.n_columns
        values += coefficients[at:].tolist()
        return values if np.isfinite(values).all() else None


def _with_plain_factors(draft: Draft, hit: Hit) -> list[Draft]:
    """The law with exponents one, or minus one, of the factors that parts of a product are: ``(k + x)**1``."""
    if hit.question.context is not LOGARITHM:
        return []
    fixed: dict[str, Fraction] = {}
    at = 0
    for part in hit.parts:
        at += part.n_inner
        power = draft.values[at]
        if part.n_columns == 1 and MILDEST < abs(power) < 1 / MILDEST and part.is_log:
            fixed[draft.names[at]] = Fraction(1 if power > 0 else -1)
        at += part.n_columns
    if not fixed:
        return []
    tree = substitute(draft.expression, {Constant(name): Number(power) for name, power in fixed.items()})
    kept = [index for index, name in enumerate(draft.names) if name not in fixed]
    names, values = tuple(draft.names[i] for i in kept), tuple(draft.values[i] for i in kept)
    return [Draft(normalise(tree), names, values, (0,) * len(names), hit.form_bits + 1.0)]


MILDEST = 0.4
"""Exponent of a factor, or one over it, from which it may be one: on a grid of its constants it comes out anywhere."""
