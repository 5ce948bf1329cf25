"""The bits it takes to send the training targets to someone who knows the inputs.

The shorter message is the better law. With base-2 logarithms (Bartlett, Desmond and Ferreira, "Exhaustive
symbolic regression", 2023, section on the description length)::

    L = residuals:  N/2 log2(2 pi s²) + RSS/(2 s² ln 2)
      + tree:       sum over nodes of their code + sum over numbers written in the formula of their own bits
      + constants:  sum over free constants of 1/2 log2(I) + log2|θ| - 1/2 log2(3) + 1/(2 ln 2)

A node says in one bit whether it is a name or an operator. A name is one of ``n_names``; an operator has the code of
``OPERATOR_BITS``, shorter for what formulas of physics use more often (as the priors of Guimera et al. 2020, "A
Bayesian machine scientist", are taken from a corpus of formulas; these are rounded by hand). A constant θ is worth
sending to a step Δ = sqrt(12/I) where I = d²(-ln likelihood)/dθ²: log2(|θ|/Δ) bits for the digits (no fewer than a
constant that one row could tell from zero has, see ``constant_bits``) and 1 for the sign, and rounding it to that step
costs half a nat of likelihood. Both I·θ² and RSS/s² do not depend on the unit of anything.
When s² is not known it is RSS/N, and the residuals cost N/2 log2(2 pi e s²) and, because that s² flatters a law
with many constants on few rows, another N/2 log2(N/(N - K)) - K/(2 ln 2) bits with K fitted constants: what it takes
with the unbiased s² = RSS/(N - K). On fewer than a dozen rows RSS is that of rows left out (``leaving_out``), and
nothing is added.

Without a floor a noise-free law would be judged by its rounding errors. ``resolution`` is the step to which
the targets themselves are known; residuals are never sent finer than that (s² >= resolution²/12).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

from symreg.formula.expression import Apply, Constant, Expression, Number, Variable, walk
from symreg.formula.operators import OPERATOR_BITS, TRIGONOMETRIC

PLAIN_ANGLE_BITS = 12.0
"""Price of a sine of something that is not an angle: a prior, never a prohibition."""

NOT_SIMPLE_BITS = 1.0
"""To say that a constant is fitted and none of the simple numbers that laws are full of: one in two is."""

NOT_SIMPLE_BITS_TO_SCALE = 3.0
"""The same where every scale of the law is in the table, as columns and constants with units: one in eight is."""

FEW_ROWS = 12
"""Rows below which a law is described by how it predicts rows that its fit did without (``refitting.left_over``)."""

_SMALLEST = 1e-300
"""A variance is no smaller, so that its logarithm is finite where residuals are zero and no resolution is stated. Near
the least normal float64, 2e-308: a larger floor would count for tiny targets."""


def description_length(
    *,
    residual_sum_squares: float,
    n_rows: int,
    expression: Expression,
    n_names: int,
    noise_variance: float | None = None,
    values: Mapping[str, float] | None = None,
    fisher_diagonal: ArrayLike = (),
    snapped_bits: float = 0.0,
    resolution: float = 0.0,
    angles: Collection[str] | None = None,
    not_simple_bits: float = NOT_SIMPLE_BITS,
) -> float:
    """Bits of the law and of what it leaves over; infinite when the residual sum is not finite.

    The residual sum, ``noise_variance`` (None: not known) and the square of ``resolution`` are in one unit.

    ``values`` holds the free constants that were fitted, in the order of ``fisher_diagonal`` ``(n_free,)``,
    which is d²(-ln likelihood)/dθ² (for least squares: sum_i (df_i/dθ)² / s²). Constants replaced by simple
    numbers are left out of both and pay ``snapped_bits`` (``Recognised.bits``) together. ``angles`` are the
    names of the inputs and constants that carry an angle; None switches that prior off. ``not_simple_bits`` is what
    each fitted constant pays for being no simple number.
    """
    if not math.isfinite(residual_sum_squares) or residual_sum_squares < 0:
        return math.inf
    fitted = np.array(list((values or {}).values()), dtype=np.float64)
    bits = residual_bits(residual_sum_squares, n_rows, noise_variance, resolution)
    bits += small_sample_bits(n_rows, fitted.size) if noise_variance is None else 0.0
    bits += tree_bits(expression, n_names) + snapped_bits
    bits += constant_bits(fitted, np.asarray(fisher_diagonal, dtype=np.float64), n_rows, not_simple_bits)
    if angles is not None:
        bits += PLAIN_ANGLE_BITS * trigonometric_of_plain(expression, angles)
    return float(bits)


def residual_bits(
    residual_sum_squares: float, n_rows: int, noise_variance: float | None = None, resolution: float = 0.0
) -> float:
    """Bits of ``n_rows`` Gaussian residuals: the negative log2 likelihood.

    A stated ``noise_variance`` is the least there may be: residuals beyond it are described by their own variance, as
    uncertainties are scaled by the ratio of Birge (1932, "The calculation of errors by the method of least squares").
    Taken at its word, a variance that is too small would make any formula worth its length that is a little nearer.
    """
    if n_rows == 0:
        return 0.0
    variance = max(residual_sum_squares / n_rows, noise_variance or 0.0, resolution**2 / 12.0, _SMALLEST)
    return 0.5 * n_rows * math.log2(2 * math.pi * variance) + residual_sum_squares / (
        2 * variance * math.log(2)
    )


def small_sample_bits(n_rows: int, n_free: int) -> float:
    """What the estimated variance of few residuals flatters, in bits; vanishes as rows grow.

    ``N/2 log2(N/(N-K)) - K/(2 ln 2)``: residuals coded with the variance RSS/(N-K) that K fitted constants leave
    unbiased, against RSS/N. On fewer than ``FEW_ROWS`` rows nothing: residuals are those of rows left out.
    """
    if n_rows < FEW_ROWS:
        return 0.0
    freedom = max(n_rows - n_free, 0.5)
    return 0.5 * n_rows * math.log2(n_rows / freedom) - 0.5 * (n_rows - freedom) / math.log(2)


def tree_bits(expression: Expression, n_names: int) -> float:
    """The codes of all nodes, plus the digits of the numbers written in the formula."""
    total = 0.0
    for node in walk(expression):
        total += 1.0 + OPERATOR_BITS[node.operator] if isinstance(node, Apply) else name_bits(n_names)
        if isinstance(node, Number):
            total += number_bits(node.value)
        elif isinstance(node, Apply) and node.operator == "pow" and isinstance(node.arguments[1], Number):
            total += exponent_bits(node.arguments[1].value) - number_bits(node.arguments[1].value)
    return total


def exponent_bits(exponent: Fraction | float) -> float:
    """A bit for each factor of the power: laws hold few high powers. Never less than the number's own bits."""
    if isinstance(exponent, float):
        return number_bits(exponent)
    factors = abs(exponent.numerator) + math.log2(exponent.denominator) + (exponent < 0)
    return max(factors, number_bits(exponent))


