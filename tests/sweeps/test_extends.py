"""What several experiments share stands in one file, and a mistake is told where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from symreg.errors import SpecificationError
from symreg.sweeps.language import read_specifications, read_sweep

BASE = """\
version: 1
name: base
data: {file: table.csv, target: y}
columns: {x: {unit: m}, t: {unit: s}}
operators: ["+", "*"]
budget: {time: 5 s, memory: 1 GB}
"""


def written(folder: Path, **files: str) -> Path:
    """The files, of which the last is returned; ``a__b`` is ``a/b.yaml``."""
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return path


def told(path: Path) -> str:
    with pytest.raises(SpecificationError) as caught:
        read_sweep(path)
    return str(caught.value)


def test_blocks_are_joined_and_own_keys_win(tmp_path: Path) -> None:
    own = "extends: base.yaml\nname: own\ncolumns: {x: {unit: km}}\noperators: [sqrt]\nbudget: {time: 9 s}\n"
    (found,) = read_specifications(written(tmp_path, base=BASE, own=own))
    assert found.name == "own" and found.operators == ("sqrt",)
    assert {name: part.unit for name, part in found.columns.items()} == {"x": "km", "t": "s"}
    assert found.budget.time == 9 and found.budget.memory == 10**9


def test_files_lie_beside_the_file_that_names_them(tmp_path: Path) -> None:
    base = BASE + "backend: [{name: hypotheses, file: laws.txt}, native]\n"
    path = written(tmp_path, parts__base=base, own="extends: parts/base.yaml\nname: own\n")
    (found,) = read_specifications(path)
    assert found.data.file == str(tmp_path / "parts" / "table.csv")
    assert found.backend.file == str(tmp_path / "parts" / "laws.txt")
    path.write_text("extends: parts/base.yaml\ndata: {file: mine.csv}\n")
    assert read_specifications(path)[0].data.file == str(tmp_path / "mine.csv")


def test_files_of_a_shared_sweep_too(tmp_path: Path) -> None:
    (tmp_path / "pa[r]ts").mkdir()
    for name in ("a", "b"):
        (tmp_path / "pa[r]ts" / f"{name}.csv").write_text("x,y\n1,2\n")
    sweep = """\
sweep:
  data.file: {files: "*.csv"}
  together:
    - {backend: {few: {name: hypotheses, file: few.txt}, none: native}, seed: [0, 1]}
