"""The record: known results become known tables, and what was written by hand stays."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from symreg.benchmark.facts import RunFacts, add_facts
from symreg.benchmark.record.archive import compact, gather, order, write_archive
from symreg.benchmark.record.files import write_record
from symreg.benchmark.record.named_sets import named_sets
from symreg.benchmark.results import COLUMNS, ResultsError, ResultsFile, read_results, results_text
from symreg.benchmark.trial import SRBENCH, TrialResult
from symreg.cli import main
from tests.benchmark.made_up import missed, result

FACTS = RunFacts(
    command="symreg benchmark feynman --noise 0,0.1",
    engine="compiled",
    versions={"symreg": "0.1.0", "python": "3.12.0", "numpy": "2.0.0"},
    machine={"cpu": "A Fine Processor", "cores": 2, "platform": "Linux 6 x86_64"},
)
TRIALS = [
    result("I.9.18", seconds=2.0, evaluated=2000),
    result("I.9.18", seed=1, seconds=4.0, evaluated=4000),
    missed("I.9.18", seed=2, formula="G*m1*m2/1.23456789**2", truth="G*m1*m2/r**2", note="time budget spent"),
    result("I.12.1", strict=False, symbolic="factor", numeric="factor", formula="2.5*mu*Nn", truth="mu*Nn"),
    result("I.9.18", noise=0.1, units=False, seconds=30.0),
    result("I.9.18", units=False, seconds=8.0, evaluated=50_000),
    result("I.9.18", without="triples", seconds=6.0, evaluated=9000),
    result("test_1", set="bonus", seconds=1.0),
    result("fall", set="mine", seconds=0.5),
]


def written(path: Path, trials: Sequence[TrialResult] = TRIALS, facts: RunFacts | None = FACTS) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(results_text(trials), encoding="utf-8")
    if facts is not None:
        add_facts(path, facts)
    return path


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a record of these trials."""
    folder = tmp_path_factory.mktemp("record")
    page = folder / "docs" / "benchmarks.md"
    files = write_record([written(folder / "results.csv")], page)
    assert files[0] == page and all(path.is_file() for path in files)
    return page


def section(page: Path, heading: str) -> str:
    text = page.read_text(encoding="utf-8")
    start = text.index(f"{heading}\n")
    return re.split(r"^#", text[start + len(heading) :], maxsplit=1, flags=re.M)[0]


def rows(text: str) -> list[list[str]]:
    """The cells of all tables of a section, dashes and crosses as one types them."""
    text = text.replace("\N{EN DASH}", "-").replace("\N{MULTIPLICATION SIGN}", "x")
    lines = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| ---")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def test_the_rates_of_a_set(record: Path) -> None:
    parts = section(record, "### Feynman, the 116 of SRBench").split("\n\n")
    counts, times = (part for part in parts if "|" in part)
    heads, *lines = rows(counts)
    assert heads == [
        "search", "noise", "problems", "trials", "SRBench rule", "strict", "on the front", "published best",
        "published, strict",
    ]  # fmt: skip
    assert lines[0] == [
        "with units", "0", "3 of 116", "5", "4 = 80.0 % (37.6-96.4)", "3 = 60.0 % (23.1-88.2)",
        "4 = 80.0 % (37.6-96.4)", "91.6 % (QDSR)", "57.6 % (PhySO)",
    ]  # fmt: skip
    assert [line[:4] for line in lines[1:]] == [
        ["no units", "0", "1 of 116", "1"], ["no units", "0.1", "1 of 116", "1"],
    ]  # fmt: skip
    assert lines[1][7:] == ["62.9 % (PySR)", "-"], "units are compared with units"
    # Recovered: 1, 1, 2 and 4 s after 1,000, 1,000, 2,000 and 4,000 evaluations; the miss took 60 s.
    assert rows(times)[1] == ["with units", "0", "1.5", "3.4", "1,500", "2.0", "38", "0", "4", "4"]


