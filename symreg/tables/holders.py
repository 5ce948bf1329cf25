"""What may hold a table in a program, as those who take frames, mappings and arrays see it.

Packages are recognised by what the caller has already imported, never imported to find out.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from symreg.tables.sources import astropy_text, pint_text
from symreg.tables.table import Table


def is_frame(data: Any) -> bool:
    """Whether this is a pandas DataFrame."""
    return _is(data, "pandas", "DataFrame")


def is_mapping(data: Any) -> bool:
    """Whether this maps names to columns: no dataset, whose columns may share a grid, and no sparse matrix."""
    return isinstance(data, Mapping) and not _is(data, "xarray", "Dataset") and not hasattr(data, "nnz")


def is_table(data: Any) -> bool:
    """Whether this has columns ``(n_rows,)`` with names: a frame, mapping, dataset, table, or an array of records."""
    if is_frame(data) or is_mapping(data) or isinstance(data, Table) or _is(data, "xarray", "Dataset"):
        return True
    others = hasattr(data, "to_pandas") and hasattr(data, "columns")  # polars, pyarrow
    return _has_fields(data) or _is(data, "astropy.table", "Table") or others


def source_of(data: Any) -> Any:
    """The same table as something that ``read_raw`` reads."""
    if isinstance(data, Table):
        import pandas as pd

        frame = pd.DataFrame({column.name: column.user_numbers for column in data.columns})
        frame.attrs["units"] = data.units
        return frame
    return {name: data[name] for name in data.dtype.names} if _has_fields(data) else data


def array_and_unit(data: Any) -> tuple[Any, str | None]:
    """The numbers of an array or a quantity, and the text of the unit that it states, None without one."""
    if hasattr(data, "magnitude") and hasattr(data, "units"):
        return data.magnitude, pint_text(data.units)
    if _is(data, "astropy.units", "Quantity") or _is(data, "astropy.table", "Column"):
        return getattr(data, "value", data), None if data.unit is None else astropy_text(data.unit)
    if _is(data, "xarray", "DataArray"):
        stated = data.attrs.get("units")
        return data.to_numpy(), None if stated is None else str(stated)
    return data, None


def _has_fields(data: Any) -> bool:
    """An array of records, as ``numpy.genfromtxt(names=True)`` makes it."""
    return type(data).__module__.startswith("numpy") and getattr(data.dtype, "names", None) is not None


def _is(data: Any, module: str, kind: str) -> bool:
    loaded = sys.modules.get(module)
    return loaded is not None and isinstance(data, getattr(loaded, kind))
