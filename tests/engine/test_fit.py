"""Fits: certified answers of NIST, closed forms, bad scales, and every way in which a fit can fail."""

from __future__ import annotations

import threading
from typing import Any, NamedTuple

import numpy as np
import pytest

from symreg.engine import Engine, Fit, Outcome, Program
from tests.engine.trees import Tree, assemble, random_program


class Certified(NamedTuple):
    """A problem of the NIST Statistical Reference Datasets (www.itl.nist.gov/div898/strd), public domain."""

    tree: Tree
    x: str
    y: str
    starts: tuple[tuple[float, ...], ...]
    values: tuple[float, ...]
    errors: tuple[float, ...]
    residual_sum: float


MISRA1A = Certified(
    ("*", "c0", ("-", 1.0, ("exp", ("neg", ("*", "c1", "x0"))))),
    "77.6 114.9 141.1 190.8 239.9 289.0 332.8 378.4 434.8 477.3 536.8 593.1 689.1 760.0",
    "10.07 14.73 17.94 23.93 29.61 35.18 40.02 44.82 50.76 55.05 61.01 66.40 75.47 81.78",
    ((500.0, 1e-4), (250.0, 5e-4)),
    (2.3894212918e02, 5.5015643181e-04),
    (2.7070075241e00, 7.2668688436e-06),
    1.2455138894e-01,
)
ECKERLE4 = Certified(
    ("*", ("/", "c0", "c1"), ("exp", ("*", -0.5, ("square", ("/", ("-", "x0", "c2"), "c1"))))),
    "400 405 410 415 420 425 430 435 436.5 438 439.5 441 442.5 444 445.5 447 448.5 450 451.5 453 "
    "454.5 456 457.5 459 460.5 462 463.5 465 470 475 480 485 490 495 500",
    "0.0001575 0.0001699 0.0002350 0.0003102 0.0004917 0.0008710 0.0017418 0.0046400 0.0065895 "
    "0.0097302 0.0149002 0.0237310 0.0401683 0.0712559 0.1264458 0.2073413 0.2902366 0.3445623 "
    "0.3698049 0.3668534 0.3106727 0.2078154 0.1164354 0.0616764 0.0337200 0.0194023 0.0117831 "
    "0.0074357 0.0022732 0.0008800 0.0004579 0.0002345 0.0001586 0.0001143 0.0000710",
    ((1.5, 5.0, 450.0),),
    (1.5543827178, 4.0888321754, 4.5154121844e02),
    (1.5408051163e-02, 4.6803020753e-02, 4.6800518816e-02),
    1.4635887487e-03,
)
_CUBIC = ("+", "c0", ("*", "x0", ("+", "c1", ("*", "x0", ("+", "c2", ("*", "x0", "c3"))))))
_CUBIC_BELOW = ("+", 1.0, ("*", "x0", ("+", "c4", ("*", "x0", ("+", "c5", ("*", "x0", "c6"))))))
THURBER = Certified(
    ("/", _CUBIC, _CUBIC_BELOW),
    "-3.067 -2.981 -2.921 -2.912 -2.840 -2.797 -2.702 -2.699 -2.633 -2.481 -2.363 -2.322 -1.501 "
    "-1.460 -1.274 -1.212 -1.100 -1.046 -0.915 -0.714 -0.566 -0.545 -0.400 -0.309 -0.109 -0.103 0.010 "
    "0.119 0.377 0.790 0.963 1.006 1.115 1.572 1.841 2.047 2.200",
    "80.574 84.248 87.264 87.195 89.076 89.608 89.868 90.101 92.405 95.854 100.696 101.060 401.672 "
    "390.724 567.534 635.316 733.054 759.087 894.206 990.785 1090.109 1080.914 1122.643 1178.351 "
    "1260.531 1273.514 1288.339 1327.543 1353.863 1414.509 1425.208 1421.384 1442.962 1464.350 "
    "1468.705 1447.894 1457.628",
    ((1000.0, 1000.0, 400.0, 40.0, 0.7, 0.3, 0.03), (1300.0, 1500.0, 500.0, 75.0, 1.0, 0.4, 0.05)),
    (1.2881396800e03, 1.4910792535e03, 5.8323836877e02, 7.5416644291e01, 9.6629502864e-01, 3.9797285797e-01,
     4.9727297349e-02),
    (4.6647963344e00, 3.9571156086e01, 2.8698696102e01, 5.5675370270e00, 3.1333340687e-02, 1.4984928198e-02,
     6.5842344623e-03),
    5.6427082397e03,
)  # fmt: skip


