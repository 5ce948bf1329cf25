"""Rows that lie far from a law are listed, and only those."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from symreg.engine import get_engine
from symreg.finishing.notes import outliers
from symreg.finishing.notes.outliers import outlier_notes
from symreg.fitting import Fitter, make_fitter
from symreg.formula import parse
from symreg.problem import FreeConstant, Problem, choose_natural_units, make_problem
from symreg.tables import Table, read_table
from symreg.units import Dimension


def rows(n_rows: int = 60, seed: int = 0, noise: float = 0.1, **far: float) -> dict[str, Any]:
    """``y = 2*x + 1`` in metres with noise, and rows moved by so many metres."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(1, 5, n_rows)
    y = 2 * x + 1 + noise * rng.normal(size=n_rows)
    for row, by in far.items():
        y[int(row[1:])] += by
    return {"x": x, "y [m]": y}


def notes(data: dict[str, Any] | Table, loss: str = "squared", **asked: Any) -> tuple[str, ...]:
    table = data if isinstance(data, Table) else read_table(data, target="y")
    problem = make_problem(table, loss=loss, inputs=["x"], free_constants="inferred", **asked)
    fitter: Fitter = make_fitter(problem, choose_natural_units(problem), get_engine("auto"), 1)
    length = Dimension.of(m=1)
    constants = [FreeConstant("k1", length, 1.0), FreeConstant("k2", length, 1.0)]
    fitted = fitter.fit([(parse("k1*x + k2", variables=["x"], constants=["k1", "k2"]), constants)])[0]
    assert fitted is not None
    return outlier_notes(fitter, fitted)


@pytest.mark.parametrize("loss", ["squared", "huber", "student", "log"])
def test_a_row_far_off_is_named(loss: str) -> None:
    (note,) = notes(rows(r10=2.0), loss)
    y = rows(r10=2.0)["y [m]"][10]
    assert note.startswith("1 row lies farther from this law than the other residuals let expect: ")
    assert f": row 11 (y = {y:.4g} m, " in note
    said = "lets it count less" if loss in ("huber", "student") else "counted like the others"
    assert said in note


@pytest.mark.parametrize("test_fraction", [0.0, 0.5])
def test_rows_held_out_are_named_too(test_fraction: float) -> None:
    (note,) = notes(rows(r4=1.5, r40=-2.5), test_fraction=test_fraction)
    assert note.startswith("2 of 60 rows lie farther") and "row 41" in note and "row 5 (" in note
    assert note.index("row 41") < note.index("row 5 (")  # the farthest first


def test_a_row_with_a_name_is_called_by_it() -> None:
    data = rows(r1=2.0) | {"planet": [f"planet {letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" for _ in "1"] + [
        f"moon {number}" for number in range(34)]}  # fmt: skip
    (note,) = notes(read_table(data, target="y"))
    assert "planet B (y = " in note and "row 2" not in note


def test_tables_without_outliers_are_left_in_peace() -> None:
    """One in a hundred tables by design, over all sizes; twice that is let pass."""
    sizes = (12, 20, 60, 200)
    said = sum(bool(notes(rows(n, seed))) for n in sizes for seed in range(50))
    assert said <= 0.02 * 50 * len(sizes)


def test_an_exact_law_has_no_outliers_of_rounding() -> None:
    assert notes(rows(noise=0.0)) == ()


def test_few_rows_are_not_asked() -> None:
    assert notes(rows(9, r3=5.0)) == ()


def test_long_tails_all_over_are_no_odd_rows() -> None:
    data = rows(40)
    data["y [m]"][::3] += 3.0
    assert notes(data) == ()


def test_stated_errors_that_are_larger_excuse_a_row() -> None:
    data = rows(r10=0.9)
    assert notes(data)
    assert not notes(read_table(data, target="y", sigma={"y": 0.5}))


def test_a_row_of_little_weight_may_lie_off() -> None:
    weights = np.ones(60)
    weights[10] = 0.01
    assert notes(rows(r10=1.0)) and not notes(rows(r10=1.0), weights=weights)


def test_of_many_the_first_are_listed() -> None:
    data = rows(100, **{f"r{row}": 5.0 + row for row in range(8)})
    (note,) = notes(data, "student")
    assert note.count("(y = ") == 5 and "and 3 more" in note


def test_whether_a_column_names_rows_is_asked_once_and_not_for_each_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """A set of all labels of a long table takes longer than what a search does meanwhile."""
    asked: list[int] = []
    own = outliers._labels

    def counted(problem: Problem) -> Any:
        asked.append(1)
        return own(problem)

    monkeypatch.setattr(outliers, "_labels", counted)
    data = rows(r1=2.0, r5=3.0, r9=-4.0) | {"name": [f"n{place}" for place in range(60)]}
    (note,) = notes(read_table(data, target="y"))
    assert asked == [1] and note.count("n9 (") == note.count("n5 (") == note.count("n1 (") == 1
