"""What came of a sweep: a line for each run, which laws agree, and the same table however it was done."""

from __future__ import annotations

import csv
import json
import math
import shutil
from pathlib import Path

import pyarrow.parquet
import pytest

from symreg.document import read_document
from symreg.errors import UnwritableError
from symreg.experiment import Specification, run_experiment
from symreg.sweeps import read_specifications, summarise, table_differences, write_summary
from symreg.sweeps.summary.writing import summary_csv, summary_json
from tests.sweeps.helpers import DRAWN, answering, finding_nothing, run_sweep, written

SWEEP = DRAWN + "sweep: {noise: [0, 0.05], seed: [0, 1, 2]}\n"


def noisy(specification: Specification) -> float:
    drawn = specification.data.generate
    assert drawn is not None and drawn.noise is not None and drawn.noise.rms is not None
    return drawn.noise.rms


def chosen(specification: Specification) -> str:
    """The true form, but where there is noise two seeds find others."""
    if not noisy(specification) or specification.seed == 0:
        return "k*sqrt(h)"
    return "k*h + k1" if specification.seed == 1 else "k*sqrt(h) + k1"


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``fall.yaml`` and its runs; tests that change something copy it."""
    folder = tmp_path_factory.mktemp("done")
    run_sweep(written(folder, SWEEP), folder / "runs", chosen)
    return folder


@pytest.fixture
def copy(done: Path, tmp_path: Path) -> Path:
    shutil.copytree(done, tmp_path / "copy")
    return tmp_path / "copy"


def test_one_line_for_each_run(done: Path) -> None:
    found = summarise(done / "fall.yaml", done / "runs")
    assert [run.name for run in found.runs] == [one.name for one in read_specifications(done / "fall.yaml")]
    first, last = found.runs[0], found.runs[-1]
    assert (first.values, first.status, first.target, first.unit) == ({"noise": "0", "seed": "0"}, "finished", "t", "s")
    assert (first.formula, first.shape, first.complexity) == ("k*sqrt(h)", "h^(1/2)", 4)
    assert first.rmse < 1e-12 and first.r2 > 1 - 1e-12 and first.constants[0].startswith("k = 0.4515236")
    assert last.shape == "1 + h^(1/2)" and 0.05 < last.unexplained < 0.9
    assert found.counts == {"finished": 6} and found.n_laws == 6


def test_which_laws_agree(done: Path) -> None:
    found = summarise(done / "fall.yaml", done / "runs")
    (question,) = found.questions
    assert question.label == "" and [len(law.runs) for law in question.laws] == [4, 1, 1]
    majority = question.laws[0]
    assert majority.shape == "h^(1/2)" and majority.values == {"noise": ("0", "0.05"), "seed": ("0", "1", "2")}
    assert question.laws[1].values["noise"] == ("0.05",)
    assert found.agree == 4


def test_what_each_axis_changes(done: Path) -> None:
    noise, seed = summarise(done / "fall.yaml", done / "runs").axes
    assert (noise.axis, seed.axis) == ("noise", "seed")
    assert [(at.value, at.n_laws, at.agree, at.recovered) for at in noise.values] == [("0", 3, 3, 3), ("0.05", 3, 1, 1)]
    assert [(at.value, at.agree) for at in seed.values] == [("0", 2), ("1", 1), ("2", 1)]
    # With noise 0 the seeds agree, with 0.05 they do not; only seed 0 has one law at both levels.
    assert (seed.same, seed.compared) == (1, 2) and (noise.same, noise.compared) == (1, 3)
    assert noise.values[0].unexplained < 1e-9 < noise.values[1].unexplained
    assert [at.complexity for at in noise.values] == [4, 5] and noise.values[0].seconds == 1


def test_recovery_says_exactly_what_it_means(done: Path) -> None:
    found = summarise(done / "fall.yaml", done / "runs")
    assert [run.recovered for run in found.runs] == ["exact", "exact", "exact", "form", "no", "no"]
    assert found.recovered == {"exact": 3, "form": 1, "no": 2}


def test_a_law_that_fits_as_well_and_is_another_is_not_recovered(tmp_path: Path) -> None:
    """Far from its end ``1/(k - h)`` is near a straight line, and on these rows both leave almost nothing."""
    text = DRAWN.replace("sqrt(2*h/g)", "h/(g*(1 + h/big))").replace("{name: t, unit: s}", "{name: t, unit: s**2}")
    text = text.replace("constants: {g", "constants: {big: {value: 1e9, unit: m}, g") + "sweep: {seed: [0]}\n"
    run_sweep(written(tmp_path, text), tmp_path / "runs", lambda _: "k*h")
    (run,) = summarise(tmp_path / "fall.yaml", tmp_path / "runs").runs
    assert run.r2 > 0.999999999 and run.shape != "(1 + h)^-1*h"
    assert run.recovered == "exact"  # to a millionth it has the values of the truth, which is what the word says
    run_sweep(written(tmp_path, text.replace("1e9", "1e4")), tmp_path / "other", lambda _: "k*h")
    (run,) = summarise(tmp_path / "fall.yaml", tmp_path / "other").runs
    assert run.r2 > 0.999999 and run.recovered == "no"


def test_tables_that_were_not_drawn_are_not_judged(tmp_path: Path) -> None:
    (tmp_path / "fall.csv").write_text("h [m],t [s]\n" + "".join(f"{h},{(h / 5) ** 0.5}\n" for h in range(1, 30)))
    head = DRAWN.partition("data:")[0] + "free_constants: {units: inferred}\nreport: {formats: []}\n"
    path = written(tmp_path, head + "data: {file: fall.csv, target: t}\nsweep: {seed: [0, 1]}\n")
    run_sweep(path, tmp_path / "runs")
    found = summarise(path, tmp_path / "runs")
    assert [run.recovered for run in found.runs] == [None, None] and found.recovered == {}
    assert found.axes[0].values[0].recovered is None


def test_damaged_and_missing_runs_cost_a_line(copy: Path) -> None:
    runs = copy / "runs"
    shutil.rmtree(runs / "fall-noise=0-seed=0")
    (runs / "fall-noise=0-seed=1" / "state.json").write_text('{"version": 1, "laws": ')
    (runs / "fall-noise=0-seed=2" / "state.json").write_bytes(b"\xff\x00")
    shutil.rmtree(runs / "fall-noise=0.05-seed=0")
    (runs / "fall-noise=0.05-seed=0").write_text("a file")
    other = runs / "fall-noise=0.05-seed=1"
    shutil.rmtree(other)
    shutil.copytree(runs / "fall-noise=0.05-seed=2", other)
    found = summarise(copy / "fall.yaml", runs)
    assert [run.status for run in found.runs] == [
        "to do", "unreadable", "unreadable", "to do", "another question", "finished",
    ]  # fmt: skip
    assert "it is no JSON from line 1" in found.runs[1].trouble
    assert found.runs[4].trouble == "seed: 2 in the stored run, 1 now"
    assert found.n_laws == 1 and found.agree == 1
    assert len(write_summary(found)) == 4


@pytest.mark.parametrize(
    "change",
    [
        {"laws": [3]}, {"laws": [{"formula": "k*sqrt(h"}]}, {"question": {}}, {"selected": "a"},
        {"data": {"sha256": "x"}},
        {"laws": [{"formula": "__import__('os')", "complexity": 1, "constants": [], "train": {}, "held_out": {}}]},
        {"laws": [{"formula": "q*h", "constants": []}]}, {"evaluated": None}, {"version": 7}, {"wall_seconds": "long"},
    ],
)  # fmt: skip
def test_a_state_that_is_not_ours_is_unreadable(change: dict[str, object], copy: Path) -> None:
    path = copy / "runs" / "fall-noise=0-seed=0" / "state.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    first, second, *_ = summarise(copy / "fall.yaml", copy / "runs").runs
    assert (first.status, second.status) == ("unreadable", "finished") and "state.json" in first.trouble


def test_a_run_that_was_cut_off_has_a_law_that_counts_nowhere(copy: Path) -> None:
    path = copy / "runs" / "fall-noise=0-seed=0" / "state.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"status": "running"}))
    found = summarise(copy / "fall.yaml", copy / "runs")
    assert found.runs[0].status == "cut off" and found.runs[0].formula == "k*sqrt(h)"
    assert found.n_laws == 5 and found.recovered == {"exact": 2, "form": 1, "no": 2}


def test_nothing_was_run_yet(tmp_path: Path) -> None:
    found = summarise(read_document(written(tmp_path, SWEEP)), tmp_path / "runs")
    assert found.counts == {"to do": 6} and found.n_laws == 0 and found.agree == 0 and found.recovered == {}
    assert math.isnan(found.axes[0].values[0].unexplained) and found.questions[0].laws == ()
    assert [path.name for path in write_summary(found)] == [
        "summary.csv", "summary.json", "summary.parquet", "summary.html",
    ]  # fmt: skip


def test_runs_that_ask_other_things_are_not_held_against_each_other(tmp_path: Path) -> None:
    (tmp_path / "spring.csv").write_text("h [m],F [N]\n" + "".join(f"{h},{3 * h}\n" for h in range(1, 30)))
    drawn = DRAWN.partition("data:\n")[2].partition("free_constants")[0]
    head = DRAWN.partition("data:")[0] + "free_constants: {units: inferred}\nreport: {formats: []}\n"
    pieces = "sweep:\n  problem:\n    fall:\n      data:\n" + "".join(f"      {line}\n" for line in drawn.splitlines())
    pieces += "    spring: {data: {file: spring.csv, target: F}}\n  seed: [0, 1]\n"
    path = written(tmp_path, head + pieces)
    run_sweep(path, tmp_path / "runs", lambda one: "k*h" if one.data.file else "k*sqrt(h)")
    found = summarise(path, tmp_path / "runs")
    assert [(one.label, one.laws[0].first.formula) for one in found.questions] == [("fall", "k*sqrt(h)"), ("spring",
    "k*h")]
    problem, seed = found.axes
    assert (problem.same, problem.compared, seed.same, seed.compared) == (0, 0, 2, 2)
    assert found.agree == found.n_laws == 4 and [at.recovered for at in problem.values] == [2, None]


def test_the_tables_hold_the_same(done: Path, tmp_path: Path) -> None:
    found = summarise(done / "fall.yaml", done / "runs")
    written_to = write_summary(found, tmp_path / "out")
    assert {path.parent for path in written_to} == {tmp_path / "out"}
    with (tmp_path / "out" / "summary.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    steady, chance = list(rows[0])[:14], list(rows[0])[14:]
    assert steady[:5] == ["run", "noise", "seed", "status", "target"] and "seconds" not in steady
    assert chance == ["seconds", "evaluated", "when", "stop_reason"]
    assert [row["law"] for row in rows] == [run.formula for run in found.runs]
    table = pyarrow.parquet.read_table(tmp_path / "out" / "summary.parquet").to_pylist()
    assert [row["noise"] for row in table] == [0.0, 0.0, 0.0, 0.05, 0.05, 0.05] and table[1]["seed"] == 1
    plain = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert [row["rmse"] for row in plain["runs"]] == [row["rmse"] for row in table]
    assert [float(row["rmse"]) for row in rows] == [row["rmse"] for row in table]
    assert plain["runs"][0]["by_chance"]["seconds"] == 1.0 and plain["questions"][0]["laws"][0]["recovered"] == 4


def test_no_cell_is_a_command_of_a_spreadsheet(tmp_path: Path) -> None:
    path = written(tmp_path, DRAWN + "sweep: {'-case': {'=1+1': {seed: 1}, '@x': {seed: 2}}}\n")
    run_sweep(path, tmp_path / "runs", lambda _: "-k*h")
    text = summary_csv(summarise(path, tmp_path / "runs"))
    assert ",'=1+1," in text and ",'@x," in text and ",'-case," in text
    assert all(not cell.startswith(("=", "@")) for row in csv.reader(text.splitlines()) for cell in row)


def test_axes_that_are_called_as_columns_are(tmp_path: Path) -> None:
    path = written(tmp_path, DRAWN + "sweep: {law: {a: {seed: 1}, b: {seed: 2}}}\n")
    run_sweep(path, tmp_path / "runs")
    first = next(csv.DictReader(summary_csv(summarise(path, tmp_path / "runs")).splitlines()))
    assert (first["axis law"], first["law"]) == ("a", "k*sqrt(h)")


def test_a_sweep_that_was_done_again_gives_the_same_table(done: Path, tmp_path: Path) -> None:
    """In another order, one of them cut off and gone on with."""
    for specification in reversed(read_specifications(done / "fall.yaml")):
        run_experiment(specification, tmp_path / "runs", discover=answering(chosen(specification)))
    one, other = (summarise(done / "fall.yaml", folder) for folder in (done / "runs", tmp_path / "runs"))
    assert table_differences(one, other) == ()
    path = tmp_path / "runs" / "fall-noise=0.05-seed=0" / "state.json"
    stored = json.loads(path.read_text())
    path.write_text(json.dumps(stored | {"wall_seconds": 99.0, "elapsed": 99.0, "evaluated": 7}))
    assert table_differences(one, summarise(done / "fall.yaml", tmp_path / "runs")) == ()
    stored["laws"][0]["held_out"]["rmse"] *= 1.001
    path.write_text(json.dumps(stored))
    (told,) = table_differences(one, summarise(done / "fall.yaml", tmp_path / "runs"))
    assert told.startswith("fall-noise=0.05-seed=0: rmse is 0.0")


def test_what_is_left_of_rounding_is_no_difference(done: Path, copy: Path) -> None:
    path = copy / "runs" / "fall-noise=0-seed=0" / "state.json"
    stored = json.loads(path.read_text())
    stored["laws"][0]["held_out"]["rmse"] = 3e-16
    path.write_text(json.dumps(stored))
    one, other = (summarise(folder / "fall.yaml", folder / "runs") for folder in (done, copy))
    assert one.runs[0].rmse != other.runs[0].rmse and table_differences(one, other) == ()


def test_other_laws_and_lost_runs_are_differences(done: Path, copy: Path) -> None:
    shutil.rmtree(copy / "runs" / "fall-noise=0-seed=1")
    one, other = (summarise(folder / "fall.yaml", folder / "runs") for folder in (done, copy))
    told = table_differences(one, other)
    assert "fall-noise=0-seed=1: status is 'finished' and 'to do'" in told
    fewer = summarise(written(copy, DRAWN + "sweep: {noise: [0, 0.05], seed: [0, 2]}\n", "few.yaml"), copy / "runs")
    assert "fall-noise=0-seed=1: only in the first" in table_differences(one, fewer)


def test_options_of_the_command_line_are_no_other_question(done: Path, tmp_path: Path) -> None:
    from symreg.experiment import with_changes

    path = written(tmp_path, SWEEP)
    ran = [with_changes(one, {"loss": "huber"}, "x") for one in read_specifications(path)]
    for one in ran:
        run_experiment(one, tmp_path / "runs", discover=answering("k*sqrt(h)"))
    assert summarise(path, tmp_path / "runs").counts == {"another question": 6}
    assert summarise(path, tmp_path / "runs", ran).counts == {"finished": 6}


def test_a_folder_that_may_not_be_written_to_is_told(done: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(UnwritableError, match="The summary cannot be written"):
        write_summary(summarise(done / "fall.yaml", done / "runs"), tmp_path / "file")


def test_the_summary_says_nothing_of_where_it_was_made(done: Path) -> None:
    found = summarise(done / "fall.yaml", done / "runs")
    assert str(done) not in summary_json(found) + summary_csv(found)


@pytest.mark.parametrize(
    "said",
    [
        "operators: [sqrt, '+', '+', '*']", "operators: ['*', '+', sqrt]", "constants: auto", "constants: [g_n, c]",
        "loss: huber", "backend: [native, hypotheses]", "ranking: cross_validation", "descriptors: {most: 1}",
        "constants: {L0: {value: 3, unit: m}}", "columns: {h: {unit: m}, t: {sigma: 5 %}}",
        "budget: {evaluations: 100}",
        "guesses: [{formula: k*sqrt(h), constants: [k]}]", "free_constants: {units: inferred, positive: true}",
        "constraints: {range: [0, null], nested: {sin: {cos: 1}}}", "backend: {name: hypotheses, file: laws.txt}",
    ],
)  # fmt: skip
def test_a_run_is_known_again_whatever_its_file_says(said: str, tmp_path: Path) -> None:
    rows = "".join(f"{h},{h % 3},{h**0.5}\n" for h in range(1, 30))
    (tmp_path / "fall.csv").write_text("h [m],m [kg],t [s]\n" + rows)
    (tmp_path / "laws.txt").write_text("k*sqrt(h)\n")
    head = DRAWN.partition("data:")[0] + "report: {formats: []}\nsweep: {data.nan: [drop]}\n"
    head += "" if "free_constants" in said else "free_constants: {units: inferred}\n"
    path = written(tmp_path, head + "data: {file: fall.csv, target: t, inputs: [m, h]}\n" + said + "\n")
    (specification,) = read_specifications(path)
    run_experiment(specification, tmp_path / "runs", discover=finding_nothing)
    (run,) = summarise(path, tmp_path / "runs").runs
    assert (run.status, run.trouble) == ("finished", "")


def test_runs_of_data_that_have_changed_since_count_for_nothing(tmp_path: Path) -> None:
    """They were said to be finished, in a table of laws of other rows."""
    rows = [f"{height},{(2 * height / 9.81) ** 0.5:.6f}" for height in range(1, 25)]
    table = tmp_path / "fall.csv"
    table.write_text("\n".join(["h [m],t [s]", *rows]), encoding="utf-8")
    path = written(
        tmp_path,
        "version: 1\nname: fall\ndata: {file: fall.csv, target: t}\nfree_constants: {units: inferred}\n"
        "robustness: {resamples: 0}\nreport: {formats: []}\nsweep: {seed: [0, 1]}\n",
    )
    run_sweep(path, tmp_path / "runs")
    assert summarise(path, tmp_path / "runs").counts == {"finished": 2}
    table.write_text("\n".join(["h [m],t [s]", *rows[:-1], "24,9.9"]), encoding="utf-8")
    changed = summarise(path, tmp_path / "runs")
    assert changed.counts == {"another question": 2} and changed.n_laws == 0
    assert "values of column 't' have changed" in changed.runs[0].trouble
    table.unlink()
    gone = summarise(path, tmp_path / "runs")
    assert gone.counts == {"finished": 2} and "not known" in gone.runs[0].trouble
