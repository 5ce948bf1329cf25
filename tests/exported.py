"""Exported programs as a user would run them: each language's own compiler or interpreter, in a process of its own.

Rows go to a program and values come back as binary files of doubles, so that no digit is lost on the way.
"""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from symreg.formula.expression import Apply, Expression, Number, fold, variables_of
from symreg.formula.operators import OPERATORS
from symreg.laws.exporting import export_law
from symreg.laws.law import Law

AGREEMENT = 1e-12
"""Relative difference between a program and ``predict``: some thousand roundings."""

LEAST = 2.3e-308
"""Difference that is none: numbers below the least normal one, which jax takes for 0."""

ROUNDING = 4e-16
"""Relative error of an operation in another mathematics library: about two units in the last place."""

DRAWS = 12
"""Of roundings: what the last digit decides comes out either way in nearly all of so many."""

SECONDS = 600.0
"""For one process; compilers take some seconds for hundreds of laws."""

HEAD = re.compile(
    r"^(?:(?:def|class|double|elemental function|export function|pub fn|function value =|function) )?"
    r"(\w+)(?: <- function)?\(",
    re.MULTILINE,
)
"""The line of the function that a program is about: no helper begins with its name at the margin but Python's."""


@dataclass(frozen=True, slots=True)
class Call:
    """A program and the columns that it takes, by their places in the rows."""

    text: str
    function: str
    places: tuple[int, ...]

    def arguments(self, one: Callable[[int], str]) -> str:
        """The arguments of a call, each as the language says it."""
        return ", ".join(one(place) for place in self.places)


def call_of(law: Law, language: str, columns: Sequence[str]) -> Call:
    """A law's program, and what it is called with."""
    text = export_law(law, language)
    used = variables_of(law.expression)
    return Call(text, function_name(text), tuple(columns.index(name) for name in law.input_units if name in used))


def function_name(text: str) -> str:
    """What the function of a program is called."""
    for match in HEAD.finditer(text):
        if not match[1].startswith("_") and match[1] != "ieee_power":
            return match[1]
    raise AssertionError(f"no function in\n{text}")


# ------------------------------------------------------------------------------------------------------ languages


def _python(calls: Sequence[Call], folder: Path) -> list[list[str]]:
    for i, one in enumerate(calls):
        (folder / f"law{i}.py").write_text(one.text, encoding="utf-8")
    body = [
        f"from law{i} import {one.function} as law\n"
        f"values.append([law({one.arguments('float(row[{}])'.format)}) for row in rows])"
        for i, one in enumerate(calls)
    ]
    return _python_main(body, folder)


def _numpy(calls: Sequence[Call], folder: Path) -> list[list[str]]:
    for i, one in enumerate(calls):
        (folder / f"law{i}.py").write_text(one.text, encoding="utf-8")
    body = [
        f"from law{i} import {one.function} as law\n"
        f"values.append(np.broadcast_to(law({one.arguments('rows[:, {}]'.format)}), len(rows)))"
        for i, one in enumerate(calls)
    ]
    return _python_main(body, folder)


def _python_main(body: list[str], folder: Path) -> list[list[str]]:
    columns = int((folder / "columns").read_text())
    lines = "\n".join(body)
    (folder / "main.py").write_text(
        f"import numpy as np\nrows = np.fromfile('rows').reshape(-1, {columns})\nvalues = []\n{lines}\n"
        "np.array(values, dtype=float).tofile('values')\n",
        encoding="utf-8",
    )
    return [[sys.executable, "-W", "error", "main.py"]]


def _torch(calls: Sequence[Call], folder: Path) -> list[list[str]]:
    return _of_arrays(calls, folder, "import torch\ncolumns = torch.from_numpy(rows)\nvalues = []", "law()(")


def _jax(calls: Sequence[Call], folder: Path) -> list[list[str]]:
    head = 'import jax\njax.config.update("jax_enable_x64", True)\nimport jax.numpy as jnp\ncolumns = jnp.asarray(rows)'
    return _of_arrays(calls, folder, f"{head}\nvalues = []", "law(module.PARAMETERS, ")


