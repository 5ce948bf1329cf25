"""The report as PDF, set by Typst, which comes as one Python package and needs no TeX.

The document is written as code: every text from outside is a string literal.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from symreg.errors import ReportError
from symreg.report.content import Content, Fact, FrontRow
from symreg.report.plots import front_plot, parity_plot, plain_colours, residual_plot
from symreg.typesetting import name_typst, to_typst, typst_string, unit_plain, unit_typst

__all__ = ["pdf_report", "typst_report"]

_HEAD = """#set page(paper: "a4", margin: 22mm, numbering: "1")
#set text(size: 10pt)
#set table(stroke: none, inset: (x: 4pt, y: 4pt), align: left + top)
#show heading.where(level: 2): set block(above: 1.6em, below: 0.8em)
#show table: it => { show math.equation: set text(top-edge: "bounds", bottom-edge: "bounds"); it }
#show math.equation.where(block: true): set text(size: 15pt)
"""


def pdf_report(content: Content) -> bytes:
    """The document as PDF; raises ``ReportError`` where the package ``typst`` is missing."""
    try:
        import typst
    except ImportError:
        raise ReportError(
            reason="A PDF report needs the package typst, which is not installed.",
            advice="Install the extra pdf (pip install typst), or choose the format html.",
        ) from None
    pictures = _pictures(content)
    with tempfile.TemporaryDirectory(prefix="symreg-report-") as name:
        folder = Path(name)
        for picture, svg in pictures.items():
            (folder / picture).write_text(svg, encoding="utf-8")
        source = folder / "report.typ"
        source.write_text(typst_report(content, tuple(pictures)), encoding="utf-8")
        try:
            made = typst.compile(str(source), root=str(folder), timestamp=0)
        except typst.TypstError as error:
            raise ReportError(reason=f"Typst could not set the report: {error}.") from error
    return bytes(made)


def typst_report(content: Content, pictures: Sequence[str] = ()) -> str:
    """The document as Typst source, which shows the files ``pictures`` from its folder."""
    parts = [_HEAD, f"#heading(level: 1, {typst_string(content.title)})", *_law(content), *_scores(content)]
    shown = ", ".join(f"image({typst_string(name)}, width: 100%)" for name in pictures if name != "front.svg")
    if shown:
        parts.append(f"#grid(columns: (1fr, 1fr), gutter: 10pt, {shown})")
    parts += _certainty(content)
    parts += [_heading("What was ruled out"), _text(content.certificate), *_facts(content.ruled_out)]
    parts += _front(content)
    if "front.svg" in pictures:
        parts.append('#align(center, image("front.svg", width: 70%))')
    parts += [*_units(content), _heading("The data"), *_columns(content), *_facts(content.data)]
    if content.notes:
        parts += [_heading("Notes"), f"#list({', '.join(f'text({typst_string(n)})' for n in content.notes)})"]
    parts += [_heading("Made with"), *_facts(content.environment)]
    return "\n\n".join(parts) + "\n"


def _pictures(content: Content) -> dict[str, str]:
    law, evidence, problem = content.law, content.evidence, content.problem
    if law is None or evidence is None:
        return {}
    unit = law.unit.text
    found = {
        "parity.svg": parity_plot(evidence, problem, unit),
        "residual.svg": residual_plot(evidence, problem, unit),
        "front.svg": front_plot(content.discovery.front, unit, judge=problem.judge),
    }
    return {name: plain_colours(svg) for name, svg in found.items()}


def _law(content: Content) -> list[str]:
    law = content.law
    if law is None:
        return [_text(f"No law was found. The search stopped because: {content.discovery.stop_reason}.")]
    where = [(law.target, law.unit.in_formulas.text)]
    where += (
        [(leaf.name, leaf.unit) for leaf in content.derivation.leaves if leaf.kind == "input"]
        if content.derivation
        else []
    )
    listed = ", ".join(f"[${name_typst(name)}$ in #({_unit(unit)})]" for name, unit in where)
    lines = [f"$ {to_typst(law.expression, target=law.target)} $", f"#align(center, ({listed},).join([, ]))"]
    if content.constants:
        rows = (
            (
                f"[${name_typst(c.name)}$]",
                f"text({typst_string(c.value)})",
                f"text({typst_string(c.interval or '-')})",
                _unit(c.unit),
                f"text({typst_string(c.kind + (', recognised' if c.recognised else ''))})",
                f"text({typst_string(c.fitted or '-')})",
            )
            for c in content.constants
        )
        heads = ("symbol", "value", content.interval_name, "unit", "kind", "fitted")
        lines += [_heading("Constants"), _table(heads, rows)]
        lines.append(_text(f"Values ± one standard error; intervals {content.interval_method}."))
    if content.correlations:
        pairs = (
            (f"[${name_typst(c.first)}$]", f"[${name_typst(c.second)}$]", f"text({typst_string(c.coefficient)})")
            for c in content.correlations
        )
        lines.append(_table(("symbol", "and symbol", "correlation"), pairs))
    return lines


def _scores(content: Content) -> list[str]:
    rows = (
        (
            f"text({typst_string(s.rows)})",
            f"text({typst_string(str(s.n_rows))})",
            f"text({typst_string(s.rmse)}) + [ ] + {unit_typst(s.unit)}",
            f"text({typst_string(s.r2)})",
        )
        for s in content.scores
    )
    return (
        [_heading("How good it is"), _table(("rows", "number", "RMSE", "R²"), rows)] if content.scores else []
    )


def _certainty(content: Content) -> list[str]:
    if content.certainty is None:
        return []
    lines = ", ".join(f"text({typst_string(line)})" for line in content.certainty.sentences)
    return [_heading("How sure the form is"), f"#list({lines})"]


def _front(content: Content) -> list[str]:
    if not content.front:
        return []
    heads = ("", "complexity", "train", content.held_out_name, "bits", "law")
    columns = "(auto, auto, auto, auto, auto, 1fr)"
    return [_heading("All laws on the front"), _table(heads, map(_front_row, content.front), columns)]


def _front_row(row: FrontRow) -> tuple[str, ...]:
    texts = ("●" if row.selected else "", str(row.complexity), row.train, row.held_out, row.bits)
    formula = f"[$display({to_typst(row.law.expression, target=row.law.target)})$]"
    if row.constants_text:
        formula += f" + linebreak() + text(size: 8pt, fill: luma(90), {typst_string(row.constants_text)})"
    return (*(f"text({typst_string(text)})" for text in texts), formula)


def _units(content: Content) -> list[str]:
    derivation = content.derivation
    if derivation is None:
        return []
    rows = (
        (f"[$display({to_typst(s.expression)})$]", f"text({typst_string(s.reason)})", _unit(str(s.dimension)))
        for s in derivation.steps
    )
    verdict = "The formula has the dimension of the target."
    if not derivation.exact:
        verdict = f"The dimensions do not fit: {derivation.failure}."
    lines = [_heading("Why the units are right")]
    if derivation.steps:
        lines.append(_table(("expression", "because", "dimension"), rows))
    return [*lines, _text(verdict)]


def _columns(content: Content) -> list[str]:
    rows = (
        tuple(
            [f"text({typst_string(c.name)})", _unit(c.unit)]
            + [f"text({typst_string(text)})" for text in (c.role, c.lowest, c.highest)]
        )
        for c in content.columns
    )
    return [_table(("column", "unit", "role", "lowest", "highest"), rows)]


def _facts(facts: Sequence[Fact]) -> list[str]:
    cells = ", ".join(
        f"text(fill: luma(90), {typst_string(fact.name)}), text({typst_string(fact.text)})" for fact in facts
    )
    return [f"#table(columns: (11em, 1fr), {cells})"]


def _table(heads: Sequence[str], rows: Iterable[tuple[str, ...]], columns: str = "") -> str:
    head = ", ".join(f"text(fill: luma(90), size: 8.5pt, {typst_string(text)})" for text in heads)
    body = ", ".join(cell for row in rows for cell in row)
    widths = columns or str(len(heads))
    line = "table.hline(stroke: 0.5pt)"
    return f"#table(columns: {widths}, table.header({head}), {line}, {body})"


def _heading(text: str) -> str:
    return f"#heading(level: 2, {typst_string(text)})"


def _text(text: str) -> str:
    return f"#text({typst_string(text)})"


def _unit(text: str) -> str:
    return unit_typst(text) if unit_plain(text) else 'text("1")'
