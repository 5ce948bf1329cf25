"""From columns as found to a ``Table``: what is asked for must be readable, anything else is left out with a line."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from symreg.errors import SymregError, TableError, UnitError
from symreg.mapped import parts
from symreg.tables.checks import is_constant
from symreg.tables.dialect import Dialect
from symreg.tables.error_model import ErrorModel, ErrorModelError, read_error_model
from symreg.tables.found import GIVEN, Found, check_keys, declared_label, either_name, settle_names, settled
from symreg.tables.gaps import Mask, rows_to_keep
from symreg.tables.headers import nearest
from symreg.tables.measurements import measured, settle_unit
from symreg.tables.sources import Hints, RawTable, read_raw
from symreg.tables.table import Column, Table
from symreg.tables.understood import LeftOut, Understood, left_out_for

ROW_NUMBERS = frozenset({
    "#", "id", "idx", "index", "no", "no.", "nr", "nr.", "obs", "row", "rownames", "sample", "unnamed: 0",
})  # fmt: skip

MOST_NAMED = 12
"""Columns that one note names; of hundreds the rest of the notes would not be found again. Set by hand."""

FEWEST_NUMBERED = 3
"""Rows whose numbers can be told from a measured 1 and 2."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a table: its target, the columns to keep and those that may explain the target (None for all),
    and units and uncertainties by column."""

    target: str | None
    units: Mapping[str, str]
    sigma: Mapping[str, Any]  # a number, the name of a column, or how errors go (``ErrorModel``)
    columns: Sequence[str] | None
    inputs: Sequence[str] | None

    @property
    def names(self) -> set[str]:
        """Columns that were named, the target among them."""
        return {name for name in (self.target, *(self.columns or ()), *(self.inputs or ())) if name is not None}

    @property
    def needed(self) -> set[str] | None:
        """Columns without which there is no answer; None for all, where nobody names any."""
        return None if not self.names and self.inputs is None else self.names


def assemble(source: Any, asked: Asked, dialect: Dialect, nan: Literal["error", "drop", "keep"]) -> Table:
    """Read a source and settle all that ``read_table`` promises, but for the look at collinear columns.

    ``nan="keep"`` leaves gaps as NaN, and what cells say of their errors aside: such a table is for no problem.
    """
    _check_texts(asked.units)
    wanted = asked.names | set(asked.units)
    raw = read_raw(source, Hints(dialect, lambda header: declared_label(header, asked.units), wanted))
    if nan == "keep":
        raw = replace(raw, columns=tuple(replace(column, spread=None) for column in raw.columns))
    found, unnamed = settle_names(raw, asked.units, asked.needed)
    asked = _with_either_name(raw.source, asked, found)
    found = _kept(found, asked)
    read, unread = _readable(raw, found, asked)
    labels = [column for column in read if column.is_text]
    numeric = {column.name: column for column in read if not column.is_text}
    if not numeric and (unnamed or unread):
        told = " ".join(map(str, (*unnamed, *unread)[:3]))
        raise TableError(source=raw.source, problem="there is no column of numbers", advice=told)
    _check_target(raw.source, asked.target, numeric, labels)
    numbers = {name: column.raw for name, column in numeric.items()}
    rows, notes, gaps = rows_to_keep(raw.source, numbers, _counting(asked, numeric), nan)
    quantities, unmade = _quantities(raw.source, numeric, asked, rows, {one.column for one in gaps})
    names = {column.name for column in found}
    clocks = [replace(one, column=settled(one.column, found)) for one in raw.left_out]
    clocks = [one for one in clocks if asked.columns is None or one.column in names]
    left_out = tuple(dict.fromkeys((*unnamed, *clocks, *unread, *gaps, *unmade)))
    spared = {one.column for one in left_out}
    made = {column.name for column in quantities}
    plain = tuple(name for name, column in numeric.items() if name in made and not column.stated)
    understood = replace(raw.understood or Understood(raw.source), left_out=left_out, without_unit=plain)
    return Table(
        columns=quantities,
        target=asked.target,
        source=raw.source,
        labels=tuple(column.name for column in labels),
        notes=(
            *raw.notes,
            *notes,
            *map(str, left_out),
            *_groups([column for column in labels if column.name not in spared], rows),
            *_thousands(numeric.values()),
            *_remarks(plain, quantities, asked.target),
        ),
        label_values=tuple(_texts(column, rows) for column in labels),
        understood=understood,
    )


def _with_either_name(source: str, asked: Asked, found: Collection[Found]) -> Asked:
    """The question with names in place of whole headers; raises where a column that it names is not there."""
    check_keys(source, found, asked.units, "units")
    check_keys(source, found, asked.sigma, "sigma")
    check_keys(source, found, dict.fromkeys(asked.columns or ()), "columns")
    names = either_name(found)
    return replace(
        asked,
        target=settled(asked.target, found),
        sigma={names.get(name, name): _settled_sigma(source, name, one, found) for name, one in asked.sigma.items()},
        columns=None if asked.columns is None else [names.get(name, name) for name in asked.columns],
        inputs=None if asked.inputs is None else [names.get(name, name) for name in asked.inputs],
    )


def _settled_sigma(source: str, name: str, given: Any, found: Collection[Found]) -> Any:
    """What was said of a column's errors: how they go, or the settled name of a column, or a number."""
    if isinstance(given, str) and any(given == one.name for one in found):
        return given  # a column may be called "poisson"
    try:
        errors = read_error_model(given)
    except ErrorModelError as error:
        raise TableError(source=source, column=name, problem=str(error)) from None
    return settled(given, found) if errors is None else errors