def name_bits(n_names: int) -> float:
    """The code of one name out of so many."""
    return 1.0 + math.log2(max(n_names, 2))


def number_bits(value: Fraction | float) -> float:
    """log2 of numerator (at least 2) and denominator of a fraction, 53 for a float; 1 more for a sign."""
    if isinstance(value, float):
        return 53.0 + (value < 0)
    sizes = (max(abs(value.numerator), 2), max(value.denominator, 1))
    return sum(math.log2(size) for size in sizes) + (value < 0)


def constant_bits(
    values: np.ndarray, fisher_diagonal: np.ndarray, n_rows: int, not_simple_bits: float = NOT_SIMPLE_BITS
) -> float:
    """Bits of the fitted constants ``(n_free,)``; each pays at least its sign, and half a nat for being rounded.

    ``fisher_diagonal`` ``(n_free,)`` is as in ``description_length``; ``ValueError`` for another length.

    Who is to receive a constant expects it no nearer to zero than a single row could tell: its digits are those of
    ``sqrt(θ² + n_rows/I)``, ``n_rows/I`` the variance that one row leaves (the prior of unit information, Kass and
    Wasserman 1995, "A reference Bayesian test for nested hypotheses and its relationship to the Schwarz criterion").
    Without it a constant that is hardly different from zero would be free, and there is always one that is.
    """
    if values.shape != fisher_diagonal.shape:
        raise ValueError(f"{values.size} constants and {fisher_diagonal.size} Fisher informations")
    total = 0.0
    for value, information in zip(values.tolist(), fisher_diagonal.tolist(), strict=True):
        total += not_simple_bits + 1.0 + 0.5 / math.log(2)
        if not (math.isfinite(information) and math.isfinite(value)):
            total += 53.0  # nothing says how coarsely it may be rounded: every bit of a float is sent
            continue
        digits = 0.5 * math.log2(max(n_rows, 1))
        if information > 0 and value != 0:
            # log2(|θ|*sqrt(I)), each factor on its own: constants of physics overflow when multiplied first.
            own = math.log2(abs(value)) + 0.5 * math.log2(information)
            digits = 0.5 * float(np.logaddexp2(2.0 * own, 2.0 * digits))
        total += max(0.0, digits - 0.5 * math.log2(12.0))
    return total


def trigonometric_of_plain(expression: Expression, angles: Collection[str]) -> int:
    """How many sines, cosines and tangents act on something in which no angle occurs."""
    return sum(
        isinstance(node, Apply) and node.operator in TRIGONOMETRIC and not _mentions(node, angles)
        for node in walk(expression)
    )


def _mentions(expression: Expression, names: Collection[str]) -> bool:
    return any(isinstance(node, Variable | Constant) and node.name in names for node in walk(expression))
