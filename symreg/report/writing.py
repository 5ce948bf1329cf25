"""The files of a report, each written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from symreg.atomic import atomic_write_bytes
from symreg.errors import ReportError, UnwritableError
from symreg.laws import EXPORT_LANGUAGES, EXPORT_SUFFIXES, export_law
from symreg.report.content import Content, gather

if TYPE_CHECKING:
    from symreg.discovery import Discovery

__all__ = ["FORMATS", "write_report", "write_reports"]


def _html(content: Content) -> bytes:
    from symreg.report.page import html_report

    return html_report(content).encode("utf-8")


def _latex(content: Content) -> bytes:
    from symreg.report.latex import latex_report

    return latex_report(content).encode("utf-8")


def _markdown(content: Content) -> bytes:
    from symreg.report.markdown import markdown_report

    return markdown_report(content).encode("utf-8")


def _pdf(content: Content) -> bytes:
    from symreg.report.pdf import pdf_report

    return pdf_report(content)


_WRITERS: Mapping[str, tuple[str, Callable[[Content], bytes]]] = {
    "html": (".html", _html),
    "latex": (".tex", _latex),
    "markdown": (".md", _markdown),
    "pdf": (".pdf", _pdf),
}
FORMATS = tuple(_WRITERS)
_FORMAT_OF_SUFFIX = {suffix: name for name, (suffix, _) in _WRITERS.items()} | {
    ".htm": "html",
    ".markdown": "markdown",
}


def write_reports(
    discovery: Discovery,
    folder: str | os.PathLike[str],
    *,
    formats: Sequence[str] = ("html", "latex"),
    exports: Sequence[str] = (),
) -> tuple[Path, ...]:
    """Write ``report.html``, ``report.tex``, ... and the selected law as ``law.py``, ... into ``folder``.

    Everything is computed before the first file is written; a file that stands there is replaced whole.
    Raises ``ReportError`` for an unknown format or language, and where a stored score is not what the law
    gives.
    """
    check_formats(formats, exports)
    content = gather(discovery)
    made: list[tuple[str, bytes]] = []
    for name in dict.fromkeys(formats):
        suffix, write = _WRITERS[name]
        made.append((f"report{suffix}", write(content)))
    if content.law is not None:
        for language in dict.fromkeys(exports):
            made.append(
                (f"law{EXPORT_SUFFIXES[language]}", export_law(content.law, language).encode("utf-8"))
            )
    target = Path(folder)
    with _written(target):
        target.mkdir(parents=True, exist_ok=True)
    return tuple(_write(target / name, data) for name, data in dict(made).items())  # two names may be one language


def write_report(discovery: Discovery, path: str | os.PathLike[str]) -> Path:
    """Write one report; the suffix of ``path`` chooses the format (.html, .tex, .md, .pdf).

    Raises ``ReportError`` for another suffix, and where a stored score is not what the law gives.
    """
    destination = Path(path)
    name = _FORMAT_OF_SUFFIX.get(destination.suffix.lower())
    if name is None:
        raise ReportError(
            reason=f"No report is written to {destination.name!r}: its suffix names no format.",
            advice=f"Use one of {', '.join(_FORMAT_OF_SUFFIX)}.",
        )
    return _write(destination, _WRITERS[name][1](gather(discovery)))


def _write(path: Path, data: bytes) -> Path:
    with _written(path):
        return atomic_write_bytes(path, data)


@contextmanager
def _written(path: Path) -> Iterator[None]:
    """What the system says against a file or a folder as an ``UnwritableError``."""
    try:
        yield
    except OSError as error:
        raise UnwritableError(
            reason=f"{path} cannot be written: {error.strerror or error}.", advice="Name another place for it."
        ) from error


def check_formats(formats: Sequence[str], exports: Sequence[str]) -> None:
    """Raise ``ReportError`` for a format or language that does not exist; call it before a long search."""
    for kind, given, allowed in (("format", formats, FORMATS), ("language", exports, EXPORT_LANGUAGES)):
        for name in given:
            if name not in allowed:
                raise ReportError(
                    reason=f"There is no report {kind} {name!r}.",
                    advice=f"Choose from: {', '.join(allowed)}.",
                )
