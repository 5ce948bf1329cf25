"""A real browser, and discoveries in miniature."""

from __future__ import annotations

from tests.miniatures import hostile, kepler
from tests.report.page.conftest import browser

__all__ = ["browser", "hostile", "kepler"]
