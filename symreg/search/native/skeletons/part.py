"""Parts: what a law is a sum or a product of: steps around an argument, each with a constant inside.

``1/(k2 + exp(k1*t))`` is the argument ``t`` with the steps ``exp`` and ``inv``. A part is looked at on a grid of its
constants, the outer one's laid out for each value of the inner one's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from symreg.formula import Apply, Constant, Expression, complexity
from symreg.search.native.skeletons.argument import Argument
from symreg.search.native.skeletons.step import Plain, Step

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
DIMENSIONLESS_STEPS = frozenset({"exp", "pow", "log", "tanh", "atan", "bose", "fermi"})  # what comes out is a number
WAVE_BITS = 2.0
"""A sine of any frequency follows more than an exponential does, and is rarer in laws."""

LEAST_CHANGE = 1e-9
"""Of its size by which a column has to change over the rows: less is rounding beside a constant."""


@dataclass(frozen=True, slots=True)
class Columns:
    """A part on a grid: constants ``(g, n_inner)`` and, for each of its ``b`` columns, values ``(g, b, n_rows)``."""

    constants: Floats
    values: Floats


class Part(Protocol):
    """What can be a term: it has columns on a grid and can be written with its constants' names."""

    @property
    def n_inner(self) -> int:
        """Constants inside."""
        ...

    @property
    def n_columns(self) -> int:
        """Columns with a linear coefficient each."""
        ...

    @property
    def is_log(self) -> bool:
        """Whether it is a logarithm: in a product, a factor to a power."""
        ...

    @property
    def size(self) -> int:
        """Nodes, roughly."""
        ...

    @property
    def bits(self) -> float:
        """How rare its functions are in laws, beyond what its place in a list says."""
        ...

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for equal parts."""
        ...

    @property
    def inputs(self) -> frozenset[int]:
        """Places of the inputs in it."""
        ...

    def columns(self, rows: Rows, sizes: Sequence[int]) -> Columns:
        """Its columns at these rows, with grids of these sizes, the innermost first."""
        ...

    def at(self, rows: Rows, inner: Floats) -> Floats:
        """Its columns at these rows for one choice of constants, ``(b, n_rows)``; NaN where undefined."""
        ...

    def write(self, inner: Sequence[Constant], outer: Sequence[Constant]) -> Expression:
        """The part with its linear coefficients."""
        ...

    def inside(self, inner: Sequence[Constant]) -> Expression:
        """The part without a factor."""
        ...

    def outer(self, coefficients: Floats) -> Floats:
        """Values of the outer constants as written, for the coefficients of its columns, both ``(n_columns,)``."""
        ...


@dataclass(frozen=True, slots=True)
class Chain:
    """Steps around an argument, or around ``argument + k*beside``; without steps the argument alone."""

    argument: Argument
    steps: tuple[Step | Plain, ...] = ()
    beside: Argument | None = None

    @property
    def n_inner(self) -> int:
        """Constants inside."""
        return (self.beside is not None) + sum(isinstance(step, Step) for step in self.steps)

    @property
    def n_columns(self) -> int:
        """One."""
        return 1

    @property
    def bits(self) -> float:
        """Those of its steps."""
        return sum(step.bits for step in self.steps if isinstance(step, Step))

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for equal chains."""
        beside = None if self.beside is None else self.beside.tree
        return (self.argument.tree, beside, *(step.name for step in self.steps))

    @property
    def inputs(self) -> frozenset[int]:
        """Places of the inputs in it."""
        return self.argument.inputs | (frozenset() if self.beside is None else self.beside.inputs)

    @property
    def wants_pure(self) -> bool:
        """Whether the argument has to be a number: a logarithm or a power stands around it with nothing between."""
        for step in self.steps:
            if isinstance(step, Step) and step.is_pure:
                return True
            if step.name in DIMENSIONLESS_STEPS:
                return False
        return False

    def _of(self, argument: Argument) -> Floats:
        return argument.pure_values if self.wants_pure else argument.values

    def columns(self, rows: Rows, sizes: Sequence[int]) -> Columns:
        """Its columns at these rows, see ``Part``."""
        values, constants, size = self._of(self.argument)[rows][None, :], np.empty((1, 0)), iter(sizes)
        if self.beside is not None:
            other = self._of(self.beside)[rows]
            shares = blends(next(size)) * np.ptp(values) / np.ptp(other)
            values, constants = values + shares[:, None] * other, shares[:, None]
        with np.errstate(all="ignore"):
            for step in self.steps:
                if isinstance(step, Plain):
                    values = step.apply(values)
                    continue
                k = step.grid(values, next(size))
                values = step.apply(values[:, None, :], k[:, :, None]).reshape(-1, values.shape[1])
                constants = np.column_stack([np.repeat(constants, k.shape[1], axis=0), k.reshape(-1)])
                good = np.isfinite(values).all(axis=1) & np.isfinite(constants).all(axis=1)
                values, constants = values[good], constants[good]
                if not len(values):
                    return Columns(constants, values[:, None, :])
            change = np.ptp(values, axis=1) > LEAST_CHANGE * np.abs(values).max(axis=1)
            good = change & np.isfinite(values).all(axis=1) & (np.abs(values).max(axis=1) < 1e100)
        return Columns(constants[good], values[good][:, None, :])

    def at(self, rows: Rows, inner: Floats) -> Floats:
        """Its column for one choice of constants, see ``Part``."""
        values, names = self._of(self.argument)[rows], iter(inner)
        if self.beside is not None:
            values = values + next(names) * self._of(self.beside)[rows]
        with np.errstate(all="ignore"):
            for step in self.steps:
                values = step.apply(values, next(names)) if isinstance(step, Step) else step.apply(values)
        return values[None, :]

    @property
    def size(self) -> int:
        """Nodes of the argument and what stands around it."""
        return complexity(self.argument.tree) + 2 * len(self.steps) + (0 if self.beside is None else 2)

    @property
    def is_log(self) -> bool:
        """Whether a logarithm stands outermost."""
        tree = self.argument.tree
        return self.steps[-1].name == "log" if self.steps else isinstance(tree, Apply) and tree.operator == "log"

    def inside(self, inner: Sequence[Constant]) -> Expression:
        """The tree of the chain."""
        tree, names = self.argument.pure if self.wants_pure else self.argument.tree, iter(inner)
        if self.beside is not None:
            other = self.beside.pure if self.wants_pure else self.beside.tree
            tree = Apply("+", (tree, Apply("*", (next(names), other))))
        for step in self.steps:
            tree = step.write(tree, next(names)) if isinstance(step, Step) else step.write(tree)
        return tree

    def write(self, inner: Sequence[Constant], outer: Sequence[Constant]) -> Expression:
        """The chain with a factor in front."""
        return Apply("*", (outer[0], self.inside(inner)))

    def outer(self, coefficients: Floats) -> Floats:
        """The factor, see ``Part``."""
        return coefficients


