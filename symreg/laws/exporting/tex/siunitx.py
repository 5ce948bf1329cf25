r"""LaTeX with siunitx: the equation, and every constant as a quantity with its error.

Units are written as siunitx takes them in plain letters (``\unit{km.s^{-1}}``), so that any unit that the table has may
stand there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from symreg.formula import Constant, Variable, tex_escaped, to_latex, variables_of
from symreg.laws.law import Law, LawConstant
from symreg.uncertain_text import uncertain_text
from symreg.units import Unit

_POWER = re.compile(r"(?:\*\*|\^)\s*(?:\((-?\d+(?:/\d+)?)\)|(-?\d+))")
_SCIENTIFIC = re.compile(r"\(([^)]*)\)(e[-+]?\d+)")


def siunitx(law: Law) -> str:
    """An equation and a line of what stands in it, for a document that loads amsmath and siunitx."""
    used = variables_of(law.expression)
    equation = f"{to_latex(Variable(law.target))} = {to_latex(law.expression)}"
    quantities = [(law.target, law.unit), *((name, unit) for name, unit in law.input_units.items() if name in used)]
    where = [_quantity(name, unit) for name, unit in quantities]
    where += [constant_siunitx(one) for one in law.constants]
    return (
        "% \\usepackage{amsmath, siunitx}\n"
        f"\\begin{{equation}}\n  {equation}\n\\end{{equation}}\nwith {', '.join(where)}.\n"
    )


def _quantity(name: str, unit: Unit) -> str:
    stands_in = unit_siunitx(unit.in_formulas)
    return f"${to_latex(Variable(name))}$" + (f" in \\unit{{{stands_in}}}" if stands_in else "")


def constant_siunitx(constant: LawConstant) -> str:
    r"""``$k = \qty{365.68 +- 0.05}{day/au^{3/2}}$``; a simple number that was recognised is said as one."""
    unit = unit_siunitx(constant.unit)
    text = uncertain_text(constant.value, constant.stderr).replace("±", "+-")
    number = _SCIENTIFIC.sub(r"\1 \2", text)
    said = f"\\qty{{{number}}}{{{unit}}}" if unit else f"\\num{{{number}}}"
    return f"${to_latex(Constant(constant.name))} = {said}$"


def unit_siunitx(unit: Unit) -> str:
    """The unit in siunitx's plain notation, everything that TeX would take for a sign of its own escaped."""
    if unit.text in ("", "1", "dimensionless"):
        return ""
    return "".join(f"{base}^{{{power}}}" if power else base for base, power in _pieces(unit.text))


def unit_in_mathematics(unit: Unit) -> str:
    r"""The unit for mathematics without a package: ``\mbox{day/au}^{3/2}``; empty for a pure number."""
    if unit.text in ("", "1", "dimensionless"):
        return ""
    pieces = ((base.replace(".", r"\,"), power) for base, power in _pieces(unit.text))
    return "".join(rf"\mbox{{{base}}}" + (f"^{{{power}}}" if power else "") for base, power in pieces)


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """The text cut at its powers, each with its base before it; the last may have none."""
    start = 0
    for found in _POWER.finditer(text):
        yield _plain(text[start : found.start()]), found[1] or found[2]
        start = found.end()
    if text[start:].strip():
        yield _plain(text[start:]), ""


def _plain(text: str) -> str:
    dotted = text.replace("*", ".").replace("·", ".").strip()
    return tex_escaped(re.sub(r"\s+", ".", dotted))
