"""Smaller questions have the same answer: what stands in front, what enters together, and Pi groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from symreg.formula.dimensioning import dimension_of
from symreg.formula.expression import Constant, Variable, evaluate_tree, substitute, variables_of
from symreg.formula.grammar import parse
from symreg.search.native.proposal import Draft
from symreg.search.native.questions.nondimensional import without_dimensions
from symreg.search.native.questions.reduction import Reduction, whole_question
from symreg.search.native.questions.smoothing import smoother_of
from symreg.search.native.questions.together import taken_together
from symreg.search.native.reductions import reductions_of
from symreg.search.native.settings import Native
from symreg.search.space import SearchSpace, search_space
from tests.search.setting import problem_of

Floats = np.ndarray


def space_of(data: Mapping[str, Floats], **options: object) -> SearchSpace:
    problem = problem_of(data, list(data)[-1].split(" ")[0], **options)
    return search_space(problem, problem.train_rows)


def question(space: SearchSpace) -> Reduction:
    smoother = smoother_of(space, np.arange(len(space.target)))
    assert smoother is not None
    return whole_question(space, smoother)


def holds(found: Reduction, space: SearchSpace) -> None:
    """Front times the rest is the target, leaves mean what their values are, and dimensions fit."""
    named = dict(zip(space.names, space.inputs, strict=True)) | space.known
    assert found.values * found.space.target == pytest.approx(space.target, rel=1e-9)
    front = np.broadcast_to(evaluate_tree(found.front, named), space.target.shape)
    assert front == pytest.approx(found.values, rel=1e-9)
    dimensions = {
        leaf.name: space.coding.decode(code)
        for leaf, code in zip(space.leaves, space.codes, strict=True)
        if isinstance(leaf, Variable | Constant)
    }
    for leaf, code, row in zip(found.space.leaves, found.space.codes, found.space.values, strict=True):
        tree = substitute(leaf, dict(found.meaning))
        assert np.broadcast_to(evaluate_tree(tree, named), row.shape) == pytest.approx(row, rel=1e-9)
        assert space.coding.encode(dimension_of(tree, dimensions)) == code
    rest = found.space.target_code
    assert space.coding.encode(dimension_of(found.front, dimensions)) + rest == space.target_code


def uniform(count: int, n_rows: int = 1500, seed: int = 0) -> Floats:
    return np.random.default_rng(seed).uniform(1, 2, (count, n_rows))


def noisy(y: Floats, noise: float, seed: int = 1) -> Floats:
    return np.asarray(y + noise * y.std() * np.random.default_rng(seed).normal(size=len(y)))


TOGETHER = {
    "difference": ("a [m]", "b [m]", lambda a, b, c: np.exp(-((a - b) ** 2)) + c, "b - a"),
    "sum": ("a [m]", "b [m]", lambda a, b, c: c / (c + np.log(a + b)), "a + b"),
    "squares": ("a [m]", "b [m]", lambda a, b, c: np.sqrt(1 + a * a + b * b) * np.sin(c), "a**2 + b**2"),
    "difference of squares": ("a [m]", "b [m]", lambda a, b, c: np.exp(0.3 * (a * a - b * b)) + c, "b**2 - a**2"),
    "inverses": ("a [m]", "b [m]", lambda a, b, c: np.exp(1 / a + 1 / b) + c, "1/a + 1/b"),
    "product": ("a [m]", "b [s]", lambda a, b, c: np.sin(a * b) + c, "a*b"),
    "ratio": ("a [m]", "b [s]", lambda a, b, c: np.exp(-a / b) + c, "a/b"),
    "square and product": ("a [m]", "b [s]", lambda a, b, c: np.exp(-a * b * b / 3) + c, "a*b**2"),
}  # fmt: skip


@pytest.mark.parametrize("noise", [0.0, 0.05])
@pytest.mark.parametrize("kind", TOGETHER)
def test_two_inputs_enter_together(kind: str, noise: float) -> None:
    first, second, law, combination = TOGETHER[kind]
    a, b, c = uniform(3, 3000)
    data = {first: a, second: b, "c [1]": c, "y [1]": noisy(law(a, b, c), noise)}
    space = space_of(data, free_constants="inferred")
    found = taken_together(question(space))
    assert found is not None
    holds(found, space)
    meant = parse(combination, variables=("a", "b"))
    values = evaluate_tree(meant, {"a": a, "b": b})[: len(space.target)]
    assert len(found.meaning) == 1 and found.space.n_inputs == 2
    tree = next(iter(found.meaning.values()))
    own = evaluate_tree(tree, dict(zip(space.names, space.inputs, strict=True)))
    train = evaluate_tree(meant, dict(zip(space.names, space.inputs, strict=True)))
    # The combination itself, its opposite or its inverse.
    ratios = [np.ptp(own / train), np.ptp(own * train)]
    assert min(ratios) < 1e-9 * np.abs(values).max() + 1e-9


@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_inputs_that_do_not_enter_together_stay_apart(noise: float) -> None:
    a, b, c = uniform(3, 3000)
    data = {"a [m]": a, "b [m]": b, "c [m]": c, "y [1]": noisy(np.sin(a * a) + b * c**1.5 + a * b, noise)}
    assert taken_together(question(space_of(data, free_constants="inferred"))) is None


def test_dimensions_forbid_what_makes_no_sense() -> None:
    """The numbers enter as a sum; metres and seconds have none."""
    a, b, c = uniform(3)
    data = {"a [m]": a, "b [s]": b, "c [1]": c, "y [1]": np.exp(a + b) * (1 + c * (a + b))}
    found = taken_together(question(space_of(data, free_constants="inferred")))
    assert found is None or all("+" not in str(tree) for tree in found.meaning.values())


def test_operators_that_are_not_allowed_make_no_leaf() -> None:
    a, b, c = uniform(3)
    data = {"a [1]": a, "b [1]": b, "c [1]": c, "y [1]": np.exp(a - b) + c}
    space = space_of(data, operators=("+", "*", "/", "exp"))
    found = taken_together(question(space))
    assert found is None or "-" not in {getattr(tree, "operator", "") for tree in found.meaning.values()}


def test_a_difference_of_angles_is_an_angle() -> None:
    p, q, c = uniform(3)
    data = {"p [rad]": 3 * p, "q [rad]": 3 * q, "c [m]": c, "y [m]": c + np.cos(3 * p - 3 * q) * c**2}
    space = space_of(data, free_constants="inferred")
    found = taken_together(question(space))
    assert found is not None
    holds(found, space)
    assert [str(found.space.leaves[index].name) for index in found.space.angles] == [next(iter(found.meaning)).name]


def gravity(n_rows: int, noise: float) -> dict[str, Floats]:
    rng = np.random.default_rng(0)
    G, m1, m2 = rng.uniform(1, 2, (3, n_rows))
    x1, y1 = rng.uniform(1, 2, (2, n_rows))
    x2, y2 = rng.uniform(3, 4, (2, n_rows))
    F = G * m1 * m2 / ((x2 - x1) ** 2 + (y2 - y1) ** 2)
    return {
        "G [m**3/kg/s**2]": G, "m1 [kg]": m1, "m2 [kg]": m2,
        "x1 [m]": x1, "y1 [m]": y1, "x2 [m]": x2, "y2 [m]": y2, "F [N]": noisy(F, noise),
    }  # fmt: skip


@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_gravity_becomes_small(noise: float) -> None:
    """Masses in front, positions by their differences: one number is left of seven inputs."""
    space = space_of(gravity(4000, noise))
    found = reductions_of(Native(), space, question(space).smoother)
    for one in found:
        holds(one, space)
    assert found[0].front == parse("G*m1*m2", variables=space.names)
    assert found[0].space.n_inputs == 1


@pytest.mark.parametrize("mechanism", ["peeling", "together", "groups"])
def test_reductions_can_be_switched_off(mechanism: str) -> None:
    data = gravity(1500, 0.0)
    if mechanism == "groups":  # of a square there would be nothing left to divide
        data["F [N]"] = data["F [N]"] * (1 + np.sin(data["x1 [m]"] / data["x2 [m]"]))
    space = space_of(data)
    found = reductions_of(Native(without=(mechanism,)), space, question(space).smoother)
    whole = reductions_of(Native(), space, question(space).smoother)
    assert (found[-1].front, found[-1].space.leaves) != (whole[-1].front, whole[-1].space.leaves)
    assert reductions_of(Native(without=("peeling", "together", "groups")), space, question(space).smoother) == []


def test_nothing_is_reduced_without_a_surface() -> None:
    assert reductions_of(Native(), space_of(gravity(1500, 0.0)), None) == []


def test_pi_groups_take_the_place_of_dimensions() -> None:
    v, c, m, theta = uniform(4)
    E = m * (3 * c) ** 2 * np.cos(theta * v / c)
    data = {"v [m/s]": v, "c [m/s]": 3 * c, "m [kg]": m, "theta [rad]": theta, "E [J]": E}
    space = space_of(data)
    found = without_dimensions(question(space))
    assert found is not None
    holds(found, space)
    assert found.space.n_inputs == 2
    assert [found.space.leaves[index] for index in found.space.angles] == [Variable("theta")]


@pytest.mark.parametrize(
    ("data", "options"),
    [
        ({"a [1]": 0, "b [1]": 1, "y [1]": 2}, {}),  # nothing carries a dimension
        ({"a [m]": 0, "b [m]": 1, "y [m]": 2}, {"free_constants": "inferred"}),  # a coefficient may carry one
        ({"a [m]": 0, "b [s]": 1, "y [m/s]": 2}, {}),  # a product of powers is all there can be
    ],
)
def test_pi_groups_are_of_no_use(data: dict[str, int], options: dict[str, object]) -> None:
    rows = uniform(3)
    space = space_of({name: rows[index] for name, index in data.items()}, **options)
    assert without_dimensions(question(space)) is None


def test_a_draft_for_the_rest_is_one_for_the_target() -> None:
    space = space_of(gravity(1500, 0.0))
    found = reductions_of(Native(), space, question(space).smoother)[-1]
    leaf = found.space.leaves[0]
    draft = Draft(leaf, (), (), ())
    whole = found.whole(draft)
    named = dict(zip(space.names, space.inputs, strict=True))
    rows = np.arange(50)
    values = np.broadcast_to(evaluate_tree(whole.expression, named), space.target.shape)
    assert values[rows] == pytest.approx((found.values * found.space.values[0])[rows], rel=1e-9)
    assert set(variables_of(whole.expression)) <= set(space.names)


def test_a_wrong_guess_is_noticed() -> None:
    """A surface over a + b leaves a pattern where the law is not one of a + b, however small."""
    a, b, c = uniform(3, 6000)
    y = noisy(np.exp(0.3 * (a + b)) + c + 0.15 * a * b, 0.02)
    space = space_of({"a [1]": a, "b [1]": b, "c [1]": c, "y [1]": y})
    whole = question(space)
    smaller = replace(
        space, leaves=(Variable("s"), *space.leaves[2:]), codes=(0, *space.codes[2:]), n_inputs=2,
        values=np.ascontiguousarray([space.values[0] + space.values[1], *space.values[2:]]),
    )  # fmt: skip
    assert whole.smoother_over(smaller) is None
