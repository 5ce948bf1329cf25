"""The tour of CONTRIBUTING.md is true: what it adds, in the files that it names, works everywhere.

Nothing on the disk changes. Another Python loads the package with the blocks of a section put into the text of the one
file, so that whatever a second file would have to know is missing there.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

import pytest

from symreg.engine import _core
from symreg.errors import OperatorError
from symreg.formula.operators import OPERATOR_BITS, operator
from symreg.laws.exporting.exporters import EXPORTERS
from symreg.tables.sources.reading import FILE_FORMATS

ROOT = Path(__file__).resolve().parent.parent
_BLOCK = re.compile(r"^```\w+ in=(?P<file>\S+) (?P<how>before|last-of)=(?P<name>\w+)\n(?P<body>.*?)^```$", re.M | re.S)
LOADER = """
import importlib.util, sys

class Changed:
    @staticmethod
    def find_spec(name, path=None, target=None):
        return importlib.util.spec_from_file_location(name, {path!r}) if name == {module!r} else None

sys.meta_path.insert(0, Changed)
"""


@dataclass(frozen=True, slots=True)
class Addition:
    """A block of the tour: the file it goes into, and its place before or at the end of what has this name there."""

    file: str
    how: str
    name: str
    body: str

    def into(self, text: str) -> str:
        """The text of the file with the block in it."""
        lines = text.splitlines(keepends=True)
        start = next(i for i, line in enumerate(lines) if re.match(rf"(#define )?{self.name}\b", line))
        if self.how == "last-of":
            start = next(i for i, line in enumerate(lines) if i > start and line[0] in ")}\n")
        return "".join([*lines[:start], self.body, *lines[start:]])


def additions(section: str) -> list[Addition]:
    """The blocks of a section of the tour."""
    tour = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    text = re.split(r"^### ", tour[tour.index("## A tour") :], flags=re.M)
    found = next(part for part in text if part.startswith(f"{section}\n"))
    return [Addition(*match.groups()) for match in _BLOCK.finditer(found)]


def changed(section: str, ending: str) -> dict[str, str]:
    """The files with this ending that a section names, as they are with its blocks."""
    texts: dict[str, str] = {}
    for one in additions(section):
        if one.file.endswith(ending):
            before = texts.get(one.file) or (ROOT / one.file).read_text(encoding="utf-8")
            texts[one.file] = one.into(before)
    return texts


def say(section: str, program: str, folder: Path) -> str:
    """What a program prints where the one Python file of a section is changed; its children load it too."""
    ((file, text),) = changed(section, ".py").items()
    path = folder / Path(file).name
    path.write_text(text, encoding="utf-8")
    module = file.removesuffix(".py").replace("/", ".")
    (folder / "sitecustomize.py").write_text(LOADER.format(path=str(path), module=module), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(folder), "SYMREG_ENGINE": "numpy"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_tour_names_so_many_files() -> None:
    sections = ("An operator", "A file format", "An export language")
    assert [len({one.file for one in additions(section)}) for section in sections] == [2, 1, 1]


def test_an_operator_is_a_row(tmp_path: Path) -> None:
    """Read, printed, checked, evaluated, fitted, priced, simplified, compared, undone, written in every language."""
    with pytest.raises(OperatorError):
        operator("asinh")
    program = """
        import numpy as np, pytest, sympy
        from symreg.benchmark import _equivalence_worker
        from symreg.engine import get_engine
        from symreg.errors import DimensionError
        from symreg.formula import _sympy_worker
        from symreg.formula.bits import name_bits, tree_bits
        from symreg.formula.dimensioning import dimension_of
        from symreg.formula.expression import Constant, lower
        from symreg.formula.grammar import parse
        from symreg.formula.languages import CODE
        from symreg.formula.operators import OPERATOR_BITS
        from symreg.formula.printing import to_code, to_latex, to_text
        from symreg.laws.exporting.c import CPP
        from symreg.laws.exporting.javascript import JAVASCRIPT
        from symreg.laws.exporting.octave import OCTAVE
        from symreg.laws.exporting.r import R
        from symreg.laws.exporting.rust import RUST
        from symreg.typesetting.mathml import to_mathml
        from symreg.search.native.bank.vocabulary import NUMPY, OPS, search_cost
        from symreg.search.native.evolution.variation import STEPS
        from symreg.templates.undoing import undone
        from symreg.units.dimension import DIMENSIONLESS, Dimension

        tree = parse("asinh(k*x)", variables=["x"], constants=["k"])
        assert to_text(tree) == "asinh(k*x)"
        x, k = np.linspace(-3, 3, 7), 1.7
        program, engine = lower(tree, ["x"], ["k"], {}), get_engine()
        assert engine.name == "numpy"
        values, slopes = engine.jacobian(program, x[None], [k])
        np.testing.assert_allclose(values, np.arcsinh(k * x))
        np.testing.assert_allclose(slopes[0], x / np.sqrt(1 + (k * x) ** 2))
        fit = engine.fit_many([program], x[None], values, None, [[1.0]])[0]
        np.testing.assert_allclose(fit.values, [k])
        number, length = DIMENSIONLESS, Dimension.of(m=1)
        assert dimension_of(tree, {"x": length, "k": length**-1}) == number
        with pytest.raises(DimensionError, match="asinh needs a dimensionless argument"):
            dimension_of(tree, {"x": length, "k": number})
        assert tree_bits(tree, 2) == 2 + 9.5 + OPERATOR_BITS["*"] + 2 * name_bits(2)
        symbols = {name: sympy.Symbol(name) for name in "xk"}
        assert to_text(_sympy_worker.from_sympy(_sympy_worker.to_sympy(tree, symbols), {"k"})) == "asinh(k*x)"
        assert _equivalence_worker.to_sympy(tree, symbols) == sympy.asinh(symbols["k"] * symbols["x"])
        assert "arsinh" in to_latex(tree) and ">asinh<" in to_mathml(tree)
        found = undone(parse("asinh(f)", variables=[], constants=["f"]), Constant("f"), np.array([0.5]), {})
        np.testing.assert_allclose(found, [[np.sinh(0.5)], [np.cosh(0.5)]])
        assert "asinh" in OPS and "asinh" in STEPS and search_cost("asinh") == 3
        np.testing.assert_allclose(NUMPY["asinh"](x), np.arcsinh(x))
        for language in (*CODE.values(), CPP, OCTAVE, R, JAVASCRIPT, RUST):
            print(to_code(tree, language))
    """
    written = ["math.asinh(k*x)", "np.arcsinh(k*x)", "asinh(k*x)", "asinh(k*x)", "asinh(k*x)"]
    written += ["std::asinh(k*x)", "asinh(k.*x)", "asinh(k*x)", "Math.asinh(k*x)", "f64::asinh(k*x)"]
    assert say("An operator", program, tmp_path).splitlines() == written


def test_a_law_with_that_operator_is_found(tmp_path: Path) -> None:
    program = """
        import numpy as np
        import symreg as sr

        x = np.linspace(0.5, 9, 60)
        table = sr.read_table({"x": x, "y": 2 * np.arcsinh(x / 3)}, target="y")
        problem = sr.make_problem(table, operators=["+", "-", "*", "/", "asinh"])
        found = sr.discover(problem, backend=sr.Native(threads=1), budget=sr.Budget(time=None, evaluations=20_000))
        print(found.front.best.formula)
    """
    assert "asinh(" in say("An operator", program, tmp_path)


def test_the_price_of_that_operator_leaves_the_code_a_prefix_code() -> None:
    (row,) = (one.body for one in additions("An operator") if one.file.endswith(".py"))
    bits = float(re.findall(r"bits=([\d.]+)", row)[0])
    assert sum(2.0**-one for one in (*OPERATOR_BITS.values(), bits)) <= 1


def test_the_core_has_a_row_for_each_operator_and_takes_one_more() -> None:
    file = "symreg/engine/core/operators.h"
    before = (ROOT / file).read_text(encoding="utf-8")
    row = re.compile(r"^    (?:BINARY|UNARY|ANGLE)\((\w+),.*", re.M)
    names = row.findall(before)
    assert len(names) == _core.N_OPCODES - 2 == len(OPERATOR_BITS)
    assert row.findall(changed("An operator", ".h")[file]) == [*names, "ASINH"]


def test_a_file_format_is_a_row(tmp_path: Path) -> None:
    assert ".json" not in FILE_FORMATS
    (tmp_path / "fall.json").write_text('{"t [s]": [1, 2, 3], "s [cm]": [490, 1961, 4413]}', encoding="utf-8")
    program = f"""
        import symreg as sr

        table = sr.read_table({str(tmp_path / "fall.json")!r}, target="s")
        print([(name, table[name].unit.text, table[name].user_values.tolist()) for name in ("t", "s")])
    """
    shown = "[('t', 's', [1.0, 2.0, 3.0]), ('s', 'cm', [490.0, 1961.0, 4413.0])]\n"
    assert say("A file format", program, tmp_path) == shown


def test_an_export_language_is_a_row(tmp_path: Path) -> None:
    assert "kotlin" not in EXPORTERS
    program = """
        from symreg.formula.grammar import parse
        from symreg.report import EXPORT_LANGUAGES
        from symreg.laws import EXPORT_SUFFIXES
        from symreg.units.reading import parse_unit
        from tests.miniatures import plain_law

        assert "kotlin" in EXPORT_LANGUAGES and EXPORT_SUFFIXES["kotlin"] == ".kt"
        tree = parse("2*cbrt(a)**2*step(fun)", variables=["a", "fun"])
        law = plain_law(tree, {"a": parse_unit("m^3"), "fun": parse_unit("ms")}, unit=parse_unit("m^2"))
        print(law.to("kotlin"))
    """
    assert say("An export language", program, tmp_path).splitlines()[-6:-1] == [
        "fun y(a: Double, fun_: Double): Double {",
        "    val fun_si = 0.001*fun_  // ms to SI",
        "    var value = 2.0*Math.pow(Math.cbrt(a), 2.0)*(0.5 + 0.5*Math.signum(fun_si))",
        "    return if (value.isFinite()) value else Double.NaN",
        "}",
    ]
