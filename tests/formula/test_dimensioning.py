"""Good and bad expressions with units, inferred dimensions, and sentences that a student understands."""

from __future__ import annotations

import pickle
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symreg.errors import DimensionError
from symreg.formula.dimensioning import dimension_of, dimensions_of_parts, infer_dimensions, literal_exponent
from symreg.formula.expression import Apply, Constant, Expression, Number, Variable, evaluate_tree, substitute
from symreg.formula.grammar import parse
from symreg.formula.printing import to_text
from symreg.units.dimension import DIMENSIONLESS, Dimension
from tests.strategies import expressions

METRE, KILOGRAM, SECOND, KELVIN, AMPERE = (Dimension.of(**{u: 1}) for u in ("m", "kg", "s", "K", "A"))
SPEED, ENERGY = METRE / SECOND, KILOGRAM * METRE**2 / SECOND**2
KNOWN = {
    "x": METRE,
    "y": METRE,
    "m": KILOGRAM,
    "t": SECOND,
    "v": SPEED,
    "T": KELVIN,
    "I": AMPERE,
    "f": SECOND**-1,
    "r": DIMENSIONLESS,
    "n": DIMENSIONLESS,
    "E": ENERGY,
    "c": SPEED,
    "k_B": ENERGY / KELVIN,
    "h": ENERGY * SECOND,
    "G": METRE**3 / KILOGRAM / SECOND**2,
}
FREE = ("a", "b", "d", "p", "q", "w")


def read(text: str) -> Expression:
    return parse(text, variables=[*KNOWN, "column"], constants=FREE)


GOOD = [
    ("x", "m"),
    ("x + y", "m"),
    ("x - y", "m"),
    ("x + y - x", "m"),
    ("-x", "m"),
    ("abs(x)", "m"),
    ("abs(-x) + y", "m"),
    ("x*y", "m**2"),
    ("x/y", "1"),
    ("x/t", "m/s"),
    ("x/t + v", "m/s"),
    ("v*t + x", "m"),
    ("1/t", "1/s"),
    ("1/t + f", "1/s"),
    ("2*x", "m"),
    ("0.5*m*v**2", "kg*m**2/s**2"),
    ("E - m*v**2/2", "kg*m**2/s**2"),
    ("m*c**2/sqrt(1 - v**2/c**2)", "kg*m**2/s**2"),
    ("sqrt(x*y)", "m"),
    ("sqrt(x)", "m**(1/2)"),
    ("sqrt(x)*sqrt(y) + x", "m"),
    ("sqrt(G*m/x)", "m/s"),
    ("x**3", "m**3"),
    ("x**(3/2)", "m**(3/2)"),
    ("x**1.5", "m**(3/2)"),
    ("x**0.1*x**0.2*x**0.7", "m"),
    ("x**(1 + 1/2)", "m**(3/2)"),
    ("x**(-2)", "1/m**2"),
    ("x**(-(1/3))", "1/m**(1/3)"),
    ("x**0", "1"),
    ("G*m**2/x**2", "kg*m/s**2"),
    ("r", "1"),
    ("r + 1", "1"),
    ("r**n", "1"),
    ("2**r", "1"),
    ("(x/y)**r", "1"),
    ("(x/y)**0.123456789", "1"),
    ("exp(r)", "1"),
    ("exp(x/y)", "1"),
    ("exp(-E/(k_B*T))", "1"),
    ("log(v/c)", "1"),
    ("log10(t*f)", "1"),
    ("sin(t*f)*x", "m"),
    ("cos(x/y) + tan(r)", "1"),
    ("asin(x/y)", "1"),
    ("acos(r) + atan(x/y)", "1"),
    ("sinh(r) + cosh(r) + tanh(r)", "1"),
    ("max(x, y) + min(v*t, x)", "m"),
    ("cbrt(x**2*y)", "m"),
    ("cbrt(x)", "m**(1/3)"),
    ("step(E)*v", "m/s"),
    ("step(x - y) + r", "1"),
    ("2*h*f**3/c**2/(exp(h*f/(k_B*T)) - 1)", "kg/s**2"),
    ("x + 0*y", "m"),
    ("inv(inv(x)) + y", "m"),
    ("exp(exp(r))*v", "m/s"),
    ("I*t", "s*A"),
]

