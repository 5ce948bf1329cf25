"""Rows for a benchmark, by the protocol of SRBench (La Cava et al., 2021).

Every variable is uniform in its range, three quarters of the rows are for training, and Gaussian noise of
standard deviation ``level * RMS(y)`` is added to the training target only: the test rows are exact, so that a
score on them says how close the law is to the truth and not to the noise. A physical constant such as G is a
column like any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from symreg.benchmark.problems import ProblemDefinition
from symreg.formula import to_text
from symreg.tables import Column, GeneratedConstant, GeneratedInput, GeneratedTable, Table, generate_table, with_noise
from symreg.units import DIMENSIONLESS_UNIT, parse_unit

__all__ = [
    "LARGEST_SAMPLE",
    "TEST_FRACTION",
    "Sample",
    "exact_table",
    "has_few_rows",
    "part_of",
    "sample_problem",
    "sample_ranges",
]

Floats = npt.NDArray[np.float64]
LARGEST_SAMPLE = 10_000
"""Rows of a problem, training and test together, as in SRBench's protocol: published rates are for as many. More would
average away more noise and compare with nobody."""

ALL_SEARCHED_ROWS = 100  # up to which no row is kept from the search
LEAST_SHARE = 1e-60  # of the largest target: no instrument spans more decades
TEST_FRACTION = 0.25
"""Of the rows, to judge by: a quarter, as in SRBench's protocol. More leaves the search fewer rows, less makes the
score coarser."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Rows of one problem: ``train`` with noise in the target, ``test`` without."""

    definition: ProblemDefinition
    train: Table
    test: Table


def sample_problem(
    definition: ProblemDefinition,
    *,
    rows: int = LARGEST_SAMPLE,
    noise: float = 0.0,
    noise_kind: Literal["rms", "relative"] = "rms",
    seed: int = 0,
    units: bool = True,
) -> Sample:
    """Draw (or read) the rows of a problem, split them and add noise; equal arguments give equal tables.

    ``rows`` counts training and test rows together; a problem that states its own number, or brings a table,
    keeps it; of its few rows all train, as in published searches of such tables, and the test is on their exact
    targets, as far as these are known. With ``units=False`` the SI values stand in the table as pure numbers.
    ``noise`` is a part of the target's root mean square, as SRBench has it, or of each value ("relative").
    """
    # Independent streams: more noise or another split leaves the rows what they are.
    streams = np.random.SeedSequence(seed).spawn(3)
    split, drawn, disturbed = (np.random.default_rng(stream) for stream in streams)
    if definition.table is None:
        n_rows = definition.rows or min(rows, LARGEST_SAMPLE)
        whole = exact_table(definition, n_rows, int(drawn.integers(2**31)))
    else:
        whole = _read(definition)
    if definition.noise_kind == "relative":
        whole = _measurable(whole)
    order = split.permutation(whole.n_rows)
    n_test = round(TEST_FRACTION * whole.n_rows)
    test, train = np.sort(order[:n_test]), np.sort(order[n_test:])
    if has_few_rows(definition, whole.n_rows):
        test = train = np.sort(order)
    target = whole[definition.target_name].values[train]
    target = with_noise(target, definition.noise_kind, definition.noise_level, disturbed)
    # Who measures to a part of each value says so; SRBench's noise is for the search to find out.
    sigma = definition.noise_level * np.abs(target) if definition.noise_kind == "relative" else None
    target = with_noise(target, noise_kind, noise, disturbed)
    return Sample(
        definition,
        train=part_of(whole, train, units, target, sigma),
        test=part_of(whole, test, units, whole[definition.target_name].values[test]),
    )


def has_few_rows(definition: ProblemDefinition, n_rows: int) -> bool:
    """Whether the problem brings its own rows, and so few that none can be spared."""
    brings_rows = definition.rows is not None or definition.table is not None
    return brings_rows and n_rows <= ALL_SEARCHED_ROWS


def sample_ranges(definition: ProblemDefinition, table: Table) -> dict[str, tuple[float, float]]:
    """The range of every variable in SI; where a problem has a table, the range of its rows."""
    ranges: dict[str, tuple[float, float]] = {}
    for entry in definition.variables:
        if entry.low is None or entry.high is None:
            values = table[entry.name].values
            ranges[entry.name] = float(values.min()), float(values.max())
        else:
            unit = parse_unit(entry.unit)
            ranges[entry.name] = float(unit.to_si(entry.low)), float(unit.to_si(entry.high))
    return ranges


def exact_table(definition: ProblemDefinition, rows: int, seed: int) -> Table:
    """Rows drawn from the ranges of a problem, the target without noise."""
    inputs = tuple(
        GeneratedInput(
            name=entry.name,
            unit=entry.unit,
            low=float("nan") if entry.low is None else entry.low,
            high=float("nan") if entry.high is None else entry.high,
            distribution=entry.distribution,
            above=entry.above,
        )
        for entry in definition.variables
    )
    constants = {entry.name: GeneratedConstant(entry.value, entry.unit) for entry in definition.constants}
    return generate_table(
        GeneratedTable(
            formula=to_text(definition.measured),
            target_name=definition.target_name,
            target_unit=definition.target_unit,
            inputs=inputs,
            constants=constants,
            rows=rows,
            seed=seed,
        )
    )


def _read(definition: ProblemDefinition) -> Table:
    """The columns of the problem's own table under the problem's names."""
    from symreg.tables import read_table

    source = read_table(definition.table)
    columns = [(entry.name, entry.column) for entry in definition.variables]
    columns.append((definition.target_name, definition.target_column))
    renamed = []
    for name, column in columns:
        found = source[column or name]
        renamed.append(Column(name, found.unit, found.values, found.sigma))
    return Table(tuple(renamed), target=definition.target_name, source=str(definition.table))


def _measurable(whole: Table) -> Table:
    """The rows whose target can have a relative error: not those where the formula underflows, or nearly so."""
    target = np.abs(whole[whole.target or ""].values)
    rows = np.flatnonzero(target > LEAST_SHARE * target.max())
    columns = [Column(column.name, column.unit, column.values[rows]) for column in whole.columns]
    return Table(tuple(columns), target=whole.target, source=whole.source)


def part_of(
    whole: Table, rows: npt.NDArray[np.int64], units: bool, target: Floats, sigma: Floats | None = None
) -> Table:
    """Some rows of a table, the target replaced; without units everything is a pure number in SI."""
    columns = []
    for column in whole.columns:
        is_target = column.name == whole.target
        values = target if is_target else column.values[rows]
        unit = column.unit if units else DIMENSIONLESS_UNIT
        columns.append(Column(column.name, unit, values, sigma if is_target else None))
    return Table(tuple(columns), target=whole.target, source=whole.source)
