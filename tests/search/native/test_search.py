"""The embedded search as a whole: right in dimension, repeatable, and obedient to its limits."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from symreg.errors import InfeasibleError
from symreg.formula.dimensioning import dimension_of
from symreg.formula.expression import complexity, evaluate_tree
from symreg.problem.candidate import Candidate
from symreg.problem.problem import Problem
from symreg.search import clock
from symreg.search.backend import Budget, BudgetError, Round
from symreg.search.native import hunt
from symreg.search.native.bank.bank import Bank
from symreg.search.native.reports import completed
from symreg.search.native.settings import Native
from symreg.search.space import search_space
from symreg.units.dimension import DIMENSIONLESS, Dimension
from symreg.units.reading import si_unit
from tests.search.native.bank.brute import Grammar, bank_of
from tests.search.setting import problem_of

ARITHMETIC = ("+", "-", "*", "/", "square", "sqrt")


def uniform(n: int, n_rows: int = 80, low: float = 0.5, high: float = 3.0, seed: int = 1) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.uniform(low, high, n_rows) for _ in range(n)]


def noisy() -> Problem:
    """Nothing simple fits, so that the search goes on until it is told to stop."""
    x, v, t = uniform(3)
    y = x * np.cos(v * t / x) + 0.3 * v * t / (1 + x)
    y += 0.05 * np.random.default_rng(2).normal(size=80)
    data = {"x [m]": x, "v [m/s]": v, "t [s]": t, "y [m]": y}
    return problem_of(data, "y", operators=(*ARITHMETIC, "sin", "exp"))


def without_units() -> Problem:
    a, b = uniform(2)
    y = np.tanh(a) / (b + a) + 0.02 * np.random.default_rng(2).normal(size=80)
    return problem_of({"a [1]": a, "b [1]": b, "y [1]": y}, "y")


def kepler() -> Problem:
    a = uniform(1, 40, 0.4, 30.0)[0]
    return problem_of({"a [au]": a, "P [day]": 365.25 * a**1.5}, "P", free_constants="inferred")


def with_sigma() -> Problem:
    from symreg.problem.making import make_problem
    from symreg.tables.table import read_table

    length = uniform(1)[0]
    period = 2 * np.pi * np.sqrt(length / 9.80665) + 0.01 * np.random.default_rng(2).normal(size=80)
    table = read_table({"L [m]": length, "T [s]": period}, target="T", sigma={"T": 0.01})
    return make_problem(table, constants=["g_n"], operators=["*", "/", "sqrt", "square", "sin"])


PROBLEMS = {"noisy": noisy, "without units": without_units, "Kepler": kepler, "with sigma": with_sigma}


def never() -> bool:
    return False


def rounds(
    problem: Problem, budget: Budget, *, seed: int = 0, stop: Callable[[], bool] = never, **options: Any
) -> list[Round]:
    space = search_space(problem, problem.train_rows)
    return list(Native(**{"threads": 1} | options).propose(space, budget, seed=seed, stop=stop))


def evaluations(count: int) -> Budget:
    return Budget(time=None, evaluations=count)


# ------------------------------------------------------------------------------------------------- dimensions


def check_dimensions(problem: Problem, found: list[Round]) -> int:
    """Every candidate has the target's dimension, with constants that are allowed; how many there were."""
    target = problem.target_column.unit.dimension
    known = problem.dimensions | {one.name: one.unit.dimension for one in problem.units_of_inputs.values()}
    count = 0
    for candidate in (one for each in found for one in each.candidates):
        free = {constant.name: constant.dimension for constant in candidate.constants}
        assert dimension_of(candidate.expression, known | free) == target
        assert all(is_allowed(dimension, problem) for dimension in free.values())
        assert all(np.isfinite(constant.start) for constant in candidate.constants)
        count += 1
    return count


def is_allowed(dimension: Dimension, problem: Problem) -> bool:
    policy = problem.free_constants
    if policy.policy == "inferred" or dimension == DIMENSIONLESS:
        return True
    powers = [Fraction(halves, 2) for halves in range(-12, 13)]  # a declared unit may stand under a root
    return any(dimension == unit.dimension**power for unit in policy.units for power in powers)


@pytest.mark.parametrize("kind", PROBLEMS)
def test_every_candidate_has_the_dimension_of_the_target(kind: str) -> None:
    problem = PROBLEMS[kind]()
    assert check_dimensions(problem, rounds(problem, evaluations(10_000))) > 0


