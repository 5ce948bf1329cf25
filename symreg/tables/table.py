"""A table of measurements whose columns carry units: read once, checked, frozen, kept in SI.

A column holds its values twice: in SI for the search, and as the numbers the user wrote for the way back, so
that ``table.X`` returns exactly what was read and nothing is converted to and fro.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from symreg.arrays import Floats, Rows, read_only
from symreg.errors import TableError
from symreg.mapped import in_parts
from symreg.tables.error_model import ErrorModel
from symreg.tables.headers import nearest
from symreg.tables.understood import Understood
from symreg.typesetting import bundle, html_list, html_table, plain_html, told, unit_html

if TYPE_CHECKING:
    import pandas as pd

    from symreg.units import Dimension, Unit


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One measured quantity: values and their standard deviations ``sigma`` in SI, each of shape
    ``(n_rows,)``.

    ``user_values`` and ``user_sigma`` are the same numbers in the user's unit; left out, they are computed. Of a long
    table all of them may lie in files (``symreg.mapped``).
    ``errors`` says how errors go with the size of what is measured, where that was stated; ``sigma`` are then those of
    the measured values.
    """

    name: str
    unit: Unit
    values: Floats
    sigma: Floats | None = None
    user_values: Floats | None = None
    user_sigma: Floats | None = None
    errors: ErrorModel | None = None

    def __post_init__(self) -> None:
        user = self.user_values
        if user is None:
            user = self.values if self.unit.is_si else in_parts(self.unit.from_si, self.values)
        is_one = user is self.values  # which is kept once
        object.__setattr__(self, "values", read_only(self.values))
        object.__setattr__(self, "user_values", self.values if is_one else read_only(user))
        if self.sigma is not None:
            user_sigma = self.user_sigma
            if user_sigma is None:
                user_sigma = in_parts(lambda one: one / abs(self.unit.scale), self.sigma)
            object.__setattr__(self, "sigma", read_only(self.sigma))
            object.__setattr__(self, "user_sigma", read_only(user_sigma))

    def __repr__(self) -> str:
        return told("Column", f"{_headed(self)}: {len(self.values)} values")

    @property
    def user_numbers(self) -> Floats:
        """The values as the user wrote them, in ``unit``, shape ``(n_rows,)``."""
        assert self.user_values is not None
        return self.user_values

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle through the constructor: NumPy forgets on the way that an array is read-only."""
        return Column, tuple(getattr(self, each) for each in Column.__dataclass_fields__)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Columns of equal length. ``labels`` names the text columns, which take no part in a law; ``understood`` says how
    the source was read, and which columns were left out.

    ``table["v"]`` is the column of that name. Raises ``TableError`` for a name that is not there or stands twice, for
    columns of different lengths, and for none at all.
    """

    columns: tuple[Column, ...]
    target: str | None = None
    source: str = "table"
    labels: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    label_values: tuple[tuple[str, ...], ...] = ()
    understood: Understood | None = None
    _by_name: dict[str, Column] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {column.name: column for column in self.columns})
        if not self.columns:
            raise TableError(source=self.source, problem="there is no column of numbers")
        if (name := _first_repeated(self.names)) is not None:
            raise TableError(source=self.source, column=name, problem="two columns have this name")
        for column in self.columns[1:]:
            if len(column.values) != self.n_rows:
                problem = f"{len(column.values)} values, but column {self.names[0]!r} has {self.n_rows}"
                raise TableError(source=self.source, column=column.name, problem=problem)
        if self.target is not None:
            self[self.target]

    def __getitem__(self, name: str) -> Column:
        column = self._by_name.get(name)
        if column is not None:
            return column
        for one in () if self.understood is None else self.understood.left_out:
            if one.column == name:
                problem = f"this column was left out: {one.reason}"
                raise TableError(source=self.source, column=name, problem=problem, advice=one.advice)
        if name in self.labels:
            raise TableError(source=self.source, column=name, problem="this column holds text, not numbers")
        problem = f"there is no column {name!r}"
        raise TableError(source=self.source, problem=problem, advice=nearest(name, self.names))

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
    def dimensions(self) -> dict[str, Dimension]:
        """Dimensions by column name, the target's included."""
        return {column.name: column.unit.dimension for column in self.columns}

    @property
    def X(self) -> pd.DataFrame:
        """Every numeric column but the target, as the user's numbers, shape ``(n_rows, n_inputs)``."""
        import pandas as pd

        inputs = [column for column in self.columns if column.name != self.target]
        frame = pd.DataFrame({column.name: np.array(column.user_numbers) for column in inputs})
        frame.attrs["units"] = {column.name: column.unit.text for column in inputs}
        return frame

    @property
    def y(self) -> pd.Series[float]:
        """The target as the user's numbers, shape ``(n_rows,)``, its unit in ``attrs``.

        ``TableError`` where no target was named.
        """
        import pandas as pd

        if self.target is None:
            advice = f"Name one: read_table(..., target={self.names[-1]!r})."
            raise TableError(source=self.source, problem="no target was named", advice=advice)
        column = self[self.target]
        series = pd.Series(np.array(column.user_numbers), name=self.target)
        series.attrs["units"] = column.unit.text
        return series

    def __repr__(self) -> str:
        return told("Table", f"{self.source}: {self.n_rows} rows of {', '.join(map(_headed, self.columns))}")

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        headings = ("column", "unit", "lowest", "highest", "uncertainty", "role")
        rows = [_column_cells(column, column.name == self.target) for column in self.columns]
        rows += [(plain_html(name), "", "", "", "", "label") for name in self.labels]
        told_too = [f"{self.source}: {self.n_rows} rows", *self.notes]
        return bundle(repr(self), f"<div>{html_table(headings, rows)}{html_list(told_too)}</div>")

    def at(self, rows: Rows) -> Table:
        """The table of these rows alone ``(n,)``, in memory, with a label that says which row of this one each is."""
        columns = tuple(
            Column(
                one.name, one.unit, one.values[rows], None if one.sigma is None else one.sigma[rows],
                None if one.unit.is_si else one.user_numbers[rows],
                None if one.user_sigma is None else one.user_sigma[rows], one.errors,
            )
            for one in self.columns
        )  # fmt: skip
        name = "row"
        while name in (*self.names, *self.labels):
            name += "_"
        labels = [tuple(values[row] for row in rows.tolist()) for values in self.label_values]
        numbers = tuple(f"row {row + 1}" for row in rows.tolist())
        return replace(
            self, columns=columns, labels=(*self.labels, name), label_values=(*labels, numbers)
        )

    def label(self, name: str) -> tuple[str, ...]:
        """The texts of a label column, one for each row; ``TableError`` for a name that is no such column's."""
        if name not in self.labels:
            problem = f"there is no text column {name!r}"
            raise TableError(
                source=self.source, problem=problem, advice=f"There are: {', '.join(self.labels)}."
            )
        return self.label_values[self.labels.index(name)]


