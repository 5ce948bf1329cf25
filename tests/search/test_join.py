"""The join against a double loop with least squares in double precision."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symreg.search import join
from symreg.search.join import BLOCK, COLLINEAR, Pairs, best_pairs, best_singles, solve, unit_rows

N_PROBES = 40


def r_squared(t: np.ndarray, w: np.ndarray, f: np.ndarray, g: np.ndarray) -> tuple[float, float]:
    """The part of the weighted sum of squares that a*f + b*g explains, and 1 - rho**2 of f and g."""
    root = np.sqrt(w)
    basis = np.column_stack([f * root / np.linalg.norm(f * root), g * root / np.linalg.norm(g * root)])
    coefficients = np.linalg.lstsq(basis, t * root, rcond=None)[0]
    rest = t * root - basis @ coefficients
    return 1 - float(rest @ rest) / float((t * root) @ (t * root)), 1 - float(basis[:, 0] @ basis[:, 1]) ** 2


def table_of(
    targets: np.ndarray, weights: np.ndarray, first: np.ndarray, second: np.ndarray, *, same: bool
) -> Iterator[tuple[tuple[int, int, int], float, float]]:
    for k, (t, w) in enumerate(zip(targets, weights, strict=True)):
        for i, f in enumerate(first):
            for j, g in enumerate(second):
                if not same or i > j:
                    yield (k, i, j), *r_squared(t, w, f, g)


def ask(targets: int, f: int, g: int, *, same: bool, seed: int = 0) -> tuple[np.ndarray, ...]:
    """Random vectors that share a trend, weights over four orders of magnitude with some rows left out."""
    rng = np.random.default_rng(seed)
    first = rng.normal(size=(f, N_PROBES)) + rng.normal(size=(f, 1))
    second = first if same else rng.normal(size=(g, N_PROBES)) + rng.normal(size=(g, 1))
    scales = 10.0 ** rng.uniform(-8, 8, size=(targets, 1))
    t = scales * (rng.normal(size=(targets, N_PROBES)) + 2 * first[rng.integers(0, f, targets)])
    w = 10.0 ** rng.uniform(-2, 2, size=(targets, N_PROBES)) * (rng.random((targets, N_PROBES)) > 0.1)
    return t, w / scales**2, first, second


def check(found: Pairs, asked: tuple[np.ndarray, ...], *, same: bool, keep: int) -> None:
    """The scores are right to single precision, and nothing better was left out."""
    rows = {key: (score, rest) for key, score, rest in table_of(*asked, same=same)}
    keys = list(zip(found.target.tolist(), found.first.tolist(), found.second.tolist(), strict=True))
    assert len(set(keys)) == len(keys)
    usable = [score for score, rest in rows.values() if rest > 10 * COLLINEAR and score > 1e-6]
    usable.sort(reverse=True)
    assert min(keep, len(usable)) <= len(keys) <= keep
    worst = 0.0
    for key, score in zip(keys, found.score.tolist(), strict=True):
        true, rest = rows[key]
        assert rest > 0.1 * COLLINEAR
        assert score == pytest.approx(true, abs=4e-6 / rest)
        worst = max(worst, 4e-6 / rest)
    assert (np.diff(found.score) <= 0).all()
    true_scores = sorted((rows[key][0] for key in keys), reverse=True)
    np.testing.assert_array_less(np.array(usable[: len(keys)]) - 2 * worst, np.array(true_scores) + 1e-12)


@pytest.mark.parametrize("same", [False, True])
@pytest.mark.parametrize("targets", [1, 3, 4, 12])
@pytest.mark.parametrize("keep", [1, 10, 10_000])
def test_the_best_pairs_are_the_best(targets: int, keep: int, same: bool) -> None:
    """Few targets go one by one, many at once: both are held against the double loop."""
    asked = ask(targets, 14, 9, same=same, seed=targets)
    check(best_pairs(*asked, same=same, keep=keep), asked, same=same, keep=keep)


@pytest.mark.parametrize("same", [False, True])
def test_both_ways_agree(same: bool) -> None:
    asked = ask(6, 12, 12, same=same)
    many = best_pairs(*asked, same=same, keep=20)
    one_by_one = [best_pairs(asked[0][[k]], asked[1][[k]], *asked[2:], same=same, keep=20) for k in range(6)]
    scores = sorted((score for found in one_by_one for score in found.score), reverse=True)[:20]
    np.testing.assert_allclose(many.score, scores, atol=1e-5)


@pytest.mark.parametrize("same", [False, True])
def test_blocks_change_nothing(same: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks that end in the middle of everything."""
    for targets in (2, 7):
        asked = ask(targets, 30, 11, same=same)
        whole = best_pairs(*asked, same=same, keep=15)
        monkeypatch.setattr(join, "BLOCK", 33)  # too few pairs for all at once
        pieces = best_pairs(*asked, same=same, keep=15)
        monkeypatch.setattr(join, "BLOCK", BLOCK)
        np.testing.assert_allclose(whole.score, pieces.score, atol=1e-5)


