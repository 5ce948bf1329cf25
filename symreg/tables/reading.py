"""From whatever holds a table to plain columns: header, numbers, and the units that the source itself states.

Nothing is judged here except whether a source can be read at all; ``table.py`` settles names, units and
faults. pandas, xarray and astropy are recognised by what the caller has already imported, never imported to
find out.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from symreg.errors import TableError
from symreg.tables.cells import Cells

MAX_COLUMNS = 2_000
"""Of a delimited file: one with more is likely a matrix, or lies on its side. A larger bound lets it be read for
nothing, a smaller one refuses wide tables of which few columns are wanted; set by hand."""

MAX_CELLS = 200_000_000
"""Of a delimited file: 1.6 GB as float64. Reading stops there instead of filling the memory; a machine with more of it
could read more, as arrays, which are not limited. Set by hand."""

ASTROPY_NAMES = {
    "solMass": "M_sun", "solLum": "L_sun", "solRad": "R_sun", "earthMass": "M_earth", "earthRad": "R_earth",
    "jupiterMass": "M_jup", "jupiterRad": "R_jup", "AU": "au", "deg_C": "degC",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RawColumn:
    """One column as found: its header text, its cells, and pairs (where a unit was stated, its text)."""

    header: str
    cells: Cells
    unit_sources: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RawTable:
    """Columns as found, a short name of the source, remarks of the reader, and ``attrs["units"]`` by name."""

    source: str
    columns: tuple[RawColumn, ...]
    notes: tuple[str, ...] = ()
    stated_units: Mapping[str, str] = field(default_factory=dict)


def read_raw(source: Any, is_label: Callable[[str], bool]) -> RawTable:
    """Read any known source; ``is_label`` tells by its header whether a column is declared to hold text."""
    if isinstance(source, (str, Path)):
        return _read_path(Path(source), is_label)
    for module, kinds, read in (
        ("pandas", ("DataFrame",), _read_frame),
        ("xarray", ("Dataset", "DataArray"), _read_xarray),
        ("astropy.table", ("Table",), _read_astropy),
    ):
        loaded = sys.modules.get(module)
        if loaded is not None and isinstance(source, tuple(getattr(loaded, kind) for kind in kinds)):
            return read(source, kinds[0])
    if isinstance(source, Mapping):
        return _read_mapping(source)
    if hasattr(source, "to_pandas"):
        return _read_frame(source.to_pandas(), type(source).__name__)
    raise TableError(
        source=type(source).__name__,
        problem="this is not a table",
        advice="Give a path to a CSV, TSV, ECSV or Parquet file, a DataFrame, an xarray Dataset, "
        "an astropy table, or a mapping of column names to arrays.",
    )


def _read_path(path: Path, is_label: Callable[[str], bool]) -> RawTable:
    if not path.is_file():
        problem = "this is a folder, not a file" if path.is_dir() else "there is no such file"
        raise TableError(source=str(path), problem=problem)
    read = FILE_FORMATS.get(path.suffix.lower())
    if read is not None:
        return read(path)
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(b"# %ECSV"):
        return _read_ecsv(path)
    from symreg.tables.csv_reading import read_csv

    return read_csv(path, is_label)


def _read_parquet(path: Path) -> RawTable:
    import pandas as pd

    try:
        frame = pd.read_parquet(path)
    except ImportError as error:
        raise missing_package(path.name, "Parquet files", "pyarrow") from error
    except (OSError, ValueError) as error:
        raise TableError(source=path.name, problem=f"not a readable Parquet file: {error}") from error
    return _read_frame(frame, path.name)


def _read_ecsv(path: Path) -> RawTable:
    try:
        from astropy.table import QTable
    except ImportError as error:
        raise missing_package(path.name, "ECSV files", "astropy") from error
    try:
        table = QTable.read(path, format="ascii.ecsv")
    except (OSError, ValueError, TypeError) as error:
        raise TableError(source=path.name, problem=f"not a readable ECSV file: {error}") from error
    return _read_astropy(table, path.name)


def _refuse_spreadsheet(path: Path) -> RawTable:
    raise TableError(source=path.name, problem="spreadsheets are not read", advice="Save the sheet as CSV.")


FILE_FORMATS: Mapping[str, Callable[[Path], RawTable]] = {
    ".parquet": _read_parquet,
    ".pq": _read_parquet,
    ".ecsv": _read_ecsv,
    ".xls": _refuse_spreadsheet,
    ".xlsx": _refuse_spreadsheet,
    ".ods": _refuse_spreadsheet,
}
"""Files by the ending of their name, in small letters; any other one is delimited text (``csv_reading``). A new format
is a new row, and the function that it names."""


def missing_package(source: str, what: str, package: str) -> TableError:
    """The error for a source that needs an optional package."""
    return TableError(
        source=source,
        problem=f"{what} need the package {package}, which is not installed",
        advice=f"Install {package}.",
    )


def _read_frame(frame: Any, source: str) -> RawTable:
    if getattr(frame.columns, "nlevels", 1) > 1:
        advice = "Join the levels into one name each, for example 'v [m/s]'."
        raise TableError(source=source, problem="the columns have several header levels", advice=advice)
    columns, notes = [], []
    for place, label in enumerate(frame.columns):
        series, header = frame.iloc[:, place], str(label)
        units: list[tuple[str, str]] = []
        if type(series.dtype).__name__ == "PintType":
            units.append(("the pint dtype", pint_text(series.dtype.units)))
            series = series.array.quantity.magnitude
        elif series.dtype.kind in "mM":
            series = series.astype(str)
            notes.append(f"column {header!r} holds dates or durations and was taken for text")
        columns.append(_column(header, series, units, source))
    return RawTable(source, tuple(columns), tuple(notes), _stated_units(frame.attrs.get("units"), source))


def _stated_units(units: Any, source: str) -> dict[str, str]:
    if units is None:
        return {}
    if not isinstance(units, Mapping):
        raise TableError(source=source, problem="attrs['units'] is not a mapping from column names to units")
    return {str(name): str(unit) for name, unit in units.items()}


def _read_xarray(data: Any, source: str) -> RawTable:
    dataset = data.to_dataset(name=data.name or "values") if hasattr(data, "to_dataset") else data
    frame = dataset.to_dataframe().reset_index()
    columns = []
    for header in (str(name) for name in (*dataset.coords, *dataset.data_vars)):
        units = dataset[header].attrs.get("units")
        stated = [] if units is None else [("attrs['units']", str(units))]
        series = frame[header].astype(str) if frame[header].dtype.kind in "mM" else frame[header]
        columns.append(_column(header, series, stated, source))
    return RawTable(source, tuple(columns))


def _read_astropy(table: Any, source: str) -> RawTable:
    return RawTable(source, tuple(_astropy_column(str(name), table[name], source) for name in table.colnames))


def _astropy_column(header: str, cells: Any, source: str) -> RawColumn:
    unit = getattr(cells, "unit", None)
    stated = [] if unit is None else [("the astropy unit", _astropy_text(unit))]
    mask = getattr(cells, "mask", None)
    plain = getattr(cells, "unmasked", cells)
    return _column(header, getattr(plain, "value", plain), stated, source, mask)


def _astropy_text(unit: Any) -> str:
    return re.sub(r"[A-Za-z_]+", lambda word: ASTROPY_NAMES.get(word[0], word[0]), str(unit.to_string()))


def _read_mapping(source: Mapping[Any, Any]) -> RawTable:
    columns = tuple(_mapping_column(str(name), values) for name, values in source.items())
    for column in columns[1:]:
        if column.cells.n_rows != columns[0].cells.n_rows:
            other = f"column {columns[0].header!r} has {columns[0].cells.n_rows}"
            problem = f"{column.cells.n_rows} values, but {other}"
            raise TableError(source="mapping", column=column.header, problem=problem)
    return RawTable("mapping", columns)


def _mapping_column(header: str, values: Any) -> RawColumn:
    if hasattr(values, "magnitude") and hasattr(values, "units"):
        return _column(header, values.magnitude, [("the pint quantity", pint_text(values.units))], "mapping")
    if hasattr(values, "unit"):
        return _astropy_column(header, values, "mapping")
    return _column(header, values, [], "mapping")


def pint_text(units: Any) -> str:
    """A pint unit as text that people write: ``m/s``, not ``meter / second``."""
    return f"{units:~C}" or "1"


def _column(
    header: str, values: Any, unit_sources: Iterable[tuple[str, str]], source: str, mask: Any = None
) -> RawColumn:
    """One column from an array of any sort; masked entries become missing."""
    if isinstance(values, np.ma.MaskedArray):
        mask, values = np.ma.getmaskarray(values), values.data
    array = _plain_array(values)
    if array.ndim != 1:
        problem = f"values of shape {array.shape}, where one row needs one number"
        raise TableError(source=source, column=header, problem=problem)
    if array.dtype.kind == "c":
        raise TableError(
            source=source, column=header, problem="complex numbers", advice="Split the two parts."
        )
    if mask is not None and np.any(mask):
        array = array.astype(object)
        array[np.broadcast_to(mask, array.shape)] = None
    numeric = array.dtype.kind in "fiub"
    cells = Cells(keep_text=not numeric)
    if numeric:
        cells.add_numbers(array.astype(np.float64))
    else:
        cells.add(array)
    return RawColumn(header, cells, tuple(unit_sources))


def _plain_array(values: Any) -> Any:
    """A NumPy array: float64 where the numbers are known to be such, else objects."""
    if hasattr(values, "dtype") and hasattr(values, "to_numpy"):
        if getattr(values.dtype, "kind", "O") in "fiub":
            return values.to_numpy(dtype=np.float64, na_value=np.nan)
        return values.to_numpy(dtype=object)
    try:
        return np.asarray(values)
    except ValueError:
        return np.asarray(values, dtype=object)
