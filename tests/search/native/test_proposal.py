"""The pool of proposals: the best of each complexity, and nothing that something clearly shorter does as well."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from symreg.formula.expression import Variable
from symreg.search.native.proposal import Draft, Pool, Proposal, fresh_names, shortest_said


def proposal(complexity: int, loss: float, constants: int = 1) -> Proposal:
    return Proposal(complexity, loss, lambda: Draft(Variable("x"), (), (), ()), "test", constants)


def losses(pool: Pool, complexity: int) -> list[float]:
    return [one.loss for one in pool.take(complexity)]


@given(st.lists(st.floats(0.1, 1.0), max_size=30), st.integers(1, 6))
def test_the_best_of_each_complexity_are_kept_best_first(found: list[float], keep: int) -> None:
    pool = Pool(keep)
    for loss in found:
        pool.offer(proposal(5, loss))
    assert losses(pool, 5) == sorted(found)[:keep]
    assert losses(pool, 5) == []


def test_what_something_clearly_shorter_does_as_well_is_not_kept() -> None:
    """Two nodes are not clear, three are; and a loss is no better that is smaller by less than a few rows can tell."""
    pool = Pool(9)
    pool.offer(proposal(5, 0.5))
    for complexity, loss in ((7, 0.5), (8, 0.51), (8, 0.6), (9, 0.4)):
        pool.offer(proposal(complexity, loss))
    assert [losses(pool, size) for size in (5, 7, 8, 9)] == [[0.5], [0.5], [0.51], [0.4]]
    pool.offer(proposal(9, 0.45))
    assert losses(pool, 9) == [0.45]  # the one of nine nodes that does better is no shorter


def test_a_fitted_constant_counts_as_nodes() -> None:
    """A proposal of five nodes and three constants is not clearly shorter than one of thirteen and one constant."""
    pool = Pool(9)
    pool.offer(proposal(5, 0.1, constants=3))
    pool.offer(proposal(13, 0.3))
    pool.offer(proposal(14, 0.3))
    assert [losses(pool, size) for size in (5, 13, 14)] == [[0.1], [0.3], []]


def test_a_plain_proposal_is_measured_by_its_nodes_alone() -> None:
    pool = Pool(9)
    pool.offer(proposal(5, 0.1, constants=1))
    pool.offer(proposal(6, 0.3, constants=2))
    pool.offer(proposal(7, 0.3, constants=1))
    assert [losses(pool, size) for size in (6, 7)] == [[], [0.3]]


def test_losses_at_the_floor_are_alike() -> None:
    """Below it what counts is the length: a longer one is not kept for being a millionth of nothing nearer."""
    pool = Pool(9, floor=1e-3)
    pool.offer(proposal(5, 1e-5))
    pool.offer(proposal(9, 1e-4))
    pool.offer(proposal(9, 2e-3))
    assert losses(pool, 9) == [1e-4]


def test_what_is_certain_stays_however_bad() -> None:
    pool = Pool(1)
    pool.offer(proposal(5, 0.1))
    pool.offer(proposal(9, 0.9), always=True)
    assert pool.complexities() == [5, 9]
    assert losses(pool, 9) == [0.9]


def test_after_the_target_has_changed_old_losses_say_nothing() -> None:
    pool = Pool(9)
    pool.offer(proposal(5, 0.1))
    assert pool.threshold(9) < 0.2
    pool.forget(0.05)
    pool.offer(proposal(9, 0.2))
    assert losses(pool, 9) == [0.2]
    pool.offer(proposal(13, 0.22))
    assert losses(pool, 13) == []


def test_one_that_is_not_kept_bars_nobody() -> None:
    """A full pool turns away what is no better than its worst; that is no measure for longer ones then."""
    pool = Pool(1)
    pool.offer(proposal(5, 0.1))
    pool.offer(proposal(5, 0.2))
    assert losses(pool, 5) == [0.1]


def test_of_proposals_that_are_alike_the_first_one_stays_and_comes_first() -> None:
    pool = Pool(2)
    made = [proposal(5, loss) for loss in (0.2, 0.1, 0.2, 0.1)]
    for one in made:
        pool.offer(one)
    assert [one is other for one, other in zip(pool.take(5), (made[1], made[3]), strict=True)] == [True, True]
    pool = Pool(1)
    for one in made[:1] + made[2:3]:
        pool.offer(one)
    assert pool.take(5)[0] is made[0]


def test_names_that_are_free() -> None:
    assert fresh_names((), 2) == ["k1", "k2"]
    assert fresh_names({"k1", "k3"}, 3) == ["k2", "k4", "k5"]


def test_each_formula_once_by_the_shortest_way_to_say_it() -> None:
    x = Variable("x")
    drafts = [Draft(x, (), (), (), bits) for bits in (None, 9.0, 4.0, 7.0, None)]
    assert [one.form_bits for one in shortest_said(drafts).values()] == [4.0]
