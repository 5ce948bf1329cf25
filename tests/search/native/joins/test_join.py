"""The join in pieces, and least squares of many sums at once; what an engine counts is tested with the engines."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symreg.engine import Engine, get_engine
from symreg.engine.joining import Join, unit_rows
from symreg.search.native.joins import join
from symreg.search.native.joins.join import NO_PAIRS, Joiner, Pairs, solve

N_PROBES = 40
N_ROWS = 300
NONE = np.empty(0, dtype=np.int64)


def joiner(name: str = "auto", stop: Callable[[], bool] = lambda: False) -> Joiner:
    return Joiner(get_engine(name), 1, stop)


def ask(kind: str, *, n_targets: int, n_basis: int = 0, keep: int = 25) -> Join:
    """Lists that end in the middle of a piece: two that overlap, one with itself (``same``), or rows ``alone``."""
    rng = np.random.default_rng(n_targets)
    rows = unit_rows(rng.normal(size=(N_ROWS, N_PROBES)))
    first = rng.permutation(N_ROWS)[:230]
    second = {"pairs": rng.permutation(N_ROWS)[:45], "same": first, "alone": NONE}[kind]
    targets, basis = rng.normal(size=(n_targets, N_PROBES)), rng.normal(size=(n_targets, n_basis, N_PROBES))
    return Join(rows, first, second, targets, rng.uniform(0.1, 1, targets.shape), basis, kind == "same", keep)


def best(own: Joiner, asked: Join) -> Pairs:
    second = asked.first if asked.same else asked.second if len(asked.second) else None
    return own.best(
        asked.rows, asked.first, second, asked.targets, asked.weights, keep=asked.keep,
        basis=asked.basis if asked.basis.shape[1] else None,
    )  # fmt: skip


def keys(found: Pairs) -> list[tuple[int, int, int]]:
    return list(zip(found.target.tolist(), found.first.tolist(), found.second.tolist(), strict=True))


def count(asked: Join) -> int:
    """How many pairs, or rows, there are to be found."""
    n = len(asked.first)
    if asked.same:
        return len(asked.targets) * n * (n - 1) // 2
    shared = len(set(asked.first.tolist()) & set(asked.second.tolist()))
    return len(asked.targets) * (n * max(1, len(asked.second)) - shared)


@pytest.mark.parametrize("engine", ["numpy", "compiled"])
@pytest.mark.parametrize("kind", ["pairs", "same", "alone"])
@pytest.mark.parametrize(("n_targets", "n_basis"), [(1, 0), (1, 2), (7, 0), (7, 1)])
@pytest.mark.parametrize("at_once", [50, 25_000])
def test_pieces_change_nothing(
    engine: str, kind: str, n_targets: int, n_basis: int, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pieces that end in the middle of everything: of rows, and of targets where a few are one piece."""
    asked = ask(kind, n_targets=n_targets, n_basis=n_basis)
    whole = get_engine(engine).join(asked)
    monkeypatch.setattr(join, "JOINED_AT_ONCE", at_once)
    found = best(joiner(engine), asked)
    assert len(found.score) == asked.keep
    np.testing.assert_allclose(found.score, whole.score, atol=1e-6)
    assert keys(found) == keys(whole)