def fit(engine: Engine, tree: Tree, x: np.ndarray, y: np.ndarray, start: list[float], **options: Any) -> Fit:
    X = np.atleast_2d(x)
    weights = options.pop("weights", None)
    program = assemble(tree, X.shape[0], len(start))
    return engine.fit_many([program], X, y, weights, [start], **options)[0]


@pytest.mark.parametrize("problem", [MISRA1A, ECKERLE4, THURBER], ids=["Misra1a", "Eckerle4", "Thurber"])
def test_certified_answers(engine: Engine, problem: Certified) -> None:
    x, y = np.array(problem.x.split(), float), np.array(problem.y.split(), float)
    for start in problem.starts:
        found = fit(engine, problem.tree, x, y, list(start))
        assert found.outcome is Outcome.CONVERGED
        np.testing.assert_allclose(found.residual_sum, problem.residual_sum, rtol=1e-9)
        np.testing.assert_allclose(found.values, problem.values, rtol=1e-6)
        np.testing.assert_allclose(np.sqrt(np.diag(found.covariance)), problem.errors, rtol=1e-5)


def test_a_weighted_line_has_its_closed_form(engine: Engine) -> None:
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=500), rng.uniform(0.1, 4.0, 500)
    y = 3.0 * x - 2.0 + rng.normal(size=500) / np.sqrt(w)
    found = fit(engine, ("+", ("*", "c0", "x0"), "c1"), x, y, [1.0, 1.0], weights=w)
    A = np.stack([x, np.ones(500)])
    inverse = np.linalg.inv(A * w @ A.T)
    expected = inverse @ (A * w @ y)
    residual_sum = float(w @ (y - expected @ A) ** 2)
    np.testing.assert_allclose(found.values, expected, rtol=1e-9)
    np.testing.assert_allclose(found.residual_sum, residual_sum, rtol=1e-12)
    np.testing.assert_allclose(found.covariance, residual_sum / 498 * inverse, rtol=1e-9)
    assert found.outcome is Outcome.CONVERGED


def test_rows_of_weight_zero_do_not_exist(engine: Engine) -> None:
    x = np.array([-1.0, 1.0, 2.0, 3.0, 5.0])
    y = np.array([np.nan, 2.0, 4.1, 5.9, 10.0])
    tree = ("*", "c0", ("square", ("sqrt", "x0")))  # undefined on the first row
    w = np.array([0.0, 1.0, 1.0, 1.0, 1.0])
    some, rest = fit(engine, tree, x, y, [1.0], weights=w), fit(engine, tree, x[1:], y[1:], [1.0])
    assert some.outcome is Outcome.CONVERGED
    np.testing.assert_array_equal(some.values, rest.values)
    np.testing.assert_array_equal(some.covariance, rest.covariance)


@pytest.mark.parametrize("scale", [1e-34, 1e-20, 1.0, 1e20, 1e30])
@pytest.mark.parametrize("start", [1.0, 0.01])
def test_constants_of_any_size(engine: Engine, scale: float, start: float) -> None:
    """An amplitude may start anywhere; what enters nonlinearly starts within a factor of four."""
    x = np.linspace(0.1, 3.0, 40)
    tree = ("*", "c0", ("exp", ("neg", ("*", "c1", "x0"))))
    found = fit(engine, tree, x * scale, np.exp(-0.7 * x) / scale, [start, 0.2 / scale])
    assert found.outcome is Outcome.CONVERGED
    np.testing.assert_allclose(found.values, [1.0 / scale, 0.7 / scale], rtol=1e-9)
    assert np.isfinite(found.covariance).all()


