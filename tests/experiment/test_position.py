"""A run that was cut off goes on where it was, and says so."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from symreg.discovery import Discovery, Progress
from symreg.experiment import position
from symreg.experiment.run_in_progress import FOR_THE_END, left_of
from symreg.experiment.runner import run_experiment
from symreg.experiment.specification import Specification, read_specification
from symreg.experiment.store import POSITION, read_log
from tests.experiment.fake_search import FakeSearch, write_kepler

TEXT = """version: 1
name: path
data:
  generate:
    formula: a*sqrt(b**2 + 2*c**2) + a*b/c*b
    target: {name: y, unit: kg*m}
    inputs:
      a: {low: 1, high: 3, unit: kg}
      b: {low: 1, high: 3, unit: m}
      c: {low: 1, high: 3, unit: m}
    rows: 60
free_constants: {units: dimensionless}
operators: ["+", "-", "*", "/", sqrt, square]
backend: {threads: 1}
constraints: {max_complexity: 10}
budget: {time: null, evaluations: 40000, end_early: never}
robustness: {resamples: 0, searches: 0}
report: {formats: [], exports: []}
"""


class PowerCutError(Exception):
    """The machine is off."""


def asked(folder: Path, text: str = TEXT) -> Specification:
    (folder / "path.yaml").write_text(text, encoding="utf-8")
    return read_specification(folder / "path.yaml")


def cut(specification: Specification, folder: Path, at: int) -> None:
    """A run that ends without a word once so many combinations were looked at."""

    def off(progress: Progress) -> None:
        if progress.evaluated >= at:
            raise PowerCutError

    with pytest.raises(PowerCutError):
        run_experiment(specification, folder, off, interval=0.0)


def numbers(folder: Path) -> list[int]:
    lines = (folder / "path" / POSITION).read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["number"] for line in lines[1:]]


def what_is_said(discovery: Discovery) -> tuple[object, ...]:
    return (
        discovery.status, discovery.stop_reason, discovery.evaluated, discovery.complete_to_complexity,
        discovery.pruned_by_dimension,
    )  # fmt: skip


@pytest.fixture(autouse=True, scope="module")
def _hurried() -> Iterator[None]:
    """Laws are not simplified for long: what is tested comes before."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("symreg.discovery.UNHURRIED", 0.3)
        yield


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Discovery:
    folder = tmp_path_factory.mktemp("undisturbed")
    return run_experiment(asked(folder), folder)


@pytest.mark.parametrize("at", [1, 9_000])
def test_a_run_goes_on_where_it_was_cut_off(tmp_path: Path, undisturbed: Discovery, at: int) -> None:
    specification, told, seen = asked(tmp_path), list[str](), list[Progress]()
    cut(specification, tmp_path, at)
    done = numbers(tmp_path)
    again = run_experiment(specification, tmp_path, seen.append, interval=0.0, on_note=told.append)
    assert what_is_said(again) == what_is_said(undisturbed)
    assert min(law.train.rmse for law in again.front.laws) <= min(law.train.rmse for law in undisturbed.front.laws)
    assert seen[0].evaluated >= at and seen[0].front is not None
    after = numbers(tmp_path)
    assert after == list(range(len(after))) and len(after) > len(done) > 0, "no step was taken twice"
    resumed, = (entry for entry in read_log(tmp_path / "path") if entry["event"] == "resumed")
    assert resumed["said"] in told and resumed["steps"] == len(done)
    assert resumed["said"].startswith("goes on after") and f"with {seen[0].evaluated:,} evaluated" in resumed["said"]


def test_a_line_that_a_kill_tore_is_none(tmp_path: Path, undisturbed: Discovery) -> None:
    specification = asked(tmp_path)
    cut(specification, tmp_path, 9_000)
    path = tmp_path / "path" / POSITION
    path.write_bytes(path.read_bytes()[:-40])
    again = run_experiment(specification, tmp_path, interval=0.0)
    assert what_is_said(again) == what_is_said(undisturbed)
    assert numbers(tmp_path) == list(range(len(numbers(tmp_path))))


