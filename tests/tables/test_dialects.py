"""One table in many dialects: the same values come back, or a sentence says what to write."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from symreg.errors import TableError
from symreg.tables.table import read_table

NAMES, UNITS = ("t", "Länge", "Q"), ("s", "mm", "µC")
ROWS = ((0.5, 1250.25, -3.0), (1.5, 2500.5, 4.125), (2.25, 12.0, 5.0), (3.0, 0.75, -6.5))
SEPARATORS = {",": ".", ";": ",", "\t": ",", " ": ",", "|": "."}
PREAMBLES = ("", "Instrument: HP34401A\nDate: 2021-03-04\n\n", "# measured by hand\n#\n")


def headers(kind: str) -> list[list[str]]:
    if kind == "brackets":
        return [[f"{name} [{unit}]" for name, unit in zip(NAMES, UNITS, strict=True)]]
    return [list(NAMES), list(UNITS)] if kind == "two rows" else [list(NAMES)]


def file_text(rows: Sequence[Sequence[float]], separator: str, decimal: str, kind: str, preamble: str) -> str:
    lines = [separator.join(row) for row in headers(kind)]
    lines += [separator.join(str(number).replace(".", decimal) for number in row) for row in rows]
    return preamble + "\n".join(lines) + "\n"


def check(path: Path, rows: Sequence[Sequence[float]], kind: str) -> None:
    table = read_table(path, target="Q")
    assert table.names == NAMES
    assert [tuple(column.user_numbers.tolist()) for column in table.columns] == list(zip(*rows, strict=True))
    assert kind == "names" or tuple(table.units.values()) == UNITS


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("kind", ["brackets", "two rows", "names"])
def test_every_dialect_reads_the_same(tmp_path: Path, encoding: str, kind: str) -> None:
    commas = [(sign, decimal) for sign, decimal in SEPARATORS.items() if decimal == ","]
    both = [(sign, ".") for sign in SEPARATORS] + commas
    for (separator, decimal), preamble in product(both, PREAMBLES):
        path = tmp_path / "data.txt"
        path.write_bytes(file_text(ROWS, separator, decimal, kind, preamble).encode(encoding))
        check(path, ROWS, kind)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(*[st.decimals(-999, 999, places=2).map(float)] * 3), min_size=3, max_size=8),
    separator=st.sampled_from([";", "\t", " "]),
    kind=st.sampled_from(["brackets", "two rows"]),
)
def test_numbers_of_two_places_read_in_one_way(
    tmp_path: Path, rows: list[tuple[float, ...]], separator: str, kind: str
) -> None:
    path = tmp_path / "data.txt"
    path.write_bytes(file_text(rows, separator, ",", kind, "").encode())
    check(path, rows, kind)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x;y\n1,234;5\n2,345;6\n", "reads in two ways: '1,234', '2,345' (rows 1, 2). Say decimal: ','"),
        ("x;y\n1,5;1.234\n2,5;2.345\n", "2 cells hold a point inside a number that reads in two ways"),
        ("x;y\n1,5;2.25\n2,5;3.75\n", "2 cells hold a comma inside a number: '1,5', '2,5' (rows 1, 2)"),
        ("x,y\n1,5,2,5\n2,5,3,5\n", "4 cells where the header has 2"),
        ("x\n1,5\n2,5\n", "2 cells where the header has 1"),
        ('x,y\n"1,234",5\n"2,345",6\n', "reads in two ways"),
    ],
)
def test_what_reads_in_two_ways_is_refused(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "data.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TableError) as error:
        read_table(path)
    assert says in str(error.value)


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1,234.5", "2,000"], [1234.5, 2000.0]),
        (["1,234,567", "12"], [1234567.0, 12.0]),
        (["1'234.5", "7"], [1234.5, 7.0]),
        (["1 234", "10 000"], [1234.0, 10000.0]),
        (["1\N{NARROW NO-BREAK SPACE}234,5", "0,5"], [1234.5, 0.5]),
        (["1.234,5", "2.345.678"], [1234.5, 2345678.0]),
    ],
)
def test_thousands_that_read_in_one_way(tmp_path: Path, cells: list[str], values: list[float]) -> None:
    path = tmp_path / "data.csv"
    path.write_text("x;y\n" + "".join(f"{cell};{row}\n" for row, cell in enumerate(cells)), encoding="utf-8")
    assert read_table(path)["x"].values.tolist() == values
