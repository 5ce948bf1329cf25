"""Pictures have the right points, labels with units, and no name is read as mathematics."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from matplotlib import pyplot as plt

from symreg.errors import PredictionError
from symreg.laws.law import ParetoFront
from symreg.tables.table import read_table
from tests.laws_by_hand import law_of, problem_of

X = np.linspace(1.0, 10.0, 12)


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    plt.switch_backend("agg")
    yield
    plt.close("all")


def test_a_law_of_one_input_is_a_curve_through_points_with_error_bars() -> None:
    problem = problem_of({"x$a$ [m]": X, "y [s]": 3 * X}, sigma=0.5, test_fraction=0)
    law = law_of(problem, "k*`x$a$`")
    axes = law.plot(problem.table)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("x$a$ [m]", "y [s]")
    assert not axes.xaxis.get_label().get_parse_math()
    curve = next(line for line in axes.get_lines() if line.get_label() == "law")
    np.testing.assert_allclose(curve.get_ydata(), 3 * np.asarray(curve.get_xdata()), rtol=1e-9)
    assert (min(curve.get_xdata()), max(curve.get_xdata())) == (1, 10)
    bars = axes.containers[0][2][0].get_segments()
    assert len(bars) == 12
    np.testing.assert_allclose([end[1] - start[1] for start, end in bars], 1.0)
    axes.figure.canvas.draw()  # nothing is read as mathematics, nothing fails


def test_units_of_the_data_are_converted_and_the_target_may_be_missing() -> None:
    law = law_of(problem_of({"x [m]": X, "y [s]": 3 * X}, test_fraction=0), "k*x")
    axes = law.plot({"x [cm]": 100 * X, "y [ms]": 3000 * X}, sigma=0.1)
    points = axes.containers[0][0]
    np.testing.assert_allclose(points.get_xdata(), X)
    np.testing.assert_allclose(points.get_ydata(), 3 * X)
    bare = law.plot({"x": X}, ax=plt.figure().subplots())
    assert len(bare.get_lines()) == 1 and bare is plt.gca()


def test_more_inputs_are_drawn_as_predicted_against_measured() -> None:
    data = {"x [m]": X, "t [s]": X[::-1] ** 2, "v [m/s]": X / X[::-1] ** 2}
    law = law_of(problem_of(data, "v", test_fraction=0), "k*x/t")
    axes = law.plot(read_table(data, target="v"))
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("v, measured [m/s]", "v, predicted [m/s]")
    points = axes.containers[0][0]
    np.testing.assert_allclose(points.get_ydata(), points.get_xdata(), rtol=1e-6)
    with pytest.raises(PredictionError, match="column 'v' is missing"):
        law.plot({"x": X, "t": X})


def test_a_front_is_errors_over_complexity() -> None:
    problem = problem_of({"x [m]": X, "y [s]": 3 * X + np.sin(X)}, test_fraction=0)
    laws = tuple(law_of(problem, one) for one in ("k", "k*x", "k*x + k1"))
    axes = ParetoFront(laws, 1).plot()
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("complexity", "leave-one-out error [s]")
    ring = next(line for line in axes.get_lines() if line.get_label() == "selected")
    assert list(ring.get_xdata()) == [3] and list(ring.get_ydata()) == [laws[1].held_out.rmse]
    assert axes.get_yscale() == "log"
