"""Several backends under one budget: shares, counts, names, and one that fails."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint
from typing import Any

import numpy as np
import pytest

from symreg.discover import Discovery, discover
from symreg.errors import SymregError
from symreg.problem import Constraints, Problem, make_problem
from symreg.search.backend import BackendError, Budget, Capabilities, Native, Round
from symreg.search.honouring import check_backend, unmet
from symreg.search.registry import backend_from, backend_named, backend_names
from symreg.search.several import Several
from symreg.table import read_table

RNG = np.random.default_rng(0)
V, T = RNG.uniform(1, 3, 60), RNG.uniform(1, 3, 60)


def motion(**options: Any) -> Problem:
    table = read_table({"v [m/s]": V, "t [s]": T, "x [m]": V * T * (1 + 0.01 * RNG.normal(size=60))}, target="x")
    return make_problem(table, free_constants="dimensionless", **options)


@dataclass
class Scripted:
    """Proposes formulas as text and writes down what it was given."""

    name: str
    formulas: tuple[str, ...] = ()
    reason: str | None = "done"
    evaluated: int = 5
    complete: int | None = None
    fault: Exception | None = None
    seconds: float = 0.0
    threads: int = 1
    engine: str = "auto"
    capabilities: Capabilities = field(default_factory=Capabilities)
    given: list[Budget] = field(default_factory=list)

    def propose(self, space: Any, budget: Budget, *, seed: int, stop: Callable[[], bool]) -> Iterator[Round]:
        self.given.append(budget)
        time.sleep(self.seconds)
        yield Round((), 3, self.evaluated, 2, self.complete, None, formulas=self.formulas)
        if self.fault is not None:
            raise self.fault
        yield Round((), 3, self.evaluated, 2, self.complete, "interrupted" if stop() else self.reason)


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


# ---------------------------------------------------------------------------------------------- what is not heeded


def test_what_a_backend_cannot_heed_is_said() -> None:
    table = read_table({"v [m/s]": V, "t [s]": T, "x [m]": V * T}, target="x", sigma={"x": 0.1})
    problem = make_problem(table, constraints=Constraints(20, {"sin": {"sin": 0}}))
    nothing = Capabilities(False, False, False, False, False, frozenset({"+", "*"}))
    budget = Budget(time=1, evaluations=10)
    told = unmet(Several((Native(), Scripted("x", capabilities=nothing))), problem, budget)
    for words in ("knows no units", "equally sure", "nesting", "counts evaluations", "does not know -, /"):
        assert sum(words in one for one in told) == 1
    assert all(one.startswith("backend x ") for one in told) and len(told) == 5
    assert unmet(Native(), problem, budget) == ()
    found = discover(problem, backend=Scripted("x", ("v*t",), capabilities=nothing), budget=budget)
    assert set(told) <= set(found.notes)


def test_a_given_form_is_refused_by_one_that_cannot_search_within_it() -> None:
    table = read_table({"v [m/s]": V, "t [s]": T, "x [m]": V * T}, target="x")
    problem = make_problem(table, target="x = v*f(t)")
    with pytest.raises(BackendError, match="backend x cannot search for the unknown functions of a given form"):
        check_backend(Several((Native(), Scripted("x", capabilities=Capabilities(templates=False)))), problem)


# ------------------------------------------------------------------------------------------------------- by name


def test_names_and_lists_become_backends() -> None:
    assert backend_from("native", threads=1) == Native(threads=1)
    both = backend_from(["native", Scripted("mine")])
    assert isinstance(both, Several) and both.name == "native, mine"
    assert backend_from(["native"]) == Native()
    assert backend_names()[0] == "native" and {"operon", "pysr", "hypotheses"} <= set(backend_names())


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("natve", "no backend is called 'natve'; did you mean native?"),
        ([], "the list of backends is empty"),
        (3, "backend is 3, and must be a backend such as Native"),
    ],
)
def test_what_is_no_backend_is_told(given: Any, told: str) -> None:
    with pytest.raises(BackendError, match=told):
        backend_from(given)


def test_a_setting_that_a_backend_does_not_have_is_told() -> None:
    with pytest.raises(SymregError, match="backend native does not take wings"):
        backend_named("native", wings=2)


def test_other_packages_register_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [
        EntryPoint("mine", f"{__name__}:registered", "symreg.backends"),
        EntryPoint("broken", "no_such_package:X", "symreg.backends"),
        EntryPoint("native", f"{__name__}:registered", "symreg.backends"),
    ]
    monkeypatch.setattr("symreg.search.registry.entry_points", lambda group: found)
    assert backend_from("mine", threads=1).name == "mine"
    assert backend_from("native") == Native()  # nobody takes this name
    assert backend_names()[-2:] == ("mine", "broken")
    with pytest.raises(BackendError, match=r"backend broken .* cannot be loaded"):
        backend_named("broken")


def registered(threads: int = 2, engine: str = "auto") -> Scripted:
    return Scripted("mine", threads=threads, engine=engine)
