"""A front as a table for a paper: every law a row, and nothing in it that LaTeX would take for a command."""

from __future__ import annotations

import re
from dataclasses import replace

from symreg.discovery import Discovery
from symreg.laws.law import ParetoFront


def test_every_law_is_a_row_and_the_selected_one_is_marked(kepler: Discovery) -> None:
    text = kepler.front.to_latex()
    assert text.startswith("% \\usepackage{booktabs}\n\\begin{tabular}")
    rows = [line for line in text.splitlines() if line.endswith(r"\\")][1:]
    assert len(rows) == len(kepler.front)
    assert [line.startswith(r"$\bullet$") for line in rows] == [False, True, False]
    assert r"$P = k_{1} \, a^{3/2}$, $k_{1} = 365.680 \pm 0.050\ \mbox{day/au}^{3/2}$ \\" in rows[1]
    assert r"training [$\mbox{day}$] & held-out [$\mbox{day}$]" in text
    assert all(line.count(" & ") == 5 for line in rows)


def test_with_siunitx_constants_are_quantities(kepler: Discovery) -> None:
    text = kepler.front.to_latex(siunitx=True)
    assert r"$k_{1} = \qty{365.680 +- 0.050}{day/au^{3/2}}$" in text
    assert r"\usepackage{booktabs, siunitx}" in text


def test_names_from_outside_are_text(hostile: Discovery) -> None:
    for text in (hostile.front.to_latex(), hostile.front.to_latex(siunitx=True)):
        body = text.split("\\midrule")[1]
        assert not re.search(r"\\input\{/", body) and "<script" not in body
        assert body.count(" & ") == 5


def test_small_numbers_are_powers_of_ten(kepler: Discovery) -> None:
    law = kepler.front.best
    small = replace(law, train=replace(law.train, rmse=1.5e-9))
    assert r"$1.5 \times 10^{-9}$" in ParetoFront((small,), 0).to_latex()


def test_an_empty_front_is_a_table_without_rows() -> None:
    assert ParetoFront((), -1).to_latex().count(r"\\") == 1
