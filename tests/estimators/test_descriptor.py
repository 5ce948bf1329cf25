"""The doors for scikit-learn to descriptors: parameters, units, predictions, and the figures of the two tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.model_selection import cross_val_score

import symreg as sr
from symreg.errors import EstimatorError, SymregError

OCTETS = sr.load_dataset("octet_binaries")
PEROVSKITES = sr.load_dataset("perovskites")
IONS = ["nA", "nB", "nX", "rA", "rB", "rX"]


def test_a_regressor_predicts_in_the_users_units() -> None:
    model = sr.DescriptorRegressor(units=OCTETS.units, max_complexity=4, keep=2)
    fitted = clone(model).fit(OCTETS.X, OCTETS.y)
    predicted = fitted.predict(OCTETS.X)
    rmse = np.sqrt(np.mean((predicted - OCTETS.y.to_numpy()) ** 2))
    assert rmse == pytest.approx(fitted.best_.train.rmse, rel=1e-9)
    assert fitted.best_.law.unit.text == "eV"
    assert "def delta_E_RS_minus_ZB" in fitted.best_.law.to("python")
    assert str(fitted.front_).count("\n") > 4
    in_metres = OCTETS.X.copy()
    lengths = [name for name in in_metres if str(name).startswith("r_")]
    in_metres[lengths] = in_metres[lengths] * 1e-10
    in_metres.attrs["units"] = {name: "m" if name in lengths else OCTETS.units[name] for name in in_metres}
    np.testing.assert_allclose(fitted.predict(in_metres), predicted, rtol=1e-9)


def test_two_descriptors_of_octets_beat_the_documented_optimum() -> None:
    """Fewer pairs than all (100 million of 8 billion) are enough: SISSO++ states 0.0931541 eV."""
    inputs = [name for name in OCTETS.X if not str(name).startswith(("Z_", "period_"))]
    table = OCTETS.X[inputs]
    model = sr.DescriptorRegressor(units=OCTETS.units, max_complexity=6, max_pairs=1e8, keep=1)
    front = model.fit(table, OCTETS.y).front_
    assert front.of(1)[0].train.rmse < 0.125912
    assert front.of(2)[0].train.rmse < 0.0931541


def test_a_classifier_names_its_classes_and_gives_a_rule() -> None:
    label = pd.Series(np.where(PEROVSKITES.y > 0, "perovskite", "other"), name="kind")
    model = sr.DescriptorClassifier(units={name: PEROVSKITES.units[name] for name in IONS}, max_complexity=3, keep=1)
    fitted = model.fit(PEROVSKITES.X[IONS], label)
    assert fitted.classes_.tolist() == ["other", "perovskite"]
    assert fitted.score(PEROVSKITES.X[IONS], label) == pytest.approx(fitted.best_.accuracy)
    side = fitted.decision_function(PEROVSKITES.X[IONS]) > 0
    np.testing.assert_array_equal(np.where(side, "perovskite", "other"), fitted.predict(PEROVSKITES.X[IONS]))
    assert fitted.best_.rule().split()[-1] == "angstrom"  # rX - rB


def test_one_ratio_of_radii_tells_four_of_five_perovskites_in_cross_validation() -> None:
    units = {name: PEROVSKITES.units[name] for name in (*IONS, "exp_label")}
    model = sr.DescriptorClassifier(units=units, max_complexity=3, dimensionless=True, keep=1)
    scores = cross_val_score(model, PEROVSKITES.X[IONS], PEROVSKITES.y.astype(int), cv=3)
    assert 0.7 < scores.mean() < 0.82


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"n_descriptors": 5}, "n_descriptors=5: give"),
        ({"time_limit": -1}, "time_limit is -1"),
        ({"operators": ["+", "plus"]}, "no such operator"),
        ({"folds": 1}, "1 folds of 82 rows"),
    ],
)
def test_what_cannot_be_asked_is_said(given: dict[str, object], sentence: str) -> None:
    model = sr.DescriptorRegressor(units=OCTETS.units, **{"max_complexity": 2, **given})  # type: ignore[arg-type]
    with pytest.raises(SymregError, match=sentence):
        model.fit(OCTETS.X, OCTETS.y)


def test_more_than_two_classes_are_refused() -> None:
    model = sr.DescriptorClassifier(max_complexity=1)
    with pytest.raises(EstimatorError, match="3 classes"):
        model.fit(PEROVSKITES.X[["rA", "rB"]], np.arange(576) % 3)


def test_a_search_out_of_time_returns_what_it_has() -> None:
    model = sr.DescriptorRegressor(units=OCTETS.units, max_complexity=12, time_limit=0.5, keep=1)
    front = model.fit(OCTETS.X, OCTETS.y).front_
    assert front.complete_to < 12 and front.best.train.rmse < 0.2
    assert all(not one.exhaustive for one in front.certificates[1:])