BAD = [
    ("x + m", "cannot add x (m) and m (kg)"),
    ("x - m", "cannot subtract m (kg) from x (m)"),
    ("m + x", "a mass and a length have no sum"),
    ("x - t", "a length and a time have no difference"),
    ("max(x, t)", "cannot compare x (m) with t (s): a length and a time have no maximum"),
    ("min(x, 0)", "a length and a pure number have no minimum"),
    ("step(x - t)", "a length and a time have no difference"),
    ("x + step(x)", "cannot add x (m) and step(x) (1)"),
    ("x + cbrt(x)", "cannot add x (m) and cbrt(x) (m**(1/3))"),
    ("x + v", "a length and a speed have no sum"),
    ("x + r", "a length and a pure number have no sum"),
    ("x + 1", "cannot add x (m) and 1 (1)"),
    ("1 - x", "cannot subtract x (m) from 1 (1)"),
    ("x + 0", "cannot add x (m) and 0 (1)"),
    ("x + x*y", "cannot add x (m) and x*y (m**2)"),
    ("x + 1/x", "cannot add x (m) and 1/x (1/m)"),
    ("x + sqrt(x)", "cannot add x (m) and sqrt(x) (m**(1/2))"),
    ("x**2 + y", "an area and a length have no sum"),
    ("x**3 + y**2", "a volume and an area have no sum"),
    ("E + m*v", "an energy and a momentum have no sum"),
    ("v*t + t", "cannot add v*t (m) and t (s)"),
    ("t + 1/t", "cannot add t (s) and 1/t (1/s)"),
    ("(x + m)*(x + y)", "cannot add x (m) and m (kg)"),
    ("sin(x + m)", "cannot add x (m) and m (kg)"),
    ("1 + (m*x + m*t)", "a quantity in kg*m and a quantity in kg*s have no sum"),
    ("abs(x) + abs(m)", "cannot add abs(x) (m) and abs(m) (kg)"),
    ("-x + m", "cannot add -x (m) and m (kg)"),
    ("exp(x)", "exp needs a dimensionless argument, but x has dimension m; divide by a length first"),
    ("exp(-E)", "divide by an energy first"),
    ("exp(1/t)", "exp needs a dimensionless argument, but 1/t has dimension 1/s; multiply by a time first"),
    ("log(m)", "log needs a dimensionless argument, but m has dimension kg; divide by a mass first"),
    ("log10(T)", "divide by a temperature first"),
    ("log(v**2)", "divide by the square of a speed first"),
    ("log(I)", "divide by an electric current first"),
    ("sin(t)", "sin needs a dimensionless argument, but t has dimension s; divide by a time first"),
    ("sin(f)", "multiply by a time first"),
    ("cos(x*y)", "divide by an area first"),
    ("tan(1/x**2)", "multiply by an area first"),
    ("asin(x)", "asin needs a dimensionless argument"),
    ("acos(v)", "acos needs a dimensionless argument, but v has dimension m/s; divide by a speed first"),
    ("atan(m*T)", "divide by a quantity in kg*K first"),
    ("sinh(x)", "sinh needs a dimensionless argument"),
    ("cosh(x)", "cosh needs a dimensionless argument"),
    ("tanh(x)", "tanh needs a dimensionless argument"),
    ("exp(log(x))", "log needs a dimensionless argument"),
    ("r**x", "an exponent is a pure number, but x has dimension m; divide by a length first"),
    ("2**t", "an exponent is a pure number, but t has dimension s"),
    ("x**y", "an exponent is a pure number, but y has dimension m"),
    ("x**r", "x has dimension m, but its exponent r is no exact number"),
    ("x**(r + 1)", "its exponent r + 1 is no exact number; write an exponent such as 2 or 3/2"),
    ("x**1.23456789", "its exponent 1.23456789 is no exact number"),
    ("(x + y)**sqrt(2)", "x + y has dimension m, but its exponent sqrt(2) is no exact number"),
    ("column", "nothing is known about the dimension of column; state a unit for it"),
    ("a*x", "nothing is known about the dimension of a"),
]


@pytest.mark.parametrize(("text", "dimension"), GOOD)
def test_good(text: str, dimension: str) -> None:
    assert str(dimension_of(read(text), KNOWN)) == dimension


@pytest.mark.parametrize(("text", "message"), BAD)
def test_bad(text: str, message: str) -> None:
    with pytest.raises(DimensionError) as caught:
        dimension_of(read(text), KNOWN)
    assert message in str(caught.value)


