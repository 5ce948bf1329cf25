"""SearchSpace: a problem as the search sees it: numbers of order one, dimensions as integers, trees as leaves."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from symreg.formula import Constant, Expression, Number, Variable
from symreg.problem import NaturalUnits, choose_natural_units
from symreg.search.dimension_code import DimensionCode, coding_for
from symreg.units import DIMENSIONLESS, Dimension

if TYPE_CHECKING:
    from symreg.arrays import Rows
    from symreg.problem import Problem

Floats = npt.NDArray[np.float64]
LARGEST_COEFFICIENT_POWER = 6  # a coefficient may carry declared units to powers up to this


@dataclass(frozen=True, slots=True, eq=False)
class SearchSpace:
    """Leaves (inputs, known constants, the number one) with codes and values in natural units.

    ``values`` has shape ``(n_leaves, n_rows)``, ``target`` and ``sigma`` ``(n_rows,)``. ``coefficient_codes`` are the
    dimensions a fitted coefficient may carry, None for any dimension at all.
    """

    leaves: tuple[Expression, ...]
    codes: tuple[int, ...]
    values: Floats
    target: Floats
    target_code: int
    sigma: Floats | None
    coding: DimensionCode
    coefficient_codes: tuple[int, ...] | None
    operators: frozenset[str]
    units: NaturalUnits
    n_inputs: int
    max_complexity: int = 40
    angles: frozenset[int] = frozenset()  # leaves that are angles
    taken: frozenset[str] = frozenset()  # names that a free constant may not have
    own_names: Mapping[str, str] = field(default_factory=dict)  # of known constants that go by another name here
    numbers: Mapping[str, float] = field(default_factory=lambda: {"pi": math.pi})  # known constants without a unit
    target_name: str = "y"
    nested: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # limits on nesting, see ``Constraints``
    guesses: tuple[Expression, ...] = ()
    is_whole: bool = True  # the question is the whole law, not an unknown function in a given form
    is_mixed: bool = False  # coefficients may carry units, although pure numbers would do
    units_of_inputs: Mapping[str, str] = field(default_factory=dict)  # by input, the constant that is one of its unit
    scales: Mapping[str, float] = field(default_factory=dict)  # these constants in natural units
    may_weigh: bool = False  # a search may find that errors grow with the target, see ``native.noise``
    knows_errors: bool = True  # of ``sigma``: it is stated, and not only right in its ratios

    @property
    def dimensions(self) -> dict[str, Dimension]:
        """Dimensions of inputs, known constants and units of inputs, by name."""
        found = {
            leaf.name: self.coding.decode(code)
            for leaf, code in zip(self.leaves, self.codes, strict=True)
            if isinstance(leaf, Variable | Constant)
        }
        return found | {unit: found[name] for name, unit in self.units_of_inputs.items() if name in found}

    @property
    def code_of_leaves(self) -> dict[Expression, int]:
        """Dimension codes of inputs and known constants."""
        pairs = zip(self.leaves, self.codes, strict=True)
        return {leaf: code for leaf, code in pairs if not isinstance(leaf, Number)}

    @property
    def in_formulas(self) -> dict[str, float]:
        """Known constants and units of inputs in natural units: all that a formula may hold by name."""
        return {**self.known, **self.scales}

    @property
    def inputs(self) -> Floats:
        """The input columns, shape ``(n_inputs, n_rows)``."""
        return self.values[: self.n_inputs]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the input columns."""
        return tuple(leaf.name for leaf in self.leaves[: self.n_inputs] if isinstance(leaf, Variable))

    @property
    def known(self) -> dict[str, float]:
        """Known constants in natural units."""
        return {
            leaf.name: float(values[0])
            for leaf, values in zip(self.leaves, self.values, strict=True)
            if isinstance(leaf, Constant)
        }


