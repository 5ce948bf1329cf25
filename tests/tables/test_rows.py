"""New rows for a law: every row stays, and only what is needed can stop the reading."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from symreg.errors import TableError, UnitError
from symreg.tables import is_plain_name, read_rows


def file(folder: Path, text: str) -> Path:
    path = folder / "new.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_rows_with_gaps_stay_where_they_were(tmp_path: Path) -> None:
    table = read_rows(file(tmp_path, "L [cm],x\n150,1\n,2\n250,inf\n"), ("L",))
    np.testing.assert_array_equal(table["L"].values, [1.5, np.nan, 2.5])
    np.testing.assert_array_equal(table["L"].user_numbers, [150, np.nan, 250])
    assert table.understood is not None and table.understood.without_unit == ("x",)


def test_errors_in_cells_are_left_aside(tmp_path: Path) -> None:
    table = read_rows(file(tmp_path, "L\n1.5 ± 0.1\n\n2.5 ± 0.2\n"), ("L",))
    assert table["L"].sigma is None and table["L"].user_numbers.tolist() == [1.5, 2.5]


def test_only_what_is_needed_stops_the_reading(tmp_path: Path) -> None:
    path = file(tmp_path, "L [m],bad [kmm],word\n1,2,a\n2,3,b\n")
    for needed in ((), ("L",)):
        table = read_rows(path, needed)
        assert table.names == ("L",) and table.labels == ("word",)
        assert table.understood is not None and [one.column for one in table.understood.left_out] == ["bad"]
    with pytest.raises(UnitError, match="kmm"):
        read_rows(path, ("bad",))
    assert read_rows(path, ("bad",), units={"bad": "km"})["bad"].values.tolist() == [2000, 3000]


def test_what_the_file_does_not_say_can_be_said(tmp_path: Path) -> None:
    path = file(tmp_path, "L;x\n1,234;1\n-999;2\n")
    with pytest.raises(TableError):
        read_rows(path, ("L",))
    table = read_rows(path, ("L",), dialect={"decimal": ",", "missing": (-999,)})
    np.testing.assert_array_equal(table["L"].values, [1.234, np.nan])


@pytest.mark.parametrize(
    ("name", "plain"),
    [("L", True), ("c/a", True), ("f(x)", True), ("x [m]", False), ("v / s", False), ("E (eV)", False)],
)
def test_names_that_hold_a_unit_are_told(name: str, plain: bool) -> None:
    assert is_plain_name(name) is plain
