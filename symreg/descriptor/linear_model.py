"""A linear model of descriptors: ``y = k1 + k2*d1 + k3*d2``, each coefficient with its unit and standard error.

Coefficients carry whatever unit the sum needs. From here on a model is a candidate like those of any search: it is
fitted, given its units and scored by the code that does so for all laws.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from symreg.descriptor.feature_space import FeatureSpace
from symreg.finishing import Finisher, as_law
from symreg.formula import Apply, Constant, Expression, complexity, evaluate_tree, substitute, to_text
from symreg.laws import Law, Score
from symreg.problem import Candidate, FreeConstant
from symreg.search import SearchSpace, solve
from symreg.typesetting import told
from symreg.units import Unit, combine_units

Floats = npt.NDArray[np.float64]
SOURCE = "descriptors"


@dataclass(frozen=True, slots=True, eq=False)
class DescriptorModel:
    """One linear model: its ``law``, the ``descriptors`` in it with their ``units``, and its largest error.

    ``max_error`` is that on the rows of the fit, in the target's unit.
    """

    law: Law
    descriptors: tuple[Expression, ...]
    units: tuple[Unit, ...]
    max_error: float

    @property
    def n_descriptors(self) -> int:
        """How many descriptors the model has."""
        return len(self.descriptors)

    @property
    def complexity(self) -> int:
        """Leaves and operators of all descriptors together."""
        return sum(complexity(one) for one in self.descriptors)

    @property
    def train(self) -> Score:
        """The score on the rows of the fit."""
        return self.law.train

    @property
    def held_out(self) -> Score:
        """The score on rows held out, or left out in turn; the descriptors were chosen on those left out in turn."""
        return self.law.held_out

    def __repr__(self) -> str:
        return told("DescriptorModel", self.law.summary())

    def describe(self) -> list[str]:
        """A line for each descriptor: its formula, unit and complexity."""
        return [
            f"{to_text(one)} [{unit.text}], complexity {complexity(one)}"
            for one, unit in zip(self.descriptors, self.units, strict=True)
        ]


def least_squares(descriptors: Floats, target: Floats, root: Floats) -> Floats:
    """Coefficients, the intercept first, for ``descriptors`` ``(n, n_rows)``; ``root`` are roots of the weights."""
    terms = np.vstack([np.ones_like(target), descriptors])
    coefficients, _ = solve(target[None, :], (root**2)[None, :], terms[None, :, :])
    return np.asarray(coefficients[0])


def candidate_of(space: FeatureSpace, trees: Sequence[Expression]) -> Candidate:
    """The sum of these descriptors with free constants, which start where least squares puts them."""
    search = space.search
    fresh = (name for number in itertools.count(1) if (name := f"k{number}") not in search.taken)
    names = list(itertools.islice(fresh, len(trees) + 1))
    values = np.array([row_of(tree, space) for tree in trees])
    starts = least_squares(values, search.target[space.sample], space.whitening.root)
    target = search.coding.decode(search.target_code)
    expression: Expression = Constant(names[0])
    constants = [FreeConstant(names[0], target, float(starts[0]))]
    for name, tree, start in zip(names[1:], trees, starts[1:], strict=True):
        expression = Apply("+", (expression, Apply("*", (Constant(name), with_own_names(tree, search)))))
        constants.append(FreeConstant(name, target / space.dimension_of(tree), float(start)))
    return Candidate(expression, tuple(constants), SOURCE)


def row_of(tree: Expression, space: FeatureSpace) -> Floats:
    """The tree's values in natural units on the rows of the space, ``(n_rows,)``."""
    values = np.asarray(evaluate_tree(tree, space.leaf_values), dtype=np.float64)
    return np.broadcast_to(values, space.search.target.shape)[space.sample]


def with_own_names(tree: Expression, search: SearchSpace) -> Expression:
    """The tree with known constants under the names that the problem gives them."""
    mapping: dict[Expression, Expression] = {
        Constant(here): Constant(own) for here, own in search.own_names.items() if here != own
    }
    return substitute(tree, mapping)


def model_of(finisher: Finisher, space: FeatureSpace, trees: Sequence[Expression]) -> DescriptorModel | None:
    """The model of these descriptors, fitted on the training rows; None where it is undefined there."""
    candidate = candidate_of(space, trees)
    fitted = finisher.fitter.fit([(candidate.expression, candidate.constants)])[0]
    if fitted is None:
        return None
    law = as_law(finisher, finisher.measured(fitted, SOURCE))
    free = [constant for constant in law.constants if constant.kind == "free"]
    units = tuple(combine_units([(law.unit, 1), (constant.unit, Fraction(-1))]) for constant in free[1:])
    own = tuple(with_own_names(tree, space.search) for tree in trees)
    return DescriptorModel(law, own, units, _largest_error(finisher, law))


def _largest_error(finisher: Finisher, law: Law) -> float:
    problem, rows = finisher.fitter.problem, finisher.fitter.problem.train_rows
    data = {name: problem.table[name].user_numbers[rows] for name in problem.inputs}
    return float(np.abs(law.predict(data) - problem.target_column.user_numbers[rows]).max())
