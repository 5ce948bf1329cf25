"""From a fit to a law: nothing that is shown differs from what was fitted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symreg.engine import get_engine
from symreg.finishing.bits import UNIT_BITS
from symreg.finishing.finished import Finished
from symreg.finishing.finisher import Finisher
from symreg.finishing.law_making import as_law
from symreg.finishing.passes import shortened
from symreg.finishing.simplifying import simplified
from symreg.finishing.tidy import merged_powers, ordered_products, ordered_sums
from symreg.fitting.fitted import Fitted
from symreg.fitting.fitter import make_fitter
from symreg.formula.bits import PLAIN_ANGLE_BITS
from symreg.formula.expression import (
    Constant,
    Expression,
    Number,
    Variable,
    canonical_apply,
    complexity,
    evaluate_tree,
    walk,
)
from symreg.formula.grammar import parse
from symreg.formula.printing import to_text
from symreg.formula.simplify import Simplified
from symreg.problem.candidate import FreeConstant
from symreg.problem.making import make_problem
from symreg.problem.natural_units import choose_natural_units
from symreg.problem.problem import Problem
from symreg.tables.table import read_table
from symreg.units.dimension import DIMENSIONLESS, Dimension
from tests.strategies import expressions

SPEED = Dimension.of(m=1, s=-1)


def finisher_of(problem: Problem, simplifier: Any = None) -> Finisher:
    return Finisher(make_fitter(problem, choose_natural_units(problem), get_engine("auto"), 1), simplifier)


def finished(finisher: Finisher, text: str, **kinds: Dimension) -> Finished:
    problem = finisher.fitter.problem
    known = [constant.name for constant in problem.known_constants]
    tree = parse(text, variables=problem.inputs, constants=(*kinds, *known, "pi"))
    constants = tuple(FreeConstant(name, kind, 1.0) for name, kind in kinds.items())
    fitted = finisher.fitter.fit([(tree, constants)])[0]
    assert fitted is not None
    return finisher.measured(fitted, "test")


def falling(noise: float = 0.0, n_rows: int = 80) -> Problem:
    """x = x0 + a*t**2/2, in kilometres and minutes."""
    rng = np.random.default_rng(0)
    a, t = rng.uniform(1, 3, n_rows), rng.uniform(1, 3, n_rows)
    x = 0.5 * a * (60 * t) ** 2 / 1000
    x += noise * x.std() * rng.normal(size=n_rows)
    return make_problem(read_table({"a [m/s**2]": a, "t [min]": t, "x [km]": x}, target="x"))


def kepler(n_rows: int = 40) -> Problem:
    a = np.random.default_rng(1).uniform(0.4, 30, n_rows)
    table = read_table({"a [au]": a, "P [day]": 365.25 * a**1.5}, target="P")
    return make_problem(table, free_constants="inferred")


# --------------------------------------------------------------------------------------------------------- laws


def test_a_law_speaks_the_users_units() -> None:
    own = finisher_of(kepler())
    law = as_law(own, finished(own, "c*a**(3/2)", c=Dimension.of(s=1, m=Fraction(-3, 2))))
    assert law.formula == "k*a**(3/2)"
    assert law.constants[0].unit.text == "day/au**(3/2)"
    assert law.constants[0].value == pytest.approx(365.25)
    assert str(law.unit.text) == "day"
    assert law.predict({"a": np.array([1.0, 4.0])}) == pytest.approx([365.25, 8 * 365.25])
    assert law.dimension_ok


@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_scores_are_those_of_predict(noise: float) -> None:
    problem = falling(noise)
    own = finisher_of(problem)
    law = as_law(own, finished(own, "c*a*t**2", c=DIMENSIONLESS))
    for rows, reported in ((problem.train_rows, law.train), (problem.held_out_rows, law.held_out)):
        columns = {name: problem.table[name].user_numbers[rows] for name in problem.inputs}
        actual = problem.target_column.user_numbers[rows]
        residual = law.predict(columns) - actual
        assert reported.n_rows == len(rows)
        assert reported.undefined == 0
        assert reported.rmse == pytest.approx(float(np.sqrt(np.mean(residual**2))), rel=1e-6, abs=1e-12)
        assert reported.r2 == pytest.approx(1 - float(np.mean(residual**2) / np.var(actual)), rel=1e-9)


def test_errors_and_covariance_are_in_the_units_of_the_constants() -> None:
    """A line in kilometres per minute against NumPy's own fit."""
    rng = np.random.default_rng(2)
    t = rng.uniform(1, 3, 60)
    x = 5.0 + 1.5 * t + 0.1 * rng.normal(size=60)
    problem = make_problem(read_table({"t [min]": t, "x [km]": x}, target="x"), free_constants="inferred")
    own = finisher_of(problem)
    law = as_law(own, finished(own, "c*t + d", c=SPEED, d=Dimension.of(m=1)))
    rows = problem.train_rows
    values, covariance = np.polyfit(t[rows], x[rows], 1, cov=True)
    assert [constant.unit.text for constant in law.constants] == ["km/min", "km"]
    np.testing.assert_allclose([constant.value for constant in law.constants], values, rtol=1e-8)
    np.testing.assert_allclose([constant.stderr for constant in law.constants], np.sqrt(np.diag(covariance)), rtol=1e-6)
    np.testing.assert_allclose(law.covariance, covariance, rtol=1e-6)


