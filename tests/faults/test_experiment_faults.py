"""What strangers, full disks and second users do to an experiment, and what is said about it."""

from __future__ import annotations

import errno
import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from symreg.document import read_document_text
from symreg.errors import SpecificationError, SymregError
from symreg.experiment.errors import RunFolderError
from symreg.experiment.runner import run_experiment
from symreg.experiment.specification import read_specification, specification_of
from symreg.experiment.store import append_log, read_log, read_state
from symreg.sweeps import read_specifications
from tests.experiment.fake_search import KEPLER, FakeSearch, write_kepler

BILLION_LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)

HOSTILE_YAML = {
    "aliases that multiply": BILLION_LAUGHS,
    "an alias to itself": "a: &a [*a]",
    "a merge key": "a: &a {x: 1}\nb: {<<: *a}",
    "a Python object": "a: !!python/object/apply:os.system ['touch /tmp/owned']",
    "a Python name": "a: !!python/name:os.system ''",
    "a Python module": "!!python/module:os ''",
    "a constructor": "a: !!python/object/new:subprocess.Popen [['true']]",
    "a tag of its own": "%TAG ! tag:x,2000:\n---\n!object {a: 1}",
    "lists in lists": "[" * 200_000,
    "blocks in blocks": "\n".join(" " * depth + "a:" for depth in range(600)),
    "mappings in mappings": "{a: " * 50_000,
    "dashes in dashes": "- " * 100_000 + "x",
    "many values": "[" + "1," * 150_000 + "1]",
    "a long key": "? " + "k" * 900_000 + "\n: 1",
    "a large file": "a: '" + "x" * 1_100_000 + "'",
    "a long number": "version: " + "9" * 100_000,
    "control characters": "a: \x07",
    "a lone surrogate": "a: \ud800",
    "many documents": "a: 1\n---\n" * 1000,
    "unfinished": "a: {b: [1, 2",
    "tabs": "a:\n\t- b",
    "a complex key": "? {a: 1}\n: 2",
    "not a mapping": "- version: 1",
}


@pytest.mark.parametrize("text", HOSTILE_YAML.values(), ids=HOSTILE_YAML)
def test_hostile_yaml_is_refused_in_a_sentence_and_at_once(text: str) -> None:
    began = time.perf_counter()
    with pytest.raises(SpecificationError) as caught:
        specification_of(text)
    assert time.perf_counter() - began < 5
    assert len(str(caught.value)) < 1000
    assert not Path("/tmp/owned").exists()


def test_numbers_that_would_be_large_are_no_numbers() -> None:
    value = read_document_text("a: 1e999999999\nb: " + "9" * 1000 + "\nc: 0x" + "f" * 1000).value
    assert isinstance(value, dict)
    assert value["a"] == float("inf")
    assert isinstance(value["b"], str | float) and isinstance(value["c"], str)


@pytest.mark.parametrize(
    "file", ["no.csv", "/dev/zero", ".", "../kepler.yaml", "a\\0b", "http://example.com/x.csv"]
)
def test_tables_that_are_none(tmp_path: Path, file: str) -> None:
    path = write_kepler(tmp_path, KEPLER.replace("planets.csv", f'"{file}"'))
    with pytest.raises(SymregError):
        run_experiment(read_specification(path), tmp_path / "runs", discover=FakeSearch())
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("name", ["../escape", "/tmp/escape", "..", "a/../../b", "con"])
def test_a_run_cannot_leave_its_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(SpecificationError, match="cannot name a folder"):
        read_specifications(write_kepler(tmp_path, KEPLER.replace("name: kepler", f"name: {name}")))


def test_a_sweep_cannot_leave_the_folder_either(tmp_path: Path) -> None:
    path = write_kepler(tmp_path, KEPLER + "sweep: {data.target: ['P', '../../x']}\n")
    assert [each.name for each in read_specifications(path)] == ["kepler-target=P", "kepler-target=1"]


