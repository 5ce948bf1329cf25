"""Programming languages, as far as formulas need them: what they have of their own beside the operators' table.

Those that are a column of that table are here; others, which are like one of these, stand with their exports
(``laws/exporting``).
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from symreg.formula.expression import Apply, Constant, Number, Variable, walk
from symreg.formula.forms import ATOM, FREE, POWER, Form
from symreg.formula.operators import FUNCTION_NAMES, OPERATORS

_WHOLE_BELOW: Final = 2**31
"""Whole exponents of this size and more are written with a decimal point: no integer of Fortran's holds them."""

_CALL: Final = re.compile(r"[a-z]\w*\(")


@dataclass(frozen=True, slots=True)
class Language:
    """A programming language.

    ``column`` is the language of the operators' table that it is like. Operators which it writes in another form
    have it in ``own``; where the form depends on the operands ``chosen`` gives it, or None. What is left of the column
    and is a call gets the ``prefix``. No name may be one of ``words`` or match ``macros`` (that match nothing with a
    line at its end, so that there is a way out), and a function's none of ``functions`` either: an argument hides a
    function, another function clashes with it. ``literal`` spells a float that is given as Python prints it. Where
    ``only_floats`` is set every number is one, so that 3/2 is not cut to 1, and where ``whole_exponents`` is, all but
    whole exponents: other ones are undefined over a negative base.
    """

    name: str
    column: str
    words: frozenset[str] = field(repr=False)
    functions: frozenset[str] = field(default=frozenset(), repr=False)
    macros: str = field(default="(?!)", repr=False)
    own: Mapping[str, Form] = field(default_factory=dict, repr=False)
    prefix: str = ""
    chosen: Callable[[Apply], Form | None] = field(default=lambda node: None, repr=False)
    literal: Callable[[str], str] = field(default=str, repr=False)
    only_floats: bool = True
    whole_exponents: bool = True
    ignores_case: bool = False

    def form(self, node: Apply) -> Form:
        """Return how this language writes the operator of the node."""
        if (form := self.chosen(node)) is not None:
            return form
        if node.operator in self.own:
            return self.own[node.operator]
        form = OPERATORS[node.operator].form(self.column)
        if self.prefix and _CALL.match(form.template):
            return Form(self.prefix + form.template, form.precedence, form.operands)
        return form

    def has_taken(self, name: str, *, is_function: bool = False) -> bool:
        """Return whether a name means something else in this language."""
        return name in self.words or (is_function and name in self.functions) or bool(re.fullmatch(self.macros, name))


def words_of(text: str) -> frozenset[str]:
    """Return the words of a list."""
    return frozenset(text.split())


