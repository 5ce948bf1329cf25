"""PySR as a backend: Julia's SymbolicRegression.jl in a child process, with the units it can be told.

It gets the columns and the known constants in natural units, their dimensions as powers of base units, and a penalty
for formulas that break them, in proportion to the baseline loss (Cranmer 2023, arXiv:2305.01582). Its hall of fame is
read from its file while it runs. All that it proposes is read, checked, fitted and ranked as everybody's.
"""

from __future__ import annotations

import csv
import io
import math
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from symreg.formula import Apply, Constant, Expression, Number, Variable, substitute, to_text, walk
from symreg.given import check_number
from symreg.search.backend import BackendError, Budget, Capabilities, Round
from symreg.search.foreign.child import Child
from symreg.search.reading import Reader
from symreg.search.space import SearchSpace
from symreg.units import BASE_UNITS, Dimension

WORKER = "symreg.search.foreign._pysr_worker"  # no setting: an experiment's file must not name what is run
HALL_OF_FAME = ("hall_of_fame.csv", "hall_of_fame.csv.bak")  # one of the two is whole at any moment
RUN = "run"
BINARY = {"+": "+", "-": "-", "*": "*", "/": "/", "pow": "^"}
UNARY = frozenset(
    {"neg", "inv", "square", "cube", "sqrt", "exp", "log", "log10", "sin", "cos", "tan", "asin", "acos", "atan", "sinh"}
    | {"cosh", "tanh", "abs"}
)
WRONG_DIMENSION = 1_000.0  # times the baseline loss, for a formula whose dimensions are wrong
LEAST_SIZE = 7  # PySR accepts no smaller maxsize
MANY_ROWS = 2_000  # above, a generation looks at a batch of the rows
BATCH = 256
"""Rows of a batch, where a generation looks at one. From 256 rows the mean square of normal residuals is known to 9 %
(``sqrt(2/n)``): fewer rows rank formulas more by chance, more rows make every generation slower. Set by hand."""

WITHOUT_END = 10**9
"""Iterations: more than any search comes to, since PySR wants a number. Time, evaluations or ``stop`` end it."""

LARGEST_SETTING = 10**9
"""Of each number that the engine is given: what is far larger than any use is a slip."""

LARGEST_FILE = 10_000_000
"""Characters that are read of a hall of fame. It has one row for each complexity, so that a whole one is far smaller:
the limit only keeps a broken file from filling the memory. Set by hand."""


@dataclass(frozen=True, slots=True)
class PySR:
    """PySR: ``populations`` of ``population_size`` formulas of at most ``max_size`` nodes on ``threads`` threads.

    On one thread the search is deterministic. Starting Julia takes a minute or more, which counts as search.
    """

    threads: int = 2
    engine: str = "auto"
    populations: int = 31
    population_size: int = 27
    max_size: int = 40

    def __post_init__(self) -> None:
        for name in ("threads", "populations", "population_size", "max_size"):
            check_number(self, name, 1, LARGEST_SETTING, whole=True, error=BackendError)

    @property
    def name(self) -> str:
        """The backend's name in files and reports."""
        return "pysr"

    @property
    def capabilities(self) -> Capabilities:
        """It weighs rows and keeps limits on nesting; units are a penalty to it, and evaluations its own count."""
        return Capabilities(units=False, templates=False, evaluations=False, operators=frozenset(BINARY) | UNARY)

    def check(self) -> None:
        """Raise BackendError where the package or Julia is not installed."""
        if find_spec("pysr") is None or find_spec("juliacall") is None:
            raise BackendError(
                message="backend pysr needs the package pysr, which is not installed: pip install 'symreg-laws[pysr]'"
            )
        if not julia_is_there():
            raise BackendError(
                message="backend pysr needs Julia, which was not found: install it (https://julialang.org/downloads), "
                "or run python -c 'import pysr' once, which fetches it"
            )

    def propose(
        self, space: SearchSpace, budget: Budget, *, seed: int, stop: Callable[[], bool]
    ) -> Iterator[Round]:
        """Yield the formulas of the hall of fame while it grows."""
        names = names_of(space)
        with tempfile.TemporaryDirectory(prefix="symreg-pysr-") as folder:
            question = {
                "arguments": self.arguments(space, budget, seed, folder),
                "data": data_of(space),
                "seconds": budget.time,
                "threads": self.threads,
                "memory": budget.memory,
            }
            # Julia reserves address space far beyond what it uses, so that a limit on that would only stop it.
            # It cannot say a word while it works, so that silence tells nothing.
            hall = Path(folder) / RUN
            child = Child(self.name, WORKER, question, silence=math.inf, formulas=lambda: read_folder(hall))
            yield from child.rounds(Reader(space, self.name, names), budget, stop)

    def arguments(self, space: SearchSpace, budget: Budget, seed: int, folder: str) -> dict[str, Any]:
        """Keywords of ``PySRRegressor``."""
        binary = {name: BINARY[name] for name in sorted(space.operators) if name in BINARY}
        unary = {name: name for name in sorted(space.operators & UNARY)}
        found: dict[str, Any] = {
            "binary_operators": list(binary.values()) or ["*"],
            "unary_operators": list(unary.values()),
            "maxsize": max(LEAST_SIZE, min(self.max_size, space.max_complexity)),
            "niterations": WITHOUT_END,
            "populations": self.populations,
            "population_size": self.population_size,
            "timeout_in_seconds": budget.time,
            "max_evals": budget.evaluations,
            "precision": 64,
            "batching": len(space.target) > MANY_ROWS,
            "batch_size": BATCH,
            "random_state": seed,
            "deterministic": self.threads == 1,
            "parallelism": "serial" if self.threads == 1 else "multithreading",
            "dimensionless_constants_only": space.coefficient_codes == (0,),
            "output_directory": folder,
            "run_id": RUN,
            "temp_equation_file": False,
            "input_stream": "devnull",
            "verbosity": 0,
            "progress": False,
            "update": False,
        }
        if any(space.codes) or space.target_code:
            found["dimensional_constraint_penalty"] = WRONG_DIMENSION * baseline_loss(space)
        if "pow" in binary:
            found["constraints"] = {"^": [-1, 1]}  # an exponent is one number or one name
        named = binary | unary
        nested = {
            named[outer]: {named[inner]: most for inner, most in inside.items() if inner in named}
            for outer, inside in space.nested.items()
            if outer in named
        }
        if any(nested.values()):
            found["nested_constraints"] = {outer: inside for outer, inside in nested.items() if inside}
        guesses = [text for one in space.guesses if (text := guess_text(one, space, set(named))) is not None]
        return found | ({"guesses": guesses} if guesses else {})


