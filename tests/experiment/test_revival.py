"""A run as a discovery again, from its folder alone, with every number checked."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symreg.errors import SymregError
from symreg.experiment.assembly import problem_of
from symreg.experiment.revival import load_discovery
from symreg.experiment.runner import run_experiment
from symreg.experiment.specification import read_specification
from symreg.experiment.standing import json_text
from symreg.experiment.store import STATE, read_state
from symreg.experiment.stored_law import StoredLawError, restore_law, store_law
from symreg.formula.grammar import parse
from symreg.laws.law import ConstantInterval, Law, LawConstant, Score
from tests.experiment.fake_search import KEPLER, PLANETS, FakeSearch, write_kepler


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    run_experiment(read_specification(write_kepler(tmp_path)), tmp_path / "runs", discover=FakeSearch())
    return tmp_path / "runs" / "kepler"


def edit(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    state = json.loads((folder / STATE).read_text(encoding="utf-8"))
    change(state)
    (folder / STATE).write_text(json.dumps(state), encoding="utf-8")


def test_everything_comes_back(folder: Path, tmp_path: Path) -> None:
    before = run_experiment(
        read_specification(write_kepler(tmp_path)), tmp_path / "again", discover=FakeSearch()
    )
    after = load_discovery(folder)
    assert after.front.laws == before.front.laws
    assert after.front.selected == before.front.selected
    for ours, theirs in zip(after.front.laws, before.front.laws, strict=True):
        assert np.array_equal(ours.covariance, theirs.covariance)
        assert ours.constants == theirs.constants
    assert (after.status, after.stop_reason, after.evaluated) == ("finished", "residual at the noise", 400)
    assert after.complete_to_complexity == 7


def test_a_project_that_was_moved_as_a_whole(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    file = write_kepler(tmp_path / "here")
    run_experiment(read_specification(file), tmp_path / "here" / "runs", discover=FakeSearch())
    (tmp_path / "here").rename(tmp_path / "there")
    assert load_discovery(tmp_path / "there" / "runs" / "kepler").front.best.formula == "k*a**(3/2)"


def test_a_run_that_was_cut_off_is_an_interrupted_one(folder: Path) -> None:
    edit(folder, lambda state: state.update(status="running", stop_reason=""))
    revived = load_discovery(folder)
    assert (revived.status, revived.stop_reason) == ("interrupted", "the run was cut off")


def law_of(state: dict[str, Any]) -> dict[str, Any]:
    law: dict[str, Any] = state["laws"][-1]
    return law


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            lambda s: law_of(s)["constants"][0].update(value=400.0),
            "cannot be trusted: its error on 6 rows is",
        ),
        (lambda s: law_of(s)["train"].update(rmse=0.001), "cannot be trusted: its error on 6 rows is"),
        (lambda s: law_of(s)["train"].update(rmse=None), "cannot be trusted: its error on 6 rows is"),
        (lambda s: law_of(s)["train"].update(undefined=1), "cannot be trusted"),
        (lambda s: law_of(s).update(formula="k*a**2"), "k"),
        (lambda s: law_of(s).update(formula="__import__('os').system('true')"), "cannot read the formula"),
        (lambda s: law_of(s).update(formula="k*a**(3/2)*" + "(" * 5000), "formula"),
        (lambda s: law_of(s).update(formula="k*exp(a)"), "exp"),
        (lambda s: law_of(s).update(formula=3), "its parts do not belong together"),
        (lambda s: law_of(s).pop("train"), "'train' is missing"),
        (lambda s: law_of(s)["constants"][0].pop("unit"), "'unit' is missing"),
        (lambda s: law_of(s)["constants"][0].update(kind="magic"), "a value is of the wrong kind"),
        (
            lambda s: law_of(s)["constants"][0]["unit"].update(exponents=["1e99"] * 7),
            "a value is of the wrong kind",
        ),
        (
            lambda s: law_of(s)["constants"][0]["unit"].update(exponents=["1/0"] * 7),
            "a value is of the wrong kind",
        ),
        (lambda s: law_of(s).update(covariance=[[1, 2], [3]]), "a value is of the wrong kind"),
        (lambda s: law_of(s).update(covariance=[[1, 2], [3, 4]]), "a value is of the wrong kind"),
        (lambda s: s.update(selected=9), "has found no law"),
        (lambda s: s.update(laws=[]), "has found no law"),
        (lambda s: s.update(version=0), "written by another version"),
        (lambda s: s.pop("evaluated"), "'evaluated' is missing"),
        (lambda s: s.update(laws=3), "a value is of the wrong kind"),
        (lambda s: s.update(question={"seed": "1"}), "its parts do not belong together"),
    ],
)
def test_what_was_tampered_with_is_no_report(
    folder: Path, change: Callable[[dict[str, Any]], object], told: str
) -> None:
    edit(folder, change)
    with pytest.raises(SymregError) as caught:
        load_discovery(folder)
    assert told in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "null", "[]", "\x00"])
def test_a_state_that_is_none(folder: Path, text: str) -> None:
    (folder / STATE).write_text(text, encoding="utf-8")
    with pytest.raises(SymregError, match=r"state\.json"):
        load_discovery(folder)
    with pytest.raises(SymregError, match=r"state\.json"):
        read_state(folder)


def test_changed_data_and_a_changed_question(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "planets.csv").write_text(PLANETS.replace("87.9693", "87.97"), encoding="utf-8")
    with pytest.raises(SymregError, match="values of column 'P' have changed"):
        load_discovery(folder)
    (tmp_path / "planets.csv").write_text(PLANETS, encoding="utf-8")
    experiment = folder / "experiment.yaml"
    experiment.write_text(
        experiment.read_text(encoding="utf-8").replace("seed: 0", "seed: 5"), encoding="utf-8"
    )
    with pytest.raises(SymregError, match="seed: 0 in the stored run, 5 now"):
        load_discovery(folder)


def test_a_folder_that_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(SymregError, match=r"experiment\.yaml: not there; name the folder of a run"):
        load_discovery(tmp_path)


def test_a_run_without_a_result_yet(tmp_path: Path) -> None:
    file = write_kepler(tmp_path, KEPLER)
    with pytest.raises(RuntimeError):
        early = FakeSearch(
            failure=RuntimeError("early"), on_step=lambda _: (_ for _ in ()).throw(RuntimeError("early"))
        )
        run_experiment(read_specification(file), tmp_path / "runs", discover=early)
    with pytest.raises(SymregError, match="found no law yet"):
        load_discovery(tmp_path / "runs" / "kepler")


def test_numbers_that_are_not_finite_survive(folder: Path) -> None:
    edit(folder, lambda state: law_of(state).update(description_length=None, covariance=[[None]]))
    law = load_discovery(folder).front.laws[-1]
    assert math.isnan(law.description_length) and math.isnan(law.covariance[0, 0])


DRAWN = """\
version: 1
name: drawn
data:
  generate:
    formula: n*R*T/V
    target: {name: p, unit: Pa}
    inputs:
      n: {unit: mol, low: 1, high: 9}
      T: {unit: degC, low: 20, high: 90}
      V: {unit: L, low: 1, high: 9}
    constants: [R]
    rows: 40