@pytest.mark.parametrize("targets", [1, 5])
def test_a_planted_pair_comes_first(targets: int) -> None:
    rng = np.random.default_rng(5)
    first, second = rng.uniform(1, 2, (50, N_PROBES)), rng.uniform(1, 2, (40, N_PROBES))
    t = rng.normal(size=(targets, N_PROBES))
    t[-1] = 3e7 * first[17] - 2e7 * second[23]
    found = best_pairs(t, np.ones_like(t), first, second, same=False, keep=5)
    assert (found.target[0], found.first[0], found.second[0]) == (targets - 1, 17, 23)
    assert found.score[0] == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize("targets", [1, 5])
def test_collinear_pairs_are_left_out(targets: int) -> None:
    """Two copies of one expression make no pair, whatever their scale; a vector of zeros does no harm."""
    rng = np.random.default_rng(6)
    f = rng.normal(size=(4, N_PROBES))
    g = np.array([2 * f[0], -1e-6 * f[1], f[2] * (1 + 1e-9 * rng.normal(size=N_PROBES)), np.zeros(N_PROBES)])
    t = rng.normal(size=(targets, N_PROBES))
    found = best_pairs(t, np.ones_like(t), f, g, same=False, keep=10_000)
    pairs = {(i, j) for i, j in zip(found.first.tolist(), found.second.tolist(), strict=True) if j < 3}
    assert pairs == {(i, j) for i in range(4) for j in range(3) if i != j}
    assert np.isfinite(found.score).all()


@pytest.mark.parametrize("targets", [1, 5])
def test_rows_without_weight_do_not_count(targets: int) -> None:
    rng = np.random.default_rng(7)
    first, second = rng.normal(size=(8, N_PROBES)), rng.normal(size=(8, N_PROBES))
    t = rng.normal(size=(targets, N_PROBES))
    w = np.ones_like(t)
    w[:, ::3] = 0.0
    spoiled = t.copy()
    spoiled[:, ::3] = 1e3 * rng.normal(size=spoiled[:, ::3].shape)
    one, other = (best_pairs(x, w, first, second, same=False, keep=10) for x in (t, spoiled))
    np.testing.assert_allclose(one.score, other.score, atol=2e-3)  # the scale is taken before the weights
    assert one.first.tolist() == other.first.tolist()


@pytest.mark.parametrize("power", [-250, -30, 30, 250])
def test_no_magnitude_is_too_large(power: int) -> None:
    """Values and weights from 1e-250 to 1e250, silently (warnings are errors)."""
    asked = ask(4, 6, 5, same=False)
    plain = best_pairs(*asked, same=False, keep=8)
    t, w, first, second = asked
    w = w * 10.0 ** (power / 10)
    scaled = best_pairs(t, w, first * 10.0**power, second * 10.0**-power, same=False, keep=8)
    np.testing.assert_allclose(plain.score, scaled.score, atol=1e-5)
    assert plain.first.tolist() == scaled.first.tolist()


