"""What reports say of constants: intervals, correlations, limits, and which offered ones the law needs."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from symreg.discovery import Discovery
from symreg.laws.law import ConstantInterval, ParetoFront
from symreg.problem.making import make_problem
from symreg.report.constant_facts import interval_text
from symreg.report.content import gather
from symreg.report.latex import latex_report
from symreg.report.markdown import markdown_report
from symreg.report.page.rendering import html_report
from symreg.report.pdf import pdf_report
from symreg.tables.table import read_table
from symreg.units.reading import DIMENSIONLESS_UNIT
from tests.miniatures import make_discovery, make_law


@pytest.fixture(scope="module")
def decay() -> Discovery:
    """Two constants with a covariance, limits and offered constants."""
    t = np.linspace(0, 600, 24)
    data = {"t [s]": t, "U [V]": 5 * np.exp(-t / 200) + 0.05 * np.cos(t), "T [K]": 300 + t**2 / 600}
    table = read_table(data, target="U")
    guess = {"formula": "A*exp(-t/tau)", "constants": ["A", "tau"]}
    problem = make_problem(
        table, guesses=[guess], constants="auto",
        free_constants={"units": "inferred", "bounds": {"tau": [0, 10, "min"]}},
    )  # fmt: skip
    free = {"A": (5.0, 0.05, "V"), "tau": (200.0, 4.0, "s")}
    covariance = np.array([[0.0025, -0.1992], [-0.1992, 16.0]])
    law = make_law(problem, "A*exp(-t/tau)", free, covariance=covariance)
    return make_discovery(problem, [law], 0)


def test_intervals_are_shown_even_if_nobody_asked(decay: Discovery) -> None:
    """Eighteen training rows, two constants: Student's t is 2.1199."""
    content = gather(decay)
    assert content.interval_name == "95 % interval"
    assert content.constants[1].interval == "191.5 to 208.5"
    assert content.constants[0].interval == interval_text(
        ConstantInterval("A", 5 - 2.11990530 * 0.05, 5 + 2.11990530 * 0.05, DIMENSIONLESS_UNIT)
    )


def test_what_was_asked_for_is_shown(decay: Discovery) -> None:
    law = decay.front.best
    unit = law.constants[1].unit
    asked = replace(law.constants[1], interval=ConstantInterval("tau", 180.0, math.inf, unit, "profile", 0.68))
    shown = replace(decay, front=ParetoFront((replace(law, constants=(law.constants[0], asked)),), 0))
    content = gather(shown)
    assert content.interval_name == "68 % interval"
    assert [one.interval for one in content.constants] == ["", "above 180"]
    assert "profile" in content.interval_method


def test_correlations_limits_and_offers_are_told(decay: Discovery) -> None:
    content = gather(decay)
    (pair,) = content.correlations
    assert (pair.first, pair.second, pair.coefficient, pair.is_close) == ("A", "tau", "-0.996", True)
    facts = {fact.name: fact.text for fact in content.data}
    assert facts["free constants"].endswith("; tau from 0 to 600 s")
    assert facts["offered for their dimensions"].endswith("; the law needs none of them")
    assert "k_B" in facts["offered for their dimensions"]


def test_every_format_says_so(decay: Discovery) -> None:
    content = gather(decay)
    for text in (html_report(content), latex_report(content), markdown_report(content)):
        for words in ("191.5 to 208.5", "95", "interval", "correlation", "standard error"):
            assert words in text.replace("\\", ""), words
    assert pdf_report(content).startswith(b"%PDF")


def test_the_law_says_which_of_the_offered_constants_it_needs() -> None:
    length = np.linspace(0.1, 2, 30)
    table = read_table({"L [m]": length, "T [s]": 6.2832 * np.sqrt(length / 9.80665) + 1e-4 * length}, target="T")
    problem = make_problem(table, constants="auto")
    law = make_law(problem, "k*sqrt(L/g_n)", {"k": (6.2832, 1e-4, "1")})
    facts = {fact.name: fact.text for fact in gather(make_discovery(problem, [law], 0)).data}
    assert facts["offered for their dimensions"].endswith("; the law needs g_n")


@pytest.mark.parametrize(
    ("lower", "upper", "text"),
    [
        (1.23456, 1.34567, "1.235 to 1.346"),
        (299792457.9, 299792458.2, "299792457.9 to 299792458.2"),
        (-1e-34, 2.5e-34, "-1e-34 to 2.5e-34"),
        (-math.inf, 2.0, "below 2"),
        (3.5, math.inf, "above 3.5"),
        (-math.inf, math.inf, "not bounded by the data"),
        (math.nan, math.nan, ""),
        (2.0, 2.0, "2 to 2"),
    ],
)
def test_intervals_in_words(lower: float, upper: float, text: str) -> None:
    assert interval_text(ConstantInterval("k", lower, upper, DIMENSIONLESS_UNIT)) == text
