"""Laws fitted to all rows of a long table, and scored there, in passes over the table; memory holds one turn at a time.

A pass takes the rows turn by turn (``problem.rows.combed``), each turn for all laws. Of the Jacobian ``J`` and the
residuals ``r`` of a law only the triangle of ``[J | r]`` is kept: that of a turn is stacked below the one before and
reduced again by QR, so that ``J`` is never squared (the tall and skinny QR of Demmel et al. 2012,
"Communication-optimal parallel and sequential QR and LU factorizations", section 4). QR of two hundred thousand rows
and a handful of columns takes no longer than their products would, and constants that hang together keep twice as many
digits.

From a triangle comes a step of Gauss and Newton, which the next pass confirms, and damps where the sum of squares did
not fall. A law that is linear in its constants ends after one step. The others begin where a sample's fit ended, within
parts in hundreds of the answer, and each step squares what is left.

Where time is short, all laws are fitted to the turns that the time allows: to rows from the whole of the table, and to
the same rows.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from symreg.arrays import Floats, Rows
from symreg.engine import Engine, Outcome, Program
from symreg.engine.least_squares import (
    EXACT_RATIO,
    FIRST_DAMPING,
    SMALL_STEP,
    damped_step,
    nonzero,
    norm,
    unscaled_covariance,
)
from symreg.fitting.fitted import Fitted
from symreg.fitting.fitter import Fitter
from symreg.fitting.turns import Folding, Tally, Turn, sums_of
from symreg.formula import lower, variables_of
from symreg.problem import Problem, combed, turns_of

NEAR_ENOUGH = 1e-3
"""Standard errors that the next step would move the constants together: a law whose constants it moves by less is where
it ends. Less takes one more pass over the table and changes no digit that is printed."""

UNDAMPED = 1e-20
"""Damping of a step of Gauss and Newton, beside columns of unit norm: its root is far below what rounding leaves of a
direction that the rows determine, and keeps a step short along one that they do not."""

GROWTH = 8.0
"""Of the damping after a step that gained nothing: three of them turn a step of Gauss and Newton into a short one down
the slope. Set by hand."""

FIRST_PART = 0.45
"""Of the time for passes, at most, for the first; where it ends the others end. The second takes as long: with a half,
a machine that is busy would cut it short."""

JUDGING_PART = 0.1
"""Of the time for all, for the rows that are held out: a third of the others, which take no derivatives."""


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """A law as all rows have it: ``fitted`` to those that ``train`` counts, judged on those of ``held_out``; ``left``
    is how many standard errors the next step would have moved its constants."""

    fitted: Fitted
    train: Tally
    held_out: Tally
    left: float


@dataclass(slots=True, eq=False)
class _Seen:
    """What a pass has seen of a law at these constants ``(n_free,)``: after each turn its residuals and its
    triangle."""

    values: Floats
    tallies: list[Tally] = field(default_factory=list)
    triangles: list[Floats] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class _Course:
    """One law on its way: ``best`` is where its sum of squares was least, ``trial`` where the pass under way looks."""

    law: Fitted
    program: Program
    trial: _Seen
    best: _Seen | None = None
    damping: float = UNDAMPED
    is_undefined: bool = False
    has_ended: bool = False

    def take(self, turn: Turn, engine: Engine, threads: int, folding: Folding) -> None:
        """Fold the rows of a turn into the triangle."""
        values, slopes = engine.jacobian(self.program, turn.X, self.trial.values, threads=threads)
        rest, seen = turn.y - values, self.trial
        with np.errstate(all="ignore"):
            before = seen.triangles[-1] if seen.triangles else None
            triangle = folding.folded(slopes, rest, turn.roots, before)
        if not np.isfinite(triangle).all():
            self.is_undefined = True
            return
        tally = replace(seen.tallies[-1]) if seen.tallies else Tally()
        tally.take(rest, turn)
        seen.tallies.append(tally)
        seen.triangles.append(triangle)

    def decide(self, turns: int) -> None:
        """After a pass of so many turns: keep what it tried or go back, and step from there."""
        at = turns - 1
        if self.best is None or self.trial.tallies[at].weighed <= self.best.tallies[at].weighed:
            self.best = self.trial
            self.damping = UNDAMPED if self.damping <= FIRST_DAMPING else self.damping / GROWTH
        else:
            self.damping = max(FIRST_DAMPING, self.damping * GROWTH)
        p, tally, triangle = len(self.best.values), self.best.tallies[at], self.best.triangles[at]
        if p == 0 or self.left(turns) <= NEAR_ENOUGH or tally.weighed <= EXACT_RATIO * tally.target_squares:
            self.has_ended = True
            return
        R, q = triangle[:p, :p], triangle[:p, p]
        D = nonzero(np.sqrt((R * R).sum(axis=0)))
        step, _ = damped_step(R / D, q, self.damping)
        self.has_ended = bool(norm(step) <= SMALL_STEP * norm(D * self.best.values))
        self.trial = _Seen(self.best.values + step / D)

    def left(self, turns: int) -> float:
        """Standard errors by which the next step would move the constants, taken together."""
        if self.best is None:
            return math.inf
        p, tally, triangle = len(self.best.values), self.best.tallies[turns - 1], self.best.triangles[turns - 1]
        freedom = tally.n_rows - p
        if p == 0 or freedom <= 0 or not tally.weighed > 0:
            return 0.0
        return float(norm(triangle[:p, p]) / math.sqrt(tally.weighed / freedom))

    def followed(self, turns: int, held_out: Tally, *, knows_errors: bool) -> Followed | None:
        """The law where it came to, as so many turns have it."""
        if self.is_undefined or self.best is None:
            return None
        p, tally, triangle = len(self.best.values), self.best.tallies[turns - 1], self.best.triangles[turns - 1]
        found = unscaled_covariance(triangle[:p, :p]) if p else np.empty((0, 0))
        freedom = tally.n_rows - p
        variance = 1.0 if knows_errors else tally.weighed / freedom if freedom > 0 else math.nan
        outcome = Outcome.CONVERGED if self.has_ended else Outcome.MAX_ITERATIONS
        outcome = self.law.outcome if p == 0 else Outcome.SINGULAR if found is None else outcome
        covariance = np.full((p, p), np.nan) if found is None else variance * found
        fitted = replace(
            self.law, values=self.best.values, covariance=covariance, residual_sum=tally.weighed, outcome=outcome
        )
        return Followed(fitted, tally, held_out, self.left(turns))


@dataclass(slots=True, eq=False)
class EveryRow:
    """All rows of a ``problem``, for laws that the ``fitter`` of some of its rows has found; ``steps`` at most.

    ``turns`` are those that laws were fitted to, once there are any: later ones are fitted to the same; ``seconds`` is
    what a law took.
    """

    problem: Problem
    fitter: Fitter
    seed: int
    steps: int
    turns: int | None = None
    seconds: float = 0.0
    _scale: float = 1.0

    def __post_init__(self) -> None:
        some = self.fitter.problem  # whose rows have numbers of their own where the table is long
        ratios = some.ratios(some.train_rows)
        if not self.fitter.knows_errors and ratios is not None:
            self._scale = float(np.exp(np.log(ratios).mean()))

    @property
    def error(self) -> float | None:
        """One error, in natural units of the target, that has the weight one; None where no errors are counted."""
        if self.fitter.knows_errors:
            return 1.0
        if self.problem.sizes is None and self.problem.row_weights is None:
            return None
        return self._scale / self.fitter.units.factor(self.problem.target_column.unit.dimension)

    def follow(self, laws: Sequence[Fitted], until: float | None = None) -> list[Followed | None]:
        """Fit each law from the constants that it has; None where it is undefined in a row that it is fitted to.

        ``until`` is when an answer is due, by ``time.monotonic()``; None for as long as it takes.
        """
        if not laws:
            return []
        started = time.monotonic()
        inputs, known = self.problem.inputs, self.fitter.known
        courses = [
            _Course(law, lower(law.expression, inputs, law.names, known), _Seen(np.array(law.values)))
            for law in laws
        ]
        used = sorted({inputs.index(name) for law in laws for name in variables_of(law.expression)})
        due = None if until is None else until - JUDGING_PART * max(0.0, until - started)
        turns = self.turns = self._passes(courses, used, due)
        held_out = self._judged(courses, used, until)
        self.seconds = (time.monotonic() - started) / len(laws)
        return [
            one.followed(turns, judged, knows_errors=self.fitter.knows_errors)
            for one, judged in zip(courses, held_out, strict=True)
        ]

    def _passes(self, courses: Sequence[_Course], used: Sequence[int], due: float | None) -> int:
        """Passes until all laws have ended or the time is over; returns how many turns all of them were fitted to."""
        took, turns = 0.0, self.turns
        for number in range(self.steps + 1):
            going = [one for one in courses if not (one.has_ended or one.is_undefined)]
            now = time.monotonic()
            if not going or (number > 1 and due is not None and now + took > due):
                break
            first = None if due is None else now + FIRST_PART * max(0.0, due - now)
            turns = self._pass(going, used, turns, due if number else first)
            took = time.monotonic() - now
            for one in going:
                if not one.is_undefined:
                    one.decide(turns)
        return turns or 1

    def _pass(self, going: Sequence[_Course], used: Sequence[int], turns: int | None, due: float | None) -> int:
        """One pass over so many turns (None: all), or as many as there is time for, of which it takes one."""
        done, folding = 0, Folding()
        for turn in self._turns(self.problem.train_rows, used, turns):
            for one in going:
                if not one.is_undefined:
                    one.take(turn, self.fitter.engine, self.fitter.threads, folding)
            done += 1
            if due is not None and time.monotonic() > due:
                break
        return done

    def _judged(self, courses: Sequence[_Course], used: Sequence[int], until: float | None) -> list[Tally]:
        """Residuals on rows that are held out: on as large a part of these as the laws were fitted to of the others."""
        rows, tallies = self.problem.held_out_rows, [Tally() for _ in courses]
        part = (self.turns or 0) / max(1, turns_of(len(self.problem.train_rows)))
        for turn in self._turns(rows, used, math.ceil(part * turns_of(len(rows)))):
            for one, tally in zip(courses, tallies, strict=True):
                if one.best is None or one.is_undefined:
                    continue
                values = self.fitter.engine.evaluate(one.program, turn.X, one.best.values, threads=self.fitter.threads)
                tally.take(turn.y - values, turn)
            if until is not None and time.monotonic() > until:
                break
        return tallies

    def _turns(self, rows: Rows, used: Sequence[int], most: int | None) -> Iterator[Turn]:
        """The rows in turns, with the inputs that are ``used``; the others are zero."""
        problem, units = self.problem, self.fitter.units
        columns = [problem.table[name] for name in problem.inputs]
        factors = [units.factor(column.unit.dimension) for column in columns]
        middle = float(np.mean(self.fitter.y))
        for some in combed(rows, self.seed, most):
            X = np.zeros((len(columns), len(some)))
            for place in used:
                np.divide(columns[place].values[some], factors[place], out=X[place])
            y, weights = units.target_values(problem, some), self._weights_of(some)
            yield Turn(X, y, weights, middle, None if weights is None else np.sqrt(weights), sums_of(y - middle))

    def _weights_of(self, rows: Rows) -> Floats | None:
        """Weights of squared residuals in natural units, on the footing of the fitter's, ``(n_rows,)``."""
        sigma = self.problem.sigma(rows)
        if sigma is not None:
            factor = self.fitter.units.factor(self.problem.target_column.unit.dimension)
            return np.asarray((factor / sigma) ** 2)
        ratios = self.problem.ratios(rows)
        return None if ratios is None else np.asarray((self._scale / ratios) ** 2)


def may_be_followed(problem: Problem, fitter: Fitter) -> bool:
    """Whether the laws of a problem are fitted in passes: by squares, with constants anywhere, judged on rows that are
    held out."""
    return problem.loss == "squared" and not fitter.limits and fitter.errors is None and problem.judge == "held-out"
