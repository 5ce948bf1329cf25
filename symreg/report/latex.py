r"""The report as LaTeX: a short document that compiles by itself, or is cut up for a paper.

Only ``amsmath``, ``booktabs`` and ``longtable`` are needed. Names and notes are escaped, so that a column
called ``\input{...}`` prints as that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from symreg.formula import Variable, tex_escaped, to_latex
from symreg.laws import Law
from symreg.report.constant_facts import ConstantFact
from symreg.report.content import Content, Fact, FrontRow
from symreg.typesetting import one_line, unit_latex

__all__ = ["latex_report"]

_HEAD = r"""\documentclass[11pt]{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{textcomp}
\usepackage{amsmath}
\usepackage{booktabs}
\usepackage{longtable}
\usepackage[margin=25mm]{geometry}
\setlength{\parindent}{0pt}
\setlength{\parskip}{6pt}
\begin{document}
"""


def latex_report(content: Content) -> str:
    """The whole document as text."""
    parts = [
        _HEAD,
        rf"\section*{{{_text(content.title)}}}",
        *_law(content),
        *_scores(content),
        *_certainty(content),
        *_front(content),
    ]
    parts += ["", r"\subsection*{What was ruled out}", _text(content.certificate), *_facts(content.ruled_out)]
    parts += _units(content)
    parts += ["", r"\subsection*{Data}", *_columns(content), *_screening(content), *_facts(content.data)]
    if content.notes:
        notes = (rf"\item {_text(note)}" for note in content.notes)
        parts += ["", r"\subsection*{Notes}", r"\begin{itemize}", *notes, r"\end{itemize}"]
    parts += ["", r"\subsection*{Made with}", *_facts(content.environment), "", r"\end{document}"]
    return "\n".join(parts) + "\n"


def _law(content: Content) -> list[str]:
    law = content.law
    if law is None:
        return [rf"No law was found. The search stopped because: {_text(content.discovery.stop_reason)}."]
    where = [f"${_name(law.target)}$ in {_unit(law.unit.in_formulas.text)}"]
    where += [
        f"${_name(leaf.name)}$ in {_unit(leaf.unit)}"
        for leaf in (content.derivation.leaves if content.derivation else ())
        if leaf.kind == "input"
    ]
    lines = [r"\begin{equation}", f"  {_equation(law)}", r"\end{equation}", f"with {', '.join(where)}.", ""]
    if content.constants:
        heads = ("constant", "value", _text(content.interval_name), "unit", "kind", "fitted")
        lines += _table("llllll", heads, map(_constant, content.constants))
        lines.append(rf"Values $\pm$ one standard error; intervals {_text(content.interval_method)}.")
    if content.correlations:
        pairs = (
            (f"${_name(one.first)}$", f"${_name(one.second)}$", _value(one.coefficient)) for one in content.correlations
        )
        lines += _table("llr", ("constant", "and constant", "correlation"), pairs)
    return lines


def _constant(constant: ConstantFact) -> tuple[str, ...]:
    return (
        f"${_name(constant.name)}$",
        _value(constant.value),
        _value(constant.interval) if constant.interval else "--",
        _unit(constant.unit),
        _text(constant.kind) + (", recognised" if constant.recognised else ""),
        _value(constant.fitted) if constant.fitted else "--",
    )


def _scores(content: Content) -> list[str]:
    rows = (
        (s.rows, str(s.n_rows), f"{_value(s.rmse)} {unit_latex(s.unit)}", _value(s.r2), str(s.undefined))
        for s in content.scores
    )
    return _table("lrrrr", ("rows", "number", "RMSE", "$R^2$", "undefined"), rows) if content.scores else []


def _certainty(content: Content) -> list[str]:
    if content.certainty is None:
        return []
    items = (rf"\item {_text(line)}" for line in content.certainty.sentences)
    return ["", r"\subsection*{How sure the form is}", r"\begin{itemize}", *items, r"\end{itemize}"]


def _front(content: Content) -> list[str]:
    if not content.front:
        return []
    heads = ("", "complexity", "train RMSE", f"{content.held_out_name} RMSE", "bits", "law")
    rows = map(_front_row, content.front)
    return [
        "",
        r"\subsection*{Pareto front}",
        *_table("@{}lrrrrp{0.5\\textwidth}@{}", heads, rows, long=True),
    ]


def _front_row(row: FrontRow) -> tuple[str, ...]:
    mark = r"$\bullet$" if row.selected else ""
    formula = rf"${_equation(row.law)}$"
    constants = rf"\newline {{\footnotesize {_value(row.constants_text)}}}" if row.constants_text else ""
    return (
        mark,
        str(row.complexity),
        _value(row.train),
        _value(row.held_out),
        _value(row.bits),
        formula + constants,
    )


def _units(content: Content) -> list[str]:
    derivation = content.derivation
    if derivation is None:
        return []
    rows = (
        (f"${to_latex(step.expression)}$", _text(step.reason), _unit(str(step.dimension)))
        for step in derivation.steps
    )
    lines = ["", r"\subsection*{Units}"]
    if derivation.steps:
        lines += _table("lll", ("expression", "because", "dimension"), rows, long=True)
    if derivation.exact:
        return [*lines, f"The formula has the dimension {_unit(str(derivation.dimension))} of the target."]
    return [*lines, f"The dimensions do not fit: {_text(derivation.failure)}."]


def _columns(content: Content) -> list[str]:
    rows = (
        (_text(c.name), _unit(c.unit), c.role, _value(c.lowest), _value(c.highest)) for c in content.columns
    )
    return _table("lllrr", ("column", "unit", "role", "lowest", "highest"), rows, long=True)


def _screening(content: Content) -> list[str]:
    """Of each reason the columns, for a table of hundreds of rows cannot be folded up here."""
    found = content.discovery.screening
    if found is None:
        return []
    said = f"{len(found.entered)} of {len(found.columns)} columns entered the search; {found.promise}."
    groups: dict[str, list[str]] = {}
    for one in found.columns:
        same = f" (which {', '.join(one.alike)} {'says' if len(one.alike) == 1 else 'say'} again)" if one.alike else ""
        groups.setdefault(one.reason, []).append(one.name + same)
    items = (rf"\item[{{{_text(reason)}}}] {_text(', '.join(names))}" for reason, names in groups.items())
    return [_text(said), r"{\footnotesize", r"\begin{description}", *items, r"\end{description}", "}"]


def _facts(facts: Sequence[Fact]) -> list[str]:
    items = (rf"\item[{{{_text(fact.name)}}}] {_text(fact.text)}" for fact in facts)
    return [r"\begin{description}", *items, r"\end{description}"]


def _table(
    columns: str, heads: Iterable[str], rows: Iterable[tuple[str, ...]], *, long: bool = False
) -> list[str]:
    kind = "longtable" if long else "tabular"
    body = [" & ".join(row) + r" \\" for row in rows]
    lines = [rf"\begin{{{kind}}}{{{columns}}}", r"\toprule", " & ".join(heads) + r" \\", r"\midrule"]
    table = [*lines, *body, r"\bottomrule", rf"\end{{{kind}}}"]
    return table if long else ["", r"\begin{center}", *table, r"\end{center}"]


def _equation(law: Law) -> str:
    return f"{to_latex(Variable(law.target))} = {to_latex(law.expression)}"


def _name(name: str) -> str:
    return to_latex(Variable(name))


def _unit(text: str) -> str:
    return unit_latex(text) or "1"


def _value(text: str) -> str:
    """Numbers with their error: the sign is the one of mathematics."""
    return _text(text)


def _text(text: str) -> str:
    return tex_escaped(one_line(text)).replace("U+00B1", r"$\pm$").replace("U+00B7", r"$\cdot$")
