"""What was decided of each column, in the folder of a run and out of it again."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from symreg.discovery import Discovery
from symreg.errors import SymregError
from symreg.experiment.revival import load_discovery
from symreg.experiment.runner import run_experiment
from symreg.experiment.specification import read_specification
from symreg.experiment.store import FRONT, STATE
from symreg.search import Screening
from symreg.search.columns import ColumnVerdict
from tests.experiment.fake_search import FakeSearch, write_kepler

CHOSEN = Screening((ColumnVerdict("a", "vouched for", ("b",)),), 0.2)


def with_screening(*given: Any, **named: Any) -> Discovery:
    return replace(FakeSearch()(*given, **named), screening=CHOSEN)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    run_experiment(read_specification(write_kepler(tmp_path)), tmp_path / "runs", discover=with_screening)
    return tmp_path / "runs" / "kepler"


def edit(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    state = json.loads((folder / STATE).read_text(encoding="utf-8"))
    change(state)
    (folder / STATE).write_text(json.dumps(state), encoding="utf-8")


def test_it_comes_back_and_programs_can_read_it(folder: Path) -> None:
    assert load_discovery(folder).screening == CHOSEN
    stored = json.loads((folder / FRONT).read_text(encoding="utf-8"))["screening"]
    assert stored == {
        "columns": [{"name": "a", "verdict": "vouched for", "alike": ["b"]}], "false_share": 0.2, "none_because": "",
    }  # fmt: skip


def test_a_run_that_was_stored_before_columns_were_listed_is_read(folder: Path) -> None:
    edit(folder, lambda state: state.pop("screening"))
    assert load_discovery(folder).screening is None


@pytest.mark.parametrize(
    "change",
    [
        lambda found: found.pop("columns"),
        lambda found: found.update(false_share="most"),
        lambda found: found.update(false_share=2),
        lambda found: found["columns"][0].update(verdict="certain"),
        lambda found: found["columns"][0].update(name="other"),
        lambda found: found.update(columns=[]),
        lambda found: found.update(columns=[3]),
    ],
)
def test_a_broken_list_is_refused(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    edit(folder, lambda state: change(state["screening"]))
    with pytest.raises(SymregError, match="what was decided of its columns is"):
        load_discovery(folder)
