"""Which dimensions occur at which size, against all products of powers that a grammar makes."""

from __future__ import annotations

import numpy as np
import pytest

from symreg.search.dimension_code import coding_for
from symreg.search.native.bank.classes import Classes
from symreg.units.dimension import DIMENSIONLESS, Dimension
from tests.search.native.bank.brute import dimension_after

M, S, KG = Dimension.of(m=1), Dimension.of(s=1), Dimension.of(kg=1)
LEAVES = {
    "motion": (M, M / S, DIMENSIONLESS),
    "forces": (KG, KG * M / S**2, M, DIMENSIONLESS),
    "roots": (M**2, S, DIMENSIONLESS),
    "no units": (DIMENSIONLESS,),
}
OPERATORS = {
    "all": ("+", "-", "*", "/", "inv", "square", "cube", "sqrt", "abs", "pow", "exp"),
    "sums": ("+", "-", "abs", "sin"),
    "products": ("*",),
    "quotients": ("/", "sqrt"),
}
TOP = 5


def by_size(leaves: tuple[Dimension, ...], operators: tuple[str, ...]) -> dict[int, set[Dimension]]:
    """Dimensions of all trees, by number of nodes, from the dimension rules alone."""
    levels = {1: set(leaves)}
    for size in range(2, TOP + 1):
        unary = [name for name in operators if name not in ("+", "-", "*", "/", "pow")]
        found = {dimension_after(name, (one,)) for name in unary for one in levels[size - 1]}
        for name in set(operators) - set(unary):
            for left in range(1, size - 1):
                pairs = [(a, b) for a in levels[left] for b in levels[size - 1 - left]]
                found |= {dimension_after(name, pair) for pair in pairs}
        levels[size] = found - {None}
    return levels


@pytest.mark.parametrize("leaves", LEAVES)
@pytest.mark.parametrize("operators", OPERATORS)
def test_no_dimension_is_missing(leaves: str, operators: str) -> None:
    coding = coding_for(LEAVES[leaves])
    codes = [coding.encode(leaf) for leaf in LEAVES[leaves]]
    classes = Classes(coding, codes, frozenset(OPERATORS[operators]))
    classes.grow(TOP)
    so_far = {DIMENSIONLESS}
    for size, wanted in by_size(LEAVES[leaves], OPERATORS[operators]).items():
        found = {coding.decode(code) for code in classes.at[size].tolist()}
        so_far |= wanted
        assert wanted <= found <= so_far


def test_the_least_size_is_a_bound() -> None:
    """A dimension is not possible below the size of the smallest tree that has it."""
    coding = coding_for([M, S])
    classes = Classes(coding, [coding.encode(M), coding.encode(S)], frozenset({"*", "/", "square"}))
    classes.grow(7)
    acceleration = np.array([coding.encode(M / S**2)])
    assert not len(classes.possible(acceleration, 3))
    assert classes.possible(acceleration, 4).tolist() == acceleration.tolist()  # x/t**2
    assert classes.possible(acceleration, 7).tolist() == acceleration.tolist()


def test_what_was_never_met_is_not_possible() -> None:
    coding = coding_for([M, KG])
    classes = Classes(coding, [coding.encode(M)], frozenset({"*", "/", "sqrt"}))
    classes.grow(6)
    assert not len(classes.possible(np.array([coding.encode(KG), coding.encode(KG * M)]), 6))


def test_growing_stops_at_the_limit_and_says_so() -> None:
    coding = coding_for([M, S, KG])
    leaves = [coding.encode(one) for one in (M, S, KG)]
    classes = Classes(coding, leaves, frozenset({"*", "/"}), limit=20)
    classes.grow(9)
    assert classes.truncated
    assert classes.complete < 9
    assert all(len(codes) <= 20 for codes in classes.at.values())


def test_sizes_come_one_after_another() -> None:
    """Growing at once or step by step is the same."""
    coding = coding_for([M, S])
    leaves = [coding.encode(M), coding.encode(S), 0]
    one, other = (Classes(coding, leaves, frozenset({"*", "/", "sqrt"})) for _ in range(2))
    one.grow(6)
    for size in (2, 1, 4, 3, 6):
        other.grow(size)
    assert one.complete == other.complete == 6
    for size in one.at:
        assert one.at[size].tolist() == other.at[size].tolist()
    assert (np.diff(one.known) > 0).all()
