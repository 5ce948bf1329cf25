"""What becomes an entry and what does not, on banks of a few columns: both engines, and the plain one by itself."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from scipy.spatial import cKDTree

from symreg.engine import Engine
from symreg.formula.expression import Variable
from symreg.formula.printing import to_text
from symreg.search.dimension_code import coding_for
from symreg.search.native.bank import admission
from symreg.search.native.bank.admission import PlainAdmission
from symreg.search.native.bank.bank import Bank, Leaf
from symreg.search.native.bank.vocabulary import OP
from symreg.units.dimension import DIMENSIONLESS, Dimension
from tests.search.native.bank.brute import shape
from tests.search.native.bank.test_admission import ARITHMETIC, COMPILED, PLAIN, assert_same, fill, needs_compiler
from tests.search.native.bank.test_admission import bank as random_bank

Floats = npt.NDArray[np.float64]
M = Dimension.of(m=1)
ENGINES = [PLAIN, pytest.param(COMPILED, marks=needs_compiler)]
RNG = np.random.default_rng(8)
A, B, WAVE = RNG.uniform(1, 2, 40), RNG.uniform(1, 3, 40), RNG.uniform(-1, 1, 40)


def bank(
    engine: Engine, operators: tuple[str, ...], kind: Dimension = DIMENSIONLESS, *, angle: bool = False,
    max_entries: int = 2000, **columns: Floats,
) -> Bank:  # fmt: skip
    """A bank over columns of one dimension."""
    coding = coding_for([kind] * len(columns))
    leaves = [Leaf(Variable(name), coding.encode(kind), values, is_angle=angle) for name, values in columns.items()]
    return Bank(leaves, coding, operators, max_entries=max_entries, engine=engine)


def texts(one: Bank) -> set[str]:
    return {to_text(one.expression(entry)) for entry in range(one.n)}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("off", "varies"), [(0.0, False), (1e-13, False), (1e-6, True), (0.1, True)])
def test_a_ratio_that_does_not_vary_is_a_number(engine: Engine, off: float, varies: bool) -> None:
    """A coefficient says it; one with a dimension it may say too, but dimensions have to come from somewhere."""
    for scale in (1e-6, 2.0, 1e6):
        b = scale * A * (1 + off * WAVE)
        assert bool(texts(fill(bank(engine, ("/",), a=A, b=b), 3)) & {"a/b", "b/a"}) is varies
    assert texts(fill(bank(engine, ("*",), M, a=A, b=1 / A), 3)) & {"a*b", "b*a"}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("off", "is_left"), [(1e-13, False), (1e-6, True), (0.1, True)])
def test_what_full_cancellation_leaves_is_rounding(engine: Engine, off: float, is_left: bool) -> None:
    for scale in (1e-20, 1.0, 1e20):
        one = fill(bank(engine, ("-",), M, a=scale * A, b=scale * A * (1 + off * WAVE)), 3)
        assert bool(texts(one) & {"a - b", "b - a"}) is is_left


@pytest.mark.parametrize("engine", ENGINES)
def test_values_that_no_product_can_hold_are_left_out(engine: Engine) -> None:
    """Beyond 1e60 in size, or below its inverse; and undefined at any probe."""
    for scale, kept in ((1e25, True), (1e40, False), (1e-25, True), (1e-40, False)):
        assert ("a**2" in texts(fill(bank(engine, ("square",), M, a=scale * A), 3))) is kept
    assert "sqrt(a)" not in texts(fill(bank(engine, ("sqrt",), a=WAVE), 4))
    assert "log(a)" in texts(fill(bank(engine, ("log",), a=A), 4))
    zero = np.where(np.arange(40) == 17, 0.0, A)
    assert texts(fill(bank(engine, ("/", "inv"), M, a=A, b=zero), 3)) == {"a", "b", "1/a", "b/a"}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_difference_is_written_with_the_sign_that_it_has(engine: Engine) -> None:
    """Entries stand for both; the one whose values sum to more is written."""
    for scale in (1e-12, 1.0, 1e12):
        one = fill(bank(engine, ("-", "*"), M, a=scale * A, b=scale * B, c=scale * (B + 0.5 * WAVE)), 6)
        minus = np.flatnonzero(one.op[: one.n] == OP["-"])
        assert len(minus) > 5
        for entry in minus:
            values, largest = one.values[entry], np.abs(one.values[entry]).max()
            written = one.values[one.left[entry]] - one.values[one.right[entry]]
            np.testing.assert_allclose(values / largest, written / largest, atol=1e-9)
            assert values.sum() >= -1e-9 * largest


@pytest.mark.parametrize("engine", ENGINES)
def test_functions_of_one_family_are_not_put_inside_each_other(engine: Engine) -> None:
    found = texts(fill(bank(engine, ("sin", "exp", "+"), a=A, b=B), 9))
    assert {"sin(a)", "exp(a)", "sin(exp(a))", "exp(sin(a))"} <= found
    assert any(text.startswith("sin(") and "exp(" in text and "+" in text for text in found)
    assert not any(text.count("sin") > 1 and "+" not in text for text in found)
    assert "sin(sin(a))" not in found and "exp(exp(a))" not in found
    assert "sin(a) + sin(b)" in found or "sin(b) + sin(a)" in found


def twins(engine: Engine) -> Bank:
    """Columns that are sorted: the first probes see one sign alone, and ``abs(a)`` is ``a`` there or not at all."""
    x = np.sort(RNG.permutation(np.linspace(-0.3, 2, 101)))
    y = np.where(np.arange(101) == 50, -1.0, 1.0) * np.linspace(1, 2, 101)
    return fill(bank(engine, ("abs", "sqrt", "square", "+", "-", "*"), a=x, b=y, max_entries=4000), 6)


@pytest.mark.parametrize("engine", ENGINES)
def test_what_differs_at_one_probe_alone_is_another_and_nothing_is_there_twice(engine: Engine) -> None:
    one = twins(engine)
    assert "abs(b)" in texts(one)
    assert {"abs(b) - b", "b - abs(b)"} & texts(one)  # zero but at one probe
    for code in np.unique(one.code[: one.n]):
        rows = shape(one.values[: one.n][one.code[: one.n] == code])
        near = cKDTree(rows).query_pairs(1e-8)
        assert not near


@needs_compiler
def test_both_engines_admit_the_same() -> None:
    assert COMPILED is not None
    assert_same(twins(COMPILED), twins(PLAIN))
    for seed, options in ((0, {"angles": True}), (2, {"units": True, "angles": True, "n_probes": 101})):
        operators = ("-", "/", "sqrt", "abs", "asin", "sin", "exp")
        made = [fill(random_bank(engine, seed, operators, **options), 8) for engine in (COMPILED, PLAIN)]  # type: ignore[arg-type]
        assert_same(*made)
        assert made[0].n > 100


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("limit", [5, 40, 300])
def test_a_full_bank_says_at_which_size_something_is_missing(engine: Engine, limit: int) -> None:
    one = fill(random_bank(engine, 0, (*ARITHMETIC, "abs", "sqrt"), max_entries=limit))
    assert one.n == limit and one.truncated_at is not None
    assert one.truncated_at >= int(one.size[: one.n].max())
    whole = fill(random_bank(engine, 0, (*ARITHMETIC, "abs", "sqrt"), max_entries=5000), 4)
    assert whole.truncated_at is None


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("operator", "size"), [("+", 3), ("abs", 2)])
def test_what_finds_no_room_among_others_of_its_size_is_missing_there(engine: Engine, operator: str, size: int) -> None:
    """There is room for one entry more: a sum, or the size of ``a``, which the first probes tell from ``a``, and no
    more for that of ``b``, which all of them tell from ``b``."""
    b = np.where(np.arange(101) == 50, -1.0, 1.0) * np.linspace(1, 2, 101)
    one = fill(bank(engine, (operator,), M, a=np.resize(WAVE, 101), b=b, max_entries=3), 6)
    assert (one.n, one.truncated_at) == (3, size)


def test_each_engine_has_its_own_way_in() -> None:
    """The compiled one is many times as fast; the plain one needs no compiler."""
    assert isinstance(bank(PLAIN, ("+",), a=A)._admission, PlainAdmission)
    assert COMPILED is None or not isinstance(bank(COMPILED, ("+",), a=A)._admission, PlainAdmission)


def test_what_is_held_for_a_moment_is_a_few_megabytes_however_many_probes_there_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Four thousand probes and hundreds of combinations are some ten; they are taken in parts, and not one by one."""
    seen: list[tuple[int, ...]] = []

    def watched(function: Callable[..., object], place: int) -> Callable[..., object]:
        def called(*given: object) -> object:
            seen.append(np.shape(given[place]))  # type: ignore[arg-type]
            return function(*given)

        return called

    for name, place in (("applied", 1), ("fingerprints", 0)):
        monkeypatch.setattr(admission, name, watched(getattr(admission, name), place))
    draw = np.random.default_rng(1)
    columns = {name: draw.uniform(-1, 2, 4000) for name in "abcdef"}
    one = fill(bank(PLAIN, ("+", "*", "abs"), max_entries=600, **columns), 6)
    at_all = [rows for rows, n_probes in seen if n_probes == 4000]
    assert one.n == 600
    assert 10 < max(at_all) <= 80 and sum(at_all) > 500
