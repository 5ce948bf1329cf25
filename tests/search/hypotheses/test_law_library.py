"""The library of textbook laws: every entry parses, has exactly its dimension, and gives what the books give."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from symreg.formula.dimensioning import dimension_of, infer_dimensions
from symreg.formula.expression import evaluate_tree
from symreg.formula.grammar import parse
from symreg.formula.printing import to_text
from symreg.search.hypotheses.absorbing import absorbed
from symreg.search.hypotheses.law_library import LawLibraryError, TextbookLaw, law_library, read_laws
from symreg.units.dimension import DIMENSIONLESS
from symreg.units.reading import parse_unit, physical_constant

LAWS = law_library()
BY_ID = {law.id: law for law in LAWS}


def known_dimensions(law: TextbookLaw) -> dict:
    known = {name: physical_constant(name).unit.dimension for name in law.constants}
    return known | {one.name: parse_unit(one.unit.text).dimension for one in law.variables} | {"pi": DIMENSIONLESS}


def test_there_are_many_laws_with_ids_of_their_own() -> None:
    assert len(LAWS) >= 150
    assert len(BY_ID) == len(LAWS) == len({law.name for law in LAWS})
    assert all(law.source and law.field and law.target.meaning for law in LAWS)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.id)
def test_a_law_has_the_dimension_of_its_target(law: TextbookLaw) -> None:
    free = {one.name: one.dimension for one in law.free}
    variables = [one.name for one in law.variables]
    expression = parse(law.formula, variables=variables, constants=["pi", *law.constants, *free])
    target = parse_unit(law.target.unit.text).dimension
    assert dimension_of(expression, known_dimensions(law) | free) == target
    assert parse(to_text(expression), variables=variables, constants=["pi", *law.constants, *free]) == expression
    # The stated units of free constants are those that the formula demands, so that none is a slip of the pen.
    if absorbed(expression, [*free]) == expression:
        assert infer_dimensions(expression, known_dimensions(law), target) == free


def test_a_wrong_unit_would_be_noticed() -> None:
    law = BY_ID["kepler_third_law"]
    wrong = known_dimensions(law) | {"M": parse_unit("m").dimension}
    assert dimension_of(law.expression, wrong) != law.target.dimension


@pytest.mark.parametrize(
    ("law", "values", "expected"),
    [
        ("kepler_third_law", {"a": 1.495979e11, "M": 1.98841e30}, 365.256 * 86400),
        ("escape_velocity", {"M": 5.9722e24, "R_0": 6.371e6}, 11186),
        ("schwarzschild_radius", {"M": 1.98841e30}, 2953.25),
        ("light_deflection", {"M": 1.98841e30, "b": 6.957e8}, math.radians(1.751 / 3600)),
        ("perihelion_advance", {"M": 1.98841e30, "a": 5.7909e10, "e_0": 0.20563}, math.radians(42.98 / 3600) / 415.2),
        ("rydberg_formula", {"n_1": 2, "n_2": 3}, 656.11e-9),
        ("bohr_energy", {"n": 1}, -13.6057 * 1.602177e-19),
        ("wien_displacement", {"T": 5772}, 502.0e-9),
        ("stellar_luminosity", {"R_0": 6.957e8, "T": 5772}, 3.828e26),
        ("planet_temperature", {"T_s": 5772, "R_s": 6.957e8, "d": 1.496e11, "A": 0.3}, 254.6),
        ("ideal_gas", {"n": 1, "T": 273.15, "V": 0.022414}, 101325),
        ("sound_in_gas", {"gamma": 1.4, "T": 293.15, "M": 0.028965}, 343.2),
        ("compton_shift", {"theta": math.pi}, 4.8526e-12),
        ("electron_wavelength", {"U": 100}, 1.2264e-10),
        ("larmor_frequency", {"gamma": 2.6752e8, "B": 1}, 42.577e6),
        ("cyclotron_frequency", {"q": 1.602177e-19, "B": 1, "m": 9.10938e-31}, 27.992e9),
        ("plasma_frequency", {"n": 1e18}, 2 * math.pi * 8.979e9),
        ("debye_length", {"T": 1.1604e4, "n": 1e18}, 7.434e-6),
        ("fermi_energy", {"n": 8.47e28}, 7.03 * 1.602177e-19),
        ("wiedemann_franz", {"sigma_0": 1.0, "T": 1.0}, 2.443e-8),
        ("eddington_luminosity", {"M": 1.98841e30}, 1.257e31),
        ("critical_density", {"H": 70e3 / 3.0857e22}, 9.204e-27),
        ("mean_free_path", {"T": 293.15, "d": 3.7e-10, "p": 101325}, 6.57e-8),
        ("deep_water_wave", {"g": 9.81, "L": 100}, 12.5),
        ("moseley_law", {"Z": 29, "s": 1}, 8.04e3 * 1.602177e-19 / 6.62607e-34),
        ("relativistic_energy", {"m": 1.0, "v": 0.6 * 299792458}, 1.25 * 299792458**2),
        ("eyring", {"T": 298.15, "E": 0.0}, 6.2124e12),
        ("child_langmuir", {"U": 1.0, "d": 1.0}, 2.334e-6),
    ],
)  # fmt: skip
def test_what_the_books_give(law: str, values: dict[str, float], expected: float) -> None:
    known = {name: physical_constant(name).value for name in (*BY_ID[law].constants, "pi")}
    assert float(evaluate_tree(BY_ID[law].expression, known | values)) == pytest.approx(expected, rel=5e-3)


ENTRY = """
- id: fall
  name: Fall
  field: mechanics
  formula: {formula}
  target: "{target}"
  variables: {variables}
  source: a book
"""


def library(path: Path, **changes: str) -> Path:
    fields = {"formula": "g*t**2/2", "target": "x [m] distance", "variables": '["g [m/s**2] gravity", "t [s] time"]'}
    path.write_text(ENTRY.format(**fields | changes), encoding="utf-8")
    return path


def test_a_library_is_read(tmp_path: Path) -> None:
    (law,) = read_laws(library(tmp_path / "laws.yaml"))
    assert str(law) == "x = g*t**2/2"
    assert [one.meaning for one in law.variables] == ["gravity", "time"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"formula": "g*t"}, "has the dimension m/s, its target m"),
        ({"formula": "g*t**2*u"}, "unknown name u"),
        ({"variables": '["g [m/s**2] gravity", "t [s] time", "u [1] thing"]'}, "does not use 'u'"),
        ({"variables": '["g [m/s**2] gravity", "t [s] time", "t [s] time"]'}, "stands here twice"),
        ({"target": "x distance"}, "NAME"),
        ({"target": "x [nonsense] distance"}, "nonsense"),
        ({"formula": "g*t**2/2\n  colour: red"}, "'colour' is not known"),
        ({"formula": "g*t**2/2\n  constants: [speed]"}, "speed"),
    ],
)
def test_a_faulty_entry_is_named_with_its_reason(tmp_path: Path, changes: dict[str, str], words: str) -> None:
    with pytest.raises(LawLibraryError, match=words.replace("[", r"\[")) as caught:
        read_laws(library(tmp_path / "laws.yaml", **changes))
    assert caught.value.entry == "fall"


def test_an_id_stands_once(tmp_path: Path) -> None:
    path = library(tmp_path / "laws.yaml")
    path.write_text(path.read_text(encoding="utf-8") * 2, encoding="utf-8")
    with pytest.raises(LawLibraryError, match="this id stands here twice"):
        read_laws(path)
