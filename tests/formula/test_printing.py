"""Text, LaTeX and code: few parentheses, all digits, no stranger's TeX and no keyword."""

from __future__ import annotations

import keyword
from fractions import Fraction

import pytest

from symreg.formula.expression import Apply, Constant, Expression, Number, Variable
from symreg.formula.grammar import parse
from symreg.formula.languages import CODE
from symreg.formula.naming import is_safe_symbol, latex_name, quoted, safe_identifiers, tex_escaped
from symreg.formula.printing import to_code, to_latex, to_python, to_text

COLUMNS = (
    "x",
    "y",
    "z",
    "a",
    "m",
    "v",
    "c",
    "T_0",
    "T_hot",
    "gamma",
    "beta",
    "theta1",
    "lambda",
    "exp",
    "mass",
)


def read(text: str) -> Expression:
    return parse(text, variables=COLUMNS, constants=["k", "E"])


@pytest.mark.parametrize(
    "text",
    [
        "x + y + z",
        "x + (y + z)",
        "x - y - z",
        "x - (y - z)",
        "x - (y + z)",
        "x*y*z",
        "x*(y*z)",
        "x/y/z",
        "x/(y*z)",
        "x/(y/z)",
        "x*y/z",
        "(x + y)*z",
        "x*(y + z)",
        "x + y*z",
        "-x",
        "-(-x)",
        "-x*y",
        "-(x*y)",
        "-(x + y)",
        "x*(-y)",
        "x + (-y)",
        "x - (-2)",
        "-2*x",
        "x**2",
        "-x**2",
        "(-x)**2",
        "(-2)**2",
        "(x + y)**2",
        "(x**2)**3",
        "x**(-2)",
        "x**(3/2)",
        "x**y**z",
        "(x**y)**z",
        "x**(y + 1)",
        "x**(-y)",
        "(3/2)**x",
        "3/2*x",
        "-3/2*x",
        "x*(3/2)",
        "1/x",
        "1/x**2",
        "1/(x*y)",
        "1/(1/x)",
        "x*(1/y)",
        "1/x*y",
        "sqrt(x + y)",
        "sqrt(-x)",
        "sin(x)**2",
        "exp(-x**2/2)",
        "abs(x - y)",
        "k*a**(3/2)",
        "m*c**2/sqrt(1 - v**2/c**2)",
        "6.674e-11*m*a/x**2",
        "0.1*x",
        "0.3048*x",
        "1.23456789012345*x",
        "1e+300*x",
        "exp(`exp`)",
        "lambda*E",
    ],
)
def test_text_has_no_parenthesis_too_many(text: str) -> None:
    assert to_text(read(text)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(3, 2), "3/2"),
        (Fraction(1, 10), "0.1"),
        (Fraction(1, 3), "1/3"),
        (Fraction(1, 7919), "1/7919"),
        (Fraction(5, 16), "5/16"),
        (6.674e-11, "6.674e-11"),
        (6.62607015e-34, "6.62607015e-34"),
        (0.1 + 0.2, "0.30000000000000004"),
        (299792458.0, "299792458.0"),
        (Fraction(299792458), "299792458"),
        (-1.5, "-3/2"),
        (1e22, "1e+22"),
        (5e-324, "5e-324"),
        (-0.0, "0"),
    ],
)
def test_numbers_keep_every_digit(value: Fraction | float, text: str) -> None:
    assert to_text(Number(value)) == text


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("k*a**(3/2)", r"k \, a^{3/2}"),
        ("x/y", r"\frac{x}{y}"),
        ("1/x", r"\frac{1}{x}"),
        ("(x/y)**2", r"\left(\frac{x}{y}\right)^{2}"),
        ("(x**2)**3", r"\left(x^{2}\right)^{3}"),
        ("x**y**z", r"x^{y^{z}}"),
        ("(x + y)*z", r"\left(x + y\right) \, z"),
        ("x*(y + z)", r"x \cdot \left(y + z\right)"),
        ("x*2", r"x \cdot 2"),
        ("x*(y/z)", r"x \cdot \frac{y}{z}"),
        ("x + (y + z)", "x + y + z"),
        ("x - (y + z)", r"x - \left(y + z\right)"),
        ("x + (-y)", r"x + \left(-y\right)"),
        ("-(x*y)", r"-x \, y"),
        ("sqrt(x + 1)", r"\sqrt{x + 1}"),
        ("exp(-x)", r"\exp\left(-x\right)"),
        ("log(x)", r"\ln\left(x\right)"),
        ("log10(x)", r"\log_{10}\left(x\right)"),
        ("asin(x)", r"\arcsin\left(x\right)"),
        ("abs(x)", r"\left|x\right|"),
        ("max(x, y + z)", r"\max\left(x, y + z\right)"),
        ("cbrt(x - y)", r"\sqrt[3]{x - y}"),
        ("step(x - y)", r"\operatorname{step}\left(x - y\right)"),
        ("6.674e-11*x", r"6.674 \times 10^{-11} \, x"),
        ("-3/2*x", r"-\frac{3}{2} \, x"),
        ("T_0**2*T_hot", r"T_{0}^{2} \, T_{\mathrm{hot}}"),
        ("gamma*beta*lambda*theta1", r"\gamma \, \beta \, \lambda \, \theta_{1}"),
        ("mass*c**2", r"\mathrm{mass} \, c^{2}"),
        ("m*c**2/sqrt(1 - v**2/c**2)", r"\frac{m \, c^{2}}{\sqrt{1 - \frac{v^{2}}{c^{2}}}}"),
    ],
)
def test_latex(text: str, latex: str) -> None:
    assert to_latex(read(text)) == latex


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        ("x", "x"),
        ("x1", "x_{1}"),
        ("T_0", "T_{0}"),
        ("k_B", "k_{B}"),
        ("epsilon_0", r"\epsilon_{0}"),
        ("T_hot_in", r"T_{\mathrm{hot},\mathrm{in}}"),
        ("hbar", r"\hbar"),
        ("r_p_A", "r_{p,A}"),
        ("EA_B", r"\mathrm{EA}_{B}"),
        ("semi_major_axis", r"\text{semi-major-axis}"),
        ("delta_E_RS_minus_ZB", r"\text{delta-E-RS-minus-ZB}"),
        ("λ", r"\lambda"),
        ("Δx", r"\text{$\Delta$x}"),
        ("H2O", r"\mathrm{H2O}"),
        ("", r"\text{}"),
        ("_", r"\text{\_}"),
        ("a b", r"\text{a b}"),
        (r"\input{/etc/passwd}", r"\text{\textbackslash{}input\{/etc/passwd\}}"),
        ("^^5cinput", r"\text{\textasciicircum{}\textasciicircum{}5cinput}"),
        ("a$b%c#d&e~f", r"\text{a\$b\%c\#d\&e\textasciitilde{}f}"),
        ("<script>", r"\text{\textless{}script\textgreater{}}"),
        ("x\ny", r"\text{xU+000Ay}"),
        ("🙂", r"\text{U+1F642}"),
        ("café", r"\text{café}"),
        ("x_}", r"\text{x\_\}}"),
    ],
)
def test_names_in_latex(name: str, latex: str) -> None:
    assert latex_name(name) == latex


