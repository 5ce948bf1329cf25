"""Every language that a law can be exported to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from symreg.errors import ReportError
from symreg.laws.exporting.c import c, cpp
from symreg.laws.exporting.excel import excel
from symreg.laws.exporting.fortran import fortran
from symreg.laws.exporting.javascript import javascript
from symreg.laws.exporting.julia import julia
from symreg.laws.exporting.modelica import modelica
from symreg.laws.exporting.octave import octave
from symreg.laws.exporting.people import as_json, latex, text
from symreg.laws.exporting.python import numpy, python
from symreg.laws.exporting.r import r
from symreg.laws.exporting.rust import rust
from symreg.laws.exporting.tex import siunitx
from symreg.laws.exporting.trainable import jax_source, torch_source
from symreg.laws.law import Law


@dataclass(frozen=True, slots=True)
class Exporter:
    """How a law is written in one language, how the name of such a file ends, and what people call the language."""

    suffix: str
    write: Callable[[Law], str]
    label: str


EXPORTERS: Mapping[str, Exporter] = {
    "python": Exporter(".py", python, "Python"),
    "numpy": Exporter("_numpy.py", numpy, "NumPy"),
    "c": Exporter(".c", c, "C"),
    "cpp": Exporter(".cpp", cpp, "C++"),
    "fortran": Exporter(".f90", fortran, "Fortran"),
    "julia": Exporter(".jl", julia, "Julia"),
    "octave": Exporter(".m", octave, "Octave, MATLAB"),
    "r": Exporter(".R", r, "R"),
    "javascript": Exporter(".mjs", javascript, "JavaScript"),
    "rust": Exporter(".rs", rust, "Rust"),
    "torch": Exporter("_torch.py", torch_source, "PyTorch"),
    "jax": Exporter("_jax.py", jax_source, "JAX"),
    "excel": Exporter("_excel.txt", excel, "Excel"),
    "modelica": Exporter(".mo", modelica, "Modelica"),
    "latex": Exporter(".tex", latex, "LaTeX"),
    "siunitx": Exporter("_siunitx.tex", siunitx, "LaTeX with siunitx"),
    "text": Exporter(".txt", text, "plain text"),
    "json": Exporter(".json", as_json, "JSON"),
}
"""A new one is a new row, and the function that it names."""

ALIASES: Mapping[str, str] = {"matlab": "octave"}
"""Other names of languages that have a row: their files run in both."""

EXPORT_SUFFIXES: Mapping[str, str] = {name: exporter.suffix for name, exporter in EXPORTERS.items()} | {
    alias: EXPORTERS[name].suffix for alias, name in ALIASES.items()
}
EXPORT_LABELS: Mapping[str, str] = {name: exporter.label for name, exporter in EXPORTERS.items()}
EXPORT_LANGUAGES = (*EXPORTERS, *ALIASES)


def export_law(law: Law, language: str) -> str:
    """The law as source text in one of ``EXPORT_LANGUAGES``; raises ``ReportError`` for another."""
    try:
        exporter = EXPORTERS[ALIASES.get(language, language)]
    except KeyError:
        raise ReportError(
            reason=f"A law cannot be exported to {language!r}.",
            advice=f"Choose one of: {', '.join(EXPORT_LANGUAGES)}; law.to('sympy') gives an object.",
        ) from None
    return exporter.write(law)
