"""Whatever a table's columns are called: the file that ``symreg init`` writes asks what the table itself asks."""

from __future__ import annotations

import csv
import re
import tempfile
import warnings
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from symreg.document import read_document
from symreg.errors import SymregError
from symreg.experiment import draft_experiment, problem_of, specification_of_table
from symreg.experiment.draft.asking import run_name
from symreg.experiment.draft.scalars import listed, quoted, scalar
from symreg.experiment.specification import Specification
from symreg.problem import Problem
from symreg.sweeps import read_specifications
from tests.strategies import HOSTILE_NAMES

MISREAD = (
    "yes", "no", "on", "null", "~", "true", "1", "1e3", ".5", "0x1F", "12:30", "#", "# a", "a #b", "*", "*a", "&a",
    "!a", "%a", "@a", "|", ">", "-", "- a", "? a", ": a", "a: b", "a:", "[a", "{a}", "'a", '"a"', "a,b", "p, bar", "=",
    "<<", "---", "...", "x [m]", "x (m)", "v/s", "f(x)", "E [eV] [J]", "sigma_x", "a\\b", "C", "Länge", "温度", "🙂",
)  # fmt: skip
UNITS = (
    "", "m", "kg m2/s2", "J/mol K", "degC", "%", "1", "\N{MICRO SIGN}m", "m s^-1", "in", "deg", "1e-20 W", "h", "label",
)  # fmt: skip

names = st.sampled_from(MISREAD) | st.sampled_from(HOSTILE_NAMES) | st.text(max_size=8)
headers = st.builds(lambda name, unit: f"{name} [{unit}]" if unit else name, names, st.sampled_from(UNITS))
numbers = st.floats(-1e6, 1e6, allow_nan=False).map(lambda number: f"{number:.5g}")
cells = st.just("") | st.text("ab", min_size=1, max_size=2)


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    """Rows of a file: headers, and columns of numbers in which now and then a cell is empty, or text."""
    width, n_rows = draw(st.integers(2, 4)), draw(st.integers(4, 7))
    header = draw(st.lists(headers, min_size=width, max_size=width))
    rows = [[draw(numbers) for _ in range(width)] for _ in range(n_rows)]
    for _ in range(draw(st.integers(0, 2))):
        rows[draw(st.integers(0, n_rows - 1))][draw(st.integers(0, width - 1))] = draw(cells)
    return [header, *rows]


def written(folder: Path, rows: list[list[str]], separator: str) -> Path:
    path = folder / "a table.csv"
    try:
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, delimiter=separator).writerows(rows)
    except UnicodeEncodeError:
        assume(False)  # half a character: there is no such file
    return path


def facts(problem: Problem) -> dict[str, Any]:
    """What a search would see of it, and what is said of it but for columns that now have a unit."""
    return {
        "asked": (problem.name, problem.target, problem.inputs, problem.operators, problem.free_constants.policy),
        "rows": (problem.train_rows.tolist(), problem.held_out_rows.tolist()),
        "columns": [
            (one.name, one.unit.dimension, one.unit.scale, one.unit.offset, one.values.tolist(),
             None if one.sigma is None else one.sigma.tolist())
            for one in problem.table.columns
        ],
        "labels": problem.table.labels,
        "notes": [note for note in problem.notes if not note.startswith("no unit is given")],
    }  # fmt: skip


def uncommented(text: str) -> str:
    """The file with each default in force that it shows."""
    keys = "|".join([*Specification.model_fields, "nan", "test_fraction", "inputs", *dialect_keys()])
    return re.sub(rf"^( *)# ((?:{keys}): .*)$", r"\1\2", text, flags=re.M)


def dialect_keys() -> tuple[str, ...]:
    return "separator", "decimal", "header_rows", "units_row", "skip_rows", "encoding", "sheet", "missing"


SLOW = settings(
    max_examples=settings().max_examples // 4,  # each reads a table four times
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)


@SLOW
@given(tables(), st.sampled_from(",;\t"), st.data())
@example([["x [m]", "x [m] [s]", "y"], *([str(i), str(i * i), str(i**3)] for i in range(1, 6))], ",", None)
def test_the_file_asks_what_the_table_asks(rows: list[list[str]], separator: str, data: Any) -> None:
    with tempfile.TemporaryDirectory() as place, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = written(Path(place), rows, separator)
        header = rows[0][-1] if data is None else data.draw(st.sampled_from(rows[0]))
        target = header.rpartition(" [")[0] or header
        destination = Path(place) / "a table.yaml"
        try:
            draft = draft_experiment(path, target, destination)
        except SymregError:
            assume(False)
        for text in (draft.text, uncommented(draft.text)):
            destination.write_text(text, encoding="utf-8")
            (found,) = read_specifications(destination)
            assert facts(problem_of(found)) == facts(draft.problem)
        try:
            direct = facts(problem_of(specification_of_table(path, target)))
        except SymregError as error:
            assert getattr(error, "count", 0) > 0, "only empty cells are dealt with"
        else:
            assert facts(draft.problem) == direct


@given(st.text(max_size=30).filter(lambda text: "\ud800" not in text))
@example("\x7f\x85\u2028\ufeff\U0001f642\U000e0001")
def test_a_text_is_read_back(text: str) -> None:
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "x.yaml"
        clean = text.encode("utf-8", "ignore").decode()
        path.write_text(f"{scalar(clean)}: {quoted(clean)}\nk: {listed([clean, 3, clean])}\n", encoding="utf-8")
        value = read_document(path).value
        assert value == {clean: clean, "k": [clean, 3, clean]} if clean != "k" else True


@given(st.text(max_size=120))
@example("con")
@example("..")
@example("a..b. ")
@example("Messung 3 (neu)")
@example("x" * 300)
def test_any_file_gives_a_run_a_name(stem: str) -> None:
    name = run_name(Path(f"{stem.replace('/', '')}.csv"))
    assert Specification.model_validate({"version": 1, "name": name, "data": {"file": "x"}}).name == name


@pytest.mark.parametrize(
    ("file", "name"),
    [("pendulum.csv", "pendulum"), ("a.b.csv.gz", "a.b"), ("x (2).xlsx", "x _2_"), ("LPT1.txt", "table LPT1")],
)
def test_names_of_runs(file: str, name: str) -> None:
    assert run_name(Path(file)) == name
