"""What a formula costs by its rank: as many bits as there are formulas to tell it from, counted by brute force."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from symreg.formula.bits import exponent_bits, number_bits, tree_bits
from symreg.formula.grammar import parse
from symreg.formula.operators import OPERATOR_BITS
from symreg.search.native.bank.bank import Bank
from symreg.search.native.proposal import Draft
from symreg.search.native.rank import OTHERWISE_BITS, rank_bits, universal_bits
from symreg.units.dimension import DIMENSIONLESS, Dimension
from tests.search.native.bank.brute import Grammar, bank_of

KG, SPEED, M = Dimension.of(kg=1), Dimension.of(m=1, s=-1), Dimension.of(m=1)
N_PROBES = 24
OPERATORS = ("+", "-", "*", "/", "square", "sqrt")


def grammar(**kinds: Dimension) -> Grammar:
    rng = np.random.default_rng(3)
    return Grammar({name: (kind, rng.uniform(1, 2, N_PROBES)) for name, kind in kinds.items()}, OPERATORS)


def bank_up_to(size: int, **kinds: Dimension) -> Bank:
    bank = bank_of(grammar(**kinds))
    for one in range(1, size + 1):
        bank.request_all(one)
    return bank


@pytest.fixture(scope="module")
def masses() -> tuple[Bank, int]:
    bank = bank_up_to(6, m=KG, v=SPEED, c=SPEED)
    return bank, bank.coding.encode(KG)


def draft(text: str, variables: str, **codes: int) -> Draft:
    tree = parse(text, variables=tuple(variables), constants=tuple(codes))
    return Draft(tree, tuple(codes), (1.0,) * len(codes), tuple(codes.values()))


def test_as_many_as_there_are(masses: tuple[Bank, int]) -> None:
    bank, mass = masses
    for size in range(1, 7):
        by_hand = sum(len(bank.level(mass, smaller)) for smaller in range(1, size + 1))
        assert bank.up_to(size, mass) == max(1, by_hand)
        assert bank.up_to(size) == sum(len(bank.all_of(smaller)) for smaller in range(1, size + 1))


def test_beyond_what_was_made_there_are_more_with_each_size(masses: tuple[Bank, int]) -> None:
    bank, mass = masses
    counts = [bank.up_to(size, mass) for size in range(1, 14)]
    assert counts == sorted(counts)
    assert all(later >= 2 * earlier for earlier, later in pairwise(counts[5:]))


def test_what_was_not_made_is_estimated_about_right(masses: tuple[Bank, int]) -> None:
    """A formula of eight nodes, told before its level and after it, differs by a bit or two."""
    bank, mass = masses
    before = bank.up_to(8, mass)
    larger = bank_up_to(8, m=KG, v=SPEED, c=SPEED)
    assert abs(math.log2(before / larger.up_to(8, mass))) < 2.5


def test_places_have_a_prefix_code() -> None:
    """No more than all: otherwise every place would be too cheap."""
    total = sum(2.0 ** -universal_bits(place) for place in range(1, 200_000))
    assert 0.5 < total < 1
    assert universal_bits(1) == pytest.approx(1.5186, abs=1e-3)
    assert universal_bits(2**16) == pytest.approx(1.5186 + 16 + 4 + 2 + 1, abs=1e-3)


def test_dimensions_make_a_formula_cheap(masses: tuple[Bank, int]) -> None:
    bank, mass = masses
    one = draft("m/sqrt(1 - (v/c)**2)", "mvc")
    bits = rank_bits(one, bank, mass)
    assert bits is not None
    assert bits < 0.6 * tree_bits(one.expression, 5)
    assert bits == pytest.approx(OTHERWISE_BITS + universal_bits(bank.up_to(9, mass)))


@pytest.mark.parametrize(
    ("text", "codes"),
    [("m*exp(k*v/c)", {"k": 0}), ("m/(k + v/c)", {"k": 0}), ("m*(v/c)**k", {"k": 0})],
)
def test_constants_that_bend_a_formula_are_not_said_by_rank(
    masses: tuple[Bank, int], text: str, codes: dict[str, int]
) -> None:
    assert rank_bits(draft(text, "mvc", **codes), *masses) is None


@pytest.mark.parametrize(
    ("text", "plain", "size", "inside"),
    [
        ("m/(1 + k*v/c)", "m/(1 + v/c)", 7, 1),
        ("m*(k1*c + k2*v)/c", "m*(c + v)/c", 7, 2),
        ("(m + m*v/(c*k))*v/c", "(m + m*v/c)*v/c", 11, 1),
    ],
)
def test_coefficients_inside_are_said_by_their_places(
    masses: tuple[Bank, int], text: str, plain: str, size: int, inside: int
) -> None:
    bank, mass = masses
    codes = {name: 0 for name in ("k", "k1", "k2") if name in text}
    without, bits = (rank_bits(draft(one, "mvc", **kinds), bank, mass) for one, kinds in ((plain, {}), (text, codes)))
    assert without is not None and bits is not None
    assert bits - without == pytest.approx(inside * (1 + math.log2(size)))


def test_sums_are_said_term_by_term(masses: tuple[Bank, int]) -> None:
    bank, mass = masses
    terms = [rank_bits(draft(text, "mvc", k=0), bank, mass) for text in ("k*m", "k*m*v/c")]
    both = rank_bits(draft("k*m + k2*m*v/c", "mvc", k=0, k2=0), bank, mass)
    assert None not in terms
    assert both == pytest.approx(sum(one or 0 for one in terms) - OTHERWISE_BITS + 1 + OPERATOR_BITS["+"])


def test_a_coefficient_with_a_unit_lets_any_dimension_be(masses: tuple[Bank, int]) -> None:
    bank, mass = masses
    unit = bank.coding.encode(KG / SPEED)
    bits = rank_bits(draft("k*v", "mvc", k=unit), bank, mass)
    assert bits == pytest.approx(OTHERWISE_BITS + universal_bits(bank.up_to(1)))


def test_numbers_that_no_level_holds_pay_for_themselves() -> None:
    bank = bank_up_to(5, x=DIMENSIONLESS)
    plain = rank_bits(draft("k*x", "x", k=0), bank, 0)
    power = rank_bits(draft("k*x**(3/4)", "x", k=0), bank, 0)
    odd = rank_bits(draft("k*(x + 7)", "x", k=0), bank, 0)
    assert plain is not None and power is not None and odd is not None
    exponent = parse("x**(3/4)", variables=("x",)).arguments[1].value  # type: ignore[union-attr]
    assert power >= OTHERWISE_BITS + exponent_bits(exponent)
    assert odd == pytest.approx(OTHERWISE_BITS + universal_bits(bank.up_to(3, 0)) + 1 + number_bits(7))


def test_a_factor_in_front_and_a_divisor_behind_are_one_term(masses: tuple[Bank, int]) -> None:
    bank, mass = masses
    sizes = {text: rank_bits(draft(text, "mvc", k=0), bank, mass) for text in ("k*m*v/c", "k*(m*v)/c", "m*v/c*k")}
    assert len(set(sizes.values())) == 1