"""
    path = written(tmp_path, **{"pa[r]ts__base": BASE + sweep}, own="extends: pa[r]ts/base.yaml\nname: own\n")
    found = read_specifications(path)
    assert [run.name for run in found][:2] == ["own-file=a-backend=few-seed=0", "own-file=a-backend=none-seed=1"]
    assert [run.data.file for run in found[::2]] == [str(tmp_path / "pa[r]ts" / f"{name}.csv") for name in ("a", "b")]
    assert found[0].backend.file == str(tmp_path / "pa[r]ts" / "few.txt")
    pieces = BASE + "sweep: {case: {one: {data: {file: a.csv}}, two: {data.file: b.csv}}}\n"
    found = read_specifications(written(tmp_path, **{"pa[r]ts__base": pieces}, own="extends: pa[r]ts/base.yaml\n"))
    assert [run.data.file for run in found] == [str(tmp_path / "pa[r]ts" / f"{name}.csv") for name in ("a", "b")]


def test_of_several_the_later_wins_and_they_may_extend_others(tmp_path: Path) -> None:
    path = written(
        tmp_path, deepest=BASE, first="extends: deepest.yaml\nseed: 1\nloss: log\n", second="seed: 2\n",
        own="extends: [first.yaml, second.yaml]\nname: own\n",
    )  # fmt: skip
    (found,) = read_specifications(path)
    assert (found.seed, found.loss, found.data.target) == (2, "log", "y")


def test_an_axis_of_the_file_stands_for_the_whole_axis(tmp_path: Path) -> None:
    base = BASE + "sweep: {seed: {from: 0, to: 4, step: 1}, noise: [0, 1]}\n"
    own = "extends: base.yaml\nname: own\nsweep: {seed: {from: 7, to: 8, count: 2}}\n"
    path = written(tmp_path, base=base, own=own)
    assert [run.name for run in read_specifications(path)] == [
        "own-seed=7-noise=0", "own-seed=7-noise=1", "own-seed=8-noise=0", "own-seed=8-noise=1",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ("name: own\nextends: bse.yaml\n", "own.yaml, line 2, extends: bse.yaml is not there; it is looked for beside"),
        ("extends: [base.yaml, x.yaml]\n", "own.yaml, line 1, extends[1]: x.yaml is not there"),
        ("extends: 3\n", "own.yaml, line 1, extends: should be the name of a file such as base.yaml"),
        ("extends: [{a: b}]\n", "extends[0]: should be the name of a file"),
        ("extends: ''\n", "extends: should be the name of a file"),
        ("extends: parts\n", "own.yaml, line 1, extends: parts is a folder"),
        ("extends: own.yaml\n", "own.yaml, line 1, extends: this is a loop: own.yaml extends own.yaml"),
        ("extends: parts/a.yaml\n", "parts/a.yaml, line 1, extends: this is a loop: own.yaml extends a.yaml ext"),
        ("extends: list.yaml\n", "list.yaml, line 1: should be a block of keys, which own.yaml extends"),
        ("extends: broken.yaml\n", "broken.yaml"),
        ("extends: base.yaml\nbudget: {tme: 3 s}\n", "own.yaml, line 2, budget.tme: unknown key 'tme'"),
        ("extends: slip.yaml\n", "slip.yaml, line 3, budget.tme: unknown key 'tme'"),
        ("name: own\nextends: slip.yaml\nseed: -1\n", "slip.yaml, line 3, budget.tme: unknown key 'tme'"),
        ("name: own\nextends: slip.yaml\nseed: -1\n", "\n  line 3, seed: should be greater"),
        ("extends: parts/deep.yaml\n", "parts/deeper.yaml, line 1, sed: unknown key 'sed'"),
        ("extends: swept.yaml\n", "swept.yaml, line 4, seed: should be a whole number, not 'x'"),
        ("extends: ranged.yaml\n", "ranged.yaml, line 2, sweep.seed.step: steps of 0 do not lead from 1 to 2"),
        ("name: own\n", "own.yaml"),
    ],
)
def test_mistakes_are_told_where_they_stand(own: str, said: str, tmp_path: Path) -> None:
    path = written(
        tmp_path, base=BASE, parts__a="extends: ../own.yaml\n", parts__deep="extends: [../base.yaml, deeper.yaml]\n",
        parts__deeper="sed: 1\n", list="[1]\n", broken="a: [\n",
        slip="extends: base.yaml\n\nbudget: {tme: 3 s}\n",
        swept="extends: base.yaml\nsweep:\n  seed:\n    - x\n",
        ranged="extends: base.yaml\nsweep: {seed: {from: 1, to: 2, step: 0}}\n", own=own,
    )  # fmt: skip
    assert said in told(path)


def test_a_key_that_the_file_replaces_is_not_reported_of_the_shared_one(tmp_path: Path) -> None:
    slip = BASE.replace("time: 5 s", "time: [5, s]")
    path = written(tmp_path, base=slip, own="extends: base.yaml\nname: own\n\nbudget:\n  time: never\n")
    assert told(path).startswith("own.yaml, line 5, budget.time: write a duration")
    path.write_text("extends: base.yaml\nname: own\n")
    assert told(path).startswith("base.yaml, line 6, budget.time: write a duration")


def test_files_that_name_each_other_many_times_over_are_refused(tmp_path: Path) -> None:
    files = {f"f{n}": f"extends: [{', '.join([f'f{n + 1}.yaml'] * 9)}]\n" for n in range(4)}
    assert "more than 50 files are joined here" in told(written(tmp_path, f4=BASE, **files, own="extends: f0.yaml\n"))


def test_a_stored_run_extends_nothing(tmp_path: Path) -> None:
    from symreg.experiment.specification import read_specification

    with pytest.raises(SpecificationError, match="unknown key 'extends'"):
        read_specification(written(tmp_path, base=BASE, own="extends: base.yaml\n" + BASE))


LINES = """\
version: 1
name: x
data:
  file: x.csv
  target: y
