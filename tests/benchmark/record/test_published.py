"""The published rates: what is told of them, and which is the best."""

from __future__ import annotations

import re

import pytest

from symreg.benchmark.record.published import best_published, read_published
from symreg.tables.catalog import datasets_folder

RATES = read_published()


def test_the_figures_of_the_publications() -> None:
    known = {(each.method, each.set, each.rule): each for each in RATES}
    physo = known["PhySO", "feynman", "front"]
    assert physo.rates == {0.0: 58.45, 0.001: 58.45, 0.01: 57.93, 0.1: 53.45}
    assert physo.units and physo.problems == 116
    assert known["PySR", "feynman", "srbench"].rates == {0.0: 62.93, 0.01: 55.6}
    assert known["QDSR", "feynman", "own"].rates == {0.0: 91.6}
    assert len(known) == len(RATES), "one row for each system, set and rule"
    assert all(0 <= rate <= 100 for each in RATES for rate in each.rates.values())


@pytest.mark.parametrize(
    ("set_name", "noise", "units", "strict", "best"),
    [
        ("feynman", 0.0, True, False, ("QDSR", 91.6)),
        ("feynman", 0.1, True, False, ("PhySO", 53.45)),
        ("feynman", 0.1, True, True, ("PhySO", 41.6)),
        ("feynman", 0.0, False, False, ("PySR", 62.93)),
        ("feynman", 0.0, False, True, None),
        ("strogatz", 0.01, True, False, ("ParFam", 50.0)),
        ("feynman", 0.05, True, False, None),
        ("mine", 0.0, True, False, None),
    ],
)
def test_the_best_is_found_among_its_like(
    set_name: str, noise: float, units: bool, strict: bool, best: tuple[str, float] | None
) -> None:
    assert best_published(RATES, set_name, noise, units=units, strict=strict) == best


def test_every_source_is_listed_with_its_licence() -> None:
    text = (datasets_folder() / "published_rates" / "SOURCE.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^- `(\w+)`: ", text, re.M))
    assert {each.source for each in RATES} == listed
    assert re.search(r"^- licence: .*MIT", text, re.M)
    assert all(f"| `{rule}` |" in text for rule in {each.rule for each in RATES})