def test_a_row_where_the_law_is_undefined_is_counted() -> None:
    """Held-out rows beyond the domain: never a made-up value."""
    x = np.concatenate([np.linspace(1, 2, 30), [-1.0] * 10])
    problem = make_problem(read_table({"x [1]": x, "y [1]": np.sqrt(np.abs(x))}, target="y"))
    train, held_out = np.arange(30), np.arange(30, 40)
    own = finisher_of(replace(problem, train_rows=train, held_out_rows=held_out))
    law = as_law(own, finished(own, "c*sqrt(x)", c=DIMENSIONLESS))
    assert law.train.undefined == 0
    assert law.held_out.undefined == law.held_out.n_rows == 10
    assert math.isnan(law.held_out.rmse)


def test_a_tiny_table_is_judged_by_leaving_one_out() -> None:
    problem = kepler(6)
    own = finisher_of(problem)
    one = finished(own, "c*a", c=Dimension.of(s=1, m=-1))
    law = as_law(own, one)
    a, p = problem.table["a"].user_numbers, problem.table["P"].user_numbers
    left_out = np.array([np.sum(np.delete(a * p, i)) / np.sum(np.delete(a * a, i)) * a[i] - p[i] for i in range(6)])
    assert law.held_out.rmse == pytest.approx(float(np.sqrt(np.mean(left_out**2))), rel=1e-6)
    assert law.held_out.rmse > law.train.rmse


@pytest.mark.parametrize(
    ("columns", "names"),
    [(("x", "z"), ("k1", "k2")), (("k", "k1"), ("k2", "k3")), (("k1", "k3"), ("k2", "k4"))],
)
def test_constants_are_named_past_the_columns(columns: tuple[str, str], names: tuple[str, str]) -> None:
    rng = np.random.default_rng(3)
    one, two = rng.uniform(1, 2, 40), rng.uniform(1, 2, 40)
    y = 0.37 * one + 0.77 * two
    problem = make_problem(read_table({f"{columns[0]} [1]": one, f"{columns[1]} [1]": two, "y [1]": y}, target="y"))
    own = finisher_of(problem)
    law = as_law(own, finished(own, f"c*{columns[0]} + d*{columns[1]}", c=DIMENSIONLESS, d=DIMENSIONLESS))
    assert tuple(constant.name for constant in law.constants) == names
    fresh = {columns[0]: np.array([2.0]), columns[1]: np.array([3.0])}
    assert law.predict(fresh) == pytest.approx([0.37 * 2 + 0.77 * 3])


