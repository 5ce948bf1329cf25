"""The summary as one page: which laws agree, what each axis changes, a line for each run with a link to it.

It has no script and asks nothing of anyone; what it shows is escaped by the template, and looks as the reports do.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from markupsafe import Markup

from symreg.report import page_environment, page_style, source_in
from symreg.sweeps.summary.outcome import RunOutcome
from symreg.sweeps.summary.summary import SweepSummary
from symreg.typesetting import one_line, to_mathml, unit_html
from symreg.uncertain_text import number_text, r2_text

if TYPE_CHECKING:
    from jinja2 import Environment

REPORT = "report.html"

MOST_VALUES = 12
"""Of an axis that are listed beside a law: more of them tell no more at a glance, and the table of runs has all."""

LEAST_TOLD = 1e-8
"""Of the target's spread: what a law leaves below this is rounding, and is not told in digits."""


def summary_page(summary: SweepSummary, folder: Path) -> str:
    """The page as it is to lie in ``folder``: its links lead from there to the runs."""
    template = _environment().get_template("summary.html.jinja")
    links = {run.name: _link(summary.runs_folder / run.name, folder) for run in summary.runs}
    style = Markup(f"{page_style()}\n{source_in(_environment(), 'summary.css')}")
    return template.render(s=summary, links=links, style=style, judged=bool(summary.recovered))


def _link(run: Path, folder: Path) -> str:
    """The way to a run's report, or to its folder where there is none; empty where there is no folder."""
    if not run.is_dir():
        return ""
    target = run / REPORT if (run / REPORT).is_file() else run
    try:
        way = Path(os.path.relpath(target.absolute(), folder.absolute())).as_posix()
    except ValueError:  # another drive
        return target.absolute().as_uri()
    return quote(way if way.startswith(".") else f"./{way}") + ("" if target != run else "/")


@cache
def _environment() -> Environment:
    environment = page_environment("symreg.sweeps.summary")
    environment.filters["some"] = _some
    environment.filters |= {"plain": one_line, "unit": _unit, "number": _number, "share": _share, "r2": r2_text}
    environment.globals |= {"law": _law, "tone": _tone}
    return environment


def _some(values: Sequence[str]) -> str:
    """The values, or the first of very many."""
    more = f" and {len(values) - MOST_VALUES} more" if len(values) > MOST_VALUES else ""
    return ", ".join(values[:MOST_VALUES]) + more


def _unit(text: str) -> Markup:
    return Markup(unit_html(text)) if text not in ("", "1", "dimensionless") else Markup("")


def _law(run: RunOutcome) -> Markup:
    if run.expression is None:
        return Markup("")
    return Markup(to_mathml(run.expression, target=run.target, display=False))


def _number(number: float | None, digits: int = 4) -> str:
    return number_text(math.nan if number is None else float(number), digits)


def _share(part: float) -> str:
    """A part of a spread in per cent, as far as it says something."""
    if not math.isfinite(part):
        return "-"
    return f"{number_text(100 * part, 3)} %" if part >= LEAST_TOLD else f"< {100 * LEAST_TOLD:f} %"


def _tone(part: int, whole: int) -> str:
    """How much of a bar is filled, in whole per cent."""
    return f"{100 * part // whole if whole else 0}%"