def test_the_error_shows_the_innermost_part_and_both_dimensions() -> None:
    with pytest.raises(DimensionError) as caught:
        dimension_of(read("v*exp((m + x)/y)"), KNOWN)
    error = caught.value
    assert (error.expression, error.operator, error.dimensions) == ("m + x", "+", ("kg", "m"))
    assert str(error) == (
        "cannot add m (kg) and x (m): a mass and a length have no sum; "
        "multiply x by a quantity in kg/m first (in m + x)"
    )
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_a_long_part_is_cut() -> None:
    with pytest.raises(DimensionError) as caught:
        dimension_of(read(" + ".join(["x"] * 60) + " + m"), KNOWN)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("text", "target", "inferred"),
    [
        ("a*x**(3/2)", SECOND, {"a": "s/m**(3/2)"}),
        ("a*sin(w*t + p)", METRE, {"a": "m", "w": "1/s", "p": "1"}),
        ("a*x + b*t + d", KILOGRAM, {"a": "kg/m", "b": "kg/s", "d": "kg"}),
        ("a*b*x", KILOGRAM, {"a": "kg/m", "b": "1"}),
        ("(x - a)/b", DIMENSIONLESS, {"a": "m", "b": "m"}),
        ("a*log(x/b)", KELVIN, {"a": "K", "b": "m"}),
        ("a*exp(b/T)", METRE, {"a": "m", "b": "K"}),
        ("a*x**3/(exp(b*x) - 1)", ENERGY, {"a": "kg/m/s**2", "b": "1/m"}),
        ("sqrt(a*x)", SPEED, {"a": "m/s**2"}),
        ("a**2", METRE, {"a": "m**(1/2)"}),
        ("a**3*b**2 + x", METRE, {"a": "m**(1/3)", "b": "1"}),
        ("m*a**2/sqrt(1 - v**2/a**2)", ENERGY, {"a": "m/s"}),
        ("r**a", DIMENSIONLESS, {"a": "1"}),
        ("a**b*x", METRE, {"a": "1", "b": "1"}),
        ("(x/a)**b*d", KELVIN, {"a": "m", "b": "1", "d": "K"}),
        ("a + b*(x + d)", KELVIN, {"a": "K", "b": "K/m", "d": "m"}),
        ("1/(1/x + 1/a)", METRE, {"a": "m"}),
        ("a*x/(b + x)", SPEED, {"a": "m/s", "b": "m"}),
        ("abs(a) - v", SPEED, {"a": "m/s"}),
        ("x", METRE, {}),
        ("2*a*b + a/b", METRE, {"a": "m", "b": "1"}),
        ("a*b + a*x/t", ENERGY, {"a": "kg*m/s", "b": "m/s"}),
        ("q + 1", DIMENSIONLESS, {"q": "1"}),
    ],
)
def test_inferred_dimensions(text: str, target: Dimension, inferred: dict[str, str]) -> None:
    expression = read(text)
    found = infer_dimensions(expression, KNOWN, target)
    assert {name: str(dimension) for name, dimension in found.items()} == inferred
    assert dimension_of(expression, {**KNOWN, **found}) == target


@pytest.mark.parametrize(
    ("text", "target", "message"),
    [
        (
            "x",
            KILOGRAM,
            "the formula has dimension m, but the target has dimension kg; multiply it by a quantity in kg/m",
        ),
        ("a*x + a*t", KILOGRAM, "cannot add a*x (m*[a]) and a*t (s*[a])"),
        (
            "exp(a*x) + exp(a*t)",
            DIMENSIONLESS,
            "exp needs a dimensionless argument, but a*t has dimension s/m",
        ),
        ("exp(a*x)", METRE, "the formula has dimension 1, but the target has dimension m"),
        ("x**a", METRE, "x has dimension m, but its exponent a is no exact number"),
        ("(a + x)*(a + t)", METRE, "cannot add a (m) and t (s)"),
        ("a*column", METRE, "nothing is known about the dimension of column"),
        ("a/a + x", METRE, "cannot add a/a (1) and x (m)"),
    ],
)
def test_contradictions(text: str, target: Dimension, message: str) -> None:
    with pytest.raises(DimensionError) as caught:
        infer_dimensions(read(text), KNOWN, target)
    assert message in str(caught.value)


def test_a_stated_dimension_is_not_inferred() -> None:
    assert infer_dimensions(read("a*b*x"), {**KNOWN, "b": SECOND}, METRE) == {"a": SECOND**-1}


