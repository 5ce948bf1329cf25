"""Pictures: the same bytes each time, no global state, few points, and text that is only text."""

from __future__ import annotations

import dataclasses
import sys
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from symreg.discovery import Discovery
from symreg.report.evidence import Evidence, evidence_of
from symreg.report.plots import MOST_POINTS, front_plot, parity_plot, residual_plot


def all_plots(discovery: Discovery) -> list[str]:
    problem, law = discovery.problem, discovery.front.best
    evidence = evidence_of(law, problem)
    return [
        front_plot(discovery.front, law.unit.text, judge=problem.judge),
        parity_plot(evidence, problem, law.unit.text),
        residual_plot(evidence, problem, law.unit.text),
    ]


@pytest.mark.parametrize("name", ["kepler", "relativity", "hostile"])
def test_pictures_are_svg_and_repeat(request: pytest.FixtureRequest, name: str) -> None:
    discovery: Discovery = request.getfixturevalue(name)
    first, second = all_plots(discovery), all_plots(discovery)
    assert first == second
    for svg in first:
        assert ElementTree.fromstring(svg) is not None
        assert "var(" not in svg  # fixed colours: paper has no style sheets


def test_no_global_figure_and_no_lasting_settings(kepler: Discovery) -> None:
    import matplotlib

    before = dict(matplotlib.rcParams)
    all_plots(kepler)
    assert dict(matplotlib.rcParams) == before
    assert "matplotlib.pyplot" not in sys.modules or not sys.modules["matplotlib.pyplot"].get_fignums()


def test_large_tables_are_thinned(relativity: Discovery) -> None:
    rows = 30_000
    draw = np.random.default_rng(0)
    table = relativity.problem.table
    columns = tuple(
        dataclasses.replace(c, values=draw.uniform(1, 2, rows), sigma=None, user_values=None, user_sigma=None)
        for c in table.columns
    )
    problem = dataclasses.replace(
        relativity.problem,
        table=dataclasses.replace(table, columns=columns),
        train_rows=np.arange(0, 20_000),
        held_out_rows=np.arange(20_000, rows),
    )
    law = relativity.front.best
    actual = np.asarray(problem.target_column.user_values)
    evidence = Evidence(actual, actual, law.train, law.held_out)
    assert len(parity_plot(evidence, problem, "J")) < 250_000
    assert MOST_POINTS == 2000


def test_nothing_to_draw_is_no_fault(kepler: Discovery) -> None:
    problem, law = kepler.problem, kepler.front.best
    nothing = np.full(problem.table.n_rows, np.nan)
    evidence = Evidence(nothing, np.asarray(problem.target_column.user_values), law.train, law.held_out)
    for svg in (parity_plot(evidence, problem, "day"), residual_plot(evidence, problem, "day")):
        assert ElementTree.fromstring(svg) is not None


@pytest.mark.parametrize("name", ["周期", "$x^2", "a\nb", "\u202eabc", "x" * 300, "°µΩ"])
def test_names_in_any_script_are_drawn(kepler: Discovery, name: str) -> None:
    law = kepler.front.best
    actual = np.asarray(kepler.problem.target_column.user_values)
    evidence = Evidence(actual, actual, law.train, law.held_out)
    assert ElementTree.fromstring(parity_plot(evidence, kepler.problem, name)) is not None
