"""A question to the search: which column, from which others, with which constants, operators and rows.

Whatever the units forbid is said here, before any search, in a sentence that names what is missing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from symreg.arrays import Floats, Rows, read_only, read_only_rows
from symreg.mapped import is_long
from symreg.problem.constants import FreeConstants, KnownConstant
from symreg.problem.constraints import Constraints
from symreg.problem.loss import Loss
from symreg.problem.rows import (
    LongCounts,
    LongSizes,
    combed,
    counts_beside_trend,
    groups_of_copies,
    left_out_with_copies,
    long_counts,
    long_sizes,
    sizes_of,
    turns_of,
)
from symreg.problem.template import Template
from symreg.tables import Column, Table
from symreg.typesetting import bundle, told
from symreg.units import si_unit

if TYPE_CHECKING:
    from symreg.formula import Expression
    from symreg.problem.summary import ProblemDescription
    from symreg.units import Dimension

THINNED_ROWS = 50_000
"""Rows on which candidates are fitted, rewritten and compared, and on which it is looked at a law of a long table:
numbers are told from each other to 0.5 % of the noise on so many. All of five million took half a minute."""

AT_ONCE_ROWS = 250_000
"""Rows of a long table that laws are fitted to where a loss, limits, errors of inputs or folds ask for more than sums
over rows: dozens of fits of a dozen laws take seconds. More takes longer than people wait; set by hand."""


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Everything a search needs to know; made by ``make_problem``.

    ``train_rows`` ``(n_train,)`` and ``held_out_rows`` ``(n_held_out,)`` are numbers of rows, from 0 and in order;
    ``folds`` is 0 where nothing is cross-validated. ``noise`` says how errors of the target go where none are stated:
    alike in all rows, or a part of each value. ``sizes`` are the values, in SI, that errors are a part of, shape
    ``(n_rows,)``: the target's trend (``trend``); None where errors are no part of anything. ``row_weights`` are the
    user's, shape ``(n_rows,)``: the variance of a row's error goes with the inverse of its weight, rows without any are
    neither trained nor judged on; None where all are alike. ``counts`` ``(n_rows,)`` say of a robust loss how much each
    row counts beside the target's trend, before any law is known (``outlying``). With ``may_change_loss`` a search may
    find that squares are not how residuals count (``with_long_tails``). Of a long table row numbers may lie in files,
    and ``sizes`` and ``counts`` are values of a trend that are made where they are asked for.
    """

    name: str
    table: Table
    target: str
    inputs: tuple[str, ...]
    known_constants: tuple[KnownConstant, ...]
    free_constants: FreeConstants
    operators: tuple[str, ...]
    constraints: Constraints
    guesses: tuple[Expression, ...]
    train_rows: Rows
    held_out_rows: Rows
    seed: int
    notes: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()  # of the known constants, those that nobody named
    template: Template | None = None
    folds: int = 0
    noise: Literal["constant", "relative"] = "constant"
    sizes: Floats | LongSizes | None = None
    loss: Loss = "squared"
    may_change_loss: bool = False
    row_weights: Floats | None = None
    counts: Floats | LongCounts | None = None
    sample_of: Problem | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "train_rows", read_only_rows(self.train_rows))
        object.__setattr__(self, "held_out_rows", read_only_rows(self.held_out_rows))

    @property
    def leave_one_out(self) -> bool:
        """Whether laws are ranked by leaving out one row at a time, because no rows are held out."""
        return self.held_out_rows.size == 0 and not self.folds

    @property
    def judge(self) -> str:
        """By which rows laws are ranked: "held-out", "leave-one-out", or "5-fold" (cross-validated)."""
        return f"{self.folds}-fold" if self.folds else "leave-one-out" if self.leave_one_out else "held-out"

    @property
    def left_out_together(self) -> tuple[Rows, ...]:
        """Places among the training rows that one refit does without, ``(n_left_out,)`` for each refit.

        Each place stands in one of them, copies of a row in the same; there are none where rows are held out.
        """
        n_rows = len(self.train_rows)
        if self.folds:
            shuffled = np.random.default_rng([self.seed, self.folds]).permutation(n_rows)
            parts = tuple(read_only_rows(np.sort(part)) for part in np.array_split(shuffled, self.folds))
        elif self.leave_one_out:
            parts = tuple(read_only_rows([row]) for row in range(n_rows))
        else:
            return ()
        rows = self.train_rows
        copies = groups_of_copies(np.vstack([self.matrix(rows).reshape(-1, n_rows), self.target_values(rows)]))
        return parts if copies is None else left_out_with_copies(parts, copies)

    @property
    def is_long(self) -> bool:
        """Whether there are so many rows that what looks at all of them does so part by part."""
        return is_long(len(self.train_rows) + len(self.held_out_rows))

    def thinned(self, most: int = THINNED_ROWS, seed: int | None = None) -> Problem:
        """The problem on ``most`` of its rows, drawn by its seed or another at random, of those to train and of those
        held out; itself where there are no more. Of a long table these rows alone are in the table of what is returned.
        """
        if max(len(self.train_rows), len(self.held_out_rows)) <= most:
            return self
        generator = np.random.default_rng([self.seed if seed is None else seed, most])

        def some(rows: Rows) -> Rows:
            if len(rows) <= most:
                return rows
            return np.sort(rows[generator.choice(len(rows), size=most, replace=False)])

        train, held_out = some(self.train_rows), some(self.held_out_rows)
        return self._of(train, held_out) if self.is_long else replace(self, train_rows=train, held_out_rows=held_out)

    def combed(self, most: int = AT_ONCE_ROWS) -> Problem:
        """The problem on the first turns of its rows (``rows.combed``), about ``most`` of those to train and as large a
        part of those held out; itself where there are no more."""
        if len(self.train_rows) <= most:
            return self
        part = most / len(self.train_rows)
        train, held_out = (
            np.sort(np.concatenate([*combed(rows, self.seed, max(1, int(part * turns_of(len(rows))))), rows[:0]]))
            for rows in (self.train_rows, self.held_out_rows)
        )
        return self._of(train, held_out)

    def _of(self, train: Rows, held_out: Rows) -> Problem:
        """The problem on these rows, which alone are in its table."""
        rows = np.sort(np.concatenate([train, held_out]))
        each = (self.sizes, self.counts, self.row_weights)
        sizes, counts, weights = (None if one is None else one[rows] for one in each)
        return replace(
            self, table=self.table.at(rows), train_rows=np.searchsorted(rows, train),
            held_out_rows=np.searchsorted(rows, held_out), sizes=sizes, counts=counts, row_weights=weights,
            sample_of=self,
        )  # fmt: skip

    @property
    def target_column(self) -> Column:
        """The column to be explained."""
        return self.table[self.target]

    @property
    def dimensions(self) -> dict[str, Dimension]:
        """Dimensions of the inputs and the known constants, by name."""
        found = {name: self.table[name].unit.dimension for name in self.inputs}
        return found | {constant.name: constant.unit.dimension for constant in self.known_constants}

    @property
    def units_of_inputs(self) -> dict[str, KnownConstant]:
        """One of the unit of each input that has a dimension, by the input: what it is over in a logarithm or a power.

        ``k*(dK/dK_unit)**n`` has a ``k`` of the target's unit whatever ``n`` is.
        """
        taken = {*self.dimensions, self.target}
        found = {}
        for name in self.inputs:
            unit = self.table[name].unit
            if not unit.dimension.is_dimensionless:
                label = f"{name}_unit"
                while label in taken:
                    label += "_"
                one = si_unit(unit.dimension) if unit.offset else unit  # of a temperature scale, its degrees
                found[name] = KnownConstant(label, one.scale, 0.0, one)
        return found

    @property
    def known_values(self) -> dict[str, float]:
        """SI values of the known constants, by name."""
        return {constant.name: constant.value for constant in self.known_constants}

    def matrix(self, rows: Rows) -> Floats:
        """Inputs in SI at these rows, shape ``(n_inputs, n_rows)``, C-contiguous."""
        if not self.inputs:
            return np.empty((0, len(rows)))
        return np.stack([self.table[name].values[rows] for name in self.inputs])

    def target_values(self, rows: Rows) -> Floats:
        """The target in SI at these rows, shape ``(n_rows,)``."""
        return self.target_column.values[rows]

    def weights(self, rows: Rows) -> Floats | None:
        """``1 / sigma**2`` of the target in SI at these rows, ``(n_rows,)``, or None where all rows count alike.

        Where the size of errors is not known, only how they go, the weights' geometric mean is one, so that
        likelihoods with them and without can be compared.
        """
        sigma = self.sigma(rows)
        if sigma is not None:
            return np.asarray(1.0 / sigma**2)
        ratios = self.ratios(rows)
        if ratios is None:
            return None
        logs = np.log(ratios)
        return np.asarray(np.exp(2 * (logs.mean() - logs)))

    def search_weights(self, rows: Rows) -> Floats | None:
        """The weights ``(n_rows,)`` with which laws are looked for: less for rows that lie off the target's trend."""
        weights = self.weights(rows)
        if self.counts is None:
            return weights
        return np.asarray(self.counts[rows] if weights is None else weights * self.counts[rows])

    def sigma(self, rows: Rows) -> Floats | None:
        """Stated standard deviations of the target in SI at these rows, ``(n_rows,)``; None where none are stated.

        Over the roots of the rows' own weights, where they have any.
        """
        column = self.target_column
        found = None if column.sigma is None else column.sigma[rows]
        if column.errors is not None and self.sizes is not None:
            found = column.errors.at(self.sizes[rows], abs(column.unit.scale))
        return found if found is None or self.row_weights is None else found / np.sqrt(self.row_weights[rows])

    def ratios(self, rows: Rows) -> Floats | None:
        """How errors that nobody states go with each other at these rows, ``(n_rows,)``: with the sizes in SI where
        they are a part of each, with the inverse root of the rows' weights; None where they are alike.
        """
        if self.row_weights is None:
            return None if self.sizes is None else self.sizes[rows]
        return np.asarray((1.0 if self.sizes is None else self.sizes[rows]) / np.sqrt(self.row_weights[rows]))

    def with_relative_errors(self) -> Problem:
        """The same, where errors that nobody states are a part of each value."""
        if self.loss == "log":  # they are that already
            return self
        found = with_sizes(replace(self, noise="relative"))
        return found if found.sizes is not None and found.sizes.all() else replace(found, sizes=None)

    def with_long_tails(self) -> Problem:
        """The same, where some rows are far off: under the loss "student"."""
        return with_counts(replace(self, loss="student", may_change_loss=False))

    @property
    def may_change_noise(self) -> bool:
        """Whether a search may find that errors grow: nobody said how they go."""
        return not self.states_errors and self.row_weights is None and self.noise == "constant" and self.loss != "log"

    @property
    def states_errors(self) -> bool:
        """Whether the target's uncertainties are stated, and not only how they go."""
        return self.target_column.sigma is not None

    def describe(self) -> ProblemDescription:
        """What the data and the units say before any search."""
        from symreg.problem.summary import describe

        return describe(self)

    def __repr__(self) -> str:
        units = {name: self.table[name].unit.in_headers for name in (self.target, *self.inputs)}
        target, *inputs = (f"{name} [{unit}]" for name, unit in units.items())
        constants = "".join(f", {one.name}" for one in self.known_constants)
        return told("Problem", f"{self.name}: {target} from {', '.join(inputs)}{constants}; {self.table.n_rows} rows")

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        from symreg.problem.summary import description_html

        return bundle(repr(self), description_html(self.describe()))

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle through the constructor, which makes the row numbers read-only again; a sample leaves the rest behind.
        """
        fields = {each: getattr(self, each) for each in Problem.__dataclass_fields__} | {"sample_of": None}
        return Problem, tuple(fields.values())


def with_counts(problem: Problem) -> Problem:
    """The same problem with what each row counts beside the trend; rows that are held out have no part in that."""
    if is_long(problem.table.n_rows):
        columns, target = _columns(problem)
        return replace(problem, counts=long_counts(columns, target, problem.train_rows))
    counts, rows = np.ones(problem.table.n_rows), problem.train_rows
    counts[rows] = counts_beside_trend(problem.matrix(rows), problem.target_values(rows))
    return replace(problem, counts=read_only(counts))


def with_sizes(problem: Problem) -> Problem:
    """The same problem, with the trend of its target; rows that are held out have no part in that of the others."""
    column, train = problem.target_column, problem.train_rows
    if is_long(problem.table.n_rows):
        share = None if column.errors is None else column.errors.share
        return replace(problem, sizes=long_sizes(*_columns(problem), train, share))
    every = np.arange(problem.table.n_rows)
    share = None if column.errors is None else column.errors.share
    sizes = sizes_of(problem.matrix(every), column.values, share)
    sizes[train] = sizes_of(problem.matrix(train), column.values[train], share)
    return replace(problem, sizes=read_only(sizes))


def _columns(problem: Problem) -> tuple[list[Floats], Floats]:
    """All rows of the inputs and of the target, as the table holds them."""
    return [problem.table[name].values for name in problem.inputs], problem.target_column.values
