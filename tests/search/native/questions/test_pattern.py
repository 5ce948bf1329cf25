"""Noise is hardly ever taken for a pattern, and a pattern that anyone sees hardly ever for noise."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from symreg.search.native.questions.pattern import PATTERN_CHANCE, leaves_pattern

Floats = npt.NDArray[np.float64]
TABLES = 300
LAYOUTS: dict[str, Callable[[np.random.Generator, int, int], Floats]] = {
    "uniform": lambda rng, n, rows: rng.uniform(size=(n, rows)),
    "normal": lambda rng, n, rows: rng.normal(size=(n, rows)),
    "a grid": lambda rng, n, rows: np.stack([np.resize(rng.permutation(5), rows) for _ in range(n)]) * 1.0,
    "a series": lambda rng, n, rows: np.stack([np.arange(rows) * 1.0, *rng.normal(size=(n - 1, rows)).cumsum(axis=1)]),
}


def share_flagged(draw: Callable[[np.random.Generator], tuple[Floats, Floats]], tables: int = TABLES) -> float:
    rng = np.random.default_rng(7)
    return float(np.mean([leaves_pattern(*draw(rng)) for _ in range(tables)]))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("n_inputs", "n_rows"), [(1, 20), (1, 120), (2, 60), (3, 30), (6, 20), (6, 120)])
def test_noise_is_not_taken_for_a_pattern(layout: str, n_inputs: int, n_rows: int) -> None:
    """At most one in fifty: the level is one in a hundred, and three hundred tables tell that to about one."""

    def draw(rng: np.random.Generator) -> tuple[Floats, Floats]:
        return LAYOUTS[layout](rng, n_inputs, n_rows), rng.normal(size=n_rows)

    assert share_flagged(draw) <= 2 * PATTERN_CHANCE + 0.005


@pytest.mark.parametrize("n_inputs", [1, 6])
def test_noise_of_many_rows_is_not_taken_for_a_pattern(n_inputs: int) -> None:
    def draw(rng: np.random.Generator) -> tuple[Floats, Floats]:
        return rng.uniform(size=(n_inputs, 500)), rng.normal(size=500)

    assert share_flagged(draw, 150) <= 2 * PATTERN_CHANCE + 0.01


@pytest.mark.parametrize("kind", ["uniform", "t with 3 degrees of freedom", "relative"])
def test_noise_of_other_kinds_is_not_taken_for_a_pattern(kind: str) -> None:
    """Errors that grow with an input resemble their neighbours' in size alone, not in sign."""

    def draw(rng: np.random.Generator) -> tuple[Floats, Floats]:
        inputs = rng.uniform(0.1, 3, size=(2, 80))
        noise = {
            "uniform": rng.uniform(-1, 1, 80),
            "t with 3 degrees of freedom": rng.standard_t(3, 80),
            "relative": rng.normal(size=80) * inputs[0] ** 2,
        }
        return inputs, noise[kind]

    assert share_flagged(draw) <= {"relative": 0.1}.get(kind, 0.03)


PATTERNS: dict[str, tuple[int, int, float, Callable[[Floats], Floats]]] = {
    "a cosine of one of five": (5, 75, 0.0, lambda x: np.cos(x[3])),
    "a wave of one": (1, 40, 0.5, lambda x: np.sin(2 * x[0])),
    "a bend of one": (1, 60, 0.3, lambda x: x[0] ** 2),
    "a product of two": (2, 100, 0.2, lambda x: x[0] * x[1]),
    "a product of two of four": (4, 300, 0.0, lambda x: x[1] * x[2]),
    "a wave of a difference": (2, 200, 0.2, lambda x: np.sin(x[0] - x[1])),
    "a step": (2, 60, 0.3, lambda x: np.sign(x[0])),
    "a sum of three": (3, 200, 0.5, lambda x: x.sum(axis=0)),
}


@pytest.mark.parametrize("pattern", PATTERNS)
def test_clear_patterns_are_seen(pattern: str) -> None:
    """Beside noise of so many of their spreads; in nineteen of twenty tables at least."""
    n_inputs, n_rows, noise, of = PATTERNS[pattern]

    def draw(rng: np.random.Generator) -> tuple[Floats, Floats]:
        x = 1.5 * rng.normal(size=(n_inputs, n_rows))
        left = of(x)
        return x, left + noise * left.std() * rng.normal(size=n_rows)

    assert share_flagged(draw, 60) >= 0.95


def test_what_is_left_counts_by_shape_alone() -> None:
    """Neither its scale nor its level, nor the scale of inputs, matters."""
    rng = np.random.default_rng(0)
    for _ in range(20):
        x, left = rng.uniform(0.1, 2, size=(2, 60)), rng.normal(size=60)
        left = left + rng.uniform(0, 0.7) * x[0]
        told = leaves_pattern(x, left)
        assert leaves_pattern(x, 1e-9 * left + 5e-9) is told
        assert leaves_pattern(np.array([1e6 * x[0], np.exp(x[1])]), left) is told


def test_nothing_left_is_no_pattern() -> None:
    x = np.random.default_rng(0).uniform(size=(2, 40))
    assert leaves_pattern(x, np.zeros(40)) is False
    assert leaves_pattern(x, np.full(40, 3.7)) is False


def test_the_order_of_rows_means_nothing() -> None:
    """Where no two rows coincide; a table that is sorted by its target is no pattern of its inputs."""
    rng = np.random.default_rng(1)
    for _ in range(20):
        x = rng.uniform(size=(2, 60))
        left = rng.normal(size=60) + rng.uniform(0, 2) * x[0]
        for order in (np.argsort(left), rng.permutation(60)):
            assert leaves_pattern(x[:, order], left[order]) is leaves_pattern(x, left)


def test_inputs_of_few_values_do_not_name_the_order_of_rows() -> None:
    """Ranks of equal values follow the rows: in a table that is sorted by what noise makes, neighbours look alike."""
    rng = np.random.default_rng(3)
    flagged = 0
    for _ in range(100):
        x, left = rng.integers(0, 3, size=(1, 60)) * 1.0, np.sort(rng.normal(size=60))
        flagged += leaves_pattern(x, left)
    assert flagged <= 3
