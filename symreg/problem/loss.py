"""How a residual counts against a law: what its square costs, or less where a row may be an outlier.

Each loss is the likelihood of a kind of error, so that descriptions under it can be compared in one ledger: "squared"
of Gaussian errors, "huber" and "student" of errors with long tails, "log" of errors that multiply positive values.
"""

from __future__ import annotations

from typing import Any, Literal, get_args

from symreg.arrays import Floats
from symreg.errors import ProblemError
from symreg.wording import choices, shortened

Loss = Literal["squared", "huber", "student", "log"]

AskedLoss = Literal["auto", "squared", "huber", "student", "log"]

LOSSES: tuple[Loss, ...] = get_args(Loss)

ROBUST: frozenset[Loss] = frozenset({"huber", "student"})
"""Losses under which a row that lies far off counts less."""


def read_loss(name: str, given: Any, target: str, values: Floats) -> Loss:
    """The loss of this name, for a target with these ``values`` ``(n_rows,)``; ``name`` is the problem's.

    "auto" begins with squares. Raises ``ProblemError`` for another name, and for "log" where a value is not positive.
    """
    found = next((one for one in LOSSES if one == ("squared" if given == "auto" else given)), None)
    if found is None:
        allowed = get_args(AskedLoss)
        raise ProblemError(name=name, reason=f"loss is {shortened(given)}; {choices(str(given), allowed)}.")
    if found == "log" and not (values > 0).all():
        reason = f"loss is 'log', which takes the logarithm of {target!r}, and {target!r} is not positive in every row."
        advice = "Leave such rows out, or take loss 'huber' or 'student', which ask for no sign."
        raise ProblemError(name=name, reason=reason, advice=advice)
    return found