def test_sets_that_overlap_count_in_both_and_strange_ones_by_themselves(record: Path) -> None:
    assert rows(section(record, "### Feynman, the 20 bonus equations"))[1][:4] == ["with units", "0", "1 of 20", "1"]
    assert rows(section(record, "### mine"))[1][:4] == ["with units", "0", "1", "1"]
    assert [each.name for each in named_sets(TRIALS)] == ["feynman", "bonus", "mine"]
    assert [len(each.results) for each in named_sets(TRIALS)] == [8, 1, 1]


def test_what_units_and_mechanisms_are_worth(record: Path) -> None:
    assert rows(section(record, "## What units buy"))[1:] == [
        ["Feynman, the 116 of SRBench", "0", "1", "1 (100.0 %)", "1 (100.0 %)", "1 (100.0 %)", "1 (100.0 %)", "1",
         "2.0", "8.0", "4 x", "2,000", "50,000", "25 x"],
    ]  # fmt: skip
    (line,) = rows(section(record, "## Without one mechanism"))[1:]
    assert line[:6] == ["triples", "Feynman, the 116 of SRBench", "0", "yes", "1", "1 (100.0 %)"]
    assert line[-6:] == ["2.0", "6.0", "3 x", "2,000", "9,000", "4.5 x"]


def test_the_equations_that_physo_never_finds(record: Path) -> None:
    lines = rows(section(record, "## Equations that PhySO never finds"))
    assert lines[0] == ["search", "noise", "I.9.18", "I.29.16", "II.6.15a", "III.4.33"]
    assert lines[1] == ["with units", "0", "2 of 3 (2 strict), 4.0 s", "-", "-", "-"]


def test_every_equation_missed(record: Path) -> None:
    assert rows(section(record, "## Equations missed"))[1:] == [
        ["I.9.18", "with units", "0", "1 of 3: 2", "`G*m1*m2/r**2`", "`G*m1*m2/1.235**2`", "not found in 60 s",
         "0.5"],
    ]  # fmt: skip
    assert rows(section(record, "## Recovered, but not strictly"))[1:] == [
        ["I.12.1", "with units", "0", "1 of 1: 0", "`mu*Nn`", "`2.5*mu*Nn`", "a constant factor away", "1"],
    ]  # fmt: skip


def test_how_to_repeat_it(record: Path) -> None:
    text = section(record, "## How to repeat it")
    assert FACTS.command in text
    versions = "symreg 0.1.0, Python 3.12.0, numpy 2.0.0"
    assert f"- A Fine Processor, 2 cores, Linux 6 x86_64; {versions}; compiled engine\n" in text
    assert "symreg benchmark-record benchmarks/*.csv --output benchmarks.md" in text


def test_the_record_of_the_archive_is_the_record(record: Path, tmp_path: Path) -> None:
    archive = sorted((record.parent / "benchmarks").glob("*.csv"))
    assert [path.name for path in archive] == ["bonus.csv", "feynman.csv", "mine.csv"]
    again = tmp_path / "benchmarks.md"
    write_record(archive, again)
    assert again.read_text() == record.read_text()
    for path in archive:
        assert (tmp_path / "benchmarks" / path.name).read_bytes() == path.read_bytes()
    for name in ("recovery.png", "recovery.svg"):
        assert (tmp_path / "images" / name).read_bytes() == (record.parent / "images" / name).read_bytes()


