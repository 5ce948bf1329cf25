"""How sure the form is, in every report: told, drawn, computed again, and deaf to hostile names."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from symreg.certainty.examination import Examination, Robustness, examined
from symreg.certainty.stability import Stability
from symreg.discovery import Discovery
from symreg.errors import ReportError
from symreg.report.certainty import certainty_of
from symreg.report.content import gather
from symreg.report.latex import latex_report
from symreg.report.markdown import markdown_report
from symreg.report.page.rendering import html_report
from symreg.report.pdf import pdf_report, typst_report
from tests.laws_by_hand import discovery_of, problem_of

HEADING = "How sure the form is"


@pytest.fixture(scope="module")
def rivals() -> Discovery:
    rng = np.random.default_rng(0)
    x = rng.uniform(0.05, 0.5, 80)
    problem = problem_of({"x [1]": x, "y [1]": np.sin(x) + 0.01 * rng.normal(size=80)})
    found = examined(discovery_of(problem, "sin(x)", "x - x**3/6"), Examination(10, None))
    assert found.robustness is not None and found.robustness.rivals
    return found


def test_every_report_tells_it(rivals: Discovery) -> None:
    content = gather(rivals)
    assert content.certainty is not None
    for text in (html_report(content), latex_report(content), markdown_report(content), typst_report(content)):
        plain = " ".join(text.replace("\\_", "_").replace("\\*", "*").split())
        assert plain.count(HEADING) == 1
        assert "fit alike" in plain and "10 resamples of the rows" in plain
        assert plain.count("fit alike") == 1  # in its section, and not among the notes again
        assert "twice the range of the data" in plain
    assert "said before" in html_report(content)
    assert pdf_report(content).startswith(b"%PDF")


def test_the_picture_shows_both_laws_over_twice_the_range(rivals: Discovery) -> None:
    (fact,) = gather(rivals).certainty.rivals  # type: ignore[union-attr]
    curve = fact.curve
    assert curve is not None
    x = rivals.problem.table["x"].values
    stretched = np.sqrt(x.max() / x.min())
    assert (curve.x[0], curve.x[-1]) == pytest.approx((x.min() / stretched, x.max() * stretched), rel=1e-9)
    np.testing.assert_allclose(curve.selected, np.sin(curve.x), rtol=1e-12)
    np.testing.assert_allclose(curve.rival, curve.x - curve.x**3 / 6, rtol=1e-12)
    noise = rivals.front.best.train.rmse
    np.testing.assert_allclose(curve.sigmas, np.abs(curve.selected - curve.rival) / noise, rtol=1e-6, atol=1e-9)
    assert html_report(gather(rivals)).count("The selected law and its rival") == 1


def test_two_inputs_have_no_picture() -> None:
    rng = np.random.default_rng(0)
    x, z = rng.uniform(0.05, 0.5, 80), rng.uniform(1, 2, 80)
    problem = problem_of({"x [1]": x, "z [1]": z, "y [1]": z * np.sin(x) + 0.01 * rng.normal(size=80)})
    found = examined(discovery_of(problem, "z*sin(x)", "z*(x - x**3/6)"), Examination(10, None))
    (fact,) = gather(found).certainty.rivals  # type: ignore[union-attr]
    assert fact.curve is None
    assert "x = " in fact.advice[-1] and "z = " in fact.advice[-1]
    assert "The selected law and its rival" not in html_report(gather(found))


def test_a_number_that_does_not_come_out_again_is_refused(rivals: Discovery) -> None:
    found = rivals.robustness
    assert found is not None
    one = found.rivals[0]
    assert one.beyond is not None
    false = replace(one, beyond=replace(one.beyond, sigmas=2 * one.beyond.sigmas))
    with pytest.raises(ReportError, match="standard deviations apart"):
        gather(replace(rivals, robustness=replace(found, rivals=(false,))))


def test_without_an_examination_there_is_no_section(kepler: Discovery) -> None:
    assert certainty_of(kepler) is None
    assert HEADING not in html_report(gather(kepler))
    nothing = replace(kepler, robustness=Robustness("leave-one-out"))
    assert HEADING not in html_report(gather(nothing))


def test_several_forms_are_a_table(kepler: Discovery) -> None:
    found = Stability("k1*a**(3/2)", (("k1*a**(3/2)", 7), ("k1*a", 3)), 10)
    searched = Stability("k1*a**(3/2)", (("k1*a**(3/2)", 5),), 5, searched=True)
    content = gather(replace(kepler, robustness=Robustness("leave-one-out", found, searched)))
    assert content.certainty is not None
    assert content.certainty.counts == (("k1*a**(3/2)", "7 of 10 resamples"), ("k1*a", "3 of 10 resamples"))
    assert "found and selected again in 5 of 5 searches" in html_report(content)


def test_hostile_formulas_are_words(hostile: Discovery) -> None:
    evil = '<script>alert(1)</script> \\input{x} #eval("1") `y`'
    found = Robustness("held-out", Stability(evil, ((evil, 7), ("k", 3)), 10), notes=(evil,))
    content = gather(replace(hostile, robustness=found))
    assert html_report(content).count("<script") == 1  # ours
    assert "\\input{x}" not in latex_report(content)
    assert "<script>alert(1)" not in markdown_report(content).replace(evil, "", 1)  # once in code, where it is a word
    assert pdf_report(content).startswith(b"%PDF")
