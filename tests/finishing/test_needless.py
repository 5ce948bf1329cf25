"""Exact laws without the constants that rounding gave them; laws of noisy tables keep theirs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from symreg.engine import get_engine
from symreg.finishing.finished import Finished
from symreg.finishing.finisher import Finisher
from symreg.finishing.needless import with_related_offset, without_needless_constants
from symreg.finishing.passes import shown, with_fewest_constants
from symreg.fitting.fitter import make_fitter
from symreg.formula.grammar import parse
from symreg.formula.printing import to_text
from symreg.problem.candidate import FreeConstant
from symreg.problem.making import make_problem
from symreg.problem.natural_units import choose_natural_units
from symreg.tables.table import read_table
from symreg.units.dimension import DIMENSIONLESS

ROWS = 60


def finisher(truth: Any, noise: float = 0.0) -> Finisher:
    """On a table of x and t from 0.5 to 3 whose target is the truth, with noise in parts of its spread."""
    rng = np.random.default_rng(3)
    x, t = rng.uniform(0.5, 3.0, ROWS), rng.uniform(0.5, 3.0, ROWS)
    y = truth(x, t)
    y = y + noise * y.std() * rng.normal(size=ROWS)
    problem = make_problem(read_table({"x": x, "t": t, "y": y}, target="y"))
    return Finisher(make_fitter(problem, choose_natural_units(problem), get_engine("auto"), 1))


def fitted(own: Finisher, text: str, **starts: float) -> Finished:
    tree = parse(text, variables=("x", "t"), constants=tuple(starts))
    constants = tuple(FreeConstant(name, DIMENSIONLESS, value) for name, value in starts.items())
    found = own.fitter.fit([(tree, constants)])[0]
    assert found is not None
    return own.measured(found, "test")


def decaying(x: Any, t: Any) -> Any:
    return 1.7 * x * np.exp(-0.83 * t)


def saturating(x: Any, t: Any) -> Any:
    return 2.37 * x / (x + 0.71)


def refracting(x: Any, t: Any) -> Any:
    """Sellmeier's index of refraction, which is one far below its wavelength."""
    return np.sqrt(1 + 1.44 * x**2 / (x**2 - 0.011))


@pytest.mark.parametrize(
    ("truth", "text", "starts", "left"),
    [
        (decaying, "k1*x*exp(k2*t) + k3/t", {"k1": 1.7, "k2": -0.83, "k3": 1e-9}, "k1*x*exp(k2*t)"),
        (decaying, "k1*x*exp(k2*t + k3*x)", {"k1": 1.7, "k2": -0.83, "k3": 1e-9}, "k1*x*exp(k2*t)"),
        (decaying, "k1*x*exp(k2*t**k3)", {"k1": 1.7, "k2": -0.83, "k3": 1.01}, "k1*x*exp(k2*t)"),
        (decaying, "k1*(x + k3)*exp(k2*t)", {"k1": 1.7, "k2": -0.83, "k3": 1e-9}, "k1*x*exp(k2*t)"),
        (decaying, "k1*x*exp(k2*t)/cos(k3*x)", {"k1": 1.7, "k2": -0.83, "k3": 1e-6}, "k1*x*exp(k2*t)"),
        (decaying, "k1*x*exp(k2*sqrt(t**2 + k3))", {"k1": 1.7, "k2": -0.83, "k3": 1e-9}, "k1*x*exp(k2*sqrt(t**2))"),
        (saturating, "k1/(x + k2) + k3", {"k1": -1.7, "k2": 0.71, "k3": 2.37}, "k3*(x/(x + k2))"),
        (
            refracting, "sqrt(k1/(x**2 - k2) + k3)", {"k1": 0.0158, "k2": 0.011, "k3": 2.44},
            "sqrt(1 + k3*(x**2/(x**2 - k2)))",
        ),
    ],
)
def test_an_exact_law_loses_what_it_does_not_need(
    truth: Any, text: str, starts: dict[str, float], left: str
) -> None:
    own = finisher(truth)
    found = with_fewest_constants(own, fitted(own, text, **starts))
    assert to_text(found.fitted.expression) == left
    assert own.is_at_rounding(found.fitted)


@pytest.mark.parametrize("small", [1e-4, 1e-6])
def test_a_small_term_that_is_there_stays(small: float) -> None:
    own = finisher(lambda x, t: decaying(x, t) + small / t)
    before = fitted(own, "k1*x*exp(k2*t) + k3/t", k1=1.7, k2=-0.83, k3=small)
    assert with_fewest_constants(own, before) is before


def test_a_law_of_a_noisy_table_is_left_to_its_description_length() -> None:
    own = finisher(decaying, noise=0.02)
    before = fitted(own, "k1*x*exp(k2*t) + k3/t", k1=1.7, k2=-0.83, k3=1e-3)
    assert not own.is_at_rounding(before.fitted)
    assert with_fewest_constants(own, before) is before


def casson(x: Any, t: Any) -> Any:
    return (1.31 + 0.77 * np.sqrt(x)) ** 2


def parabola(x: Any, t: Any) -> Any:
    return (1.31 - 0.77 * x) ** 2


@pytest.mark.parametrize(
    ("truth", "text", "left", "values"),
    [
        (casson, "k1 + k2*x + k3*sqrt(x)", "(k1 + k2*sqrt(x))**2", {"k1": 1.31, "k2": 0.77}),
        (parabola, "k1 + k2*x**2 + k3*x", "(k1 + k2*x)**2", {"k1": 1.31, "k2": -0.77}),
    ],
)
def test_a_sum_that_is_a_square_is_one(truth: Any, text: str, left: str, values: dict[str, float]) -> None:
    own = finisher(truth)
    found = with_fewest_constants(own, fitted(own, text, k1=1.0, k2=1.0, k3=1.0)).fitted
    assert to_text(found.expression) == left
    assert dict(zip(found.names, found.values, strict=True)) == pytest.approx(values)


def test_noise_ties_an_offset_that_is_related() -> None:
    own = finisher(saturating, noise=0.005)
    found = shown(own, fitted(own, "k1/(x + k2) + k3", k1=-1.7, k2=0.71, k3=2.37))
    assert len(found.fitted.constants) == 2
    assert to_text(found.fitted.expression) == "k3*x/(k2 + x)"


def test_a_target_far_from_zero_is_exact_to_its_own_digits() -> None:
    own = finisher(lambda x, t: 1e7 + decaying(x, t))
    before = fitted(own, "k1*x*exp(k2*t) + k3 + k4*t", k1=1.7, k2=-0.83, k3=1e7, k4=1e-9)
    found = with_fewest_constants(own, before)
    assert to_text(found.fitted.expression) == "k1*x*exp(k2*t) + k3"


def test_every_proposal_has_fewer_constants() -> None:
    own = finisher(decaying)
    before = fitted(own, "k1*x*exp(k2*t) + k3/(t + k4)", k1=1.7, k2=-0.83, k3=0.1, k4=2.0).fitted
    found = list(without_needless_constants(before))
    assert found
    assert all(len(constants) < len(before.constants) for _, constants, _ in found)
    assert len({to_text(tree) for tree, _, _ in found}) == len(found)


@pytest.mark.parametrize("text", ["k1*x + k3", "k1/x + k3", "k1/(x + t) + k3", "x/(x + k2) + k3"])
def test_offsets_that_are_not_related_stay(text: str) -> None:
    own = finisher(decaying)
    assert list(with_related_offset(fitted(own, text, k1=1.0, k2=1.0, k3=1.0).fitted)) == []
