"""What the documentation shows is what happens: examples run, links lead somewhere, lists are complete."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

import symreg
from symreg.experiment.specification import Specification
from symreg.formula.operators import OPERATORS
from symreg.report import EXPORT_LANGUAGES, FORMATS
from symreg.units.reading import physical_constant_names
from tests.documents import blocks, commands, run_command, run_python, says

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
WITH_EXAMPLES = [
    path
    for path in DOCUMENTS
    if any(block.kind in ("console", "python") for block in blocks(path.read_text(encoding="utf-8")))
]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", WITH_EXAMPLES, ids=name_of)
def test_examples_do_what_they_show(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "experiments").symlink_to(ROOT / "experiments")
    namespace: dict[str, object] = {"__name__": "example"}
    for block in blocks(path.read_text(encoding="utf-8")):
        place = f"{name_of(path)}, line {block.line}"
        if block.file is not None:
            (tmp_path / block.file).write_text(block.body, encoding="utf-8")
        elif block.kind == "python":
            printed = run_python(block, namespace, place)
            assert block.expected is None or says(block.expected, printed), f"{place} prints\n{printed}"
        elif block.kind == "console":
            for command, output in commands(block.body):
                code, printed = run_command(command, tmp_path)
                assert says(output, printed), f"{place}: {command} prints\n{printed}"
                expected = 2 if output.startswith("symreg: ") else 0
                assert code == expected, f"{place}: {command} exits with {code}"


def test_the_first_two_commands_of_the_readme() -> None:
    first = re.search(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.S)
    assert first is not None
    assert [line.split("#")[0].strip() for line in first[1].splitlines()] == ["make demo", "make test"]


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (path.parent / target).exists(), f"{name_of(path)} links to {target}"


def test_every_room_is_in_the_architecture_and_every_file_it_names_exists() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    package = ROOT / "symreg"
    floor = {path.name for path in package.glob("*.py")} - {"__init__.py", "__main__.py"}
    rooms = {f"{path.parent.relative_to(package).as_posix()}/" for path in package.glob("*/**/__init__.py")}
    assert not [name for name in sorted(floor | rooms) if f"`{name}`" not in text]
    folders = [package, *(path.parent for path in package.rglob("__init__.py"))]
    named = set(re.findall(r"`([\w/]+\.(?:py|h))`", text))
    assert not [name for name in sorted(named) if not any((folder / name).is_file() for folder in folders)]
    tasks = text[text.index("## Where do I change") :].split("\n\n")[1].splitlines()[2:]
    assert len(tasks) >= 10
    assert all((package / name).is_file() for task in tasks for name in re.findall(r"`([\w/]+\.(?:py|h))`", task))


def test_every_decision_is_in_the_list() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", (folder / "README.md").read_text(encoding="utf-8"))
    assert listed == sorted(path.name for path in folder.glob("[0-9]*.md"))


def test_the_reference_is_complete() -> None:
    text = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
    keys = [f"`{key}`" for key in Specification.model_fields]
    names = [f"`{name}`" for name in (*OPERATORS, *physical_constant_names(), *FORMATS, *EXPORT_LANGUAGES)]
    public = [f"`{name}`" for name in symreg.__all__]
    assert not [name for name in (*keys, *names, *public) if name not in text]


def test_says() -> None:
    assert says("a ... c\n", "a b\n b c")
    assert says("x  y", "x y\n")
    assert says("... done", "anything\ndone\n")
    assert not says("a ... c", "a b")
    assert not says("x", "x y")


def test_blocks_know_their_output() -> None:
    text = "```python\nprint(1)\n```\n\n```text\n1\n```\n\nwords\n\n```csv file=a.csv\nx\n```\n"
    python, output, file = blocks(text)
    assert (python.kind, python.expected, python.line) == ("python", "1\n", 1)
    assert output.kind == "text"
    assert (file.file, file.body) == ("a.csv", "x\n")
    assert dataclasses.replace(python, body="").expected == "1\n"
    assert list(commands("$ one\nsays\n$ two\n")) == [("one", "says\n"), ("two", "")]
