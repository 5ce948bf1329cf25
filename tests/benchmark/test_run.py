"""The benchmark as a whole, with searches that know the answer."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from symreg.benchmark import pool
from symreg.benchmark.problems import load_problem_set, select_problems
from symreg.benchmark.results import COLUMNS, ResultsError, ResultsFile, read_results
from symreg.benchmark.run import BenchmarkProgress, run_benchmark
from symreg.benchmark.sampling import sample_problem
from symreg.benchmark.trial import (
    SRBENCH,
    Settings,
    Trial,
    TrialResult,
    benchmark_problem,
    native_backend,
)  # fmt: skip
from symreg.experiment.errors import NotAvailableError
from tests.benchmark import known_answers

IDS = ["I.12.11", "I.13.4", "I.25.13", "I.48.2", "I.47.23"]
SETTINGS = Settings(rows=200, time=1.0)
FEYNMAN = load_problem_set("feynman")


def by_id(results: list[TrialResult]) -> dict[str, TrialResult]:
    return {result.id: result for result in results}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> list[TrialResult]:
    path = tmp_path_factory.mktemp("here") / "results.csv"
    return run_benchmark(
        "feynman", output=path, ids=IDS, settings=SETTINGS, jobs=0, discover=known_answers.knows
    )


def test_the_three_rules_are_kept_apart(finished: list[TrialResult]) -> None:
    rules = {key: (row.recovered, row.strict, row.on_front) for key, row in by_id(finished).items()}
    assert rules == {
        "I.13.4": (True, True, True),
        "I.48.2": (True, False, True),
        "I.12.11": (False, False, True),
        "I.25.13": (False, False, False),
        "I.47.23": (False, False, False),
    }


def test_a_row_holds_what_was_found(finished: list[TrialResult]) -> None:
    row = by_id(finished)["I.48.2"]
    assert row.formula == "0.981*m*c**2/sqrt(1 - (v/c)**2)"
    assert row.truth == "m*c**2/sqrt(1-v**2/c**2)"
    assert (row.symbolic, row.numeric) == ("factor", "factor")
    assert (row.seconds, row.evaluated, row.status) == (0.25, 1000, "finished")
    assert 0.9 < row.held_out_r2 < 1
    assert by_id(finished)["I.13.4"].held_out_r2 == pytest.approx(1)
    assert by_id(finished)["I.13.4"].formula.startswith("1/2*m*")


def test_a_search_that_fails_is_a_row_and_not_the_end(finished: list[TrialResult]) -> None:
    broken, empty = by_id(finished)["I.47.23"], by_id(finished)["I.25.13"]
    assert (broken.status, broken.note) == ("failed", "ValueError: no idea about I.47.23")
    assert (empty.status, empty.note) == ("failed", "no law: residual at the noise")
    assert math.isnan(broken.held_out_r2)
    assert math.isnan(broken.seconds) and (empty.seconds, empty.evaluated) == (0.25, 1000)


def test_the_csv_has_the_columns_that_others_read_first(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "results.csv"
    written = run_benchmark(
        "feynman", output=path, ids=["I.13.4"], settings=SETTINGS, jobs=0, discover=known_answers.knows
    )
    with path.open(newline="") as stream:
        header, row = list(csv.reader(stream))
    assert header[:10] == [
        "id", "noise", "seed", "backend", "recovered", "held_out_r2", "complexity", "seconds", "formula",
        "truth",
    ]  # fmt: skip
    assert dict(zip(header, row, strict=True))["recovered"] == "true"
    assert read_results(path) == written


def test_a_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    path, calls, told = tmp_path / "results.csv", list[str](), list[BenchmarkProgress[TrialResult]]()

    def counted(problem, settings, seed):  # type: ignore[no-untyped-def]
        calls.append(problem.name)
        return known_answers.knows(problem, settings, seed)

    def run(ids: list[str], settings: Settings = SETTINGS, **more: object) -> list[TrialResult]:
        return run_benchmark(
            FEYNMAN, output=path, ids=ids, settings=settings, jobs=0, discover=counted, **more  # type: ignore[arg-type]
        )  # fmt: skip

    run(["I.13.4"])
    with path.open("a") as stream:
        stream.write("I.12.11,0.0,0,nat")  # a line that a power cut left behind
    results = run(["I.13.4", "I.12.11"], observer=told.append)
    assert calls == ["I.13.4", "I.12.11"]
    assert [row.id for row in results] == ["I.13.4", "I.12.11"]
    assert [(step.done, step.total) for step in told] == [(1, 2), (2, 2)]
    assert told[0].newest is None and told[1].newest == results[1]
    run(["I.13.4"], replace(SETTINGS, units=False))
    run(["I.13.4"], noise=(0.1, 0.1), seeds=(0, 1))
    assert len(calls) == 5
    assert len(read_results(path)) == 5


def test_what_the_search_lacks_is_a_setting_of_its_own(tmp_path: Path) -> None:
    path, whole = tmp_path / "results.csv", SETTINGS

    def run(settings: Settings) -> list[str]:
        run_benchmark(
            FEYNMAN, output=path, ids=["I.13.4"], settings=settings, jobs=0, discover=known_answers.knows
        )
        return [row.without for row in read_results(path)]

    assert run(whole) == [""]
    assert run(replace(whole, without=("triples", "contexts"))) == ["", "contexts,triples"]
    assert run(replace(whole, without=("contexts", "triples", "triples"))) == ["", "contexts,triples"]


def test_a_corrected_truth_is_run_again(tmp_path: Path) -> None:
    (energy,) = select_problems(FEYNMAN, ["I.13.4"])
    for definition in (energy, energy, replace(energy, formula="m*(u**2 + v**2 + w**2)/4")):
        rows = run_benchmark(
            [definition], output=tmp_path / "r.csv", settings=SETTINGS, jobs=0, discover=known_answers.knows
        )
    assert [row.strict for row in rows] == [True, False]


def test_mechanisms_are_switched_off_where_the_search_can_do_that(monkeypatch: pytest.MonkeyPatch) -> None:
    @dataclass(frozen=True)
    class Switched:
        threads: int
        without: tuple[str, ...] = ()

    @dataclass(frozen=True)
    class Whole:
        threads: int

    less = replace(SETTINGS, without=("triples",))
    monkeypatch.setattr("symreg.search.Native", Switched)
    assert native_backend(less) == Switched(1, ("triples",))
    monkeypatch.setattr("symreg.search.Native", Whole)
    assert native_backend(SETTINGS) == Whole(1)
    with pytest.raises(NotAvailableError, match="without triples"):
        native_backend(less)


def test_it_stops_when_it_is_asked_to(tmp_path: Path) -> None:
    told: list[BenchmarkProgress[TrialResult]] = []
    results = run_benchmark(
        FEYNMAN, output=tmp_path / "r.csv", ids=["I.12.11", "I.13.4"], settings=SETTINGS, jobs=0,
        discover=known_answers.knows, observer=told.append, stop=lambda: len(told) == 2,
    )  # fmt: skip
    assert [row.id for row in results] == ["I.12.11"]


@pytest.mark.parametrize("search", ["dies", "hangs"])
def test_a_process_that_dies_or_hangs_costs_one_trial(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, search: str
) -> None:
    monkeypatch.setattr(pool, "GRACE_SECONDS", 120.0 if search == "dies" else 10.0)
    results = run_benchmark(
        FEYNMAN, output=tmp_path / "r.csv", ids=["I.12.11", "I.13.4", "I.48.2"], jobs=2,
        settings=SETTINGS, discover=getattr(known_answers, search),
    )  # fmt: skip
    rows = by_id(results)
    assert rows["I.13.4"].strict and rows["I.12.11"].on_front
    assert rows["I.48.2"].status == "failed"
    expected = "exit status 7" if search == "dies" else "far beyond its time"
    assert expected in rows["I.48.2"].note


def test_processes_give_way_to_new_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "FRESH_AFTER", 2)
    results = run_benchmark(
        FEYNMAN, output=tmp_path / "r.csv", ids=["I.13.4"], seeds=(0, 1, 2), jobs=1,
        settings=SETTINGS, discover=known_answers.tells_its_process,
    )  # fmt: skip
    first, second, third = (row.note for row in results)
    assert first == second != third
    assert all(row.strict for row in results)


def test_a_law_with_free_constants_is_judged_by_its_form(tmp_path: Path) -> None:
    (row,) = run_benchmark(
        "empiricalbench", output=tmp_path / "r.csv", ids=["kepler"], jobs=0,
        settings=SETTINGS, discover=known_answers.knows,
    )  # fmt: skip
    assert row.recovered and row.numeric == "zero" and row.symbolic == "undecided"


def test_what_the_search_is_asked() -> None:
    (energy,) = select_problems(FEYNMAN, ["I.48.2"])
    trial = Trial(energy, 0.01, 3)
    problem = benchmark_problem(sample_problem(energy, rows=400, seed=3), trial, SETTINGS)
    assert problem.inputs == ("m", "v", "c")
    assert problem.known_constants == ()
    assert problem.free_constants.policy == "dimensionless"
    assert problem.train_rows.size + problem.held_out_rows.size == 300, "the test rows stay unseen"
    bare = sample_problem(energy, rows=400, seed=3, units=False)
    problem = benchmark_problem(bare, trial, replace(SETTINGS, units=False))
    assert all(dimension.is_dimensionless for dimension in problem.dimensions.values())
    (planck,) = select_problems(load_problem_set("empiricalbench"), ["planck"])
    problem = benchmark_problem(sample_problem(planck), Trial(planck, 0.0, 0), SETTINGS)
    assert problem.free_constants.policy == "inferred"


@pytest.mark.parametrize("content", ["\u00b5".encode("latin-1"), b"x" * 200_000, b'"' + b"y\n" * 100_000])
def test_a_broken_results_file_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "results.csv"
    line = ",".join(COLUMNS).encode() + b"\n" + content + b"," * (len(COLUMNS) - 1) + b"\n"
    path.write_bytes(line)
    for read in (read_results, lambda file: ResultsFile(file, SRBENCH)):
        with pytest.raises(ResultsError):
            read(path)
    assert path.read_bytes() == line


def test_a_strange_results_file_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(ResultsError, match="columns"):
        ResultsFile(path, SRBENCH)
    path.write_text(",".join(COLUMNS) + "\n" + ",".join("x" for _ in COLUMNS) + "\n")
    with pytest.raises(ResultsError, match="cannot be read"):
        ResultsFile(path, SRBENCH)
    older = [name for name in COLUMNS if name != "without"]
    for header, reason in (
        (older, r"\(missing: without\); choose another file"),
        ([*COLUMNS, "rank"], r"\(unknown: rank\)"),
        (COLUMNS[::-1], r"\(in another order\)"),
    ):
        other = tmp_path / "other.csv"
        other.write_text(",".join(header) + "\n")
        with pytest.raises(ResultsError, match=reason):
            ResultsFile(other, SRBENCH)
        with pytest.raises(ResultsError, match=reason):
            read_results(other)
    assert path.read_text().endswith("x\n")