def test_text_in_latex_is_escaped() -> None:
    assert tex_escaped("5 % of μ_0 & more") == r"5 \% of $\mu$\_0 \& more"


@pytest.mark.parametrize("symbol", [r"T_{\odot}", "x^{*}", r"\dot{m}", r"\mathrm{km}", "a_1", r"\hat{x}_{0}"])
def test_symbols_of_the_caller(symbol: str) -> None:
    assert is_safe_symbol(symbol)
    assert symbol in to_latex(Variable("x"), {"x": symbol})


@pytest.mark.parametrize(
    "symbol",
    ["", r"\input{x}", r"\write18{x}", "}{", "{", "^^5cinput", "$x$", "%", "#1", "&", "~", "_",
     r"\inputlambda", r"\def\x{}",
     r"\csname x\endcsname", "x\n", "\\", r"\href{x}{y}", "<b>", "x" * 101, "x^", r"\\"],
)  # fmt: skip
def test_symbols_that_are_more_than_symbols_are_not_used(symbol: str) -> None:
    assert not is_safe_symbol(symbol)
    assert to_latex(Variable("T_0"), {"T_0": symbol}) == "T_{0}"


def test_a_symbol_with_a_superscript_is_a_group() -> None:
    assert to_latex(read("x**2"), {"x": "x^{*}"}) == "{x^{*}}^{2}"


