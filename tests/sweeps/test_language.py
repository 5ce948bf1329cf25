"""One file that stands for many runs."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from symreg.document import Document, dump_document, read_document_text
from symreg.errors import SpecificationError
from symreg.experiment.specification import Specification
from symreg.sweeps.language import read_sweep
from symreg.sweeps.language.sweep import expanded, sweep_of

FILE = "version: 1\nname: x\ndata: {file: x.csv}\n"
DRAWN = """\
version: 1
name: x
data: {generate: {formula: a, target: {name: y}, inputs: {a: {low: 1, high: 2}}}}
"""


def runs(text: str) -> tuple[Specification, ...]:
    return expanded(read_document_text(text, "x.yaml"))


def test_a_file_without_a_sweep_is_one_run() -> None:
    assert [run.name for run in runs(FILE)] == ["x"]


def test_every_combination_in_order_with_its_own_name() -> None:
    found = runs(FILE + "sweep: {noise: [0, 0.1], seed: [0, 1]}\n")
    assert [run.name for run in found] == [
        "x-noise=0-seed=0", "x-noise=0-seed=1", "x-noise=0.1-seed=0", "x-noise=0.1-seed=1",
    ]  # fmt: skip
    assert [run.seed for run in found] == [0, 1, 0, 1]
    assert [run.data.noise.rms for run in found if run.data.noise] == [0, 0, 0.1, 0.1]


def test_noise_of_a_drawn_table_is_drawn_with_it() -> None:
    drawn = runs(DRAWN + "sweep: {noise: [0.2]}\n")[0].data
    assert drawn.noise is None
    assert drawn.generate is not None and drawn.generate.noise is not None and drawn.generate.noise.rms == 0.2


def test_places_with_dots_and_values_that_are_no_words() -> None:
    found = runs(FILE + "sweep: {constraints.max_complexity: [9, 12], operators: [['+'], ['*', /]]}\n")
    assert [run.constraints.max_complexity for run in found] == [9, 9, 12, 12]
    assert found[-1].operators == ("*", "/")
    assert found[-1].name == "x-max_complexity=12-operators=1"


@pytest.mark.parametrize(
    ("sweep", "told"),
    [
        ("[1]", "line 4, sweep: should be a block such as"),
        ("{}", "sweep: should be a block such as"),
        ("{seed: 3}", "line 4, sweep.seed: should be a list of values, or a block: a range, files"),
        ("{seed: []}", "sweep.seed: should be a list of values"),
        ("\n  sede: [1]", "line 5, sweep.sede: unknown key 'sede'; did you mean 'seed'?"),
        ("\n  sede.x:\n  - 1", "line 5, sweep.sede.x: unknown key 'sede'; did you mean 'seed'?"),
        ("{sede: {from: 1, to: 3, count: 2}}", "sweep.sede: unknown key 'sede'; did you mean 'seed'?"),
        ("\n  seed: [1,\n    x]", "line 6, seed: should be a whole number, not 'x'"),
        ("\n  budget.tiem: [3 s]", "line 5, budget.tiem: unknown key 'tiem'; did you mean 'time'?"),
        ("{name: [a, b]}", "this is not a place in the file whose value can vary"),
        ("{name.x: [a]}", "this is not a place in the file whose value can vary"),
        ("{seed.x: [a], seed.y: [b]}", "seed"),
        ("{seed: [1, 1]}", "two of these runs would have the same name"),
        ("{seed: [" + "1," * 1001 + "2]}", "stands for 1002 runs; 1000 at most"),
        ("{seed: }", "sweep.seed: should be a list of values, or a block"),
        ("{seed: {from: 0, to: 4}}", "sweep.seed: a range needs either count, how many values, or step"),
        ("{seed: {from: 0, to: 4, count: 2, step: 1}}", "a range needs either count, how many values, or step"),
        ("\n  seed:\n    from: 0\n    too: 4", "line 7, sweep.seed.too: a range has no key 'too'; did you mean 'to'?"),
        ("{seed: {from: 0, step: 4}}", "sweep.seed: a range needs to, such as {from: 1, to: 10, count: 4}"),
        ("{seed: {from: a, to: 4, step: 1}}", "sweep.seed.from: should be a number (times are in seconds"),
        ("{seed: {from: 0, to: 1e999, count: 3}}", "sweep.seed.to: should be a number"),
        ("{seed: {from: true, to: 1, count: 3}}", "sweep.seed.from: should be a number"),
        ("{seed: {from: 0, to: 4, step: 0}}", "sweep.seed.step: steps of 0 do not lead from 0 to 4"),
        ("{seed: {from: 0, to: 4, step: -1}}", "sweep.seed.step: steps of -1 do not lead from 0 to 4"),
        ("{seed: {from: 0, to: 4, count: 1}}", "sweep.seed.count: should be a whole number from 2, not 1"),
        ("{seed: {from: 4, to: 4, count: 2}}", "sweep.seed.to: both ends of the range are the same"),
        ("{seed: {from: 0, to: 4, count: 3, spacing: log}}", "sweep.seed.from: equal ratios need both ends above 0"),
        ("{seed: {from: 1, to: 4, step: 3, spacing: log}}", "sweep.seed.step: a step is for even spacing"),
        ("{seed: {from: 1, to: 4, count: 3, spacing: lin}}", "sweep.seed.spacing: 'lin' is no spacing; did you mean"),
        ("{seed: {from: 0, to: 1e300, step: 1e-300}}", "sweep.seed.step: stands for more than 1000000000 values; 1000"),
        ("{seed: {from: 0, to: 1, count: 10000000}}", "sweep.seed.count: stands for 10000000 values; 1000 at most"),
        ("{seed: {from: 0, to: 1, count: 3}}", "seed: should be a whole number, not 0.0"),
        ("{operators: {files: '*.csv'}}", "sweep.operators: files are for data.file and backend.file"),
        ("{data.file: {files: '*.tsv'}}", "sweep.data.file.files: no file fits '*.tsv'"),
        ("{data.file: {files: []}}", 'sweep.data.file.files: should be a pattern such as "tables/*.csv"'),
        ("{data.file: {files: '*.csv', file: 3}}", "sweep.data.file.file: beside files there is no key 'file'"),
        ("{seeds: {a: 1, b: {seed: 2}}}", "sweep.seeds.a: should be a piece of the file such as {data: {file: x.csv}}"),
        ("{seeds: {a: 1}}", "sweep.seeds: unknown key 'seeds'; did you mean 'seed'?"),
        ("{case: [{seed: 1}]}", "sweep.case: pieces of the file need names: {case: {first: {...}, second: {...}}}"),
        ("\n  case:\n    a: {seed: 1}\n    b: {sed: 1}", "line 7, sweep.case.b.sed: a piece of the file has no key"),
        ("\n  case:\n    a:\n      seed: x", "line 7, seed: should be a whole number, not 'x'"),
        ("{case: {a: {name: y}}}", "sweep.case.a.name: a piece of the file has no key 'name'"),
        ("{case: {a: {sweep: {seed: [1]}}}}", "sweep.case.a.sweep: a piece of the file has no key 'sweep'"),
        ("{case: {a: {seed.x: 1}}}", "seed"),
        ("{case: {a: {data: {dataset: kepler}}}}", "name one of file, dataset, generate; here: file, dataset"),
        ("\n  seed: [1, 2]\n  case: {a: {seed: 3}}", "line 6, sweep.case.a: another axis of this sweep changes seed"),
        ("{data: [{file: y.csv}], data.file: [z.csv]}", "another axis of this sweep changes data too"),
        ("{together: {seed: [1, 2]}}", "sweep.together: should be a block of two axes or more"),
        ("{together: [3]}", "sweep.together[0]: should be a block of two axes or more"),
        ("{together: {seed: [1], noise: [0, 1]}}", "axes that go together need as many values each; here seed has 1"),
        ("{seed: [0], together: {seed: [1], noise: [0]}}", "sweep.together.seed: 'seed' is an axis of this sweep"),
        ("{seed: [a b, c d, 1]}", "seed: should be a whole number, not 'a b'"),
        ("{.seed: [1]}", "this is not a place in the file whose value can vary"),
        ("{extends: [x.yaml]}", "this is not a place in the file whose value can vary"),
        ("{noise: [-1]}", "should be greater than or equal to 0, not -1"),
    ],
)
def test_mistakes_in_a_sweep(sweep: str, told: str) -> None:
    with pytest.raises(SpecificationError) as caught:
        runs(FILE + f"sweep: {sweep}\n")
    assert told in str(caught.value)


def test_ranges() -> None:
    def values(span: str) -> list[Any]:
        return [run.budget.time for run in runs(FILE + f"sweep: {{budget.time: {{{span}}}}}\n")]

    assert values("from: 1, to: 10, count: 4") == [1, 4, 7, 10]
    assert values("from: 9, to: 3, step: -3") == [9, 6, 3]
    assert values("from: 1, to: 9, step: 3") == [1, 4, 7]  # the end is not passed
    assert values("from: 0.1, to: 0.3, step: 0.1") == [0.1, 0.2, 0.3]
    assert values("from: 1e-3, to: 1, count: 4, spacing: log") == [0.001, 0.01, 0.1, 1]
    assert values("from: 100, to: 1, count: 3, spacing: log") == [100, 10, 1]


def test_a_range_of_whole_numbers_is_whole() -> None:
    axes = "seed: {from: 0, to: 9, step: 3}, constraints.max_complexity: {from: 5, to: 9, count: 3}"
    found = runs(FILE + f"sweep: {{{axes}}}\n")
    assert [run.seed for run in found[::3]] == [0, 3, 6, 9]
    assert [run.constraints.max_complexity for run in found[:3]] == [5, 7, 9]
    assert found[-1].name == "x-seed=9-max_complexity=9"


def test_values_with_names() -> None:
    found = runs(FILE + "sweep: {operators: {few: ['+'], more: ['+', '*', /]}}\n")
    assert [run.name for run in found] == ["x-operators=few", "x-operators=more"]
    assert found[1].operators == ("+", "*", "/")


PIECES = """\
version: 1
name: x
columns: {t: {unit: s}}
sweep:
  problem:
    kepler: {data: {dataset: kepler}, budget.time: 5 s}
    drawn:
      data: {generate: {formula: a, target: {name: y}, inputs: {a: {low: 1, high: 2}}}}
      columns: {a: {sigma: 0.1}}
  noise: [0, 0.1]
