"""How much rows count, where the user says so: the variance of a row's error goes with the inverse of its weight.

A mean of n readings has the weight n. Beside a stated uncertainty, that is divided by the root of the weight. Only the
ratios of weights mean anything where none is stated. A row of weight zero is neither trained nor judged on.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from symreg.arrays import Floats, read_only
from symreg.errors import ProblemError
from symreg.tables import Table


def read_row_weights(name: str, given: Any, table: Table) -> Floats | None:
    """Weights ``(n_rows,)``, those above zero with a geometric mean of one where only ratios count; None: all alike.

    ``given`` is the name of a column or numbers ``(n_rows,)``, ``name`` the problem's. Raises ``ProblemError`` for
    another number of them, for what is no number from zero, and where all are zero.
    """
    if given is None:
        return None
    said = f"the weights in column {given!r}" if isinstance(given, str) else "the weights"
    weights = table[given].user_numbers if isinstance(given, str) else _numbers(name, given)
    if weights.shape != (table.n_rows,):
        reason = f"{said} have the shape {weights.shape}, and the table has {table.n_rows} rows: one weight for each."
        raise ProblemError(name=name, reason=reason)
    wrong = np.flatnonzero(~(np.isfinite(weights) & (weights >= 0)))
    if len(wrong):
        reason = f"{said} are {weights[wrong[0]]:g} in row {wrong[0] + 1}, and must be numbers from 0."
        raise ProblemError(name=name, reason=reason)
    above = weights > 0
    if not above.any():
        raise ProblemError(name=name, reason=f"{said} are all zero, so that no row is left.")
    if np.ptp(weights) == 0:
        return None
    return read_only(weights)


def _numbers(name: str, given: Any) -> Floats:
    try:
        return np.array(given, dtype=np.float64)
    except (TypeError, ValueError):
        raise ProblemError(name=name, reason="the weights are no numbers; give one for each row.") from None
