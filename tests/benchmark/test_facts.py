"""What stands beside the results: the command, the machine, the versions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from symreg.benchmark.command import command_text
from symreg.benchmark.facts import add_facts, facts_path, present_facts, read_facts
from symreg.benchmark.results import ResultsError
from symreg.benchmark.trial import Settings


def test_facts_are_written_once_for_each_command(tmp_path: Path) -> None:
    results = tmp_path / "results.csv"
    assert read_facts(results) == []
    facts = present_facts("symreg benchmark feynman")
    assert facts.engine in ("compiled", "numpy")
    assert {"python", "numpy", "symreg"} <= set(facts.versions)
    assert {"cpu", "cores"} <= set(facts.machine)
    other = replace(facts, command="symreg benchmark feynman --noise 0.1")
    for each in (facts, facts, other, facts):
        add_facts(results, each)
    assert read_facts(results) == [facts, other]
    assert facts_path(results).name == "results.environment.json"


@pytest.mark.parametrize("text", ["", "{}", '{"runs": [{"command": "x"}]}', '{"runs": 3}', "[]"])
def test_a_file_that_holds_no_facts_is_refused(tmp_path: Path, text: str) -> None:
    facts_path(tmp_path / "r.csv").write_text(text)
    with pytest.raises(ResultsError, match="no facts of a run"):
        read_facts(tmp_path / "r.csv")


def test_the_command_can_be_repeated(tmp_path: Path) -> None:
    settings = Settings(rows=2000, time=10.0, threads=2, units=False, without=("triples", "contexts"))
    text = command_text("feynman", ids=["I.9.18"], noise=[0.0, 0.01], seeds=[0, 1], settings=settings, jobs=3)
    assert text == (
        "symreg benchmark feynman --ids I.9.18 --noise 0,0.01 --seeds 0,1 --rows 2000 --time '10 s' --jobs 3 "
        "--threads 2 --no-units --without contexts,triples"
    )
    path = str(tmp_path / "mine.yaml")
    text = command_text(path, ids=None, noise=[0.0], seeds=[0], settings=Settings(), jobs=1)
    assert text == (
        "symreg benchmark mine.yaml --noise 0 --seeds 0 --rows 10000 --time '60 s' --jobs 1 --threads 1"
    )
