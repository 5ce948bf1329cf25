"""Formulas that go on: what a new part explains to first order, and sums chosen term by term."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt
import pytest

from symreg.engine import get_engine
from symreg.formula.grammar import parse
from symreg.search.native.proposal import Draft
from symreg.search.native.skeletons import catalogue
from symreg.search.native.skeletons.argument import Argument, inputs_of
from symreg.search.native.skeletons.growing import BESIDE, ON, grown, places
from symreg.search.native.skeletons.question import CONTEXTS, IDENTITY, Question, projected
from symreg.search.native.skeletons.screen import place_bits, screened
from symreg.search.native.skeletons.sums import PlainTerms, sums
from symreg.search.space import SearchSpace
from tests.search.native.skeletons.made import inputs_of_kind, rows_of, search_of, space_from, value_of

Floats = npt.NDArray[np.float64]
INPUTS = inputs_of_kind("plain", n_rows=40)
SPACE = INPUTS.space
ROWS = rows_of(SPACE)
X, T = SPACE.inputs
WEIGHTS = np.linspace(0.5, 2.0, len(ROWS))


def saturation(k1: float, k2: float) -> Draft:
    return Draft(parse("k1*x/(k2 + x)", variables=("x", "t"), constants=("k1", "k2")), ("k1", "k2"), (k1, k2), (0, 0))


def places_of(draft: Draft, y: Floats, space: SearchSpace = SPACE) -> dict[str, object]:
    found = places(draft, space, get_engine("auto"), ROWS, y, WEIGHTS)
    return {place.at: place for place in found}


def test_a_draft_has_a_place_beside_it_on_it_and_at_each_constant() -> None:
    assert set(places_of(saturation(2.0, 0.8), SPACE.target)) == {BESIDE, ON, "k1", "k2"}
    undefined = Draft(parse("log(k1 - x)", variables=("x",), constants=("k1",)), ("k1",), (1.0,), (0,))
    assert places_of(undefined, SPACE.target) == {}


@pytest.mark.parametrize("at", [BESIDE, ON, "k3"])
def test_constants_of_a_part_are_new_where_a_draft_has_lost_some(at: str) -> None:
    tree = parse("k1*x/(k3 + x)", variables=("x", "t"), constants=("k1", "k3"))
    draft = Draft(tree, ("k1", "k3"), (2.0, 0.8), (0, 0))
    (part,) = itertools.islice((one for one in catalogue.one_step(INPUTS)), 1)
    _, names, values = grown(places_of(draft, SPACE.target)[at], part, np.array([0.5]), ROWS)  # type: ignore[arg-type]
    assert len(set(names)) == len(names) == len(values) > 2


def test_a_fitted_draft_leaves_what_it_leaves() -> None:
    """Its slopes projected out, nothing more is gained by its own constants."""
    y = 2.0 * X / (0.8 + X)
    for place in places_of(saturation(2.0, 0.8), y).values():
        assert place.asked.left == pytest.approx(0.0, abs=1e-20)  # type: ignore[attr-defined]
    off = places_of(saturation(2.01, 0.81), y)[BESIDE]
    assert off.asked.left < 1e-8  # type: ignore[attr-defined]  # of second order


GROWTHS = {
    BESIDE: lambda part: 2.0 * X / (0.8 + X) + 1e-4 * part,
    ON: lambda part: 2.0 * X / (0.8 + X) * (1 + 1e-4 * part),
    "k1": lambda part: (2.0 + 1e-4 * part) * X / (0.8 + X),
    "k2": lambda part: 2.0 * X / (0.8 + 1e-4 * part + X),
}


@pytest.mark.parametrize("at", GROWTHS)
def test_a_part_that_is_missing_is_found_at_its_place(at: str) -> None:
    """To first order its coefficient too; the tree has the draft's names and new ones."""
    part = next(one for one in catalogue.one_step(INPUTS) if one.key[1:] == (None, "exp") and one.inputs == {1})
    grid = part.columns(ROWS, (8,))
    chosen = 5
    y = GROWTHS[at](grid.values[chosen, 0] / np.abs(grid.values[chosen, 0]).max())
    place = places_of(saturation(2.0, 0.8), y)[at]
    (hit,) = screened([place.asked], [part], [grid], 1)  # type: ignore[attr-defined]
    assert hit.loss < 1e-3 * place.asked.left  # type: ignore[attr-defined]
    assert hit.inner[0] == pytest.approx(grid.constants[chosen])
    tree, names, values = grown(place, part, hit.inner[0], ROWS)  # type: ignore[arg-type]
    assert names == ("k1", "k2", "k3", "k4")
    found = value_of(tree, SPACE, dict(zip(names, map(float, values), strict=True)))
    assert np.linalg.norm(found - y) < 0.05 * np.linalg.norm(y - 2.0 * X / (0.8 + X))


