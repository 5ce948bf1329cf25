"""Whatever a column is called, a program compiles, and each of its names means one thing."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from symreg.formula.expression import Apply, Constant, Expression, Number, Variable, canonical
from symreg.formula.languages import CODE
from symreg.formula.naming import safe_identifiers
from symreg.formula.operators import OPERATORS
from symreg.laws.exporting import export_law
from symreg.laws.exporting.exporters import EXPORTERS
from symreg.laws.law import Law, LawConstant
from symreg.units.reading import DIMENSIONLESS_UNIT, parse_unit
from tests.exported import RUNTIMES, TESTED, call_of, disagreements, run
from tests.miniatures import plain_law
from tests.strategies import CONSTANTS, HOSTILE_NAMES, VARIABLES, expressions, names

PROGRAMS = (*RUNTIMES, "julia")
each_language = pytest.mark.parametrize("language", TESTED)

C_NAMES = """
    M_E M_PI M_PI_2 M_1_PI M_2_SQRTPI M_LN2 M_SQRT2 M_SQRT1_2 M_LOG10E M_El M_PIf M_2_PIf64 M_Ef32x HUGE_VAL
    HUGE_VALF FP_NAN FP_ZERO FP_INFINITE FP_ILOGB0 FP_FAST_FMA FP_INT_UPWARD MATH_ERRNO MATH_ERREXCEPT
    math_errhandling signgam NAN INFINITY NULL RAND_MAX MAXFLOAT BIG_ENDIAN unix linux typeof asm inline
    restrict isnan isinf isfinite signbit fpclassify isgreater j0 j1 jn y0 y1 yn gamma lgamma erf hypot fmin fma
    pow fabs absf expf sqrtl printf malloc abs div index time clock remove rename signal write read main exit
    rand random system free memcpy strlen putchar atan2 floor nan logb drem scalb significand finite pow10 exp10
    and or xor not bitand compl class new delete this template operator typename namespace std nullptr constexpr
    char8_t requires concept co_await true false bool wchar_t alignas errno
"""
OTHERS = """
    lambda None True print in is self def math np numpy _exp _power exp log sqrt max min sum len id type input
    range eval function subroutine program module end if then else do while call return result real integer
    logical double precision intent data format open close print stop value kind merge sign dble block associate
    select where elemental ieee_value begin baremodule mutable struct let try catch isa NaN Inf float isinf
    ieee_power problem rethrow local global outer endfunction otherwise unwind_protect persistent parfor ans
    nargin varargout double isreal mod fix nthroot ieee_within repeat next break TRUE FALSE NA NA_real_ c t q T
    F ifelse pmax pmin suppressWarnings is_finite data_frame var const await async yield arguments enum
    implements interface package private protected public static super typeof undefined Infinity Math Number
    export import instanceof debugger delete void with number fn mut impl trait crate match loop move ref pub
    use unsafe dyn Self Some Ok Err f64 None box gen override unsized
