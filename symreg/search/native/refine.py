"""Refine: fit proposals in y, and give them the coefficients a join cannot see.

A join finds coefficients of sums and one factor in front. A coefficient inside a sine or an exponential, or in a sum
that came whole out of the bank, starts at one here and is fitted with the others by Levenberg-Marquardt.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from symreg.engine.program import Engine, Fit, Outcome
from symreg.formula import TRANSCENDENTAL, Apply, Constant, Expression, complexity, constants_of, lower
from symreg.search.native.marks import mark_of
from symreg.search.native.probes import Probes
from symreg.search.native.proposal import Draft, Proposal, fresh_names
from symreg.search.space import SearchSpace

Floats = npt.NDArray[np.float64]
MAX_ITERATIONS = 30
"""Steps of Levenberg and Marquardt for one draft. A fit that is not over by then counts with the values it has: here
drafts are ranked, and the law itself is fitted with up to 200 (``fitting.fitter``). More cost time for all drafts. Set
by hand."""

RICHEST = 4  # constants a refined formula may have


@dataclass(frozen=True, slots=True)
class Refined:
    """A fitted proposal: its draft with the fitted values, and its loss on the rows of the fit."""

    draft: Draft
    loss: float
    complexity: int
    source: str


@dataclass(slots=True, eq=False)
class Refiner:
    """Fits drafts on a sample of rows."""

    space: SearchSpace
    engine: Engine
    threads: int
    probes: Probes
    rows: npt.NDArray[np.int64]
    fits: int = 0
    new_marks: list[int] = field(default_factory=list)  # of formulas that were fitted since somebody asked
    _seen: set[int] = field(default_factory=set)
    X: Floats = field(init=False)
    total: float = field(init=False)

    def __post_init__(self) -> None:
        self.use(self.probes, self.rows)

    def use(self, probes: Probes, rows: npt.NDArray[np.int64]) -> None:
        """Fit to this target at these rows from now on."""
        self.probes, self.rows = probes, rows
        self._seen.clear()
        self.X = np.ascontiguousarray(self.space.inputs[:, rows])
        mean = float(probes.weights @ probes.y)
        self.total = float(probes.weights @ (probes.y - mean) ** 2) or 1.0

    def refine(self, proposals: Sequence[Proposal], *, polish: int) -> list[Refined]:
        """Fit all proposals, then variants with more coefficients of the ``polish`` best; what is good, best first."""
        drafts = []
        for proposal in proposals:
            draft = proposal.build()
            if self._is_new(draft):
                drafts.append((draft, proposal.source))
        fitted = self._fit(drafts)
        floor = self.probes.floor
        best = sorted(fitted, key=lambda one: (max(one.loss, floor), one.complexity))[:polish]
        richer = [(draft, one.source) for one in best for draft in with_more_coefficients(one.draft)]
        seen = frozenset(self._seen)  # of two ways to one formula both are starts
        fresh = [(draft, source) for draft, source in richer if mark_of(draft.expression) not in seen]
        for draft, _ in fresh:
            self._is_new(draft)
        return sorted([*fitted, *self._fit(fresh)], key=lambda one: (one.loss, one.complexity))

    def _is_new(self, draft: Draft) -> bool:
        """Whether this formula was not proposed before for this target; from now on it was."""
        mark = mark_of(draft.expression)
        if mark in self._seen:
            return False
        self._seen.add(mark)
        self.new_marks.append(mark)
        return True

    def has_fitted(self, marks: Iterable[int]) -> None:
        """Take the formulas with these marks for fitted."""
        self._seen.update(marks)

    def again(self, found: Sequence[Refined]) -> list[Refined]:
        """The same formulas, fitted to this refiner's target."""
        return self._fit([(one.draft, one.source) for one in found])

    def predict(self, drafts: Sequence[Draft], rows: npt.NDArray[np.int64]) -> Floats:
        """Values of drafts at these rows of the space, ``(n_drafts, n_rows)``."""
        programs = [lower(one.expression, self.space.names, one.names, self.space.in_formulas) for one in drafts]
        inputs = np.ascontiguousarray(self.space.inputs[:, rows])
        values = [np.array(one.values) for one in drafts]
        return self.engine.evaluate_many(programs, inputs, values, threads=self.threads)

    def _fit(self, drafts: Sequence[tuple[Draft, str]], max_iterations: int = MAX_ITERATIONS) -> list[Refined]:
        if not drafts:
            return []
        self.fits += len(drafts)
        programs = [lower(d.expression, self.space.names, d.names, self.space.in_formulas) for d, _ in drafts]
        fits = self.engine.fit_many(
            programs, self.X, self.probes.y, self.probes.weights, [np.array(d.values) for d, _ in drafts],
            max_iterations=max_iterations, threads=self.threads,
        )  # fmt: skip
        return [
            Refined(_with_values(draft, fit), fit.residual_sum / self.total, complexity(draft.expression), source)
            for (draft, source), fit in zip(drafts, fits, strict=True)
            if fit.outcome in (Outcome.CONVERGED, Outcome.MAX_ITERATIONS, Outcome.NO_FREE_CONSTANTS)
        ]


