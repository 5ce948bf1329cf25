"""One search from its beginning to its end: when it asks how errors go, and what it does with the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from symreg.discovery import Discovery, discover
from symreg.formula import parse
from symreg.problem import Candidate, FreeConstant, Problem, make_problem
from symreg.search import Budget, Round, SearchSpace
from symreg.search.backend import Capabilities
from symreg.tables import read_table
from symreg.units import DIMENSIONLESS

FORMULAS = ("k1", "k1*x", "k1*x + k2")


@dataclass
class Told:
    """A backend that proposes what it is told, one formula a round, and writes down what it was asked."""

    rounds: Sequence[str] = FORMULAS
    capabilities: Capabilities = field(default_factory=Capabilities)
    name: str = "told"
    threads: int = 1
    engine: str = "auto"
    asked: list[tuple[Any, Budget]] = field(default_factory=list)

    def propose(
        self, space: SearchSpace, budget: Budget, *, seed: int, stop: Callable[[], bool]
    ) -> Iterator[Round]:
        self.asked.append((space.sigma, budget))
        for number, formula in enumerate(self.rounds, 1):
            names = [name for name in ("k1", "k2") if name in formula]
            tree = parse(formula, variables=["x"], constants=names)
            constants = tuple(FreeConstant(name, DIMENSIONLESS, 1.0) for name in names)
            last = number == len(self.rounds)
            reason = ("interrupted" if stop() else "all was told") if last else None
            yield Round(
                (Candidate(tree, constants, "told"),), number, 100 * number, 0, number, reason, turn={"number": number}
            )


def question(far: int = 4, **asked: Any) -> Problem:
    rng = np.random.default_rng(0)
    x = rng.uniform(1, 5, 60)
    y = 2 * x + 5 + 0.1 * rng.normal(size=60)
    y[:far] *= 4
    return make_problem(read_table({"x": x, "y": y}, target="y"), **asked)


def found(problem: Problem, backend: Told, evaluations: int | None = None, **how: Any) -> Discovery:
    budget = Budget(time=None, evaluations=evaluations)
    return discover(problem, backend=backend, budget=budget, **how)


def is_the_line(answer: Discovery) -> bool:
    return bool(np.allclose(answer.front.best.predict({"x": [1.0, 3.0]}), [7.0, 11.0], atol=0.1))


def test_a_search_goes_on_under_another_loss_with_what_is_left() -> None:
    backend, turns = Told(), []
    answer = found(question(), backend, 1000, observer=lambda progress: turns.append(progress.turn))
    assert answer.problem.loss == "student" and is_the_line(answer)
    (before, _), (after, left) = backend.asked
    assert before is None and after is not None
    assert left.evaluations == 700 and answer.evaluated == 600  # a quarter was not spent before its end, at 300
    assert answer.stop_reason == "all was told" and answer.complete_to_complexity == 3
    assert sum("long tails" in note for note in answer.notes) == 1
    assert [turn for turn in turns if turn] == [{"number": 1}, {"number": 2}]  # none of what the second search did


def test_at_a_quarter_of_the_budget_it_is_asked_first() -> None:
    backend = Told(("k1*x + k2", "k1*x", "k1"))
    answer = found(question(), backend, 400)
    assert len(backend.asked) == 2 and backend.asked[1][1].evaluations == 300
    assert answer.problem.loss == "student"


def test_with_nothing_left_the_laws_are_judged_anew() -> None:
    backend = Told(("k1*x + k2",))
    answer = found(question(), backend, 105)
    assert len(backend.asked) == 1 and answer.problem.loss == "student" and is_the_line(answer)
    assert answer.stop_reason == "all was told" and answer.evaluated == 100 and answer.complete_to_complexity == 1


@pytest.mark.parametrize(
    ("problem", "backend"),
    [
        (question(far=0), Told()),
        (question(loss="squared"), Told()),
        (question(loss="student"), Told()),
        (question(), Told(capabilities=Capabilities(weights=False))),
    ],
)
def test_else_a_search_is_one_search(problem: Problem, backend: Told) -> None:
    answer = found(problem, backend, 1000)
    assert len(backend.asked) == 1 and answer.problem.loss == problem.loss
    assert not any("long tails" in note for note in answer.notes)


def test_who_interrupts_is_not_kept_waiting() -> None:
    backend = Told()
    answer = found(question(), backend, 1000, stop=lambda: True)
    assert answer.status == "interrupted" and len(backend.asked) == 1
