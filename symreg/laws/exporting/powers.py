"""Powers whose values at infinity differ from language to language."""

from __future__ import annotations

from symreg.formula import Apply, Constant, Form, Number, Precedence, Variable, has_whole_exponent


def has_literal_exponent(node: Apply) -> bool:
    """Whether a power has a number for its exponent."""
    return isinstance(node.arguments[1], Number)


def needs_care(node: Apply) -> bool:
    """Whether base or exponent may be infinite, where the exponent is not a whole number.

    A name by itself is a finite number: an argument, or a constant.
    """
    if node.operator != "pow" or has_whole_exponent(node):
        return False
    return not (has_literal_exponent(node) and isinstance(node.arguments[0], Variable | Constant))


def inverse_power(node: Apply, inverse: str, sign: str) -> Form | None:
    """A negative whole power as a power of the inverse; None for all others.

    ``inverse`` is the form of 1/x, ``sign`` that of a power.
    """
    if node.operator != "pow" or not has_whole_exponent(node):
        return None
    exponent = node.arguments[1]
    if not isinstance(exponent, Number) or exponent.value >= 0:
        return None
    operands = (Precedence.POWER, Precedence.ANYTHING)
    return Form(f"({inverse}){sign}{-int(exponent.value)}", Precedence.POWER, operands)
