"""Many runs at once: the same answers as one after another, whatever dies, fails, or is asked to stop."""

from __future__ import annotations

import importlib
import json
import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from symreg.executors import FileLink, Line, LocalExecutor, Outcome, file_link
from symreg.executors.errors import WorkerDiedError
from symreg.experiment import NOT_BEGUN, Overview, RunningRun, RunRecord, load_discovery, run_experiment, run_many
from symreg.experiment.errors import FolderLockedError, ProgramNotAllowedError, RunFolderError, TakenOverError
from symreg.experiment.lock import LOCK_NAME, Claim, locked
from symreg.experiment.many.one import Ways, run_one
from symreg.experiment.many.parcel import Returned, packed, put_in_place, run_away
from symreg.experiment.many.record import record_without
from symreg.experiment.specification import Specification, with_changes
from symreg.experiment.store import read_log
from symreg.sweeps import read_specifications
from tests.experiment.fake_search import FakeSearch, write_kepler

SWEEP = """version: 1
name: s
data:
  generate:
    formula: 2.5*a**2/b
    target: {name: y, unit: m}
    rows: 40
    inputs: {a: {unit: m, low: 1, high: 5}, b: {unit: m, low: 1, high: 3}}
    noise: {rms: 0.02}
free_constants: {units: inferred}
backend: {name: native, threads: 1}
budget: {evaluations: 800, end_early: never}
robustness: {resamples: 0}
report: {formats: []}
sweep: {seed: [0, 1]}
"""


def told(record: RunRecord) -> RunRecord:
    """Without what differs from one time to the next."""
    return replace(record, seconds=0.0, begun=0, notes=())


@pytest.fixture(scope="module")
def specifications(tmp_path_factory: pytest.TempPathFactory) -> tuple[Specification, ...]:
    path = tmp_path_factory.mktemp("file") / "s.yaml"
    path.write_text(SWEEP, encoding="utf-8")
    return read_specifications(path)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeSearch:
    """The search of this process; workers know nothing of it."""
    made = FakeSearch()
    monkeypatch.setattr(importlib.import_module("symreg.discovery"), "discover", made)
    return made


@pytest.fixture(scope="module")
def pool() -> Iterator[LocalExecutor]:
    with LocalExecutor(2) as executor:
        yield executor


@pytest.fixture(scope="module")
def serial(
    specifications: tuple[Specification, ...], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, object]]:
    """What is stored of each, one after another in this process."""
    folder = tmp_path_factory.mktemp("serial")
    for one in specifications:
        run_experiment(one, folder)
    return {one.name: stored(folder / one.name) for one in specifications}


def stored(folder: Path) -> dict[str, object]:
    front = json.loads((folder / "front.json").read_text(encoding="utf-8"))
    return {key: value for key, value in front.items() if key != "wall_seconds"}


def test_workers_find_what_one_process_finds(
    specifications: tuple[Specification, ...],
    serial: dict[str, dict[str, object]],
    pool: LocalExecutor,
    tmp_path: Path,
) -> None:
    """One of them is killed in mid-run, and its run goes on in another process."""
    seen: list[Overview] = []
    killed: list[int] = []

    def observe(now: Overview) -> None:
        seen.append(now)
        lock = tmp_path / "s-seed=0" / LOCK_NAME
        if not killed and lock.exists() and (tmp_path / "s-seed=0" / "state.json").exists():
            killed.append(json.loads(lock.read_text())["pid"])
            os.kill(killed[0], signal.SIGKILL)

    records = run_many(specifications, tmp_path, pool, observer=observe, interval=0.05)
    assert [one.name for one in records] == list(serial)
    assert all(stored(tmp_path / name) == told_then for name, told_then in serial.items())
    assert {one.status for one in records} == {"finished"} and not any(one.kept for one in records)
    assert killed and killed[0] != os.getpid() and records[0].begun == 2
    assert records[1].formula == stored(tmp_path / "s-seed=1")["laws"][-1]["formula"]  # type: ignore[index]
    assert seen[-1].total == len(seen[-1].done) == 2 and not seen[-1].running
    assert any("s-seed=0: its worker stopped (killed by signal 9" in death for death in seen[-1].deaths)
    events = [one["event"] for one in read_log(tmp_path / "s-seed=0")]
    assert events.count("finished") == 1 and events.count("resumed") == 1

    again = run_many(specifications, tmp_path, pool)
    assert [told(one) for one in again] == [replace(told(one), kept=True) for one in records]
    assert [one["event"] for one in read_log(tmp_path / "s-seed=0")] == events, "nothing was searched again"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(serial), "no link is left"


def test_a_run_that_fails_stops_no_other(
    specifications: tuple[Specification, ...], pool: LocalExecutor, tmp_path: Path
) -> None:
    wrong = with_changes(specifications[0], {"data": {"file": str(tmp_path / "none.csv"), "target": "y"}}, "here")
    records = run_many([wrong, specifications[1]], tmp_path / "runs", pool)
    assert [one.status for one in records] == ["failed", "finished"]
    assert "none.csv: there is no such file" in records[0].reason and records[0].begun == 1


def test_asked_to_stop_runs_keep_their_best_and_others_are_not_begun(
    specifications: tuple[Specification, ...], pool: LocalExecutor, tmp_path: Path
) -> None:
    changes = {"budget": {"time": "60 s", "end_early": "never"}}
    long = [with_changes(specifications[0], {**changes, "name": name}, "here") for name in "abc"]
    asked = threading.Event()

    def observe(now: Overview) -> None:
        if len(now.running) == 2 and all(one.law for one in now.running):
            asked.set()

    records = run_many(long, tmp_path, pool, observer=observe, stop=asked.is_set)
    assert sorted(one.status for one in records) == ["interrupted", "interrupted", NOT_BEGUN]
    assert all(one.formula for one in records if one.status == "interrupted")
    (left,) = [one.name for one in records if one.status == NOT_BEGUN]
    assert not (tmp_path / left).exists()


