"""Notes on what fitted constants may be made of: the text of each, and that they hold their tongue."""

from __future__ import annotations

import numpy as np
import pytest

from symreg.finishing.law_making import as_law
from symreg.finishing.notes.constant_origins import CHANCE_OF_NATURE, match_in_nature, products_in_nature
from symreg.finishing.passes import shortened
from symreg.laws.law import LawConstant
from symreg.problem.making import make_problem
from symreg.problem.problem import Problem
from symreg.tables.table import read_table
from symreg.units.dimension import Dimension
from symreg.units.physical_constants import physical_constant
from symreg.units.reading import parse_unit
from tests.finishing.test_finisher import finisher_of
from tests.finishing.test_known_products import JOULE, KG, MOL, A, K, M, S, fitted_law, si


def constant(value: float, relative: float, unit: str) -> LawConstant:
    return LawConstant("k", value, abs(value) * relative, parse_unit(unit))


def notes_of(problem: Problem, text: str, **starts: tuple[float, Dimension]) -> tuple[str, ...]:
    own = finisher_of(problem)
    return as_law(own, shortened(own, fitted_law(own, text, starts))).notes


def falling(noise: float = 1e-3, **more: object) -> Problem:
    rng = np.random.default_rng(3)
    t = rng.uniform(1, 3, 80)
    v = si("g_n") * t * (1 + noise * rng.normal(size=80))
    given = {"t [s]": t, "v [m/s]": v}
    return make_problem(read_table(given, target="v"), free_constants="inferred", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "value", "relative", "unit"),
    [
        ("hbar", 1.0546e-34, 3e-4, "J*s"),
        ("g_n", 9.81, 1e-3, "m/s**2"),
        ("k_B/e", si("k_B") / si("e") * 1.0001, 3e-4, "V/K"),
        ("h/e", 4.1357, 1e-4, "mV/THz"),
        ("2*h/e", 2 * 4.135667697, 1e-5, "mV/THz"),
        ("m_e", 9.11e-31, 1e-3, "kg"),
        ("m_p", 1.6726e-27, 5e-4, "kg"),
        ("2*h*c**2", 2 * si("h") * si("c") ** 2 * 1.0001, 1e-4, "W*m**2"),
    ],
)
def test_constants_of_nature_are_known_again(text: str, value: float, relative: float, unit: str) -> None:
    assert str(match_in_nature(constant(value, relative, unit))) == text


@pytest.mark.parametrize(
    ("value", "relative", "unit"),
    [
        (1.0546e-34, 0.011, "J*s"),  # two digits equal too much
        (1.0546e-34, float("nan"), "J*s"),
        (1.06e-34, 1e-3, "J*s"),  # five errors away
        (9.7, 1e-3, "m/s**2"),
        (3e8, 1e-6, "m/s"),
        (365.25, 1e-6, "day/au**(3/2)"),
    ],
)
def test_others_are_not(value: float, relative: float, unit: str) -> None:
    assert match_in_nature(constant(value, relative, unit)) is None


def test_names_that_stand_for_something_else_are_not_offered() -> None:
    own = constant(si("h"), 1e-4, "J*s")
    assert str(match_in_nature(own)) == "h"
    assert match_in_nature(own, {"h", "hbar"}) is None or "h" not in str(match_in_nature(own, {"h", "hbar"}))


UNITS = ("J*s", "m/s**2", "V/K", "kg", "m", "J/K", "C/mol", "m**2", "J*m", "V*s", "1/m", "kg/m", "A/V", "Hz/V")


@pytest.mark.parametrize("relative", [9e-3, 1e-3, 1e-4, 1e-6])
def test_false_notes_are_rare(relative: float) -> None:
    """Constants that have nothing to do with nature's, but are of their size, in many units."""
    rng = np.random.default_rng(11)
    found = made = 0
    for unit in UNITS:
        dimension = parse_unit(unit).dimension
        for value in np.exp(rng.uniform(-2.3, 2.3, 200)) * products_in_nature(dimension)[0].value:
            found += match_in_nature(LawConstant("k", value, relative * value, parse_unit(str(dimension)))) is not None
            made += 1
    assert found <= 0.01 * made
    assert CHANCE_OF_NATURE < 0.01


def test_the_note_says_what_to_give() -> None:
    (note,) = notes_of(falling(), "a*t", a=(5.0, M / S**2))
    assert note.startswith("k = 9.80")
    assert note.endswith(" standard errors away); give constants=['g_n'] to use it")
    assert " m/s**2 equals g_n (" in note


def test_the_note_says_what_to_add() -> None:
    (note,) = notes_of(falling(constants=["R"]), "a*t", a=(5.0, M / S**2))
    assert note.endswith("; add 'g_n' to constants to use it")


def test_with_the_constant_given_the_law_has_it() -> None:
    (note,) = notes_of(falling(constants=["g_n"]), "a*t", a=(5.0, M / S**2))
    assert note.startswith("g_n was fitted as 9.80")


def gas(noise: float = 1e-3, unit: str = "mol") -> Problem:
    """p*V of a gas at 298.15 K, by its amount."""
    rng = np.random.default_rng(4)
    n, V = rng.uniform(1, 3, 80), rng.uniform(1, 3, 80)
    p = n * si("R") * 298.15 / V * (1 + noise * rng.normal(size=80))
    table = read_table({f"n [{unit}]": n, "V [m**3]": V, "p [Pa]": p}, target="p")
    return make_problem(table, constants=["R"], free_constants="inferred")


def test_a_temperature_that_is_in_no_column() -> None:
    (note,) = notes_of(gas(), "a*n/V", a=(1000.0, JOULE / MOL))
    assert note.startswith("k = R*T with T = 298.")
    assert note.endswith(" K")
    value, error = note.removeprefix("k = R*T with T = ").removesuffix(" K").split(" ± ")
    assert abs(float(value) - 298.15) < 4 * float(error)


def test_letters_of_columns_are_not_used_again() -> None:
    rng = np.random.default_rng(4)
    T, V = rng.uniform(1, 3, 80), rng.uniform(1, 3, 80)
    table = read_table({"T [mol]": T, "V [m**3]": V, "p [Pa]": T * si("R") * 298.15 / V}, target="p")
    problem = make_problem(table, constants=["R"], free_constants="inferred")
    (note,) = notes_of(problem, "a*T/V", a=(1000.0, JOULE / MOL))
    assert note.startswith("k = R*T_0 with T_0 = 298.15")


def test_nothing_is_said_where_a_constant_would_stay_unused() -> None:
    rng = np.random.default_rng(4)
    n, V = rng.uniform(1, 3, 80), rng.uniform(1, 3, 80)
    table = read_table({"n [mol]": n, "V [m**3]": V, "p [Pa]": n * si("R") * 298.15 / V}, target="p")
    problem = make_problem(table, constants=["R", "G"], free_constants="inferred")
    assert notes_of(problem, "a*n/V", a=(1000.0, JOULE / MOL)) == ()


def test_products_in_nature_hold_two_constants_at_most() -> None:
    for dimension in (KG, M, JOULE * S, A * M**2, K):
        for one in products_in_nature(dimension):
            assert 1 <= len(one.powers) <= 2
            assert one.value == pytest.approx(
                float(np.prod([physical_constant(name).value ** float(power) for name, power in one.powers]))
            )
