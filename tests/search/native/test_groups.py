"""A formula is said by its products of powers: what there are of them, and what stands over them."""

from __future__ import annotations

import itertools

import pytest

from symreg.formula import OPERATOR_BITS, Expression, Variable, name_bits, tree_bits
from symreg.formula.grammar import parse
from symreg.search.dimension_code import DimensionCode, coding_for
from symreg.search.native.groups import GROUPS_BITS, KIND_BITS, OTHER_LEAVES, _count, _count_of_all, group_bits
from symreg.search.native.proposal import Draft
from symreg.search.native.rank import universal_bits
from symreg.units import DIMENSIONLESS, parse_unit

UNITS = {"h": "J*s", "f": "1/s", "b": "J/K", "T": "K"}


def coded(units: dict[str, str], target: str) -> tuple[DimensionCode, dict[Expression, int], int]:
    found = {name: parse_unit(unit).dimension for name, unit in units.items()}
    goal = parse_unit(target).dimension
    coding = coding_for([*found.values(), goal])
    return coding, {Variable(name): coding.encode(one) for name, one in found.items()}, coding.encode(goal)


def bits(text: str, units: dict[str, str], target: str, *constants: str) -> float | None:
    _, codes, goal = coded(units, target)
    tree = parse(text, variables=units, constants=constants)
    draft = Draft(tree, constants, (1.0,) * len(constants), (0,) * len(constants))
    return group_bits(draft, codes, goal)


@pytest.mark.parametrize("weight", [0, 1, 2, 3, 4])
def test_products_are_counted_as_if_each_was_written_down(weight: int) -> None:
    coding, codes, _ = coded(UNITS, "1")
    plain: dict[int, int] = {}
    for powers in itertools.product(range(-weight, weight + 1), repeat=len(codes)):
        if sum(map(abs, powers)) <= weight:
            code = sum(own * power for own, power in zip(codes.values(), powers, strict=True))
            plain[code] = plain.get(code, 0) + 1
    own = tuple(codes.values())
    assert {code: _count(own, weight, code) for code in plain} == plain
    assert _count(own, weight, 10**15) == 0 and _count_of_all(len(own), weight) == sum(plain.values())
    assert plain[coding.encode(DIMENSIONLESS)] == (3 if weight == 4 else 1)  # one, h*f/(b*T), and its inverse


def test_a_group_is_said_once_and_the_rest_as_a_tree_over_it() -> None:
    found = bits("1/(exp(k*h*f/(b*T)) - 1)", UNITS, "1", "k")
    leaf = name_bits(1 + OTHER_LEAVES)
    over = sum(1 + OPERATOR_BITS[one] for one in ("inv", "-", "exp", "*")) + 3 * leaf + 1  # k, the group, the number 1
    assert found == pytest.approx(GROUPS_BITS + KIND_BITS + universal_bits(3) + over)


def test_a_function_of_a_group_is_shorter_than_its_series() -> None:
    """By their trees both take as many names as they spell."""
    law = bits("1/(exp(k*h*f/(b*T)) - 1)", UNITS, "1", "k")
    series = bits("k1*h*f/(b*T) + k2*b*T/(h*f) + k3", UNITS, "1", "k1", "k2", "k3")
    assert law is not None and series is not None and law < series


def test_a_product_that_comes_again_costs_its_name_only() -> None:
    units = {"m": "kg", "v": "m/s", "c": "m/s"}
    once, twice = bits("m*sqrt(1 - (v/c)**2)", units, "kg"), bits("m*sqrt(1 - (v/c)**2)*exp((v/c)**2)", units, "kg")
    leaf = name_bits(2 + OTHER_LEAVES)
    assert once is not None and twice is not None
    assert twice - once == pytest.approx(2 + OPERATOR_BITS["*"] + OPERATOR_BITS["exp"] + leaf)


def test_broken_powers_are_said_beside_it() -> None:
    units = {"x": "1", "y": "1"}
    whole, root = bits("exp(x*y)", units, "1"), bits("exp(x*y**(1/2))", units, "1")
    assert whole is not None and root is not None and root > whole + 1


def test_plain_leaves_are_left_to_the_tree() -> None:
    units = {"x": "1", "y": "1"}
    assert bits("exp(x) + y", units, "1") is None
    tree = parse("x + sin(x)*x + exp(x)", variables=units)
    again = bits("x + sin(x)*x + exp(x)", units, "1")
    assert again is not None and again < tree_bits(tree, 4) + GROUPS_BITS + 6


def test_a_leaf_without_a_dimension_of_its_own_is_not_said_so() -> None:
    """An input over its unit: the unit is no leaf of the search."""
    codes: dict[Expression, int] = {Variable("x"): 0}
    tree = parse("exp(x/u)", variables=("x",), constants=("u",))
    assert group_bits(Draft(tree, (), (), ()), codes, 0) is None
