"""Real tables whose law is in textbooks: how each is asked, and the ids of the law that its SOURCE.md expects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from symreg.problem.making import make_problem
from symreg.problem.problem import Problem
from symreg.tables.catalog import load_dataset

INFERRED = {"free_constants": "inferred"}
KNOWN_TABLES: Mapping[str, tuple[dict[str, Any], frozenset[str]]] = {
    "boyle": (INFERRED, frozenset({"boyle_tube"})),
    "elastic_constants": ({"inputs": ["K_VRH", "G_VRH"]}, frozenset({"poisson_from_bulk_shear"})),
    "exoplanets": ({"constants": ["G"]}, frozenset({"kepler_third_law"})),
    "firas": ({"constants": ["h", "c", "k_B"], "free_constants": ["K"]}, frozenset({"planck_wavenumber"})),
    "forbes_1857": (INFERRED, frozenset({"clausius_clapeyron"})),
    "galileo": (INFERRED, frozenset({"descent_and_throw"})),
    "hubble_1929": (INFERRED, frozenset({"hubble_law"})),
    "hydrogen_lines": (INFERRED, frozenset({"rydberg_formula"})),
    "kepler": (INFERRED, frozenset({"kepler_third_law"})),
    "kepler_solar_system": ({"constants": ["G"]}, frozenset({"kepler_third_law", "kepler_two_bodies"})),
    "langmuir": (INFERRED, frozenset({"langmuir_isotherm_volume"})),
    "leavitt_1912": (INFERRED, frozenset({"leavitt_law"})),
    "saturation": ({"inputs": ["T", "Tc", "pc"]}, frozenset({"corresponding_states"})),
    "time_dilation": ({"constants": ["c"]}, frozenset({"clock_shift"})),
    "titius_bode": (INFERRED, frozenset({"titius_bode"})),
    "tully_fisher": (INFERRED, frozenset({"tully_fisher"})),
}


def known_problem(name: str) -> Problem:
    """The problem of a table, split as experiments do it."""
    options, _ = KNOWN_TABLES[name]
    return make_problem(load_dataset(name), name=name, **options)
