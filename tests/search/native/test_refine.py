"""Fits of proposals in y, and the coefficients that a join cannot see."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from symreg.engine import get_engine
from symreg.formula.expression import Apply, Constant, Expression, Variable, constants_of, evaluate_tree
from symreg.formula.grammar import parse
from symreg.formula.printing import to_text
from symreg.search.native.probes import probes_of, target_at
from symreg.search.native.proposal import Draft, Proposal
from symreg.search.native.refine import RICHEST, Refiner, with_more_coefficients
from symreg.search.space import SearchSpace, search_space
from symreg.units.dimension import Dimension
from tests.search.setting import problem_of

X, Z = Variable("x"), Variable("z")


def space_for(y: np.ndarray, x: np.ndarray, z: np.ndarray) -> SearchSpace:
    problem = problem_of({"x [1]": x, "z [1]": z, "y [1]": y}, "y", test_fraction=0.05)
    return search_space(problem, problem.train_rows)


def columns() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    return rng.uniform(0.5, 2, 100), rng.uniform(0.5, 2, 100)


def refiner(space: SearchSpace) -> Refiner:
    rows = np.arange(len(space.target))
    return Refiner(space, get_engine("auto"), 1, target_at(space, rows), rows)


def draft(text: str, **values: float) -> Draft:
    tree = parse(text, variables=("x", "z"), constants=tuple(values))
    return Draft(tree, tuple(values), tuple(values.values()), (0,) * len(values))


def proposal(text: str, **values: float) -> Proposal:
    own = draft(text, **values)
    return Proposal(5, 1.0, lambda: own, "test")


def test_constants_are_fitted_in_y() -> None:
    x, z = columns()
    space = space_for(3.5 * np.exp(-x) + 0.25 * z, x, z)
    found = refiner(space).refine([proposal("k1*exp(-x) + k2*z", k1=1.0, k2=1.0)], polish=0)
    assert found[0].loss < 1e-25
    assert found[0].draft.values == pytest.approx((3.5, 0.25))
    assert found[0].source == "test"


def test_polishing_finds_what_a_join_cannot_see() -> None:
    """A coefficient inside a sine, and one of a sum that came whole out of the bank."""
    x, z = columns()
    space = space_for(2.0 * np.sin(1.3 * x) * (x + 0.4 * z), x, z)
    rough = [proposal("k1*(sin(x)*(x + z))", k1=1.0)]
    assert refiner(space).refine(rough, polish=0)[0].loss > 1e-3
    best = refiner(space).refine(rough, polish=1)[0]
    assert best.loss < 1e-20
    named = dict(zip(best.draft.names, best.draft.values, strict=True))
    fresh = {"x": np.array([0.6, 1.7]), "z": np.array([1.9, 0.7])}
    wanted = 2.0 * np.sin(1.3 * fresh["x"]) * (fresh["x"] + 0.4 * fresh["z"])
    np.testing.assert_allclose(evaluate_tree(best.draft.expression, fresh | named), wanted, rtol=1e-8)


def test_the_same_formula_is_fitted_once() -> None:
    x, z = columns()
    own = refiner(space_for(x * z, x, z))
    twice = [proposal("k1*x", k1=1.0), proposal("k1*x", k1=2.0)]
    assert len(own.refine(twice, polish=0)) == 1
    assert own.refine(twice, polish=0) == []


def test_what_is_undefined_is_left_out() -> None:
    x, z = columns()
    own = refiner(space_for(x * z, x, z))
    assert own.refine([proposal("k1*log(x - 1)", k1=1.0)], polish=3) == []


def test_the_best_come_first() -> None:
    x, z = columns()
    found = refiner(space_for(x * z, x, z)).refine(
        [proposal("k1*x", k1=1.0), proposal("k1*(x*z)", k1=1.0), proposal("k1*(x/z)", k1=1.0)], polish=0
    )
    assert [one.loss for one in found] == sorted(one.loss for one in found)
    assert to_text(found[0].draft.expression) == "k1*(x*z)"


def test_known_weights_count() -> None:
    """Rows with small sigma decide."""
    from symreg.problem.making import make_problem
    from symreg.tables.table import read_table

    x = np.linspace(1, 2, 60)
    y = np.where(np.arange(60) % 2, 3 * x, 5 * x)
    sigma = np.where(np.arange(60) % 2, 0.01, 10.0)
    table = read_table({"x [1]": x, "y [1]": y, "s [1]": sigma}, target="y", sigma={"y": "s"})
    problem = make_problem(table, inputs=["x"], test_fraction=0.1)
    space = search_space(problem, problem.train_rows)
    found = refiner(space).refine([proposal("k1*x", k1=1.0)], polish=0)
    assert found[0].draft.values[0] == pytest.approx(3.0, abs=1e-4)


def test_another_target_at_other_rows() -> None:
    """A new formula is fitted to the target of the moment, and its loss is over that one."""
    x, z = columns()
    space = space_for(2.0 * x + z, x, z)
    own, rows = refiner(space), np.arange(20)
    assert own.refine([proposal("k1*x + k2*z", k1=1.0, k2=1.0)], polish=0)[0].draft.values == pytest.approx((2.0, 1.0))
    inputs = dict(zip(space.names, space.inputs[:, rows], strict=True))
    own.use(probes_of(5.0 * inputs["x"] * inputs["z"], None), rows)
    found = own.refine([proposal("k1*(x*z)", k1=1.0)], polish=0)[0]
    assert found.loss < 1e-25
    assert found.draft.values == pytest.approx((5.0,))


@pytest.mark.parametrize("floor", [0.0, 10.0])
def test_below_the_floor_the_simplest_is_polished(floor: float) -> None:
    """The best has the smaller loss, but where losses are alike the number of nodes decides."""
    x, z = columns()
    space = space_for(np.sin(1.3 * x) * z, x, z)
    own = refiner(space)
    own.use(replace(own.probes, floor=floor), own.rows)
    rough = [proposal("k1*sin(x)", k1=1.0), proposal("k1*(sin(x)*z)", k1=1.0)]
    found = {to_text(one.draft.expression) for one in own.refine(rough, polish=1)}
    assert found - {"k1*sin(x)", "k1*(sin(x)*z)"} == ({"k1*sin(k2*x)"} if floor else {"k1*(sin(k2*x)*z)"})


def test_predictions_are_the_formulas_values() -> None:
    """One row for each draft, at rows that were not those of the fit."""
    x, z = columns()
    space = space_for(x * z, x, z)
    own = refiner(space)
    own.use(target_at(space, np.arange(10)), np.arange(10))
    rows = np.array([50, 3, 71])
    drafts = [draft("k1*sin(x)", k1=0.7), draft("x + z"), draft("k1*x + k2*z", k1=2.0, k2=-1.0)]
    named = dict(zip(space.names, space.inputs[:, rows], strict=True))
    wanted = [evaluate_tree(one.expression, named | dict(zip(one.names, one.values, strict=True))) for one in drafts]
    found = own.predict(drafts, rows)
    assert found.shape == (3, 3)
    np.testing.assert_allclose(found, wanted, rtol=1e-12)
    assert own.predict([], rows).shape == (0, 3)


TEXTS = ["k1*sin(x)", "k1*(x + z)", "k1*(exp(x) - sin(z))", "k1*(x*z)", "sin(k1*x) + exp(z)", "k1*exp(sin(x + z))"]


@pytest.mark.parametrize("text", TEXTS)
def test_variants_start_from_the_formula_itself(text: str) -> None:
    """New coefficients are one, dimensionless and of new names, and at most a few."""
    own = draft(text, k1=0.7)
    x, z = columns()
    named = {"x": x, "z": z}
    texts = set()
    for richer in with_more_coefficients(own):
        assert richer.names[:1] == ("k1",) and len(set(richer.names)) == len(richer.names) <= RICHEST
        assert set(constants_of(richer.expression)) == set(richer.names)
        assert richer.values == (0.7, *[1.0] * (len(richer.names) - 1))
        assert set(richer.codes) == {0}
        before, after = (
            evaluate_tree(one.expression, named | dict(zip(one.names, one.values, strict=True)))
            for one in (own, richer)
        )
        np.testing.assert_allclose(after, before)
        texts.add(to_text(richer.expression))
    assert len(texts) == len(list(with_more_coefficients(own)))
    assert (text == "k1*(x*z)") == (not texts)


def test_too_rich_a_formula_gets_no_more() -> None:
    own = draft("k1*sin(x) + k2*sin(z) + k3*sin(x*z)", k1=1.0, k2=1.0, k3=1.0)
    assert all(len(one.names) <= RICHEST for one in with_more_coefficients(own))


def test_coefficients_leave_dimensions_alone() -> None:
    """Inside a function or beside a term of a sum: a pure number fits anywhere."""
    from symreg.formula.dimensioning import dimension_of

    length: Expression = Apply("+", (X, Apply("*", (Z, Apply("sin", (Apply("/", (X, Z)),))))))
    own = Draft(Apply("*", (Constant("k1"), length)), ("k1",), (1.0,), (0,))
    metres = {"x": Dimension.of(m=1), "z": Dimension.of(m=1)}
    variants = list(with_more_coefficients(own))
    assert variants
    for richer in variants:
        free = dict.fromkeys(richer.names, Dimension.of())
        assert dimension_of(richer.expression, metres | free) == Dimension.of(m=1)


def test_a_formula_without_constants_is_judged_as_it_is() -> None:
    x, z = columns()
    found = refiner(space_for(x * z, x, z)).refine([proposal("x*z"), proposal("x + z")], polish=0)
    assert [to_text(one.draft.expression) for one in found] == ["x*z", "x + z"]
    assert found[0].loss < 1e-28 < found[1].loss
