"""From a column as found to a ``Column``: its unit on which all sources agree, SI, standard deviations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isclose

import numpy as np
import numpy.typing as npt

from symreg.arrays import Floats, is_mapped
from symreg.errors import SymregError, TableError
from symreg.mapped import Writing, every, in_parts, parts
from symreg.tables.checks import check_above_absolute_zero
from symreg.tables.error_model import ErrorModel
from symreg.tables.found import GIVEN, Found
from symreg.tables.headers import column_unit, nearest
from symreg.tables.sources import CELLS, FIRST_ROWS
from symreg.tables.table import Column
from symreg.units import DIMENSIONLESS_UNIT, Unit

Mask = npt.NDArray[np.bool_]


def measured(
    source: str,
    column: Found,
    rows: Mask,
    *,
    sigma: str | float | None,
    errors: ErrorModel | None,
    by_name: Mapping[str, Found],
) -> Column:
    """The quantity in ``rows`` of a column; ``sigma`` or ``errors`` are what was said of its uncertainty."""
    unit = settle_unit(source, column.name, column.stated)
    numbers = _at(column.raw.cells.values(), rows)
    with np.errstate(over="ignore"):
        in_si = numbers if unit.is_si else in_parts(unit.to_si, numbers)
    if not _all_held(in_si, numbers):  # gaps that are kept are none
        problem = f"numbers in {unit.text!r} are too large to be held in SI units"
        raise TableError(source=source, column=column.name, problem=problem)
    check_above_absolute_zero(source, column.name, unit, in_si, rows)
    spread = _sigma(source, column.name, unit, sigma, by_name, rows)
    if errors is not None:
        spread = _of_model(source, column.name, unit, errors, in_parts(lambda x: x * abs(unit.scale), numbers), rows)
    elif spread is None and column.raw.spread is not None:
        spread = _positive(source, column.name, column.raw.spread[rows] * abs(unit.scale), rows)
    user_sigma = None if spread is None else in_parts(lambda one: one / abs(unit.scale), spread)
    return Column(column.name, unit, in_si, spread, numbers, user_sigma, errors)


def settle_unit(source: str, name: str, stated: Sequence[tuple[str, str]]) -> Unit:
    """The unit on which all sources agree, in the words of the first; a contradiction names both."""
    if not stated:
        return DIMENSIONLESS_UNIT
    first = (stated[0][0], column_unit(stated[0][1], name))
    others = _readable(stated[1:], name, first[0] in (GIVEN, CELLS))
    for origin, unit in others:
        if not _same(first[1], unit):
            problem = f"{first[0]} says {first[1].text!r}, but {origin} says {unit.text!r}"
            advice = "State the unit once, or the same unit twice."
            raise TableError(source=source, column=name, problem=problem, advice=advice)
    return first[1]


def _readable(stated: Sequence[tuple[str, str]], name: str, is_known: bool) -> list[tuple[str, Unit]]:
    """Units of further sources; one that cannot be read yields where the unit is known already."""
    found = []
    for origin, text in stated:
        try:
            found.append((origin, column_unit(text, name)))
        except SymregError:
            if not is_known:
                raise
    return found


def _same(one: Unit, other: Unit) -> bool:
    return (
        one.dimension == other.dimension
        and isclose(one.scale, other.scale, rel_tol=1e-12)
        and isclose(one.offset, other.offset, rel_tol=1e-12)
    )


def _sigma(
    source: str, name: str, unit: Unit, given: str | float | None, by_name: Mapping[str, Found], rows: Mask
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
        spread = in_parts(lambda one: one * abs(its_unit.scale), _at(column.raw.cells.values(), rows))
    elif isinstance(given, (int, float, np.number)) and not isinstance(given, bool):
        spread = np.full(int(rows.sum()), float(given) * abs(unit.scale))
    else:
        problem = f"its uncertainty is {given!r}, which is neither a column nor a number"
        raise TableError(source=source, column=name, problem=problem)
    return _positive(source, name, spread, rows)


def _of_model(source: str, name: str, unit: Unit, errors: ErrorModel, values: Floats, rows: Mask) -> Floats:
    """Standard deviations in SI of the measured values, ``(n_rows,)``; an error where they cannot be counts."""
    if errors.poisson and not (unit.dimension.is_dimensionless and not unit.is_angle):
        problem = f"its errors are those of counts, and it is in {unit.text!r}"
        raise TableError(source=source, column=name, problem=problem, advice="State sigma as a number or in per cent.")
    if errors.poisson and (values < 0).any():
        below = np.flatnonzero(values < 0)
        listed = tuple(int(row) + 1 for row in np.flatnonzero(rows)[below[:FIRST_ROWS]])
        problem = "its errors are those of counts, and there are numbers below zero"
        raise TableError(source=source, column=name, problem=problem, rows=listed, count=len(below))
    return _positive(source, name, in_parts(lambda one: errors.at(one, abs(unit.scale)), values), rows)


def _positive(source: str, name: str, spread: Floats, rows: Mask) -> Floats:
    """Standard deviations, all of them positive numbers; an error names the rows of those that are not."""
    if every(lambda one: np.isfinite(one) & (one > 0), spread):
        return spread
    bad = np.flatnonzero(~(np.isfinite(spread) & (spread > 0)))
    listed = tuple(int(row) + 1 for row in np.flatnonzero(rows)[bad[:FIRST_ROWS]])
    problem = f"{len(bad)} uncertainties are not positive numbers"
    raise TableError(source=source, column=name, problem=problem, rows=listed, count=len(bad))


def _at(values: Floats, rows: Mask) -> Floats:
    """The values in these rows; of a column that lies in a file again in one."""
    if rows.all():
        return values
    if not is_mapped(values):
        return values[rows]
    writing = Writing()
    for part in parts(len(values)):
        writing.add(values[part][rows[part]])
    return writing.done()


def _all_held(in_si: Floats, numbers: Floats) -> bool:
    return in_si is numbers or all(
        bool((np.isfinite(in_si[part]) | ~np.isfinite(numbers[part])).all()) for part in parts(len(numbers))
    )
