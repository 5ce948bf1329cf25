"""An answer examined: what is found, how it is told, and when nothing is."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import symreg as sr
from symreg.certainty.examination import Examination, Robustness, advice, alike, examined
from symreg.certainty.rivals import Rival
from symreg.certainty.separation import Place
from symreg.certainty.stability import Stability
from symreg.discovery import Discovery, discover
from symreg.errors import SymregError
from symreg.laws.law import ParetoFront
from symreg.problem.problem import Problem
from symreg.search.backend import Budget
from symreg.search.native.settings import Native
from tests.laws_by_hand import discovery_of, law_of, problem_of

ALL_DAY = Examination(resamples=20, time=None)


def sine(**options: Any) -> Problem:
    rng = np.random.default_rng(0)
    x = rng.uniform(0.05, 0.5, 80)
    return problem_of({"x [1]": x, "y [1]": np.sin(x) + 0.01 * rng.normal(size=80)}, **options)


def place(value: float, sigmas: float, repeats: int | None, unit: str = "au") -> Place:
    return Place((("a", value, unit),), 1.0, sigmas, repeats)


def rival(within: Place | None, beyond: Place | None) -> Rival:
    return Rival(law_of(sine(), "x - x**3/6"), "sin(x)", 0.3, 4.0, 0.7, within, beyond)


def test_a_rival_is_a_note_with_a_place_to_measure() -> None:
    before = discovery_of(sine(), "sin(x)", "x - x**3/6", "k*x**2")
    after = examined(before, ALL_DAY)
    found = after.robustness
    assert found is not None and found.judge == "held-out"
    assert [one.law.formula for one in found.rivals] == ["x - x**3/6"]
    assert after.notes == (*before.notes, *found.warnings)
    (note,) = found.warnings
    assert note.startswith("sin(x) and x - x**3/6 fit alike: over the rows they differ by 0.00")
    assert "; measure " in note and " at x = " in note and "(in twice the range of the data)" in note
    assert found.stability is not None and found.stability.drawn == 20
    assert str(found).splitlines()[0] == str(found.stability)
    assert after.front is before.front and after.runners_up is before.runners_up


def test_a_clear_answer_has_no_note() -> None:
    rng = np.random.default_rng(0)
    x = rng.uniform(0.1, 3, 60)
    problem = problem_of({"x [1]": x, "y [1]": 2 * x + 0.01 * rng.normal(size=60)})
    after = examined(discovery_of(problem, "k*x", "k*x**2", "k1*x + k2"), ALL_DAY)
    assert after.robustness is not None
    assert after.notes == ("said before",) and after.robustness.rivals == () and after.robustness.warnings == ()
    assert after.robustness.findings == ("k*x is selected in 20 of 20 resamples of the rows",)


def test_the_same_twice() -> None:
    discovery = discovery_of(sine(), "sin(x)", "x - x**3/6")
    assert examined(discovery, ALL_DAY).robustness == examined(discovery, ALL_DAY).robustness


def test_only_three_rivals_are_described() -> None:
    others = ("x - x**3/6", "x*cos(k*x)", "x + k*x**3", "tanh(x) + k*x**3", "x/(1 + k*x**2)", "k*tanh(x/k)")
    rng = np.random.default_rng(0)
    x = rng.uniform(0.1, 0.8, 80)
    problem = problem_of({"x [1]": x, "y [1]": np.sin(x) + 0.003 * rng.normal(size=80)})
    found = examined(discovery_of(problem, "sin(x)", *others), Examination(resamples=0)).robustness
    assert found is not None
    assert len(found.rivals) == 3 and found.more_rivals >= 1 and len(found.warnings) == 4
    more = "1 more law fits" if found.more_rivals == 1 else f"{found.more_rivals} more laws fit"
    assert found.warnings[-1] == f"{more} the data as well"
    assert found.findings == ()  # no resamples were asked for


@pytest.mark.parametrize(
    ("within", "beyond", "told"),
    [
        (place(30, 12, 1), place(90, 40, 1), ("measure at a = 30 au (within the range of the data): they differ "
                                              "there by 12 sigma",)),
        (place(30, 0.9, 12), place(90, 1.0, 9), ("measure 12 times at a = 30 au (within the range of the data): they "
                                                "differ there by 0.9 sigma of one measurement",)),
        (place(30, 0.9, None), place(90, 1e4, 1), (
            "within the range of the data they differ by 0.9 sigma at most (a = 30 au), however often it is measured",
            "measure at a = 90 au (in twice the range of the data): they differ there by more than 1000 sigma")),
        (None, place(0.5, 1e-5, 100_000, ""), ("measure 100,000 times at a = 0.5 (in twice the range of the data): "
                                               "they differ there by less than 0.001 sigma of one measurement",)),
        (None, None, ("no measurement in twice the range of the data would tell them apart",)),
    ],
)  # fmt: skip
def test_where_to_measure_in_words(within: Place | None, beyond: Place | None, told: tuple[str, ...]) -> None:
    one = rival(within, beyond)
    assert advice(one) == told
    assert alike(one) == "sin(x) and x - x**3/6 fit alike: over the rows they differ by 0.3 times the noise"


def test_time_that_is_short_is_told_and_so_is_a_stop() -> None:
    discovery = discovery_of(sine(), "sin(x)", "x - x**3/6")
    never = examined(discovery, Examination(resamples=50, time=1e-9)).robustness
    assert never is not None and never.stability is None
    assert never.findings == ("the rows were not resampled: there was no time for it",)
    asked = iter(range(10**6))
    short = examined(discovery, Examination(50, None), stop=lambda: next(asked) >= 15).robustness
    assert short is not None and short.stability is not None
    assert 10 <= short.stability.drawn < 50
    assert short.findings[1] == f"{short.stability.drawn} of 50 resamples were made in the time for them"


def test_nothing_found_is_not_examined() -> None:
    nothing = replace(discovery_of(sine(), "sin(x)"), front=ParetoFront((), -1))
    assert examined(nothing) is nothing


def test_a_search_brings_its_runners_up_and_repeats() -> None:
    """From a real search, under a budget of evaluations: all of it again, on drawn rows too."""
    backend, budget = Native(threads=1), Budget(time=None, evaluations=3_000)
    rng = np.random.default_rng(0)
    x = rng.uniform(0.1, 1.2, 80)  # up to where a sine is told from a cubic
    data = {"x [1]": x, "y [1]": np.sin(x) + 0.003 * rng.normal(size=80)}
    problem = problem_of(data, operators=("+", "-", "*", "/", "sin", "square", "cube"))
    discovery = discover(problem, backend=backend, budget=budget)
    assert discovery.front.best.formula == "sin(x)" and discovery.runners_up
    assert all(law.expression not in [one.expression for one in discovery.front] for law in discovery.runners_up)
    lengths = [law.description_length for law in discovery.runners_up]
    assert lengths == sorted(lengths)
    examination = Examination(resamples=10, time=None, searches=3, search_budget=budget)
    found = examined(discovery, examination, backend=backend).robustness
    assert found is not None and found.searches is not None
    assert found.searches.searched and found.searches.drawn == 3 and found.searches.times >= 1
    assert found == examined(discovery, examination, backend=backend).robustness
    none = examined(discovery, examination, backend=backend, stop=lambda: True).robustness
    assert none is not None and none.searches is None and none.stability is None


@pytest.mark.parametrize("fields", [{"resamples": -1}, {"searches": -1}, {"time": 0.0}, {"time": math.nan}])
def test_what_cannot_be_asked_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(SymregError, match=next(iter(fields))):
        Examination(**fields)


def test_public_names() -> None:
    assert (sr.Examination, sr.Robustness, sr.examined) == (Examination, Robustness, examined)
    assert Robustness("held-out", Stability("x", (("x", 1),), 1)).warnings == ()
    assert isinstance(discovery_of(sine(), "sin(x)"), Discovery)
