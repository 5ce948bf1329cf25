"""Laws and fronts as text and LaTeX."""

from __future__ import annotations

from symreg.formula import Apply, Expression, Number, Variable, constants_of, to_latex, variables_of
from symreg.laws.law import Law, LawConstant, ParetoFront
from symreg.laws.score import Score
from symreg.uncertain_text import number_text, r2_text, uncertain_text
from symreg.units import Unit

HEADINGS = ("", "complexity", "train RMSE", "held-out RMSE", "R2", "bits", "unit", "formula")
_LEFT = {"", "unit", "formula"}


def summary(law: Law) -> str:
    """``period = k*a**(3/2), k = 365.21 ± 0.40 day/au**(3/2)``; with degrees Celsius also ``T in K (°C + 273.15)``."""
    return ", ".join([f"{law.target} = {law.formula}", *(constant_text(c) for c in law.constants), *shifted(law)])


def shifted(law: Law) -> tuple[str, ...]:
    """What does not stand in the formula as the table has it: ``T in K (°C + 273.15)``, ``c in % (1 % = 0.01)``.

    A share counts only beside numbers without a unit: ``k = 3 K/%`` says by itself what it is multiplied with.
    """
    used = variables_of(law.expression)
    units = {law.target: law.unit} | {name: unit for name, unit in law.input_units.items() if name in used}
    has_number = _has_plain_number(law)
    return tuple(
        quantity_text(name, unit) for name, unit in units.items() if unit.offset or (has_number and _is_share(unit))
    )


def _is_share(unit: Unit) -> bool:
    """Whether a number of this unit is one without a unit times a factor: %, ppm; angles are written as angles."""
    return unit.dimension.is_dimensionless and unit.scale != 1.0 and not unit.is_angle


def _has_plain_number(law: Law) -> bool:
    """Whether a number without a unit stands in the formula, other than as an exponent."""
    free = {one.name for one in law.constants if one.unit.dimension.is_dimensionless and one.unit.scale == 1.0}
    return not free.isdisjoint(constants_of(law.expression)) or _holds_number(law.expression)


def _holds_number(tree: Expression) -> bool:
    if isinstance(tree, Apply):
        return any(_holds_number(one) for one in (tree.arguments[:1] if tree.operator == "pow" else tree.arguments))
    return isinstance(tree, Number)


def quantity_text(name: str, unit: Unit) -> str:
    """``R in ohm``, ``T in K (°C + 273.15)``, ``n in 1``, ``c in % (1 % = 0.01)``."""
    conversion = f"1 {unit.text} = {unit.scale:.10g}" if _is_share(unit) else unit.conversion()
    return f"{name} in {unit.in_formulas.text or '1'}" + (f" ({conversion})" if conversion else "")


def constant_text(constant: LawConstant) -> str:
    """``k = 365.21 ± 0.40 day/au**(3/2)``; a snapped one shows what was fitted."""
    unit = "" if constant.unit.text in ("", "1", "dimensionless") else f" {constant.unit.text}"
    measured = uncertain_text(constant.value, constant.stderr)
    if constant.snapped is not None:
        fitted = uncertain_text(constant.fitted_value, constant.stderr)
        return f"{constant.name} = {constant.snapped}{unit} (fitted {fitted})"
    return f"{constant.name} = {measured}{unit}" + " (known)" * (constant.kind == "known")


def table_text(front: ParetoFront) -> str:
    """The front as an aligned table; ``>`` marks the selected law."""
    if not front.laws:
        return "no law found"
    rows = [_headings(front), *(_cells(law, i == front.selected) for i, law in enumerate(front.laws))]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    return "\n".join(_aligned(row, widths) for row in rows)


def _headings(front: ParetoFront) -> tuple[str, ...]:
    """The headings, with the rows that judged these laws."""
    judge = front.laws[0].judge if front.laws else "held-out"
    return tuple(text.replace("held-out", judge) for text in HEADINGS)


def law_latex(law: Law) -> str:
    """``$\\displaystyle T = k a^{3/2}$``."""
    return rf"$\displaystyle {to_latex(Variable(law.target))} = {to_latex(law.expression)}$"


def _cells(law: Law, selected: bool) -> tuple[str, ...]:
    judged = law.held_out if law.held_out.n_rows > 0 else law.train
    return (
        ">" if selected else "",
        str(law.complexity),
        _error_text(law.train),
        _error_text(law.held_out) if law.held_out.n_rows > 0 else "-",
        r2_text(judged.r2),
        f"{law.description_length:.1f}",
        law.unit.text if law.dimension_ok else f"{law.unit.text} (dimension not checked)",
        ", ".join([law.formula, *(constant_text(c) for c in law.constants if c.kind == "free"), *shifted(law)]),
    )


def _error_text(score: Score) -> str:
    text = number_text(score.rmse, 4)
    return f"{text} ({score.undefined} undefined)" if score.undefined else text


def _aligned(row: tuple[str, ...], widths: list[int]) -> str:
    cells = (
        text.ljust(width) if heading in _LEFT else text.rjust(width)
        for text, width, heading in zip(row, widths, HEADINGS, strict=True)
    )
    return "  ".join(cells).rstrip()
