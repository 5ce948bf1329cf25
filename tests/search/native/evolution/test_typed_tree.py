"""Parts with their dimensions, and drafts put together from them."""

from __future__ import annotations

import numpy as np

from symreg.formula.dimensioning import dimension_of
from symreg.formula.expression import Constant, complexity, walk
from symreg.formula.grammar import parse
from symreg.search.native.evolution.typed_tree import constants_in, draft_of, is_usual, parts_of, renamed, replaced
from symreg.search.native.proposal import Draft
from symreg.search.space import SearchSpace, search_space
from tests.search.setting import problem_of

FORMULAS = (
    "k1*x + v*t*cos(v*t/x)",
    "k1*sqrt(x**2 + (v*t)**2)*(1 + k2*exp(-v*t/x))",
    "(x**3*v*t)**(1/4) + abs(x - v*t)",
    "x*(v*t/x)**(2/3) + x*(v*t/x)**(k1*v*t/x)",
    "max(x, v*t)*step(x - v*t) + cbrt(x**2*v*t) - min(x, k1*x)",
    "x**2/(v*t) + 1/(1/x + 1/(v*t)) - x*tanh(x/(t*v))**3",
)


def space() -> SearchSpace:
    rng = np.random.default_rng(0)
    data = {name: rng.uniform(1, 2, 30) for name in ("x [m]", "v [m/s]", "t [s]", "y [m]")}
    problem = problem_of(data, "y")
    return search_space(problem, problem.train_rows)


def draft(text: str) -> Draft:
    tree = parse(text, variables=("x", "v", "t"), constants=("k1", "k2"))
    names = tuple(node.name for node in walk(tree) if isinstance(node, Constant))
    return Draft(tree, names, tuple(1.5 + place for place in range(len(names))), (0,) * len(names))


def test_each_part_has_the_dimension_that_the_rules_give() -> None:
    one = space()
    known = {name: one.coding.decode(code) for name, code in zip(one.names, one.codes, strict=False)}
    for formula in map(draft, FORMULAS):
        parts = parts_of(formula, one)
        assert parts[-1].tree == formula.expression and parts[-1].code == one.target_code
        free = {name: one.coding.decode(0) for name in formula.names}
        for part in parts:
            assert dimension_of(part.tree, known | free) == one.coding.decode(part.code)
            assert replaced(formula.expression, part.path, part.tree) == formula.expression


def test_exponents_that_are_numbers_are_no_parts() -> None:
    """Of ``x**(2/3)`` the exponent decides the dimension; of ``x**k`` it may be replaced."""
    parts = parts_of(draft(FORMULAS[3]), space())
    paths = {part.path for part in parts}
    powers = [part for part in parts if getattr(part.tree, "operator", "") == "pow"]
    assert sorted((*part.path, 1) in paths for part in powers) == [False, True]


def test_constants_are_numbered_as_they_appear_and_keep_their_values() -> None:
    one = draft("k1*x + k2*v*t")
    other = renamed(one, "other ")
    assert other.names == ("other k1", "other k2")
    both = constants_in(one) | constants_in(other)
    crossed = draft_of(replaced(one.expression, (0,), other.expression.arguments[1]), both)  # type: ignore[union-attr]
    assert crossed.names == ("k1", "k2") and crossed.values == (2.5, 2.5)
    assert crossed.expression == draft("k1*v*t + k2*v*t").expression
    assert draft_of(one.expression, constants_in(one)).expression is one.expression


def test_what_is_usual() -> None:
    for text in ("k1*exp(sin(v*t/x))*x", "k1*x + x*sqrt(1 + k2*v*t/x)"):
        assert is_usual(draft(text)) and complexity(draft(text).expression) > 1
    for text in ("x*sin(cos(v*t/x))", "x*exp(tanh(v*t/x))", "x*exp(k1)", "x*(k1 + k2)", "x*sqrt(2*k1)"):
        assert not is_usual(draft(text))
