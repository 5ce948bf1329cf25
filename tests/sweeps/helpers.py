"""Sweeps whose searches cost nothing: laws by hand, chosen by what a run asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from symreg.discovery import Discovery
from symreg.experiment import Specification, run_experiment
from symreg.laws.law import ParetoFront
from symreg.problem.problem import Problem
from symreg.sweeps.language import read_sweep
from tests.laws_by_hand import discovery_of, law_of

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
        found = discovery_of(problem, formula or "k")
        return found if formula else replace(found, front=ParetoFront((), -1))

    return discover


def fall(formula: str) -> Callable[..., Discovery]:
    """As ``answering``, with a worse law beside it."""

    def discover(problem: Problem, **_: object) -> Discovery:
        laws = tuple(law_of(problem, one) for one in ("k", formula))
        return replace(discovery_of(problem, formula), front=ParetoFront(laws, 1))

    return discover


def run_sweep(path: Path, runs: Path, choose: Choose = lambda _: "k*sqrt(h)") -> None:
    """Run all that ``path`` stands for, each finding what ``choose`` says."""
    for specification in read_sweep(path).specifications:
        run_experiment(specification, runs, discover=answering(choose(specification)))
