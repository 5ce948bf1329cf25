"""Operon as a backend: genetic programming with local search, in a child process, on numbers without units.

It knows no units. Where coefficients are pure numbers it gets the question in Pi groups, in which every formula has the
target's dimension (``nondimensional``). Where they may carry units it gets the inputs in natural units, and its
coefficients take the dimensions that its formulas demand (``search.reading``).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np

from symreg.formula import Variable
from symreg.given import check_number
from symreg.search.backend import BackendError, Budget, Capabilities, Round
from symreg.search.foreign.child import Child
from symreg.search.native import pi_question
from symreg.search.reading import Reader
from symreg.search.space import SearchSpace, probe_rows

OPERATORS = frozenset({
    "+", "-", "*", "/", "neg", "inv", "pow", "square", "cube", "sqrt", "exp", "log", "sin", "cos", "tan", "asin",
    "acos", "atan", "sinh", "cosh", "tanh", "abs",
})  # fmt: skip
WITHOUT_END = 10**9  # evaluations, where the budget has no limit
LARGEST_SETTING = 10**9
"""Of each number that the engine is given: it holds them in 32 bits, and what is far larger than any use is a slip."""
WORKER = "symreg.search.foreign._operon_worker"  # no setting: an experiment's file must not name what is run


@dataclass(frozen=True, slots=True)
class Operon:
    """Operon (pyoperon): ``population`` formulas of at most ``max_length`` nodes, seen on ``fit_rows`` rows.

    Each is refined by ``local_iterations`` steps of Levenberg-Marquardt.
    """

    threads: int = 2
    engine: str = "auto"
    population: int = 500
    max_length: int = 24
    local_iterations: int = 5
    fit_rows: int = 500

    def __post_init__(self) -> None:
        for name in ("threads", "population", "max_length", "fit_rows"):
            check_number(self, name, 1, LARGEST_SETTING, whole=True, error=BackendError)
        check_number(self, "local_iterations", 0, LARGEST_SETTING, whole=True, error=BackendError)

    @property
    def name(self) -> str:
        """The backend's name in files and reports."""
        return "operon"

    @property
    def capabilities(self) -> Capabilities:
        """It knows neither units, nor weights, nor limits on nesting, nor given forms."""
        return Capabilities(units=False, weights=False, nested=False, templates=False, operators=OPERATORS)

    def check(self) -> None:
        """Raise BackendError where pyoperon is not installed."""
        if find_spec("pyoperon") is None:
            raise BackendError(
                message="backend operon needs the package pyoperon, which is not installed: "
                "pip install 'symreg-laws[operon]'"
            )

    def propose(
        self, space: SearchSpace, budget: Budget, *, seed: int, stop: Callable[[], bool]
    ) -> Iterator[Round]:
        """Yield the formulas of Operon's front while it goes on."""
        count = itertools.count(1)
        pure = pi_question(space, lambda _: Variable(f"group {next(count)}"))
        asked = space if pure is None else pure.space
        leaves = asked.leaves[: asked.n_inputs]
        meaning = {} if pure is None else pure.meaning
        names = {f"x{place}": meaning.get(leaf, leaf) for place, leaf in enumerate(leaves, start=1)}
        reader = Reader(space, self.name, names, None if pure is None else pure.front)
        if not names:  # a product of powers, and nothing but its factor is open
            yield Round(reader.candidates([f"{np.mean(asked.target):.9g}"]), 1, 1, 0, None, "nothing is left to try")
            return
        child = Child(self.name, WORKER, self._question(asked, list(names), budget, seed), memory=budget.memory)
        yield from child.rounds(reader, budget, stop)

    def _question(self, space: SearchSpace, names: Sequence[str], budget: Budget, seed: int) -> dict[str, Any]:
        rows = probe_rows(space, self.fit_rows, np.random.default_rng(seed))
        return {
            "names": names,
            "inputs": space.inputs[:, rows].tolist(),
            "target": space.target[rows].tolist(),
            "operators": sorted((space.operators & OPERATORS) - {"neg", "inv", "cube"} | {"*"}),
            "max_length": self.max_length,
            "population": self.population,
            "generations": WITHOUT_END,
            "local_iterations": self.local_iterations,
            "evaluations": budget.evaluations or WITHOUT_END,
            "seconds": 1e6 if budget.time is None else budget.time,
            "seed": seed,
            "threads": self.threads,
        }
