"""Constants of nature by name, in SI, with their standard uncertainty.

Source: CODATA recommended values 2022 (Mohr, Newell, Taylor, Tiesinga, Rev. Mod. Phys. 97, 025002, 2025).
Since 2019 c, h, e, k_B and N_A are exact by definition; what follows from them alone is computed here and
exact too. The masses and radii of celestial bodies are units (see ``names``), not constants of nature.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from math import pi

from symreg.errors import PhysicalConstantError
from symreg.units.dimension import BASE_UNITS, DIMENSIONLESS, Dimension
from symreg.units.unit import DIMENSIONLESS_UNIT, Unit


@dataclass(frozen=True, slots=True)
class PhysicalConstant:
    """A constant of nature: ``value`` and standard error ``stderr`` in SI; 0 when exact."""

    name: str
    value: float
    stderr: float
    unit: Unit
    description: str


_m, _kg, _s, _A, _K, _mol = (Dimension.of(**{name: 1}) for name in BASE_UNITS[:6])
_J = _kg * _m**2 / _s**2
_C = _A * _s
_V = _J / _C

_C_LIGHT = 299792458.0  # m/s
_PLANCK = 6.62607015e-34  # J*s
_CHARGE = 1.602176634e-19  # C
_BOLTZMANN = 1.380649e-23  # J/K
_AVOGADRO = 6.02214076e23
"""1/mol. These five define the SI since 2019 and are exact; every digit is needed, as the derived constants below are
computed from them."""

_WIEN_ROOT = 4.965114231744276
"""The root of x = 5*(1 - exp(-x)), from which Wien's displacement follows, to the last digit of a float."""

# name, value, standard uncertainty, unit, dimension, description
_ROWS: tuple[tuple[str, float, float, str, Dimension, str], ...] = (
    ("c", _C_LIGHT, 0.0, "m/s", _m / _s, "speed of light in vacuum"),
    ("G", 6.67430e-11, 0.00015e-11, "m**3/kg/s**2", _m**3 / _kg / _s**2, "Newtonian constant of gravitation"),
    ("g_n", 9.80665, 0.0, "m/s**2", _m / _s**2, "standard acceleration of gravity"),
    ("h", _PLANCK, 0.0, "J*s", _J * _s, "Planck constant"),
    ("hbar", _PLANCK / (2 * pi), 0.0, "J*s", _J * _s, "reduced Planck constant, h/(2*pi)"),
    ("k_B", _BOLTZMANN, 0.0, "J/K", _J / _K, "Boltzmann constant"),
    ("N_A", _AVOGADRO, 0.0, "1/mol", DIMENSIONLESS / _mol, "Avogadro constant"),
    ("R", _AVOGADRO * _BOLTZMANN, 0.0, "J/mol/K", _J / _mol / _K, "molar gas constant"),
    ("e", _CHARGE, 0.0, "C", _C, "elementary charge"),
    ("F", _AVOGADRO * _CHARGE, 0.0, "C/mol", _C / _mol, "Faraday constant"),
    ("epsilon_0", 8.8541878188e-12, 0.0000000014e-12, "F/m", _C / _V / _m, "vacuum electric permittivity"),
    ("mu_0", 1.25663706127e-6, 0.00000000020e-6, "N/A**2", _J / _m / _A**2, "vacuum magnetic permeability"),
    ("Z_0", 376.730313412, 0.000000059, "ohm", _V / _A, "characteristic impedance of vacuum"),
    ("sigma", 2 * pi**5 * _BOLTZMANN**4 / (15 * _PLANCK**3 * _C_LIGHT**2), 0.0, "W/m**2/K**4",
     _J / _s / _m**2 / _K**4, "Stefan-Boltzmann constant"),
    ("b_wien", _PLANCK * _C_LIGHT / (_BOLTZMANN * _WIEN_ROOT), 0.0, "m*K", _m * _K,
     "Wien wavelength displacement law constant"),
    ("c_1", 2 * pi * _PLANCK * _C_LIGHT**2, 0.0, "W*m**2", _J / _s * _m**2, "first radiation constant"),
    ("c_2", _PLANCK * _C_LIGHT / _BOLTZMANN, 0.0, "m*K", _m * _K, "second radiation constant"),
    ("m_e", 9.1093837139e-31, 0.0000000028e-31, "kg", _kg, "electron mass"),
    ("m_p", 1.67262192595e-27, 0.00000000052e-27, "kg", _kg, "proton mass"),
    ("m_n", 1.67492750056e-27, 0.00000000085e-27, "kg", _kg, "neutron mass"),
    ("m_mu", 1.883531627e-28, 0.000000042e-28, "kg", _kg, "muon mass"),
    ("m_u", 1.66053906892e-27, 0.00000000052e-27, "kg", _kg, "atomic mass constant"),
    ("alpha", 7.2973525643e-3, 0.0000000011e-3, "dimensionless", DIMENSIONLESS, "fine-structure constant"),
    ("a_0", 5.29177210544e-11, 0.00000000082e-11, "m", _m, "Bohr radius"),
    ("R_inf", 10973731.568157, 0.000012, "1/m", DIMENSIONLESS / _m, "Rydberg constant"),
    ("E_h", 4.3597447222060e-18, 0.0000000000048e-18, "J", _J, "Hartree energy"),
    ("r_e", 2.8179403205e-15, 0.0000000013e-15, "m", _m, "classical electron radius"),
    ("lambda_C", 2.42631023538e-12, 0.00000000076e-12, "m", _m, "Compton wavelength of the electron"),
    ("sigma_T", 6.6524587051e-29, 0.0000000062e-29, "m**2", _m**2, "Thomson cross section"),
    ("mu_B", 9.2740100657e-24, 0.0000000029e-24, "J/T", _A * _m**2, "Bohr magneton"),
    ("mu_N", 5.0507837393e-27, 0.0000000016e-27, "J/T", _A * _m**2, "nuclear magneton"),
    ("Phi_0", _PLANCK / (2 * _CHARGE), 0.0, "Wb", _V * _s, "magnetic flux quantum"),
    ("K_J", 2 * _CHARGE / _PLANCK, 0.0, "Hz/V", DIMENSIONLESS / _s / _V, "Josephson constant"),
    ("R_K", _PLANCK / _CHARGE**2, 0.0, "ohm", _V / _A, "von Klitzing constant"),
    ("G_0", 2 * _CHARGE**2 / _PLANCK, 0.0, "S", _A / _V, "conductance quantum"),
)  # fmt: skip