def fitted_drafts(
    refiner: Refiner, drafts: Sequence[Draft], max_iterations: int = MAX_ITERATIONS
) -> list[tuple[Draft, float]]:
    """Each draft with its constants fitted, and its loss; inf where that fails."""
    losses = {one.draft.expression: one for one in refiner._fit([(draft, "") for draft in drafts], max_iterations)}
    found = [losses.get(draft.expression) for draft in drafts]
    return [
        (draft, float("inf")) if one is None else (one.draft, one.loss)
        for draft, one in zip(drafts, found, strict=True)
    ]


def _with_values(draft: Draft, fit: Fit) -> Draft:
    return replace(draft, values=tuple(fit.values.tolist()))


def with_more_coefficients(draft: Draft) -> Iterable[Draft]:
    """The draft with coefficients, starting at one, inside functions, in sums, and in both."""
    arguments = _places(draft.expression, functions=True, sums=False)
    terms = _places(draft.expression, functions=False, sums=True)
    found = []
    for places in (arguments, terms, arguments + terms):
        if places and len(places) + len(draft.names) <= RICHEST:
            found.append(places)
    for index, places in enumerate(found):
        if places not in found[:index]:
            yield _with_coefficients(draft, places)


def _places(expression: Expression, *, functions: bool, sums: bool) -> list[tuple[int, ...]]:
    """Paths to the arguments of functions and to the last terms of sums that carry no coefficient yet."""
    found: list[tuple[int, ...]] = []
    stack: list[tuple[Expression, tuple[int, ...]]] = [(expression, ())]
    while stack:
        node, path = stack.pop()
        if not isinstance(node, Apply):
            continue
        if functions and node.operator in TRANSCENDENTAL and not constants_of(node):
            found.append((*path, 0))
        if sums and node.operator in ("+", "-") and not constants_of(node):
            found.append((*path, 1))
        stack.extend((child, (*path, index)) for index, child in enumerate(node.arguments))
    return found


def _with_coefficients(draft: Draft, places: Sequence[tuple[int, ...]]) -> Draft:
    expression, names = draft.expression, list(draft.names)
    for path in sorted(places, key=len, reverse=True):
        names += fresh_names(names, 1)
        expression = _scaled_at(expression, path, Constant(names[-1]))
    added = len(names) - len(draft.names)
    return Draft(expression, tuple(names), (*draft.values, *[1.0] * added), (*draft.codes, *[0] * added))


def _scaled_at(expression: Expression, path: tuple[int, ...], factor: Constant) -> Expression:
    if not path:
        return Apply("*", (factor, expression))
    assert isinstance(expression, Apply)
    arguments = list(expression.arguments)
    arguments[path[0]] = _scaled_at(arguments[path[0]], path[1:], factor)
    return Apply(expression.operator, tuple(arguments))
