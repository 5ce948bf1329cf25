"""Files as instruments, spreadsheets and programs write them, each with the values that it means."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from symreg.errors import TableError
from symreg.tables.table import Table, read_table


def written(folder: Path, text: str, name: str = "data.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def numbers(table: Table) -> dict[str, list[float]]:
    return {column.name: column.user_numbers.tolist() for column in table.columns}


# Files that people brought and that were refused


def test_blanks_and_rows_that_are_commented_out(tmp_path: Path) -> None:
    text = "d N y yerr\n2 100 0.19 0.04\n32 2000 0.07 0.007\n#64 40 17.2 0.5\n#64 100 16.8 0.1\n64 400 0.25 0.02\n"
    table = read_table(written(tmp_path, text), target="y")
    assert numbers(table) == {
        "d": [2, 32, 64], "N": [100, 2000, 400], "y": [0.19, 0.07, 0.25], "yerr": [0.04, 0.007, 0.02]
    }  # fmt: skip
    assert any("2 lines among the rows" in note and "(line 4, ...)" in note for note in table.notes)


def test_blanks_and_a_column_that_numbers_the_rows(tmp_path: Path) -> None:
    text = "sample level angle\n0 126.2 0.0\n1 125.2 0.0\n2 126.0 1.5\n3 127.6 1.5\n"
    path = written(tmp_path, text)
    table = read_table(path, target="level")
    assert table.names == ("level", "angle")
    assert any("column 'sample' was left out: it numbers the rows" in note for note in table.notes)
    assert read_table(path, target="level", inputs=["sample", "angle"]).names == ("sample", "level", "angle")


def test_semicolons_and_decimal_commas(tmp_path: Path) -> None:
    text = "Zeit [s];Weg [m];Masse [kg]\n0,5;1,226;2\n1,0;4,903;2\n1,5;11,032;3\n"
    table = read_table(written(tmp_path, text), target="Weg")
    assert numbers(table) == {"Zeit": [0.5, 1.0, 1.5], "Weg": [1.226, 4.903, 11.032], "Masse": [2, 2, 3]}
    assert table.understood is not None and table.understood.dialect.decimal == ","


def test_a_row_of_units(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "a,b\nm,km/s\n1.0,2.0\n2.0,4.0\n"), target="b")
    assert table.units == {"a": "m", "b": "km/s"} and table.n_rows == 2
    assert table["b"].values.tolist() == [2000.0, 4000.0]


def test_a_preamble(tmp_path: Path) -> None:
    text = "Instrument: HP34401A\nDate: 2021-03-04\n\nU [V],I [mA]\n1.0,10.1\n2.0,19.9\n"
    table = read_table(written(tmp_path, text), target="I")
    assert numbers(table) == {"U": [1.0, 2.0], "I": [10.1, 19.9]}
    assert "after 3 lines that were skipped" in str(table.understood)


def test_units_in_cells(tmp_path: Path) -> None:
    text = "body,mass,length\na,5.2 t,6 m\nb,72 kg,1.75 m\nc,4.1 kg,46 cm\nd,300 g,22 cm\n"
    table = read_table(written(tmp_path, text), target="mass")
    np.testing.assert_allclose(table["mass"].values, [5200.0, 72.0, 4.1, 0.3], rtol=1e-15)
    np.testing.assert_allclose(table["length"].values, [6.0, 1.75, 0.46, 0.22], rtol=1e-15)
    assert table.units == {"mass": "t", "length": "m"} and table.labels == ("body",)


def test_deviations_in_cells(tmp_path: Path) -> None:
    text = "x [km],y [m2]\n1.0 ± 0.1,1.01\n2.0 ± 0.2,4.02\n3.0 ± 0.1,8.97\n"
    table = read_table(written(tmp_path, text), target="y")
    assert numbers(table)["x"] == [1.0, 2.0, 3.0]
    assert table["x"].user_sigma is not None and table["x"].user_sigma.tolist() == [0.1, 0.2, 0.1]
    assert table["x"].sigma is not None and table["x"].sigma.tolist() == [100.0, 200.0, 100.0]


def test_dates_beside_times_of_day(tmp_path: Path) -> None:
    text = "date,time,T [degC],P [W]\n2024-01-01,00:00,10,100\n2024-01-01,01:00,12,95\n2024-01-01,02:00,14,90\n"
    table = read_table(written(tmp_path, text), target="P")
    assert table.names == ("T", "P") and table.understood is not None
    assert [one.column for one in table.understood.left_out] == ["date", "time"]
    assert sum("was left out: it holds" in note for note in table.notes) == 2


def test_row_numbers_with_gaps(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, ",x [m],y [m2]\n0,1,1\n2,3,9\n5,4,16\n"), target="y")
    assert numbers(table) == {"x": [1, 3, 4], "y": [1, 9, 16]}
    assert "a nameless column of row numbers was left out" in table.notes


# Headers


LOGGER = (
    '"TOA5","station","CR1000","1234","CR1000.Std.22","CPU:prog.CR1","55","Table1"\n'
    '"TIMESTAMP","RECORD","T_Avg","P_Avg"\n"TS","RN","K","kPa"\n"","","Avg","Avg"\n'
    '"2024-01-01 00:00:00",0,281.2,101.3\n"2024-01-01 00:10:00",1,281.9,101.4\n"2024-01-01 00:20:00",2,282.5,"NAN"\n'
)


def test_a_logger_of_campbell(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, LOGGER, "data.dat"), target="T_Avg", inputs=["TIMESTAMP"])
    assert table.units["T_Avg"] == "K" and table["T_Avg"].values.tolist() == [281.2, 281.9, 282.5]
    assert table["TIMESTAMP"].values.tolist() == [0.0, 600.0, 1200.0] and table.units["TIMESTAMP"] == "s"
    assert any("'P_Avg' was left out: it is empty or not finite in row 3" in note for note in table.notes)


def test_a_server_of_erddap(tmp_path: Path) -> None:
    text = (
        "time,latitude,depth,temp\nUTC,degrees_north,m,degree_C\n"
        "2024-01-01T00:00:00Z,36.1,2.0,12.5\n2024-01-01T01:00:00Z,36.2,4.0,NaN\n2024-01-01T03:00:00Z,36.3,5.0,11.5\n"
    )
    table = read_table(written(tmp_path, text), target="temp", nan="drop")
    assert table["time"].values.tolist() == [0.0, 10800.0]
    assert table.units["depth"] == "m" and table["temp"].values.tolist() == [285.65, 284.65]


def test_pairs_of_name_and_unit_as_pandas_writes_them(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, ",v,t\n,km/h,s\n0,18,1\n1,36,2\n2,54,3\n"), target="t")
    assert table.units == {"v": "km/h", "t": "s"} and table["v"].values.tolist() == [5.0, 10.0, 15.0]


def test_the_name_of_row_numbers_as_pandas_writes_it(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, ",v,t\n,km/h,s\nn,,\n0,18,1\n1,36,2\n2,54,3\n"), target="t", inputs=["v"])
    assert table.units["v"] == "km/h" and table["v"].values.tolist() == [5.0, 10.0, 15.0]


def test_an_ipac_table(tmp_path: Path) -> None:
    text = (
        "\\fixlen = T\n\\ a remark\n|  name |   ra   | dist |\n|  char | double |double|\n|       |   deg  |  pc  |\n"
        "|  null |   null | -99  |\n  M 31    10.68    780.0\n  M 33    23.46    -99  \n  M 81   148.89   3600.0\n"
    )
    table = read_table(written(tmp_path, text, "data.tbl"), target="dist", nan="drop")
    assert table.label("name") == ("M 31", "M 81") and table.units == {"ra": "deg", "dist": "pc"}
    assert numbers(table) == {"ra": [10.68, 148.89], "dist": [780.0, 3600.0]}


@pytest.mark.parametrize(
    "text", ["1,2\n3,4\n5,7\n", "1 2\n3 4\n5 7\n", "Begin of spectrum\nchannel 5\n>>>>\n1\t2\n3\t4\n5\t7\n"]
)
def test_no_header(tmp_path: Path, text: str) -> None:
    table = read_table(written(tmp_path, text))
    assert numbers(table) == {"c1": [1, 3, 5], "c2": [2, 4, 7]}
    assert any("there is no header: the columns are called c1 to c2" in note for note in table.notes)


def test_a_preamble_of_the_tables_own_width(tmp_path: Path) -> None:
    text = "Instrument,HP\nSamples,3\nDate,2021-03-04\nU [V],I [mA]\n1.0,10.1\n2.0,19.9\n3.0,30.2\n"
    assert numbers(read_table(written(tmp_path, text), target="I"))["U"] == [1.0, 2.0, 3.0]


def test_names_that_could_be_units_are_names_where_one_is_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path, "Sample,Steel\nT,V\n1.0,10.1\n2.0,19.9\n")
    assert read_table(path, target="V").names == ("T", "V")
    assert read_table(path, target="V", skip_rows=1, header_rows=1).names == ("T", "V")


def test_sodium_is_a_name(tmp_path: Path) -> None:
    assert numbers(read_table(written(tmp_path, "Na,K\n1,2\n3,4\n"))) == {"Na": [1, 3], "K": [2, 4]}


# Separators, signs, encodings


def test_the_line_of_excel_that_names_the_separator(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "sep=;\nx [m];y [s]\n1;2\n3;4\n"))
    assert numbers(table) == {"x": [1, 3], "y": [2, 4]}


def test_packed_by_gzip(tmp_path: Path) -> None:
    path = tmp_path / "data.csv.gz"
    path.write_bytes(gzip.compress(b"x [m],y [s]\n1,2\n3,4\n"))
    assert numbers(read_table(path)) == {"x": [1, 3], "y": [2, 4]}
    path.write_bytes(gzip.compress(b"x [m],y [s]\n1,2\n3,4\n" * 1000)[:60])
    with pytest.raises(TableError, match="not a readable gzip file"):
        read_table(path)


@pytest.mark.parametrize("cell", ["#N/A", "NaN", "-", "n/a", "N/A", "--", "null", "n.a."])
def test_signs_for_no_value(tmp_path: Path, cell: str) -> None:
    table = read_table(written(tmp_path, f"x,y\n1,2\n{cell},3\n5,6\n"), nan="drop")
    assert numbers(table) == {"x": [1, 5], "y": [2, 6]}


def test_more_signs_for_no_value(tmp_path: Path) -> None:
    path = written(tmp_path, "x,y\n1,2\n-999,3\n-999.0,4\nn.d.,5\n5,6\n")
    assert numbers(read_table(path, nan="drop", missing=[-999, "n.d."])) == {"x": [1, 5], "y": [2, 6]}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    table = read_table(written(tmp_path, "x [µm],größe [°C]\n1,2\n3,4\n", encoding=encoding))
    assert table.units == {"x": "µm", "größe": "°C"}
    western = [note for note in table.notes if "not UTF-8" in note]
    assert bool(western) == (encoding in {"cp1252", "latin-1"})


def test_numbers_of_fortran(tmp_path: Path) -> None:
    assert numbers(read_table(written(tmp_path, "x y\n1.5D+03 1\n-2.0d-1 2\n"))) == {"x": [1500.0, -0.2], "y": [1, 2]}


def test_a_separator_at_the_end_of_each_line(tmp_path: Path) -> None:
    assert numbers(read_table(written(tmp_path, "x;y\n1;2;\n3;4;\n"))) == {"x": [1, 3], "y": [2, 4]}


def test_names_with_units_between_blanks(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "  x [m]   p [kg m2]\n  1.0   2.0\n  3.0   4.0\n", "data.txt"))
    assert table.units == {"x": "m", "p": "kg m2"} and numbers(table)["p"] == [2.0, 4.0]


# What the user says


def test_what_is_understood_reads_the_same_table_again(tmp_path: Path) -> None:
    text = "Gerät 7\n\nZeit;Weg\ns;m\n0,5;1.234,5\n1,0;2.345,5\n"
    path = written(tmp_path, text, encoding="cp1252")
    table = read_table(path, target="Weg")
    assert numbers(table) == {"Zeit": [0.5, 1.0], "Weg": [1234.5, 2345.5]} and table.understood is not None
    said = table.understood.dialect
    assert (said.separator, said.decimal, said.encoding) == (";", ",", "cp1252")
    assert (said.skip_rows, said.header_rows, said.units_row) == (2, 2, 2)
    again = read_table(
        path, target="Weg", separator=said.separator, decimal=said.decimal, encoding=said.encoding,
        skip_rows=said.skip_rows, header_rows=said.header_rows, units_row=said.units_row,
    )  # fmt: skip
    assert numbers(again) == numbers(table) and again.units == table.units


def test_a_decimal_sign_that_is_said_settles_what_reads_in_two_ways(tmp_path: Path) -> None:
    path = written(tmp_path, "x;y\n1,234;1\n5,678;2\n")
    assert numbers(read_table(path, decimal=","))["x"] == [1.234, 5.678]
    assert numbers(read_table(path, decimal="."))["x"] == [1234.0, 5678.0]


def test_a_header_that_is_said(tmp_path: Path) -> None:
    path = written(tmp_path, "country,1990,1991\nUK,5,6\nFR,7,8\n")
    assert read_table(path, header_rows=1).names == ("1990", "1991")
    assert read_table(path, header_rows=0).names == ("c2", "c3") and read_table(path, header_rows=0).n_rows == 3


def test_units_above_names(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "m,s\nx,y\n1,2\n3,4\n"), header_rows=2, units_row=1)
    assert table.units == {"x": "m", "y": "s"}


@pytest.mark.parametrize(
    ("said", "tells"),
    [
        ({"separator": "colon"}, "separator='colon' is not known"),
        ({"decimal": "'"}, "decimal=\"'\" is not known"),
        ({"header_rows": -1}, "header_rows=-1 is not known. Give a whole number from 0"),
        ({"units_row": 3, "header_rows": 2}, "one of the 2 rows of the header"),
        ({"skip_rows": True}, "skip_rows=True is not known"),
        ({"missing": [None]}, "missing=None is not known"),
        ({"sheet": 1.5}, "sheet=1.5 is not known"),
    ],
)
def test_what_cannot_be_said(tmp_path: Path, said: dict[str, object], tells: str) -> None:
    with pytest.raises(TableError) as error:
        read_table(written(tmp_path, "x,y\n1,2\n"), **said)  # type: ignore[arg-type]
    assert tells in str(error.value)


# Columns that are not asked for


def test_a_column_that_is_not_asked_for_stops_nothing(tmp_path: Path) -> None:
    text = "T [K],g (cgs),R [m],n,n,empty\n1,2,x,1,1,\n2,3,4,2,2,\n3,5,5,3,3,\n"
    table = read_table(written(tmp_path, text), target="T", inputs=["T"])
    assert table.names == ("T",) and table.understood is not None
    reasons = {one.column: one.reason for one in table.understood.left_out}
    assert set(reasons) == {"g", "R", "n", "empty"}
    assert "cannot read the unit" in reasons["g"] and "text among 2 numbers" in reasons["R"]
    with pytest.raises(TableError, match=r"column 'R': this column was left out: 1 cell holds text .*\(row 1\)"):
        table["R"]


def test_a_unit_that_is_said_stands_above_one_that_cannot_be_read(tmp_path: Path) -> None:
    path = written(tmp_path, "T [K],g (cgs)\n1,2\n2,3\n3,5\n")
    assert read_table(path, units={"g": "1"}).names == ("T", "g")


def test_a_unit_that_is_said_and_contradicts_another_stops(tmp_path: Path) -> None:
    path = written(tmp_path, "T [K],g [m]\n1,2\n2,3\n3,5\n")
    with pytest.raises(TableError, match="units= says 's', but the header says 'm'"):
        read_table(path, target="T", units={"g": "s"})


def test_no_row_is_lost_for_a_column_that_is_not_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path, "x,y,z\n1,2,\n2,3,4\n3,5,5\n")
    table = read_table(path, target="y", inputs=["x"], nan="drop")
    assert table.n_rows == 3 and table.names == ("x", "y")
    assert any("'z' was left out: it is empty or not finite in row 1" in note for note in table.notes)
    assert read_table(path, target="y", inputs=["z"], nan="drop").n_rows == 2


# Cells that span lines

ROWS_OF_T = "1.0,2.0\n2.0,4.0\n3.0,6.5\n"


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ('"Temp\n[K]",y\n', "K"),
        ('Temp [K],"y\n"\n', "K"),
        ('"Temp\r\n[K]","y"\r\n', "K"),
        ('"Temp\n\n[K]",y\n', "K"),
        ('Kept by "us"\n"Temp\n[K]",y\n', "K"),
        ('# by 5" pipes\n"Temp\n[K]",y\n', "K"),
        ('"Temp",y\n"K\n",m\n', "K"),
    ],
)
def test_a_name_of_two_lines(header: str, unit: str, tmp_path: Path) -> None:
    table = read_table(written(tmp_path, header + ROWS_OF_T), target="y")
    assert numbers(table) == {"Temp": [1, 2, 3], "y": [2, 4, 6.5]}
    assert table.units["Temp"] == unit


def test_names_of_two_lines_by_semicolons_and_tabs(tmp_path: Path) -> None:
    for separator, name in ((";", "a.csv"), ("\t", "a.tsv"), ("|", "a.txt")):
        text = f'"Temp\n[K]";"y\n(m)"\n{ROWS_OF_T.replace(",", ";")}'.replace(";", separator)
        table = read_table(written(tmp_path, text, name), target="y")
        assert table.units == {"Temp": "K", "y": "m"} and table.n_rows == 3


def test_a_remark_of_two_lines_among_the_rows(tmp_path: Path) -> None:
    text = 'x,y,note\n1,2,"a\nb"\n2,4,c\n3,6,"d\n\ne"\n'
    table = read_table(written(tmp_path, text), target="y")
    assert numbers(table) == {"x": [1, 2, 3], "y": [2, 4, 6]}


def test_a_sign_of_inches_is_no_quote(tmp_path: Path) -> None:
    text = 'Pipe of 3"\nand of 5"\nx,y\n1,2\n2,4\n3,7\n'
    assert numbers(read_table(written(tmp_path, text), target="y")) == {"x": [1, 2, 3], "y": [2, 4, 7]}


def test_a_header_of_two_lines_is_said_by_how_many_lines_stand_before_it(tmp_path: Path) -> None:
    """What was understood reads the file again as it was read."""
    path = written(tmp_path, '"Made by\nus",\n"Temp\n[K]",y\n' + ROWS_OF_T)
    table = read_table(path, target="y")
    assert table.understood is not None
    said = table.understood.dialect
    again = read_table(path, target="y", header_rows=said.header_rows, skip_rows=said.skip_rows)
    assert numbers(again) == numbers(table) == {"Temp": [1, 2, 3], "y": [2, 4, 6.5]}
