"""Grafts: what the residuals ask for is what a fit of everything would have chosen."""

from __future__ import annotations

import numpy as np
import pytest

from symreg.engine import get_engine
from symreg.formula.expression import Apply, Constant, evaluate_tree
from symreg.formula.grammar import parse
from symreg.search.native.evolution import graft
from symreg.search.native.evolution.graft import Grafter
from symreg.search.native.evolution.supplies import Supplies, supplies_of
from symreg.search.native.evolution.typed_tree import parts_of
from symreg.search.native.probes import target_at
from symreg.search.native.proposal import Draft
from symreg.search.native.refine import Refiner, fitted_drafts
from symreg.search.space import SearchSpace
from tests.search.setting import has_the_dimension_of_the_target, setting

ENGINE = get_engine("auto")


def laid_out(target: str, **options: object) -> tuple[SearchSpace, Supplies, Grafter, Refiner]:
    rng = np.random.default_rng(5)
    a, b, c = (rng.uniform(0.5, 2.5, 120) for _ in range(3))
    y = evaluate_tree(parse(target, variables=("a", "b", "c"), constants=()), {"a": a, "b": b, "c": c})
    one = setting({"a [1]": a, "b [1]": b, "c [1]": c, "y [1]": y}, "y", 108, **options)
    for size in (1, 2, 3):
        one.bank.request_all(size)
    rows = np.arange(len(one.space.target))
    supplies = supplies_of(one.bank, one.space, ENGINE, rows, most=300)
    probes = target_at(one.space, rows)
    grafter = Grafter(one.space, ENGINE, supplies, np.ascontiguousarray(one.space.inputs), probes)
    return one.space, supplies, grafter, Refiner(one.space, ENGINE, 1, probes, rows)


@pytest.fixture(autouse=True)
def first_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Always the best, whatever it costs to write."""
    monkeypatch.setattr(graft, "FIRST_CHOICE", 1.0)


def test_a_term_of_the_whole_is_the_one_that_least_squares_chooses() -> None:
    """Of all supplies, tried one by one beside the terms that are there."""
    space, supplies, grafter, refiner = laid_out("a*b + sin(3*c) + 1/(b + c)")
    supplies.bits[:] = 0.0
    k1, k2 = Constant("k1"), Constant("k2")
    start = Draft(Apply("+", (Apply("*", (k1, space.leaves[0])), k2)), ("k1", "k2"), (1.0, 0.0), (0, 0))
    fitted = fitted_drafts(refiner, [start])[0][0]
    grown = grafter.term(fitted, parts_of(fitted, space)[-1], np.random.default_rng(0))
    assert grown is not None
    losses = []
    for row in supplies.values:
        design = np.stack([space.inputs[0], np.ones_like(row), row], axis=1)
        solution, *_ = np.linalg.lstsq(design, space.target, rcond=1e-10)
        losses.append(float(np.mean((design @ solution - space.target) ** 2) / space.target.var()))
    best = fitted_drafts(refiner, [grown])[0][1]
    assert best <= min(losses) * (1 + 1e-9)  # a curve's own constants may be fitted still better


def test_a_factor_inside_a_formula_is_found() -> None:
    """``a/(1 + 0.5*b)`` lacks its denominator's ``c``."""
    space, _, grafter, refiner = laid_out("a/(1 + b*(1 + 0.3*c))")
    k1, k2 = Constant("k1"), Constant("k2")
    below = Apply("+", (k1, Apply("*", (k2, space.leaves[1]))))
    start = Draft(Apply("/", (space.leaves[0], below)), ("k1", "k2"), (1.0, 1.0), (0, 0))
    fitted, loss = fitted_drafts(refiner, [start])[0]
    place = next(part for part in parts_of(fitted, space) if part.tree == space.leaves[1])
    grown = grafter.factor(fitted, place, np.random.default_rng(0))
    assert grown is not None
    again = fitted_drafts(refiner, [grown])[0][1]
    assert again < 1e-3 * loss


def test_nothing_is_grafted_on_what_is_exact() -> None:
    space, _, grafter, refiner = laid_out("2*a*b")
    tree = Apply("*", (Constant("k1"), Apply("*", space.leaves[:2])))
    fitted = fitted_drafts(refiner, [Draft(tree, ("k1",), (1.0,), (0,))])[0][0]
    rng = np.random.default_rng(0)
    grown = grafter.term(fitted, parts_of(fitted, space)[-1], rng)
    assert grown is None or fitted_drafts(refiner, [grown])[0][1] < 1e-20


def test_coefficients_carry_only_what_they_may() -> None:
    """A length beside a length: of supplies with other dimensions none is taken; where any unit may be, all are."""
    rng = np.random.default_rng(2)
    x, t = rng.uniform(1, 2, 60), rng.uniform(1, 2, 60)
    for policy in ("dimensionless", "inferred"):
        data = {"x [m]": x, "t [s]": t, "y [m]": 2 * x + 0.5 * t}
        one = setting(data, "y", free_constants=policy)
        for size in (1, 2, 3):
            one.bank.request_all(size)
        rows = np.arange(len(one.space.target))
        supplies = supplies_of(one.bank, one.space, ENGINE, rows)
        grafter = Grafter(
            one.space, ENGINE, supplies, np.ascontiguousarray(one.space.inputs), target_at(one.space, rows)
        )
        draft = Draft(Apply("*", (Constant("k1"), one.space.leaves[0])), ("k1",), (2.0,), (0,))
        grown = grafter.term(draft, parts_of(draft, one.space)[-1], np.random.default_rng(0))
        if policy == "inferred":
            assert grown is not None and any(grown.codes)
        if grown is not None:
            assert has_the_dimension_of_the_target(grown, one.space)
