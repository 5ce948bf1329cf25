"""Tables for forms: noise is what it says, and equal trials have equal tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from symreg.benchmark.forms.sampling import clean_table, noisy_table
from symreg.units.reading import parse_unit
from tests.benchmark.forms.form_files import CHARGE, GIVEN, LINE, forms, trial


def test_equal_trials_have_equal_tables_and_others_have_not(tmp_path: Path) -> None:
    charge, line = forms(tmp_path, CHARGE, LINE)
    first, again = (noisy_table(trial(charge, 30, 0.1, seed=2)) for _ in range(2))
    for column in first.columns:
        assert np.array_equal(column.values, again[column.name].values)
    for other in (trial(charge, 30, 0.1, seed=3), trial(charge, 31, 0.1, seed=2)):
        assert not np.isin(noisy_table(other)["t"].values, first["t"].values).any()
    assert not np.isin(clean_table(line, 20)["x"].values, noisy_table(trial(line, 20))["x"].values).any()


def test_more_noise_meets_the_same_rows(tmp_path: Path) -> None:
    (line,) = forms(tmp_path, LINE)
    none, little, much = (noisy_table(trial(line, 20, level)) for level in (0.0, 0.1, 0.2))
    assert np.array_equal(none["x"].values, much["x"].values)
    assert none["y"].values == pytest.approx(3 * none["x"].values + 7)
    assert much["y"].values - none["y"].values == pytest.approx(2 * (little["y"].values - none["y"].values))


def test_relative_noise_is_a_part_of_each_value(tmp_path: Path) -> None:
    (charge,) = forms(tmp_path, CHARGE)
    exact, noisy = (noisy_table(trial(charge, 20_000, level))["U"].values for level in (0.0, 0.1))
    ratio = noisy / exact - 1
    assert np.std(ratio) == pytest.approx(0.1, rel=0.03)
    halves = np.std(ratio[exact < np.median(exact)]), np.std(ratio[exact >= np.median(exact)])
    assert halves[0] == pytest.approx(halves[1], rel=0.05)


def test_additive_noise_is_a_part_of_the_spread(tmp_path: Path) -> None:
    (line,) = forms(tmp_path, LINE)
    exact, noisy = (noisy_table(trial(line, 20_000, level))["y"].values for level in (0.0, 0.1))
    assert np.std(noisy - exact) / np.std(exact) == pytest.approx(0.1, rel=0.03)
    halves = np.std((noisy - exact)[exact < 22]), np.std((noisy - exact)[exact >= 22])
    assert halves[0] == pytest.approx(halves[1], rel=0.05)


def test_inputs_are_in_their_units_and_ranges(tmp_path: Path) -> None:
    (charge,) = forms(tmp_path, CHARGE)
    table = noisy_table(trial(charge, 4_000))
    assert table.target == "U" and table.names == ("t", "r", "U")
    assert table["t"].unit.text == "ms" and table["U"].unit.text == "mV"
    decades = np.log10(table["t"].values / 1e-3)
    assert 0 <= decades.min() < 0.01 and 1.99 < decades.max() <= 2
    assert np.mean(decades) == pytest.approx(1.0, abs=0.03), "drawn evenly in the logarithm"
    assert all(column.sigma is None for column in table.columns)


def test_rows_of_its_own_are_taken_as_they_are(tmp_path: Path) -> None:
    (given,) = forms(tmp_path, GIVEN)
    for seed in (0, 1):
        table = noisy_table(trial(given, 3, seed=seed))
        assert table["F"].values.tolist() == [5.1, 7.9, 21.2]
        assert table["b"].values == pytest.approx(parse_unit("cm/s**2").to_si(np.array([500, 400, 700])))
    clean = clean_table(given)
    assert clean["F"].values == pytest.approx(clean["a"].values * clean["b"].values)
