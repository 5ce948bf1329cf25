"""What is said of stated uncertainties that are not those of the residuals; limits and correlations: see there."""

from __future__ import annotations

import numpy as np
import pytest

from tests.certainty.test_intervals import law_of
from tests.fitting.test_bounds import fitter_of


@pytest.mark.parametrize(("factor", "said"), [(1.0, ""), (0.1, "10"), (10.0, "0.1")])
def test_stated_uncertainties_are_taken_at_their_word(factor: float, said: str) -> None:
    """The error of a mean is sigma over the root of the number of rows, whatever the residuals are."""
    rng = np.random.default_rng(0)
    x = rng.uniform(1, 2, 60)
    y = 3 * x + 0.2 * rng.normal(size=60)
    law = law_of(fitter_of({"x": x, "y": y, "s": np.full(60, 0.2 * factor)}, "k*x", ["k"]))
    assert law.constants[0].stderr == pytest.approx(0.2 * factor / np.sqrt(x @ x), rel=1e-9)
    notes = [note for note in law.notes if "times what the stated uncertainties say" in note]
    assert bool(notes) is bool(said)
    if said:
        times = float(notes[0].split()[2])
        assert times == pytest.approx(float(said), rel=0.25)


def test_without_stated_uncertainties_the_residuals_tell() -> None:
    rng = np.random.default_rng(0)
    x = rng.uniform(1, 2, 60)
    y = 3 * x + 0.2 * rng.normal(size=60)
    law = law_of(fitter_of({"x": x, "y": y}, "k*x", ["k"]))
    k = float(x @ y / (x @ x))
    spread = np.sqrt(np.sum((y - k * x) ** 2) / 59)
    assert law.constants[0].stderr == pytest.approx(spread / np.sqrt(x @ x), rel=1e-9)
    assert law.notes == ()
