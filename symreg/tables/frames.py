"""Frames and series as scikit-learn's tools hand them on: plain numbers for them, names and units for us.

What kinds of tables and targets there are is settled before, in ``as_pandas``.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from symreg.arrays import Floats
from symreg.errors import EstimatorError
from symreg.tables.error_model import KEYS, read_error_model
from symreg.tables.holders import array_and_unit, is_frame
from symreg.wording import shortened

if TYPE_CHECKING:
    from symreg.tables.table import Table


def training_table(
    frame: Any,
    y: Any,
    goal: Floats,
    *,
    target: str | None,
    sigma: Any,
    units: Mapping[str, str],
    check_lengths: Callable[[Any, Any], None],
) -> Table:
    """The columns of ``frame``, then ``y``, each with the unit that it states or that ``units`` gives.

    ``goal`` holds the numbers of ``y``, ``(n_rows,)``; ``target`` is its name, by default its own or "y".
    ``sigma`` is a number or an array ``(n_rows,)`` for the target, or a mapping of those by column;
    ``check_lengths`` raises where an array has another length than ``goal``. ``frame`` is made by
    ``named_frame`` and changed here.
    """
    from symreg.tables.as_pandas import stated_unit
    from symreg.tables.headers import nearest
    from symreg.tables.table import read_table

    target = target if target is not None else _own_name(y)
    if target in frame.columns:
        reason = f"the target is called {target!r}, and so is a column of X."
        raise EstimatorError(reason=reason, advice="Give it another name: target='...'.")
    stated = stated_unit(y)  # a name of its own may hold one that the target's name does not
    if stated is not None:
        frame.attrs["units"] = {**frame.attrs.get("units", {}), target: stated.text}
    frame[target] = y.array if _is_pint(y) else goal
    spread: dict[str, Any] = {}
    names = list(frame.columns)
    by_column = isinstance(sigma, Mapping) and not set(sigma) <= set(KEYS)
    for name, given in (sigma if by_column else {target: sigma}).items():
        if name not in names:
            reason = f"sigma names a column {name!r} that is not there."
            raise EstimatorError(reason=reason, advice=nearest(str(name), names))
        if given is None:
            continue
        if (errors := read_error_model(given)) is not None:
            spread[name] = errors
            continue
        numbers, unit = array_and_unit(given)
        _check_spread(name, numbers, goal)
        if np.ndim(numbers) == 0 and unit is None:
            spread[name] = float(numbers)
            continue
        if np.ndim(numbers):
            check_lengths(goal, numbers)
        spread[name] = _name_beside(f"sigma_{name}", frame.columns)
        frame[spread[name]] = given.array if _is_pint(given) else np.broadcast_to(numbers, goal.shape)
        if unit is not None:
            frame.attrs["units"] = {**frame.attrs.get("units", {}), spread[name]: unit}
    known = _known_units(units, frame)
    table = read_table(frame, target=target, inputs=names, units=known, sigma=spread)
    _check_spelling(units, known, table)
    return table


def _check_spread(name: str, given: Any, goal: Floats) -> None:
    """Refuse a standard deviation that is neither a number nor one for each row of ``goal`` ``(n_rows,)``."""
    wanted = f"one number, or one for each of {len(goal)} rows"
    try:
        shape = np.asarray(given, dtype=None if _is_pint(given) else np.float64).shape
    except (TypeError, ValueError) as error:
        reason = f"sigma of {name!r} is {shortened(given)}, and must be {wanted}."
        raise EstimatorError(reason=reason, advice="A part of the size is '5 %', for counts 'poisson'.") from error
    if len(shape) > 1:
        raise EstimatorError(reason=f"sigma of {name!r} has the shape {shape}, and must be {wanted}.")


def magnitudes(data: Any) -> Any:
    """The same data, ``(n_rows, n_inputs)`` or ``(n_rows,)``, with plain numbers in place of pint's quantities.

    Raises ``EstimatorError`` for a column of a DataFrame that holds text.
    """
    if _is_pint(data):
        import pandas as pd

        return pd.Series(data.array.quantity.magnitude, index=data.index, name=data.name)
    if is_frame(data):
        _check_no_text(data)
    if not is_frame(data) or not any(_is_pint(data.iloc[:, place]) for place in range(data.shape[1])):
        return data
    plain = data.copy(deep=False)
    for place in range(data.shape[1]):
        if _is_pint(data.iloc[:, place]):
            plain.isetitem(place, data.iloc[:, place].array.quantity.magnitude)
    return plain


def _check_no_text(frame: Any) -> None:
    import pandas as pd

    for place, label in enumerate(frame.columns):
        series = frame.iloc[:, place]
        if not (pd.api.types.is_object_dtype(series) or pd.api.types.is_string_dtype(series)):
            continue
        texts = series[pd.to_numeric(series, errors="coerce").isna() & series.notna()]
        if len(texts) and isinstance(texts.iloc[0], str):
            raise EstimatorError(
                reason=f"column {label!r} of X holds text, such as {texts.iloc[0]!r}, and a law needs numbers.",
                advice="Leave it out and fit the rows of each value by themselves, or give a column of 0 and 1 for "
                f"each value (pandas.get_dummies(X, columns=[{label!r}], dtype=float)).",
            )


def named_frame(X: Any, names: Sequence[str], numbers: Floats) -> Any:
    """A new DataFrame of the columns of ``X`` under these names, which keeps the units that it states.

    ``numbers`` ``(n_rows, n_inputs)`` are those of ``X``, taken where that is no DataFrame.
    """
    import pandas as pd

    if not is_frame(X):
        return pd.DataFrame(numbers, columns=list(names))
    frame = X.set_axis(list(names), axis=1)
    units = X.attrs.get("units")
    if isinstance(units, Mapping):
        frame.attrs["units"] = {
            name: units[label] for name, label in zip(names, X.columns, strict=True) if label in units
        }
    return frame


def _is_pint(series: Any) -> bool:
    return type(getattr(series, "dtype", None)).__name__ == "PintType"


def _own_name(y: Any) -> str:
    name = getattr(y, "name", None)
    return name if isinstance(name, str) and name else "y"


def _name_beside(name: str, taken: Any) -> str:
    while name in taken:
        name = f"{name}_"
    return name


def _known_units(units: Mapping[str, str], frame: Any) -> dict[str, str]:
    """The units of columns that are there: ``units=`` may describe a table of which a step kept a part."""
    from symreg.tables.headers import parse_header

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # read_table, which reads the headers in earnest, warns
        there = {*frame.columns, *(parse_header(header).name for header in frame.columns)}
    return {name: text for name, text in units.items() if not isinstance(name, str) or name in there}


def _check_spelling(units: Mapping[str, str], known: Mapping[str, str], table: Table) -> None:
    """A unit without its column beside a column without its unit is a slip of the pen."""
    from symreg.tables.headers import nearest
    from symreg.units import DIMENSIONLESS_UNIT

    unknown = [name for name in units if name not in known]
    plain = [column.name for column in table.columns if column.unit == DIMENSIONLESS_UNIT]
    bare = [name for name in plain if name not in known]
    if unknown and bare:
        listed = ", ".join(map(repr, bare))
        reason = f"units= names {unknown[0]!r}, which is no column here, and {listed} {_has(bare)} no unit."
        advice = f"{nearest(unknown[0], list(table.names))} The target is {table.target!r}."
        raise EstimatorError(reason=reason, advice=advice)


def _has(names: Sequence[str]) -> str:
    return "has" if len(names) == 1 else "have"