BASES = ("m", "kg", "s")
powers = st.integers(-2, 2) | st.sampled_from([Fraction(1, 2), Fraction(-1, 2), Fraction(3, 2)])
dimensions = st.fixed_dictionaries({base: powers for base in BASES}).map(lambda found: Dimension.of(**found))


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(dimensions | st.just(DIMENSIONLESS), min_size=1, max_size=3),
    st.lists(st.integers(-2, 2), min_size=3, max_size=3),
    st.sampled_from(["inferred", "dimensionless", "declared"]),
    st.integers(0, 10**6),
)
def test_no_candidate_ever_has_a_wrong_dimension(
    kinds: list[Dimension], exponents: list[int], policy: str, seed: int
) -> None:
    """On random columns, random units and a random target that some product reaches."""
    rng = np.random.default_rng(seed)
    target = DIMENSIONLESS
    data: dict[str, Any] = {}
    for place, (kind, power) in enumerate(zip(kinds, exponents, strict=False)):
        target = target * kind**power
        data[f"x{place} [{si_unit(kind).text}]"] = rng.uniform(-1 if seed % 2 else 1, 3, 30)
    target = target if policy == "dimensionless" else target * Dimension.of(s=1)
    data[f"y [{si_unit(target).text}]"] = rng.normal(size=30)
    try:
        problem = problem_of(data, "y", free_constants=["s"] if policy == "declared" else policy)
    except InfeasibleError:
        return
    check_dimensions(problem, rounds(problem, evaluations(1_000), seed=seed))


def test_declared_units_and_their_powers_only() -> None:
    x, t = uniform(2)
    y = 3 * x * t**2 + np.random.default_rng(0).normal(size=80)
    problem = problem_of({"x [m]": x, "t [s]": t, "y [m]": y}, "y", free_constants=["1/s"])
    found = rounds(problem, evaluations(5_000))
    kinds = {constant.dimension for each in found for one in each.candidates for constant in one.constants}
    assert Dimension.of(s=-2) in kinds
    assert kinds <= {Dimension.of(s=Fraction(halves, 2)) for halves in range(-12, 13)}


# ------------------------------------------------------------------------------------------- the same again


def same(one: list[Round], other: list[Round]) -> bool:
    return [vars_of(each) for each in one] == [vars_of(each) for each in other]


def vars_of(each: Round) -> tuple[Any, ...]:
    return (
        [(c.expression, c.constants) for c in each.candidates], each.level, each.evaluated,
        each.pruned_by_dimension, each.complete_to_complexity, each.stop_reason,
    )  # fmt: skip


@pytest.mark.parametrize("kind", PROBLEMS)
def test_the_same_seed_and_budget_give_the_same_rounds(kind: str) -> None:
    """Whatever the number of threads, to the last bit of every start."""
    problem = PROBLEMS[kind]()
    budget = evaluations(15_000)
    one = rounds(problem, budget, seed=3)
    assert same(one, rounds(problem, budget, seed=3))
    assert same(one, rounds(problem, budget, seed=3, threads=2))


def test_a_longer_budget_begins_alike() -> None:
    problem = noisy()
    short, long = (rounds(problem, evaluations(count)) for count in (3_000, 15_000))
    assert len(short) <= len(long)
    assert same(short[:-1], long[: len(short) - 1])


def test_the_seed_draws_the_rows_and_nothing_else() -> None:
    """With no more rows than are looked at, every seed finds the same."""
    problem = kepler()
    one, other = (rounds(problem, evaluations(5_000), seed=seed) for seed in (0, 1))
    assert [c.expression for c in one[0].candidates] == [c.expression for c in other[0].candidates]


# ------------------------------------------------------------------------------------------------------ limits


def test_rounds_tell_how_far_the_search_is() -> None:
    found = rounds(noisy(), evaluations(40_000))
    levels = np.array([each.level for each in found])  # of the whole question; smaller ones have rounds of their own
    assert levels[0] == 0 and levels[-1] > 1 and set(np.diff(levels).tolist()) <= {0, 1}
    assert (np.diff([each.evaluated for each in found]) >= 0).all()
    assert (np.diff([each.pruned_by_dimension for each in found]) >= 0).all()
    certified = [each.complete_to_complexity or 0 for each in found]
    assert (np.diff(certified) >= 0).all() and certified[-1] >= 1
    assert [each.stop_reason for each in found[:-1]] == [None] * (len(found) - 1)
    assert found[-1].stop_reason == "evaluation budget spent"


