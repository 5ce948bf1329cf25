"""Evolution: right in dimension by birth, within all limits, repeatable, and of use where hunts do not reach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from symreg.engine import get_engine
from symreg.formula.expression import Apply, Number, complexity, evaluate_tree, walk
from symreg.problem.constraints import Constraints
from symreg.problem.problem import Problem
from symreg.search.backend import Budget, Round
from symreg.search.native import turns
from symreg.search.native.evolution import evolve
from symreg.search.native.evolution.evolve import BREEDING, SOURCE, Breeding, Evolution, Island
from symreg.search.native.evolution.typed_tree import is_usual
from symreg.search.native.hunt import Workplace, hunt_of
from symreg.search.native.probes import target_at
from symreg.search.native.progress import Progress
from symreg.search.native.proposal import Draft
from symreg.search.native.refine import Refined, Refiner
from symreg.search.native.settings import Native
from symreg.search.native.turns import evolution_of
from symreg.search.space import search_space
from tests.search.setting import has_the_dimension_of_the_target, problem_of, value_of

SMALL = replace(BREEDING, islands=2, population=20, children=10, generations=3)
ROWS = 60
OPERATORS = ("+", "*", "sqrt", "square", "/")


def columns(n: int, low: float = 0.5, high: float = 3.0, rows: int = ROWS) -> list[np.ndarray]:
    rng = np.random.default_rng(1)
    return [rng.uniform(low, high, rows) for _ in range(n)]


def with_units() -> Problem:
    x, v, t = columns(3)
    y = x * np.cos(v * t / x) + 0.3 * v * t * x / (x + v * t)
    return problem_of({"x [m]": x, "v [m/s]": v, "t [s]": t, "y [m]": y}, "y")


def without_units() -> Problem:
    a, b = columns(2, -1.0, 2.0)  # roots and logarithms are undefined on some rows
    return problem_of({"a [1]": a, "b [1]": b, "y [1]": np.tanh(a) * b**2 + np.sin(3 * b)}, "y")


def declared() -> Problem:
    x, t = columns(2)
    y = 3 * x * t**2 + np.exp(-2 * t) * x
    return problem_of({"x [m]": x, "t [s]": t, "y [m]": y}, "y", free_constants=["1/s"])


def inferred() -> Problem:
    a, t = columns(2)
    return problem_of({"a [au]": a, "t [K]": t, "P [day]": 3 * a**1.5 + np.log(t)}, "P", free_constants="inferred")


def few_operators() -> Problem:
    x, v, t = columns(3)
    data = {"x [m]": x, "v [m/s]": v, "t [s]": t, "y [m]": np.sqrt(x**2 + (v * t) ** 2) + 0.1 * x}
    return problem_of(data, "y", operators=OPERATORS, constraints=Constraints(max_complexity=15))


PROBLEMS: dict[str, Callable[[], Problem]] = {
    "with units": with_units, "without units": without_units, "declared": declared, "inferred": inferred,
    "few operators": few_operators,
}  # fmt: skip


def evolution(
    problem: Problem, breeding: Breeding = SMALL, stop: Callable[[], bool] = lambda: False, threads: int = 1
) -> Evolution:
    """Over the first levels of a bank, on all training rows, without seeds."""
    space, rows = search_space(problem, problem.train_rows), np.arange(len(problem.train_rows))
    hunt = hunt_of(Workplace(Native(threads=1), get_engine("auto"), Budget(), lambda: False), space, rows)
    for size in (1, 2, 3):
        hunt.bank.request_all(size)
    workplace = Workplace(Native(threads=threads), get_engine("auto"), Budget(), stop)
    refiner = Refiner(space, workplace.engine, threads, target_at(space, rows), rows)
    return evolution_of(workplace, hunt, refiner, Progress(space, refiner), np.random.default_rng(3), breeding)


@pytest.fixture
def born(monkeypatch: pytest.MonkeyPatch) -> list[Draft]:
    """Every formula that is ever fitted."""
    found: list[Draft] = []
    plain = evolve.fitted_drafts

    def recorded(refiner: Refiner, drafts: list[Draft], **options: Any) -> list[tuple[Draft, float]]:
        found.extend(drafts)
        return plain(refiner, drafts, **options)

    monkeypatch.setattr(evolve, "fitted_drafts", recorded)
    return found


@pytest.mark.parametrize("kind", PROBLEMS)
def test_every_formula_is_right_by_birth(kind: str, born: list[Draft]) -> None:
    """In its dimension, its constants' dimensions, its operators and its size; not only those that stay."""
    one = evolution(PROBLEMS[kind]())
    space = one.refiner.space
    for _ in range(4):
        one.run()
    assert len(born) == one.fits > 40 and len({draft.expression for draft in born}) == len(born)
    for draft in born:
        assert has_the_dimension_of_the_target(draft, space), draft
        assert space.coefficient_codes is None or set(draft.codes) <= set(space.coefficient_codes)
        assert complexity(draft.expression) <= space.max_complexity and is_usual(draft)
        assert {node.operator for node in walk(draft.expression) if isinstance(node, Apply)} <= space.operators
        assert draft.names == tuple(f"k{place}" for place in range(1, len(draft.names) + 1))
    assert max(complexity(draft.expression) for draft in born) > 12