def full_disk(monkeypatch: pytest.MonkeyPatch, begins: int, ends: int = 10**9) -> None:
    """From write ``begins`` to write ``ends`` there is no room."""
    count = [0]
    real = os.fsync

    def fsync(descriptor: int) -> None:
        count[0] += 1
        if begins <= count[0] < ends:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)


@pytest.mark.parametrize("begins", [1, 2, 5, 9])
def test_a_full_disk_at_the_start_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, begins: int
) -> None:
    asked = read_specification(write_kepler(tmp_path))
    with monkeypatch.context() as patch:
        full_disk(patch, begins)
        with pytest.raises(RunFolderError, match="No space left on device"):
            run_experiment(asked, tmp_path / "runs", discover=FakeSearch(), interval=0.0)
    assert run_experiment(asked, tmp_path / "runs", discover=FakeSearch()).status == "finished"


def test_a_disk_that_is_full_for_a_while_does_not_stop_the_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = read_specification(write_kepler(tmp_path))
    full_disk(monkeypatch, 15, 17)
    run_experiment(asked, tmp_path / "runs", discover=FakeSearch(steps=10), interval=0.0)
    end = read_log(tmp_path / "runs" / "kepler")[-1]
    assert end["event"] == "finished"
    assert "No space left" in end["notes"][0]


def test_the_budget_and_the_reason_to_stop_are_recorded(tmp_path: Path) -> None:
    path = write_kepler(tmp_path, KEPLER + "budget: {time: 3 s, evaluations: 500, memory: 1 GB}\n")
    given: dict[str, Any] = {}

    def search(problem: Any, **options: Any) -> Any:
        given.update(options)
        return FakeSearch(stop_reason="time budget of 3 s used up")(problem)

    run_experiment(read_specification(path), tmp_path / "runs", discover=search)
    assert (given["budget"].time, given["budget"].evaluations, given["budget"].memory) == (3.0, 500, 10**9)
    folder = tmp_path / "runs" / "kepler"
    front = json.loads((folder / "front.json").read_text(encoding="utf-8"))
    assert front["stop_reason"] == "time budget of 3 s used up"
    assert read_log(folder)[-1]["stop_reason"] == "time budget of 3 s used up"
    state = read_state(folder)
    assert state is not None and state.stop_reason == "time budget of 3 s used up"


def test_a_torn_line_of_the_log_costs_that_line(tmp_path: Path) -> None:
    append_log(tmp_path, "first")
    with (tmp_path / "log.jsonl").open("ab") as stream:
        stream.write(b'{"time": "2026-01-01T00:00:00", "ev')
    append_log(tmp_path, "third", value=float("nan"))
    assert [entry["event"] for entry in read_log(tmp_path)] == ["first", "third"]
    assert read_log(tmp_path)[1]["value"] is None


def test_what_lies_in_the_folder_and_is_not_ours_stays(tmp_path: Path) -> None:
    folder = tmp_path / "runs" / "kepler"
    folder.mkdir(parents=True)
    (folder / ".mine").write_text("x", encoding="utf-8")
    (folder / ".front.json.0123456789ab.partial").write_text("half", encoding="utf-8")
    run_experiment(
        read_specification(write_kepler(tmp_path)), tmp_path / "runs", discover=FakeSearch(), fresh=True
    )
    assert (folder / ".mine").exists()
    assert not (folder / ".front.json.0123456789ab.partial").exists()


def test_links_in_the_folder_are_replaced_and_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "runs" / "kepler"
    folder.mkdir(parents=True)
    victim = tmp_path / "victim.txt"
    victim.write_text("precious", encoding="utf-8")
    for name in ("front.json", "experiment.yaml", "lock.json"):
        (folder / name).symlink_to(victim)
    run_experiment(read_specification(write_kepler(tmp_path)), tmp_path / "runs", discover=FakeSearch())
    assert victim.read_text(encoding="utf-8") == "precious"
