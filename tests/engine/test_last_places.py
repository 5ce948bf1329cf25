"""How far the functions are off, in units of the last place, as docs/decisions/0034 says it."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

from symreg.engine import Engine
from tests.engine.trees import assemble

UNITS = {
    "exp": 1.0, "log": 1.0, "log10": 1.5, "sin": 2.4, "cos": 2.4, "tan": 3.5, "asin": 1.6, "acos": 1.1, "atan": 1.8,
    "sinh": 1.6, "cosh": 1.6, "tanh": 1.5,
}  # fmt: skip
"""At most; of log10 and the two angles the larger ones are those of the platform and of the baseline."""


def arguments(name: str) -> np.ndarray:
    """Near zero, between -1 and 1, and far out where the function is defined there."""
    rng = np.random.default_rng(3)
    small, inside = 10.0 ** rng.uniform(-12, 0, 150), rng.uniform(-1, 1, 250)
    if name in ("asin", "acos"):
        return np.concatenate([small, -small, inside, 1 - small, small - 1])
    far = rng.uniform(-700, 700, 250) if name in ("exp", "sinh", "cosh") else 10.0 ** rng.uniform(-3, 5, 250)
    x = np.concatenate([small, -small, inside, 4 * inside, far, -far])
    return np.abs(x) if name in ("log", "log10") else x


@pytest.mark.parametrize("name", UNITS)
def test_units_of_the_last_place(engine: Engine, name: str) -> None:
    x = arguments(name)
    found = engine.evaluate(assemble((name, "x0")), x[None], [])
    exact = mpmath.log10 if name == "log10" else getattr(mpmath, name)
    with mpmath.mp.workdps(40):
        wanted = [exact(mpmath.mpf(float(one))) for one in x]
        pairs = zip(found.tolist(), wanted, strict=True)
        off = [float(abs(value - one)) / np.spacing(abs(float(one))) for value, one in pairs]
    assert max(off) <= UNITS[name]