def test_the_command_says_what_it_wrote(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page.md"
    with pytest.raises(SystemExit) as end:
        main(["benchmark-record", str(written(tmp_path / "r.csv")), "--output", str(page)])
    assert not end.value.code
    assert capsys.readouterr().out.splitlines()[0] == str(page)
    with pytest.raises(SystemExit) as end:
        main(["benchmark-record", str(tmp_path / "absent.csv"), "--output", str(page)])
    assert end.value.code == 2
    assert "absent.csv: this file cannot be read" in capsys.readouterr().err


def test_what_was_written_by_hand_stays(tmp_path: Path) -> None:
    results, page = written(tmp_path / "results.csv"), tmp_path / "page.md"
    write_record([results], page)
    marks = "<!-- by hand -->\n<!-- end -->"
    assert marks in page.read_text()
    mine = "## What I think\n\nIt is *fine*.\n\n| a | b |"
    changed = page.read_text().replace(marks, f"<!-- by hand -->\n{mine}\n<!-- end -->")
    page.write_text(changed.replace("Known laws", "Unknown laws"))
    write_record([written(tmp_path / "more.csv", TRIALS[:2])], page)
    text = page.read_text()
    assert f"<!-- by hand -->\n{mine}\n<!-- end -->" in text
    assert text.startswith("# Benchmarks\n\nKnown laws") and "### mine" not in text
    write_record([results], page)
    assert mine in page.read_text()


@pytest.mark.parametrize("text", ["My own page.", "<!-- by hand --> cut off"])
def test_a_page_that_would_be_lost_is_refused_before_anything_is_written(tmp_path: Path, text: str) -> None:
    page = tmp_path / "page.md"
    page.write_text(text)
    with pytest.raises(ResultsError, match="would be lost"):
        write_record([written(tmp_path / "results.csv")], page)
    assert page.read_text() == text
    assert not (tmp_path / "page").exists() and not (tmp_path / "images").exists()


def test_files_that_hold_no_results_are_refused(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    older = tmp_path / "older.csv"
    older.write_text(",".join(name for name in COLUMNS if name != "without") + "\n")
    with pytest.raises(ResultsError, match="missing: without"):
        write_record([older], page)
    with pytest.raises(ResultsError, match="cannot be read"):
        write_record([tmp_path / "absent.csv"], page)
    with pytest.raises(ResultsError, match="no trial"):
        write_record([written(tmp_path / "empty.csv", [])], page)
    assert not page.exists()


def test_a_later_file_replaces_trials_of_an_earlier_one(tmp_path: Path) -> None:
    first = written(tmp_path / "first.csv", [result("a", seconds=9.0), result("b")])
    second = written(tmp_path / "second.csv", [result("a", seconds=1.0)], replace(FACTS, command="again"))
    trials, facts = gather([first, second])
    assert [(each.id, each.seconds) for each in trials] == [("a", 1.0), ("b", 1.0)]
    assert [each.command for each in facts] == [FACTS.command, "again"]


def test_the_archive_keeps_what_the_record_shows(tmp_path: Path) -> None:
    found = compact(result("a", seconds=1.23456789, complexity=7, held_out_r2=0.123456789))
    assert (found.formula, found.truth, found.note, found.complexity) == ("", "", "", 0)
    assert (found.seconds, found.held_out_r2) == (1.235, 0.1234568)
    missing = compact(missed("a", formula="x1234.5678*0.033333333*y + 2.5e-11*z**1.500000e-07", seconds=float("nan")))
    assert missing.formula == "x1234.5678*0.03333*y + 2.5e-11*z**1.5e-07"
    assert missing.truth == "x"
    (path,) = write_archive(tmp_path, [found], [])
    assert read_results(path) == [found]
    assert "complexity" not in path.read_text() and len(path.read_text().splitlines()[1]) < 110
    with pytest.raises(ResultsError, match="missing: complexity"):
        ResultsFile(path, SRBENCH)


def test_equations_stand_in_the_order_that_people_count_in() -> None:
    names = ["I.12.1", "III.4.33", "I.8.14", "II.6.15a", "I.6.2b", "I.6.2", "I.6.2a"]
    ordered = sorted((result(name) for name in names), key=order)
    assert [each.id for each in ordered] == [
        "I.6.2", "I.6.2a", "I.6.2b", "I.8.14", "I.12.1", "II.6.15a", "III.4.33",
    ]  # fmt: skip


def test_text_from_outside_breaks_no_table(tmp_path: Path) -> None:
    strange = missed("a", set="mine", status="failed", note="Error: a | b <script>", formula="`x` | y\nz")
    page = tmp_path / "page.md"
    write_record([written(tmp_path / "r.csv", [strange], None)], page)
    (line,) = rows(section(page, "## Equations missed"))[1:]
    assert line[5:7] == ["`'x' \\| y z`", "Error: a \\| b \\<script\\>"]
    assert "not recorded" in section(page, "## How to repeat it")