def _headed(column: Column) -> str:
    return f"{column.name} [{column.unit.in_headers}]"


def _column_cells(column: Column, is_target: bool) -> tuple[str, ...]:
    """A column as cells of HTML, its numbers in its own unit."""
    numbers = [one for one in (column.user_numbers, column.user_sigma) if one is not None]
    ends = [[f"{end:.6g}" for end in (one.min(), one.max())] if one.size else ["", ""] for one in numbers]
    sigma = "" if len(ends) == 1 else ends[1][0] if ends[1][0] == ends[1][1] else " to ".join(ends[1])
    role = "target" if is_target else ""
    return plain_html(column.name), unit_html(column.unit.text), *ends[0], sigma, role


def _first_repeated(names: Sequence[str]) -> str | None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


def read_table(
    source: Any,
    *,
    target: str | None = None,
    units: Mapping[str, str] | None = None,
    sigma: Mapping[str, Any] | None = None,
    columns: Sequence[str] | None = None,
    inputs: Sequence[str] | None = None,
    nan: Literal["error", "drop"] = "error",
    separator: str | None = None,
    decimal: str | None = None,
    header_rows: int | None = None,
    units_row: int | None = None,
    skip_rows: int | None = None,
    encoding: str | None = None,
    sheet: str | int | None = None,
    missing: Sequence[str | float] = (),
) -> Table:
    """Read a table and the units of its columns, and refuse what cannot be trusted.

    ``source`` is a path (delimited text, also packed by gzip, Excel, OpenDocument, Parquet, Feather, ECSV, FITS,
    VOTable, NetCDF, HDF5, JSON lines, IPAC), a DataFrame (also with pint-pandas columns or ``attrs["units"]``), an
    xarray Dataset, an astropy table, or a mapping of names to arrays or quantities.
    ``units`` gives unit texts by column; where two sources of units contradict each other, that is an error.
    ``sigma`` gives for a column the name of the column that holds its standard deviation (in its own unit if it
    states one), one number in the column's unit, or how errors go with the size of what is measured: "5 %", "poisson"
    for counts, ``{"relative": "2 %", "floor": 0.1}`` (``ErrorModel``); a column of standard deviations that is not
    declared here is a column like any other.
    ``columns`` keeps only these columns (and the target and their uncertainties). ``inputs`` names those that may
    explain the target: gaps in any other cost no rows. ``nan="drop"`` leaves out rows with empty or infinite cells,
    and says so in ``notes``; by default such a cell is an error. The unit text ``label`` declares a column of names.
    Where a target, columns or inputs are named, a column that is none of them and cannot be read is left out with a
    note.
    The other keywords say how a file is written, where it does not show it or shows it in two ways: see
    ``symreg.tables.dialect.Dialect``; ``table.understood`` holds what was found. Raises ``TableError`` and
    ``UnitError``. Warns of units that people often mean otherwise (``UnitWarning``) and, with a target, of inputs that
    are copies of each other and of z-scores that have a unit (``TableWarning``).
    """
    from symreg.tables.assembly import Asked, assemble
    from symreg.tables.checks import warn_of_scaled, warn_of_twins
    from symreg.tables.dialect import Dialect
    from symreg.tables.kinds import check_kinds

    check_kinds(
        target=target, units=units, sigma=sigma, columns=columns, inputs=inputs, nan=nan, separator=separator,
        decimal=decimal, missing=missing,
    )  # fmt: skip
    if nan not in ("error", "drop"):
        problem = f"nan={nan!r} is not known"
        raise TableError(source="read_table", problem=problem, advice="Give 'error' or 'drop'.")
    dialect = Dialect(
        separator=separator, decimal=decimal, header_rows=header_rows, units_row=units_row, skip_rows=skip_rows,
        encoding=encoding, sheet=sheet, missing=missing,  # type: ignore[arg-type]
    )  # fmt: skip
    chosen = [columns] if isinstance(columns, str) else columns
    asked = Asked(target, units or {}, sigma or {}, chosen, [inputs] if isinstance(inputs, str) else inputs)
    table = assemble(source, asked, dialect, nan)
    return table if target is None else warn_of_twins(warn_of_scaled(table), target)
