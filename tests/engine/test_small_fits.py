"""Fits of few rows: one block, whose values serve for the derivatives, and code for each usual number of constants."""

from __future__ import annotations

import numpy as np
import pytest

from symreg.engine import Engine, Fit, Outcome
from symreg.engine.compiled import CompiledEngine
from tests.engine.trees import Tree, assemble

ROWS = (20, 60, 256, 257, 700)  # some lanes, a usual table, a whole block, one row more, some blocks


def form(n_constants: int) -> Tree:
    """``c0 exp(-c1 x) + c2 + c3 cos(3 x) + c4 cos(4 x) + ...``, its first terms."""
    decay: Tree = ("exp", ("neg", ("*", "c1", "x0"))) if n_constants > 1 else "x0"
    tree: Tree = ("*", "c0", decay)
    for place in range(2, n_constants):
        wave: Tree = ("cos", ("*", float(place), "x0"))
        tree = ("+", tree, ("*", f"c{place}", wave) if place > 2 else "c2")
    return tree


def fitted(engine: Engine, n_constants: int, n_rows: int, weighted: bool = False) -> Fit:
    rng = np.random.default_rng(n_constants)
    x = np.linspace(0.1, 4.0, n_rows)
    y = 3.0 * np.exp(-1.7 * x) + 0.4 + 0.2 * np.cos(3 * x) - 0.1 * np.cos(5 * x) + 0.01 * rng.normal(size=n_rows)
    weights = rng.uniform(0.5, 2.0, n_rows) if weighted else None
    if weights is not None:
        weights[::4] = 0.0
    starts = np.array([1.0, 1.0, *[0.1] * 8])[:n_constants]
    return engine.fit_many([assemble(form(n_constants), 1, n_constants)], x[None], y, weights, [starts])[0]


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("n_rows", ROWS)
@pytest.mark.parametrize("n_constants", range(1, 9))
def test_every_number_of_constants_and_rows(
    both: tuple[Engine, Engine], n_constants: int, n_rows: int, weighted: bool
) -> None:
    """The compiled engine ends where NumPy's does, with the same covariance."""
    plain, compiled = (fitted(engine, n_constants, n_rows, weighted) for engine in both)
    assert plain.outcome is compiled.outcome is Outcome.CONVERGED
    np.testing.assert_allclose(compiled.residual_sum, plain.residual_sum, rtol=1e-9)
    errors = np.sqrt(np.diag(plain.covariance))
    np.testing.assert_allclose((compiled.values - plain.values) / errors, 0.0, atol=1e-3)
    np.testing.assert_allclose(np.sqrt(np.diag(compiled.covariance)), errors, rtol=1e-3)


@pytest.mark.parametrize("n_constants", range(1, 9))
def test_avx512_gives_the_fits_of_avx2(n_constants: int) -> None:
    newest, older = (fitted(CompiledEngine(name), n_constants, 60) for name in ("newest", "avx2"))
    np.testing.assert_array_equal(newest.values, older.values)
    np.testing.assert_array_equal(newest.covariance, older.covariance)
    assert (newest.residual_sum, newest.iterations) == (older.residual_sum, older.iterations)


def test_a_step_out_of_the_domain_leaves_no_trace(engine: Engine) -> None:
    """A trial that is undefined is on the tape when the next one is made from the last good one."""
    x = np.linspace(0.0, 1.0, 40)
    y = np.sqrt(1.02 - x)
    tree = ("*", "c0", ("sqrt", ("-", "c1", "x0")))
    found = engine.fit_many([assemble(tree, 1, 2)], x[None], y, None, [np.array([1.0, 3.0])])[0]
    assert found.outcome is Outcome.CONVERGED
    np.testing.assert_allclose(found.values, [1.0, 1.02], rtol=1e-7)


def test_one_fit_does_not_see_another(engine: Engine) -> None:
    """Memory is kept from a fit of many constants to one of few, and after one that failed."""
    x = np.linspace(0.1, 4.0, 60)
    y = 2.0 * np.exp(-x) + 0.1 * np.cos(9 * x)
    trees = [(form(8), 8), (form(2), 2), (("log", ("neg", ("*", "c0", "x0"))), 1), (form(3), 3), (form(1), 1)]
    programs = [assemble(tree, 1, count) for tree, count in trees]
    starts = [np.ones(count) for _, count in trees]
    together = engine.fit_many(programs, x[None], y, None, starts)
    for program, start, fit in zip(programs, starts, together, strict=True):
        alone = engine.fit_many([program], x[None], y, None, [start])[0]
        np.testing.assert_array_equal(fit.values, alone.values)
        np.testing.assert_array_equal(fit.covariance, alone.covariance)
        assert fit.outcome is alone.outcome and fit.iterations == alone.iterations
    assert together[2].outcome is Outcome.NONFINITE
