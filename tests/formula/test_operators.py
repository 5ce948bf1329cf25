"""Every row of the table is complete, and every consumer knows every row."""

from __future__ import annotations

import pickle
import re
from fractions import Fraction

import numpy as np
import pytest

from symreg.engine.operations import LAST_BINARY, OPERATIONS
from symreg.errors import OperatorError
from symreg.formula.bits import name_bits, tree_bits
from symreg.formula.dimensioning import dimension_of
from symreg.formula.expression import Apply, Variable, evaluate_tree, lower
from symreg.formula.forms import LANGUAGES, Precedence
from symreg.formula.grammar import parse
from symreg.formula.languages import CODE
from symreg.formula.operators import (
    ALIASES,
    OPERATORS,
    POWER_NAMES,
    POWERS,
    DimensionRule,
    Operator,
    operator,
)
from symreg.formula.printing import to_code, to_latex, to_python, to_text
from symreg.search.foreign import operon, pysr
from symreg.search.native.bank.vocabulary import OF_NEG, OPS
from symreg.search.native.evolution.variation import STEPS
from symreg.typesetting.mathml import to_mathml
from symreg.units.dimension import DIMENSIONLESS, Dimension

ROWS = list(OPERATORS.values())
each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)


def applied(row: Operator) -> Apply:
    return Apply(row.name, (Variable("x"), Variable("y"))[: row.arity])


def test_the_table_holds_the_promised_operators() -> None:
    assert " ".join(OPERATORS) == (
        "+ - * / pow max min neg inv square cube sqrt exp log log10 sin cos tan asin acos atan sinh cosh tanh abs "
        "cbrt step"
    )


@each_row
def test_a_row_is_complete(row: Operator) -> None:
    assert row.complexity == 1
    assert row.domain
    assert row.bits >= 2
    assert len(row.slopes) == row.arity == (2 if row.opcode <= LAST_BINARY else 1)
    assert row.parity is None or row.arity == 1
    assert row.angle is None or row.rule is DimensionRule.DIMENSIONLESS
    assert (row.exponent is not None) == (row.rule is DimensionRule.SCALE)
    assert set(row.forms) == set(LANGUAGES)
    for form in row.forms.values():
        assert len(form.operands) == row.arity
        assert isinstance(form.precedence, Precedence)
        assert set(re.findall(r"(?<!\{)\{(\d)\}", form.template.replace("{{{", "{{ {"))) == set(
            "01"[: row.arity]
        )


@each_row
def test_every_consumer_knows_the_row(row: Operator) -> None:
    tree = applied(row)
    assert parse(to_text(tree), variables=["x", "y"]) == tree
    assert "x" in to_latex(tree)
    assert "x" in to_python(tree)
    assert all("x" in to_code(tree, language) for language in CODE.values())
    assert lower(tree, ["x", "y"], [], {}).code[-1, 0] == row.opcode
    assert OPERATIONS[row.opcode].value is row.numpy
    assert tree_bits(tree, 2) == 1 + row.bits + row.arity * name_bits(2)
    assert dimension_of(tree, {"x": DIMENSIONLESS, "y": DIMENSIONLESS}) == DIMENSIONLESS
    assert np.isfinite(evaluate_tree(tree, {"x": 0.5, "y": 0.25})).all()
    assert "<mi>x</mi>" in to_mathml(tree)


@each_row
def test_sympy_has_the_row_and_its_values(row: Operator) -> None:
    import sympy

    from symreg.benchmark import _equivalence_worker
    from symreg.formula import _sympy_worker

    values = {"x": 0.5, "y": 0.25}
    symbols = {name: sympy.Symbol(name, positive=True) for name in values}
    wanted = pytest.approx(float(evaluate_tree(applied(row), values)))
    theirs = _sympy_worker.to_sympy(applied(row), symbols)
    back = _sympy_worker.from_sympy(theirs, set())
    assert float(evaluate_tree(back, values)) == wanted
    compared = _equivalence_worker.to_sympy(applied(row), symbols)
    assert float(compared.subs({symbols[name]: value for name, value in values.items()})) == wanted


@each_row
def test_the_rule_of_dimensions_fits_the_values(row: Operator) -> None:
    """Scaling the operands by a unit scales the value by the power that the rule gives."""
    if row.rule in (DimensionRule.DIMENSIONLESS, DimensionRule.POWER):
        return
    unit = Dimension.of(m=1)
    power = dimension_of(applied(row), {"x": unit, "y": unit}).exponent("m")
    small, large = (evaluate_tree(applied(row), {"x": 0.5 * s, "y": 0.25 * s}) for s in (1.0, 3.0))
    np.testing.assert_allclose(large, small * 3.0 ** float(power), rtol=1e-12)


@pytest.mark.parametrize(
    ("name", "inside", "outside"),
    [
        ("sqrt", 0.0, -1.0),
        ("log", 1.0, -1.0),
        ("log10", 1.0, -1.0),
        ("asin", 1.0, 1.5),
        ("acos", -1.0, -1.5),
    ],
)
def test_outside_the_domain_is_nan(name: str, inside: float, outside: float) -> None:
    values = evaluate_tree(Apply(name, (Variable("x"),)), {"x": np.array([inside, outside])})
    assert np.isfinite(values[0])
    assert np.isnan(values[1])


