"""What a backend cannot heed is said before it searches, or refused."""

from __future__ import annotations

import pytest

from symreg.discovery import discover
from symreg.problem.constraints import Constraints
from symreg.problem.making import make_problem
from symreg.search.backend import BackendError, Budget, Capabilities
from symreg.search.honouring import check_backend, unmet
from symreg.search.native.settings import Native
from symreg.search.several import Several
from symreg.tables.table import read_table
from tests.search.scripted import Scripted, T, V


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
