"""What other systems have found again, as published: ``datasets/published_rates``."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from symreg.tables import datasets_folder

__all__ = ["PublishedRate", "best_published", "read_published"]

Rule = Literal["srbench", "front", "strict", "own"]
RULES: tuple[Rule, ...] = ("srbench", "front", "strict", "own")
LEVELS = {"noise_0": 0.0, "noise_0p001": 0.001, "noise_0p01": 0.01, "noise_0p1": 0.1}


@dataclass(frozen=True, slots=True)
class PublishedRate:
    """Percent found by one system in one set, by level of noise; ``rule`` says what counts as found."""

    method: str
    set: str
    problems: int
    units: bool
    rule: Rule
    rates: Mapping[float, float]
    source: str


def read_published() -> tuple[PublishedRate, ...]:
    """Every row of the table of published rates."""
    path = datasets_folder() / "published_rates" / "published_rates.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        return tuple(_rate(row) for row in csv.DictReader(stream))


def best_published(
    rates: Iterable[PublishedRate], set_name: str, noise: float, *, units: bool, strict: bool
) -> tuple[str, float] | None:
    """The system with the highest rate and that rate, by the strict rule or by any other; None for none.

    Without ``units`` only systems that use none are looked at.
    """
    found = [
        (each.method, each.rates[noise])
        for each in rates
        if each.set == set_name and noise in each.rates
        if (each.rule == "strict") == strict and (units or not each.units)
    ]
    return max(found, key=lambda entry: entry[1], default=None)


def _rate(row: Mapping[str, str]) -> PublishedRate:
    return PublishedRate(
        method=row["method"],
        set=row["set"],
        problems=int(row["problems"]),
        units=row["units"] == "yes",
        rule=next(rule for rule in RULES if rule == row["rule"]),
        rates={level: float(row[name]) for name, level in LEVELS.items() if row[name]},
        source=row["source"],
    )
