"""Columns whose names are settled, and every unit that was stated for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from symreg.errors import TableError
from symreg.tables.headers import Header, check_name, is_label, nearest, parse_header, tidy
from symreg.tables.sources import RawColumn, RawTable
from symreg.tables.understood import LeftOut, left_out_for

GIVEN = "units="
"""The name of what the caller says as a source of units."""


@dataclass(frozen=True, slots=True)
class Found:
    """A column with its name settled, and every unit that was stated for it, first source first."""

    name: str
    raw: RawColumn
    stated: tuple[tuple[str, str], ...]

    @property
    def is_label(self) -> bool:
        """Whether somebody says that the column holds names."""
        return any(is_label(text) for _, text in self.stated)

    @property
    def is_text(self) -> bool:
        """Whether it holds names, said or seen."""
        return self.is_label or self.raw.cells.is_text


def declared_label(header: str, units: Mapping[str, str]) -> bool:
    """Whether a header, or what the caller says of it, declares a column of names."""
    parsed = _header(header, units)
    stated = units.get(header, units.get(parsed.name, parsed.unit))
    return stated is not None and is_label(stated)


def _header(text: str, units: Mapping[str, str]) -> Header:
    """A header that ``units=`` names in full is a plain name, whatever brackets it holds."""
    return Header(tidy(text)) if text in units or tidy(text) in units else parse_header(text)


def settle_names(
    raw: RawTable, units: Mapping[str, str], needed: Collection[str] | None
) -> tuple[tuple[Found, ...], tuple[LeftOut, ...]]:
    """Columns by name; where names that are not ``needed`` repeat or cannot be shown, the columns are left out.

    ``needed`` None stands for all of them. Raises ``TableError``.
    """
    headers = [_header(column.header, units) for column in raw.columns]
    counts = Counter(header.name for header in headers)
    found: list[Found] = []
    left_out: list[LeftOut] = []
    for place, (header, column) in enumerate(zip(headers, raw.columns, strict=True)):
        try:
            check_name(header.name, raw.source)
            if counts[header.name] > 1:
                raise _repeated(raw, headers, header.name)
        except TableError as error:
            if needed is None or header.name in needed or column.header in needed:
                raise
            shown = header.name[:40] if header.name.isprintable() and header.name else f"number {place + 1}"
            left_out.append(left_out_for(shown, error))
        else:
            found.append(Found(header.name, column, _stated(raw, header, column, units)))
    return tuple(found), tuple(left_out)


def _repeated(raw: RawTable, headers: Sequence[Header], name: str) -> TableError:
    texts = [column.header for header, column in zip(headers, raw.columns, strict=True) if header.name == name]
    advice = f"Rename one of them; their headers are {' and '.join(map(repr, texts[:2]))}."
    return TableError(source=raw.source, column=name, problem="two columns have this name", advice=advice)


def _stated(
    raw: RawTable, header: Header, column: RawColumn, units: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    stated = [(GIVEN, units[name]) for name in (header.name, column.header) if name in units][:1]
    stated += column.unit_sources
    attrs = raw.stated_units.get(header.name, raw.stated_units.get(column.header))
    stated += [] if attrs is None else [("attrs['units']", attrs)]
    stated += [] if header.unit is None else [("the header", header.unit)]
    return tuple(stated)


def settled(name: Any, found: Collection[Found]) -> Any:
    """The settled name for a name or a whole header; anything else is handed on."""
    return either_name(found).get(name, name) if isinstance(name, str) else name


def either_name(found: Collection[Found]) -> dict[str, str]:
    """The settled names by themselves and by whole headers, a name before a header of another column."""
    return {column.raw.header: column.name for column in found} | {column.name: column.name for column in found}


def check_keys(source: str, found: Collection[Found], given: Mapping[str, Any], argument: str) -> None:
    """Raise where ``argument`` names a column that is not there."""
    names = either_name(found)
    for key in given:
        if not isinstance(key, str) or key not in names:
            problem = f"{argument} names a column {key!r} that is not there"
            raise TableError(source=source, problem=problem, advice=nearest(str(key), list(names.values())))
