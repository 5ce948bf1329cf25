"""What a law of a run says of new rows: values with their unit, how sure they are, and where nobody measured.

The new file is read by names: its units are converted, columns that the law does not hold cannot stop it, and a row
whose cells are empty stays, without a prediction. The table of the run is read again, since the band comes from its
rows (``laws.band``), and what lies outside them is told.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from symreg.arrays import Floats
from symreg.errors import LawError, TableError
from symreg.experiment.errors import NoLawError, RunTableError
from symreg.experiment.results.new_rows import NewColumn, read_new_rows, rows_in_words
from symreg.experiment.revival import load_discovery, stored_specification
from symreg.experiment.standing import csv_cell
from symreg.formula import variables_of
from symreg.laws import Law, band_of
from symreg.uncertain_text import number_text

if TYPE_CHECKING:
    from symreg.discovery import Discovery
    from symreg.problem import Problem

LEVEL = 0.95
"""Probability with which the true value, or a new measurement, lies in its band: what most fields take for a band."""

BEYOND = 1e-9
"""Of the range of an input: what lies so little outside is at its end, and was converted. Far more than float64 rounds,
far less than anybody measures; set by hand."""

SHOWN_DIGITS = 6
"""Of numbers on a terminal; files have all of them."""

BANDS = (
    f"law: the law's own value lies there with {LEVEL:.0%}; measurement: one new measurement does. Errors of known "
    "constants are not counted."
)

Mask = npt.NDArray[np.bool_]
Ends = tuple[Floats, Floats]


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """A law at new rows: ``values``, the ends of two bands and ``is_beyond``, each ``(n_rows,)``, in the target's unit.

    ``of_law`` holds the true law's value, ``of_measurement`` a new measurement, with probability ``LEVEL``.
    ``is_beyond`` tells rows outside the range of those that the law was fitted to. What is NaN is not known, and
    ``remarks`` say why. ``columns`` are the inputs of the law, as the new file has them.
    """

    law: Law
    columns: tuple[NewColumn, ...]
    values: Floats
    of_law: Ends
    of_measurement: Ends
    is_beyond: Mask
    remarks: tuple[str, ...]

    @property
    def headings(self) -> tuple[str, ...]:
        """``L [m]``, ``T [s]``, ``T law 95% lower [s]``, ...: as our own reader takes them."""
        name, unit = self.law.target, self.law.unit.in_headers
        kinds = [f"{name} {kind} {LEVEL:.0%}" for kind in ("law", "measurement")]
        bands = [f"{kind} {end} [{unit}]" for kind in kinds for end in ("lower", "upper")]
        return (*(column.heading for column in self.columns), f"{name} [{unit}]", *bands, "extrapolated")

    @property
    def numbers(self) -> tuple[Floats, ...]:
        """The columns below ``headings`` but for the last, each ``(n_rows,)``."""
        return (*(column.shown for column in self.columns), self.values, *self.of_law, *self.of_measurement)


def predict_run(
    folder: Path, file: Path, law: str | int | None = None, written: Mapping[str, Any] | None = None
) -> Predictions:
    """The selected law of the run in ``folder``, or another ``law`` of its front, at the rows of ``file``.

    ``law`` is a complexity (5), a place in the list ("#2"), "best", "accuracy" or "score" (``ParetoFront.choose``).
    ``written`` says how the file is written, by keys of ``data:``, where the file and the run do not show it.
    Raises ``NoLawError`` where there is no such law,
    ``RunTableError`` where the run's own table cannot be read, and what ``load_discovery`` and tables raise.
    """
    specification = stored_specification(folder)
    try:
        discovery = load_discovery(folder)
    except TableError as error:
        raise RunTableError(folder=str(folder), reason=str(error)) from None
    chosen, problem = using_law(discovery, folder, law).front.best, discovery.problem
    used = tuple(name for name in problem.inputs if name in variables_of(chosen.expression))
    rows = read_new_rows(file, used, problem, specification, written or {})
    data = {column.name: column.values for column in rows.columns}
    band = band_of(chosen, problem, data or {"row": np.arange(rows.n_rows, dtype=np.float64)})
    beyond = {column.name: _is_beyond(column, problem) for column in rows.columns}
    found = Predictions(
        law=chosen,
        columns=rows.columns,
        values=band.values,
        of_law=band.ends(LEVEL, of="law"),
        of_measurement=band.ends(LEVEL),
        is_beyond=np.logical_or.reduce([np.zeros(rows.n_rows, dtype=bool), *beyond.values()]),
        remarks=(*rows.remarks, *_without_inputs(used), *_beyond_in_words(beyond, problem)),
    )
    return replace(found, remarks=(*found.remarks, *_missing_in_words(found)))


def using_law(discovery: Discovery, folder: Path, law: str | int | None) -> Discovery:
    """The discovery of the run in ``folder`` with this law selected; ``NoLawError`` where there is none.

    ``law`` is as ``ParetoFront.choose`` takes it, None for the one that is selected.
    """
    try:
        return discovery if law is None else discovery.using(law)
    except LawError as error:
        raise NoLawError(folder=str(folder), reason=error.reason, advice=error.advice) from None


def _without_inputs(used: Sequence[str]) -> tuple[str, ...]:
    return () if used else ("the law holds no input: it says the same of every row",)


def _is_beyond(column: NewColumn, problem: Problem) -> Mask:
    low, high = _range(column.name, problem)
    slack = BEYOND * max(high - low, abs(high), abs(low))
    with np.errstate(invalid="ignore"):
        return np.asarray((column.values < low - slack) | (column.values > high + slack), dtype=bool)


def _range(name: str, problem: Problem) -> tuple[float, float]:
    """Of an input on the rows that laws were fitted to, in the unit of the run."""
    fitted = problem.table[name].user_numbers[problem.train_rows]
    return float(fitted.min()), float(fitted.max())


def _beyond_in_words(beyond: dict[str, Mask], problem: Problem) -> Iterator[str]:
    outside = {name: mask for name, mask in beyond.items() if mask.any()}
    if not outside:
        return
    ranges = []
    for name in outside:
        low, high = _range(name, problem)
        unit = problem.table[name].unit.text
        ranges.append(f"{name} from {low:.6g} to {high:.6g}" + f" {unit}" * (unit != "dimensionless"))
    rows = np.flatnonzero(np.logical_or.reduce(list(outside.values())))
    verb = "lies" if len(rows) == 1 else "lie"
    yield f"{rows_in_words(rows)} {verb} beyond what the law was fitted to ({', '.join(ranges)}): extrapolated"


def _missing_in_words(found: Predictions) -> Iterator[str]:
    """Rows without a prediction or without a band, by the reason."""
    is_empty = np.logical_or.reduce([np.zeros(len(found.values), dtype=bool), *map(_is_gap, found.columns)])
    undefined = np.isnan(found.values) & ~is_empty
    open_ = np.isfinite(found.values) & ~np.isfinite(found.of_measurement[0] + found.of_law[0])
    for mask, reason in (
        (is_empty, "no prediction: a cell is empty or not finite"),
        (undefined, "no prediction: the law has no value there"),
        (open_, "no band: the rows of the run do not tell how sure the law is there"),
    ):
        if mask.any():
            rows = np.flatnonzero(mask)
            yield f"{rows_in_words(rows)} {'has' if len(rows) == 1 else 'have'} {reason}"


def _is_gap(column: NewColumn) -> Mask:
    return np.asarray(~np.isfinite(column.values), dtype=bool)


def predictions_csv(found: Predictions) -> str:
    """A CSV file: all digits, nothing where nothing is known, ``true`` where a row is extrapolated."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([csv_cell(heading) for heading in found.headings])
    for numbers, beyond in zip(zip(*found.numbers, strict=True), found.is_beyond, strict=True):
        writer.writerow([*(csv_cell(float(number)) for number in numbers), csv_cell(bool(beyond))])
    return stream.getvalue()


def predictions_text(found: Predictions) -> str:
    """The same as an aligned table for a terminal, with a line that says what the bands are."""
    bands = [f"{kind} {end}" for kind in ("law", "measurement") for end in ("from", "to")]
    n_inputs = len(found.columns)
    rows: list[Sequence[str]] = [(*found.headings[: n_inputs + 1], *bands, found.headings[-1])]
    for numbers, beyond in zip(zip(*found.numbers, strict=True), found.is_beyond, strict=True):
        rows.append([*(number_text(float(number), SHOWN_DIGITS) for number in numbers), "yes" if beyond else ""])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    aligned = (
        "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
    return "\n".join([*aligned, "", BANDS])