@dataclass(frozen=True, slots=True)
class Wave:
    """A sine of any frequency and phase, ``k1*sin(k2*u + k3)``, perhaps in an envelope."""

    base: Chain
    envelope: Chain | None = None

    @property
    def n_inner(self) -> int:
        """The frequency, and what base and envelope hold."""
        return self.base.n_inner + 1 + (0 if self.envelope is None else self.envelope.n_inner)

    @property
    def n_columns(self) -> int:
        """Sine and cosine."""
        return 2

    @property
    def is_log(self) -> bool:
        """No."""
        return False

    @property
    def size(self) -> int:
        """Nodes of base and envelope, and the sine."""
        return self.base.size + 3 + (0 if self.envelope is None else self.envelope.size)

    @property
    def bits(self) -> float:
        """Those of base and envelope, and of the sine."""
        return WAVE_BITS + self.base.bits + (0.0 if self.envelope is None else self.envelope.bits)

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for equal waves."""
        return (self.base.key, "wave", *(() if self.envelope is None else self.envelope.key))

    @property
    def inputs(self) -> frozenset[int]:
        """Places of the inputs in it."""
        return self.base.inputs | (frozenset() if self.envelope is None else self.envelope.inputs)

    def columns(self, rows: Rows, sizes: Sequence[int]) -> Columns:
        """Sine and cosine on a grid of frequencies, fine enough to see each."""
        inside = self.base.columns(rows, sizes[: self.base.n_inner])
        values = inside.values[:, 0]
        most = min(STEPS_OF_FREQUENCY * sizes[self.base.n_inner], 2 * len(rows))
        rates = FREQUENCY_STEP * np.arange(1, most + 1) / np.ptp(values, axis=1, keepdims=True)
        phase = (rates[:, :, None] * values[:, None, :]).reshape(-1, len(rows))
        both = np.stack([np.sin(phase), np.cos(phase)], axis=1)
        constants = np.column_stack([np.repeat(inside.constants, most, axis=0), rates.reshape(-1)])
        if self.envelope is not None:
            around = self.envelope.columns(rows, sizes[self.base.n_inner + 1 :])
            both = (around.values[:, None] * both[None]).reshape(-1, 2, len(rows))
            constants = np.column_stack(
                [np.tile(constants, (len(around.values), 1)), np.repeat(around.constants, len(constants), axis=0)]
            )
        good = np.isfinite(both).all(axis=(1, 2))
        return Columns(constants[good], both[good])

    def at(self, rows: Rows, inner: Floats) -> Floats:
        """Sine and cosine for one choice of constants, see ``Part``."""
        own = self.base.n_inner
        phase = inner[own] * self.base.at(rows, inner[:own])[0]
        both = np.stack([np.sin(phase), np.cos(phase)])
        return both if self.envelope is None else both * self.envelope.at(rows, inner[own + 1 :])

    def inside(self, inner: Sequence[Constant]) -> Expression:
        """The sine alone, without a phase."""
        own = self.base.n_inner
        return Apply("sin", (Apply("*", (inner[own], self.base.inside(inner[:own]))),))

    def write(self, inner: Sequence[Constant], outer: Sequence[Constant]) -> Expression:
        """Amplitude, envelope and sine."""
        own = self.base.n_inner
        phase = Apply("+", (Apply("*", (inner[own], self.base.inside(inner[:own]))), outer[1]))
        wave: Expression = Apply("sin", (phase,))
        if self.envelope is not None:
            wave = Apply("*", (self.envelope.inside(inner[own + 1 :]), wave))
        return Apply("*", (outer[0], wave))

    def outer(self, coefficients: Floats) -> Floats:
        """Amplitude and phase, see ``Part``."""
        return np.array([np.hypot(*coefficients), np.arctan2(coefficients[1], coefficients[0])])


def blends(size: int) -> Floats:
    """Shares of a second argument beside a first, over what both span: of either sign, from a tenth to ten times."""
    half = np.geomspace(0.1, 10.0, max(2, size // 2))
    return np.concatenate([-half[::-1], half])


FREQUENCY_STEP = 0.8
"""Of the phase over all rows between one frequency tried and the next; a fit finds its way from a quarter of a turn."""

STEPS_OF_FREQUENCY = 4
"""Frequencies for each value of another constant's grid: they need a finer one."""