@pytest.mark.parametrize("count", [1, 1_000, 20_000])
def test_a_budget_of_evaluations_is_kept(count: int) -> None:
    """But for the one block in work."""
    found = rounds(noisy(), evaluations(count))
    assert found[-1].stop_reason == "evaluation budget spent"
    assert count <= found[-1].evaluated <= count + 50_000
    assert any(each.candidates for each in found)  # what was found is fitted all the same


def test_a_budget_of_time_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """By a clock that moves on a millisecond at each look."""
    looks = 0
    start = time.monotonic()

    def monotonic() -> float:
        nonlocal looks
        looks += 1
        return start + 1.0 + 1e-3 * looks

    monkeypatch.setattr(clock.time, "monotonic", monotonic)
    last = rounds(noisy(), Budget(time=1.5))[-1]
    assert last.stop_reason == "time budget spent"
    assert looks < 550  # some are used up before the start; none after it was spent


def after(calls: int, counted: list[int]) -> Callable[[], bool]:
    def stop() -> bool:
        counted[0] += 1
        return counted[0] > calls

    return stop


@pytest.mark.parametrize("calls", [0, 1, 10, 100])
def test_a_stop_is_heard(calls: int) -> None:
    """After the first yes it is not asked again, and the last round still has what was found."""
    counted = [0]
    problem = noisy()
    found = rounds(problem, Budget(time=None), stop=after(calls, counted))
    assert counted[0] == calls + 1
    assert found[-1].stop_reason == "interrupted"
    assert any(each.candidates for each in found)
    check_dimensions(problem, found)


def test_a_stop_is_asked_for_often() -> None:
    """Between two questions lie no more than a few thousand combinations on average."""
    counted = [0]
    last = rounds(noisy(), evaluations(50_000), stop=after(10**9, counted))[-1]
    assert last.evaluated / counted[0] < 5_000


