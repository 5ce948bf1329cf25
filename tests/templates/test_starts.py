"""Parameters from far starts: known truths, twins, bounds, repeatable."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from symreg.engine import get_engine
from symreg.fitting.bounds import within_bounds
from symreg.fitting.fitted import Fitted
from symreg.fitting.fitter import Fitter, make_fitter
from symreg.problem.candidate import FreeConstant
from symreg.problem.making import make_problem
from symreg.problem.natural_units import choose_natural_units
from symreg.tables.table import read_table
from symreg.templates.starts import from_many_starts
from symreg.units.dimension import DIMENSIONLESS

X = np.linspace(1.0, 20.0, 40)


def fit(
    form: str, y: np.ndarray, parameters: Any, names: str, x: np.ndarray = X
) -> tuple[Fitter, Fitted | None]:
    table = read_table({"x [1]": x, "y [1]": y}, target="y")
    problem = make_problem(table, target=form, parameters=parameters, test_fraction=0)
    fitter = make_fitter(problem, choose_natural_units(problem), get_engine("auto"), 1)
    constants = tuple(FreeConstant(name, DIMENSIONLESS, 1.0) for name in names)
    template = problem.template
    assert template is not None
    return fitter, from_many_starts(fitter, template, template.outer, constants)


def values(found: Fitted | None) -> list[float]:
    assert found is not None
    return found.values.tolist()


def test_a_decay_from_no_start_at_all() -> None:
    for rate, size in ((0.3, 5.0), (4e-4, 3e7), (2.0, 1e-9)):
        _, found = fit("y = a*exp(-b*x)", size * np.exp(-rate * X), ["a", "b"], "ab")
        assert values(found) == pytest.approx([size, rate], rel=1e-8)


@pytest.mark.parametrize("scale", [1e-20, 1e-4, 1e6, 1e20])
def test_pure_numbers_of_any_size(scale: float) -> None:
    """A column without a unit has no natural one: its size is looked at."""
    x = X * scale
    for form, truth, y in (
        ("y = a*exp(-b*x)", [5e9, 0.3 / scale], 5e9 * np.exp(-0.3 * X)),
        ("y = a*x/(b + x)", [2.0, 4.0 * scale], 2 * X / (4 + X)),
        ("y = a/(1 + b*x**2)", [2.0, 0.04 / scale**2], 2 / (1 + 0.04 * X**2)),
    ):
        _, found = fit(form, y, ["a", "b"], "ab", x)
        assert values(found) == pytest.approx(truth, rel=1e-6)


@pytest.mark.parametrize("number", [1.6e-16, 6.02e23])
def test_numbers_of_any_size_in_the_form(number: float) -> None:
    """What a constant must make up for is also what the user wrote: ``exp(-x*s/1.6e-16)``."""
    _, found = fit(f"y = a + b*exp(-x*s/{number!r})", 5.0 + 3.0 * np.exp(-0.3 * X), ["a", "b", "s"], "abs")
    assert values(found) == pytest.approx([5.0, 3.0, 0.3 * number], rel=1e-6)


def test_a_line_in_disguise_from_one_does_not_end_at_the_wrong_minimum() -> None:
    """Several frequencies fit a little; from the start 1 alone the fit ends at one of them."""
    y = np.sin(2.7 * X)
    _, found = fit("y = a*sin(b*x)", y, ["a", "b"], "ab")
    assert np.abs(values(found)) == pytest.approx([1.0, 2.7], rel=1e-8)
    fitter, stuck = fit("y = a*sin(b*x)", y, {"a": {"start": 1}, "b": {"start": 0.2}}, "ab")
    assert stuck is not None and stuck.residual_sum > 0.1 * float(fitter.y @ fitter.y)


def test_of_twins_the_one_without_signs() -> None:
    _, found = fit("y = a/b*exp(-((x - d)/b)**2/2)", np.exp(-(((X - 8.0) / 3.0) ** 2) / 2), ["a", "b", "d"], "abd")
    assert values(found) == pytest.approx([3.0, 3.0, 8.0], rel=1e-6)


def test_bounds_choose_the_twin() -> None:
    fitter, found = fit("y = a/(b*x**2 + a)", 1 / (1 + X**2), {"a": {"upper": 0}, "b": {}}, "ab")
    assert found is None or found.values[0] < 0
    y = np.exp(-(((X - 8.0) / 3.0) ** 2) / 2)
    fitter, found = fit("y = a/b*exp(-((x - d)/b)**2/2)", y, {"a": {}, "b": {"upper": 0}, "d": {}}, "abd")
    assert values(found) == pytest.approx([-3.0, -3.0, 8.0], rel=1e-6)
    assert fitter.problem.template is not None and found is not None
    assert within_bounds(fitter, fitter.problem.template, found)


def test_no_fit_within_the_bounds_is_none() -> None:
    _, found = fit("y = a*x + b", 2 * X + 1, {"a": {"upper": 1}, "b": {}}, "ab")
    assert found is None


def test_it_repeats() -> None:
    y = 3 * X / (2 + X) + 0.1 * np.random.default_rng(0).normal(size=len(X))
    first, second = (fit("y = a*x/(b + x)", y, ["a", "b"], "ab")[1] for _ in range(2))
    assert values(first) == values(second)


def test_a_form_that_is_undefined_everywhere_is_none() -> None:
    _, found = fit("y = a + sqrt(-x)*b", X, ["a", "b"], "ab")
    assert found is None
