"""Limits on a law's values: what breaks them is not shown and is counted; what keeps them is left alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from symreg.discovery import Discovery, discover
from symreg.engine import get_engine
from symreg.errors import ProblemError
from symreg.finishing.shape import Shape, shape_of
from symreg.fitting.fitted import Fitted
from symreg.fitting.fitter import make_fitter
from symreg.formula.grammar import parse
from symreg.problem.candidate import FreeConstant
from symreg.problem.constraints import Constraints
from symreg.problem.making import make_problem
from symreg.problem.natural_units import choose_natural_units
from symreg.problem.problem import Problem
from symreg.search.backend import Budget
from symreg.search.native.settings import Native
from symreg.tables.table import read_table
from symreg.units.dimension import DIMENSIONLESS

OPERATORS = ("+", "-", "*", "/", "square", "sqrt", "exp", "sin")


def problem_of(y: Any = None, unit: str = "1", x: Any = None, **limits: Any) -> Problem:
    rng = np.random.default_rng(0)
    x = rng.uniform(-1.0, 3.0, 80) if x is None else x
    z = rng.uniform(1.0, 2.0, len(x))
    y = x + z if y is None else y
    table = read_table({"x [1]": x, "z [1]": z, f"y [{unit}]": y}, target="y")
    free = "inferred" if unit != "1" else "dimensionless"
    return make_problem(table, constraints=Constraints(**limits), operators=OPERATORS, free_constants=free)


def fault(problem: Problem, formula: str) -> str | None:
    fitter = make_fitter(problem, choose_natural_units(problem), get_engine("numpy"), 1)
    tree = parse(formula, variables=problem.inputs)
    (fitted,) = fitter.fit([(tree, ())])
    assert fitted is not None
    return shape_of(fitter).fault(fitted)


@pytest.mark.parametrize(
    ("formula", "rises", "falls"),
    [
        ("x", True, False),
        ("-exp(x)*z", False, True),
        ("z", True, True),  # it does not depend on x at all
        ("x**2", False, False),  # the box reaches from -1 to 3
        ("x**3 + z", True, False),
        ("x*(z - 3/2)", False, False),  # rises for some z, falls for others
        ("x + sin(40*x)/80", True, False),
        ("x + sin(40*x)/20", False, False),
        ("1/(z - x)", False, False),  # a pole is a fall, however it looks beside it
        ("sqrt(x + 1)", True, False),
        ("7", True, True),
    ],
)
def test_rising_and_falling(formula: str, rises: bool, falls: bool) -> None:
    assert (fault(problem_of(monotonic={"x": "increasing"}), formula) is None) == rises
    assert (fault(problem_of(monotonic={"x": "decreasing"}), formula) is None) == falls
    if not rises:
        assert fault(problem_of(monotonic={"x": "increasing"}), formula) == "is not increasing in x"


@pytest.mark.parametrize(
    ("formula", "limits", "kept"),
    [
        ("x*z", (-2.0, 6.0), True),  # the corners (-1, 2) and (3, 2); the columns' own ends lie a little inside
        ("x*z", (-1.5, 6.0), False),
        ("x*z", (-2.0, 5.0), False),
        ("x*z", (None, 6.0), True),
        ("x*z", (None, 5.0), False),
        ("x**2", (0.0, None), True),
        ("x**2 - 1/100", (0.0, None), False),  # below 0 in a fiftieth of the box
        ("5", (5.0, 5.1), True),
    ],
)
def test_ranges(formula: str, limits: tuple[float | None, float | None], kept: bool) -> None:
    found = fault(problem_of(range=limits), formula)
    assert (found is None) == kept
    assert kept or (found is not None and found.startswith("leaves the range from "))


def test_a_range_is_in_the_targets_unit() -> None:
    """Temperatures have a zero point, and natural units a scale of their own."""
    x = np.linspace(10.0, 90.0, 60)
    table = read_table({"x [degC]": x, "y [degC]": x}, target="y")
    for limits, kept in (((10.0, 90.0), True), ((11.0, 90.0), False), ((10.0, 89.0), False)):
        problem = make_problem(table, constraints=Constraints(range=limits))
        assert (fault(problem, "x") is None) == kept


def test_without_limits_everything_is_kept() -> None:
    fitter = make_fitter(problem_of(), choose_natural_units(problem_of()), get_engine("numpy"), 1)
    assert shape_of(fitter).limits == ()
    assert Shape(fitter).fault(None) is None  # type: ignore[arg-type]


def run(problem: Problem) -> Discovery:
    return discover(problem, backend=Native(threads=1), budget=Budget(time=None, evaluations=15_000))


def test_laws_that_break_a_limit_are_counted_and_not_shown() -> None:
    """A parabola through the data is the best law without the limit; with it, something else that rises."""
    x = np.linspace(0.0, 2.0, 80)
    y = 3 * x - x**2 + 0.02 * np.random.default_rng(1).normal(size=80)
    free, bound = (run(problem_of(y, x=x, **limits)) for limits in ({}, {"monotonic": {"x": "increasing"}}))

    def falls(law: Any) -> bool:
        grid = np.linspace(0.0, 2.0, 300)
        return bool((np.diff(law.predict({"x": grid, "z": np.full(300, 1.5)})) < -1e-9).any())

    assert falls(free.front.best)
    assert len(bound.front) > 0
    assert not any(falls(law) for law in bound.front)
    assert any("formulas are not shown: each is not increasing in x" in note for note in bound.notes)
    assert not any("not shown" in note for note in free.notes)


def test_a_range_that_no_law_keeps_leaves_nothing() -> None:
    x = np.linspace(0.0, 2.0, 80)
    discovery = run(problem_of(3 * x, x=x, range=(100.0, 101.0)))
    assert len(discovery.front) == 0
    assert any("each leaves the range from 100.0 to 101.0" in note for note in discovery.notes)


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"monotonic": {"q": "increasing"}}, "monotonic says 'q': 'increasing'"),
        ({"monotonic": {"x": "up"}}, "monotonic says 'x': 'up'"),
        ({"range": (2.0, 1.0)}, "must be two numbers in the target's unit"),
        ({"range": (1.0,)}, "must be two numbers in the target's unit"),
        ({"range": ("a", "b")}, "must be two numbers in the target's unit"),
    ],
)
def test_mistakes(limits: dict[str, Any], message: str) -> None:
    with pytest.raises(ProblemError, match=message):
        problem_of(**limits)


def test_fitted_constants_count() -> None:
    """A law with fitted constants is judged by their fitted values."""
    problem = problem_of(y=-np.linspace(0, 1, 80), x=np.linspace(0, 1, 80), monotonic={"x": "increasing"})
    fitter = make_fitter(problem, choose_natural_units(problem), get_engine("numpy"), 1)
    tree = parse("k*x", variables=problem.inputs, constants=["k"])
    (fitted,) = fitter.fit([(tree, (FreeConstant("k", DIMENSIONLESS, 1.0),))])
    assert isinstance(fitted, Fitted)
    assert shape_of(fitter).fault(fitted) == "is not increasing in x"
