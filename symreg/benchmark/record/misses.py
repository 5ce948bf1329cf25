"""The equations that did not come back, and why as far as the results know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from symreg.benchmark.summary import Group, group_of
from symreg.benchmark.trial import TrialResult

__all__ = ["Miss", "missed", "reason_of", "recovered_loosely"]


@dataclass(frozen=True, slots=True)
class Miss:
    """A problem at one level of noise: the seeds that missed it of those run, what was selected instead.

    ``selected`` is the best of the laws that were selected, by its ``held_out_r2``; ``others`` how many
    different ones there were beside it.
    """

    group: Group
    id: str
    seeds: tuple[int, ...]
    seeds_run: int
    truth: str
    selected: str
    others: int
    held_out_r2: float
    reasons: tuple[str, ...]


def missed(results: Sequence[TrialResult]) -> list[Miss]:
    """Every problem that some seed did not recover by SRBench's rule, in the order of the results."""
    return _misses(results, lambda result: not result.recovered, reason_of)


def recovered_loosely(results: Sequence[TrialResult]) -> list[Miss]:
    """Every problem that SRBench's rule calls recovered with some seed, and the strict rule does not."""
    return _misses(results, lambda result: result.recovered and not result.strict, _difference)


def reason_of(result: TrialResult) -> str:
    """Why a law was missed."""
    if result.status == "failed":
        return result.note
    if result.on_front:
        return "on the front, but another law was selected"
    why, _, more = result.note.partition("; ")
    told = {
        "time budget spent": f"not found in {result.time:g} s",
        "residual at the noise": "the search ended with a law that fits within the noise",
    }.get(why, why)
    return f"{told} ({more})" if more else told


def _difference(result: TrialResult) -> str:
    kinds = {result.symbolic, result.numeric}
    if "zero" in kinds:
        return "the true form, but R² is not above 0.99"
    return " or ".join(f"a constant {kind} away" for kind in ("offset", "factor") if kind in kinds)


def _misses(
    results: Sequence[TrialResult],
    counts: Callable[[TrialResult], bool],
    reason: Callable[[TrialResult], str],
) -> list[Miss]:
    problems: dict[tuple[str, Group], list[TrialResult]] = {}
    for result in results:
        problems.setdefault((result.id, group_of(result)), []).append(result)
    found = []
    for (name, group), trials in problems.items():
        chosen = [trial for trial in trials if counts(trial)]
        if chosen:
            found.append(_miss(name, group, chosen, len(trials), reason))
    return found


def _miss(
    name: str, group: Group, trials: Sequence[TrialResult], seeds_run: int, reason: Callable[[TrialResult], str]
) -> Miss:
    best = max(trials, key=lambda trial: trial.held_out_r2 if np.isfinite(trial.held_out_r2) else -np.inf)
    formulas = _distinct(trial.formula for trial in trials)
    return Miss(
        group=group,
        id=name,
        seeds=tuple(sorted(trial.seed for trial in trials)),
        seeds_run=seeds_run,
        truth=best.truth,
        selected=best.formula,
        others=len(formulas) - (best.formula in formulas),
        held_out_r2=best.held_out_r2,
        reasons=tuple(_distinct(reason(trial) for trial in trials)),
    )


def _distinct(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(text for text in texts if text))