def _kept(found: tuple[Found, ...], asked: Asked) -> tuple[Found, ...]:
    if asked.columns is None:
        return found
    wanted = {*asked.columns, asked.target, *(asked.inputs or ())}
    wanted |= {str(value) for name, value in asked.sigma.items() if name in wanted}
    return tuple(column for column in found if column.name in wanted)


def _readable(
    raw: RawTable, found: Sequence[Found], asked: Asked
) -> tuple[list[Found], list[LeftOut]]:
    """Columns that are numbers or text throughout and whose unit can be read; the others are left out, or an error."""
    read, left_out = [], []
    for column in found:
        try:
            if not column.is_label:
                column.raw.cells.check(raw.source, column.name)
            if not column.is_text:
                _check_unit(raw.source, column)
        except SymregError as error:
            if _is_needed(column, asked) or _said_by_caller(column, error):
                raise
            left_out.append(left_out_for(column.name, error))
            continue
        if _is_needed(column, asked) or column.name in asked.units:
            read.append(column)
        elif column.raw.cells.is_empty:
            left_out.append(LeftOut(column.name, "it holds nothing"))
        elif _numbers_rows(column):
            left_out.append(LeftOut(column.name, "it numbers the rows", "Name it among the inputs if it may be one."))
        else:
            read.append(column)
    return read, left_out


def _numbers_rows(column: Found) -> bool:
    """Whether the name and the values say that a column counts the rows, from 0 or 1 on."""
    values = column.raw.cells.values()
    if column.stated or column.name.lower() not in ROW_NUMBERS or column.is_text or len(values) < FEWEST_NUMBERED:
        return False
    return values[0] in (0, 1) and all(
        bool(np.all(values[at] == values[0] + np.arange(at.start, at.stop))) for at in parts(len(values))
    )


def _is_needed(column: Found, asked: Asked) -> bool:
    needed = asked.needed
    return needed is None or column.name in needed or column.name in _spreads(asked, needed)


def _spreads(asked: Asked, names: Collection[str]) -> set[str | float]:
    """Columns that hold the uncertainties of these."""
    return {asked.sigma[name] for name in names if name in asked.sigma}


def _check_unit(source: str, column: Found) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # once more, and aloud, where the quantity is made
        settle_unit(source, column.name, column.stated)


def _said_by_caller(column: Found, error: SymregError) -> bool:
    """Whether the unit that the caller says cannot be read or contradicts another: a slip not to be passed over."""
    if not column.stated or column.stated[0][0] != GIVEN:
        return False
    return isinstance(error, UnitError) or (isinstance(error, TableError) and error.problem.startswith(GIVEN))


def _counting(asked: Asked, numeric: Collection[str]) -> set[str]:
    """Columns whose gaps cost rows: those asked for, where the inputs are named, and their uncertainties."""
    if asked.inputs is None:
        return set(numeric)
    return {name for name in numeric if name in asked.names or name in _spreads(asked, asked.names)}


