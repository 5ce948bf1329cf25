"""Results small enough to be kept beside the record that is made of them, one file a set.

What the record never shows is left out: the complexity, and of a trial that found the law strictly the
formula, the truth and why its search ended. Numbers, those in formulas too, are rounded to what is printed.
The record of the archive is the record of the results.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from symreg.atomic import atomic_write_text
from symreg.benchmark.facts import RunFacts, read_facts, write_facts
from symreg.benchmark.results import ARCHIVE_COLUMNS, read_results, results_text
from symreg.benchmark.run import SETS
from symreg.benchmark.summary import group_of, group_order
from symreg.benchmark.trial import TrialResult

__all__ = ["compact", "gather", "order", "write_archive"]

_FITTED = re.compile(r"(?<![\w.])\d+\.\d{4,}(?:e[+-]?\d+)?")
"""A number of a formula with more digits than anybody reads."""


def gather(paths: Sequence[str | Path]) -> tuple[list[TrialResult], list[RunFacts]]:
    """The trials of all files, results or archives, and the facts beside them.

    Of a trial that stands in several files the last one counts.
    """
    trials: dict[tuple[object, ...], TrialResult] = {}
    facts: list[RunFacts] = []
    for path in paths:
        for result in read_results(path):
            trials[_key(result)] = result
        facts += [entry for entry in read_facts(path) if entry not in facts]
    return sorted(map(compact, trials.values()), key=order), facts


def compact(result: TrialResult) -> TrialResult:
    """The trial with what the record shows of it, and no more."""
    less = replace(
        result,
        complexity=0,
        seconds=_rounded(result.seconds, 4),
        held_out_r2=_rounded(result.held_out_r2, 7),
        formula=_FITTED.sub(lambda number: f"{float(number[0]):.4g}", result.formula),
    )
    return replace(less, formula="", truth="", note="") if result.strict else less


def write_archive(folder: Path, results: Sequence[TrialResult], facts: Sequence[RunFacts]) -> list[Path]:
    """Write ``SET.csv`` for each set, in the order given, and the facts beside it; return the tables' paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name in sorted({result.set for result in results}):
        path = folder / f"{_file_name(name)}.csv"
        chosen = [result for result in results if result.set == name]
        atomic_write_text(path, results_text(chosen, ARCHIVE_COLUMNS))
        if facts:
            write_facts(path, list(facts))
        paths.append(path)
    return paths


def _key(result: TrialResult) -> tuple[object, ...]:
    """What makes two lines the same trial; the truth is not in every archive."""
    return (
        result.set, result.id, result.noise, result.seed, result.units, result.without, result.backend,
        result.rows, result.time, result.threads,
    )  # fmt: skip


def order(result: TrialResult) -> tuple[object, ...]:
    """By set, by problem with I.8.14 before I.12.1, and then by the way of searching, noise and seed."""
    place = SETS.index(result.set) if result.set in SETS else len(SETS)
    parts = tuple((int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", result.id))
    return (place, result.set, parts, *group_order(group_of(result)), result.seed)


def _rounded(value: float, digits: int) -> float:
    return float(f"{value:.{digits}g}") if math.isfinite(value) else value


def _file_name(name: str) -> str:
    """A set's name without what a file's name must not have."""
    return "".join(char if char.isalnum() or char in "-_" else "_" for char in name)
