"""Questions: what a part has to explain, beside which terms, and how the law is written once it does.

``h(y) = f*(c0 + sum c_i*p_i + part)``: the target through an invertible function (the context ``h``), over a factor
``f``, beside companions ``p_i`` whose coefficients are profiled out (variable projection: Golub and Pereyra 1973, "The
differentiation of pseudo-inverses and nonlinear least squares problems whose variables separate"). Rows weigh by the
slope of the context, so that losses of all questions are those in the target itself, to first order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from symreg.formula import Apply, Constant, Expression, Number
from symreg.search.native.skeletons.argument import Argument
from symreg.search.native.skeletons.part import Part

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
ONE = Number(Fraction(1))
OFFSET_BITS = 1.0
"""To say that a sum has a constant term, beside what the constant itself costs: of the sums among the everyday forms
more than half have one. A line is not to cost more than an exponential."""

INDEPENDENT_COMPANION = 1e-9
"""Of its norm that a companion keeps beside the others; what keeps less is one of them."""


@dataclass(frozen=True, slots=True)
class Context:
    """An invertible function of the target: ``of`` gives its values, ``slope`` dy/dh, ``undo`` the tree around a sum.

    ``bits`` say which it is: most laws of handbooks are sums, one in four a product or an inverse, few a root.
    """

    name: str
    of: Callable[[Floats], Floats]
    slope: Callable[[Floats], Floats]
    undo: Callable[[Expression], Expression]
    bits: float


def _wrapped(*names: str) -> Callable[[Expression], Expression]:
    def undo(tree: Expression) -> Expression:
        for name in names:
            tree = Apply(name, (tree,))
        return tree

    return undo


IDENTITY = Context("y", lambda y: y, np.ones_like, lambda tree: tree, 0.0)
LOGARITHM = Context("log", lambda y: np.log(np.abs(y)), np.abs, _wrapped("exp"), 2.0)
CONTEXTS = (
    IDENTITY,
    LOGARITHM,
    Context("inv", lambda y: 1 / y, np.square, _wrapped("inv"), 2.0),
    Context("square", np.square, lambda y: 0.5 / np.abs(y), _wrapped("sqrt"), 4.0),
    Context("sqrt", np.sqrt, lambda y: 2 * np.sqrt(y), _wrapped("square"), 4.0),
    Context("inv square", lambda y: 1 / np.square(y), lambda y: 0.5 * np.abs(y) ** 3, _wrapped("sqrt", "inv"), 6.0),
)


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """A context, a factor and companions; ``has_constant`` says whether a constant is one of these."""

    context: Context
    has_constant: bool
    companions: tuple[Argument, ...] = ()
    factor: Argument | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for equal questions."""
        factor = None if self.factor is None else self.factor.tree
        return self.context.name, self.has_constant, tuple(one.tree for one in self.companions), factor

    @property
    def sees(self) -> str:
        """The same for questions that see the target alike: through one context, over one factor."""
        return self.context.name if self.factor is None else f"{self.context.name} {self.factor.tree}"

    @property
    def bits(self) -> float:
        """What its context and a constant beside cost: proportions are likelier than lines with an offset."""
        offset = OFFSET_BITS if self.has_constant and self.context is not LOGARITHM else 0.0
        return self.context.bits + offset

    @property
    def n_outer(self) -> int:
        """Constants that companions bring."""
        return len(self.companions) + self.has_constant

    def beside(self, rows: Rows) -> Floats:
        """Companions as columns, ``(n_companions, n_rows)``, the constant first."""
        columns = [one.values[rows] for one in self.companions]
        return np.array([np.ones(len(rows)), *columns] if self.has_constant else columns).reshape(-1, len(rows))

    def scale(self, y: Floats, rows: Rows) -> Floats:
        """What rows weigh, the factor included, ``(n_rows,)``."""
        scale = self.context.slope(y)
        return np.asarray(scale if self.factor is None else scale * self.factor.values[rows], dtype=np.float64)

    def target(self, y: Floats, rows: Rows) -> Floats:
        """The target as this question sees it."""
        target = self.context.of(y)
        return np.asarray(target if self.factor is None else target / self.factor.values[rows], dtype=np.float64)

    def write(self, terms: Sequence[Expression], names: Sequence[Constant]) -> Expression:
        """The law: companions with these coefficients and terms that have their own."""
        if self.context is LOGARITHM:
            return self._as_product(terms, names)
        whole = self.write_inside(terms, names)
        if self.factor is not None:
            whole = Apply("*", (self.factor.tree, whole))
        return self.context.undo(whole)

    def write_inside(self, terms: Sequence[Expression], names: Sequence[Constant]) -> Expression:
        """The sum that equals the target as this question sees it."""
        plain: list[Expression] = list(names[:1]) if self.has_constant else []
        for name, one in zip(names[self.has_constant :], self.companions, strict=True):
            plain.append(Apply("*", (name, one.tree)))
        return summed([*terms, *plain])

    def _as_product(self, terms: Sequence[Expression], names: Sequence[Constant]) -> Expression:
        """Powers of what stands in logarithms, times the exponential of the rest."""
        coefficients = [(name, one.tree) for name, one in zip(names[1:], self.companions, strict=True)]
        for term in terms:
            assert isinstance(term, Apply) and term.operator == "*"
            coefficients.append((term.arguments[0], term.arguments[1]))  # type: ignore[arg-type]
        powers = [Apply("pow", (tree.arguments[0], k)) for k, tree in coefficients if _is_log(tree)]  # type: ignore[union-attr]
        rest = [Apply("*", (k, tree)) for k, tree in coefficients if not _is_log(tree)]
        whole: Expression = names[0]
        for factor in [*powers, *([Apply("exp", (summed(rest),))] if rest else [])]:
            whole = Apply("*", (whole, factor))
        return whole


