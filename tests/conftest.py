"""Property tests draw the same examples every time; ``make fuzz`` draws new ones, and more of them."""

from __future__ import annotations

import os

from hypothesis import settings

from tests.exported import PRESENT, RUNTIMES

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("fuzz", max_examples=1000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


def pytest_report_header() -> str:
    """In which languages exported programs are run here: the others are read as text alone."""
    here = ", ".join(PRESENT)
    missing = ", ".join(name for name in RUNTIMES if name not in PRESENT)
    return f"exports are run in: {here}" + (f"; no runtime for: {missing}" if missing else "")
