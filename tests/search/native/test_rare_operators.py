"""Operators that are searched only where they are asked for: the larger, the smaller, cube roots and steps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from symreg.discovery import Discovery, discover
from symreg.formula.expression import Apply, evaluate_tree, walk
from symreg.problem.making import DEFAULT_OPERATORS
from symreg.search.backend import Budget
from symreg.search.foreign.operon import Operon
from symreg.search.honouring import unmet
from tests.search.setting import problem_of

RARE = ("max", "min", "cbrt", "step")
A, B, C = np.random.default_rng(0).uniform([[1.0], [1.0], [1.0]], [[6.0], [2.0], [3.0]], (3, 80))
LAWS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "max": ({"a [m]": A, "b [m/s]": B, "c [s]": C, "y [m]": np.maximum(A, B * C)}, ("max",)),
    "min": ({"a [m]": A, "b [m/s]": B, "c [s]": C, "y [m]": np.minimum(A, B * C)}, ("min",)),
    "min by max": ({"a [m]": A, "b [m/s]": B, "c [s]": C, "y [m]": np.minimum(A, B * C)}, ("max",)),
    "cbrt": ({"a [m**3]": A, "b [m**3]": A[::-1], "y [m]": np.cbrt(A - A[::-1])}, ("cbrt",)),
    "step": ({"a [N]": A, "b [m]": B, "c [m]": C, "y [N]": A * (B > C)}, ("step",)),
    "step of plain numbers": ({"a [1]": A, "b [1]": B, "y [1]": A * (B > 1.0) * (A > B)}, ("step",)),
}

CLAMPED = {"a [m]": A, "b [N]": B, "y [N*m]": B * np.minimum(A, 3.1)}


def found(name: str) -> Discovery:
    data, asked = LAWS[name]
    problem = problem_of(data, "y", operators=("+", "-", "*", "/", *asked))
    return discover(problem, budget=Budget(time=30.0))


@pytest.mark.parametrize("name", LAWS)
def test_a_law_with_them_is_found(name: str) -> None:
    law, asked = found(name).front.best, LAWS[name][1]
    assert asked[0] in {node.operator for node in walk(law.expression) if isinstance(node, Apply)}
    columns = {key.split()[0]: values for key, values in LAWS[name][0].items()}
    values = evaluate_tree(law.expression, columns | {one.name: one.value for one in law.constants})
    np.testing.assert_allclose(values, columns["y"], rtol=1e-9, atol=1e-9)


def test_laws_are_written_as_they_are_meant() -> None:
    assert found("max").front.best.formula in ("max(a, b*c)", "max(b*c, a)")
    assert found("cbrt").front.best.formula == "cbrt(a - b)"


def test_a_bound_that_is_fitted() -> None:
    problem = problem_of(CLAMPED, "y", operators=("+", "-", "*", "/", "min"), free_constants="inferred")
    law = discover(problem, budget=Budget(time=30.0)).front.best
    assert law.formula in ("b*min(k, a)", "b*min(a, k)")
    assert law.constants[0].value == pytest.approx(3.1)
    assert law.constants[0].unit.text == "m"


def test_none_is_searched_by_default() -> None:
    assert not set(RARE) & set(DEFAULT_OPERATORS)


def test_a_backend_that_does_not_know_them_says_so() -> None:
    problem = problem_of(LAWS["max"][0], "y", operators=("+", "*", *RARE))
    said = unmet(Operon(), problem, Budget())
    assert any("does not know max, min, cbrt, step" in sentence for sentence in said)
