"""``front.json`` and ``front.csv``: what others read."""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import replace

import pytest

from symreg.experiment.assembly import problem_of
from symreg.experiment.specification import read_specification
from symreg.experiment.standing import Standing, front_csv, front_json, json_text, standing_of_discovery
from symreg.laws.law import Score
from tests.experiment.fake_search import FakeSearch, write_kepler


@pytest.fixture
def standing(tmp_path_factory: pytest.TempPathFactory) -> Standing:
    specification = read_specification(write_kepler(tmp_path_factory.mktemp("kepler")))
    return standing_of_discovery(FakeSearch()(problem_of(specification)))


def with_law(standing: Standing, **changes: object) -> Standing:
    law = replace(standing.front.laws[-1], **changes)  # type: ignore[arg-type]
    return replace(standing, front=replace(standing.front, laws=(*standing.front.laws[:-1], law)))


def test_front_json_has_exactly_the_documented_keys_in_order(standing: Standing) -> None:
    document = json.loads(front_json(standing))
    assert list(document) == [
        "name", "target", "status", "stop_reason", "complete_to_complexity", "pruned_by_dimension",
        "evaluated", "wall_seconds", "selected", "laws", "judge", "robustness", "screening",
    ]  # fmt: skip
    assert document["target"] == {"name": "P", "unit": standing.target_unit}
    law = document["laws"][document["selected"]]
    assert list(law) == [
        "formula", "complexity", "unit", "dimension_ok", "train", "held_out", "description_length",
        "constants", "correlations", "backend", "simplified", "notes",
    ]  # fmt: skip
    assert (list(law["train"]), list(law["held_out"])) == (["rmse", "r2"], ["rmse", "r2"])
    assert law["formula"] == "k*a**(3/2)"
    assert list(law["constants"]["k"]) == ["value", "stderr", "unit", "kind", "snapped", "interval"]
    assert law["constants"]["k"]["value"] == pytest.approx(365.25, rel=1e-3)
    assert law["constants"]["k"]["unit"] == "day/au**(3/2)"


def test_numbers_that_are_not_finite_become_null(standing: Standing) -> None:
    odd = with_law(standing, held_out=Score(math.nan, -math.inf, 6), description_length=math.inf)
    law = json.loads(front_json(odd), parse_constant=pytest.fail)["laws"][-1]
    assert law["held_out"] == {"rmse": None, "r2": None}
    assert law["description_length"] is None


def test_json_of_numpy_values() -> None:
    import numpy as np

    text = json_text(
        {"a": np.float64(1.5), "b": np.array([1.0, np.nan]), "c": np.int64(3), "d": (np.bool_(True),)}
    )
    assert json.loads(text) == {"a": 1.5, "b": [1.0, None], "c": 3, "d": [True]}


def rows_of(standing: Standing) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(front_csv(standing))))


def test_front_csv(standing: Standing) -> None:
    rows = rows_of(standing)
    assert [row["selected"] for row in rows] == ["false", "true"]
    assert float(rows[1]["train_rmse"]) == standing.front.laws[1].train.rmse
    assert rows[1]["constants"].startswith("k = 365.")


@pytest.mark.parametrize("formula", ["=cmd()", "-x", "+x", "@x", "  =x", "\t=x", "\tx"])
def test_no_text_is_a_command_to_a_spreadsheet(standing: Standing, formula: str) -> None:
    row = rows_of(with_law(standing, formula=formula, notes=("=2+2",)))[1]
    assert row["formula"] == "'" + formula
    assert row["notes"] == "'=2+2"


def test_a_row_stays_one_row(standing: Standing) -> None:
    assert rows_of(with_law(standing, formula="\r\n=x"))[1]["formula"] == "'  =x"


def test_a_negative_number_stays_a_number(standing: Standing) -> None:
    row = rows_of(with_law(standing, train=Score(1.0, -0.5, 6), held_out=Score(math.nan, 1.0, 6)))[1]
    assert (row["train_r2"], row["held_out_rmse"]) == ("-0.5", "")
