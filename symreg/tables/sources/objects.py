"""Tables that a program holds: frames, datasets, astropy's tables, mappings.

pandas, xarray and astropy are recognised by what the caller has already imported, never imported to find out.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from symreg.errors import TableError
from symreg.tables.sources.cells import Cells
from symreg.tables.sources.looks import are_units, bare_unit
from symreg.tables.sources.numerals import Numerals
from symreg.tables.sources.quantities import CELLS
from symreg.tables.sources.raw import MAX_CELLS, RawColumn, RawTable
from symreg.tables.understood import LeftOut

ASTROPY_NAMES = {
    "solMass": "M_sun", "solLum": "L_sun", "solRad": "R_sun", "earthMass": "M_earth", "earthRad": "R_earth",
    "jupiterMass": "M_jup", "jupiterRad": "R_jup", "AU": "au", "deg_C": "degC",
}  # fmt: skip


def read_frame(frame: Any, source: str, numerals: Numerals) -> RawTable:
    """A pandas DataFrame, its pint dtypes and ``attrs["units"]``; columns may be pairs of a name and a unit."""
    headers, level = headers_of(frame, source)
    columns = []
    for place, header in enumerate(headers):
        series = frame.iloc[:, place]
        units = [] if level is None or not level[place] else [("the second level of the header", level[place])]
        if type(series.dtype).__name__ == "PintType":
            units.append(("the pint dtype", pint_text(series.dtype.units)))
            series = series.array.quantity.magnitude
        elif series.dtype.kind == "M":
            series = series.astype(str)
        columns.append(made_column(header, series, units, source, numerals))
    return RawTable(source, tuple(columns), stated_units=_stated_units(frame.attrs.get("units"), source))


def headers_of(frame: Any, source: str) -> tuple[list[str], list[str] | None]:
    """The names of the columns of a pandas DataFrame, and their units where they are pairs of these; ``TableError`` for
    columns of several levels that are no such pairs."""
    if getattr(frame.columns, "nlevels", 1) == 1:
        return [str(label) for label in frame.columns], None
    if frame.columns.nlevels == 2:
        names, units = ([str(part).strip() for part in frame.columns.get_level_values(n)] for n in (0, 1))
        units = ["" if unit.startswith("Unnamed:") else bare_unit(unit) for unit in units]
        if are_units(units) and len(set(names)) == len(names):
            return names, units
    advice = "Join the levels into one name each, for example 'v [m/s]'."
    raise TableError(source=source, problem="the columns have several header levels", advice=advice)


def _stated_units(units: Any, source: str) -> dict[str, str]:
    if units is None:
        return {}
    if not isinstance(units, Mapping):
        raise TableError(source=source, problem="attrs['units'] is not a mapping from column names to units")
    return {str(name): str(unit) for name, unit in units.items()}


def read_xarray(data: Any, source: str, numerals: Numerals) -> RawTable:
    """An xarray Dataset or DataArray, one row for each point of its grid."""
    dataset = data.to_dataset(name=data.name or "values") if hasattr(data, "to_dataset") else data
    names = [str(name) for name in (*dataset.coords, *dataset.data_vars)]
    size = len(names) * int(np.prod([float(length) for length in dataset.sizes.values()]))
    if size > MAX_CELLS:
        advice = "Select a part of it first; every point of the grid is a row."
        raise TableError(source=source, problem=f"a grid of {size} cells, more than {MAX_CELLS}", advice=advice)
    frame = dataset.to_dataframe().reset_index()
    columns = []
    for header in names:
        units = dataset[header].attrs.get("units")
        stated = [] if units is None else [("attrs['units']", str(units))]
        series = frame[header].astype(str) if frame[header].dtype.kind == "M" else frame[header]
        columns.append(made_column(header, series, stated, source, numerals))
    return RawTable(source, tuple(columns))


def read_astropy(table: Any, source: str, numerals: Numerals) -> RawTable:
    """An astropy Table or QTable; a column of arrays is left out."""
    columns, left_out = [], []
    for header in map(str, table.colnames):
        shape = getattr(table[header], "shape", ())
        if len(shape) > 1:
            reason = f"each of its cells holds {shape[1:]} numbers, where one row needs one"
            left_out.append(LeftOut(header, reason, "Give each of them a column."))
        else:
            columns.append(_astropy_column(header, table[header], source, numerals))
    return RawTable(source, tuple(columns), left_out=tuple(left_out))


def _astropy_column(header: str, cells: Any, source: str, numerals: Numerals) -> RawColumn:
    if type(cells).__name__ == "Time":
        return made_column(header, np.asarray(cells.isot), [], source, numerals)
    unit = getattr(cells, "unit", None)
    stated = [] if unit is None else [("the astropy unit", astropy_text(unit))]
    mask = getattr(cells, "mask", None)
    plain = getattr(cells, "unmasked", cells)
    return made_column(header, getattr(plain, "value", plain), stated, source, numerals, mask)


def astropy_text(unit: Any) -> str:
    """An astropy unit as text that people write: ``M_sun``, not ``solMass``."""
    return re.sub(r"[A-Za-z_]+", lambda word: ASTROPY_NAMES.get(word[0], word[0]), str(unit.to_string()))


def read_mapping(source: Mapping[Any, Any], name: str, numerals: Numerals) -> RawTable:
    """A mapping of names to arrays or quantities of one length."""
    columns = tuple(_mapping_column(str(header), values, name, numerals) for header, values in source.items())
    for column in columns[1:]:
        if column.cells.n_rows != columns[0].cells.n_rows:
            other = f"column {columns[0].header!r} has {columns[0].cells.n_rows}"
            problem = f"{column.cells.n_rows} values, but {other}"
            raise TableError(source=name, column=column.header, problem=problem)
    return RawTable(name, columns)


def _mapping_column(header: str, values: Any, source: str, numerals: Numerals) -> RawColumn:
    if hasattr(values, "magnitude") and hasattr(values, "units"):
        return made_column(header, values.magnitude, [("the pint quantity", pint_text(values.units))], source, numerals)
    if hasattr(values, "attrs") and hasattr(values, "dims"):  # xarray's, whose attribute says the unit
        units = values.attrs.get("units")
        stated = [] if units is None else [("attrs['units']", str(units))]
        return made_column(header, np.asarray(values.values), stated, source, numerals)
    if hasattr(values, "unit"):
        return _astropy_column(header, values, source, numerals)
    return made_column(header, values, [], source, numerals)


def pint_text(units: Any) -> str:
    """A pint unit as text that people write: ``m/s``, not ``meter / second``."""
    return f"{units:~C}" or "1"


def made_column(
    header: str,
    values: Any,
    unit_sources: Iterable[tuple[str, str]],
    source: str,
    numerals: Numerals,
    mask: Any = None,
) -> RawColumn:
    """One column from an array of any sort; masked entries become missing."""
    if isinstance(values, np.ma.MaskedArray):
        mask, values = np.ma.getmaskarray(values), values.data
    array, sources = _plain_array(values), tuple(unit_sources)
    if array.ndim != 1:
        problem = f"values of shape {array.shape}, where one row needs one number"
        raise TableError(source=source, column=header, problem=problem)
    if array.dtype.kind == "c":
        raise TableError(source=source, column=header, problem="complex numbers", advice="Split the two parts.")
    if array.dtype.kind == "m":
        array, sources = array / np.timedelta64(1, "s"), ((CELLS, "s"), *sources)
    elif array.dtype.kind == "M":
        array = np.datetime_as_string(array)
    elif array.dtype.kind == "S":
        array = np.char.decode(array, "utf-8", "replace")
    if mask is not None and np.any(mask):
        array = array.astype(object)
        array[np.broadcast_to(mask, array.shape)] = None
    numeric = array.dtype.kind in "fiu"
    cells = Cells(keep_text=not numeric, numerals=numerals)
    if numeric:
        cells.add_numbers(array.astype(np.float64))
    else:
        cells.add(array)
    return RawColumn(header, cells, sources)


def _plain_array(values: Any) -> Any:
    """A NumPy array: float64 where the numbers are known to be such, else objects."""
    if hasattr(values, "dtype") and hasattr(values, "to_numpy"):
        kind = getattr(values.dtype, "kind", "O")
        if kind in "fiu":
            return values.to_numpy(dtype=np.float64, na_value=np.nan)
        return values.to_numpy() if kind in "mM" else values.to_numpy(dtype=object)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", np.exceptions.VisibleDeprecationWarning)
            return np.asarray(values)
    except ValueError:
        return np.asarray(values, dtype=object)