@pytest.mark.parametrize(
    ("now", "guessed"),
    [("time: null, evaluations: 50000", False), ("time: null, evaluations: 9500", True), ("time: 9 s", True)],
)
def test_laws_are_guesses_only_where_they_might_not_be_found_again(tmp_path: Path, now: str, guessed: bool) -> None:
    """As a guess a law came back written in another way, with another complexity, and was selected so."""
    cut(asked(tmp_path), tmp_path, 9_000)
    given: list[tuple[str, ...]] = []

    def look(*_: object, resume_from: tuple[str, ...], **__: object) -> Discovery:
        given.append(tuple(resume_from))
        raise PowerCutError

    budget = re.sub(r"time: null, evaluations: \d+", now, TEXT)
    assert budget != TEXT
    with pytest.raises(PowerCutError):
        run_experiment(asked(tmp_path, budget), tmp_path, discover=look, interval=0.0)
    assert [bool(formulas) for formulas in given] == [guessed]


@pytest.mark.parametrize("how", ["version", "memory", "torn header"])
def test_what_is_of_another_search_is_not_used(
    tmp_path: Path, undisturbed: Discovery, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    specification, told = asked(tmp_path), list[str]()
    cut(specification, tmp_path, 9_000)
    if how == "version":
        monkeypatch.setattr(position, "package_version", lambda: "another")
    elif how == "memory":
        specification = asked(tmp_path, TEXT.replace("evaluations:", "memory: 1 GiB, evaluations:"))
    else:
        (tmp_path / "path" / POSITION).write_text('{"version": 1, "of', encoding="utf-8")
    seen: list[Progress] = []
    again = run_experiment(specification, tmp_path, seen.append, interval=0.0, on_note=told.append)
    assert what_is_said(again) == what_is_said(undisturbed)
    assert seen[0].evaluated < 9_000
    assert told[0].startswith("the search begins anew") and told[0].endswith(
        position.BROKEN if how == "torn header" else position.OTHER
    )


def test_a_search_without_steps_begins_anew_and_says_so(tmp_path: Path) -> None:
    specification, told = read_specification(write_kepler(tmp_path)), list[str]()
    run_experiment(specification, tmp_path, discover=FakeSearch(status="interrupted"))
    run_experiment(specification, tmp_path, discover=FakeSearch(), on_note=told.append)
    assert told == ["the search begins anew, with the formulas that were found before"]
    assert not (tmp_path / "kepler" / POSITION).exists()


def test_starting_over_forgets_where_it_was(tmp_path: Path, undisturbed: Discovery) -> None:
    specification, seen = asked(tmp_path), list[Progress]()
    cut(specification, tmp_path, 9_000)
    again = run_experiment(specification, tmp_path, seen.append, fresh=True)
    assert seen[0].evaluated < 9_000 and what_is_said(again) == what_is_said(undisturbed)


def test_the_time_that_was_spent_counts() -> None:
    assert left_of(60.0, 40.0) == pytest.approx(20.0)
    assert left_of(60.0, 59.9) == pytest.approx(60.0 * FOR_THE_END), "the end comes once more"
    assert left_of(None, 40.0) is None


def test_a_later_session_that_began_earlier_counts(tmp_path: Path) -> None:
    def line(number: int, mark: str) -> str:
        turn = {"backend": "native", "part": 0, "number": number, "level": 1, "evaluated": 1, "mark": mark}
        return json.dumps(turn)

    lines = [line(0, "a"), line(1, "a"), line(2, "a"), "{torn", line(1, "b")]
    assert [one["mark"] for one in position.turns_of(lines)] == ["a", "b"]


def test_numbers_without_end_are_no_turn() -> None:
    """JSON as Python reads it has them, and no whole number is as large."""
    line = '{"backend": "native", "part": 0, "number": 0, "evaluated": 1, "level": %s}'
    lines = [line % level for level in ("2", "1e999", "Infinity")]
    (turn,) = position.turns_of(lines)
    assert turn["level"] == 2
