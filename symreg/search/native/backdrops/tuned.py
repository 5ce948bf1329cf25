"""Parts in which one thing is tuned finely: ``sin(u + k*v)``, ``tan(k*u)``, ``cos(sin(k*u))``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from symreg.formula import Apply, Constant, Expression, complexity
from symreg.search.native.skeletons import Argument, Chain, Columns, Inputs, Part, Plain, Step, Wave, singles

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
PHASE = 0.7
"""By which a phase changes over all rows from one constant tried to the next."""

FINEST = 600
"""Constants of one sign."""

TUNED_FUNCTIONS = {"sin": np.sin, "cos": np.cos, "tan": np.tan, "exp": np.exp, "sqrt": np.sqrt, "log": np.log}
MOST_ARGUMENTS = 12
"""Arguments of fine parts. ``tuned`` and ``shared`` take every ordered pair, 132 of 12, each with up to 1,200
constants: time goes as the square. What comes late is left out: roots, cubes and inverses, then ratios. Set by hand."""


@dataclass(frozen=True, slots=True)
class Tuned:
    """``f(u + k*v)`` with a grid of ``k`` that is fine enough for a wave; a sine stands beside its cosine."""

    first: Argument
    second: Argument
    function: str  # sin stands for both

    @property
    def n_inner(self) -> int:
        """The constant."""
        return 1

    @property
    def n_columns(self) -> int:
        """Two of a wave."""
        return 2 if self.function == "sin" else 1

    @property
    def is_log(self) -> bool:
        """No."""
        return False

    @property
    def size(self) -> int:
        """Nodes."""
        return complexity(self.first.tree) + complexity(self.second.tree) + 4

    @property
    def bits(self) -> float:
        """None: its place says how rare it is."""
        return 0.0

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for equal parts."""
        return self.first.tree, self.second.tree, self.function

    @property
    def inputs(self) -> frozenset[int]:
        """Places of the inputs in it."""
        return self.first.inputs | self.second.inputs

    def columns(self, rows: Rows, sizes: Sequence[int]) -> Columns:
        """Its columns for constants of both signs, see ``Part``."""
        u, v = self.first.values[rows], self.second.values[rows]
        half = PHASE / np.ptp(v) * np.arange(1, FINEST + 1)
        k = np.concatenate([-half, half])[:, None]
        phase = u + k * v
        if self.first.inputs != self.second.inputs:  # which is tried is all that is asked
            phase = phase.astype(np.float32)
        values = self._of(phase)
        good = np.isfinite(values).all(axis=(1, 2))
        return Columns(k[good], values[good])

    def at(self, rows: Rows, inner: Floats) -> Floats:
        """Its columns for one constant, see ``Part``."""
        return np.asarray(self._of((self.first.values[rows] + inner[0] * self.second.values[rows])[None, :])[0])

    def _of(self, phase: Floats) -> Floats:
        if self.function == "sin":
            return np.stack([np.sin(phase), np.cos(phase)], axis=1)
        return np.asarray(TUNED_FUNCTIONS[self.function](phase)[:, None, :])

    def inside(self, inner: Sequence[Constant]) -> Expression:
        """The tree without a phase."""
        return Apply(self.function, (self._phase(inner),))

    def _phase(self, inner: Sequence[Constant]) -> Expression:
        return Apply("+", (self.first.tree, Apply("*", (inner[0], self.second.tree))))

    def write(self, inner: Sequence[Constant], outer: Sequence[Constant]) -> Expression:
        """With a factor, and a phase where it is a wave."""
        phase = self._phase(inner)
        if self.function == "sin":
            phase = Apply("+", (phase, outer[1]))
        return Apply("*", (outer[0], Apply(self.function, (phase,))))

    def outer(self, coefficients: Floats) -> Floats:
        """Amplitude and phase, or a factor."""
        if self.function != "sin":
            return coefficients
        return np.array([np.hypot(*coefficients), np.arctan2(coefficients[1], coefficients[0])])


