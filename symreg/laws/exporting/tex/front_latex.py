"""A front as a table for a paper, in LaTeX with booktabs."""

from __future__ import annotations

from symreg.formula import Constant, Variable, to_latex
from symreg.laws.exporting.tex.siunitx import constant_siunitx, unit_in_mathematics
from symreg.laws.law import Law, LawConstant, ParetoFront
from symreg.uncertain_text import number_text, uncertain_text

DIGITS_OF_ERRORS = 4
"""Significant digits of an error: laws of one front whose errors differ beyond the fourth are told apart by nothing."""


def front_latex(front: ParetoFront, *, siunitx: bool) -> str:
    """The laws in ascending complexity, a row each; the selected one is marked, constants stand under their law.

    With ``siunitx`` constants are quantities of that package, without it plain text, and only booktabs is needed.
    """
    judge = front.laws[0].judge if front.laws else "held-out"
    unit = unit_in_mathematics(front.laws[0].unit) if front.laws else ""
    in_unit = f" [${unit}$]" if unit else ""
    heads = ("", "complexity", f"training{in_unit}", f"{judge}{in_unit}", "bits", "law")
    rows = [_row(law, i == front.selected, siunitx) for i, law in enumerate(front.laws)]
    packages = "booktabs, siunitx" if siunitx else "booktabs"
    return "\n".join(
        [
            f"% \\usepackage{{{packages}}}",
            r"\begin{tabular}{@{}crrrrl@{}}",
            r"\toprule",
            " & ".join(heads) + r" \\",
            r"\midrule",
            *(row + r" \\" for row in rows),
            r"\bottomrule",
            r"\end{tabular}",
            "",
        ]
    )


def _row(law: Law, is_selected: bool, siunitx: bool) -> str:
    said = [_constant(one, siunitx) for one in law.constants if one.kind == "free"]
    equation = f"${to_latex(Variable(law.target))} = {to_latex(law.expression)}$"
    cells = (
        r"$\bullet$" if is_selected else "",
        str(law.complexity),
        _number(law.train.rmse),
        _number(law.held_out.rmse) if law.held_out.n_rows else "--",
        f"{law.description_length:.1f}",
        ", ".join([equation, *said]),
    )
    return " & ".join(cells)


def _constant(constant: LawConstant, siunitx: bool) -> str:
    if siunitx:
        return constant_siunitx(constant)
    number = _in_mathematics(uncertain_text(constant.value, constant.stderr))
    unit = unit_in_mathematics(constant.unit)
    space = r"\ " if unit else ""
    return f"${to_latex(Constant(constant.name))} = {number}{space}{unit}$"


def _number(value: float) -> str:
    return f"${_in_mathematics(number_text(value, DIGITS_OF_ERRORS))}$"


def _in_mathematics(text: str) -> str:
    r"""``(6.67 ± 0.02)e-11`` as ``(6.67 \pm 0.02) \times 10^{-11}``."""
    mantissa, mark, power = text.replace("±", r"\pm").partition("e")
    return rf"{mantissa} \times 10^{{{int(power)}}}" if mark else mantissa
