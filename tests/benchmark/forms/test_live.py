"""What ``symreg benchmark everyday`` shows."""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from symreg.benchmark import run
from symreg.benchmark.facts import read_facts
from symreg.benchmark.forms import live as form_live
from symreg.benchmark.forms.live import form_table, run_form_benchmark_command
from symreg.benchmark.forms.summary import summarise_forms
from symreg.benchmark.forms.trial import FORMS, FormResult, form_failed
from symreg.benchmark.results import ResultsFile
from symreg.benchmark.trial import Settings
from symreg.cli import main
from symreg.search.backend import BackendError
from tests.benchmark.forms.form_files import CHARGE, GIVEN, LINE, SQUARE, forms, trial
from tests.benchmark.forms.test_trial import lines


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A file of forms, and the command with a search that finds lines, in this process."""

    def replaced(trials, discipline, settings, **given):  # type: ignore[no-untyped-def]
        return run.run_trials(trials, discipline, settings, **(given | {"jobs": 0, "discover": lines}))

    monkeypatch.setattr(form_live, "run_trials", replaced)
    forms(tmp_path, LINE, SQUARE)
    return str(tmp_path / "mine.yaml")


def shown(problems: str, **options: Any) -> str:
    console = Console(file=io.StringIO(), width=80)
    assert run_form_benchmark_command(problems, console=console, **options) == 0
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def counted(text: str) -> list[list[str]]:
    """The cells of the lines below the last rule."""
    below = text.rsplit("───", 1)[1].splitlines()[1:]
    return [line.split() for line in below[: below.index(next(line for line in below if not line.strip()))]]


def test_recovery_is_told_by_rows_and_noise(mine: str, tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    text = shown(mine, output=path)
    assert counted(text) == [
        ["smaller", "none", "1", "1", "(100", "%)", "1", "0", "0", "0.2", "0.2"],
        ["smaller", "first", "1", "1", "(100", "%)", "1", "0", "0", "0.2", "0.2"],
        ["only", "none", "1", "0", "(0", "%)", "0", "1", "0", "0.2", "nan"],
        ["larger", "none", "1", "1", "(100", "%)", "1", "0", "0", "0.2", "0.2"],
        ["larger", "first", "1", "1", "(100", "%)", "1", "0", "0", "0.2", "0.2"],
    ]
    assert "5 of 5" in text and "no, false end" in text and "…" not in text.split("rows ")[-1]
    assert len(ResultsFile(path, FORMS).results) == 5
    (facts,) = read_facts(path)
    assert facts.command == f"symreg benchmark {Path(mine).name} --seeds 0 --time '60 s' --jobs 1 --threads 1"


def test_only_the_trials_of_this_command_are_counted(mine: str, tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    shown(mine, output=path, rows=["smaller"], noise=["none"])
    text = shown(mine, output=path, ids=["line"], rows=["larger"], noise=["first"], time=3.0)
    assert [line[:3] for line in counted(text)] == [["larger", "first", "1"]]
    assert len(ResultsFile(path, FORMS).results) == 3
    asked = "--ids line --noise first --seeds 0 --rows larger --time '3 s'"
    assert asked in read_facts(path)[-1].command
    text = shown(mine, output=path, ids=["line"], rows=["8"], noise=["0"])
    assert [line[:3] for line in counted(text)] == [["8", "0", "1"]], "the trial was run under another word"
    assert len(ResultsFile(path, FORMS).results) == 3


def test_the_summary_counts_and_takes_medians(tmp_path: Path) -> None:
    charge, given = forms(tmp_path, CHARGE, GIVEN)

    def row(seconds: float, problem: Any = charge, **known: Any) -> FormResult:
        empty = form_failed(trial(problem, 12), Settings(), "nothing", seconds=seconds)
        return FormResult(**({name: getattr(empty, name) for name in FORMS.columns} | {"status": "finished"} | known))

    many, few = summarise_forms([
        row(1.0, recovered=True, on_front=True), row(2.0, on_front=True, false_end=True), row(9.0, false_end=True),
        row(math.nan, status="failed"), row(5.0, given, size="only", rank="given"),
    ])[::-1]  # fmt: skip
    assert (many.size, many.rank, many.trials, many.recovered, many.on_front) == ("larger", "none", 4, 1, 2)
    assert (many.false_ends, many.failed, many.seconds, many.recovery_seconds) == (2, 1, 2.0, 1.0)
    assert (few.size, few.rank) == ("only", "given") and math.isnan(few.recovery_seconds)
    numbers = summarise_forms([row(1.0, size=size, rank="0.02") for size in ("200", "30", "larger", "smaller")])
    assert [one.size for one in numbers] == ["smaller", "larger", "30", "200"]
    assert form_table(numbers).row_count == 4


def test_a_backend_that_is_not_there_is_refused_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(BackendError, match="did you mean operon"):
        run_form_benchmark_command("everyday", backend="opron", output=tmp_path / "r.csv")
    assert not (tmp_path / "r.csv").exists()


def test_the_command_line_tells_forms_from_the_others(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[tuple[str, dict[str, Any]]] = []

    def told(problems: str, **options: Any) -> int:
        asked.append((problems, options))
        return 0

    for command in ("run_form_benchmark_command", "run_benchmark_command"):
        monkeypatch.setattr(f"symreg.benchmark.{command}", told)

    def code(*arguments: str) -> int:
        with pytest.raises(SystemExit) as end:
            main(["benchmark", *arguments])
        return int(end.value.code or 0)

    assert code("everyday", "--rows", "smaller, larger", "--noise", "none,first", "--time", "20 s") == 0
    assert code("ten_rows") == 0
    assert code("feynman") == 0
    forms_asked, ten, feynman = (options for _, options in asked)
    assert (forms_asked["rows"], forms_asked["noise"], forms_asked["time"]) == (
        ("smaller", "larger"), ("none", "first"), 20.0,
    )  # fmt: skip
    assert (ten["rows"], ten["noise"]) == ((), ())
    assert (feynman["rows"], feynman["noise"]) == (10_000, [0.0])
    assert code("everyday", "--no-units") == 2 and "--no-units" in capsys.readouterr().err
    assert code("feynman", "--rows", "5") == 2 and "8 or more" in capsys.readouterr().err
    assert code("feynman", "--rows", "smaller") == 2
