"""What a law and what it leaves take to say under one kind of errors, as far as the kind moves the ledger."""

from __future__ import annotations

import math

from symreg.finishing.bits import RESOLUTION
from symreg.fitting import Fitted, Fitter
from symreg.formula import complexity
from symreg.laws import bits_left


def description(fitter: Fitter, fitted: Fitted) -> float:
    """In bits: half a logarithm of the rows for each constant, one for each node, and what is left."""
    own = len(fitted.values) * 0.5 * math.log2(len(fitter.y)) + complexity(fitted.expression)
    return own + bits_left(fitted, fitter, RESOLUTION * fitter.spread)
