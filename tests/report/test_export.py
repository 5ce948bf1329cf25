"""Exported programs compute what the law predicts: Python and C are run, Fortran and Julia are read back."""

from __future__ import annotations

import json
import math
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symreg.discovery import Discovery
from symreg.errors import ReportError
from symreg.formula.expression import Apply, Constant, Expression, Number, Variable, complexity, evaluate_tree, walk
from symreg.formula.grammar import parse
from symreg.formula.languages import CODE
from symreg.formula.operators import OPERATORS
from symreg.formula.printing import to_code, to_text
from symreg.laws.export import EXPORT_LANGUAGES, EXPORT_SUFFIXES, export_law
from symreg.laws.law import Law, LawConstant, Score
from symreg.units.reading import DIMENSIONLESS_UNIT, Unit, parse_unit

SCORE = Score(0.1, 0.9, 4)
ALL = ("kepler", "relativity", "hostile")


def plain_law(expression: Expression, units: dict[str, Unit], **fields: Any) -> Law:
    """A law of which only the formula matters."""
    said: dict[str, Any] = {"unit": DIMENSIONLESS_UNIT, "target": "y", "input_units": units, **fields}
    return Law(
        expression,
        to_text(expression),
        complexity(expression),
        said.pop("unit"),
        True,
        SCORE,
        SCORE,
        1.0,
        **said,
    )


def laws_of(request: pytest.FixtureRequest, name: str) -> tuple[Discovery, tuple[Law, ...]]:
    discovery: Discovery = request.getfixturevalue(name)
    return discovery, discovery.front.laws


def columns_of(discovery: Discovery) -> dict[str, Any]:
    """The inputs in the user's units."""
    return {name: discovery.problem.table[name].user_values for name in discovery.problem.inputs}


def function_name(text: str) -> str:
    found = re.search(r"^(?:def|double|elemental function|function) (\w+)\(", text, re.MULTILINE)
    assert found is not None
    return found[1]


def run_python(text: str, folder: Path, columns: list[np.ndarray], *, vectorised: bool) -> np.ndarray:
    """Run exported Python in a process of its own, as a user would."""
    (folder / "law.py").write_text(text, encoding="utf-8")
    np.save(folder / "columns.npy", np.array(columns))
    call = "law(*columns)" if vectorised else "[law(*map(float, row)) for row in zip(*columns)]"
    program = (
        f"import numpy as np\nfrom law import {function_name(text)} as law\n"
        "columns = np.load('columns.npy')\n"
        f"np.save('values.npy', np.array({call}, dtype=float))\n"
    )
    run = [sys.executable, "-W", "error", "-c", program]
    subprocess.run(run, cwd=folder, check=True, capture_output=True, timeout=60)
    found: np.ndarray = np.load(folder / "values.npy")
    return found


def _c_literal(value: float) -> str:
    return "NAN" if np.isnan(value) else float(value).hex()


