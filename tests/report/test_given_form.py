"""Reports of a law whose form was given: what was fixed, what was found, and no certificate for other forms."""

from __future__ import annotations

import pytest

from symreg.discovery import Discovery, discover
from symreg.laws.exporting import EXPORT_LANGUAGES, export_law
from symreg.problem.making import make_problem
from symreg.report.content import gather
from symreg.report.markdown import markdown_report
from symreg.report.page.rendering import html_report
from symreg.search.backend import Budget
from symreg.search.native.settings import Native
from symreg.tables.catalog import load_dataset


@pytest.fixture(scope="module")
def discovery() -> Discovery:
    problem = make_problem(
        load_dataset("puromycin"),
        target="rate = Vmax*f(concentration)",
        parameters={"Vmax": {"unit": "count/min**2", "lower": 0}},
        operators=("+", "*", "/"),
    )
    return discover(problem, backend=Native(threads=1), budget=Budget(time=None, evaluations=2_000))


def test_a_report_says_what_was_fixed_and_what_was_found(discovery: Discovery) -> None:
    content = gather(discovery)
    notes = " | ".join(content.notes)
    assert "the form of the law was given: rate = Vmax*f(concentration); unknown f(concentration)" in notes
    assert "parameters Vmax [count/min**2] from 0" in notes
    assert "f(concentration) = concentration/(" in notes
    assert content.certificate == (
        "The form of the law was given, rate = Vmax*f(concentration), and its unknown functions were searched: "
        "no law of another form was considered."
    )
    for page in (html_report(content), markdown_report(content)):
        assert "Vmax" in page


def test_the_law_is_michaelis_and_mentens(discovery: Discovery) -> None:
    law = discovery.front.best
    found = {one.name: one.value for one in law.constants}
    assert found == {"Vmax": pytest.approx(212.68, abs=0.01), "k": pytest.approx(0.06412e-6, rel=1e-3)}
    assert [one.unit.text for one in law.constants if one.name == "Vmax"] == ["count/min**2"]


def test_it_is_exported_like_any_law(discovery: Discovery) -> None:
    law = discovery.front.best
    for language in EXPORT_LANGUAGES:
        assert "Vmax" in export_law(law, language) or language in ("latex",)
    space: dict[str, object] = {}
    exec(law.to("python"), space)  # our own text
    rate = space["rate"]
    assert callable(rate)
    assert rate(0.11) == pytest.approx(float(law.predict({"concentration": [0.11]})[0]))
