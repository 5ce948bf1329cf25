"""Is a law of the true form? Its constants are refitted to rows without noise, and nothing may be left over.

A law counts when it reproduces exact targets to a millionth of their spread, with no more fitted constants than the
truth has. No symbols are compared: two ways to write a form give the same values, and what fits so well with so few
constants is the form. Constants of a law that were recognised as simple numbers are claims and stay what they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from symreg.benchmark.equivalence import with_constants
from symreg.benchmark.forms.problems import FormProblem
from symreg.benchmark.forms.sampling import clean_table
from symreg.benchmark.problems import ProblemDefinition
from symreg.formula import Apply, Constant, Expression, Number, children, constants_of, evaluate_tree, parse, substitute
from symreg.laws import Law
from symreg.tables import root_mean_square

__all__ = ["FormJudge", "FormVerdict", "constants_of_law", "constants_of_truth"]

Floats = npt.NDArray[np.float64]

TOLERANCE = 1e-6
"""Of the spread of exact targets: a deviation up to this is none. Far above the rounding of float64; a larger one lets
approximations pass, a smaller one fails true forms whose fit ends a little early."""

DEFINED = 0.99  # of the clean rows: a law that is undefined at a pole of its own may still be the true one
START_DISTANCES = (0.0, 0.03, 0.1, 0.3, 0.3, 1.0)  # how far from the law's own constants, in their logarithms
FAR_SPREADS = 1e6  # spreads
MOST_EVALUATIONS = 100  # of one fit, for each constant

SMALL_INTEGER = 10
"""Whole numbers of a true formula up to this one belong to its form; larger ones were measured by somebody."""

LARGEST_POWER, LARGEST_ROOT = 12, 4  # of an exponent p/q
# What a number printed in a law may be and still be exact.
LARGEST_NUMERATOR, LARGEST_DENOMINATOR = 1000, 30


@dataclass(frozen=True, slots=True)
class FormVerdict:
    """Whether a law has the true form, its number of fitted constants, and what is left over, in spreads.

    ``deviation`` is NaN where the law has too many constants to be tried.
    """

    holds: bool
    constants: int
    deviation: float


@dataclass(frozen=True, slots=True)
class _Form:
    """A formula whose constants ``start`` (SI values by name) may take any value."""

    expression: Expression
    start: Mapping[str, float]


class FormJudge:
    """Judges the laws of one problem."""

    def __init__(self, problem: FormProblem) -> None:
        self.definition = problem.definition
        self.allowed = constants_of_truth(problem.definition)
        table = clean_table(problem)
        self.columns = {column.name: column.values for column in table.columns}
        self.target = self.columns[self.definition.target_name]
        self.spread = root_mean_square(self.target - self.target.mean())

    def verdict(self, law: Law) -> FormVerdict:
        """Refit the law to the clean rows, from its own constants and from others near them."""
        form = _form_of(law, tuple(entry.name for entry in self.definition.variables))
        if len(form.start) > self.allowed:
            return FormVerdict(False, len(form.start), float("nan"))
        deviation = self._refitted(form)
        return FormVerdict(deviation <= TOLERANCE, len(form.start), deviation)

    def _refitted(self, form: _Form) -> float:
        """The least relative RMS that any start leads to."""
        rng = np.random.default_rng(len(form.start))
        best = self._deviation(self._residuals(form, np.ones(len(form.start))))
        for far in START_DISTANCES if form.start else ():
            if best <= TOLERANCE:
                break
            begin = np.exp(far * rng.standard_normal(len(form.start)))
            best = min(best, self._deviation(self._residuals(form, self._fitted(form, begin))))
        return best

    def _fitted(self, form: _Form, begin: Floats) -> Floats:
        """Constants as multiples of the law's own, by Levenberg-Marquardt."""
        from scipy.optimize import least_squares

        def far(multiples: Floats) -> Floats:
            most = FAR_SPREADS
            found = np.nan_to_num(self._residuals(form, multiples), nan=most, posinf=most, neginf=-most)
            return np.asarray(np.clip(found, -most, most), dtype=np.float64)

        precisely: dict[str, Any] = {"xtol": 1e-15, "ftol": 1e-15, "gtol": 1e-15}
        most = MOST_EVALUATIONS * (1 + len(begin))
        fit = least_squares(far, begin, method="lm", max_nfev=most, **precisely)
        return np.asarray(fit.x, dtype=np.float64)

    def _residuals(self, form: _Form, multiples: Floats) -> Floats:
        """Deviations from the clean target in spreads, ``(n_rows,)``; NaN where the law is undefined."""
        leaves: dict[str, Any] = {"pi": np.pi, **self.columns}
        leaves |= {name: value * by for (name, value), by in zip(form.start.items(), multiples, strict=True)}
        with np.errstate(all="ignore"):
            values = np.broadcast_to(evaluate_tree(form.expression, leaves), self.target.shape)
            return np.asarray((values - self.target) / self.spread, dtype=np.float64)

    @staticmethod
    def _deviation(residuals: Floats) -> float:
        defined = np.isfinite(residuals)
        if np.mean(defined) < DEFINED:
            return float("inf")
        return root_mean_square(residuals[defined])


