"""What was found about an answer, stored and read again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symreg.certainty.examination import Examination, Robustness, examined
from symreg.discovery import Discovery
from symreg.errors import SymregError
from symreg.experiment.revival import load_discovery
from symreg.experiment.runner import run_experiment
from symreg.experiment.specification import read_specification
from symreg.experiment.standing import front_json, json_text, standing_of_discovery
from symreg.experiment.store import FRONT, STATE, read_state
from symreg.experiment.stored_law import store_law
from symreg.experiment.stored_robustness import restore_robustness, store_robustness
from tests.experiment.fake_search import KEPLER, FakeSearch, write_kepler
from tests.laws_by_hand import discovery_of, problem_of


@pytest.fixture(scope="module")
def sine() -> Discovery:
    rng = np.random.default_rng(0)
    x = rng.uniform(0.05, 0.5, 80)
    problem = problem_of({"x [1]": x, "y [1]": np.sin(x) + 0.01 * rng.normal(size=80)})
    return examined(discovery_of(problem, "sin(x)", "x - x**3/6", "k*x"), Examination(10, None))


def stored(sine: Discovery) -> dict[str, Any]:
    assert sine.robustness is not None
    found: dict[str, Any] = json.loads(json_text(store_robustness(sine.robustness, store_law)))
    return found


def test_there_and_back(sine: Discovery) -> None:
    assert sine.robustness is not None and sine.robustness.rivals
    assert restore_robustness(stored(sine), sine.problem) == sine.robustness


@pytest.mark.parametrize(
    "change",
    [
        lambda found: found.pop("rivals"),
        lambda found: found["stability"].update(of=0),
        lambda found: found["stability"].update(counts=3),
        lambda found: found["rivals"][0].pop("beyond"),
        lambda found: found["rivals"][0]["beyond"]["inputs"][0].update(name="z"),
        lambda found: found["rivals"][0]["beyond"]["inputs"][0].update(unit="m"),
        lambda found: found["rivals"][0]["law"].update(formula="x**9"),
        lambda found: found["rivals"][0]["law"].update(formula="__import__('os')"),
    ],
)
def test_what_is_broken_or_false_is_refused(sine: Discovery, change: Callable[[dict[str, Any]], object]) -> None:
    found = stored(sine)
    change(found)
    with pytest.raises((SymregError, KeyError, TypeError, ValueError, AttributeError)):
        restore_robustness(found, sine.problem)


def test_front_json_tells_others(sine: Discovery) -> None:
    document = json.loads(front_json(standing_of_discovery(sine)))
    assert document["judge"] == "held-out"
    found = document["robustness"]
    assert list(found) == ["judge", "stability", "searches", "rivals", "more_rivals", "notes"]
    assert found["stability"]["of"] == 10
    (rival,) = found["rivals"]
    assert rival["law"]["formula"] == "x - x**3/6"
    assert list(rival["beyond"]) == ["inputs", "difference", "sigmas", "repeats"]


# --------------------------------------------------------------------------------------------------- in a run


def test_a_run_is_examined_and_remembers(tmp_path: Path) -> None:
    specification = read_specification(write_kepler(tmp_path, KEPLER + "robustness: {resamples: 20, time: 5 min}\n"))
    discovery = run_experiment(specification, tmp_path / "runs", discover=FakeSearch())
    assert isinstance(discovery.robustness, Robustness)
    assert discovery.robustness.stability is not None and discovery.robustness.stability.drawn == 20
    folder = tmp_path / "runs" / "kepler"
    assert load_discovery(folder).robustness == discovery.robustness
    assert json.loads((folder / FRONT).read_text(encoding="utf-8"))["robustness"]["stability"]["of"] == 20


def test_an_interrupted_run_is_not_examined(tmp_path: Path) -> None:
    search = FakeSearch(status="interrupted", stop_reason="stopped by Ctrl-C")
    found = run_experiment(read_specification(write_kepler(tmp_path)), tmp_path / "runs", discover=search)
    assert found.robustness is None


def test_a_run_from_before_there_was_an_examination(tmp_path: Path) -> None:
    """Its state lacks the keys, its question that of the ranking: it is read, and goes on."""
    path = write_kepler(tmp_path)
    run_experiment(read_specification(path), tmp_path / "runs", discover=FakeSearch(status="interrupted"))
    folder = tmp_path / "runs" / "kepler"
    _make_old(folder)
    assert load_discovery(folder).robustness is None
    search = FakeSearch()
    run_experiment(read_specification(path), tmp_path / "runs", discover=search)
    assert search.given == [("k*a", "k*a**(3/2)")]


def test_another_judge_is_another_question(tmp_path: Path) -> None:
    run_experiment(read_specification(write_kepler(tmp_path)), tmp_path / "runs", discover=FakeSearch())
    _make_old(tmp_path / "runs" / "kepler")
    other = read_specification(write_kepler(tmp_path, KEPLER + "ranking: {by: cross_validation, folds: 3}\n"))
    with pytest.raises(SymregError, match=r'ranking\.by: "held_out" in the stored run, "cross_validation" now'):
        run_experiment(other, tmp_path / "runs", discover=FakeSearch())


def test_a_broken_finding_is_told_in_a_sentence(tmp_path: Path) -> None:
    run_experiment(read_specification(write_kepler(tmp_path)), tmp_path / "runs", discover=FakeSearch())
    folder = tmp_path / "runs" / "kepler"
    state = json.loads((folder / STATE).read_text(encoding="utf-8"))
    state["robustness"]["stability"]["of"] = "many"
    (folder / STATE).write_text(json.dumps(state), encoding="utf-8")
    with pytest.raises(SymregError, match="what was found about the answer is broken"):
        load_discovery(folder)


def _make_old(folder: Path) -> None:
    """The state as it was written before answers were examined and laws could be cross-validated."""
    from symreg.experiment.fingerprint import text_hash

    state = json.loads((folder / STATE).read_text(encoding="utf-8"))
    del state["runners_up"], state["robustness"]
    state["question"] = {key: text for key, text in state["question"].items() if not key.startswith("ranking")}
    state["configuration_hash"] = text_hash(json.dumps(state["question"], sort_keys=True))
    (folder / STATE).write_text(json.dumps(state), encoding="utf-8")
    assert read_state(folder) is not None
