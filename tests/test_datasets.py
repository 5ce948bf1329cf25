"""The tables that come with the package: values as published, units that parse, sources that are told."""

from __future__ import annotations

import csv
import hashlib
import re
import warnings
from pathlib import Path

import numpy as np
import pytest

from symreg.tables.catalog import (
    dataset_folder,
    dataset_names,
    law_library_names,
    load_dataset,
    problem_set_names,
    source_facts,
)
from symreg.units.reading import parse_unit

DATASETS = Path(__file__).resolve().parent.parent / "datasets"

# Rows, and the beginning of the SHA-256 of everything below the header: no value may change unnoticed.
RECORDED = {
    "boyle": (25, "dbefed654de6c212"),
    "elastic_constants": (1181, "e4dac84e5bc80418"),
    "exoplanets": (2336, "58a14a3eb7526b86"),
    "firas": (43, "90cd96afc5dd0c33"),
    "forbes_1857": (17, "c15a3a78969f770c"),
    "galileo": (7, "9d2aa7dd59751aa7"),
    "hubble_1929": (24, "a60b8fc4d54e122e"),
    "hubble_empiricalbench": (32, "f5d32059343e7e79"),
    "hydrogen_lines": (26, "92d67187e0658a25"),
    "kepler": (6, "e781bbc69ab52dec"),
    "kepler_solar_system": (8, "eee8dcbeea489098"),
    "langmuir": (10, "cf6013980a6ee8cf"),
    "leavitt_1912": (25, "1270cb64512dbfcf"),
    "leavitt_empiricalbench": (26, "96877b4fe7f45161"),
    "nikuradse": (362, "717c10dde7c9feb6"),
    "nist_strd_bennett5": (154, "0039960a2a4d994c"),
    "nist_strd_chwirut2": (54, "e774398c6d5fa48d"),
    "nist_strd_eckerle4": (35, "1162f1e36a9602f0"),
    "nist_strd_hahn1": (236, "0d3ea7aadb62c144"),
    "nist_strd_kirby2": (151, "01dc67bc51e6a809"),
    "nist_strd_misra1a": (14, "cb4aa2a33ef70a11"),
    "nist_strd_nelson": (128, "6cf170fdeeefe75d"),
    "nist_strd_thurber": (37, "371e4b17cbe08e8f"),
    "octet_binaries": (82, "61b72fe58097522c"),
    "perovskites": (576, "ac6846df45bbbc4d"),
    "puromycin": (12, "011f3bdaf4c51af6"),
    "saturation": (399, "a82d5d5cc3422cfc"),
    "strogatz/bacres1.csv": (400, "900f51e7fe4ef7bc"),
    "strogatz/bacres2.csv": (400, "826e55eac1594315"),
    "strogatz/barmag1.csv": (400, "6b4fddc6ed9e3a4d"),
    "strogatz/barmag2.csv": (400, "e78dd01c393535f5"),
    "strogatz/glider1.csv": (400, "80521287ddad61b2"),
    "strogatz/glider2.csv": (400, "f01f37a4e6b7e95f"),
    "strogatz/lv1.csv": (400, "ed90788d153d64ac"),
    "strogatz/lv2.csv": (400, "c5a16ec277a42023"),
    "strogatz/predprey1.csv": (400, "581fe7e372520f13"),
    "strogatz/predprey2.csv": (400, "1751a49c57adb8c3"),
    "strogatz/shearflow1.csv": (400, "61f025cacc6a2cae"),
    "strogatz/shearflow2.csv": (400, "1051d53046ee780d"),
    "strogatz/vdp1.csv": (400, "f2d27cd16b06e5f3"),
    "strogatz/vdp2.csv": (400, "68f313479e5d6b90"),
    "time_dilation": (7, "60ac943f5904dbf0"),
    "titius_bode": (8, "2a704a7c5ee37817"),
    "tully_fisher": (18, "082308f984a18845"),
}
FILES = {key: DATASETS / (key if key.endswith(".csv") else f"{key}/data.csv") for key in RECORDED}
FIGURES = {"published_rates"}  # of other systems, not rows: see tests/benchmark/record/test_published.py
FOLDERS = sorted(path.name for path in DATASETS.iterdir() if path.is_dir() and path.name not in FIGURES)


