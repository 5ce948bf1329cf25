"""Tables drawn from a known law."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from symreg.errors import SymregError
from symreg.tables.generate import (
    GeneratedConstant,
    GeneratedInput,
    GeneratedTable,
    GenerationError,
    generate_table,
    read_generated_table,
)

C = 299792458.0
BLOCK: dict[str, Any] = {
    "formula": "m*c**2/sqrt(1 - v**2/c**2)",
    "target": {"name": "E", "unit": "MJ"},
    "inputs": {
        "m": {"unit": "g", "low": 1, "high": 10},
        "v": {"unit": "km/s", "low": 3.0e4, "high": 2.8e5, "distribution": "loguniform"},
    },
    "constants": {"c": "c"},
    "rows": 500,
    "noise": {"rms": 0.1},
    "seed": 3,
}


def changed(**changes: Any) -> dict[str, Any]:
    return {key: value for key, value in {**BLOCK, **changes}.items() if value is not None}


def test_values_are_those_of_the_law_in_the_units_that_were_asked_for() -> None:
    table = generate_table(changed(noise=None))
    mass, speed = table["m"].user_values, table["v"].user_values
    assert mass is not None and speed is not None
    expected = mass * 1e-3 * C**2 / np.sqrt(1 - (speed * 1e3 / C) ** 2)
    assert table["E"].values == pytest.approx(expected, rel=1e-12)
    assert table["E"].user_values == pytest.approx(expected / 1e6, rel=1e-12)
    assert table.units == {"m": "g", "v": "km/s", "E": "MJ"}
    assert table.target == "E"
    assert table.n_rows == 500
    assert mass.min() >= 1 and mass.max() <= 10 and speed.min() >= 3e4 and speed.max() <= 2.8e5


def test_equal_descriptions_give_equal_tables_and_seeds_differ() -> None:
    first, again, other = (generate_table(changed(seed=seed)) for seed in (3, 3, 4))
    for column in first.columns:
        assert np.array_equal(column.values, again[column.name].values)
        assert not np.array_equal(column.values, other[column.name].values)


@pytest.mark.parametrize(("kind", "level"), [("rms", 0.1), ("relative", 0.05)])
def test_the_noise_has_the_level_that_was_asked_for(kind: str, level: float) -> None:
    exact = generate_table(changed(noise=None, rows=20_000))["E"].values
    noisy = generate_table(changed(noise={kind: level}, rows=20_000))["E"].values
    size = np.sqrt(np.mean(exact**2)) if kind == "rms" else np.abs(exact)
    assert np.std((noisy - exact) / size) == pytest.approx(level, rel=0.03)
    assert np.mean((noisy - exact) / size) == pytest.approx(0.0, abs=0.03 * level)


def test_integers_above_one_another() -> None:
    inputs = {
        "n1": {"low": 1, "high": 6, "distribution": "integer"},
        "n2": {"low": 2, "high": 7, "distribution": "integer", "above": "n1"},
    }
    formula = {"formula": "1/(R*(1/n1**2 - 1/n2**2))", "target": {"name": "lam", "unit": "m"}}
    constants = {"R": {"value": 1.097e7, "unit": "1/m"}}
    table = generate_table({**formula, "inputs": inputs, "constants": constants, "rows": 400})
    lower, upper = table["n1"].values, table["n2"].values
    assert set(lower) == {1, 2, 3, 4, 5, 6}
    assert np.all(upper > lower) and upper.max() == 7
    assert np.all(table["lam"].values > 0)


def test_rows_where_the_law_is_undefined_are_drawn_again() -> None:
    inputs = {"x": {"low": -1, "high": 1}}
    table = generate_table({"formula": "sqrt(x)", "target": {"name": "y"}, "inputs": inputs, "rows": 300})
    assert table.n_rows == 300
    assert table["x"].values.min() >= 0


def test_a_law_that_is_defined_nowhere_is_refused() -> None:
    inputs = {"x": {"low": -2, "high": -1}}
    with pytest.raises(GenerationError, match="only 0 of"):
        generate_table({"formula": "log(x)", "target": {"name": "y"}, "inputs": inputs, "rows": 10})


def test_the_dimension_of_the_formula_must_be_that_of_the_target() -> None:
    with pytest.raises(GenerationError, match="formula: has the dimension"):
        generate_table(changed(target={"name": "E", "unit": "N"}))
    with pytest.raises(SymregError, match="m"):
        generate_table(changed(formula="m + v", constants=None))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rows": 0}, "rows: 1 to"),
        ({"rows": 1.5}, "a whole number"),
        ({"seed": -1}, "a whole number"),
        ({"noise": {"uniform": 1}}, "noise: give"),
        ({"noise": {"rms": -1}}, "noise: give"),
        ({"noise": 0.1}, "noise: give"),
        ({"noise": {"rms": float("nan")}}, "finite number"),
        ({"colour": "red"}, "'colour' is no key"),
        ({"inputs": {"m": {"unit": "kg", "low": 1}}}, "'high' is missing"),
        ({"inputs": {"m": 3}}, "m: give"),
        ({"inputs": {"m": {"low": 2, "high": 1}}}, "low <= high"),
        ({"inputs": {"m": {"low": 0, "high": 1, "distribution": "loguniform"}}}, "begins above 0"),
        (
            {"inputs": {"m": {"low": 0, "high": 1, "distribution": "normal"}}},
            "uniform, loguniform or integer",
        ),
        ({"inputs": {"m": {"low": 0, "high": 1, "above": "v"}}}, "only an integer"),
        (
            {"inputs": {"m": {"low": 0, "high": 9, "distribution": "integer", "above": "w"}}},
            "no earlier input",
        ),
        ({"inputs": {"E": {"low": 0, "high": 1}}}, "a name of their own"),
        ({"constants": {"c": None}}, "finite number"),
        ({"constants": 3}, "constants: give"),
        ({"formula": None}, "'formula' is missing"),
        ({"target": "E"}, "a mapping is needed"),
    ],
)
def test_mistakes_are_named(changes: dict[str, Any], message: str) -> None:
    block = {**BLOCK, **changes}
    with pytest.raises(GenerationError, match=message):
        generate_table(block)


def test_a_list_of_constants_and_a_value_with_unit() -> None:
    listed = read_generated_table(changed(constants=["c"]))
    assert listed.constants == {"c": "c"}
    valued = read_generated_table(changed(constants={"c": {"value": 3.0e8, "unit": "m/s"}}))
    assert valued.constants == {"c": GeneratedConstant(3.0e8, "m/s")}
    assert hash(valued) == hash(read_generated_table(changed(constants={"c": {"value": 1.0, "unit": "m/s"}})))


def test_the_dataclass_is_as_good_as_the_mapping() -> None:
    specification = GeneratedTable("2*x", "y", "m", (GeneratedInput("x", "cm", 0.0, 1.0),), rows=5)
    table = generate_table(specification)
    assert table["y"].values == pytest.approx(2 * table["x"].values)