def run_c(text: str, folder: Path, columns: list[np.ndarray]) -> np.ndarray:
    """Compile exported C with every warning as an error, and run it on the columns."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    assert compiler is not None, "a C compiler is part of what the tests need"
    rows = ["{" + ", ".join(_c_literal(v) for v in row) + "}" for row in np.array(columns).T]
    arguments = ", ".join(f"rows[i][{k}]" for k in range(len(columns)))
    source = (
        f"{text}\n#include <stdio.h>\nstatic const double rows[][{len(columns)}] = {{{', '.join(rows)}}};\n"
        f"int main(void) {{ for (int i = 0; i < {len(rows)}; i++) "
        f'printf("%.17g\\n", {function_name(text)}({arguments})); return 0; }}\n'
    )
    (folder / "law.c").write_text(source, encoding="utf-8")
    flags = ["-std=c11", "-Wall", "-Wextra", "-Werror", "-pedantic", "-o", "law", "law.c", "-lm"]
    subprocess.run([compiler, *flags], cwd=folder, check=True, capture_output=True, timeout=60)
    done = subprocess.run(["./law"], cwd=folder, check=True, capture_output=True, timeout=60, text=True)
    return np.array([float(line) for line in done.stdout.split()])


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("language", ["python", "numpy", "c"])
def test_programs_agree_with_predict(
    request: pytest.FixtureRequest, tmp_path: Path, name: str, language: str
) -> None:
    discovery, laws = laws_of(request, name)
    given = columns_of(discovery)
    for i, law in enumerate(laws):
        text = export_law(law, language)
        used = [np.asarray(given[n]) for n in law.input_units if Variable(n) in set(_leaves(law.expression))]
        folder = tmp_path / str(i)
        folder.mkdir()
        if language == "c":
            values = run_c(text, folder, used)
        else:
            values = run_python(text, folder, used, vectorised=language == "numpy")
        np.testing.assert_allclose(values, law.predict(given), rtol=1e-12)


def _leaves(expression: Expression) -> list[Expression]:
    return [node for node in walk(expression) if not isinstance(node, Apply)]


@pytest.mark.parametrize("language", ["python", "numpy", "c"])
def test_outside_the_domain_is_nan(tmp_path: Path, language: str) -> None:
    law = plain_law(
        parse("sqrt(x) + log(x)/x + x**1.5 + exp(1000*x)", variables=["x"]), {"x": DIMENSIONLESS_UNIT}
    )
    x = np.array([-1.0, 0.0, 0.5, 2.0])
    text = export_law(law, language)
    run = run_c if language == "c" else run_python
    extra = {} if language == "c" else {"vectorised": language == "numpy"}
    values = run(text, tmp_path, [x], **extra)
    np.testing.assert_allclose(values, law.predict({"x": x}), rtol=1e-12)
    assert np.isnan(values[[0, 1, 3]]).all() and np.isfinite(values[2])


@pytest.mark.parametrize("language", ["python", "numpy", "c"])
def test_units_with_a_zero_point(tmp_path: Path, language: str) -> None:
    kelvin, celsius = parse_unit("K"), parse_unit("degC")
    law = plain_law(
        parse("k*T", variables=["T"], constants=["k"]),
        {"T": celsius},
        unit=parse_unit("degF"),
        target="T2",
        constants=(LawConstant("k", 1.5, 0.1, DIMENSIONLESS_UNIT),),
    )
    assert kelvin.offset == 0 and celsius.offset != 0
    temperature = np.array([-40.0, 0.0, 20.0, 100.0])
    text = export_law(law, language)
    run = run_c if language == "c" else run_python
    extra = {} if language == "c" else {"vectorised": language == "numpy"}
    values = run(text, tmp_path, [temperature], **extra)
    np.testing.assert_allclose(values, law.predict({"T": temperature}), rtol=1e-12)
    np.testing.assert_allclose(values, ((temperature + 273.15) * 1.5 - 273.15) * 9 / 5 + 32, rtol=1e-9)


def random_tree(draw: random.Random, depth: int) -> Expression:
    if depth == 0 or draw.random() < 0.2:
        leaves: list[Expression] = [Variable("a"), Variable("b"), Constant("k")]
        return draw.choice([*leaves, Number(draw.choice([-3, 2, 0.5, -0.25, 1.7e-3]))])
    name = draw.choice([name for name in OPERATORS if name not in ("sinh", "cosh", "exp")])
    return Apply(name, tuple(random_tree(draw, depth - 1) for _ in range(OPERATORS[name].arity)))


def every_tree() -> list[Expression]:
    """Each operator by itself, in its sharpest neighbourhoods, and random trees."""
    a, b = Variable("a"), Variable("b")
    one_each = [Apply(name, (a, b)[: row.arity]) for name, row in OPERATORS.items()]
    signs = [
        Apply(name, (Apply("neg", (a,)), Apply("neg", (b,)))[: row.arity]) for name, row in OPERATORS.items()
    ]
    powers = [Apply("pow", (Apply("neg", (a,)), Number(e))) for e in (2.0, -2.0, 3.0, 1.5, -0.5)]
    draw = random.Random(11)
    return [*one_each, *signs, *powers, *(random_tree(draw, 4) for _ in range(120))]


def test_random_laws_in_c_and_python_agree(tmp_path: Path) -> None:
    units = {"a": parse_unit("km"), "b": DIMENSIONLESS_UNIT}
    constant = LawConstant("k", 0.7, 0.1, DIMENSIONLESS_UNIT)
    rows = {"a": np.array([1.3e-3, 4.1e-4, -2.0e-4]), "b": np.array([0.4, 1.9, -0.7])}
    c_parts, python_parts, expected = [], [], []
    for i, tree in enumerate(every_tree()):
        law = plain_law(tree, units, constants=(constant,), target=f"law{i}")
        c_parts.append(export_law(law, "c").replace("#include <math.h>", ""))
        python_parts.append(export_law(law, "python"))
        expected.append(law.predict(rows))
    found_c = _all_in_c(c_parts, rows, tmp_path)
    found_python = _all_in_python(python_parts, rows, tmp_path)
    for i, values in enumerate(expected):
        np.testing.assert_allclose(found_c[i], values, rtol=1e-12, err_msg=c_parts[i])
        np.testing.assert_allclose(found_python[i], values, rtol=1e-12, err_msg=python_parts[i])


def _calls(parts: list[str]) -> list[tuple[str, list[str]]]:
    heads = (re.search(r"^(?:def|double) (\w+)\(([^)]*)\)", part, re.MULTILINE) for part in parts)
    return [
        (h[1], [a.split()[-1] for a in h[2].split(",") if a.strip() not in ("", "void")]) for h in heads if h
    ]


def _all_in_c(parts: list[str], rows: dict[str, np.ndarray], folder: Path) -> np.ndarray:
    n = len(rows["a"])
    lines = [
        f'printf("%.17g\\n", {name}({", ".join(float(rows[a][i]).hex() for a in arguments)}));'
        for name, arguments in _calls(parts)
        for i in range(n)
    ]
    body = "\n".join(lines)
    source = (
        f"#include <math.h>\n#include <stdio.h>\n{''.join(parts)}\nint main(void) {{\n{body}\nreturn 0; }}\n"
    )
    (folder / "all.c").write_text(source)
    compiler = shutil.which("cc") or shutil.which("gcc")
    assert compiler is not None
    subprocess.run([compiler, "-std=c11", "-o", "all", "all.c", "-lm"], cwd=folder, check=True, timeout=120)
    done = subprocess.run(["./all"], cwd=folder, check=True, capture_output=True, text=True, timeout=60)
    return np.array([float(line) for line in done.stdout.split()]).reshape(-1, n)


def _all_in_python(parts: list[str], rows: dict[str, np.ndarray], folder: Path) -> np.ndarray:
    n = len(rows["a"])
    lines = [
        f"print(repr(float({name}({', '.join(repr(float(rows[a][i])) for a in arguments)}))))"
        for name, arguments in _calls(parts)
        for i in range(n)
    ]
    (folder / "all.py").write_text("\n".join([*parts, "nan = math.nan", *lines]))
    run = [sys.executable, "all.py"]
    done = subprocess.run(run, cwd=folder, check=True, capture_output=True, text=True, timeout=60)
    return np.array([float(line) for line in done.stdout.split()]).reshape(-1, n)


# --------------------------------------------------------------- languages without a compiler here: read back


def assignments(text: str, language: str) -> dict[str, str]:
    """The right sides of the assignments, in order, with Fortran's continued lines joined."""
    joined = re.sub(r" &\n\s*& ?", "", text) if language == "fortran" else text
    mark = "!" if language == "fortran" else "#"
    lines = (line.split(f" {mark}")[0].strip() for line in joined.split("\n"))
    pairs = (
        line.partition(" = ") for line in lines if re.match(r"\w+ = [^=]", line) and not line.endswith("try")
    )
    found: dict[str, str] = {}
    for name, _, value in pairs:
        found[name if name not in found else f"{name} again"] = value
    return found


