"""The compiled way into the bank against the plain one: the same entries in the same order, whatever is asked."""

from __future__ import annotations

import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symreg.engine import Engine, get_engine
from symreg.errors import EngineError
from symreg.formula.expression import Number, Variable
from symreg.search.dimension_code import coding_for
from symreg.search.native.bank.admission import applied
from symreg.search.native.bank.bank import Bank, Leaf
from symreg.search.native.bank.distinct import (
    AGAIN,
    FIRST_PROBES,
    FRESH,
    LARGEST_VALUE,
    OLD,
    Fingerprints,
    KeySet,
    PlainKeySet,
    fingerprints,
    met_as,
)
from symreg.search.native.bank.entries import bytes_of_an_entry, entries_within
from symreg.search.native.bank.vocabulary import OPS
from symreg.search.native.joins.join import unit_rows
from symreg.units.dimension import DIMENSIONLESS, Dimension

try:
    COMPILED: Engine | None = get_engine("compiled")
except EngineError:
    COMPILED = None
needs_compiler = pytest.mark.skipif(COMPILED is None, reason="the compiled engine is not installed")
PLAIN = get_engine("numpy")

M, S = Dimension.of(m=1), Dimension.of(s=1)
ARITHMETIC = ("+", "-", "*", "/")
FUNCTIONS = ("sqrt", "square", "cube", "inv", "abs", "exp", "log", "log10", "sin", "cos", "tan", "asin", "acos",
             "atan", "sinh", "cosh", "tanh", "pow")  # fmt: skip


def bank(
    engine: Engine, seed: int, operators: tuple[str, ...], *, units: bool = False, angles: bool = False,
    n_probes: int = 40, n_columns: int = 3, threads: int = 1, max_entries: int = 3000,
) -> Bank:  # fmt: skip
    """A bank over random columns, some of which are sorted or take both signs."""
    rng = np.random.default_rng(seed)
    drawn = rng.choice(np.array([M, S, DIMENSIONLESS], dtype=object), n_columns)
    kinds = list(drawn) if units else [DIMENSIONLESS] * n_columns
    coding = coding_for(kinds)
    leaves = [Leaf(Number(1), 0, np.ones(n_probes))]
    for place, kind in enumerate(kinds):
        values = rng.uniform(rng.choice([-2.0, 0.1, 1.0]), rng.choice([1.5, 3.0]), n_probes)
        values = np.sort(values) if rng.random() < 0.4 else values
        is_angle = angles and kind == DIMENSIONLESS and place % 2 == 0
        leaves.append(Leaf(Variable(f"x{place}"), coding.encode(kind), values, is_angle=is_angle))
    return Bank(leaves, coding, operators, max_entries=max_entries, engine=engine, threads=threads)


def fill(one: Bank, top: int = 12) -> Bank:
    """Ask for everything, size by size, until the bank is full."""
    for size in range(1, top + 1):
        if one.truncated_at is None:
            one.request_all(size)
    return one


def assert_same(one: Bank, other: Bank) -> None:
    assert (one.n, one.evaluated, one.pruned, one.truncated_at) == (
        other.n, other.evaluated, other.pruned, other.truncated_at,
    )  # fmt: skip
    for column in ("op", "left", "right", "size", "code", "mask"):
        ours, theirs = getattr(one, column)[: one.n], getattr(other, column)[: other.n]
        np.testing.assert_array_equal(ours, theirs, err_msg=column)
    scale = np.abs(other.values[: one.n]).max(axis=1, keepdims=True)
    close = np.abs(one.values[: one.n] - other.values[: one.n]) <= 1e-9 * scale
    assert close.mean() > 0.999  # the sine of a large number is chaotic, and so is what is made of it
    for made in (one, other):
        assert_every_entry_follows_from_its_operands(made)


def assert_every_entry_follows_from_its_operands(made: Bank) -> None:
    """Values up to rounding, exactly with the sign that is written; and the columns that are made of them."""
    entries, n = made._entries, made.n
    values = entries.values[:n]
    largest = np.abs(values).max(axis=1)
    for op, name in enumerate(OPS[1:], start=1):
        rows = np.flatnonzero(entries.op[:n] == op)
        expected = applied(name, values[entries.left[rows]], values[entries.right[rows]])
        assert (np.abs(values[rows] - expected) <= 1e-12 * largest[rows, None]).all(), name
    np.testing.assert_array_equal(entries.first[:n], values[:, entries.probes])
    np.testing.assert_array_equal(entries.largest[:n], largest)
    np.testing.assert_allclose(entries.unit[:n], unit_rows(values), rtol=0, atol=1e-6)


