"""The page: every law of the front with its figures, one of them shown, in one file without network."""

from __future__ import annotations

from symreg.report.page.course_drawing import course_picture
from symreg.report.page.environment import page_environment, source_in
from symreg.report.page.front_drawing import front_picture
from symreg.report.page.rendering import html_report, page_style

__all__ = ["course_picture", "front_picture", "html_report", "page_environment", "page_style", "source_in"]
