"""The embedded search: one level of complexity after another, simple laws first.

At each level the bank grows on demand, the joins look for laws of that total complexity (``sums``, ``products``), and
the best are fitted in y on more rows (``refine``). It ends when a law is exact, when the residual has reached the noise
and further levels bring nothing, or when the budget is spent.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import numpy.typing as npt

from symreg.engine import get_engine
from symreg.expression import Constant, Expression, Variable, evaluate_tree, substitute
from symreg.search.backend import Budget, Candidate, FreeConstant, Native, Round
from symreg.search.bank import Bank, Leaf
from symreg.search.entries import entries_within
from symreg.search.join import Joiner
from symreg.search.monomials import monomials_of
from symreg.search.pi_groups import pi_leaves
from symreg.search.probes import Probes, probes_of
from symreg.search.products import ProductSearch
from symreg.search.proposal import Draft, Pool
from symreg.search.refine import Refined, Refiner, fitted_drafts
from symreg.search.smoothing import Smoother, smoothed_rows, smoother_of
from symreg.search.space import SearchSpace, probe_rows
from symreg.search.sums import SumSearch

Floats = npt.NDArray[np.float64]
POOL = 40  # proposals kept at each complexity
POLISHED = 12  # of these, given more coefficients
CANDIDATES = 16  # of a level, sent on to be fitted on all rows
EACH_COMPLEXITY = 2
CLEARLY = 1.1  # a longer formula may be worse here and become simpler than it looks
SHRINKS = 6  # nodes that rewriting a formula may take away
EXACT = 1e-20  # loss below which what is left is rounding
PATIENCE = 3  # levels without a shorter description before a law at the noise is believed
FEW_ROWS = 50  # where no floor can be estimated, only the description length tells when to stop
PATIENCE_FEW_ROWS = 4
BITS_OF_A_NODE = 4.5
SLACK = 1.15  # of known uncertainties
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
    probes = probe_rows(space, settings.probes, generator)
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
    joiner = Joiner(engine, settings.threads, clock.spent)
    sums = SumSearch(space, bank, target, pool, joiner, monomials_of(space, values))
    quick = Refiner(space, engine, settings.threads, target, probes)
    products = ProductSearch(space, bank, target, pool, values, joiner, fit=partial(fitted_drafts, quick))
    clock.evaluated = lambda: bank.evaluated + sums.pairs
    at_fit = probes_of(space.target[fit_rows], None if space.sigma is None else space.sigma[fit_rows])
    refiner = Refiner(space, engine, settings.threads, at_fit, fit_rows)
    progress = Progress(space, refiner)

    def report(found: Sequence[Refined], level: int, reason: str | None) -> Round:
        chosen = tuple(candidate(one, space) for one in worthwhile(found, progress.bits_of))
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
        found = progress.taken(level, found)
        reason = clock.reason or progress.reason_to_stop(level)
        yield report(found, level, reason)
        if reason is not None:
            return
        if not level:
            progress.smoother = smoother_of(space, smoothed_rows(len(space.target), fit_rows, generator))
        surface = progress.surface()
        if surface is not None:  # from now on without most of the noise
            sums.probes = surface(probes)
            products.look_at(sums.probes)
            quick.use(sums.probes, probes)
            refiner.use(surface(fit_rows), fit_rows)
            pool.forget(sums.probes.floor)
    yield report([], LARGEST_LEVEL, "nothing is left to try")


@dataclass(slots=True, eq=False)
class Progress:
    """The best laws so far, when they were reached, and what they leave over."""

    space: SearchSpace
    refiner: Refiner
    smoother: Smoother | None = None
    best: Refined | None = None  # of least loss
    least: float = float("inf")
    law: Refined | None = None  # of the shortest description
    bits: float = float("inf")
    level: int = 0  # at which the shortest description was found, or its like would have been

    def taken(self, level: int, found: Sequence[Refined]) -> list[Refined]:
        """What a level has brought with its losses in the target itself, noise and all, best first."""
        losses = self._losses([one.draft for one in found])
        found = [replace(one, loss=loss) for one, loss in zip(found, losses, strict=True) if np.isfinite(loss)]
        found.sort(key=lambda one: (one.loss, one.complexity))
        if found and found[0].loss < self.least:
            self.best, self.least = found[0], found[0].loss
        shortest = min(found, key=self.bits_of, default=None)
        if shortest is not None and self.bits_of(shortest) < self.bits:
            # A product of powers comes long before sums of its length: these must have had their turn.
            self.bits, self.law = self.bits_of(shortest), shortest
            self.level = max(level, shortest.complexity - 2 * len(shortest.draft.names))
        return found

    def _losses(self, drafts: Sequence[Draft]) -> list[float]:
        """Losses in the target itself, at all rows or as many as are looked at."""
        if not drafts:
            return []
        rows = np.arange(len(self.space.target)) if self.smoother is None else self.smoother.rows
        sigma = None if self.space.sigma is None else self.space.sigma[rows]
        losses = probes_of(self.space.target[rows], sigma).loss(self.refiner.predict(drafts, rows))
        return [float(loss) for loss in losses]

    def bits_of(self, one: Refined) -> float:
        """A rough description length."""
        n_rows = len(self.space.target)
        constants = len(one.draft.names) - 1  # the factor in front is paid for by all
        own = one.complexity * BITS_OF_A_NODE + 0.5 * constants * float(np.log2(n_rows))
        return 0.5 * n_rows * float(np.log2(max(one.loss, EXACT))) + own

    def surface(self) -> Callable[[npt.NDArray[np.int64]], Probes] | None:
        """The target at any of the smoother's rows without most of its noise; None where the data do not allow that."""
        if self.smoother is None or self.best is None:
            return None
        smoother = self.smoother
        surface = smoother.surface(self.refiner.predict([self.best.draft], smoother.rows)[0])
        if not surface.is_nearer:
            return None

        def at(rows: npt.NDArray[np.int64]) -> Probes:
            where = np.searchsorted(smoother.rows, rows)
            return probes_of(surface.values[where], surface.sigma[where])

        return at

    def reason_to_stop(self, level: int) -> str | None:
        """Why to go no further, if there is a reason."""
        if self.best is None or self.law is None:
            return None
        if self.least < EXACT:
            return "residual at rounding"
        waited = level - self.level
        if len(self.space.target) < FEW_ROWS and waited >= PATIENCE_FEW_ROWS:
            return "longer formulas do not pay for their length"
        return "residual at the noise" if waited >= PATIENCE and self._at_the_noise(self.law) else None

    def _at_the_noise(self, law: Refined) -> bool:
        """Whether the law leaves no pattern; of few rows, whether it is as near as their uncertainties."""
        if self.smoother is not None:
            return self.smoother.is_noise(self.refiner.predict([law.draft], self.smoother.rows)[0])
        sigma, y = self.space.sigma, self.space.target
        if sigma is None:
            return False
        w = 1 / sigma**2
        total = float(w @ (y - float(w @ y / w.sum())) ** 2)
        return self._losses([law.draft])[0] < SLACK * len(w) / total if total > 0 else True


def worthwhile(found: Sequence[Refined], bits: Callable[[Refined], float]) -> list[Refined]:
    """The shortest descriptions, the best of each complexity as long as no simpler one is clearly better, and the best
    of all."""
    chosen = sorted(found, key=bits)[:CANDIDATES]
    least = float("inf")
    for size in sorted({one.complexity for one in found}):
        for one in [one for one in found if one.complexity == size][:EACH_COMPLEXITY]:
            if one.loss < CLEARLY * least:
                chosen.append(one)
                least = min(least, one.loss)
    return list({id(one): one for one in [*chosen, *found[: CANDIDATES // 2]]}.values())


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
