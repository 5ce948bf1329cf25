"""Variation: every way hands on the dimension, and does what it says."""

from __future__ import annotations

import numpy as np
import pytest

from symreg.engine import get_engine
from symreg.formula.expression import Apply, Constant, complexity, constants_of, variables_of, walk
from symreg.formula.grammar import parse
from symreg.search.native.evolution.supplies import supplies_of
from symreg.search.native.evolution.variation import Variation
from symreg.search.native.proposal import Draft
from tests.search.setting import has_the_dimension_of_the_target, setting

WAYS = (
    "with_another_part", "with_another_leaf", "with_another_operator", "with_a_step", "without_a_step", "with_a_factor",
    "with_a_constant",
)  # fmt: skip


def laid_out(**options: object) -> Variation:
    rng = np.random.default_rng(0)
    data = {name: rng.uniform(1, 2, 40) for name in ("x [m]", "z [m]", "v [m/s]", "t [s]", "y [m]")}
    one = setting(data, "y", **options)
    for size in (1, 2, 3):
        one.bank.request_all(size)
    rows = np.arange(len(one.space.target))
    return Variation(one.space, supplies_of(one.bank, one.space, get_engine("auto"), rows), None)


def draft(text: str) -> Draft:
    tree = parse(text, variables=("x", "z", "v", "t"), constants=("k1", "k2"))
    names = constants_of(tree)
    return Draft(tree, names, (2.0, 3.0)[: len(names)], (0,) * len(names))


START = draft("k1*x*cos(v*t/z) + sqrt(x**2 + k2*z**2)")


@pytest.mark.parametrize("way", WAYS)
def test_every_way_gives_what_has_the_same_dimension(way: str) -> None:
    one, rng = laid_out(), np.random.default_rng(1)
    found = [getattr(one, way)(START, rng) for _ in range(60)]
    made = [draft for draft in found if draft is not None]
    assert len({draft.expression for draft in made} - {START.expression}) > 2
    for each in made:
        assert has_the_dimension_of_the_target(each, one.space)
        assert set(each.values) <= {2.0, 3.0, 1.0, 0.1}  # fitted values are handed on
        assert {name for name in constants_of(each.expression)} == set(each.names)


def test_what_each_way_changes() -> None:
    one, rng = laid_out(), np.random.default_rng(1)
    size = complexity(START.expression)
    for _ in range(40):
        leaf = one.with_another_leaf(START, rng)
        assert leaf is None or complexity(leaf.expression) == size
        operator = one.with_another_operator(START, rng)
        assert operator is None or complexity(operator.expression) == size
        longer = one.with_a_step(START, rng)
        assert longer is not None and complexity(longer.expression) == size + 1
        shorter = one.without_a_step(START, rng)
        assert shorter is None or complexity(shorter.expression) < size
        constant = one.with_a_constant(START, rng)
        assert constant is None or len(constant.names) == 3


def test_constants_stand_beside_only_what_they_may() -> None:
    """A number beside a length is no law; where constants may carry any unit, it is."""
    for policy, beside in (("dimensionless", False), ("inferred", True)):
        one, rng = laid_out(free_constants=policy), np.random.default_rng(1)
        found = [one.with_a_constant(draft("k1*x"), rng) for _ in range(60)]
        codes = {code for each in found if each is not None for code in each.codes}
        assert (codes != {0}) == beside


def test_new_lines_are_supplies_with_a_coefficient() -> None:
    one, rng = laid_out(free_constants="inferred"), np.random.default_rng(1)
    for _ in range(20):
        fresh = one.random(rng)
        assert fresh is not None and has_the_dimension_of_the_target(fresh, one.space)
        assert isinstance(fresh.expression, Apply) and isinstance(fresh.expression.arguments[0], Constant)


def test_what_cannot_be_done_is_none() -> None:
    one, rng = laid_out(operators=("*", "/", "sqrt")), np.random.default_rng(1)
    lone = draft("x")
    assert one.without_a_step(lone, rng) is None and one.with_a_step(lone, rng) is None
    assert one.with_another_operator(lone, rng) is None
    for _ in range(30):
        varied = one.varied(draft("k1*x"), rng)
        names = {node.operator for node in walk(varied.expression) if isinstance(node, Apply)} if varied else set()
        assert names <= one.space.operators
        assert varied is None or variables_of(varied.expression)
