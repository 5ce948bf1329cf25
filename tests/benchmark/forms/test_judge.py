"""The judge of forms: other constants are forgiven, another form and too many constants are not."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from symreg.benchmark.forms.judge import FormJudge, FormVerdict, constants_of_law, constants_of_truth
from symreg.benchmark.forms.problems import FormProblem, load_forms
from symreg.benchmark.forms.trial import form_problem
from tests.benchmark.forms.form_files import CHARGE, HILL, LINE, SQUARE, forms, trial
from tests.benchmark.known_answers import law


def verdict(problem: FormProblem, formula: str, **values: float | tuple[float, str]) -> FormVerdict:
    return FormJudge(problem).verdict(law(form_problem(trial(problem, 20)), formula, **values))


def test_other_constants_and_other_ways_to_write_it_are_the_form(tmp_path: Path) -> None:
    (line,) = forms(tmp_path, LINE)
    assert verdict(line, "k1*x + k2", k1=2.9, k2=8.0).holds
    assert verdict(line, "k1*(x + k2)", k1=2.0, k2=1.0).holds
    assert verdict(line, "(x - k1)/k2", k1=-1.0, k2=0.5).holds
    found = verdict(line, "(k1*x**2 + k2*x)/x", k1=2.9, k2=8.0)
    assert found.holds and found.constants == 2 and found.deviation < 1e-9


def test_a_dimension_in_a_fitted_exponent(tmp_path: Path) -> None:
    (hill,) = forms(tmp_path, HILL)
    assert verdict(hill, "k1/(1 + (k2/c)**k3)", k1=0.8, k2=2500.0, k3=2.0).holds
    assert verdict(hill, "k1 - k1/(1 + (c/k2)**k3)", k1=0.8, k2=2500.0, k3=2.0).holds
    assert not verdict(hill, "k1/(1 + (k2/c)**2)", k1=0.8, k2=2500.0).holds


def test_another_form_is_not_the_truth_however_near(tmp_path: Path) -> None:
    (line,) = forms(tmp_path, LINE)
    assert not verdict(line, "k1*x", k1=4.0).holds
    assert verdict(line, "k1*x + 6.93", k1=3.0).holds, "a decimal is a fitted constant"
    near = verdict(line, "k1*x**(31/30) + k2", k1=3.0, k2=7.0)
    assert not near.holds and 1e-6 < near.deviation < 0.1
    charge = forms(tmp_path, CHARGE)[0]
    assert not verdict(charge, "k1*t/(k2 + t) + k3*r", k1=5.0, k2=0.01, k3=0.5).holds


def test_more_constants_than_the_truth_are_too_many(tmp_path: Path) -> None:
    line, square = forms(tmp_path, LINE, SQUARE)
    found = verdict(line, "k1*x + k2 + k3*x**2", k1=3.0, k2=7.0, k3=0.0)
    assert found.constants == 3 and not found.holds and math.isnan(found.deviation)
    assert verdict(square, "1/2*x**2").holds
    assert verdict(square, "k*x**2", k=(0.5, "1/2")).holds, "a number that was recognised is not fitted"
    assert not verdict(square, "k*x**2", k=0.5).holds
    assert not verdict(square, "0.50001*x**2").holds


def test_a_recognised_number_is_a_claim(tmp_path: Path) -> None:
    (line,) = forms(tmp_path, LINE)
    assert verdict(line, "k1*x + k2", k1=2.9, k2=(7.0, "7")).holds
    assert not verdict(line, "k1*x + k2", k1=2.9, k2=(8.0, "8")).holds


def test_what_is_undefined_on_clean_rows_is_not_the_form(tmp_path: Path) -> None:
    (line,) = forms(tmp_path, LINE)
    assert verdict(line, "k1*sqrt(-x) + k2", k1=4.0, k2=1.0).deviation == math.inf


def test_a_pole_of_its_own_is_forgiven(tmp_path: Path) -> None:
    (square,) = forms(tmp_path, SQUARE)
    assert verdict(square, "x**2*(x - z)/(2*(x - z))").holds


def test_units_of_the_table_do_not_matter(tmp_path: Path) -> None:
    (charge,) = forms(tmp_path, CHARGE)
    assert verdict(charge, "k1*(1 - exp(-t/k2)) + k3*r", k1=4.0, k2=0.01, k3=0.4).holds


@pytest.mark.parametrize(
    ("formula", "count"),
    [
        ("2.5382*x + x**2 - 0.5", 2),
        ("116*x**(1/3) - 16", 2),
        ("3*x**2.38 + 4*x**(-3/2)", 1),
        ("a*x**2 + x/2 + pi", 1),
        ("sqrt(x) + 10**x + x**12 + 11", 1),
        ("0.3*x + 0.3", 2),
    ],
)
def test_constants_of_a_truth(tmp_path: Path, formula: str, count: int) -> None:
    entry = LINE.replace("a*x + b", formula).replace(", b: {value: 7}", "")
    assert constants_of_truth(forms(tmp_path, entry)[0].definition) == count


def test_constants_of_a_law(tmp_path: Path) -> None:
    problem = form_problem(trial(forms(tmp_path, LINE)[0], 20))
    assert constants_of_law(law(problem, "k1*x + 2.5382 + k2*pi", k1=1.0, k2=(0.5, "1/2"))) == 2
    assert constants_of_law(law(problem, "1/2*x + x**(3/2) - 7/30")) == 0


@pytest.mark.parametrize("id", ["antoine", "diode_with_leak", "gompertz", "vogel_fulcher", "radiance", "platinum"])
def test_the_truth_is_found_again_from_constants_that_are_off(id: str) -> None:
    (problem,) = (one for one in load_forms("everyday") if one.definition.id == id)
    definition = problem.definition
    off = {name: value * 1.02 ** (-1) ** place for place, (name, value) in enumerate(definition.free_constants.items())}
    fixed = {name: value for name, value in definition.constant_values.items() if name not in off}
    asked = form_problem(trial(problem, 30))
    exact: dict[str, float | tuple[float, str]] = {name: (value, repr(value)) for name, value in fixed.items()}
    found = FormJudge(problem).verdict(law(asked, definition.formula, **off, **exact))
    assert found.holds and found.constants == constants_of_truth(definition)
