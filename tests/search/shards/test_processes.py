"""Workers as processes of their own: the same answer, in time, and none of them is left behind."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import symreg as sr
from symreg.discovery import Progress
from symreg.search import Native, search_space
from symreg.search.native.workers import together
from symreg.team import Host, TeamError, arrive
from tests.search.setting import problem_of

ROWS = 60
EVALUATIONS = 5_000
PATIENCE = 20.0  # seconds beyond a budget, on a machine that has much else to do


def problem() -> sr.Problem:
    """Nothing simple fits."""
    a = np.random.default_rng(2).uniform(0.5, 3, ROWS)
    y = np.exp(np.sin(1.3 * a)) + a**2.5 / (1.7 + a)
    return problem_of({"a [1]": a, "y [1]": y}, "y", operators=("+", "*", "/", "exp", "sin"))


def settings(workers: int) -> Native:
    return Native(threads=1, fit_rows=ROWS, workers=workers, without=("evolution", "skeletons"))


def budget(**options: Any) -> sr.Budget:
    return sr.Budget(**{"time": None, "evaluations": EVALUATIONS, "end_early": "never"} | options)


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """The processes that are started."""
    found: list[subprocess.Popen[bytes]] = []
    plain = together.children

    @contextlib.contextmanager
    def recorded(*given: Any) -> Iterator[list[subprocess.Popen[bytes]]]:
        with plain(*given) as some:
            found.extend(some)
            yield some

    monkeypatch.setattr(together, "children", recorded)
    return found


def told(found: sr.Discovery) -> tuple[object, ...]:
    laws = [(str(law.expression), law.description_length) for law in found.front.laws]
    return laws, found.evaluated, found.pruned_by_dimension, found.complete_to_complexity, found.stop_reason


@pytest.fixture(scope="module")
def alone() -> sr.Discovery:
    return sr.discover(problem(), backend=settings(1), budget=budget(), seed=0)


def test_the_front_is_that_of_one_worker(alone: sr.Discovery, children: list[subprocess.Popen[bytes]]) -> None:
    found = sr.discover(problem(), backend=settings(2), budget=budget(), seed=0)
    assert told(found) == told(alone) and len(alone.front) > 2
    assert found.notes == alone.notes
    assert [one.returncode for one in children] == [0]


def test_a_worker_that_is_killed_takes_nothing_with_it(
    alone: sr.Discovery, children: list[subprocess.Popen[bytes]]
) -> None:
    def kill(_: Progress) -> None:
        children[0].kill()

    found = sr.discover(problem(), backend=settings(2), budget=budget(), seed=0, observer=kill)
    assert told(found) == told(alone)
    assert [note for note in found.notes if "lost" in note] == [
        "1 of 2 workers was lost on the way; the others did their part, so that nothing is missing"
    ]


def test_who_does_not_come_is_not_waited_for_for_ever(alone: sr.Discovery, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "WORKER", "symreg.no_such_module")
    monkeypatch.setattr(together, "Host", lambda size: Host(size, patience=0.5))
    found = sr.discover(problem(), backend=settings(2), budget=budget(), seed=0)
    assert told(found) == told(alone) and any("lost" in note for note in found.notes)


def test_a_budget_of_time_is_kept_and_nobody_is_left(children: list[subprocess.Popen[bytes]]) -> None:
    started = time.monotonic()
    found = sr.discover(problem(), backend=settings(2), budget=budget(time=4.0, evaluations=None), seed=0)
    assert time.monotonic() - started < 4.0 + PATIENCE
    assert found.stop_reason == "time budget spent" and len(found.front)
    assert [one.returncode for one in children] == [0]


def test_who_stops_has_the_best_so_far(children: list[subprocess.Popen[bytes]]) -> None:
    rounds = list[Progress]()
    found = sr.discover(
        problem(), backend=settings(2), budget=budget(evaluations=10**9), seed=0, observer=rounds.append,
        stop=lambda: len(rounds) > 2,
    )  # fmt: skip
    assert found.status == "interrupted" and len(found.front)
    assert [one.returncode for one in children] == [0]


def test_who_asks_for_no_further_rounds_leaves_nobody_behind(children: list[subprocess.Popen[bytes]]) -> None:
    asked = problem()
    space = search_space(asked, asked.train_rows)
    rounds = settings(2).propose(space, budget(evaluations=10**9), seed=0, stop=lambda: False)
    next(rounds)
    rounds.close()  # type: ignore[attr-defined]
    assert children[0].returncode is not None


def test_workers_may_be_started_by_any_executor(alone: sr.Discovery) -> None:
    """Here by threads; a cluster's executor is given the same function and invitation."""
    asked, host = problem(), Host(2)
    space = search_space(asked, asked.train_rows)
    with ThreadPoolExecutor(1) as executor:
        work = executor.submit(together.work_for, *host.invitations())
        rounds = list(together.rounds_of_host(host, settings(2), space, budget(), 0, lambda: False))
        host.close()
        work.result()
    assert rounds[-1].evaluated == alone.evaluated and not host.lost


def test_a_stranger_is_not_let_in() -> None:
    host = Host(2, patience=1.0)
    host.open("task")
    (invited,) = host.invitations()
    with pytest.raises(TeamError):
        arrive(type(invited)(invited.host, invited.port, "00" * 32, 1, 2))
    assert arrive(invited).task == "task"
    host.close()
