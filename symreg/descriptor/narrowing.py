"""Of hundreds of columns, those that features are made of: their number goes with the cube of the columns and more."""

from __future__ import annotations

from dataclasses import replace

from symreg.descriptor.settings import DescriptorSettings
from symreg.problem import Problem, least_complexities
from symreg.search import Screening, screened
from symreg.units import DIMENSIONLESS

MOST_COLUMNS = 40
"""Columns that features are made of. Up to complexity 5 there are 25,000 features of 21 columns and 150,000 of 40, with
11 billion pairs; of 120, the 850,000 that two gigabytes hold end at complexity 4, and in the same time a thousandth of
their pairs is looked at (measured on octet binaries)."""

CHOSEN_BEFORE = "the columns were chosen on all rows, those of the folds too: what the folds say is a little too good"


def narrowed(
    problem: Problem, settings: DescriptorSettings, seconds: float | None = None
) -> tuple[Problem, Screening | None]:
    """The problem with at most ``MOST_COLUMNS`` inputs, and what was decided of each where there were more.

    ``seconds`` are those of the whole search, None where time does not count.
    """
    if len(problem.inputs) <= MOST_COLUMNS:
        return problem, None
    shut_out: frozenset[str] = frozenset()
    if settings.dimensionless:
        least = least_complexities(problem.dimensions, DIMENSIONLESS)
        most = settings.max_complexity
        shut_out = frozenset(name for name in problem.inputs if (known := least[name]) is None or known > most)
    free = replace(problem.free_constants, policy="inferred")  # coefficients carry any unit
    own, screening = screened(
        replace(problem, free_constants=free), problem.train_rows, problem.seed, seconds, MOST_COLUMNS, shut_out
    )
    return replace(own, free_constants=problem.free_constants), screening


def said_of(screening: Screening | None, folds: bool) -> list[str]:
    """What a front says of the choice."""
    if screening is None:
        return []
    return [screening.note, CHOSEN_BEFORE] if folds else [screening.note]
