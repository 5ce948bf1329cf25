"""Powers whose exponent varies, and logarithms to base ten: vector code for usual operands, and the rest by hand."""

from __future__ import annotations

import numpy as np
import pytest
from mpmath import mp, mpf, power

from symreg.engine import Engine, get_engine
from symreg.engine.compiled import CompiledEngine
from tests.engine.trees import assemble

TINY = 5e-324
EDGES = np.array(
    [0.0, -0.0, TINY, -TINY, 1e-310, 2.2250738585072014e-308, 0.5, -0.5, 1.0, -1.0, 1.5, -1.5, 2.0, -2.0, 3.0, -3.0,
     1e8, 2.0**53, -(2.0**53), 1e300, -1e300, 1.7976931348623157e308, np.inf, -np.inf, np.nan]
)  # fmt: skip
POWER = ("pow", "x0", "x1")


def powers(engine: Engine, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return engine.evaluate(assemble(POWER, 2), np.stack([x, y]), [])


@pytest.mark.parametrize("n_rows", [1, 5, 8, 300])
def test_a_power_is_within_a_unit_of_the_last_place(engine: Engine, n_rows: int) -> None:
    """Exponents as large as doubles allow: an error of the logarithm is multiplied by up to 700 there."""
    rng = np.random.default_rng(n_rows)
    size = 10.0 ** rng.uniform(-300, 300, n_rows)
    some, many = 10.0 ** rng.uniform(-2, 2, n_rows), rng.uniform(0.5, 2, n_rows)
    for x, y in ((size, rng.uniform(-1, 1, n_rows)), (some, rng.uniform(-9, 9, n_rows)), (many, 690 / np.log(many))):
        y = np.clip(y, -1000, 1000)
        found = powers(engine, x, y)
        with mp.workdps(40):
            exact = [power(mpf(float(base)), mpf(float(exponent))) for base, exponent in zip(x, y, strict=True)]
            units = [float(abs(mpf(float(v)) - e)) / np.spacing(float(e)) for v, e in zip(found, exact, strict=True)]
        assert max(units) < 1.0


def test_whole_powers_of_small_numbers_are_exact(engine: Engine) -> None:
    x, y = (grid.ravel() for grid in np.meshgrid(np.arange(1.0, 12.0), np.arange(0.0, 14.0)))
    np.testing.assert_array_equal(powers(engine, x, y), [float(int(b) ** int(e)) for b, e in zip(x, y, strict=True)])


def test_unusual_operands_are_as_numpy_has_them(engine: Engine) -> None:
    """Zeros, signs, infinities and NaN, each beside usual ones in one block."""
    x, y = (grid.ravel() for grid in np.meshgrid(EDGES, EDGES))
    with np.errstate(all="ignore"):
        expected = np.power(x, y)
    found = powers(engine, x, y)
    np.testing.assert_allclose(found, expected, rtol=3e-16, atol=TINY)
    np.testing.assert_array_equal(np.signbit(found)[expected == 0], np.signbit(expected)[expected == 0])


def test_slopes_of_powers_at_the_edges(both: tuple[Engine, Engine]) -> None:
    """By the base, as a constant times one would have it: at 0 there is no quotient to take it from."""
    x, y = (grid.ravel() for grid in np.meshgrid(EDGES, EDGES))
    program = assemble(("pow", ("*", "c0", "x0"), ("*", "c1", "x1")), 2, 2)
    oracle, compiled = (engine.jacobian(program, np.stack([x, y]), [1.0, 1.0])[1] for engine in both)
    usual = np.isfinite(oracle) & np.isfinite(compiled)
    assert usual.mean() > 0.3
    np.testing.assert_allclose(compiled[usual], oracle[usual], rtol=1e-13, atol=TINY)
    np.testing.assert_array_equal(np.isfinite(compiled), np.isfinite(oracle))


def test_avx512_gives_the_powers_of_avx2() -> None:
    rng = np.random.default_rng(4)
    x, y = 10.0 ** rng.uniform(-9, 9, 3001), rng.uniform(-20, 20, 3001)
    np.testing.assert_array_equal(powers(get_engine("compiled"), x, y), powers(CompiledEngine("avx2"), x, y))


def test_logarithms_of_powers_of_ten_are_whole(engine: Engine) -> None:
    exponents = np.arange(-307, 309)
    x = np.array([float(f"1e{exponent}") for exponent in exponents])
    found = engine.evaluate(assemble(("log10", "x0")), x[None], [])
    np.testing.assert_array_equal(found, np.log10(x))
    assert (found == exponents).mean() > 0.99  # 1e23 and a few others lie beside the power that they stand for
