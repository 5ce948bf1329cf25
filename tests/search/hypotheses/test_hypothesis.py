"""What people write as a hypothesis: read by our own grammar, or rejected with the reason; files are only read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from symreg.problem.candidate import Candidate
from symreg.search.hypotheses.file import MAX_BYTES, read_hypotheses
from symreg.search.hypotheses.hypothesis import Hypothesis, HypothesisError, hypothesis_of, read_hypothesis
from symreg.search.hypotheses.scope import Scope, scope_of
from symreg.search.rejection import Rejection
from symreg.search.space import search_space
from symreg.units.dimension import Dimension
from tests.search.setting import problem_of

M, S, KG = Dimension.of(m=1), Dimension.of(s=1), Dimension.of(kg=1)


def scope(free: Any = "inferred") -> Scope:
    data = {"L [m]": [1.0, 2, 3, 4], "m [kg]": [1.0, 3, 2, 5], "k2 [1]": [1.0, 2, 3, 5], "T [s]": [2.0, 3, 4, 7]}
    constants = ["g_n", "alpha", {"name": "k1", "value": 2.0, "unit": "m"}]
    problem = problem_of(data, "T", constants=constants, free_constants=free)
    return scope_of(search_space(problem, problem.train_rows))


def test_the_names_of_a_space() -> None:
    names = scope()
    assert dict(names.columns) == {"L": M, "m": KG, "k2": M / M}
    assert dict(names.known) == {"pi": M / M, "alpha": M / M, "g_n": M / S**2, "k1": M}
    assert (names.target, names.dimension, names.allowed) == ("T", S, None)
    assert names.is_free("k") and not any(map(names.is_free, ("k1", "k2", "T", "L", "pi")))
    assert scope("dimensionless").allowed == {M / M}
    assert scope(["kg"]).allows(KG) and scope(["kg"]).allows(KG**2) and not scope(["kg"]).allows(M)


@pytest.mark.parametrize(
    ("formula", "constants", "expected"),
    [
        ("2*pi*sqrt(L/g_n)", (), {}),
        ("k*L", (), {"k": S / M}),
        ("k*sqrt(k1/g_n)*exp(-k3*m)", (), {"k": M / M, "k3": KG**-1}),
        ("A*L + B", ("A", "B"), {"A": S / M, "B": S}),
        ("k*L**alpha2", ("alpha2",), None),
        ("(L/g)**(1/2)", ("g",), {"g": M / S**2}),
        ("alpha*k2*k", (), {"k": S}),
    ],
)
def test_constants_get_the_dimension_that_the_formula_demands(
    formula: str, constants: tuple[str, ...], expected: dict[str, Dimension] | None
) -> None:
    read = read_hypothesis(Hypothesis(formula, constants, "a colleague"), scope(), 40)
    if expected is None:
        assert isinstance(read, Rejection) and read.fault == "dimension"
        return
    assert isinstance(read, Candidate)
    assert {one.name: one.dimension for one in read.constants} == expected
    assert read.notes == ("proposed by a colleague",) and read.source == "a colleague"


@pytest.mark.parametrize(
    ("formula", "fault", "words"),
    [
        ("L", "dimension", "the formula has dimension m, but the target has dimension s"),
        ("T + L/L", "unreadable", "unknown name T"),
        ("sqrt(L/g_n) + m", "dimension", "cannot add sqrt(L/g_n) (s) and m (kg)"),
        ("sqrt(L/g_n)*exp(m)", "dimension", "exp needs a dimensionless argument, but m has dimension kg"),
        ("nonsense*L", "unreadable", "unknown name nonsense"),
        ("sqrt(L/g_n", "unreadable", "cannot read the formula"),
        ("", "unreadable", "cannot read the formula"),
        ("__import__('os').system('touch x')", "unreadable", "unknown name __import__"),
        ("(" * 5_000 + "k*L" + ")" * 5_000, "unreadable", ""),
        ("k" + "*k2" * 5_000, "unreadable", ""),
        ("k" + "*k2" * 30, "complexity", "it has 61 nodes, and 40 are allowed"),
    ],
)
def test_why_a_formula_is_no_candidate(formula: str, fault: str, words: str) -> None:
    read = read_hypothesis(Hypothesis(formula, (), "me"), scope(), 40)
    assert isinstance(read, Rejection)
    assert read.fault == fault and words in read.reason
    assert len(read.formula) <= 300 and read.source == "me"


def test_a_constant_may_only_carry_what_the_problem_allows() -> None:
    read = read_hypothesis(Hypothesis("k*L"), scope("dimensionless"), 40)
    assert isinstance(read, Rejection) and read.fault == "unit"
    assert read.reason == "its constant k would carry s/m, which free_constants does not allow"
    assert isinstance(read_hypothesis(Hypothesis("k*m"), scope(["s/kg"]), 40), Candidate)


def test_text_from_outside_moves_no_cursor() -> None:
    read = read_hypothesis(Hypothesis("L\x1b[2J\n" + "x" * 1000, (), "me"), scope(), 40)
    assert isinstance(read, Rejection)
    assert read.formula.isprintable() and read.reason.isprintable() and len(str(read)) < 800
    assert hypothesis_of({"formula": "k*L", "source": "\x1b[31mred"}, "").source == " [31mred"


@pytest.mark.parametrize(
    "given",
    [7, None, ["k*L"], {}, {"formula": 3}, {"formula": "k", "colour": 1}, {"formula": "k", "constants": "k"},
     {"formula": "k", "constants": [3]}, {"formula": "k", "constants": ["a b"]}],
)  # fmt: skip
def test_what_is_no_hypothesis(given: Any) -> None:
    with pytest.raises(HypothesisError):
        hypothesis_of(given, "")


# ---------------------------------------------------------------------------------------------------------------- files


def test_three_kinds_of_files_say_the_same(tmp_path: Path) -> None:
    entries = ["k*L", {"formula": "A*L + B", "constants": ["A", "B"], "source": "Smith 2020"}]
    (tmp_path / "h.yaml").write_text("- k*L\n- {formula: A*L + B, constants: [A, B], source: Smith 2020}\n")
    (tmp_path / "h.jsonl").write_text("\n".join(map(json.dumps, entries)) + "\n")
    (tmp_path / "h.txt").write_text("# by hand\n\n  k*L  \nk1*L + k2\n")
    named = Hypothesis("A*L + B", ("A", "B"), "Smith 2020")
    assert read_hypotheses(tmp_path / "h.yaml") == (Hypothesis("k*L", (), "h.yaml"), named)
    assert read_hypotheses(tmp_path / "h.jsonl") == (Hypothesis("k*L", (), "h.jsonl"), named)
    assert [one.formula for one in read_hypotheses(tmp_path / "h.txt")] == ["k*L", "k1*L + k2"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("h.yaml", b"formula: k*L\n", "must hold a list"),
        ("h.yaml", b"- 7\n", "entry 1"),
        ("h.jsonl", b'"k*L"\nk*L\n', "line 2: this is not JSON"),
        ("h.jsonl", b"[" * 100_000, "line 1"),
        ("h.txt", b"k*L\xff", "is not UTF-8 text"),
        ("h.txt", b"k" * (MAX_BYTES + 1), "larger than 1 MB"),
        ("h.txt", b"k\n" * 10_001, "more than 10,000"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(HypothesisError, match=words):
        read_hypotheses(tmp_path / name)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(HypothesisError, match=r"gone\.txt cannot be read"):
        read_hypotheses(tmp_path / "gone.txt")
