"""Operon as a backend: genetic programming with local search, in a child process, on numbers without units.

It gets the inputs in natural units and knows nothing else. What units can tell is applied to its formulas afterwards, see
``search.reading``: its coefficients take the dimensions they need, or become known constants.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np

from symreg.expression import Variable
from symreg.search.backend import BackendError, Budget, Capabilities, Round
from symreg.search.child import Child
from symreg.search.reading import Reader
from symreg.search.space import SearchSpace, probe_rows

OPERATORS = frozenset(
    "+ - * / neg inv pow square sqrt exp log sin cos tan asin acos atan sinh cosh tanh abs".split()
)
WITHOUT_END = 10**12  # evaluations, where the budget has no limit
WORKER = "symreg.search._operon_worker"


@dataclass(frozen=True, slots=True)
class Operon:
    """Operon (pyoperon): ``population`` formulas of at most ``max_length`` nodes, seen on ``fit_rows`` rows.

    Each is refined by ``local_iterations`` steps of Levenberg-Marquardt. ``worker`` is the module that the child runs.
    """

    threads: int = 2
    engine: str = "auto"
    population: int = 1000
    max_length: int = 40
    local_iterations: int = 5
    fit_rows: int = 1000
    worker: str = WORKER

    @property
    def name(self) -> str:
        """The backend's name in files and reports."""
        return "operon"

    @property
    def capabilities(self) -> Capabilities:
        """It knows neither units, nor weights, nor limits on nesting, nor given forms."""
        return Capabilities(units=False, weights=False, nested=False, templates=True, operators=OPERATORS)

    def check(self) -> None:
        """Raise BackendError where pyoperon is not installed."""
        if self.worker == WORKER and find_spec("pyoperon") is None:
            raise BackendError(
                message="backend operon needs the package pyoperon, which is not installed: "
                "pip install 'symreg-laws[operon]'"
            )

    def propose(
        self, space: SearchSpace, budget: Budget, *, seed: int, stop: Callable[[], bool]
    ) -> Iterator[Round]:
        """Yield the formulas of Operon's front while it goes on."""
        names = {f"x{place}": leaf for place, leaf in enumerate(space.leaves[: space.n_inputs], start=1)}
        child = Child(self.name, self.worker, self._question(space, budget, seed), memory=budget.memory)
        return child.rounds(Reader(space, self.name, names), budget, stop)

    def _question(self, space: SearchSpace, budget: Budget, seed: int) -> dict[str, Any]:
        rows = probe_rows(space, self.fit_rows, np.random.default_rng(seed))
        inputs = [row for leaf, row in zip(space.leaves, space.inputs, strict=False) if isinstance(leaf, Variable)]
        return {
            "names": [f"x{place}" for place in range(1, len(inputs) + 1)],
            "inputs": [row[rows].tolist() for row in inputs],
            "target": space.target[rows].tolist(),
            "operators": sorted((space.operators & OPERATORS) - {"neg", "inv"} | {"*"}),
            "max_length": self.max_length,
            "population": self.population,
            "generations": 1_000_000,
            "local_iterations": self.local_iterations,
            "evaluations": budget.evaluations or WITHOUT_END,
            "seconds": 1e6 if budget.time is None else budget.time,
            "seed": seed,
            "threads": self.threads,
        }
