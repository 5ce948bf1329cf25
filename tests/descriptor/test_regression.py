"""Planted sums come back with their units; errors and scores are those computed by hand; experiments get there too."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from symreg.descriptor.backend import Descriptors
from symreg.descriptor.descriptor_front import select
from symreg.descriptor.regression import find_descriptors
from symreg.descriptor.settings import DescriptorError, DescriptorSettings
from symreg.descriptor.validation import Validation
from symreg.discovery import discover
from symreg.experiment.assembly import backend_of, configuration
from symreg.experiment.specification import specification_of
from symreg.formula.expression import evaluate_tree
from symreg.formula.printing import to_text
from symreg.problem.making import make_problem
from symreg.search.backend import Budget
from symreg.tables.table import read_table
from symreg.units.reading import parse_unit
from tests.descriptor.setting import features, problem_of

COLUMNS = features()
NOISE = 0.01 * np.random.default_rng(6).normal(size=40)
PLANTED = 2.0 + 0.8 * (COLUMNS["I"] - COLUMNS["A"]) / COLUMNS["r"] ** 2 - 0.3 * COLUMNS["s"] / COLUMNS["r"]


def test_a_planted_sum_comes_back_with_units_and_errors() -> None:
    front = find_descriptors(problem_of(COLUMNS, PLANTED + NOISE), DescriptorSettings(max_complexity=6, keep=2))
    best = front.of(2)[0]
    assert {to_text(one) for one in best.descriptors} == {"s/r", "(I - A)/r**2"}
    units = {to_text(one): unit for one, unit in zip(best.descriptors, best.units, strict=True)}
    assert units["(I - A)/r**2"].text == "eV/angstrom**2"
    assert units["s/r"].dimension.is_dimensionless
    wanted = {2.0: "eV", 0.8: "angstrom**2", -0.3: "eV"}
    assert {one.unit.dimension for one in best.law.constants} == {parse_unit(u).dimension for u in wanted.values()}
    for constant in best.law.constants:
        true = min(wanted, key=lambda value: abs(value - constant.value))
        assert constant.unit.text == wanted[true]
        assert abs(constant.value - true) < 4 * constant.stderr
    assert front.selected == front.models.index(best)
    assert "no pair among" in str(front) and "(I - A)/r**2" in str(front)
    assert repr(front) == str(front) and "<td" in front._repr_mimebundle_()["text/html"]
    assert repr(front.best).startswith("DescriptorModel(")
    assert best.describe()[1] == "(I - A)/r**2 [eV/angstrom**2], complexity 6"


def test_scores_are_those_of_least_squares_by_hand() -> None:
    problem = problem_of(COLUMNS, PLANTED + 20 * NOISE)
    model = find_descriptors(problem, DescriptorSettings(max_complexity=3, keep=1)).of(2)[0]
    y = PLANTED + 20 * NOISE
    values = [np.asarray(evaluate_tree(tree, COLUMNS)) for tree in model.descriptors]
    design = np.vstack([np.ones(40), *values]).T
    fit, rest, *_ = np.linalg.lstsq(design, y, rcond=None)
    assert model.train.rmse == pytest.approx(np.sqrt(rest[0] / 40), rel=1e-8)
    np.testing.assert_allclose(model.law.predict(COLUMNS), design @ fit, rtol=1e-8)
    errors = np.sqrt(np.diag(np.linalg.inv(design.T @ design)) * rest[0] / 37)
    np.testing.assert_allclose([one.stderr for one in model.law.constants], errors, rtol=1e-5)
    np.testing.assert_allclose([one.value for one in model.law.constants], fit, rtol=1e-7)
    leverage = np.einsum("ij,ji->i", design, np.linalg.pinv(design))
    left_out = (y - design @ fit) / (1 - leverage)
    assert model.held_out.rmse == pytest.approx(np.sqrt(np.mean(left_out**2)), rel=1e-5)
    assert model.max_error == pytest.approx(np.abs(y - design @ fit).max(), rel=1e-8)


def test_weights_of_the_rows_count() -> None:
    sigma = np.random.default_rng(7).uniform(0.01, 0.5, 40)
    units = {"I": "eV", "r": "angstrom", "y": "eV"}
    y = COLUMNS["I"] * 0.5 + sigma * np.random.default_rng(8).normal(size=40)
    columns = {"I": COLUMNS["I"], "r": COLUMNS["r"], "y": y, "sigma_y": sigma}
    table = read_table(columns, target="y", units=units | {"sigma_y": "eV"}, sigma={"y": "sigma_y"})
    problem = make_problem(table, free_constants="inferred", operators=["*"], test_fraction=0)
    model = find_descriptors(problem, DescriptorSettings(n_descriptors=1, max_complexity=1)).models[0]
    fit = np.polyfit(COLUMNS["I"], y, 1, w=1 / sigma)
    np.testing.assert_allclose([one.value for one in model.law.constants], fit[::-1], rtol=1e-6)


def test_rows_held_out_judge_and_are_not_fitted() -> None:
    problem = make_problem(problem_of(COLUMNS, PLANTED + NOISE).table, free_constants="inferred", test_fraction=0.25)
    model = find_descriptors(problem, DescriptorSettings(max_complexity=3, keep=1)).best
    assert (model.train.n_rows, model.held_out.n_rows) == (30, 10)


def test_the_search_repeated_in_folds_sees_no_unseen_row() -> None:
    noise = np.random.default_rng(9).normal(size=40)
    settings = DescriptorSettings(n_descriptors=2, max_complexity=5, keep=1)
    front = find_descriptors(problem_of(COLUMNS, noise), settings, folds=4)
    assert [one.n_descriptors for one in front.validations] == [1, 2]
    assert front.of(2)[0].held_out.rmse < np.std(noise) < front.validations[1].value  # there is nothing to find
    planted = find_descriptors(problem_of(COLUMNS, PLANTED + NOISE), replace(settings, max_complexity=6), folds=4)
    two = planted.validations[1]
    assert set(two.chosen) == {"s/r | (I - A)/r**2"} and two.value < 0.03
    assert "the search repeated in 4 folds (1 different choices)" in two.sentence()


def test_what_the_repeated_search_reaches_decides_how_many_descriptors_are_used() -> None:
    front = find_descriptors(problem_of(COLUMNS, PLANTED + NOISE), DescriptorSettings(max_complexity=3, keep=2))
    said = [Validation(n, 5, "RMSE", value, "eV", ()) for n, value in ((1, 0.2), (2, 0.3))]
    assert front.best.n_descriptors == 2
    assert front.models[select(front.models, said)] is front.of(1)[0]


def test_known_constants_are_leaves_and_keep_their_names() -> None:
    columns = {"r": COLUMNS["r"]}
    units = {"r": "angstrom", "y": "1/angstrom"}
    y = 2.0 / (COLUMNS["r"] + 0.5) - 1.0
    table = read_table({**columns, "y": y}, target="y", units=units)
    known = {"name": "k1", "value": 0.5, "unit": "angstrom"}
    problem = make_problem(
        table, constants=[known], free_constants="inferred", operators=["+", "/"], test_fraction=0
    )
    best = find_descriptors(problem, DescriptorSettings(n_descriptors=1, max_complexity=5)).best
    assert "k1" in to_text(best.descriptors[0]) and "known" not in best.law.formula
    np.testing.assert_allclose(best.law.predict(columns), y, rtol=1e-7)


def test_coefficients_must_be_allowed_any_unit() -> None:
    problem = make_problem(problem_of(COLUMNS, PLANTED).table, free_constants="dimensionless", test_fraction=0)
    with pytest.raises(DescriptorError, match="give 'inferred'"):
        find_descriptors(problem)
    with pytest.raises(DescriptorError, match="give 'inferred'"):
        discover(problem, backend=Descriptors(), budget=Budget(time=1))


def test_as_a_backend_descriptors_reach_reports_and_experiments() -> None:
    problem = problem_of(COLUMNS, PLANTED + NOISE)
    backend = Descriptors(DescriptorSettings(max_complexity=6))
    found = discover(problem, backend=backend, budget=Budget(time=60))
    assert found.backend == "descriptors" and found.stop_reason == "every number of descriptors was searched"
    assert "(I - A)" in found.front.best.formula and "s/r" in found.front.best.formula
    assert found.front.best.train.rmse < 0.012
    text = (
        "version: 1\nname: x\ndata: {dataset: octet_binaries}\nfree_constants: {units: inferred}\n"
        "descriptors: {most: 3, max_complexity: 4, max_pairs: 1000}\nbackend: {threads: 1}"
    )
    specification = specification_of(text)
    wanted = DescriptorSettings(n_descriptors=3, max_complexity=4, max_pairs=1000.0, threads=1)
    assert backend_of(specification) == Descriptors(wanted)


def test_an_experiment_without_descriptors_does_not_mention_them(tmp_path: object) -> None:
    text = "version: 1\nname: x\ndata: {dataset: kepler}"
    assert "descriptors" not in configuration(specification_of(text), tmp_path)  # type: ignore[arg-type]