_C_MATHS: Final = """
    acos acosh asin asinh atan atan2 atanh cbrt ceil copysign cos cosh drem erf erfc exp exp10 exp2 expm1 fabs
    fdim finite floor fma fmax fmin fmod frexp gamma hypot ilogb isinf isnan j0 j1 jn ldexp lgamma llrint
    llround log log10 log1p log2 logb lrint lround modf nan nearbyint nextafter nexttoward pow pow10 remainder
    remquo rint round scalb scalbln scalbn significand sin sincos sinh sqrt tan tanh tgamma trunc y0 y1 yn
"""
_C_WORDS: Final = """
    alignas alignof asm auto bool break case char const constexpr continue default do double else enum extern
    false float for goto if inline int long nullptr register restrict return short signed sizeof static
    static_assert struct switch thread_local true typedef typeof typeof_unqual union unsigned void volatile
    while
    and and_eq bitand bitor char16_t char32_t char8_t class compl concept const_cast consteval constinit
    co_await co_return co_yield catch decltype delete dynamic_cast explicit export friend mutable namespace new
    noexcept not not_eq operator or or_eq private protected public reinterpret_cast requires static_cast std
    template this throw try typeid typename using virtual wchar_t xor xor_eq
    NULL NAN INFINITY EOF RAND_MAX MAXFLOAT DOMAIN SING OVERFLOW UNDERFLOW PLOSS TLOSS BIG_ENDIAN LITTLE_ENDIAN
    PDP_ENDIAN BYTE_ORDER EDOM ERANGE EXIT_SUCCESS EXIT_FAILURE NFDBITS errno assert alloca main signgam
    math_errhandling fpclassify isfinite isnormal isgreater isgreaterequal isless islessequal islessgreater
    isunordered issignaling issubnormal iszero signbit lgamma_r unix linux i386 sun mips sparc vax sgi hpux pixar arm
    m68k ppc powerpc
"""
_C_FUNCTIONS: Final = """
    abort abs access alarm asctime atexit atof atoi atol atoll basename bcmp bcopy bind bsearch bzero calloc
    chdir clearerr clock close connect ctime difftime div drand48 dup erand48 exit exec fclose fdopen feof
    ferror fflush ffs fgetc fgets fopen fork fputc fputs fread free freopen fscanf fseek ftell fwrite getc
    getchar getenv gets getw gmtime index initstate isalnum isalpha isascii isblank iscntrl isdigit isgraph
    islower isprint ispunct isspace isupper isxdigit jrand48 kill labs lcong48 ldiv link listen llabs lldiv
    localtime longjmp lrand48 lseek malloc mblen mbtowc memccpy memchr memcmp memcpy memmove mempcpy memset
    mktime mrand48 nice nrand48 open pause perror pipe poll printf fprintf sprintf snprintf vprintf vfprintf
    vsprintf vsnprintf putc putchar putenv puts putw qsort raise rand random read realloc recv remove rename
    rewind rindex scanf sscanf vscanf seed48 select send setbuf setenv setjmp setstate setvbuf sigaction signal
    sleep socket srand srand48 srandom stat stpcpy stpncpy strcasecmp strcat strchr strcmp strcoll strcpy
    strcspn strdup strerror strfmon strftime strlen strncasecmp strncat strncmp strncpy strndup strpbrk strrchr
    strspn strstr strtod strtof strtok strtol strtold strtoll strtoul strtoull strxfrm swab symlink sync system
    tempnam time times tmpfile tmpnam toascii tolower toupper truncate tzset umask ungetc unlink usleep wait
    wcslen wctomb write
"""
_C_MACROS: Final = (
    "M_(?:E|PI|PI_2|PI_4|3PI_4|1_PI|2_PI|2_SQRTPI|TWOPI|SQRTPI|SQRT2|SQRT1_2|SQRT3|LN2|LN10|LN2LO|LN2HI|LOG2E|LOG2_E"
    "|LOG10E|IVLN10|INVLN2)(?:[fl]|f[0-9]+x?)?|FP_(?:NAN|INFINITE|ZERO|SUBNORMAL|NORMAL|FAST_[A-Z]+|L?LOGB[0-9A-Z]+"
    "|ILOGB[0-9A-Z]+|INT_[A-Z]+)|MATH_ERR[A-Z]+|HUGE(?:_VAL(?:_?F[0-9]+X?|[FL])?)?|SNAN[0-9A-Z]*"
)
_JULIA_WORDS: Final = """
    baremodule begin break catch const continue do else elseif end export false finally for function global if
    import let local macro module quote return struct true try using while abstract mutable primitive type where
    in isa outer public float isinf isinteger
"""
_JULIA_FUNCTIONS: Final = "pi im ans nothing missing Inf include eval ARGS Base Core Main"
_FORTRAN_WORDS: Final = """
    abstract allocatable allocate assign associate asynchronous backspace bind block call case character class
    close common complex contains continue critical cycle data dble deallocate default deferred dimension do
    double elemental else elseif elsewhere end enddo endfile endfunction endif endmodule endprogram endselect
    endsubroutine endwhere entry enum enumerator equivalence exit extends external final flush forall format
    function generic go goto if implicit import impure in include inout inquire integer intent interface
    intrinsic kind logical merge module namelist none nullify only open operator optional out parameter pass
    pause pointer precision print private procedure program protected public pure read real recursive result
    return rewind save select sequence sign stop subroutine target then to type use value volatile wait where
    while write
"""
_FORTRAN_FUNCTIONS: Final = """
    achar acosh adjustl adjustr aimag aint all allocated anint any asinh associated atan2 atanh atomic_define
    bessel_j0 bessel_j1 bessel_jn bessel_y0 bessel_y1 bessel_yn bge bgt bit_size ble blt btest ceiling char
    cmplx command_argument_count conjg count cpu_time cshift date_and_time digits dim dot_product dprod dsin
    dcos dexp dlog dsqrt dabs dtan eoshift epsilon erf erfc erfc_scaled etime exponent extends_type_of floor
    fraction gamma huge hypot iachar iall iand iany ibclr ibits ibset ichar ieor image_index index int ior
    iparity ishft ishftc lbound leadz len len_trim lge lgt lle llt log_gamma maskl maskr matmul maxexponent
    maxloc maxval merge_bits minexponent minloc minval mod modulo move_alloc mvbits nearest new_line nint norm2
    not null num_images pack parity popcnt poppar precision present product radix random_number random_seed
    range rank repeat reshape rrspacing scale scan secnds second selected_char_kind selected_int_kind
    selected_real_kind set_exponent shape shifta shiftl shiftr size sleep spacing spread sum system system_clock
    this_image time tiny trailz transfer transpose trim ubound unpack verify
"""
_PYTHON_WORDS: Final = frozenset(
    {*keyword.kwlist, *keyword.softkwlist, *dir(builtins), "math", "np", "numpy"}
)
_WHOLE_POWER: Final = Form("{0}**{1}", POWER, (ATOM, POWER))


