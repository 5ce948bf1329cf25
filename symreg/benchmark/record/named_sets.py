"""Trials by the set of problems that they are counted in.

A trial can count in two: 19 of the 20 bonus equations are among the 116 that SRBench scores.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from symreg.benchmark.run import SETS, load_set
from symreg.benchmark.trial import TrialResult

__all__ = ["NamedSet", "named_sets"]

TITLES = {
    "feynman": "Feynman, the 116 of SRBench",
    "bonus": "Feynman, the 20 bonus equations",
    "strogatz": "Strogatz",
    "empiricalbench": "EmpiricalBench",
}


@dataclass(frozen=True, slots=True)
class NamedSet:
    """A set of problems and the trials of it; ``problems`` is how many it has, None where nobody knows."""

    name: str
    title: str
    problems: int | None
    results: tuple[TrialResult, ...]


def named_sets(results: Sequence[TrialResult]) -> list[NamedSet]:
    """The sets that come with the package in their order, then those of other problem files by name."""
    present = {result.set for result in results}
    sets = [_known(name, results) for name in SETS if name in present]
    for name in sorted(present - set(SETS)):
        sets.append(NamedSet(name, name, None, tuple(one for one in results if one.set == name)))
    return sets


def _known(name: str, results: Sequence[TrialResult]) -> NamedSet:
    members = _members(name)
    chosen = tuple(result for result in results if (result.set, result.id) in members)
    return NamedSet(name, TITLES[name], len(members), chosen)


@cache
def _members(name: str) -> frozenset[tuple[str, str]]:
    """The problems of a set that comes with the package; a file of many formulas takes a second to read."""
    return frozenset((problem.set_name, problem.id) for problem in load_set(name))