budget:
  time: 5 s
sweep:
  noise:
    - 0
    - 0.1
  seed:
    from: 0
    to: 4
    step: 2
  operators:
    few: ["+"]
    many: ["+", "*"]
  case:
    a:
      loss: log
    b:
      constraints.max_complexity: 9
      data:
        test_fraction: 0.5
  together:
    data.nan: [drop, error]
    ranking:
      one: held_out
      two:
        by: cross_validation
        folds: 3
""".splitlines()
WITH_VALUE = [place for place, line in enumerate(LINES) if line.split(":")[-1].strip() or line.strip().startswith("-")]


def test_the_file_of_many_lines_is_right(tmp_path: Path) -> None:
    assert len(read_specifications(written(tmp_path, own="\n".join(LINES)))) == 2 * 3 * 2 * 2 * 2


@pytest.mark.parametrize("place", WITH_VALUE)
def test_every_mistake_is_told_with_its_line_in_whatever_file(place: int, tmp_path: Path) -> None:
    """What stands there is replaced by what stands nowhere."""
    line = LINES[place]
    head = line[: line.index("- ") + 2] if line.strip().startswith("-") else line[: line.index(": ") + 2]
    text = "\n".join([*LINES[:place], head + "{wrong: [1], other: [1]}", *LINES[place + 1 :]])
    path = written(tmp_path, base=text, own="# one\n# two\nextends: base.yaml\n")
    for said in (told(tmp_path / "base.yaml"), told(path)):
        assert said.startswith(("base.yaml, ", "base.yaml has ", "own.yaml has ")) and f"line {place + 1}, " in said


@pytest.mark.parametrize("place", [place for place, line in enumerate(LINES) if ":" in line and place > 1])
def test_every_key_that_is_not_known_is_told_with_its_line(place: int, tmp_path: Path) -> None:
    """A name that people give, of a value or of a piece, may be any; all other keys are known ones."""
    line = LINES[place]
    key = line.split(":")[0].strip()
    if key in ("few", "many", "case", "a", "b", "one", "two"):
        return
    text = "\n".join([*LINES[:place], line.replace(f"{key}:", "wrong_key:", 1), *LINES[place + 1 :]])
    said = told(written(tmp_path, own=text))
    assert f"line {place + 1}, " in said or "is missing" in said or "needs" in said or "should be" in said, said


@pytest.mark.parametrize("name", ["con", "a.", "../x", "", "/x", "a/b", "x" * 101])
def test_the_name_of_a_sweep_names_a_folder_too(name: str, tmp_path: Path) -> None:
    path = written(tmp_path, own=BASE.replace("name: base", f"name: '{name}'") + "sweep: {seed: [1]}\n")
    assert "cannot name a folder" in told(path)


def test_a_value_of_an_axis_is_a_mistake_where_the_axis_stands(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(BASE_OF_ONE)
    (tmp_path / "own.yaml").write_text("extends: base.yaml\nname: own\nsweep: {backend.name: [native, nosuch]}\n")
    with pytest.raises(SpecificationError, match=r"own\.yaml, line 3, backend\.name: 'nosuch' is not known"):
        read_sweep(tmp_path / "own.yaml")


BASE_OF_ONE = "version: 1\nname: base\ndata: {dataset: kepler}\nbackend: {threads: 1}\n"
