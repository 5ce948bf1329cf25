"""Laws as a fit takes them again."""

from __future__ import annotations

import math

import numpy as np
import pytest

from symreg.laws.refitting import as_fitted, bits_of_fit, bits_of_rows, fitted_again, fitter_of
from tests.laws_by_hand import law_of, problem_of


def test_a_law_states_its_constants_in_natural_units() -> None:
    """``as_fitted`` predicts what the law predicts, in the units of the user or not."""
    rng = np.random.default_rng(1)
    x = rng.uniform(1, 3, 40)
    problem = problem_of({"x [km]": x, "y [mJ]": 3 * x**2 + rng.normal(size=40)})
    law = law_of(problem, "k1*x**2 + k2")
    fitter = fitter_of(problem)
    natural = fitter.predict(as_fitted(law, fitter), fitter.X) * fitter.units.factor(law.unit.dimension)
    np.testing.assert_allclose(law.unit.from_si(natural), law.predict({"x": x[problem.train_rows]}), rtol=1e-12)


def test_a_law_fitted_again_is_the_law() -> None:
    rng = np.random.default_rng(1)
    x = rng.uniform(1, 3, 40)
    problem = problem_of({"x [km]": x, "y [mJ]": 3 * x**2 + rng.normal(size=40)})
    laws, fitter = [law_of(problem, "k1*x**2 + k2"), law_of(problem, "k*x")], fitter_of(problem)
    for law, fitted in zip(laws, fitted_again(laws, fitter), strict=True):
        assert fitted is not None
        np.testing.assert_allclose(fitted.values, as_fitted(law, fitter).values, rtol=1e-9)
        # All but the formula's bits, which do not depend on the rows: here a difference of two descriptions.
        assert bits_of_fit(fitted, fitter, 0.0) < law.description_length
    twice = fitted_again(laws, fitter, np.full(len(fitter.y), 2.0))
    assert twice[0] is not None and twice[0].values == pytest.approx(as_fitted(laws[0], fitter).values, rel=1e-6)


@pytest.mark.parametrize("sigma", [None, 0.8])  # stated, and no less than residuals are
def test_what_the_rows_say_is_half_of_akaikes_criterion(sigma: float | None) -> None:
    """AICc for an unknown variance (Hurvich and Tsai 1989, equation 3), chi-squared + 2 K for a known one; in bits."""
    rng = np.random.default_rng(1)
    x = rng.uniform(1, 3, 16)
    y = 3 * x + 0.5 * rng.normal(size=16)
    problem = problem_of({"x [1]": x, "y [1]": y}, sigma=sigma)
    fitter, n = fitter_of(problem), 16
    found = []
    for text, k in (("k1*x", 1), ("k1*x + k2", 2)):
        fitted = fitted_again([law_of(problem, text)], fitter)[0]
        assert fitted is not None
        values = np.linalg.lstsq(np.column_stack([x, np.ones(n)])[:, :k], y, rcond=None)
        rest = float(values[1][0])
        if sigma is None:
            akaike = n * math.log(rest / n) + 2 * (k + 1) + 2 * (k + 1) * (k + 2) / (n - k - 2)
        else:
            akaike = rest / sigma**2 + 2 * k
        found.append((bits_of_rows(fitted, fitter, 0.0), akaike / 2 / math.log(2)))
    assert found[0][0] - found[1][0] == pytest.approx(found[0][1] - found[1][1], rel=1e-6)
