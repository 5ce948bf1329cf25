"""Pure powers are taken out of the search where the data show them, and nothing else is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from symreg.formula.dimensioning import dimension_of
from symreg.formula.expression import Constant, Variable, evaluate_tree
from symreg.formula.grammar import parse
from symreg.search.native.probes import probes_of, smoothed_probes
from symreg.search.native.questions.peel import pure_powers, without_powers
from symreg.search.native.questions.reduction import Reduction, whole_question
from symreg.search.native.questions.smoothing import Smoother, smoother_of
from symreg.search.space import SearchSpace, search_space
from tests.search.setting import problem_of

Floats = np.ndarray


def space_of(data: Mapping[str, Floats], **options: object) -> tuple[SearchSpace, Smoother]:
    """A space of all training rows and its smoother; the target is the last column."""
    problem = problem_of(data, list(data)[-1].split(" ")[0], **options)
    space = search_space(problem, problem.train_rows)
    smoother = smoother_of(space, np.arange(len(space.target)))
    assert smoother is not None
    return space, smoother


def peeled_space(space: SearchSpace, smoother: Smoother) -> Reduction | None:
    return without_powers(whole_question(space, smoother))


def peel(data: Mapping[str, Floats], **options: object) -> Reduction | None:
    return peeled_space(*space_of(data, **options))


def gravity(n_rows: int, noise: float, seed: int = 0) -> dict[str, Floats]:
    """Newton's law in the plane; the masses and the constant stand in front."""
    rng = np.random.default_rng(seed)
    G, m1, m2 = rng.uniform(1, 2, (3, n_rows))
    x1, y1 = rng.uniform(1, 2, (2, n_rows))
    x2, y2 = rng.uniform(3, 4, (2, n_rows))
    F = G * m1 * m2 / ((x2 - x1) ** 2 + (y2 - y1) ** 2)
    F = F + noise * F.std() * rng.normal(size=n_rows)
    return {
        "G [m**3/kg/s**2]": G, "m1 [kg]": m1, "m2 [kg]": m2,
        "x1 [m]": x1, "y1 [m]": y1, "x2 [m]": x2, "y2 [m]": y2, "F [N]": F,
    }  # fmt: skip


def hypotenuse(before: str, power: float, unit: str, *, noise: float = 0.03, sign: int = 1) -> dict[str, Floats]:
    """``b**power * sqrt(a**2 + c**2)``, b with this name and unit."""
    rng = np.random.default_rng(1)
    a, b, c = rng.uniform(1, 2, (3, 700))
    y = b**power * np.hypot(a, c)
    y = y + noise * y.std() * rng.normal(size=len(y))
    return {"a [m]": a, before: sign * b, "c [m]": c, f"y [{unit}]": y}


@pytest.mark.parametrize(("n_rows", "noise"), [(900, 0.0), (4000, 0.1)])
def test_masses_are_peeled_off_gravity(n_rows: int, noise: float) -> None:
    """Front and rest fit together: the dimension, the values, the leaves and the surface."""
    space, smoother = space_of(gravity(n_rows, noise))
    found = peeled_space(space, smoother)
    assert found is not None
    names = dict(zip(space.names, space.inputs, strict=True))
    assert found.front == parse("G*m1*m2", variables=space.names)
    assert found.values == pytest.approx(evaluate_tree(found.front, names), rel=1e-12)
    assert found.space.names == ("x1", "y1", "x2", "y2")
    assert np.array_equal(found.space.inputs, space.inputs[3:])
    assert found.space.values.shape[0] == len(found.space.leaves) == len(found.space.codes)
    assert found.space.target * found.values == pytest.approx(space.target, rel=1e-12)
    dimensions = {
        leaf.name: space.coding.decode(code)
        for leaf, code in zip(space.leaves, space.codes, strict=True)
        if isinstance(leaf, Variable | Constant)
    }
    front = space.coding.encode(dimension_of(found.front, dimensions))
    assert front + found.space.target_code == space.target_code
    # Its smoother is one of fewer inputs for the whole target.
    assert np.array_equal(found.smoother.target, smoother.target)
    assert np.array_equal(found.smoother.spread, smoother.spread)
    noises = [one.surface(np.zeros_like(space.target)).noise for one in (smoother, found.smoother)]
    assert noises[1] < 1.1 * noises[0]


@pytest.mark.parametrize(
    ("before", "power", "unit", "front"),
    [
        ("b [kg]", 1, "kg*m", "b"),
        ("b [kg**2]", 0.5, "kg*m", "sqrt(b)"),
        ("b [s]", 3, "m*s**3", "cube(b)"),
        ("b [s]", -2, "m/s**2", "1/square(b)"),
        ("b [s]", -4, "m/s**4", "1/b**4"),
    ],
)
def test_powers_are_simple(before: str, power: float, unit: str, front: str) -> None:
    space, smoother = space_of(hypotenuse(before, power, unit))
    found = peeled_space(space, smoother)
    assert found is not None
    assert found.space.names == ("a", "c")
    names = dict(zip(space.names, space.inputs, strict=True))
    assert found.values == pytest.approx(evaluate_tree(found.front, names), rel=1e-12)
    assert found.values == pytest.approx(evaluate_tree(parse(front, variables=space.names), names), rel=1e-12)


