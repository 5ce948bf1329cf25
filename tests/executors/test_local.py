"""Tasks on processes of this machine: what a death costs, what is told, and who is there afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from symreg.errors import ProblemError
from symreg.executors import (
    Event,
    ExecutorError,
    FileLink,
    Line,
    LocalExecutor,
    Outcome,
    Task,
    crowding,
    file_link,
    run_tasks,
)
from symreg.executors.call import Order, carry_out
from symreg.executors.errors import TaskError, WorkerDiedError, WorkerVersionError
from symreg.executors.link import SILENCE
from tests.executors import tasks

SOON = 10.0
"""Seconds in which a process that should end has ended, on a busy machine."""


@pytest.fixture(scope="module")
def pool() -> Iterator[LocalExecutor]:
    with LocalExecutor(2) as executor:
        yield executor


def two() -> int:
    return 2


def by_key(outcomes: Iterator[Outcome]) -> dict[str, Outcome]:
    found = list(outcomes)
    assert len({one.key for one in found}) == len(found)
    return {one.key: one for one in found}


def test_a_killed_worker_costs_its_own_task_one_attempt(pool: LocalExecutor, tmp_path: Path) -> None:
    events: list[Event] = []
    some = [Task(f"{n}", tasks.square, (n,)) for n in range(6)]
    once = Task("once", tasks.written_once, (str(tmp_path), "once", 1))
    always = Task("always", tasks.written_once, (str(tmp_path), "always", 99))
    found = by_key(run_tasks([once, always, *some], pool, observer=events.append, width=two))
    assert [found[f"{n}"].value for n in range(6)] == [n * n for n in range(6)]
    assert all(found[f"{n}"].begun == 1 for n in range(6))
    assert (found["once"].status, found["once"].begun, found["once"].value) == ("done", 2, "once")
    assert len(set((tmp_path / "once.begun").read_text().split())) == 2, "begun again in another process"
    assert (found["always"].status, found["always"].begun) == ("failed", 3)
    assert isinstance(found["always"].error, WorkerDiedError)
    assert "killed by signal 9" in found["always"].reason and "(3 times)" in found["always"].reason
    assert sorted(path.name for path in tmp_path.iterdir()) == ["always.begun", "once.begun", "once.done"]
    assert len((tmp_path / "always.begun").read_text().split()) == 3
    assert sorted((one.key, one.attempt) for one in events if one.what == "died") == [
        ("always", 1), ("always", 2), ("once", 1),
    ]  # fmt: skip


def test_an_error_is_no_death(pool: LocalExecutor) -> None:
    given = [
        Task("wrong", tasks.wrong), Task("broken", tasks.broken), Task("answer", tasks.unpicklable),
        Task("function", lambda: 1), Task("argument", tasks.square, (threading.Lock(),)),
    ]  # fmt: skip
    found = by_key(run_tasks(given, pool, width=two))
    assert {one.status for one in found.values()} == {"failed"} and {one.begun for one in found.values()} == {1}
    assert isinstance(found["wrong"].error, ProblemError)
    assert found["wrong"].reason == "problem 'p': the target is missing."
    assert found["broken"].reason == "ZeroDivisionError: of a kind"
    assert isinstance(found["answer"].error, TaskError) and "Give plain values" in found["answer"].reason
    assert "cannot be sent to a worker" in found["function"].reason
    assert "cannot be sent to a worker" in found["argument"].reason


def test_the_last_words_of_a_worker_are_told(pool: LocalExecutor) -> None:
    (found,) = run_tasks([Task("a", tasks.aborting)], pool, attempts=1)
    assert found.reason == "its worker stopped: killed by signal 6, after it said: terminate called after a fault"


def test_who_is_asked_to_stop_hands_over_the_best(pool: LocalExecutor, tmp_path: Path) -> None:
    given = [Task(f"{n}", tasks.until_told, (str(tmp_path), f"{n}"), linked=True) for n in range(5)]
    with file_link(tmp_path) as link:

        def stop() -> bool:
            return len(list(tmp_path.glob("*.begun"))) == 2 and len(link.told()) == 2

        found = by_key(run_tasks(given, pool, link=link, width=two, stop=stop))
        assert {one["evaluated"] for one in link.told().values()} == {7}
    done = [one for one in found.values() if one.status == "done"]
    assert len(done) == 2 and all(one.value.endswith("the best so far") for one in done)
    assert [one.begun for one in found.values() if one.status == "not begun"] == [0, 0, 0]
    assert len(list(tmp_path.glob("*.begun"))) == 2
    assert not list(tmp_path.glob(".symreg-*")), "the link leaves nothing"


def test_a_worker_of_another_version_is_told(pool: LocalExecutor) -> None:
    order = Order(Task("a", tasks.square, (2,)), 1, "9.9.9")
    with pytest.raises(WorkerVersionError, match=r"a worker has symreg .* and this is symreg 9\.9\.9"):
        pool.submit(carry_out, order).result()


def test_workers_use_as_many_threads_as_they_are_given_and_leave_ctrl_c_to_the_parent() -> None:
    with LocalExecutor(1, threads=1) as one:
        (found,) = run_tasks([Task("a", tasks.environment)], one, threads=1)
    assert found.value["OMP_NUM_THREADS"] == found.value["OPENBLAS_NUM_THREADS"] == "1"
    assert found.value["blas"] == 1 and found.value["ignores"] and found.value["pid"] != os.getpid()
    assert one.pids == ()


def test_too_many_threads_are_told_in_a_sentence() -> None:
    assert crowding(2, 1, cores=2) is None and crowding(1, 1, cores=1) is None
    assert crowding(2, 2, cores=2) == (
        "2 at a time with 2 threads each are 4 threads on 2 cores, and wait for each other; give --threads 1"
    )
    assert str(crowding(4, 1, cores=2)).endswith("give --jobs 2")


ORPHANS = """
import sys, threading
sys.path[:0] = {path!r}
from symreg.executors import LocalExecutor, Task, file_link, run_tasks
from tests.executors import tasks
with file_link({folder!r}) as link, LocalExecutor(2) as pool:
    given = [Task(name, tasks.until_told, ({folder!r}, name), linked=True) for name in "ab"]
    list(run_tasks(given, pool, link=link))