def evaluate(text: str, language: str, given: dict[str, np.ndarray]) -> np.ndarray:
    """Read each assignment with the parser of formulas and compute it."""
    values: dict[str, Any] = dict(given)
    found = assignments(text, language)
    for name, right in found.items():
        values[name.removesuffix(" again")] = evaluate_tree(parse(right, variables=list(values)), values)
    value = np.asarray(values["value"])
    return np.where(np.isfinite(value), value, np.nan)


@pytest.mark.parametrize("language", ["fortran", "julia"])
@pytest.mark.parametrize("name", ALL)
def test_fortran_and_julia_read_back_to_the_same_values(
    request: pytest.FixtureRequest, name: str, language: str
) -> None:
    discovery, laws = laws_of(request, name)
    given = columns_of(discovery)
    for law in laws:
        text = export_law(law, language)
        head = re.search(r"function \w+\(([^)]*)\)", re.sub(r" &\n\s*& ?", "", text))
        assert head is not None
        used = [n for n in law.input_units if Variable(n) in set(_leaves(law.expression))]
        arguments = dict(zip(head[1].split(", "), (np.asarray(given[n]) for n in used), strict=True))
        np.testing.assert_allclose(evaluate(text, language, arguments), law.predict(given), rtol=1e-12)


@pytest.mark.parametrize("language", ["fortran", "julia"])
def test_random_trees_read_back(language: str) -> None:
    units = {"a": parse_unit("km"), "b": DIMENSIONLESS_UNIT}
    constant = LawConstant("k", 0.7, 0.1, DIMENSIONLESS_UNIT)
    rows = {"a": np.array([1.3e-3, 4.1e-4, -2.0e-4]), "b": np.array([0.4, 1.9, -0.7])}
    for tree in every_tree():
        law = plain_law(tree, units, constants=(constant,))
        text = export_law(law, language)
        if BY_CASES[language] & {node.operator for node in walk(tree) if isinstance(node, Apply)}:
            continue
        np.testing.assert_allclose(
            evaluate(text, language, rows), law.predict(rows), rtol=1e-12, err_msg=text
        )


