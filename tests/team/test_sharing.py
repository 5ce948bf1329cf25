"""What is shared comes to the same on every worker, whoever did it, in whatever order they hear of it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symreg.team import Sharing, TeamError
from symreg.team.communicator import Communicator
from symreg.team.messages import packed, unpacked
from symreg.team.sharing import dealt
from tests.team.table import together

plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


@given(plain)
def test_a_message_says_what_was_said(value: object) -> None:
    assert unpacked(packed(value)) == value


@pytest.mark.parametrize("dtype", ["f8", "f4", "i8", "?", "u2"])
def test_arrays_arrive_with_every_bit(dtype: str) -> None:
    some = np.arange(12).reshape(3, 4).astype(dtype)
    value = unpacked(packed({"a": [some, some[:0]], "b": [math.inf, 0.1, some.T]}))
    for sent, heard in zip([some, some[:0], some.T], [*value["a"], value["b"][2]], strict=True):
        assert heard.dtype == sent.dtype and heard.shape == sent.shape and (heard == sent).all()
    assert value["b"][:2] == [math.inf, 0.1]


@pytest.mark.parametrize("broken", [b"", b"123", packed([1])[:-1], packed([np.ones(3)])[:-4], packed(1) + b"x"])
def test_bytes_that_are_no_message_are_refused(broken: bytes) -> None:
    with pytest.raises(TeamError):
        unpacked(broken)


def test_nothing_but_numbers_is_read() -> None:
    """An array of objects would be pickled ones."""
    with pytest.raises(TeamError):
        packed(np.array([object()]))
    with pytest.raises(TeamError):
        unpacked(packed(np.zeros(1)).replace(b"<f8", b"|O8"))


@given(st.lists(st.floats(0, 100), max_size=40), st.integers(1, 7))
def test_each_item_is_dealt_once_and_nobody_has_much_more_than_another(costs: list[float], size: int) -> None:
    hands = dealt(range(len(costs)), costs, tuple(range(size)))
    assert sorted(one for hand in hands.values() for one in hand) == list(range(len(costs)))
    loads = [sum(costs[one] for one in hand) for hand in hands.values()]
    assert max(loads) - min(loads) <= max(costs, default=0.0) + 1e-9


def shared(count: int, size: int, leave_after: dict[int, int] | None = None) -> list[list[list[float]] | None]:
    """Squares of numbers, three lists one after another, on so many workers."""

    def work(team: Communicator) -> list[list[float]]:
        sharing = Sharing(team)
        return [sharing.share(range(at, at + count), lambda one: float(one * one)) for at in range(3)]

    return together(size, work, leave_after)


@pytest.mark.parametrize("count", [0, 1, 2, 17])
@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_all_hear_all_results_in_the_order_of_the_items(count: int, size: int) -> None:
    expected = [[float(one * one) for one in range(at, at + count)] for at in range(3)]
    assert shared(count, size) == [expected] * size


@given(st.integers(1, 12), st.integers(2, 5), st.integers(0, 3), st.integers(1, 4))
def test_the_others_do_what_somebody_who_left_was_dealt(count: int, size: int, after: int, who: int) -> None:
    who = min(who, size - 1)
    answers = shared(count, size, {who: after})
    left = [one for rank, one in enumerate(answers) if rank != who]
    assert left == shared(count, 1) * (size - 1)


def test_items_are_done_once_and_by_different_workers() -> None:
    done: list[tuple[int, int]] = []

    def work(team: Communicator) -> int:
        sharing = Sharing(team)
        sharing.share(range(30), lambda one: done.append((one, team.rank)), costs=[1.0] * 30)
        return sharing.tally.items

    assert together(3, work) == [10, 10, 10]
    assert sorted(one for one, _ in done) == list(range(30))


def test_a_wish_to_end_is_everybodys_at_the_same_exchange() -> None:
    def work(team: Communicator) -> list[str | None]:
        heard = list[str | None]()
        sharing = Sharing(team, wish=lambda: "enough" if team.rank == 1 and len(heard) >= 2 else None)
        for _ in range(4):
            sharing.share([1, 2], lambda one: one)
            heard.append(sharing.ending)
        return heard

    assert together(3, work) == [[None, None, "enough", "enough"]] * 3


def test_items_within_items_are_done_where_they_are_met() -> None:
    def work(team: Communicator) -> list[list[int]]:
        sharing = Sharing(team)
        return sharing.share(range(4), lambda one: sharing.share(range(one), lambda two: two))

    assert together(2, work) == [[[], [0], [0, 1], [0, 1, 2]]] * 2
