"""Given forms at scales that nobody told: found without a start; a sentence says what is not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import symreg as sr
from symreg.finishing.finisher import Finisher
from symreg.finishing.law_making import as_law
from tests.templates.given_forms import FORMS, Form, fitted, is_found

SHARE = 0.95
"""Of the forms that have to be found with the rows of this test: all 95 were; engines differ in the last digit."""

FAILED = ("is no noise, since neighbouring", "before its sum of squares had settled", "apart: other values", "moves no")


def test_nearly_all_are_found_without_a_start_and_a_miss_is_noted() -> None:
    missed = []
    for form in FORMS:
        problem = form.problem(seed=1)
        fitter, found = fitted(problem)
        if is_found(form, problem, fitter, found):
            continue
        missed.append(form.name)
        assert found is not None, form.name
        finisher = Finisher(fitter)
        notes = as_law(finisher, finisher.measured(found, "form")).notes
        assert any(words in note for note in notes for words in FAILED), form.name
    assert len(missed) <= (1 - SHARE) * len(FORMS), missed
    assert len(FORMS) >= 90


@pytest.mark.parametrize("form", FORMS[:12], ids=lambda form: form.name)
def test_a_law_that_is_found_is_not_doubted(form: Form) -> None:
    problem = form.problem(seed=3)
    fitter, found = fitted(problem)
    assert is_found(form, problem, fitter, found) and found is not None
    finisher = Finisher(fitter)
    law = as_law(finisher, finisher.measured(found, "form"))
    assert not [note for note in law.notes for words in FAILED if words in note]
    assert all(np.isfinite(one.stderr) for one in law.constants)


# ------------------------------------------------------------------------------------------------- sentences

X = np.linspace(1.0, 5.0, 24)
NOISE = 0.01 * np.random.default_rng(1).normal(size=24)


def law_of(form: str, parameters: Any, y: np.ndarray, x: np.ndarray = X) -> sr.Law:
    model = sr.SymbolicRegressor(target=form, parameters=parameters, test_fraction=0, random_state=0)
    return model.fit(pd.DataFrame({"x": x}), pd.Series(y, name="y")).best_


@pytest.mark.parametrize(
    ("form", "y", "together"),
    [
        ("y = A*B*x", 6 * X, "A and B"),
        ("y = (A + B)*x", 6 * X, "A and B"),
        ("y = A/B*x", 6 * X, "A and B"),
        ("y = A/B + C*x", 6 * X + 1, "A and B"),
        ("y = exp(A + B*x)*C", 2 * np.exp(0.3 * X), "A and C"),
        ("y = A*exp(-(x - B)/C)", 2 * np.exp(-0.3 * X), "A and B"),
        ("y = A*x**2*B + C*D*x", 2 * X**2 + X, "A, B, C and D"),
        ("y = sqrt(A*B)*x", 6 * X, "A and B"),
        ("y = A*(B*x)**C", 3 * X**1.5, "A and B"),
    ],
)
def test_what_the_rows_cannot_tell_apart_is_named(form: str, y: np.ndarray, together: str) -> None:
    law = law_of(form, [letter for letter in "ABCD" if letter in form], y + NOISE)
    (note,) = [note for note in law.notes if "cannot tell" in note]
    assert note.startswith(f"the rows cannot tell {together} apart: other values of them fit as well")
    assert law.train.r2 > 0.99


def test_a_saturation_that_is_never_reached_has_huge_errors() -> None:
    law = law_of("y = V*x/(K + x)", ["V", "K"], 3 * X + NOISE)
    K = next(one for one in law.constants if one.name == "K")
    assert not K.stderr < 0.3 * abs(K.value)
    assert [note for note in law.notes if "tell" in note]


def test_a_constant_that_moves_nothing() -> None:
    law = law_of("y = A*x + max(B - x, 0)", {"A": {}, "B": {"start": 0.5}}, 6 * X + NOISE)
    assert [note for note in law.notes if "B moves no value of the law on these rows" in note]


def test_as_many_constants_as_rows() -> None:
    x, y = np.array([1.0, 2.0, 3.0]), np.array([1.0, 3.0, 2.0])
    law = law_of("y = a + b*x + c*x**2", ["a", "b", "c"], y, x)
    assert any(np.isnan(one.stderr) for one in law.constants)
    assert [note for note in law.notes if "no more rows than constants" in note]


def test_a_wrong_form_is_doubted() -> None:
    law = law_of("y = A*x", ["A"], np.sin(X) + NOISE)
    assert [note for note in law.notes if "what the form leaves is no noise" in note]


def test_a_start_that_leads_astray_is_doubted_and_its_absence_mended() -> None:
    y = np.sin(2.7 * 4 * X) + NOISE
    astray = law_of("y = A*sin(w*x)", {"A": {"start": 1.0}, "w": {"start": 0.3}}, y)
    assert astray.train.r2 < 0.5
    assert law_of("y = A*sin(w*x)", ["A", "w"], y).train.r2 > 0.99


def test_a_form_that_is_undefined_on_all_rows_says_so() -> None:
    with pytest.raises(sr.EstimatorError, match=r"no start of the parameters leads .*Look where the form is undef"):
        law_of("y = A*log(0 - x*x)", ["A"], 6 * X)


@pytest.mark.parametrize("scale", [1e-9, 1e-3, 1e6, 1e9])
def test_units_or_none_any_scale_of_the_input(scale: float) -> None:
    for unit in ("s", "1"):
        x = np.linspace(0.0, 4.0, 30) * scale
        y = 5 * np.exp(-x / scale)
        model = sr.SymbolicRegressor(target="y = A*exp(-x/s)", parameters=["A", "s"], units={"x": unit})
        law = model.fit(pd.DataFrame({"x": x}), pd.Series(y, name="y")).best_
        assert {one.name: one.value for one in law.constants} == pytest.approx({"A": 5.0, "s": scale})
