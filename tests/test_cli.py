"""The command line: what it prints, how it ends."""

from __future__ import annotations

import importlib
import io
import json
import re
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from rich.console import Console

from symreg.cli import main, printable
from symreg.cli.live import LiveFront, front_lines
from symreg.discovery import Progress
from symreg.experiment.assembly import problem_of
from symreg.experiment.specification import read_specification
from symreg.search import Budget
from tests.cli.helpers import symreg_
from tests.experiment.fake_search import KEPLER, FakeSearch, write_kepler

COMMANDS = (
    "init", "check", "plan", "run", "report", "predict", "list", "summary", "compare", "rerun", "benchmark",
    "benchmark-record", "datasets",
)  # fmt: skip
WITH_REPORT = KEPLER.replace("formats: [], exports: []", "formats: [markdown], exports: [python]")


@pytest.fixture
def search(monkeypatch: pytest.MonkeyPatch) -> FakeSearch:
    fake = FakeSearch()
    monkeypatch.setattr(importlib.import_module("symreg.discovery"), "discover", fake)
    return fake


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert symreg_("--help") == 0
    text = capsys.readouterr().out
    for command in COMMANDS:
        assert f"\n  {command} " in text


def test_help_loads_nothing_heavy() -> None:
    program = (
        "import sys\nfrom symreg.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'numpy', 'pandas', 'scipy', 'sympy', 'sklearn', 'pint', 'pydantic', 'ruamel', 'rich'}\n"
        "print(sorted(heavy & {name.split('.')[0] for name in sys.modules}), file=sys.stderr)\n"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stderr.strip() == "[]"


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert symreg_("--version") == 0
    assert capsys.readouterr().out.startswith("symreg 0.")


def test_check_describes_and_makes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert symreg_("check", write_kepler(tmp_path)) == 0
    text = capsys.readouterr().out
    assert "6 rows" in text and "au" in text and "What the dimensions allow" in text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kepler.yaml", "planets.csv"]


def test_check_names_the_runs_of_a_sweep(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert symreg_("check", write_kepler(tmp_path, KEPLER + "sweep: {seed: [0, 1]}\n")) == 0
    assert "stands for 2 runs: kepler-seed=0, kepler-seed=1" in capsys.readouterr().out


def test_run_says_what_was_found_and_where_it_lies(
    tmp_path: Path, search: FakeSearch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert symreg_("run", write_kepler(tmp_path, WITH_REPORT), "--runs", tmp_path / "runs") == 0
    text = capsys.readouterr().out
    folder = tmp_path / "runs" / "kepler"
    assert "k*a**(3/2)" in text and "365." in text and "day/au**(3/2)" in text
    assert "residual at the noise" in text
    assert "was considered" in text and "\nNot among these operators: " in text and "max, min, log10" in text
    assert f"See {folder / 'report.md'}" in text and f"See {folder / 'front.json'}" in text
    assert (folder / "report.md").is_file() and (folder / "law.py").is_file()


def test_quiet_is_quiet(tmp_path: Path, search: FakeSearch, capsys: pytest.CaptureFixture[str]) -> None:
    assert symreg_("run", write_kepler(tmp_path), "--runs", tmp_path / "runs", "--quiet") == 0
    assert capsys.readouterr() == ("", "")


def test_options_stand_above_the_file(tmp_path: Path, search: FakeSearch) -> None:
    path = write_kepler(tmp_path)
    assert symreg_("run", path, "--runs", tmp_path / "r", "--time", "9 min", "--seed", 3, "--threads", 4) == 0
    resolved = read_specification(tmp_path / "r" / "kepler" / "experiment.yaml")
    assert (resolved.budget.time, resolved.seed, resolved.backend.threads) == (540.0, 3, 4)


def test_backends_of_the_command_line_keep_the_settings_of_the_file(
    tmp_path: Path, search: FakeSearch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_kepler(tmp_path)
    path.write_text(path.read_text() + "backend: [native, {name: operon, settings: {population: 50}}]\n")
    assert symreg_("run", path, "--runs", tmp_path / "r", "--backend", "operon, native", "--threads", 1) == 0
    assert "Note: backend operon knows no units" in capsys.readouterr().err
    first, second = read_specification(tmp_path / "r" / "kepler" / "experiment.yaml").backend.all
    assert (first.name, first.threads, first.settings) == ("operon", 1, {"population": 50})
    assert (second.name, second.threads) == ("native", 1)
    assert symreg_("run", path, "--runs", tmp_path / "r", "--backend", "opron") == 2


def test_the_same_command_goes_on_and_fresh_does_not(tmp_path: Path, search: FakeSearch) -> None:
    path = write_kepler(tmp_path)
    for status, end, extra in (("interrupted", 130, []), ("finished", 0, []), ("finished", 0, ["--fresh"])):
        search.status = status
        assert symreg_("run", path, "--runs", tmp_path / "runs", *extra) == end
    assert search.given == [(), ("k*a", "k*a**(3/2)"), ()]


def test_a_finished_run_is_shown_again(
    tmp_path: Path, search: FakeSearch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_kepler(tmp_path)
    for _ in range(2):
        assert symreg_("run", path, "--runs", tmp_path / "runs") == 0
    told = capsys.readouterr()
    assert len(search.given) == 1 and "nothing was searched again" in told.err
    assert told.out.count("k*a**(3/2)") >= 2


def test_an_interrupted_run_says_how_to_go_on(
    tmp_path: Path, search: FakeSearch, capsys: pytest.CaptureFixture[str]
) -> None:
    search.status, search.stop_reason = "interrupted", "stopped by Ctrl-C"
    path = write_kepler(tmp_path, KEPLER + "sweep: {seed: [0, 1]}\n")
    assert symreg_("run", path, "--runs", tmp_path / "my runs", "--time", "1 min") == 130
    told = capsys.readouterr().err
    assert f"To go on: symreg run {path} --runs '{tmp_path / 'my runs'}' --time '1 min'" in told
    assert len(search.given) == 1


def test_who_allowed_a_program_allows_it_again(
    tmp_path: Path, search: FakeSearch, capsys: pytest.CaptureFixture[str]
) -> None:
    search.status = "interrupted"
    assert symreg_("run", write_kepler(tmp_path), "--runs", tmp_path / "runs", "--allow-program") == 130
    assert capsys.readouterr().err.rstrip().endswith("--allow-program")


def test_a_sweep_is_many_runs(tmp_path: Path, search: FakeSearch) -> None:
    path = write_kepler(tmp_path, KEPLER + "sweep: {noise: [0, 0.01], seed: [0, 1]}\n")
    assert symreg_("run", path, "--runs", tmp_path / "runs") == 0
    assert len(search.given) == 4
    assert sorted(path.name for path in (tmp_path / "runs").iterdir()) == [
        "kepler", "kepler-noise=0-seed=0", "kepler-noise=0-seed=1",
        "kepler-noise=0.01-seed=0", "kepler-noise=0.01-seed=1",
    ]  # fmt: skip


def test_report_again_from_the_folder(
    tmp_path: Path, search: FakeSearch, capsys: pytest.CaptureFixture[str]
) -> None:
    symreg_("run", write_kepler(tmp_path), "--runs", tmp_path / "runs")
    folder, out = tmp_path / "runs" / "kepler", tmp_path / "out"
    capsys.readouterr()
    assert symreg_("report", folder, "--format", "html,latex", "--export", "python, c", "--out", out) == 0
    assert sorted(path.name for path in out.iterdir()) == ["law.c", "law.py", "report.html", "report.tex"]
    assert str(out / "report.html") in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["check", "no.yaml"], "no.yaml: no such file"),
        (["run", "no.yaml"], "no.yaml: no such file"),
        (["report", "nowhere"], "nowhere: experiment.yaml: not there; name the folder of a run"),
        (["benchmark", "feynman", "--backend", "opron"], "no backend is called 'opron'; did you mean operon?"),
    ],
)
def test_errors_are_one_plain_message(
    arguments: list[str],
    told: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert symreg_(*arguments) == 2
    err = capsys.readouterr().err
    assert err.startswith("symreg: ") and told in err and "Traceback" not in err


def test_debug_shows_where_an_error_comes_from(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="no such file"):
        main(["--debug", "check", str(tmp_path / "no.yaml")])


@pytest.mark.parametrize(
    "arguments",
    [["run", "x.yaml", "--time", "soon"], ["run", "x.yaml", "--seed", "x"], ["frobnicate"],
     ["benchmark", "feynman", "--noise", "much"], ["benchmark", "feynman", "--time", "soon"], ["run"]],
)  # fmt: skip
def test_wrong_use_is_told_and_ends_with_2(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_kepler(tmp_path).rename(tmp_path / "x.yaml")
    assert symreg_(*arguments) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_a_warning_is_one_plain_line(tmp_path: Path) -> None:
    (tmp_path / "w.csv").write_text(
        "a [m],b [m],y [m]\n" + "".join(f"{i},{2 * i},{i**2}\n" for i in range(1, 9))
    )
    (tmp_path / "w.yaml").write_text(
        "version: 1\nname: w\ndata: {file: w.csv, target: y}\n", encoding="utf-8"
    )
    found = subprocess.run(
        [sys.executable, "-m", "symreg", "check", str(tmp_path / "w.yaml")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stderr.startswith("symreg: warning: ") and found.stderr.count("\n") == 1


def test_datasets_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert symreg_("datasets") == 0
    text = capsys.readouterr().out
    assert "kepler" in text and "feynman" in text


def test_the_live_front(tmp_path: Path) -> None:
    discovery = FakeSearch()(problem_of(read_specification(write_kepler(tmp_path))))
    view = LiveFront("kepler", "P")
    stream = io.StringIO()
    console = Console(file=stream, width=120, force_terminal=False)
    console.print(view)
    view.update(Progress(1.0, 1_250_233, 9, 8, discovery.front, "search", budget=Budget(time=4.0)))
    view.stopping()
    console.print(view)
    text = stream.getvalue()
    for part in (
        "kepler: P = ?", "1 s, 25 % of the budget, up to 3 s left", "search, complexity 9, 1.25 million evaluated",
        "complete to complexity 8", ">  #2", "k*a**(3/2)", "Ctrl-C again",
    ):  # fmt: skip
        assert part in text


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_live_front_fits_the_terminal(tmp_path: Path, width: int) -> None:
    discovery = FakeSearch()(problem_of(read_specification(write_kepler(tmp_path))))
    view, stream = LiveFront("a name that is longer than a line " * 4, "P"), io.StringIO()
    budget = Budget(time=1000.0)
    for number in range(9):
        view.update(Progress(800.0 + number, 10**number * 5_419, 12, 11, discovery.front, "search", budget=budget))
    Console(file=stream, width=width, height=24, force_terminal=True, color_system=None).print(view)
    lines = stream.getvalue().splitlines()
    assert max(len(line.rstrip()) for line in lines) <= width
    assert "80 % of the budget" in lines[1] and lines[2].startswith("search, complexity 12, 542 billion evaluated")
    assert lines[3].split()[-1] == "law"
    # Three lines of how it stands, a head, the unit, and two laws; one has its constant below where there is no room.
    assert len(lines) == (8 if width == 60 else 7)


def test_of_a_long_front_the_simplest_laws_are_not_drawn(tmp_path: Path) -> None:
    front = FakeSearch()(problem_of(read_specification(write_kepler(tmp_path)))).front
    assert len(front_lines(front, 120, 9)) == 4
    head, law, unit = front_lines(front, 120, 3)
    assert "complexity" in head and "k*a**(3/2)" in law and unit.startswith("error:")


def test_a_pipe_gets_a_line_at_each_stage(
    tmp_path: Path, search: FakeSearch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_kepler(tmp_path, WITH_REPORT)
    assert symreg_("run", path, "--runs", tmp_path / "runs", "--time", "50 s") == 0
    out, err = capsys.readouterr()
    told = err.splitlines()
    assert [line.split(",")[0] for line in told] == ["kepler: search", "kepler: examine", "kepler: report"]
    assert re.match(r"kepler: search, \d s, \d % of the budget, up to \d\d s left, complexity 0, 0 evaluated", told[0])
    assert told[-1].endswith(": P = k*a**(3/2)") and "kepler: search" not in out


def test_a_page_is_served_with_the_run(
    tmp_path: Path, search: FakeSearch, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: list[dict[str, object]] = []

    def look(step: int) -> None:
        if step == 2:
            address = re.findall(r"http://127\.0\.0\.1:\d+/[\w-]{20,}/", capsys.readouterr().err)
            with urllib.request.urlopen(f"{address[0]}state") as answer:
                seen.append(json.load(answer))
            urllib.request.urlopen(urllib.request.Request(f"{address[0]}stop", method="POST")).close()

    search.on_step = look
    path = write_kepler(tmp_path)
    assert symreg_("run", path, "--runs", tmp_path / "runs", "--serve") == 130
    assert (seen[0]["name"], seen[0]["target"], seen[0]["stage"]) == ("kepler", "P", "search")
    out, err = capsys.readouterr()
    assert "Stopping; the best so far is being saved" in err and "To go on: symreg run" in err
    assert "kepler: interrupted" in out and "k*a" in out


def test_a_port_alone_and_a_port_in_use_are_told(
    tmp_path: Path, search: FakeSearch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_kepler(tmp_path)
    assert symreg_("run", path, "--port", 8123) == 2
    assert "give --serve too" in capsys.readouterr().err
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert symreg_("run", path, "--runs", tmp_path / "runs", "--serve", "--port", port) == 2
    told = capsys.readouterr().err
    assert told == (
        f"symreg: port {port} cannot be used: address already in use. Give another with --port, or none for one that "
        "is free\n"
    )
    assert not search.given and not (tmp_path / "runs").exists()


def test_nothing_from_outside_moves_the_cursor() -> None:
    assert printable("a\x1b[31mb\x07\n\tc") == "a\ufffd[31mb\ufffd\n\tc"


def test_front_json_of_a_run_is_valid_json_for_others(tmp_path: Path, search: FakeSearch) -> None:
    symreg_("run", write_kepler(tmp_path), "--runs", tmp_path / "runs")
    document = json.loads((tmp_path / "runs" / "kepler" / "front.json").read_text(encoding="utf-8"))
    assert document["laws"][document["selected"]]["formula"] == "k*a**(3/2)"
