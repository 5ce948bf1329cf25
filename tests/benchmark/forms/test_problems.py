"""Files of forms: the short notation, sizes and levels by word, mistakes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from symreg.benchmark.forms.problems import FORM_SETS, form_trials, holds_forms, load_forms, read_forms
from symreg.benchmark.forms.sampling import clean_table
from symreg.benchmark.problems import ProblemFileError, load_problem_set
from symreg.formula.expression import variables_of
from symreg.tables.catalog import dataset_folder
from symreg.units.reading import physical_constant
from tests.benchmark.forms.form_files import CHARGE, GIVEN, HILL, LINE, PLATINUM, RANGES, SQUARE, forms

SETS = {name: load_forms(name) for name in FORM_SETS}
PROBLEMS = [pytest.param(one, id=one.definition.id) for problems in SETS.values() for one in problems]


def test_how_many_there_are() -> None:
    assert {name: len(problems) for name, problems in SETS.items()} == {
        "everyday": 45,
        "everyday_more": 46,
        "everyday_unseen": 46,
        "mathematical": 128,
        "ten_rows": 40,
    }
    ids = [one.definition.id for name in FORM_SETS[:3] for one in SETS[name]]
    assert len(set(ids)) == len(ids)
    for name in ("everyday_more", "everyday_unseen"):
        assert "not for reporting" in (dataset_folder(name) / "SOURCE.md").read_text(encoding="utf-8")


def test_the_two_halves_are_every_second_one() -> None:
    halves = [[one.definition.id for one in SETS[name]] for name in ("everyday_more", "everyday_unseen")]
    merged = [name for pair in zip(*halves, strict=True) for name in pair]
    assert merged == sorted(merged)


@pytest.mark.parametrize("problem", PROBLEMS)
def test_a_form_uses_its_names_and_has_finite_values(problem) -> None:  # type: ignore[no-untyped-def]
    target = clean_table(problem)[problem.definition.target_name].values
    assert target.min() < target.max()
    names = {entry.name for entry in problem.definition.variables}
    assert set(variables_of(problem.definition.expression)) <= names


def test_the_short_notation(tmp_path: Path) -> None:
    (problem,) = forms(tmp_path, CHARGE)
    definition = problem.definition
    assert (problem.sizes, problem.noise_kind, problem.levels) == ((12, 30, 90), "relative", (0.0, 0.1, 0.2))
    assert problem.known == ("k_B",)
    assert definition.free_constants == {"U0": 4.8, "tau": pytest.approx(0.012)}
    assert definition.constant_values["U1"] == 1.0
    assert definition.constant_values["k_B"] == pytest.approx(physical_constant("k_B").value)
    assert [(one.name, one.distribution) for one in definition.variables] == [("t", "loguniform"), ("r", "uniform")]
    assert definition.note == "made up"


def test_an_exponent_may_be_a_constant_of_what_has_a_dimension(tmp_path: Path) -> None:
    (hill,) = forms(tmp_path, HILL)
    assert hill.definition.dimension.is_dimensionless
    assert "n" in hill.definition.free_constants


def test_degrees_celsius_enter_a_formula_as_they_are_read(tmp_path: Path) -> None:
    (platinum,) = forms(tmp_path, PLATINUM)
    table = clean_table(platinum)
    celsius, ohm = table["T"].user_values, table["R"].values
    assert celsius is not None
    assert ohm == pytest.approx(100 * (1 + 0.004 * celsius))
    assert table["T"].values == pytest.approx(celsius + 273.15)
    assert set(platinum.definition.free_constants) == {"R0", "a"}


def test_rows_that_a_problem_brings_and_ranges_alone(tmp_path: Path) -> None:
    given, ranges = forms(tmp_path, GIVEN, RANGES)
    assert (given.sizes, given.noise_kind) == ((3,), "given")
    assert [(one.low, one.high) for one in given.definition.variables] == [(1, 3), (400, 700)]
    assert (ranges.sizes, ranges.levels) == ((20, 200), (0.0, 0.01))


def test_sizes_and_levels_by_word_and_by_number(tmp_path: Path) -> None:
    problems = forms(tmp_path, CHARGE, LINE, SQUARE, GIVEN)

    def asked(rows: Sequence[str] = (), noise: Sequence[str] = ()) -> list[tuple[str, int, str, float, str]]:
        found = form_trials(problems, rows=rows, noise=noise)
        return [(one.problem.definition.id, one.rows, one.size, one.noise, one.rank) for one in found]

    assert len(asked()) == 2 * 3 + 2 * 2 + 1 + 1
    assert asked(["larger"], ["second"]) == [("charge", 90, "larger", 0.2, "second")]
    assert asked(["smaller"], ["none"]) == [
        ("charge", 12, "smaller", 0.0, "none"),
        ("line", 8, "smaller", 0.0, "none"),
        ("square", 8, "only", 0.0, "none"),
    ]
    assert asked(["50"], ["0.03"])[:2] == [
        ("charge", 50, "50", 0.03, "0.03"),
        ("line", 50, "50", 0.03, "0.03"),
    ]
    assert asked([], ["given"]) == [("given", 3, "only", 0.0, "given")]
    assert len(form_trials(problems, ids=["line"], seeds=(0, 1, 1))) == 8


@pytest.mark.parametrize(
    ("rows", "noise", "message"),
    [
        (["big"], [], "rows are smaller, larger or a number"),
        (["2"], [], "rows are smaller, larger or a number"),
        ([], ["much"], "noise is none, first"),
        ([], ["-1"], "noise is none, first"),
        ([], ["third"], "none of these problems"),
    ],
)
def test_words_that_mean_nothing(tmp_path: Path, rows: list[str], noise: list[str], message: str) -> None:
    with pytest.raises(ProblemFileError, match=message):
        form_trials(forms(tmp_path, LINE), rows=rows, noise=noise)


def test_which_files_hold_forms(tmp_path: Path) -> None:
    assert all(holds_forms(name) for name in FORM_SETS)
    assert not holds_forms("feynman") and not holds_forms("nowhere.yaml")
    for entry, is_form in ((LINE, True), (GIVEN, True), (RANGES, False)):
        (tmp_path / "one.yaml").write_text(entry)
        assert holds_forms(tmp_path / "one.yaml") is is_form
    assert load_forms(tmp_path / "one.yaml")[0].definition.id == "ranges"
    assert len(load_problem_set("everyday")) == 45


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("rows: [8, 20]", "rows: [20, 8]", "mine, line: rows are numbers of 3 or more, ascending"),
        ("additive: [0, 0.1]", "additive: [0.1]", "levels of noise ascend from 0"),
        ("additive: [0, 0.1]", "odd: [0, 0.1]", "mine.yaml, line: noise is"),
        ("additive: [0, 0.1]", "additive: 0.1", "mine.yaml, line: noise is"),
        (", rows: [8, 20]", "", "mine.yaml, line: .*rows"),
        ("low: 0, ", "", "x: a range"),
        ("inputs: {x: {low: 0, high: 10}}", "inputs: [x]", "inputs is a mapping"),
        ("a*x + b", "a*x + d", "mine.yaml, line: .*d"),
        ("a: {value: 3}", "a: {value: 3, unit: m}", "mine.yaml, line: cannot add"),
        ("noise:", "known: [nothing], noise:", "mine.yaml, line: .*nothing"),
    ],
)
def test_a_mistake_names_the_file_and_the_entry(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(LINE.replace(old, new, 1))
    with pytest.raises(ProblemFileError, match=message):
        read_forms(path)


def test_columns_of_unequal_length_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ProblemFileError, match="given: all columns"):
        forms(tmp_path, GIVEN.replace("[5.1, 7.9, 21.2]", "[5.1, 7.9]"))