BY_CASES = {"fortran": {"max", "min", "cbrt", "step"}, "julia": {"step"}}  # are not written as our grammar has them


def in_python(text: str, language: str) -> str:
    """An expression of these languages that holds no power, as Python has it."""
    if language == "fortran":
        return re.sub(r"(?<=[0-9])d(?=[-+0-9])", "e", text).replace(".or.", "or").replace("/=", "!=")
    ternary = re.compile(r"\(([^()?]+) > 0\.0 \? 1\.0 : \1 < 0\.0 \? 0\.0 : 0\.5 \+ \1\)")
    assert ternary.search(text), text
    return ternary.sub(r"(1.0 if \1 > 0.0 else 0.0 if \1 < 0.0 else 0.5 + \1)", text)


@pytest.mark.parametrize("language", ["fortran", "julia"])
@pytest.mark.parametrize("text", ["max(a, b)", "min(-a, b)", "cbrt(a*b)", "step(a)*b", "step(a) - max(b, a)"])
def test_what_is_written_by_cases_has_the_same_values(language: str, text: str) -> None:
    """NaN among the operands too: what the languages' own functions do with it differs."""
    tree = parse(text, variables=["a", "b"])
    if not BY_CASES[language] & {node.operator for node in walk(tree) if isinstance(node, Apply)}:
        return
    code = in_python(to_code(tree, CODE[language]), language)
    known = {
        "merge": lambda yes, no, which: yes if which else no, "sign": math.copysign, "abs": abs, "max": np.maximum,
    }  # fmt: skip
    for a in (-2.0, 0.0, 0.5, math.nan):
        for b in (-1.0, 0.5, math.nan):
            value = eval(code, {"__builtins__": {}, **known}, {"a": a, "b": b})
            np.testing.assert_allclose(value, evaluate_tree(tree, {"a": a, "b": b}), rtol=1e-15, err_msg=code)


@pytest.mark.parametrize("language", ["python", "numpy", "c"])
@pytest.mark.parametrize("text", ["max(a, b)", "min(a, b)", "max(-a, b) + 1", "step(a)*b", "cbrt(a)"])
def test_nan_among_the_operands_stays_nan(tmp_path: Path, language: str, text: str) -> None:
    tree = parse(text, variables=["a", "b"])
    law = plain_law(tree, {"a": DIMENSIONLESS_UNIT, "b": DIMENSIONLESS_UNIT})
    rows = {"a": np.array([-2.0, 0.0, 3.0, np.nan, 1.0]), "b": np.array([1.0, 2.0, -1.0, 1.0, np.nan])}
    used = [rows[name] for name in law.input_units if Variable(name) in set(_leaves(tree))]
    if language == "c":
        values = run_c(export_law(law, "c"), tmp_path, used)
    else:
        values = run_python(export_law(law, language), tmp_path, used, vectorised=language == "numpy")
    np.testing.assert_allclose(values, evaluate_tree(tree, rows), rtol=1e-15)


