"""``symreg init``: the file that it writes, what it says, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from symreg.experiment import problem_of
from symreg.sweeps import read_specifications
from symreg.tables import dataset_names, datasets_folder
from symreg.tables.catalog import source_facts
from tests.cli.helpers import PENDULUM, symreg_, table


def columns(path: Path) -> list[str]:
    """The lines of ``columns:`` as the file has them."""
    text = path.read_text(encoding="utf-8")
    return text[text.index("columns:\n") :].split("\n\n")[0].splitlines()[1:]


def test_every_column_stands_there_with_its_unit_and_range(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = table(tmp_path)
    assert symreg_("init", path, "--target", "T") == 0
    made = tmp_path / "pendulum.yaml"
    assert columns(made) == [
        '  T: {unit: "s"}   # target, 1.681 to 3.167',
        '  L: {unit: "m"}   # 0.7 to 2.5',
        '  m: {unit: "kg"}  # 0.186 to 0.491',
    ]
    text = made.read_text(encoding="utf-8").replace("\n# ", " ")
    assert "6 rows" in text and "time (s) is missing" in text and "g_n (standard acceleration of gravity)" in text
    said = capsys.readouterr().out
    assert f"{made} is written: T [s] from L [m], m [kg]; 6 rows of pendulum.csv" in " ".join(said.split())
    assert symreg_("check", made) == 0
    assert "pendulum: pendulum.csv, 6 rows" in capsys.readouterr().out


def test_a_file_that_is_there_stays_unless_force_is_given(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, made = table(tmp_path), tmp_path / "pendulum.yaml"
    made.write_text("mine", encoding="utf-8")
    assert symreg_("init", path, "--target", "T") == 2
    assert "is there already; give --force" in capsys.readouterr().err
    assert made.read_text(encoding="utf-8") == "mine"
    assert symreg_("init", path, "--target", "T", "--force") == 0
    assert symreg_("init", path, "--target", "m", "--output", tmp_path / "mass.yaml") == 0
    assert read_specifications(tmp_path / "mass.yaml")[0].data.target == "m"
    assert read_specifications(made)[0].data.target == "T"


def test_another_folder_finds_the_table(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "questions").mkdir()
    path, made = table(tmp_path / "raw"), tmp_path / "questions" / "T.yml"
    assert symreg_("init", path, "--target", "T", "--output", made) == 0
    assert "file: ../raw/pendulum.csv" in made.read_text(encoding="utf-8")
    assert problem_of(read_specifications(made)[0]).table.n_rows == 6


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["pendulum.csv"], "is to be explained: --target NAME. There are: L [m], m [kg], T [s]."),
        (["pendulum.csv", "--target", "t"], "there is no column 't' to be the target. There are: L, m, T."),
        (["nowhere.csv", "--target", "T"], "there is no such file"),
        (["pendulum.csv", "--target", "T", "--output", "x.txt"], "x.txt is no name of an experiment's file; give"),
        (["pendulum.csv", "--target", "T", "--output", "no/x.yaml"], "cannot be written (No such file or directory)"),
        (["old.yaml", "--target", "T"], "old.yaml is an experiment already"),
        (["constant.csv", "--target", "y"], "is 1 dimensionless in every row"),
    ],
)  # fmt: skip
def test_what_cannot_be_written_is_told(
    arguments: list[str],
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    table(tmp_path)
    table(tmp_path, "x,y\n1,1\n2,1\n3,1\n", "constant.csv")
    table(tmp_path, "version: 1\n", "old.yaml")
    assert symreg_("init", *arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith("symreg: ") and told in error
    assert sorted(path.name for path in tmp_path.iterdir()) == ["constant.csv", "old.yaml", "pendulum.csv"]


def test_columns_without_target_are_listed_though_one_cannot_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert symreg_("init", table(tmp_path, "a [kmm],b [m],c,d\n1,2,3,x\n,3,4,y\n3,4,,z\n")) == 2
    assert "There are: b [m], c." in capsys.readouterr().err


def test_what_is_to_be_said_of_a_column_stands_above_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "E [J/mol K],x,x_err,bad [kmm],who\n" + "".join(f"{i * i},{i},0.1,{i},{'ab'[i % 2]}\n" for i in range(1, 9))
    assert symreg_("init", table(tmp_path, text), "--target", "E") == 0
    made = tmp_path / "pendulum.yaml"
    lines = columns(made)
    assert lines[0] == '  # "J/mol K" is read as "J*K/mol"; did you mean "J/(mol K)"?'
    assert lines[1].startswith('  E: {unit: "J/mol K"}')
    assert '  x: {unit: "1"}        # 1 to 8, no unit was given, so plain numbers' in lines
    about = lines[lines.index('  x: {unit: "1"}        # 1 to 8, no unit was given, so plain numbers') + 1 :]
    assert about[0].startswith("  # looks like the uncertainty of 'x'") and "x_err: " in "".join(about)
    assert any(line.startswith("  # bad: left out, cannot read the unit") for line in lines)
    assert any(line.startswith("  # who: holds text and takes no part in a law") for line in lines)
    assert 'did you mean "J/(mol K)"?' in capsys.readouterr().out


def test_a_few_empty_cells_cost_rows_and_many_cost_the_column(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [[i, i * i, i if i == 1 else "", i**3 if i != 4 else ""] for i in range(1, 11)]
    path = table(tmp_path, "a,b,rare,y\n" + "".join(",".join(map(str, row)) + "\n" for row in rows))
    assert symreg_("init", path, "--target", "y") == 0
    text = (tmp_path / "pendulum.yaml").read_text(encoding="utf-8")
    assert "\n  inputs: [a, b]\n" in text and "\n  nan: drop\n" in text
    assert "# rare: left out, it is empty or not finite in rows" in text
    assert "1 of 10 rows left out" in text and "1 of 10 rows left out" in capsys.readouterr().out
    path = table(tmp_path, "a,y\n" + "".join(f"{row[0]},{row[3]}\n" for row in rows), "few.csv")
    assert symreg_("init", path, "--target", "y") == 0
    text = (tmp_path / "few.yaml").read_text(encoding="utf-8")
    assert "\n  # inputs: [a]\n" in text and "\n  nan: drop\n" in text
    assert symreg_("check", tmp_path / "few.yaml") == 0
    assert "9 rows" in capsys.readouterr().out


def test_how_a_file_is_written_can_be_said_otherwise(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "fall.txt"
    path.write_text("Gerät 7\n\nZeit;Weg\ns;m\n0,5;1,226\n1,0;4,903\n1,5;11,032\n", encoding="cp1252")
    assert symreg_("init", path, "--target", "Weg") == 0
    text = (tmp_path / "fall.yaml").read_text(encoding="utf-8")
    said = ['separator: ";"', 'decimal: ","', "header_rows: 2", "units_row: 2", "skip_rows: 2", "encoding: cp1252"]
    for line in said:
        assert f"\n  # {line}\n" in text
        text = text.replace(f"  # {line}\n", f"  {line}\n")
    (tmp_path / "fall.yaml").write_text(text, encoding="utf-8")
    assert symreg_("check", tmp_path / "fall.yaml") == 0
    assert "1.226 to 11.032" in capsys.readouterr().out


def test_a_sheet_and_a_packed_file(tmp_path: Path) -> None:
    import gzip

    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in ([cell.strip() for cell in line.split(",")] for line in PENDULUM.splitlines()):
        book.active.append([float(cell) if cell[0].isdigit() else cell for cell in row])
    book.save(tmp_path / "swing.xlsx")
    with gzip.open(tmp_path / "swings.csv.gz", "wt") as stream:
        stream.write(PENDULUM)
    for name, made in (("swing.xlsx", "swing.yaml"), ("swings.csv.gz", "swings.yaml")):
        assert symreg_("init", tmp_path / name, "--target", "T") == 0
        (specification,) = read_specifications(tmp_path / made)
        assert problem_of(specification).table["L"].user_numbers.tolist() == [1.7, 2.5, 1.6, 0.7, 2.2, 1.2]


@pytest.mark.parametrize("name", dataset_names())
def test_every_table_that_comes_along(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = tmp_path / f"{name}.yaml"
    file = datasets_folder() / name / "data.csv"
    assert symreg_("init", file, "--target", source_facts(name)["target"], "--output", made) == 0
    assert symreg_("check", made) == 0
    assert "\ndata: data.csv, " in capsys.readouterr().out


def test_nothing_from_outside_moves_the_cursor_or_ends_a_comment(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = 'x,y,"bad\x1b]31m","worse [k\x1bmm]"\n1,2,3,4\n2,3,4,5\n3,5,5,7\n'
    assert symreg_("init", table(tmp_path, text), "--target", "y") == 0
    said = capsys.readouterr().out
    assert "\x1b" not in said and "\x1b" not in (tmp_path / "pendulum.yaml").read_text(encoding="utf-8")
    assert symreg_("check", tmp_path / "pendulum.yaml") == 0
