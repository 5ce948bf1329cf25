"""The join against brute force over all pairs and triples, and what screening and exchange find."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt
import pytest

from symreg.descriptor import linear_search
from symreg.descriptor.feature_space import FeatureSpace, Whitening
from symreg.descriptor.linear_search import LinearSearch
from symreg.descriptor.validation import folds_of
from symreg.engine import get_engine
from symreg.search.native.joins.join import Joiner
from tests.descriptor.setting import features, joiner, problem_of, space_of

Floats = npt.NDArray[np.float64]
COLUMNS = features()
NOISE = np.random.default_rng(5).normal(size=40)
TARGET = 2.0 + 0.8 * (COLUMNS["I"] - COLUMNS["A"]) / COLUMNS["r"] ** 2 - COLUMNS["Z"] * COLUMNS["s"] + NOISE


def brute(space: FeatureSpace, target: Floats, count: int) -> list[tuple[float, tuple[int, ...]]]:
    """The unexplained part of the target's square for every set of features, by least squares, best first."""
    root = space.whitening.root
    values = space.values(np.arange(len(space)))
    whole = np.linalg.lstsq(root[:, None], target * root, rcond=None)[1][0]
    found = []
    for chosen in itertools.combinations(range(len(space)), count):
        design = np.vstack([np.ones_like(target), values[list(chosen)]]).T
        design = design / np.abs(design).max(axis=0) * root[:, None]
        _, rest, rank, _ = np.linalg.lstsq(design, target * root, rcond=1e-9)
        if rank == count + 1:
            found.append((float(rest[0] / whole), chosen))
    return sorted(found)


@pytest.mark.parametrize("weighted", [False, True])
def test_singles_and_pairs_are_those_of_brute_force(weighted: bool) -> None:
    space = space_of(problem_of(COLUMNS, TARGET), 3)
    if weighted:
        root = np.random.default_rng(2).uniform(0.2, 2.0, 40)
        whitening = Whitening(root / np.sqrt(np.mean(root**2)))
        rows = whitening.of(space.values(np.arange(len(space))))[0].astype(np.float32)
        space = FeatureSpace(space.search, space.bank, space.entries, rows, whitening, space.sample, 3)
    search = LinearSearch(space, TARGET, joiner(), 1e9)
    (singles, first), (pairs, second) = search.steps(2)
    for found, count in ((singles, 1), (pairs, 2)):
        wanted = brute(space, TARGET, count)[:50]
        np.testing.assert_allclose(found.rest[:50], [rest for rest, _ in wanted], rtol=1e-9)
        assert set(map(tuple, found.features[:20].tolist())) == {chosen for _, chosen in wanted[:20]}
    assert first.exhaustive and second.exhaustive
    assert second.combinations == len(space) * (len(space) - 1) // 2
    assert second.sentence() == f"2: no pair among {len(space)} features fits better"


def test_the_best_triple_of_a_small_space_is_found() -> None:
    columns = {name: COLUMNS[name] for name in ("I", "r", "s")}
    space = space_of(problem_of(columns, TARGET, operators=("-", "*", "/")), 3)
    *_, (triples, certificate) = LinearSearch(space, TARGET, joiner(), 1e9).steps(3)
    wanted = brute(space, TARGET, 3)
    np.testing.assert_allclose(triples.rest[:10], [rest for rest, _ in wanted[:10]], rtol=1e-9)
    assert tuple(triples.features[0]) == wanted[0][1]
    assert not certificate.exhaustive and "not all" in certificate.sentence()


def test_both_engines_find_the_same() -> None:
    space = space_of(problem_of(COLUMNS, TARGET), 3)
    plain, compiled = (
        list(LinearSearch(space, TARGET, Joiner(get_engine(name), 1, lambda: False), 1e9).steps(3))
        for name in ("numpy", "auto")
    )
    for (one, certificate), (other, same) in zip(plain, compiled, strict=True):
        np.testing.assert_array_equal(one.features[:20], other.features[:20])
        np.testing.assert_allclose(one.rest[:20], other.rest[:20], rtol=1e-12)
        assert certificate == same


@pytest.mark.parametrize("kept", [None, 2])
def test_no_exchange_improves_the_best_triple(kept: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    if kept is not None:  # so few that the best pairs and promising features do not lead there
        monkeypatch.setattr(linear_search, "KEPT_COMBINATIONS", kept)
        monkeypatch.setattr(linear_search, "TRIED", kept)
    target = np.random.default_rng(7).normal(size=40)
    space = space_of(problem_of(COLUMNS, target), 4)
    search = LinearSearch(space, target, joiner(), 1e9)
    *_, (triples, _) = search.steps(3)
    best = triples.features[0]
    for place in range(3):
        kept = np.delete(best, place)
        others = np.setdiff1d(np.arange(len(space)), kept)
        tried = np.column_stack([np.broadcast_to(kept, (len(others), 2)), others])
        assert search.solved(tried).rest[0] >= triples.rest[0] * (1 - 1e-9)


def test_screening_looks_at_fewer_pairs_and_finds_what_was_planted() -> None:
    planted = 1.0 + 0.5 * COLUMNS["I"] / COLUMNS["r"] ** 2 - 3.0 * COLUMNS["A"] / COLUMNS["s"]
    space = space_of(problem_of(COLUMNS, planted), 5)
    search = LinearSearch(space, planted, joiner(), 50 * len(space))
    *_, (pairs, certificate) = search.steps(2)
    assert pairs.rest[0] < 1e-20
    assert not certificate.exhaustive
    assert certificate.combinations <= 50 * len(space) < len(space) * (len(space) - 1) // 2


def test_of_equal_errors_the_simplest_set_comes_first() -> None:
    planted = 3.0 * COLUMNS["I"] + 1.0
    space = space_of(problem_of(COLUMNS, planted), 3)
    *_, (pairs, _) = LinearSearch(space, planted, joiner(), 1e9).steps(2)
    best = pairs.rest < 1e-20
    sizes = space.sizes[pairs.features].sum(axis=1)
    assert best.sum() > 3 and sizes[0] == 2
    assert (np.diff(sizes[best]) >= 0).all()


def test_a_search_that_is_stopped_says_so() -> None:
    space = space_of(problem_of(COLUMNS, TARGET), 3)
    stopped = joiner()
    stopped.stop = lambda: True
    search = LinearSearch(space, TARGET, stopped, 1e9)
    ((singles, certificate),) = search.steps(3)
    assert certificate.exhaustive and len(singles) == len(space)
    pairs, certificate = search.pairs(singles)
    assert not certificate.exhaustive and certificate.combinations == len(pairs) == 0


def test_each_row_is_judged_once_and_groups_are_spread() -> None:
    groups = np.array([0] * 12 + [1] * 8)
    seen = np.concatenate([unseen for _, unseen in folds_of(20, 4, 0, groups)])
    assert sorted(seen.tolist()) == list(range(20))
    for search, unseen in folds_of(20, 4, 0, groups):
        assert not set(search) & set(unseen) and len(search) + len(unseen) == 20
        assert groups[unseen].sum() == 2