def constants_of_truth(definition: ProblemDefinition) -> int:
    """How many constants the true law has: the named ones, and every number in it that is none of the simple ones."""
    tree = definition.expression
    named = [name for name in constants_of(tree) if name in definition.free_constants]
    return len(named) + sum(not _is_plain(*found) for found in _numbers(tree))


def constants_of_law(law: Law) -> int:
    """How many fitted constants a law has: the free ones that are no simple numbers, and decimals in its formula."""
    return len(_form_of(law, tuple(law.input_units)).start)


def _form_of(law: Law, variables: tuple[str, ...]) -> _Form:
    """The formula that the law prints, with the values of what is exact in it."""
    names = tuple(constant.name for constant in law.constants)
    tree = parse(law.formula, variables=variables, constants=("pi", *names))
    free = {one.name: one for one in law.constants if one.kind == "free" and one.snapped is None}
    exact = {one.name: float(one.unit.to_si(one.value)) for one in law.constants if one.name not in free}
    snapped = {one.name: one.snapped for one in law.constants if one.snapped is not None and one.unit.scale == 1.0}
    tree = with_constants(tree, exact, snapped, keep=tuple(free))
    start = {name: float(one.unit.to_si(one.value)) or 1.0 for name, one in free.items() if name in constants_of(tree)}
    parsed = parse(law.formula, variables=variables, constants=("pi", *names))
    decimals = dict.fromkeys(number for number, _ in _numbers(parsed) if not _is_exact(number))
    fitted = {number: f"fitted {place}" for place, number in enumerate(decimals)}
    tree = substitute(tree, {number: Constant(name) for number, name in fitted.items()})
    return _Form(tree, start | {name: float(number.value) for number, name in fitted.items()})


def _numbers(tree: Expression, in_exponent: bool = False) -> list[tuple[Number, bool]]:
    """The numbers of a formula, and whether each is an exponent as it stands."""
    if isinstance(tree, Number):
        return [(tree, in_exponent)]
    is_power = isinstance(tree, Apply) and tree.operator == "pow"
    parts = enumerate(children(tree))
    return [found for place, part in parts for found in _numbers(part, is_power and place == 1)]


def _is_plain(number: Number, in_exponent: bool) -> bool:
    """A number that belongs to the form of a truth: a small integer, or a simple exponent."""
    value = number.value
    if not isinstance(value, Fraction):
        return False
    if in_exponent:
        return abs(value.numerator) <= LARGEST_POWER and value.denominator <= LARGEST_ROOT
    return value.denominator == 1 and abs(value) <= SMALL_INTEGER


def _is_exact(number: Number) -> bool:
    """A number in a law that nobody fitted."""
    value = number.value
    if not isinstance(value, Fraction):
        return False
    return abs(value.numerator) <= LARGEST_NUMERATOR and value.denominator <= LARGEST_DENOMINATOR
