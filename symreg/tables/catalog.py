"""The tables and problem sets that come with the package, by name.

``datasets/NAME/data.csv`` holds a real table with units in its headers, ``datasets/NAME/NAME.yaml`` a set of
problems, and ``SOURCE.md`` beside them says where the rows come from, under which licence, and which law is
expected. In a checkout the folder stands at the root, in an installed package inside it.
``datasets/textbook_laws`` holds a library of known laws (``law_library``), ``datasets/published_rates`` figures
that the record of the benchmark shows beside ours.
"""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import TYPE_CHECKING

from symreg.errors import SymregError

if TYPE_CHECKING:
    from symreg.tables.table import Table

__all__ = [
    "CatalogError",
    "dataset_folder",
    "dataset_names",
    "datasets_folder",
    "law_library_names",
    "load_dataset",
    "problem_set_names",
]


class CatalogError(SymregError):
    """There is no such table or problem set: ``name``, ``kind``, ``known`` names."""

    name: str
    kind: str
    known: tuple[str, ...]

    def __str__(self) -> str:
        near = difflib.get_close_matches(self.name, self.known, n=1)
        advice = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(self.known)}"
        return f"no {self.kind} is called '{self.name}'; {advice}"


def datasets_folder() -> Path:
    """The folder of all datasets: beside the modules when installed, at the root of a checkout.

    Raises ``CatalogError`` where there is none.
    """
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "datasets", package.parent / "datasets"):
        if folder.is_dir():
            return folder
    raise CatalogError(name="datasets", kind="folder", known=(str(package / "datasets"),))


def dataset_names() -> tuple[str, ...]:
    """Names that ``load_dataset`` takes, sorted."""
    return tuple(sorted(path.parent.name for path in datasets_folder().glob("*/data.csv")))


def problem_set_names() -> tuple[str, ...]:
    """Names that ``load_problem_set`` takes, sorted."""
    folders = (path for path in datasets_folder().iterdir() if path.is_dir())
    return tuple(sorted(path.name for path in folders if (path / f"{path.name}.yaml").is_file()))


def law_library_names() -> tuple[str, ...]:
    """Names of libraries of known laws, sorted."""
    return tuple(sorted(path.parent.name for path in datasets_folder().glob("*/laws.yaml")))


def dataset_folder(name: str) -> Path:
    """The folder of one dataset, problem set or library of laws, with its SOURCE.md; ``CatalogError`` for another."""
    known = tuple(sorted({*dataset_names(), *problem_set_names(), *law_library_names()}))
    if name not in known:
        raise CatalogError(name=name, kind="dataset", known=known)
    return datasets_folder() / name


def load_dataset(name: str) -> Table:
    """Read a table that comes with the package, target and uncertainties set; see ``dataset_names``.

    Raises ``CatalogError`` for another name.
    """
    from symreg.tables.table import read_table

    known = dataset_names()
    if name not in known:
        raise CatalogError(name=name, kind="dataset", known=known)
    folder = datasets_folder() / name
    facts = source_facts(name)
    sigma: dict[str, str | float] = {}
    if "sigma" in facts:
        measured, _, uncertainty = facts["sigma"].partition("=")
        sigma[measured.strip()] = uncertainty.strip()
    return read_table(folder / "data.csv", target=facts["target"], sigma=sigma or None)


def source_facts(name: str) -> dict[str, str]:
    """The ``- key: value`` lines of a dataset's SOURCE.md; continued lines are joined, repeated notes too."""
    facts: dict[str, str] = {}
    key = ""
    for line in (dataset_folder(name) / "SOURCE.md").read_text(encoding="utf-8").splitlines():
        if fact := re.fullmatch(r"- ([a-z]+): (.*)", line):
            key = fact[1]
            facts[key] = f"{facts[key]}; {fact[2]}" if key in facts else fact[2]
        elif key and line.startswith("  "):
            facts[key] += " " + line.strip()
        else:
            key = ""
    return facts
