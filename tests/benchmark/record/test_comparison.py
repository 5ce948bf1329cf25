"""What units buy and what a mechanism is worth: on trials made both ways."""

from __future__ import annotations

import math

from symreg.benchmark.record.comparison import compare_units, compare_without
from tests.benchmark.made_up import missed, result


def test_units_are_compared_where_both_searched_and_timed_where_both_found() -> None:
    (found,) = compare_units([
        result("a", seconds=1.0, evaluated=100),
        result("a", seconds=4.0, evaluated=900, units=False, strict=False),
        result("b", seconds=3.0, evaluated=300),
        missed("b", units=False),
        result("c", seconds=50.0),
        result("d", units=False),
        result("a", units=False, seconds=9.0, time=10.0),
    ])  # fmt: skip
    assert (found.trials, found.recovered, found.strict, found.both) == (2, (2, 1), (2, 0), 1)
    assert (found.seconds, found.evaluations) == ((1.0, 4.0), (100.0, 900.0))
    assert found.units and found.noise == 0.0


def test_seeds_and_noise_are_paired_with_their_like() -> None:
    rows = [
        result("a", noise=noise, seed=seed, units=units, seconds=1.0 + seed + 10 * (not units))
        for noise in (0.0, 0.1) for seed in (0, 1) for units in (True, False)
    ]  # fmt: skip
    first, second = compare_units(rows)
    assert (first.noise, second.noise) == (0.0, 0.1)
    assert first.trials == second.trials == 2
    assert first.seconds == (1.5, 11.5)


def test_each_search_that_lacks_something_is_compared_with_the_whole() -> None:
    rows = [
        result("a", seconds=1.0), result("a", seconds=2.0, without="triples"), missed("a", without="contexts"),
        result("b", seconds=1.0, units=False), missed("b", without="triples", units=False),
        result("c", without="triples"),
    ]  # fmt: skip
    found = compare_without(rows)
    told = [(each.without, each.units, each.trials, each.recovered) for each in found]
    assert told == [
        ("contexts", True, 1, (1, 0)), ("triples", True, 1, (1, 1)), ("triples", False, 1, (1, 0)),
    ]  # fmt: skip
    assert found[1].seconds == (1.0, 2.0)
    assert math.isnan(found[0].seconds[0])


def test_nothing_to_compare() -> None:
    assert compare_units([result("a"), result("b", units=False)]) == []
    assert compare_without([result("a")]) == []
