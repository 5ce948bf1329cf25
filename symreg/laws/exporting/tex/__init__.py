"""Laws and fronts for papers: LaTeX with siunitx, and a front as a table."""

from __future__ import annotations

from symreg.laws.exporting.tex.front_latex import front_latex
from symreg.laws.exporting.tex.siunitx import siunitx

__all__ = ["front_latex", "siunitx"]
