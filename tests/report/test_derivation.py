"""The derivation of units: every operator one step, the last with the target's dimension."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

from symreg.discovery import Discovery
from symreg.formula.dimensioning import dimension_of
from symreg.formula.expression import Apply, Number, Variable
from symreg.report.derivation import derive, law_dimensions
from symreg.units.dimension import DIMENSIONLESS, Dimension

SPEED = Dimension.of(m=1, s=-1)


def test_kepler(kepler: Discovery) -> None:
    derivation = derive(kepler.front.best)
    assert [(leaf.name, leaf.kind, leaf.unit) for leaf in derivation.leaves] == [
        ("k1", "free", "day/au**(3/2)"),
        ("a", "input", "au"),
    ]
    power, product = derivation.steps
    assert power.text == "a**(3/2)" and power.dimension == Dimension.of(m=Fraction(3, 2))
    assert product.dimension == Dimension.of(s=1)
    assert [dimension for _, dimension in product.operands] == [
        Dimension.of(s=1, m=Fraction(-3, 2)),
        Dimension.of(m=Fraction(3, 2)),
    ]
    assert derivation.exact and derivation.failure == ""


def test_relativity_step_by_step(relativity: Discovery) -> None:
    derivation = derive(relativity.front.best)
    results = {step.text: step.dimension for step in derivation.steps}
    assert results["v**2/c**2"] == DIMENSIONLESS
    assert results["sqrt(1 - v**2/c**2)"] == DIMENSIONLESS
    assert results["m*c**2"] == Dimension.of(kg=1, m=2, s=-2)
    assert derivation.steps[-1].dimension == relativity.front.best.unit.dimension
    assert {leaf.name: leaf.dimension for leaf in derivation.leaves}["c"] == SPEED


def test_every_step_is_what_the_check_says(relativity: Discovery) -> None:
    for law in relativity.front:
        for step in derive(law).steps:
            assert step.dimension == dimension_of(step.expression, law_dimensions(law))
            assert step.reason and "{" not in step.reason


def test_what_does_not_fit_is_said(kepler: Discovery) -> None:
    law = kepler.front.best
    square = derive(dataclasses.replace(law, expression=Apply("square", (Variable("a"),))))
    assert not square.exact and "P has s" in square.failure
    wrong = derive(dataclasses.replace(law, expression=Apply("+", (Variable("a"), Number(Fraction(1))))))
    assert not wrong.exact and wrong.dimension is None and wrong.failure and wrong.steps == ()