def headers(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as stream:
        return next(csv.reader(stream))


def test_every_table_is_recorded() -> None:
    tables = {path for path in DATASETS.resolve().glob("*/*.csv") if path.parent.name not in FIGURES}
    assert {path.resolve() for path in FILES.values()} == tables


@pytest.mark.parametrize("key", RECORDED)
def test_no_value_has_changed(key: str) -> None:
    _, _, body = FILES[key].read_bytes().replace(b"\r\n", b"\n").partition(b"\n")
    assert (len(body.splitlines()), hashlib.sha256(body).hexdigest()[:16]) == RECORDED[key]


@pytest.mark.parametrize("key", RECORDED)
def test_every_unit_in_a_header_parses_without_a_warning(key: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for header in headers(FILES[key]):
            if found := re.fullmatch(r"(\w+) \[(.+)\]", header):
                assert parse_unit(found[2], column=found[1]).scale > 0
            else:
                assert re.fullmatch(r"\w+", header), f"'{header}' is neither a label nor NAME [UNIT]"


@pytest.mark.parametrize("name", dataset_names())
def test_a_table_loads_with_its_target(name: str) -> None:
    table = load_dataset(name)
    written = headers(DATASETS / name / "data.csv")
    assert table.n_rows == RECORDED[name][0]
    assert table.target in table.names
    assert len(table.names) >= 2
    assert set(table.labels) == {header for header in written if "[" not in header}
    for column in table.columns:
        assert np.all(np.isfinite(column.values)), column.name


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_source_tells_where_the_rows_come_from(folder: str) -> None:
    text = (DATASETS / folder / "SOURCE.md").read_text(encoding="utf-8")
    facts = source_facts(folder)
    for key in ("rows", "cite", "provenance", "licence"):
        assert facts.get(key), f"{folder} does not state its {key}"
    assert text.startswith("# ")
    assert len(text.split("Expected law: ")) == 2


def test_folders_are_tables_problem_sets_or_libraries_of_laws() -> None:
    assert set(FOLDERS) == {*dataset_names(), *problem_set_names(), *law_library_names()}
    assert all(dataset_folder(name).is_dir() for name in FOLDERS)


def test_known_values() -> None:
    kepler = load_dataset("kepler")
    assert list(kepler["period"].user_values) == [87.77, 224.7, 365.25, 686.95, 4332.62, 10759.2]
    assert kepler.units == {"semi_major_axis": "au", "period": "day"}
    firas = load_dataset("firas")
    sigma = firas["spectral_radiance"].user_sigma
    assert sigma is not None and sigma[0] == 1.4e-22
    assert firas.names == ("wavenumber", "spectral_radiance")
    galileo = load_dataset("galileo")
    assert galileo["height"].values[0] == pytest.approx(100 * 169 / 180 * 1e-3)
    assert load_dataset("leavitt_1912").labels == ("harvard_variable",)


def test_the_real_tables_bear_their_laws() -> None:
    hydrogen = load_dataset("hydrogen_lines")
    lower, upper = (hydrogen[name].values for name in ("n_lower", "n_upper"))
    rydberg = 1 / (hydrogen["wavelength"].values * (1 / lower**2 - 1 / upper**2))
    assert rydberg == pytest.approx(10967758.34, rel=3e-4)
    kepler = load_dataset("kepler")
    ratio = kepler["period"].user_values / kepler["semi_major_axis"].user_values ** 1.5
    assert ratio == pytest.approx(365.25, rel=0.01)
    boyle = load_dataset("boyle")
    product = boyle["length"].user_values * boyle["pressure"].user_values
    assert product == pytest.approx(1410, rel=0.02)
