"""Runs told to trackers: what arrives there, and what a tracker that fails costs.

The clients here are fakes with the surface of the real ones, which are no part of the development extras.
"""

from __future__ import annotations

import sys
import threading
import types
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from symreg.experiment.runner import run_experiment
from symreg.experiment.specification import read_specification
from symreg.experiment.tracking import check_trackers, tracked
from symreg.experiment.tracking.on_mlflow import MlflowTracker
from symreg.experiment.tracking.on_tensorboard import TensorBoardTracker
from symreg.experiment.tracking.telling import TRACKERS, TrackingError
from tests.cli.helpers import symreg_
from tests.experiment.fake_search import KEPLER, FakeSearch, write_kepler

WITH_REPORT = KEPLER.replace("formats: [], exports: []", "formats: [markdown], exports: []")


class FakeServer:
    """What MLflow's client is asked for, one run after another."""

    def __init__(self) -> None:
        self.runs: dict[str, dict[str, Any]] = {}
        self.experiments: dict[str, str] = {}

    def get_experiment_by_name(self, name: str) -> Any:
        known = self.experiments.get(name)
        return None if known is None else types.SimpleNamespace(experiment_id=known)

    def create_experiment(self, name: str) -> str:
        self.experiments[name] = f"id of {name}"
        return self.experiments[name]

    def search_runs(self, experiments: Sequence[str], filter_string: str, max_results: int) -> list[Any]:
        mark = filter_string.removeprefix("tags.`symreg.mark` = '").removesuffix("'")
        found = [key for key, run in self.runs.items() if run["tags"]["symreg.mark"] == mark]
        return [types.SimpleNamespace(info=types.SimpleNamespace(run_id=key)) for key in found]

    def create_run(self, experiment: str, run_name: str, tags: dict[str, str]) -> Any:
        key = f"run {len(self.runs)}"
        self.runs[key] = {"name": run_name, "tags": dict(tags), "params": {}, "metrics": [], "files": [], "status": ""}
        return types.SimpleNamespace(info=types.SimpleNamespace(run_id=key))

    def update_run(self, run_id: str, status: str) -> None:
        self.runs[run_id]["status"] = status

    def log_batch(self, run_id: str, metrics: Sequence[Any] = (), params: Sequence[Any] = ()) -> None:
        assert len(params) <= 100
        self.runs[run_id]["params"] |= {one[0]: one[1] for one in params}
        self.runs[run_id]["metrics"] += metrics

    def set_tag(self, run_id: str, key: str, value: str) -> None:
        self.runs[run_id]["tags"][key] = value

    def log_artifact(self, run_id: str, path: str) -> None:
        self.runs[run_id]["files"].append(Path(path).name)

    def set_terminated(self, run_id: str, status: str) -> None:
        self.runs[run_id]["status"] = status


def point(name: str, value: float, moment: int, step: int) -> tuple[str, float, int]:
    return name, value, step


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> FakeServer:
    made = FakeServer()
    entities = types.SimpleNamespace(Param=lambda key, value: (key, value), Metric=point)
    client = types.SimpleNamespace(MlflowClient=lambda: made, entities=entities, __spec__=object())
    monkeypatch.setitem(sys.modules, "mlflow", client)  # type: ignore[arg-type]
    monkeypatch.setitem(sys.modules, "mlflow.entities", entities)  # type: ignore[arg-type]
    return made


def test_a_run_of_mlflow_is_a_run_of_ours(server: FakeServer, tmp_path: Path) -> None:
    asked = read_specification(write_kepler(tmp_path, WITH_REPORT))
    run_experiment(asked, tmp_path / "runs", discover=FakeSearch(), log=["mlflow"])
    (run,) = server.runs.values()
    assert run["name"] == "kepler" and run["status"] == "FINISHED" and run["files"] == ["report.md"]
    assert run["params"]["data.target"] == '"P"' and run["params"]["seed"] == "0"
    assert run["tags"]["law"].startswith("P = k*a**(3/2), k = ")
    complexities = [value for name, value, _ in run["metrics"] if name == "complexity_of_the_best"]
    assert complexities == [3.0, 5.0], "a point for each law that was the best"
    assert {"error_of_the_best", "evaluated", "level", "seconds"} < {name for name, _, _ in run["metrics"]}