@pytest.mark.parametrize(
    ("text", "math", "numpy"),
    [
        ("k*a**(3/2)", "k*math.pow(a, 3/2)", "k*a**(3/2)"),
        ("x**2", "x**2", "x**2"),
        ("x**-4", "x**(-4)", "x**(-4)"),
        ("(-8)**(1/3)", "math.pow(-8, 1/3)", "np.power(-8, 1/3)"),
        ("1/x", "1/x", "1/x"),
        ("asin(x)", "math.asin(x)", "np.arcsin(x)"),
        ("abs(x)", "abs(x)", "np.abs(x)"),
        ("max(x, -y)", "(x if x > (-y) or x != x else (-y))", "np.maximum(x, -y)"),
        ("min(x, y)*2", "(x if x < y or x != x else y)*2", "np.minimum(x, y)*2"),
        ("cbrt(x)", "math.cbrt(x)", "np.cbrt(x)"),
        (
            "step(x - y)", "(1.0 if (x - y) > 0 else 0.0 if (x - y) < 0 else 0.5 + (x - y))",
            "np.heaviside(x - y, 0.5)",
        ),
        ("lambda*exp(exp)", "lambda_*math.exp(exp_)", "lambda_*np.exp(exp_)"),
        ("6.674e-11*x", "6.674e-11*x", "6.674e-11*x"),
    ],
)
def test_python(text: str, math: str, numpy: str) -> None:
    assert to_python(read(text)) == math
    assert to_python(read(text), "numpy") == numpy


@pytest.mark.parametrize(
    ("text", "c", "fortran", "julia"),
    [
        ("x**2", "pow(x, 2.0)", "x**2", "x^2"),
        ("1/x**3", "1.0/pow(x, 3.0)", "1.0d0/x**3", "1/x^3"),
        ("x**(3/2)", "pow(x, 3.0/2.0)", "x**(3.0d0/2.0d0)", "x^(3.0/2.0)"),
        ("x**-4", "pow(x, -4.0)", "x**(-4)", "x^(-4)"),
        ("2*x", "2.0*x", "2.0d0*x", "2.0*x"),
        ("6.674e-11*x", "6.674e-11*x", "6.674d-11*x", "6.674e-11*x"),
        ("x*(-y)", "x*(-y)", "x*(-y)", "x*(-y)"),
        ("-(-x)", "-(-x)", "-(-x)", "-(-x)"),
        ("abs(x)", "fabs(x)", "abs(x)", "abs(x)"),
        (
            "max(x, y)", "(x > y || x != x ? x : y)", "merge(x, y, x > y .or. x /= x)", "max(x, y)",
        ),
        ("cbrt(x)", "cbrt(x)", "sign(abs(x)**(1.0d0/3.0d0), x)", "cbrt(x)"),
        (
            "step(x)", "(x > 0.0 ? 1.0 : x < 0.0 ? 0.0 : 0.5 + x)",
            "merge(1.0d0, merge(0.0d0, 0.5d0 + x, x < 0.0d0), x > 0.0d0)",
            "(x > 0.0 ? 1.0 : x < 0.0 ? 0.0 : 0.5 + x)",
        ),
        ("gamma + E", "gamma_ + E", "gamma + E", "gamma + E"),
    ],
)
def test_other_languages(text: str, c: str, fortran: str, julia: str) -> None:
    expression = read(text)
    assert [to_code(expression, CODE[language]) for language in ("c", "fortran", "julia")] == [c, fortran, julia]


def test_identifiers_are_never_alike_and_never_reserved() -> None:
    spelled = safe_identifiers(
        ["a b", "a_b", "a-b", "", "1", "λ", "lambda", "__import__", "é", "🙂", "exp", "x" * 99]
    )
    assert list(spelled.values()) == [
        "a_b", "a_b_", "a_b_2", "x", "x1", "lambda_", "lambda_2", "import_", "e", "x_", "exp_", "x" * 50
    ]  # fmt: skip
    assert not any(keyword.iskeyword(name) for name in spelled.values())
    assert safe_identifiers(["T", "t"], CODE["fortran"]) == {"T": "T", "t": "t_"}
    assert safe_identifiers(["int", "y0", "end"], CODE["c"]) == {"int": "int_", "y0": "y0_", "end": "end"}


def test_the_caller_may_spell_the_names() -> None:
    assert to_python(read("x*k"), names={"x": "row[0]", "k": "p[0]"}) == "row[0]*p[0]"


@pytest.mark.parametrize(
    ("name", "text"),
    [("x", "x"), ("exp", "`exp`"), ("a b", "`a b`"), ("`", r"`\``"), ("\\", r"`\\`"), ("\n", r"`\n`"),
     ("", "``"), ("\x1b", r"`\u00001b`"), ("\U0010ffff", r"`\u10ffff`"), ("é", "é"), ("lambda", "lambda"),
     ("=cmd()", "`=cmd()`")],
)  # fmt: skip
def test_quoted_names(name: str, text: str) -> None:
    assert quoted(name) == text


def test_a_very_deep_tree_is_printed_without_recursion() -> None:
    tree: Expression = Constant("k")
    for _ in range(2000):
        tree = Apply("sin", (tree,))
    assert to_text(tree).startswith("sin(sin(")
    assert to_latex(tree).endswith(r"\right)")
