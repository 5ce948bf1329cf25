"""Formulas that the user suspects: read by our own grammar and held against the units before any search.

A guess is a text ("6.28*sqrt(L/g_n)"), an expression, or a mapping that also declares free constants:
``{"formula": "k*a**(3/2)", "constants": ["k"]}``. Numbers in a guess are plain numbers without a unit; a name
that is neither a column, nor a known constant, nor declared is an error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from symreg.errors import ProblemError
from symreg.formula import Apply, Constant, Expression, Number, Variable, infer_dimensions, parse
from symreg.units import Dimension, power_product

if TYPE_CHECKING:
    from symreg.problem.constants import FreeConstants


def read_guesses(
    guesses: Sequence[Any],
    *,
    name: str,
    inputs: Sequence[str],
    known: Mapping[str, Dimension],
    target: Dimension,
    free_constants: FreeConstants,
) -> tuple[Expression, ...]:
    """Parse every guess and check its dimensions; ``known`` holds those of inputs and known constants."""
    if isinstance(guesses, (str, Mapping)):
        guesses = [guesses]
    found = []
    for guess in guesses:
        expression = _read(guess, name, inputs, [other for other in known if other not in inputs])
        for constant, dimension in infer_dimensions(expression, known, target).items():
            if constant not in known:
                _check_allowed(name, constant, dimension, free_constants)
        found.append(expression)
    return tuple(found)


def _read(guess: Any, name: str, inputs: Sequence[str], constants: Sequence[str]) -> Expression:
    if isinstance(guess, (Variable, Constant, Number, Apply)):
        return guess
    declared: Sequence[str] = ()
    if isinstance(guess, Mapping):
        unknown = set(guess) - {"formula", "constants"}
        if unknown or "formula" not in guess:
            reason = f"a guess with the keys {', '.join(map(repr, guess))} cannot be read."
            raise ProblemError(
                name=name, reason=reason, advice="Give 'formula', and 'constants' if it has free ones."
            )
        guess, declared = guess["formula"], guess.get("constants", ())
    if not isinstance(guess, str):
        raise ProblemError(name=name, reason=f"a guess is a formula in text, not {guess!r}.")
    return parse(guess, variables=inputs, constants=[*constants, *declared])


def _check_allowed(name: str, constant: str, dimension: Dimension, free_constants: FreeConstants) -> None:
    if dimension.is_dimensionless or free_constants.policy == "inferred":
        return
    allowed = {unit.text: unit.dimension for unit in free_constants.units}
    if power_product(dimension, allowed) is None:
        reason = (
            f"in a guess the constant {constant!r} carries the unit {dimension}, "
            "which free_constants does not allow."
        )
        raise ProblemError(
            name=name, reason=reason, advice="Set free_constants='inferred', or list its unit."
        )
