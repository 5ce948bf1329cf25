"""The files of a report: all or none, each whole, chosen by name."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import pytest

from symreg.discovery import Discovery
from symreg.errors import ReportError
from symreg.laws.law import ParetoFront
from symreg.report import EXPORT_LANGUAGES, FORMATS, write_report, write_reports


def test_writes_every_format_and_language(kepler: Discovery, tmp_path: Path) -> None:
    paths = write_reports(kepler, tmp_path / "run", formats=FORMATS, exports=EXPORT_LANGUAGES)
    assert sorted(path.name for path in paths) == sorted(os.listdir(tmp_path / "run"))
    assert {path.name for path in paths} == {
        "report.html", "report.tex", "report.md", "report.pdf", "law.py", "law_numpy.py", "law.c", "law.f90",
        "law.jl", "law.cpp", "law.m", "law.R", "law.mjs", "law.rs", "law.tex", "law.txt", "law.json", "law_torch.py",
        "law_jax.py", "law_excel.txt", "law.mo", "law_siunitx.tex",
    }  # fmt: skip
    assert (tmp_path / "run" / "law.py").read_text("utf-8") == kepler.front.best.to("python")


def test_the_default_is_html_and_latex(kepler: Discovery, tmp_path: Path) -> None:
    assert [path.name for path in write_reports(kepler, tmp_path)] == ["report.html", "report.tex"]


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("x.html", b"<!DOCTYPE"),
        ("x.HTM", b"<!DOC"),
        ("x.tex", b"\\doc"),
        ("x.md", b"# "),
        ("x.pdf", b"%PDF"),
    ],
)
def test_the_suffix_chooses_the_format(kepler: Discovery, tmp_path: Path, name: str, start: bytes) -> None:
    path = write_report(kepler, tmp_path / name)
    assert path.read_bytes().lstrip().startswith(start)


def test_unknown_names_are_refused_before_anything_is_written(kepler: Discovery, tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=r"no report format 'doc'.* html, latex, markdown, pdf"):
        write_reports(kepler, tmp_path / "run", formats=["html", "doc"])
    with pytest.raises(ReportError, match="no report language 'cobol'"):
        write_reports(kepler, tmp_path / "run", exports=["cobol"])
    with pytest.raises(ReportError, match="suffix names no format"):
        write_report(kepler, tmp_path / "report.docx")
    assert list(tmp_path.iterdir()) == []


def test_a_report_that_would_be_false_leaves_no_file(kepler: Discovery, tmp_path: Path) -> None:
    law = kepler.front.best
    false = dataclasses.replace(law, train=dataclasses.replace(law.train, rmse=law.train.rmse / 2))
    with pytest.raises(ReportError, match="run the search again"):
        write_reports(dataclasses.replace(kepler, front=ParetoFront((false,), 0)), tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


def test_no_law_no_exports(kepler: Discovery, tmp_path: Path) -> None:
    nothing = dataclasses.replace(kepler, front=ParetoFront((), -1))
    paths = write_reports(nothing, tmp_path, formats=["html"], exports=["python"])
    assert [path.name for path in paths] == ["report.html"]
