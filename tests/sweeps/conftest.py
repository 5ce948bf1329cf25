"""A real browser."""

from __future__ import annotations

from tests.report.page.conftest import browser

__all__ = ["browser"]
