"""Keys of ``data:`` that say how a file is written, and what ``symreg check`` shows of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from symreg.errors import SpecificationError, TableError
from symreg.experiment.assembly import configuration, problem_of
from symreg.experiment.specification import Specification, read_specification, specification_of
from symreg.problem.summary import describe

ROWS = "T;L;g;note\ns;m;cgs;\n1,0;0,248;1;a\n2,0;0,994;;b\n3,0;2,237;3;c\n4,0;3,976;4;d\n"


def asked(folder: Path, data: str, more: str = "", rows: str = ROWS) -> Specification:
    (folder / "rows.csv").write_text(rows, encoding="utf-8")
    (folder / "a.yaml").write_text(f"version: 1\nname: a\ndata: {{file: rows.csv, {data}}}\n{more}", encoding="utf-8")
    return read_specification(folder / "a.yaml")


def test_check_shows_how_the_file_was_understood(tmp_path: Path) -> None:
    text = str(describe(problem_of(asked(tmp_path, "target: T, inputs: [L]"))))
    header = "2 header rows (units in row 2 of them)"
    assert f"Read as text, UTF-8, semicolons between cells, decimal comma, {header}" in text
    assert "Note: column 'g' was left out: cannot read the unit \"cgs\"" in text


def test_keys_say_what_a_file_does_not_show(tmp_path: Path) -> None:
    rows = "made in 1905\nT L\n1,234 1,5\n2,345 -9\n3,456 2,5\n4,567 3,5\n"
    data = "target: T, separator: blanks, decimal: ',', skip_rows: 1, header_rows: 1, missing: [-9], nan: drop"
    problem = problem_of(asked(tmp_path, data, rows=rows))
    assert problem.table["T"].user_numbers.tolist() == [1.234, 3.456, 4.567]


def test_no_row_is_lost_for_a_column_that_is_not_asked_for(tmp_path: Path) -> None:
    rows = "T [s],L [m],g\n1,0.25,\n2,1.0,3\n3,2.2,4\n4,4.0,5\n"
    assert problem_of(asked(tmp_path, "target: T, inputs: [L], nan: drop", rows=rows)).table.n_rows == 4
    assert problem_of(asked(tmp_path, "target: 'T = f(L)', nan: drop", rows=rows)).table.n_rows == 4
    assert problem_of(asked(tmp_path, "target: T, nan: drop", rows=rows)).table.n_rows == 3


def test_an_input_that_was_left_out_says_why(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"column 'L'.*1 cell holds text among 3 numbers"):
        problem_of(asked(tmp_path, "target: T, inputs: [L]", rows="T,L\n1,x\n2,3\n3,4\n4,5\n"))
    with pytest.raises(TableError, match=r"column 'L'.*1 cell holds text among 3 numbers"):
        problem_of(asked(tmp_path, "target: 'T = f(L)'", rows="T,L\n1,x\n2,3\n3,4\n4,5\n"))


def test_the_resolved_file_says_no_more_than_was_said(tmp_path: Path) -> None:
    plain = configuration(asked(tmp_path, "target: T"), tmp_path)["data"]
    assert not {"separator", "decimal", "missing", "sheet"} & set(plain)
    said = configuration(asked(tmp_path, "target: T, decimal: ',', missing: [n.d.]"), tmp_path)["data"]
    assert said["decimal"] == "," and said["missing"] == ["n.d."]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("{file: a.csv, decimal: x}", "data.decimal"),
        ("{file: a.csv, header_rows: -1}", "data.header_rows"),
        ("{file: a.csv, seperator: ;}", "separator"),
        ("{dataset: kepler, decimal: ','}", "decimal says how a file is written, and there is none"),
    ],
)
def test_what_cannot_be_said(data: str, says: str) -> None:
    with pytest.raises(SpecificationError) as error:
        specification_of(f"version: 1\nname: a\ndata: {data}\n")
    assert says in str(error.value)
