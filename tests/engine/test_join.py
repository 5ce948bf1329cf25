"""The join of every engine against a double loop of least squares in double precision."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from symreg.engine import Engine
from symreg.engine.compiled import CompiledEngine
from symreg.engine.joining import ONE_ROW, Join, Pairs, unit_rows
from symreg.errors import EngineError
from tests.engine.conftest import OLDER

N_PROBES = 40
N_ROWS = 30
EPS = 4e-6  # of a score in single precision, where the vectors are far from collinear
NONE = np.empty(0, dtype=np.int64)
Key = tuple[int, int, int]


def ask(kind: str, *, n_basis: int = 0, keep: int = 10, n_targets: int = 3, seed: int = 0) -> Join:
    """A table whose rows share a trend, targets of any size, weights over orders of magnitude and rows left out.

    ``kind`` is ``pairs`` (of two lists that overlap), ``same`` (of one list) or ``alone``. The lists end in the
    middle of every tile.
    """
    rng = np.random.default_rng(seed)
    rows = unit_rows(rng.normal(size=(N_ROWS, N_PROBES)) + rng.normal(size=(N_ROWS, 1)))
    first = rng.permutation(N_ROWS)[:14]
    second = {"pairs": rng.permutation(N_ROWS)[:19], "same": first, "alone": NONE}[kind]
    basis = 10.0 ** rng.uniform(-6, 6, (n_targets, n_basis, 1)) * rng.normal(size=(n_targets, n_basis, N_PROBES))
    targets = rng.normal(size=(n_targets, N_PROBES)) + 8 * rows[rng.choice(first, n_targets)]
    targets += np.einsum("ijk,ij->ik", basis, 1 / np.linalg.norm(basis, axis=2))
    weights = 10.0 ** rng.uniform(-2, 2, targets.shape) * (rng.random(targets.shape) > 0.1)
    scales = 10.0 ** rng.uniform(-8, 8, (n_targets, 1))
    return Join(rows, first, second, scales * targets, weights / scales**2, basis, kind == "same", keep)


def explained(target: np.ndarray, vectors: list[np.ndarray]) -> float:
    """The part of the sum of squares of a target that a combination of the vectors explains."""
    design = np.column_stack([v / np.linalg.norm(v) for v in vectors])
    rest = target - design @ np.linalg.lstsq(design, target, rcond=None)[0]
    return 1 - float(rest @ rest) / float(target @ target)


def double_loop(question: Join) -> dict[Key, tuple[float, float]]:
    """Each score with how far from collinear it is: the least part of a vector that the others do not explain."""
    found = {}
    for k, root in enumerate(np.sqrt(question.weights)):
        rows = question.rows.astype(np.float64) * root
        target, basis = question.targets[k] * root, list(question.basis[k] * root)
        for i, a in enumerate(question.first):
            free = 1 - explained(rows[a], basis) if basis else 1.0
            if not len(question.second):
                found[k, i, -1] = explained(target, [*basis, rows[a]]), free
            for j, b in enumerate(question.second[: i if question.same else None]):
                others = 1 - explained(rows[a], [*basis, rows[b]])
                found[k, i, j] = explained(target, [*basis, rows[a], rows[b]]), min(free, others)
    return found


def keys(found: Pairs) -> list[Key]:
    return list(zip(found.target.tolist(), found.first.tolist(), found.second.tolist(), strict=True))


def check(found: Pairs, question: Join) -> None:
    """The scores are right to single precision, in order, and nothing better was left out."""
    true = double_loop(question)
    usable = sorted((score for score, free in true.values() if free > 10 * ONE_ROW), reverse=True)
    assert len(set(keys(found))) == len(found.score)
    assert min(question.keep, len(usable)) <= len(found.score) <= question.keep
    assert (np.diff(found.score) <= 0).all()
    errors = []
    for key, score in zip(keys(found), found.score.tolist(), strict=True):
        wanted, free = true[key]
        assert free > 0.1 * ONE_ROW
        errors.append(EPS / free)
        assert score == pytest.approx(wanted, abs=errors[-1])
    ours = sorted((true[key][0] for key in keys(found)), reverse=True)
    np.testing.assert_array_less(np.array(usable[: len(ours)]) - 2 * max(errors), np.array(ours[: len(usable)]))


@pytest.mark.parametrize("kind", ["pairs", "same", "alone"])
@pytest.mark.parametrize("n_basis", [0, 1, 3])
@pytest.mark.parametrize("keep", [1, 10, 10_000])
def test_the_best_are_the_best(engine: Engine, kind: str, n_basis: int, keep: int) -> None:
    question = ask(kind, n_basis=n_basis, keep=keep, seed=n_basis)
    check(engine.join(question), question)


@pytest.mark.parametrize("kind", ["pairs", "same", "alone"])
def test_one_list_gives_each_pair_once(engine: Engine, kind: str) -> None:
    """And two lists every pair of them, but for a row with itself."""
    question = ask(kind, keep=10_000, n_targets=1)
    shared = len(set(question.first) & set(question.second))
    n = len(question.first)
    expected = {"pairs": n * len(question.second) - shared, "same": n * (n - 1) // 2, "alone": n}[kind]
    found = engine.join(question)
    assert len(found.score) == expected
    if kind == "same":
        assert (found.first > found.second).all()
    assert ((found.second == -1) == (kind == "alone")).all()


def large(kind: str, *, n_basis: int = 0, n_rows: int = 1000, keep: int = 200, twice: bool = False) -> Join:
    """More rows than a worker takes at once; with ``twice`` each row has a double, and scores are equal."""
    rng = np.random.default_rng(n_basis)
    rows = rng.normal(size=(n_rows, N_PROBES))
    if twice:
        rows[n_rows // 2 :] = rows[: n_rows // 2]
    first = rng.permutation(n_rows)
    second = {"pairs": rng.permutation(n_rows)[: n_rows // 2 + 1], "same": first, "alone": NONE}[kind]
    targets, basis = rng.normal(size=(3, N_PROBES)), rng.normal(size=(3, n_basis, N_PROBES))
    weights = rng.uniform(0.1, 1, targets.shape)
    return Join(unit_rows(rows), first, second, targets, weights, basis, kind == "same", keep)


@pytest.mark.parametrize("kind", ["pairs", "same", "alone"])
@pytest.mark.parametrize("n_basis", [0, 2])
def test_the_engines_agree(both: tuple[Engine, Engine], kind: str, n_basis: int) -> None:
    """On lists of many tiles and pieces, where a double loop takes too long."""
    oracle, compiled = both
    question = large(kind, n_basis=n_basis, n_rows=500)
    wanted = oracle.join(question)
    assert len(wanted.score) == question.keep
    for engine in (compiled, *map(CompiledEngine, OLDER)):
        np.testing.assert_allclose(engine.join(question).score, wanted.score, rtol=0, atol=1e-5)


@pytest.mark.parametrize("kind", ["pairs", "same", "alone"])
@pytest.mark.parametrize("n_basis", [0, 2])
@pytest.mark.parametrize("twice", [False, True])
@pytest.mark.parametrize("instructions", ["newest", *OLDER])
def test_threads_change_nothing(kind: str, n_basis: int, twice: bool, instructions: str) -> None:
    """Not even which of equal scores are kept, and in what order."""
    question = large(kind, n_basis=n_basis, twice=twice, keep=51)
    one = CompiledEngine(instructions).join(question)
    assert len(one.score) == 51
    for threads in (2, 4):
        other = CompiledEngine(instructions).join(question, threads=threads)
        assert keys(other) == keys(one)
        assert (other.score == one.score).all()


def test_the_oracle_takes_any_number_of_threads(both: tuple[Engine, Engine]) -> None:
    question = ask("pairs")
    one, four = (both[0].join(question, threads=threads) for threads in (1, 4))
    assert keys(one) == keys(four)


@pytest.mark.parametrize("n_basis", [0, 2])
def test_a_planted_pair_comes_first(engine: Engine, n_basis: int) -> None:
    """Beside terms that are in the law already; the other targets are noise."""
    question = large("same", n_basis=n_basis, n_rows=120, keep=5)
    i, j = 97, 23
    targets = question.targets.copy()
    targets[1] = 3e7 * question.rows[question.first[i]] - 2e7 * question.rows[question.first[j]]
    targets[1] += 5e6 * question.basis[1].sum(axis=0)
    found = engine.join(replace(question, targets=targets))
    assert keys(found)[0] == (1, i, j)
    assert found.score[0] == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize("kind", ["same", "alone"])
@pytest.mark.parametrize("share", [1e-2, 1e-4, 1e-6, 1e-8, 1e-10])
def test_a_small_term_beside_large_ones(engine: Engine, kind: str, share: float) -> None:
    """What the basis leaves is a small share of the target, and yet all that the order is about."""
    question = large(kind, n_basis=2, n_rows=120, keep=5)
    term = question.rows[question.first[97]].astype(np.float64)
    if kind == "same":
        term = term + question.rows[question.first[23]]
    known = question.basis.sum(axis=1)
    noise = 0.01 * np.random.default_rng(1).normal(size=known.shape)
    found = engine.join(replace(question, targets=known / np.std(known) + np.sqrt(share * N_PROBES) * (term + noise)))
    assert set(keys(found)[:3]) == {(k, 97, 23 if kind == "same" else -1) for k in range(3)}


def test_a_term_of_the_basis_is_no_news(engine: Engine) -> None:
    """A row that lies in the basis is not found alone; in a pair only the other one counts."""
    question = ask("alone", keep=100, n_targets=1)
    question = replace(question, basis=1e5 * question.rows[None, question.first[3:4]].astype(np.float64))
    alone = engine.join(question)
    assert set(alone.first.tolist()) == set(range(14)) - {3}
    scores = dict(zip(alone.first.tolist(), alone.score.tolist(), strict=True))
    pairs = engine.join(replace(question, second=question.first[3:4]))
    for (_, i, _), score in zip(keys(pairs), pairs.score.tolist(), strict=True):
        assert i == 3 or score == pytest.approx(scores[i], abs=1e-5)


def test_collinear_pairs_are_left_out(engine: Engine) -> None:
    """Two copies of one row make no pair, whatever their sign and rounding."""
    rng = np.random.default_rng(6)
    f = rng.normal(size=(4, N_PROBES))
    g = np.array([2 * f[0], -1e-6 * f[1], f[2] * (1 + 1e-9 * rng.normal(size=N_PROBES))])
    t = rng.normal(size=(2, N_PROBES))
    rows = unit_rows(np.concatenate([f, g]))
    none = np.empty((2, 0, N_PROBES))
    found = engine.join(Join(rows, np.arange(4), np.arange(4, 7), t, np.ones_like(t), none, False, 10_000))
    assert set(keys(found)) == {(k, i, j) for k in range(2) for i in range(4) for j in range(3) if i != j}


def test_rows_of_zeros_explain_nothing(engine: Engine) -> None:
    """Zero everywhere, or where there is weight: never found alone, and no help to another in a pair."""
    rng = np.random.default_rng(9)
    values = rng.normal(size=(4, N_PROBES))
    values[1], values[2, 4:] = 0.0, 0.0
    t, w = (values[0] + values[3])[None], np.ones((1, N_PROBES))
    w[:, :4] = 0.0
    question = Join(unit_rows(values), np.arange(4), NONE, t, w, np.empty((1, 0, N_PROBES)), False, 100)
    alone = engine.join(question)
    assert set(alone.first.tolist()) == {0, 3}
    scores = dict(zip(alone.first.tolist(), alone.score.tolist(), strict=True)) | {1: 0.0, 2: 0.0}
    pairs = engine.join(replace(question, second=question.first, same=True))
    assert keys(pairs)[0] == (0, 3, 0)
    for (_, i, j), score in list(zip(keys(pairs), pairs.score.tolist(), strict=True))[1:]:
        assert score == pytest.approx(scores[i] + scores[j], abs=1e-5)


@pytest.mark.parametrize("kind", ["pairs", "alone"])
def test_rows_without_weight_do_not_count(engine: Engine, kind: str) -> None:
    question = ask(kind, n_basis=1)
    out = question.weights == 0
    assert out.any()
    spoiled = np.where(out, 1e3 * np.abs(question.targets).max(), question.targets)
    one, other = engine.join(question), engine.join(replace(question, targets=spoiled))
    np.testing.assert_array_equal(one.score, other.score)
    assert keys(one) == keys(other)


@pytest.mark.parametrize("power", [-100, -30, 30, 100])
def test_no_magnitude_is_too_large(engine: Engine, power: int) -> None:
    """Targets, weights and basis in any unit, silently (warnings are errors)."""
    question = ask("pairs", n_basis=2)
    unit = 10.0**power
    scaled = replace(
        question, targets=question.targets * unit, weights=question.weights * unit, basis=question.basis / unit
    )
    plain, found = engine.join(question), engine.join(scaled)
    np.testing.assert_allclose(plain.score, found.score, atol=1e-5)
    assert keys(plain) == keys(found)


@pytest.mark.parametrize("empty", ["first", "targets"])
def test_nothing_asked_is_nothing_found(engine: Engine, empty: str) -> None:
    question = ask("pairs", n_basis=1)
    if empty == "first":
        question = replace(question, first=NONE)
    else:
        none = {name: getattr(question, name)[:0] for name in ("targets", "weights", "basis")}
        question = replace(question, **none)
    found = engine.join(question)
    assert len(found.target) == len(found.first) == len(found.second) == len(found.score) == 0


def test_wrong_shapes() -> None:
    """Refused before any engine sees them."""
    good = ask("pairs", n_basis=2)
    for name, value in {
        "targets": good.targets[:, 1:],
        "weights": good.weights[:1],
        "rows": good.rows[:, :-1],
        "basis": good.basis[:, :, 1:],
        "keep": 0,
    }.items():
        with pytest.raises(EngineError):
            replace(good, **{name: value})
    for basis in (good.basis[0], good.basis[:2], good.basis[None]):
        with pytest.raises(EngineError, match="basis"):
            replace(good, basis=basis)
    with pytest.raises(EngineError, match="targets and weights"):
        replace(good, targets=good.targets[0], weights=good.weights[0])


def test_unit_rows() -> None:
    rng = np.random.default_rng(8)
    values = rng.normal(size=(5, N_PROBES)) * 10.0 ** np.array([[-300], [-5], [0], [5], [300]])
    units = unit_rows(values)
    assert units.dtype == np.float32
    np.testing.assert_allclose((units.astype(float) ** 2).sum(axis=1), 1.0, rtol=1e-6)
    largest = np.abs(values).argmax(axis=1)[:, None]
    ratios, wanted = (x / np.take_along_axis(x, largest, axis=1) for x in (units, values))
    np.testing.assert_allclose(ratios, wanted, rtol=1e-6)
    assert (unit_rows(np.zeros((2, N_PROBES))) == 0).all()
