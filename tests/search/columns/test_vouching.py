"""What is said of columns that are vouched for is true, on tables made so that it is easily untrue."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from symreg.search.columns import FALSE_SHARE, groups_alike, vouched_for, vouching
from symreg.search.columns.copies import copy_maker, normal_scores, together

Floats = npt.NDArray[np.float64]
Generator = np.random.Generator

TRUE = 5
"""Columns of which the targets are made, the first ones, each in another block."""

BLOCK = 5
"""Columns that go together."""


def blocks(rho: float, columns: int, rows: int, rng: Generator) -> Floats:
    """The first columns are each of another block."""
    n_blocks = columns // BLOCK
    common = np.tile(rng.normal(size=(n_blocks, rows)), (BLOCK, 1))
    return np.asarray(np.sqrt(rho) * common + np.sqrt(1 - rho) * rng.normal(size=(columns, rows)))


def factors(columns: int, rows: int, rng: Generator) -> Floats:
    return np.asarray(rng.normal(size=(columns, 3)) @ rng.normal(size=(3, rows)) + rng.normal(size=(columns, rows)))


def discrete(columns: int, rows: int, rng: Generator) -> Floats:
    return np.round(np.clip(blocks(0.5, columns, rows, rng), -1.4, 1.4))


TABLES: dict[str, Callable[[int, int, Generator], Floats]] = {
    "independent": lambda columns, rows, rng: rng.normal(size=(columns, rows)),
    "0.5 in blocks": lambda *given: blocks(0.5, *given),
    "0.9 in blocks": lambda *given: blocks(0.9, *given),
    "factors": factors,
    "heavy tails": lambda *given: np.sinh(2 * blocks(0.5, *given)),
    "discrete": discrete,
}


def target_of(x: Floats, rng: Generator) -> Floats:
    s = (x - x.mean(axis=1, keepdims=True)) / x.std(axis=1, keepdims=True)
    made = s[0] + s[1] - s[2] + np.abs(s[3]) + np.tanh(2 * s[4])
    return np.asarray(made + 0.3 * made.std() * rng.normal(size=len(made)))


def false_shares(kinds: list[str], seeds: int, rows: int = 200, columns: int = 60) -> tuple[Floats, float]:
    """For each table the share of false columns among those vouched for; and the part of the true ones found."""
    shares, found = [], []
    for kind in kinds:
        for seed in range(seeds):
            rng = np.random.default_rng([seed, len(kind)])
            x = TABLES[kind](columns, rows, rng)
            places = vouched_for(x, target_of(x, rng), seed).places
            shares.append(sum(one >= TRUE for one in places) / max(1, len(places)))
            found.append(sum(one < TRUE for one in places) / TRUE)
    return np.array(shares), float(np.mean(found))


def beyond(shares: Floats) -> bool:
    """Whether a mean is larger than what is stated, by more than chance makes of it (once in 30,000 tries)."""
    return bool(shares.mean() > FALSE_SHARE + 4 * shares.std() / np.sqrt(len(shares)))


def test_no_more_are_false_than_stated() -> None:
    shares, found = false_shares(list(TABLES), 10)
    assert not beyond(shares), f"{shares.mean():.2f} of those vouched for are false"
    assert found > 0.8, "and the true ones are among them"
    assert shares.std() > 0, "some table has a false one: the rate is not true for want of any"


def test_of_a_target_that_follows_nothing_hardly_any_is_vouched_for() -> None:
    """Then each one vouched for is false: that any is, is what may happen in one table of five."""
    told = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        told.append(bool(vouched_for(blocks(0.5, 60, 100, rng), rng.normal(size=100), seed).places))
    assert sum(told) <= 40 * FALSE_SHARE + 4 * np.sqrt(40 * FALSE_SHARE * (1 - FALSE_SHARE))


def test_shuffled_rows_are_no_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Columns that go with the law's stand out from shuffled ones, and all are taken for true."""

    class Shuffled:
        def __init__(self, scores: Floats, *_: object) -> None:
            self.shape = scores.shape

        def orders(self, generator: Generator) -> npt.NDArray[np.int64]:
            return np.argsort(generator.random(self.shape), axis=1)

    honest, _ = false_shares(["factors"], 10, rows=500)
    monkeypatch.setattr(vouching, "copy_maker", Shuffled)
    shuffled, _ = false_shares(["factors"], 10, rows=500)
    assert not beyond(honest) and beyond(shuffled)


