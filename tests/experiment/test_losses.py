"""Another loss and weights of rows in an experiment's file: asked, stored, and the same when the run is read again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from symreg.errors import SpecificationError
from symreg.experiment.assembly import problem_of
from symreg.experiment.revival import load_discovery
from symreg.experiment.runner import run_experiment
from symreg.experiment.specification import Specification, read_specification, specification_of

TEXT = """\
version: 1
name: pull
data: {file: pull.csv, target: F%s}
free_constants: {units: inferred}
budget: {time: null, evaluations: 3000}
report: {formats: [markdown]}
%s
"""


def experiment(folder: Path, data: str = "", more: str = "") -> Specification:
    rng = np.random.default_rng(0)
    x = rng.uniform(1, 5, 30)
    force = 2 * x + 0.01 * rng.normal(size=30)
    force[[4, 9]] = [70.0, 90.0]
    count = np.where(np.isin(np.arange(30), [4, 9]), 1e-9, rng.integers(1, 5, 30))
    rows = "\n".join(f"{a:.6f},{b:.6f},{c:g}" for a, b, c in zip(x, force, count, strict=True))
    (folder / "pull.csv").write_text(f"x [m],F [N],n\n{rows}\n", encoding="utf-8")
    file = folder / "pull.yaml"
    file.write_text(TEXT % (data, more), encoding="utf-8")
    return read_specification(file)


@pytest.mark.parametrize(
    ("data", "more"), [("", "loss: student"), (", weights: n", ""), (", inputs: [x], weights: n", "")]
)
def test_a_law_beside_gross_errors_is_found_and_comes_back(data: str, more: str, tmp_path: Path) -> None:
    found = run_experiment(experiment(tmp_path, data, more), tmp_path / "runs")
    again = load_discovery(tmp_path / "runs" / "pull")
    for one in (found, again):
        assert one.front.best.predict({"x": [1.0], "n": [1.0]})[0] == pytest.approx(2.0, rel=0.01)
        assert one.front.best.held_out.in_errors == found.front.best.held_out.in_errors
    assert again.problem.loss == found.problem.loss and again.front.laws == found.front.laws
    stored = (tmp_path / "runs" / "pull" / "experiment.yaml").read_text(encoding="utf-8")
    assert ("loss: student" in stored) == bool(more) and ("weights: n" in stored) == bool(data)


def test_squares_are_the_loss_of_old_and_new_runs_alike(tmp_path: Path) -> None:
    run_experiment(experiment(tmp_path), tmp_path / "runs")
    assert "loss" not in (tmp_path / "runs" / "pull" / "experiment.yaml").read_text(encoding="utf-8")
    assert problem_of(experiment(tmp_path, more="loss: squared")).loss == "squared"


def test_a_wrong_loss_is_told_with_its_line() -> None:
    with pytest.raises(SpecificationError, match="loss"):
        specification_of("version: 1\nname: a\ndata: {file: a.csv}\nloss: absolute\n")
