"""From a specification to a folder of results, and on from there."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from symreg.discovery import Progress
from symreg.experiment.errors import FolderLockedError, ResumeError, RunFolderError
from symreg.experiment.lock import locked
from symreg.experiment.revival import load_discovery
from symreg.experiment.runner import run_experiment
from symreg.experiment.specification import Specification, read_specification
from symreg.experiment.store import KNOWN_FILES, read_log, read_state
from symreg.search.backend import BackendError
from tests.experiment.fake_search import KEPLER, PLANETS, FakeSearch, write_kepler


def specification(folder: Path, text: str = KEPLER) -> Specification:
    return read_specification(write_kepler(folder, text))


def front_of(folder: Path) -> dict[str, object]:
    document: dict[str, object] = json.loads((folder / "front.json").read_text(encoding="utf-8"))
    return document


def test_the_files_of_a_run(tmp_path: Path) -> None:
    discovery = run_experiment(specification(tmp_path), tmp_path / "runs", discover=FakeSearch())
    folder = tmp_path / "runs" / "kepler"
    assert {path.name for path in folder.iterdir()} == set(KNOWN_FILES)
    assert discovery.front.best.formula == "k*a**(3/2)"
    front = front_of(folder)
    assert (front["status"], front["stop_reason"]) == ("finished", "residual at the noise")
    assert [entry["event"] for entry in read_log(folder)] == ["started", "finished"]


def test_the_resolved_experiment_runs_the_same_experiment(tmp_path: Path) -> None:
    run_experiment(specification(tmp_path), tmp_path / "runs", discover=FakeSearch(status="interrupted"))
    resolved = read_specification(tmp_path / "runs" / "kepler" / "experiment.yaml")
    assert resolved.data.target == "P"
    assert resolved.data.inputs == ("a",)
    assert resolved.operators is not None and "+" in resolved.operators
    assert Path(str(resolved.data.file)).resolve() == (tmp_path / "planets.csv").resolve()
    search = FakeSearch()
    run_experiment(resolved, tmp_path / "runs", discover=search)
    assert search.given == [("k*a", "k*a**(3/2)")]


def test_every_default_is_written_out(tmp_path: Path) -> None:
    run_experiment(specification(tmp_path), tmp_path / "runs", discover=FakeSearch())
    text = (tmp_path / "runs" / "kepler" / "experiment.yaml").read_text(encoding="utf-8")
    for line in ("seed: 0", "time: 1 min", "memory: 2 GiB", "threads: 2", "max_complexity: 40", "nan: error",
                 "file: ../../planets.csv", "evaluations: null"):  # fmt: skip
        assert line in text


def test_the_environment_says_what_is_needed_to_repeat_and_no_more(tmp_path: Path) -> None:
    import getpass
    import platform

    run_experiment(specification(tmp_path), tmp_path / "runs", discover=FakeSearch())
    text = (tmp_path / "runs" / "kepler" / "environment.json").read_text(encoding="utf-8")
    found = json.loads(text)
    assert list(found) == ["versions", "seed", "data_hash", "engine", "backend", "threads", "machine"]
    assert found["versions"]["numpy"] and found["engine"] in ("numpy", "compiled")
    assert found["machine"]["cores"] >= 1
    assert f'"{platform.node()}"' not in text and f"/{getpass.getuser()}/" not in text


def test_an_interval_saves_what_is_known_so_far(tmp_path: Path) -> None:
    folder = tmp_path / "runs" / "kepler"
    seen: list[tuple[object, object, int]] = []

    def look(progress: Progress) -> None:
        state = read_state(folder)
        assert state is not None
        seen.append((front_of(folder)["status"], front_of(folder)["selected"], len(state.laws)))

    run_experiment(specification(tmp_path), tmp_path / "runs", look, discover=FakeSearch(), interval=0.0)
    assert seen[:4] == [("running", 0, 1), ("running", 0, 1), ("running", 1, 2), ("running", 1, 2)]
    assert seen[4:] == [("running", 1, 2)]  # it is examined, and not over


def test_resuming_hands_over_the_formulas_and_keeps_the_certificate(tmp_path: Path) -> None:
    asked = specification(tmp_path)
    first = FakeSearch(complete=9, status="interrupted")
    run_experiment(asked, tmp_path / "runs", discover=first)
    second = FakeSearch(complete=3)
    discovery = run_experiment(asked, tmp_path / "runs", discover=second)
    assert (first.given, second.given) == ([()], [("k*a", "k*a**(3/2)")])
    assert discovery.complete_to_complexity == 9
    assert front_of(tmp_path / "runs" / "kepler")["complete_to_complexity"] == 9
    state = read_state(tmp_path / "runs" / "kepler")
    assert state is not None and state.elapsed >= state.wall_seconds
    assert [entry["event"] for entry in read_log(tmp_path / "runs" / "kepler")][2:] == ["resumed", "finished"]


def test_a_second_session_that_dies_early_loses_nothing_of_the_first(tmp_path: Path) -> None:
    asked = specification(tmp_path)
    run_experiment(asked, tmp_path / "runs", discover=FakeSearch(status="interrupted"))
    with pytest.raises(RuntimeError):
        dying = FakeSearch(steps=1, failure=RuntimeError("power"))
        run_experiment(asked, tmp_path / "runs", discover=dying, interval=0.0)
    third = FakeSearch()
    run_experiment(asked, tmp_path / "runs", discover=third)
    assert set(third.given[0]) == {"k*a", "k*a**(3/2)"}


def test_a_longer_budget_more_threads_and_other_reports_are_the_same_question(tmp_path: Path) -> None:
    run_experiment(specification(tmp_path), tmp_path / "runs", discover=FakeSearch())
    more = (
        KEPLER.replace("formats: []", "formats: [markdown]")
        + "budget: {time: 9 min}\nbackend: {threads: 4}\n"
    )
    asked = specification(tmp_path, more)
    search = FakeSearch()
    run_experiment(replace_report(asked), tmp_path / "runs", discover=search)
    assert search.given[0]


def test_a_run_that_is_finished_is_handed_over_and_says_so(tmp_path: Path) -> None:
    run_experiment(specification(tmp_path), tmp_path / "runs", discover=FakeSearch(complete=7))
    again, told = FakeSearch(), list[str]()
    report = KEPLER.replace("formats: []", "formats: [markdown]")
    discovery = run_experiment(specification(tmp_path, report), tmp_path / "runs", discover=again, on_note=told.append)
    assert not again.given
    assert [law.formula for law in discovery.front.laws] == ["k*a", "k*a**(3/2)"]
    assert discovery.complete_to_complexity == 7
    assert "nothing was searched again" in told[0] and "--fresh" in told[0]
    assert (tmp_path / "runs" / "kepler" / "report.md").is_file()


@pytest.mark.parametrize("budget", ["{time: 2 min}", "{end_early: never}", "{memory: 4 GiB}", "{evaluations: 10}"])
def test_who_asks_for_more_than_a_finished_run_had_searches_on(tmp_path: Path, budget: str) -> None:
    run_experiment(specification(tmp_path), tmp_path / "runs", discover=FakeSearch())
    again = FakeSearch()
    run_experiment(specification(tmp_path, f"{KEPLER}budget: {budget}\n"), tmp_path / "runs", discover=again)
    assert again.given == [("k*a", "k*a**(3/2)")]


def replace_report(asked: Specification) -> Specification:
    return asked.model_copy(update={"report": asked.report.model_copy(update={"formats": ()})})


@pytest.mark.parametrize(
    ("text", "difference"),
    [
        (KEPLER + "seed: 7\n", "seed: 0 in the stored run, 7 now"),
        (KEPLER.replace("inferred", "[s, km]"), 'units: "inferred" in the stored run, ["s", "km"] now'),
        (KEPLER + "constants: [G]\n", 'constants: [] in the stored run, ["G"] now'),
        (KEPLER + "operators: ['+', '*']\n", "operators: ["),
        (
            KEPLER.replace("target: P", "target: P, noise: {rms: 0.1}"),
            "data.noise.rms: absent in the stored run, 0.1",
        ),
    ],
)
def test_a_changed_question_is_refused_with_the_difference(
    tmp_path: Path, text: str, difference: str
) -> None:
    run_experiment(specification(tmp_path), tmp_path / "runs", discover=FakeSearch())
    changed = specification(tmp_path, text)
    before = (tmp_path / "runs" / "kepler" / "front.json").read_bytes()
    with pytest.raises(ResumeError) as caught:
        run_experiment(changed, tmp_path / "runs", discover=FakeSearch())
    assert difference in str(caught.value) and "--fresh" in str(caught.value)
    assert (tmp_path / "runs" / "kepler" / "front.json").read_bytes() == before
    search = FakeSearch()
    run_experiment(changed, tmp_path / "runs", discover=search, fresh=True)
    assert search.given == [()]


@pytest.mark.parametrize(
    ("planets", "difference"),
    [
        (PLANETS.replace("0.38710", "0.38711"), "data: values of column 'a' have changed"),
        (PLANETS + "19.2,30688\n", "data: 6 rows in the stored run, 7 now"),
        (PLANETS.replace("a [au]", "a [km]"), "data: unit of column 'a': 'au' in the stored run, 'km' now"),
    ],
)
def test_changed_data_are_refused_with_the_difference(tmp_path: Path, planets: str, difference: str) -> None:
    asked = specification(tmp_path)
    run_experiment(asked, tmp_path / "runs", discover=FakeSearch())
    (tmp_path / "planets.csv").write_text(planets, encoding="utf-8")
    with pytest.raises(ResumeError, match=difference.replace("[", "\\[")):
        run_experiment(asked, tmp_path / "runs", discover=FakeSearch())


def test_the_same_data_elsewhere_are_the_same_data(tmp_path: Path) -> None:
    run_experiment(specification(tmp_path), tmp_path / "runs", discover=FakeSearch(status="interrupted"))
    (tmp_path / "moved").mkdir()
    search = FakeSearch()
    run_experiment(specification(tmp_path / "moved"), tmp_path / "runs", discover=search)
    assert search.given[0]


def test_fresh_deletes_what_a_run_makes_and_nothing_else(tmp_path: Path) -> None:
    asked = specification(tmp_path)
    run_experiment(asked, tmp_path / "runs", discover=FakeSearch())
    for name in ("notes.txt", "report.html", "law.py"):
        (tmp_path / "runs" / "kepler" / name).write_text("mine", encoding="utf-8")
    run_experiment(asked, tmp_path / "runs", discover=FakeSearch(), fresh=True)
    folder = tmp_path / "runs" / "kepler"
    assert (folder / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert not (folder / "report.html").exists() and not (folder / "law.py").exists()
    assert [entry["event"] for entry in read_log(folder)] == ["started", "finished"]


def test_a_search_that_fails_leaves_its_best_and_the_reason(tmp_path: Path) -> None:
    search = FakeSearch(failure=RuntimeError("the engine is on fire"))
    with pytest.raises(RuntimeError, match="on fire"):
        run_experiment(specification(tmp_path), tmp_path / "runs", discover=search)
    front = front_of(tmp_path / "runs" / "kepler")
    assert (front["status"], front["stop_reason"]) == ("failed", "RuntimeError: the engine is on fire")
    assert front["selected"] == 1
    assert read_log(tmp_path / "runs" / "kepler")[-1]["event"] == "failed"


def test_a_reported_number_that_cannot_be_repeated_is_an_error(tmp_path: Path) -> None:
    def lie(problem: object, **options: object) -> object:
        discovery = FakeSearch()(problem, **options)  # type: ignore[arg-type]
        law = discovery.front.laws[-1]
        better = replace(law, train=replace(law.train, rmse=law.train.rmse / 2))
        return replace(discovery, front=replace(discovery.front, laws=(*discovery.front.laws[:-1], better)))

    with pytest.raises(Exception, match=r"k\*a\*\*\(3/2\) cannot be trusted: its error on 6 rows is"):
        run_experiment(specification(tmp_path), tmp_path / "runs", discover=lie)  # type: ignore[arg-type]


def test_a_backend_that_is_not_installed_is_refused_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("symreg.search.foreign.operon.find_spec", lambda name: None)
    asked = specification(tmp_path, KEPLER + "backend: [native, operon]\n")
    with pytest.raises(BackendError, match=r"needs the package pyoperon, .* pip install 'symreg-laws\[operon\]'"):
        run_experiment(asked, tmp_path / "runs", discover=FakeSearch())
    assert not (tmp_path / "runs").exists()


def test_a_broken_table_leaves_no_folder(tmp_path: Path) -> None:
    asked = specification(tmp_path)
    (tmp_path / "planets.csv").write_text("a [au],P [day]\n", encoding="utf-8")
    with pytest.raises(Exception, match="row"):
        run_experiment(asked, tmp_path / "runs", discover=FakeSearch())
    assert not (tmp_path / "runs").exists()


def test_a_folder_in_use_is_not_touched(tmp_path: Path) -> None:
    folder = tmp_path / "runs" / "kepler"
    folder.mkdir(parents=True)
    with locked(folder), pytest.raises(FolderLockedError):
        run_experiment(specification(tmp_path), tmp_path / "runs", discover=FakeSearch())
    assert list(folder.iterdir()) == []


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file", encoding="utf-8")
    with pytest.raises(RunFolderError, match="cannot be written"):
        run_experiment(specification(tmp_path), tmp_path / "runs", discover=FakeSearch())


def test_noise_is_for_training_rows_and_has_a_seed(tmp_path: Path) -> None:
    import numpy as np

    from symreg.experiment.assembly import problem_of

    text = """\
