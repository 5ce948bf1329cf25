"""Rewritings with fewer and simpler constants: right where they are proposed, silent where they are not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from symreg.engine import Outcome
from symreg.finishing.snapping import (
    Rewritten,
    _relative_error,
    at_nothing,
    exponents_of,
    with_shared_constant,
    with_simple_numbers,
    with_tied_constants,
    without_insignificant_terms,
    without_term,
)
from symreg.fitting.fitted import Fitted
from symreg.formula.expression import Constant, Expression, constants_of, evaluate_tree
from symreg.formula.grammar import parse
from symreg.formula.printing import to_text
from symreg.problem.candidate import FreeConstant
from symreg.units.dimension import DIMENSIONLESS, Dimension

SPEED = Dimension.of(m=1, s=-1)
LENGTH = Dimension.of(m=1)
VARIABLES = ("x", "y", "m", "v")


def tree(text: str) -> Expression:
    return parse(text, variables=VARIABLES, constants=("k1", "k2", "k3", "k4", "k5", "k6", "pi", "c"))


def fitted(
    text: str,
    values: Mapping[str, float],
    errors: Mapping[str, float] | float,
    dimensions: Mapping[str, Dimension] | None = None,
) -> Fitted:
    """A formula with constants of these values and independent errors."""
    kinds = dict.fromkeys(values, DIMENSIONLESS) | dict(dimensions or {})
    each = dict.fromkeys(values, errors) if isinstance(errors, float) else dict(errors)
    constants = tuple(FreeConstant(name, kinds[name], value) for name, value in values.items())
    covariance = np.diag([each[name] ** 2 for name in values])
    return Fitted(tree(text), constants, np.array(list(values.values())), covariance, 1.0, Outcome.CONVERGED)


def texts(found: list[Rewritten]) -> list[str]:
    return [to_text(expression) for expression, _, _ in found]


def starts(rewritten: Rewritten) -> dict[str, float]:
    return {constant.name: constant.start for constant in rewritten[1]}


# ------------------------------------------------------------------------------------------------ simple numbers


def test_all_numbers_at_once_then_each_alone() -> None:
    own = fitted("k1*x + k2*y + k3", {"k1": 0.5001, "k2": 3.0002, "k3": 0.7391}, 0.0005)
    found = list(with_simple_numbers(own))
    assert texts(found) == ["x/2 + 3*y + k3", "x/2 + k2*y + k3", "k1*x + 3*y + k3"] or texts(found) == [
        "1/2*x + 3*y + k3", "1/2*x + k2*y + k3", "k1*x + 3*y + k3",
    ]  # fmt: skip
    assert starts(found[0]) == {"k3": 0.7391}
    assert set(found[0][2]) == {"k1", "k2"}
    assert found[0][2]["k1"].value == 0.5


def test_pi_is_a_simple_number() -> None:
    own = fitted("k1*sqrt(x)", {"k1": 2 * np.pi * (1 + 1e-6)}, 1e-5)
    (only,) = with_simple_numbers(own)
    assert to_text(only[0]) == "2*pi*sqrt(x)"
    assert only[1] == ()


def test_constants_are_tied_to_one_of_them() -> None:
    """16*pi**2*(x**2 - 2*x*y + y**2) has one number, however its three coefficients were fitted."""
    values = {"k1": 157.9, "k2": 315.9, "k3": 158.2}
    own = fitted("sqrt(k1*x**2 - k2*x*y + k3*y**2)", values, 0.5)
    found = list(with_tied_constants(own))
    variables = {"x": np.linspace(3, 4, 20), "y": np.linspace(1, 2, 20)}
    one_left = [(expression, constants) for expression, constants, _ in found if len(constants) == 1]
    assert len(one_left) == 3  # each of them in turn
    for expression, (constant,) in one_left:
        rest = evaluate_tree(expression, {**variables, constant.name: 1.0}) / np.abs(variables["x"] - variables["y"])
        assert rest == pytest.approx(rest[0])  # a multiple of (x - y)**2 under the root
        assert to_text(expression).count(constant.name) == 1  # what they share stands once


@pytest.mark.parametrize(
    ("values", "errors", "dimensions"),
    [
        ({"k1": 1.0, "k2": 1.2}, 0.01, {}),  # 6/5 is not as simple as that
        ({"k1": 1.0, "k2": 2.0}, float("nan"), {}),  # nothing is known of them
        ({"k1": 1.0, "k2": 2.0}, 0.01, {"k1": SPEED}),  # a speed is no multiple of a number
        ({"k1": 1.0, "k2": 0.0}, 0.01, {}),
    ],
)
def test_constants_that_have_nothing_in_common_are_not_tied(
    values: Mapping[str, float], errors: float, dimensions: Mapping[str, Dimension]
) -> None:
    assert list(with_tied_constants(fitted("k1*x + k2*y", values, errors, dimensions))) == []


def test_signs_are_kept_when_constants_are_tied() -> None:
    own = fitted("k1*x + k2*y", {"k1": 0.7, "k2": -1.4001}, 0.001)
    for expression, (constant,), _ in with_tied_constants(own):
        values = {"x": 3.0, "y": 5.0, constant.name: constant.start}
        assert evaluate_tree(expression, values) == pytest.approx(0.7 * 3 - 1.4 * 5, rel=1e-3)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("ratio", ["1", "2", "3", "4", "1/2", "1/3", "1/4"])
def test_simple_multiples_are_tied_either_way_round(ratio: str, sign: int) -> None:
    """Each of the two constants may be the one that is left; an exact fit ends a little early."""
    exact = sign * float(Fraction(ratio))
    for error, off in ((0.0, 5e-10), (1e-4, 1e-4)):
        own = fitted("k1*x + k2*y", {"k1": 50.0 * exact * (1 + off), "k2": 50.0}, 50 * error)
        found = list(with_tied_constants(own))
        assert sorted(starts(one).popitem()[0] for one in found) == ["k1", "k2"]
        for expression, (constant,), _ in found:
            value = evaluate_tree(expression, {"x": 3.0, "y": 5.0, constant.name: constant.start})
            assert value == pytest.approx(50 * (3 * exact + 5), rel=1e-3)


@pytest.mark.parametrize("ratio", [5.0, 0.2, 1.5, 2 / 3, 2.1, 1.00001])
def test_other_multiples_are_not_tied(ratio: float) -> None:
    """``k1`` is ``3/2*k2`` by chance too often; and what is known to a part in a million is no multiple at ten."""
    own = fitted("k1*x + k2*y", {"k1": 100.0 * ratio, "k2": 100.0}, 1e-4)
    assert list(with_tied_constants(own)) == []


def test_errors_of_large_numbers_are_parts_of_them() -> None:
    """2.15 is not 2 where both numbers are known to a part in two thousand."""
    assert list(with_tied_constants(fitted("k1*x + k2*y", {"k1": 215.0, "k2": 100.0}, 0.05))) == []
    assert len(list(with_tied_constants(fitted("k1*x + k2*y", {"k1": 200.1, "k2": 100.0}, 0.05)))) == 2


def test_constants_are_tied_all_at_once_and_then_each_alone() -> None:
    """With each of three as the one that is left: once both others, then one of them."""
    own = fitted("k1*x + k2*y + k3", {"k1": 0.7, "k2": 1.4, "k3": 2.8}, 1e-5)
    left = [tuple(starts(one)) for one in with_tied_constants(own)]
    assert [len(names) for names in left] == [1, 2, 2] * 3
    assert len(set(left)) == 6


def test_among_many_constants_some_ratio_is_simple_by_chance() -> None:
    text = "k1 + k2*x + k3*y + k4*x*y + k5*x**2 + k6*y**2"
    six = fitted(text, {f"k{n}": 0.7 for n in range(1, 7)}, 1e-5)
    five = fitted(text.rpartition(" + ")[0], {f"k{n}": 0.7 for n in range(1, 6)}, 1e-5)
    assert list(with_tied_constants(six)) == []
    assert len(list(with_tied_constants(five))) == 5 * (1 + 4)


@pytest.mark.parametrize(("text", "count"), [("(1 + x**k1)**k2", 0), ("(y + k3*x**k2)**k1", 0), ("x**k1*y**k2", 2)])
def test_an_exponent_inside_another_power_is_like_it_by_chance(text: str, count: int) -> None:
    values = {"k1": 1.37, "k2": 1.37} | ({"k3": 5.1} if "k3" in text else {})
    assert len(list(with_tied_constants(fitted(text, values, 1e-5)))) == count


def test_a_number_some_errors_away_is_proposed_too() -> None:
    """It may make a whole factor vanish; the formula that is fitted again decides."""
    for off, proposed in ((4, True), (20, False)):
        found = list(with_simple_numbers(fitted("k1*x", {"k1": 0.5 + off * 5e-4}, 5e-4)))
        assert [to_text(one[0]) for one in found] == (["1/2*x"] if proposed else [])


def test_a_number_with_a_unit_is_not_simple() -> None:
    own = fitted("k1*x + k2*y", {"k1": 0.5, "k2": 2.0}, 1e-4, {"k1": SPEED, "k2": SPEED})
    assert list(with_simple_numbers(own)) == []


@pytest.mark.parametrize("error", [float("nan"), float("inf")])
def test_nothing_is_recognised_where_nothing_is_known(error: float) -> None:
    assert list(with_simple_numbers(fitted("k1*x", {"k1": 0.5}, error))) == []


def test_exact_numbers_are_recognised_without_any_error() -> None:
    (only,) = with_simple_numbers(fitted("k1*x", {"k1": -1.5}, 0.0))
    assert evaluate_tree(only[0], {"x": 2.0}) == -3.0


def test_factors_and_powers_of_one_vanish() -> None:
    found = list(with_simple_numbers(fitted("k1*x/y**k2", {"k1": 1.0001, "k2": 0.9999}, 0.001)))
    assert texts(found)[0] == "x/y"


# ------------------------------------------------------------------------------------- exponents, and units of inputs


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("k1*x**k2", {"k2"}),
        ("x**(k1 + 1)", {"k1"}),
        ("x**(2*k1)*y**k2", {"k1", "k2"}),
        ("k1**2 + k2*x", set()),
        ("k1**x", set()),
        ("x**(k1*y)", set()),  # a power that varies is a function like any other
        ("(k1 + x**k2)**k3", {"k2", "k3"}),
        ("exp(k1*x)", set()),
    ],
)
def test_constants_that_stand_as_a_power(text: str, names: set[str]) -> None:
    assert exponents_of(tree(text)) == names


@pytest.mark.parametrize(
    ("value", "error"),
    [(2 / np.pi, 0.003), (np.pi, 0.01), (1 / np.sqrt(np.pi), 0.001), (np.sqrt(2), 1e-4), (np.pi / 4, 1e-5)],
)
def test_an_exponent_is_a_fraction_or_nothing(value: float, error: float) -> None:
    """As a factor the same number may be recognised; no power of a quantity is ``2/pi``."""
    own = fitted("x**k1", {"k1": value}, error)
    for expression, _, found in with_simple_numbers(own):
        assert "pi" not in constants_of(expression) and "sqrt" not in to_text(expression)
        assert Fraction(found["k1"].value).limit_denominator(100) == Fraction(found["k1"].text)


@pytest.mark.parametrize("value", [2.0003, 0.4999, -1.0001, 0.6666, 0.25001, 1.5002])
def test_an_exponent_that_is_a_fraction_is_recognised(value: float) -> None:
    (only,) = with_simple_numbers(fitted("k2*x**k1", {"k1": value, "k2": 0.7391}, {"k1": 4e-4, "k2": 1e-5}))
    assert only[2]["k1"].value == pytest.approx(value, abs=4e-4)
    assert starts(only) == {"k2": 0.7391}


def test_beside_a_unit_of_an_input_no_factor_is_simple_but_exponents_are() -> None:
    """``2*(x/c)**3`` is another number in another unit of x; its exponent is the same in all."""
    own = fitted("k1*(x/c)**k2 + k3*y", {"k1": 2.0001, "k2": 3.0001, "k3": 0.5001}, 5e-4)
    assert set(next(iter(with_simple_numbers(own)))[2]) == {"k1", "k2", "k3"}
    (only,) = with_simple_numbers(own, units=("c",))
    assert set(only[2]) == {"k2"}
    assert to_text(only[0]) == "k1*(x/c)**3 + k3*y"
    (also,) = with_simple_numbers(fitted("k1*x", {"k1": 2.0001}, 5e-4), units=("c",))  # it does not hang on the unit
    assert to_text(also[0]) == "2*x"


# --------------------------------------------------------------------------------------------- terms that go


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("k2*(x + k1)", "k2*x"),
        ("k2/(k1 + x)", "k2/x"),
        ("k2*exp(k1*x)", "k2*1"),
        ("k2*cos(k1*x) + y", "k2*1 + y"),
        ("k2 + sin(k1*x)", "k2 + 0"),
        ("y*x**k1", "y*1"),
        ("sqrt(k1*x + y)", "sqrt(y)"),
        ("y + tanh(k1*x)*x", "y + 0"),
        ("k2*(x - k1)**2", "k2*x**2"),
        ("y + (k1*x)**2", "y + 0"),
        ("y*(x + k1)**(5/2)", "y*x**(5/2)"),
        ("y + sin(k1/x)", "y + 0"),
        ("y*acos(k1*x)", "y*acos(0)"),
    ],
)
def test_a_constant_that_is_nothing_wherever_it_stands(text: str, left: str) -> None:
    found = at_nothing(tree(text), "k1")
    assert found is not None
    values = {"x": np.array([0.7, 1.7]), "y": np.array([0.3, 2.0]), "k2": 1.3}
    wanted = evaluate_tree(tree(left), values)
    assert np.broadcast_to(evaluate_tree(found, values), 2) == pytest.approx(np.broadcast_to(wanted, 2))
    zero = evaluate_tree(tree(text), values | {"k1": 0.0})
    assert np.broadcast_to(zero, 2) == pytest.approx(np.broadcast_to(wanted, 2))


@pytest.mark.parametrize(
    ("text", "left"),
    [("k2*exp(k1*x)", "k2"), ("k2*cos(k1*x)", "k2"), ("y + sin(k1/x)", "y"), ("y*acos(k1*x)", "y*acos(0)")],
)
def test_what_a_constant_of_nothing_leaves_is_written_short(text: str, left: str) -> None:
    found = at_nothing(tree(text), "k1")
    assert found is not None and to_text(found) == left


@pytest.mark.parametrize("text", ["k1*x", "x/k1", "log(k1*x)", "y + log(k1*x)", "1/(k1*x)", "k1*(x + y)", "sin(k1*x)"])
def test_a_constant_without_which_there_is_nothing_or_no_value_stays(text: str) -> None:
    assert at_nothing(tree(text), "k1") is None


def test_a_constant_inside_a_function_goes_where_it_is_nothing() -> None:
    own = fitted("k1/(k2 + x)", {"k1": 2.0, "k2": 1e-4}, {"k1": 0.01, "k2": 1e-3})
    (only,) = without_insignificant_terms(own)
    assert starts(only) == {"k1": 2.0}
    assert evaluate_tree(only[0], {"x": 4.0, "k1": 2.0}) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("text", "coefficient", "left"),
    [
        ("k1*x + k2", "k2", "k1*x"),
        ("k1 + k2*x", "k1", "k2*x"),
        ("k1*x - k2*y", "k2", "k1*x"),
        ("k1*x - k2*y", "k1", "-(k2*y)"),
        ("x*(k1*y + k2)", "k2", "x*(k1*y)"),
        ("exp(k1*x + k2*y)", "k1", "exp(k2*y)"),
        ("k1*x + k2*y/x + k3", "k2", "k1*x + k3"),
        ("1/(1 + k1*x)", "k1", "1/1"),
        ("y + x*k1", "k1", "y"),
        ("y*(k2 + x*(y*k1))", "k1", "y*k2"),
    ],
)
def test_the_term_of_a_coefficient(text: str, coefficient: str, left: str) -> None:
    found = without_term(tree(text), Constant(coefficient))
    assert found is not None
    values = {"x": 1.7, "y": 0.3, "k1": 2.0, "k2": 5.0, "k3": -1.0}
    assert evaluate_tree(found, values) == pytest.approx(float(evaluate_tree(tree(left), values)))
    zero = evaluate_tree(tree(text), values | {coefficient: 0.0})
    assert evaluate_tree(found, values) == pytest.approx(float(zero))


@pytest.mark.parametrize("text", ["k1*x", "x**k1", "sin(k1*x) + y", "y + x/k1", "y + x/(k1 + x)", "x*y"])
def test_a_coefficient_that_is_no_factor_of_a_term_stays(text: str) -> None:
    """Setting it to zero would not take a term away, or take away more."""
    found = without_term(tree(text), Constant("k1"))
    if found is not None:
        values = {"x": 1.7, "y": 0.3}
        zero = float(evaluate_tree(tree(text), values | {"k1": 0.0}))
        assert evaluate_tree(found, values) == pytest.approx(zero)


def test_only_terms_that_are_not_told_from_zero_go() -> None:
    own = fitted("k1*x + k2*y + k3", {"k1": 2.0, "k2": 0.01, "k3": -0.02}, {"k1": 0.1, "k2": 0.02, "k3": 0.001})
    (only,) = without_insignificant_terms(own)
    assert to_text(only[0]) == "k1*x + k3"
    assert starts(only) == {"k1": 2.0, "k3": -0.02}


@pytest.mark.parametrize(("errors", "goes"), [(0.5, True), (2.0, True), (5.0, False), (50.0, False)])
def test_a_term_goes_where_errors_could_have_made_it(errors: float, goes: bool) -> None:
    """Less than three standard errors, as usual."""
    own = fitted("k1*x + k2*y", {"k1": 2.0, "k2": 0.01 * errors}, 0.01)
    assert texts(list(without_insignificant_terms(own))) == (["k1*x"] if goes else [])


def test_a_constant_that_is_no_coefficient_goes_where_it_is_nothing() -> None:
    """In no sum, but inside a function; where without it there is nothing, or it stands elsewhere too, it stays."""
    small = {"k1": 1e-4, "k2": 2.0}, {"k1": 1e-3, "k2": 0.01}
    (only,) = without_insignificant_terms(fitted("k2*exp(k1*x)", *small))
    assert to_text(only[0]) == "k2" and starts(only) == {"k2": 2.0}
    assert list(without_insignificant_terms(fitted("k1*x*k2", *small))) == []
    assert list(without_insignificant_terms(fitted("k1*x + k2*sin(k1*y)", *small))) == []


def test_constants_of_a_dropped_term_go_with_it() -> None:
    own = fitted("k1*x + k2*sin(k3*y)", {"k1": 2.0, "k2": 0.01, "k3": 5.0}, {"k1": 0.1, "k2": 0.02, "k3": 0.1})
    (only,) = without_insignificant_terms(own)
    assert starts(only) == {"k1": 2.0}
    assert constants_of(only[0]) == ("k1",)


def test_a_term_smaller_than_rounding_goes_though_its_error_is_smaller_still() -> None:
    (only,) = without_insignificant_terms(fitted("k1*x + k2*y", {"k1": 2.0, "k2": 3e-16}, {"k1": 1e-17, "k2": 1e-17}))
    assert to_text(only[0]) == "k1*x"


def test_unknown_errors_take_no_term_away() -> None:
    assert list(without_insignificant_terms(fitted("k1*x + k2", {"k1": 1.0, "k2": 1e-9}, float("nan")))) == []


# ------------------------------------------------------------------------------------------ one constant for two


C = 299.792
E_OF_M = Dimension.of(m=-4, s=4)


def relativistic(errors: float = 1e-6) -> Fitted:
    """E = m/sqrt(k1 - k2*v**2): k1 is c**-4, k2 is c**-6."""
    values = {"k1": C**-4, "k2": C**-6}
    return fitted(
        "m/sqrt(k1 - k2*v**2)", values, {name: errors * value for name, value in values.items()},
        {"k1": SPEED**-4, "k2": SPEED**-6},
    )  # fmt: skip


def agrees(one: Rewritten, own: Fitted) -> bool:
    columns = {"m": np.array([1.0, 2.0]), "v": np.array([10.0, 200.0]), "x": np.array([0.3, 0.7])}
    before = {c.name: v for c, v in zip(own.constants, own.values, strict=True)}
    values = [evaluate_tree(own.expression, columns | before), evaluate_tree(one[0], columns | starts(one))]
    return bool(np.allclose(*values, rtol=1e-4))


@pytest.mark.parametrize("units", [(), (SPEED,)])
def test_one_speed_instead_of_two_constants(units: tuple[Dimension, ...]) -> None:
    own = relativistic()
    (only,) = with_shared_constant(own, units)
    assert len(only[1]) == 1
    assert only[1][0].dimension in (SPEED, SPEED**-1, SPEED**2, SPEED**-2)
    assert agrees(only, own)
    if units:
        assert only[1][0].dimension == SPEED
        assert only[1][0].start == pytest.approx(C)


def test_simple_factors_between_them_are_found() -> None:
    own = fitted(
        "k1*x + k2*x**2", {"k1": 3.0, "k2": 4.5}, 1e-5, {"k1": SPEED, "k2": SPEED**2}
    )  # k2 = k1**2/2
    (only,) = with_shared_constant(own)
    assert agrees(only, own)
    assert only[2]["k2"].value == 0.5


@pytest.mark.parametrize("values", [(-3.0, 9.0), (3.0, -9.0), (-3.0, -9.0)])
def test_signs_are_kept(values: tuple[float, float]) -> None:
    own = fitted("k1*x + k2*x**2", dict(zip(("k1", "k2"), values, strict=True)), 1e-6, {"k1": SPEED, "k2": SPEED**2})
    for one in with_shared_constant(own):
        assert agrees(one, own)


def test_numbers_that_have_nothing_to_do_with_each_other_stay() -> None:
    own = fitted("k1*x + k2*x**2", {"k1": 3.0, "k2": 7.7713}, 1e-6, {"k1": SPEED, "k2": SPEED**2})
    assert list(with_shared_constant(own)) == []


def test_unrelated_dimensions_stay() -> None:
    own = fitted("k1*x + k2*y", {"k1": 2.0, "k2": 4.0}, 1e-6, {"k1": SPEED, "k2": Dimension.of(kg=1)})
    assert list(with_shared_constant(own)) == []


def test_a_power_of_a_declared_unit_becomes_that_unit() -> None:
    """k in m**2/s**2 where only m/s was declared is the square of a speed."""
    own = fitted("k1*m", {"k1": 16.0}, 1e-4, {"k1": SPEED**2})
    (only,) = with_shared_constant(own, (SPEED,))
    assert to_text(only[0]) == "k1**2*m"
    assert only[1] == (FreeConstant("k1", SPEED, 4.0),)
    assert list(with_shared_constant(own, (SPEED**2,))) == []
    assert list(with_shared_constant(own)) == []


def test_pure_numbers_beside_them_are_left_alone() -> None:
    own = fitted("k1*x + k2*x**2 + k3*y", {"k1": 3.0, "k2": 9.0, "k3": 0.7}, 1e-6, {"k1": SPEED, "k2": SPEED**2})
    (only,) = with_shared_constant(own)
    assert starts(only) == {"k1": 3.0, "k3": 0.7}
    half = Dimension.of(m=Fraction(1, 2))
    own = fitted("k1*x + k2*x**2", {"k1": 3.0, "k2": 9.0}, 1e-6, {"k1": half, "k2": half**2})
    for one in with_shared_constant(own):
        assert agrees(one, own)


@pytest.mark.parametrize(
    ("powers", "shared"),
    [
        ((1, 2), 1), ((2, 1), 1), ((3, 2), 1), ((4, 3), 1), ((4, 2), 1), ((6, 4), 2), ((1, 8), 1), ((-2, 3), -1),
        ((5, 5), 5),
    ],
)  # fmt: skip
def test_the_constant_that_is_shared_has_the_simplest_unit(powers: tuple[int, int], shared: int) -> None:
    """Of lengths to some powers the length itself, or the power that they have in common."""
    values = {f"k{place}": 1.3**power for place, power in enumerate(powers, start=1)}
    own = fitted("k1*x + k2*x**2", values, 1e-9, {f"k{n}": LENGTH**power for n, power in enumerate(powers, start=1)})
    (only,) = with_shared_constant(own)
    assert [one.dimension for one in only[1]] == [LENGTH**shared]
    assert only[1][0].start == pytest.approx(1.3**shared)
    assert agrees(only, own)


def test_half_a_power_is_shared_and_a_third_or_a_ninth_is_not() -> None:
    """Laws hold roots and fourth powers of a constant, and hardly anything beyond."""
    for power, shared in ((Fraction(1, 2), 1), (Fraction(1, 3), 0), (Fraction(9), 0)):
        values = {"k1": 1.3, "k2": 1.3 ** float(power)}
        own = fitted("k1*x + k2*x**2", values, 1e-9, {"k1": LENGTH, "k2": LENGTH**power})
        assert len(list(with_shared_constant(own))) == shared


def test_units_that_share_a_part_are_not_powers_of_each_other() -> None:
    kinds = {"k1": LENGTH, "k2": LENGTH * Dimension.of(kg=1)}
    assert list(with_shared_constant(fitted("k1*x + k2*y", {"k1": 2.0, "k2": 2.0}, 1e-6, kinds))) == []


def test_a_declared_unit_may_itself_be_a_power() -> None:
    own = fitted("k1*m", {"k1": 16.0}, 1e-4, {"k1": LENGTH**4})
    (only,) = with_shared_constant(own, (LENGTH**2,))
    assert only[1] == (FreeConstant("k1", LENGTH**2, 4.0),)
    assert list(with_shared_constant(own, (Dimension.of(kg=1),))) == []  # no power of it; and one is shared with none


@pytest.mark.parametrize("values", [(1.0, 1.0), (-0.5, 0.25), (0.5, -0.25)])
def test_a_shared_constant_may_be_one_or_small(values: tuple[float, float]) -> None:
    own = fitted("k1*x + k2*x**2", dict(zip(("k1", "k2"), values, strict=True)), 1e-6, {"k1": SPEED, "k2": SPEED**2})
    (only,) = with_shared_constant(own)
    assert agrees(only, own)


def test_nothing_is_shared_with_a_constant_that_is_nothing() -> None:
    """A fit may end there, as on a bound of the user's."""
    for values in ({"k1": 0.0, "k2": 4.0}, {"k1": 2.0, "k2": 0.0}):
        own = fitted("k1*x + k2*x**2", values, 1e-6, {"k1": SPEED, "k2": SPEED**2})
        assert list(with_shared_constant(own)) == []


