"""A table read to be drafted: what came of it, and what was said on the way."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symreg.errors import TableError, TableWarning, UnitWarning
from symreg.experiment.assembly import problem_of, table_of
from symreg.experiment.draft.asking import specification_of_table
from symreg.experiment.specification import Specification

if TYPE_CHECKING:
    from symreg.problem import Problem

LEAST_KEPT = 0.5
"""Part of the target's rows that is left when those with gaps are dropped: below it the columns that have the gaps are
left out instead, since one that is nearly empty would cost the table. Which is better nobody can tell but the
reader, who is told of both; set by hand."""


@dataclass(frozen=True, slots=True)
class TableAsRead:
    """The experiment that was asked, its problem, and warnings: those of units and tables, each once."""

    specification: Specification
    problem: Problem
    warnings: tuple[str, ...]


def read_for_draft(file: Path, target: str | None, written: Mapping[str, Any]) -> TableAsRead:
    """The question of ``target`` in ``file``; where cells are empty, without these rows or columns.

    Raises what ``specification_of_table`` and ``problem_of`` raise.
    """
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        specification = specification_of_table(file, target, written=written)
        try:
            problem = problem_of(specification)
        except TableError as error:
            specification = _without_gaps(file, str(target), written, error)
            problem = problem_of(specification)
    ours = [str(one.message) for one in told if issubclass(one.category, UnitWarning | TableWarning)]
    return TableAsRead(specification, problem, tuple(dict.fromkeys(ours)))


def _without_gaps(file: Path, target: str, written: Mapping[str, Any], error: TableError) -> Specification:
    """The question with rows or columns left out; ``error`` where that is not what is the matter."""
    if not error.count:
        raise error
    written = {**written, "nan": "drop"}
    dropping = specification_of_table(file, target, written=written)
    try:
        alone = table_of(specification_of_table(file, target, inputs=(), written=written))
    except TableError:
        raise error from None
    if _rows(dropping) >= LEAST_KEPT * alone.n_rows or target not in alone.names:
        return dropping
    inputs = [name for name in alone.names if name != target]
    return specification_of_table(file, target, inputs=inputs, written=written)


def _rows(specification: Specification) -> int:
    try:
        return table_of(specification).n_rows
    except TableError:
        return 0