def names_of(space: SearchSpace) -> dict[str, Expression]:
    """Names for columns and known constants that mean nothing to Julia or sympy."""
    leaves = [leaf for leaf in space.leaves if isinstance(leaf, Variable | Constant)]
    return {f"x{place}": leaf for place, leaf in enumerate(leaves, start=1)}


def data_of(space: SearchSpace) -> dict[str, Any]:
    """Arguments of ``PySRRegressor.fit``: ``X`` has shape ``(n_rows, n_leaves)``; weights have the mean one."""
    names = names_of(space)
    weights = None if space.sigma is None else 1.0 / space.sigma**2
    found = {
        "X": space.values[: len(names)].T.tolist(),
        "y": space.target.tolist(),
        "weights": None if weights is None else (weights / weights.mean()).tolist(),
        "variable_names": list(names),
    }
    if any(space.codes) or space.target_code:
        found["X_units"] = [unit_text(space.coding.decode(code)) for code in space.codes[: len(names)]]
        found["y_units"] = unit_text(space.coding.decode(space.target_code))
    return found


def unit_text(dimension: Dimension) -> str:
    """A dimension as DynamicQuantities.jl reads one: base units with whole or rational powers, empty for none."""
    powers = [(name, exponent) for name, exponent in zip(BASE_UNITS, dimension.exponents, strict=True) if exponent]
    return " * ".join(
        name if power == 1 else f"{name}^({power.numerator})" if power.denominator == 1
        else f"{name}^({power.numerator}//{power.denominator})"
        for name, power in powers
    )  # fmt: skip


def baseline_loss(space: SearchSpace) -> float:
    """The weighted mean square of the target about its mean: the loss of the best constant."""
    weights = np.ones_like(space.target) if space.sigma is None else 1.0 / space.sigma**2
    weights = weights / weights.mean()
    mean = float(np.average(space.target, weights=weights))
    return float(np.mean(weights * (space.target - mean) ** 2))


def guess_text(guess: Expression, space: SearchSpace, operators: set[str]) -> str | None:
    """A guess in the names and natural units of the space, free constants as one; None where an operator is missing."""
    used = {node.operator for node in walk(guess) if isinstance(node, Apply)}
    if not used <= operators:
        return None
    here = {own: other for other, own in space.own_names.items()}
    mapping: dict[Expression, Expression] = {leaf: Variable(name) for name, leaf in names_of(space).items()}
    for node in walk(guess):
        if isinstance(node, Constant):
            leaf = Constant(here.get(node.name, node.name))
            mapping[node] = mapping.get(leaf, Number(space.numbers.get(node.name, 1.0)))
    return to_text(substitute(guess, mapping)).replace("**", "^")


def read_folder(folder: Path) -> list[str]:
    """The formulas of the hall of fame as far as it is written."""
    for name in HALL_OF_FAME:
        try:
            with open(folder / name, encoding="utf-8", errors="replace", newline="") as file:
                found = hall_of_fame(file.read(LARGEST_FILE))
        except OSError:
            continue
        if found:
            return found
    return []


def hall_of_fame(text: str) -> list[str]:
    """Formulas of a table ``Complexity,Loss,Equation``; rows that are not whole, because it is being written, are left
    out."""
    found = []
    for row in csv.reader(io.StringIO(text.rpartition("\n")[0])):
        if len(row) == 3 and row[0].strip().isdigit():
            found.append(row[2])
    return found


def julia_is_there(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether there is a Julia that juliacall would start without fetching one."""
    if environment.get("PYTHON_JULIACALL_EXE") or shutil.which("julia", path=environment.get("PATH")):
        return True
    places = [Path(sys.prefix) / "julia_env", Path.home() / ".julia" / "environments"]
    given = environment.get("PYTHON_JULIAPKG_PROJECT")
    places += [Path(given)] if given else []
    return any(any(place.glob("**/pyjuliapkg/install/bin/julia*")) for place in places if place.is_dir())
