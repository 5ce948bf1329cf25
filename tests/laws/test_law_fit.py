"""A law back at the bench: refitted, it is the law."""

from __future__ import annotations

import math

import numpy as np
import pytest

from symreg.laws.law_fit import fit_of
from tests.benchmarks.coverage import TRUTHS, fitted_law
from tests.certainty.test_intervals import law_of
from tests.fitting.test_bounds import fitter_of


@pytest.mark.parametrize("truth", TRUTHS, ids=lambda truth: truth.name)
@pytest.mark.parametrize("stated", [False, True])
def test_values_and_errors_are_those_of_the_law(truth: object, stated: bool) -> None:
    problem = truth.problem(20, stated, np.random.default_rng(0))  # type: ignore[attr-defined]
    law = fitted_law(problem, truth)  # type: ignore[arg-type]
    fitter, own = fit_of(law, problem)
    refitted = fitter.refitted(own)
    assert refitted is not None
    finished = fitter.finished(refitted)
    free = [one for one in law.constants if one.kind == "free"]
    scales = [fitter.units.factor(one.unit.dimension) / one.unit.scale for one in free]
    np.testing.assert_allclose(own.values * scales, [one.value for one in free], rtol=1e-12)
    np.testing.assert_allclose(finished.values * scales, [one.value for one in free], rtol=1e-6)
    np.testing.assert_allclose(finished.stderr * scales, [one.stderr for one in free], rtol=1e-4)


def test_what_is_held_stays_held() -> None:
    x = np.linspace(1, 3, 30)
    fitter = fitter_of({"x": x, "y": 2 * x - 1 + 0.1 * np.sin(40 * x)}, "b*x + a", ["b", "a"], bounds={"a": [0, None]})
    _, own = fit_of(law_of(fitter), fitter.problem)
    assert own.held == ("a",)
    assert math.isnan(own.residual_sum)
