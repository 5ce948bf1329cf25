"""Pairs against brute force: every two columns of every two parts, by plain least squares."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt
import pytest

from symreg.search.native.skeletons import catalogue
from symreg.search.native.skeletons.pairs import ONE_COLUMN, paired
from symreg.search.native.skeletons.part import Chain, Part
from symreg.search.native.skeletons.question import CONTEXTS, IDENTITY, Projected, Question, projected
from symreg.search.native.skeletons.screen import Hit
from tests.search.native.skeletons.made import inputs_of_kind, rows_of

Floats = npt.NDArray[np.float64]
INPUTS = inputs_of_kind("plain")
ROWS = rows_of(INPUTS.space)
Y = INPUTS.space.target
WEIGHTS = np.linspace(0.2, 3.0, len(Y))
PARTS: list[Part] = [*map(Chain, catalogue.plain_terms(INPUTS)[:40:8]), *list(catalogue.one_step(INPUTS))[:36:4]]
SIZES = (5,)
QUESTIONS = [Question(one, True) for one in CONTEXTS[:4]]
QUESTIONS.append(Question(IDENTITY, False, tuple(catalogue.singles(INPUTS))))


def asked(question: Question, y: Floats = Y) -> Projected:
    found = projected(question, y, WEIGHTS, ROWS)
    assert found is not None
    return found


def left(question: Projected, *values: Floats) -> float:
    """What two columns leave, by least squares on what companions leave of them."""
    scaled = np.array(values) * question.scale
    scaled = scaled - (scaled @ question.basis) @ question.basis.T
    sizes = np.linalg.norm(scaled, axis=1, keepdims=True)
    solution = np.linalg.lstsq((scaled / sizes).T, question.rest, rcond=1e-12)[0]
    rest = question.rest - solution @ (scaled / sizes)
    return float(rest @ rest / question.total)


def apart(question: Projected, *values: Floats) -> bool:
    """Whether two columns are not one but for rounding, which is what ``ONE_COLUMN`` leaves out."""
    scaled = np.array(values) * question.scale
    scaled = scaled - (scaled @ question.basis) @ question.basis.T
    a, b = scaled / np.linalg.norm(scaled, axis=1, keepdims=True)
    return bool(1 - (a @ b) ** 2 > ONE_COLUMN)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: str(one.key[:2]))
def test_the_best_of_every_two_parts(question: Question) -> None:
    own = asked(question)
    columns = [part.columns(ROWS, SIZES[: part.n_inner]) for part in PARTS]
    hits, looked = paired(own, PARTS, columns, 10_000, lambda: False)
    assert looked >= sum(len(a.values) * len(b.values) for a, b in itertools.combinations(columns, 2))
    found = {tuple(part.key for part in hit.parts): hit for hit in hits}
    for (a, first), (b, second) in itertools.combinations(zip(PARTS, columns, strict=True), 2):
        pairs = itertools.product(first.values[:, 0], second.values[:, 0])
        least = min((left(own, *pair) for pair in pairs if apart(own, *pair)), default=np.inf)
        hit = found.get((a.key, b.key))
        if hit is None:
            continue
        # Where both columns are nearly one, their difference is all that counts, and it is a difference.
        assert hit.loss == pytest.approx(least, rel=1e-3, abs=1e-4 * own.left), (a.key, b.key)
        again = left(own, *(part.at(ROWS, inner)[0] for part, inner in zip(hit.parts, hit.inner, strict=True)))
        assert hit.loss == pytest.approx(again, rel=1e-4, abs=1e-5 * own.left)
    assert len(found) > 0.8 * len(PARTS) * (len(PARTS) - 1) / 2


def test_a_part_with_itself_has_two_constants() -> None:
    """Two exponentials of one input, at two rates of its grid."""
    part = next(one for one in catalogue.one_step(INPUTS) if one.key[-1] == "exp")
    columns = part.columns(ROWS, (12,))
    rates = columns.constants[[1, 7], 0]
    y = 2 * columns.values[1, 0] - 3 * columns.values[7, 0] / np.abs(columns.values[7, 0]).max() + 0.4
    (hit, *_), _ = paired(asked(Question(IDENTITY, True), y), [part], [columns], 5, lambda: False)
    assert hit.loss < 1e-9
    assert sorted(float(inner[0]) for inner in hit.inner) == sorted(rates.tolist())


def test_the_nearest_are_kept() -> None:
    own = asked(Question(IDENTITY, True))
    columns = [part.columns(ROWS, SIZES[: part.n_inner]) for part in PARTS]
    every, _ = paired(own, PARTS, columns, 10_000, lambda: False)
    few, _ = paired(own, PARTS, columns, 7, lambda: False)

    def losses(hits: list[Hit]) -> list[float]:
        return [hit.loss for hit in hits]

    assert losses(few) == losses(every)[:7] == sorted(losses(every))[:7]


def test_a_stop_is_heard_and_nothing_is_no_fault() -> None:
    own = asked(Question(IDENTITY, True))
    columns = [part.columns(ROWS, SIZES[: part.n_inner]) for part in PARTS]
    hits, looked = paired(own, PARTS, columns, 10, lambda: True)
    assert 0 < looked <= len(columns[0].values) * sum(len(one.values) for one in columns)
    assert paired(own, [], [], 10, lambda: False) == ([], 0)
    assert len(hits) <= 10