def test_units_change_only_the_numbers(engine: Engine) -> None:
    rng = np.random.default_rng(5)
    x = np.linspace(0.1, 3.0, 60)
    y = 2.0 * x**1.5 + rng.normal(scale=0.01, size=60)
    tree = ("*", "c0", ("pow", "x0", "c1"))
    plain = fit(engine, tree, x, y, [1.0, 1.0])
    scaled = fit(engine, tree, x, y * 1e-30, [1e-30, 1.0])
    np.testing.assert_allclose(scaled.values * [1e30, 1.0], plain.values, rtol=1e-8)
    errors = np.sqrt(np.diag(scaled.covariance)) * [1e30, 1.0]
    np.testing.assert_allclose(errors, np.sqrt(np.diag(plain.covariance)), rtol=1e-7)
    np.testing.assert_allclose(plain.values, [2.0, 1.5], atol=0.01)


def test_exact_data_are_met_exactly(engine: Engine) -> None:
    x = np.linspace(0.5, 4.0, 300)
    found = fit(engine, ("*", "c0", ("sin", ("*", "c1", "x0"))), x, 2.5 * np.sin(1.25 * x), [1.0, 1.0])
    assert found.outcome is Outcome.CONVERGED
    np.testing.assert_allclose(found.values, [2.5, 1.25], rtol=1e-12)


def test_singular(engine: Engine) -> None:
    x = np.linspace(1.0, 2.0, 20)
    found = fit(engine, ("*", ("*", "c0", "c1"), "x0"), x, 6 * x + 0.1 * np.cos(9 * x), [1.0, 1.0])
    assert found.outcome is Outcome.SINGULAR
    assert np.isnan(found.covariance).all()
    best = fit(engine, ("*", "c0", "x0"), x, 6 * x + 0.1 * np.cos(9 * x), [1.0])
    np.testing.assert_allclose(found.residual_sum, best.residual_sum, rtol=1e-9)
    unused = fit(engine, ("*", "c0", "x0"), x, 3 * x, [1.0, 1.0])
    assert unused.outcome is Outcome.SINGULAR and unused.values[1] == 1.0


def test_fewer_rows_than_constants(engine: Engine) -> None:
    line = ("+", ("*", "c0", "x0"), "c1")
    under = fit(engine, line, np.array([2.0]), np.array([5.0]), [1.0, 1.0])
    assert under.outcome is Outcome.SINGULAR and under.residual_sum < 1e-20
    exact = fit(engine, line, np.array([1.0, 2.0]), np.array([5.0, 7.0]), [1.0, 1.0])
    assert exact.outcome is Outcome.CONVERGED and np.isnan(exact.covariance).all()
    np.testing.assert_allclose(exact.values, [2.0, 3.0])


@pytest.mark.parametrize(
    ("tree", "start"),
    [
        (("log", ("*", "c0", "x0")), -1.0),  # NaN
        (("/", "x0", "c0"), 0.0),  # infinite
        (("sqrt", ("*", "c0", "x0")), 0.0),  # defined, but not its slope
    ],
)
def test_a_start_that_is_undefined(engine: Engine, tree: Tree, start: float) -> None:
    found = fit(engine, tree, np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 2.0]), [start])
    assert found.outcome is Outcome.NONFINITE
    assert found.values.tolist() == [start] and np.isnan(found.residual_sum) and found.iterations == 0


def test_a_wall_of_the_domain_is_not_a_minimum(engine: Engine) -> None:
    x = np.linspace(0.0, 1.0, 30)
    edge = ("pow", ("-", 2.0, "c0"), 1.5)  # undefined beyond 2, where the data want 5
    tree = ("+", ("*", 1e-3, edge), ("*", "c0", "x0"))
    found = fit(engine, tree, x, 5 * x, [0.0])
    assert found.outcome in (Outcome.NONFINITE, Outcome.MAX_ITERATIONS)
    assert found.values[0] <= 2.0


def test_nothing_to_fit(engine: Engine) -> None:
    found = fit(engine, ("square", "x0"), np.array([1.0, 2.0]), np.array([1.0, 3.0]), [])
    assert found.outcome is Outcome.NO_FREE_CONSTANTS
    assert found.values.shape == (0,) and found.covariance.shape == (0, 0) and found.residual_sum == 1.0
    undefined = fit(engine, ("sqrt", "x0"), np.array([-1.0, 2.0]), np.array([1.0, 3.0]), [])
    assert undefined.outcome is Outcome.NONFINITE


