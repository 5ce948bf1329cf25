"""Planted products of powers come back with exact exponents."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from symreg.formula.expression import Number, variables_of, walk
from symreg.units.dimension import Dimension
from tests.search.setting import Setting, has_the_dimension_of_the_target, setting, solves

N_ROWS = 120
Law = Callable[..., np.ndarray]
ARITHMETIC = ("+", "-", "*", "/", "square", "cube", "sqrt", "inv", "pow")


def uniform(n: int, low: float = 0.5, high: float = 3.0, seed: int = 1) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.uniform(low, high, N_ROWS) for _ in range(n)]


def planted(law: Law, names: list[str], values: list[np.ndarray], target: str, **options: object) -> Setting:
    data = dict(zip(names, values, strict=True)) | {target: law(*values)}
    return setting(data, target.split(" ")[0], **options)


def found_by(own: Setting, law: Law, names: list[str], size: int) -> bool:
    """Whether the search finds the law by the time the factors are as large as this."""
    products = own.products
    for smaller in range(size + 1):
        products.run(smaller)
    inputs = [name.split(" ")[0] for name in names]
    return any(solves(one, own.space, law, inputs) for one in own.proposals() if one.loss < 1e-12)


MONOMIALS: dict[str, tuple[Law, list[str], str]] = {
    "density": (lambda m, v: m / v, ["m [kg]", "V [m**3]"], "rho [kg/m**3]"),
    "free fall": (lambda a, t: 0.5 * a * t**2, ["a [m/s**2]", "t [s]"], "x [m]"),
    "pendulum": (lambda x, g: 2 * np.pi * np.sqrt(x / g), ["l [m]", "g [m/s**2]"], "T [s]"),
    "drag": (lambda r, a, v: 0.3 * r * a * v**2, ["r [kg/m**3]", "A [m**2]", "v [m/s]"], "F [N]"),
    "no units": (lambda a, b: 3 * a**1.5 / b**2, ["a [1]", "b [1]"], "y [1]"),
    "thirds": (lambda v: 1.2 * v ** (1 / 3), ["V [m**3]"], "d [m]"),
    "quarters": (lambda a, b: a**0.25 * b**0.75, ["a [m]", "b [m]"], "c [m]"),
    "millimetres": (lambda x, g: np.sqrt(x / g), ["l [m]", "g [m/s**2]"], "T [s]"),
}


@pytest.mark.parametrize("kind", MONOMIALS)
def test_a_monomial_is_found_at_once(kind: str) -> None:
    law, names, target = MONOMIALS[kind]
    own = planted(law, names, uniform(len(names)), target)
    assert found_by(own, law, names, 0)


def test_exponents_are_exact() -> None:
    law, names, target = MONOMIALS["quarters"]
    own = planted(law, names, uniform(2), target)
    own.products.run(0)
    best = own.proposals()[0].build()
    numbers = [node.value for node in walk(best.expression) if isinstance(node, Number)]
    assert sorted(numbers) == [0.25, 0.75]
    assert set(variables_of(best.expression)) == {"a", "b"}


@pytest.mark.parametrize("free", ["inferred", ["day/au**(3/2)"]])
def test_a_coefficient_carries_the_unit_that_is_left_over(free: object) -> None:
    a = uniform(1, 0.4, 30.0)[0]
    own = setting({"a [au]": a, "P [day]": 365.25 * a**1.5}, "P", free_constants=free)
    own.products.run(0)
    draft = own.proposals()[0].build()
    assert has_the_dimension_of_the_target(draft, own.space)
    assert own.space.coding.decode(draft.codes[0]) == Dimension.of(s=1, m=Fraction(-3, 2))


def test_a_known_constant_supplies_its_unit() -> None:
    m1, m2, r = uniform(3)
    law = lambda m1, m2, r: 6.6743e-11 * m1 * m2 / r**2  # noqa: E731
    names = ["m1 [kg]", "m2 [kg]", "r [m]"]
    own = planted(law, names, [1e24 * m1, 1e22 * m2, 1e8 * r], "F [N]", constants=["G"])
    assert found_by(own, law, names, 0)


ONE_FACTOR: dict[str, tuple[Law, list[str], str, int]] = {
    "parallel": (lambda a, b: a * b / (a + b), ["a [ohm]", "b [ohm]"], "R [ohm]", 3),
    "root of a sum": (lambda a, b, t: np.sqrt(a + b) / t, ["a [m]", "b [m]", "t [s]"], "y [m**(1/2)/s]", 3),
    "squared difference": (lambda m, v, w: m * (v - w) ** 2, ["m [kg]", "v [m/s]", "w [m/s]"], "E [J]", 3),
    "inverse cube": (lambda a, b, x: x / (a * b + x**2) ** 3, ["a [m]", "b [m]", "x [m]"], "y [m**-5]", 6),
}


@pytest.mark.parametrize("kind", ONE_FACTOR)
def test_a_monomial_times_a_power_of_a_factor(kind: str) -> None:
    law, names, target, size = ONE_FACTOR[kind]
    own = planted(law, names, uniform(len(names)), target, operators=ARITHMETIC)
    assert found_by(own, law, names, size)


def test_a_factor_with_a_known_constant() -> None:
    """E = m c**2 / sqrt(1 - v**2/c**2), c known."""
    c = 299792458.0
    law = lambda m, v: m * c**2 / np.sqrt(1 - v**2 / c**2)  # noqa: E731
    m, beta = uniform(1)[0], uniform(1, 0.05, 0.95, seed=2)[0]
    names = ["m [kg]", "v [m/s]"]
    own = planted(law, names, [m, beta * c], "E [J]", constants=["c"], operators=ARITHMETIC)
    assert found_by(own, law, names, 5)


TWO_FACTORS: dict[str, tuple[Law, list[str], str, int]] = {
    "ratio of sums": (
        lambda a, b, c: c**2 * (a + b) / (a + c), ["a [m]", "b [m]", "c [m]"], "y [m**2]", 6,
    ),
    "powers": (
        lambda a, b, t: np.sqrt(a + b) * (t + 1) ** 2, ["a [m]", "b [m]", "t [1]"], "y [m**(1/2)]", 6,
    ),
    "exponential": (
        lambda a, b, t: a * np.exp(t) / (a + b) ** 2, ["a [m]", "b [m]", "t [1]"], "y [1/m]", 6,
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", TWO_FACTORS)
def test_a_monomial_times_powers_of_two_factors(kind: str) -> None:
    law, names, target, size = TWO_FACTORS[kind]
    own = planted(law, names, uniform(len(names)), target, operators=(*ARITHMETIC, "exp"))
    assert found_by(own, law, names, size)


def test_negative_columns_keep_their_sign() -> None:
    rng = np.random.default_rng(4)
    x, m = rng.uniform(-2, 2, N_ROWS), rng.uniform(1, 2, N_ROWS)
    law = lambda x, m: m * x**3  # noqa: E731
    own = planted(law, ["x [m]", "m [kg]"], [x, m], "y [kg*m**3]")
    assert found_by(own, law, ["x [m]", "m [kg]"], 0)


def test_a_column_with_zeros_is_no_obstacle() -> None:
    """It takes no part in logarithms; silent (warnings are errors), and the rest is found."""
    rng = np.random.default_rng(5)
    a, b, z = rng.uniform(1, 2, N_ROWS), rng.uniform(1, 2, N_ROWS), rng.integers(0, 3, N_ROWS).astype(float)
    law = lambda a, b, z: a**2 * b  # noqa: E731
    names = ["a [m]", "b [m]", "z [m]"]
    own = planted(law, names, [a, b, z], "V [m**3]")
    assert found_by(own, law, names, 2)


def test_a_target_with_zeros_and_both_signs() -> None:
    rng = np.random.default_rng(6)
    x, m = rng.uniform(-2, 2, N_ROWS), rng.uniform(1, 2, N_ROWS)
    x[::10] = 0.0
    law = lambda x, m: x * m  # noqa: E731
    names = ["x [m]", "m [kg]"]
    own = planted(law, names, [x, m], "y [kg*m]")
    products = own.products
    for size in range(4):
        products.run(size)
    assert all(np.isfinite(one.loss) for one in own.proposals())


def test_what_is_proposed_has_the_dimension_of_the_target() -> None:
    law, names, target, _ = ONE_FACTOR["inverse cube"]
    own = planted(law, names, uniform(3), target, operators=(*ARITHMETIC, "exp", "sin", "log"))
    products = own.products
    for size in range(6):
        products.run(size)
    proposals = own.proposals()
    assert proposals
    for one in proposals:
        assert has_the_dimension_of_the_target(one.build(), own.space)
