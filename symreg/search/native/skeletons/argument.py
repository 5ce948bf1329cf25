"""Arguments: what a law's functions are taken of: an input, a simple power of it, a product or ratio of two."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from symreg.formula import POWER_NAMES, Apply, Constant, Expression, Variable, evaluate_tree
from symreg.formula import raised as to_power
from symreg.search.space import SearchSpace

Floats = npt.NDArray[np.float64]
POWERS_OF_INPUTS = (Fraction(2), Fraction(-1), Fraction(1, 2), Fraction(3), Fraction(-2))


@dataclass(frozen=True, slots=True, eq=False)
class Argument:
    """A tree of inputs with its values on all rows, ``(n_rows,)``.

    ``pure`` is the same with each input that has a dimension over its unit, for functions that want a pure number.
    ``inputs`` are the places of the inputs in it.
    """

    tree: Expression
    pure: Expression
    values: Floats
    pure_values: Floats
    inputs: frozenset[int]

    @property
    def is_positive(self) -> bool:
        """Whether all values are above zero."""
        return bool((self.values > 0).all())


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """The inputs of a space that vary, with what is needed to write trees of them."""

    space: SearchSpace
    places: tuple[int, ...]

    def value(self, tree: Expression) -> Floats:
        """Values of a tree of inputs and units on all rows of the space, ``(n_rows,)``."""
        leaves: Mapping[str, Floats | float] = {
            **dict(zip(self.space.names, self.space.inputs, strict=True)), **self.space.in_formulas
        }  # fmt: skip
        return np.array(np.broadcast_to(evaluate_tree(tree, leaves), self.space.target.shape))

    def pure(self, place: int) -> Expression:
        """The input over its unit; itself where it has no dimension."""
        name = self.space.names[place]
        unit = self.space.units_of_inputs.get(name)
        return Variable(name) if unit is None else Apply("/", (Variable(name), Constant(unit)))

    def argument(self, tree: Expression, pure: Expression, *places: int) -> Argument | None:
        """The argument, if it has a value on every row and these are not all the same."""
        values = self.value(tree)
        if not np.isfinite(values).all() or np.ptp(values) == 0:
            return None
        return Argument(tree, pure, values, values if pure == tree else self.value(pure), frozenset(places))

    def itself(self, place: int) -> Argument | None:
        """The input alone."""
        return self.argument(Variable(self.space.names[place]), self.pure(place), place)

    def powers(self, place: int, powers: Sequence[Fraction] = POWERS_OF_INPUTS) -> Iterator[Argument]:
        """Simple powers of an input, and its logarithm."""
        plain, pure = Variable(self.space.names[place]), self.pure(place)
        for power in powers:
            found = self.argument(raised(plain, power), raised(pure, power), place)
            if found is not None:
                yield found
        if (self.space.inputs[place] > 0).all():
            log = Apply("log", (pure,))
            found = self.argument(log, log, place)
            if found is not None:
                yield found

    def pairs(self) -> Iterator[Argument]:
        """Products and ratios of two inputs, their sums and differences where these have a meaning."""
        for i, j in itertools.combinations(self.places, 2):
            a, b, pa, pb = (*(Variable(self.space.names[k]) for k in (i, j)), self.pure(i), self.pure(j))
            names = ["*", "/", "-", "+"] if self.space.codes[i] == self.space.codes[j] else ["*", "/"]
            for name in names:
                for first, second, p, q in [(a, b, pa, pb), *([(b, a, pb, pa)] if name == "/" else [])]:
                    found = self.argument(Apply(name, (first, second)), Apply(name, (p, q)), i, j)
                    if found is not None:
                        yield found


def inputs_of(space: SearchSpace) -> Inputs:
    """The inputs that vary."""
    return Inputs(space, tuple(i for i, row in enumerate(space.inputs) if np.ptp(row) > 0))


def raised(tree: Expression, power: Fraction) -> Expression:
    """The tree to a simple power, written as formulas are."""
    if power < 0 and power not in POWER_NAMES:
        return Apply("inv", (raised(tree, -power),))
    return to_power(tree, power)
