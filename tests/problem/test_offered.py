"""Constants offered by dimensions: the textbook ones are among them, and few others."""

from __future__ import annotations

import numpy as np
import pytest

from symreg.errors import InfeasibleError
from symreg.problem.making import make_problem
from symreg.problem.offered import FAMILIAR, FAMILIES, MOST_OFFERED, offered_constants
from symreg.problem.problem import Problem
from symreg.tables.table import read_table
from symreg.units.physical_constants import physical_constant, physical_constant_names
from symreg.units.reading import parse_unit

# Target, inputs, and the constants of the law that every textbook has for them.
LAWS = {
    "pendulum, with a mass that has no say": ("s", ["m", "kg"], {"g_n"}),
    "free fall": ("m", ["s"], {"g_n"}),
    "gravitation": ("N", ["kg", "kg", "m"], {"G"}),
    "Kepler, with the mass": ("day", ["au", "M_sun"], {"G"}),
    "Schwarzschild": ("m", ["kg"], {"G", "c"}),
    "rest energy": ("J", ["kg", "m/s"], {"c"}),
    "photon": ("eV", ["THz"], {"h"}),
    "de Broglie": ("nm", ["kg", "m/s"], {"h"}),
    "Compton": ("pm", ["rad"], {"h", "m_e", "c"}),
    "Rydberg": ("nm", ["1", "1"], {"R_inf"}),
    "Planck, by frequency": ("W/m**2/Hz", ["Hz", "K"], {"h", "c", "k_B"}),
    "Planck, by wavelength": ("W/m**3", ["um", "K"], {"h", "c", "k_B"}),
    "Stefan-Boltzmann": ("W", ["m**2", "K"], {"sigma"}),
    "gas": ("Pa", ["mol", "K", "L"], {"R"}),
    "gas speed": ("m/s", ["kg", "K"], {"k_B"}),
    "Nernst": ("mV", ["K", "1", "1"], {"k_B", "e"}),
    "Coulomb": ("N", ["C", "C", "m"], {"epsilon_0"}),
    "Larmor": ("W", ["C", "m/s**2"], {"epsilon_0", "c"}),
    "field of a wire": ("T", ["A", "m"], {"mu_0"}),
}


def offered(target: str, inputs: list[str], known: tuple[str, ...] = (), must_reach: bool = True) -> list[str]:
    dimensions = {f"x{place}": parse_unit(text).dimension for place, text in enumerate(inputs)}
    own = {name: physical_constant(name).unit.dimension for name in known}
    found = offered_constants(parse_unit(target).dimension, dimensions, own, must_reach=must_reach)
    return [constant.name for constant in found]


@pytest.mark.parametrize(("target", "inputs", "needed"), LAWS.values(), ids=LAWS)
def test_textbook_laws_find_their_constants(target: str, inputs: list[str], needed: set[str]) -> None:
    names = offered(target, inputs)
    assert needed <= set(names)
    assert len(names) <= MOST_OFFERED


@pytest.mark.parametrize(
    ("target", "inputs"), [("N", ["m", "N/m"]), ("1", ["1", "1"]), ("m", ["m", "m"]), ("K", ["K", "1"])]
)
def test_where_no_constant_can_matter_none_is_offered(target: str, inputs: list[str]) -> None:
    assert offered(target, inputs) == []


def test_a_constant_that_is_given_is_not_offered_again() -> None:
    assert "h" in offered("J", ["Hz"])
    assert "h" not in offered("J", ["Hz"], known=("h",))


def test_constants_of_heat_need_a_temperature() -> None:
    for target, inputs in (("J", ["Hz"]), ("s", ["m", "kg"]), ("W", ["C", "m/s**2"])):
        assert not {"k_B", "sigma", "R"} & set(offered(target, inputs))


def test_coefficients_with_units_may_reach_the_target_instead() -> None:
    """A rate from temperature and molar energy: its prefactor is fitted, R balances the exponent."""
    names = offered("1/s", ["K", "J/mol"], must_reach=False)
    assert names[0] == "R"


def test_names_and_families_are_known() -> None:
    assert set(FAMILIAR) <= set(physical_constant_names())
    assert all(family <= set(FAMILIAR) for family in FAMILIES)


# ------------------------------------------------------------------------------------------------------ in a problem


def photons(constants: object, **how: object) -> Problem:
    nu = np.linspace(4, 8, 30)
    table = read_table({"nu [THz]": nu, "E [eV]": 0.0041357 * nu, "h [m]": np.cos(nu)}, target="E")
    return make_problem(table, constants=constants, **how)  # type: ignore[arg-type]


def test_a_problem_says_what_was_offered() -> None:
    problem = photons("auto", inputs=["nu"])
    names = [constant.name for constant in problem.known_constants]
    assert list(problem.offered) == names and "h" not in names  # a column has this name
    assert any(note.startswith("constants offered for their dimensions: ") for note in problem.notes)


def test_auto_stands_beside_named_constants() -> None:
    own = {"name": "W", "value": 2.1, "unit": "eV"}
    problem = photons(["auto", own], inputs=["nu"])
    names = [constant.name for constant in problem.known_constants]
    assert names[0] == "W" and "W" not in problem.offered
    assert problem.offered == tuple(names[1:])


def test_without_auto_nothing_is_offered() -> None:
    assert photons((), inputs=["nu"]).offered == ()
    with pytest.raises(InfeasibleError):
        photons((), inputs=["nu"], free_constants="dimensionless")
