"""Tables for forms: the inputs in their ranges, and noise of the problem's own kind.

Relative noise is ``y*(1 + level*N)``, additive noise ``y + level*RMS(y - mean)*N`` with a standard normal ``N``. Rows
follow from problem, number and seed alone, so that another level of noise meets the same rows.
"""

from __future__ import annotations

import zlib

import numpy as np
import numpy.typing as npt

from symreg.benchmark.forms.problems import FormProblem, FormTrial
from symreg.benchmark.sampling import exact_table, part_of
from symreg.tables import Column, Table, root_mean_square, with_noise
from symreg.units import parse_unit

__all__ = ["clean_table", "noisy_table"]

CLEAN_ROWS = 300
"""Rows without noise by which a form is judged: many for each constant of a law. More make each refit slower, fewer let
another form agree at all of them; set by hand."""

CLEAN_SEED = 1_000_003  # of no trial

Floats = npt.NDArray[np.float64]


def noisy_table(trial: FormTrial) -> Table:
    """What the search is given; equal trials have equal tables."""
    problem = trial.problem
    if problem.values:
        return _own_rows(problem)
    drawn, disturbed = _streams(problem, trial.rows, trial.seed)
    whole = exact_table(problem.definition, trial.rows, int(drawn.integers(2**31)))
    target = whole[problem.definition.target_name].values
    return part_of(whole, np.arange(trial.rows), True, _disturbed(problem, target, trial.noise, disturbed))


def clean_table(problem: FormProblem, rows: int = CLEAN_ROWS) -> Table:
    """Rows of the same ranges without noise, which no search has seen: by these a form is judged."""
    drawn, _ = _streams(problem, rows, CLEAN_SEED)
    return exact_table(problem.definition, rows, int(drawn.integers(2**31)))


def _streams(problem: FormProblem, rows: int, seed: int) -> tuple[np.random.Generator, np.random.Generator]:
    own = zlib.crc32(problem.definition.id.encode())
    drawn, disturbed = np.random.SeedSequence([own, rows, seed]).spawn(2)
    return np.random.default_rng(drawn), np.random.default_rng(disturbed)


def _disturbed(problem: FormProblem, target: Floats, level: float, rng: np.random.Generator) -> Floats:
    if problem.noise_kind == "relative":
        return with_noise(target, "relative", level, rng)
    spread = root_mean_square(target - target.mean())
    return np.asarray(target + level * spread * rng.standard_normal(target.size), dtype=np.float64)


def _own_rows(problem: FormProblem) -> Table:
    definition, columns = problem.definition, []
    units = {entry.name: entry.unit for entry in definition.variables}
    units[definition.target_name] = definition.target_unit
    for name, values in problem.values:
        unit = parse_unit(units[name], column=name)
        given = np.array(values)
        columns.append(Column(name, unit, np.asarray(unit.to_si(given)), user_values=given))
    return Table(tuple(columns), target=definition.target_name, source=definition.id)