def test_known_constants_are_listed_with_their_errors() -> None:
    length = np.linspace(0.2, 2, 40)
    constants = [{"name": "g", "value": 981.0, "unit": "cm/s**2", "stderr": 2.0}]
    table = read_table({"L [m]": length, "T [s]": 2 * np.pi * np.sqrt(length / 9.81)}, target="T")
    own = finisher_of(make_problem(table, constants=constants))
    law = as_law(own, finished(own, "c*pi*sqrt(L/g)", c=DIMENSIONLESS))
    known = {constant.name: constant for constant in law.constants if constant.kind == "known"}
    assert known["g"].value == pytest.approx(981.0) and known["g"].stderr == pytest.approx(2.0)
    assert known["g"].unit.text == "cm/s**2"
    assert known["pi"].value == math.pi
    assert law.predict({"L": np.array([1.0])}) == pytest.approx([2 * np.pi * np.sqrt(1 / 9.81)])


# ---------------------------------------------------------------------------------------------------- rewriting


def test_a_simple_number_is_taken_where_the_data_allow_it() -> None:
    own = finisher_of(falling(0.01))
    short = shortened(own, finished(own, "c*a*t**2", c=DIMENSIONLESS))
    assert short.fitted.constants == ()
    assert as_law(own, short).predict({"a": np.array([2.0]), "t": np.array([1.0])}) == pytest.approx([3.6])
    assert short.bits < finished(own, "c*a*t**2", c=DIMENSIONLESS).bits


def test_a_number_that_occurs_twice_is_still_simple() -> None:
    """Its code is sent for each place, never the digits that spell it out."""
    rng = np.random.default_rng(2)
    x, y = rng.uniform(1, 3, (2, 200))
    z = x * y / (4 * np.pi * (x + y)) * (1 + 0.05 * rng.normal(size=200))
    own = finisher_of(make_problem(read_table({"x [m]": x, "y [m]": y, "z [m]": z}, target="z")))
    law = as_law(own, shortened(own, finished(own, "x*y/(c*x + c*y)", c=DIMENSIONLESS)))
    assert law.formula == "x*y/(4*pi*(x + y))"


def test_a_number_that_is_not_simple_stays() -> None:
    problem = falling(0.0)
    own = finisher_of(problem)
    x = problem.table["a"].user_numbers
    odd = make_problem(read_table({"x [1]": x, "y [1]": 0.7391847 * x}, target="y"))
    own = finisher_of(odd)
    short = shortened(own, finished(own, "c*x", c=DIMENSIONLESS))
    assert [constant.name for constant in short.fitted.constants] == ["c"]


def test_a_term_that_the_data_do_not_demand_goes() -> None:
    own = finisher_of(falling(0.05))
    short = shortened(own, finished(own, "c*a*t**2 + d", c=DIMENSIONLESS, d=Dimension.of(m=1)))
    assert short.fitted.constants == ()
    assert to_text(short.fitted.expression).count("+") == 0


def test_a_term_that_the_data_demand_stays() -> None:
    t = np.random.default_rng(5).uniform(1, 3, 80)
    x = 5.0 + 1.5137 * t + 0.05 * np.random.default_rng(6).normal(size=80)
    problem = make_problem(read_table({"t [s]": t, "x [m]": x}, target="x"), free_constants="inferred")
    own = finisher_of(problem)
    short = shortened(own, finished(own, "c*t + d", c=SPEED, d=Dimension.of(m=1)))
    assert len(short.fitted.constants) == 2


def test_two_powers_of_one_constant_become_one() -> None:
    """E = m c**2/sqrt(1 - v**2/c**2), fitted with c**-4 and c**-6."""
    rng = np.random.default_rng(7)
    m, v = rng.uniform(1, 3, 200), rng.uniform(0.1, 0.9, 200) * 3e8
    table = read_table({"m [kg]": m, "v [m/s]": v, "E [J]": m * 9e16 / np.sqrt(1 - v**2 / 9e16)}, target="E")
    own = finisher_of(make_problem(table, free_constants=["m/s"]))
    square = 9e16 / own.fitter.units.factor(SPEED**2)
    constants = (FreeConstant("c", SPEED**-4, square**-2), FreeConstant("d", SPEED**-6, square**-3))
    tree = parse("m/sqrt(c - d*v**2)", variables=("m", "v"), constants=("c", "d"))
    fitted = own.fitter.fit([(tree, constants)])[0]
    assert fitted is not None
    short = shortened(own, own.measured(fitted, "test"))
    assert [constant.dimension for constant in short.fitted.constants] == [SPEED]
    law = as_law(own, short)
    assert law.constants[0].value == pytest.approx(3e8, rel=1e-6)
    assert law.constants[0].unit.dimension == SPEED


