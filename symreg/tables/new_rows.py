"""Rows that a law has not seen: the columns that it needs, of whatever holds a table, in the units it was found in."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from symreg.arrays import Floats
from symreg.errors import PredictionError
from symreg.tables.headers import parse_header, tidy
from symreg.tables.holders import array_and_unit, is_frame, is_mapping, is_table, source_of
from symreg.tables.measurements import settle_unit
from symreg.tables.sources import Hints, RawColumn, RawTable, read_raw
from symreg.units import Unit


@dataclass(frozen=True, slots=True, eq=False)
class NewRows:
    """Columns by name, ``(n_rows,)`` each, in the units that were asked for, NaN where a cell is empty.

    ``n_rows`` is known where no column was needed, too.
    """

    columns: Mapping[str, Floats]
    n_rows: int


def new_rows(data: Any, units: Mapping[str, Unit], wanted: Collection[str], what: str) -> NewRows:
    """The ``wanted`` columns of ``data`` in these ``units``, which hold every input that was there, in order.

    ``data`` is anything that ``read_table`` reads from memory, the names of its columns with units or without, in any
    order and among any others; or an array ``(n_rows, n_inputs)`` of all inputs. A column that states no unit is in
    that of ``units``; one that states another of the same dimension is converted. ``what`` says in an error who needs
    them. Raises ``PredictionError`` and, for units and cells that cannot be read, ``TableError`` and ``UnitError``.
    """
    if not is_table(data):
        return _of_array(data, units, wanted)
    headers, names = _headers(data), header_names(data, units)
    places = {name: [place for place, one in enumerate(names) if one == name] for name in wanted}
    for name, found in places.items():
        if not found:
            message = (
                f"column {name!r} is missing: {what} needs {', '.join(wanted)}, "
                f"the data have {', '.join(map(str, headers)) or 'no columns'}"
            )
            raise PredictionError(column=name, message=message)
        if len(found) > 1:
            listed = " and ".join(repr(str(headers[place])) for place in found[:2])
            raise PredictionError(column=name, message=f"two columns are called {name!r}: {listed}; leave one out")
    chosen = {name: headers[found[0]] for name, found in places.items()}
    raw, n_rows = _read(data, list(chosen.values()))
    by_header = {column.header: column for column in raw.columns}
    columns = {name: _values(raw, name, by_header.get(str(header)), units) for name, header in chosen.items()}
    return NewRows(columns, n_rows)


def _headers(data: Any) -> list[Any]:
    """Labels of the columns as they stand."""
    if is_frame(data):
        return list(data.columns) if data.columns.nlevels == 1 else list(data.columns.get_level_values(0))
    if is_mapping(data):
        return list(data)
    return [column.header for column in read_raw(source_of(data), Hints()).columns]


def header_names(data: Any, inputs: Collection[str]) -> list[str]:
    """The names of a table's columns ``(n_rows,)`` without their units.

    A header that is itself the name of one of the ``inputs`` is that one, whatever brackets it holds.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # said when the law was found
        as_they_stand = [str(header) for header in _headers(data)]
        plain = [text if text in inputs else tidy(text) for text in as_they_stand]
        return [text if text in inputs else parse_header(text).name for text in plain]


def _read(data: Any, wanted: Sequence[Any]) -> tuple[RawTable, int]:
    """The wanted columns as found, and the number of rows; what stands in others concerns nobody."""
    if is_frame(data):
        kept = data if data.columns.nlevels > 1 else data.loc[:, list(wanted)]
        return read_raw(kept, Hints()), len(data)
    if not is_mapping(data):
        raw = read_raw(source_of(data), Hints())
        return raw, raw.columns[0].cells.n_rows if raw.columns else 0
    kept = {header: data[header] for header in wanted}
    counted = kept or dict(list(data.items())[:1])  # a constant law: as many values as the data have rows
    lengths = {header: np.shape(values)[0] for header, values in counted.items() if np.ndim(values)}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{header} has {n}" for header, n in lengths.items())
        raise PredictionError(column=None, message=f"columns differ in the number of rows: {listed}")
    n_rows = max(lengths.values(), default=1)
    columns = {header: values if np.ndim(values) else _repeated(values, n_rows) for header, values in kept.items()}
    return read_raw(columns, Hints()), n_rows


def _repeated(value: Any, n_rows: int) -> Any:
    """One number or quantity in each row."""
    if hasattr(value, "magnitude") and hasattr(value, "units"):  # no product: of degC there is none
        return type(value)(np.full(n_rows, value.magnitude), value.units)
    return type(value)(np.full(n_rows, value.value), value.unit) if hasattr(value, "unit") else np.full(n_rows, value)


def _values(raw: RawTable, name: str, column: RawColumn | None, units: Mapping[str, Unit]) -> Floats:
    """A column in the unit in which it is wanted."""
    if column is None:
        reasons = [one.reason for one in raw.left_out if one.column == name]
        raise PredictionError(column=name, message=f"column {name!r} cannot be read: {', '.join(reasons)}")
    header = parse_header(column.header) if name not in (column.header, tidy(column.header)) else None
    column.cells.check(raw.source, name)
    if column.cells.is_text:
        sample = next(text for text in column.cells.texts() if text)
        raise PredictionError(column=name, message=f"column {name!r} holds no numbers, but text such as {sample!r}")
    if column.is_date:
        message = f"column {name!r} holds dates, and nobody knows from which instant the law counts: give the time in s"
        raise PredictionError(column=name, message=message)
    attrs = raw.stated_units.get(name, raw.stated_units.get(column.header))
    stated = [
        *column.unit_sources,
        *([] if attrs is None else [("attrs['units']", attrs)]),
        *([] if header is None or header.unit is None else [("the header", header.unit)]),
    ]
    values = column.cells.values()
    return in_unit_of(name, values, settle_unit(raw.source, name, stated), units[name]) if stated else values


def in_unit_of(name: str, values: Floats, unit: Unit, wanted: Unit) -> Floats:
    """``values`` ``(n_rows,)`` of a column from its ``unit`` to the one in which it was at the fit.

    Raises ``PredictionError`` where their dimensions differ.
    """
    if unit.dimension != wanted.dimension:
        message = (
            f"column {name!r} is in {unit.text!r}, but at fit it was in {wanted.text!r}: "
            f"its dimension is {unit.dimension}, and must be {wanted.dimension}"
        )
        raise PredictionError(column=name, message=message)
    if (unit.scale, unit.offset) == (wanted.scale, wanted.offset):
        return values
    with np.errstate(over="ignore"):
        return np.asarray(wanted.from_si(unit.to_si(values)), dtype=np.float64)


def _of_array(data: Any, units: Mapping[str, Unit], wanted: Collection[str]) -> NewRows:
    """An array of all inputs in their order; a quantity states one unit for all of them."""
    order = list(units)
    numbers, text = array_and_unit(data)
    try:
        matrix = np.asarray(numbers, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise PredictionError(column=None, message="the array holds no numbers") from error
    if matrix.ndim != 2 or matrix.shape[1] != len(order):
        message = (
            f"predict takes a table with the columns {', '.join(order)}, or an array of shape (n_rows, {len(order)}) "
            f"in this order; this one has shape {matrix.shape}"
        )
        raise PredictionError(column=None, message=message)
    columns = {name: np.ascontiguousarray(matrix[:, order.index(name)]) for name in wanted}
    if text is not None:
        stated = {name: settle_unit("array", name, [("the quantity", text)]) for name in wanted}
        columns = {name: in_unit_of(name, columns[name], stated[name], units[name]) for name in wanted}
    return NewRows(columns, len(matrix))