@lru_cache(maxsize=1)
def _table() -> dict[str, PhysicalConstant]:
    table = {
        name: PhysicalConstant(name, value, stderr, _unit(text, dimension), description)
        for name, value, stderr, text, dimension, description in _ROWS
    }
    table["pi"] = PhysicalConstant(
        "pi", pi, 0.0, DIMENSIONLESS_UNIT, "circumference over diameter of a circle"
    )
    return table


def _unit(text: str, dimension: Dimension) -> Unit:
    return DIMENSIONLESS_UNIT if dimension.is_dimensionless else Unit(text, dimension, 1.0)


def physical_constant(name: str) -> PhysicalConstant:
    """Look a constant up by its symbol, as in ``k_B``; an unknown name is a ``PhysicalConstantError`` that gives the
    nearest one."""
    table = _table()
    if name not in table:
        raise PhysicalConstantError(name=name, suggestion=_nearest(name))
    return table[name]


def physical_constant_names() -> tuple[str, ...]:
    """The symbols of all constants, the familiar ones first."""
    return tuple(_table())


def constants_supplying(base_units: Collection[str]) -> tuple[str, ...]:
    """Name the constants whose dimension contains all of these base units, or else any of them.

    Familiar constants come first: a missing mass is answered with G, h, k_B ... An empty answer means that no
    constant of nature has these units.
    """
    wanted = [BASE_UNITS.index(name) for name in base_units]
    holding = {
        name: [bool(constant.unit.dimension.exponents[index]) for index in wanted]
        for name, constant in _table().items()
    }
    complete = tuple(name for name, present in holding.items() if present and all(present))
    return complete or tuple(name for name, present in holding.items() if any(present))


def _nearest(name: str) -> str | None:
    spoken = {constant.description.lower(): symbol for symbol, constant in _table().items()}
    folded = {_folded(symbol): symbol for symbol in reversed(_table())}
    if _folded(name) in folded:
        return folded[_folded(name)]
    symbols = difflib.get_close_matches(_folded(name), list(folded), n=1, cutoff=0.6)
    if symbols:
        return folded[symbols[0]]
    words = difflib.get_close_matches(name.lower().replace("_", " "), list(spoken), n=1, cutoff=0.6)
    return spoken[words[0]] if words else None


def _folded(symbol: str) -> str:
    return symbol.lower().replace("_", "")
