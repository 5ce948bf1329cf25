"""NIST's Statistical Reference Datasets: certified forms as templates, from far starts, near ones and none.

https://www.itl.nist.gov/div898/strd/nls/nls_main.shtml; the certified values have eleven digits.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from symreg.discovery import Discovery, discover
from symreg.document import read_document
from symreg.formula.expression import evaluate_tree
from symreg.formula.grammar import parse
from symreg.laws.law import Law
from symreg.problem.making import make_problem
from symreg.problem.problem import Problem
from symreg.search.native.settings import Native
from symreg.tables.catalog import dataset_folder, dataset_names, load_dataset
from symreg.tables.table import Table, read_table

NAMES = [name for name in dataset_names() if name.startswith("nist_strd_")]


@cache
def certified(name: str) -> dict[str, Any]:
    found: dict[str, Any] = read_document(dataset_folder(name) / "certified.yaml").value
    return found


def table_of(name: str) -> Table:
    """The table; the logarithm that NIST's fit of Nelson's data is one to is a column of its own."""
    table = load_dataset(name)
    if name != "nist_strd_nelson":
        return table
    columns = {"time [week]": table["time"].user_numbers, "temperature [delta_degC]": table["temperature"].user_numbers}
    response = np.log(table["breakdown_strength"].user_numbers)
    return read_table({"log_breakdown_strength [1]": response, **columns}, target="log_breakdown_strength")


def problem_of(name: str, start: str | None) -> Problem:
    facts = certified(name)
    parameters = {
        label: {"unit": fact["unit"]} | ({} if start is None else {"start": fact[start]})
        for label, fact in facts["parameters"].items()
    }
    return make_problem(table_of(name), target=facts["form"], parameters=parameters, test_fraction=0)


def fit(name: str, start: str | None) -> Discovery:
    return discover(problem_of(name, start), backend=Native(threads=1))


def test_all_eight_are_there() -> None:
    assert len(NAMES) == 8


@pytest.mark.parametrize("name", NAMES)
def test_the_certified_values_give_the_certified_residuals(name: str) -> None:
    facts, table = certified(name), table_of(name)
    target, _, form = facts["form"].partition(" = ")
    columns = {each: table[each].user_numbers for each in table.names}
    tree = parse(form, variables=list(columns), constants=list(facts["parameters"]))
    values = {label: fact["value"] for label, fact in facts["parameters"].items()}
    residual = columns[target] - evaluate_tree(tree, columns | values)
    assert residual @ residual == pytest.approx(facts["residual_sum_of_squares"], rel=1e-9)
    assert table.n_rows - len(values) == facts["degrees_of_freedom"]


def check(law: Law, name: str, digits: int) -> None:
    """Constants to this many digits, standard errors to five, the residuals to nine."""
    facts = certified(name)
    assert [one.name for one in law.constants] == list(facts["parameters"])
    for one in law.constants:
        fact = facts["parameters"][one.name]
        assert one.unit.text in (fact["unit"], "dimensionless")
        assert one.value == pytest.approx(fact["value"], rel=10.0**-digits), one.name
        assert one.stderr == pytest.approx(fact["stderr"], rel=1e-5), one.name
    n_rows = facts["degrees_of_freedom"] + len(facts["parameters"])
    assert law.train.rmse**2 * n_rows == pytest.approx(facts["residual_sum_of_squares"], rel=1e-9)


@pytest.mark.parametrize("start", ["start_1", "start_2", None])
@pytest.mark.parametrize("name", NAMES)
def test_constants_agree_with_the_certified_values(name: str, start: str | None) -> None:
    """To six digits and more from either official start, and from none."""
    discovery = fit(name, start)
    (law,) = discovery.front
    check(law, name, 6)
    assert discovery.stop_reason == "the form has no unknown function: its parameters were fitted"
    assert any("the form of the law was given" in note for note in discovery.notes)