def test_fortran_keeps_to_the_standard(request: pytest.FixtureRequest) -> None:
    units = {"a": parse_unit("km"), "b": DIMENSIONLESS_UNIT}
    constant = LawConstant("k", 1.0, 0.1, DIMENSIONLESS_UNIT)
    laws = [plain_law(tree, units, constants=(constant,)) for tree in every_tree()]
    texts = [export_law(law, "fortran") for law in laws]
    texts += [export_law(law, "fortran") for name in ALL for law in laws_of(request, name)[1]]
    for text in texts:
        assert max(map(len, text.split("\n"))) <= 132
        for line in re.sub(r" &\n\s*& ?", "", text).split("\n"):
            if not line.lstrip().startswith("!"):
                assert not re.search(r"[-+*/]\s*[-+](?![0-9])", line.replace("**", "^")), line
                assert not re.search(r"(?<![\w.])[0-9]+\.[0-9]*(?![\dd])", line), line  # single precision
        assert text.count("end function") == 1


# ------------------------------------------------------------------------------------------------------ texts


@pytest.mark.parametrize("language", EXPORT_LANGUAGES)
def test_hostile_names_stay_in_their_place(hostile: Discovery, language: str) -> None:
    text = export_law(hostile.front.best, language)
    assert language in EXPORT_SUFFIXES
    if language in ("text", "json"):
        return
    if language == "latex":
        assert "\\input" not in text and "$" not in text.replace(r"\$", "")
        return
    for line in text.split("\n"):
        code = line.split({"c": "/*", "fortran": "!"}.get(language, "#"))[0]
        assert "system" not in code
    assert text.count('"""') in (0, 2)
    assert text.count("*/") == text.count("/*")


def test_text_and_json_say_everything(kepler: Discovery) -> None:
    law = kepler.front.best
    text = export_law(law, "text")
    assert "P = k1*a**(3/2)" in text and "day/au**(3/2)" in text and "a in au" in text
    record = json.loads(export_law(law, "json"))
    assert record["target"] == {"name": "P", "unit": "day"}
    assert record["constants"]["k1"]["value"] == law.constants[0].value
    assert record["train"]["rmse"] == law.train.rmse
    assert export_law(law, "latex").startswith("P = ")


def test_numbers_keep_all_their_digits() -> None:
    value = 6.674300000000001e-11
    law = plain_law(
        parse("G*m", variables=["m"], constants=["G"]),
        {"m": DIMENSIONLESS_UNIT},
        constants=(LawConstant("G", value, 1e-15, DIMENSIONLESS_UNIT, "known"),),
    )
    for language in ("python", "numpy", "c", "julia"):
        assert repr(value) in export_law(law, language)
    assert repr(value).replace("e", "d") in export_law(law, "fortran")


def test_a_law_without_inputs_has_no_arguments(tmp_path: Path) -> None:
    law = plain_law(parse("k", variables=[], constants=["k"]), {"x": DIMENSIONLESS_UNIT},
                    constants=(LawConstant("k", 2.5, 0.1, DIMENSIONLESS_UNIT),))  # fmt: skip
    assert "def y():" in export_law(law, "python")
    assert "double y(void)" in export_law(law, "c")
    assert "function y()" in export_law(law, "julia")
    (tmp_path / "law.py").write_text(export_law(law, "python"))
    run = [sys.executable, "-c", "from law import y; print(y())"]
    done = subprocess.run(run, cwd=tmp_path, check=True, capture_output=True, text=True, timeout=60)
    assert math.isclose(float(done.stdout), 2.5)


def test_names_never_meet() -> None:
    """A column may be called as the target, or as a name that the program needs itself."""
    names = ["value", "x", "x_", "x si", "x_si", "lambda", "NaN", "isfinite", "math", "np", "def", "X"]
    tree: Expression = Variable(names[0])
    for name in names[1:]:
        tree = Apply("+", (tree, Variable(name)))
    law = plain_law(tree, dict.fromkeys(names, parse_unit("km")), target="x", unit=parse_unit("m"))
    given = {name: np.array([float(2**i)]) for i, name in enumerate(names)}
    for language in ("fortran", "julia"):
        text = re.sub(r" &\n\s*& ?", "", export_law(law, language))
        head = re.search(r"function \w+\(([^)]*)\)", text)
        assert head is not None
        arguments = head[1].split(", ")
        assert len({a.lower() if language == "fortran" else a for a in arguments}) == len(names)
        values = evaluate(text, language, dict(zip(arguments, given.values(), strict=True)))
        np.testing.assert_allclose(values, law.predict(given), rtol=1e-12)


def test_an_unknown_language_is_refused(kepler: Discovery) -> None:
    with pytest.raises(ReportError, match="Choose one of: python, numpy, c"):
        export_law(kepler.front.best, "cobol")
    assert kepler.front.best.to("python") == export_law(kepler.front.best, "python")