constants: [R]
report: {formats: [], exports: []}
"""


def test_a_law_of_known_constants_alone_in_units_with_an_offset(tmp_path: Path) -> None:
    """Held-out rows, no free constant, degrees Celsius."""
    problem = problem_of(read_specification(write_kepler(tmp_path, DRAWN)))
    assert problem.held_out_rows.size > 0
    R = problem.known_constants[0]
    law = Law(
        parse("n*R*T/V", variables=problem.inputs, constants=("R",)), "n*R*T/V", 7,
        problem.target_column.unit, True,
        Score(0.0, 1.0, problem.train_rows.size), Score(0.0, 1.0, problem.held_out_rows.size), 3.0,
        (LawConstant("R", float(R.unit.from_si(R.value)), R.stderr, R.unit, "known"),),
        input_units={name: problem.table[name].unit for name in problem.inputs}, target="p",
    )  # fmt: skip
    stored = json.loads(json.dumps(store_law(law)))
    assert restore_law(stored, problem) == law
    with pytest.raises(StoredLawError, match="its error on 10 rows"):
        restore_law({**stored, "held_out": {**stored["held_out"], "rmse": 1e3}}, problem)
    with pytest.raises(StoredLawError, match="a value is of the wrong kind"):
        restore_law({**stored, "covariance": [[1.0]]}, problem)


def test_a_run_from_before_there_were_intervals(folder: Path) -> None:
    edit(folder, lambda state: [one.pop("interval", None) for law in state["laws"] for one in law["constants"]])
    assert all(one.interval is None for law in load_discovery(folder).front for one in law.constants)


@pytest.mark.parametrize("ends", [(-math.inf, 3.0), (2.0, math.inf), (math.nan, math.nan), (1.0, 2.0)])
def test_open_and_unknown_ends_survive(folder: Path, ends: tuple[float, float]) -> None:
    law = load_discovery(folder).front.best
    constant = law.constants[0]
    interval = ConstantInterval("k", *ends, constant.unit, "profile", 0.9)
    given = replace(law, constants=(replace(constant, interval=interval),))
    stored = json.loads(json_text(store_law(given)))
    found = restore_law(stored, load_discovery(folder).problem).constants[0].interval
    assert found is not None
    assert np.array_equal([found.lower, found.upper], ends, equal_nan=True)
    assert (found.method, found.level, found.unit) == ("profile", 0.9, constant.unit)


def test_an_interval_that_is_none_is_refused(folder: Path) -> None:
    edit(folder, lambda state: law_of(state)["constants"][0].update(interval={"method": "magic"}))
    with pytest.raises(StoredLawError, match="a value is of the wrong kind"):
        load_discovery(folder)


def test_a_form_with_parameters_comes_back(tmp_path: Path) -> None:
    """Through the real search: names of parameters, their units and the form are those of the run."""
    text = (
        "version: 1\nname: form\ndata: {dataset: puromycin, target: 'rate = Vmax*concentration/(K + concentration)'}\n"
        "parameters: {Vmax: {unit: count/min**2}, K: {unit: ppm, start: 1, lower: 0}}\nbackend: {threads: 1}\n"
        "report: {formats: []}\n"
    )
    (tmp_path / "form.yaml").write_text(text, encoding="utf-8")
    before = run_experiment(read_specification(tmp_path / "form.yaml"), tmp_path / "runs")
    after = load_discovery(tmp_path / "runs" / "form")
    assert after.front.laws == before.front.laws
    assert [(one.name, one.unit.text) for one in after.front.best.constants] == [("Vmax", "count/min**2"), ("K", "ppm")]
    assert after.problem.template == before.problem.template
    assert after.notes == before.notes