class SmallBanks:
    """Every bank that the search makes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.made: list[Bank] = []

        def bank(*args: Any, **options: Any) -> Bank:
            self.made.append(Bank(*args, **options))
            return self.made[-1]

        monkeypatch.setattr(hunt, "Bank", bank)


def test_memory_is_kept_within_its_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    """A full bank is no error: the search goes on with what it has, and certifies no more than it saw."""
    banks = SmallBanks(monkeypatch)
    memory = 4_000_000
    last = rounds(noisy(), Budget(time=None, evaluations=100_000, memory=memory))[-1]
    bank = banks.made[0]
    assert bank.truncated_at is not None
    assert bank.max_entries * bank.values.itemsize * bank.n_probes <= memory
    assert bank.n < 3 * bank.max_entries
    assert bank.truncated_at > last.complete_to_complexity
    whole = rounds(noisy(), Budget(time=None, evaluations=1_000_000))[-1]
    assert whole.complete_to_complexity >= last.complete_to_complexity


@pytest.mark.parametrize("field", ["time", "evaluations", "memory"])
@pytest.mark.parametrize("value", [0, -1, float("nan")])
def test_a_budget_that_cannot_be_kept_is_refused(field: str, value: float) -> None:
    with pytest.raises(BudgetError, match=field):
        Budget(**{field: value})


def test_it_stops_where_the_residual_is_rounding() -> None:
    found = rounds(kepler(), evaluations(10**6))
    assert found[-1].stop_reason == "residual at rounding"
    assert found[-1].evaluated < 100_000


def test_it_stops_at_the_noise() -> None:
    """Of known uncertainty: the pendulum is found, and the rest of the budget is not spent on its noise."""
    last = rounds(with_sigma(), evaluations(10**8))[-1]
    assert last.stop_reason == "residual at the noise"


# ------------------------------------------------------------------------------------------------- certificate


GRAMMARS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "units": ({"x [m]": 0, "z [m]": 1, "t [s]": 2}, ("+", "-", "*", "/", "square", "sqrt")),
    "functions": ({"a [1]": 0, "b [1]": 1}, ("+", "-", "*", "exp", "sin", "log")),
    "powers": ({"a [1]": 0, "b [1]": 1}, ("+", "-", "/", "pow")),
    "angles": ({"a [rad]": 0, "b [1]": 1}, ("+", "-", "*", "/", "cos")),
}


@pytest.mark.parametrize("kind", GRAMMARS)
def test_nothing_certified_fits_better(kind: str) -> None:
    """Of all trees by brute force within the certificate, with a factor in front, none beats what was found."""
    columns, operators = GRAMMARS[kind]
    values = uniform(3, 60)
    data = {name: values[place] for name, place in columns.items()}
    unit = "m" if kind == "units" else "1"
    data[f"y [{unit}]"] = np.random.default_rng(8).uniform(1, 2, 60)
    problem = problem_of(data, "y", operators=operators)
    found = rounds(problem, evaluations(600_000), without=("evolution",))  # it certifies nothing, and takes its share
    certified = max(each.complete_to_complexity or 0 for each in found)
    assert certified >= {"units": 5, "functions": 3, "powers": 3, "angles": 2}[kind]
    best = min(loss_of(problem, one) for each in found for one in each.candidates)
    assert best <= (1 + 1e-9) * least_loss(problem, operators, min(certified, 5))


def loss_of(problem: Problem, candidate: Candidate) -> float:
    space = search_space(problem, problem.train_rows)
    named = dict(zip(space.names, space.inputs, strict=True)) | space.known
    named |= {constant.name: constant.start for constant in candidate.constants}
    return float(np.sum((evaluate_tree(candidate.expression, named) - space.target) ** 2))


def least_loss(problem: Problem, operators: tuple[str, ...], most: int) -> float:
    space = search_space(problem, problem.train_rows)
    kinds = [space.coding.decode(code) for code in space.codes]
    columns = {name: (kinds[i], space.inputs[i]) for i, name in enumerate(space.names)}
    grammar = Grammar(columns, operators)
    losses = []
    for size in range(1, 7):  # costs are higher than complexities
        for tree in grammar.trees(size):
            right = tree.dimension == space.coding.decode(space.target_code)
            if right and complexity(tree.expression) <= most:
                factor = float(tree.values @ space.target / (tree.values @ tree.values))
                losses.append(float(np.sum((factor * tree.values - space.target) ** 2)))
    return min(losses)


@pytest.mark.parametrize("kind", GRAMMARS)
def test_every_certified_law_is_found(kind: str) -> None:
    """Each tree within the certificate, taken for the truth, is found to be exact."""
    columns, operators = GRAMMARS[kind]
    values = uniform(3, 60)
    data = {name: values[place] for name, place in columns.items()}
    unit = "m" if kind == "units" else "1"
    for tree in sample_of_trees(data, operators, Dimension.of(m=1) if kind == "units" else DIMENSIONLESS):
        truth = 3.7 * evaluate_tree(tree.expression, {name.split(" ")[0]: row for name, row in data.items()})
        problem = problem_of(data | {f"y [{unit}]": truth * np.ones(60)}, "y", operators=operators)
        last = rounds(problem, evaluations(1_000_000))[-1]
        assert last.stop_reason == "residual at rounding", tree.expression


def sample_of_trees(data: dict[str, Any], operators: tuple[str, ...], target: Dimension) -> Iterator[Any]:
    units = {"[m]": Dimension.of(m=1), "[s]": Dimension.of(s=1)}
    columns = {}
    for header, row in data.items():
        name, unit = header.split(" ")
        columns[name] = (units.get(unit, DIMENSIONLESS), row)
    grammar = Grammar(columns, operators)
    trees = [tree for size in range(1, 7) for tree in grammar.trees(size) if tree.dimension == target]
    trees = [tree for tree in trees if complexity(tree.expression) <= 5 and np.ptp(tree.values) > 0]
    yield from np.random.default_rng(1).permutation(np.array(trees, dtype=object))[:5]


def test_the_certificate_counts_the_dearest_operator() -> None:
    """A tree of three nodes may stand at level five, where a power costs three: it is not certified before."""
    columns = {"a": (DIMENSIONLESS, np.linspace(0.2, 0.9, 20))}
    for operators, dearest in ((("+", "-", "*"), 1), (("+", "-", "pow"), 3), (("+", "-", "exp"), 2)):
        bank = bank_of(Grammar(columns, operators))
        assert [completed(bank, level) for level in (0, 1, 1 + dearest, 1 + 3 * dearest)] == [None, 1, 2, 4]


@pytest.mark.parametrize("operators", [("+", "*"), ("-", "*")])
def test_sums_of_one_sign_are_not_certified(operators: tuple[str, ...]) -> None:
    """Entries stand for both signs: where only one of + and - is allowed, some sums are never looked at."""
    columns = {"a": (DIMENSIONLESS, np.linspace(0.2, 0.9, 20))}
    assert completed(bank_of(Grammar(columns, operators)), 9) is None
