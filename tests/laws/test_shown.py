"""What a notebook shows: mathematics, tables, a small picture; and consoles a line that can be read."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from symreg.certainty.examination import Examination, examined
from symreg.certainty.intervals import constant_intervals
from symreg.laws.history import Course
from symreg.laws.law import ParetoFront
from symreg.laws.shown import front_svg
from tests.laws_by_hand import discovery_of, law_of, problem_of

X = np.linspace(1.0, 10.0, 12)
HOSTILE = "x<script>&"
PROBLEM = problem_of({f"{HOSTILE} [m]": X, "y [s]": 3 * X + 0.1 * np.sin(5 * X)}, test_fraction=0)
LINE = f"k*`{HOSTILE}`"


@pytest.fixture(scope="module")
def front() -> ParetoFront:
    return ParetoFront(tuple(law_of(PROBLEM, one) for one in ("k", LINE, f"{LINE} + k1")), 1)


def page(value: Any) -> ET.Element:
    """What a notebook takes, which is well formed."""
    shown = value._repr_mimebundle_(include=None, exclude=None)
    assert HOSTILE not in shown["text/html"]
    return ET.fromstring(shown["text/html"].replace("&nbsp;", " "))


def test_a_law_is_mathematics(front: ParetoFront) -> None:
    shown = front.best._repr_mimebundle_()
    assert set(shown) == {"text/plain", "text/html", "text/latex"}
    assert shown["text/latex"].startswith("$") and shown["text/plain"] == str(front.best)
    found = page(front.best)
    assert next(one.tag.split("}")[-1] for one in found) == "math"
    assert "s/m" in "".join(found.itertext())


def test_a_front_is_a_table_of_mathematics_beside_a_picture(front: ParetoFront) -> None:
    found = page(front)
    rows = found.findall(".//tbody/tr")
    assert len(rows) == 3
    assert all(row.find(".//{http://www.w3.org/1998/Math/MathML}math") is not None for row in rows)
    assert ["bold" in row.get("style", "") for row in rows] == [False, True, False]
    assert found.find(".//{http://www.w3.org/2000/svg}svg") is not None
    empty = ParetoFront((), -1)._repr_mimebundle_()
    assert empty["text/plain"] == "no law found" and "no law found" in empty["text/html"]


def test_the_picture_has_a_point_for_each_law_and_one_ring(front: ParetoFront) -> None:
    drawn = ET.fromstring(front_svg(front))
    circles = [one for one in drawn.iter() if one.tag.endswith("circle")]
    assert len(circles) == 4 and sum(one.get("fill") == "none" for one in circles) == 1
    heights = [float(one.get("cy", "nan")) for one in circles if one.get("fill") != "none"]
    errors = [law.held_out.rmse for law in front]
    assert np.argsort(heights).tolist() == np.argsort(errors)[::-1].tolist()  # a smaller error stands lower
    unknown = replace(front[0], held_out=replace(front[0].held_out, rmse=float("nan")))
    assert front_svg(ParetoFront((unknown, front[1]), 1)) == ""


def test_every_value_is_a_short_line_in_a_console_and_a_table_in_a_notebook(front: ParetoFront) -> None:
    discovery = examined(discovery_of(PROBLEM, LINE, "k"), Examination(resamples=10, time=None))
    intervals = constant_intervals(PROBLEM, front.best)
    for value in (PROBLEM, PROBLEM.table, discovery, discovery.robustness, intervals, front.best):
        assert len(repr(value)) <= 220 and "Fraction" not in repr(value) and "\n" not in repr(value), repr(value)
        page(value)
    units = PROBLEM.target_column.unit, PROBLEM.target_column.unit.dimension
    assert [repr(one) for one in units] == ["Unit(s)", "Dimension(s)"]
    assert repr(PROBLEM.table).startswith("Table(") and "12 rows" in repr(PROBLEM.table)
    assert repr(front.best).startswith("Law(y = k*`x<script>&`, k = ")
    assert repr(front.best.constants[0]).startswith("LawConstant(k = 3.")
    assert repr(intervals).startswith("k from 2.9") and repr(intervals).endswith("s/m (95 %, profile)")
    assert intervals[0].name == "k" and isinstance(intervals, tuple)
    assert repr(discovery).endswith("finished after 1.0 s (residual at the noise); 1,000 evaluated)")


def test_the_course_of_a_search_holds_each_best_law_once(front: ParetoFront) -> None:
    course = Course()
    assert not course.is_due(0.5)
    for seconds, selected in ((1.0, 0), (2.0, 0), (3.0, 1), (4.0, -1), (40.0, 2)):
        course.note(seconds, int(1000 * seconds), ParetoFront(front.laws, selected))
    assert [one.seconds for one in course.moments] == [1.0, 3.0, 40.0]
    assert [one.complexity for one in course.moments] == [1, 3, 5]
    assert [one.error for one in course.moments] == [law.held_out.rmse for law in front]
    assert not course.is_due(43.9) and course.is_due(44.0)
