"""The report as Markdown, for a notebook, a wiki or a pull request; formulas stand in code, as they are
typed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from symreg.laws import export_law
from symreg.report.content import Content, Fact
from symreg.typesetting import escape_markdown, one_line, unit_plain

__all__ = ["markdown_report"]


def markdown_report(content: Content) -> str:
    """The whole report as text."""
    parts = [f"# {escape_markdown(content.title)}", "", *_law(content), *_certainty(content)]
    parts += [
        "## What was ruled out",
        "",
        escape_markdown(content.certificate),
        "",
        *_facts(content.ruled_out),
    ]
    parts += [*_front(content), *_units(content), "## Data", "", *_columns(content)]
    parts += [*_screening(content), *_facts(content.data)]
    if content.notes:
        parts += ["## Notes", "", *(f"- {escape_markdown(note)}" for note in content.notes), ""]
    parts += _code(content)
    parts += ["## Made with", "", *_facts(content.environment)]
    return "\n".join(parts).rstrip() + "\n"


def _law(content: Content) -> list[str]:
    law = content.law
    if law is None:
        reason = escape_markdown(content.discovery.stop_reason)
        return [f"No law was found. The search stopped because: {reason}.", ""]
    lines = [_code_span(f"{law.target} = {law.formula}"), "", f"Result in {_unit(law.unit.in_formulas.text)}.", ""]
    if content.constants:
        heads = ("constant", "value", content.interval_name, "unit", "kind", "fitted value")
        constants = (
            (c.name, c.value, c.interval or "-", unit_plain(c.unit) or "1", c.kind, c.fitted or "-")
            for c in content.constants
        )
        lines += _table(heads, constants)
        lines += [f"Values ± one standard error; intervals {content.interval_method}.", ""]
    if content.correlations:
        pairs = ((one.first, one.second, one.coefficient) for one in content.correlations)
        lines += _table(("constant", "and constant", "correlation"), pairs)
    titles = ("rows", "number", "RMSE", "R²", "undefined")
    scores = (
        (s.rows, str(s.n_rows), f"{s.rmse} {unit_plain(s.unit)}".strip(), s.r2, str(s.undefined or "none"))
        for s in content.scores
    )
    return [*lines, "## How good it is", "", *_table(titles, scores)]


def _certainty(content: Content) -> list[str]:
    if content.certainty is None:
        return []
    return ["## How sure the form is", "", *(f"- {escape_markdown(one)}" for one in content.certainty.sentences), ""]


def _front(content: Content) -> list[str]:
    if not content.front:
        return []
    heads = (
        "",
        "complexity",
        "train RMSE",
        f"{content.held_out_name} RMSE",
        "R²",
        "bits",
        "law",
        "constants",
    )
    lines = [_row(heads), _row(["---"] * len(heads), escape=False)]
    for row in content.front:
        numbers = (str(row.complexity), row.train, row.held_out, row.r2, row.bits)
        cells = ["→" if row.selected else "", *map(escape_markdown, numbers), _code_span(row.law.formula)]
        lines.append(_row([*cells, escape_markdown(row.constants_text)], escape=False))
    return ["## All laws on the front", "", *lines, ""]


def _units(content: Content) -> list[str]:
    derivation = content.derivation
    if derivation is None:
        return []
    lines = ["## Why the units are right", ""]
    for number, step in enumerate(derivation.steps, 1):
        dimension = unit_plain(str(step.dimension)) or "1"
        lines.append(
            f"{number}. {_code_span(step.text)}: {escape_markdown(step.reason)}, {escape_markdown(dimension)}"
        )
    verdict = "The formula has the dimension of the target."
    if not derivation.exact:
        verdict = f"The dimensions do not fit: {escape_markdown(derivation.failure)}."
    return [*lines, "", verdict, ""]


def _columns(content: Content) -> list[str]:
    rows = ((c.name, unit_plain(c.unit) or "1", c.role, c.lowest, c.highest) for c in content.columns)
    return _table(("column", "unit", "role", "lowest", "highest"), rows)


def _screening(content: Content) -> list[str]:
    found = content.discovery.screening
    if found is None:
        return []
    said = f"{len(found.entered)} of {len(found.columns)} columns entered the search; {found.promise}."
    rows = ((one.name, one.reason, ", ".join(one.alike) or "-") for one in found.columns)
    table = _table(("column", "why it entered, or did not", "columns that say the same"), rows)
    return [escape_markdown(said), "", "<details><summary>Each column</summary>", "", *table, "</details>", ""]


def _code(content: Content) -> list[str]:
    if content.law is None:
        return []
    # The longest run of backticks inside decides the fence.
    text = export_law(content.law, "python")
    fence = "`" * max(3, _longest_run(text) + 1)
    return ["## As Python", "", f"{fence}python", text.rstrip("\n"), fence, ""]


def _facts(facts: Sequence[Fact]) -> list[str]:
    return [*(f"- {escape_markdown(fact.name)}: {escape_markdown(fact.text)}" for fact in facts), ""]


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [_row(heads), _row(["---"] * len(heads), escape=False), *(_row(row) for row in rows), ""]


def _row(cells: Iterable[str], *, escape: bool = True) -> str:
    return "| " + " | ".join(escape_markdown(cell) if escape else cell for cell in cells) + " |"


def _unit(text: str) -> str:
    return escape_markdown(unit_plain(text) or "1")


def _code_span(text: str) -> str:
    """Code in which nothing is markup; a bar is escaped because even inside code it would end a table's
    cell.
    """
    shown = one_line(text).replace("|", "\\|")
    ticks = "`" * (_longest_run(shown) + 1)
    return f"{ticks} {shown} {ticks}" if "`" in shown else f"{ticks}{shown}{ticks}"


def _longest_run(text: str) -> int:
    longest = run = 0
    for character in text:
        run = run + 1 if character == "`" else 0
        longest = max(longest, run)
    return longest