def test_hostile_names_in_errors_are_quoted() -> None:
    tree = Apply("exp", (Variable("\x1b[31m<script>"),))
    with pytest.raises(DimensionError) as caught:
        dimension_of(tree, {"\x1b[31m<script>": METRE})
    assert str(caught.value).isprintable()
    with pytest.raises(DimensionError, match=r"cannot add `a b`\*x \(m\*\[`a b`\]\)"):
        infer_dimensions(
            Apply(
                "+",
                (Apply("*", (Constant("a b"), Variable("x"))), Apply("*", (Constant("a b"), Variable("t")))),
            ),
            KNOWN,
            METRE,
        )


def test_a_derivation_lists_every_part_once() -> None:
    parts = dimensions_of_parts(read("m*c**2 + m*v**2/2"), KNOWN)
    assert [(to_text(part), str(dimension)) for part, dimension in parts] == [
        ("m", "kg"),
        ("c", "m/s"),
        ("c**2", "m**2/s**2"),
        ("m*c**2", "kg*m**2/s**2"),
        ("v", "m/s"),
        ("v**2", "m**2/s**2"),
        ("m*v**2", "kg*m**2/s**2"),
        ("2", "1"),
        ("m*v**2/2", "kg*m**2/s**2"),
        ("m*c**2 + m*v**2/2", "kg*m**2/s**2"),
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [("3/2", Fraction(3, 2)), ("1 + 1/2", Fraction(3, 2)), ("-2", Fraction(-2)), ("2**3", Fraction(8))],
)
def test_literal_exponents(text: str, value: Fraction) -> None:
    assert literal_exponent(read(text)) == value


@pytest.mark.parametrize(
    "tree", [Number(1.23456789), Variable("r"), read("r + 1"), read("9**9**9"), read("sqrt(2)")]
)
def test_exponents_that_are_not_literal(tree: Expression) -> None:
    assert literal_exponent(tree) is None


_factors = st.builds(Fraction, st.integers(-2, 2), st.integers(1, 2))
_dimensions = st.builds(lambda m, s: Dimension.of(m=m, s=s), _factors, _factors)


@given(expressions(max_leaves=8), st.fixed_dictionaries({name: _dimensions for name in "xyzab"}))
@settings(max_examples=300, deadline=None)
def test_the_verdict_is_what_a_change_of_units_shows(
    expression: Expression, dimensions: dict[str, Dimension]
) -> None:
    """Where the check passes, other units for m and s change the value by the factor of its dimension."""
    try:
        dimension = dimension_of(expression, dimensions)
    except DimensionError as error:
        assert error.expression and error.reason and error.advice
        return

    def factor(of: Dimension) -> float:
        with np.errstate(all="ignore"):
            return float(np.exp2(float(2 * of.exponent("m") + 8 * of.exponent("s"))))

    values = {"x": 1.5, "y": 0.75, "z": 2.25, "a": 0.5, "b": 3.0}
    scaled = {name: value * factor(dimensions[name]) for name, value in values.items()}
    before, after = evaluate_tree(expression, values), evaluate_tree(expression, scaled)
    with np.errstate(all="ignore"):
        expected = before * factor(dimension)
    if np.isfinite(expected) and np.isfinite(after) and 1e-6 < abs(expected) < 1e9:
        np.testing.assert_allclose(after, expected, rtol=1e-6)


@given(expressions(max_leaves=8), _dimensions, st.fixed_dictionaries({name: _dimensions for name in "xyz"}))
@settings(max_examples=300, deadline=None)
def test_what_is_inferred_passes_the_check(
    expression: Expression, target: Dimension, dimensions: dict[str, Dimension]
) -> None:
    try:
        found = infer_dimensions(expression, dimensions, target)
    except DimensionError:
        return
    assert dimension_of(expression, {**dimensions, **found}) == target


@given(expressions(max_leaves=8), st.fixed_dictionaries({name: _dimensions for name in "xyzab"}))
@settings(max_examples=300, deadline=None)
def test_an_expression_that_passes_can_be_inferred(
    expression: Expression, dimensions: dict[str, Dimension]
) -> None:
    """Forgetting the dimensions of the constants loses no expression."""
    try:
        dimension = dimension_of(expression, dimensions)
    except DimensionError:
        return
    known = {name: dimensions[name] for name in "xyz"}
    found = infer_dimensions(expression, known, dimension)
    assert dimension_of(expression, {**known, **found}) == dimension


def test_equal_subtrees_may_be_replaced() -> None:
    tree = read("x*y + x*x")
    assert dimension_of(substitute(tree, {Variable("y"): Variable("x")}), KNOWN) == METRE**2
