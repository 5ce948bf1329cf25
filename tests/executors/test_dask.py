"""Tasks on a Dask cluster: a scheduler and two workers, each in a process of its own, one of which is killed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from symreg.executors import (
    Cluster,
    Event,
    ExecutorError,
    FileLink,
    Task,
    dask_cluster,
    file_link,
    run_tasks,
)
from symreg.executors.errors import WorkerDiedError, WorkerVersionError
from tests.executors import tasks

ROOT = Path(__file__).resolve().parents[2]


def started(stack: ExitStack, command: str, *arguments: object, **environment: str) -> subprocess.Popen[bytes]:
    """A process of the cluster, as whoever runs one starts it; it ends with the stack."""
    words = [sys.executable, "-m", f"distributed.cli.dask_{command}", *map(str, arguments)]
    paths = os.pathsep.join([*filter(None, [environment.pop("first", "")]), str(ROOT)])
    variables = {**os.environ, "PYTHONPATH": paths, **environment}
    nowhere = subprocess.DEVNULL
    process = subprocess.Popen(words, stdout=nowhere, stderr=nowhere, env=variables)
    stack.callback(process.wait)
    stack.callback(process.terminate)
    return process


def worker(stack: ExitStack, file: Path, **environment: str) -> None:
    options = ["--nthreads", 1, "--no-dashboard", "--memory-limit", 0, "--local-directory", file.parent / "space"]
    started(stack, "worker", "--scheduler-file", file, *options, **environment)


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The file of a scheduler as it is set up by others: it would begin a task four times by itself."""
    file = tmp_path_factory.mktemp("dask") / "scheduler.json"
    with ExitStack() as stack:
        address = ["--host", "127.0.0.1", "--port", 0]
        started(stack, "scheduler", "--scheduler-file", file, "--no-dashboard", "--no-show", *address)
        for _ in range(2):
            worker(stack, file)
        until = time.monotonic() + 60
        while not file.exists() and time.monotonic() < until:
            time.sleep(0.05)
        yield file


@pytest.fixture(scope="module")
def cluster(scheduler: Path) -> Iterator[Cluster]:
    with dask_cluster(str(scheduler)) as found:
        found.client.wait_for_workers(2, timeout=60)
        yield found


def test_a_killed_worker_costs_its_own_task_one_attempt(
    cluster: Cluster, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    events: list[Event] = []
    given = [Task("once", tasks.written_once, (str(tmp_path), "once", 1))]
    given += [Task(f"{n}", tasks.square, (n,)) for n in range(6)]
    with file_link(tmp_path) as link:
        assert cluster.sees(link) and cluster.width() == 2
        outcomes = list(run_tasks(given, cluster.executor, link=link, width=cluster.width, observer=events.append))
    found = {one.key: one for one in outcomes}
    assert len(outcomes) == len(found) == 7
    assert [found[f"{n}"].value for n in range(6)] == [n * n for n in range(6)]
    assert (found["once"].status, found["once"].begun, found["once"].value) == ("done", 2, "once")
    assert len(set((tmp_path / "once.begun").read_text().split())) == 2
    assert [(one.key, one.attempt) for one in events if one.what == "died"] == [("once", 1)]
    assert capfd.readouterr() == ("", ""), "what Dask has to say of it is not for users"


def test_a_task_that_kills_every_worker_is_reported_after_three(cluster: Cluster, tmp_path: Path) -> None:
    given = [Task("always", tasks.written_once, (str(tmp_path), "always", 99)), Task("wrong", tasks.wrong)]
    given += [Task("answer", tasks.unpicklable)]
    with file_link(tmp_path) as link:
        found = {one.key: one for one in run_tasks(given, cluster.executor, link=link, width=cluster.width)}
    assert (found["always"].status, found["always"].begun) == ("failed", 3)
    assert isinstance(found["always"].error, WorkerDiedError) and "(3 times)" in found["always"].reason
    assert len((tmp_path / "always.begun").read_text().split()) == 3, "begun no more often by Dask itself"
    assert found["wrong"].begun == 1 and found["wrong"].reason == "problem 'p': the target is missing."
    assert "cannot be sent back" in found["answer"].reason


@pytest.mark.parametrize("sees", [True, False])
def test_who_is_asked_to_stop_hands_over_the_best(cluster: Cluster, tmp_path: Path, sees: bool) -> None:
    given = [Task(f"{n}", tasks.until_told, (str(tmp_path), f"{n}"), linked=True) for n in range(4)]
    with file_link(tmp_path) if sees else cluster.link() as link:

        def stop() -> bool:
            return {one.get("evaluated") for one in link.told().values()} == {7} and len(link.told()) == 2

        found = list(run_tasks(given, cluster.executor, link=link, width=cluster.width, stop=stop))
    assert sorted(one.status for one in found) == ["done", "done", "not begun", "not begun"]
    assert all(one.value.endswith("the best so far") for one in found if one.status == "done")


def test_workers_that_do_not_see_a_folder_are_noticed(cluster: Cluster, tmp_path: Path) -> None:
    assert not cluster.sees(FileLink(str(tmp_path / "elsewhere")))


def test_a_scheduler_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("symreg.executors.on_dask.CONNECT_SECONDS", 0.3)
    with pytest.raises(ExecutorError, match=r"scheduler 'tcp://127\.0\.0\.1:9' cannot be reached.*Give --scheduler as"):
        dask_cluster("tcp://127.0.0.1:9").__enter__()


def test_a_worker_of_another_version_is_told(cluster: Cluster, scheduler: Path, tmp_path: Path) -> None:
    """Last: from now on the cluster has such a worker."""
    metadata = tmp_path / "symreg_laws-9.9.9.dist-info" / "METADATA"
    metadata.parent.mkdir()
    metadata.write_text("Metadata-Version: 2.1\nName: symreg-laws\nVersion: 9.9.9\n")
    with ExitStack() as stack:
        worker(stack, scheduler, first=str(tmp_path))
        cluster.client.wait_for_workers(3, timeout=60)
        with pytest.raises(WorkerVersionError, match=r"a worker has symreg 9\.9\.9, and this is symreg"):
            dask_cluster(str(scheduler)).__enter__()
