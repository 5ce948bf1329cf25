"""Formulas on a page: what a reader expects to see, and nothing that a browser would run."""

from __future__ import annotations

import random
import xml.etree.ElementTree as ElementTree

import pytest

from symreg.formula.expression import Apply, Constant, Expression, Number, Variable
from symreg.formula.grammar import parse
from symreg.formula.operators import OPERATORS
from symreg.typesetting.layout import MINUS, layout
from symreg.typesetting.math_typst import to_typst
from symreg.typesetting.mathml import name_mathml, to_mathml

NAMES = ("a", "b", "c", "x", "epsilon_0", "v1")


def flat(text: str) -> str:
    """The words of a formula in reading order, brackets where MathML groups, ~ for the minus sign."""

    def spell(node: ElementTree.Element) -> str:
        tag = node.tag.rpartition("}")[2]
        inner = [spell(child) for child in node]
        if tag in ("mfrac", "msup", "msub"):
            return f"{tag[1:]}({', '.join(inner)})"
        if tag == "msqrt":
            return f"sqrt({''.join(inner)})"
        if tag == "mroot":
            return f"root({', '.join(inner)})"
        text = (node.text or "").replace("\u2061", "").replace(MINUS, "~")
        return text + "".join(inner)

    return spell(ElementTree.fromstring(text))


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("a*b**(3/2)", "asup(b, 3/2)"),
        ("a/b/c", "frac(a, bc)"),
        ("1/(a*b)", "frac(1, ab)"),
        ("a*b**-2", "frac(a, sup(b, 2))"),
        ("a - b + c", "a~b+c"),
        ("a - (b - c)", "a~b+c"),
        ("a + -b", "a~b"),
        ("-(a + b)", "~(a+b)"),
        ("a*(b + c)", "a(b+c)"),
        ("a*2", "2a"),
        ("a*2*3", "2·3a"),
        ("3/2*a", "frac(3a, 2)"),
        ("-a*-b", "ab"),
        ("a - -2*b", "a+2b"),
        ("(a + b)**2", "sup((a+b), 2)"),
        ("(a*b)**2", "sup((ab), 2)"),
        ("sin(x)**2", "sup(sin, 2)(x)"),
        ("(a**2)**3", "sup((sup(a, 2)), 3)"),
        ("sqrt(1 - x**2/c**2)", "sqrt(1~frac(sup(x, 2), sup(c, 2)))"),
        ("exp(-x)", "sup(e, ~x)"),
        ("exp(-a/(b*c/x))", "sup(e, ~frac(ax, bc))"),
        ("log10(x)", "sub(log, 10)(x)"),
        ("log(x)", "ln(x)"),
        ("asin(x)", "arcsin(x)"),
        ("abs(a - b)", "|a~b|"),
        ("cbrt(a - b)", "root(a~b, 3)"),
        ("a*max(b, -c)", "amax(b,~c)"),
        ("step(a - b)", "step(a~b)"),
        ("6.674e-11*a", "6.674·sup(10, ~11)a"),
        ("epsilon_0*v1", "sub(ε, 0)sub(v, 1)"),
        ("a**x", "sup(a, x)"),
        ("a**(-x)", "sup(a, ~x)"),
        ("a/(1/b)", "ab"),
        ("0.1*a", "0.1a"),
        ("2/3*a**(2/3)", "frac(2sup(a, 2/3), 3)"),
    ],
)
def test_reads_as_mathematics(formula: str, expected: str) -> None:
    assert flat(to_mathml(parse(formula, variables=NAMES))) == expected


def test_an_equation_names_its_target() -> None:
    assert flat(to_mathml(Variable("a"), target="P")) == "P=a"
    assert 'display="block"' in to_mathml(Variable("a"))
    assert 'display="block"' not in to_mathml(Variable("a"), display=False)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("H0", "sub(H, 0)"), ("k_B", "sub(k, B)"), ("hbar", "ħ"), ("Omega_m", "sub(Ω, m)"), ("period", "period"),
     ("x_1_2", "sub(x, 1 2)"), ("temp2", "temp2"), ("_x", "_x"), ("lambda", "λ")],
)  # fmt: skip
def test_names_become_symbols(name: str, expected: str) -> None:
    assert flat(name_mathml(name)) == expected


def test_hostile_names_stay_text() -> None:
    name = '<script>alert("1")</script>'
    text = to_mathml(Apply("*", (Variable(name), Constant("</math><b>"))), target=name)
    assert "<script" not in text and "<b>" not in text
    assert ElementTree.fromstring(text) is not None
    assert "#eval" not in to_typst(Variable('"; #eval("1")')).replace('\\"', "").split('"')[0]


def random_expression(draw: random.Random, depth: int) -> Expression:
    if depth == 0 or draw.random() < 0.15:
        leaves: list[Expression] = [Variable("a"), Constant("c")]
        return draw.choice([*leaves, Number(draw.choice([-3, 2, 0.5, -1e-7, 1]))])
    name = draw.choice(list(OPERATORS))
    return Apply(name, tuple(random_expression(draw, depth - 1) for _ in range(OPERATORS[name].arity)))


def test_every_operator_and_random_trees_are_set() -> None:
    for name, row in OPERATORS.items():
        tree: Expression = Apply(name, (Variable("a"), Constant("c"))[: row.arity])
        assert flat(to_mathml(tree))
        assert layout(tree) is not None
    draw = random.Random(7)
    for _ in range(300):
        tree = random_expression(draw, 5)
        assert ElementTree.fromstring(to_mathml(tree)) is not None
        assert to_typst(tree)
