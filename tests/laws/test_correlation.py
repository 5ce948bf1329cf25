"""Correlations of constants from a covariance, and where they are warned of."""

from __future__ import annotations

import numpy as np
import pytest

from symreg.laws.correlation import correlations
from tests.certainty.test_intervals import law_of
from tests.fitting.test_bounds import fitter_of


def test_pairs_against_numpy() -> None:
    rng = np.random.default_rng(0)
    sample = rng.normal(size=(4, 30)) * np.array([[1.0], [1e-20], [1e15], [3.0]])
    sample[1] += 1e-20 * sample[0]
    found = correlations(("a", "b", "c", "d"), np.cov(sample))
    assert [(one.first, one.second) for one in found] == [*zip("aaabbc", "bcdcdd", strict=True)]
    expected = np.corrcoef(sample)[np.triu_indices(4, 1)]
    np.testing.assert_allclose([one.coefficient for one in found], expected, rtol=1e-9)


def test_unknown_and_exact_errors_have_no_correlation() -> None:
    covariance = np.array([[1.0, 0.5, np.nan], [0.5, 1.0, np.nan], [np.nan, np.nan, np.nan]])
    assert [(one.first, one.second) for one in correlations(("a", "b", "c"), covariance)] == [("a", "b")]
    assert correlations(("a", "b"), np.zeros((2, 2))) == ()
    assert correlations(("a",), np.zeros((0, 0))) == ()


@pytest.mark.parametrize(("middle", "close"), [(0.0, False), (100.0, True)])
def test_constants_that_the_data_do_not_tell_apart_are_warned_of(middle: float, close: bool) -> None:
    """Slope and offset of a line far from zero, against the closed form of their correlation."""
    x = middle + np.linspace(-1, 1.5, 30)
    fitter = fitter_of({"x": x, "y": 2 * x + 1 + 0.1 * np.sin(40 * x)}, "a*x + b", ["a", "b"])
    law = law_of(fitter)
    (found,) = law.correlations
    assert found.coefficient == pytest.approx(-x.mean() / np.sqrt(np.mean(x**2)), rel=1e-6)
    assert found.is_close is close
    assert any("go together" in note for note in law.notes) is close