@pytest.mark.parametrize("noise", [0.0, 0.1])
@pytest.mark.parametrize("unit", ["m", "1"])
def test_a_law_without_pure_powers_stays_whole(unit: str, noise: float) -> None:
    rng = np.random.default_rng(2)
    a, b, e = rng.uniform(1, 2, (3, 600))
    y = np.sqrt(a**2 + 4 * b**2) + noise * e
    assert peel({f"a [{unit}]": a, f"b [{unit}]": b, f"y [{unit}]": y}) is None


def test_a_product_of_powers_stays_whole() -> None:
    """The products of the search find it at once; there would be nothing left to look for."""
    rng = np.random.default_rng(3)
    a, b, c, e = rng.uniform(1, 2, (4, 600))
    data = {"a [m]": a, "b [kg]": b, "c [s]": c, "y [kg*m/s**2]": a * b / c**2 + 0.1 * (e - 1.5)}
    assert peel(data) is None


def test_a_law_that_polynomials_follow_exactly_is_peeled_too() -> None:
    """Without noise both surfaces are at rounding; neither is worse than the other."""
    for seed in range(6):
        a, b, c = np.random.default_rng(seed).uniform(1, 2, (3, 500))
        found = peel({"a [m]": a, "b [kg]": b, "c [m]": c, "y [kg*m]": b * np.hypot(a, c)})
        assert found is not None
        assert found.front == Variable("b")


def test_angles_are_never_peeled() -> None:
    """A number is; an angle may stand in front by itself where its sine does as well."""
    number = space_of(hypotenuse("b [1]", 1, "m", noise=0.0))
    angle = space_of(hypotenuse("b [rad]", 1, "m", noise=0.0))
    assert pure_powers(*number, 0.0)[1][0] == Fraction(1)
    assert 1 not in pure_powers(*angle, 0.0)
    found = peeled_space(*angle)
    assert found is None or "b" in found.space.names


def test_negative_columns_are_not_peeled() -> None:
    options = {"free_constants": "inferred"}
    positive = space_of(hypotenuse("b [kg]", 1, "kg*m"), **options)
    negative = space_of(hypotenuse("b [kg]", 1, "kg*m", sign=-1), **options)
    assert pure_powers(*positive, 0.0)[1][0] == Fraction(1)
    assert 1 not in pure_powers(*negative, 0.0)
    found = peeled_space(*negative)
    assert found is None or "b" in found.space.names


def test_the_positions_of_angles_move_with_the_leaves() -> None:
    rng = np.random.default_rng(4)
    m, t, a, b = rng.uniform(1, 2, (4, 900))
    y = m * np.hypot(a, b * np.sin(t))
    y = y + 0.01 * y.std() * rng.normal(size=900)
    found = peel({"m [kg]": m, "t [rad]": t, "a [m]": a, "b [m]": b, "y [kg*m]": y})
    assert found is not None
    assert found.front == Variable("m")
    assert [found.space.names[index] for index in found.space.angles] == ["t"]


def test_what_is_left_of_a_target() -> None:
    """Target and uncertainty are divided alike, by the size of what stands in front; the floor stays what it is."""
    space, smoother = space_of(hypotenuse("b [kg]", 1, "kg*m"))
    found = peeled_space(space, smoother)
    assert found is not None
    rows = np.arange(0, len(space.target), 7)
    sigma = np.linspace(0.1, 0.2, len(rows))
    for target in (probes_of(space.target[rows], None), smoothed_probes(space.target[rows], sigma)):
        rest = found.rest_of(target, rows)
        assert rest.y == pytest.approx(found.space.target[rows])
        assert rest.sigma == pytest.approx(target.sigma / found.values[rows])
        assert rest.weights == pytest.approx(rest.sigma**-2 / np.sum(rest.sigma**-2))
        assert rest.floor == target.floor
    mirrored = replace(found, values=-found.values).rest_of(target, rows)
    assert mirrored.y == pytest.approx(-rest.y)
    assert mirrored.sigma == pytest.approx(rest.sigma)


def test_known_uncertainties_are_divided_too() -> None:
    space, smoother = space_of(hypotenuse("b [kg]", 1, "kg*m"))
    space = replace(space, sigma=np.linspace(0.1, 0.2, len(space.target)))
    found = peeled_space(space, smoother_of(space, smoother.rows))
    assert found is not None
    assert found.space.sigma == pytest.approx(space.sigma / found.values)


def test_where_no_input_varies_nothing_is_taken_out() -> None:
    x = np.random.default_rng(0).uniform(1, 2, 60)
    data = {"a": np.full(60, 2.0), "b": np.full(60, 3.0), "y": x**2}
    problem = problem_of(data, "y")
    space = search_space(problem, problem.train_rows)
    smoother = smoother_of(space, np.arange(len(space.target)))
    if smoother is not None:
        assert without_powers(whole_question(space, smoother)) is None
