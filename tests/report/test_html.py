"""The page as text: complete, self-contained, true, and deaf to hostile names. ``page/test_browser.py`` looks at it."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import re
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest

from symreg.discovery import Discovery
from symreg.errors import ReportError
from symreg.formula.expression import Apply, Number, Variable
from symreg.laws.law import ParetoFront, Score
from symreg.laws.score import score
from symreg.report.content import gather
from symreg.report.law_content import explained_text
from symreg.report.page.rendering import html_report
from symreg.uncertain_text import number_text

ALL = ("kepler", "relativity", "hostile")
VOID = {"meta", "input"}
ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "header", "main", "aside", "article", "section", "h1", "h2", "h3",
    "p", "div", "span", "b", "i", "a", "ul", "ol", "li", "dl", "dt", "dd", "table", "caption", "thead", "tbody", "tr",
    "th", "td", "figure", "figcaption", "pre", "code", "blockquote", "label", "input", "sup", "script", "math", "mrow",
    "mi", "mn", "mo", "mfrac", "msup", "msub", "msqrt", "mspace", "mtext", "svg", "defs", "g", "use", "path", "text",
}  # fmt: skip


class Outline(HTMLParser):
    """Tags, attributes and text of a page; fails on a tag that is not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str, str]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & set(self.open):
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.words))


PAGES: dict[str, str] = {}  # each page is made once: drawing its pictures takes half a second


def page(request: pytest.FixtureRequest, name: str) -> tuple[Discovery, str, Outline]:
    discovery: Discovery = request.getfixturevalue(name)
    if name not in PAGES:
        PAGES[name] = html_report(gather(discovery))
    return discovery, PAGES[name], Outline(PAGES[name])


