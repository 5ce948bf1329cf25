"""Sums of plain terms against the plain way: one sum at a time, its basis by Gram and Schmidt, its losses by the
screen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from symreg.search.native.skeletons import catalogue
from symreg.search.native.skeletons.question import CONTEXTS, Projected, Question, orthonormal, projected
from symreg.search.native.skeletons.screen import losses_of, place_bits, places_bits
from symreg.search.native.skeletons.sums import Beside, PlainTerms, sums
from tests.search.native.skeletons.made import inputs_of_kind, rows_of

Floats = npt.NDArray[np.float64]
INPUTS = inputs_of_kind("plain")
ROWS = rows_of(INPUTS.space)
Y = INPUTS.space.target
WEIGHTS = np.linspace(0.5, 2.0, len(Y))
OWN = catalogue.plain_terms(INPUTS)[:40]
VALUES = np.array([one.values for one in OWN])
QUESTIONS = [Question(one, beside) for one in CONTEXTS for beside in (False, True)]


def asked(question: Question) -> Projected:
    found = projected(question, Y, WEIGHTS, ROWS)
    assert found is not None
    return found


def plainly_beside(question: Projected, chosen: tuple[int, ...]) -> Projected:
    """The question with further terms projected out."""
    basis = orthonormal(np.concatenate([question.basis.T, VALUES[list(chosen)] * question.scale]))
    rest = question.rest - basis @ (basis.T @ question.rest)
    return replace(question, basis=basis, rest=rest, left=float(rest @ rest) / question.total)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: str(one.key[:2]))
@pytest.mark.parametrize("size", [0, 1, 3])
def test_many_sums_at_once_are_those_taken_one_by_one(question: Question, size: int) -> None:
    projection = asked(question)
    beside = Beside(projection, VALUES)
    rng = np.random.default_rng(2)
    chosen = np.array([rng.choice(len(VALUES), size, replace=False) for _ in range(9)]).reshape(9, size)
    losses = beside.losses(chosen)
    for some, found, left in zip(chosen.tolist(), losses, beside.left(chosen), strict=True):
        plain = plainly_beside(projection, tuple(some))
        wanted = losses_of([plain], VALUES[:, None, :])[0]
        both = np.isfinite(found) & np.isfinite(wanted)  # what hangs on the sum is refused by both, nearly so by one
        assert both.sum() > len(VALUES) - 6
        assert found[both] == pytest.approx(wanted[both], rel=1e-5, abs=1e-7 * plain.left)
        assert left == pytest.approx(plain.left, rel=1e-9)
        assert (found[some] == np.inf).all()


def test_a_term_twice_adds_nothing() -> None:
    projection = asked(QUESTIONS[1])
    beside = Beside(projection, np.concatenate([VALUES, 3 * VALUES[:1], np.ones((1, len(ROWS)))]))
    basis, _ = beside.projected(np.array([[0, len(VALUES)], [len(VALUES) + 1, 1]]))
    sizes = np.linalg.norm(basis, axis=2)
    assert sizes.tolist() == pytest.approx(np.array([[1, 0], [0, 1]]))


def test_no_sum_comes_twice_and_places_have_their_price() -> None:
    projection = asked(QUESTIONS[1])
    hits, _ = sums(projection, PlainTerms(VALUES, OWN.__getitem__), 4, lambda: False)
    keys = [tuple(sorted(str(part.key) for part in hit.parts)) for hit in hits]
    assert len(set(keys)) == len(keys) == 4 * 24
    place = {str(one.tree): index for index, one in enumerate(OWN)}
    for hit in hits:
        said = sum(1 + place_bits(place[str(part.argument.tree)]) for part in hit.parts)  # type: ignore[attr-defined]
        assert hit.form_bits == pytest.approx(said)
    assert places_bits(5).tolist() == [place_bits(one) for one in range(5)]


def test_what_an_exact_sum_leaves_is_rounding_and_no_difference_of_squares() -> None:
    terms = PlainTerms(VALUES, OWN.__getitem__)
    y = 1e3 + 2 * VALUES[0] - 3 * VALUES[5] + VALUES[11]
    projection = projected(Question(CONTEXTS[0], True), y, WEIGHTS, ROWS)
    assert projection is not None
    hits, _ = sums(projection, terms, 6, lambda: False)
    assert max(len(hit.parts) for hit in hits) == 3
    assert 0 < min(hit.loss for hit in hits) < 1e-22


@pytest.mark.parametrize(("terms", "most"), [(0, 3), (3, 0), (1, 3)])
def test_few_terms_and_none(terms: int, most: int) -> None:
    hits, looked = sums(asked(QUESTIONS[0]), PlainTerms(VALUES[:terms], OWN.__getitem__), most, lambda: False)
    assert len(hits) == min(terms, most) and (looked > 0) == bool(terms and most)
