"""What each pass does to a law of a few rows: which constants go, which form is shown, and what is let alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from symreg.finishing.finished import Finished
from symreg.finishing.finisher import Finisher
from symreg.finishing.passes import canonical, shortened, shown, tidied, with_fewest_constants
from symreg.formula.grammar import parse
from symreg.formula.printing import to_text
from symreg.problem.candidate import FreeConstant
from symreg.problem.constraints import Constraints
from symreg.problem.making import make_problem
from symreg.tables.table import read_table
from symreg.units.dimension import DIMENSIONLESS, Dimension
from tests.finishing.test_finisher import finisher_of

PER_SECOND, VOLT = Dimension.of(s=-1), Dimension.of(kg=1, m=2, s=-3, A=-1)
T = np.linspace(0.5, 9, 40)
DECAY = 3.1 * np.exp(-T / 2.6)
NOISE = 0.05 * np.random.default_rng(3).normal(size=40)


def over(y: np.ndarray, units: str = "s V", **how: Any) -> Finisher:
    """A question about ``U`` over ``t``."""
    t, u = units.split()
    table = read_table({f"t [{t}]": T, f"U [{u}]": y})
    return finisher_of(make_problem(table, **({"target": "U", "test_fraction": 0.0} | how)))


def law(own: Finisher, text: str, source: str = "native", **kinds: Dimension) -> Finished:
    """The formula with its constants fitted, from starts near one."""
    tree = parse(text, variables=("t",), constants=(*kinds, "pi"))
    constants = tuple(FreeConstant(name, kind, 0.9 + 0.1 * n) for n, (name, kind) in enumerate(kinds.items()))
    (fitted,) = own.fitter.fit([(tree, constants)])
    assert fitted is not None
    return own.measured(fitted, source)


def text_of(one: Finished) -> str:
    return to_text(one.fitted.expression)


# ------------------------------------------------------------------------------------------------- fewest constants


LONG = "a*exp(-b*t) + c + d*t"
KINDS = {"a": VOLT, "b": PER_SECOND, "c": VOLT, "d": VOLT * PER_SECOND}


def test_an_exact_law_keeps_only_the_constants_that_it_needs() -> None:
    """One after the other goes, as long as nothing but rounding is left."""
    own = over(DECAY)
    before = law(own, LONG, **KINDS)
    found = with_fewest_constants(own, before)
    assert set(found.fitted.names) == {"a", "b"}
    assert own.is_at_rounding(found.fitted)
    assert found.bits == pytest.approx(own.measured(found.fitted, "native").bits)


def test_of_a_law_that_leaves_noise_no_constant_goes_here() -> None:
    """Whether one pays is for the description length to say."""
    own = over(DECAY + NOISE)
    before = law(own, LONG, **KINDS)
    assert with_fewest_constants(own, before) is before


def test_a_constant_that_the_user_bounds_stays() -> None:
    free = {"units": "inferred", "bounds": {"c": [-1, 1, "V"]}}
    own = over(DECAY, free_constants=free, guesses=[{"formula": "c*t/t", "constants": ["c"]}])
    found = with_fewest_constants(own, law(own, LONG, **KINDS))
    assert set(found.fitted.names) == {"a", "b", "c"}


# ---------------------------------------------------------------------------------------------------------- tidying


@pytest.mark.parametrize(
    ("free", "text"),
    [("inferred", "k*sqrt(t)"), (["V**2/s"], "sqrt(k*t)"), (["V**2/s", "V/s**(1/2)"], "k*sqrt(t)")],
)
def test_a_free_factor_stands_in_front_where_it_may_have_that_unit(free: Any, text: str) -> None:
    own = over(1.7 * np.sqrt(T), free_constants=free)
    assert text_of(tidied(own, law(own, "sqrt(k*t)", k=VOLT**2 * PER_SECOND))) == text


def test_a_pure_factor_stands_in_front_whatever_units_are_declared() -> None:
    own = over(1.7 * np.sqrt(T), "1 1", free_constants=["V"])
    assert text_of(tidied(own, law(own, "sqrt(k*t)", k=DIMENSIONLESS))) == "k*sqrt(t)"


def test_a_constant_with_bounds_is_not_moved() -> None:
    """In front of the root it would be another one than that which was bounded."""
    free = {"units": "inferred", "bounds": {"k": [0, 10, "V**2/s"]}}
    own = over(1.7 * np.sqrt(T), free_constants=free, guesses=[{"formula": "sqrt(k*t)", "constants": ["k"]}])
    assert text_of(tidied(own, law(own, "sqrt(k*t)", k=VOLT**2 * PER_SECOND))) == "sqrt(k*t)"


def test_several_factors_are_moved_and_powers_merged() -> None:
    own = over(1.7 * T**1.5 + 0.4 * np.sqrt(T))
    kinds = {"k": VOLT**2 * PER_SECOND, "c": VOLT**2 * PER_SECOND**3}
    assert text_of(tidied(own, law(own, "sqrt(k*t) + sqrt(c*t**3)", **kinds))) == "k*sqrt(t) + c*t**(3/2)"


@pytest.mark.parametrize(("positive", "text"), [(True, "a - b*t"), (False, "a + b*t")])
def test_constants_that_are_positive_leave_their_sign_to_the_form(positive: bool, text: str) -> None:
    own = over(5 - 0.3 * T, free_constants={"units": "inferred", "positive": positive})
    found = tidied(own, law(own, "a + b*t", a=VOLT, b=VOLT * PER_SECOND))
    assert text_of(found) == text
    assert (found.fitted.values > 0).all() == positive


def test_of_a_template_each_function_is_tidied_in_its_place() -> None:
    own = over(np.sin(T) * (T**2 + T) ** 1.5, "1 1", target="U = sin(t)*f(t)")
    found = tidied(own, law(own, "sin(t)*sqrt((t*t + t)**3)"))
    assert text_of(found) == "sin(t)*(t**2 + t)**(3/2)"
    bare = over(1.7 * np.sqrt(T), target="U = f(t)", free_constants="inferred")
    assert text_of(tidied(bare, law(bare, "sqrt(k*t)", k=VOLT**2 * PER_SECOND))) == "k*sqrt(t)"


# ----------------------------------------------------------------------------------------------------- what is shown


DECAYING = ("a*exp(-b*t)", {"a": VOLT, "b": PER_SECOND})


@pytest.mark.parametrize(
    ("free", "text"),
    [("inferred", "a*exp(-t/b)"), ("auto", "a*exp(-t/b)"), (["V", "s"], "a*exp(-t/b)"), (["V", "1/s"], "a*exp(b*t)")],
)
def test_a_decay_is_shown_with_its_time_where_a_constant_may_be_one(free: Any, text: str) -> None:
    own = over(DECAY + NOISE, free_constants=free)
    before = law(own, DECAYING[0], **DECAYING[1])
    found = canonical(own, before)
    assert text_of(found) == text
    assert found.bits <= before.bits  # it is one law, and the shorter of both messages says it
    assert canonical(own, found) is found


@pytest.mark.parametrize(
    ("text", "kinds", "how"),
    [
        ("c + a*exp(b*t)", {"c": VOLT}, {"target": "U = c + f(t)", "parameters": {"c": {"unit": "V"}}}),
        ("a*exp(b*t)", {}, {"constraints": Constraints(max_complexity=6)}),
    ],
    ids=["its form", "its nodes"],
)
def test_what_the_user_limits_is_let_alone(text: str, kinds: dict[str, Dimension], how: dict[str, Any]) -> None:
    """The usual form ``a*exp(-t/b)`` is not the user's, or it is longer than the user allows."""
    own = over(DECAY + NOISE, free_constants="inferred", **how)
    before = law(own, text, **kinds, **DECAYING[1])
    assert canonical(own, before) is before


