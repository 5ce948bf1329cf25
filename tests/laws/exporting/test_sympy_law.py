"""A law for sympy: its expression, its symbols, and the unit of each."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from symreg.discovery import Discovery
from symreg.formula.expression import Apply, Variable
from symreg.formula.grammar import parse
from symreg.formula.operators import OPERATORS
from symreg.laws.exporting import SympyLaw
from symreg.laws.law import LawConstant
from symreg.units.reading import DIMENSIONLESS_UNIT, parse_unit
from tests.miniatures import plain_law


def test_units_stand_in_a_dict(kepler: Discovery) -> None:
    law = kepler.front.best.to("sympy")
    assert isinstance(law, SympyLaw)
    a, k1 = law.symbols["a"], law.symbols["k1"]
    assert law.expression == k1 * a ** sympy.Rational(3, 2)
    assert str(law.target) == "P"
    assert dict(law.units) == {"P": "day", "a": "au", "k1": "day/au**(3/2)"}
    assert dict(law.constants) == {"k1": 365.68}
    assert sympy.diff(law.expression, a) == 3 * k1 * sympy.sqrt(a) / 2


def test_the_numeric_form_takes_and_gives_numbers_of_the_table() -> None:
    tree = parse("k*T/d", variables=["T", "d", "z"], constants=["k"])
    law = plain_law(
        tree,
        {"T": parse_unit("degC"), "d": parse_unit("km"), "z": DIMENSIONLESS_UNIT},
        unit=parse_unit("mK/m"),
        constants=(LawConstant("k", 2.5, 0.1, DIMENSIONLESS_UNIT),),
    )
    found = law.to("sympy")
    function = sympy.lambdify([found.symbols["T"], found.symbols["d"]], found.numeric)
    wanted = law.predict({"T": [20.0], "d": [4.0], "z": [0.0]})[0]
    assert function(20.0, 4.0) == pytest.approx(wanted, rel=1e-14)
    assert wanted == pytest.approx(2.5 * 293.15 / 4000 * 1000)
    assert set(found.symbols) == {"T", "d", "k"} and found.units["k"] in ("1", "dimensionless")


@pytest.mark.parametrize("name", OPERATORS)
def test_every_operator_has_its_value(name: str) -> None:
    tree = Apply(name, (Variable("x"), Variable("y"))[: OPERATORS[name].arity])
    units = {"x": DIMENSIONLESS_UNIT, "y": DIMENSIONLESS_UNIT}
    law = plain_law(tree, units, target="f")
    found = law.to("sympy")
    for x, y in ((0.5, 0.25), (0.0, 1.0)) if name == "step" else ((0.5, 0.25),):
        value = found.numeric.subs({symbol: {"x": x, "y": y}[name] for name, symbol in found.symbols.items()})
        assert float(value) == pytest.approx(law.predict({"x": np.array([x]), "y": np.array([y])})[0], rel=1e-14)


def test_names_are_symbols_and_nothing_else() -> None:
    """sympy would take text to pieces, and run it."""
    name = "__import__('os').system('x')"
    found = plain_law(Variable(name), {name: DIMENSIONLESS_UNIT}, target="I").to("sympy")
    assert found.expression == sympy.Symbol(name, real=True) and found.target == sympy.Symbol("I", real=True)
