"""Planted thresholds and boundaries come back; growing finds what the features do not hold; figures are by hand."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from symreg.descriptor.boundary import discriminant, logistic
from symreg.descriptor.classification import find_thresholds
from symreg.descriptor.growing import Growing
from symreg.descriptor.pool import saturated
from symreg.descriptor.settings import DescriptorError, DescriptorSettings
from symreg.descriptor.threshold import Classes, best_threshold, most_points
from symreg.formula.dimensioning import dimension_of
from symreg.formula.expression import evaluate_tree
from symreg.formula.printing import to_text
from symreg.units.dimension import DIMENSIONLESS
from tests.descriptor.setting import features, joiner, problem_of, space_of

COLUMNS = features(120, seed=3)
ONE = DescriptorSettings(n_descriptors=1, max_complexity=4)


def signs(inside: np.ndarray) -> np.ndarray:
    return np.where(inside, 1.0, -1.0)


def test_a_planted_threshold_comes_back_with_its_unit() -> None:
    energy = COLUMNS["I"] - COLUMNS["A"]
    front = find_thresholds(problem_of(COLUMNS, signs(energy < 7.0), unit="1"), ONE)
    best = front.best
    assert best.law.formula in ("I - A", "A - I") and best.law.unit.text == "eV"
    sign = 1 if best.law.formula == "I - A" else -1
    assert abs(sign * best.threshold - 7.0) < 0.2 and best.above == (sign < 0)
    assert (best.accuracy, best.balanced_accuracy) == (1.0, 1.0) and best.cross_validated > 0.95
    np.testing.assert_array_equal(best.decide(COLUMNS), energy < 7.0)
    assert best.rule().startswith("I - A < 6.") or best.rule().startswith("A - I > -")
    assert best.rule().endswith(" eV") and ("<" in best.to_latex() or ">" in best.to_latex())
    assert "features cuts better" in str(front)
    assert repr(front) == str(front) and "<td" in front._repr_mimebundle_()["text/html"]
    assert repr(front.best) == f"ThresholdModel({front.best.rule()})"


def test_only_simpler_models_that_do_worse_stand_before_a_model() -> None:
    noisy = signs(COLUMNS["I"] / COLUMNS["r"] + np.random.default_rng(1).normal(size=120) > 7)
    models = find_thresholds(problem_of(COLUMNS, noisy, unit="1"), ONE).models
    rising = list(itertools.pairwise(models))
    assert rising and all(a.complexity < b.complexity and a.accuracy < b.accuracy for a, b in rising)


def test_balanced_accuracy_chooses_otherwise() -> None:
    rare = signs(COLUMNS["r"] + 0.3 * np.random.default_rng(2).normal(size=120) > 1.9)
    problem = problem_of({"r": COLUMNS["r"], "Z": COLUMNS["Z"]}, rare, unit="1")
    plain, balanced = (find_thresholds(problem, replace(ONE, balanced=each)) for each in (False, True))
    assert balanced.best.balanced_accuracy > plain.best.balanced_accuracy
    assert max(one.accuracy for one in plain.models) >= max(one.accuracy for one in balanced.models)


def test_a_planted_boundary_of_two_descriptors() -> None:
    inside = COLUMNS["I"] / COLUMNS["r"] + 2.5 * COLUMNS["A"] / COLUMNS["s"] > 20.0
    problem = problem_of(COLUMNS, signs(inside), unit="1")
    settings = DescriptorSettings(n_descriptors=2, max_complexity=3)
    two = find_thresholds(problem, settings).of(2)[-1]
    assert {to_text(one) for one in two.descriptors} == {"I/r", "A/s"}
    assert two.accuracy > 0.97
    (ratio,) = two.law.constants
    assert ratio.unit.dimension.is_dimensionless
    assert ratio.value == pytest.approx(2.5 if to_text(two.descriptors[0]) == "I/r" else 0.4, rel=0.3)
    assert f"k = {ratio.value:.3g}"[:6] in two.rule()
    assert "features has a better discriminant" in str(find_thresholds(problem, settings))


def test_discriminant_and_regression_find_a_direction() -> None:
    draw = np.random.default_rng(8)
    values = draw.normal(size=(2, 3000))
    truth = values[0] + 3 * values[1] + draw.logistic(size=3000) > 0
    for slope in (discriminant(values, Classes(truth)), logistic(values, Classes(truth))):
        assert slope[1] / slope[0] == pytest.approx(3.0, rel=0.15)
    exact = logistic(values, Classes(truth), ridge=0.0)
    np.testing.assert_allclose(exact, [1.0, 3.0], rtol=0.15)
    apart = logistic(values, Classes(values[0] > 0))
    assert np.isfinite(apart).all() and abs(apart[1] / apart[0]) < 0.1


def test_growing_finds_what_the_features_do_not_hold_and_keeps_to_the_dimensions() -> None:
    """A sum of two ratios, one squared, is longer than any feature here."""
    inside = (COLUMNS["r"] / COLUMNS["s"]) ** 2 + COLUMNS["I"] / COLUMNS["A"] < 5.0
    problem = problem_of(COLUMNS, signs(inside), unit="1")
    settings = DescriptorSettings(n_descriptors=1, max_complexity=4, dimensionless=True)
    short, long = (find_thresholds(problem, replace(settings, grown=grown)) for grown in (0, 9))
    assert short.best.accuracy < 0.95
    assert long.models[-1].accuracy == 1.0 and long.models[-1].complexity <= 9
    assert long.grown > 0 and "combinations of features" in str(long)
    for one in long.models:
        assert dimension_of(one.law.expression, problem.dimensions) == DIMENSIONLESS


@pytest.mark.parametrize("dimensionless", [False, True])
def test_what_is_grown_is_what_it_says(dimensionless: bool) -> None:
    inside = (COLUMNS["r"] / COLUMNS["s"]) ** 2 + COLUMNS["I"] / COLUMNS["A"] < 5.0
    problem = problem_of(COLUMNS, signs(inside), unit="1")
    space = space_of(problem, 3, dimensionless=dimensionless)
    classes = Classes(inside)
    growing = Growing(space, classes, joiner(), 7, dimensionless)
    for pool in growing.grown():
        assert (pool.sizes <= 7).all() and len(pool)
        for place in range(0, len(pool), max(1, len(pool) // 40)):
            tree = pool.tree(place)
            found = dimension_of(tree, problem.dimensions)
            assert found == space.search.coding.decode(int(pool.codes[place]))
            assert found == DIMENSIONLESS or not dimensionless
            values = np.asarray(evaluate_tree(tree, space.leaf_values))
            np.testing.assert_allclose(values, pool.values[place], rtol=1e-9)
            points = most_points(pool.values[place][None], classes)[0]
            assert points == best_threshold(pool.values[place], classes).points


def test_far_values_do_not_count_more_than_near_ones() -> None:
    values = np.vstack([np.r_[np.linspace(0, 1, 50), 1e9], np.r_[np.linspace(0, 1, 50), 3.0]])
    rows = saturated(values)
    np.testing.assert_allclose(rows[0], rows[1], atol=1e-6)


def test_the_search_repeated_in_folds_is_humbler_where_nothing_is_to_be_found() -> None:
    chance = signs(np.random.default_rng(11).random(120) < 0.5)
    front = find_thresholds(problem_of(COLUMNS, chance, unit="1"), replace(ONE, max_complexity=5), folds=4)
    (unseen,) = front.validations
    assert unseen.value < 0.6 < max(one.accuracy for one in front.models)
    assert "accuracy" in unseen.sentence() and len(unseen.chosen) == 4


def test_two_classes_are_needed() -> None:
    with pytest.raises(DescriptorError, match="told by 1 or 2"):
        find_thresholds(problem_of(COLUMNS, signs(COLUMNS["I"] > 9), unit="1"), replace(ONE, n_descriptors=3))
    with pytest.raises(DescriptorError, match="'y' has 120 values; two classes"):
        find_thresholds(problem_of(COLUMNS, COLUMNS["I"], unit="eV"), ONE)
