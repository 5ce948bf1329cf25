"""Which equations were missed, and what is said about why."""

from __future__ import annotations

from typing import Any

import pytest

from symreg.benchmark.record.misses import missed, reason_of, recovered_loosely
from tests.benchmark import made_up
from tests.benchmark.made_up import result


def test_a_miss_tells_the_seeds_and_the_best_of_what_was_selected() -> None:
    (found,) = missed([
        result("a", seed=0),
        made_up.missed("a", seed=2, formula="y", held_out_r2=0.9, truth="x", note="residual at the noise"),
        made_up.missed("a", seed=1, formula="z", held_out_r2=0.2, note="time budget spent"),
        made_up.missed("a", seed=3, formula="", held_out_r2=float("nan"), status="failed", note="no law"),
        result("b"),
    ])  # fmt: skip
    assert (found.id, found.seeds, found.seeds_run) == ("a", (1, 2, 3), 4)
    assert (found.truth, found.selected, found.others, found.held_out_r2) == ("x", "y", 1, 0.9)
    assert found.reasons == (
        "the search ended with a law that fits within the noise", "not found in 60 s", "no law",
    )  # fmt: skip


def test_levels_of_noise_and_ways_of_searching_are_told_apart() -> None:
    rows = [made_up.missed("a", **more) for more in ({}, {"noise": 0.1}, {"units": False}, {"seed": 1})]
    assert [len(each.seeds) for each in missed(rows)] == [2, 1, 1]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"note": "time budget spent", "time": 5.0}, "not found in 5 s"),
        ({"note": "time budget spent; sympy ran out of time"}, "not found in 60 s (sympy ran out of time)"),
        ({"note": "something else"}, "something else"),
        ({"on_front": True}, "on the front, but another law was selected"),
        ({"status": "failed", "note": "killed: too late"}, "killed: too late"),
    ],
)
def test_the_reason_is_what_the_results_know(fields: dict[str, Any], reason: str) -> None:
    assert reason_of(made_up.missed(**fields)) == reason


def test_what_only_srbench_calls_recovered() -> None:
    rows = [
        result("a"),
        result("b", strict=False, symbolic="factor", numeric="different"),
        result("c", strict=False, symbolic="offset", numeric="factor"),
        result("d", strict=False),
        made_up.missed("e"),
    ]
    assert [(each.id, each.reasons) for each in recovered_loosely(rows)] == [
        ("b", ("a constant factor away",)),
        ("c", ("a constant offset away or a constant factor away",)),
        ("d", ("the true form, but R² is not above 0.99",)),
    ]