def _of_arrays(calls: Sequence[Call], folder: Path, head: str, called: str) -> list[list[str]]:
    """Programs whose arrays are not NumPy's, nor kept from NumPy."""
    body = [head]
    for i, one in enumerate(calls):
        (folder / f"law{i}.py").write_text(one.text, encoding="utf-8")
        body.append(
            f"import law{i} as module\nlaw = module.{one.function}\n"
            f"value = {called}{one.arguments('columns[:, {}]'.format)})\n"
            "value = value.detach() if hasattr(value, 'detach') else value\n"
            "values.append(np.broadcast_to(np.asarray(value), len(rows)))"
        )
    return _python_main(body, folder)


def _c_main(calls: Sequence[Call], folder: Path, heads: str) -> str:
    columns, rows = int((folder / "columns").read_text()), int((folder / "count").read_text())
    loops = "\n".join(
        f"    for (zz_i = 0; zz_i < {rows}; zz_i++) {{\n"
        f"        zz_v = {one.function}({one.arguments('zz_rows[zz_i][{}]'.format)});\n"
        "        fwrite(&zz_v, 8, 1, zz_out);\n    }"
        for one in calls
    )
    return (
        "\n".join(one.text for one in calls) + f"\n{heads}\nstatic double zz_rows[{rows}][{columns}];\n"
        "int main(void)\n{\n    int zz_i; double zz_v;\n"
        '    FILE *zz_in = fopen("rows", "rb"), *zz_out = fopen("values", "wb");\n'
        f"    if (fread(zz_rows, 8, {rows * columns}, zz_in) != {rows * columns}) return 1;\n{loops}\n"
        "    fclose(zz_in); return fclose(zz_out);\n}\n"
    )


STRICT = ["-Wall", "-Wextra", "-Werror", "-pedantic", "-o", "main"]


def _c(calls: Sequence[Call], folder: Path) -> list[list[str]]:
    (folder / "main.c").write_text(_c_main(calls, folder, "#include <stdio.h>"), encoding="utf-8")
    return [["gcc", "-std=gnu11", *STRICT, "main.c", "-lm"], ["./main"]]


def _cpp(calls: Sequence[Call], folder: Path) -> list[list[str]]:
    (folder / "main.cpp").write_text(_c_main(calls, folder, "#include <cstdio>"), encoding="utf-8")
    return [["g++", "-std=c++17", *STRICT, "main.cpp"], ["./main"]]


def _fortran(calls: Sequence[Call], folder: Path) -> list[list[str]]:
    columns, rows = int((folder / "columns").read_text()), int((folder / "count").read_text())
    loops = "\n".join(
        f"do zz_i = 1, {rows}\n  zz_v = {one.function}( &\n{_fortran_arguments(one)})\n  write (12) zz_v\nend do"
        for one in calls
    )
    text = "\n".join(one.text for one in calls)
    (folder / "main.f90").write_text(
        f"module zz_laws\ncontains\n{text}\nend module\nprogram zz_main\nuse zz_laws\nimplicit none\n"
        f"double precision :: zz_rows({columns}, {rows}), zz_v\ninteger :: zz_i\n"
        "open (11, file='rows', access='stream', form='unformatted')\nread (11) zz_rows\n"
        "open (12, file='values', access='stream', form='unformatted', status='replace')\n"
        f"{loops}\nend program\n",
        encoding="utf-8",
    )
    flags = ["-std=f2008", "-Wall", "-Wno-unused-dummy-argument", "-Werror=line-truncation", "-o", "main"]
    return [["gfortran", *flags, "main.f90"], ["./main"]]


def _fortran_arguments(call: Call) -> str:
    return ", &\n".join(f"    zz_rows({place + 1}, zz_i)" for place in call.places)


def _octave(calls: Sequence[Call], folder: Path) -> list[list[str]]:
    (folder / "laws").mkdir()
    lines = []
    for one in calls:
        (folder / "laws" / f"{one.function}.m").write_text(one.text, encoding="utf-8")
        given = one.arguments(lambda place: f"zz_rows({place + 1}, :)")
        lines.append(f"zz_v = {one.function}({given});")
        lines.append("if ~isreal(zz_v) error('complex'); end;")
        lines.append("fwrite(zz_out, zz_v + zeros(1, columns(zz_rows)), 'double');")
    columns = (folder / "columns").read_text()
    head = f"zz_in = fopen('rows'); zz_rows = fread(zz_in, [{columns}, Inf], 'double');\nzz_out = fopen('values', 'w');"
    text = "\n".join(["1;", "warning('off'); addpath('laws');", head, *lines, "fclose(zz_out);", ""])
    (folder / "zz_main.m").write_text(text, encoding="utf-8")
    return [["octave-cli", "--no-gui", "--norc", "--quiet", "zz_main.m"]]


