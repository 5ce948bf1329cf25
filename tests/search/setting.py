"""A search laid out for a test: the same pieces that ``native.search`` puts together, one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from symreg.engine import get_engine
from symreg.formula.dimensioning import dimension_of
from symreg.formula.expression import evaluate_tree
from symreg.problem.making import make_problem
from symreg.problem.problem import Problem
from symreg.search.native.bank.bank import Bank, Leaf
from symreg.search.native.joins.join import Joiner
from symreg.search.native.joins.monomials import Monomials, monomials_of
from symreg.search.native.joins.products import ProductSearch
from symreg.search.native.joins.sums import SumSearch
from symreg.search.native.probes import Probes, probes_of
from symreg.search.native.proposal import Draft, Pool, Proposal
from symreg.search.native.refine import Refiner, fitted_drafts
from symreg.search.space import SearchSpace, search_space
from symreg.tables.table import read_table

Floats = npt.NDArray[np.float64]


def problem_of(data: Mapping[str, Any], target: str, **options: Any) -> Problem:
    """A problem whose columns are ``"name [unit]"``."""
    options = {"free_constants": "dimensionless", "test_fraction": 0.1} | options
    return make_problem(read_table(dict(data), target=target), **options)


@dataclass(frozen=True)
class Setting:
    """A space with its bank, its probes and an empty pool."""

    space: SearchSpace
    bank: Bank
    probes: Probes
    pool: Pool
    values: Floats  # (n_leaves, n_probes)

    @property
    def sums(self) -> SumSearch:
        """The joins in contexts."""
        return SumSearch(self.space, self.bank, self.probes, self.pool, self.joiner, self.monomials)

    @property
    def joiner(self) -> Joiner:
        """A join that nobody stops."""
        return Joiner(get_engine("auto"), 1, lambda: False)

    @property
    def monomials(self) -> Monomials:
        """The simplest products of the target's dimension."""
        return monomials_of(self.space, self.values)

    @property
    def products(self) -> ProductSearch:
        """The joins in logarithms."""
        rows = np.arange(self.values.shape[1])
        refiner = Refiner(self.space, get_engine("auto"), 1, self.probes, rows)
        return ProductSearch(
            self.space, self.bank, self.probes, self.pool, self.values, self.joiner, self.monomials,
            fit=partial(fitted_drafts, refiner),
        )  # fmt: skip

    def proposals(self) -> list[Proposal]:
        """What the pool holds, best first."""
        found = [one for complexity in self.pool.complexities() for one in self.pool.take(complexity)]
        return sorted(found, key=lambda one: one.loss)


def setting(data: Mapping[str, Any], target: str, n_probes: int = 100, **options: Any) -> Setting:
    """All of it for a table."""
    problem = problem_of(data, target, **options)
    space = search_space(problem, problem.train_rows[:n_probes])
    leaves = [Leaf(*one) for one in zip(space.leaves, space.codes, space.values, strict=True)]
    bank = Bank(leaves, space.coding, space.operators, max_entries=200_000)
    return Setting(space, bank, probes_of(space.target, space.sigma), Pool(40), np.array(space.values))


def value_of(draft: Draft, space: SearchSpace, columns: Mapping[str, Floats]) -> Floats:
    """A draft at any values of the inputs, in natural units."""
    named = {**columns, **space.known, **dict(zip(draft.names, draft.values, strict=True))}
    return evaluate_tree(draft.expression, named)


def has_the_dimension_of_the_target(draft: Draft, space: SearchSpace) -> bool:
    """By the dimension rules alone, with the constants' own dimensions."""
    free = {name: space.coding.decode(code) for name, code in zip(draft.names, draft.codes, strict=True)}
    return dimension_of(draft.expression, space.dimensions | free) == space.coding.decode(space.target_code)


def solves(proposal: Proposal, space: SearchSpace, law: Callable[..., Floats], inputs: Sequence[str]) -> bool:
    """Whether a proposal is the law also where it has not been seen: on columns that were shuffled."""
    rng = np.random.default_rng(11)
    columns = dict(zip(space.names, space.inputs, strict=True))
    fresh = {name: rng.permutation(values) for name, values in columns.items()}
    draft = proposal.build()
    dimensions = dict(zip([getattr(leaf, "name", "") for leaf in space.leaves], space.codes, strict=True))
    scales = [space.units.factor(space.coding.decode(dimensions[name])) for name in inputs]
    wanted = law(*(fresh[name] * scale for name, scale in zip(inputs, scales, strict=True)))
    wanted = wanted / space.units.factor(space.coding.decode(space.target_code))
    with np.errstate(all="ignore"):
        found = value_of(draft, space, fresh)
    good = np.isfinite(wanted)
    return bool(good.any() and np.allclose(found[good], wanted[good], rtol=1e-6, atol=0))
