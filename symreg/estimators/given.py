"""What ``fit`` and ``predict`` are given, looked at before scikit-learn does: its rules in sentences that advise."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import numpy.typing as npt

from symreg.errors import EstimatorError

FIRST_ROWS = 5
"""Row numbers that an error lists before it says "...": enough to find the fault, and still one line. Set by hand."""

_TEXT = re.compile(r"could not convert string to float: (?P<text>.*)", re.DOTALL)


def check_given(X: Any, y: Any, least_rows: int) -> None:
    """Refuse what is no table of rows ``(n_rows, n_inputs)``, or has another number of rows than ``y`` ``(n_rows,)``.

    ``y`` None is not looked at; nor is what has no shape, which scikit-learn knows better. Raises ``EstimatorError``.
    """
    shape = _shape(X)
    if shape is None:
        return
    if len(shape) != 2:
        reason = f"X has the shape {shape}, and must be a table of shape (n_rows, n_inputs)."
        advice = "Reshape your data: X.reshape(-1, 1) is one column, X.reshape(1, -1) one row."
        raise EstimatorError(reason=reason, advice=advice if len(shape) == 1 else "")
    rows = None if y is None else _shape(y)
    if rows is not None and len(rows) == 1 and rows[0] != shape[0]:
        raise EstimatorError(reason=f"X has {shape[0]} rows, and y has {rows[0]}: each row of X needs its target.")
    if not shape[1]:
        reason = f"X has no column: 0 feature(s) (shape={shape}) while a minimum of 1 is required."
        raise EstimatorError(reason=reason)
    if shape[0] < least_rows:
        reason = f"X has {shape[0]} sample{'s' * (shape[0] != 1)} (rows), and a law needs {least_rows} at least."
        raise EstimatorError(reason=reason)
    if rows is not None and len(rows) == 1:
        _check_target(y)


def _shape(data: Any) -> tuple[int, ...] | None:
    """The shape of an array or a list of lists; None where it has none."""
    if hasattr(data, "shape") and not callable(data.shape):
        return tuple(data.shape)
    if not isinstance(data, list | tuple):
        return None
    try:
        return tuple(np.shape(data))
    except ValueError as error:
        raise EstimatorError(reason="the rows of X, or of y, differ in length.") from error


def _check_target(y: Any) -> None:
    """Refuse gaps in a target of numbers, with their rows; what is no number is left to scikit-learn."""
    try:
        values = np.asarray(y)
        values = values if values.dtype.kind == "c" else np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        return
    rows = np.flatnonzero(~np.isfinite(values))
    if len(rows):
        reason = f"y contains NaN or inf: {rows_text(rows, len(values))}."
        raise EstimatorError(reason=reason, advice="Leave these rows out.")


def rows_text(rows: npt.NDArray[np.intp], n_rows: int) -> str:
    """How many of ``n_rows`` these are, and the first of them, counted from 1; ``rows`` ``(n,)`` count from 0."""
    listed = ", ".join(str(row + 1) for row in rows[:FIRST_ROWS]) + ", ..." * (len(rows) > FIRST_ROWS)
    return f"{len(rows)} of {n_rows} rows ({listed})"


def checked_weights(given: Any, n_rows: int) -> npt.NDArray[np.float64] | None:
    """What ``fit`` was given as ``sample_weight``, one number from 0 for each row, ``(n_rows,)``; None for None.

    Raises ``EstimatorError`` for another shape and for what is no number from 0.
    """
    if given is None:
        return None
    try:
        weights = np.array(given, dtype=np.float64)
    except (TypeError, ValueError):
        raise EstimatorError(reason="sample_weight holds what is no number.") from None
    if weights.shape != (n_rows,):
        reason = f"sample_weight has the shape {weights.shape}, and there are {n_rows} rows: give one for each."
        raise EstimatorError(reason=reason)
    wrong = np.flatnonzero(~(np.isfinite(weights) & (weights >= 0)))
    if len(wrong):
        reason = f"sample_weight must be numbers from 0, and is not in {rows_text(wrong, n_rows)}."
        raise EstimatorError(reason=reason)
    if not weights.any():
        raise EstimatorError(reason="sample_weight is zero in every row, so that none is left.")
    return weights


class KindError(EstimatorError, TypeError):
    """What is no table of numbers at all: a ``TypeError`` too, which scikit-learn's tools expect there."""


def refuse(error: TypeError | ValueError) -> EstimatorError:
    """What scikit-learn or NumPy refused, as an error of this package."""
    if isinstance(error, EstimatorError):
        return error
    if isinstance(error, TypeError):
        return KindError(**_refused_kind(str(error)))
    text = _TEXT.match(str(error))
    if text is not None:
        sample = text["text"].removeprefix("np.str_(").removesuffix(")")
        reason = f"X or y holds text, such as {sample}, and a law needs numbers."
        return EstimatorError(reason=reason, advice="Leave such columns out.")
    return EstimatorError(reason=str(error))


def _refused_kind(said: str) -> dict[str, str]:
    """Reason and advice for what is of a kind that no column of numbers can be."""
    if "string names" in said:
        reason = "the columns of X are named by texts and by other things, and must be named by texts alone."
        return {"reason": reason, "advice": "Write X.columns = X.columns.astype(str)."}
    if "sparse" in said.lower():
        return {"reason": "X is a sparse matrix, and a law needs all its numbers.", "advice": "Write X.toarray()."}
    reason = "X or y holds what is no number; each argument must be a string or a real number."
    return {"reason": reason, "advice": "Leave columns of dates, lists and other objects out."}
