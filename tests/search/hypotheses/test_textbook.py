"""Does a known law explain this table? On real tables, on made-up ones, and on one that no law explains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symreg.engine import get_engine
from symreg.problem.making import make_problem
from symreg.problem.problem import Problem
from symreg.search.hypotheses.assessment import Assessment
from symreg.search.hypotheses.law_library import TextbookLaw, law_library, read_laws
from symreg.search.hypotheses.scope import scope_of
from symreg.search.hypotheses.textbook import Explanation, explanations
from symreg.search.space import search_space
from symreg.tables.catalog import load_dataset
from tests.search.known_tables import KNOWN_TABLES, known_problem
from tests.search.setting import problem_of

SECOND = {"forbes_1857", "leavitt_1912"}  # a law with one constant more fits better (docs/decisions/0023)


def explained(problem: Problem, target: Any = None, laws: Sequence[TextbookLaw] | None = None) -> list[Explanation]:
    space = search_space(problem, problem.train_rows)
    if target is not None:
        space = replace(space, target=target(space.target))
    assessment = Assessment(space, get_engine("auto"), 1, np.arange(len(space.target)))
    return explanations(law_library() if laws is None else laws, scope_of(space), assessment, lambda: False)


@pytest.mark.parametrize("name", KNOWN_TABLES)
def test_the_law_of_a_real_table_is_named(name: str) -> None:
    found = explained(known_problem(name))
    ids = [one.analogy.law.id for one in found]
    _, expected = KNOWN_TABLES[name]
    assert set(ids[: 2 if name in SECOND else 1]) & expected
    assert [one.bits for one in found] == sorted(one.bits for one in found)


@pytest.mark.parametrize(
    ("target", "law", "roles"),
    [
        ("poisson_ratio", "poisson_from_bulk_shear", {"K": "K_VRH", "G_0": "G_VRH"}),
        ("elastic_anisotropy", "universal_anisotropy",
         {"G_V": "G_Voigt", "G_R": "G_Reuss", "K_V": "K_Voigt", "K_R": "K_Reuss"}),
    ],
)  # fmt: skip
def test_the_right_ones_among_many_columns_of_one_dimension(target: str, law: str, roles: dict[str, str]) -> None:
    table = load_dataset("elastic_constants")
    best = explained(make_problem(table, target=target, free_constants="dimensionless"))[0]
    assert best.analogy.law.id == law and dict(best.analogy.roles) == roles


@pytest.mark.parametrize("name", ["exoplanets", "firas", "hydrogen_lines", "elastic_constants"])
def test_a_target_in_another_order_is_explained_by_nothing(name: str) -> None:
    shuffled = explained(known_problem(name), lambda target: np.random.default_rng(0).permutation(target))
    assert all(one.assessed.loss > 0.7 for one in shuffled)


TWO_LAWS = """
- {id: plain, name: Plain, field: f, formula: k*x, target: "v [m/s] v", variables: ["x [m] x"],
   free: ["k [1/s] k"], source: s}
- {id: rich, name: Rich, field: f, formula: k*x + b, target: "v [m/s] v", variables: ["x [m] x"],
   free: ["k [1/s] k", "b [m/s] b"], source: s}
"""


@pytest.mark.parametrize(("offset", "first"), [(0.0, "plain"), (1.0, "rich")])
def test_a_constant_has_to_earn_its_bits(tmp_path: Path, offset: float, first: str) -> None:
    (tmp_path / "laws.yaml").write_text(TWO_LAWS, encoding="utf-8")
    x = np.linspace(1, 2, 40)
    y = 3 * x + offset + 0.1 * np.random.default_rng(0).normal(size=40)
    problem = problem_of({"x [m]": x, "v [m/s]": y}, "v", free_constants="inferred")
    found = explained(problem, laws=read_laws(tmp_path / "laws.yaml"))
    assert found[0].analogy.law.id == first
    # More constants fit better in any case, so that the ranking by loss alone would always say rich.
    assert min(found, key=lambda one: one.assessed.loss).analogy.law.id == "rich"


def test_what_is_one_function_here_is_told_together() -> None:
    x = np.linspace(1, 2, 30)
    best = explained(problem_of({"L [m]": x, "v [m/s]": 3 * x}, "v", free_constants="inferred"))[0]
    names = {best.analogy.law.name, *best.alike}
    assert {"Hubble's law", "Speed on a circle", "Speed of a wave"} <= names
    assert any("of the same form in this table" in note for note in best.candidate.notes)


@pytest.mark.parametrize(
    ("columns", "target", "formula", "law"),
    [
        ({"L [m]": (1, 2), "g [m/s^2]": (9, 10)}, "T [s]", lambda L, g: 2 * np.pi * np.sqrt(L / g), "pendulum_period"),
        ({"m1 [g]": (1, 5), "m2 [g]": (1, 5)}, "mu [g]", lambda a, b: a * b / (a + b), "reduced_mass"),
        ({"f1 [cm]": (5, 9), "d [cm]": (10, 30)}, "b [cm]", lambda f, d: 1 / (1 / f - 1 / d), "thin_lens"),
        ({"Th [K]": (400, 900), "Tc [K]": (200, 300)}, "eta [1]", lambda h, c: 1 - c / h, "carnot_efficiency"),
        ({"q [Pa]": (1, 9), "r [m]": (1, 3), "t [m]": (0.01, 0.1)}, "s [MPa]", lambda q, r, t: q * r / t / 1e6,
         "hoop_stress"),
    ],
)  # fmt: skip
def test_made_up_tables_in_other_units(columns: dict[str, Any], target: str, formula: Any, law: str) -> None:
    rng = np.random.default_rng(3)
    data = {name: rng.uniform(low, high, 50) for name, (low, high) in columns.items()}
    problem = problem_of({**data, target: formula(*data.values())}, target.split()[0], free_constants="dimensionless")
    best = explained(problem)[0]
    assert best.analogy.law.id == law and best.assessed.loss < 1e-12
    assert best.candidate.constants == ()


def test_no_more_is_tried_once_time_is_spent() -> None:
    space = search_space(problem := known_problem("kepler"), problem.train_rows)
    assessment = Assessment(space, get_engine("auto"), 1, np.arange(len(space.target)))
    assert explanations(law_library(), scope_of(space), assessment, lambda: True) == []
    assert assessment.evaluated == 0
