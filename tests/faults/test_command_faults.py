"""The command line never falls over: whatever lies in its way is one sentence and an exit status."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from symreg.cli import main
from symreg.search.hypotheses import Hypotheses
from tests.cli.helpers import symreg_
from tests.experiment.fake_search import KEPLER, FakeSearch, write_kepler

POSIX = os.name == "posix"


@pytest.fixture
def search(monkeypatch: pytest.MonkeyPatch) -> FakeSearch:
    fake = FakeSearch()
    monkeypatch.setattr(importlib.import_module("symreg.discovery"), "discover", fake)
    return fake


def told(capsys: pytest.CaptureFixture[str]) -> str:
    """What was said on standard error: one sentence of this program and no traceback."""
    text = capsys.readouterr().err
    assert text.startswith("symreg: ") and "Traceback" not in text
    return text


@pytest.mark.parametrize(
    ("block", "sentence"),
    [
        ("budget: {time: [1]}", "budget.time: write a duration such as 60 s, 2 min or 1.5 h, not [1]"),
        ("budget: {time: {a: 1}}", "budget.time: write a duration"),
        ("budget: {time: 1e400}", "budget.time: write a duration"),
        (f"budget: {{time: 1{'0' * 39}}}", "budget.time: write a duration"),
        ("budget: {memory: null}", "budget.memory: write an amount of memory such as 512 MB or 2 GB"),
        ("budget: {memory: [1, 2]}", "budget.memory: write an amount of memory"),
        ("robustness: {time: true}", "robustness.time: write a duration"),
        ("backend: {name: native, settings: {name: x}}", "settings: 'name' is a key of the backend's own block"),
        ("backend: {name: native, settings: {threads: -3}}", "settings: 'threads' is a key of the backend's own block"),
        ("backend: {name: hypotheses, library: true, settings: {command: [ls]}}", "settings: 'command' is a key"),
        ("backend: {name: operon, settings: {population: -5}}", "population=-5: give a whole number from 1"),
        ("backend: {name: operon, settings: {max_length: many}}", "max_length='many': give a whole number from 1"),
        ("backend: {name: operon, settings: {population: 99999999999999}}", "give a whole number from 1 to 1e+09"),
        ("backend: {name: pysr, settings: {populations: 0.5}}", "populations=0.5: give a whole number from 1"),
        ("backend: {name: hypotheses, library: true, settings: {patience: soon}}", "patience='soon': give a number"),
        ("backend: {name: hypotheses, library: true, settings: {fit_rows: 0}}", "fit_rows=0: give a whole number"),
    ],
)
def test_a_value_of_the_wrong_kind_is_named_before_any_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], block: str, sentence: str
) -> None:
    for command in ("check", "run"):
        assert symreg_(command, write_kepler(tmp_path, f"{KEPLER}{block}\n")) == 2
        assert sentence in told(capsys)


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("--seed", "99999999999999999999999", "seed: should be less than 9223372036854775808"),
        ("--seed", "-1", "seed: should be greater than or equal to 0"),
        ("--threads", "0", "backend.threads: should be greater than or equal to 1"),
        ("--threads", "5000", "backend.threads: should be less than or equal to 1024"),
        ("--time", "soon", "budget.time: write a duration"),
        ("--time", "0 s", "budget.time: write a duration"),
        ("--backend", "opron", "did you mean operon?"),
    ],
)
def test_options_are_checked_as_the_file_is(
    tmp_path: Path, search: FakeSearch, capsys: pytest.CaptureFixture[str], option: str, value: str, sentence: str
) -> None:
    assert symreg_("run", write_kepler(tmp_path), "--runs", tmp_path / "runs", option, value) == 2
    assert sentence in told(capsys)
    assert not (tmp_path / "runs").exists() and not search.given


def test_a_program_is_run_only_where_the_caller_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    witness = tmp_path / "was here"
    command = json.dumps([sys.executable, "-c", f"open({str(witness)!r}, 'w')"])
    for block in (f"{{name: hypotheses, command: {command}}}", f"[native, {{name: hypotheses, command: {command}}}]"):
        path = write_kepler(tmp_path, f"{KEPLER}budget: {{time: 2 s}}\nbackend: {block}\n")
        assert symreg_("check", path) == 0
        capsys.readouterr()
        assert symreg_("run", path, "--runs", tmp_path / "runs") == 2
        assert "--allow-program" in told(capsys)
        assert not witness.exists() and not (tmp_path / "runs").exists()
    path = write_kepler(tmp_path, f"{KEPLER}budget: {{time: 2 s}}\nbackend: {{name: hypotheses, command: {command}}}\n")
    assert symreg_("run", path, "--runs", tmp_path / "runs", "--allow-program", "--quiet") == 0
    assert witness.exists()
    assert Hypotheses(command=["ls"]).command == ("ls",), "in Python a program is the caller's own"


def test_the_law_is_shown_where_only_its_storing_failed(
    tmp_path: Path, search: FakeSearch, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_kepler(tmp_path)
    at_the_end = FakeSearch()

    def discover(*given: object, **more: object) -> object:
        found = at_the_end(*given, **more)
        shutil.rmtree(tmp_path / "runs")
        return found

    monkeypatch.setattr(importlib.import_module("symreg.discovery"), "discover", discover)
    assert symreg_("run", path, "--runs", tmp_path / "runs", "--quiet") == 2
    shown = capsys.readouterr()
    assert "k*a**(3/2)" in shown.out
    assert "this folder: cannot be written" in shown.err and "The search is done" in shown.err


@pytest.mark.skipif(not POSIX, reason="pipes and links of POSIX systems")
@pytest.mark.parametrize("name", ["state.json", "experiment.yaml", "log.jsonl"])
@pytest.mark.parametrize("kind", ["pipe", "link", "folder", "endless"])
def test_a_run_folder_with_strange_files(
    tmp_path: Path, search: FakeSearch, capsys: pytest.CaptureFixture[str], name: str, kind: str
) -> None:
    """Nothing waits, nothing reads without end, and no file outside the folder gets a line."""
    path, victim = write_kepler(tmp_path), tmp_path / "victim"
    victim.write_text("precious\n", encoding="utf-8")
    folder = tmp_path / "runs" / "kepler"
    assert symreg_("run", path, "--runs", tmp_path / "runs") == 0
    (folder / name).unlink()
    if kind == "pipe":
        os.mkfifo(folder / name)
    elif kind == "folder":
        (folder / name).mkdir()
    else:
        (folder / name).symlink_to(victim if kind == "link" else "/dev/zero")
    capsys.readouterr()
    statuses = [symreg_("report", folder), symreg_("run", path, "--runs", tmp_path / "runs", "--time", "3 min")]
    assert set(statuses) <= {0, 2} and "Traceback" not in capsys.readouterr().err
    assert name == "log.jsonl" or statuses[0] == 2
    assert victim.read_text(encoding="utf-8") == "precious\n"


@pytest.mark.parametrize(
    "wrong",
    [
        {"selected": "0"}, {"selected": True}, {"laws": [1]}, {"laws": {"a": 1}}, {"notes": [1]}, {"status": 3},
        {"evaluated": "many"}, {"wall_seconds": None}, {"complete_to_complexity": "4"}, {"data": []},
        {"question": []}, {"robustness": 5}, {"carried": [None]}, {"runners_up": ["x"]}, {"elapsed": "1"},
    ],
)  # fmt: skip
def test_a_stored_state_of_the_wrong_kind(
    tmp_path: Path, search: FakeSearch, capsys: pytest.CaptureFixture[str], wrong: dict[str, object]
) -> None:
    path = write_kepler(tmp_path)
    assert symreg_("run", path, "--runs", tmp_path / "runs") == 0
    state = tmp_path / "runs" / "kepler" / "state.json"
    state.write_text(json.dumps(json.loads(state.read_text(encoding="utf-8")) | wrong), encoding="utf-8")
    capsys.readouterr()
    for command in (["report", tmp_path / "runs" / "kepler"], ["run", path, "--runs", tmp_path / "runs"]):
        assert symreg_(*command) == 2
        assert "state.json" in told(capsys)


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (OSError(28, "No space left on device"), 2, "cannot read or write: No space left on device"),
        (PermissionError(13, "Permission denied", "a.csv"), 2, "a.csv: Permission denied"),
        (MemoryError(), 2, "not enough memory. Lower budget.memory"),
        (OverflowError("too large"), 1, "OverflowError: too large"),
        (RecursionError("deep"), 1, "please report it"),
    ],
)
def test_what_nobody_expected_is_a_sentence_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    error: Exception, status: int, sentence: str,
) -> None:  # fmt: skip
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("symreg.cli.commands.check_experiment", fail)
    assert symreg_("check", write_kepler(tmp_path)) == status
    assert sentence in told(capsys)
    with pytest.raises(type(error)):
        main(["--debug", "check", str(tmp_path / "kepler.yaml")])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full is of Linux")
def test_a_full_standard_output_is_one_sentence() -> None:
    with Path("/dev/full").open("w") as full:
        found = subprocess.run(
            [sys.executable, "-m", "symreg", "datasets"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert found.returncode == 2
    assert found.stderr == "symreg: cannot read or write: No space left on device\n"


def test_nobody_who_reads_is_no_error() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    found = subprocess.run(
        [sys.executable, "-m", "symreg", "datasets"], stdout=writer, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writer)
    assert found.returncode in (1, 141) and found.stderr == ""


@pytest.mark.parametrize("out", ["/proc/nope", "a file"])
def test_reports_that_have_no_place(
    tmp_path: Path, search: FakeSearch, capsys: pytest.CaptureFixture[str], out: str
) -> None:
    assert symreg_("run", write_kepler(tmp_path), "--runs", tmp_path / "runs") == 0
    (tmp_path / "a file").touch()
    capsys.readouterr()
    where = out if out.startswith("/") else tmp_path / out
    assert symreg_("report", tmp_path / "runs" / "kepler", "--out", where, "--format", "markdown") == 2
    assert "cannot be written" in told(capsys)


@pytest.mark.skipif(not POSIX, reason="pipes of POSIX systems")
def test_a_table_that_is_a_pipe_is_not_waited_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_kepler(tmp_path)
    (tmp_path / "planets.csv").unlink()
    os.mkfifo(tmp_path / "planets.csv")
    assert symreg_("check", path) == 2
    assert "not a plain file" in told(capsys)
    (tmp_path / "planets.csv").unlink()
    (tmp_path / "planets.csv").symlink_to("/dev/zero")
    assert symreg_("check", path) == 2
    assert "not a plain file" in told(capsys)
