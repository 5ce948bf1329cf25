"""What is drawn: the law where it is, each row as far from it as the law leaves over, and names for every row."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from symreg.discovery import Discovery
from symreg.laws import band_of
from symreg.problem.making import make_problem
from symreg.report.law_content import LawContent, law_contents
from symreg.report.page.figures import Figure, Scene, law_figures, residual_figures, scene_of
from symreg.report.page.points import FEWEST_DRAWN, MOST_DRAWN, points_of, words_of
from symreg.tables.table import read_table
from tests.miniatures import make_discovery, make_law


def scene(discovery: Discovery) -> Scene:
    return scene_of(discovery.problem, points_of(discovery.problem, 10), discovery.problem.inputs[0])


def figures(discovery: Discovery, number: int) -> tuple[tuple[Figure, ...], LawContent, Scene]:
    one, shared = law_contents(discovery)[number], scene(discovery)
    return law_figures(one, shared), one, shared


@pytest.fixture(scope="module")
def plane() -> Discovery:
    """y = 2*a + 3*b with noise, and two labels."""
    draw = np.random.default_rng(3)
    a, b = draw.uniform(-1, 1, 40), draw.uniform(-1, 1, 40)
    y = 2 * a + 3 * b + 0.01 * draw.normal(size=40)
    data = {"a": a, "b": b, "y": y, "lab": ["X", "Y"] * 20, "sample": [f"S{i}" for i in range(40)]}
    problem = make_problem(read_table(data, target="y"))
    covariance = np.array([[1e-5, 2e-6], [2e-6, 1e-5]])
    free = {"k1": (2.0, covariance[0, 0] ** 0.5, "1"), "k2": (3.0, covariance[1, 1] ** 0.5, "1")}
    law = make_law(problem, "k1*a + k2*b", free, covariance=covariance)
    return make_discovery(problem, [law], 0)


def test_one_input_is_a_curve_through_the_rows(kepler: Discovery) -> None:
    (figure,), _, shared = figures(kepler, 1)
    assert (figure.kind, figure.about, figure.x_name) == ("law", "a", "a [au]")
    np.testing.assert_array_equal(figure.x, kepler.problem.table["a"].user_numbers[shared.points.rows])
    assert figure.curve is not None and figure.curve.x[0] < figure.x.min() and figure.curve.x[-1] > figure.x.max()
    np.testing.assert_allclose(figure.curve.y, 365.68 * figure.curve.x**1.5, rtol=1e-12)


def test_a_constant_is_drawn_along_the_input_that_others_hold(plane: Discovery) -> None:
    level = make_law(plane.problem, "k", {"k": (0.1, 0.2, "1")}, covariance=np.array([[0.04]]))
    (figure,), *_ = figures(dataclasses.replace(plane, front=type(plane.front)((level, plane.front[0]), 1)), 0)
    assert figure.kind == "law" and figure.curve is not None
    np.testing.assert_array_equal(figure.curve.y, 0.1)


def test_rows_keep_their_distance_from_the_slice(plane: Discovery) -> None:
    (parity, *slices), one, shared = figures(plane, 0)
    assert parity.kind == "parity" and [figure.about for figure in slices] == ["b", "a"]  # b changes it most
    middle = {name: np.median(plane.problem.table[name].user_numbers) for name in "ab"}
    for figure, (slope, other, rest) in zip(slices, [(3, "a", 2), (2, "b", 3)], strict=True):
        on_the_line = slope * figure.x + rest * middle[other]
        np.testing.assert_allclose(figure.y - on_the_line, one.evidence.residuals[shared.points.rows], atol=1e-12)
        assert figure.curve is not None
        np.testing.assert_allclose(figure.curve.y, slope * figure.curve.x + rest * middle[other], rtol=1e-9, atol=1e-12)


def test_over_decades_they_keep_their_ratio(relativity: Discovery) -> None:
    (_, *slices), one, shared = figures(relativity, 1)
    ratio = (one.evidence.actual / one.evidence.predicted)[shared.points.rows]
    for figure in slices:
        moved = relativity.front[1].predict(
            {name: figure.x if name == figure.about else np.full(len(figure.x), shared.middle[name]) for name in "mv"}
        )
        spans = np.log10(one.evidence.actual.max() / one.evidence.actual.min()) > 1.5
        expected = moved * ratio if spans else moved + one.evidence.residuals[shared.points.rows]
        np.testing.assert_allclose(figure.y, expected, rtol=1e-12)
        assert figure.sigma is not None  # stated, so error bars are drawn


def test_bands_are_those_of_the_law(plane: Discovery) -> None:
    (_, first, _), _, shared = figures(plane, 0)
    assert first.curve is not None and first.curve.law is not None and first.curve.measured is not None
    places = {"b": first.curve.x, "a": np.full(len(first.curve.x), shared.middle["a"])}
    low, high = band_of(plane.front[0], plane.problem, places).ends(0.95, "law")
    np.testing.assert_allclose(first.curve.law, (low, high), rtol=1e-9)
    assert np.all(first.curve.measured[0] < low) and np.all(first.curve.measured[1] > high)


def test_what_is_left_over_is_drawn_against_the_law_and_inputs(plane: Discovery) -> None:
    one, shared = law_contents(plane)[0], scene(plane)
    found = residual_figures(one, shared)
    assert [figure.about for figure in found] == ["", "a", "b"]
    for figure in found:
        np.testing.assert_array_equal(figure.y, one.evidence.residuals[shared.points.rows])


def test_labels_are_groups_and_names(plane: Discovery) -> None:
    points = points_of(plane.problem, 10)
    assert points.by == "lab" and [group.name for group in points.groups] == ["X", "Y"]
    words = words_of(plane.problem, (plane.front[0].expression,), points)
    assert [len(lines) for lines in words] == [20, 20]
    assert words[1][0].startswith("Y · S1: y = ") and ", a = " in words[1][0]


def test_many_rows_are_thinned_evenly(relativity: Discovery) -> None:
    table = read_table({"x": np.arange(5000.0), "y": np.arange(5000.0) ** 2}, target="y")
    problem = make_problem(table)
    points = points_of(problem, 1)
    assert points.drawn <= MOST_DRAWN and points.total == 5000
    rows = np.sort(points.rows)
    assert (rows[0], rows[-1]) == (0, 4999) and np.diff(rows).max() <= 6
    assert points_of(problem, 10_000).drawn == FEWEST_DRAWN