"""
ODD = (
    "a b", "a_b", "a-b", "a b_", "A_B", "A", "a", "T", "t", "t si", "t_si", "T_SI", "x", "X", "x_", "y", "Y", "", " ",
    "_", "__", "1", "2x", "日本", "Ω", "ω", "λ", "Δx", "é", "e", "x²", "ﬁ", "☀️", "q" * 200, "q" * 199 + "r",
    "Q" * 200, "w" * 63, "W" * 63, "w" * 50 + "_2", "__init__", "_private", "trailing_", "double__underscore",
)  # fmt: skip
EVERY_NAME = tuple(dict.fromkeys([*C_NAMES.split(), *OTHERS.split(), *ODD, *HOSTILE_NAMES]))


def sum_of(columns: list[str], target: str = "y") -> Law:
    """A law in which every column has a weight of its own: no two can be taken for each other."""
    tree: Expression = Number(1)
    for i, name in enumerate(columns):
        tree = Apply("+", (tree, Apply("*", (Number(i + 2), Variable(name)))))
    units = {name: parse_unit("km") if i % 3 == 0 else DIMENSIONLESS_UNIT for i, name in enumerate(columns)}
    return plain_law(canonical(tree), units, target=target)


@each_language
@pytest.mark.parametrize("target", ["y", "M_E", "lambda"])
def test_any_name_may_be_an_input(tmp_path: Path, language: str, target: str) -> None:
    law = sum_of(list(EVERY_NAME), target)
    draw = np.random.default_rng(1)
    columns = {name: draw.uniform(1.0, 2.0, 3) for name in EVERY_NAME}
    values = run(language, [law], columns, tmp_path)
    assert not disagreements(law, columns, values[0])
    np.testing.assert_allclose(values[0], law.predict(columns), rtol=1e-12)


@each_language
def test_any_name_may_be_the_target(tmp_path: Path, language: str) -> None:
    """Each is its only input, too; what is cleaned to the same name cannot stand in one program."""
    laws = [sum_of([name], target=name) for name in EVERY_NAME]
    functions = [call_of(law, language, list(EVERY_NAME)).function.lower() for law in laws]
    alone = [law for i, law in enumerate(laws) if functions[i] not in functions[:i]]
    assert len(alone) > 0.8 * len(laws)
    columns = {name: np.array([1.5, 2.5]) for name in EVERY_NAME}
    for law, values in zip(alone, run(language, alone, columns, tmp_path), strict=True):
        np.testing.assert_allclose(values, law.predict(columns), rtol=1e-15)


@each_language
def test_any_name_may_be_a_constant(tmp_path: Path, language: str) -> None:
    tree: Expression = Variable("x")
    for name in EVERY_NAME:
        tree = Apply("+", (tree, Apply("*", (Variable("x"), Variable("x") if name == "x" else Constant(name)))))
    names_of_constants = [name for name in EVERY_NAME if name != "x"]
    constants = tuple(LawConstant(name, 1.0 + i, 0.5, DIMENSIONLESS_UNIT) for i, name in enumerate(names_of_constants))
    law = plain_law(tree, {"x": DIMENSIONLESS_UNIT}, constants=constants)
    columns = {"x": np.array([1.0, 2.0])}
    np.testing.assert_allclose(run(language, [law], columns, tmp_path)[0], law.predict(columns), rtol=1e-12)


# ----------------------------------------------------------------------- every language, also without a compiler

COMMENTS = {"c": r"/\*.*?\*/", "fortran": r"![^\n]*", "octave": r"%[^\n]*", "python": r'"""(?s:.*?)"""|#[^\n]*'}
COMMENTS |= {name: COMMENTS["python"] + r'|"[^"\n]*"(?!\])' for name in ("torch", "jax")}
COMMENTS |= {"numpy": COMMENTS["python"], "r": r"#[^\n]*", "julia": r"#[^\n]*"}
WRITTEN = {
    "python": """
        import math def try except ValueError OverflowError ZeroDivisionError return if else nan isfinite
        value copysign inf and or None divided power
    """,
    "numpy": """
        import numpy as np def with errstate all ignore asarray dtype float return where isfinite nan value
        float64 power maximum minimum heaviside arcsin arccos arctan
    """,
    "jax": """
        import jax numpy as jnp UNITS PARAMETERS def parameters asarray float return where isfinite nan value
        power maximum minimum heaviside arcsin arccos arctan
    """,
    "torch": """
        import torch UNITS class nn Module def init__ self super Parameter tensor dtype float64 forward float isnan
        sign return where isfinite nan value pow maximum minimum arcsin arccos arctan
    """,
    "c": """
        include math h double void value return isfinite NAN
    """,
    "cpp": """
        include cmath double value return std isfinite NAN
    """,
    "fortran": """
        elemental function result value use intrinsic ieee_arithmetic only ieee_is_finite ieee_quiet_nan
        ieee_value ieee_positive_inf ieee_negative_inf implicit none double precision intent in if not or
        merge sign end
    """,
    "julia": """
        function value try catch problem isa DomainError rethrow NaN end return isfinite float ieee_power
        isinf isinteger
    """,
    "octave": """
        function value double isfinite NaN end ieee_within ieee_power ieee_max ieee_min Inf nthroot sign low
        high mod fix isnan
    """,
    "r": """
        function as double suppressWarnings ifelse is finite value NaN ieee_power special infinite floor na
        pmax pmin sign
    """,
    "javascript": """
        export function const let value return Number isFinite NaN Math ieee_power Infinity
    """,
    "rust": """
        allow non_snake_case unused_parens pub fn f64 let value if is_finite else NAN powf ln is_nan
    """,
}
"""Words that a program has of its own, beside functions of mathematics."""

RESERVED = {
    "python": """
        False None True and as assert async await break class continue def del elif else except finally for
        from global if import in is lambda nonlocal not or pass raise return try while with yield math
    """,
    "c": """
        auto break case char const continue default do double else enum extern float for goto if inline int
        long register restrict return short signed sizeof static struct switch typedef union unsigned void
        volatile while M_E M_PI NAN HUGE_VAL INFINITY isnan typeof asm bool true false linux unix
    """,
    "cpp": """
        alignas and asm bool case catch class compl concept const consteval constexpr co_await decltype
        delete dynamic_cast explicit export friend mutable namespace new noexcept not nullptr operator or
        private protected public requires static_assert template this throw try typeid typename using
        virtual wchar_t xor std M_PI
    """,
    "fortran": "",
    "julia": """
        baremodule begin break catch const continue do else elseif end export false finally for function
        global if import let local macro module quote return struct true try using while
    """,
    "octave": """
        break case catch continue do else elseif end end_try_catch endfor endfunction endif endwhile for
        function global if otherwise persistent return switch try until unwind_protect while parfor classdef
    """,
    "r": """
        if else repeat while function for next break TRUE FALSE NULL Inf NaN NA NA_integer_ NA_real_
        NA_character_ in
    """,
    "javascript": """
        await break case catch class const continue debugger default delete do else enum export extends
        false finally for function if implements import in instanceof interface let new null package private
        protected public return static super switch this throw true try typeof var void while with yield
        arguments eval Math NaN Infinity
    """,
    "rust": """
        Self abstract as async await become box break const continue crate do dyn else enum extern false
        final fn for if impl in let loop macro match mod move mut override priv pub ref return self static
        struct super trait true try type typeof unsafe unsized use virtual where while yield Some None Ok
        Err f64
    """,
}
RESERVED["numpy"] = RESERVED["python"] + " np"
RESERVED["jax"] = RESERVED["python"] + " jnp parameters"
RESERVED["torch"] = RESERVED["python"] + " torch self forward training buffers"
RESERVED["cpp"] += " " + RESERVED["c"].replace("restrict", "")


def code_of(text: str, language: str) -> str:
    """A program without its comments."""
    return re.sub(COMMENTS.get(language, r"//[^\n]*"), "", text, flags=re.DOTALL if language == "c" else 0)


def check(text: str, law: Law, language: str) -> None:
    """Brackets close, lines end in time, and no word is there but the names of the law and those of the language."""
    code = code_of(text, language)
    for pair in ("()", "[]", "{}"):
        assert code.count(pair[0]) == code.count(pair[1]), text
    assert code.isascii()
    if language == "fortran":
        assert max(map(len, text.splitlines())) <= 132
        code = re.sub(r" &\n\s*& ?", "", code)
    function = call_of(law, language, list(law.input_units)).function
    if language == "torch":
        code = re.sub(r"def forward\(self(?:, )?", f"def {function}(", code.replace(f"class {function}(", "class ("))
    head = re.search(rf"(?<!\w)({function})(?: <- function)?\(([^)]*)\)", code)
    assert head is not None
    given = "" if language == "c" and head[2] == "void" else head[2]
    given = re.sub("^parameters(?:, )?", "", given) if language == "jax" else given
    arguments = [one.split(":")[0].split()[-1] for one in given.split(",") if one.strip()]
    assigned = re.findall(r"^\s*(?:const |let )?(\w+) (?:=|<-) (?!function)", code, re.MULTILINE)
    apart = (*arguments, "value", "UNITS", "PARAMETERS")
    own = [head[1], *arguments, *dict.fromkeys(n for n in assigned if n not in apart)]
    fold = str.lower if language == "fortran" else str
    assert len(set(map(fold, [*own, "value"]))) == len(own) + 1, own
    for name in own:
        assert re.fullmatch("[A-Za-z][A-Za-z0-9_]{0,62}", name), name
        assert name not in RESERVED[language].split(), name
    words = set(re.findall(r"[A-Za-z_]\w*", re.sub(r"\b\d[\w.]*(?:(?<=[de])[-+]\d+)?", "", code)))
    known = {*WRITTEN[language].split(), *own, *OPERATORS, "fabs", "x", "y"}
    assert {word for word in words if word.lstrip("_") not in known} == set(), text


@given(
    st.lists(names(), min_size=3, max_size=3, unique=True),
    st.lists(names(), min_size=2, max_size=2, unique=True),
    names(),
    expressions(max_leaves=8),
)
@example(["T", "t", "t si"], ["M_E", "k"], "t", Variable("x"))
@example(["q" * 200, "q" * 199, "Q" * 200], ["日本", ""], "q" * 200, Variable("x"))
@settings(deadline=None, max_examples=25)
def test_programs_are_made_of_known_words(
    variables: list[str], constants: list[str], target: str, expression: Expression
) -> None:
    constants = [name + " 2" if name in variables else name for name in constants]
    renamed = dict(zip((*VARIABLES, *CONSTANTS), (*variables, *constants), strict=True))
    tree = canonical(_renamed(expression, renamed))
    units = [parse_unit("km"), parse_unit("degC"), DIMENSIONLESS_UNIT]
    law = plain_law(
        tree,
        dict(zip(variables, units, strict=True)),
        target=target,
        unit=parse_unit("h"),
        constants=tuple(LawConstant(name, 2.5e-7, 0.1, DIMENSIONLESS_UNIT) for name in dict.fromkeys(constants)),
    )
    for language in PROGRAMS:
        check(export_law(law, language), law, language)


def _renamed(tree: Expression, names: dict[str, str]) -> Expression:
    if isinstance(tree, Apply):
        return Apply(tree.operator, tuple(_renamed(one, names) for one in tree.arguments))
    return tree if isinstance(tree, Number) else type(tree)(names[tree.name])


@pytest.mark.parametrize("language", PROGRAMS)
def test_every_odd_name_is_spelled_with_known_words(language: str) -> None:
    for target in ("y", "M_E", "write", "日本", "q" * 200):
        law = sum_of(list(EVERY_NAME), target)
        check(export_law(law, language), law, language)


def test_a_name_keeps_its_spelling_where_it_can() -> None:
    assert list(safe_identifiers(["M_S", "time", "I", "M_E"], CODE["c"]).values()) == ["M_S", "time", "I", "M_E_"]
    assert safe_identifiers(["time"], CODE["c"], functions=["time"]) == {"time": "time_"}
    assert safe_identifiers(["T", "t", "Index"], CODE["fortran"], functions=["Index"]) == {
        "T": "T", "t": "t_", "Index": "Index_",
    }  # fmt: skip


@pytest.mark.parametrize("language", PROGRAMS)
def test_a_comment_of_one_long_word_ends(language: str) -> None:
    """Cutting it at its only blank, again and again, never came to an end."""
    name = "x" * 200
    law = sum_of([name], target="v" * 200)
    text = export_law(law, language)
    assert text.replace("\n! ", "").replace("\n!", "").count(name) >= 1 or language == "fortran"
    check(text, law, language)


def test_all_languages_are_here() -> None:
    """A formula of a cell and a function without numbers that are none have files of their own."""
    assert set(PROGRAMS) == set(EXPORTERS) - {"excel", "modelica", "latex", "siunitx", "text", "json"}
