"""Files that other packages read: Parquet, Feather, ECSV, FITS, VOTable, NetCDF, HDF5."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from symreg.errors import TableError
from symreg.tables.dialect import Dialect
from symreg.tables.sources.numerals import Numerals
from symreg.tables.sources.objects import read_astropy, read_frame, read_xarray
from symreg.tables.sources.packages import missing_package
from symreg.tables.sources.parquet import read_parquet
from symreg.tables.sources.raw import Hints, RawTable, ending
from symreg.tables.understood import Understood
from symreg.wording import why_unread

Reader = Callable[[Path, Hints, Numerals], RawTable]

SUFFIXES = {
    ".parquet": "Parquet", ".pq": "Parquet", ".feather": "Feather", ".arrow": "Feather", ".ecsv": "ECSV",
    ".fits": "FITS", ".fit": "FITS", ".fts": "FITS", ".vot": "VOTable", ".votable": "VOTable",
    ".nc": "NetCDF", ".nc4": "NetCDF", ".cdf": "NetCDF", ".h5": "HDF5", ".hdf5": "HDF5",
}  # fmt: skip

BEGINNINGS = {
    b"# %ECSV": "ECSV", b"PAR1": "Parquet", b"ARROW1": "Feather", b"SIMPLE  =": "FITS", b"CDF\x01": "NetCDF",
    b"CDF\x02": "NetCDF", b"\x89HDF\r\n\x1a\n": "HDF5",
}  # fmt: skip


def binary_kind(path: Path) -> str | None:
    """The format of a file by its ending or its first bytes; None for text."""
    kind = SUFFIXES.get(ending(path))
    if kind is not None:
        return kind
    with path.open("rb") as file:
        start = file.read(512)
    if b"<VOTABLE" in start:
        return "VOTable"
    return next((kind for beginning, kind in BEGINNINGS.items() if start.startswith(beginning)), None)


def read_binary(path: Path, hints: Hints) -> RawTable:
    """Read a file of one of these kinds; raises ``TableError`` where it is none, or the package for it is absent."""
    kind, dialect = binary_kind(path) or "Parquet", hints.dialect
    read, package = READERS[kind]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of slips in the file that its reader mends
            raw = read(path, hints, Numerals(missing=dialect.missing))
        said = Dialect(sheet=dialect.sheet, missing=dialect.missing)
        return replace(raw, understood=Understood(f"{kind} file", said))
    except ImportError as error:
        raise missing_package(path.name, f"{kind} files", package, "data") from error
    except TableError:
        raise
    except Exception as error:  # whatever the readers of strange files raise
        part = "" if dialect.sheet is None else f"Is {dialect.sheet!r} (sheet) a part of it?"
        problem = f"not a readable {kind} file: {why_unread(error)}"
        raise TableError(source=path.name, problem=problem, advice=part) from error


def _feather(path: Path, hints: Hints, numerals: Numerals) -> RawTable:
    import pandas as pd

    return read_frame(pd.read_feather(path), path.name, numerals)


def _ecsv(path: Path, hints: Hints, numerals: Numerals) -> RawTable:
    from astropy.table import QTable

    return read_astropy(QTable.read(path, format="ascii.ecsv"), path.name, numerals)


def _fits(path: Path, hints: Hints, numerals: Numerals) -> RawTable:
    from astropy.table import Table

    part: Any = {} if hints.dialect.sheet is None else {"hdu": hints.dialect.sheet}
    return read_astropy(Table.read(path, format="fits", **part), path.name, numerals)


def _votable(path: Path, hints: Hints, numerals: Numerals) -> RawTable:
    from astropy.table import Table

    part: Any = {} if hints.dialect.sheet is None else {"table_id": hints.dialect.sheet}
    return read_astropy(Table.read(path, format="votable", **part), path.name, numerals)


def _netcdf(path: Path, hints: Hints, numerals: Numerals) -> RawTable:
    import xarray as xr

    with path.open("rb") as file:
        is_classic = file.read(3) == b"CDF"
    newer: Any = {"engine": "h5netcdf", "phony_dims": "sort", "invalid_netcdf": True}
    how: Any = {"engine": "scipy"} if is_classic else newer
    part: Any = {} if hints.dialect.sheet is None else {"group": str(hints.dialect.sheet)}
    if not is_classic:
        import h5netcdf  # noqa: F401  (xarray says ValueError where it is absent)
        import h5py

        h5py.File(path).close()  # of a broken file h5netcdf leaves an object that complains when it is forgotten
    with xr.open_dataset(path, **how, **part) as dataset:
        return read_xarray(dataset.load(), path.name, numerals)


READERS: dict[str, tuple[Reader, str]] = {
    "Parquet": (read_parquet, "pyarrow"), "Feather": (_feather, "pyarrow"), "ECSV": (_ecsv, "astropy"),
    "FITS": (_fits, "astropy"), "VOTable": (_votable, "astropy"), "NetCDF": (_netcdf, "xarray and h5netcdf"),
    "HDF5": (_netcdf, "xarray and h5netcdf"),
}  # fmt: skip