"""


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_orphans_end_by_themselves(tmp_path: Path) -> None:
    program = ORPHANS.format(path=[path for path in sys.path if path], folder=str(tmp_path))
    parent = subprocess.Popen([sys.executable, "-c", program], cwd=tmp_path)
    until = time.monotonic() + 6 * SOON
    while len(begun := list(tmp_path.glob("[ab].begun"))) < 2 and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(0.1)
    pids = [int(path.read_text()) for path in begun]
    assert len(pids) == 2 and all(map(is_alive, pids))
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    until = time.monotonic() + SOON
    while any(map(is_alive, pids)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(map(is_alive, pids))


def pool_of_the_library() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(2, mp_context=get_context("spawn"))


def test_a_pool_that_breaks_as_a_whole_is_made_again_and_the_guilty_task_is_found(tmp_path: Path) -> None:
    given = [Task(f"{n}", tasks.square, (n,)) for n in range(4)]
    given.insert(1, Task("always", tasks.written_once, (str(tmp_path), "always", 99)))
    with file_link(tmp_path) as link:
        found = by_key(run_tasks(given, pool_of_the_library, link=link))
    assert [found[f"{n}"].value for n in range(4)] == [0, 1, 4, 9]
    assert (found["always"].status, found["always"].begun) == ("failed", 3)
    assert "the pool of processes broke while it worked at this" in found["always"].reason


def test_a_pool_that_breaks_and_is_not_ours_is_told(tmp_path: Path) -> None:
    with pool_of_the_library() as broken:
        given = [Task("always", tasks.written_once, (str(tmp_path), "always", 99))]
        given += [Task(f"{n}", tasks.square, (n,)) for n in range(2)]
        found = by_key(run_tasks(given, broken, width=lambda: 1))
    assert isinstance(found["always"].error, ExecutorError)
    assert "Give a function that makes the executor" in found["always"].reason
    assert {found[f"{n}"].status for n in range(2)} == {"failed"}, "told, and not waited for"


def test_an_attempt_is_begun_once_and_an_old_one_never_after_a_later_one(tmp_path: Path) -> None:
    with file_link(tmp_path) as link:
        order = Order(Task("a", tasks.square, (3,)), 1, "", None, link)
        assert link.is_seen() and not FileLink(link.folder, "another").is_seen()
        assert link.begin("a", 1) and not link.begin("a", 1)
        assert link.begin("a", 2) and link.begin("b/../c", 2) and not link.begin("b/../c", 1)
        assert order.link is link
    assert link.beat() == "stop", "a folder that is gone asks to stop"


def test_a_parent_that_is_silent_is_taken_for_dead(tmp_path: Path) -> None:
    now = [0.0]
    folder = tmp_path / "link"
    folder.mkdir()
    (folder / "beat").write_text("1")
    line = Line(FileLink(str(folder)), "a", clock=lambda: now[0])
    for second in range(60):
        now[0] = float(second)
        (folder / "beat").write_text(str(second))
        assert not line.stop()
    now[0] += 1000.0
    assert not line.stop(), "it was stopped with its parent, and has not listened"
    heard = []
    for _ in range(round(SILENCE)):
        now[0] += 1.0
        heard.append(line.stop())
    assert not any(heard[:-3]) and heard[-1]


def test_two_tasks_of_one_key_are_a_mistake(pool: LocalExecutor) -> None:
    with pytest.raises(ValueError, match="the same key"):
        list(run_tasks([Task("a", tasks.square, (1,))] * 2, pool))
