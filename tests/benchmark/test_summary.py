"""Counts and times of trials: each rule alone, like settings together."""

from __future__ import annotations

import math

from symreg.benchmark.summary import Spread, spread_of, summarise
from tests.benchmark.made_up import missed, result


def test_a_summary_counts_each_rule_alone() -> None:
    (summary,) = summarise([
        result("a"),
        result("b", strict=False, symbolic="factor"),
        missed("c", on_front=True),
        missed("d", symbolic="undecided"),
        missed("d", seed=1, status="failed", seconds=float("nan")),
    ])  # fmt: skip
    assert (summary.trials, summary.problems, summary.seeds) == (5, 4, 2)
    assert (summary.recovered, summary.strict, summary.on_front, summary.failed) == (2, 1, 3, 1)
    assert (summary.symbolic, summary.numeric) == (2, 2)


def test_the_time_to_recovery_is_of_the_recovered_alone() -> None:
    (summary,) = summarise([
        result("a", seconds=1.0, evaluated=100),
        result("b", seconds=3.0, evaluated=300),
        missed("c", seconds=60.0),
        missed("d", seconds=float("nan")),
    ])  # fmt: skip
    assert summary.recovery_seconds == Spread(2.0, 2.8)
    assert summary.recovery_evaluations.median == 200
    assert summary.seconds.median == 3.0


def test_nothing_recovered_has_no_time() -> None:
    (summary,) = summarise([missed(seconds=float("nan"))])
    assert math.isnan(summary.seconds.median) and math.isnan(summary.recovery_seconds.ninety_percent)
    assert spread_of([2.0]) == Spread(2.0, 2.0)


def test_unlike_trials_are_not_counted_together() -> None:
    unlike = [
        {}, {"noise": 0.1}, {"units": False}, {"without": "triples"}, {"rows": 2000}, {"time": 10.0},
        {"threads": 2}, {"backend": "other"}, {"set": "bonus"},
    ]  # fmt: skip
    rows = [result(seed=seed, **fields) for fields in unlike for seed in (0, 1)]
    summaries = summarise(rows)
    assert [each.trials for each in summaries] == [2] * len(unlike)
    assert [(each.group.set, each.group.noise) for each in summaries][:2] == [("bonus", 0.0), ("feynman", 0.0)]
    assert not summaries[-1].group.units
    assert len(summarise(rows, "all")) == len(unlike) - 1
