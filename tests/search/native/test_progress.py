"""How long a search waits: by what is left, and by what the law owes to fitted constants."""

from __future__ import annotations

from types import SimpleNamespace
from unittest import mock

import numpy as np
import pytest

from symreg.formula.expression import Variable
from symreg.search.native.progress import Progress, _is_plain
from symreg.search.native.proposal import Draft


@pytest.mark.parametrize(
    ("values", "plain"),
    [
        ((), True),
        ((0.3,), True),
        ((0.3, -0.3003), True),
        ((1.0003, 0.9998, -2.001), True),  # a**2 + b**2 - 2*a*b*cos(t)
        ((2.0, 1.0, 0.667), True),
        ((1.0, 0.53), False),
        ((1.0, 0.0002), False),
        ((9.8, 0.2347), False),
    ],
)
def test_one_number_says_all_that_was_fitted(values: tuple[float, ...], plain: bool) -> None:
    names = tuple(f"k{place}" for place in range(1, len(values) + 1))
    assert _is_plain(Draft(Variable("x"), names, values, (0,) * len(values))) is plain


@pytest.mark.parametrize(("loss", "told"), [(0.9, True), (1.1, True), (1.5, False), (40.0, False)])
def test_no_law_is_at_the_noise_that_is_farther_than_the_uncertainties(loss: float, told: bool) -> None:
    """Though it leaves no pattern that the smoother sees; ``loss`` is the mean square of residuals in errors."""
    y, sigma = np.array([1.0, 2.0, 4.0, 8.0]), np.array([0.1, 0.2, 0.4, 0.8])
    w = sigma**-2
    total = float(w @ (y - float(w @ y / w.sum())) ** 2)
    progress = Progress.__new__(Progress)
    progress.space = SimpleNamespace(sigma=sigma, target=y, inputs=y[None], knows_errors=True)  # type: ignore[assignment]
    seen = {"rows": np.arange(4), "spread": sigma}
    progress.smoother = SimpleNamespace(is_noise=lambda predicted: True, **seen)  # type: ignore[assignment]
    law = SimpleNamespace(draft=None)
    with mock.patch.object(Progress, "_losses", lambda self, drafts: [loss * len(y) / total]):
        assert progress._at_the_noise(law, y) is told  # type: ignore[arg-type]
        progress.smoother = SimpleNamespace(is_noise=lambda predicted: False, **seen)  # type: ignore[assignment]
        assert progress._at_the_noise(law, y) is False  # type: ignore[arg-type]