@pytest.mark.parametrize("kind", ["with units", "without units"])
def test_who_lives_is_defined_on_every_row(kind: str) -> None:
    one = evolution(PROBLEMS[kind]())
    for _ in range(3):
        one.run()
    space = one.refiner.space
    named = dict(zip(space.names, space.inputs, strict=True))
    living = [individual for island in one.populations() for individual in island]
    for individual in living:
        values = value_of(individual.refined.draft, space, named)
        assert np.isfinite(values).all()
        loss = one.refiner.probes.loss(values[None] * np.ones((1, len(space.target))))[0]
        assert loss == pytest.approx(individual.refined.loss, rel=1e-6, abs=1e-12)
    assert len(living) == SMALL.islands * SMALL.population


def test_losses_fall_and_the_best_of_each_complexity_is_reported() -> None:
    one = evolution(without_units())
    least = []
    for _ in range(5):
        for refined in one.run():
            assert one.best[refined.complexity] is refined and refined.source == SOURCE
        least.append(min(refined.loss for refined in one.best.values()))
    assert least == sorted(least, reverse=True) and least[-1] < 0.2 * least[0]


def run(problem: Problem, **options: Any) -> list[list[float]]:
    one = evolution(problem, **options)
    for _ in range(3):
        one.run()
    return [[individual.bits for individual in island] for island in one.populations()]


@pytest.mark.parametrize("kind", ["with units", "without units"])
def test_the_same_for_any_number_of_threads(kind: str) -> None:
    assert run(PROBLEMS[kind]()) == run(PROBLEMS[kind](), threads=2)


def test_islands_have_their_own_chance() -> None:
    one, other = run(without_units())
    assert one != other


def test_a_stop_is_heard_between_generations() -> None:
    asked = [0]

    def stop() -> bool:
        asked[0] += 1
        return asked[0] > 3

    one = evolution(without_units(), stop=stop)
    one.run()
    before = one.fits
    assert 0 < before <= 3 * (SMALL.population + SMALL.children)
    one.run()
    assert one.fits == before


def test_seeds_live_on() -> None:
    """A law that is given is there from then on, whatever else is found."""
    problem = with_units()
    source = evolution(problem)
    for _ in range(4):
        source.run()
    seed = min(source.best.values(), key=lambda refined: refined.loss)
    one = evolution(problem)
    one.settle([seed])
    one.run()
    assert min(refined.loss for refined in one.best.values()) <= seed.loss * (1 + 1e-6)


def individual(bits: float, own: float) -> evolve.Individual:
    return evolve.Individual(Refined(Draft(Number(Fraction(1)), (), (), ()), bits, 5, SOURCE), bits, own)


def test_where_bits_count_less_longer_formulas_stay() -> None:
    """The shorter description of little of its own, and one that leaves less over but is long."""
    short, long = individual(10.0, own=20.0), individual(12.0, own=40.0)
    for thrift, first in ((1.0, short), (0.3, long)):
        one = evolution(without_units(), replace(SMALL, population=1))
        island = Island(np.random.default_rng(0), thrift, [short, long])
        one._select(island)
        assert island.individuals == [first]
    assert [island.thrift for island in evolution(without_units())._islands] == [1.0, 0.3]


# --------------------------------------------------------------------------------------------- beside the hunts


def rounds(problem: Problem, count: int, **options: Any) -> list[Round]:
    space = search_space(problem, problem.train_rows)
    without = (*options.pop("without", ()), "skeletons")  # which spend these budgets before evolution has a turn
    native = Native(**{"threads": 1} | options, without=without)
    budget = Budget(time=None, evaluations=count)
    return list(native.propose(space, budget, seed=0, stop=lambda: False))


def deep() -> Problem:
    a, b, c = columns(3, rows=200)
    y = a * b + 2 * np.exp(-((c - 1.7) ** 2) / 0.1) + 3 * np.sin(2.5 * a) + b**3 / (b + 1.3) - 0.7 * c
    return problem_of({"a [1]": a, "b [1]": b, "c [1]": c, "y [1]": y}, "y")


def least_loss(problem: Problem, found: list[Round]) -> float:
    space = search_space(problem, problem.train_rows)
    named = dict(zip(space.names, space.inputs, strict=True))
    losses = []
    for candidate in (one for each in found for one in each.candidates):
        values = evaluate_tree(
            candidate.expression, named | {constant.name: constant.start for constant in candidate.constants}
        )
        losses.append(float(np.mean((values - space.target) ** 2) / space.target.var()))
    return min(losses)


def test_a_deep_law_is_found_with_evolution_and_not_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "DEAR", 20_000)
    monkeypatch.setattr(evolve, "A_FIT", 1_000)  # small budgets, for a quick test
    problem, count = deep(), 1_000_000
    found = rounds(problem, count)
    assert any(candidate.source == SOURCE for each in found for candidate in each.candidates)
    assert least_loss(problem, found) < 1e-2
    assert least_loss(problem, rounds(problem, count, without=("evolution",))) > 2e-2


def test_the_search_with_evolution_repeats_on_two_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "DEAR", 20_000)
    monkeypatch.setattr(evolve, "A_FIT", 1_000)
    one, two = (rounds(deep(), 300_000, threads=threads) for threads in (1, 2))
    assert any(candidate.source == SOURCE for each in one for candidate in each.candidates)
    assert one == two
