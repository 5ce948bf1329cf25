"""The page of a summary: what people see of it in a browser, whatever names the runs have."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, Page

from symreg.sweeps import read_specifications, summarise, write_summary
from symreg.sweeps.summary.page import summary_page
from tests.report.page.test_browser import WIDER
from tests.sweeps.helpers import DRAWN, run_sweep, written

HOSTILE = """\
sweep:
  "<script>alert(1)</script>":
    "</td><img src=x onerror=alert(2)>": {seed: 1}
    "\\u202Egnp.exe": {seed: 2}
    "a very long name of a piece of the file, which goes on and on without an end to be seen anywhere": {seed: 3}
  noise: [0, 0.1, 0.2]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("page")
    run_sweep(written(made, DRAWN + HOSTILE), made / "runs", lambda one: "k*h + k1" if one.seed == 2 else "k*sqrt(h)")
    names = [one.name for one in read_specifications(made / "fall.yaml")]
    shutil.rmtree(made / "runs" / names[2])
    (made / "runs" / names[4] / "state.json").write_text("<script>alert(3)</script>")
    run_sweep(written(made, DRAWN + "sweep: {seed: [0]}\n", "one.yaml"), made / "reported")
    (made / "reported" / "fall-seed=0" / "report.html").write_text("<!DOCTYPE html><title>the report</title>")
    return made


@pytest.fixture
def page(browser: Browser, folder: Path) -> Iterator[Page]:
    """The page, of which nothing may be asked of anyone, nor complained of."""
    said: list[str] = []
    *_, path = write_summary(summarise(folder / "fall.yaml", folder / "runs"))
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    opened = context.new_page()
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    opened.on("request", lambda request: None if request.url == path.as_uri() else said.append(request.url))
    opened.goto(path.as_uri())
    yield opened
    context.close()
    assert said == []


def text_of(page: Page, selector: str) -> list[str]:
    return [" ".join(one.split()) for one in page.locator(selector).all_inner_texts()]


def test_what_is_seen_first(page: Page) -> None:
    lede = text_of(page, ".lede")[0]
    assert lede.startswith("9 runs: ") and "7 finished" in lede and "1 to do" in lede and "1 unreadable" in lede
    assert "it came back in 5 of 7 runs (2 with its numbers, 3 in its form)" in lede
    assert page.locator("#laws tbody tr").count() == 2 and page.locator("#runs tbody tr").count() == 9
    assert page.locator("#laws math").count() == 2


def test_nothing_of_a_name_is_markup_and_nothing_runs(page: Page) -> None:
    assert page.locator("script").count() == 0 and page.locator("img").count() == 0
    shown = " ".join(text_of(page, "#axes"))
    assert "<script>alert(1)</script>" in shown and "</td><img src=x onerror=alert(2)>" in shown
    assert "\u202e" not in page.content()


@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (1400, "dark"), (380, "light")])
def test_it_fits_every_screen(page: Page, width: int, scheme: Any) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    assert page.evaluate(WIDER) == []
    paper, ink = (
        page.evaluate(f"getComputedStyle(document.documentElement).{one}") for one in ("backgroundColor", "color")
    )
    light = [sum(map(int, re.findall(r"\d+", each)[:3])) for each in (paper, ink)]
    assert (light[0] > light[1]) is (scheme == "light")


def test_links_lead_to_the_runs(page: Page, folder: Path) -> None:
    links = page.locator("#runs a").evaluate_all("all => all.map(one => one.href)")
    assert len(links) == 8
    for link in links:
        assert (folder / "runs").as_uri() in link


def test_a_run_with_a_report_is_linked_by_it(folder: Path, browser: Browser) -> None:
    *_, path = write_summary(summarise(folder / "one.yaml", folder / "reported"))
    opened = browser.new_page()
    opened.goto(path.as_uri())
    opened.click("#runs a")
    assert unquote(opened.url).endswith("/reported/fall-seed=0/report.html") and opened.title() == "the report"
    opened.close()


def test_links_lead_from_where_the_page_lies(folder: Path, tmp_path: Path) -> None:
    found = summarise(folder / "one.yaml", folder / "reported")
    (link,) = re.findall(r'<a href="([^"]*)"', summary_page(found, tmp_path / "elsewhere"))
    assert link.startswith("../") and ((tmp_path / "elsewhere") / link.replace("%3D", "=")).resolve().is_file()


def test_it_says_how_it_stands_before_anything_was_run(folder: Path, tmp_path: Path) -> None:
    text = summary_page(summarise(folder / "fall.yaml", tmp_path), tmp_path)
    assert "No run has finished with a law yet." in text
    assert "No run has ended with a law." in text and "<a " not in text