def test_the_limit_of_iterations(engine: Engine) -> None:
    x, y = np.array(MISRA1A.x.split(), float), np.array(MISRA1A.y.split(), float)
    found = fit(engine, MISRA1A.tree, x, y, [500.0, 1e-4], max_iterations=2)
    assert found.outcome is Outcome.MAX_ITERATIONS and found.iterations == 2
    still = fit(engine, MISRA1A.tree, x, y, [500.0, 1e-4], max_iterations=0)
    assert still.values.tolist() == [500.0, 1e-4] and still.iterations == 0


def test_the_given_start_is_left_alone(engine: Engine) -> None:
    start = np.array([1.0])
    engine.fit_many([assemble(("*", "c0", "x0"), 1, 1)], np.ones((1, 3)), np.full(3, 2.0), None, [start])
    assert start[0] == 1.0


def batch(n: int, n_rows: int = 600) -> tuple[list[Program], np.ndarray, np.ndarray, list[np.ndarray]]:
    """Random programs to fit to one noisy target."""
    programs, starts = [], []
    for seed in range(n):
        program, _, constants = random_program(seed)
        programs.append(program)
        starts.append(constants)
    rng = np.random.default_rng(7)
    X = rng.uniform(0.5, 2.0, size=(3, n_rows))
    return programs, X, 2 * X[0] * np.exp(-X[1]) + rng.normal(scale=0.05, size=n_rows), starts


def same(left: Fit, right: Fit) -> None:
    np.testing.assert_array_equal(left.values, right.values)
    np.testing.assert_array_equal(left.covariance, right.covariance)
    np.testing.assert_array_equal(left.residual_sum, right.residual_sum)
    assert (left.outcome, left.iterations) == (right.outcome, right.iterations)


def test_threads_and_company_change_no_bit(engine: Engine) -> None:
    programs, X, y, starts = batch(30)
    alone = [engine.fit_many([p], X, y, None, [s])[0] for p, s in zip(programs, starts, strict=True)]
    for threads in (1, 2, 5):
        for left, right in zip(
            alone, engine.fit_many(programs, X, y, None, starts, threads=threads), strict=True
        ):
            same(left, right)
    assert engine.fit_many([], X, y, None, []) == []


def test_python_threads_run_beside_each_other(engine: Engine) -> None:
    programs, X, y, starts = batch(20)
    expected = engine.fit_many(programs, X, y, None, starts)
    results: dict[int, list[Fit]] = {}

    def work(i: int) -> None:
        results[i] = engine.fit_many(programs, X, y, None, starts, threads=2)

    workers = [threading.Thread(target=work, args=(i,)) for i in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    for found in results.values():
        for left, right in zip(found, expected, strict=True):
            same(left, right)


WELL_POSED: list[tuple[Tree, list[float]]] = [
    (("*", "c0", ("*", "x0", ("exp", ("neg", ("*", "c1", "x1"))))), [1.0, 0.5]),
    (("/", ("*", "c0", "x0"), ("+", "c1", ("square", "x1"))), [1.0, 1.0]),
    (("+", ("*", "c0", ("pow", "x0", "c1")), ("*", "c2", ("cos", "x1"))), [1.0, 1.0, 0.1]),
    (("*", "c0", ("tanh", ("/", "x0", ("*", "c1", "x1")))), [1.0, 1.0]),
    (("+", "c0", ("*", "c1", ("log", ("+", "x0", "x1")))), [0.1, 1.0]),
]


@pytest.mark.parametrize(("tree", "start"), WELL_POSED)
def test_the_engines_agree(both: tuple[Engine, Engine], tree: Tree, start: list[float]) -> None:
    _, X, y, _ = batch(0)
    w = np.random.default_rng(2).uniform(0.5, 2.0, y.size)
    numpy_fit, compiled_fit = (fit(engine, tree, X, y, start, weights=w) for engine in both)
    assert numpy_fit.outcome is compiled_fit.outcome is Outcome.CONVERGED
    np.testing.assert_allclose(compiled_fit.values, numpy_fit.values, rtol=1e-8)
    np.testing.assert_allclose(compiled_fit.residual_sum, numpy_fit.residual_sum, rtol=1e-12)
    np.testing.assert_allclose(compiled_fit.covariance, numpy_fit.covariance, rtol=1e-6, atol=1e-14)
