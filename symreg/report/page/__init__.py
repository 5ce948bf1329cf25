"""The page: every law of the front with its figures, one of them shown, in one file without network."""

from __future__ import annotations

from symreg.report.page.rendering import html_report

__all__ = ["html_report"]