@pytest.mark.parametrize("wave", [True, False])
def test_what_grows_beside_a_sum_leaves_what_the_screen_says(wave: bool) -> None:
    """Beside a formula that is linear in its constants first order is all there is."""
    parts = list(catalogue.waves(INPUTS) if wave else catalogue.one_step(INPUTS))[:12]
    tree = parse("k1*x + k2", variables=("x",), constants=("k1", "k2"))
    y = SPACE.target
    draft = Draft(tree, ("k1", "k2"), (0.1, 0.2), (0, 0))
    place = places_of(draft, y)[BESIDE]
    for part in parts:
        grid = part.columns(ROWS, (6,))
        for hit in screened([place.asked], [part], [grid], 1):  # type: ignore[attr-defined]
            design = np.array([X, np.ones_like(X), *part.at(ROWS, hit.inner[0])]) * np.sqrt(WEIGHTS)
            target = y * np.sqrt(WEIGHTS)
            rest = target - np.linalg.lstsq(design.T, target, rcond=1e-13)[0] @ design
            total = WEIGHTS @ (y - WEIGHTS @ y / WEIGHTS.sum()) ** 2
            assert hit.loss == pytest.approx(rest @ rest / total, rel=1e-6)


# ------------------------------------------------------------------------------------------------------------- sums


def plain_terms() -> tuple[list[Argument], PlainTerms]:
    own = catalogue.plain_terms(INPUTS)[:60]
    return own, PlainTerms(np.array([one.values for one in own]), own.__getitem__)


def left(y: Floats, question: Question, *terms: Floats) -> float:
    """By least squares in the target as the question sees it."""
    scale = question.context.slope(y) * np.sqrt(WEIGHTS)
    design = np.array([*([np.ones_like(y)] * question.has_constant), *terms]) * scale
    target = question.context.of(y) * scale
    sizes = np.linalg.norm(design, axis=1, keepdims=True)
    rest = target - np.linalg.lstsq((design / sizes).T, target, rcond=1e-13)[0] @ (design / sizes)
    return float(rest @ rest / (WEIGHTS @ (y - WEIGHTS @ y / WEIGHTS.sum()) ** 2))


@pytest.mark.parametrize("context", CONTEXTS[:4], ids=lambda one: one.name)
def test_the_best_single_terms_and_pairs_are_those_of_least_squares(context: object) -> None:
    y = SPACE.target
    question = Question(context, True)  # type: ignore[arg-type]
    asked = projected(question, y, WEIGHTS, ROWS)
    assert asked is not None
    own, terms = plain_terms()
    hits, looked = sums(asked, terms, 2, lambda: False)
    assert looked >= len(own)
    for size in (1, 2):
        chosen = itertools.combinations(range(len(own)), size)
        # The shortest is looked for: what rows and terms cost, a term more the later it stands.
        def bits(one: tuple[int, ...]) -> float:
            rows = 0.5 * len(y) * np.log2(left(y, question, *(own[i].values for i in one)))
            return float(rows + sum(1 + place_bits(i) for i in one))

        least = min(bits(one) for one in chosen)
        best = min((hit for hit in hits if len(hit.parts) == size), key=lambda hit: hit.bits(len(y)))
        assert best.bits(len(y)) == pytest.approx(least, abs=1e-3)
        again = left(y, question, *(part.at(ROWS, np.empty(0))[0] for part in best.parts))
        assert best.loss == pytest.approx(again, rel=1e-6)


def test_a_polynomial_comes_out_of_the_first_stage() -> None:
    x, t = np.random.default_rng(5).uniform(-2.0, 3.0, (2, 60))
    y = 1 + 2 * x - x**2 + 0.3 * x**3 + t
    search = search_of(space_from({"x [1]": x, "t [1]": t, "y [1]": y}))
    assert search.run()[0].loss < 1e-20


def test_a_regression_of_five_inputs_comes_out() -> None:
    x = np.random.default_rng(6).normal(size=(5, 60))
    y = 0.4 + x[0] - 2 * x[1] + 3 * x[2] - x[3] + 0.5 * x[4]
    inputs = inputs_of(space_from({f"x{place} [1]": one for place, one in enumerate(x)} | {"y [1]": y}))
    own = catalogue.plain_terms(inputs)
    asked = projected(Question(IDENTITY, True), y, np.ones_like(y), np.arange(60))
    assert asked is not None
    hits, _ = sums(asked, PlainTerms(np.array([one.values for one in own]), own.__getitem__), 6, lambda: False)
    best = min(hits, key=lambda hit: hit.loss)
    assert best.loss < 1e-12
    assert {part.inputs for part in best.parts} == {frozenset({place}) for place in range(5)}


def test_longer_sums_are_not_looked_for_where_nothing_is_left() -> None:
    _, terms = plain_terms()
    y = 2 * X + 3 * T - 1
    asked = projected(Question(IDENTITY, True), y, WEIGHTS, ROWS)
    assert asked is not None
    hits, _ = sums(asked, terms, 6, lambda: False)
    assert max(len(hit.parts) for hit in hits) == 2
