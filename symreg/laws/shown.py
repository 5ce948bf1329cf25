"""Laws and fronts in a notebook: mathematics instead of code, and a small picture of the front.

Notebooks take HTML before LaTeX, so the HTML of a law is MathML, which browsers set without a script.
"""

from __future__ import annotations

import math

from symreg.laws.law import ConstantInterval, Law, LawConstant, ParetoFront
from symreg.laws.printed import law_latex, shifted, summary
from symreg.laws.score import Score
from symreg.laws.selection import judged_by
from symreg.typesetting import bundle, html_table, name_mathml, plain_html, to_mathml, unit_html
from symreg.uncertain_text import number_text, r2_text, uncertain_text

THUMB_WIDTH, THUMB_HEIGHT, THUMB_MARGIN = 220, 150, 14
"""Of the picture of a front, in pixels: it stands beside a table of some rows. Set by hand."""

_CHOSEN = "#d1495b"


def law_bundle(law: Law) -> dict[str, str]:
    """The law as text, HTML and LaTeX."""
    return bundle(summary(law), law_html(law), law_latex(law))


def law_html(law: Law) -> str:
    """The equation as MathML, and its constants below."""
    told = [_constant_html(one) for one in law.constants if one.name != "pi"]
    told += [plain_html(one) for one in shifted(law)]
    below = f'<div style="opacity:0.8">{", &nbsp;".join(told)}</div>' if told else ""
    return f"<div>{to_mathml(law.expression, target=law.target)}{below}</div>"


def _constant_html(constant: LawConstant) -> str:
    value = plain_html(uncertain_text(constant.value, constant.stderr))
    if constant.snapped is not None:
        fitted = plain_html(uncertain_text(constant.fitted_value, constant.stderr))
        value = f"{plain_html(constant.snapped)} (fitted {fitted})"
    known = " (known)" if constant.kind == "known" else ""
    return f"{name_mathml(constant.name)} = {value} {unit_html(constant.unit.text)}".rstrip() + known


def front_html(front: ParetoFront) -> str:
    """The laws as a table of mathematics, the selected one in bold, beside their errors drawn over complexity."""
    if not front.laws:
        return "<div>no law found</div>"
    law = front.laws[0]
    unit = "" if law.unit.in_headers == "1" else f" [{law.unit.text}]"
    judge = law.judge if law.held_out.n_rows else "training"
    headings = ("#", "complexity", f"{judge} error{unit}", "R²", "law", "constants")
    rows = [_cells(place, one) for place, one in enumerate(front.laws, 1)]
    table = html_table(headings, rows, marked=front.selected)
    return f'<div style="display:flex;flex-wrap:wrap;gap:1em;align-items:flex-start">{table}{front_svg(front)}</div>'


def _cells(number: int, law: Law) -> tuple[str, ...]:
    judged = judged_by(law)
    constants = ", ".join(_constant_html(one) for one in law.constants if one.kind == "free")
    formula = to_mathml(law.expression, target=law.target, display=False)
    notes = [*shifted(law), *([] if law.dimension_ok else ["dimension not checked"])]
    formula += "".join(f"<br>{plain_html(one)}" for one in notes)
    error, r2 = plain_html(_error(judged)), plain_html(r2_text(judged.r2))
    return str(number), str(law.complexity), error, r2, formula, constants


def _error(score: Score) -> str:
    text = number_text(score.rmse, 4)
    return f"{text} ({score.undefined} rows undefined)" if score.undefined else text


def front_svg(front: ParetoFront) -> str:
    """Errors over complexity, the selected law ringed: an image of lines alone, in the colour of the text around it.

    The axis of errors is logarithmic unless one of them is zero; nothing where fewer than two laws have an error.
    """
    points = [(law.complexity, judged_by(law).rmse, place) for place, law in enumerate(front.laws)]
    points = [one for one in points if math.isfinite(one[1])]
    if len(points) < 2:
        return ""
    is_log = all(error > 0 for _, error, _ in points)
    heights = [math.log10(error) if is_log else error for _, error, _ in points]
    x = _placed([float(nodes) for nodes, _, _ in points], THUMB_WIDTH)
    y = _placed([-one for one in heights], THUMB_HEIGHT - THUMB_MARGIN)
    dots = "".join(_dot(a, b, front, place) for a, b, (_, _, place) in zip(x, y, points, strict=True))
    path = f"M{x[0]:.1f} {y[0]:.1f}" + "".join(f"H{a:.1f}V{b:.1f}" for a, b in zip(x[1:], y[1:], strict=True))
    kind = "log error" if is_log else "error"
    place, how = f'x="{THUMB_MARGIN}" y="{THUMB_HEIGHT - 3}"', 'font-size="11" fill="currentColor"'
    label = f"<text {place} {how}>{kind} over complexity</text>"
    size = f'width="{THUMB_WIDTH}" height="{THUMB_HEIGHT}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{kind} over complexity">'
    line = f'<path d="{path}" fill="none" stroke="currentColor" stroke-opacity="0.4"/>'
    return f"{head}{line}{dots}{label}</svg>"


def _placed(values: list[float], size: int) -> list[float]:
    low, high = min(values), max(values)
    room = size - 2 * THUMB_MARGIN
    return [THUMB_MARGIN + room * ((one - low) / (high - low) if high > low else 0.5) for one in values]


def _dot(x: float, y: float, front: ParetoFront, place: int) -> str:
    law = front.laws[place]
    title = f"<title>{plain_html(f'#{place + 1}, complexity {law.complexity}: {law.formula}')}</title>"
    ring = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="7" fill="none" stroke="{_CHOSEN}" stroke-width="2"/>'
    dot = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="currentColor">{title}</circle>'
    return (ring if place == front.selected else "") + dot


class Intervals(tuple[ConstantInterval, ...]):
    """Intervals of constants, one after the other, that a notebook shows as a table."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "\n".join(map(interval_text, self)) or "no constant was fitted"

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        headings = ("constant", "from", "to", "unit", "how")
        rows = [
            (name_mathml(one.name), _end(one.lower), _end(one.upper), unit_html(one.unit.text), plain_html(_how(one)))
            for one in self
        ]
        return bundle(repr(self), html_table(headings, rows) if rows else "")


def interval_text(one: ConstantInterval) -> str:
    """``k from 364.2 to 366.1 day/au**(3/2) (95 %, profile)``."""
    unit = "" if one.unit.in_headers == "1" else f" {one.unit.text}"
    return f"{one.name} from {_end(one.lower)} to {_end(one.upper)}{unit} ({_how(one)})"


def _how(one: ConstantInterval) -> str:
    return f"{100 * one.level:g} %, {one.method}"


def _end(value: float) -> str:
    if math.isinf(value):
        return "no bound"
    return "unknown" if math.isnan(value) else number_text(value, 5)