@pytest.mark.parametrize("kind", ["0.9 in blocks", "factors"])
def test_a_copy_goes_with_all_columns_as_its_column_does(kind: str) -> None:
    """Correlations of a copy with the other columns are those of the column; with the column itself they are less."""
    rng = np.random.default_rng(1)
    scores = normal_scores(TABLES[kind](20, 20_000, rng), rng)
    known = together(scores)
    order = copy_maker(scores, known.correlations, rng).orders(rng)
    copies = np.empty_like(scores)
    np.put_along_axis(copies, order, np.sort(scores, axis=1), axis=1)
    among, beside = copies @ copies.T / scores.shape[1], copies @ scores.T / scores.shape[1]
    off = ~np.eye(20, dtype=bool)
    assert np.allclose(among, known.correlations, atol=0.04)
    assert np.allclose(beside[off], known.correlations[off], atol=0.04)
    assert np.diag(beside).max() < 0.98


def test_products_show_in_logarithms_and_in_squares() -> None:
    rng = np.random.default_rng(2)
    x = rng.lognormal(0, 0.5, (100, 600))
    power = x[0] ** 2 * x[1] / (x[2] * np.sqrt(x[3]))
    assert {0, 1, 2, 3} <= set(vouched_for(x, power, 0).places)
    signed = rng.normal(size=(100, 2000))
    assert {0, 1} <= set(vouched_for(signed, signed[0] * signed[1], 0).places)


def test_too_few_rows_are_said_to_be() -> None:
    rng = np.random.default_rng(0)
    for columns, rows in ((30, 40), (500, 100)):
        x = blocks(0.9, columns, rows, rng)
        found = vouched_for(x, x[0] + x[1], 0)
        assert not found.places and "rows are too few" in found.none_because


def test_columns_that_are_squares_of_others_are_not_vouched_for() -> None:
    """No correlation says that they go together: a copy of the square knows nothing of the column."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 500))
    x[30:] = x[:30] ** 2 + 0.3 * x[30:]
    found = vouched_for(x, np.abs(x[0]) + x[1] ** 2 + 0.1 * rng.normal(size=500), 0)
    assert not found.places and "ways that false copies do not have" in found.none_because


def test_names_for_one_thing_are_one_group() -> None:
    rng = np.random.default_rng(0)
    x = rng.lognormal(size=(4, 300))
    steps = np.round(2 * x[2])
    table = np.array([x[0], x[1], 3 * x[0] + 1, 1 / x[1], x[0] + 1e-3 * x[3], x[3], steps, steps, np.ones(300)])
    assert groups_alike(table) == [[0, 2, 4], [1, 3], [5], [6, 7], [8]]


def test_the_order_of_the_rows_tells_nothing() -> None:
    """A column of two values in a table that is sorted by its target: equal values are not told apart by their rows."""
    rng = np.random.default_rng(0)
    x = rng.integers(0, 2, (60, 400)).astype(float)
    target = np.sort(rng.normal(size=400))
    told = [bool(vouched_for(rng.permuted(x, axis=1), target, seed).places) for seed in range(20)]
    assert sum(told) <= 20 * FALSE_SHARE + 4 * np.sqrt(20 * FALSE_SHARE * (1 - FALSE_SHARE))
    constant = np.vstack([x, np.ones(400)])
    assert 60 not in vouched_for(constant, target, 0).places
