"""Planted laws ``y = u * step(a*f + b*g)`` come back for every step, with their coefficients."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from symreg.formula.grammar import parse
from symreg.search.native.joins.shells import shells
from symreg.search.native.joins.steps import STEPS
from symreg.search.native.probes import Probes, probes_of
from tests.search.setting import Setting, has_the_dimension_of_the_target, setting, solves

N_ROWS = 120
Law = Callable[..., np.ndarray]


def uniform(n: int, low: float, high: float, seed: int = 1) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.uniform(low, high, N_ROWS) for _ in range(n)]


def find(own: Setting, law: Law, inputs: tuple[str, ...], complexity: int) -> bool:
    """Whether the search finds the law by the time it has reached this complexity."""
    sums = own.sums
    for level in range(1, complexity + 1):
        sums.run(level)
    return any(solves(one, own.space, law, inputs) for one in own.proposals() if one.loss < 1e-10)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: " of ".join(step.operators[::-1]) or "identity")
@pytest.mark.parametrize("place", ["alone", "times", "over"])
def test_a_sum_inside_every_step(step: object, place: str) -> None:
    """The hole stays where the step is one to one; u is an input."""
    operators = step.operators
    narrow = {"asin", "acos", "atan", "sin", "cos", "tan"} & set(operators)
    a, b = uniform(2, 0.1, 0.9) if narrow else uniform(2, 0.3, 2.0)
    u = uniform(1, 1.0, 2.0, seed=2)[0]

    def law(a: np.ndarray, b: np.ndarray, u: np.ndarray) -> np.ndarray:
        z = step.forward(0.37 * a + 0.61 * b)
        return {"alone": z, "times": u * z, "over": z / u}[place]

    data = {"a [1]": a, "b [1]": b, "u [1]": u, "y [1]": law(a, b, u)}
    own = setting(data, "y", operators=("+", "*", "/", *operators))
    assert find(own, law, ("a", "b", "u"), step.cost + 3 + (0 if place == "alone" else 2))


WITH_UNITS: dict[str, tuple[Law, tuple[str, ...], str, dict[str, object], int]] = {
    "hypotenuse": (
        lambda a, b: np.sqrt(0.5 * a**2 + 2 * b**2), ("a [m]", "b [m]"), "c [m]", {}, 8,
    ),
    "lens": (lambda a, b: 1 / (1 / a + 1 / b), ("a [m]", "b [cm]"), "f [m]", {}, 8),
    "kinetic": (
        lambda m, v, w: 0.5 * m * (v**2 + w**2), ("m [kg]", "v [m/s]", "w [m/s]"), "E [J]", {}, 8,
    ),
    "cooling": (
        lambda t: 300.0 + 60.0 * t, ("t [s]",), "T [K]", {"free_constants": "inferred"}, 4,
    ),
    "decay": (
        lambda n, t: n * np.exp(-0.3 * t), ("n [mol]", "t [s]"), "y [mol]", {"free_constants": ["1/s"]}, 7,
    ),
    "Boltzmann": (
        lambda g, e, t: g * np.exp(-0.8 * e / t), ("g [mol]", "E [J]", "T [K]"), "n [mol]",
        {"free_constants": ["K/J"]}, 9,
    ),
    "phase": (
        lambda a, t, x: a * np.sin(0.4 * t + 0.3 * x), ("a [m]", "t [s]", "x [m]"), "y [m]",
        {"free_constants": "inferred"}, 8,
    ),
    "log law": (
        lambda u, z: u * np.log(2.5 * z), ("u [m/s]", "z [m]"), "v [m/s]", {"free_constants": ["1/m"]}, 8,
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", WITH_UNITS)
def test_coefficients_carry_the_units_that_are_allowed(kind: str) -> None:
    law, names, target, options, complexity = WITH_UNITS[kind]
    values = uniform(len(names), 0.5, 1.5, seed=4)
    si = [value * (0.01 if name.endswith("[cm]") else 1.0) for name, value in zip(names, values, strict=True)]
    data = dict(zip(names, values, strict=True)) | {target: law(*si)}
    inputs = tuple(name.split(" ")[0] for name in names)
    operators = ("+", "-", "*", "/", "inv", "square", "sqrt", "exp", "log", "sin")
    own = setting(data, target.split(" ")[0], operators=operators, **options)
    sums = own.sums
    for level in range(1, complexity + 1):
        sums.run(level)
    proposals = own.proposals()
    good = [one for one in proposals if one.loss < 1e-10 and solves(one, own.space, law, inputs)]
    assert good
    for one in proposals:
        assert has_the_dimension_of_the_target(one.build(), own.space)


def test_a_unit_that_is_not_allowed_is_not_used() -> None:
    """exp(a*t) needs a in 1/s: with coefficients in m there is none."""
    t, n = uniform(2, 0.5, 1.5)
    data = {"t [s]": t, "n [mol]": n, "y [mol]": n * np.exp(-0.3 * t)}
    own = setting(data, "y", operators=("+", "*", "/", "exp"), free_constants=["m"])
    assert not find(own, lambda t, n: n * np.exp(-0.3 * t), ("t", "n"), 6)
    for code in (code for one in own.proposals() for code in one.build().codes):
        assert code in own.space.coefficient_codes


def test_every_shell_has_the_complexity_it_is_asked_for() -> None:
    """u, v, M, the step, f, g and the operators between them add up; and no law comes twice."""
    operators = frozenset({"+", "-", "inv", "square", "sqrt", "exp", "log", "sin", "cos", "tanh"})
    for complexity in range(1, 14):
        found = [
            (shell, split)
            for shell, inside in shells(complexity, operators, frozenset({4}))
            for split in shell.splits(inside)
        ]
        assert len(set(found)) == len(found)
        for shell, (f, g) in found:
            beside = sum(size + 1 for size in (shell.u, shell.v, shell.m) if size)
            assert shell.step.cost + beside + f + (g + 1 if g else 0) == complexity
            assert set(shell.step.operators) <= operators
            assert f >= max(g, 1)
            assert not (shell.divides and shell.u == 0)


def test_a_wild_row_does_not_carry_the_join() -> None:
    """y near a pole of the inverse: weights keep that row from deciding alone."""
    a, b = uniform(2, 0.5, 1.5)
    y = 1 / (0.7 * a - 0.5 * b)
    data = {"a [m]": a, "b [m]": b, "y [1/m]": y}
    own = setting(data, "y", operators=("+", "-", "*", "/", "inv"))
    assert find(own, lambda a, b: 1 / (0.7 * a - 0.5 * b), ("a", "b"), 4)


def test_rows_where_the_inverse_is_undefined_are_left_out() -> None:
    """Under noise a sine may exceed its amplitude; the other rows still find it."""
    rng = np.random.default_rng(3)
    t, a = rng.uniform(0.1, 1.4, 400), rng.uniform(1, 2, 400)
    y = a * np.sin(1.1 * t) + 0.02 * rng.normal(size=400)
    own = setting({"t [1]": t, "a [m]": a, "y [m]": y}, "y", 360, operators=("+", "*", "/", "sin"))
    sums = own.sums
    for level in range(1, 7):
        sums.run(level)
    drafts = [one.build() for one in own.proposals() if one.loss < 0.01]
    law = parse("a*sin(k1*t)", variables=("a", "t"), constants=("k1",))
    starts = [draft.values[0] for draft in drafts if draft.expression == law]
    assert starts == [pytest.approx(1.1, abs=0.1)]  # where to start: the fit in y comes later


def test_the_loss_is_one_for_the_mean_and_zero_for_the_truth() -> None:
    rng = np.random.default_rng(0)
    y, sigma = rng.normal(size=50), rng.uniform(0.5, 2, 50)
    for probes in (probes_of(y, None), probes_of(y, sigma)):
        assert isinstance(probes, Probes)
        assert probes.weights.sum() == pytest.approx(1)
        mean = np.full_like(y, probes.weights @ y)
        broken = np.where(np.arange(50) == 7, np.nan, y)
        losses = probes.loss(np.array([mean, y, 0.5 * (y + mean), broken]))
        assert losses[:3] == pytest.approx([1.0, 0.0, 0.25])
        assert losses[3] == np.inf
    np.testing.assert_allclose(probes_of(y, sigma).weights, sigma**-2 / (sigma**-2).sum())


def test_losses_of_any_magnitude_are_silent() -> None:
    y = np.array([1.0, 2.0, 3.0, 5.0])
    losses = probes_of(y, None).loss(np.array([y * 1e300, y * 1e-300, np.full(4, np.inf)]))
    assert losses[0] == np.inf and losses[2] == np.inf
    assert losses[1] == pytest.approx(float(np.mean(y**2) / np.var(y)))