@pytest.mark.parametrize("name", ALL)
def test_stands_alone_and_runs_our_script_alone(request: pytest.FixtureRequest, name: str) -> None:
    _, text, outline = page(request, name)
    assert outline.open == []
    assert outline.tags <= ALLOWED
    for tag, attribute, value in outline.attributes:
        assert not attribute.startswith("on"), (tag, attribute)
        if attribute in ("src", "href"):
            assert value.startswith("#")
    assert "url(" not in text and "@import" not in text
    assert "prefers-color-scheme: dark" in text and "@media print" in text
    (script,) = re.findall(r"<script>(.*?)</script>", text, flags=re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'"
    assert policy in text and text.count("<script") == 1


@pytest.mark.parametrize("name", ALL)
def test_drawings_are_sound(request: pytest.FixtureRequest, name: str) -> None:
    discovery, text, _ = page(request, name)
    end = r'(?=</figure|<figcaption|<svg class="plot|</div>|\n)'
    drawings = re.findall(rf'<svg class="plot.*?</svg>{end}', text, flags=re.DOTALL)
    assert len(drawings) >= 1 + 2 * len(discovery.front)
    for drawing in drawings:
        tree = ElementTree.fromstring(drawing)
        assert {node.tag for node in tree.iter()} <= {"svg", "g", "path", "text", "use"}
        assert "nan" not in drawing and "inf" not in drawing.replace("info", "")


def test_every_law_of_the_front_has_its_part(request: pytest.FixtureRequest) -> None:
    discovery, text, _ = page(request, "kepler")
    laws = len(discovery.front)
    assert text.count('type="radio" name="law"') == laws
    for number in range(1, laws + 1):
        assert text.count(f'class="law law-{number}"') == 3  # above, below, and its source
        assert f"body:has(#pick-{number}:checked) .law-{number} {{ display: block; }}" in text
    checked = re.findall(r'id="pick-(\d+)"[^>]* checked', text)
    assert checked == [str(discovery.front.selected + 1)]


def test_says_what_was_found(request: pytest.FixtureRequest) -> None:
    discovery, text, outline = page(request, "kepler")
    law = discovery.front.best
    expected = (
        "P = k1*a**(3/2)", "365.680 ± 0.050", "day/au", "leave-one-out", "complexity 9 or less", "48,213",
        "1,250,233", "residual at the noise", "1.84 s", "mapping", "The formula has the dimension s",
        "To repeat and to cite", "typical deviation",
    )  # fmt: skip
    for words in expected:
        assert words in outline.text, words
    assert number_text(law.train.rmse, 4) in outline.text
    assert text.count('<tr class="row-2 selected"') == 1
    assert all(number_text(each.held_out.rmse, 4) in outline.text for each in discovery.front)
    assert "P = k_{1}" in outline.text  # the LaTeX source
    for language in ("Python", "NumPy", "C", "Fortran", "Julia", "Rust", "LaTeX", "plain text", "JSON"):
        assert f"<span>{language}</span>" in text
        assert text.count(f'aria-label="The law as {language}"') == len(discovery.front)


def test_numbers_are_those_that_people_say(kepler: Discovery) -> None:
    long = dataclasses.replace(kepler.front[0], description_length=4469880413.0)
    text = html_report(gather(dataclasses.replace(kepler, front=ParetoFront((long, kepler.front[1]), 1))))
    assert "4469880413" not in re.sub(r"<pre.*?</pre>", "", text, flags=re.DOTALL) and "over 1,000" in text
    assert "1-" + "6" not in explained_text(1 - 6.4e-8)
    assert explained_text(1 - 6.4e-8) == "0.999999936" and explained_text(0.9771) == "0.9771"
    assert explained_text(1.0) == "1 within rounding" and explained_text(float("nan")) == "\N{EN DASH}"


def test_a_snapped_constant_shows_both_values(kepler: Discovery) -> None:
    law = kepler.front.best
    whole = dataclasses.replace(law.constants[0], value=365.68, snapped="365.68", fitted_value=365.6791)
    snapped = dataclasses.replace(law, constants=(whole,))
    outline = Outline(html_report(gather(dataclasses.replace(kepler, front=ParetoFront((snapped,), 0)))))
    assert "365.679 ± 0.050" in outline.text and "365.68" in outline.text


def test_hostile_names_are_shown_as_they_are(request: pytest.FixtureRequest) -> None:
    discovery, text, outline = page(request, "hostile")
    for name in (discovery.problem.target, *discovery.problem.inputs, discovery.problem.name):
        assert name in outline.text, name
    assert text.count("<script") == 1 and "<img src=x" not in text
    assert discovery.stop_reason in outline.text


def test_two_reports_of_one_discovery_are_the_same(request: pytest.FixtureRequest) -> None:
    discovery, text, _ = page(request, "kepler")
    assert html_report(gather(discovery)) == text


def test_an_interrupted_search_says_so(kepler: Discovery) -> None:
    broken = dataclasses.replace(
        kepler, status="interrupted", stop_reason="Ctrl-C", complete_to_complexity=None, wall_seconds=130.0
    )
    outline = Outline(html_report(gather(broken)))
    assert "The search was interrupted: Ctrl-C" in outline.text
    plain = Outline(html_report(gather(dataclasses.replace(broken, stop_reason="interrupted"))))
    assert "The search was interrupted. What follows" in plain.text
    assert "No complexity was searched completely" in outline.text and "2 min 10 s" in outline.text


def test_a_search_that_found_nothing_has_a_report(kepler: Discovery) -> None:
    nothing = dataclasses.replace(kepler, front=ParetoFront((), -1))
    outline = Outline(html_report(gather(nothing)))
    assert outline.open == []
    assert "No law was found" in outline.text and "kepler" in outline.text


@pytest.mark.parametrize("field", ["rmse", "n_rows", "undefined"])
@pytest.mark.parametrize("rows", ["train", "held_out"])
def test_a_stored_score_that_is_not_true_is_refused(relativity: Discovery, rows: str, field: str) -> None:
    law = relativity.front[0]
    stored: Score = getattr(law, rows)
    changes: dict[str, Any] = {field: getattr(stored, field) * 1.001 + 1}
    changes = {rows: dataclasses.replace(stored, **changes)}
    laws = (dataclasses.replace(law, **changes), *relativity.front[1:])
    with pytest.raises(ReportError, match=r"but it gives"):
        gather(dataclasses.replace(relativity, front=ParetoFront(laws, 1)))


def test_a_leave_one_out_score_that_is_not_true_is_refused(kepler: Discovery) -> None:
    law = kepler.front.best
    assert law.held_out.rmse > law.train.rmse
    false = dataclasses.replace(law, held_out=law.train)
    with pytest.raises(ReportError, match="leave-one-out rows"):
        gather(dataclasses.replace(kepler, front=ParetoFront((false,), 0)))


def test_a_law_that_is_undefined_on_some_rows_is_reported_so(relativity: Discovery) -> None:
    law, problem = relativity.front[0], relativity.problem
    # The root of a difference that is negative in about half of the rows.
    speed = problem.table["v"].unit.from_si(float(np.median(problem.table["v"].values)))
    tree = Apply(
        "*", (law.expression, Apply("sqrt", (Apply("-", (Variable("v"), Number(float(speed) * 1000.0))),)))
    )
    partial = dataclasses.replace(law, expression=tree, dimension_ok=False)
    columns = {name: problem.table[name].user_values for name in problem.inputs}
    predicted, actual = partial.predict(columns), np.asarray(problem.target_column.user_values)
    train, held = problem.train_rows, problem.held_out_rows
    partial = dataclasses.replace(
        partial, train=score(predicted[train], actual[train]), held_out=score(predicted[held], actual[held])
    )
    assert 0 < partial.train.undefined < len(train)
    outline = Outline(html_report(gather(dataclasses.replace(relativity, front=ParetoFront((partial,), 0)))))
    assert f"undefined in {partial.held_out.undefined} rows" in outline.text
    assert "The dimensions do not fit" in outline.text
