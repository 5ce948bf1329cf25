"""Sweeps whose searches cost nothing: laws by hand, chosen by what a run asks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from symreg.discovery import Discovery
from symreg.experiment import Specification, run_experiment
from symreg.laws.law import ParetoFront
from symreg.problem.problem import Problem
from symreg.sweeps.language import read_sweep
from tests.laws_by_hand import discovery_of

DRAWN = """\
version: 1
name: fall
data:
  generate:
    formula: sqrt(2*h/g)
    target: {name: t, unit: s}
    inputs: {h: {low: 1, high: 20, unit: m}}
    constants: {g: {value: 9.81, unit: m/s**2}}
    rows: 40
free_constants: {units: inferred}
robustness: {resamples: 0}
report: {formats: [], exports: []}
"""

Choose = Callable[[Specification], str]


def written(folder: Path, text: str, name: str = "fall.yaml") -> Path:
    """An experiment's file in ``folder``."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def answering(formula: str) -> Callable[..., Discovery]:
    """A search that finds ``formula``, with constants k, k1, ... fitted to the rows; nothing for no formula."""

    def discover(problem: Problem, **_: object) -> Discovery:
        return discovery_of(problem, formula) if formula else finding_nothing(problem)

    return discover


def finding_nothing(problem: Problem, **_: object) -> Discovery:
    """A search that ends without a law."""
    return Discovery(
        problem=problem, front=ParetoFront((), -1), status="finished", stop_reason="nothing left", evaluated=1,
        complete_to_complexity=5, pruned_by_dimension=0, wall_seconds=1.0, engine="numpy", backend="native", notes=(),
    )  # fmt: skip


def run_sweep(path: Path, runs: Path, choose: Choose = lambda _: "k*sqrt(h)") -> None:
    """Run all that ``path`` stands for, each finding what ``choose`` says."""
    for specification in read_sweep(path).specifications:
        run_experiment(specification, runs, discover=answering(choose(specification)))