def test_where_no_errors_are_known_only_what_is_exact_is_shared() -> None:
    kinds = {"k1": SPEED, "k2": SPEED**2}
    exact = fitted("k1*x + k2*x**2", {"k1": 3.0, "k2": 4.5}, float("nan"), kinds)
    assert len(list(with_shared_constant(exact))) == 1
    near = fitted("k1*x + k2*x**2", {"k1": 3.0, "k2": 4.6}, float("nan"), kinds)
    assert list(with_shared_constant(near)) == []


@pytest.mark.parametrize("correlation", [-0.7, 0.0, 0.9, 1.0])
@pytest.mark.parametrize("power", [-2.0, 0.5, 1.5])
def test_the_error_of_a_ratio_is_that_of_draws(power: float, correlation: float) -> None:
    """Of ``k1/k2**power``, as constants scatter that are fitted together: it says what is simple and what is not."""
    values, errors = np.array([3.0, 0.7]), np.array([0.006, 0.0021])
    covariance = np.outer(errors, errors) * np.array([[1.0, correlation], [correlation, 1.0]])
    own = fitted("k1*x + k2*y", {"k1": 3.0, "k2": 0.7}, 0.1)
    own = replace(own, covariance=covariance)
    draws = np.random.default_rng(0).multivariate_normal(values, covariance, 100_000)
    ratios = draws[:, 0] / draws[:, 1] ** power
    assert _relative_error(own, 0, 1, power) == pytest.approx(ratios.std() / ratios.mean(), rel=0.02)


def test_constants_whose_ratio_is_certain_have_no_error_of_it() -> None:
    """Rounding must not make a variance that is below zero, of which there is no root."""
    for value in np.linspace(0.1, 9.7, 60):
        error = 0.01 * np.array([value, value / 3])
        own = fitted("k1*x + k2*y", {"k1": float(value), "k2": float(value / 3)}, 0.1)
        assert 0 <= _relative_error(replace(own, covariance=np.outer(error, error)), 0, 1, 1.0) < 1e-7
