"""A search with the columns that are vouched for, and then with all that entered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

import symreg as sr
from symreg.formula import Constant
from symreg.search import Budget, Round, Screening, SearchSpace, search_space
from symreg.search.columns import ColumnVerdict
from symreg.search.vouched_first import FIRST_SHARE, VouchedFirst, space_of, vouched_first


@dataclass
class Noted:
    """A backend that takes down what it was asked, and ends for the given reasons, one after another."""

    reasons: list[str]
    asked: list[tuple[tuple[str, ...], Budget]] = field(default_factory=list)
    name: str = "noted"
    threads: int = 1
    engine: str = "numpy"

    def propose(self, space: SearchSpace, budget: Budget, *, seed: int, stop: Callable[[], bool]) -> Iterator[Round]:
        self.asked.append((space.names, budget))
        yield Round((), 1, 50, 5, 3, None, turn={"turn": 1})
        yield Round((), 2, 100, 10, 4, self.reasons[len(self.asked) - 1])


def space() -> SearchSpace:
    rng = np.random.default_rng(0)
    units = {"a": "m", "b": "s", "phi": "rad", "c": "kg", "y": "m"}
    table = sr.read_table({name: rng.uniform(1, 2, 20) for name in units}, target="y", units=units)
    problem = sr.make_problem(table, constants=["G"], guesses=["2*a", "a*phi"])
    return search_space(problem, problem.train_rows)


def asked(backend: Noted, budget: Budget, stop: Callable[[], bool] = lambda: False) -> list[Round]:
    return list(VouchedFirst(backend, ("a", "b")).propose(space(), budget, seed=0, stop=stop))


COUNTED = Budget(time=None, evaluations=1000)


@pytest.mark.parametrize("reason", ["residual at rounding", "residual at the noise"])
def test_a_law_that_leaves_nothing_ends_the_search(reason: str) -> None:
    backend = Noted([reason])
    rounds = asked(backend, COUNTED)
    assert [one.stop_reason for one in rounds] == [None, reason]
    assert [names for names, _ in backend.asked] == [("a", "b")]


def test_else_all_that_entered_are_searched_with_what_is_left() -> None:
    backend = Noted(["evaluation budget spent", "residual at rounding"])
    rounds = asked(backend, COUNTED)
    assert [names for names, _ in backend.asked] == [("a", "b"), ("a", "b", "phi", "c")]
    assert [budget.evaluations for _, budget in backend.asked] == [1000 * FIRST_SHARE, 900]
    assert [one.stop_reason for one in rounds] == [None, None, None, "residual at rounding"]
    assert [one.evaluated for one in rounds] == [50, 100, 150, 200] and rounds[-1].pruned_by_dimension == 20
    assert all(one.complete_to_complexity is None for one in rounds[:2]), "nothing is known of the other columns yet"
    assert all(one.turn is None for one in rounds), "no search can go on after turns of two spaces"


def test_whoever_stops_the_search_stops_both() -> None:
    backend = Noted(["interrupted"])
    assert [one.stop_reason for one in asked(backend, COUNTED, lambda: True)] == [None, "interrupted"]


def test_the_time_of_both_is_that_of_the_budget() -> None:
    backend = Noted(["time budget spent", "time budget spent"])
    asked(backend, Budget(time=10.0))
    first, second = (budget.time for _, budget in backend.asked)
    assert first == pytest.approx(10 * FIRST_SHARE) and second is not None and 9 < second <= 10


def test_without_a_limit_there_is_no_first_part() -> None:
    backend = Noted(["interrupted"])
    asked(backend, Budget(time=None))
    assert [names for names, _ in backend.asked] == [("a", "b", "phi", "c")]


def test_where_the_columns_do_not_make_the_targets_unit_all_are_searched_at_once() -> None:
    """Of seconds alone no length is made with pure numbers."""
    backend = Noted(["residual at rounding"])
    whole = replace(space(), coefficient_codes=(0,), is_mixed=False)
    for names, first in ((("b",), ("a", "b", "phi", "c")), (("a",), ("a",))):
        backend.asked.clear()
        list(VouchedFirst(backend, names).propose(without_constants(whole), COUNTED, seed=0, stop=lambda: False))
        assert backend.asked[0][0] == first


def without_constants(whole: SearchSpace) -> SearchSpace:
    kept = [place for place, leaf in enumerate(whole.leaves) if not isinstance(leaf, Constant)]
    leaves, codes = (tuple(of[place] for place in kept) for of in (whole.leaves, whole.codes))
    return replace(whole, leaves=leaves, codes=codes, values=whole.values[kept])


def test_a_smaller_space_is_the_same_of_fewer_inputs() -> None:
    whole = space()
    part = space_of(whole, ["phi", "c"])
    assert part.names == ("phi", "c") and part.angles == {0} and part.leaves[2:] == whole.leaves[4:]
    assert np.array_equal(part.inputs, whole.inputs[2:]) and part.known == whole.known
    assert part.codes == (*whole.codes[2:4], *whole.codes[4:]) and part.guesses == ()
    assert part.units_of_inputs == {"c": whole.units_of_inputs["c"]}
    assert set(part.scales) == {whole.units_of_inputs["c"]}
    assert len(space_of(whole, ["a"]).guesses) == 1


def test_it_is_worth_it_where_some_are_vouched_for_and_others_entered() -> None:
    backend = Noted([])
    columns = ColumnVerdict("a", "vouched for"), ColumnVerdict("b", "filled up"), ColumnVerdict("c", "asked for")
    some = Screening(columns, 0.2)
    assert vouched_first(backend, some) == VouchedFirst(backend, ("a", "c"))
    none = replace(some, columns=some.columns[1:])
    many = replace(some, columns=tuple(ColumnVerdict(f"x{n}", "vouched for") for n in range(20)) + some.columns)
    for screening in (None, none, many, replace(some, columns=some.columns[:1])):
        assert vouched_first(backend, screening) is backend
