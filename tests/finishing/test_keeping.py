"""What the finisher keeps to: the user's dimensions, operators, form and bounds, and what is mere rounding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from symreg.engine import Outcome
from symreg.finishing.finished import Finished
from symreg.finishing.finisher import Finisher
from symreg.fitting.fitted import Fitted
from symreg.formula.expression import Number
from symreg.formula.grammar import parse
from symreg.formula.printing import to_text
from symreg.formula.simple_numbers import Recognised
from symreg.problem.candidate import FreeConstant
from symreg.problem.making import make_problem
from symreg.tables.table import read_table
from symreg.units.dimension import DIMENSIONLESS, Dimension
from tests.finishing.test_finisher import finisher_of

LENGTH = Dimension.of(m=1)
A = np.linspace(1.0, 3.0, 40)
B = np.cos(7 * A) + 2.0


def over(units: Sequence[str] = ("1", "1", "1"), target: Any = "y", **how: Any) -> Finisher:
    """The finisher of a question about ``y`` in the columns ``a`` and ``b``."""
    columns = {f"{name} [{unit}]": values for name, unit, values in zip("aby", units, (A, B, A * B), strict=True)}
    return finisher_of(make_problem(read_table(columns), target=target, **how))


def as_fitted(text: str, residual_sum: float = 1.0, **kinds: Dimension) -> Fitted:
    """A formula whose constants are 1, as some fit left it."""
    tree = parse(text, variables=("a", "b"), constants=(*kinds, "pi"))
    constants = tuple(FreeConstant(name, kind, 1.0) for name, kind in kinds.items())
    n = len(constants)
    return Fitted(tree, constants, np.ones(n), np.zeros((n, n)), residual_sum, Outcome.CONVERGED)


def as_finished(text: str, source: str = "native", **kinds: Dimension) -> Finished:
    return Finished(as_fitted(text, **kinds), 0.0, {}, source=source)


# --------------------------------------------------------------------------------------------------- dimensions, form


@pytest.mark.parametrize(
    ("text", "exact"),
    [("a*b", True), ("pi*a*b", True), ("a", False), ("a + a*b", False), ("c*a", True), ("c*b", False)],
)
def test_a_law_has_exactly_the_targets_dimension(text: str, exact: bool) -> None:
    """By the rules alone, with that of each constant: meters times seconds here, and no other."""
    kinds = {"c": Dimension.of(s=1)} if "c" in text else {}
    assert over(("m", "s", "m*s")).is_exact(as_fitted(text, **kinds)) is exact


@pytest.mark.parametrize(("text", "kept"), [("sin(b)*a**2", True), ("cos(b)*a**2", False), ("sin(b)*b", False)])
def test_a_law_of_a_template_has_its_form(text: str, kept: bool) -> None:
    own = over(target="y = sin(b)*f(a)")
    assert own.is_exact(as_fitted(text)) is kept
    assert own.may_follow(as_fitted("sin(b)*a"), as_fitted(text)) is kept


# ---------------------------------------------------------------------------------------------------------- operators


def test_a_rewriting_may_not_take_operators_that_the_user_left_out() -> None:
    """Of a law that was out of them before, a rewriting may be too: it may be on its way to one that is not."""
    own = over(operators=("+", "*", "/"))
    allowed, other = as_fitted("a*b"), as_fitted("sin(a)")
    assert own.may_follow(allowed, allowed)
    assert own.may_follow(other, allowed)
    assert own.may_follow(other, other)
    assert not own.may_follow(allowed, other)
    assert not over(("m", "s", "m*s"), operators=("+", "*")).may_follow(other, as_fitted("a"))


def test_a_coefficient_may_turn_out_needless_but_is_not_shown_without_a_product() -> None:
    own = over(operators=("+", "-"))
    scaled = as_finished("c*a + b", c=DIMENSIONLESS)
    assert own.is_sayable(scaled.fitted)
    assert own.said(scaled) is None
    assert not own.is_sayable(as_fitted("a*b"))
    plain = own.said(as_finished("a + b"))
    assert plain is not None and to_text(plain.fitted.expression) == "a + b"


def test_what_is_shown_is_said_in_the_users_operators() -> None:
    own = over(operators=("+", "*"))
    said = own.said(as_finished("a**2 + b"))
    assert said is not None and to_text(said.fitted.expression) == "a*a + b"
    assert own.said(as_finished("exp(a) + b")) is None


@pytest.mark.parametrize("source", ["guess", "hypotheses"])
def test_what_somebody_proposed_stays_as_it_is(source: str) -> None:
    """People know it by its form, whatever the search may use."""
    proposed = as_finished("exp(a) + b**2", source)
    assert over(operators=("+", "*")).said(proposed) is proposed


def test_of_a_template_the_form_is_the_users_and_its_functions_are_said() -> None:
    own = over(target="y = sin(b)*f(a) + g(b)", operators=("+", "*"))
    said = own.said(as_finished("sin(b)*a**2 + (b + 1)"))
    assert said is not None and to_text(said.fitted.expression) == "sin(b)*(a*a) + (b + 1)"
    assert own.said(as_finished("sin(b)*exp(a) + (b + 1)")) is None
    assert own.said(as_finished("sin(b)*a + exp(b)")) is None
    assert not own.is_sayable(as_fitted("sin(b)*exp(a) + exp(b)"))
    choice = over(target="y = f(a, b)", operators=("+", "*")).said(as_finished("a**2 + b"))
    assert choice is not None and to_text(choice.fitted.expression) == "a*a + b"


# ------------------------------------------------------------------------------------------------------------- bounds


def bounded() -> tuple[Finisher, Finished]:
    """``k*a + c*b``, where the user has k between 0 and 10, and the search has brought c."""
    free = {"units": "dimensionless", "bounds": {"k": [0, 10]}}
    own = over(free_constants=free, guesses=[{"formula": "k*a + b", "constants": ["k"]}])
    return own, as_finished("k*a + c*b", k=DIMENSIONLESS, c=DIMENSIONLESS)


def number(value: int) -> Recognised:
    return Recognised(Number(value), str(value), float(value), 1.0, 0.0)


K, C = FreeConstant("k", DIMENSIONLESS, 1.0), FreeConstant("c", DIMENSIONLESS, 1.0)


@pytest.mark.parametrize(
    ("left", "numbers", "kept"),
    [
        ((K, C), {}, True),
        ((K,), {}, True),  # nobody said anything of c
        ((K,), {"c": number(99)}, True),
        ((C,), {"k": number(2)}, True),
        ((C,), {"k": number(99)}, False),  # beyond what the user allows
        ((C,), {"k": number(-1)}, False),
        ((C,), {}, False),  # gone, and nothing says which value it had
        ((), {"c": number(2)}, False),
        ((FreeConstant("k", LENGTH, 1.0),), {}, False),  # the name is there, and means something else
        ((FreeConstant("k", LENGTH, 1.0),), {"k": number(2)}, False),
    ],
)
def test_a_constant_with_bounds_keeps_its_meaning_or_becomes_a_number_within_them(
    left: tuple[FreeConstant, ...], numbers: dict[str, Recognised], kept: bool
) -> None:
    own, law = bounded()
    assert own.keeps_limits(law, (law.fitted.expression, left, numbers)) is kept
    turned = as_finished("c*b + k*a", c=DIMENSIONLESS, k=DIMENSIONLESS)  # whichever of them stands first
    assert own.keeps_limits(turned, (turned.fitted.expression, left, numbers)) is kept


# ----------------------------------------------------------------------------------------------------------- rounding


def leaving(residuals: float, spread: float, at: float = 0.0) -> tuple[Finisher, Fitted]:
    """A formula that leaves residuals of this root mean square, of a target that spreads so far about a value."""
    y = at + spread * np.tile([-1.0, 1.0], 200)
    own = finisher_of(make_problem(read_table({"a": np.linspace(1, 2, 400), "y": y}), target="y", test_fraction=0.0))
    return own, as_fitted("a", residuals**2 * len(y))


@pytest.mark.parametrize("spread", [1e-3, 1.0, 1e3])
def test_rounding_is_a_part_of_the_targets_spread(spread: float) -> None:
    """An exact law leaves a part of 1e-12 or so, and a law that is merely near one of 1e-6."""
    for part, is_rounding in ((0.0, True), (1e-12, True), (3e-10, True), (3e-9, False), (1e-6, False), (1.0, False)):
        own, fitted = leaving(part * spread, spread)
        assert own.is_at_rounding(fitted) is is_rounding, part


def test_values_far_from_zero_are_known_no_better_than_their_size_allows() -> None:
    """Of 1e7 ± 1 the last digits of float64 are 1e-9, and a few steps of arithmetic lose some more."""
    own, fitted = leaving(2e-8, 1.0, at=1e7)
    assert own.is_at_rounding(fitted)
    own, fitted = leaving(1e-5, 1.0, at=1e7)
    assert not own.is_at_rounding(fitted)
    own, fitted = leaving(2e-8, 1.0, at=10.0)
    assert not own.is_at_rounding(fitted)


def test_where_rows_have_errors_rounding_is_a_part_of_each_value() -> None:
    """Over decades the spread is that of the largest, and beside it the smallest are nothing, which are known to a
    tenth like all others."""
    y = np.geomspace(1e-6, 1.0, 60)
    rows = read_table({"a": y, "y": y, "s": 0.1 * y}, sigma={"y": "s"})
    weighted = finisher_of(make_problem(rows, target="y", test_fraction=0.0))
    for part, is_rounding in ((1e-11, True), (1e-6, False), (0.1, False)):
        assert weighted.is_at_rounding(as_fitted("a", 60 * (part / 0.1) ** 2)) is is_rounding
    alike = finisher_of(make_problem(read_table({"a": y, "y": y}), target="y", test_fraction=0.0))
    assert alike.is_at_rounding(as_fitted("a", 60 * (6e-10 * float(np.std(y))) ** 2))  # errors of all rows are alike


def test_a_fit_is_worse_by_a_part_of_what_is_left() -> None:
    """Least squares ends a little elsewhere each time, which is nothing; a part in a thousand is something."""
    own = over()
    for left in (1e-6, 1.0, 1e6):
        before = as_fitted("a", left)
        for after, is_worse in ((0.5, False), (1.0, False), (1 + 1e-8, False), (1.001, True), (3.0, True)):
            assert own.is_worse(replace(before, residual_sum=after * left), before) is is_worse


@pytest.mark.parametrize("spread", [1e-2, 1.0, 1e2])
def test_of_an_exact_fit_rounding_is_not_worse(spread: float) -> None:
    """Both leave nothing but rounding of the target's values."""
    exact = as_fitted("a", 0.0)
    for part, is_worse in ((0.0, False), (1e-16, False), (3e-11, False), (1e-9, True), (1e-6, True)):
        own, fitted = leaving(part * spread, spread)
        assert own.is_worse(fitted, exact) is is_worse, part


# -------------------------------------------------------------------------------------------------------------- names


def test_no_constant_is_called_what_something_else_is_called() -> None:
    constants = [{"name": "g", "value": 9.81, "unit": "1"}]
    own = over(target="y = P*f(a, g)", constants=constants, parameters=["P"])
    assert own.taken() >= {"a", "y", "g", "pi", "P", "f"}
    assert "k1" not in own.taken()
