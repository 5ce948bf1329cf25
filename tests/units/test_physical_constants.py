"""Constants of nature against an independent copy of CODATA, and the names people try."""

from __future__ import annotations

import pickle
from math import pi

import pytest
from scipy import constants as codata

from symreg.errors import PhysicalConstantError
from symreg.units.reading import constants_supplying, parse_unit, physical_constant, physical_constant_names

NAMES = {
    "c": "speed of light in vacuum",
    "G": "Newtonian constant of gravitation",
    "g_n": "standard acceleration of gravity",
    "h": "Planck constant",
    "hbar": "reduced Planck constant",
    "k_B": "Boltzmann constant",
    "N_A": "Avogadro constant",
    "R": "molar gas constant",
    "e": "elementary charge",
    "F": "Faraday constant",
    "epsilon_0": "vacuum electric permittivity",
    "mu_0": "vacuum mag. permeability",
    "Z_0": "characteristic impedance of vacuum",
    "sigma": "Stefan-Boltzmann constant",
    "b_wien": "Wien wavelength displacement law constant",
    "c_1": "first radiation constant",
    "c_2": "second radiation constant",
    "m_e": "electron mass",
    "m_p": "proton mass",
    "m_n": "neutron mass",
    "m_mu": "muon mass",
    "m_u": "atomic mass constant",
    "alpha": "fine-structure constant",
    "a_0": "Bohr radius",
    "R_inf": "Rydberg constant",
    "E_h": "Hartree energy",
    "r_e": "classical electron radius",
    "lambda_C": "Compton wavelength",
    "sigma_T": "Thomson cross section",
    "mu_B": "Bohr magneton",
    "mu_N": "nuclear magneton",
    "Phi_0": "mag. flux quantum",
    "K_J": "Josephson constant",
    "R_K": "von Klitzing constant",
    "G_0": "conductance quantum",
}


@pytest.mark.parametrize(("name", "codata_name"), NAMES.items())
def test_value_and_uncertainty_are_those_of_codata(name: str, codata_name: str) -> None:
    constant = physical_constant(name)
    value, _, stderr = codata.physical_constants[codata_name]
    # CODATA prints exact values with ten digits; the other values may be of another edition.
    assert constant.value == pytest.approx(value, rel=5e-9)
    assert (constant.stderr == 0.0) == (stderr == 0.0)
    assert abs(constant.value - value) <= 6 * (stderr + constant.stderr) + 2e-10 * abs(value)


@pytest.mark.parametrize("name", physical_constant_names())
def test_units_are_coherent_and_read_back(name: str) -> None:
    unit = physical_constant(name).unit
    assert unit.scale == 1.0
    assert parse_unit(unit.text) == unit


def test_every_constant_is_checked_above() -> None:
    assert set(physical_constant_names()) == {*NAMES, "pi"}
    assert physical_constant("pi").value == pi


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("kB", "k_B"),
        ("K_b", "k_B"),
        ("C", "c"),
        ("eps_0", "epsilon_0"),
        ("epsilon0", "epsilon_0"),
        ("h_bar", "hbar"),
        ("planck_constant", "h"),
        ("speed of light", "c"),
        ("Boltzmann", "k_B"),
        ("gn", "g_n"),
        ("zzzzzz", None),
    ],
)
def test_an_unknown_name_gets_the_nearest(name: str, suggestion: str | None) -> None:
    with pytest.raises(PhysicalConstantError, match=f'no physical constant is called "{name}"') as caught:
        physical_constant(name)
    assert caught.value.suggestion == suggestion
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_constants_that_supply_base_units() -> None:
    masses = constants_supplying(["kg"])
    assert masses[:2] == ("G", "h")
    assert "m_e" in masses
    assert "c" not in masses
    assert constants_supplying(["K"]) == ("k_B", "R", "sigma", "b_wien", "c_2")
    assert constants_supplying(["kg", "K"]) == ("k_B", "R", "sigma")
    assert constants_supplying(["cd"]) == ()
    assert constants_supplying([]) == ()
    assert constants_supplying(["cd", "mol"]) == ("N_A", "R", "F")


def test_a_constant_is_a_value() -> None:
    constant = physical_constant("G")
    assert pickle.loads(pickle.dumps(constant)) == constant
    assert constant.unit.text == "m**3/kg/s**2"