def _r(calls: Sequence[Call], folder: Path) -> list[list[str]]:
    lines = []
    for i, one in enumerate(calls):
        (folder / f"law{i}.R").write_text(one.text, encoding="utf-8")
        given = one.arguments(lambda place: f"rows[{place + 1}, ]")
        lines.append(f'home <- new.env(); sys.source("law{i}.R", home)')
        lines.append(f"writeBin(rep_len(home${one.function}({given}), ncol(rows)), out)")
    columns = (folder / "columns").read_text()
    head = f'options(warn=2)\nrows <- matrix(readBin("rows", "double", 1e7), nrow={columns})'
    text = "\n".join([head, 'out <- file("values", "wb")', *lines, "close(out)", ""])
    (folder / "main.R").write_text(text, encoding="utf-8")
    return [["Rscript", "--vanilla", "main.R"]]


def _javascript(calls: Sequence[Call], folder: Path) -> list[list[str]]:
    columns = int((folder / "columns").read_text())
    lines = ['import fs from "node:fs";']
    for i, one in enumerate(calls):
        (folder / f"law{i}.mjs").write_text(one.text, encoding="utf-8")
        lines.append(f'import {{ {one.function} as law{i} }} from "./law{i}.mjs";')
    lines.append('const bytes = fs.readFileSync("rows"), values = [];')
    lines.append("const rows = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);")
    for i, one in enumerate(calls):
        given = one.arguments("rows[i + {}]".format)
        lines.append(f"for (let i = 0; i < rows.length; i += {columns}) values.push(law{i}({given}));")
    lines.append('fs.writeFileSync("values", Buffer.from(new Float64Array(values).buffer));')
    (folder / "main.mjs").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return [["node", "main.mjs"]]


def _rust(calls: Sequence[Call], folder: Path) -> list[list[str]]:
    columns = int((folder / "columns").read_text())
    lines = ["#![deny(warnings)]", "use std::io::Write;"]
    lines += [f"mod law{i} {{\n{one.text}}}" for i, one in enumerate(calls)]
    lines.append("fn main() {\nlet bytes = std::fs::read(\"rows\").unwrap();")
    lines.append("let x: Vec<f64> = bytes.chunks(8).map(|b| f64::from_le_bytes(b.try_into().unwrap())).collect();")
    lines.append('let mut out = std::io::BufWriter::new(std::fs::File::create("values").unwrap());')
    lines += [
        f"for row in x.chunks({columns}) {{ let _ = row; "
        f"out.write_all(&law{i}::{one.function}({one.arguments('row[{}]'.format)}).to_le_bytes()).unwrap(); }}"
        for i, one in enumerate(calls)
    ]
    (folder / "main.rs").write_text("\n".join([*lines, "}"]) + "\n", encoding="utf-8")
    return [["rustc", "--edition", "2021", "-C", "opt-level=0", "main.rs"], ["./main"]]


@dataclass(frozen=True, slots=True)
class Runtime:
    """What runs a language: a command that must be there, and how calls become commands in a folder.

    ``library`` is what Python has to have for it.
    """

    command: str
    prepare: Callable[[Sequence[Call], Path], list[list[str]]]
    library: str = ""

    @property
    def is_here(self) -> bool:
        """Whether the command is there, and Python has the library that it needs."""
        return bool(shutil.which(self.command) and (not self.library or importlib.util.find_spec(self.library)))


