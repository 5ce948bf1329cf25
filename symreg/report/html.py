"""The page: one file that needs nothing else, neither a network nor a script.

The words and the order stand in ``templates/report.html.jinja``; here the template gets what it shows.
Everything that is not ``Markup`` is escaped by the template; ``Markup`` is made only from text that was
escaped before.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from symreg.formula import variables_of
from symreg.laws import EXPORT_LABELS, export_law
from symreg.report.content import Content
from symreg.report.plots import data_uri, front_plot, input_plot, parity_plot, residual_plot, rival_plot
from symreg.typesetting import name_mathml, to_mathml, unit_html

if TYPE_CHECKING:
    from jinja2 import Template

    from symreg.formula import Expression
    from symreg.laws import Law

__all__ = ["html_report"]

MOST_INPUT_PLOTS = 12
"""Pictures of residuals against an input, inputs of the law first; the page counts the others. Each takes time to draw
and room in the file; set by hand."""


def html_report(content: Content) -> str:
    """The whole page as text."""
    return _template().render(
        c=content,
        d=content.discovery,
        pictures=_pictures(content),
        input_pictures=_input_pictures(content),
        rival_pictures=_rival_pictures(content),
        exports=_exports(content.law),
        latex="" if content.law is None else export_law(content.law, "latex").strip(),
        more_inputs=max(0, len(content.problem.inputs) - MOST_INPUT_PLOTS),
    )


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("symreg.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"unit": _unit, "symbol": _symbol, "formula": _formula}
    environment.globals |= {"equation": _equation}
    return environment.get_template("report.html.jinja")


def _unit(text: object) -> Markup:
    return Markup(unit_html(str(text)))


def _symbol(name: str) -> Markup:
    return Markup(name_mathml(name))


def _formula(expression: Expression) -> Markup:
    return Markup(to_mathml(expression, display=False))


def _equation(law: Law, *, display: bool) -> Markup:
    return Markup(to_mathml(law.expression, target=law.target, display=display))


def _pictures(content: Content) -> dict[str, str]:
    law, evidence, problem = content.law, content.evidence, content.problem
    if law is None or evidence is None:
        return {}
    unit = law.unit.text
    front = front_plot(content.discovery.front, unit, judge=problem.judge)
    return {
        "front": data_uri(front),
        "parity": data_uri(parity_plot(evidence, problem, unit)),
        "residual": data_uri(residual_plot(evidence, problem, unit)),
    }


def _input_pictures(content: Content) -> list[tuple[str, str]]:
    """Inputs of the law first: a pattern there is a wrong form; in another input it is a missing one."""
    law, evidence, problem = content.law, content.evidence, content.problem
    if law is None or evidence is None:
        return []
    used = variables_of(law.expression)
    names = sorted(problem.inputs, key=lambda name: name not in used)[:MOST_INPUT_PLOTS]
    return [(name, data_uri(input_plot(evidence, problem, name, law.unit.text))) for name in names]


def _rival_pictures(content: Content) -> list[str]:
    """A picture for each rival, empty where more than one input matters."""
    rivals = () if content.certainty is None else content.certainty.rivals
    unit = content.problem.target_column.unit.text
    return ["" if r.curve is None else data_uri(rival_plot(r.curve, content.problem, unit)) for r in rivals]


def _exports(law: Law | None) -> list[tuple[str, str]]:
    if law is None:
        return []
    return [(label, export_law(law, name)) for name, label in EXPORT_LABELS.items()]
