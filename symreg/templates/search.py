"""The search for the unknown functions of a template.

One unknown function in a form that can be undone, with nothing else to fit, is a smaller question: what the function
must be at each row follows from the data (``undoing``), and the backend answers it with all it has. Several
functions, or parameters beside them, are proposed together from small expressions, all constants fitted jointly from
several starts; then one function after another is set free with everything else held where it is, which is again such
a smaller question, and what the backend answers is fitted jointly. Every candidate is a whole formula, fitted on the
target itself.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from symreg.arrays import Floats
from symreg.finishing import Finished, Finisher, Shape, shape_of
from symreg.fitting import Fitted, Fitter
from symreg.formula import Constant, Expression, Number, Variable, complexity, constants_of
from symreg.problem import Candidate, FreeConstant, Template, UnknownFunction, parts_of
from symreg.search import INTERRUPTED, Backend, Budget, DimensionRangeError, Round, SearchSpace
from symreg.templates.joint import JointFits, fits_of, values_of
from symreg.templates.seeds import seeds_of
from symreg.templates.starts import FEW_STEPS, FIRST_STEP_ROWS, on_few_rows
from symreg.templates.undoing import undone
from symreg.units import Dimension

SEEDED = 3_000  # combinations of small expressions
MOST_COMBINED = 20_000
"""Combinations sorted by size before the first SEEDED are fitted: of two functions all 8,100, of three the 27 smallest
of each. More costs time and memory for combinations that are hardly reached; set by hand."""

SEEDS_OF_A_FUNCTION = 90
"""Small expressions for one function, the smallest first. More adds longer ones, whose combinations hardly come within
SEEDED; fewer leaves out shapes with a constant inside. Set by hand."""

MOST_JOINT_ROWS = 5_000
"""Rows of the joint fits, evenly taken; whoever takes a candidate fits it on all. The time of a fit goes with them, and
fewer tell forms apart less well under noise. Set by hand."""

CHUNK = 200  # combinations between two looks at the clock
KEPT_FOR_STARTS = 24  # combinations fitted from several starts on all rows
STARTS_OF_A_SEED = 12
"""Starts of each of the ``KEPT_FOR_STARTS`` combinations, beside its quick fit (decision 0018). Time goes with them;
with fewer a good form is more often lost to a poor minimum. Set by hand."""

LEADERS = 3  # formulas whose functions are searched one by one in a sweep
ANSWERS = 10  # of a round of the backend, fitted jointly
FIRST_SHARE = 100_000  # evaluations for one function in the first sweep; each sweep doubles it
PATIENCE = 2  # sweeps without a shorter description
NEWS = 1.0  # bits
EXACT_COMBINATION = 1e-20  # loss below which what is left is rounding
LEAST_ROWS = 0.5  # of the rows on which a form has to be undone
SLOPES_ALIKE = 1e-9
"""Range of the undone rows' errors, as a part of the largest, below which all count as the same: the form is linear in
the function, and rounding makes the rest. Larger drops weights that matter; set by hand."""


def propose_within(
    finisher: Finisher,
    backend: Backend,
    space: SearchSpace,
    budget: Budget,
    *,
    seed: int,
    stop: Callable[[], bool],
) -> Iterator[Round]:
    """Rounds of whole formulas, as a backend yields them, for a problem whose template is not bare."""
    template = finisher.fitter.problem.template
    assert template is not None
    finisher = replace(finisher, fitter=on_few_rows(finisher.fitter, MOST_JOINT_ROWS))
    joint, shape = JointFits(template, finisher), shape_of(finisher.fitter)
    search = TemplateSearch(template, joint, backend, space, budget, seed, stop, shape)
    if not template.functions:
        return search.parameters_alone()
    if len(template.functions) == 1 and not template.parameters:
        question = search.question(template.functions[0], template.functions[0].dimension, {}, {})
        if question is not None:
            return search.one_unknown(question)
    return search.together()


@dataclass(slots=True, eq=False)
class TemplateSearch:
    """One search; ``evaluated`` counts what backends looked at and the joint fits."""

    template: Template
    joint: JointFits
    backend: Backend
    space: SearchSpace
    budget: Budget
    seed: int
    stop: Callable[[], bool]
    shape: Shape
    evaluated: int = 0
    pruned: int = 0
    pool: dict[Expression, Finished] = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)

    @property
    def fitter(self) -> Fitter:
        """Fits on the training rows, ``MOST_JOINT_ROWS`` of them at most; whoever takes a candidate fits it on all."""
        return self.joint.fitter

    # ------------------------------------------------------------------------------------------------ the three ways

    def parameters_alone(self) -> Iterator[Round]:
        """The form as it stands, its parameters fitted from many starts."""
        fitted = self.joint.from_many_starts(self.template.outer)
        reason = "the form has no unknown function: its parameters were fitted"
        if fitted is None:
            reason = "no start of the parameters leads to a fit that is defined on all rows and within their bounds"
        yield self._round([] if fitted is None else [fitted], 0, reason)

    def one_unknown(self, question: SearchSpace) -> Iterator[Round]:
        """The backend's answers to the smaller question as whole formulas."""
        function = self.template.functions[0]
        for one in self.backend.propose(question, self.budget, seed=self.seed, stop=self.stop):
            whole = tuple(
                replace(each, expression=self.template.whole({function.name: each.expression}))
                for each in one.candidates
            )
            yield replace(one, candidates=whole, complete_to_complexity=None)

    def together(self) -> Iterator[Round]:
        """Small expressions for all functions at once, then one function after another."""
        yield self._round(self._seeded(), 0, None)
        share, best, patience = FIRST_SHARE, self._least_bits(), PATIENCE
        for level in itertools.count(1):
            for leader in self._leaders():
                for function in self.template.functions:
                    found = self._set_free(leader, function, share)
                    yield self._round(found, level, self._reason())
                    if self._reason() is not None:
                        return
            patience = PATIENCE if self._least_bits() < best - NEWS else patience - 1
            best = min(best, self._least_bits())
            if patience == 0 or not self.pool:
                reason = "no longer functions pay for their length" if self.pool else "no small functions fit the form"
                yield self._round([], level, reason)
                return
            share *= 2

    # ------------------------------------------------------------------------------------------------ smaller questions

    def question(
        self,
        function: UnknownFunction,
        dimension: Dimension | None,
        parts: Mapping[str, Expression],
        values: Mapping[str, float],
    ) -> SearchSpace | None:
        """What a function must be, with these expressions for the others and these values of their constants.

        None where the form cannot be undone on enough rows, or the search cannot hold the function's dimension.
        """
        space, unknown = self.space, Constant(function.name)
        form = self.template.whole({name: part for name, part in parts.items() if name != function.name})
        columns = dict(zip(space.names, space.inputs, strict=True))
        known: dict[str, Any] = {**columns, **self.fitter.known, **values}
        back = undone(form, unknown, space.target, known)
        if back is None or dimension is None:
            return None
        target, slope = back
        sigma = slope * (1.0 if space.sigma is None else space.sigma)
        rows = np.flatnonzero(np.isfinite(target) & np.isfinite(sigma) & (sigma > 0))
        if len(rows) < max(LEAST_ROWS * len(target), 3) or np.ptp(target[rows]) == 0:
            return None
        even = space.sigma is None and np.ptp(sigma[rows]) <= SLOPES_ALIKE * sigma[rows].max()
        try:
            code = space.coding.encode(dimension)
        except DimensionRangeError:
            return None
        if space.coding.decode(code) != dimension:  # it has a base unit that no column and no constant has
            return None
        return self._narrowed(function, replace(
            space, target=target[rows], sigma=None if even else sigma[rows], target_code=code,
            values=np.ascontiguousarray(space.values[:, rows]),
        ))  # fmt: skip

    def _narrowed(self, function: UnknownFunction, space: SearchSpace) -> SearchSpace:
        """The space with nothing in it but the function's arguments and the number one."""
        kept = [
            index
            for index, leaf in enumerate(space.leaves)
            if not isinstance(leaf, Variable | Constant)
            or space.own_names.get(leaf.name, leaf.name) in function.arguments
        ]
        most = self.fitter.problem.constraints.max_complexity - self.template.own_complexity
        return replace(
            space,
            leaves=tuple(space.leaves[index] for index in kept),
            codes=tuple(space.codes[index] for index in kept),
            values=np.ascontiguousarray(space.values[kept]),
            n_inputs=sum(index < space.n_inputs for index in kept),
            angles=frozenset(place for place, index in enumerate(kept) if index in space.angles),
            max_complexity=min(most, function.max_complexity or most),
            taken=space.taken | set(self.template.parameter_names) | {one.name for one in self.template.functions},
        )

    # ------------------------------------------------------------------------------------------------ joint fits

    def _seeded(self) -> list[Fitted]:
        """Combinations of small expressions, the simplest first: a quick fit of all, a careful one of the best."""
        functions, drafts = self.template.functions, []
        for place, function in enumerate(functions):
            space, wanted = self._narrowed(function, self.space), partial(self.joint.may_be, function)
            drafts.append(seeds_of(space, _fresh_names(place, space), wanted, SEEDS_OF_A_FUNCTION))
        combined = _smallest_first(drafts)[:SEEDED]
        names = [function.name for function in functions]
        wholes = [self.template.whole(dict(zip(names, parts, strict=True))) for parts in combined]
        quick = replace(on_few_rows(self.fitter, FIRST_STEP_ROWS), max_iterations=FEW_STEPS)
        few = replace(self.joint.finisher, fitter=quick)
        fits: list[Fitted] = []
        for first in range(0, len(wholes), CHUNK):
            if first and self._reason() is not None:
                break
            chunk = [self.joint.candidate(whole) for whole in wholes[first : first + CHUNK]]
            fits += fits_of(quick, [one for one in chunk if one is not None])
            self.evaluated += len(chunk)
        best = sorted(fits, key=lambda one: few.measured(one, "").bits)[:KEPT_FOR_STARTS]
        again = [
            self.joint.from_many_starts(one.expression, values_of(one), STARTS_OF_A_SEED)
            for place, one in enumerate(best)
            if not place or self._reason() is None
        ]
        return self._taken([one for one in again if one is not None])

    def _set_free(self, leader: Finished, function: UnknownFunction, share: int) -> list[Fitted]:
        """What the backend finds for one function with all else as in ``leader``, fitted jointly."""
        fitted, values = leader.fitted, values_of(leader.fitted)
        parts = parts_of(self.template, fitted.expression) or {}
        dimension = self.joint.dimensions_of_parts(fitted).get(function.name)
        question = self.question(function, dimension, parts, values)
        if question is None:
            return []
        rest = self.template.whole({**parts, function.name: Number(1)})
        question = replace(question, taken=question.taken | set(constants_of(rest)))
        found = {}
        budget, last = self._share(share), 0
        for one in self.backend.propose(question, budget, seed=self.seed, stop=self.stop):
            last, self.pruned = one.evaluated, max(self.pruned, one.pruned_by_dimension)
            for each in one.candidates[:ANSWERS]:
                whole = self.template.whole({**parts, function.name: each.expression})
                starts = values | {constant.name: constant.start for constant in each.constants}
                candidate = None if whole in self.pool else self.joint.candidate(whole, starts)
                if candidate is not None:
                    found[whole] = candidate
        self.evaluated += last + len(found)
        return self._taken(fits_of(self.fitter, list(found.values())))

    def _taken(self, fits: Sequence[Fitted]) -> list[Fitted]:
        """What is new among the fits, without superfluous constants; it goes into the pool."""
        kept = []
        for fitted in fits:
            lean = self.joint.lean(fitted)
            if lean is not None and lean.expression not in self.pool:
                self.pool[lean.expression] = self.joint.finisher.measured(lean, self.backend.name)
                kept.append(lean)
        return kept

    # ------------------------------------------------------------------------------------------------ small steps

    def _leaders(self) -> list[Finished]:
        """The shortest descriptions that keep the limits on values, one for each choice of the dimensions left open."""
        found: dict[tuple[Dimension, ...], Finished] = {}
        for one in sorted(self.pool.values(), key=lambda one: one.bits):
            dimensions = tuple(self.joint.dimensions_of_parts(one.fitted).values())
            if dimensions not in found and self.shape.fault(one.fitted) is None:
                found[dimensions] = one
        return list(found.values())[:LEADERS]

    def _least_bits(self) -> float:
        return min((one.bits for one in self.pool.values()), default=float("inf"))

    def _share(self, share: int) -> Budget:
        """A part of the budget for one question to the backend."""
        left = None if self.budget.time is None else max(0.05, self.budget.time - self._elapsed())
        most = share if self.budget.evaluations is None else min(share, self.budget.evaluations - self.evaluated)
        return replace(self.budget, time=left, evaluations=max(1, most))

    def _elapsed(self) -> float:
        return time.monotonic() - self.started

    def _reason(self) -> str | None:
        if self.stop():
            return INTERRUPTED
        if self.budget.time is not None and self._elapsed() > self.budget.time:
            return "time budget spent"
        if self.budget.evaluations is not None and self.evaluated >= self.budget.evaluations:
            return "evaluation budget spent"
        least = min((one.fitted.residual_sum for one in self.pool.values()), default=float("inf"))
        spread = float(np.var(self.fitter.y)) * len(self.fitter.y)
        return "residual at rounding" if self.fitter.weights is None and least < EXACT_COMBINATION * spread else None

    def _round(self, fits: Sequence[Fitted], level: int, reason: str | None) -> Round:
        candidates = tuple(
            Candidate(one.expression, _starting_at(one.constants, one.values), self.backend.name) for one in fits
        )
        return Round(candidates, level, self.evaluated, self.pruned, None, reason)


def _smallest_first(drafts: Sequence[Sequence[Expression]]) -> list[tuple[Expression, ...]]:
    """Combinations of one of each, by their size; of many functions only the smallest of each are combined."""
    most = max(2, round(MOST_COMBINED ** (1 / max(1, len(drafts)))))
    return sorted(itertools.product(*(one[:most] for one in drafts)), key=lambda one: sum(map(complexity, one)))


def _fresh_names(place: int, space: SearchSpace) -> list[str]:
    """Names for constants of the seeds of one function, which no other function's seeds have."""
    names = (f"k{number}" for number in itertools.count(100 * (place + 1)))
    return list(itertools.islice((name for name in names if name not in space.taken), 3))


def _starting_at(constants: Sequence[FreeConstant], values: Floats) -> tuple[FreeConstant, ...]:
    return tuple(replace(one, start=float(value)) for one, value in zip(constants, values, strict=True))
