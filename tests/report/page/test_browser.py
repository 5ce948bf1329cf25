"""The page in Chromium: laws are chosen by click and by key, nothing leaves it, and it fits every screen."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from symreg.discovery import Discovery
from symreg.formula.expression import Variable
from symreg.formula.printing import to_text
from symreg.laws.law import ParetoFront
from symreg.problem.making import make_problem
from symreg.report.content import gather
from symreg.report.page.rendering import html_report
from symreg.tables.table import read_table
from symreg.typesetting import one_line
from tests.miniatures import make_discovery, make_law

Open = Callable[..., Page]
PAGES: dict[int, tuple[Discovery, str]] = {}  # each page is made once

WIDER = """() => {
    const width = document.documentElement.clientWidth, found = [];
    if (document.documentElement.scrollWidth > width) found.push("the page itself");
    const scrolls = (one) => one && (getComputedStyle(one).overflowX !== "visible" || scrolls(one.parentElement));
    for (const one of document.querySelectorAll("body *")) {
        const box = one.getBoundingClientRect();
        if (box.width && box.right > width + 1 && !scrolls(one.parentElement)) found.push(one.outerHTML.slice(0, 80));
    }
    return found;
}"""
"""What is wider than the screen and stands in no box of its own that scrolls."""


@pytest.fixture
def shown(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Opens the page about a discovery; at the end nothing may have been asked of anyone, nor complained of."""
    said: list[str] = []
    contexts = []

    def open_page(discovery: Discovery, *, width: int = 1400, **options: Any) -> Page:
        path = tmp_path / "report.html"
        if id(discovery) not in PAGES:
            PAGES[id(discovery)] = discovery, html_report(gather(discovery))
        path.write_text(PAGES[id(discovery)][1], encoding="utf-8")
        assert path.stat().st_size < 2_000_000
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: None if request.url == path.as_uri() else said.append(request.url))
        page.goto(path.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert said == []


@pytest.fixture(scope="module")
def awkward() -> Discovery:
    """Temperatures in degrees, names that break out of markup or turn the reading direction, and a very long one."""
    draw = np.random.default_rng(4)
    names = ("</script><script>alert(1)</script>", "\"' onload=alert(2) x=\"", "\u202egnp.exe", "x" * 1000)
    data: dict[str, Any] = {name: draw.uniform(1, 2, 40) for name in "abcd"}
    data["T"] = draw.uniform(-20, 120, 40)
    data["y"] = (data["T"] + 273.15) * np.prod([data[name] for name in "abcd"], axis=0)
    data["who"] = ["<img src=x onerror=alert(3)>", "\u202eB</li></ul>"] * 20
    table = read_table(data, target="y", units=dict.fromkeys("abcd", "m") | {"T": "degC", "y": "K*m**4"})
    # A table that is read has its names settled; here they come as they are.
    called = dict(zip("abcd", names, strict=True))
    columns = tuple(dataclasses.replace(one, name=called.get(one.name, one.name)) for one in table.columns)
    problem = make_problem(dataclasses.replace(table, columns=columns))
    product = "*".join(["T", *(to_text(Variable(name)) for name in names)])
    laws = [make_law(problem, product), make_law(problem, f"2*{product} - {product}")]
    return make_discovery(problem, laws, 0, notes=("</script><script>alert(4)</script>", "<svg onload=alert(5)>"))


def visible_state(page: Page) -> dict[str, Any]:
    """What is shown of the chosen law: formula, drawings, constants, units and source."""
    return {
        "formula": page.locator(".equation:visible").first.get_attribute("aria-label"),
        "figure": page.locator(".stage svg.plot:visible path:is(.curve, .diagonal)").first.get_attribute("d"),
        "residuals": page.locator(".details svg.plot:visible path.dots").first.get_attribute("d"),
        "constants": page.locator("h2:visible:text-is('Constants') + *").inner_text(),
        "source": page.locator(".code pre:visible").inner_text(),
    }


def test_every_law_is_chosen_by_click(shown: Open, kepler: Discovery) -> None:
    page = shown(kepler)
    seen = []
    for number, law in enumerate(kepler.front, 1):
        page.locator(f".pick:has(#pick-{number})").click()
        state = visible_state(page)
        assert state["formula"] == f"P = {law.formula}"
        assert law.formula in state["source"]
        assert page.locator("article:visible").count() == 1
        seen.append(state)
    for part in seen[0]:
        assert len({one[part] for one in seen}) == len(seen), part
    page.locator("tr.row-1").click()
    assert visible_state(page) == seen[0]


def test_every_law_is_chosen_by_key(shown: Open, kepler: Discovery) -> None:
    page = shown(kepler)
    page.locator("#pick-2").focus()
    formulas = []
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
        formulas.append(visible_state(page)["formula"])
    first, _, last = (f"P = {law.formula}" for law in kepler.front)
    assert formulas == [last, first, f"P = {kepler.front[1].formula}", first]
    outline = page.evaluate("getComputedStyle(document.activeElement.nextElementSibling).outlineStyle")
    assert outline == "solid"  # where the keyboard stands can be seen


def test_the_language_stays_when_the_law_changes(shown: Open, kepler: Discovery) -> None:
    page = shown(kepler)
    page.locator(".languages label:has-text('Rust')").click()
    assert "fn " in page.locator(".code pre:visible").inner_text()
    page.locator(".pick:has(#pick-1)").click()
    assert "fn " in page.locator(".code pre:visible").inner_text()


def test_points_say_what_they_are(shown: Open, relativity: Discovery) -> None:
    page = shown(relativity)
    plot = page.locator(".stage svg.plot:visible").first
    at = plot.evaluate(
        """(plot) => {
            const place = plot.querySelector("path.dots").getAttribute("d").match(/M([\\d.]+) ([\\d.]+)/);
            const at = new DOMPoint(+place[1], +place[2]).matrixTransform(plot.getScreenCTM());
            return [at.x, at.y];
        }"""
    )
    page.mouse.move(*at)
    row = int(relativity.problem.train_rows[0])
    energy = relativity.problem.table["E"].user_numbers[row]
    assert page.locator(".bubble").inner_text().startswith(f"row {row + 1}: E = {energy:.4g} TJ, m = ")
    page.mouse.move(2, 2)
    assert page.locator(".bubble").is_hidden()
    plot.focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("#readout").inner_text().startswith("row ")


@pytest.mark.parametrize("name", ["kepler", "relativity", "hostile", "awkward"])
def test_nothing_is_wider_than_the_screen(request: pytest.FixtureRequest, shown: Open, name: str) -> None:
    page = shown(request.getfixturevalue(name))
    for number in (1, len(request.getfixturevalue(name).front)):
        page.locator(f"#pick-{number}").check(force=True)
        for width in (360, 400, 768, 1600):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(WIDER) == [], width


def test_law_and_figure_are_seen_without_scrolling(shown: Open, kepler: Discovery) -> None:
    page = shown(kepler)
    for part in (".equation:visible", ".stage svg.plot:visible", ".front"):
        box = page.locator(part).first.bounding_box()
        assert box is not None and box["y"] + box["height"] <= 900, part
    narrow = shown(kepler, width=400)
    law = narrow.locator(".fronttable .lawcell").first.bounding_box()
    assert law is not None and law["x"] >= 0 and law["x"] + law["width"] <= 400


def test_hostile_names_are_only_words(shown: Open, awkward: Discovery) -> None:
    page = shown(awkward)
    page.locator(".pick:has(#pick-2)").click()
    assert page.evaluate("document.scripts.length") == 1
    assert page.locator("img, iframe, object").count() == 0
    attributes = page.evaluate("[...document.querySelectorAll('*')].flatMap((one) => one.getAttributeNames())")
    assert not [name for name in attributes if name.startswith("on")]
    text = page.locator("body").inner_text()
    for name in awkward.problem.inputs:
        assert one_line(name) in text
    assert "\u202e" not in text  # nothing turns the reading direction
    assert page.locator("#words li").count() == 40
    page.locator(".stage svg.plot:visible").first.focus()
    said = set()
    for _ in range(12):
        page.keyboard.press("ArrowRight")
        said.add(page.locator("#readout").inner_text().split(": ")[0])
    assert said == {"<img src=x onerror=alert(3)>", "\N{REPLACEMENT CHARACTER}B</li></ul>"}


def test_it_is_read_without_a_script(shown: Open, kepler: Discovery) -> None:
    page = shown(kepler, java_script_enabled=False)
    page.locator(".pick:has(#pick-1)").click()
    assert page.locator(".equation:visible").first.get_attribute("aria-label") == f"P = {kepler.front[0].formula}"


def test_the_dark_page_is_dark_and_paper_is_white(shown: Open, kepler: Discovery) -> None:
    page = shown(kepler, color_scheme="dark")
    paper = "getComputedStyle(document.documentElement).backgroundColor"
    ink = "getComputedStyle(document.querySelector('.plot text.n')).fill"

    def brightness(expression: str) -> float:
        colour = page.evaluate(expression)
        return sum(map(int, colour.removeprefix("rgb(").removesuffix(")").split(","))) / 3

    assert brightness(paper) < 40 and brightness(ink) > 200
    page.emulate_media(media="print")
    assert brightness(paper) == 255 and brightness(ink) < 40


def test_paper_is_two_pages(shown: Open, kepler: Discovery, relativity: Discovery) -> None:
    for discovery in (kepler, relativity):
        pdf = shown(discovery).pdf(prefer_css_page_size=True)
        assert pdf.count(b"/Type /Page") - pdf.count(b"/Type /Pages") <= 2


def test_a_long_table_and_a_long_front_stay_small(shown: Open, relativity: Discovery) -> None:
    draw, rows = np.random.default_rng(0), 20_000
    m, v = draw.uniform(1.0, 5.0, rows), draw.uniform(0.1, 0.95, rows) * 299792.458
    energy = m * 1e-3 * 299792458.0**2 / np.sqrt(1 - (v / 299792.458) ** 2) / 1e12
    table = read_table({"m": m, "v": v, "E": energy}, target="E", units={"m": "g", "v": "km/s", "E": "TJ"})
    problem = make_problem(table, constants=["c"])
    law = make_law(problem, "m*c**2/sqrt(1 - v**2/c**2)")
    laws = tuple(dataclasses.replace(law, complexity=law.complexity + step) for step in range(15))
    page = shown(dataclasses.replace(relativity, problem=problem, front=ParetoFront(laws, 3)))
    assert "of 20,000 rows are drawn, evenly chosen" in page.locator("body").inner_text()
