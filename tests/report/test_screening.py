"""Of a wide table, reports list each column with why it entered the search or did not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from symreg.discovery import Discovery
from symreg.report import write_report
from symreg.search import Screening
from symreg.search.columns import ColumnVerdict
from tests.miniatures import HOSTILE_INPUTS

CHOSEN = Screening(
    (
        ColumnVerdict("a", "vouched for", ("a_again",)),
        ColumnVerdict("a_again", "not chosen", ("a",)),
        ColumnVerdict("T", "unit cannot enter"),
        ColumnVerdict("x", "filled up"),
    ),
    0.2,
)
PROMISE = "at most one in five columns is expected to be false"


def text_of(discovery: Discovery, path: Path) -> str:
    return write_report(discovery, path).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["r.html", "r.md", "r.tex"])
def test_each_column_stands_there_with_its_reason(kepler: Discovery, tmp_path: Path, name: str) -> None:
    said = text_of(replace(kepler, screening=CHOSEN), tmp_path / name)
    assert "2 of 4 columns entered the search" in said and PROMISE in said
    plain = said.replace("\\", "").replace("<wbr>", "")
    for one in CHOSEN.columns:
        assert one.name in plain and one.reason in plain


@pytest.mark.parametrize("name", ["r.html", "r.md", "r.tex"])
def test_a_table_of_which_all_columns_enter_has_no_such_list(kepler: Discovery, tmp_path: Path, name: str) -> None:
    assert "entered the search" not in text_of(kepler, tmp_path / name)


def test_long_lists_are_folded_up(kepler: Discovery, tmp_path: Path) -> None:
    wide = replace(kepler, screening=CHOSEN)
    for name in ("r.html", "r.md"):
        said = text_of(wide, tmp_path / name)
        place = said.index("unit cannot enter")
        assert "<details>" in said[:place] and "</details>" in said[place:]
        assert said.rindex("<details>", 0, place) > said.find("</details>", 0, place)


@pytest.mark.parametrize(("name", "markup"), [("r.html", "<blink>"), ("r.md", "<blink>"), ("r.tex", r"\input{")])
def test_names_of_columns_are_no_markup(kepler: Discovery, tmp_path: Path, name: str, markup: str) -> None:
    names = (*HOSTILE_INPUTS, "<blink>")
    columns = tuple(ColumnVerdict(one, "filled up", names) for one in names)
    said = text_of(replace(kepler, screening=Screening(columns, 0.2, "<blink>")), tmp_path / name)
    assert markup not in said and "etc/passwd" in said


def test_why_none_is_vouched_for_is_said() -> None:
    none = Screening((ColumnVerdict("a", "filled up"), ColumnVerdict("b", "not chosen")), 0.2, "the rows are too few")
    assert "searched with 1 of 2 columns; none of them is vouched for: the rows are too few" in none.note
