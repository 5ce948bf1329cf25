"""How many small fits a second one core does: ``python tests/benchmarks/small_fits.py``.

Forms of two to five constants that an everyday search tries on a table of 60 rows and two columns, from starts that are
off by up to a factor of three, against a target of one of them with 2 % noise. "core" is the compiled function alone,
"engine" the call that a search makes, with packing and results, "search" the same with the way from a formula to a
program. The time is that of the processor, the median of some repetitions.

``--beside FILE`` takes another build of the core, such as one of the state before a change, and lets the two take turns
in one process: the ratio is new over old, and what they find is compared. ``--instructions avx2`` allows no newer ones.
"""

from __future__ import annotations

import argparse
import importlib.util
import time
from collections.abc import Callable, Sequence
from typing import Any
from unittest.mock import patch

import numpy as np

from symreg.engine import Fit, Outcome, Program, compiled
from symreg.formula import constants_of, lower, parse

FORMS = (
    "a*exp(-b*x)", "a*x**b", "a*x/(b + x)", "a + b*log(x)", "a*sin(b*x)", "a*sqrt(x) + b", "a*tanh(b*x)",
    "a*exp(-b*x) + c", "a*x**b + c", "a/(1 + (x/b)**c)", "a*sin(b*x + c)", "a*x/(b + x) + c*z", "a + b*x + c*x**2",
    "a*exp(-b*x)*cos(c*x)", "a*(1 - exp(-b*x)) + c", "a*z*exp(-b*x) + c", "a*log(1 + b*x) + c*sqrt(z)",
    "a*exp(-b*x) + c*x + d", "a*exp(-b*x) + c*exp(-d*z)", "a/(1 + exp(-b*(x - c))) + d", "a*sin(b*x + c) + d",
    "(a + b*x)/(1 + c*x + d*x**2)", "a*x**b + c*z**d", "a*exp(-((x - b)/c)**2) + d",
    "a*exp(-b*x)*cos(c*x + d) + e", "a*exp(-b*x) + c*exp(-d*x) + e", "a/(1 + ((x - b)/c)**2) + d + e*x",
    "a*x**b*exp(-c*x) + d*z + e",
)  # fmt: skip
INPUTS, CONSTANTS = ("x", "z"), ("a", "b", "c", "d", "e")
STARTS = 12
"""Of each form: some 340 fits in a call, as many as a search gives at a time where it has many."""

Forms = list[tuple[Any, tuple[str, ...]]]


def forms() -> Forms:
    """Each form as a tree, with the names of its constants."""
    trees = [parse(text, variables=INPUTS, constants=CONSTANTS) for text in FORMS]
    return [(tree, constants_of(tree)) for tree in trees]


def other_core(path: str) -> Any:
    """The compiled module in that file, beside the one that is installed."""
    spec = importlib.util.spec_from_file_location("other._core", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Timed:
    """A core whose fits are timed."""

    def __init__(self, core: Any) -> None:
        self.core, self.seconds = core, 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.core, name)

    def fit_many(self, *arrays: Any) -> None:
        """As the core has it."""
        started = time.process_time()
        self.core.fit_many(*arrays)
        self.seconds += time.process_time() - started


def rates(cores: Sequence[Any], work: Callable[[], list[Fit]], repeats: int) -> tuple[list[Any], list[Any], list[Any]]:
    """Seconds of the core and of all, ``(n_cores, repeats)`` each, and what every core found; they take turns."""
    inner: list[list[float]] = [[] for _ in cores]
    outer: list[list[float]] = [[] for _ in cores]
    found: list[list[Fit]] = [[] for _ in cores]
    for _ in range(repeats):
        for place, core in enumerate(cores):
            timed = Timed(core)
            with patch.object(compiled, "_core", timed):
                started = time.process_time()
                found[place] = work()
                outer[place].append(time.process_time() - started)
            inner[place].append(timed.seconds)
    return inner, outer, found


def shown(seconds: Sequence[Sequence[float]], count: int) -> str:
    """Fits a second of the last core, and how many times those of the first."""
    rate = count / np.median(seconds[-1])
    if len(seconds) == 1:
        return f"{rate:>9,.0f}"
    return f"{rate:>9,.0f} ({np.median(np.array(seconds[0]) / np.array(seconds[-1])):.2f} x)"


def same(found: Sequence[Sequence[Fit]]) -> str:
    """How many fits ended alike: in the same way, with a sum of squares the same to a part in 10^9."""
    pairs = list(zip(found[0], found[-1], strict=True))
    alike = sum(
        one.outcome is other.outcome and bool(np.isclose(one.residual_sum, other.residual_sum, 1e-9, 0, equal_nan=True))
        for one, other in pairs
    )
    return f"{alike} of {len(pairs)} alike"


def main() -> None:
    """Print fits a second by the number of constants."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=60)
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--max-iterations", type=int, default=30, help="as many as the search allows a draft")
    parser.add_argument("--instructions", default="newest", help="newest, avx2 or baseline")
    parser.add_argument("--beside", help="another build of the core")
    asked = parser.parse_args()
    cores = [*([other_core(asked.beside)] if asked.beside else []), compiled._core]
    engine, rng = compiled.CompiledEngine(asked.instructions), np.random.default_rng(0)
    X = np.stack([rng.uniform(0.2, 5, asked.rows), rng.uniform(1, 3, asked.rows)])
    truth = 3 * np.exp(-0.7 * X[0]) + 1.5
    y = truth + 0.02 * truth.std() * rng.normal(size=asked.rows)

    def fitted(programs: Sequence[Program], starts: Sequence[Any]) -> list[Fit]:
        return engine.fit_many(programs, X, y, None, starts, max_iterations=asked.max_iterations)

    print(f"{asked.rows} rows; fits a second and core")
    for count in (2, 3, 4, 5):
        own = [form for form in forms() if len(form[1]) == count] * STARTS
        starts = [3.0 ** rng.uniform(-1, 1, count) for _ in own]
        programs = [lower(tree, INPUTS, names, {}) for tree, names in own]
        inner, outer, found = rates(cores, lambda p=programs, s=starts: fitted(p, s), asked.repeats)
        _, whole, _ = rates(
            cores, lambda o=own, s=starts: fitted([lower(tree, INPUTS, names, {}) for tree, names in o], s),
            max(asked.repeats // 3, 1),
        )  # fmt: skip
        steps = np.mean([fit.iterations for fit in found[-1]])
        good = sum(fit.outcome is Outcome.CONVERGED for fit in found[-1])
        print(
            f"{count} constants: {len(own)} fits of {steps:.0f} steps, {good} converged; "
            f"core {shown(inner, len(own))}, engine {shown(outer, len(own))}, "
            f"search {shown(whole, len(own))}; {same(found)}",
            flush=True,
        )


if __name__ == "__main__":
    main()
