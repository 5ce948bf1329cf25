"""Two ways of searching on the same problems: what units buy, what a mechanism is worth.

Only trials that were made both ways count: the same problem, noise, seed and limits. Times and evaluations
are compared where both ways recovered the law; a miss has no time to recovery.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from symreg.benchmark.summary import group_of, spread_of
from symreg.benchmark.trial import TrialResult

__all__ = ["Comparison", "compare_units", "compare_without"]

Pair = tuple[TrialResult, TrialResult]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The whole search (``first``) and the lesser one at one level of noise."""

    noise: float
    units: bool
    without: str
    trials: int
    recovered: tuple[int, int]
    strict: tuple[int, int]
    both: int
    seconds: tuple[float, float]
    evaluations: tuple[float, float]


def compare_units(results: Sequence[TrialResult]) -> list[Comparison]:
    """With units and without, the whole search in both."""
    whole = [result for result in results if not result.without]
    with_units = [result for result in whole if result.units]
    bare = [replace(result, units=True) for result in whole if not result.units]
    return _compared(with_units, bare, "")


def compare_without(results: Sequence[TrialResult]) -> list[Comparison]:
    """The whole search and each one that lacks a mechanism."""
    found = []
    for without in sorted({result.without for result in results} - {""}):
        less = [replace(result, without="") for result in results if result.without == without]
        found += _compared([result for result in results if not result.without], less, without)
    return found


def _compared(
    first: Sequence[TrialResult], second: Sequence[TrialResult], without: str
) -> list[Comparison]:
    """One comparison for each level of noise at which there are trials of both kinds."""
    others = {_key(result): result for result in second}
    groups: dict[tuple[bool, float], list[Pair]] = {}
    for result in first:
        if (other := others.get(_key(result))) is not None:
            groups.setdefault((not result.units, result.noise), []).append((result, other))
    return [_comparison(groups[key], without) for key in sorted(groups)]


def _comparison(pairs: Sequence[Pair], without: str) -> Comparison:
    both = [pair for pair in pairs if pair[0].recovered and pair[1].recovered]
    return Comparison(
        noise=pairs[0][0].noise,
        units=pairs[0][0].units,
        without=without,
        trials=len(pairs),
        recovered=(sum(a.recovered for a, _ in pairs), sum(b.recovered for _, b in pairs)),
        strict=(sum(a.strict for a, _ in pairs), sum(b.strict for _, b in pairs)),
        both=len(both),
        seconds=(_median([a.seconds for a, _ in both]), _median([b.seconds for _, b in both])),
        evaluations=(_median([a.evaluated for a, _ in both]), _median([b.evaluated for _, b in both])),
    )


def _key(result: TrialResult) -> tuple[object, ...]:
    return group_of(result), result.id, result.seed


def _median(values: Sequence[float]) -> float:
    return spread_of(values).median
