"""What a sweep will cost, and what lies in the folder already, before anything is searched."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symreg.cli.planning import memory_words, plan_lines, time_words
from symreg.experiment import prospect, run_experiment
from symreg.experiment.lock import locked
from symreg.sweeps import plan_of, read_specifications
from symreg.sweeps.planning import wall_seconds
from tests.sweeps.helpers import DRAWN, answering, run_sweep, written

HEAD = DRAWN + "backend: {threads: 3}\nbudget: {time: 10 s, memory: 1 GB}\n"
SWEEP = HEAD + "sweep: {noise: [0, 0.05], seed: [0, 1, 2]}\n"


def lines(path: Path, runs: Path, jobs: int = 1) -> str:
    return "\n".join(plan_lines(plan_of(path, runs, jobs), runs))


def test_what_is_to_do_and_what_it_costs(tmp_path: Path) -> None:
    path = written(tmp_path, SWEEP)
    plan = plan_of(path, tmp_path / "runs", jobs=2)
    assert plan.counts == {"to do": 6} and len(plan.ahead) == 6
    assert plan.seconds == 60 and plan.wall_seconds == 30 and plan_of(path, tmp_path, jobs=4).wall_seconds == 20
    assert plan.memory == 2 * 10**9 and plan.threads == 6
    assert not (tmp_path / "runs").exists()
    text = lines(path, tmp_path / "runs", 2)
    assert "fall.yaml stands for 6 runs: 2 noise x 3 seed\n  noise: 0, 0.05\n  seed: 0, 1, 2\n" in text
    assert "Up to 60 s for 6 runs, 30 s on 2 jobs" in text and "2 GB for the search and 0.8 GB" in text
    assert "fall-noise=0.05-seed=2  to do                10    1 GB        3" in text


def test_the_examination_costs_too(tmp_path: Path) -> None:
    text = HEAD.replace("{resamples: 0}", "{resamples: 50, time: 3 s, searches: 4, search_time: 2 s}")
    (run,) = plan_of(written(tmp_path, text), tmp_path).runs
    assert run.seconds == 10 + 3 + 4 * 2


def test_without_a_limit_of_time_nobody_can_say(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD.replace("time: 10 s", "evaluations: 1000") + "sweep: {seed: [0, 1]}\n")
    assert plan_of(path, tmp_path).seconds == math.inf
    text = lines(path, tmp_path)
    assert "no limit" in text and "2 runs without a limit of time: how long they take nobody can say" in text


def test_what_is_done_cut_off_running_or_goes_on(tmp_path: Path) -> None:
    path, runs = written(tmp_path, SWEEP), tmp_path / "runs"
    run_sweep(path, runs)
    assert plan_of(path, runs).counts == {"done": 6}
    assert "Nothing would be searched." in lines(path, runs)
    state = runs / "fall-noise=0-seed=0" / "state.json"
    state.write_text(json.dumps(json.loads(state.read_text()) | {"status": "running", "elapsed": 4.0}))
    shutil.rmtree(runs / "fall-noise=0-seed=1")
    with locked(runs / "fall-noise=0-seed=2"):
        plan = plan_of(path, runs)
    assert [run.prospect.outlook for run in plan.runs] == ["cut off", "to do", "running", "done", "done", "done"]
    assert [run.run.name for run in plan.ahead] == ["fall-noise=0-seed=0", "fall-noise=0-seed=1"]
    assert plan.seconds == 20 and "cut off after 4 s" in lines(path, runs)
    longer = written(tmp_path, SWEEP.replace("time: 10 s", "time: 20 s"), "longer.yaml")
    assert plan_of(longer, runs).counts == {"cut off": 1, "to do": 1, "goes on": 4}


def test_what_would_be_refused_is_told_as_it_differs(tmp_path: Path) -> None:
    (tmp_path / "fall.csv").write_text("h [m],t [s]\n" + "".join(f"{h},{(h / 5) ** 0.5}\n" for h in range(1, 30)))
    head = DRAWN.partition("data:")[0] + "free_constants: {units: inferred}\nreport: {formats: []}\n"
    text = head + "data: {file: fall.csv, target: t}\nsweep: {seed: [0, 1]}\n"
    path, runs = written(tmp_path, text), tmp_path / "runs"
    run_sweep(path, runs)
    written(tmp_path, text.replace("free_constants: {units: inferred}", "loss: huber"))
    first = plan_of(path, runs).runs[0].prospect
    assert first.outlook == "refused" and 'loss: absent in the stored run, "huber" now' in first.reasons
    written(tmp_path, text)
    (tmp_path / "fall.csv").write_text("h [m],t [s]\n" + "".join(f"{h},{(h / 4) ** 0.5}\n" for h in range(1, 30)))
    assert plan_of(path, runs).refused[0].prospect.reasons == ("data: values of column 't' have changed",)
    told = lines(path, runs)
    assert "Refused: fall-seed=1, because its folder holds something else, or cannot be read:\n  data:" in told
    (tmp_path / "fall.csv").unlink()
    assert "fall.csv" in plan_of(path, runs).refused[0].prospect.reasons[0]
    (runs / "fall-seed=0" / "state.json").write_text("{")
    assert "state.json" in plan_of(path, runs).refused[0].prospect.reasons[0]


def test_what_the_plan_says_is_what_a_run_does(tmp_path: Path) -> None:
    """Each outlook, held beside the runner itself."""
    path, runs = written(tmp_path, SWEEP), tmp_path / "runs"
    run_sweep(path, runs)
    given: list[str] = []
    shorter = SWEEP.replace("seed: [0, 1, 2]", "seed: [2, 3]").replace("time: 10 s", "time: 9 s")
    other = written(tmp_path, shorter, "o.yaml")
    for planned, specification in zip(plan_of(other, runs).runs, read_specifications(other), strict=True):
        search = answering("k*sqrt(h)")
        run_experiment(specification, runs, discover=lambda *a, s=search, **k: (given.append("x"), s(*a, **k))[1])  # type: ignore[misc]
        assert bool(given) is planned.is_ahead
        given.clear()


@settings(max_examples=60)
@given(st.lists(st.floats(0, 100), max_size=12), st.integers(1, 5))
def test_wall_time_lies_between_what_it_cannot_be(seconds: list[float], jobs: int) -> None:
    wall = wall_seconds(seconds, jobs)
    assert wall >= max([*seconds, sum(seconds) / jobs], default=0) - 1e-9
    assert wall <= sum(seconds) / jobs + max(seconds, default=0) + 1e-9


@settings(max_examples=30)
@given(st.lists(st.integers(0, 9), max_size=6))
def test_one_job_takes_them_one_after_the_other(seconds: list[int]) -> None:
    assert wall_seconds(seconds, 1) == sum(seconds)
    assert wall_seconds(seconds, 100) == max(seconds, default=0)


@pytest.mark.parametrize(
    ("seconds", "said"), [(90, "90 s"), (150, "2.5 min"), (7200, "2 h"), (86400 * 3, "3 d"), (0.5, "0.5 s")]
)
def test_times_in_words(seconds: float, said: str) -> None:
    assert time_words(seconds) == said


def test_memory_in_words() -> None:
    assert [memory_words(size) for size in (2 * 2**30, 10**9, 512 * 10**6)] == ["2.15 GB", "1 GB", "512 MB"]


def test_a_table_is_read_once_for_all_seeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "h [m],t [s]\n" + "".join(f"{h},{(h / 5) ** 0.5}\n" for h in range(1, 30))
    (tmp_path / "fall.csv").write_text(rows)
    head = DRAWN.partition("data:")[0] + "free_constants: {units: inferred}\nreport: {formats: []}\n"
    text = head + "data: {file: fall.csv, target: t}\nsweep: {loss: [squared, huber], seed: [0, 1, 2]}\n"
    path, runs = written(tmp_path, text), tmp_path / "runs"
    run_sweep(path, runs)
    given: list[str] = []
    real = prospect.problem_of
    monkeypatch.setattr(prospect, "problem_of", lambda one: (given.append(one.name), real(one))[1])
    assert plan_of(path, runs).counts == {"done": 6} and len(given) == 2
    (tmp_path / "fall.csv").write_text(rows + "30,2.5\n")
    assert plan_of(path, runs).counts == {"refused": 6}
    noisy = written(tmp_path, text.replace("loss: [squared, huber]", "noise: [0.1]"), "noisy.yaml")
    run_sweep(noisy, tmp_path / "noisy")
    given.clear()
    assert plan_of(noisy, tmp_path / "noisy").counts == {"done": 3} and len(given) == 3
