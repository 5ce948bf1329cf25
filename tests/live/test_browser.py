"""The page of a run in Chromium, while a search goes on that finds a better law when a test says so."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, expect

from symreg.discovery import Discovery
from symreg.laws.law import ParetoFront
from symreg.live.board import Board
from symreg.live.server import served
from symreg.search.backend import Budget
from symreg.watching import Progress

REPORT = "<!DOCTYPE html><title>the report</title><p>The report.</p>"
WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


class SlowSearch(threading.Thread):
    """Tells of its first ``known`` laws again and again until it is asked to stop; then its report is written."""

    known = 1

    def __init__(self, board: Board, found: Discovery, folder: Path) -> None:
        super().__init__(daemon=True)
        self.board, self.found, self.folder = board, found, folder

    def run(self) -> None:
        """Search."""
        began = time.monotonic()
        while not self.board.stop.wait(0.05):
            elapsed = time.monotonic() - began
            front = ParetoFront(self.found.front.laws[: self.known], self.known - 1)
            self.board(Progress(elapsed, int(1e5 * elapsed), 5, 4, front, "search", budget=Budget(time=60.0)))
        self.board(self.found.at("report", time.monotonic() - began))
        (self.folder / "report.html").write_text(REPORT, encoding="utf-8")
        self.board.end(self.found, self.folder)


def test_the_page_grows_stops_and_becomes_the_report(browser: Browser, kepler: Discovery, tmp_path: Path) -> None:
    board, said = Board(), []
    board.begin("kepler", "P")
    with served(board) as address:
        context = browser.new_context(viewport={"width": 1400, "height": 900})
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda one: None if one.url.startswith((address, "data:,")) else said.append(one.url))
        page.goto(address)
        search = SlowSearch(board, kepler, tmp_path)
        search.start()
        for count in (1, 2, 3):
            search.known = count
            expect(page.locator("#front circle")).to_have_count(count, timeout=15_000)
        expect(page.locator("#course circle")).to_have_count(3)
        expect(page.locator("#law")).to_have_attribute("aria-label", "P = k1*a**(3/2) + k2")
        assert page.locator("#constants li").count() == 4 and page.locator("#laws tr.selected").count() == 1
        assert "of the budget, up to" in page.locator("#spent").inner_text()
        assert "per second" in page.locator("#counts").inner_text()
        for width in (400, 1400):
            page.set_viewport_size({"width": width, "height": 900})
            assert not page.evaluate(WIDER), width
        page.locator("#stop").click()
        page.wait_for_url(f"{address}report", timeout=15_000)
        assert page.inner_text("p") == "The report." and board.stop.is_set()
        context.close()
    assert said == []


def test_hostile_names_do_nothing(browser: Browser, hostile: Discovery, tmp_path: Path) -> None:
    board, said = Board(), []
    board.begin('<img src=x onerror="alert(1)">', hostile.problem.target)
    board(hostile.at("search"))
    with served(board) as address:
        page = browser.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
        page.goto(address)
        expect(page.locator("#front circle")).to_have_count(1, timeout=15_000)
        found: Any = page.evaluate("document.querySelectorAll('main img, main script, h1 img').length")
        assert found == 0 and page.locator("h1").inner_text().startswith('<img src=x onerror="alert(1)">')
        page.close()
    assert said == []