def test_pi_is_not_proposed_where_a_column_is_called_pi() -> None:
    x = np.linspace(1, 2, 40)
    problem = make_problem(read_table({"pi [1]": x, "y [1]": np.pi * x}, target="y"))
    own = finisher_of(problem)
    short = shortened(own, finished(own, "c*pi", c=DIMENSIONLESS))
    assert Constant("pi") not in walk(short.fitted.expression)


# ------------------------------------------------------------------------------------- what numbers and units cost


def regression(n_rows: int = 80) -> Problem:
    """Coefficients near 2 : -3 : 1, and clearly not these."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(n_rows, 6))
    y = 1.5 * x[:, 0] - 2.3 * x[:, 1] + 0.7 * x[:, 2] + 4 + 0.2 * rng.normal(size=n_rows)
    table = {f"x{place} [1]": x[:, place] for place in range(6)} | {"y [1]": y}
    return make_problem(read_table(table, target="y"))


def test_coefficients_near_simple_ratios_stay_apart() -> None:
    """Each is within its errors of the truth; tied to ``k*(2*x0 + x2 - 3*x1)`` one would be nine of them away."""
    own = finisher_of(regression())
    short = shortened(own, finished(own, "a*x0 + b*x1 + c*x2 + d", **dict.fromkeys("abcd", DIMENSIONLESS)))
    columns = {f"x{place}": np.zeros(4) for place in range(3)} | {"x3": np.zeros(4)}
    for place in range(3):
        columns[f"x{place}"][place] = 1.0
    law = as_law(own, short)
    assert len(short.fitted.constants) >= 3
    values = law.predict(columns)
    assert values[:3] - values[3] == pytest.approx([1.5, -2.3, 0.7], abs=0.1)


@pytest.mark.parametrize(("unit", "noise"), [("1", 1e-5), ("m", 1e-2)])
def test_of_coefficients_that_are_one_multiple_one_is_said(unit: str, noise: float) -> None:
    """A law that holds to five digits pays for saying so; where all scales are in the table that costs nothing."""
    rng = np.random.default_rng(1)
    x, z = rng.normal(size=(2, 200))
    y = 0.7391 * (x + 2 * z) + noise * rng.normal(size=200)
    own = finisher_of(make_problem(read_table({f"x [{unit}]": x, f"z [{unit}]": z, f"y [{unit}]": y}, target="y")))
    short = shortened(own, finished(own, "a*x + b*z", a=DIMENSIONLESS, b=DIMENSIONLESS))
    assert len(short.fitted.constants) == 1


def with_exponent(power: float, noise: float, unit: str = "1") -> Problem:
    rng = np.random.default_rng(4)
    x = np.geomspace(0.5, 50, 60)
    y = 3.217 * x**power * (1 + noise * rng.normal(size=60))
    table = read_table({f"x [{unit}]": x, f"y [{unit}]": y}, target="y")
    return make_problem(table, test_fraction=0.0, folds=5, free_constants="inferred").with_relative_errors()


def test_an_exponent_is_not_two_over_pi() -> None:
    """0.6366 ± 0.003 is near many numbers, and no power of a quantity is one of these."""
    own = finisher_of(with_exponent(2 / np.pi, 0.03))
    one = finished(own, "k*x**n", k=DIMENSIONLESS, n=DIMENSIONLESS)
    assert one.fitted.stderr[1] == pytest.approx(0.003, rel=0.3)
    short = shortened(own, one)
    assert [constant.name for constant in short.fitted.constants] == ["k", "n"]
    assert "pi" not in to_text(short.fitted.expression)


def test_an_exponent_that_is_a_fraction_is_one() -> None:
    own = finisher_of(with_exponent(1.5, 0.03))
    short = shortened(own, finished(own, "k*x**n", k=DIMENSIONLESS, n=DIMENSIONLESS))
    assert [constant.name for constant in short.fitted.constants] == ["k"]


def saturating(factor: float, unit: str) -> Problem:
    """A pure number with a Hill exponent, over concentrations in a unit."""
    c = np.geomspace(0.1, 10, 60)
    y = factor * c**1.7 / (1.3 + c**1.7) * (1 + 0.001 * np.random.default_rng(1).normal(size=60))
    return make_problem(read_table({f"c [{unit}]": c, "y [1]": y}, target="y"), free_constants="inferred")


def test_a_factor_beside_the_unit_of_an_input_is_not_simple() -> None:
    """1.3 nmol/l to the 1.7th is another number of mol/l: only what is the same in all units is recognised."""
    own = finisher_of(saturating(2.0, "nmol/l"))
    kinds = dict.fromkeys(("a", "b", "n"), DIMENSIONLESS)
    problem = own.fitter.problem
    (unit,) = problem.units_of_inputs.values()
    text = f"a*(c/{unit.name})**n/(b + (c/{unit.name})**n)"
    tree = parse(text, variables=("c",), constants=("a", "b", "n", unit.name))
    fitted = own.fitter.fit([(tree, tuple(FreeConstant(name, kind, 1.0) for name, kind in kinds.items()))])[0]
    assert fitted is not None
    short = shortened(own, own.measured(fitted, "test"))
    assert {"a", "b"} <= {constant.name for constant in short.fitted.constants}


def test_an_input_over_its_unit_costs_nothing() -> None:
    """The same law of a pure number is as long."""
    bits = []
    for unit in ("1", "s"):
        own = finisher_of(with_exponent(1.37, 0.02, unit))
        problem = own.fitter.problem
        over = "x" if unit == "1" else "(x/x_unit)"
        dimension = problem.target_column.unit.dimension
        tree = parse(f"k*{over}**n", variables=("x",), constants=("k", "n", "x_unit"))
        constants = (FreeConstant("k", dimension, 1.0), FreeConstant("n", DIMENSIONLESS, 1.0))
        fitted = own.fitter.fit([(tree, constants)])[0]
        assert fitted is not None and own.is_exact(fitted)
        bits.append(own.measured(fitted, "test").bits - 60 * math.log2(own.fitter.units.factor(dimension) ** -1))
    assert bits[0] == pytest.approx(bits[1], abs=1e-6)


def test_a_constant_with_a_unit_pays_where_pure_numbers_would_do() -> None:
    """By the number of these constants, and only where nobody said which are allowed."""
    t = np.random.default_rng(5).uniform(1, 3, 80)
    z = np.random.default_rng(6).uniform(1, 3, 80)
    data = {"t [s]": t, "z [m]": z, "x [m]": 0.7 * z + 1.5137 * t + 0.05 * np.sin(40 * t)}
    table = read_table(data, target="x")
    own = {free: finisher_of(make_problem(table, free_constants=free)) for free in ("auto", "inferred")}
    for text, kinds in (("c*t", {"c": SPEED}), ("c*t + d", {"c": SPEED, "d": Dimension.of(m=1)})):
        auto, inferred = (finished(one, text, **kinds).bits for one in own.values())
        assert auto - inferred == pytest.approx(UNIT_BITS * len(kinds))


def test_a_unit_cannot_hide_in_an_exponent() -> None:
    """``k*z*(z/z_unit)**n`` has a scale as ``k*(z/z_unit)**n`` has, though its constants are pure numbers."""
    z = np.linspace(1.0, 3.0, 40)
    table = read_table({"z [m]": z, "x [m]": 0.7 * z**1.3 + 0.01 * np.sin(40 * z)}, target="x")
    prices = []
    for free in ("auto", "inferred"):
        own = finisher_of(make_problem(table, free_constants=free))
        tree = parse("k*z*(z/z_unit)**n", variables=("z",), constants=("k", "n", "z_unit"))
        constants = tuple(FreeConstant(name, DIMENSIONLESS, 1.0) for name in ("k", "n"))
        fitted = own.fitter.fit([(tree, constants)])[0]
        assert fitted is not None and own.is_exact(fitted)
        prices.append(own.measured(fitted, "test").bits)
    assert prices[0] - prices[1] == pytest.approx(UNIT_BITS)


@pytest.mark.parametrize("scale", [1e-6, 1e9])
def test_with_relative_errors_a_scale_of_the_target_means_nothing(scale: float) -> None:
    """Between two laws the difference of their messages stays, and so do standard errors over values."""
    rng = np.random.default_rng(4)
    x = np.geomspace(0.5, 50, 60)
    y = 3.217 * x**1.37 * (1 + 0.1 * rng.normal(size=60))
    differences, errors = [], []
    for factor in (1.0, scale):
        table = read_table({"x [1]": x, "y [1]": factor * y}, target="y")
        own = finisher_of(make_problem(table).with_relative_errors())
        power = finished(own, "k*x**n", k=DIMENSIONLESS, n=DIMENSIONLESS)
        differences.append(finished(own, "k*x", k=DIMENSIONLESS).bits - power.bits)
        errors.append(power.fitted.stderr / power.fitted.values)
    assert differences[0] == pytest.approx(differences[1], abs=1e-3)
    assert errors[0] == pytest.approx(errors[1], rel=1e-4)


def test_every_rewriting_is_exact_in_its_dimension() -> None:
    own = finisher_of(falling(0.02))
    wrong = Fitted(
        parse("a*t", variables=("a", "t"), constants=()), (), np.empty(0), np.empty((0, 0)), 1.0,
        finished(own, "c*a*t**2", c=DIMENSIONLESS).fitted.outcome,
    )  # fmt: skip
    assert not own.is_exact(wrong)
    mixed = Fitted(
        parse("a + t", variables=("a", "t"), constants=()), (), np.empty(0), np.empty((0, 0)), 1.0, wrong.outcome
    )
    assert not own.is_exact(mixed)
    assert own.is_exact(finished(own, "c*a*t**2", c=DIMENSIONLESS).fitted)


# -------------------------------------------------------------------------------------------------- simplifying


class Answers:
    """A simplifier that gives what it was told to give, whatever it is asked."""

    def __init__(self, text: str | None, note: str | None = None) -> None:
        self.text, self.note = text, note

    def simplify(self, expressions: Sequence[Expression], **options: Any) -> list[Simplified]:
        found = []
        for one in expressions:
            names = {node.name for node in _constants(one)}
            tree = one if self.text is None else parse(self.text, variables=("a", "t"), constants=tuple(names))
            found.append(Simplified(tree, tree != one, self.note))
        return found


def _constants(expression: Expression) -> list[Constant]:
    return [node for node in walk(expression) if isinstance(node, Constant)]


@pytest.mark.parametrize("text", ["a*t", "a + t", "2*a*t**2", "a*t**2*log(t - 2)"])
def test_a_wrong_simplification_is_not_believed(text: str) -> None:
    """Of another dimension, other values, or undefined somewhere: the raw form stays."""
    problem = falling(0.0)
    own = finisher_of(problem, Answers(text))
    raw = finished(own, "c*a*t**2", c=DIMENSIONLESS)
    (found,) = simplified(own, [raw], 1.0)
    assert found.fitted.residual_sum <= raw.fitted.residual_sum * (1 + 1e-6) + 1e-20
    assert not found.simplified
    assert evaluate_tree(found.fitted.expression, {"a": 2.0, "t": 3.0, "c": 0.5}) == 9.0


def test_a_note_of_the_simplifier_stays_with_the_law() -> None:
    own = finisher_of(falling(0.0), Answers(None, "sympy ran out of time"))
    (found,) = simplified(own, [finished(own, "c*a*t**2", c=DIMENSIONLESS)], 1.0)
    assert "sympy ran out of time" in as_law(own, found).notes
    assert not found.simplified


# ------------------------------------------------------------------------------------------------------- tidying


SAMPLE = {
    "x": np.array([-2.0, -1.0, -0.5, 0.3, 1.0, 1.7, 3.0]),
    "y": np.array([0.4, -1.3, 2.0, 1.1, -0.6, 0.9, 2.2]),
    "z": np.array([1.5, 0.2, -0.7, 2.5, 0.8, -1.9, 1.2]),
    "a": 1.3, "b": -0.4,
}  # fmt: skip


def same_values(one: Expression, other: Expression) -> bool:
    before, after = (evaluate_tree(tree, SAMPLE) * np.ones(7) for tree in (one, other))
    finite = np.isfinite(before) & (np.abs(before) < 1e100)
    near = 1e-9 * np.abs(before[finite]).max(initial=1)
    return bool(np.allclose(after[finite], before[finite], rtol=1e-6, atol=near))


@settings(max_examples=200, deadline=None)
@given(expressions(operators=("+", "*", "/", "square", "cube", "sqrt", "inv", "pow")))
def test_merging_powers_keeps_every_value(tree: Expression) -> None:
    """Wherever the formula was defined, and nowhere else: what was NaN stays NaN."""
    merged = merged_powers(tree)
    assert same_values(tree, merged)
    before, after = (evaluate_tree(one, SAMPLE) * np.ones(7) for one in (tree, merged))
    assert not (np.isnan(before) & np.isfinite(after)).any()


POWERS = [Number(Fraction(text)) for text in ("2", "3", "-1", "-2", "1/2", "3/2", "1/3", "2/3", "-2/3")]


@pytest.mark.parametrize("inner", POWERS, ids=lambda n: str(n.value))
@pytest.mark.parametrize("outer", POWERS, ids=lambda n: str(n.value))
def test_a_power_of_a_power(inner: Number, outer: Number) -> None:
    tree = canonical_apply("pow", (canonical_apply("pow", (Variable("x"), inner)), outer))
    merged = merged_powers(tree)
    before, after = evaluate_tree(tree, SAMPLE), evaluate_tree(merged, SAMPLE)
    np.testing.assert_allclose(after, before, rtol=1e-9)  # NaN where NaN


@settings(max_examples=150, deadline=None)
@given(expressions(operators=("+", "-", "*", "/", "neg", "sin", "square")), st.sets(st.sampled_from(["a", "b"])))
def test_ordering_products_keeps_every_value(tree: Expression, free: set[str]) -> None:
    assert same_values(tree, ordered_products(tree, free))


@settings(max_examples=150, deadline=None)
@given(expressions(operators=("+", "-", "*", "/", "neg", "sin", "square")))
def test_ordering_sums_keeps_every_value(tree: Expression) -> None:
    ordered = ordered_sums(tree)
    assert same_values(tree, ordered)
    assert complexity(ordered) <= complexity(tree)


def test_a_product_reads_number_constant_columns() -> None:
    tree = parse("x*k*2/(y*3)", variables=("x", "y"), constants=("k",))
    text = to_text(ordered_products(tree, ["k"]))
    assert text.index("k") < text.index("x")


@pytest.mark.parametrize(("unit", "price"), [("m", PLAIN_ANGLE_BITS), ("1", 0.0)])
def test_a_sine_of_a_plain_number_is_dear_only_where_units_could_have_said_angle(unit: str, price: float) -> None:
    x = np.linspace(0.1, 3, 40)
    noise = 0.01 * np.random.default_rng(0).normal(size=40)
    finisher = finisher_of(make_problem(read_table({"x": x, f"z [{unit}]": x**2, "y": np.sin(x) + noise}, target="y")))
    marked = finisher_of(make_problem(read_table({"x [rad]": x, "z [m]": x**2, "y": np.sin(x) + noise}, target="y")))
    assert finished(finisher, "sin(x)").bits - finished(marked, "sin(x)").bits == pytest.approx(price)
