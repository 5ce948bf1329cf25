"""Octave, and MATLAB: one function of arrays in a file, with what it needs below it.

Roots and logarithms turn complex there outside of their domain, and max and min pass over NaN.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from symreg.formula import FUNCTION_NAMES, Apply, Form, Language, Precedence, has_whole_exponent, words_of
from symreg.laws.exporting.program import indented, program_of
from symreg.laws.law import Law

_WORDS: Final = """
    arguments break case catch classdef continue do else elseif end end_try_catch end_unwind_protect endclassdef
    endenumeration endevents endfor endfunction endif endmethods endparfor endproperties endspmd endswitch
    endwhile enumeration events for function global if methods otherwise parfor persistent properties return
    spmd switch try until unwind_protect unwind_protect_cleanup while Inf NaN ans double fix isfinite isnan mod
    nargin nargout nthroot sign varargin varargout
"""
_FUNCTIONS: Final = """
    accumarray all any arrayfun cat ceil cell cellfun char class clock columns cross cumsum date deal det diag
    diff disp display dot eig end error eval exist exit eye false feval fieldnames find fprintf func2str gamma
    gammaln getfield hypot imag index inline input inputname inv ischar iscell isempty isequal isfield islogical
    isnumeric isreal isspace kron length linspace load logical lower mat2str max mean median method methods min
    mode ndims norm not num2str numel ones plot power print printf prod quit rand randn rank real regexp rem
    repmat reshape round rows save scale set single size sort sprintf std strcat strcmp strfind strrep strsplit
    struct sum system test tic time times toc tolower trace true type upper var version warning which who write
    xor zeros
"""
_FREE: Final = (Precedence.ANYTHING, Precedence.ANYTHING)
_PRODUCT, _POWER, _ATOM = Precedence.PRODUCT, Precedence.POWER, Precedence.ATOM


def _call(template: str) -> Form:
    return Form(template, _ATOM, _FREE)


def _power(node: Apply) -> Form | None:
    return _call("ieee_power({0}, {1})") if node.operator == "pow" and not has_whole_exponent(node) else None


OCTAVE: Final = Language(
    "octave",
    "julia",
    FUNCTION_NAMES | words_of(_WORDS),
    functions=words_of(_FUNCTIONS),
    own={
        "*": Form("{0}.*{1}", _PRODUCT, (_PRODUCT, Precedence.SIGN)),
        "/": Form("{0}./{1}", _PRODUCT, (_PRODUCT, Precedence.SIGN)),
        "inv": Form("1.0./{0}", _PRODUCT, (_POWER,)),
        "pow": Form("{0}.^{1}", _POWER, (_ATOM, _ATOM)),
        "square": Form("{0}.^2", _POWER, (_ATOM,)),
        "cube": Form("{0}.^3", _POWER, (_ATOM,)),
        "sqrt": _call("sqrt(ieee_within({0}, 0, Inf))"),
        "log": _call("log(ieee_within({0}, 0, Inf))"),
        "log10": _call("log10(ieee_within({0}, 0, Inf))"),
        "asin": _call("asin(ieee_within({0}, -1, 1))"),
        "acos": _call("acos(ieee_within({0}, -1, 1))"),
        "max": _call("ieee_max({0}, {1})"),
        "min": _call("ieee_min({0}, {1})"),
        "cbrt": _call("nthroot({0}, 3)"),
        "step": _call("(0.5 + 0.5*sign({0}))"),
    },
    chosen=_power,
)
_HELPERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ieee_within": """function x = ieee_within(x, low, high)
    % NaN outside of a domain, where the value would be complex.
    x(x < low | x > high) = NaN;
end
""",
        "ieee_power": """function value = ieee_power(x, y)
    % Real powers, NaN where there is none.
    value = abs(x).^y;
    value = value.*(1 - 2*((x < 0 | 1./x == -Inf) & mod(y, 2) == 1));
    value(x < 0 & isfinite(x) & fix(y) ~= y) = NaN;
end
""",
        "ieee_max": """function value = ieee_max(x, y)
    % NaN where one of both is.
    value = max(x, y);
    value(isnan(x) | isnan(y)) = NaN;
end
""",
        "ieee_min": """function value = ieee_min(x, y)
    % NaN where one of both is.
    value = min(x, y);
    value(isnan(x) | isnan(y)) = NaN;
end
""",
    }
)


def octave(law: Law) -> str:
    """The law in Octave, and in MATLAB from R2016b."""
    program = program_of(law, OCTAVE)
    given = [f"{name} = double({name});" for name in program.arguments]
    steps = indented([*given, *program.steps(";", "%"), "value(~isfinite(value)) = NaN;"])
    helpers = "".join("\n" + text for name, text in _HELPERS.items() if f"{name}(" in program.formula)
    head = f"function value = {program.function}({', '.join(program.arguments)})"
    return f"{program.comment('%')}{head}\n{steps}end\n{helpers}"
