"""The words under the figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symreg.formula import variables_of
from symreg.report.page.figures import in_ratio
from symreg.report.page.svg import shortened
from symreg.typesetting import unit_plain
from symreg.uncertain_text import number_text

if TYPE_CHECKING:
    from symreg.report.law_content import LawContent
    from symreg.report.page.figures import Figure, Scene

MOST_HELD = 4  # inputs whose values are named under a figure; the others are counted


def shape_words(figure: Figure) -> str:
    """What a drawing is, for those who do not see it."""
    return {
        "law": f"The law as a curve through the measured rows, along {figure.about}",
        "slice": f"The law along {figure.about}, with the other inputs at their medians",
        "parity": "Measured values against those of the law",
        "residual": f"What the law leaves over, against {figure.about or 'its own values'}",
    }[figure.kind]


def caption_of(figure: Figure, one: LawContent, scene: Scene) -> str:
    """What the figure shows and how it is read."""
    if figure.kind == "slice":
        return _held(figure, one, scene)
    if figure.kind == "parity":
        return "Each point is a row of the table; a true law has them on the diagonal."
    if figure.kind == "residual":
        return ""
    return _band(figure)


def _band(figure: Figure) -> str:
    line = figure.curve
    if line is None or line.law is None or not np.isfinite(line.law[0]).any():
        return ""
    if line.measured is None or not np.isfinite(line.measured[0]).any():
        return "Dark band: 95 % for the law."
    return "Dark band: where the law lies with 95 % probability; light band: where a new measurement does."


def _held(figure: Figure, one: LawContent, scene: Scene) -> str:
    others = [name for name in variables_of(one.law.expression) if name != figure.about]
    told = []
    for name in others[:MOST_HELD]:
        value, unit = number_text(scene.middle[name], 3), unit_plain(scene.problem.table[name].unit.text)
        told.append(f"{shortened(name)} = {value} {unit}".strip())
    more = f" and {len(others) - MOST_HELD} more" if len(others) > MOST_HELD else ""
    kept = "in ratio" if in_ratio(one.evidence.actual[scene.points.rows]) else "by difference"
    return f"At {', '.join(told)}{more}; rows are moved there along the law, {kept}."