def test_a_constant_with_bounds_is_shown_as_it_was_bounded() -> None:
    free = {"units": "inferred", "bounds": {"b": [0, 1, "1/s"]}}
    own = over(DECAY + NOISE, free_constants=free, guesses=[{"formula": "g*exp(-b*t)", "constants": ["g", "b"]}])
    before = law(own, DECAYING[0], **DECAYING[1])
    assert canonical(own, before) is before


def test_positive_constants_are_shown_with_the_sign_in_the_form() -> None:
    own = over(-DECAY + NOISE, free_constants={"units": "inferred", "positive": True})
    found = canonical(own, law(own, DECAYING[0], **DECAYING[1]))
    assert text_of(found) == "-(a*exp(-(t/b)))"
    assert (found.fitted.values > 0).all()


@pytest.mark.parametrize(("source", "part"), [("native", "t/b"), ("guess", "b*t")])
def test_what_somebody_proposed_is_shown_in_the_form_that_it_had(source: str, part: str) -> None:
    own = over(DECAY + NOISE)
    assert part in text_of(shown(own, law(own, DECAYING[0], source, **DECAYING[1])))


def test_in_the_form_that_is_shown_numbers_and_terms_that_are_not_needed_go() -> None:
    """The amplitude is the simple number 2; and an offset that noise alone has made is none."""
    own = over(2.0 * np.exp(-T / 2.6) * (1 + 0.02 * NOISE), "s 1", free_constants="inferred")
    found = shown(own, law(own, "a*exp(-b*t)", a=DIMENSIONLESS, b=PER_SECOND))
    assert text_of(found) == "2*exp(-t/b)" and found.snapped["a"][0].value == 2
    own = over(DECAY + NOISE, free_constants="inferred")
    found = shown(own, law(own, "a*exp(-b*t) + c", a=VOLT, b=PER_SECOND, c=VOLT))
    assert found.fitted.names == ("a", "b") and "t/b" in text_of(found)


def test_shortening_takes_all_its_steps() -> None:
    """A simple number is told, and of what is left powers are merged and the factor stands in front."""
    own = over(1.7 * np.sqrt(T) + 0.5 * T, "1 1")
    found = shortened(own, law(own, "sqrt(k*t) + c*t", k=DIMENSIONLESS, c=DIMENSIONLESS))
    assert len(found.fitted.constants) == 1 and found.snapped["c"][0].value == 0.5
    assert "k*sqrt(t)" in text_of(found)
