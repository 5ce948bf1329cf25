"""The picture of the record: what it shows, and that it is one."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET

import pytest

from symreg.benchmark.record.named_sets import named_sets
from symreg.benchmark.record.plot import apart, lines_of, published_lines, recovery_plot
from symreg.benchmark.record.published import read_published
from symreg.benchmark.summary import summarise
from tests.benchmark.made_up import missed, result

RATES = read_published()
TRIALS = [
    *(result("I.9.18", noise=noise, units=units) for noise in (0.0, 0.001, 0.01, 0.1) for units in (True, False)),
    missed("I.12.1", on_front=True),
    result("I.12.4", strict=False),
    result("I.9.18", rows=500, seed=5),
    result("I.9.18", without="triples"),
]


def test_the_picture_is_a_png_and_an_svg() -> None:
    from matplotlib.image import imread

    picture = recovery_plot(named_sets(TRIALS), RATES)
    assert picture is not None
    assert picture.png.startswith(b"\x89PNG\r\n\x1a\n")
    height, width = imread(io.BytesIO(picture.png)).shape[:2]
    assert width > height > 500
    assert ET.fromstring(picture.svg).tag.endswith("svg")
    assert len(picture.svg) < 200_000
    assert (picture.set, picture.group.rows) == ("feynman", 10_000), "the limits of most trials"
    again = recovery_plot(named_sets(TRIALS), RATES)
    assert again == picture


def test_each_rule_is_a_line_of_its_own() -> None:
    lines = {line.name: line for line in lines_of(summarise(TRIALS[:-2], "feynman"))}
    assert set(lines) == {
        "symreg, SRBench rule", "symreg, strict", "symreg, on the front", "symreg without units, SRBench rule",
    }  # fmt: skip
    at_zero = {name: line.rates[0.0] for name, line in lines.items()}
    assert at_zero["symreg, SRBench rule"] == pytest.approx(200 / 3)
    assert at_zero["symreg, strict"] == pytest.approx(100 / 3)
    assert at_zero["symreg, on the front"] == 100
    assert len({(line.colour, line.dashes) for line in lines.values()}) == 4
    assert all(
        low <= line.rates[level] <= high
        for line in lines.values()
        for level, (low, high) in (line.intervals or {}).items()
    )


def test_published_lines_say_what_they_count() -> None:
    names = [line.name for line in published_lines("feynman", RATES)]
    assert "PhySO (with units, any of its front)" in names
    assert "PhySO (with units, strict)" in names
    assert "QDSR (with units)" in names and "PySR" in names
    assert published_lines("mine", RATES) == []


def test_a_set_that_nobody_has_published_is_drawn_alone() -> None:
    picture = recovery_plot(named_sets([result("fall", set="mine")]), RATES)
    assert picture is not None and picture.set == "mine"
    assert recovery_plot(named_sets([result("a", without="triples")]), RATES) is None


@pytest.mark.parametrize(
    ("wanted", "places"),
    [
        ([], []),
        ([50.0], [50.0]),
        ([10.0, 50.0], [10.0, 50.0]),
        ([50.0, 50.0], [48.0, 52.0]),
        ([10.0, 11.0, 90.0], [8.5, 12.5, 90.0]),
        ([0.0, 0.0], [0.0, 4.0]),
        ([99.0, 100.0, 100.0], [92.0, 96.0, 100.0]),
    ],
)
def test_labels_keep_apart_and_near(wanted: list[float], places: list[float]) -> None:
    assert apart(wanted, 4.0, 0.0, 100.0) == pytest.approx(places)
