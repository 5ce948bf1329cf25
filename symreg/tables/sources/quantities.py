"""Cells that say more than a number: units, deviations, true and false, dates.

    12.3 kg     12.3 ± 0.4     (12.3 +/- 0.4) kg     2.0(1)     true     2024-01-01 12:00

A column is read so only if each of its cells is, but for the missing ones; otherwise it stays text.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from symreg.arrays import Floats
from symreg.errors import SymregError
from symreg.tables.headers import NO_UNIT
from symreg.tables.sources.cells import Cells
from symreg.tables.sources.looks import NUMBER
from symreg.tables.sources.numerals import Numerals, grouping, number_in
from symreg.tables.sources.raw import RawColumn, RawTable
from symreg.tables.sources.times import elapsed, open_days, times_of_day
from symreg.tables.understood import LeftOut
from symreg.units import Unit, parse_unit

CELLS = "its first cell"
"""The name of cells as a source of units: the first one decides in which of several units a column is kept."""

_PLUS_MINUS = re.compile(
    rf"(?P<open>\()?\s*(?P<value>{NUMBER})\s*(?:±|\+/-|\+-)\s*(?P<spread>{NUMBER})\s*(?(open)\))"
    r"\s*(?P<power>(?(open)(?:[eE][-+]?\d+)?))\s*(?P<unit>.*)"
)
_BRACKET = re.compile(
    r"(?P<value>[-+\N{MINUS SIGN}]?\d+(?:[.,]\d+)?)\((?P<digits>\d+)\)(?P<power>(?:[eE][-+]?\d+)?)\s*(?P<unit>.*)"
)
_WITH_UNIT = re.compile(rf"(?P<value>{NUMBER})(?P<unit>\s+[^\W\d].*|\s*[%°].*)")
_TRUTHS = {"true": 1.0, "false": 0.0}


@dataclass(frozen=True, slots=True)
class _Read:
    """One cell: its value, its standard deviation (None where it says none) and the text of its unit."""

    value: float
    spread: float | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class _Meant:
    """What a column means: values and standard deviations ``(n_rows,)``, a unit, a remark, and whether its cells are
    dates, and days without a time."""

    values: Floats
    note: str
    spread: Floats | None = None
    unit: str | None = None
    is_date: bool = False
    is_day: bool = False


def with_quantities(raw: RawTable, labels: Collection[str]) -> RawTable:
    """The table with numbers in place of cells that hold quantities, dates and truths; ``labels`` are headers of
    columns that are declared to hold text."""
    texts = {
        column.header: column for column in raw.columns if column.cells.is_text and column.header not in labels
    }
    meant = {header: one for header, column in texts.items() if (one := _meant(column)) is not None}
    clocks = [name for name, column in texts.items() if name not in meant and times_of_day(column.cells.texts())]
    # A day and a time of day are one instant in two columns: neither is a time axis by itself.
    days = [name for name, one in meant.items() if one.is_day] if clocks else []
    slashes = [name for name, column in texts.items() if name not in meant and open_days(column.cells.texts())]
    read = {name: one for name, one in meant.items() if name not in days}
    notes = [f"column {name!r} {one.note}" for name, one in read.items()]
    advice = "Write the instant in one column, such as '2024-01-01 00:00', or the time that has passed as a number."
    left_out = [LeftOut(name, "it holds dates, and another column times of day", advice) for name in days]
    left_out += [LeftOut(name, "it holds times of day", advice) for name in clocks]
    open_advice = "Write the year first, as in 2024-03-01."
    left_out += [LeftOut(name, "it holds dates that read in two ways", open_advice) for name in slashes]
    columns = [_with(column, read[column.header]) if column.header in read else column for column in raw.columns]
    return replace(
        raw, columns=tuple(columns), notes=(*raw.notes, *notes), left_out=(*raw.left_out, *left_out)
    )


def _with(column: RawColumn, meant: _Meant) -> RawColumn:
    cells = Cells(keep_text=False, numerals=column.cells.numerals)
    cells.add_numbers(meant.values)
    units = () if meant.is_date else column.unit_sources  # UTC above a date is no unit of the time that passes
    units = units if meant.unit is None else ((CELLS, meant.unit), *units)
    return replace(column, cells=cells, unit_sources=units, spread=meant.spread, is_date=meant.is_date)


def _meant(column: RawColumn) -> _Meant | None:
    texts = column.cells.texts()
    return _truths(texts) or _measured(texts, column.cells.numerals) or _dates(texts)


def _truths(texts: Sequence[str]) -> _Meant | None:
    """0 and 1 for false and true."""
    found = [_TRUTHS.get(text.lower()) if text else np.nan for text in texts]
    if any(one is None for one in found):
        return None
    return _Meant(np.array(found, dtype=np.float64), "holds true and false: taken as 1 and 0")


def _dates(texts: Sequence[str]) -> _Meant | None:
    """Seconds since the first row."""
    passed = elapsed(texts)
    if passed is None:
        return None
    note = f"holds dates and was read as the time since its first row, {passed.first}, in s"
    return _Meant(passed.seconds, note, unit="s", is_date=True, is_day=passed.only_days)


def _measured(texts: Sequence[str], numerals: Numerals) -> _Meant | None:
    """Values with deviations or units."""
    found: list[_Read | None] = []
    for text in texts:
        read = _read(text, numerals) if text else None
        if text and read is None:
            return None
        found.append(read)
    told = [read for read in found if read is not None]
    if not told or len({read.spread is None for read in told}) > 1:
        return None
    scales = _in_one_unit([read.unit for read in told])
    if scales is None:
        return None
    first = next(text for text in texts if text)
    convert = {read.unit: scale for read, scale in zip(told, scales, strict=True)}
    values = np.array([np.nan if read is None else _converted(read.value, convert[read.unit]) for read in found])
    unit = told[0].unit
    if told[0].spread is None:
        kinds = f", of which the first is {unit!r}" if len(convert) > 1 else ""
        return _Meant(values, f"holds numbers with their units{kinds}: {first!r}", unit=unit)
    spread = np.array([np.nan if read is None else _spread(read, convert[read.unit]) for read in found])
    note = f"holds values with their standard deviations: {first!r}"
    return _Meant(values, note, spread, unit or None)


def _spread(read: _Read, scale: tuple[Unit, Unit] | None) -> float:
    size = 1.0 if scale is None else abs(scale[0].scale / scale[1].scale)
    return np.nan if read.spread is None else read.spread * size


def _converted(value: float, scale: tuple[Unit, Unit] | None) -> float:
    if scale is None:
        return value
    unit, first = scale
    if unit.offset or first.offset:
        return first.from_si(unit.to_si(value))
    return value * (unit.scale / first.scale) if unit.scale >= first.scale else value / (first.scale / unit.scale)


def _in_one_unit(texts: Sequence[str]) -> list[tuple[Unit, Unit] | None] | None:
    """For each text its unit and the first one, None where they are the same; None altogether where they do not go
    together."""
    if len(set(texts)) == 1 and (not texts[0] or texts[0].lower() not in NO_UNIT):
        return [None] * len(texts) if not texts[0] or _unit(texts[0]) is not None else None
    units = {text: _unit(text) for text in set(texts)}
    first = units[texts[0]]
    if first is None or any(unit is None or unit.dimension != first.dimension for unit in units.values()):
        return None
    found: list[tuple[Unit, Unit] | None] = []
    for text in texts:
        unit = units[text]
        found.append(None if unit is None or text == texts[0] else (unit, first))
    return found


def _unit(text: str) -> Unit | None:
    if text.lower() in NO_UNIT:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # whoever settles the unit of the column warns
            return parse_unit(text)
    except SymregError:
        return None


def _read(text: str, numerals: Numerals) -> _Read | None:
    for pattern, reader in ((_PLUS_MINUS, _with_spread), (_BRACKET, _with_digits), (_WITH_UNIT, _with_unit)):
        found = pattern.fullmatch(text)
        if found is not None:
            return reader(found, numerals)
    return None


def _with_spread(found: re.Match[str], numerals: Numerals) -> _Read | None:
    """``12.3 ± 0.4``; of ``12.3 ± 3 %`` nobody knows per cent of what, but for brackets."""
    power = found["power"] or ""
    value, spread = (_number(found[name].strip() + power, numerals) for name in ("value", "spread"))
    unit = found["unit"].strip()
    if value is None or spread is None or (unit.startswith("%") and not found["open"]):
        return None
    return _Read(value, spread, unit)


def _with_digits(found: re.Match[str], numerals: Numerals) -> _Read | None:
    """``2.0(1)``: the digits in brackets are those of the last places."""
    value = _number(found["value"] + found["power"], numerals)
    decimals = len(re.split("[.,]", found["value"])[1]) if re.search("[.,]", found["value"]) else 0
    if value is None:
        return None
    return _Read(value, float(f"{found['digits']}e{-decimals}") * float(f"1{found['power']}"), found["unit"].strip())


def _with_unit(found: re.Match[str], numerals: Numerals) -> _Read | None:
    value = _number(found["value"], numerals)
    return None if value is None else _Read(value, None, found["unit"].strip())


def _number(text: str, numerals: Numerals) -> float | None:
    """The number, where it reads in one way."""
    is_open = grouping(text, numerals) == "open" and not numerals.is_certain
    return None if is_open else number_in(text, numerals)
