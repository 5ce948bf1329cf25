"""One form for every law: families of formulas that are the same function, and the one way they are written."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from symreg.finishing.canonical import reparametrising
from symreg.finishing.canonical.canonical_form import canonical_form, with_leading_signs, with_terms_in_order
from symreg.finishing.canonical.reparametrising import Form, Surroundings
from symreg.formula.grammar import parse
from symreg.formula.printing import to_text
from symreg.units.dimension import DIMENSIONLESS, Dimension

TIME, LENGTH, SPEED = Dimension.of(s=1), Dimension.of(m=1), Dimension.of(m=1, s=-1)
INPUTS = dict.fromkeys("xyudz", DIMENSIONLESS) | {"t": TIME, "L": LENGTH, "v": SPEED}
KNOWN = {"pi": (DIMENSIONLESS, np.pi), "c": (SPEED, 5.0)}
UNITS = {"t": (TIME, 1.0), "L": (LENGTH, 1000.0), "v": (SPEED, 3.0)}
S, PER_S, S2 = Dimension.of(s=1), Dimension.of(s=-1), Dimension.of(s=2)

Values = dict[str, Any]
"""Constants of a formula: a value, or a value and its dimension."""


def form(text: str, **constants: Any) -> Form:
    """The formula on forty rows, on which all inputs but ``z`` are positive."""
    rng = np.random.default_rng(0)
    values: dict[str, Any] = {name: rng.uniform(0.5, 2.5, 40) for name in INPUTS}
    values["z"] = rng.uniform(-2.0, 2.0, 40)
    values |= {name: value for name, (_, value) in KNOWN.items()}
    values |= {f"{name}_unit": value for name, (_, value) in UNITS.items()}
    dimensions = INPUTS | {name: one for name, (one, _) in KNOWN.items()}
    dimensions |= {f"{name}_unit": one for name, (one, _) in UNITS.items()}
    around = Surroundings(dimensions, values, {name: f"{name}_unit" for name in UNITS}, lambda _: True)
    names = (*constants, *KNOWN, *(f"{name}_unit" for name in UNITS))
    pairs = {name: one if isinstance(one, tuple) else (one, DIMENSIONLESS) for name, one in constants.items()}
    return Form.of(
        parse(text, variables=tuple(INPUTS), constants=names),
        {name: dimension for name, (_, dimension) in pairs.items()},
        {name: float(value) for name, (value, _) in pairs.items()},
        around,
    )


# What goes in, its constants, what comes out.
NUMBERS: list[tuple[str, Values, str]] = [
    ("2*k*x", {"k": 1}, "k*x"),
    ("pi*k*x/3", {"k": 1}, "k*x"),
    ("k1*x/k2", {"k1": 1, "k2": 2}, "k1*x"),
    ("exp(k1)*x", {"k1": 2}, "k1*x"),
    ("(1 + k1)*x", {"k1": 2}, "k1*x"),
    ("k1*x + 2*x", {"k1": 3}, "k1*x"),
    ("k1*x + k2*x", {"k1": 1, "k2": 2}, "k1*x"),
    ("k1*k2*v", {"k1": (1, TIME), "k2": 2}, "k1*v"),
    ("k1*log(x)/log(k2)", {"k1": 1, "k2": 3}, "k1*log(x)"),
    ("k1*cos(2*k2*t)", {"k1": 2, "k2": (3, PER_S)}, "k1*cos(k2*t)"),
    ("-1*x", {}, "-x"),
    ("x*y/(2/3)", {}, "3*x*y/2"),
    ("2*x/sqrt(y/u)", {}, "2*x*sqrt(u/y)"),
    ("k*x/(y/u)**2", {"k": 3}, "k*x*(u/y)**2"),
    ("x/(k*(y/u)**(3/2))", {"k": 3}, "x*(u/y)**(3/2)/k"),
    ("1/(y/u)**k", {"k": 1.3}, "(y/u)**k"),
    ("-k*x", {"k": 3}, "k*x"),
    ("k1*k2*x + k2", {"k1": 2, "k2": 3}, "k1*x + k2"),
]
POWERS: list[tuple[str, Values, str]] = [
    ("(x**2)**k2", {"k2": 0.7}, "x**k2"),
    ("u*u**k2", {"k2": 0.7}, "u**k2"),
    ("k1*u*u**k2*d**k3", {"k1": 2, "k2": 0.7, "k3": 1.3}, "k1*u**k2*d**k3"),
    ("k1*x**k2*x**k3", {"k1": 1, "k2": 2, "k3": 3}, "k1*x**k2"),
    ("(d/u)**k1*u**k2", {"k1": 1.2, "k2": 0.8}, "d**k1*u**k2"),
    ("(x*y)**k1*x**k2*k3", {"k1": 1, "k2": 2, "k3": 4}, "k3*y**k1*x**k2"),
    ("x**(2*k)", {"k": 1}, "x**k"),
    ("k1*x**(1/k2)", {"k1": 2, "k2": 1.4}, "k1*x**k2"),
    ("(k1*x)**k2", {"k1": 2, "k2": 1.3}, "k1*x**k2"),
    ("(k1*x)**2*k2", {"k1": 1, "k2": 3}, "k2*x**2"),
    ("k*(L/L_unit)**2", {"k": 2}, "k*L**2"),
    ("k1*(t/k2)**k3", {"k1": 2, "k2": (3, S), "k3": 1.3}, "(t/k1)**k3"),
    ("k1*L*(t/k2)**k3", {"k1": 2, "k2": (3, S), "k3": 1.3}, "k1*L*(t/t_unit)**k3"),
    ("(z**2)**2", {}, "z**4"),
    ("y*(2*x)**2/u", {}, "4*y*x**2/u"),
    ("(x/3)**2", {}, "x**2/9"),
    ("y*pi*(2*x)**2", {}, "4*pi*y*x**2"),
    ("y*(2*x*d/(3*u))**3", {}, "8*y*(x*d/u)**3/27"),
    ("exp(-(2*x)**2)", {}, "exp(-4*x**2)"),
    ("(-2*z)**3", {}, "-8*z**3"),
    ("sqrt(4*x)", {}, "sqrt(4*x)"),
    ("(x - y)**2/(x + y)**2", {}, "((x - y)/(x + y))**2"),
    ("sqrt(2*x*x)", {}, "sqrt(2)*x"),
    ("sqrt(x)*sqrt(k*x)", {"k": 3}, "k*x"),
    ("k1*x**2/(k2*x)", {"k1": 1, "k2": 3}, "k1*x"),
    ("c**3*x/sqrt(c**2 - v**2)", {}, "x*c**2/sqrt(1 - v**2/c**2)"),
    ("c*x/(c - v)", {}, "x/(1 - v/c)"),
    ("t*v/(L + t*v)", {}, "t*v/(L + t*v)"),
    ("t*L/(t + t_unit)", {}, "t*L/(t + t_unit)"),
]
SUMS: list[tuple[str, Values, str]] = [
    ("k1*(exp(k2*x) + k3)", {"k1": 2, "k2": 0.7, "k3": 1.3}, "k1*exp(k2*x) + k3"),
    ("k1*(1 + x) + k3", {"k1": 2, "k3": 1}, "k1*x + k3"),
    ("(x + k1)/k2", {"k1": 1, "k2": 2}, "k2*x + k1"),
    ("k1*(k2*x + k3*y)", {"k1": 1, "k2": 2, "k3": 3}, "k2*x + k3*y"),
    ("k1*(x**2 + k2*x) + k3", {"k1": 1, "k2": 2, "k3": 2}, "k1*x**2 + k2*x + k3"),
    ("k1*(x/(x + k2) + k3)", {"k1": 1, "k2": 2, "k3": 3}, "k1*x/(k2 + x) + k3"),
    ("k1*(k2 - exp(-x/k3))", {"k1": 1, "k2": 2, "k3": 2}, "k2 - k1*exp(-k3*x)"),
    ("k1*(1 - exp(k2*t))", {"k1": 2, "k2": (-2, PER_S)}, "k1*(1 - exp(-t/k2))"),
    ("k1*(exp(k2*t) - 1)", {"k1": -2, "k2": (-2, PER_S)}, "k1*(1 - exp(-t/k2))"),
    ("k1*(exp(k2*t) - 1)", {"k1": 2, "k2": (2, PER_S)}, "k1*(exp(t/k2) - 1)"),
    ("x + 1", {}, "1 + x"),
]
FRACTIONS: list[tuple[str, Values, str]] = [
    ("1/(k1*x + k2)", {"k1": 2, "k2": 1}, "k1/(k2 + x)"),
    ("k3/(k1*x + k2)", {"k1": 2, "k2": 1, "k3": 4}, "k3/(k2 + x)"),
    ("k1/(1 + x/k2)", {"k1": 1, "k2": 2}, "k1/(k2 + x)"),
    ("k1/(k2*(x + k3))", {"k1": 2, "k2": 3, "k3": 1}, "k1/(k3 + x)"),
    ("k1/(x + k2)", {"k1": 2, "k2": -0.2}, "k1/(x - k2)"),
    ("x/(1/k1 + x/k2)", {"k1": 2, "k2": 3}, "k2*x/(k1 + x)"),
    ("k1*x/(k2*x + k3)", {"k1": 2, "k2": 3, "k3": 1}, "k1*x/(k3 + x)"),
    ("(k1*x + k2)/(k3*x + k4)", {"k1": 2, "k2": 3, "k3": 1, "k4": 4}, "(k1*x + k2)/(k4 + x)"),
    ("k1/(k2 + (k3 + y)/x)", {"k1": 1, "k2": 2, "k3": 3}, "k1*x/(k3 + k2*x + y)"),
    ("k1/(exp(k2*t) + k3)", {"k1": 2, "k2": (-0.7, PER_S), "k3": 1.3}, "k1/(1 + k3*exp(-t/k2))"),
    ("1/(k1*exp(k2*t) + k3)", {"k1": 2, "k2": (-0.7, PER_S), "k3": 1.3}, "k3/(1 + k1*exp(-t/k2))"),
    ("k1/((t/t_unit)**k2 + k3)", {"k1": 1, "k2": -2.3, "k3": 0.1}, "k1/(1 + (k3/t)**k2)"),
    ("k1/(k2 + k3*log(x) + k4*log(x)**3)", {"k1": 1, "k2": 2, "k3": 1, "k4": 3}, "1/(k2 + k3*log(x) + k4*log(x)**3)"),
    ("1/(1/x + y/u)", {}, "1/(1/x + y/u)"),
]
FUNCTIONS: list[tuple[str, Values, str]] = [
    ("log((x/y)**2)", {}, "2*log(x/y)"),
    ("-(x/log(sqrt(y)))", {}, "-2*x/log(y)"),
    ("k1*log(k2*x) + k3", {"k1": 2, "k2": 3, "k3": 1}, "k1*log(x) + k3"),
    ("k1*log(t/k2) + k3", {"k1": 2, "k2": (3, S), "k3": 1}, "k1*log(t/k2)"),
    ("exp(k1*(x + k2))", {"k1": -1, "k2": 2}, "k2*exp(-k1*x)"),
    ("k1*exp(-(x + k2)/k3)", {"k1": 1, "k2": 2, "k3": 3}, "k1*exp(-k3*x)"),
    ("k1*exp(k2*t)", {"k1": 1, "k2": (-2, PER_S)}, "k1*exp(-t/k2)"),
    ("k1*exp(k2/t)", {"k1": 3, "k2": (-2, S)}, "k1*exp(-k2/t)"),
    ("1/exp(k*x)", {"k": 2}, "exp(-k*x)"),
    ("exp(x)*exp(y)", {}, "exp(x + y)"),
    ("k1*exp(x/k2)*exp(x/k3)", {"k1": 2, "k2": 3, "k3": 4}, "k1*exp(k2*x)"),
    ("exp(-k1*(t/t_unit)**k2)", {"k1": 2, "k2": 0.6}, "exp(-(t/k1)**k2)"),
    ("sin(t/k)", {"k": (2, S)}, "sin(k*t)"),
    ("tanh(k*t)", {"k": (2, PER_S)}, "tanh(t/k)"),
    ("k1*sin(k2*(t + k3))", {"k1": 2, "k2": (3, PER_S), "k3": (1, S)}, "k1*sin(k2*t + k3)"),
    ("tanh(k1*t + k2)", {"k1": (2, PER_S), "k2": -1}, "tanh((t - k2)/k1)"),
    ("k1*exp(-(t - k2)**2/k3)", {"k1": 1, "k2": (2, S), "k3": (2, S2)}, "k1*exp(-((t - k2)/k3)**2)"),
    ("k1/(1 + ((t - k2)/k3)**2)", {"k1": 1, "k2": (2, S), "k3": (2, S)}, "k1/(1 + ((t - k2)/k3)**2)"),
    ("k1*(exp(k2*t) + k3)**2", {"k1": 3, "k2": (-1, PER_S), "k3": -0.3}, "k1*(1 - k3*exp(-t/k2))**2"),
]
ALL = [*NUMBERS, *POWERS, *SUMS, *FRACTIONS, *FUNCTIONS]


@pytest.mark.parametrize(("written", "constants", "shown"), ALL)
def test_a_law_has_one_form(written: str, constants: Values, shown: str) -> None:
    assert to_text(canonical_form(form(written, **constants)).expression) == shown


@pytest.mark.parametrize(("written", "constants", "shown"), ALL)
def test_values_stay_and_no_constant_is_new(written: str, constants: Values, shown: str) -> None:
    before = form(written, **constants)
    after = canonical_form(before)
    np.testing.assert_allclose(after.rows(), before.rows(), rtol=1e-9)
    assert set(after.values) <= set(before.values)
    assert after.dimension(after.expression) == before.dimension(before.expression)


@pytest.mark.parametrize(("written", "constants", "shown"), ALL)
def test_what_is_canonical_stays(written: str, constants: Values, shown: str) -> None:
    once = canonical_form(form(written, **constants))
    again = canonical_form(once)
    assert to_text(again.expression) == to_text(once.expression)
    assert again.values == pytest.approx(once.values)


@pytest.mark.parametrize("written", ["log(z**2)", "(z**2)**k", "sqrt(z**2)", "log(1/z**2)"])
def test_signs_that_a_power_hides_are_not_lost(written: str) -> None:
    before = form(written, k=0.7)
    after = canonical_form(before)
    np.testing.assert_allclose(after.rows(), before.rows(), rtol=1e-9)


@pytest.mark.parametrize(
    ("written", "constants"),
    [
        ("k1*x + k1*y**2", {"k1": 2}),
        ("k1*exp(-k2*x) + k2*y", {"k1": 2, "k2": 3}),
        ("k1*(x**k2 + k2)", {"k1": 2, "k2": 3}),
    ],
)
def test_a_constant_in_two_places_keeps_its_meaning(written: str, constants: Values) -> None:
    before = form(written, **constants)
    after = canonical_form(before)
    shared = set(before.values) - before.own
    assert {name: after.values[name] for name in shared} == {name: before.values[name] for name in shared}


def test_a_dimension_that_no_constant_may_have_is_not_made() -> None:
    before = form("k*(L/L_unit)**2", k=2)
    around = Surroundings(
        before.around.dimensions, before.around.values, before.around.units, lambda one: one.is_dimensionless
    )
    kept = canonical_form(Form.of(before.expression, before.dimensions, before.values, around))
    assert to_text(kept.expression) == "k*(L/L_unit)**2"


def test_a_power_whose_exponent_varies_keeps_its_scale() -> None:
    assert to_text(canonical_form(form("(k2*x**2)**exp(k1*x)", k1=0.2, k2=1.7)).expression) == "(k2*x**2)**exp(k1*x)"


@pytest.mark.parametrize(
    ("written", "shown"), [("-(x/y)", "-x/y"), ("-(2*x*y)", "-2*x*y"), ("x - x*y", "x - x*y"), ("-(x + y)", "-(x + y)")]
)
def test_a_minus_stands_at_the_first_factor(written: str, shown: str) -> None:
    assert to_text(with_leading_signs(parse(written, variables=("x", "y")))) == shown


@pytest.mark.parametrize(("written", "shown"), [("x + 1", "1 + x"), ("x - 1", "x - 1"), ("x + y", "x + y")])
def test_a_number_that_is_added_stands_first(written: str, shown: str) -> None:
    assert to_text(with_terms_in_order(parse(written, variables=("x", "y")))) == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("k1 + k2*x", "k2*x + k1"), ("k1*x + k2", "k1*x + k2"), ("k1 - k2*x", "k1 - k2*x"),
        ("k1*x/(x + k2)", "k1*x/(k2 + x)"),
        ("k1 + k2*x + 1", "1 + k2*x + k1"), ("-x - k1", "-x - k1"), ("1/sqrt(x - k1)", "1/sqrt(x - k1)"),
        ("1/(x**2 + k2)**3", "1/(k2 + x**2)**3"),
    ],
)  # fmt: skip
def test_a_constant_that_is_added_stands_last(written: str, shown: str) -> None:
    """``k1 + k2*x`` and ``k2*x + k1`` were two laws of one list."""
    free = ("k1", "k2")
    assert to_text(with_terms_in_order(parse(written, variables=("x", "y"), constants=free), free)) == shown


# -------------------------------------------------------------------------------------------------- any formula at all

UNARY = ("exp", "sqrt", "log", "square", "inv", "neg", "sin", "tanh", "cube")
BINARY = ("+", "-", "*", "/", "pow")


def random_text(rng: np.random.Generator, depth: int) -> str:
    """A formula of pure numbers with up to four constants, each perhaps in several places."""
    if depth == 0 or rng.random() < 0.15:
        return str(rng.choice(["x", "y", "u", "k1", "k2", "k3", "k4", "2", "1"]))
    first = random_text(rng, depth - 1)
    if rng.random() < 0.4:
        name = str(rng.choice(UNARY))
        plain = {"square": f"({first})**2", "cube": f"({first})**3", "inv": f"1/({first})", "neg": f"-({first})"}
        return plain.get(name, f"{name}({first})")
    sign = str(rng.choice(BINARY))
    if sign == "pow":
        return f"({first})**{rng.choice(['k1', '2', '(1/2)', 'k4'])}"
    return f"({first}) {sign} ({random_text(rng, depth - 1)})"


@pytest.mark.parametrize("seed", range(150))
def test_any_formula_keeps_its_values_and_gets_no_constant(seed: int) -> None:
    rng = np.random.default_rng(seed)
    before = form(random_text(rng, 4), k1=0.7, k2=1.3, k3=-0.4, k4=2.1)
    with np.errstate(all="ignore"):
        after, values = canonical_form(before), np.broadcast_to(before.rows(), 40)
        if not np.isfinite(values).all():
            return
        found = np.broadcast_to(after.rows(), 40)
    assert set(after.values) <= set(before.values)
    assert found == pytest.approx(values, rel=1e-6, abs=1e-7 * float(np.ptp(values)) + 1e-12)


@pytest.mark.parametrize("seed", range(60))
def test_few_rows_tell_what_all_tell(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The plain twin checks each step on all rows."""
    before = form(random_text(np.random.default_rng(seed), 4), k1=0.7, k2=1.3, k3=-0.4, k4=2.1)
    with np.errstate(all="ignore"):
        plain = canonical_form(before)
        monkeypatch.setattr(reparametrising, "CHECKED_ROWS", 5)
        assert canonical_form(before).expression == plain.expression


def test_what_holds_on_the_rows_that_are_checked_alone_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reparametrising, "CHECKED_ROWS", 5)
    before = form("x*y - 1")
    x, y = np.linspace(2.0, 3.0, 40), np.linspace(1.0, 2.0, 40)
    x[13], y[13] = 0.5, 2.5  # at the end of a range each: the row is checked
    x[14], y[14] = 0.6, 1.1  # not at an end: it is not, and there the bars matter
    before = replace(before, around=replace(before.around, values={"x": x, "y": y}))
    bars = parse("abs(x*y - 1)", variables=("x", "y"), constants=())
    assert replace(before, around=before.around.thinned()).with_tree(bars).expression == bars
    assert before.by_steps(lambda one: one.with_tree(bars)) is before