def test_a_program_is_allowed_before_anything_begins(
    specifications: tuple[Specification, ...], pool: LocalExecutor, tmp_path: Path
) -> None:
    asks = with_changes(specifications[0], {"backend": {"name": "hypotheses", "command": ["guess"]}}, "here")
    with pytest.raises(ProgramNotAllowedError, match="--allow-program"):
        run_many([asks, specifications[1]], tmp_path / "runs", pool)
    assert not (tmp_path / "runs").exists()


def test_a_folder_that_cannot_be_made_is_told(
    specifications: tuple[Specification, ...], pool: LocalExecutor, tmp_path: Path
) -> None:
    (tmp_path / "runs").write_text("a file")
    with pytest.raises(RunFolderError, match="cannot be written to"):
        run_many(specifications, tmp_path / "runs", pool)


def test_who_was_given_up_writes_nothing_after_the_next_attempt_has_come(tmp_path: Path) -> None:
    with locked(tmp_path, Claim("campaign", 1)) as first:
        with pytest.raises(FolderLockedError), locked(tmp_path, Claim("another", 2)):
            pass
        with first.writing():
            (tmp_path / "state.json").write_text("first")
        with locked(tmp_path, Claim("campaign", 2)) as second:
            with pytest.raises(TakenOverError, match="taken over"), first.writing():
                (tmp_path / "state.json").write_text("late")
            with pytest.raises(TakenOverError), locked(tmp_path, Claim("campaign", 1)):
                pass
            with second.writing():
                (tmp_path / "state.json").write_text("second")
        with pytest.raises(TakenOverError), first.writing():
            (tmp_path / "state.json").write_text("very late")
    assert (tmp_path / "state.json").read_text() == "second"
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]


def test_a_lock_that_somebody_has_deleted_costs_no_run(tmp_path: Path) -> None:
    with locked(tmp_path) as hold:
        (tmp_path / LOCK_NAME).unlink()
        with hold.writing():
            assert (tmp_path / LOCK_NAME).exists()


def test_a_worker_that_comes_back_does_not_write_over_its_successor(fake: FakeSearch, tmp_path: Path) -> None:
    """The first attempt searches, stops answering, and goes on when the second one has finished."""
    found: list[RunRecord] = []
    (one,) = read_specifications(write_kepler(tmp_path))

    class Late(Line):
        def tell(self, make: object) -> None:
            if not found:
                line = Line(self.link, self.key, attempt=2)
                found.append(run_one(one, str(tmp_path / "runs"), Ways(campaign="c", interval=0.0), line=line))

    with file_link(tmp_path) as link, pytest.raises(TakenOverError):
        run_one(one, str(tmp_path / "runs"), Ways(campaign="c", interval=0.0), line=Late(link, one.name))
    folder = tmp_path / "runs" / one.name
    events = [each["event"] for each in read_log(folder)]
    assert found[0].status == stored(folder)["status"] == "finished" and events[-1] == "finished"
    assert "failed" not in events and not (folder / LOCK_NAME).exists()


@pytest.mark.parametrize("is_there", [False, True])
def test_where_workers_do_not_see_our_files_these_travel(tmp_path: Path, fake: FakeSearch, is_there: bool) -> None:
    (one,) = read_specifications(write_kepler(tmp_path))
    file, runs = Path(str(one.data.file)), tmp_path / "runs"
    if is_there:
        fake.status, fake.stop_reason = "interrupted", "stopped by Ctrl-C"
        run_experiment(one, runs)
        fake.status = "finished"
    with file_link(tmp_path) as link:
        parcel = packed(one, runs)
        file.rename(tmp_path / "hidden.csv")  # nothing is read from here
        returned = run_away(parcel, Ways(campaign="c"), line=Line(link, one.name))
    (tmp_path / "hidden.csv").rename(file)
    record = put_in_place(returned, one, runs)
    assert record.status == "finished" and len(fake.given) == 1 + is_there
    assert load_discovery(runs / one.name).front.best.formula == record.formula == "k*a**(3/2)"
    assert f"file: ../../{file.name}" in (runs / one.name / "experiment.yaml").read_text()
    assert ("resumed" in [each["event"] for each in read_log(runs / one.name)]) == is_there
    assert [path.name for path in runs.iterdir()] == [one.name]


def test_what_cannot_be_stored_here_is_a_failed_run(
    specifications: tuple[Specification, ...], tmp_path: Path
) -> None:
    (tmp_path / "runs").write_text("a file")
    record = RunRecord("s-seed=0", "finished")
    kept = put_in_place(Returned(record, {"state.json": b"{}"}), specifications[0], tmp_path / "runs")
    assert kept.status == "failed" and kept.reason.startswith("done elsewhere, and not stored here: ")


def test_a_run_whose_worker_died_is_a_record_too() -> None:
    error = WorkerDiedError(reason="killed by signal 9")
    record = record_without(Outcome("a", "failed", 3, error=error))
    assert record.has_failed and record.reason == "its worker stopped: killed by signal 9 (3 times)"


def test_time_left_is_that_of_runs_that_were_searched() -> None:
    link = FileLink("nowhere")
    assert link.told() == {}
    done = (RunRecord("a", "finished", seconds=10.0), RunRecord("b", "finished", seconds=99.0, kept=True))
    assert Overview(6, done, (), 1.0).seconds_left is None
    going = (RunningRun("c", "search", 4.0), RunningRun("d", "search", 12.0))
    assert Overview(6, done, going, 1.0).seconds_left == pytest.approx((2 * 10 + 6 + 0) / 2)
