"""From columns as found to a ``Table``: names, units from every source, uncertainties, missing values."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import isclose
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from symreg.arrays import Floats
from symreg.errors import TableError
from symreg.tables.cells import FIRST_ROWS
from symreg.tables.checks import is_constant
from symreg.tables.headers import Header, check_name, column_unit, is_label, nearest, parse_header, tidy
from symreg.tables.reading import RawColumn, RawTable, read_raw
from symreg.tables.table import Column, Table
from symreg.uncertain_text import read_percentage
from symreg.units import DIMENSIONLESS_UNIT, Unit

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Found:
    """A column with its name settled, and every unit that was stated for it, first source first."""

    name: str
    raw: RawColumn
    stated: tuple[tuple[str, str], ...]

    @property
    def is_label(self) -> bool:
        return any(is_label(text) for _, text in self.stated)


def assemble(
    source: Any,
    *,
    target: str | None,
    units: Mapping[str, str],
    sigma: Mapping[str, str | float],
    columns: Sequence[str] | None,
    nan: Literal["error", "drop"],
) -> Table:
    """Read a source and settle all that ``read_table`` promises, but for the look at collinear columns."""
    if nan not in ("error", "drop"):
        raise TableError(
            source="read_table", problem=f"nan={nan!r} is not known", advice="Give 'error' or 'drop'."
        )
    _check_texts(units)
    columns = [columns] if isinstance(columns, str) else columns
    raw = read_raw(source, lambda header: _declared_label(header, units))
    found = _settle_names(raw, units)
    _check_keys(raw.source, found, units, "units")
    _check_keys(raw.source, found, sigma, "sigma")
    shares = {_settled(name, found): read_percentage(value) for name, value in sigma.items()}
    sigma = {
        _settled(name, found): _settled(value, found) for name, value in sigma.items() if read_percentage(value) is None
    }
    found = _kept(raw.source, found, columns, target, sigma)
    labels = [column for column in found if column.is_label or column.raw.cells.is_text]
    numeric = [column for column in found if column not in labels]
    for column in found:
        if not column.is_label:
            column.raw.cells.check(raw.source, column.name)
    _check_target(raw.source, target, numeric, labels)
    rows, notes = _rows_to_keep(raw.source, numeric, nan)
    quantities = _columns(raw.source, numeric, sigma, shares, rows)
    return Table(
        columns=quantities,
        target=None if target is None else str(_settled(target, found)),
        source=raw.source,
        labels=tuple(column.name for column in labels),
        notes=(*raw.notes, *notes, *_groups(labels, rows), *_remarks(numeric, quantities, target)),
        label_values=tuple(_texts(column, rows) for column in labels),
    )


def _groups(labels: Sequence[_Found], rows: Mask) -> list[str]:
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


def _declared_label(header: str, units: Mapping[str, str]) -> bool:
    parsed = _header(header, units)
    stated = units.get(header, units.get(parsed.name, parsed.unit))
    return stated is not None and is_label(stated)


def _header(text: str, units: Mapping[str, str]) -> Header:
    """A header that ``units=`` names in full is a plain name, whatever brackets it holds."""
    return Header(tidy(text)) if text in units or tidy(text) in units else parse_header(text)


def _settle_names(raw: RawTable, units: Mapping[str, str]) -> tuple[_Found, ...]:
    found: dict[str, _Found] = {}
    for column in raw.columns:
        header = _header(column.header, units)
        check_name(header.name, raw.source)
        if header.name in found:
            problem = "two columns have this name"
            headers = f"{found[header.name].raw.header!r} and {column.header!r}"
            advice = f"Rename one of them; their headers are {headers}."
            raise TableError(source=raw.source, column=header.name, problem=problem, advice=advice)
        stated = [
            (origin, text)
            for origin, where, name in (("units=", units, header.name), ("units=", units, column.header))
            if (text := where.get(name)) is not None
        ][:1]
        stated += column.unit_sources
        attrs = raw.stated_units.get(header.name, raw.stated_units.get(column.header))
        stated += [] if attrs is None else [("attrs['units']", attrs)]
        stated += [] if header.unit is None else [("the header", header.unit)]
        found[header.name] = _Found(header.name, column, tuple(stated))
    return tuple(found.values())


def _settled(name: Any, found: Collection[_Found]) -> Any:
    """The settled name for a name or a whole header; anything else is handed on."""
    names = {column.raw.header: column.name for column in found} | {
        column.name: column.name for column in found
    }
    return names.get(name, name) if isinstance(name, str) else name


def _check_keys(source: str, found: Collection[_Found], given: Mapping[str, Any], argument: str) -> None:
    names = [column.name for column in found]
    for key in given:
        if _settled(key, found) not in names:
            problem = f"{argument} names a column {key!r} that is not there"
            raise TableError(source=source, problem=problem, advice=nearest(str(key), names))


def _kept(
    source: str,
    found: tuple[_Found, ...],
    columns: Sequence[str] | None,
    target: str | None,
    sigma: Mapping[str, str | float],
) -> tuple[_Found, ...]:
    if columns is None:
        return found
    _check_keys(source, found, dict.fromkeys(columns), "columns")
    wanted = {_settled(name, found) for name in (*columns, target)}
    wanted |= {value for name, value in sigma.items() if name in wanted}
    return tuple(column for column in found if column.name in wanted)


def _check_target(
    source: str, target: str | None, numeric: Collection[_Found], labels: Collection[_Found]
) -> None:
    if target is None:
        return
    if _settled(target, labels) in {column.name for column in labels}:
        problem = "the target holds text, and a law needs numbers"
        raise TableError(source=source, column=target, problem=problem)
    names = [column.name for column in numeric]
    if _settled(target, numeric) not in names:
        problem = f"there is no column {target!r} to be the target"
        raise TableError(source=source, problem=problem, advice=nearest(target, names))


def _rows_to_keep(source: str, numeric: Sequence[_Found], nan: str) -> tuple[Mask, tuple[str, ...]]:
    if not numeric:
        raise TableError(source=source, problem="there is no column of numbers")
    n_rows = numeric[0].raw.cells.n_rows
    if n_rows == 0:
        raise TableError(source=source, problem="the table has a header but no rows")
    bad = {column.name: ~np.isfinite(column.raw.cells.values()) for column in numeric}
    faulty = {name: mask for name, mask in bad.items() if mask.any()}
    keep = ~np.logical_or.reduce(list(bad.values()))
    if not faulty:
        return keep, ()
    if nan == "error":
        raise _missing_error(source, faulty, n_rows)
    counts = ", ".join(f"{name!r} ({int(mask.sum())})" for name, mask in faulty.items())
    note = f"{int((~keep).sum())} of {n_rows} rows left out: empty or not finite in {counts}"
    if not keep.any():
        raise TableError(
            source=source, problem=f"no row is complete: {note}", advice="Read fewer columns=[...]."
        )
    return keep, (note,)


def _missing_error(source: str, faulty: Mapping[str, Mask], n_rows: int) -> TableError:
    (name, mask), *others = faulty.items()
    rows, count = np.flatnonzero(mask), int(mask.sum())
    also = ", ".join(f"{other!r} ({int(its_mask.sum())})" for other, its_mask in others)
    return TableError(
        source=source,
        column=name,
        problem=f"{count} of {n_rows} cells {'is' if count == 1 else 'are'} empty or not finite",
        rows=tuple(int(row) + 1 for row in rows[:FIRST_ROWS]),
        count=count,
        advice=(f"So are cells of {also}. " if also else "")
        + "Leave such rows out with nan='drop', or read only the columns=[...] you need.",
    )


def _columns(
    source: str,
    numeric: Sequence[_Found],
    sigma: Mapping[str, str | float],
    shares: Mapping[str, float | None],
    rows: Mask,
) -> tuple[Column, ...]:
    by_name = {column.name: column for column in numeric}
    of_sigma = {value for value in sigma.values() if isinstance(value, str)}
    made = []
    for column in numeric:
        if column.name in of_sigma:
            continue
        unit = settle_unit(source, column.name, column.stated)
        numbers = column.raw.cells.values()[rows]
        with np.errstate(over="ignore"):
            in_si = np.asarray(unit.to_si(numbers), dtype=np.float64)
        if not np.isfinite(in_si).all():
            problem = f"numbers in {unit.text!r} are too large to be held in SI units"
            raise TableError(source=source, column=column.name, problem=problem)
        spread = _sigma(source, column.name, unit, sigma.get(column.name), by_name, rows)
        share = shares.get(column.name)
        if share is not None:
            spread = _positive(source, column.name, share * np.abs(numbers) * abs(unit.scale), rows)
        user_sigma = None if spread is None else spread / abs(unit.scale)
        made.append(Column(column.name, unit, in_si, spread, numbers, user_sigma, share))
    return tuple(made)


def settle_unit(source: str, name: str, stated: Sequence[tuple[str, str]]) -> Unit:
    """The unit on which all sources agree, in the words of the first; a contradiction names both."""
    if not stated:
        return DIMENSIONLESS_UNIT
    first, *others = [(origin, column_unit(text, name)) for origin, text in stated]
    for origin, unit in others:
        if not _same(first[1], unit):
            problem = f"{first[0]} says {first[1].text!r}, but {origin} says {unit.text!r}"
            advice = "State the unit once, or the same unit twice."
            raise TableError(source=source, column=name, problem=problem, advice=advice)
    return first[1]


def _same(one: Unit, other: Unit) -> bool:
    return (
        one.dimension == other.dimension
        and isclose(one.scale, other.scale, rel_tol=1e-12)
        and isclose(one.offset, other.offset, rel_tol=1e-12)
    )


def _sigma(
    source: str, name: str, unit: Unit, given: str | float | None, by_name: Mapping[str, _Found], rows: Mask
) -> Floats | None:
    """Standard deviations in SI: from a column, in its own unit if it states one, or from one number."""
    if given is None:
        return None
    if isinstance(given, str):
        if given not in by_name:
            problem = f"its uncertainty is sought in {given!r}, which is no column of numbers"
            raise TableError(
                source=source, column=name, problem=problem, advice=nearest(given, list(by_name))
            )
        column = by_name[given]
        its_unit = settle_unit(source, given, column.stated) if column.stated else unit
        if its_unit.dimension != unit.dimension:
            problem = f"its uncertainty {given!r} is in {its_unit.text!r}, which is no {unit.text!r}"
            raise TableError(source=source, column=name, problem=problem)
        spread = column.raw.cells.values()[rows] * abs(its_unit.scale)
    elif isinstance(given, (int, float, np.number)) and not isinstance(given, bool):
        spread = np.full(int(rows.sum()), float(given) * abs(unit.scale))
    else:
        problem = f"its uncertainty is {given!r}, which is neither a column nor a number"
        raise TableError(source=source, column=name, problem=problem)
    return _positive(source, name, spread, rows)


def _positive(source: str, name: str, spread: Floats, rows: Mask) -> Floats:
    """Standard deviations, all of them positive numbers; an error names the rows of those that are not."""
    bad = np.flatnonzero(~(np.isfinite(spread) & (spread > 0)))
    if len(bad):
        listed = tuple(int(row) + 1 for row in np.flatnonzero(rows)[bad[:FIRST_ROWS]])
        problem = f"{len(bad)} uncertainties are not positive numbers"
        raise TableError(source=source, column=name, problem=problem, rows=listed, count=len(bad))
    return spread


def _texts(column: _Found, rows: Mask) -> tuple[str, ...]:
    return tuple(text for text, keep in zip(column.raw.cells.texts(), rows, strict=True) if keep)


def _remarks(numeric: Sequence[_Found], columns: Sequence[Column], target: str | None) -> list[str]:
    """What a careful colleague would mention: columns without a unit, undeclared uncertainties, constants."""
    names, notes = {column.name for column in columns}, []
    plain = [column.name for column in numeric if column.name in names and not column.stated]
    if plain:
        notes.append(f"no unit is given for {', '.join(map(repr, plain))}: taken as plain numbers")
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
