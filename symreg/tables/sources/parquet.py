"""Parquet files: short ones as pandas has them, long ones column by column and part by part.

The numbers of a long file go from its row groups into files of float64 that the system maps into memory
(``symreg.mapped``), each when its column is first asked for. What is no number is read as ever where somebody names it,
and left out where nobody does: a text for each of ten million rows is no column of a law.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from symreg.arrays import Floats
from symreg.mapped import Writing, is_long, parts, rows_at_once
from symreg.tables.sources.cells import Cells
from symreg.tables.sources.numerals import Numerals
from symreg.tables.sources.objects import headers_of, made_column, read_frame
from symreg.tables.sources.raw import Hints, RawColumn, RawTable
from symreg.tables.understood import LeftOut

BUFFER = 1_048_576
"""Bytes that are read of a file at a time: less asks the disk more often, more only takes memory."""


class FileCells(Cells):
    """Cells of a column of numbers that are read when they are first asked for, and then lie in a file."""

    def __init__(self, n_rows: int, numerals: Numerals, read: Callable[[], Iterator[Floats]]) -> None:
        super().__init__(numerals=numerals)
        self.n_rows, self._read = n_rows, read
        self._values: Floats | None = None

    @property
    def is_text(self) -> bool:
        """Never: they are numbers by their type."""
        return False

    @property
    def is_empty(self) -> bool:
        """Whether there are rows, and nothing in them."""
        values = self.values()
        return self.n_rows > 0 and all(bool(np.isnan(values[part]).all()) for part in parts(self.n_rows))

    def values(self) -> Floats:
        """The numbers, NaN where a cell is missing."""
        if self._values is None:
            writing = Writing()
            for block in self._read():
                writing.add(self.without_signs_of_nothing(block))
            self._values = writing.done()
        return self._values


@dataclass(frozen=True, slots=True)
class LongFile:
    """A Parquet file that is open, its short name, and how its numbers are written."""

    file: Any
    source: str
    numerals: Numerals

    def blocks(self, name: str) -> Iterator[Floats]:
        """The numbers of a column, so many at a time."""
        import pyarrow as pa

        for batch in self.file.iter_batches(batch_size=rows_at_once(), columns=[name], use_threads=False):
            yield self._numbers(batch.column(0))
        pa.default_memory_pool().release_unused()

    def _numbers(self, column: Any) -> Floats:
        import pyarrow as pa

        if pa.types.is_dictionary(column.type):
            column = column.dictionary_decode()
        if pa.types.is_decimal(column.type):  # their digits, and not those of their nearest fraction of two
            return made_column("", column.to_pandas(), (), self.source, self.numerals).cells.values()
        return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.float64)

    def frame(self, name: str) -> Any:
        """A column as pandas has it."""
        return self.file.read(columns=[name]).to_pandas(ignore_metadata=True)


def read_parquet(path: Path, hints: Hints, numerals: Numerals) -> RawTable:
    """The columns of a file; raises what pyarrow raises."""
    import pandas as pd
    import pyarrow.parquet as pq

    # Read ahead, pyarrow keeps the first column that is asked for, whole, as long as the file is open.
    file = pq.ParquetFile(path, pre_buffer=False, buffer_size=BUFFER)
    names = file.schema_arrow.names
    if not is_long(file.metadata.num_rows) or len(set(names)) < len(names):
        file.close()
        return read_frame(pd.read_parquet(path), path.name, numerals)
    empty = file.schema_arrow.empty_table().to_pandas()
    shell = read_frame(empty, path.name, numerals)  # headers, and units that the file states
    headers, _ = headers_of(empty, path.name)
    indices = _indices(file.schema_arrow)
    fields = [field for field in file.schema_arrow if field.name not in indices]
    long, columns, left_out = LongFile(file, path.name, numerals), list[RawColumn](), list[LeftOut]()
    for place, (field, column) in enumerate(zip(fields, shell.columns, strict=True)):
        if _is_number(field.type):
            columns.append(replace(column, cells=_cells(long, field.name)))
        elif _is_wanted(headers[place], field.name, hints):
            found = read_frame(long.frame(field.name), path.name, numerals).columns[0]
            stated = (*column.unit_sources, *found.unit_sources)
            columns.append(replace(found, header=column.header, unit_sources=stated))
        else:
            reason = f"it holds no numbers ({field.type}), and of {file.metadata.num_rows:,} rows only numbers are read"
            left_out.append(LeftOut(column.header, reason, "Name it among the inputs if it may be one."))
    return replace(shell, columns=tuple(columns), left_out=(*shell.left_out, *left_out))


def _cells(long: LongFile, name: str) -> FileCells:
    return FileCells(long.file.metadata.num_rows, long.numerals, lambda: long.blocks(name))


def _indices(schema: Any) -> set[str]:
    """Columns that pandas wrote for the names of its rows."""
    told = (schema.pandas_metadata or {}).get("index_columns", [])
    return {one for one in told if isinstance(one, str)}


def _is_number(kind: Any) -> bool:
    import pyarrow as pa

    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_decimal(kind))


def _is_wanted(header: str, name: str, hints: Hints) -> bool:
    """Whether somebody names the column, by its whole header or what stands before its unit."""
    short = header.split("[")[0].strip()
    return hints.is_label(header) or bool({header, name, short} & set(hints.wanted))
