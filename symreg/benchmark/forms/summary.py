"""Counts of trials of forms, by the size of the table and the level of noise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from symreg.benchmark.forms.trial import FormResult

__all__ = ["FormSummary", "summarise_forms"]

ORDER = ("smaller", "only", "larger", "given", "none", "first", "second", "third")


@dataclass(frozen=True, slots=True)
class FormSummary:
    """Counts over the trials of one size and one rank of noise.

    ``seconds`` is the median of the trials that ended, ``recovery_seconds`` of the recovered ones; NaN without any.
    """

    size: str
    rank: str
    trials: int
    recovered: int
    on_front: int
    false_ends: int
    failed: int
    seconds: float
    recovery_seconds: float


def summarise_forms(results: Iterable[FormResult]) -> list[FormSummary]:
    """One summary for each size and rank, smaller before larger, less noise before more."""
    groups: dict[tuple[str, str], list[FormResult]] = {}
    for result in results:
        groups.setdefault((result.size, result.rank), []).append(result)
    ordered = sorted(groups, key=lambda group: [_place(word) for word in group])
    return [_summary(*group, groups[group]) for group in ordered]


def _place(word: str) -> tuple[int, float]:
    """Words in their order, then numbers."""
    return (0, ORDER.index(word)) if word in ORDER else (1, float(word))


def _summary(size: str, rank: str, results: list[FormResult]) -> FormSummary:
    return FormSummary(
        size=size,
        rank=rank,
        trials=len(results),
        recovered=sum(one.recovered for one in results),
        on_front=sum(one.on_front for one in results),
        false_ends=sum(one.false_end for one in results),
        failed=sum(one.status == "failed" for one in results),
        seconds=_median([one.seconds for one in results]),
        recovery_seconds=_median([one.seconds for one in results if one.recovered]),
    )


def _median(values: list[float]) -> float:
    known = [value for value in values if np.isfinite(value)]
    return float(np.median(known)) if known else float("nan")
