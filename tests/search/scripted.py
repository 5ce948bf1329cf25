"""A backend that proposes what it is given, and a small problem for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from symreg.problem.making import make_problem
from symreg.problem.problem import Problem
from symreg.search.backend import Budget, Capabilities, Round
from symreg.tables.table import read_table

RNG = np.random.default_rng(0)
V, T = RNG.uniform(1, 3, 60), RNG.uniform(1, 3, 60)


def motion(**options: Any) -> Problem:
    table = read_table({"v [m/s]": V, "t [s]": T, "x [m]": V * T * (1 + 0.01 * RNG.normal(size=60))}, target="x")
    return make_problem(table, free_constants="dimensionless", **options)


@dataclass
class Scripted:
    """Proposes formulas as text and writes down what it was given."""

    name: str
    formulas: tuple[str, ...] = ()
    reason: str | None = "done"
    evaluated: int = 5
    complete: int | None = None
    fault: Exception | None = None
    seconds: float = 0.0
    threads: int = 1
    engine: str = "auto"
    capabilities: Capabilities = field(default_factory=Capabilities)
    given: list[Budget] = field(default_factory=list)

    def propose(self, space: Any, budget: Budget, *, seed: int, stop: Callable[[], bool]) -> Iterator[Round]:
        self.given.append(budget)
        time.sleep(self.seconds)
        yield Round((), 3, self.evaluated, 2, self.complete, None, formulas=self.formulas)
        if self.fault is not None:
            raise self.fault
        yield Round((), 3, self.evaluated, 2, self.complete, "interrupted" if stop() else self.reason)
