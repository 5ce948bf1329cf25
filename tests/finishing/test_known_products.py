"""Known constants in place of fitted ones: right within the errors, silent beyond them and where chance would do."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symreg.discovery import discover
from symreg.engine import Outcome
from symreg.finishing.finished import Finished
from symreg.finishing.finisher import Finisher
from symreg.finishing.known_products import (
    CHANCE_OF_GIVEN,
    LARGEST_KNOWN_TOTAL,
    MATCH_ERRORS,
    MOST_KNOWN_FACTORS,
    Factor,
    known_products,
    matching,
    powers_reaching,
    products_of,
    with_known_constants,
)
from symreg.finishing.law_making import as_law
from symreg.finishing.passes import shortened
from symreg.fitting.fitted import Fitted
from symreg.formula.expression import constants_of, evaluate_tree
from symreg.formula.grammar import parse
from symreg.formula.printing import to_text
from symreg.problem.candidate import FreeConstant
from symreg.problem.constraints import Constraints
from symreg.problem.making import make_problem
from symreg.problem.problem import Problem
from symreg.search.backend import Budget
from symreg.search.native.settings import Native
from symreg.tables.table import read_table
from symreg.units.dimension import DIMENSIONLESS, Dimension
from symreg.units.physical_constants import physical_constant, physical_constant_names
from tests.finishing.test_finisher import finisher_of

M, KG, S, A, K, MOL = (Dimension.of(**{name: 1}) for name in ("m", "kg", "s", "A", "K", "mol"))
JOULE = KG * M**2 / S**2


def si(name: str) -> float:
    return physical_constant(name).value


def factors(*names: str) -> tuple[Factor, ...]:
    found = [physical_constant(name) for name in names]
    return tuple(Factor(one.name, one.unit.dimension, one.value, one.stderr / one.value) for one in found)


def match_text(value: float, error: float, dimension: Dimension, *names: str) -> str | None:
    found = matching(value, error, products_of(dimension, factors(*names)), CHANCE_OF_GIVEN)
    return None if found is None else str(found)


KNOWN = [
    ("2*h*c**2", 2 * si("h") * si("c") ** 2, JOULE * M**2 / S, ("h", "c", "k_B")),
    ("h*c/k_B", si("h") * si("c") / si("k_B"), M * K, ("h", "c", "k_B")),
    ("2/(e*epsilon_0)", 2 / si("e") / si("epsilon_0"), JOULE * M / (A * S) ** 3, ("e", "epsilon_0")),
    ("e**2/(4*pi*epsilon_0)", si("e") ** 2 / si("epsilon_0") / 4 / math.pi, JOULE * M, ("e", "epsilon_0")),
    ("3*R/2", 1.5 * si("R"), JOULE / K / MOL, ("R", "F")),
    ("-(h/(2*pi))", -si("hbar"), JOULE * S, ("h", "c")),
    ("sqrt(h*G/c**5)", math.sqrt(si("h") * si("G") / si("c") ** 5), S, ("h", "c", "G")),
    ("2*pi/sqrt(g_n)", 2 * math.pi / math.sqrt(si("g_n")), S / M ** Fraction(1, 2), ("g_n",)),
    ("m_e*e**4/(8*h**2*epsilon_0**2)", si("m_e") * si("e") ** 4 / 8 / (si("h") * si("epsilon_0")) ** 2, JOULE,
     ("m_e", "e", "h", "epsilon_0")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value", "dimension", "names"), KNOWN)
@pytest.mark.parametrize("distance", [-1.5, 0.0, 1.0])
@pytest.mark.parametrize("relative", [1e-9, 1e-6, 5e-5])
def test_products_times_a_simple_number_are_recognised(
    text: str, value: float, dimension: Dimension, names: tuple[str, ...], distance: float, relative: float
) -> None:
    fitted = value * (1 + distance * relative)
    products = products_of(dimension, factors(*names))
    found = matching(fitted, abs(fitted) * relative, products, CHANCE_OF_GIVEN)
    assert found is not None
    values = {name: si(name) for name in names} | {"pi": math.pi}
    assert float(evaluate_tree(found.expression, values)) == pytest.approx(value, rel=1e-9)
    shown = parse(str(found), variables=(), constants=tuple(values))
    assert float(evaluate_tree(shown, values)) == pytest.approx(value, rel=1e-9)
    powers = dict(found.product.powers)
    known = [float(powers.get(one.name, 0)) * one.relative_error for one in factors(*names)]
    error = math.hypot(relative, *known)
    if error > 1e-8:
        assert found.deviation == pytest.approx(abs(distance) * relative / error, abs=0.01)
    else:
        assert found.distance_text == "equal to seven digits"
    assert str(found) == text


@pytest.mark.parametrize(("text", "value", "dimension", "names"), KNOWN)
@pytest.mark.parametrize("distance", [-20.0, -MATCH_ERRORS - 0.1, MATCH_ERRORS + 0.1, 8.0])
def test_nothing_is_recognised_three_errors_away(
    text: str, value: float, dimension: Dimension, names: tuple[str, ...], distance: float
) -> None:
    exact = tuple(Factor(one.name, one.dimension, one.value) for one in factors(*names))
    fitted = value * (1 + distance * 1e-4)
    assert matching(fitted, abs(value) * 1e-4, products_of(dimension, exact), CHANCE_OF_GIVEN) is None


def test_errors_of_known_constants_count() -> None:
    """G is known to 2e-5: what is nearer is G, whatever the fit says of itself."""
    gravity = M**3 / KG / S**2
    assert match_text(si("G") * (1 + 4e-5), si("G") * 1e-9, gravity, "G") == "G"
    assert match_text(si("G") * (1 + 9e-5), si("G") * 1e-9, gravity, "G") is None


@pytest.mark.parametrize("error", [float("nan"), float("inf"), 0.1 * si("h")])
def test_nothing_is_recognised_where_little_is_known(error: float) -> None:
    assert match_text(si("h"), error, JOULE * S, "h") is None


def test_a_long_number_wants_more_digits_than_a_short_one() -> None:
    def digits(ratio: float) -> int:
        texts = [match_text(ratio * si("h"), ratio * si("h") * 0.5 * 10.0**-n, JOULE * S, "h") for n in range(9)]
        return next(n for n, text in enumerate(texts) if text)

    assert digits(1.0) <= digits(2.0) < digits(3 / 7)


@pytest.mark.parametrize("relative", [1e-2, 1e-3, 1e-4, 1e-6])
@pytest.mark.parametrize("names", [("h", "c", "k_B"), ("h", "c", "e", "epsilon_0", "m_e")])
def test_random_constants_are_hardly_ever_products(relative: float, names: tuple[str, ...]) -> None:
    rng = np.random.default_rng(5)
    products = products_of(JOULE * M, factors(*names))
    values = products[0].value * 10 ** rng.uniform(-1, 1, 2000)
    found = sum(matching(value, relative * value, products, CHANCE_OF_GIVEN) is not None for value in values.tolist())
    assert found <= 1.5 * CHANCE_OF_GIVEN * len(values)


# ------------------------------------------------------------------------------------------------------- products


@given(st.lists(st.sampled_from(physical_constant_names()), min_size=1, max_size=4, unique=True), st.data())
@settings(max_examples=40, deadline=None)
def test_every_product_of_small_powers_is_found(names: list[str], data: st.DataObject) -> None:
    dimensions = tuple(physical_constant(name).unit.dimension for name in names)
    powers = tuple(Fraction(data.draw(st.integers(-4, 4)), 2) for _ in names)
    wanted = DIMENSIONLESS
    for dimension, power in zip(dimensions, powers, strict=True):
        wanted *= dimension**power
    found = powers_reaching(wanted, dimensions)
    assert powers in found  # the largest total of these is 8
    for one in found:
        reached = DIMENSIONLESS
        for dimension, power in zip(dimensions, one, strict=True):
            reached *= dimension**power
        assert reached == wanted
        assert sum(map(abs, one)) <= LARGEST_KNOWN_TOTAL


def test_fractional_dimensions_are_reached() -> None:
    third = M ** Fraction(1, 3)
    assert powers_reaching(M ** Fraction(2, 3), (third,)) == ((Fraction(2),),)
    assert powers_reaching(M, (S,)) == ()


def test_many_known_constants_are_looked_at_up_to_a_limit() -> None:
    assert products_of(M, factors(*physical_constant_names()[: MOST_KNOWN_FACTORS + 3]))


def test_constants_without_a_value_are_no_products() -> None:
    own = (Factor("a", M**2, -4.0), Factor("b", M**4, 1e300))
    assert [to_text(one.times()) for one in products_of(M, own)] == ["sqrt(sqrt(b))"] or not products_of(M, own)


# ------------------------------------------------------------------------------------------------------- rewriting


def fitted_of(text: str, values: dict[str, tuple[float, Dimension]], relative: float) -> Fitted:
    tree = parse(text, variables=("x", "lam"), constants=tuple(values))
    constants = tuple(FreeConstant(name, dimension, value) for name, (value, dimension) in values.items())
    sizes = np.array([value for value, _ in values.values()])
    return Fitted(tree, constants, sizes, np.diag((relative * sizes) ** 2), 1.0, Outcome.CONVERGED)


def test_all_constants_at_once_then_each_alone() -> None:
    values = {"k1": (2 * si("h"), JOULE * S), "k2": (si("c"), M / S), "k3": (0.7, DIMENSIONLESS)}
    own = fitted_of("k1*x + k2*x**2 + k3", values, 1e-4)
    found = list(with_known_constants(own, known_products(own, factors("h", "c"))))
    assert [constants_of(tree) for tree, _, _ in found] == [("h", "c", "k3"), ("h", "k2", "k3"), ("k1", "c", "k3")]
    assert [constant.name for constant in found[0][1]] == ["k3"]
    columns: dict[str, Any] = {"x": np.array([1.0, 2.0]), "h": si("h"), "c": si("c")}
    before = evaluate_tree(own.expression, columns | {name: value for name, (value, _) in values.items()})
    for tree, constants, _ in found:
        after = evaluate_tree(tree, columns | {one.name: one.start for one in constants})
        np.testing.assert_allclose(after, before, rtol=1e-8)


def test_constants_that_are_the_users_stay() -> None:
    own = fitted_of("k1*x", {"k1": (si("c"), M / S)}, 1e-4)
    assert known_products(own, factors("c"), kept={"k1"}) == {}
    assert list(with_known_constants(own, {})) == []


def test_pure_numbers_are_left_to_others() -> None:
    own = fitted_of("k1*x", {"k1": (si("alpha"), DIMENSIONLESS)}, 1e-6)
    assert known_products(own, factors("alpha", "c")) == {}


# ------------------------------------------------------------------------------------------------------- laws

K1, K2 = JOULE * M**2 / S, M


def planck(noise: float, *constants: Any, seed: int = 0, **more: Any) -> Problem:
    """Spectral radiance of a body at 2850 K, whose temperature is in no column."""
    rng = np.random.default_rng(seed)
    lam = rng.uniform(0.4, 4, 200) * 1e-6
    radiance = 2 * si("h") * si("c") ** 2 / lam**5 / np.expm1(si("h") * si("c") / (lam * si("k_B") * 2850))
    radiance *= 1 + noise * rng.normal(size=200)
    table = read_table({"lam [um]": lam * 1e6, "B [W/m**2/um]": radiance * 1e-6}, target="B")
    return make_problem(table, constants=list(constants), free_constants="inferred", **more)


def fitted_law(finisher: Finisher, text: str, starts: dict[str, tuple[float, Dimension]]) -> Finished:
    """The formula fitted from these values in SI."""
    fitter = finisher.fitter
    tree = parse(text, variables=fitter.problem.inputs, constants=tuple(starts))
    constants = [FreeConstant(n, kind, value / fitter.units.factor(kind)) for n, (value, kind) in starts.items()]
    fitted = fitter.fit([(tree, constants)])[0]
    assert fitted is not None
    return finisher.measured(fitted, "test")


def radiating(finisher: Finisher) -> Finished:
    starts = {"a": (1.3e-16, K1), "b": (4e-6, K2)}
    return fitted_law(finisher, "a/(lam**5*(exp(b/lam) - 1))", starts)


@pytest.mark.parametrize("noise", [0.0, 1e-9])
def test_plancks_first_constant(noise: float) -> None:
    own = finisher_of(planck(noise, "h", "c", "k_B"))
    before = radiating(own)
    short = shortened(own, before)
    assert len(short.fitted.constants) == len(before.fitted.constants) - 1
    assert short.bits < before.bits
    assert own.is_exact(short.fitted)
    law = as_law(own, short)
    assert law.formula == "2*h*c**2/(lam**5*(exp(k/lam) - 1))"
    assert law.dimension_ok
    assert law.notes[0].startswith("2*h*c**2 was fitted as ")
    assert law.notes[0].endswith("(equal to seven digits)")
    assert law.notes[1].startswith("k = h*c/(k_B*T) with T = 28")
    fitter = own.fitter
    values = [fitter.predict(one.fitted, fitter.X) for one in (before, short)]
    np.testing.assert_allclose(values[1], values[0], rtol=max(5 * noise, 1e-7))


def test_a_search_ends_with_known_constants() -> None:
    """Through the whole pipeline, the simplifier included."""
    guess = {"formula": "a/lam**5/(exp(b/lam) - 1)", "constants": ["a", "b"]}
    problem = planck(0.0, "h", "c", "k_B", guesses=[guess])
    best = discover(problem, budget=Budget(evaluations=1), backend=Native(threads=1)).front.best
    assert [one.name for one in best.constants if one.kind == "known"] == ["h", "c"]
    assert [one.unit.dimension for one in best.constants if one.kind == "free"] == [M]
    assert any(note.startswith("2*h*c**2 was fitted as 0.000119104") for note in best.notes)
    assert any(note.startswith("k = h*c/(k_B*T) with T = 2850") for note in best.notes)


@pytest.mark.parametrize("noise", [1e-3, 1e-2])
def test_a_product_that_dimensions_leave_is_said_with_few_digits(noise: float) -> None:
    """Two are enough: of its dimension there is no shorter one. What is part of a constant is noted."""
    own = finisher_of(planck(noise, "h", "c", "k_B"))
    law = as_law(own, shortened(own, radiating(own)))
    assert law.formula == "2*h*c**2/(lam**5*(exp(k/lam) - 1))"
    assert any(note.startswith("2*h*c**2 was fitted as") for note in law.notes)
    assert any(note.startswith("k = h*c/(k_B*T) with T = 28") for note in law.notes)


def test_limits_on_the_form_are_kept() -> None:
    own = finisher_of(planck(0.0, "h", "c", "k_B", constraints=Constraints(max_complexity=13)))
    before = radiating(own)
    assert len(shortened(own, before).fitted.constants) == 2


def line(noise: float, factor: float = 1.0, seed: int = 0) -> Problem:
    """A stopping voltage: V = h*nu/e - phi, here over frequencies in THz."""
    rng = np.random.default_rng(seed)
    nu = rng.uniform(600, 1500, 60)
    volts = factor * si("h") / si("e") * nu * 1e12 - 2.1
    volts = volts + noise * volts.std() * rng.normal(size=60)
    table = read_table({"nu [THz]": nu, "V [V]": volts}, target="V")
    return make_problem(table, constants=["h", "e"], free_constants="inferred")


VOLT = JOULE / A / S


def stopping(finisher: Finisher) -> Finished:
    return fitted_law(finisher, "a*nu - b", {"a": (3e-15, VOLT * S), "b": (1.0, VOLT)})


@pytest.mark.parametrize("seed", range(6))
def test_a_slope_is_recognised_where_that_is_shorter(seed: int) -> None:
    own = finisher_of(line(1e-3, seed=seed))
    before = stopping(own)
    short = shortened(own, before)
    assert constants_of(short.fitted.expression)[:2] in (("h", "e"), ("e", "h"))
    assert len(short.fitted.constants) == 1
    fitter = own.fitter
    one, two = (fitter.predict(each.fitted, fitter.X) for each in (before, short))
    _, slopes = fitter.slopes(before.fitted)
    errors = np.sqrt(np.sum(slopes * (before.fitted.covariance @ slopes), axis=0))
    assert (np.abs(one - two) < (MATCH_ERRORS + 1) * errors).all()
    (note,) = as_law(own, short).notes
    assert note.startswith("h/e was fitted as ")
    assert note.endswith(" standard errors away)")


@pytest.mark.parametrize("factor", [1.01, 0.987, 1.3])
def test_another_slope_stays(factor: float) -> None:
    own = finisher_of(line(1e-3, factor))
    short = shortened(own, stopping(own))
    assert len(short.fitted.constants) == 2
    assert not any("h/e" in note for note in as_law(own, short).notes)


# --------------------------------------------------------------------------------------------- what a product costs


def test_a_product_is_said_by_its_place_among_those_of_its_dimension() -> None:
    """Dimensions leave few: its code is its number's and its rank's, however many factors it has."""
    names = ("h", "c", "k_B")
    products = products_of(JOULE * M**2 / S, factors(*names))
    value = 2 * si("h") * si("c") ** 2
    found = matching(value, 1e-6 * value, products, CHANCE_OF_GIVEN)
    assert found is not None
    assert found.product == products[found.rank]
    recognised = found.recognised
    assert recognised.bits == pytest.approx(found.number.bits + math.log2(found.rank + 2))
    assert recognised.expression == found.expression and recognised.text == str(found)
    longest = Fraction(sum(abs(power) for _, power in found.product.powers))
    assert longest == 3 and found.rank == 0  # nothing shorter has this dimension


@pytest.mark.parametrize(("text", "value", "dimension", "names"), KNOWN)
def test_ranks_are_places_among_all_products(
    text: str, value: float, dimension: Dimension, names: tuple[str, ...]
) -> None:
    products = products_of(dimension, factors(*names))
    found = matching(value, 1e-6 * abs(value), products, CHANCE_OF_GIVEN)
    assert found is not None and products[found.rank].powers == found.product.powers
    assert found.recognised.bits >= found.number.bits + 1
