"""Figures for a paper: one column wide, letters as letters, and the same bytes for the same data."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path

import pytest

from symreg.discovery import Discovery
from symreg.errors import ReportError
from symreg.laws.law import ParetoFront
from symreg.report import FIGURE_NAMES, write_figures

POINTS_OF_A_MILLIMETRE = 72 / 25.4


def test_three_figures_in_two_formats_one_column_wide(kepler: Discovery, tmp_path: Path) -> None:
    paths = write_figures(kepler, tmp_path)
    before = [path.read_bytes() for path in paths]
    assert [path.read_bytes() for path in write_figures(kepler, tmp_path)] == before, "the same data, other files"
    assert [path.relative_to(tmp_path / "figures").as_posix() for path in paths] == list(FIGURE_NAMES)
    for path in paths:
        if path.suffix == ".svg":
            width = ElementTree.fromstring(path.read_text(encoding="utf-8")).attrib["width"]
            assert width.endswith("pt")
            measured = float(width.removesuffix("pt"))
        else:
            data = path.read_bytes()
            assert data.startswith(b"%PDF") and b"/Subtype /Type3" not in data
            box = re.search(rb"/MediaBox \[ ?0 0 ([\d.]+) ", data)
            assert box is not None
            measured = float(box[1])
        assert measured / POINTS_OF_A_MILLIMETRE == pytest.approx(85.0, abs=0.1)


def test_names_from_outside_are_text(hostile: Discovery, tmp_path: Path) -> None:
    for path in write_figures(hostile, tmp_path):
        if path.suffix == ".svg":
            assert "<script" not in path.read_text(encoding="utf-8")


def test_without_a_law_there_is_nothing_to_draw(kepler: Discovery, tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="no law to be drawn"):
        write_figures(replace(kepler, front=ParetoFront((), -1)), tmp_path)
