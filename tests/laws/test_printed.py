"""What a law prints is right for whoever reads it: units with a zero of their own stand as they enter the formula."""

from __future__ import annotations

import re

import numpy as np
import pytest

import symreg as sr
from symreg.laws.printed import quantity_text
from symreg.units.reading import parse_unit
from symreg.units.unit import si_unit

TEMPERATURES = np.array([-20.0, 0, 10, 20, 30, 40, 50, 60, 80, 100, 120, 150])
QUICK = {"backend": sr.Native(threads=1), "budget": sr.Budget(time=2)}


@pytest.fixture(scope="module")
def found() -> sr.Discovery:
    table = {"T [°C]": TEMPERATURES, "R [ohm]": 100 * (1 + 3.9083e-3 * TEMPERATURES)}
    return sr.discover(sr.make_problem(sr.read_table(table, target="R")), **QUICK)


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("degC", "T in K (degC + 273.15)"),
        ("degF", "T in K (degF*0.5555555556 + 255.3722222)"),
        ("K", "T in K"),
        ("mm", "T in mm"),
    ],
)
def test_a_quantity_is_named_in_the_unit_of_the_formula(unit: str, expected: str) -> None:
    assert quantity_text("T", parse_unit(unit)) == expected


@pytest.mark.parametrize("unit", ["degC", "degF", "K", "eV"])
def test_the_conversion_that_is_printed_is_the_one_that_is_done(unit: str) -> None:
    read = parse_unit(unit)
    printed = read.conversion()
    if not printed:
        assert read.in_formulas == read
        return
    scale, _, offset = re.fullmatch(rf"{unit}(\*([\d.]+))? \+ ([\d.]+)", printed).groups()  # type: ignore[union-attr]
    by_hand = 25.0 * float(scale[1:] if scale else 1.0) + float(offset)
    assert by_hand == pytest.approx(read.to_si(25.0), rel=1e-9)
    assert read.in_formulas == si_unit(read.dimension)


def test_a_law_of_degrees_celsius_gives_the_right_number_as_it_is_read(found: sr.Discovery) -> None:
    law = found.front.best
    constants = {constant.name: constant.value for constant in law.constants}
    assert law.formula == "k1*T + k2"
    assert constants["k1"] * (100.0 + 273.15) + constants["k2"] == pytest.approx(139.083, rel=1e-6)
    for text in (str(law), str(found.front), law.to("text")):
        assert "T in K (°C + 273.15)" in text


def test_the_search_says_in_which_unit_a_temperature_stands(found: sr.Discovery) -> None:
    assert "T is given in °C: in formulas it stands in K (°C + 273.15)" in found.notes


@pytest.mark.parametrize("language", ["html", "markdown", "latex"])
def test_reports_name_the_unit_of_the_formula(found: sr.Discovery, language: str, tmp_path: object) -> None:
    from symreg.report.content import gather
    from symreg.report.latex import latex_report
    from symreg.report.markdown import markdown_report
    from symreg.report.page.rendering import html_report

    write = {"html": html_report, "markdown": markdown_report, "latex": latex_report}[language]
    page = write(gather(found))
    assert "273.15" in page


@pytest.mark.parametrize(("unit", "said"), [("%", "x in % (1 % = 0.01)"), ("ppm", "x in ppm (1 ppm = 1e-06)")])
def test_beside_a_plain_number_a_share_says_what_it_counts_as(unit: str, said: str) -> None:
    """``y = 2 + 30*x`` with x in % is 3.5 at 5 %: a reader who puts in 5 is off by a hundred times."""
    x = np.linspace(1.0, 50.0, 40)
    table = sr.read_table({f"x [{unit}]": x, "y [1]": 2 + 0.3 * x}, target="y")
    law = sr.discover(sr.make_problem(table), **QUICK).front.best
    assert str(law).endswith(said)
    table = sr.read_table({f"x [{unit}]": x, "y [K]": 0.3 * x}, target="y")
    in_unit = sr.discover(sr.make_problem(table), **QUICK).front.best
    assert str(in_unit).endswith(f"K/{unit}")