@pytest.mark.parametrize("kind", ["pairs", "same", "alone"])
@pytest.mark.parametrize("n_targets", [1, 7])
def test_pieces_lose_nothing(kind: str, n_targets: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything that there is comes once."""
    monkeypatch.setattr(join, "JOINED_AT_ONCE", 5_000)
    asked = ask(kind, n_targets=n_targets, keep=1_000_000)
    found = best(joiner(), asked)
    assert len(set(keys(found))) == len(found.score) == count(asked)
    assert (np.diff(found.score) <= 0).all()


class Watched:
    """An engine that remembers what it was asked."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.asked: list[Join] = []

    def join(self, question: Join, *, threads: int = 1) -> Pairs:
        self.asked.append(question)
        return self.engine.join(question, threads=threads)


@pytest.mark.parametrize("kind", ["pairs", "same", "alone"])
@pytest.mark.parametrize("n_targets", [1, 7])
def test_a_join_can_be_stopped(kind: str, n_targets: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """In its middle, soon after the clock says so, with the best of what was seen until then."""
    monkeypatch.setattr(join, "JOINED_AT_ONCE", 50)
    engine = Watched(get_engine("auto"))
    own = Joiner(engine, 1, lambda: len(engine.asked) >= 2)  # type: ignore[arg-type]
    asked = ask(kind, n_targets=n_targets, keep=1_000_000)
    found = best(own, asked)
    assert len(engine.asked) in (2, 3)
    assert 0 < len(found.score) < count(asked)
    everything = dict(zip(keys(whole := best(joiner(), asked)), whole.score.tolist(), strict=True))
    for key, score in zip(keys(found), found.score.tolist(), strict=True):
        assert score == pytest.approx(everything[key], abs=1e-6)
    few = ask(kind, n_targets=n_targets, keep=5)
    engine.asked.clear()
    assert keys(best(own, few)) == keys(found)[:5]


def test_who_is_stopped_before_finds_nothing() -> None:
    own = joiner(stop=lambda: True)
    for kind in ("pairs", "same", "alone"):
        assert len(best(own, ask(kind, n_targets=2)).score) == 0
    assert own.pairs == 0


@pytest.mark.parametrize("at_once", [50, 1 << 23])
def test_pairs_are_counted(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as the engine goes through, over all joins; one list counts about half of its square."""
    monkeypatch.setattr(join, "JOINED_AT_ONCE", at_once)
    own = joiner()
    best(own, ask("pairs", n_targets=3))
    assert own.pairs == 3 * 230 * 45
    best(own, ask("alone", n_targets=2))
    assert own.pairs == 3 * 230 * 45 + 2 * 230
    before = own.pairs
    best(own, ask("same", n_targets=2))
    assert 2 * 230 * 229 / 2 < own.pairs - before <= 2 * 230**2
    if at_once == 50:
        assert own.pairs - before < 2 * 230 * (230 + 64) / 2


def test_nothing_joined_is_nothing_found() -> None:
    asked = ask("pairs", n_targets=2)
    own = joiner()
    some = asked.targets, asked.weights
    none = asked.targets[:0], asked.weights[:0]
    for first, second, (targets, weights) in (
        (asked.first, asked.second, none),
        (NONE, asked.second, some),
        (asked.first, NONE, some),
        (NONE, NONE, some),
        (NONE, None, some),
    ):
        assert own.best(asked.rows, first, second, targets, weights, keep=4) is NO_PAIRS
    assert len(NO_PAIRS.score) == len(NO_PAIRS.first) == own.pairs == 0


@given(st.integers(1, 4), st.integers(0, 10**6))
def test_solve_is_least_squares(n_terms: int, seed: int) -> None:
    """Many at once against one after another, with terms of any size."""
    rng = np.random.default_rng(seed)
    scales = 10.0 ** rng.uniform(-12, 12, size=(4, n_terms))
    terms = rng.normal(size=(4, n_terms, N_PROBES))
    t, w = rng.normal(size=(4, N_PROBES)), 10.0 ** rng.uniform(-3, 3, size=(4, N_PROBES))
    coefficients, sums = solve(t, w, terms * scales[:, :, None])
    assert coefficients.shape == (4, n_terms)
    for k, root in enumerate(np.sqrt(w)):
        wanted = np.linalg.lstsq((terms[k] * root).T, t[k] * root, rcond=None)[0]
        np.testing.assert_allclose(coefficients[k] * scales[k], wanted, rtol=1e-8, atol=1e-10)
        np.testing.assert_allclose(sums[k], wanted @ terms[k], rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("n_terms", [2, 3, 4])
def test_collinear_terms_have_no_solution(n_terms: int) -> None:
    """One that is a sum of the others, and one of zeros; their neighbours are solved all the same."""
    rng = np.random.default_rng(n_terms)
    t, w, terms = rng.normal(size=(3, N_PROBES)), np.ones((3, N_PROBES)), rng.normal(size=(3, n_terms, N_PROBES))
    terms[0, -1] = 1e9 * terms[0, :-1].sum(axis=0)
    terms[1, 0] = 0.0
    coefficients, sums = solve(t, w, terms)
    assert np.isnan(coefficients[:2]).all() and np.isnan(sums[:2]).all()
    np.testing.assert_allclose(coefficients[2], np.linalg.lstsq(terms[2].T, t[2], rcond=None)[0], rtol=1e-8)


def test_undefined_terms_have_no_solution() -> None:
    """Silently (warnings are errors), whether a value or the target is undefined."""
    rng = np.random.default_rng(3)
    t, terms = rng.normal(size=(4, N_PROBES)), rng.normal(size=(4, 2, N_PROBES))
    terms[0, 1, 7], terms[1, 0, 0], t[2, 3] = np.nan, np.inf, np.nan
    coefficients, _ = solve(t, np.ones_like(t), terms)
    assert np.isnan(coefficients[:3]).all()
    assert np.isfinite(coefficients[3]).all()
    assert np.isnan(solve(t[:2], np.ones((2, N_PROBES)), terms[:2])[1]).all()
