"""The simplest products of powers of the target's dimension."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from symreg.formula.dimensioning import dimension_of
from symreg.formula.expression import Apply, Constant, Expression, Variable, complexity, evaluate_tree, variables_of
from symreg.search.native.joins.monomials import (
    LARGEST_MONOMIAL_EXPONENT,
    LARGEST_MONOMIAL_TOTAL,
    MOST_GROUPS,
    MOST_MONOMIALS,
    Monomials,
    monomials_of,
)
from tests.search.setting import Setting, setting

N_ROWS = 60


def table(*names: str, target: str, **options: object) -> Setting:
    """Random positive columns; no law is asked for."""
    rng = np.random.default_rng(1)
    data = {name: rng.uniform(1, 2, N_ROWS) for name in (*names, target)}
    return setting(data, target.split(" ")[0], **options)


TABLES: dict[str, Callable[[], Setting]] = {
    "oscillator": lambda: table(
        "h [J*s]", "omega [1/s]", "omega_0 [1/s]", "m [kg]", "c [m/s]", target="s [m**2]"
    ),
    "one": lambda: table("m [kg]", "c [m/s]", target="E [J]"),
    "two": lambda: table("m [kg]", "c [m/s]", "v [m/s]", target="E [J]"),
    "many": lambda: table(*(f"v{i} [m/s]" for i in range(5)), target="E [m**2/s**2]"),
    "pure number": lambda: table("a [m]", "b [m]", "n [1]", target="y [m**2]"),
    "known": lambda: table("nu [Hz]", "T [K]", target="B [W/m**2/Hz]", constants=["h", "c", "k_B"]),
    "halves": lambda: table("A [m**2]", "B [m**2]", "d [m]", target="y [m]"),
}  # fmt: skip


@cache
def laid_out(kind: str) -> tuple[Setting, Monomials]:
    """A table of these and its products."""
    own = TABLES[kind]()
    return own, own.monomials


def exponents(tree: Expression) -> dict[str, int]:
    """Of a product of whole powers."""
    if isinstance(tree, Variable | Constant):
        return {tree.name: 1}
    assert isinstance(tree, Apply)
    first = exponents(tree.arguments[0])
    if tree.operator in ("square", "cube", "inv"):
        power = {"square": 2, "cube": 3, "inv": -1}[tree.operator]
        return {name: power * exponent for name, exponent in first.items()}
    sign = {"*": 1, "/": -1}[tree.operator]
    for name, exponent in exponents(tree.arguments[1]).items():
        first[name] = first.get(name, 0) + sign * exponent
    return first


def cost(tree: Expression) -> int:
    """The sum of the exponents' magnitudes, of a power that of its root and one."""
    values = [abs(exponent) for exponent in exponents(tree).values()]
    divisor = math.gcd(*values)
    return sum(values) // divisor + (divisor > 1)


@pytest.mark.parametrize("kind", TABLES)
def test_every_product_has_the_dimension_of_the_target(kind: str) -> None:
    own, found = laid_out(kind)
    known = {
        leaf.name: own.space.coding.decode(code)
        for leaf, code in zip(own.space.leaves, own.space.codes, strict=True)
        if isinstance(leaf, Variable | Constant)
    }
    wanted = own.space.coding.decode(own.space.target_code)
    assert found.expressions
    assert len(found.expressions) <= MOST_MONOMIALS
    assert len(set(found.expressions)) == len(found.expressions)
    assert all(dimension_of(tree, known) == wanted for tree in found.expressions)


@pytest.mark.parametrize("kind", TABLES)
def test_values_are_those_of_the_trees(kind: str) -> None:
    own, found = laid_out(kind)
    columns = dict(zip(own.space.names, own.space.inputs, strict=True)) | own.space.known
    assert found.values.shape == (len(found.expressions), own.values.shape[1])
    for tree, values in zip(found.expressions, found.values, strict=True):
        assert values == pytest.approx(evaluate_tree(tree, columns), rel=1e-12)


@pytest.mark.parametrize("kind", TABLES)
def test_sizes_ascend_with_cost_and_are_short_cuts(kind: str) -> None:
    _, found = laid_out(kind)
    size_of = {int(index): size for size in found.sizes for index in found.of(size)}
    assert sorted(size_of) == list(range(len(found.expressions)))
    costs = [cost(tree) for tree in found.expressions]
    sizes = [size_of[index] for index in range(len(costs))]
    assert costs == sorted(costs)
    assert sizes == sorted(sizes)
    assert max(costs) <= LARGEST_MONOMIAL_TOTAL
    powers = [power for tree in found.expressions for power in exponents(tree).values()]
    assert all(abs(power) <= LARGEST_MONOMIAL_EXPONENT for power in powers)
    assert all(complexity(tree) > size for tree, size in zip(found.expressions, sizes, strict=True))


def test_the_front_of_a_cross_section_is_a_short_cut() -> None:
    """As long as it is, it is one of a few products that the dimensions allow."""
    _, found = laid_out("oscillator")
    wanted = {"h": 2, "omega_0": 2, "m": -2, "c": -2, "omega": -2}
    rivals = [exponents(tree) for tree in found.expressions]
    assert {"h": 2, "m": -2, "c": -2} in rivals
    assert wanted in rivals


def test_known_constants_stand_in_products() -> None:
    _, found = laid_out("known")
    assert {"h": 1, "nu": 3, "c": -2} in [exponents(tree) for tree in found.expressions]


def test_pure_numbers_stand_in_products_and_angles_do_not() -> None:
    assert any("n" in variables_of(tree) for tree in laid_out("pure number")[1].expressions)
    found = table("a [m]", "b [m]", "n [rad]", target="y [m**2]").monomials
    assert found.expressions
    assert not any("n" in variables_of(tree) for tree in found.expressions)


def test_no_more_than_asked_for() -> None:
    own, found = laid_out("many")
    few = monomials_of(own.space, own.values, most=5)
    assert few.expressions == found.expressions[:5]
    assert few.values.shape == (5, own.values.shape[1])


def test_products_that_are_zero_or_undefined_somewhere_are_left_out() -> None:
    rng = np.random.default_rng(2)
    v = rng.uniform(1, 2, N_ROWS)
    own = setting(
        {"m [kg]": rng.uniform(1, 2, N_ROWS), "c [m/s]": np.where(np.arange(N_ROWS) % 5, v, 0.0), "v [m/s]": v,
         "E [J]": v**2}, "E",
    )  # fmt: skip
    assert [exponents(tree) for tree in own.monomials.expressions] == [{"m": 1, "v": 2}]


NONE: dict[str, Callable[[], Setting]] = {
    "inferred units": lambda: table("m [kg]", "c [m/s]", "v [m/s]", target="E [J]", free_constants="inferred"),
    "declared units": lambda: table("m [kg]", "c [m/s]", "v [m/s]", target="E [J]", free_constants=["m/s"]),
    "dimensionless target": lambda: table("m [kg]", "c [m/s]", "v [m/s]", target="E [1]"),
    "too many groups": lambda: table(*(f"v{i} [m/s]" for i in range(MOST_GROUPS + 2)), target="E [m**2/s**2]"),
    "too many pure numbers": lambda: table("a [m]", *(f"n{i} [1]" for i in range(MOST_GROUPS + 1)), target="y [m]"),
}  # fmt: skip


@pytest.mark.parametrize("kind", NONE)
def test_where_nothing_is_singled_out_there_are_none(kind: str) -> None:
    own = NONE[kind]()
    found = own.monomials
    assert found.expressions == ()
    assert found.values.shape == (0, own.values.shape[1])
    assert found.sizes == frozenset()