def test_a_run_that_goes_on_is_the_same_run_there_and_a_fresh_one_another(server: FakeServer, tmp_path: Path) -> None:
    asked = read_specification(write_kepler(tmp_path))
    cut = FakeSearch(status="interrupted", stop_reason="stopped by Ctrl-C")
    run_experiment(asked, tmp_path / "runs", discover=cut, log=["mlflow"])
    assert [run["status"] for run in server.runs.values()] == ["KILLED"]
    run_experiment(asked, tmp_path / "runs", discover=FakeSearch(), log=["mlflow"])
    assert [run["status"] for run in server.runs.values()] == ["FINISHED"]
    run_experiment(asked, tmp_path / "runs", discover=FakeSearch(), log=["mlflow"], fresh=True)
    assert len(server.runs) == 2


def test_curves_of_tensorboard_lie_in_the_folder_of_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scalars: list[tuple[str, float, int]] = []
    folders: list[str] = []

    class Writer:
        def __init__(self, folder: str) -> None:
            folders.append(folder)

        def add_scalar(self, name: str, value: float, step: int) -> None:
            scalars.append((name, value, step))

        def flush(self) -> None:
            pass

        def close(self) -> None:
            folders.append("closed")

    client = types.SimpleNamespace(summary=types.SimpleNamespace(Writer=Writer), __spec__=object())
    monkeypatch.setitem(sys.modules, "tensorboard", client)  # type: ignore[arg-type]
    monkeypatch.setitem(sys.modules, "tensorboard.summary", client.summary)
    asked = read_specification(write_kepler(tmp_path))
    found = run_experiment(asked, tmp_path / "runs", discover=FakeSearch(), log=["tensorboard"])
    assert folders == [str(tmp_path / "runs" / "kepler"), "closed"] and not found.notes
    assert [value for name, value, _ in scalars if name == "complexity_of_the_best"] == [3.0, 5.0]
    assert isinstance(TensorBoardTracker(), TensorBoardTracker)


def test_a_server_that_is_gone_costs_a_note_and_not_the_run(
    server: FakeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise ConnectionError("nobody\nanswers")

    monkeypatch.setattr(server, "log_batch", gone)
    monkeypatch.setattr("symreg.discovery.discover", FakeSearch())
    path = write_kepler(tmp_path)
    assert symreg_("run", path, "--runs", tmp_path / "runs", "--log", "mlflow") == 0
    told = capsys.readouterr()
    said = "Note: mlflow has not heard all of this run (ConnectionError: nobody answers); the run itself is stored"
    assert said in told.err and "k*a**(3/2)" in told.out
    assert (tmp_path / "runs" / "kepler" / "state.json").exists()


def test_a_client_that_cannot_be_made_costs_a_note_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: FakeServer
) -> None:
    def refuses() -> None:
        raise ValueError("no such store")

    monkeypatch.setattr(sys.modules["mlflow"], "MlflowClient", refuses)
    asked = read_specification(write_kepler(tmp_path))
    found = run_experiment(asked, tmp_path / "runs", discover=FakeSearch(), log=["mlflow"])
    assert found.front.laws and "ValueError: no such store" in found.notes[-1]


def test_a_client_that_hangs_is_waited_for_some_seconds_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    forever = threading.Event()

    class Hangs(MlflowTracker):
        def __init__(self) -> None:
            pass

        def begin(self, run: Any) -> None:
            forever.wait(30)

    monkeypatch.setattr("symreg.experiment.tracking.telling.LAST_SECONDS", 0.2)
    monkeypatch.setattr("symreg.experiment.runner.check_trackers", lambda _: None)
    monkeypatch.setattr("symreg.experiment.runner.tracked", lambda names: tracked(names, lambda _: Hangs()))
    asked = read_specification(write_kepler(tmp_path))
    found = run_experiment(asked, tmp_path / "runs", discover=FakeSearch(), log=["mlflow"])
    forever.set()
    assert found.front.laws and "it has not answered within 0 s" in found.notes[-1]


@pytest.mark.parametrize(
    ("name", "told"), [("wandb", "there are mlflow and tensorboard"), ("mlflow", "install its client: pip install")]
)
def test_a_tracker_that_is_not_there_is_told_before_any_work(
    name: str, told: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("symreg.experiment.tracking.telling.find_spec", lambda _: None)
    with pytest.raises(TrackingError, match=told):
        check_trackers([name])
    with pytest.raises(TrackingError):
        run_experiment(read_specification(write_kepler(tmp_path)), tmp_path / "runs", log=[name])
    assert not (tmp_path / "runs").exists()
    assert set(TRACKERS) == {"mlflow", "tensorboard"}
