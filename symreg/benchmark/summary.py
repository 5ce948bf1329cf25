"""Counts and times of a benchmark, trials of like settings together; the three rules are never mixed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from symreg.benchmark.trial import TrialResult

__all__ = ["Group", "Spread", "Summary", "group_of", "group_order", "search_words", "summarise"]

FORGIVEN = ("zero", "offset", "factor")


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle of some numbers, and what nine in ten of them stay below; NaN where there are none."""

    median: float
    ninety_percent: float


@dataclass(frozen=True, slots=True)
class Group:
    """What trials that are counted together have in common: everything but the problem and the seed."""

    set: str
    noise: float
    units: bool
    without: str
    backend: str
    rows: int
    time: float
    threads: int


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts over the trials of one group.

    ``symbolic`` and ``numeric`` count the trials that each way of judging alone would call recovered.
    ``seconds`` is of all trials that ended, ``recovery_seconds`` and ``recovery_evaluations`` of those that
    SRBench's rule counts as recovered.
    """

    group: Group
    trials: int
    problems: int
    seeds: int
    recovered: int
    strict: int
    on_front: int
    symbolic: int
    numeric: int
    failed: int
    seconds: Spread
    recovery_seconds: Spread
    recovery_evaluations: Spread


def summarise(results: Iterable[TrialResult], together: str | None = None) -> list[Summary]:
    """One summary for each set, level of noise and way of searching, in that order.

    ``together`` is a name under which all sets are counted as one.
    """
    groups: dict[Group, list[TrialResult]] = {}
    for result in results:
        groups.setdefault(group_of(result, together), []).append(result)
    return [summary_of(group, groups[group]) for group in sorted(groups, key=group_order)]


def group_of(result: TrialResult, name: str | None = None) -> Group:
    """The group that a trial belongs to, its set under another name where one is given."""
    return Group(
        set=name or result.set,
        noise=result.noise,
        units=result.units,
        without=result.without,
        backend=result.backend,
        rows=result.rows,
        time=result.time,
        threads=result.threads,
    )


def summary_of(group: Group, results: Sequence[TrialResult]) -> Summary:
    """Count the trials of one group."""
    recovered = [result for result in results if result.recovered]
    return Summary(
        group=group,
        trials=len(results),
        problems=len({(result.set, result.id) for result in results}),
        seeds=len({result.seed for result in results}),
        recovered=len(recovered),
        strict=sum(result.strict for result in results),
        on_front=sum(result.on_front for result in results),
        symbolic=sum(result.symbolic in FORGIVEN for result in results),
        numeric=sum(result.numeric in FORGIVEN for result in results),
        failed=sum(result.status == "failed" for result in results),
        seconds=spread_of([result.seconds for result in results]),
        recovery_seconds=spread_of([result.seconds for result in recovered]),
        recovery_evaluations=spread_of([float(result.evaluated) for result in recovered]),
    )


def spread_of(values: Sequence[float]) -> Spread:
    """Median and 90 % quantile of the values that are numbers."""
    known = np.array([value for value in values if np.isfinite(value)])
    if not known.size:
        return Spread(float("nan"), float("nan"))
    return Spread(float(np.median(known)), float(np.quantile(known, 0.9)))


def search_words(group: Group, others: Iterable[Group]) -> tuple[str, ...]:
    """What was asked of the search, as far as it tells the groups apart."""
    words = ["with units" if group.units else "no units"]
    words += [f"without {group.without}"] if group.without else []
    others = tuple(others)
    for name, text in (
        ("backend", group.backend), ("rows", f"{group.rows} rows"), ("time", f"{group.time:g} s"),
        ("threads", f"{group.threads} thread{'' if group.threads == 1 else 's'}"),
    ):  # fmt: skip
        if len({getattr(other, name) for other in others}) > 1:
            words.append(text)
    return tuple(words)


def group_order(group: Group) -> tuple[str, bool, str, str, int, float, int, float]:
    """By set, with units first, the whole search before what lacks a part, then by noise."""
    return (
        group.set, not group.units, group.without, group.backend, group.rows, group.time, group.threads,
        group.noise,
    )  # fmt: skip
