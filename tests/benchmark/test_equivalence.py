"""The judge of the benchmark: what counts as the law, what is forgiven, what is not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from symreg.benchmark.equivalence import Judge, Verdict, judge_formula, numeric_relation
from symreg.formula.expression import Apply, Constant, Expression, Number, Variable
from symreg.formula.grammar import parse
from symreg.formula.operators import OPERATORS

RANGES = {name: (1.0, 5.0) for name in ("m", "u", "w", "x", "y", "z", "E", "N", "I", "beta")}
RANGES |= {"v": (1.0, 2.0), "c": (3.0, 10.0), "theta": (0.5, 1.5)}


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with Judge(timeout=20.0) as warm:
        yield warm


def verdict(judge: Judge, found: str, truth: str, **given: object) -> Verdict:
    names = ("pi", *given.get("values", {}), *given.get("free", {}))  # type: ignore[misc]
    trees = [parse(text, variables=tuple(RANGES), constants=names) for text in (found, truth)]
    return judge.judge(trees[0], trees[1], ranges=RANGES, **given)  # type: ignore[arg-type]


STRICT = [
    ("m*c**2/sqrt(1 - v**2/c**2)", "m*c**2/sqrt(1 - v**2/c**2)"),
    ("m*c**3/sqrt(c**2 - v**2)", "m*c**2/sqrt(1 - v**2/c**2)"),
    ("c*(c*m)/sqrt((1 - v/c)*(1 + v/c))", "m*c**2/sqrt(1 - v**2/c**2)"),
    ("0.50001*m*(v**2 + u**2 + w**2)", "1/2*m*(v**2+u**2+w**2)"),
    ("0.4999*m*v**2 + 0.5*m*u**2", "1/2*m*(v**2+u**2)"),
    ("m*(v*v + u*u)/2 + 0.0000312", "1/2*m*(v**2+u**2)"),
    ("x**2.0002", "x**2"),
    ("0.398942*exp(-0.5*theta**2)", "exp(-theta**2/2)/sqrt(2*pi)"),
    ("0.3989*exp(-0.50003*theta**2)", "exp(-theta**2/2)/sqrt(2*pi)"),
    ("exp(-(x*x)/(2*y**2))/(y*sqrt(2*pi))", "exp(-(x/y)**2/2)/(sqrt(2*pi)*y)"),
    ("sqrt(x**2 + y**2 + 2*x*y)", "x + y"),
    ("2*sin(theta)*cos(theta)", "sin(2*theta)"),
    ("1 - 2*sin(theta/2)**2", "cos(theta)"),
    ("(exp(x) - exp(-x))/(exp(x) + exp(-x))", "tanh(x)"),
    ("log(x) + log(y)", "log(x*y)"),
    ("E*I*beta/N", "I/N*(beta*E)"),
    ("x/(y/z)", "x*z/y"),
    ("(u+v)/(1+u*v/c**2)", "c**2*(u+v)/(c**2+u*v)"),
    ("x/3 + 0.33333*y", "(x+y)/3"),
    ("abs(x)", "x"),
    ("max(y, x) + 0*z", "max(x, y)"),
    ("cbrt(x)*y", "x**(1/3)*y"),
    ("-cbrt(y - x)", "cbrt(x - y)"),
    ("x - x*step(y - x)", "x*step(x - y)"),
]
FORGIVEN = [
    ("0.47*m*v**2", "1/2*m*v**2", "factor"),
    ("-3.2*m*c**2/sqrt(1 - v**2/c**2)", "m*c**2/sqrt(1 - v**2/c**2)", "factor"),
    ("0.079*x/(y*z**2)", "x/(4*pi*y*z**2)", "factor"),
    ("x*y + 0.731", "x*y", "offset"),
    ("x*y - 12.25", "x*y", "offset"),
    ("sqrt(7*x/y)", "sqrt(x/y)", "factor"),
    ("exp(x + 1.2)", "exp(x)", "factor"),
    ("log(2.5*x)", "log(x)", "offset"),
]
WRONG = [
    ("m*c**2", "m*c**2/sqrt(1 - v**2/c**2)"),
    ("m*c**2 + 0.5*m*v**2", "m*c**2/sqrt(1 - v**2/c**2)"),
    ("m*c**2/(1 - v**2/c**2)", "m*c**2/sqrt(1 - v**2/c**2)"),
    ("x**1.9", "x**2"),
    ("x**2.013", "x**2"),
    ("x**3*y", "x**2*y"),
    ("0.51*m*v**2 + 0.5*m*u**2", "1/2*m*(v**2+u**2)"),
    ("x + 1.1*y", "x + y"),
    ("sin(1.01*theta)", "sin(theta)"),
    ("x*y + 0.02*x", "x*y"),
    ("exp(-0.52*theta**2)", "exp(-theta**2/2)"),
    ("m/cos(v/c)", "m/sqrt(1 - v**2/c**2)"),
    ("tanh(x)", "1 - exp(-x)"),
    ("2.7", "x"),
    ("0*x", "x"),
    ("log(x - 5)", "log(x)"),
    ("max(x, y)", "min(x, y)"),
    ("step(x - y)", "step(y - x)"),
]


@pytest.mark.parametrize(("found", "truth"), STRICT)
def test_the_law_itself(judge: Judge, found: str, truth: str) -> None:
    seen = verdict(judge, found, truth)
    assert seen.strict
    assert seen.recovered
    assert seen.symbolic in ("zero", "undecided"), "symbols and numbers contradict each other"


@pytest.mark.parametrize(("found", "truth", "kind"), FORGIVEN)
def test_a_constant_factor_or_offset_is_forgiven_but_not_by_the_strict_rule(
    judge: Judge, found: str, truth: str, kind: str
) -> None:
    seen = verdict(judge, found, truth)
    assert seen.numeric == kind
    assert seen.recovered
    assert not seen.strict


@pytest.mark.parametrize(("found", "truth"), WRONG)
def test_another_law_is_not_the_law(judge: Judge, found: str, truth: str) -> None:
    seen = verdict(judge, found, truth)
    assert (seen.symbolic, seen.numeric) == ("different", "different")
    assert not seen.recovered


def test_values_of_constants_and_their_simple_forms(judge: Judge) -> None:
    assert verdict(judge, "k*m*v**2", "m*v**2/2", values={"k": 0.5003}).recovered
    assert verdict(judge, "k*m*v**2", "m*v**2/2", values={"k": 0.50003}).strict
    assert not verdict(judge, "k*m*v**2", "m*v**2/2", values={"k": 0.506}).strict
    assert verdict(judge, "k*x", "pi*x/4", values={"k": 0.7860}, exact={"k": "pi/4"}).strict
    assert verdict(judge, "k*x/y", "6.674e-11*x/y", values={"k": 6.67401e-11}).recovered


@pytest.mark.parametrize("factor", ["0.000066", "6.674e-11", "1e-20"])
def test_small_numbers_are_not_rounded_away_with_the_law(judge: Judge, factor: str) -> None:
    truth = f"{factor}*x/y"
    assert verdict(judge, truth, truth).strict
    assert verdict(judge, f"2*{truth}", truth).symbolic == "factor"
    for other in (f"{factor}*x*y", f"{factor}*x/y + {factor}*x", f"{factor}"):
        seen = verdict(judge, other, truth)
        assert (seen.symbolic, seen.numeric) == ("different", "different"), other


def test_the_form_alone_counts_where_constants_are_free(judge: Judge) -> None:
    free = {"a": 2.0, "b": 1.0}
    assert verdict(judge, "424.3*x", "a*x", free={"a": 70.0}).recovered
    assert verdict(judge, "3.1*x**(-1.2)*exp(-x/4.4)", "a*x**(-1.2)*exp(-b*x)", free=free).strict
    assert not verdict(judge, "3.1*x**2", "a*exp(b*x)", free=free).recovered
    assert not verdict(judge, "3.1", "a + b*x", free=free).recovered  # though b may be as small as one likes


def test_a_constant_without_value_is_undecided_and_not_an_error(judge: Judge) -> None:
    seen = judge.judge(Constant("k"), Variable("x"), ranges=RANGES)
    assert (seen.symbolic, seen.numeric) == ("undecided", "undecided")
    assert "'k'" in seen.note
    assert not seen.recovered


def test_a_formula_that_is_too_hard_for_sympy_is_judged_by_its_values() -> None:
    terms = " + ".join(f"sqrt(x + sqrt(y + {i}*z))*sin(theta + {i}*x)**{i % 3 + 2}" for i in range(1, 25))
    seen = judge_formula(f"({terms})*(x + y)", f"({terms})*x + ({terms})*y", ranges=RANGES, timeout=1.0)
    assert seen.numeric == "zero"
    assert seen.strict


def test_every_operator_is_known_to_the_child(judge: Judge) -> None:
    for name, row in OPERATORS.items():
        leaf: Expression = Apply("/", (Variable("x"), Number(10.0)))
        tree = Apply(name, (leaf, Number(2))[: row.arity] if row.arity == 2 else (leaf,))
        seen = judge.judge(tree, tree, ranges={"x": (1.0, 5.0)})
        assert (seen.symbolic, seen.numeric) == ("zero", "zero"), name


def test_wide_ranges_are_compared_at_every_magnitude() -> None:
    ranges = {"nu": (1e9, 1e16)}
    trees = [parse(text, variables=("nu",)) for text in ("nu**3", "nu**3 + 1e30*nu")]
    assert numeric_relation(trees[0], trees[0], ranges) == "zero"
    assert numeric_relation(trees[1], trees[0], ranges) == "different"
