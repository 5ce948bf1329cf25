"""Whether rows are far off for no reason that lies in the inputs: where they are, and where it only seems so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from symreg.engine import get_engine
from symreg.finishing import Finisher
from symreg.finishing.noise.long_tails import lie_together, saved_by_long_tails
from symreg.fitting import Fitted, make_fitter
from symreg.formula import parse
from symreg.problem import FreeConstant, choose_natural_units, make_problem
from symreg.tables import read_table
from symreg.units import DIMENSIONLESS

LINE, FLAT, PEAK = "k1*x + k2", "k1", "k1 + k2/(1 + (x - k3)**2/k4)"
STARTS = {"k1": 1.0, "k2": 5.0, "k3": 5.0, "k4": 0.05}


def told(
    x: np.ndarray, y: np.ndarray, formulas: Sequence[str] = (FLAT, LINE), beside: np.ndarray | None = None, **asked: Any
) -> bool:
    """What is said of these laws, fitted to all rows of a table with other inputs ``beside`` x, ``(n, n_rows)``."""
    sigma = asked.pop("sigma", None)
    other = {} if beside is None else {f"z{place}": values for place, values in enumerate(beside)}
    table = read_table({"x": x, **other, "y": y}, target="y", sigma=None if sigma is None else {"y": sigma})
    problem = make_problem(table, test_fraction=0.0, **asked)
    fitter = make_fitter(problem, choose_natural_units(problem), get_engine("auto"), 1)
    laws: list[Fitted] = []
    for formula in formulas:
        names = [name for name in STARTS if name in formula]
        tree = parse(formula, variables=["x"], constants=names)
        one = fitter.fit([(tree, [FreeConstant(name, DIMENSIONLESS, STARTS[name]) for name in names])])[0]
        assert one is not None
        laws.append(one)
    return saved_by_long_tails(Finisher(fitter), laws) > 0


def line(n_rows: int = 60, seed: int = 0, noise: float = 0.1) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.uniform(0, 10, n_rows)
    return x, 2 * x + 5 + noise * rng.normal(size=n_rows)


def with_slips(noise: float = 0.1) -> tuple[np.ndarray, np.ndarray]:
    x, y = line(noise=noise)
    y[::15] *= 3
    return x, y


@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_slips_of_the_pen_are_seen(noise: float) -> None:
    assert told(*with_slips(noise))


def test_a_law_that_is_far_from_all_does_not_hide_them() -> None:
    """Squares prefer the flat law, as the slips have it; one of the laws that are near is enough."""
    assert told(*with_slips(), formulas=(LINE, FLAT)) and told(*with_slips(), formulas=(LINE,))


@pytest.mark.parametrize("noise", [0.0, 0.1, 3.0])
def test_gaussian_errors_are_not_called_long(noise: float) -> None:
    assert not any(told(*line(seed=seed, noise=noise)) for seed in range(30))


def test_a_peak_that_no_law_has_is_no_error() -> None:
    """The rows of the peak are far off, and so are their neighbours."""
    x = np.sort(np.random.default_rng(1).uniform(0, 10, 80))
    y = 1 + 50 / (1 + (x - 5) ** 2 / 0.05) + 0.1 * np.random.default_rng(2).normal(size=80)
    assert not told(x, y)
    assert not told(x, y, formulas=(FLAT, LINE, PEAK))


@pytest.mark.parametrize("kind", ["switch", "regime", "level"])
def test_what_an_input_tells_is_no_error(kind: str) -> None:
    """A law that misses what another input does leaves rows far off, whose neighbours among four inputs are not."""
    x, y = line(n_rows=120)
    rng = np.random.default_rng(4)
    some = rng.permutation(120) < 7
    z = {
        "switch": some.astype(np.float64), "regime": rng.uniform(0, 0.97, 120),
        "level": rng.choice([1.0, 2.0, 3.0], 120),
    }[kind]  # fmt: skip
    rows = z > 0.9 if kind == "regime" else some
    z[rows] = {"switch": 1.0, "regime": z[rows], "level": 2.5}[kind]
    far = y + 20 * rows * rng.choice([-1, 1], 120)
    others = rng.uniform(size=(2, 120))
    assert told(x, far) and not told(x, far, beside=np.array([z, *others]))
    assert told(x, far, beside=np.array([rng.permutation(z), *others])), "slips beside such an input are seen"


def test_peaks_among_many_inputs_are_no_errors() -> None:
    """Among a dozen inputs the rows of a peak are no neighbours; in the input that the law has they are."""
    x, y = line(n_rows=300)
    others = np.random.default_rng(7).uniform(size=(11, 300))
    peaks = sum(np.exp(-(((x - at) / 0.2) ** 2)) for at in (2.0, 8.0))
    assert not told(x, y + peaks, beside=others)
    assert told(x, y + 9 * (np.arange(300) % 17 == 0), beside=others)


def test_slips_seldom_lie_together() -> None:
    rng = np.random.default_rng(5)
    X = np.array([rng.uniform(size=200), rng.integers(0, 5, 200), rng.uniform(size=200) < 0.05], dtype=np.float64)
    for n_far in (2, 4, 8, 20):
        found = [lie_together(X, rng.choice(200, n_far, replace=False)) for _ in range(300)]
        assert np.mean(found) < 0.03
    assert lie_together(X, np.argsort(X[0])[60:70]) and not lie_together(X, np.arange(1))


def test_skewed_values_are_no_errors() -> None:
    """A law without any input has not seen what the values follow."""
    rng = np.random.default_rng(6)
    assert not told(rng.uniform(0, 10, 120), rng.lognormal(sigma=0.8, size=120), formulas=(FLAT,))


def test_errors_that_grow_are_not_long_tails() -> None:
    x = np.linspace(0, 10, 80)
    y = 3 * np.exp(0.5 * x) * (1 + 0.1 * np.random.default_rng(3).normal(size=80))
    assert not told(x, y, formulas=("k1*exp(x/k2)",))


def test_an_exact_law_ends_the_question() -> None:
    assert not told(*line(noise=0.0))


def test_what_is_stated_is_not_asked() -> None:
    assert not told(*with_slips(), sigma=0.1) and not told(*with_slips(), loss="student")


def test_few_rows_are_not_asked() -> None:
    x, y = with_slips()
    assert not told(x[:19], y[:19])
