"""A question to the search: which column, from which others, with which constants, operators and rows.

Whatever the units forbid is said here, before any search, in a sentence that names what is missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from symreg.table import Column, Floats, Table

if TYPE_CHECKING:
    from symreg.dimension import Dimension
    from symreg.expression import Expression
    from symreg.units import Unit

Rows = npt.NDArray[np.int64]

DEFAULT_OPERATORS = (
    "+", "-", "*", "/", "neg", "inv", "square", "cube", "sqrt", "pow",
    "exp", "log", "sin", "cos", "tan", "asin", "acos", "atan", "tanh",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class KnownConstant:
    """A constant whose value is given: ``value`` and ``stderr`` in SI, ``unit`` as the user wrote it."""

    name: str
    value: float
    stderr: float
    unit: Unit


@dataclass(frozen=True, slots=True)
class FreeConstants:
    """Which units a fitted coefficient may carry: none, powers and products of ``units``, or whatever a law needs."""

    policy: Literal["dimensionless", "declared", "inferred"] = "dimensionless"
    units: tuple[Unit, ...] = ()


@dataclass(frozen=True, slots=True)
class Constraints:
    """Limits on the form of a law; ``nested["sin"]["cos"] = 1`` allows one cosine at most inside a sine."""

    max_complexity: int = 30
    nested: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Everything a search needs to know; made by ``make_problem``."""

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

    @property
    def leave_one_out(self) -> bool:
        """Whether laws are ranked by leaving out one row at a time, because no rows are held out."""
        return self.held_out_rows.size == 0

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
        """``1 / sigma**2`` of the target in SI at these rows, or None where no uncertainty is known."""
        sigma = self.target_column.sigma
        return None if sigma is None else 1.0 / sigma[rows] ** 2


def make_problem(
    table: Table,
    *,
    target: str | None = None,
    inputs: Sequence[str] | None = None,
    constants: Sequence[str | KnownConstant | Mapping[str, Any]] = (),
    free_constants: str | Sequence[str] | FreeConstants = "auto",
    operators: Sequence[str] | None = None,
    constraints: Constraints | None = None,
    guesses: Sequence[Any] = (),
    test_fraction: float = 0.25,
    seed: int = 0,
    name: str = "problem",
) -> Problem:
    """Check the question against the units and split the rows; raises before any search."""
    raise NotImplementedError
