"""A table of measurements whose columns carry units: read once, checked, frozen, kept in SI.

A column holds its values twice: in SI for the search, and as the numbers the user wrote for the way back, so that
``table.X`` returns exactly what was read and nothing is converted to and fro.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd

    from symreg.units import Unit

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One measured quantity: values and their standard deviations ``sigma`` in SI, each of shape ``(n_rows,)``.

    ``user_values`` and ``user_sigma`` are the same numbers in the user's unit; left out, they are computed.
    """

    name: str
    unit: Unit
    values: Floats
    sigma: Floats | None = None
    user_values: Floats | None = None
    user_sigma: Floats | None = None

    def __post_init__(self) -> None:
        user = self.unit.from_si(self.values) if self.user_values is None else self.user_values
        object.__setattr__(self, "values", read_only(self.values))
        object.__setattr__(self, "user_values", read_only(user))
        if self.sigma is not None:
            user_sigma = self.sigma / abs(self.unit.scale) if self.user_sigma is None else self.user_sigma
            object.__setattr__(self, "sigma", read_only(self.sigma))
            object.__setattr__(self, "user_sigma", read_only(user_sigma))

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle through the constructor: NumPy forgets on the way that an array is read-only."""
        return Column, (self.name, self.unit, self.values, self.sigma, self.user_values, self.user_sigma)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Columns of equal length. ``labels`` names the text columns, which take no part in a law."""

    columns: tuple[Column, ...]
    target: str | None = None
    source: str = "table"
    labels: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    label_values: tuple[tuple[str, ...], ...] = ()

    def __getitem__(self, name: str) -> Column:
        raise NotImplementedError

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the numeric columns, in the order of the source."""
        return tuple(column.name for column in self.columns)

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.columns[0].values)

    @property
    def units(self) -> dict[str, str]:
        """The user's unit texts by column name, the target's included."""
        return {column.name: column.unit.text for column in self.columns}

    @property
    def X(self) -> pd.DataFrame:
        """Every numeric column but the target, in the user's units, shape ``(n_rows, n_inputs)``."""
        raise NotImplementedError

    @property
    def y(self) -> pd.Series[float]:
        """The target in the user's unit, shape ``(n_rows,)``."""
        raise NotImplementedError


def read_only(values: npt.ArrayLike) -> Floats:
    """A contiguous float64 copy that nobody can write to."""
    array = np.array(values, dtype=np.float64, order="C")
    array.flags.writeable = False
    return array


def read_table(
    source: object,
    *,
    target: str | None = None,
    units: Mapping[str, str] | None = None,
    sigma: Mapping[str, str | float] | None = None,
    columns: Sequence[str] | None = None,
    nan: Literal["error", "drop"] = "error",
) -> Table:
    """Read a table from a CSV, TSV, ECSV or Parquet file, a DataFrame, an xarray Dataset, an astropy table or a mapping."""
    raise NotImplementedError
