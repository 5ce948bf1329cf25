"""What ``symreg benchmark`` shows."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from symreg.benchmark import live, run
from symreg.benchmark.facts import read_facts
from symreg.benchmark.live import run_benchmark_command
from symreg.benchmark.results import read_results
from symreg.experiment.errors import NotAvailableError
from symreg.search.backend import BackendError
from tests.benchmark import known_answers


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command with a search that knows the answers, in this process."""

    def replaced(problems, **given):  # type: ignore[no-untyped-def]
        return run.run_benchmark(problems, **(given | {"jobs": 0, "discover": known_answers.knows}))

    monkeypatch.setattr(live, "run_benchmark", replaced)


def console() -> Console:
    return Console(file=io.StringIO(), width=240)


def text_of(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.usefixtures("known")
def test_the_table_keeps_the_three_rules_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shown = console()
    ids = ["I.13.4", "I.48.2", "I.12.11", "I.47.23"]
    assert run_benchmark_command("feynman", ids=ids, rows=100, console=shown) == 0
    text = text_of(shown)
    assert "2 (50.0 %)" in text and "1 (25.0 %)" in text and "3 (75.0 %)" in text
    assert "4 of 4" in text and "strictly" in text and "on the front" in text
    path = tmp_path / "runs" / "benchmark" / "feynman" / "results.csv"
    assert len(read_results(path)) == 4
    (facts,) = read_facts(path)
    assert facts.command.startswith("symreg benchmark feynman --ids I.13.4,I.48.2,I.12.11,I.47.23 --noise 0 ")


@pytest.mark.usefixtures("known")
def test_the_summary_is_of_the_set_and_tells_ways_of_searching_apart(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"

    def summary(problems: str, **options: object) -> dict[str, list[str]]:
        shown = console()
        run_benchmark_command(problems, output=path, rows=100, console=shown, **options)  # type: ignore[arg-type]
        cells = [line.split("│") for line in text_of(shown).split("┏")[-1].replace("┃", "│").splitlines()]
        return {line[1].strip(): [cell.strip() for cell in line[2:-1]] for line in cells if len(line) > 2}

    assert summary("empiricalbench", ids=["kepler"])["trials"] == ["1"]
    assert summary("feynman", ids=["I.13.4"])["trials"] == ["1"], "the other set's trial is not counted"
    assert len(read_results(path)) == 2
    assert summary("feynman", ids=["I.13.4"], noise=[0.1], seeds=[0, 1])["trials"] == ["1", "2"]
    last = summary("feynman", ids=["I.13.4"], no_units=True, time=30.0)
    assert last["trials"] == ["1", "2", "1"]
    assert last["SRBench rule"] == ["1 (100.0 %)", "2 (100.0 %)", "1 (100.0 %)"]
    assert last["s to recovery, median / 90 %"] == ["0.25 / 0.25"] * 3
    assert last["evaluations, median"] == ["1,000"] * 3


@pytest.mark.usefixtures("known")
def test_the_summary_fits_a_narrow_terminal(tmp_path: Path) -> None:
    shown = Console(file=io.StringIO(), width=80)
    levels = [0.0, 0.001, 0.01]
    run_benchmark_command(
        "feynman", ids=["I.13.4"], rows=100, noise=levels, output=tmp_path / "r.csv", console=shown
    )
    text = text_of(shown)
    assert "s to recovery, median / 90 %" in text and "…" not in text
    assert all(f"noise {level:g}" in text for level in levels)


def test_ctrl_c_keeps_what_is_there_and_says_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(problems, **given):  # type: ignore[no-untyped-def]
        run.run_benchmark(problems, **(given | {"jobs": 0, "discover": known_answers.knows}))
        raise KeyboardInterrupt

    monkeypatch.setattr(live, "run_benchmark", interrupted)
    shown, path = console(), tmp_path / "results.csv"
    assert run_benchmark_command("feynman", ids=["I.13.4"], rows=100, output=path, console=shown) == 130
    assert "run the same command again" in text_of(shown)
    assert len(read_results(path)) == 1


def test_a_backend_that_is_not_there_is_refused_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(BackendError, match=r"no backend is called 'opron'; did you mean operon\?"):
        run_benchmark_command("feynman", backend="native, opron", output=tmp_path / "r.csv")
    with pytest.raises(NotAvailableError, match="--without for backend operon is not available"):
        run_benchmark_command("feynman", backend="operon", without=["sums"], output=tmp_path / "r.csv")
    assert not (tmp_path / "r.csv").exists()
