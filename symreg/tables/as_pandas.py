"""What an estimator is given, as pandas holds it: tables as frames, targets as series, units in ``attrs["units"]``."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

from symreg.errors import EstimatorError
from symreg.tables.headers import column_unit, parse_header
from symreg.tables.holders import array_and_unit, is_frame, is_table, source_of
from symreg.tables.measurements import settle_unit
from symreg.tables.sources import Hints, pint_text, read_raw
from symreg.tables.table import Table
from symreg.units import Unit


def framed(X: Any) -> Any:
    """A table of any kind as a DataFrame ``(n_rows, n_inputs)`` with its units; frames of plain names and arrays as
    they are.

    Of a ``Table`` the target is left out. Raises what ``read_table`` raises for columns that cannot be read.
    """
    if is_frame(X) and X.columns.nlevels == 1:
        return X
    if isinstance(X, Table):
        return X.X
    if not is_table(X):
        numbers, unit = array_and_unit(X)
        return X if unit is None or np.ndim(numbers) != 2 else _of_one_unit(np.asarray(numbers), unit)
    import pandas as pd

    raw = read_raw(source_of(X), Hints())
    columns, units = {}, dict(raw.stated_units)
    for column in raw.columns:
        columns[column.header] = _cells(column)
        if column.unit_sources:
            units[column.header] = settle_unit(raw.source, column.header, column.unit_sources).text
    frame = pd.DataFrame(columns)
    frame.attrs["units"] = units
    return frame


def _cells(column: Any) -> Any:
    return np.array(column.cells.texts(), dtype=object) if column.cells.n_text else column.cells.values()


def _of_one_unit(numbers: Any, unit: str) -> Any:
    import pandas as pd

    frame = pd.DataFrame(numbers, columns=[f"x{place}" for place in range(numbers.shape[1])])
    frame.attrs["units"] = dict.fromkeys(frame.columns, unit)
    return frame


def as_series(y: Any) -> Any:
    """A target ``(n_rows,)`` with a name or a unit as a Series that carries both; a plain array as it is.

    Raises ``EstimatorError`` where there are several columns.
    """
    if is_frame(y) or isinstance(y, Mapping) or is_table(y):
        frame = framed(y)
        if frame.shape[1] != 1:
            _refuse_several(frame.shape[1], [str(label) for label in frame.columns])
        series = frame.iloc[:, 0]
        units = frame.attrs.get("units", {})
        if isinstance(units, Mapping) and series.name in units:
            series = series.copy(deep=False)
            series.attrs["units"] = units[series.name]
        return series
    if hasattr(y, "to_numpy") and hasattr(y, "iloc"):
        return _with_own_unit(_with_plain_name(y))
    numbers, unit = array_and_unit(y)
    shape = np.shape(numbers) if isinstance(numbers, list | tuple | np.ndarray) else ()
    if len(shape) == 2 and shape[1] > 1:
        _refuse_several(shape[1], [])
    if unit is None and not isinstance(getattr(y, "name", None), str):
        return y
    import pandas as pd

    series = pd.Series(np.asarray(numbers).reshape(-1), name=getattr(y, "name", None))
    if unit is not None:
        series.attrs["units"] = unit
    return series


def stated_unit(y: Any) -> Unit | None:
    """The unit that a target ``(n_rows,)`` states, in ``attrs``, by a pint dtype or in its name; None without one.

    ``y`` is what ``as_series`` returns. Raises ``UnitError``, and ``TableError`` where two of them contradict.
    """
    units, name = getattr(y, "attrs", {}).get("units"), getattr(y, "name", None)
    stated = [] if units is None or isinstance(units, Mapping) else [("attrs['units']", str(units))]
    if type(getattr(y, "dtype", None)).__name__ == "PintType":
        stated.append(("the pint dtype", pint_text(y.dtype.units)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # said at the fit
        header = parse_header(name) if isinstance(name, str) else None
    if header is not None and header.unit is not None:
        stated.append(("the header", header.unit))
    return settle_unit("y", str(name), stated) if stated else None


def _with_plain_name(y: Any) -> Any:
    """A column taken out of a frame with pairs of name and unit for labels is called by the first, in the second."""
    if not (isinstance(y.name, tuple) and len(y.name) == 2):
        return y
    name, unit = (str(part).strip() for part in y.name)
    named = y.rename(name)
    if unit and not unit.startswith("Unnamed:"):
        column_unit(unit, name)
        named.attrs["units"] = unit
    return named


def _with_own_unit(y: Any) -> Any:
    """Of the units of a frame that a column has inherited, its own."""
    units = y.attrs.get("units")
    if not isinstance(units, Mapping):
        return y
    own = y.copy(deep=False)
    own.attrs = {**y.attrs, "units": units[y.name]} if y.name in units else {}
    return own


def _refuse_several(count: int, names: list[str]) -> None:
    listed = f" ({', '.join(names)})" if names else ""
    reason = f"y has {count} columns{listed}, and a law has one target: y should be a 1d array."
    raise EstimatorError(reason=reason, advice="Fit one estimator for each of them.")
