"""One hunt: a bank with its joins, over a whole space or over what is left of it when pure powers are taken out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import numpy.typing as npt

from symreg.engine.program import Engine
from symreg.formula import Constant, Variable, evaluate_tree
from symreg.search.backend import Budget
from symreg.search.native.bank import Bank, Leaf, doublings, entries_within, pi_leaves
from symreg.search.native.done import LevelDone
from symreg.search.native.joins import Joiner, ProductSearch, SumSearch, monomials_of
from symreg.search.native.probes import Probes, target_at
from symreg.search.native.proposal import Draft, Pool, Proposal
from symreg.search.native.questions import Reduction
from symreg.search.native.rank import count_first
from symreg.search.native.refine import Refiner, fitted_drafts
from symreg.search.native.settings import Native
from symreg.search.space import SearchSpace
from symreg.team import Sharing

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
FASTEST_GROWTH = 8.0  # of levels, once joins have begun
POOL = 40  # proposals kept at each complexity
WHOLE_SHARE, SMALLER_SHARE = 0.35, 0.2
"""Of the memory budget, for the hunt in the whole space and for each of at most two in smaller ones. The rest is for
what is made and dropped again, for skeletons, backdrops and evolution."""

BANK_SHARE = 0.6
"""Of a hunt's memory, for its bank and the factors made of it; the rest keeps the logarithms that products divide."""



@dataclass(frozen=True, slots=True, eq=False)
class Workplace:
    """What hunts share."""

    settings: Native
    engine: Engine
    budget: Budget
    stop: Callable[[], bool]
    left: Callable[[], int | None] = lambda: None  # evaluations of the budget, None where they are not counted
    sharing: Sharing = field(default_factory=Sharing)


@dataclass(slots=True, eq=False)
class Hunt:
    """Runs one level of complexity after another; ``level`` is the last one that was run."""

    bank: Bank
    sums: SumSearch
    products: ProductSearch
    pool: Pool
    quick: Refiner
    probes: Rows
    reduction: Reduction | None
    level: int = -1
    looked: tuple[int, int] = (0, 0)  # at so many combinations, in the last level and in the one before
    counted: int = 0  # combinations of the bank that were made to be counted, before any level

    @property
    def expected(self) -> int:
        """Combinations that the next level will look at, if levels go on growing as they did."""
        last, before = self.looked
        return int(last * min(max(1.0, last / max(1, before)), FASTEST_GROWTH))

    @property
    def evaluated(self) -> int:
        """Combinations looked at."""
        return self.bank.evaluated + self.sums.pairs

    @property
    def in_turn(self) -> int:
        """Combinations looked at by its levels: what decides whose turn it is."""
        return self.evaluated - self.counted

    def count(self) -> None:
        """Let the bank make its first sizes before any level, to know how many there are."""
        count_first(self.bank)
        self.counted = self.bank.evaluated

    def run(self) -> list[Proposal]:
        """Run the next level; what it proposes, as formulas for the target itself."""
        before = self.evaluated
        self.level += 1
        if self.level:
            self.sums.run(self.level)
        self.products.run(self.level)
        self.looked = self.evaluated - before, self.looked[0]
        found = [one for size in self.pool.complexities() for one in self.pool.take(size)]
        if self.reduction is None:
            return found
        whole = self.reduction.whole
        return [replace(one, build=partial(_whole, whole, one.build)) for one in found]

    def done(self) -> LevelDone:
        """What cannot be made again of the level that was run last."""
        sums, products = self.sums, self.products
        least = tuple(self.pool.least.items())
        return LevelDone(tuple(sums.extended), tuple(products.learned), sums.joiner.pairs, self.bank.evaluated, least)

    def repeat(self, done: LevelDone) -> bool:
        """Be as after the next level, without looking through it; False where the bank is not as it was then."""
        before, joiner = self.evaluated, self.sums.joiner
        self.sums.extended, self.products.learned = list(done.extended), list(done.learned)
        joiner.is_idle = True
        try:
            self.level += 1
            if self.level:
                self.sums.run(self.level)
            self.products.run(self.level)
        finally:
            joiner.is_idle = False
        joiner.pairs = done.pairs
        self.pool.begin_with(done.least)
        self.looked = self.evaluated - before, self.looked[0]
        return self.bank.evaluated == done.bank

    def look_at(self, target: Probes) -> None:
        """Take this for the target from now on."""
        if self.reduction is not None:
            target = self.reduction.rest_of(target, self.probes)
        self.sums.probes = target
        self.products.look_at(target)
        self.quick.use(target, self.probes)
        self.pool.forget(target.floor)


def _whole(of: Callable[[Draft], Draft], build: Callable[[], Draft]) -> Draft:
    return of(build())


def hunt_of(workplace: Workplace, space: SearchSpace, probes: Rows, reduction: Reduction | None = None) -> Hunt:
    """A hunt in this space, that of the reduction if there is one, on these probe rows, with its own bank."""
    settings, engine = workplace.settings, workplace.engine
    values = np.ascontiguousarray(space.values[:, probes])
    memory = (WHOLE_SHARE if reduction is None else SMALLER_SHARE) * workplace.budget.memory
    bank = Bank(
        leaves_of(space, values), space.coding, space.operators, engine=engine, threads=settings.threads,
        max_entries=entries_within(BANK_SHARE * memory, len(probes), engine.name, with_factors=True),
        stop=workplace.stop,
    )  # fmt: skip
    target, pool = target_at(space, probes), Pool(POOL)
    joiner = Joiner(engine, settings.threads, workplace.stop, workplace.left)
    quick = Refiner(space, engine, settings.threads, target, probes)
    monomials = monomials_of(space, values, most=0 if settings.lacks("monomials") else None)
    sums = SumSearch(
        space, bank, target, pool, joiner, monomials,
        offsets=not settings.lacks("offsets"), triples=not settings.lacks("triples"), sharing=workplace.sharing,
    )  # fmt: skip
    products = ProductSearch(
        space, bank, target, pool, values, joiner, monomials, fit=partial(fitted_drafts, quick),
        contexts=not settings.lacks("contexts"), thirds=not settings.lacks("triples"),
        families=not settings.lacks("families"), enabled=not settings.lacks("products"),
        memory=(1 - BANK_SHARE) * memory, sharing=workplace.sharing,
    )  # fmt: skip
    return Hunt(bank, sums, products, pool, quick, probes, reduction)


def leaves_of(space: SearchSpace, values: Floats) -> list[Leaf]:
    """Columns, known constants and the number one, then Pi groups and powers of two of counts.

    ``values`` ``(n_leaves, n_probes)`` are those of the space's own leaves at the probe rows.
    """
    leaves = [
        Leaf(tree, code, row, is_angle=index in space.angles)
        for index, (tree, code, row) in enumerate(zip(space.leaves, space.codes, values, strict=True))
    ]
    by_tree = dict(zip(space.leaves, values, strict=True))
    named = {leaf.name: row for leaf, row in by_tree.items() if isinstance(leaf, Variable | Constant)}
    n_probes = values.shape[1]
    for tree, size in [*pi_leaves(space), *doublings(space)]:
        row = np.array(np.broadcast_to(evaluate_tree(tree, named), (n_probes,)))
        if np.isfinite(row).all() and np.ptp(row) > 0:
            leaves.append(Leaf(tree, 0, row, size))
    return leaves
