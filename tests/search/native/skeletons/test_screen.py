"""The screen against plain least squares, column by column: what a part leaves of a question is what lstsq leaves."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pytest

from symreg.search.native.skeletons import catalogue
from symreg.search.native.skeletons.part import Columns, Part
from symreg.search.native.skeletons.question import (
    CONTEXTS,
    IDENTITY,
    LOGARITHM,
    Projected,
    Question,
    orthonormal,
    projected,
)
from symreg.search.native.skeletons.screen import blocks, losses_of, screened
from tests.search.native.skeletons.made import columns as made_columns
from tests.search.native.skeletons.made import inputs_of_kind, rows_of

Floats = npt.NDArray[np.float64]
INPUTS = inputs_of_kind("plain")
ROWS = rows_of(INPUTS.space)
Y = INPUTS.space.target
WEIGHTS = {"alike": np.ones_like(Y), "weighed": np.linspace(0.2, 3.0, len(Y))}
PARTS: dict[str, list[Part]] = {
    "one column": list(catalogue.one_step(INPUTS))[::5],
    "two columns": [*list(catalogue.waves(INPUTS))[:3], *list(catalogue.damped_waves(INPUTS))[:3]],
}


def asked(question: Question, weights: Floats) -> Projected:
    found = projected(question, Y, weights, ROWS)
    assert found is not None
    return found


def left_by_least_squares(question: Question, weights: Floats, *values: Floats) -> float:
    """The weighted sum of squares that companions and these columns leave, over the target's about its mean.

    From first principles: residuals of ``h(y)``, times the slope dy/dh, are residuals of y to first order.
    """
    context, factor = question.context, question.factor
    f = np.ones_like(Y) if factor is None else factor.values
    scale = np.sqrt(weights) * f * context.slope(Y)
    beside = [np.ones_like(Y)] * question.has_constant + [one.values for one in question.companions]
    design = np.array([*beside, *values]) * scale
    target = scale * context.of(Y) / f
    sizes = np.linalg.norm(design, axis=1, keepdims=True)
    solution = np.linalg.lstsq((design / sizes).T, target, rcond=1e-13)[0]
    rest = target - solution @ (design / sizes)
    mean = weights @ Y / weights.sum()
    return float(rest @ rest / (weights @ (Y - mean) ** 2))


def kinds_of_questions() -> list[Question]:
    """Each context, with a constant and without, with companions and over a factor."""
    x, t = catalogue.singles(INPUTS)
    squares = [one for place in INPUTS.places for one in INPUTS.powers(place)]
    found = [Question(one, alone) for one, alone in itertools.product(CONTEXTS, (True, False))]
    found += [Question(one, True, (x, t)) for one in CONTEXTS[:3]]
    found += [Question(IDENTITY, False, (squares[0],)), Question(IDENTITY, True, (), x)]
    found += [Question(IDENTITY, True, (t,), squares[1]), Question(LOGARITHM, True, tuple(catalogue.logs(INPUTS)))]
    return found


@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize("which", PARTS)
def test_every_column_leaves_what_least_squares_leaves(which: str, weights: str) -> None:
    questions = kinds_of_questions()
    w = WEIGHTS[weights]
    looked = 0
    for part in PARTS[which]:
        found = part.columns(ROWS, (6, 4)[: part.n_inner]).values[::3]
        losses = losses_of([asked(one, w) for one in questions], found)
        assert losses.shape == (len(questions), len(found))
        for place, question in enumerate(questions):
            for column, loss in zip(found, losses[place], strict=True):
                if np.isfinite(loss):
                    # Sums of squares are differences here: they hold to some ten digits of what is there at first.
                    start, plain = asked(question, w).left, left_by_least_squares(question, w, *column)
                    assert loss == pytest.approx(plain, rel=1e-5, abs=1e-5 * start)
                    looked += 1
    assert looked > 1_000


@pytest.mark.parametrize("question", kinds_of_questions(), ids=lambda one: str(one.key[:2]))
def test_what_companions_leave_is_what_least_squares_leaves(question: Question) -> None:
    for w in WEIGHTS.values():
        if question.n_outer:
            assert asked(question, w).left == pytest.approx(left_by_least_squares(question, w), rel=1e-9)


@pytest.mark.parametrize("which", PARTS)
def test_a_column_that_says_nothing_new_is_refused(which: str) -> None:
    """A companion itself, or twice one column: infinitely bad, not a division by rounding."""
    x, t = catalogue.singles(INPUTS)
    question = asked(Question(IDENTITY, True, (x, t)), WEIGHTS["weighed"])
    own = 2 * x.values + 3 * t.values - 1
    new = np.sin(x.values)
    values = np.array([[own], [np.ones_like(Y)], [x.values]])
    if which == "two columns":
        values = np.array([[own, new], [new, 3 * new], [x.values, t.values]])
    assert (losses_of([question], values) == np.inf).all()


def test_a_law_that_is_there_leaves_nothing() -> None:
    """Of a target that is a part beside companions, in every context, the screen says so."""
    x, t = catalogue.singles(INPUTS)
    column = np.exp(-0.7 * t.values)
    undone = {
        "y": lambda h: h, "log": np.exp, "inv": lambda h: 1 / h, "square": np.sqrt, "sqrt": np.square,
        "inv square": lambda h: 1 / np.sqrt(h),
    }  # fmt: skip
    for context in CONTEXTS:
        y = undone[context.name](0.4 + 0.2 * x.values + 1.5 * column)
        question = projected(Question(context, True, (x,)), y, np.ones_like(y), ROWS)
        assert question is not None
        assert losses_of([question], column[None, None, :])[0, 0] < 1e-12
        assert question.left > 1e-4


def test_each_question_gets_its_best_parts_at_their_best_constants() -> None:
    questions = [asked(one, WEIGHTS["weighed"]) for one in kinds_of_questions()]
    held, columns = next(blocks(catalogue.one_step(INPUTS), ROWS, lambda part: (7,)))
    hits = screened(questions, held, columns, each=4)
    for question in questions:
        by_part = [float(losses_of([question], one.values).min()) for one in columns]
        own = [hit for hit in hits if hit.question is question.question]
        wanted = sorted(loss for loss in by_part if np.isfinite(loss))[:4]
        assert [hit.loss for hit in own] == pytest.approx(wanted, rel=1e-9, abs=1e-12)
        for hit in own:
            (part,), (inner,) = hit.parts, hit.inner
            again = losses_of([question], part.at(ROWS, inner)[None])[0, 0]
            assert again == pytest.approx(hit.loss, rel=1e-6, abs=1e-9 * question.left)
            assert hit.n_constants == question.question.n_outer + 2


def test_blocks_leave_no_part_out_and_mix_no_widths() -> None:
    parts: list[Part] = [*catalogue.one_step(INPUTS), *catalogue.waves(INPUTS), *catalogue.one_step(INPUTS)]
    met: list[object] = []
    for held, columns in blocks(parts, ROWS, lambda part: (5,)):
        assert len({one.values.shape[1] for one in columns}) == 1
        assert all(len(one.values) for one in columns)
        met += [part.key for part in held]
    assert met == [part.key for part in parts if len(part.columns(ROWS, (5,)).values)]


# ------------------------------------------------------------------------------------------------------ questions


@pytest.mark.parametrize("context", CONTEXTS, ids=lambda one: one.name)
def test_contexts_know_their_slopes(context: object) -> None:
    """By central differences: dy/dh = 1/(dh/dy), but for its sign."""
    y = np.linspace(0.3, 4.0, 50)
    step = 1e-5 * y
    by_differences = 2 * step / (context.of(y + step) - context.of(y - step))  # type: ignore[attr-defined]
    assert np.abs(by_differences) == pytest.approx(context.slope(y), rel=1e-6)  # type: ignore[attr-defined]


def test_a_context_that_is_undefined_somewhere_asks_nothing() -> None:
    y = np.array([1.0, 0.0, -2.0, 3.0])
    rows = np.arange(4)
    defined = {
        one.name: projected(Question(one, True), y, np.ones(4), rows) is not None for one in CONTEXTS
    }
    assert defined == {"y": True, "log": False, "inv": False, "square": False, "sqrt": False, "inv square": False}


def test_a_basis_leaves_out_what_hangs_on_earlier_columns() -> None:
    x, t, z = made_columns(30)
    basis = orthonormal(np.array([np.ones(30), x, 2 * x - 3, t, 1e6 * t + x, 1e-9 * z]))
    assert basis.shape == (30, 4)
    assert basis.T @ basis == pytest.approx(np.eye(4), abs=1e-12)
    for column in (x, t, z):
        assert basis @ (basis.T @ column) == pytest.approx(column, rel=1e-9)
    assert orthonormal(np.empty((0, 30))).shape == (30, 0)


def test_weights_that_are_alike_weigh_nothing() -> None:
    """A scale common to all of them leaves losses as they are."""
    values = np.concatenate([part.columns(ROWS, (6,)).values for part in PARTS["one column"][:10]])
    w = WEIGHTS["weighed"]
    for question in kinds_of_questions():
        one, other = (losses_of([asked(question, scale * w)], values) for scale in (1.0, 1e-6))
        assert one == pytest.approx(other, rel=1e-7, abs=1e-12)


def test_a_part_that_says_nothing_is_no_hit() -> None:
    held = PARTS["one column"][:2]
    columns = [part.columns(ROWS, (6,)) for part in held]
    flat = Columns(np.zeros((1, 1)), np.ones((1, 1, len(ROWS))))
    question = asked(Question(IDENTITY, True), WEIGHTS["alike"])
    hits = screened([question], [*held, held[0]], [*columns, flat], 9)
    assert len(hits) == 2 and all(np.isfinite(hit.loss) for hit in hits)


def test_two_columns_next_to_companions_are_not_judged_by_rounding() -> None:
    """A factor ``x**-5`` with ``x`` near zero leaves one row: sines of x say nothing beside the constant there."""
    inputs = inputs_of_kind("signed")
    y = inputs.space.target
    (factor,) = inputs.powers(0, (Fraction(-5),))
    question = projected(Question(IDENTITY, True, (), factor), y, np.ones_like(y), rows_of(inputs.space))
    assert question is not None
    for wave in list(catalogue.waves(inputs))[:2]:
        for pair, loss in zip(values := wave.columns(ROWS, (7,)).values, losses_of([question], values)[0], strict=True):
            scaled = pair * question.scale
            rest = scaled - (scaled @ question.basis) @ question.basis.T
            if (np.linalg.norm(rest, axis=1) < 1e-6 * np.linalg.norm(scaled, axis=1)).any():
                assert loss == np.inf


def test_columns_too_large_for_their_scale_are_none() -> None:
    """A part's columns may reach 1e100, and slopes by a constant, at whose place it is tried, as much."""
    question = asked(Question(IDENTITY, True), WEIGHTS["alike"])
    large = replace(question, scale=1e80 * question.scale)
    assert losses_of([large], 1e99 * PARTS["one column"][0].columns(ROWS, (4,)).values).max() == np.inf