def search_space(problem: Problem, rows: Rows) -> SearchSpace:
    """The search space of a problem on these rows, in natural units.

    Raises ``DimensionRangeError`` for exponents of a unit that are beyond what a search can hold.
    """
    units = choose_natural_units(problem)
    target_column = problem.target_column
    dimensions = problem.dimensions
    own_names = {_apart(constant.name): constant.name for constant in problem.known_constants}
    dimensions |= {here: dimensions[name] for here, name in own_names.items()}
    allowed = [unit.dimension for unit in problem.free_constants.units]
    coding = coding_for([*dimensions.values(), target_column.unit.dimension, *allowed])
    leaves: list[Variable | Constant] = [Variable(name) for name in problem.inputs]
    values = list(problem.matrix(rows))
    for constant in problem.known_constants:
        if constant.unit.dimension != DIMENSIONLESS:  # a pure number is a coefficient; it is recognised later
            leaves.append(Constant(_apart(constant.name)))
            values.append(np.full(len(rows), constant.value))
    in_units = [
        column / units.factor(dimensions[leaf.name])
        for leaf, column in zip(leaves, values, strict=True)
    ]
    of_inputs = problem.units_of_inputs
    target_factor = units.factor(target_column.unit.dimension)
    limited = (limit.name for limit in problem.free_constants.limits)  # they are what the user calls them
    weights = problem.search_weights(rows)
    sigma = None if weights is None else 1.0 / np.sqrt(weights) / (target_factor if problem.states_errors else 1.0)
    return SearchSpace(
        leaves=(*leaves, Number(Fraction(1))),
        codes=(*(coding.encode(dimensions[leaf.name]) for leaf in leaves), 0),
        values=np.ascontiguousarray([*in_units, np.ones(len(rows))]),
        target=problem.target_values(rows) / target_factor,
        target_code=coding.encode(target_column.unit.dimension),
        sigma=sigma,
        coding=coding,
        coefficient_codes=_coefficient_codes(problem.free_constants.policy, allowed, coding),
        operators=frozenset(problem.operators),
        units=units,
        n_inputs=len(problem.inputs),
        max_complexity=problem.constraints.max_complexity,
        angles=frozenset(
            index for index, name in enumerate(problem.inputs) if problem.table[name].unit.is_angle
        ),
        taken=frozenset({*problem.dimensions, problem.target, "pi", *limited, *(u.name for u in of_inputs.values())}),
        own_names=own_names,
        numbers={"pi": math.pi}
        | {one.name: one.value for one in problem.known_constants if one.unit.dimension == DIMENSIONLESS},
        target_name=problem.target,
        nested=problem.constraints.nested,
        guesses=problem.guesses,
        is_whole=problem.template is None or problem.template.is_bare,
        may_weigh=problem.template is None and sigma is None,
        knows_errors=problem.states_errors,
        is_mixed=problem.free_constants.is_mixed,
        units_of_inputs={name: one.name for name, one in of_inputs.items()},
        scales=units.unit_values(problem),
    )


def _apart(name: str) -> str:
    """A name for a known constant that no free constant of a draft (k1, k2, ...) has."""
    return f"known {name}" if name.startswith("k") and name[1:].isdigit() else name


def _coefficient_codes(
    policy: str, allowed: Iterable[Dimension], coding: DimensionCode
) -> tuple[int, ...] | None:
    """Codes of the products of powers of the declared units, the number alone, or None where any unit will do."""
    if policy == "inferred":
        return None
    if policy == "dimensionless":
        return (0,)
    # Powers by halves: a declared acceleration may stand under a root.
    powers = range(-2 * LARGEST_COEFFICIENT_POWER, 2 * LARGEST_COEFFICIENT_POWER + 1)
    units = [coding.encode(dimension) // 2 for dimension in dict.fromkeys(allowed)]
    found = {
        sum(power * unit for power, unit in zip(chosen, units, strict=True))
        for chosen in itertools.product(powers, repeat=len(units))
        if sum(map(abs, chosen)) <= 2 * LARGEST_COEFFICIENT_POWER
        and (len(units) == 1 or all(power % 2 == 0 for power in chosen) or sum(map(abs, chosen)) <= 4)
    }
    codes = np.array(sorted(found | {0}), dtype=np.int64)
    return tuple(codes[coding.in_range(codes)].tolist())


def probe_rows(space: SearchSpace, count: int, generator: np.random.Generator) -> Rows:
    """A random choice of rows on which the search looks first; all of them where there are no more."""
    n_rows = len(space.target)
    if n_rows <= count:
        return np.arange(n_rows)
    return np.sort(generator.choice(n_rows, size=count, replace=False))
