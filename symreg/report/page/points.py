"""Which rows of the table are drawn, in which colours, and what is said of each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from symreg.arrays import Rows
from symreg.report.page.svg import shortened
from symreg.typesetting import unit_plain
from symreg.uncertain_text import number_text

if TYPE_CHECKING:
    from symreg.formula import Expression
    from symreg.problem import Problem

MOST_DRAWN = 1_000
"""Rows in one figure: beyond, points cover each other. More makes the page longer and shows no more; the page says how
many are drawn."""

MOST_DRAWN_IN_ALL = 40_000
"""Points of all figures of a page together, some 13 bytes each: 0.5 of the 2 MB that a page may have, since a law takes
0.05 besides and a front may have two dozen. Where many laws have many figures, each shows fewer rows."""

FEWEST_DRAWN = 100  # rows in one figure, however many figures there are
MOST_COLOURS = 8
"""Values of a column of names that are told by colours: more than eight nobody tells apart. Set by hand."""

LONGEST_LABEL = 60  # characters of a name that is shown beside a point
MOST_VALUES = 4  # numbers that are said of a point, the target's first


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Rows that are drawn in one colour, ``(n,)``; ``name`` is empty where there is nothing to tell apart."""

    name: str
    rows: Rows


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """What is drawn of a table: ``groups`` in order, of ``total`` rows; ``by`` says what the groups are told by."""

    groups: tuple[Group, ...]
    by: str
    total: int

    @property
    def drawn(self) -> int:
        """How many rows are drawn."""
        return sum(len(group.rows) for group in self.groups)

    @property
    def rows(self) -> Rows:
        """All rows that are drawn, group after group, ``(n_drawn,)``."""
        return np.concatenate([group.rows for group in self.groups])

    @property
    def spans(self) -> tuple[slice, ...]:
        """Where each group stands among them."""
        ends = np.cumsum([0, *(len(group.rows) for group in self.groups)])
        return tuple(slice(int(low), int(high)) for low, high in pairwise(ends))


def points_of(problem: Problem, figures: int) -> Points:
    """The rows to draw where a page has so many ``figures``: evenly chosen, in groups by names or by their part."""
    every = np.sort(np.concatenate([problem.train_rows, problem.held_out_rows]))
    most = max(FEWEST_DRAWN, min(MOST_DRAWN, MOST_DRAWN_IN_ALL // max(1, figures)))
    if len(every) > most:
        every = every[np.unique(np.linspace(0, len(every) - 1, most).round().astype(np.int64))]
    total = len(problem.train_rows) + len(problem.held_out_rows)
    for label in problem.table.labels:
        names = problem.table.label(label)
        counts = Counter(names[row] for row in every)
        if 2 <= len(counts) <= MOST_COLOURS and 2 * len(counts) <= len(every):
            groups = [(name, [row for row in every if names[row] == name]) for name in counts]
            return Points(tuple(Group(name, np.array(rows)) for name, rows in groups), label, total)
    if not len(problem.held_out_rows):
        return Points((Group("", every),), "", total)
    held_out = np.isin(every, problem.held_out_rows)
    return Points((Group("training", every[~held_out]), Group("held out", every[held_out])), "part", total)


def words_of(problem: Problem, expressions: tuple[Expression, ...], points: Points) -> list[list[str]]:
    """A line for each row that is drawn, in the order of the groups: its names, the target, and what the laws hold."""
    from symreg.formula import variables_of

    used = dict.fromkeys(name for one in expressions for name in variables_of(one))
    shown = [problem.target, *(name for name in problem.inputs if name in used)][:MOST_VALUES]
    return [[_line(problem, int(row), shown) for row in group.rows] for group in points.groups]


def _line(problem: Problem, row: int, shown: list[str]) -> str:
    table = problem.table
    names = " · ".join(shortened(table.label(label)[row], LONGEST_LABEL) for label in table.labels)
    said = []
    for name in shown:
        column = table[name]
        value = f"{number_text(float(column.user_numbers[row]), 4)} {unit_plain(column.unit.text)}".strip()
        said.append(f"{shortened(name, LONGEST_LABEL)} = {value}")
    return f"{names or f'row {row + 1}'}: {', '.join(said)}"