"""


def test_pieces_of_the_file_are_joined_with_it() -> None:
    found = runs(PIECES)
    assert [run.name for run in found] == [
        "x-problem=kepler-noise=0", "x-problem=kepler-noise=0.1",
        "x-problem=drawn-noise=0", "x-problem=drawn-noise=0.1",
    ]  # fmt: skip
    assert found[0].data.dataset == "kepler" and found[0].budget.time == 5 and found[2].budget.time == 60
    assert set(found[0].columns) == {"t"} and set(found[2].columns) == {"t", "a"}


def test_noise_is_where_the_data_of_each_piece_have_it() -> None:
    kepler, drawn = runs(PIECES)[1].data, runs(PIECES)[3].data
    assert kepler.noise is not None and kepler.noise.rms == 0.1
    assert drawn.noise is None and drawn.generate is not None
    assert drawn.generate.noise is not None and drawn.generate.noise.rms == 0.1
    first = PIECES.replace("  noise: [0, 0.1]\n", "").replace("sweep:\n", "sweep:\n  noise: [0, 0.1]\n")
    assert [run.data for run in runs(first)] == [runs(PIECES)[place].data for place in (0, 2, 1, 3)]


def test_axes_that_go_together() -> None:
    found = runs(FILE + "sweep: {seed: [0, 1], together: {noise: [0, 0.1], budget.time: [1 s, 5 s]}}\n")
    assert [run.name for run in found] == [
        "x-seed=0-noise=0-time=0", "x-seed=0-noise=0.1-time=1", "x-seed=1-noise=0-time=0", "x-seed=1-noise=0.1-time=1",
    ]  # fmt: skip
    assert [run.budget.time for run in found] == [1, 5, 1, 5]
    two = "sweep: {together: [{noise: [0, 1], seed: [0, 1]}, {loss: [log, huber], data.nan: [drop, error]}]}\n"
    assert [run.name for run in runs(FILE + two)][1] == "x-noise=0-seed=0-loss=huber-nan=error"


def test_tables_of_a_folder(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv", "deep/a.csv", "c d.csv", "note.txt"):
        path = tmp_path / "tables" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x,y\n1,2\n")
    (tmp_path / "tables" / "folder.csv").mkdir()
    path = tmp_path / "x.yaml"
    path.write_text('version: 1\nname: x\ndata: {target: y}\nsweep: {data.file: {files: "tables/*.csv"}}\n')
    found = read_sweep(path).runs
    assert [run.name for run in found] == ["x-file=a", "x-file=b", "x-file=c_d"]
    names = [str(tmp_path / "tables" / f"{name}.csv") for name in ("a", "b", "c d")]
    assert [run.specification.data.file for run in found] == names
    path.write_text('version: 1\nname: x\ndata: {target: y}\nsweep: {data.file: {files: ["**/*.csv"]}}\n')
    assert [run.name for run in read_sweep(path).runs] == [
        "x-file=tables_a", "x-file=b", "x-file=c_d", "x-file=deep_a",
    ]  # fmt: skip


def test_what_runs_have_on_the_axes_is_told() -> None:
    swept = sweep_of(read_document_text(PIECES, "x.yaml"))
    assert swept.axes == {"problem": ("kepler", "drawn"), "noise": ("0", "0.1")}
    assert [dict(run.values) for run in swept.runs][2] == {"problem": "drawn", "noise": "0"}
    assert sweep_of(read_document_text(FILE)).axes == {}


def test_a_long_name_is_cut_and_stays_another() -> None:
    text = FILE + "sweep: {" + ", ".join(
        f"functions.{name}.max_complexity: [{1}, {2}]" for name in ("f", "g", "h", "i", "j", "k")
    ) + "}\n"
    names = [run.name for run in runs(text)]
    assert len(set(names)) == 64 and max(map(len, names)) <= 100 and names[0].startswith("x-max_complexity=1-")


WORDS = st.one_of(st.integers(-5, 5), st.floats(-1, 1), st.text(max_size=25), st.booleans(), st.none())


@settings(max_examples=40)
@given(st.lists(WORDS, min_size=1, max_size=5), st.lists(WORDS, min_size=1, max_size=4))
def test_names_are_unique_and_safe_whatever_the_values(first: list[Any], second: list[Any]) -> None:
    """Settings of a backend take any value, so that only the names are at stake."""
    text = dump_document({
        "version": 1, "name": "x", "data": {"file": "x.csv"},
        "sweep": {"backend.settings.a": first, "backend.settings.b": second},
    })  # fmt: skip
    try:
        found = runs(text)
    except SpecificationError as error:
        assert "would have the same name; is a value there twice?" in str(error)
        assert any(len(set(map(str, values))) < len(values) for values in (first, second))
        return
    names = [run.name for run in found]
    assert len(set(names)) == len(found) == len(first) * len(second)
    assert all(len(name) <= 100 and "/" not in name and ".." not in name and name[-1] not in ". " for name in names)
    assert [run.backend.settings["a"] for run in found] == [value for value in first for _ in second]


@settings(max_examples=30)
@given(st.lists(st.integers(1, 6), min_size=1, max_size=5))
def test_runs_are_the_product_of_all_axes(counts: list[int]) -> None:
    axes = {f"backend.settings.s{place}": list(range(count)) for place, count in enumerate(counts)}
    text = dump_document({"version": 1, "name": "x", "data": {"file": "x.csv"}, "sweep": axes})
    if math.prod(counts) > 1000:
        with pytest.raises(SpecificationError, match="1000 at most"):
            runs(text)
    elif math.prod(counts) < 40:
        assert len(runs(text)) == math.prod(counts)


def as_before(key: str, values: list[Any]) -> list[str]:
    """How a value was written in a run's name before there were ranges, files and names."""
    plain = re.compile(r"[\w.+-]{1,20}")
    texts = [text if plain.fullmatch(text) else str(place) for place, text in enumerate(map(str, values))]
    return [f"-{key.rpartition('.')[2]}={text}" for text in texts]


@settings(max_examples=60)
@given(st.lists(WORDS, min_size=1, max_size=5, unique_by=str))
def test_runs_of_old_sweeps_are_found_again_by_their_names(values: list[Any]) -> None:
    before = as_before("backend.settings.a", values)
    assume(len(set(before)) == len(before) and not any(".." in name or name.endswith(".") for name in before))
    document = {"version": 1, "name": "x", "data": {"file": "x.csv"}, "sweep": {"backend.settings.a": values}}
    lines = {("sweep", "backend.settings.a", place): 1 for place in range(len(values))}
    found = sweep_of(Document(document, {(): 1, ("sweep",): 1, **lines}, "x.yaml")).runs
    names = [run.name for run in found]
    assert names == [f"x{name}" for name in before]


def test_an_axis_may_add_to_what_another_has_set() -> None:
    found = runs("version: 1\nname: x\nsweep: {data: [{file: a.csv}, {file: b.csv}], data.target: [y, z]}\n")
    assert [(run.data.file, run.data.target) for run in found] == [
        ("a.csv", "y"), ("a.csv", "z"), ("b.csv", "y"), ("b.csv", "z"),
    ]  # fmt: skip