def _is_log(tree: Expression) -> bool:
    return isinstance(tree, Apply) and tree.operator == "log"


def summed(terms: Sequence[Expression]) -> Expression:
    """The sum of these terms."""
    whole = terms[0]
    for term in terms[1:]:
        whole = Apply("+", (whole, term))
    return whole


@dataclass(frozen=True, slots=True, eq=False)
class Projected:
    """A question on some rows: row scales, the target without what companions explain, and their orthonormal basis.

    ``left`` is what companions alone leave of the sum of squares, over the target's about its mean.
    """

    question: Question
    scale: Floats
    rest: Floats
    basis: Floats  # (n_rows, n_basis)
    left: float
    total: float


def projected(question: Question, y: Floats, weights: Floats, rows: Rows) -> Projected | None:
    """The question on these rows; None where its context is undefined there. ``weights`` are of the rows' errors."""
    with np.errstate(all="ignore"):
        scale = question.scale(y, rows) * np.sqrt(weights)
        target = scale * question.target(y, rows)
    if not (np.isfinite(scale).all() and np.isfinite(target).all()):
        return None
    basis = orthonormal(question.beside(rows) * scale)
    rest = target - basis @ (basis.T @ target)
    rest -= basis @ (basis.T @ rest)
    total = float(weights @ (y - float(weights @ y) / weights.sum()) ** 2) or 1.0
    return Projected(question, scale, rest, basis, float(rest @ rest) / total, total)


def orthonormal(columns: Floats) -> Floats:
    """An orthonormal basis ``(n_rows, n_basis)`` of columns ``(n, n_rows)``, without those that hang on earlier
    ones."""
    kept: list[Floats] = []
    for column in columns:
        size, rest = float(np.linalg.norm(column)), column
        for _ in range(2):
            for one in kept:
                rest = rest - one * float(one @ rest)
        left = float(np.linalg.norm(rest))
        if left > INDEPENDENT_COMPANION * size and left > 0:
            kept.append(rest / left)
    return np.array(kept).reshape(-1, columns.shape[1]).T


def terms_written(parts: Sequence[Part], names: Sequence[str]) -> tuple[list[Expression], list[Constant]]:
    """Each part as a term, its inner constants before its outer ones; and the names that are left for companions."""
    constants = [Constant(name) for name in names]
    terms, used = [], 0
    for part in parts:
        middle, end = used + part.n_inner, used + part.n_inner + part.n_columns
        terms.append(part.write(constants[used:middle], constants[middle:end]))
        used = end
    return terms, constants[used:]
