"""Runs side by side, and one that is done again."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path

import pytest

from symreg.cli.comparing import comparison_lines
from symreg.experiment import NoLawError, RunFolderError, run_experiment
from symreg.laws.law import LawConstant
from symreg.sweeps import compare_runs, read_specifications, repetition_of
from symreg.sweeps.comparison import _compared
from symreg.units import parse_unit
from tests.sweeps.helpers import DRAWN, answering, run_sweep, written

SWEEP = DRAWN + "sweep: {noise: [0.02, 0.05], seed: [0, 1]}\n"


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("done")
    path = written(folder, SWEEP)
    run_sweep(path, folder / "runs", lambda one: "k*h + k1" if "0.05-seed=1" in one.name else "k*sqrt(h)")
    return folder / "runs"


def run(runs: Path, noise: str, seed: int) -> Path:
    return runs / f"fall-noise={noise}-seed={seed}"


def text(*folders: Path) -> str:
    return "\n".join(comparison_lines(compare_runs(folders)))


def test_laws_that_are_alike_and_their_constants(done: Path) -> None:
    found = compare_runs([run(done, "0.02", 0), run(done, "0.02", 1), run(done, "0.05", 0)])
    assert found.are_alike and found.shapes == ("h^(1/2)",) * 3
    (constant,) = found.constants
    assert (constant.name, constant.unit) == ("k", "s/m**(1/2)")
    assert all(0.43 < value < 0.47 for value in constant.values)
    weights = [stderr**-2 for stderr in constant.stderrs]
    middle = sum(w * v for w, v in zip(weights, constant.values, strict=True)) / sum(weights)
    squares = sum(w * (v - middle) ** 2 for w, v in zip(weights, constant.values, strict=True))
    assert math.isclose(constant.chance, math.exp(-squares / 2))  # chi squared with two degrees of freedom
    assert constant.agrees is (constant.chance > 0.05)
    (two,) = compare_runs([run(done, "0.02", 0), run(done, "0.05", 0)]).constants
    assert two.agrees


def test_what_differs_in_question_and_data(done: Path) -> None:
    found = compare_runs([run(done, "0.02", 0), run(done, "0.05", 0)])
    assert found.questions == {"data.generate.noise.rms": ("0.02", "0.05")}
    assert set(found.data) == {"column t"} and found.data["column t"][0].startswith("[s], values ")
    said = " ".join(text(run(done, "0.02", 0), run(done, "0.05", 0)).split())
    assert "The questions differ: data.generate.noise.rms 1: 0.02 2: 0.05 The data differ: column t 1: [s], val" in said
    assert "The laws are alike: their formulas have one shape." in said
    assert ": agree (the same constant comes out as far apart in " in said


def test_laws_that_are_not_alike(done: Path) -> None:
    found = compare_runs([run(done, "0.05", 0), run(done, "0.05", 1)])
    assert not found.are_alike and found.constants == () and found.why_no_constants == "the laws are not alike"
    assert "The laws are not alike: 1: h^(1/2); 2: 1 + h." in text(run(done, "0.05", 0), run(done, "0.05", 1))


def test_a_run_and_itself(done: Path) -> None:
    said = text(run(done, "0.02", 0), run(done, "0.02", 0))
    assert "The questions are the same.\nThe data are the same." in said and "apart in 100 % of cases" in said


@pytest.mark.parametrize(
    ("one", "other", "errors"),
    [
        ((1.0, 0.1, "m"), (1.2, 0.1, "m"), 2**0.5), ((1.0, 0.1, "m"), (120.0, 10.0, "cm"), 2**0.5),
        ((1.0, 0.0, "m"), (1.0, 0.0, "m"), 0.0), ((1.0, 0.0, "m"), (1.1, 0.0, "m"), math.inf),
        ((1.0, 0.0, "m"), (1.1, 0.1, "m"), 1.0), ((1.0, 0.3, "m"), (2.01, 0.4, "m"), 2.02),
        ((1.0, 0.3, "m"), (1.99, 0.4, "m"), 1.98),
    ],
)  # fmt: skip
def test_distances_are_in_combined_errors_whatever_the_units(
    one: tuple[float, float, str], other: tuple[float, float, str], errors: float
) -> None:
    made = [LawConstant("k", value, stderr, parse_unit(unit)) for value, stderr, unit in (one, other)]
    found = _compared(made)
    assert math.isclose(found.chance, math.erfc(errors / 2**0.5), rel_tol=1e-3, abs_tol=1e-12)
    assert found.unit == "m" and found.agrees is (errors <= 2)


def test_without_errors_nobody_can_say() -> None:
    made = [LawConstant("k", value, stderr, parse_unit("m")) for value, stderr in ((1.0, math.nan), (1.0, 0.1))]
    assert _compared(made).agrees is None


def test_runs_that_cannot_be_read_or_have_no_law(done: Path, tmp_path: Path) -> None:
    with pytest.raises(RunFolderError, match="not there; name the folder of a run"):
        compare_runs([run(done, "0.02", 0), tmp_path / "none"])
    shutil.copytree(done, tmp_path / "runs")
    (run(tmp_path / "runs", "0.02", 0) / "state.json").write_text("{")
    with pytest.raises(RunFolderError, match=r"state\.json: cannot be read: it is no JSON"):
        compare_runs([run(tmp_path / "runs", "0.02", 0), run(done, "0.02", 0)])
    path = run(tmp_path / "runs", "0.02", 1) / "state.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"laws": [], "selected": -1}))
    found = compare_runs([path.parent, run(done, "0.02", 0)])
    assert found.shapes == ("", "h^(1/2)") and found.why_no_constants == "not every run has a law"
    assert "The laws are not alike: 1: none; 2: h^(1/2)." in text(path.parent, run(done, "0.02", 0))
    with pytest.raises(NoLawError, match="None of these runs has a law yet"):
        compare_runs([path.parent, path.parent])


def test_again_beside_it_or_in_its_place(done: Path, tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    shutil.copytree(done, runs)
    again = repetition_of(run(runs, "0.02", 0))
    assert again.specification.name == "fall-noise=0.02-seed=0-again" and again.folder.parent == runs
    assert again.changes == () and again.record.law is not None
    run_experiment(again.specification, again.runs_folder, discover=answering("k*sqrt(h)"))
    assert repetition_of(run(runs, "0.02", 0)).specification.name.endswith("-again2")
    assert repetition_of(run(runs, "0.02", 0), fresh=True).folder == run(runs, "0.02", 0)
    question = read_specifications(written(tmp_path, SWEEP))[0]
    assert again.specification.data.generate == question.data.generate.model_copy(  # type: ignore[union-attr]
        update={"seed": 0}
    )


def test_again_says_what_has_become_of_the_data(tmp_path: Path) -> None:
    rows = "h [m],t [s]\n" + "".join(f"{h},{(h / 5) ** 0.5}\n" for h in range(1, 30))
    (tmp_path / "fall.csv").write_text(rows)
    head = DRAWN.partition("data:")[0] + "free_constants: {units: inferred}\nreport: {formats: []}\n"
    path = written(tmp_path, head + "data: {file: fall.csv, target: t}\n")
    run_sweep(path, tmp_path / "runs")
    assert repetition_of(tmp_path / "runs" / "fall").changes == ()
    (tmp_path / "fall.csv").write_text(rows + "30,2.5\n")
    assert repetition_of(tmp_path / "runs" / "fall").changes == ("data: 29 rows in the stored run, 30 now",)


def test_a_long_name_has_room_for_again(tmp_path: Path) -> None:
    name = "n" * 100
    path = written(tmp_path, DRAWN.replace("name: fall", f"name: {name}"))
    run_sweep(path, tmp_path / "runs")
    assert repetition_of(tmp_path / "runs" / name).specification.name == "n" * 88 + "-again"
