"""The feature space: exact in its dimensions, whole, each feature once, and whitened."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from symreg.descriptor.feature_space import Whitening, feature_space
from symreg.descriptor.settings import DescriptorError, DescriptorSettings
from symreg.formula.dimensioning import dimension_of
from symreg.formula.expression import complexity, evaluate_tree
from symreg.formula.grammar import parse
from symreg.search.space import search_space
from symreg.units.dimension import DIMENSIONLESS
from tests.descriptor.setting import features, problem_of, space_of

COLUMNS = features()
TARGET = COLUMNS["I"] - COLUMNS["A"]


def test_every_feature_has_a_dimension_and_it_is_the_one_it_is_filed_under() -> None:
    problem = problem_of(COLUMNS, TARGET)
    space = space_of(problem, 5)
    assert len(space) > 500
    for feature in range(len(space)):
        tree = space.expression(feature)
        found = dimension_of(tree, problem.dimensions)  # raises where a sum has unlike units
        assert found == space.search.coding.decode(int(space.codes[feature]))
        assert complexity(tree) <= space.sizes[feature] <= 5


def test_values_are_those_of_the_tree() -> None:
    space = space_of(problem_of(COLUMNS, TARGET), 5)
    every = np.arange(len(space))
    values = space.values(every)
    for feature in every[:: max(1, len(every) // 200)].tolist():
        found = np.asarray(evaluate_tree(space.expression(feature), space.leaf_values))
        np.testing.assert_allclose(found, values[feature], rtol=1e-9)


def test_all_distinct_features_are_there_up_to_a_straight_line() -> None:
    """Written out by hand: energies and lengths, size three."""
    names = ("I", "A", "r", "s")
    columns = {name: COLUMNS[name] for name in names}
    space = space_of(problem_of(columns, TARGET, operators=("+", "-", "*", "/")), 3)
    wanted = list(names)
    for a, b in itertools.combinations(names, 2):
        wanted += [f"{a}*{b}", f"{a}/{b}", f"{b}/{a}"]
    wanted += [f"{a}*{a}" for a in names] + [f"1/{a}" for a in names]
    wanted += ["I + A", "I - A", "r + s", "r - s"]
    trees = [parse(text, variables=names) for text in wanted]
    whitening = Whitening(np.ones(len(TARGET)))
    rows = whitening.of(np.array([evaluate_tree(tree, space.leaf_values) for tree in trees]))[0]
    likeness = np.abs(rows @ space.unit_rows(np.arange(len(space))).T)
    assert len(space) == len(wanted)  # and 1 + r/s is r/s
    assert (likeness.max(axis=1) > 1 - 1e-12).all()
    assert (likeness.max(axis=0) > 1 - 1e-12).all()


def test_no_two_features_are_a_straight_line_of_each_other() -> None:
    space = space_of(problem_of(COLUMNS, TARGET), 4)
    rows = space.unit_rows(np.arange(len(space)))
    likeness = np.abs(rows @ rows.T) - np.eye(len(rows))
    assert likeness.max() < 1 - 1e-12


def test_a_dimensionless_space_has_no_other_features_and_all_of_these() -> None:
    problem = problem_of(COLUMNS, TARGET)
    plain, whole = space_of(problem, 5, dimensionless=True), space_of(problem, 5)
    assert (plain.codes == 0).all()
    there = whole.unit_rows(np.flatnonzero(whole.codes == 0))
    likeness = np.abs(there @ plain.unit_rows(np.arange(len(plain))).T)
    assert (likeness.max(axis=1) > 1 - 1e-12).all()
    assert all(dimension_of(plain.expression(i), problem.dimensions) == DIMENSIONLESS for i in range(len(plain)))


def test_whitened_rows_are_free_of_the_weighted_mean() -> None:
    draw = np.random.default_rng(0)
    root = draw.uniform(0.5, 2, 30)
    whitening = Whitening(root)
    values = np.vstack([draw.normal(size=(3, 30)) + 1e6, np.full((1, 30), 7.0)])
    rows, norm = whitening.of(values)
    np.testing.assert_allclose(rows[:3] @ root, 0, atol=1e-8)
    np.testing.assert_allclose((rows[:3] ** 2).sum(axis=1), 1)
    assert norm[3] == 0 and not rows[3].any()
    centred = (values[:3] - (values[:3] @ root**2 / (root @ root))[:, None]) * root
    np.testing.assert_allclose(np.sqrt((centred**2).sum(axis=1)), norm[:3], rtol=1e-6)


def test_some_of_the_rows() -> None:
    space = space_of(problem_of(COLUMNS, TARGET), 3)
    sample = np.array([3, 5, 8, 13, 21, 34])
    part = space.on(sample)
    np.testing.assert_array_equal(part.values(np.array([0])), space.values(np.array([0]))[:, sample])
    again = part.on(np.array([1, 2, 3, 4]))
    np.testing.assert_array_equal(again.sample, sample[1:5])
    np.testing.assert_allclose(part.rows.sum(axis=1), 0, atol=1e-5)
    constant = {**COLUMNS, "Z": np.where(np.arange(40) < 35, 2.0, 3.0)}
    whole = space_of(problem_of(constant, TARGET), 1)
    assert len(whole.on(np.arange(30))) == len(whole) - 1  # Z does not vary there


def test_memory_bounds_the_space_and_it_says_how_far_it_is_complete() -> None:
    search = search_space(problem_of(COLUMNS, TARGET), np.arange(40))
    settings = DescriptorSettings(max_complexity=6)
    whole, part = feature_space(search, settings), feature_space(search, settings, memory=1e6)
    assert whole.complete_to == 6
    assert len(part) <= 1100 < len(whole)
    assert part.complete_to < 6
    differences = space_of(problem_of(COLUMNS, TARGET, operators=("-", "*")), 5)
    assert differences.complete_to == 4  # I - (A - I) may need a plus


def test_columns_that_do_not_vary_are_a_mistake() -> None:
    columns = {"I": np.full(40, 5.0)}
    search = search_space(problem_of({"I": COLUMNS["I"]}, TARGET), np.arange(40))
    search = replace(search, values=np.array([columns["I"], np.ones(40)]))
    with pytest.raises(DescriptorError, match="no feature varies"):
        feature_space(search, DescriptorSettings(max_complexity=2))


@pytest.mark.parametrize("wrong", [{"n_descriptors": 4}, {"n_descriptors": True}, {"max_pairs": 0}, {"keep": "many"}])
def test_settings_that_cannot_be_kept(wrong: dict[str, object]) -> None:
    with pytest.raises(DescriptorError, match=f"{next(iter(wrong))}=.*: give a .*number"):
        DescriptorSettings(**wrong)  # type: ignore[arg-type]
