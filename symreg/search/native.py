"""The embedded search: one level of complexity after another, simple laws first.

At each level the bank grows on demand, the joins look for laws of that total complexity (``sums``, ``products``), and
the best are fitted in y on more rows (``refine``). It ends when a law is exact, when the residual has reached the noise
and further levels bring nothing, or when the budget is spent.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import numpy.typing as npt

from symreg.engine import get_engine
from symreg.expression import Constant, Expression, Variable, evaluate_tree, substitute
from symreg.search.backend import Budget, Candidate, FreeConstant, Native, Round
from symreg.search.bank import Bank, Leaf
from symreg.search.entries import entries_within
from symreg.search.noise import NEIGHBOURS_AMONG, Neighbourhood, neighbourhood, noise_floor
from symreg.search.pi_groups import pi_leaves
from symreg.search.probes import probes_of
from symreg.search.products import ProductSearch
from symreg.search.proposal import Draft, Pool
from symreg.search.refine import Refined, Refiner, fitted_drafts
from symreg.search.space import SearchSpace, probe_rows
from symreg.search.sums import SumSearch

Floats = npt.NDArray[np.float64]
POOL = 40  # proposals kept at each complexity
POLISHED = 12  # of these, given more coefficients
CANDIDATES = 12  # of a level, sent on to be fitted on all rows
EACH_COMPLEXITY = 2
CLEARLY = 1.1  # a longer formula may be a little worse here and become simpler than it looks
SHRINKS = 6  # nodes that rewriting a formula may take away
EXACT = 1e-20  # loss below which what is left is rounding
PATIENCE = 3  # levels without progress before a law at the noise is believed
PROGRESS = 0.995  # a loss must fall below this part of the best one to count as progress
NOISY = 1e-3  # loss of the noise above which a join needs more probes to tell laws apart
FEW_ROWS = 50  # where no floor can be estimated, only the description length tells when to stop
PATIENCE_FEW_ROWS = 4
BITS_OF_A_NODE = 4.5
SLACK = 1.15  # of the noise floor, which is an estimate
LARGEST_LEVEL = 60
BESIDE_THE_BANK = 1.5  # memory for joins and candidates, as a factor


@dataclass(slots=True)
class Clock:
    """Tells when to stop, and why."""

    budget: Budget
    stop: Callable[[], bool]
    evaluated: Callable[[], int] = lambda: 0
    started: float = field(default_factory=time.monotonic)
    reason: str | None = None

    def spent(self) -> bool:
        """Whether the search has to end now."""
        if self.reason is None:
            if self.stop():
                self.reason = "interrupted"
            elif self.budget.time is not None and time.monotonic() - self.started > self.budget.time:
                self.reason = "time budget spent"
            elif self.budget.evaluations is not None and self.evaluated() >= self.budget.evaluations:
                self.reason = "evaluation budget spent"
        return self.reason is not None


def search(
    settings: Native, space: SearchSpace, budget: Budget, *, seed: int, stop: Callable[[], bool]
) -> Iterator[Round]:
    """Yield a round after every level; see ``Backend.propose``."""
    clock = Clock(budget, stop)
    generator = np.random.default_rng(seed)
    fit_rows = probe_rows(space, settings.fit_rows, generator)
    looked = generator.permutation(len(space.target))[:NEIGHBOURS_AMONG]
    floor = noise_floor(space, looked)
    n_probes = settings.probes * (2 if floor > NOISY else 1)
    probes = probe_rows(space, n_probes, generator)
    fit_rows = np.union1d(probes, fit_rows)
    values = np.ascontiguousarray(space.values[:, probes])
    leaves = leaves_of(space, values)
    engine = get_engine(settings.engine)
    max_entries = entries_within(budget.memory / BESIDE_THE_BANK, len(probes), engine.name)
    bank = Bank(
        leaves, space.coding, space.operators, max_entries=max_entries, stop=clock.spent, engine=engine,
        threads=settings.threads,
    )  # fmt: skip
    target = probes_of(space.target[probes], None if space.sigma is None else space.sigma[probes])
    pool = Pool(POOL)
    sums = SumSearch(space, bank, target, pool, clock.spent)
    fit = partial(fitted_drafts, space, engine, settings.threads, probes)
    products = ProductSearch(space, bank, target, pool, values, clock.spent, fit=fit)
    clock.evaluated = lambda: bank.evaluated + sums.pairs + products.pairs
    refiner = Refiner(space, engine, settings.threads, fit_rows)
    progress = Progress(floor, len(space.target), Residuals(refiner, neighbourhood(space, looked)))

    def report(found: Sequence[Refined], level: int, reason: str | None) -> Round:
        chosen = tuple(candidate(one, space) for one in worthwhile(found))
        complete = completed(bank, sums.complete)
        return Round(chosen, level, clock.evaluated(), bank.pruned, complete, reason)

    for level in range(LARGEST_LEVEL):
        if level:
            sums.run(level)
        products.run(level)
        # A budget that is spent still leaves what was found to be fitted.
        proposals = [one for complexity in pool.complexities() for one in pool.take(complexity)]
        found = refiner.refine(proposals, polish=POLISHED)
        found = [one for one in found if one.complexity <= space.max_complexity + SHRINKS]
        reason = clock.reason or progress.reason_to_stop(level, found)
        yield report(found, level, reason)
        if reason is not None:
            return
    yield report([], LARGEST_LEVEL, "nothing is left to try")


@dataclass(frozen=True, slots=True, eq=False)
class Residuals:
    """Looks at what a refined law leaves over."""

    refiner: Refiner
    around: Neighbourhood | None

    def are_noise(self, law: Refined) -> bool:
        """Whether no pattern is left; without neighbours enough to tell, only known uncertainties say so."""
        if self.around is None:
            return self.refiner.space.sigma is not None
        space, rows = self.refiner.space, self.around.rows
        residuals = space.target[rows] - self.refiner.predict(law.draft, rows)
        if space.sigma is not None:
            residuals = residuals / space.sigma[rows]
        return bool(np.isfinite(residuals).all()) and self.around.is_noise(residuals)


@dataclass(slots=True)
class Progress:
    """The best loss so far and when it was reached."""

    floor: float  # loss of the noise, as far as the data tell without a law
    n_rows: int
    residuals: Residuals
    best: float = float("inf")
    law: Refined | None = None
    level: int = 0
    bits: float = float("inf")  # shortest description so far
    level_of_bits: int = 0

    def bits_of(self, one: Refined) -> float:
        """A rough description length."""
        return 0.5 * self.n_rows * float(np.log2(max(one.loss, EXACT))) + one.complexity * BITS_OF_A_NODE

    def reason_to_stop(self, level: int, found: Sequence[Refined]) -> str | None:
        """Why to go no further, if there is a reason."""
        law = min(found, key=lambda one: one.loss, default=None)
        if law is not None and law.loss < PROGRESS * self.best:
            self.best, self.level, self.law = law.loss, level, law
        shortest = min(found, key=self.bits_of, default=None)
        if shortest is not None and self.bits_of(shortest) < self.bits:
            # A product of powers comes long before sums of its length: these must have had their turn.
            self.bits, self.level_of_bits = self.bits_of(shortest), max(level, shortest.complexity - 2)
        if self.best < EXACT:
            return "residual at rounding"
        if self.n_rows < FEW_ROWS and level - self.level_of_bits >= PATIENCE_FEW_ROWS:
            return "longer formulas do not pay for their length"
        waited = level - self.level >= PATIENCE and self.best < SLACK * self.floor
        if waited and self.law is not None and self.residuals.are_noise(self.law):
            return "residual at the noise"
        return None


def worthwhile(found: Sequence[Refined]) -> list[Refined]:
    """The best of each complexity, as long as no simpler one is clearly better, and the best of all."""
    chosen: list[Refined] = []
    least = float("inf")
    for size in sorted({one.complexity for one in found}):
        for one in [one for one in found if one.complexity == size][:EACH_COMPLEXITY]:
            if one.loss < CLEARLY * least:
                chosen.append(one)
                least = min(least, one.loss)
    return list({id(one): one for one in [*chosen[-CANDIDATES:], *found[: CANDIDATES // 2]]}.values())


def leaves_of(space: SearchSpace, values: Floats) -> list[Leaf]:
    """Columns, known constants and the number one, then the short cuts."""
    leaves = [
        Leaf(tree, code, row, is_angle=index in space.angles)
        for index, (tree, code, row) in enumerate(zip(space.leaves, space.codes, values, strict=True))
    ]
    by_tree = dict(zip(space.leaves, values, strict=True))
    named = {leaf.name: row for leaf, row in by_tree.items() if isinstance(leaf, Variable | Constant)}
    n_probes = values.shape[1]
    for tree, size in pi_leaves(space):
        row = np.array(np.broadcast_to(evaluate_tree(tree, named), (n_probes,)))
        if np.isfinite(row).all() and np.ptp(row) > 0:
            leaves.append(Leaf(tree, 0, row, size))
    return leaves


def candidate(refined: Refined, space: SearchSpace) -> Candidate:
    """A refined proposal as the rest of the package takes it: with free constants that nothing else is called."""
    draft: Draft = refined.draft
    fresh = (name for number in itertools.count(1) if (name := f"k{number}") not in space.taken)
    names = dict(zip(draft.names, fresh, strict=False))
    constants = tuple(
        FreeConstant(names[name], space.coding.decode(code), value)
        for name, value, code in zip(draft.names, draft.values, draft.codes, strict=True)
    )
    mapping: dict[Expression, Expression] = {
        Constant(old): Constant(new) for old, new in {**space.own_names, **names}.items() if old != new
    }
    return Candidate(substitute(draft.expression, mapping), constants, refined.source)


def completed(bank: Bank, level: int) -> int | None:
    """The complexity up to which every expression was looked at, if ``level`` is the size up to which they were.

    The search counts a function with its surcharge (``vocabulary.SURCHARGE``, ``ODD``), so a tree of n nodes may
    stand as high as level 1 + (n - 1)*(1 + surcharge); the bound is taken for the dearest operator in use.
    """
    if len({"+", "-"} & bank.operators) == 1:  # entries stand for both signs: some sums need the other operator
        return None
    return 1 + (level - 1) // bank.dearest if level >= 1 else None
