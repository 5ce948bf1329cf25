"""Reports: a discovery as a page to read, and its laws as source text to carry away."""

from __future__ import annotations

from symreg.errors import ReportError
from symreg.laws import EXPORT_LANGUAGES, export_law
from symreg.report.writing import FORMATS, write_report, write_reports

__all__ = [
    "EXPORT_LANGUAGES",
    "FORMATS",
    "ReportError",
    "export_law",
    "write_report",
    "write_reports",
]
