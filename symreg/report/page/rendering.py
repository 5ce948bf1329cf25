"""The page as text: what it says stands in ``templates/``, and here the templates get what they show.

Every text that is not ``Markup`` is escaped by the templates; ``Markup`` is made only from text that was escaped
before. The one script is ours, and the page's policy names its hash, so that a browser runs no other.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from symreg.formula import variables_of
from symreg.laws import EXPORT_LABELS, export_law
from symreg.report.content import Content
from symreg.report.page.drawing import Shared, draw
from symreg.report.page.environment import page_environment, source_in
from symreg.report.page.figures import (
    MOST_SLICES,
    Figure,
    Scene,
    figure_count,
    law_figures,
    residual_figures,
    scene_of,
)
from symreg.report.page.front_drawing import FrontDrawing, front_drawing
from symreg.report.page.points import Points, points_of, words_of
from symreg.report.page.rival_drawing import rival_drawing
from symreg.report.page.saying import caption_of, shape_words
from symreg.report.page.svg import shortened
from symreg.typesetting import name_mathml, one_line, to_mathml, unit_html

if TYPE_CHECKING:
    from jinja2 import Environment, Template

    from symreg.formula import Expression
    from symreg.laws import Law
    from symreg.report.law_content import LawContent


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawing with the words under it."""

    svg: Markup
    caption: str


@dataclass(frozen=True, slots=True)
class LawPart:
    """A law as the templates show it: what is said of it, its drawings, and its source in each language."""

    said: LawContent
    main: tuple[Drawn, ...]
    residuals: tuple[Drawn, ...]
    exports: tuple[tuple[str, str], ...]
    latex: str
    undrawn: int


def html_report(content: Content) -> str:
    """The whole page as text."""
    parts, points, shared = _law_parts(content)
    script, style = _source("report.js"), _source("report.css")
    return _template().render(
        c=content,
        d=content.discovery,
        laws=parts,
        best=content.best,
        points=points,
        words=[] if points is None else words_of(content.problem, _expressions(content), points),
        store=Markup(shared.defs),
        front=_front(content),
        rivals=_rivals(content),
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii"),
        style=Markup(style),
    )


def page_style() -> str:
    """The style of the page, for others that look alike."""
    return _source("report.css")


def _law_parts(content: Content) -> tuple[list[LawPart], Points | None, Shared]:
    shared = Shared()
    if not content.laws:
        return [], None, shared
    problem = content.problem
    points = points_of(problem, len(content.laws) * figure_count(problem))
    scene = scene_of(problem, points, _usual_input(content))
    parts = []
    for one in content.laws:
        parts.append(
            LawPart(
                said=one,
                main=tuple(_drawn(f, one, scene, shared) for f in law_figures(one, scene)),
                residuals=tuple(_drawn(f, one, scene, shared) for f in residual_figures(one, scene)),
                exports=tuple((label, export_law(one.law, name)) for name, label in EXPORT_LABELS.items()),
                latex=export_law(one.law, "latex").strip(),
                undrawn=max(0, len(variables_of(one.law.expression)) - MOST_SLICES),
            )
        )
    return parts, points, shared


def _drawn(figure: Figure, one: LawContent, scene: Scene, shared: Shared) -> Drawn:
    words = f"{shape_words(figure)}: {one.law.target} = {one.law.formula}"
    return Drawn(Markup(draw(figure, scene.points, shared, words)), caption_of(figure, one, scene))


def _usual_input(content: Content) -> str:
    """The input that laws hold most: along it a law without any is drawn."""
    held = [name for one in content.laws for name in variables_of(one.law.expression)]
    return max(dict.fromkeys(held), key=held.count, default=next(iter(content.problem.inputs), ""))


def _expressions(content: Content) -> tuple[Expression, ...]:
    best = [content.law.expression] if content.law is not None else []
    return (*best, *(one.law.expression for one in content.laws))


def _front(content: Content) -> FrontDrawing | None:
    return front_drawing(content.laws, content.problem) if content.laws else None


def _rivals(content: Content) -> list[Markup]:
    """A drawing for each rival, empty where more than one input matters."""
    rivals = () if content.certainty is None else content.certainty.rivals
    return [Markup("" if one.curve is None else rival_drawing(one.curve, content.problem)) for one in rivals]


@cache
def _source(name: str) -> str:
    return source_in(_environment(), name)


@cache
def _environment() -> Environment:
    environment = page_environment("symreg.report.page")
    environment.filters |= {"unit": _unit, "symbol": _symbol, "formula": _formula}
    environment.filters |= {"short": shortened, "plain": one_line}
    environment.globals |= {"equation": _equation}
    return environment


@cache
def _template() -> Template:
    return _environment().get_template("report.html.jinja")


def _unit(text: object) -> Markup:
    return Markup(unit_html(str(text)))


def _symbol(name: str) -> Markup:
    return Markup(name_mathml(name))


def _formula(expression: Expression) -> Markup:
    return Markup(to_mathml(expression, display=False))


def _equation(law: Law, *, display: bool) -> Markup:
    return Markup(to_mathml(law.expression, target=law.target, display=display))