@pytest.mark.parametrize("targets", [1, 5])
def test_an_expression_that_vanishes_where_there_is_weight(targets: int) -> None:
    """Silent, and the others are found all the same."""
    rng = np.random.default_rng(9)
    first, second = rng.normal(size=(3, N_PROBES)), rng.normal(size=(3, N_PROBES))
    w = np.ones((targets, N_PROBES))
    w[:, :4] = 0.0
    second[1, 4:] = 0.0
    t = np.tile(first[0] + second[2], (targets, 1))
    found = best_pairs(t, w, first, second, same=False, keep=1)
    assert (found.first[0], found.second[0]) == (0, 2)


def test_the_best_singles_are_the_best() -> None:
    rng = np.random.default_rng(10)
    first, t, w = rng.normal(size=(30, N_PROBES)), rng.normal(size=N_PROBES), rng.uniform(0.1, 2, N_PROBES)
    first[7] *= 1e150
    rest = []
    for f in first:
        a = (w * t) @ (f / np.abs(f).max()) / (w @ (f / np.abs(f).max()) ** 2)
        rest.append(float(w @ (t - a * f / np.abs(f).max()) ** 2))
    found = best_singles(t, w, first, keep=8)
    assert found.tolist() == np.argsort(rest)[:8].tolist()
    assert len(best_singles(t, w, first[:0], keep=8)) == 0


def test_singles_that_hardly_vary_are_told_apart() -> None:
    """All explain the target to one part in 1e10; the true one is first."""
    rng = np.random.default_rng(11)
    first = 1 + 1e-5 * rng.normal(size=(200, N_PROBES))
    found = best_singles(3.0 * first[123], np.ones(N_PROBES), first, keep=1)
    assert found.tolist() == [123]


@pytest.mark.parametrize("targets", [1, 9])
def test_a_join_can_be_stopped(targets: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the best of what was seen until then."""
    monkeypatch.setattr(join, "BLOCK", 40)
    calls = 0

    def stop() -> bool:
        nonlocal calls
        calls += 1
        return calls > 2

    asked = ask(targets, 30, 11, same=False)
    found = best_pairs(*asked, same=False, keep=10_000, stop=stop)
    assert 3 <= calls <= 4
    assert 0 < len(found.score) < targets * 330
    assert len(best_pairs(*asked, same=False, keep=10_000).score) > len(found.score)


def test_nothing_joined_is_nothing_found() -> None:
    none = np.empty((0, N_PROBES))
    some = np.ones((3, N_PROBES))
    for asked in ((none, none, some, some), (some, some, none, some), (some, some, some, none)):
        found = best_pairs(*asked, same=False, keep=4)
        assert len(found.score) == len(found.first) == 0


def test_unit_rows() -> None:
    rng = np.random.default_rng(8)
    values = rng.normal(size=(5, N_PROBES)) * 10.0 ** np.array([[-300], [-5], [0], [5], [300]])
    root = rng.uniform(0, 2, N_PROBES)
    for weights in (None, root):
        units = unit_rows(values, weights)
        assert units.dtype == np.float32
        np.testing.assert_allclose((units.astype(float) ** 2).sum(axis=1), 1.0, rtol=1e-6)
    assert (unit_rows(np.zeros((2, N_PROBES))) == 0).all()


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 2), st.integers(0, 10**6))
def test_solve_is_least_squares(n_terms: int, seed: int) -> None:
    """The normal equations that the search solves against the orthogonal factorisation of the plain twin."""
    rng = np.random.default_rng(seed)
    scales = 10.0 ** rng.uniform(-12, 12, size=(n_terms, 1, 1))
    terms = rng.normal(size=(n_terms, 4, N_PROBES)) * scales
    t, w = rng.normal(size=(4, N_PROBES)), 10.0 ** rng.uniform(-3, 3, size=(4, N_PROBES))
    a, b, fits = solve(t, w, terms[0], terms[1] if n_terms == 2 else None)
    for k in range(4):
        root = np.sqrt(w[k])
        wanted = np.linalg.lstsq((terms[:, k] / scales[:, 0]).T * root[:, None], t[k] * root, rcond=None)[0]
        found = np.array([a[k], b[k]])[:n_terms]
        np.testing.assert_allclose(found, wanted / scales[:, 0, 0], rtol=1e-8)
        np.testing.assert_allclose(fits[k], found @ terms[:, k], rtol=1e-9, atol=1e-9)
    if n_terms == 1:
        assert (b == 0).all()
