"""Hypotheses are fitted from several sizes, compared, and rejected with a reason."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from symreg.engine import get_engine
from symreg.problem.candidate import Candidate
from symreg.problem.making import make_problem
from symreg.search.hypotheses.assessment import Assessed, Assessment
from symreg.search.hypotheses.hypothesis import Hypothesis, read_hypothesis
from symreg.search.hypotheses.scope import scope_of
from symreg.search.space import search_space
from symreg.tables.table import read_table
from tests.search.setting import problem_of

N = 40
T, X = np.linspace(300.0, 900.0, N), np.linspace(1.0, 2.0, N)


def assessment(data: dict[str, Any], target: str, engine: str = "numpy", **options: Any) -> Assessment:
    problem = problem_of(data, target, **{"free_constants": "inferred", "test_fraction": 0.0} | options)
    space = search_space(problem, problem.train_rows)
    return Assessment(space, get_engine(engine), 1, np.arange(len(space.target)))


def candidates(where: Assessment, *formulas: str) -> list[Candidate]:
    read = [read_hypothesis(Hypothesis(text, (), "me"), scope_of(where.space), 40) for text in formulas]
    assert all(isinstance(one, Candidate) for one in read)
    return [one for one in read if isinstance(one, Candidate)]


def values(one: Assessed, where: Assessment) -> list[float]:
    return [constant.start * where.space.units.factor(constant.dimension) for constant in one.candidate.constants]


@pytest.mark.parametrize("engine", ["numpy", "auto"])
@pytest.mark.parametrize("activation", [300.0, 5_000.0, 12_000.0])
def test_constants_are_found_from_far_away(engine: str, activation: float) -> None:
    where = assessment({"T [K]": T, "p [Pa]": 1e9 * np.exp(-activation / T)}, "p", engine)
    (found,) = where.take(candidates(where, "k1*exp(-k2/T)"))
    assert found.loss < 1e-12
    assert values(found, where) == pytest.approx([1e9, activation], rel=1e-6)


@pytest.mark.parametrize(
    ("formula", "y"), [("exp(k*x)", np.exp(20 * X)), ("k1/(exp(k2*x) - 1)", 2 / (np.exp(25 * X) - 1))]
)
def test_one_size_to_start_from_would_not_do(formula: str, y: Any) -> None:
    where = assessment({"x [m]": X, "y [1]": y}, "y")
    (found,) = where.take(candidates(where, formula))
    assert found.loss < 1e-20


def test_the_loss_is_one_minus_r_squared() -> None:
    rng = np.random.default_rng(0)
    x = rng.uniform(1, 2, N)
    y = 3 * x + 0.3 * rng.normal(size=N)
    where = assessment({"x [m]": x, "y [s]": y}, "y")
    (found,) = where.take(candidates(where, "k*x"))
    slope = float(x @ y / (x @ x))
    assert values(found, where) == pytest.approx([slope])
    assert found.loss == pytest.approx(np.sum((y - slope * x) ** 2) / np.sum((y - y.mean()) ** 2))


def test_weights_of_the_rows_count() -> None:
    rng = np.random.default_rng(1)
    x, sigma = rng.uniform(1, 2, N), rng.uniform(0.1, 2, N)
    y = 3 * x + sigma * rng.normal(size=N)
    table = read_table({"x [m]": x, "y [s]": y, "dy [s]": sigma}, target="y", sigma={"y": "dy"})
    problem = make_problem(table, inputs=["x"], free_constants="inferred", test_fraction=0.0)
    space = search_space(problem, problem.train_rows)
    where = Assessment(space, get_engine("auto"), 1, np.arange(N))
    (found,) = where.take(candidates(where, "k*x"))
    weights = 1 / sigma**2
    assert values(found, where) == pytest.approx([float((weights * x) @ y / ((weights * x) @ x))])


def test_what_is_worse_undefined_or_undetermined_is_rejected_in_order() -> None:
    x = np.linspace(1, 2, N)
    where = assessment({"x [m]": x, "y [s]": x**2}, "y")
    held = where.take(candidates(where, "k*x**2", "k*x", "k*log(-k2*x)", "k1*x + k2*x + k3*x", "k*sqrt(x)"))
    assert [one.text for one in held] == ["k*x**2", "k*x"]
    assert [(one.formula, one.fault) for one in where.rejections] == [
        ("k*log(-k2*x)", "domain"),
        ("k1*x + k2*x + k3*x", "undetermined"),
        ("k*sqrt(x)", "worse"),
    ]
    assert "worse than 'k*x**2' with 4 nodes" in where.rejections[-1].reason
    assert "40 of 40 rows" in where.rejections[0].reason


def test_a_shorter_formula_holds_beside_a_better_one() -> None:
    x = np.linspace(1, 2, N)
    where = assessment({"x [m]": x, "y [s]": np.exp(x)}, "y")
    held = where.take(candidates(where, "k*x", "k1*exp(k2*x)"))
    assert len(held) == 2 and len(where.best) == 2
    assert where.take(candidates(where, "k/x")) == []
    assert where.rejections[-1].fault == "worse" and where.rejections[-1].source == "me"


def test_few_rows_bear_few_constants() -> None:
    x = np.linspace(1, 2, 6)
    where = assessment({"x [m]": x, "y [m]": np.exp(x)}, "y")
    (held,) = where.take(candidates(where, "k1*x + k2*exp(k3*x) + k4", "k1*x + k2"))
    assert held.text == "k1*x + k2"
    assert [(one.fault, one.reason) for one in where.rejections] == [
        ("undetermined", "it has 4 fitted constants, and 6 rows bear 3")
    ]


def test_of_equals_none_is_worse() -> None:
    x = np.linspace(1, 2, N)
    where = assessment({"x [m]": x, "y [m]": 2 * x}, "y")
    assert len(where.take(candidates(where, "k*x", "x*k", "2*x"))) == 3
    assert where.rejections == []
