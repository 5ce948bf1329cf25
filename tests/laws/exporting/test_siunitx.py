"""LaTeX with siunitx: numbers with their errors, units in plain letters, and nothing that TeX takes for a command."""

from __future__ import annotations

import pytest

from symreg.discovery import Discovery
from symreg.errors import ReportError
from symreg.laws.exporting import export_law
from symreg.laws.exporting.tex.siunitx import constant_siunitx, unit_siunitx
from symreg.laws.law import LawConstant
from symreg.units.reading import parse_unit


def test_a_law_as_people_print_it(kepler: Discovery) -> None:
    law = kepler.front.best
    assert law.to("latex", siunitx=True) == export_law(law, "siunitx")
    assert law.to("siunitx") == (
        "% \\usepackage{amsmath, siunitx}\n"
        "\\begin{equation}\n  P = k_{1} \\cdot a^{3/2}\n\\end{equation}\n".replace(" \\cdot ", r" \, ")
        + r"with $P$ in \unit{day}, $a$ in \unit{au}, $k_{1} = \qty{365.680 +- 0.050}{day/au^{3/2}}$."
        + "\n"
    )


@pytest.mark.parametrize(
    ("value", "error", "unit", "text"),
    [
        (6.6743e-11, 1.5e-15, "m**3/kg/s**2", r"\qty{6.67430 +- 0.00015 e-11}{m^{3}/kg/s^{2}}"),
        (9.81, 0.02, "m s-2", r"\qty{9.810 +- 0.020}{m.s-2}"),
        (0.5, 0.0, "dimensionless", r"\num{0.5}"),
        (5.0, 0.1, "%", r"\qty{5.00 +- 0.10}{\%}"),
        (5.0, 0.1, "J/mol/K", r"\qty{5.00 +- 0.10}{J/mol/K}"),
    ],
)
def test_a_constant_is_a_quantity(value: float, error: float, unit: str, text: str) -> None:
    constant = LawConstant("k", value, error, parse_unit(unit))
    assert constant_siunitx(constant) == f"$k = {text}$"


def test_a_unit_from_outside_is_escaped() -> None:
    from symreg.units import DIMENSIONLESS_UNIT, Unit

    assert unit_siunitx(Unit(r"\input{x}", DIMENSIONLESS_UNIT.dimension, 1.0)).startswith(r"\textbackslash{}input\{")


def test_siunitx_is_for_latex(kepler: Discovery) -> None:
    with pytest.raises(ReportError, match="siunitx is a package for LaTeX, not for 'c'"):
        kepler.front.best.to("c", siunitx=True)
