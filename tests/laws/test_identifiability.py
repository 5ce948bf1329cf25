"""Constants without an error are named, with the reason: they move nothing, or only together."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import symreg as sr
from symreg.fitting.fitted import Fitted
from symreg.fitting.fitter import Fitter
from symreg.laws.identifiability import undetermined
from tests.fitting.test_bounds import fit, fitter_of

X = np.linspace(1.0, 5.0, 20)
Y = 6 * X + 0.01 * np.sin(9 * X)


def fitted(formula: str, names: list[str], n_rows: int = 20) -> tuple[Fitter, Fitted]:
    fitter = fitter_of({"x": np.resize(X, n_rows), "y": np.resize(Y, n_rows)}, formula, names)
    return fitter, fit(fitter, **{name: 1.0 + 0.1 * place for place, name in enumerate(names)})


@pytest.mark.parametrize(
    ("formula", "names", "expected"),
    [
        ("k*x", ["k"], ()),
        ("a + b*x", ["a", "b"], ()),
        ("a*b*x", ["a", "b"], (("a", "b"),)),
        ("a*exp(b)*x + c", ["a", "b", "c"], (("a", "b"),)),
        ("a*b*c*x", ["a", "b", "c"], (("a", "b", "c"),)),
        ("a*x + 0*b", ["a", "b"], (("b",),)),
        ("a*x + exp(-800*b*x)", ["a", "b"], (("b",),)),
    ],
)
def test_what_the_rows_do_not_determine(formula: str, names: list[str], expected: tuple[tuple[str, ...], ...]) -> None:
    assert undetermined(*fitted(formula, names)) == expected


def test_no_more_work_than_rows() -> None:
    """Only directions of the constants are made, none of the rows: 200,000 squared would not fit into any memory."""
    fitter, found = fitted("a*b*x", ["a", "b"])
    rows = np.arange(20).repeat(10_000)
    assert undetermined(fitter.on_rows(rows), found) == (("a", "b"),)


def test_more_constants_than_rows() -> None:
    group = undetermined(*fitted("a + b*x + c*x**2 + d*x**3", ["a", "b", "c", "d"], n_rows=3))[0]
    assert set(group) == {"a", "b", "c", "d"}


def law_of_form(form: str, parameters: list[str]) -> sr.Law:
    model = sr.SymbolicRegressor(target=form, parameters=parameters, random_state=0)
    return model.fit(pd.DataFrame({"x": X}), pd.Series(Y, name="y")).best_


def test_the_law_says_so() -> None:
    law = law_of_form("y = A*B*x", ["A", "B"])
    assert [note for note in law.notes if "cannot tell A and B apart" in note]


def test_a_law_that_is_determined_says_nothing() -> None:
    law = law_of_form("y = A*x + B", ["A", "B"])
    assert all(np.isfinite(constant.stderr) for constant in law.constants)
    assert not [note for note in law.notes if "apart" in note or "moves no value" in note]
