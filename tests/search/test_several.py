"""Several backends under one budget: shares, counts, names, and one that fails."""

from __future__ import annotations

from typing import Any

import pytest

from symreg.discovery import Discovery, discover
from symreg.search.backend import Budget
from symreg.search.several import Several
from tests.search.scripted import Scripted, motion


def run(*members: Any, **options: Any) -> Discovery:
    return discover(motion(), **{"backend": Several(members), "budget": Budget(time=10)} | options)


def test_fronts_are_merged_and_each_law_keeps_where_it_came_from() -> None:
    found = run(Scripted("one", ("1.5*v*t",)), Scripted("two", ("0.9*v*t + 0.1*v*t*sin(v*t/(t*v))", "v*t*exp(0.1)")))
    assert found.front.best.complexity == 3 and found.front.best.backend == "one"
    assert {law.backend for law in found.front} <= {"one", "two"}
    both = run(Scripted("one", ("2*v*t*sqrt(0.2)",)), Scripted("two", ("3*v*t*(1 + 0.01*log(2))", "2*v*t")))
    assert {law.backend for law in both.front} == {"one"}  # the first to propose it
    assert (found.backend, found.stop_reason, found.evaluated, found.pruned_by_dimension) == ("one, two", "done", 10, 4)


def test_text_of_a_backend_is_read_and_rejections_are_told() -> None:
    found = discover(motion(), backend=Scripted("foreign", ("1.1*v*t", "v +", "2*v")), budget=Budget(time=10))
    assert [law.backend for law in found.front] == ["foreign"]
    assert found.notes[-1].startswith("2 of 3 formulas of backend foreign were rejected")


def test_each_gets_an_equal_share_of_what_is_left() -> None:
    members = [Scripted(name, ("v*t",), evaluated=20) for name in "abc"]
    run(*members, budget=Budget(time=None, evaluations=300))
    assert [one.given[0].evaluations for one in members] == [100, 140, 260]
    late = [Scripted("a", seconds=0.3), Scripted("b"), Scripted("c")]
    run(*late, budget=Budget(time=9.0))
    first, second, third = (one.given[0].time for one in late)
    assert first is not None and second is not None and third is not None
    assert third > second > first - 0.2 and abs(third - (3 * first - 0.3)) < 0.3


def test_one_that_fails_costs_only_itself() -> None:
    found = run(Scripted("bad", ("2*v*t",), fault=RuntimeError("no more")), Scripted("good", ("v*t*sqrt(2)/2 + v*t",)))
    assert found.status == "finished" and len(found.front)
    assert found.stop_reason == "backend bad failed: RuntimeError: no more; good: done"
    assert "backend bad failed: RuntimeError: no more" in found.notes


def test_alone_its_fault_is_not_hidden() -> None:
    with pytest.raises(RuntimeError, match="no more"):
        discover(motion(), backend=Scripted("bad", fault=RuntimeError("no more")), budget=Budget(time=5))


def test_ctrl_c_ends_all_of_them() -> None:
    second = Scripted("b")
    found = run(Scripted("a", ("v*t",)), second, stop=lambda: True)
    assert (found.status, found.stop_reason, second.given) == ("interrupted", "interrupted", [])
    assert len(found.front)


def test_the_certificate_is_that_of_the_one_that_went_furthest() -> None:
    found = run(Scripted("a", complete=5), Scripted("b", complete=None), Scripted("c", complete=3))
    assert found.complete_to_complexity == 5