RUNTIMES = {
    "python": Runtime(sys.executable, _python),
    "numpy": Runtime(sys.executable, _numpy),
    "c": Runtime("gcc", _c),
    "cpp": Runtime("g++", _cpp),
    "fortran": Runtime("gfortran", _fortran),
    "octave": Runtime("octave-cli", _octave),
    "r": Runtime("Rscript", _r),
    "javascript": Runtime("node", _javascript),
    "rust": Runtime("rustc", _rust),
    "torch": Runtime(sys.executable, _torch, "torch"),
    "jax": Runtime(sys.executable, _jax, "jax"),
}
PRESENT = tuple(name for name, runtime in RUNTIMES.items() if runtime.is_here)
NEEDED = ("python", "numpy", "c", "cpp")
"""Languages whose compilers the package needs itself: where one of these is missing, tests fail."""

SLOW = ("torch", "jax")
"""Seconds to start, each: the campaign starts them; `tests/laws/exporting/test_trainable.py` has jax in its process."""

TESTED = tuple(dict.fromkeys(name for name in (*NEEDED, *PRESENT) if name not in SLOW))


def run(language: str, laws: Sequence[Law], columns: dict[str, np.ndarray], folder: Path) -> np.ndarray:
    """Values of the laws, ``(n_laws, n_rows)``, each in its unit, as the exported programs have them."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = np.array(list(columns.values()), dtype=np.float64).T
    rows.tofile(folder / "rows")
    (folder / "columns").write_text(str(len(columns)))
    (folder / "count").write_text(str(len(rows)))
    calls = [call_of(law, language, list(columns)) for law in laws]
    assert len({one.function.lower() for one in calls}) == len(calls)
    for command in RUNTIMES[language].prepare(calls, folder):
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", timeout=SECONDS)
        assert done.returncode == 0, f"{language}: {' '.join(command)}\n{done.stdout[-2000:]}{done.stderr[:4000]}"
    found: np.ndarray = np.fromfile(folder / "values").reshape(len(laws), len(rows))
    return found


# ----------------------------------------------------------------------------------------------------- agreement


def tolerance(law: Law, columns: dict[str, np.ndarray]) -> np.ndarray:
    """How far a program may be from ``predict``, ``(n_rows,)``; infinite where the last digit decides everything.

    Beside ``AGREEMENT``: what becomes of roundings inside of the formula, drawn at random.
    """
    draw = np.random.default_rng(0)
    usual = law.predict(columns)
    spread = np.zeros_like(usual)
    for _ in range(DRAWS):
        other = _rounded(law, columns, draw)
        unlike = np.isfinite(other) != np.isfinite(usual)
        spread = np.where(unlike, np.inf, np.fmax(spread, np.abs(other - usual)))
    return LEAST + AGREEMENT * np.nan_to_num(np.abs(usual)) + 10.0 * np.nan_to_num(spread, nan=0.0, posinf=np.inf)


def _rounded(law: Law, columns: dict[str, np.ndarray], draw: np.random.Generator) -> np.ndarray:
    values: dict[str, Any] = {one.name: float(one.unit.to_si(one.value)) for one in law.constants}
    values |= {name: law.input_units[name].to_si(np.asarray(columns[name])) for name in law.input_units}
    n_rows = len(next(iter(columns.values())))

    def value_of(node: Expression, operands: tuple[Any, ...]) -> Any:
        if not isinstance(node, Apply):
            return np.broadcast_to(float(node.value) if isinstance(node, Number) else values[node.name], n_rows)
        found = OPERATORS[node.operator].numpy(*operands)
        return found * (1.0 + ROUNDING * draw.uniform(-1.0, 1.0, n_rows))

    with np.errstate(all="ignore"):
        value = law.unit.from_si(np.asarray(fold(law.expression, value_of), dtype=np.float64))
    return np.where(np.isfinite(value), value, np.nan)


def disagreements(
    law: Law, columns: dict[str, np.ndarray], found: np.ndarray, allowed: np.ndarray | None = None
) -> list[str]:
    """A line for each row where a program differs from ``predict`` by more than the ``tolerance``."""
    wanted = law.predict(columns)
    allowed = tolerance(law, columns) if allowed is None else allowed
    with np.errstate(invalid="ignore"):
        near = (np.abs(found - wanted) <= allowed) | (np.isnan(found) & np.isnan(wanted)) | np.isinf(allowed)
    return [
        f"{law.formula} at {[float(column[i]) for column in columns.values()]}: {found[i]!r}, predict {wanted[i]!r}"
        for i in np.flatnonzero(~near)
    ]