def _fortran_literal(text: str) -> str:
    return text.replace("e", "d") if "e" in text else text + "d0"


def is_written_whole(exponent: Fraction | float) -> bool:
    """Return whether an exponent is whole, and not too large to be written so."""
    return float(exponent).is_integer() and abs(float(exponent)) < _WHOLE_BELOW


def has_whole_exponent(node: Apply) -> bool:
    """Return whether a power's exponent is written as a whole number."""
    exponent = node.arguments[1]
    return isinstance(exponent, Number) and is_written_whole(exponent.value)


def _power_in_python(node: Apply) -> Form | None:
    """Python's ``**`` turns complex over a negative base, ``math.pow`` does not."""
    if node.operator != "pow":
        return None
    return _WHOLE_POWER if has_whole_exponent(node) else Form("math.pow({0}, {1})", ATOM, (FREE, FREE))


def _power_in_numpy(node: Apply) -> Form | None:
    """Arrays stay real, numbers of Python's do not."""
    if node.operator != "pow" or has_whole_exponent(node):
        return None
    is_number = not any(isinstance(leaf, Variable | Constant) for leaf in walk(node.arguments[0]))
    return Form("np.power({0}, {1})", ATOM, (FREE, FREE)) if is_number else None


PYTHON: Final = Language(
    "python", "python", _PYTHON_WORDS | FUNCTION_NAMES, chosen=_power_in_python, only_floats=False
)
NUMPY: Final = Language("numpy", "numpy", _PYTHON_WORDS | FUNCTION_NAMES, chosen=_power_in_numpy, only_floats=False)
C: Final = Language(
    "c",
    "c",
    FUNCTION_NAMES | words_of(_C_WORDS) | {name + end for name in words_of(_C_MATHS) for end in ("", "f", "l")},
    functions=words_of(_C_FUNCTIONS),
    macros=_C_MACROS,
    whole_exponents=False,
)
FORTRAN: Final = Language(
    "fortran",
    "fortran",
    FUNCTION_NAMES | words_of(_FORTRAN_WORDS),
    functions=words_of(_FORTRAN_FUNCTIONS),
    literal=_fortran_literal,
    ignores_case=True,
)
JULIA: Final = Language(
    "julia", "julia", FUNCTION_NAMES | words_of(_JULIA_WORDS), functions=words_of(_JULIA_FUNCTIONS)
)
CODE: Final[Mapping[str, Language]] = MappingProxyType(
    {language.name: language for language in (PYTHON, NUMPY, C, FORTRAN, JULIA)}
)
