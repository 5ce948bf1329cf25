"""Reports: a discovery as a page to read, and its laws as source text to carry away."""

from __future__ import annotations

from symreg.errors import ReportError
from symreg.laws import EXPORT_LANGUAGES, export_law
from symreg.report.page import course_picture, front_picture, page_environment, page_style, source_in
from symreg.report.publication import FIGURE_FOLDER, FIGURE_NAMES, write_figures
from symreg.report.writing import FORMATS, write_report, write_reports

__all__ = [
    "EXPORT_LANGUAGES",
    "FIGURE_FOLDER",
    "FIGURE_NAMES",
    "FORMATS",
    "ReportError",
    "course_picture",
    "export_law",
    "front_picture",
    "page_environment",
    "page_style",
    "source_in",
    "write_figures",
    "write_report",
    "write_reports",
]
