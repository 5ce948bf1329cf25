"""The schema of an experiment's file: published as it is, and of one mind with the program about files."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from symreg.document import read_document, read_document_text
from symreg.errors import SymregError
from symreg.experiment import experiment_schema
from symreg.experiment.sweep_schema import RANGE_WORDS
from symreg.sweeps.language.spans import RANGE_KEYS
from symreg.sweeps.language.sweep import expanded

ROOT = Path(__file__).resolve().parents[2]
PUBLISHED = ROOT / "docs" / "experiment.schema.json"
HEAD = "version: 1\nname: x\ndata: {file: x.csv, target: y}\n"


@pytest.fixture(scope="module")
def validator() -> Any:
    schema = experiment_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_what_is_published_is_what_the_command_prints() -> None:
    """After a change: symreg schema > docs/experiment.schema.json."""
    assert json.loads(PUBLISHED.read_text(encoding="utf-8")) == experiment_schema()


@pytest.mark.parametrize("path", sorted((ROOT / "experiments").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_experiment_is_valid(path: Path, validator: Any) -> None:
    validator.validate(read_document(path).value)


def test_every_file_of_the_documentation_is_valid(validator: Any) -> None:
    found = 0
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for text in re.findall(r"```yaml[^\n]*\n(version: 1\n.*?)```", page.read_text(encoding="utf-8"), re.S):
            validator.validate(read_document_text(text).value)
            found += 1
    assert found >= 2


@pytest.mark.parametrize(
    "line",
    [
        "constants: [c, {name: L0, value: 3, unit: m}]", "constants: {L0: {value: 3, unit: m}}", "constants: auto",
        "backend: native", "backend: [native, operon]", "backend: [{name: native, threads: 1}, operon]",
        "budget: {time: 2 min, memory: 1 GB}", "budget: {time: 60}", "ranking: cross_validation", "guesses: ['2*x']",
        "parameters: [a, b]", "parameters: {a: {unit: m}, b: }", "free_constants: {units: [m/s, 1]}",
        "columns: {y: {sigma: 5 %, unit: 1}}", "columns: {y: {sigma: {relative: 5 %, floor: 0.1}}}",
        "robustness: {time: 2 s}", "operators: [+, sqrt]", "report: {formats: [html], exports: [torch]}",
        "sweep: {seed: [0, 1]}", "sweep: {seed: {from: 0, to: 9, step: 3}, noise: {from: 0.1, to: 1, count: 3}}",
        "sweep: {budget.time: {from: 1, to: 9, count: 3, spacing: log}}",
        "sweep: {operators: {few: [+], more: [+, sqrt]}}",
        "sweep: {case: {a: {seed: 1, data.target: z}, b: {noise: 0.1, columns: {y: {unit: m}}}}}",
        "sweep: {together: {seed: [0, 1], noise: [0, 1]}}", "sweep: {together: [{seed: [0], loss: [log]}], noise: [0]}",
        "sweep: {together: {case: {a: {seed: 1}}, noise: [0]}}", "sweep: {columns.y.unit: [m, s]}", "extends: []",
    ],
)  # fmt: skip
def test_shorter_forms_are_valid_as_they_are_for_the_program(line: str, validator: Any) -> None:
    document = read_document_text(HEAD + line + "\n")
    expanded(document)
    validator.validate(document.value)


@pytest.mark.parametrize(
    "line",
    [
        "budgets: {time: 1 s}", "budget: {tme: 1 s}", "operators: [plus]", "seed: -1", "seed: one", "sweep: {seed: []}",
        "report: {exports: [cobol]}", "constraints: {max_complexity: 0}", "backend: {threads: none}", "ranking: 3",
        "robustness: {time: [1]}", "sweep: {}", "sweep: {seed: }", "sweep: {seed: {from: 0, to: 3}}",
        "sweep: {sede: [1]}",
        "sweep: {seed: {from: 0, to: 3, count: 2, step: 1}}", "sweep: {seed: {from: 0, to: 3, count: 1}}", "extends: 3",
        "sweep: {seed: {from: 0, to: 3, count: 2, spaced: log}}", "sweep: {seed: {a: 1, step: 2}}", "extends: ['']",
        "sweep: {case: {a: 1}}", "sweep: {case: {a: {sed: 1}}}", "sweep: {case: {a: {name: z}}}",
        "sweep: {case: [{seed: 1}]}",
        "sweep: {data.file: {files: []}}", "sweep: {data.file: {files: '*', step: 1}}",
        "sweep: {together: {seed: [0]}}",
        "sweep: {name: [a]}", "sweep: {version: [1]}", "sweep: {extends: [a]}", "sweep: {case: {a: {}}}",
    ],
)  # fmt: skip
def test_what_the_program_refuses_is_not_valid(line: str, validator: Any) -> None:
    document = read_document_text(HEAD + line + "\n")
    with pytest.raises(SymregError):
        expanded(document)
    assert not validator.is_valid(document.value)


def test_what_a_file_may_leave_to_others_is_not_asked_of_it(validator: Any) -> None:
    drawn = "data: {generate: {rows: 30, inputs: {a: {low: 1}}}}\n"
    for text, is_valid in [
        ("extends: base.yaml\n", True), ("extends: base.yaml\n" + drawn, True), ("extends: base.yaml\nnam: x\n", False),
        ("version: 1\nname: x\nsweep: {case: {a: {data: {dataset: kepler}}}}\n", True),
        ("version: 1\nsweep: {seed: [1]}\n", False), ("version: 1\nname: x\n" + drawn, False),
        ("version: 1\nname: x\n", False),
    ]:  # fmt: skip
        assert validator.is_valid(read_document_text(text).value) is is_valid, text
    piece = "version: 1\nname: x\nsweep: {case: {a: {data: {dataset: kepler}}}}\n"
    assert [run.data.dataset for run in expanded(read_document_text(piece))] == ["kepler"]


def test_the_words_of_a_range_are_those_that_are_read() -> None:
    assert RANGE_WORDS == RANGE_KEYS