def test_nothing_is_protected() -> None:
    x, y = Variable("x"), Variable("y")
    assert evaluate_tree(Apply("inv", (x,)), {"x": 0.0}) == np.inf
    assert np.isnan(evaluate_tree(Apply("/", (x, y)), {"x": 0.0, "y": 0.0}))
    assert np.isnan(evaluate_tree(Apply("pow", (x, y)), {"x": -8.0, "y": 1 / 3}))
    assert evaluate_tree(Apply("log", (x,)), {"x": 0.0}) == -np.inf
    assert evaluate_tree(Apply("exp", (x,)), {"x": 1e4}) == np.inf


def test_a_step_is_a_half_at_zero_and_knows_no_unit() -> None:
    x = Variable("x")
    values = evaluate_tree(Apply("step", (x,)), {"x": np.array([-2.0, -0.0, 0.0, 3.0, np.nan])})
    np.testing.assert_array_equal(values, [0.0, 0.5, 0.5, 1.0, np.nan])
    assert dimension_of(Apply("step", (x,)), {"x": Dimension.of(kg=1)}) == DIMENSIONLESS


def test_a_cube_root_is_real_for_every_number() -> None:
    values = evaluate_tree(Apply("cbrt", (Variable("x"),)), {"x": np.array([-27.0, 0.0, 8.0])})
    np.testing.assert_allclose(values, [-3.0, 0.0, 2.0], rtol=1e-15)


@pytest.mark.parametrize("name", ["max", "min"])
def test_what_is_compared_with_nan_is_nan(name: str) -> None:
    tree = applied(operator(name))
    assert np.isnan(evaluate_tree(tree, {"x": np.array([np.nan, 1.0]), "y": np.array([1.0, np.nan])})).all()


def test_aliases_lead_to_rows() -> None:
    assert operator("ln").name == "log"
    assert operator("arctan").name == "atan"
    assert [operator(name).name for name in ("maximum", "minimum", "heaviside")] == ["max", "min", "step"]
    assert not set(ALIASES) & set(OPERATORS)


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(
        OperatorError, match=r'operator "sine": no such operator; did you mean "sin"'
    ) as caught:
        operator("sine")
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
    with pytest.raises(OperatorError, match=r'operator "@#": no such operator$'):
        operator("@#")


@each_row
def test_the_parity_is_that_of_the_values(row: Operator) -> None:
    if row.arity == 2:
        assert row.parity is None
        return
    x = np.array([0.3, 0.7, 1.9])
    with np.errstate(all="ignore"):
        values, turned = (evaluate_tree(applied(row), {"x": one}) for one in (x, -x))
    is_even, is_odd = (bool(np.array_equal(turned, sign * values, equal_nan=True)) for sign in (1, -1))
    assert (row.parity == "even", row.parity == "odd") == (is_even, is_odd)


@each_row
def test_a_row_that_is_a_power_has_its_values(row: Operator) -> None:
    """And the name of a power is an operator that has a value wherever the power has one, and nowhere else."""
    if row.name not in POWERS:
        return
    x = np.array([-8.0, -0.5, 0.0, 0.25, 3.0])
    with np.errstate(all="ignore"):
        values = evaluate_tree(applied(row), {"x": x})
        powers = x ** float(POWERS[row.name])
    np.testing.assert_allclose(values[x > 0], powers[x > 0], rtol=1e-15)
    agrees = bool(np.array_equal(np.isnan(values), np.isnan(powers)))
    assert agrees == (POWER_NAMES.get(POWERS[row.name]) == row.name)


ABSENT = {
    "the bank": set[str](),
    "evolution": {"+", "-", "*", "/", "pow", "max", "min", "neg", "abs"},  # its own ways to join two parts; no cases
    "Operon": {"log10", "cbrt", "max", "min", "step"},  # said by others, or with cases
    "PySR": {"cbrt", "max", "min", "step"},  # not asked for yet
}
"""Rows that a consumer with a table of its own does without."""


def test_who_keeps_a_table_of_operators_keeps_all_of_them() -> None:
    kept = {
        "the bank": {name.removesuffix(OF_NEG) for name in OPS},
        "evolution": STEPS,
        "Operon": operon.OPERATORS,
        "PySR": {*pysr.BINARY, *pysr.UNARY},
    }
    assert {who: set(OPERATORS).difference(rows) for who, rows in kept.items()} == ABSENT


def test_exponents_of_the_scaling_operators() -> None:
    scale = {row.name: row.exponent for row in ROWS if row.exponent is not None}
    assert scale == {"inv": -1, "square": 2, "cube": 3, "sqrt": Fraction(1, 2), "cbrt": Fraction(1, 3)}


@pytest.mark.parametrize(
    ("elsewhere", "here"), [("add", "+"), ("Mul", "*"), ("power", "pow"), ("div", "/"), ("^", "pow")]
)
def test_names_that_others_use_are_answered_with_ours(elsewhere: str, here: str) -> None:
    with pytest.raises(OperatorError) as told:
        operator(elsewhere)
    assert f'did you mean "{here}"?' in str(told.value)
