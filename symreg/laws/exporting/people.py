"""Laws to be read: TeX, plain text, and all that is known of a law as JSON."""

from __future__ import annotations

import json

from symreg.formula import Variable, to_latex, variables_of
from symreg.laws.exporting.comments import judged
from symreg.laws.law import Law
from symreg.laws.law_record import law_record
from symreg.laws.printed import quantity_text
from symreg.uncertain_text import uncertain_text


def latex(law: Law) -> str:
    """The law as an equation of TeX's mathematics."""
    return f"{to_latex(Variable(law.target))} = {to_latex(law.expression)}\n"


def text(law: Law) -> str:
    """The law with the quantities it speaks of, and its constants."""
    used = variables_of(law.expression)
    lines = [f"{law.target} = {law.formula}", ""]
    lines += [quantity_text(law.target, law.unit)]
    lines += [quantity_text(name, unit) for name, unit in law.input_units.items() if name in used]
    for c in law.constants:
        known = f"{c.snapped} (fitted {uncertain_text(c.fitted_value, c.stderr)})" if c.snapped else ""
        lines.append(
            f"{c.name} = {known or uncertain_text(c.value, c.stderr)} {c.unit.text or '1'} ({c.kind})"
        )
    return "\n".join([*lines, f"error {judged(law)}", ""])


def as_json(law: Law) -> str:
    """The law as a record of all its fields."""
    record = {
        "target": {"name": law.target, "unit": law.unit.text},
        "inputs": {name: unit.text for name, unit in law.input_units.items()},
        **law_record(law),
    }
    return json.dumps(record, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