def _quantities(
    source: str, numeric: Mapping[str, Found], asked: Asked, rows: Mask, spared: Collection[str]
) -> tuple[tuple[Column, ...], list[LeftOut]]:
    """Every column of numbers but uncertainties and those with gaps."""
    models = {name: value for name, value in asked.sigma.items() if isinstance(value, ErrorModel)}
    sigma = {name: value for name, value in asked.sigma.items() if name not in models}
    of_sigma = {value for value in sigma.values() if isinstance(value, str)}
    made, left_out = [], []
    for name, column in numeric.items():
        if name in of_sigma or name in spared:
            continue
        try:
            quantity = measured(
                source, column, rows, sigma=sigma.get(name), errors=models.get(name), by_name=numeric
            )
        except SymregError as error:
            if _is_needed(column, asked) or name in asked.sigma:
                raise
            left_out.append(left_out_for(name, error))
        else:
            made.append(quantity)
    return tuple(made), left_out


def _groups(labels: Sequence[Found], rows: Mask) -> list[str]:
    """Columns of text that nobody declared as labels and whose values come again: they name groups, and no law sees
    them."""
    texts = {column.name: _texts(column, rows) for column in labels if not column.is_label}
    groups = [name for name, values in texts.items() if 2 * len(set(values)) <= len(values)]
    return [
        f"column {name!r} holds text and takes no part in a law: search the rows of each value by themselves, or give "
        "a column of 0 and 1 for each (the unit 'label' says that it only names rows)"
        for name in groups
    ]


def _check_texts(units: Any) -> None:
    if not isinstance(units, Mapping):
        problem = f"units= is {units!r}, and must be a mapping from column names to texts such as 'm/s'"
        raise TableError(source="read_table", problem=problem)
    for name, text in units.items():
        if not isinstance(name, str) or not isinstance(text, str):
            problem = f"units= holds {name!r}: {text!r}, and both must be texts, such as 'v': 'm/s'"
            raise TableError(source="read_table", problem=problem)


def _check_target(
    source: str, target: str | None, numeric: Mapping[str, Found], labels: Collection[Found]
) -> None:
    for column in labels:
        if target == column.name:
            cells = [text for text in column.raw.cells.texts() if text]
            raise TableError(
                source=source,
                column=target,
                problem=f"the target holds text, and a law needs numbers: {', '.join(map(repr, cells[:3]))}",
                advice=TEXT_ADVICE,
            )
    if target is not None and target not in numeric:
        problem = f"there is no column {target!r} to be the target"
        raise TableError(source=source, problem=problem, advice=nearest(target, list(numeric)))


TEXT_ADVICE = (
    "Cells may hold a number with its unit after a blank, all of one dimension ('12.3 kg'), or with its standard "
    "deviation ('12.3 ± 0.4')."
)


def _thousands(numeric: Iterable[Found]) -> list[str]:
    told = [(column.name, column.raw.cells.grouped_sample) for column in numeric if column.raw.cells.n_grouped]
    return [f"thousands are separated in {name!r}, as in {sample!r}" for name, sample in told]


def _texts(column: Found, rows: Mask) -> tuple[str, ...]:
    return tuple(text for text, keep in zip(column.raw.cells.texts(), rows, strict=True) if keep)


def _remarks(plain: Sequence[str], columns: Sequence[Column], target: str | None) -> list[str]:
    """What a careful colleague would mention: columns without a unit, undeclared uncertainties, constants."""
    names, notes = {column.name for column in columns}, []
    if plain:
        told = ", ".join(map(repr, plain[:MOST_NAMED]))
        told += f" and {len(plain) - MOST_NAMED} more" if len(plain) > MOST_NAMED else ""
        notes.append(f"no unit is given for {told}: taken as plain numbers")
    for column in columns:
        guesses = {f"sigma_{column.name}", f"{column.name}_sigma", f"{column.name}_err", f"err_{column.name}"}
        for other in sorted(guesses & names):
            notes.append(
                f"{other!r} looks like the uncertainty of {column.name!r} and is used as an ordinary column; "
                f"if it is, declare it: sigma={{{column.name!r}: {other!r}}}"
            )
        if column.name != target and is_constant(column.values):
            notes.append(
                f"{column.name!r} has the same value in every row and cannot be told from a constant"
            )
    return notes
