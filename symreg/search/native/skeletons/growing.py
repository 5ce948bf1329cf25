"""Growing: a formula that is near goes on: a part beside it, a part on it, or a part in place of one of its constants.

With the formula's slopes by its constants projected out, what a new part would explain is known to first order without
a fit: beside the formula the column is the part itself, on it the formula's values times the part, and where a constant
``k`` becomes ``k + part`` the slope by ``k`` times the part. So ``Vmax*S/(Km + S)`` learns ``Km*(1 + I/Ki)``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from symreg.engine.program import Engine
from symreg.formula import Apply, Constant, Expression, lower, normalise, substitute
from symreg.search.native.proposal import Draft, fresh_names
from symreg.search.native.skeletons.part import Part
from symreg.search.native.skeletons.question import IDENTITY, ONE, Projected, Question, orthonormal
from symreg.search.space import SearchSpace

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
BESIDE, ON, TIMES = "beside", "on", "times"


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where a part may come into a draft: ``beside`` it, ``on`` it as ``1 + part``, as a factor, or at a constant.

    ``asked`` is the question that the screen is asked for it, ``bits`` say which place of the draft it is.
    """

    draft: Draft
    at: str
    asked: Projected
    bits: float


def places(
    draft: Draft, space: SearchSpace, engine: Engine, rows: Rows, y: Floats, weights: Floats
) -> Iterator[Place]:
    """All places of a draft, on these rows."""
    program = lower(draft.expression, space.names, draft.names, space.in_formulas)
    inputs = np.ascontiguousarray(space.inputs[:, rows])
    values, slopes = engine.jacobian(program, inputs, np.array(draft.values))
    root = np.sqrt(weights)
    if not (np.isfinite(values).all() and np.isfinite(slopes).all()):
        return
    basis = orthonormal(slopes * root)
    rest = (y - values) * root
    rest = rest - basis @ (basis.T @ rest)
    total = float(weights @ (y - float(weights @ y) / weights.sum()) ** 2) or 1.0
    left = float(rest @ rest) / total
    scales = {BESIDE: root, ON: root * values}
    scales |= {name: root * slope for name, slope in zip(draft.names, slopes, strict=True)}
    if len(draft.names) == 1 and isinstance(draft.expression, Apply) and draft.expression.operator == "*":
        nothing, whole = np.empty((len(rows), 0)), y * root
        asked = Projected(Question(IDENTITY, False), root * values, whole, nothing, float(whole @ whole) / total, total)
        yield Place(draft, TIMES, asked, 1.0 + float(np.log2(len(scales) + 1)))
    for at, scale in scales.items():
        question = Question(IDENTITY, False)  # a question of its own for each place
        yield Place(draft, at, Projected(question, scale, rest, basis, left, total), 1.0 + float(np.log2(len(scales))))


def grown(place: Place, part: Part, inner: Floats, rows: Rows) -> tuple[Expression, tuple[str, ...], list[float]]:
    """The draft with the part at its place, names and starts of its constants; the coefficients are first order's."""
    columns = part.at(rows, inner) * place.asked.scale
    basis, rest = place.asked.basis, place.asked.rest
    free = columns - (columns @ basis) @ basis.T
    outer = part.outer(np.asarray(np.linalg.lstsq(free.T, rest, rcond=None)[0], dtype=np.float64))
    if place.at == TIMES:
        return _times(place.draft, part, inner, float(np.linalg.lstsq(columns.T, rest, rcond=None)[0][0]))
    names = fresh_names(place.draft.names, len(inner) + len(outer))
    constants = [Constant(name) for name in names]
    term = part.write(constants[: len(inner)], constants[len(inner) :])
    whole = place.draft.expression
    if place.at == BESIDE:
        tree: Expression = Apply("+", (whole, term))
    elif place.at == ON:
        tree = Apply("*", (whole, Apply("+", (ONE, term))))
    else:
        tree = substitute(whole, {Constant(place.at): Apply("+", (Constant(place.at), term))})
    return normalise(tree), (*place.draft.names, *names), [*place.draft.values, *inner.tolist(), *outer.tolist()]


def _times(draft: Draft, part: Part, inner: Floats, factor: float) -> tuple[Expression, tuple[str, ...], list[float]]:
    """The draft, whose one constant is its factor, times the part without a factor of its own."""
    names = fresh_names(draft.names, len(inner))
    tree = Apply("*", (draft.expression, part.inside([Constant(name) for name in names])))
    return normalise(tree), (*draft.names, *names), [draft.values[0] * factor, *inner.tolist()]
