"""Cells that say more than a number."""

from __future__ import annotations

import numpy as np
import pytest

from symreg.errors import TableError
from symreg.tables.table import read_table


def read(cells: list[str], **options: object) -> object:
    return read_table({"x": cells, "y": list(range(len(cells)))}, **options)["x"]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cells", "values", "sigma", "unit"),
    [
        (["12.3 ± 0.4", "1 +/- 0.5", "2+-1"], [12.3, 1, 2], [0.4, 0.5, 1], "dimensionless"),
        (["2.0(1)", "12.34(12)", "7(2)"], [2.0, 12.34, 7], [0.1, 0.12, 2], "dimensionless"),
        (["(1.5 ± 0.1)e-3", "(2.5 ± 0.2)e3"], [0.0015, 2500], [0.0001, 200], "dimensionless"),
        (["(1.5 ± 0.1) km", "(2500 ± 100) m"], [1.5, 2.5], [0.1, 0.1], "km"),
        (["12 %", "15 %"], [12, 15], None, "%"),
        (["20 degC", "293.15 K"], [20, 20], None, "degC"),
        (["5 m", "", "7 m"], [5, 7], None, "m"),
    ],
)
def test_values_deviations_and_units(
    cells: list[str], values: list[float], sigma: list[float] | None, unit: str
) -> None:
    column = read(cells, nan="drop")
    np.testing.assert_allclose(column.user_numbers, values, rtol=1e-12)  # type: ignore[attr-defined]
    assert column.unit.text == unit  # type: ignore[attr-defined]
    if sigma is not None:
        np.testing.assert_allclose(column.user_sigma, sigma, rtol=1e-12)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "cells", [["1A", "2A"], ["5 kg", "3 m"], ["12 ± 3 %", "5 ± 1 %"], ["v1.2", "v1.3"], ["1/2/2024", "3/2/2024"]]
)
def test_what_may_mean_something_else_stays_text(cells: list[str]) -> None:
    assert read_table({"x": cells, "y": [1, 2]}).labels == ("x",)


def test_dates_that_read_in_two_ways_are_left_out_with_a_word() -> None:
    table = read_table({"day": ["1/2/2024", "3/2/2024"], "y": [1, 2]})
    told = "column 'day' was left out: it holds dates that read in two ways. Write the year first"
    assert any(told in note for note in table.notes)


def test_a_target_of_text_says_what_cells_may_hold() -> None:
    with pytest.raises(TableError, match=r"the target holds text, and a law needs numbers: '1A', '2A'.*after a blank"):
        read_table({"x": ["1A", "2A"], "y": [1, 2]}, target="x")


def test_plain_numbers_among_deviations_are_refused() -> None:
    with pytest.raises(TableError, match=r"1 cell holds text among 1 numbers: '12 ± 1' \(row 1\)"):
        read(["12 ± 1", "13"])


def test_a_deviation_that_is_said_stands_above_those_in_cells() -> None:
    table = read_table({"x": ["1 ± 0.1", "2 ± 0.1"], "y": [1, 2]}, sigma={"x": 0.5})
    assert table["x"].sigma is not None and table["x"].sigma.tolist() == [0.5, 0.5]


def test_units_in_cells_and_header_that_contradict() -> None:
    with pytest.raises(TableError, match="its first cell says 'kg', but the header says 'm'"):
        read_table({"x [m]": ["5 kg", "6 kg"], "y": [1, 2]})


@pytest.mark.parametrize("cells", [["true", "False"], [True, False], np.array([True, False])])
def test_truths_are_numbers(cells: object) -> None:
    table = read_table({"on": cells, "y": [1, 2]})
    assert table["on"].values.tolist() == [1.0, 0.0]
    assert "column 'on' holds true and false: taken as 1 and 0" in table.notes


@pytest.mark.parametrize(
    ("cells", "seconds"),
    [
        (["2024-01-01", "2024-01-03"], [0, 172800]),
        (["2024-01-01 00:00", "2024-01-01 00:01"], [0, 60]),
        (["2024-01-01T00:00:00.25Z", "2024-01-01T00:00:01.5Z"], [0, 1.25]),
        (["2024-01-01T00:00:00+01:00", "2024-01-01T00:00:00+00:00"], [0, 3600]),
        (["31.12.2023 23:59", "01.01.2024 00:00"], [0, 60]),
        (["2024/02/28", "2024/03/01"], [0, 172800]),
        (np.array(["2024-01-01", "2024-01-02"], dtype="datetime64[D]"), [0, 86400]),
        (np.array([1500, 2500], dtype="timedelta64[ms]"), [1.5, 2.5]),
    ],
)
def test_dates_are_seconds_since_the_first_row(cells: object, seconds: list[float]) -> None:
    table = read_table({"when": cells, "y": [1, 2]})
    assert table["when"].values.tolist() == seconds and table.units["when"] == "s"


@pytest.mark.parametrize(
    "cells", [["2024-13-01", "2024-01-01"], ["2024-01-01", "yesterday"], ["2024-01-01Z", "2024-01-01"]]
)
def test_what_is_no_date_stays_text(cells: list[str]) -> None:
    assert read_table({"when": cells, "y": [1, 2]}).labels == ("when",)