version: 1
name: drawn
data:
  generate: {formula: 2*x, target: {name: y, unit: m}, inputs: {x: {low: 1, high: 2, unit: m}}, rows: 200}
"""
    clean = problem_of(specification(tmp_path, text))
    noisy_text = text + "  noise: {rms: 0.1}\n"
    noisy, again = (problem_of(specification(tmp_path, noisy_text)) for _ in range(2))
    assert np.array_equal(noisy.train_rows, clean.train_rows)
    held_out, train = clean.held_out_rows, clean.train_rows
    assert np.array_equal(noisy.target_values(held_out), clean.target_values(held_out))
    difference = noisy.target_values(train) - clean.target_values(train)
    assert np.std(difference) == pytest.approx(
        0.1 * np.sqrt(np.mean(clean.target_values(train) ** 2)), rel=0.25
    )
    assert np.array_equal(noisy.target_values(train), again.target_values(train))
    other = problem_of(specification(tmp_path, noisy_text + "seed: 1\n"))
    assert not np.array_equal(other.target_column.values, noisy.target_column.values)


@pytest.mark.parametrize("method", ["wald", "profile", "bootstrap"])
def test_the_selected_law_has_the_intervals_that_were_asked_for(tmp_path: Path, method: str) -> None:
    report = f"report: {{formats: [markdown], intervals: {method}, level: 0.9}}"
    asked = read_specification(write_kepler(tmp_path, KEPLER.replace("report: {formats: [], exports: []}", report)))
    discovery = run_experiment(asked, tmp_path / "runs", discover=FakeSearch())
    (constant,) = discovery.front.best.constants
    assert constant.interval is not None and (constant.interval.method, constant.interval.level) == (method, 0.9)
    told = front_of(tmp_path / "runs" / "kepler")
    stored = told["laws"][told["selected"]]["constants"]["k"]["interval"]
    assert stored["lower"] == constant.interval.lower < constant.interval.upper == stored["upper"]
    assert stored["open"] == [False, False]
    page = (tmp_path / "runs" / "kepler" / "report.md").read_text(encoding="utf-8")
    assert "| 90 % interval |" in page
    again = load_discovery(tmp_path / "runs" / "kepler").front.best.constants[0]
    assert again == constant


def test_limits_that_are_not_used_are_not_written_down(tmp_path: Path) -> None:
    """So that a run from before there were any asks the same question."""
    run_experiment(specification(tmp_path), tmp_path / "runs", discover=FakeSearch())
    state = read_state(tmp_path / "runs" / "kepler")
    assert state is not None
    assert not [key for key in state.question if key.startswith("free_constants.") and key != "free_constants.units"]
    assert json.loads(state.question["guesses"]) == []


def test_limits_come_back_from_the_resolved_experiment(tmp_path: Path) -> None:
    limits = "free_constants: {units: inferred, positive: true, bounds: {k: [0, 1000, day/au**(3/2)]}}\n"
    limits += "guesses: [{formula: k*a**(3/2), constants: [k]}]"
    text = KEPLER.replace("free_constants: {units: inferred}", limits)
    asked = read_specification(write_kepler(tmp_path, text))
    first = run_experiment(asked, tmp_path / "runs", discover=FakeSearch())
    again = read_specification(tmp_path / "runs" / "kepler" / "experiment.yaml")
    assert again.free_constants == asked.free_constants and again.guesses == asked.guesses
    limit, = first.problem.free_constants.limits
    assert (limit.name, limit.lower) == ("k", 0.0) and limit.upper < float("inf")


def test_offered_constants_stay_auto_in_the_resolved_experiment(tmp_path: Path) -> None:
    asked = read_specification(write_kepler(tmp_path, KEPLER + "constants: auto\n"))
    discovery = run_experiment(asked, tmp_path / "runs", discover=FakeSearch())
    assert {"c", "g_n"} <= set(discovery.problem.offered)
    again = read_specification(tmp_path / "runs" / "kepler" / "experiment.yaml")
    assert again.constants == asked.constants
    assert load_discovery(tmp_path / "runs" / "kepler").problem.offered == discovery.problem.offered