@needs_compiler
@pytest.mark.parametrize("units", [False, True])
@pytest.mark.parametrize("angles", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_both_engines_make_the_same_entries(seed: int, angles: bool, units: bool) -> None:
    assert COMPILED is not None
    chosen = np.random.default_rng(seed).permutation(FUNCTIONS)[:5].tolist()
    for operators in (ARITHMETIC, (*ARITHMETIC[:3], *chosen), ("-", "/", "sqrt", "abs", "asin", "pow")):
        options = {"units": units, "angles": angles, "n_probes": [7, 12, 40, 101][seed % 4]}
        plain = fill(bank(PLAIN, seed, operators, **options))
        assert_same(fill(bank(COMPILED, seed, operators, **options)), plain)
        assert plain.n > 20


@needs_compiler
@pytest.mark.parametrize("threads", [2, 4])
def test_threads_change_nothing(threads: int) -> None:
    assert COMPILED is not None
    for operators in (ARITHMETIC, (*ARITHMETIC, "abs", "sqrt", "sin", "acos", "exp")):
        one = fill(bank(COMPILED, 1, operators, max_entries=60_000))
        other = fill(bank(COMPILED, 1, operators, max_entries=60_000, threads=threads))
        assert_same(one, other)
        np.testing.assert_array_equal(one.values[: one.n], other.values[: one.n])  # bit for bit
        assert one.n == 60_000


@needs_compiler
def test_older_instructions_make_the_same_entries() -> None:
    from symreg.search.native.bank.compiled_admission import CompiledAdmission

    assert COMPILED is not None
    one, other = (bank(COMPILED, 2, (*ARITHMETIC, "sqrt", "sin", "exp")) for _ in range(2))
    older = CompiledAdmission(other._entries, False, 1, instructions="baseline")
    leaves = slice(0, other.n)
    met_as(older.first, fingerprints(other._entries.first[leaves], other.code[leaves]))
    other._admission = older
    assert_same(fill(other), fill(one))


# ------------------------------------------------------------------------------------------------ keys


def key_sets() -> list[KeySet]:
    if COMPILED is None:
        return [PlainKeySet()]
    from symreg.engine._core import KeySet as CompiledKeySet

    return [PlainKeySet(), CompiledKeySet()]


def met_by(known: KeySet, keys: list[int], others: list[int], good: list[bool], doubtful: list[bool]) -> list[int]:
    found = Fingerprints(np.array(keys, np.uint64), np.array(others, np.uint64), np.array(good, bool))
    return met_as(known, found, np.array(doubtful, bool)).tolist()


STEPS = st.lists(
    st.tuples(
        st.integers(1, 40), st.integers(-1, 1), st.booleans(), st.booleans(), st.sampled_from(["meet", "doubt"])
    ),
    max_size=80,
)


@given(STEPS, st.sampled_from([2, 1 << 58]))
@settings(max_examples=200)
def test_the_set_of_keys_is_a_dictionary(steps: list[tuple[int, int, bool, bool, str]], spacing: int) -> None:
    """Both kinds, key by key, against a dictionary; keys lie close together, or wrap round the end of the table."""
    for known in key_sets():
        model: dict[int, bool] = {}
        for number, off, good, doubtful, what in steps:
            key = (number * spacing) % (1 << 64) or 2
            other = ((number + off) * spacing) % (1 << 64) or 2
            if what == "doubt":
                known.doubt(np.array([key], np.uint64))
                model[key] = True
                continue
            state = model.get(key, model.get(other))
            expected = OLD
            if good and state is None:
                model[key], expected = doubtful, FRESH
            elif good and (state or doubtful):
                expected = AGAIN
            assert met_by(known, [key], [other], [good], [doubtful]) == [expected]
        assert len(known) == len(model)


def test_the_set_of_keys_grows() -> None:
    rng = np.random.default_rng(0)
    keys = rng.integers(1, 1 << 63, 200_000, dtype=np.uint64) * np.uint64(2)
    many = np.concatenate([keys, keys[::3]])
    expected = [FRESH] * len(keys) + [OLD] * len(keys[::3])
    nothing = [False] * len(many)
    for known in key_sets():
        assert met_by(known, many.tolist(), many.tolist(), [True] * len(many), nothing) == expected
        assert len(known) == len(keys)


def test_values_that_agree_but_for_rounding_have_one_key() -> None:
    """Whichever side of a boundary each falls on, and whichever sign it has; and others have not."""
    rng = np.random.default_rng(4)
    values = rng.normal(size=(200_000, FIRST_PROBES)) * 10.0 ** rng.uniform(-50, 50, (200_000, 1))
    codes = rng.integers(-(1 << 40), 1 << 40, len(values))
    nudged = values * (1 + rng.uniform(-1e-14, 1e-14, values.shape)) * rng.choice([-1.0, 1.0], (len(values), 1))
    for known in key_sets():
        assert (met_as(known, fingerprints(values, codes)) == FRESH).all()
        assert (met_as(known, fingerprints(nudged, codes)) == OLD).all()
        assert (met_as(known, fingerprints(values * (1 + 1e-7), codes)) == FRESH).all()
        assert (met_as(known, fingerprints(values, codes + 1)) == FRESH).all()


def test_what_has_no_key() -> None:
    values = np.ones((6, FIRST_PROBES))
    values[0, 3], values[1, 5], values[2, 7] = np.nan, np.inf, -np.inf
    values[3], values[4] = 0.0, 2 * LARGEST_VALUE
    assert fingerprints(values, np.zeros(6, dtype=np.int64)).good.tolist() == [False] * 5 + [True]


# ------------------------------------------------------------------------------------------------ limits


@pytest.mark.parametrize("engine", [PLAIN, pytest.param(COMPILED, marks=needs_compiler)])
@pytest.mark.parametrize("limit", [5, 100, 1000])
def test_a_full_bank_is_not_one_entry_too_large(engine: Engine, limit: int) -> None:
    for operators in (ARITHMETIC, (*ARITHMETIC, "abs", "sqrt")):
        one = fill(bank(engine, 0, operators, max_entries=limit))
        assert one.n == limit and one.truncated_at is not None
        assert len(one.values) == limit


IN_A_NEW_PROCESS = """
import sys
from pathlib import Path
from symreg.engine import get_engine
from symreg.search.native.bank.entries import entries_within
from tests.search.native.bank.test_admission import ARITHMETIC, bank, fill

def most():  # kilobytes that this program has taken at its height
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))

engine, n_probes, memory = get_engine(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
fill(bank(engine, 0, ARITHMETIC, n_probes=n_probes))  # what the first bank loads is no part of a bank
before = most()
full = fill(bank(engine, 0, ARITHMETIC, n_probes=n_probes, max_entries=entries_within(memory, n_probes, engine.name)))
assert full.n == full.max_entries
print(most() - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere memory is counted otherwise")
@pytest.mark.parametrize("engine", [PLAIN, pytest.param(COMPILED, marks=needs_compiler)])
@pytest.mark.parametrize("n_probes", [24, 128])
def test_a_budget_in_bytes_is_kept(engine: Engine, n_probes: int) -> None:
    """All that the process takes, as the system counts it, with what is held for a moment only."""
    memory = 60e6
    command = [sys.executable, "-c", IN_A_NEW_PROCESS, engine.name, str(n_probes), str(memory)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    used = 1024 * int(done.stdout)
    assert 0.6 * memory < used < 1.1 * memory
    assert entries_within(memory, n_probes, engine.name) * bytes_of_an_entry(n_probes, engine.name) <= memory


@pytest.mark.parametrize("engine", [PLAIN, pytest.param(COMPILED, marks=needs_compiler)])
def test_a_stop_is_looked_at_often(engine: Engine) -> None:
    """Between two looks lie no more than a few thousand combinations, and little time."""
    asked: list[float] = []

    def stop() -> bool:
        asked.append(time.monotonic())
        return len(asked) > 400

    made = bank(engine, 0, (*ARITHMETIC, "exp", "sin", "pow"), n_probes=128, max_entries=150_000)
    made.stop = stop
    fill(made)
    assert made.truncated_at is not None
    assert np.median(np.diff(asked)) < 0.1  # a busy machine may be late once
    assert made.evaluated / len(asked) <= 1 << 14
