"""Tables of hundreds of columns: nothing that is said or made of them goes with pairs of columns."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import symreg as sr
from symreg.problem import describe
from symreg.problem.offered import offered_constants
from symreg.units import parse_unit

UNITS = ("m", "s", "kg", "K", "A", "J", "Pa", "V", "mol", "W/K")


def wide(columns: int, rows: int = 30) -> sr.Table:
    rng = np.random.default_rng(0)
    units = {f"x{place}": UNITS[place % len(UNITS)] for place in range(columns)} | {"y": "J"}
    return sr.read_table({name: rng.uniform(1, 2, rows) for name in units}, target="y", units=units)


def test_of_a_hundred_copies_the_first_pairs_are_told_and_the_rest_is_counted() -> None:
    """A hundred columns that are one are 4,950 pairs."""
    values = np.arange(1.0, 31.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sr.TableWarning)
        table = sr.read_table({**{f"x{place}": values for place in range(100)}, "y": values**2}, target="y")
    alike = [note for note in table.notes if "the same values" in note]
    assert len(alike) == 500 and "4,450 more pairs of columns are alike" in table.notes


def test_pi_groups_of_hundreds_of_columns_are_counted_and_not_listed() -> None:
    told = describe(sr.make_problem(wide(300)))
    assert told.pi_groups == () and told.more_pi_groups == 300 - 6
    assert "Pi groups: 294, too many to list" in str(told) and "f(Pi groups)" in str(told)
    few = describe(sr.make_problem(wide(20)))
    assert len(few.pi_groups) == 20 - 6 and few.more_pi_groups == 0


def test_what_is_offered_goes_with_the_units_that_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    """By counts: of 500 columns of ten units, constants are weighed with no more linear algebra than of twenty."""
    from symreg.problem import offered

    asked: list[int] = []
    solve = offered.in_span

    def counted(target: Any, others: Any) -> bool:
        asked.append(len(others))
        return solve(target, others)

    monkeypatch.setattr(offered, "in_span", counted)
    found = []
    for columns in (20, 500):
        asked.clear()
        inputs = {f"x{place}": parse_unit(UNITS[place % len(UNITS)]).dimension for place in range(columns)}
        names = [one.name for one in offered_constants(parse_unit("J").dimension, inputs, {})]
        found.append((names, len(asked), max(asked)))
    assert found[0] == found[1]


def test_two_thousand_columns_and_a_target_are_read(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("wide") / "wide.csv"
    names = [f"x{place} [{UNITS[place % len(UNITS)]}]" for place in range(2000)]
    rows = "\n".join(",".join(f"{(place * row) % 97 + 1}" for place in range(2001)) for row in range(1, 9))
    path.write_text(",".join([*names, "y [J]"]) + "\n" + rows + "\n", encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sr.TableWarning)
        assert len(sr.read_table(path, target="y").columns) == 2001
