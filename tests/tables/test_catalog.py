"""Finding the datasets, in a checkout and in an installed package."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from symreg.benchmark.forms.problems import FORM_SETS
from symreg.benchmark.problems import load_problem_set
from symreg.tables import catalog
from symreg.tables.catalog import (
    CatalogError,
    dataset_folder,
    dataset_names,
    load_dataset,
    problem_set_names,
    source_facts,
)


def test_names() -> None:
    assert {"kepler", "hubble_1929", "boyle", "hydrogen_lines", "firas"} <= set(dataset_names())
    srbench, forms = ("empiricalbench", "feynman", "strogatz"), FORM_SETS
    assert problem_set_names() == tuple(sorted((*srbench, *forms)))
    assert list(dataset_names()) == sorted(dataset_names())


def test_an_unknown_name_gets_the_nearest_one() -> None:
    with pytest.raises(CatalogError, match=r"no dataset is called 'keppler'; did you mean 'kepler'\?"):
        load_dataset("keppler")
    with pytest.raises(CatalogError, match=r"no problem set is called 'xyz'; known: empiricalbench, everyday, "):
        load_problem_set("xyz")


@pytest.mark.parametrize("name", ["../secrets", "/etc", "", ".", "feynman/../kepler"])
def test_a_name_is_no_path(name: str) -> None:
    for load in (load_dataset, load_problem_set, dataset_folder):
        with pytest.raises(CatalogError):
            load(name)


def test_an_installed_package_has_the_datasets_inside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site-packages" / "symreg"
    package.mkdir(parents=True)
    shutil.copytree(dataset_folder("kepler"), package / "datasets" / "kepler")
    monkeypatch.setattr(catalog, "__file__", str(package / "tables" / "catalog.py"))
    assert dataset_names() == ("kepler",)
    assert load_dataset("kepler").n_rows == 6


def test_without_datasets_the_error_says_where_they_were_expected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalog, "__file__", str(tmp_path / "symreg" / "tables" / "catalog.py"))
    with pytest.raises(CatalogError, match="datasets"):
        dataset_names()


def test_facts_of_a_source_are_joined_over_lines() -> None:
    facts = source_facts("galileo")
    assert facts["target"] == "distance"
    assert facts["cite"].endswith("Isis 64, 291-305 (1973)")
    assert source_facts("leavitt_1912")["note"].count("; ") == 2