class Swift(Wave):
    """A wave that may turn many times between two rows: of exact rows each frequency leaves something else."""

    def columns(self, rows: Rows, sizes: Sequence[int]) -> Columns:
        """Sine and cosine on a long grid of frequencies, see ``Part``."""
        values = self.base.at(rows, np.empty(0))[0]
        rates = PHASE / np.ptp(values) * np.arange(1, SWIFTEST + 1)[:, None]
        phase = rates * values
        return Columns(rates, np.stack([np.sin(phase), np.cos(phase)], axis=1))


SWIFTEST = 1_200
"""Frequencies of a swift wave: up to a hundred turns and more over all rows."""


def swift(inputs: Inputs) -> Iterator[Part]:
    """Swift waves of inputs, squares, products and ratios."""
    if "sin" in inputs.space.operators:
        for one in arguments(inputs):
            yield Swift(Chain(one))


def _frequencies(values: Floats, size: int) -> Floats:
    span = np.maximum(np.ptp(values, axis=1, keepdims=True), 1e-300)
    return np.asarray(PHASE / span * np.arange(1, size + 1))


def _turning(name: str, function: Callable[[Floats], Floats]) -> Step:
    return Step(
        name, _frequencies, lambda v, k: function(k * v), lambda t, k: Apply(name, (Apply("*", (k, t)),))
    )


SINE, COSINE, TANGENT = _turning("sin", np.sin), _turning("cos", np.cos), _turning("tan", np.tan)
AROUND = ("sin", "cos", "exp", "tan", "inv", "log", "sqrt")
PLAIN = {name: Plain(name, function) for name, function in {**TUNED_FUNCTIONS, "inv": np.reciprocal}.items()}


# Where roots and logarithms are defined on every row is a narrow wedge of shares, which no grid hits.
WIDE = {
    **PLAIN,
    "sqrt": Plain("sqrt", lambda values: np.sqrt(np.abs(values))),
    "log": Plain("log", lambda values: np.log(np.abs(values))),
}  # fmt: skip


def arguments(inputs: Inputs) -> list[Argument]:
    """What stands in fine parts: inputs, squares, products and ratios, inverses."""
    found = singles(inputs)
    found += [one for place in inputs.places for one in inputs.powers(place, (Fraction(2),))]
    found += [one for one in inputs.pairs() if isinstance(one.tree, Apply) and one.tree.operator in "*/"]
    later = (Fraction(-1), Fraction(3), Fraction(1, 2))
    found += [one for place in inputs.places for one in inputs.powers(place, later)]
    each = {one.tree: one for one in found}
    return list(each.values())[:MOST_ARGUMENTS]


def tuned(inputs: Inputs) -> Iterator[Part]:
    """Functions of one argument and a share of another."""
    every = arguments(inputs)
    for name in ("sin", "tan"):
        if name in inputs.space.operators:
            for first in every:
                for second in every:
                    if first is not second:
                        yield Tuned(first, second, name)


def shared(inputs: Inputs) -> Iterator[Part]:
    """The same for functions that change slowly."""
    every = arguments(inputs)
    for first in every:
        for second in every:
            if first is not second:
                for name in ("sqrt", "log", "exp", "inv"):
                    if name in inputs.space.operators:
                        yield Chain(first, (WIDE[name],), second)


def nested(inputs: Inputs) -> Iterator[Part]:
    """Functions of waves and of tangents of any frequency, and these tangents."""
    operators = inputs.space.operators
    for argument in arguments(inputs):
        if "tan" in operators:
            yield Chain(argument, (TANGENT,))
        for inner in (SINE, COSINE, TANGENT):
            for name in AROUND if inner.name in operators else ():
                if name in operators:
                    yield Chain(argument, (inner, PLAIN[name]))


def waves_of(terms: Sequence[Argument]) -> Iterator[Part]:
    """Waves and tangents of any frequency of these terms."""
    for one in terms:
        yield Wave(Chain(one))
    for one in terms:
        yield Chain(one, (TANGENT,))
