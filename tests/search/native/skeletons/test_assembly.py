"""What the screen promises is what the written law leaves; drafts have the target's dimension and allowed operators."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from symreg.formula.expression import Apply, walk
from symreg.formula.saying import said_with
from symreg.search.native.proposal import Draft
from symreg.search.native.refine import Refined
from symreg.search.native.skeletons import Skeletons, catalogue
from symreg.search.native.skeletons.assembly import Assembly
from symreg.search.native.skeletons.part import Chain, Part
from symreg.search.native.skeletons.question import CONTEXTS, IDENTITY, LOGARITHM, Question, projected, terms_written
from symreg.search.native.skeletons.screen import Hit, blocks, screened
from symreg.search.space import SearchSpace
from tests.search.native.skeletons.made import (
    LISTS,
    columns,
    inputs_of_kind,
    named,
    rows_of,
    search_of,
    space_from,
    value_of,
)
from tests.search.setting import has_the_dimension_of_the_target

Floats = npt.NDArray[np.float64]
N_ROWS = 14


def assembly_of(space: SearchSpace, y: Floats, weights: Floats) -> Assembly:
    return Assembly(space, rows_of(space), y, weights)


def values_of(draft: Draft, space: SearchSpace) -> Floats:
    return value_of(draft.expression, space, dict(zip(draft.names, draft.values, strict=True)))


def loss_of(predicted: Floats, y: Floats, weights: Floats) -> float:
    mean = weights @ y / weights.sum()
    return float(weights @ (y - predicted) ** 2 / (weights @ (y - mean) ** 2))


def hits_of(kind: str, y: Floats, weights: Floats, each: int = 2) -> Iterator[Hit]:
    """Hits of all questions for some parts of every list; of factors those that leave more than one row a say."""
    inputs = inputs_of_kind(kind)
    rows = rows_of(inputs.space)
    asked = [one for q in catalogue.questions(inputs) if (one := projected(q, y, weights, rows)) is not None]
    asked = [one for one in asked if np.ptp(np.log(np.abs(one.scale))) < 12]
    for make in LISTS.values():
        parts: list[Part] = list(make(inputs))[::6]
        for held, found in blocks(parts, rows, lambda part: (7, 5, 4)[: part.n_inner]):
            yield from screened(asked, held, found, each)


# -------------------------------------------------------------------------------------------------- what is promised


@pytest.mark.parametrize("kind", ["plain", "signed", "units"])
def test_the_sum_inside_a_context_leaves_what_the_screen_says(kind: str) -> None:
    """Exactly: residuals of h(y) times the slope of y by h."""
    inputs = inputs_of_kind(kind)
    space, y = inputs.space, inputs.space.target
    weights = np.linspace(0.5, 2.0, len(y))
    assembly, looked = assembly_of(space, y, weights), set()
    for hit in hits_of(kind, y, weights):
        draft = assembly.inside(hit)
        assert draft is not None
        assert len(draft.names) == len(draft.values) == hit.n_constants
        question, rows = hit.question, rows_of(space)
        rest = (question.target(y, rows) - values_of(draft, space)) * question.scale(y, rows)
        promised = float(weights @ rest**2 / (weights @ (y - weights @ y / weights.sum()) ** 2))
        assert promised == pytest.approx(hit.loss, rel=1e-3, abs=1e-4), (hit.question.key, hit.parts[0].key)
        looked.add(question.key)
    assert len(looked) >= 10


@pytest.mark.parametrize("kind", ["plain", "signed", "units"])
def test_a_law_of_the_target_itself_leaves_what_the_screen_says(kind: str) -> None:
    """Over a factor and beside companions too."""
    inputs = inputs_of_kind(kind)
    space, y = inputs.space, inputs.space.target
    weights = np.linspace(0.5, 2.0, len(y))
    assembly, looked = assembly_of(space, y, weights), 0
    for hit in hits_of(kind, y, weights):
        if hit.question.context is IDENTITY:
            inside = assembly.inside(hit)
            assert inside is not None
            (whole,) = assembly.whole(hit, inside.values)
            assert loss_of(values_of(whole, space), y, weights) == pytest.approx(hit.loss, rel=1e-3, abs=1e-4)
            looked += 1
    assert looked > 100


UNDONE = {
    "y": lambda h: h, "log": np.exp, "inv": lambda h: 1 / h, "square": np.sqrt, "sqrt": np.square,
    "inv square": lambda h: 1 / np.sqrt(h),
}  # fmt: skip


@pytest.mark.parametrize("context", CONTEXTS, ids=lambda one: one.name)
def test_a_law_in_a_context_leaves_what_the_screen_says_to_first_order(context: Any) -> None:
    """Where it is near: residuals of a thousandth change slopes by as much."""
    inputs = inputs_of_kind("plain")
    space, rows = inputs.space, rows_of(inputs.space)
    x, t = catalogue.singles(inputs)
    weights = np.linspace(0.5, 2.0, len(rows))
    part = next(one for one in catalogue.one_step(inputs) if one.key == (t.tree, None, "exp"))
    grid = part.columns(rows, (12,))
    noise = np.random.default_rng(1).normal(size=len(rows))
    companions = tuple(catalogue.logs(inputs)) if context is LOGARITHM else (x,)
    beside = sum(0.3 * one.values for one in companions)
    column = grid.values[3, 0]
    y = UNDONE[context.name](1.2 + beside + 2 * column / np.abs(column).max()) * (1 + 1e-3 * noise)
    question = Question(context, True, companions)
    asked = projected(question, y, weights, rows)
    assert asked is not None
    hit = screened([asked], [part], [grid], 1)[0]
    assembly = assembly_of(space, y, weights)
    inside = assembly.inside(hit)
    assert inside is not None
    law = assembly.whole(hit, inside.values)[0]
    assert 1e-9 < hit.loss < 1e-4
    assert loss_of(values_of(law, space), y, weights) == pytest.approx(hit.loss, rel=0.02)


@pytest.mark.parametrize("context", CONTEXTS, ids=lambda one: one.name)
def test_questions_write_what_they_ask(context: Any) -> None:
    """``h(law)/f`` is the sum of terms and companions, term by term."""
    inputs = inputs_of_kind("plain")
    space, rows = inputs.space, rows_of(inputs.space)
    x, t = catalogue.singles(inputs)
    parts = [next(iter(catalogue.one_step(inputs))), Chain(t)]
    grid = parts[0].columns(rows, (4,))
    inner, own = grid.constants[0], grid.values[0, 0] / np.abs(grid.values[0, 0]).max()
    coefficients = [0.9 / np.abs(grid.values[0, 0]).max(), 0.4]
    for alone, companions, factor in itertools.product((True, False), ((), (x,)), (None, t)):
        if context is LOGARITHM and (not alone or factor is not None):
            continue  # a product has a factor in front; what stands over an input stands in the product
        question = Question(context, alone, companions, factor)
        numbers = [inner[0], coefficients[0], coefficients[1], *([0.7] * alone), *([0.2] * len(companions))]
        names = [one.name for one in named(len(numbers), "k")]
        terms, left = terms_written(parts, names)
        at = dict(zip(names, numbers, strict=True))
        total = 0.9 * own + 0.4 * t.values + 0.7 * alone + 0.2 * x.values * len(companions)
        assert value_of(question.write_inside(terms, left), space, at) == pytest.approx(total)
        if context is LOGARITHM:
            at[left[0].name] = np.exp(0.7)
        law = value_of(question.write(terms, left), space, at)
        f = 1.0 if factor is None else t.values
        # Beside the identity a factor belongs to the sum, in other contexts to what they are functions of.
        assert context.of(law) == pytest.approx(total * f)


def test_logarithms_are_written_as_powers() -> None:
    inputs = inputs_of_kind("units")
    space, y = inputs.space, inputs.space.target
    logs = tuple(catalogue.logs(inputs))
    part = next(one for one in catalogue.one_step(inputs) if one.key[-1] == "log")
    grid = part.columns(rows_of(space), (5,))
    hit = Hit(Question(LOGARITHM, True, logs), (part,), (grid.constants[1],), 0.1)
    inside = assembly_of(space, y, np.ones_like(y)).inside(hit)
    assert inside is not None
    for law in assembly_of(space, y, np.ones_like(y)).whole(hit, inside.values):
        used = {node.operator for node in walk(law.expression) if isinstance(node, Apply)}
        assert "log" not in used and "exp" not in used and "pow" in used


# ------------------------------------------------------------------------------------------------------- dimensions


def with_units() -> dict[str, Any]:
    """A decay to an offset that another input shifts: with units, and not to be had with pure numbers alone."""
    x, t, noise = columns(N_ROWS)
    y = 4.0 * x * np.exp(-0.8 * t) + 0.7 + 0.01 * noise
    return {"x [cm]": x, "t [min]": t, "y [m]": y}


def drafts_of(search: Skeletons, stages: int) -> Iterator[Draft]:
    """The formulas of so many stages."""
    while search.stages_run < stages and not search.is_done:
        for one in search.run():
            yield one.draft


@pytest.fixture(scope="module", params=["units", "pure numbers"])
def searched(request: pytest.FixtureRequest) -> tuple[Skeletons, list[list[Refined]]]:
    """A search that is done, and what each of its stages found.

    ``x`` has the unit of the target, so that pure numbers would do: units of constants are allowed all the same.
    """
    data = with_units()
    if request.param == "pure numbers":
        data = {f"{name[0]} [1]": values for name, values in data.items()}
    search = search_of(space_from(data, free_constants="auto"))
    found = []
    while not search.is_done:
        found.append(search.run())
    return search, found


def test_every_formula_of_a_search_has_the_dimension_of_the_target(
    searched: tuple[Skeletons, list[list[Refined]]],
) -> None:
    """By the dimension rules alone, with the dimensions of its constants."""
    search, found = searched
    drafts = [one.draft for stage in found for one in stage]
    assert len(drafts) > 300
    for draft in drafts:
        assert has_the_dimension_of_the_target(draft, search.space), draft.expression
        assert len(set(draft.names)) == len(draft.names) == len(draft.codes)
    assert len({code for draft in drafts for code in draft.codes}) > (3 if search.space.target_code else 0)


@pytest.mark.parametrize("free", ["dimensionless", ["1/s", "m"]], ids=str)
def test_where_constants_must_not_carry_any_unit_none_stand_anywhere(free: Any) -> None:
    """The hunts know how to do with pure numbers and with declared units."""
    search = search_of(space_from(with_units(), free_constants=free))
    assert search.is_done
    assert search.due == np.inf
    assert search.near == []


def test_formulas_of_all_stages_are_distinct_and_finite(searched: tuple[Skeletons, list[list[Refined]]]) -> None:
    search, found = searched
    y = search.space.target
    for stage in found:
        expressions = [one.draft.expression for one in stage]
        assert len(set(expressions)) == len(expressions)
        assert all(np.isfinite(one.loss) and np.isfinite(one.draft.values).all() for one in stage)
        assert [one.loss for one in stage] == sorted(one.loss for one in stage)
        for one in stage[:10]:
            values = values_of(one.draft, search.space)
            assert loss_of(values, y, np.ones_like(y)) == pytest.approx(one.loss, rel=1e-6, abs=1e-12)
    assert search.evaluated > 100_000


def test_what_is_near_is_the_best_of_each_number_of_constants(
    searched: tuple[Skeletons, list[list[Refined]]],
) -> None:
    search, found = searched
    for count in {len(one.draft.names) for one in search.near}:
        every = sorted(one.loss for stage in found for one in stage if len(one.draft.names) == count)
        near = [one.loss for one in search.near if len(one.draft.names) == count]
        assert near == every[: len(near)]
        assert len(near) == min(16, len(every))
    assert max(len(one.draft.names) for one in search.near) <= N_ROWS // 2


# -------------------------------------------------------------------------------------------------------- operators


@pytest.mark.parametrize(
    "operators",
    [
        ("+", "-", "*", "/"),
        ("+", "*", "exp"),
        ("+", "-", "*", "/", "sqrt", "log"),
        ("+", "*", "pow"),
        ("+", "-", "*", "sin", "cos"),
    ],
    ids=" ".join,
)
def test_operators_of_a_search_are_those_allowed(operators: tuple[str, ...]) -> None:
    """Each as it is, or as another way to say it: a square is a product."""
    data = {f"{name[0]} [1]": values for name, values in with_units().items()}
    found = list(drafts_of(search_of(space_from(data, operators=operators)), 4))
    assert found
    for draft in found:
        said = said_with(draft.expression, operators, scaled=True)
        assert said is not None, draft.expression
        used = {node.operator for node in walk(said) if isinstance(node, Apply)}
        assert used <= {*operators, "neg", "inv", "*"}, draft.expression  # coefficients may turn out to be 1
