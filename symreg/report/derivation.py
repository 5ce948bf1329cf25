"""Why the units of a law come out right, step by step.

Every operator of the formula is one step: the dimensions of its operands, the rule that the operator
follows, and the dimension that results. The last step must give the dimension of the target.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from symreg.errors import DimensionError
from symreg.formula import (
    OPERATORS,
    Apply,
    Constant,
    DimensionRule,
    Expression,
    Variable,
    children,
    dimensions_of_parts,
    to_text,
    walk,
)
from symreg.laws import Law
from symreg.units import Dimension

__all__ = ["Derivation", "Leaf", "Step", "derive", "law_dimensions"]

_REASONS = {
    DimensionRule.SAME: "only equal dimensions can be added, subtracted or compared",
    DimensionRule.PRODUCT: "dimensions multiply",
    DimensionRule.QUOTIENT: "dimensions divide",
    DimensionRule.PRESERVE: "the dimension is handed on",
    DimensionRule.SCALE: "the dimension is raised to the power {power}",
    DimensionRule.POWER: "the dimension is raised to the exponent, a plain number",
    DimensionRule.DIMENSIONLESS: "takes and gives a pure number",
    DimensionRule.SIGN: "only the sign counts: gives a pure number",
}


@dataclass(frozen=True, slots=True)
class Leaf:
    """A named quantity of the formula: ``kind`` is "input", "free" or "known"; ``unit`` as the user wrote
    it, but kelvin for degrees Celsius (``Unit.in_formulas``).
    """

    name: str
    kind: str
    unit: str
    dimension: Dimension


@dataclass(frozen=True, slots=True)
class Step:
    """One operator: the subexpression it makes, its operands, their dimensions, the rule and the result."""

    expression: Apply
    operands: tuple[tuple[Expression, Dimension], ...]
    reason: str
    dimension: Dimension

    @property
    def text(self) -> str:
        """The subexpression as plain text."""
        return to_text(self.expression)


@dataclass(frozen=True, slots=True)
class Derivation:
    """The leaves, the steps from inside out, and whether the result has the dimension of the target.

    ``failure`` says in words where the dimensions do not fit; the steps then end before it.
    """

    target: str
    target_unit: str
    target_dimension: Dimension
    leaves: tuple[Leaf, ...]
    steps: tuple[Step, ...]
    dimension: Dimension | None
    failure: str = ""

    @property
    def exact(self) -> bool:
        """Whether the formula has the dimension of the target."""
        return self.dimension == self.target_dimension


def law_dimensions(law: Law) -> dict[str, Dimension]:
    """Dimensions of every name in a law's formula."""
    found = {name: unit.dimension for name, unit in law.input_units.items()}
    return found | {constant.name: constant.unit.dimension for constant in law.constants}


def derive(law: Law) -> Derivation:
    """Derive the dimension of a law from its units."""
    steps: tuple[Step, ...] = ()
    result: Dimension | None = None
    failure = ""
    try:
        parts = dict(dimensions_of_parts(law.expression, law_dimensions(law)))
        result = parts[law.expression]
        steps = tuple(_step(part, parts) for part in parts if isinstance(part, Apply) and _has_names(part))
        if result != law.unit.dimension:
            failure = f"the formula has the dimension {result}, {law.target} has {law.unit.dimension}"
    except DimensionError as error:
        failure = str(error)
    leaves = tuple(_leaves(law))
    return Derivation(law.target, law.unit.in_formulas.text, law.unit.dimension, leaves, steps, result, failure)


def _has_names(expression: Expression) -> bool:
    return any(isinstance(leaf, Variable | Constant) for leaf in walk(expression))


def _step(expression: Apply, parts: Mapping[Expression, Dimension]) -> Step:
    row = OPERATORS[expression.operator]
    operands = tuple((operand, parts[operand]) for operand in children(expression))
    return Step(expression, operands, _REASONS[row.rule].format(power=row.exponent), parts[expression])


def _leaves(law: Law) -> list[Leaf]:
    constants = {constant.name: constant for constant in law.constants}
    found: dict[str, Leaf] = {}
    for node in walk(law.expression):
        if isinstance(node, Variable) and node.name in law.input_units:
            unit = law.input_units[node.name]
            found.setdefault(node.name, Leaf(node.name, "input", unit.in_formulas.text, unit.dimension))
        elif isinstance(node, Constant) and node.name in constants:
            constant = constants[node.name]
            found.setdefault(
                node.name, Leaf(node.name, constant.kind, constant.unit.text, constant.unit.dimension)
            )
    return list(found.values())
