"""No law that is shown holds an operator that the user did not allow: fronts, runners-up, all backends."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import symreg as sr
from symreg.formula.expression import Apply, walk
from symreg.formula.operators import OPERATORS
from symreg.search.foreign.operon import Operon

SIGNS = {"neg": "-", "inv": "/"}
RNG = np.random.default_rng(5)
A, B = RNG.uniform(0.5, 3.0, 60), RNG.uniform(0.5, 3.0, 60)
TABLES = {
    "power": 1.7 * np.sqrt(A) / B**2,
    "sum": 2.5 * np.cos(B) + A**2 - 0.5,
    "noisy": np.exp(-A) * B + 1 + 0.05 * RNG.standard_normal(60),
}


def drawn(count: int) -> list[tuple[str, ...]]:
    """Operator sets of one to six, at least one with two operands; the reported sets first."""
    rng = np.random.default_rng(7)
    names, binary = sorted(OPERATORS), sorted(name for name in OPERATORS if OPERATORS[name].arity == 2)
    sets = [("+", "-"), ("+", "-", "*")]
    while len(sets) < count:
        chosen = {str(rng.choice(binary)), *map(str, rng.choice(names, int(rng.integers(0, 6)), replace=False))}
        sets.append(tuple(sorted(chosen)))
    return sets


def foreign(law: sr.Law, allowed: tuple[str, ...]) -> set[str]:
    used = {node.operator for node in walk(law.expression) if isinstance(node, Apply)}
    return {SIGNS.get(name, name) for name in used} - {SIGNS.get(name, name) for name in allowed}


def fronts(table: str, operators: tuple[str, ...], **how: Any) -> list[sr.Law]:
    question = sr.make_problem(
        sr.read_table({"a [1]": A, "b [1]": B, "y [1]": TABLES[table]}, target="y"), operators=operators
    )
    on_the_way: list[sr.Law] = []
    found = sr.discover(question, observer=lambda one: on_the_way.extend(one.front), **how)
    return [*found.front, *found.runners_up, *on_the_way]


@pytest.mark.parametrize("table", ["power", "noisy"])
@pytest.mark.parametrize("operators", drawn(5), ids=" ".join)
def test_the_search_keeps_to_the_list(table: str, operators: tuple[str, ...]) -> None:
    laws = fronts(table, operators, backend=sr.Native(threads=1), budget=sr.Budget(evaluations=40_000))
    assert laws
    assert not [(law.formula, foreign(law, operators)) for law in laws if foreign(law, operators)]


@pytest.mark.parametrize("operators", [("+", "*"), ("-", "/", "sqrt", "exp")], ids=" ".join)
def test_other_engines_keep_to_it_too(operators: tuple[str, ...]) -> None:
    pytest.importorskip("pyoperon")
    laws = fronts("sum", operators, backend=Operon(), budget=sr.Budget(time=2))
    assert not [(law.formula, foreign(law, operators)) for law in laws if foreign(law, operators)]


def test_a_law_is_found_with_what_there_is() -> None:
    """The square is a product where there are no squares, and the fit is as good."""
    laws = fronts("sum", ("+", "*", "cos"), backend=sr.Native(threads=1), budget=sr.Budget(time=8))
    assert [law.formula for law in laws if law.train.rmse < 1e-9 and "a*a" in law.formula]


def test_without_a_product_no_law_has_a_coefficient() -> None:
    table = sr.read_table({"a [1]": A, "b [1]": B, "y [1]": A + B - 2.0}, target="y")
    found = sr.discover(
        sr.make_problem(table, operators=["+", "-"]), backend=sr.Native(threads=1), budget=sr.Budget(time=4)
    )
    assert found.front.best.train.rmse < 1e-9
    assert "*" not in found.front.best.formula
    assert "without the operator '*' no law has a coefficient" in found.notes
