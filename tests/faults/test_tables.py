"""Tables that cannot be trusted, and the sentence that says so."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from astropy.table import MaskedColumn
from astropy.table import Table as AstropyTable

from symreg.errors import SymregError, TableError
from symreg.problem.making import make_problem
from symreg.tables.table import read_table


def fails(source: Any, **options: Any) -> str:
    with pytest.raises(TableError) as error:
        read_table(source, **options)
    copy = pickle.loads(pickle.dumps(error.value))
    assert type(copy) is TableError and str(copy) == str(error.value)
    return str(error.value)


def fails_as_csv(folder: Path, text: str, **options: Any) -> str:
    path = folder / "data.csv"
    path.write_text(text, encoding="utf-8")
    return fails(path, **options)


# Missing and infinite cells

MISSING = [np.nan, np.inf, -np.inf]


@pytest.mark.parametrize("bad", MISSING)
def test_a_bad_number_names_column_count_and_rows(bad: float) -> None:
    text = fails({"x [m]": [1.0, 2.0, bad, 4.0, bad], "y": [1.0, 2.0, 3.0, 4.0, 6.0]})
    assert "column 'x'" in text and "2 of 5 cells are empty or not finite" in text and "(rows 3, 5)" in text
    assert "nan='drop'" in text


def test_only_the_first_rows_are_listed_and_other_columns_named() -> None:
    text = fails({"x": [np.nan] * 100, "y": [1.0] * 99 + [np.nan]})
    assert "(rows 1, 2, 3, 4, 5, ...)" in text and "'y' (1)" in text


@pytest.mark.parametrize(
    "cell", ["", " ", "nan", "NaN", "NA", "N/A", "null", "--", "None", "inf", "-Infinity"]
)
def test_empty_cells_of_a_file(tmp_path: Path, cell: str) -> None:
    text = fails_as_csv(tmp_path, f"x [m],y [s]\n1,2\n{cell},3\n5,6\n")
    assert "1 of 3 cells is empty or not finite (row 2)" in text


def test_masked_cells() -> None:
    masked = np.ma.array([1.0, 2.0, 3.0], mask=[False, True, False])
    assert "1 of 3 cells is empty or not finite (row 2)" in fails({"x": masked, "y": [1, 2, 4]})
    table = AstropyTable({"x": MaskedColumn([1, 2, 3], mask=[True, False, False], unit="m"), "y": [1, 2, 4]})
    assert "(row 1)" in fails(table)
    assert "(row 2)" in fails(pd.DataFrame({"x": pd.array([1, None, 3], dtype="Int64"), "y": [1, 2, 4]}))
    assert "(row 2)" in fails(pd.DataFrame({"x": [1, None, "3"], "y": [1, 2, 4]}, dtype=object))


def test_dropping_is_noted() -> None:
    table = read_table({"x": [1.0, np.nan, 3.0], "y": [1.0, 2.0, np.inf]}, nan="drop")
    assert table.n_rows == 1
    assert "2 of 3 rows left out: empty or not finite in 'x' (1), 'y' (1)" in table.notes


def test_dropping_everything_is_an_error() -> None:
    assert "no row is complete" in fails({"x": [np.nan, 1.0], "y": [1.0, np.nan]}, nan="drop")


def test_missing_uncertainties_count_as_missing() -> None:
    data = {"x": [1.0, 2.0], "ex": [0.1, np.nan]}
    assert "column 'ex'" in fails(data, sigma={"x": "ex"})
    assert read_table(data, sigma={"x": "ex"}, nan="drop").n_rows == 1


@pytest.mark.parametrize("units", [["m"], "m", {"x": 5}, {"x": None}, {0: "m"}])
def test_units_that_are_no_mapping_of_texts(units: Any) -> None:
    assert "units=" in fails({"x": [1.0, 2.0]}, units=units)


def test_an_unknown_choice_for_nan() -> None:
    assert "'error' or 'drop'" in fails({"x": [1.0]}, nan="ignore")


# Text where numbers belong


def test_text_among_numbers_names_the_rows(tmp_path: Path) -> None:
    text = fails_as_csv(tmp_path, "x [m],y\n1,2\n<0.5,3\n2,4\nabout 3,5\n")
    assert "2 cells hold text among 2 numbers: '<0.5', 'about 3' (rows 2, 4)" in text
    assert "'x [label]'" in text


def test_text_far_down_a_long_file_is_found(tmp_path: Path) -> None:
    text = fails_as_csv(tmp_path, "x\n" + "1\n" * 40_000 + "oops\n")
    assert "(row 40001)" in text


@pytest.mark.parametrize("cell", ['"3,14"', '"12345,6"', '"-2,5e-3"'])
def test_commas_inside_numbers(tmp_path: Path, cell: str) -> None:
    text = fails_as_csv(tmp_path, f"x [m],y [s]\n1,2\n{cell},3\n5,6\n")
    assert "a comma inside a number" in text and "(row 2)" in text and "Decimal commas" in text


def test_a_comma_that_reads_in_two_ways(tmp_path: Path) -> None:
    text = fails_as_csv(tmp_path, "x [m];y [s]\n1,234;2\n3,140;3\n")
    assert "2 cells hold a comma inside a number that reads in two ways: '1,234', '3,140' (rows 1, 2)" in text
    assert "Say decimal: ',' if 1,234 is 1.234, or decimal: '.' if it is 1234" in text


def test_decimal_commas_among_decimal_points(tmp_path: Path) -> None:
    text = fails_as_csv(tmp_path, "x [m];y [s]\n1,5;2.25\n3,14;3.5\n")
    assert "2 cells hold a comma inside a number: '1,5', '3,14'" in text


def test_decimal_commas_that_split_cells(tmp_path: Path) -> None:
    text = fails_as_csv(tmp_path, "x [m],y [s]\n1,2\n3,14,3,5\n")
    assert "4 cells where the header has 2 (row 2)" in text and "3,14" in text


def test_short_rows(tmp_path: Path) -> None:
    assert "1 cells where the header has 2 (row 2)" in fails_as_csv(tmp_path, "x,y\n1,2\n3\n")


@pytest.mark.parametrize("cell", ["1_000", "0x10", "1e", "12%", "1 2", "5±1", "=cmd()|'/c calc'!A0", "--1"])
def test_what_is_no_number(tmp_path: Path, cell: str) -> None:
    assert "1 cell holds text among 2 numbers" in fails_as_csv(tmp_path, f"x;y\n1;2\n{cell};3\n5;6\n")


def test_signs_of_typesetters_are_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x,y\n\u22121.5, 2\n+3,4e-1\n", encoding="utf-8")
    assert read_table(path)["x"].values.tolist() == [-1.5, 3.0]


# Shape and names


def test_a_header_without_rows(tmp_path: Path) -> None:
    assert "a header but no rows" in fails_as_csv(tmp_path, "x [m],y [s]\n")
    assert "a header but no rows" in fails(pd.DataFrame({"x": [], "y": []}))


def test_an_empty_file(tmp_path: Path) -> None:
    assert "the file is empty" in fails_as_csv(tmp_path, "")
    assert "the file is empty" in fails_as_csv(tmp_path, "\n# only a comment\n")


@pytest.mark.parametrize("text", ["1,a,2\n3,b,4\n", "country,1990,1991\nUK,5,6\n", "x,1\n1,2\n3,4\n"])
def test_a_first_line_that_may_be_header_or_data(tmp_path: Path, text: str) -> None:
    told = fails_as_csv(tmp_path, text)
    assert "line 1 holds text and numbers" in told and "header_rows: 1" in told and "header_rows: 0" in told


def test_nothing_but_text(tmp_path: Path) -> None:
    assert "no column of numbers" in fails_as_csv(tmp_path, "planet,star\nEarth,Sun\n")
    assert "no column of numbers" in fails({})


def test_the_target_holds_text(tmp_path: Path) -> None:
    text = fails_as_csv(tmp_path, "planet,P [d]\nEarth,365\n", target="planet")
    assert "the target holds text" in text


@pytest.mark.parametrize("header", ["x,x", "x [m],x [s]", "x [m], x (m)", "x ,x"])
def test_duplicate_names(tmp_path: Path, header: str) -> None:
    assert "column 'x': two columns have this name" in fails_as_csv(tmp_path, f"{header}\n1,2\n3,4\n")


def test_duplicate_names_of_a_frame() -> None:
    frame = pd.DataFrame(np.eye(2), columns=["x", "x"])
    assert "two columns have this name" in fails(frame)


def test_a_nameless_column(tmp_path: Path) -> None:
    assert "a column has no name" in fails_as_csv(tmp_path, "x,\n1,2\n3,4\n")


def test_unequal_lengths() -> None:
    assert "3 values, but column 'x' has 2" in fails({"x": [1, 2], "y": [1, 2, 3]})


@pytest.mark.parametrize("values", [5.0, np.eye(2), [[1, 2], [3, 4]]])
def test_values_of_the_wrong_shape(values: Any) -> None:
    assert "one row needs one number" in fails({"x": values})


def test_complex_numbers() -> None:
    assert "complex" in fails({"x": np.array([1j, 2.0])})


def test_several_header_levels() -> None:
    frame = pd.DataFrame(np.eye(2), columns=pd.MultiIndex.from_tuples([("a", "b"), ("a", "c")]))
    assert "several header levels" in fails(frame)


def test_numbers_too_large_for_si() -> None:
    assert "too large" in fails({"x [km]": [1.0, 1e307], "y": [1.0, 2.0]})


def test_columns_without_end(tmp_path: Path) -> None:
    assert "more than 5000" in fails_as_csv(tmp_path, ",".join(f"x{i}" for i in range(5001)) + "\n")


# Files


def test_no_such_file(tmp_path: Path) -> None:
    assert "there is no such file" in fails(tmp_path / "none.csv")
    assert "a folder" in fails(tmp_path)
    assert "there is no such file" in fails("x,y\n1,2\n")


@pytest.mark.parametrize("name", ["a.xlsx", "a.ods", "a.xls"])
def test_spreadsheets_that_are_none(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"PK")
    assert "the sheet as CSV" in fails(tmp_path / name)


def test_encodings_that_are_wrong(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("x [µm],y\n1,2\n".encode("latin-1"))
    assert "Save the file as UTF-8" in fails(tmp_path / "a.csv", encoding="utf-8")
    assert "encoding='none' is not known" in fails(tmp_path / "a.csv", encoding="none")


@pytest.mark.parametrize(
    "content", [b"x,y\n1,2\n\x00,1\n", b'x,y\n"1,2\n3,4\n', b"x,y\n" + b"1" * 200_000 + b",2\n"]
)
def test_broken_files(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(SymregError):
        read_table(tmp_path / "a.csv")


@pytest.mark.parametrize("name", ["a.parquet", "a.ecsv", "a.feather", "a.fits", "a.vot", "a.nc", "a.h5"])
def test_files_that_are_not_what_they_say(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"x,y\n1,2\n")
    assert "not a readable" in fails(tmp_path / name)


@pytest.mark.parametrize("source", [None, 5, [1, 2], object(), np.eye(2)])
def test_what_is_no_table(source: Any) -> None:
    assert "this is not a table" in fails(source)


# Tables too small or too flat for a law


def test_one_row() -> None:
    table = read_table({"x [m]": [1.0], "y [s]": [2.0]}, target="y")
    with pytest.raises(SymregError, match="has 1 row, and at least 3 are needed"):
        make_problem(table)


def test_a_constant_target() -> None:
    table = read_table({"x [m]": [1.0, 2.0, 3.0], "y [s]": [2.0, 2.0, 2.0]}, target="y")
    with pytest.raises(SymregError, match="'y' is 2 s in every row, so there is nothing to explain"):
        make_problem(table)


def test_a_constant_input_is_noted() -> None:
    table = read_table({"g [m/s2]": [9.81] * 4, "y [s]": [2.0, 2.5, 2.1, 1.0]}, target="y")
    assert any("'g' has the same value in every row" in note for note in table.notes)


# Hostile names

HOSTILE = [
    "<script>alert(1)</script>", "\\input{/etc/passwd}", "../../x", "=cmd()", "__import__('os')", "a;b",
    "a'b", '"q"', "lambda", "I", "E", "S", "N", "gamma", "beta",
    "sin", "exp(x)", "x y z", "\N{GREEK SMALL LETTER ALPHA}", "$x$", "{{7*7}}", "%s", "a\\b", "0",
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_only_names(name: str) -> None:
    table = read_table({name: [1.0, 2.0, 4.0], "y": [1.0, 3.0, 2.0]}, target="y")
    assert table.names == (name, "y")
    assert make_problem(table).inputs == (name,)


@pytest.mark.parametrize("name", ["", "a\x00b", "a\u202eb", "a`b", "n" * 500, "\x1b[2J"])
def test_names_that_cannot_be_shown_are_refused(name: str) -> None:
    fails({name: [1.0, 2.0], "y": [1.0, 3.0]})
