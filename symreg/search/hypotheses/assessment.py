"""Assessment: hypotheses fitted to the rows of a search, those that hold and the reasons against the others.

A constant that does not stand as a mere factor is tried from several sizes, since nobody says where to start. A
hypothesis is worse than another one that is no longer, has no more constants and clearly the smaller residuals.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from symreg.arrays import Rows
from symreg.engine import Engine, Fit, Outcome, Program
from symreg.engine.reference import linear_constants
from symreg.formula import complexity, lower, to_text
from symreg.problem import Candidate, most_constants
from symreg.search.native import Floats, Probes, target_at
from symreg.search.rejection import Fault, Rejection, rejection
from symreg.search.space import SearchSpace

START_SIZES = (1.0, 0.05, 20.0)  # in natural units, where columns are of order one
MOST_STARTS = 27
"""Fits of one hypothesis: three sizes for each of three constants that are no mere factors, 3**3. Of more such
constants only the last ones are moved; all sizes of each would triple the fits with every constant."""

CLEARLY = 1.05  # times the residual sum: a difference that the choice of rows does not make
EXACT_RESIDUAL = 1e-20  # of the target's spread: residuals below are rounding


@dataclass(frozen=True, slots=True)
class Assessed:
    """A candidate with its constants fitted; ``loss`` is the residual sum over the target's spread."""

    candidate: Candidate
    loss: float
    complexity: int

    @property
    def text(self) -> str:
        """The formula."""
        return to_text(self.candidate.expression)

    def beats(self, other: Assessed) -> bool:
        """Whether nothing speaks for the other: it is no shorter, has no fewer constants and fits clearly worse."""
        shorter = self.complexity <= other.complexity
        fewer = len(self.candidate.constants) <= len(other.candidate.constants)
        return shorter and fewer and CLEARLY * max(self.loss, EXACT_RESIDUAL) < other.loss

    def __str__(self) -> str:
        return f"'{self.text}' with {self.complexity} nodes and R2 = {1 - self.loss:.6g}"


@dataclass(slots=True, eq=False)
class Assessment:
    """What was tried so far on these rows of a space; ``known`` are known constants in natural units."""

    space: SearchSpace
    engine: Engine
    threads: int
    rows: Rows
    best: list[Assessed] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    evaluated: int = 0
    _known: Mapping[str, float] = field(init=False)
    _X: Floats = field(init=False)  # (n_inputs, n_rows)
    _probes: Probes = field(init=False)

    def __post_init__(self) -> None:
        space = self.space
        own = {space.own_names.get(name, name): value for name, value in space.known.items()}
        self._known = {**space.numbers, **own}
        self._X = np.ascontiguousarray(space.inputs[:, self.rows])
        self._probes = target_at(space, self.rows)

    @property
    def n_rows(self) -> int:
        """Rows that are fitted to."""
        return len(self.rows)

    def reject(self, formula: str, fault: Fault, reason: str, source: str) -> None:
        """Keep a reason."""
        self.rejections.append(rejection(formula, fault, reason, source))

    def take(self, candidates: Sequence[Candidate]) -> list[Assessed]:
        """Fit candidates and keep those that hold; of the others the reason is kept."""
        assessed = []
        for candidate, verdict in zip(candidates, self.fitted(candidates), strict=True):
            if isinstance(verdict, Assessed):
                assessed.append(verdict)
            else:
                reason = self._reason(candidate, verdict)
                self.reject(to_text(candidate.expression), verdict, reason, candidate.source)
        rivals = [*self.best, *assessed]
        held = []
        for one in assessed:
            better = min((rival for rival in rivals if rival.beats(one)), key=lambda rival: rival.loss, default=None)
            if better is None:
                held.append(one)
            else:
                reason = f"R2 = {1 - one.loss:.6g} is worse than {better}"
                self.reject(one.text, "worse", reason, one.candidate.source)
        self.best = [one for one in [*self.best, *held] if not any(rival.beats(one) for rival in held)]
        return held

    def fitted(self, candidates: Sequence[Candidate]) -> list[Assessed | Fault]:
        """Each candidate with its constants where they fit best, or what is wrong with it."""
        programs = [self._program(one) for one in candidates]
        most = most_constants(len(self.space.target))
        starts = [_starts(program) if program.n_free <= most else [] for program in programs]
        flat = [(program, start) for program, some in zip(programs, starts, strict=True) for start in some]
        if not flat:
            return ["undetermined" for _ in candidates]
        fits = iter(
            self.engine.fit_many(
                [program for program, _ in flat], self._X, self._probes.y, self._probes.weights,
                [start for _, start in flat], threads=self.threads,
            )
        )  # fmt: skip
        self.evaluated += len(flat)
        return [
            self._verdict(candidate, list(itertools.islice(fits, len(some)))) if some else "undetermined"
            for candidate, some in zip(candidates, starts, strict=True)
        ]

    def _verdict(self, candidate: Candidate, fits: Sequence[Fit]) -> Assessed | Fault:
        """The best of several fits of one candidate."""
        sound = [fit for fit in fits if math.isfinite(fit.residual_sum)]
        if not sound:
            return "domain"
        best = min(sound, key=lambda fit: fit.residual_sum)
        if best.outcome is Outcome.SINGULAR:
            return "undetermined"
        pairs = zip(candidate.constants, best.values, strict=True)
        constants = tuple(replace(constant, start=float(value)) for constant, value in pairs)
        loss = best.residual_sum / (self._probes.spread or 1.0)
        return Assessed(replace(candidate, constants=constants), loss, complexity(candidate.expression))

    def _reason(self, candidate: Candidate, fault: Fault) -> str:
        n_rows, n_constants = len(self.space.target), len(candidate.constants)
        if n_constants > most_constants(n_rows):
            return f"it has {n_constants} fitted constants, and {n_rows} rows bear {most_constants(n_rows)}"
        if fault == "undetermined":
            return Outcome.SINGULAR.value
        program = self._program(candidate)
        silent = ~np.isfinite(self.engine.evaluate(program, self._X, np.ones(program.n_free)))
        return f"it is undefined on {int(silent.sum()) or 'some'} of {self.n_rows} rows"

    def _program(self, candidate: Candidate) -> Program:
        names = [constant.name for constant in candidate.constants]
        return lower(candidate.expression, self.space.names, names, self._known)


def _starts(program: Program) -> list[npt.NDArray[np.float64]]:
    """Starting values: every constant at one, and those that are no mere factors at other sizes too."""
    linear = set(linear_constants(program).tolist())
    sizes = [(1.0,) if index in linear else START_SIZES for index in range(program.n_free)]
    return [np.array(some) for some in itertools.islice(itertools.product(*sizes), MOST_STARTS)]
