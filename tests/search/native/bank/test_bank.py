"""The bank against brute force: nothing is missing, nothing is wrong, whatever was asked for first."""

from __future__ import annotations

import numpy as np
import pytest

from symreg.formula.dimensioning import dimension_of
from symreg.formula.expression import Variable, evaluate_tree
from symreg.formula.printing import to_text
from symreg.search.dimension_code import coding_for
from symreg.search.native.bank.bank import EMPTY, Bank, Leaf
from symreg.search.native.bank.vocabulary import ODD
from symreg.units.dimension import DIMENSIONLESS, Dimension
from tests.search.native.bank.brute import ONE, Grammar, Tree, bank_of, missing

M, S, KG = Dimension.of(m=1), Dimension.of(s=1), Dimension.of(kg=1)
N_PROBES = 24


def columns(**kinds: tuple[Dimension, float, float]) -> dict[str, tuple[Dimension, np.ndarray]]:
    rng = np.random.default_rng(3)
    return {name: (kind, rng.uniform(low, high, N_PROBES)) for name, (kind, low, high) in kinds.items()}


def sorted_columns(**kinds: tuple[Dimension, float, float]) -> dict[str, tuple[Dimension, np.ndarray]]:
    """The first probes see one sign only, as in a table that is sorted."""
    return {name: (kind, np.sort(values)) for name, (kind, values) in columns(**kinds).items()}


GRAMMARS: dict[str, tuple[Grammar, int]] = {
    "arithmetic with units": (
        Grammar(columns(x=(M, 1, 2), y=(M, 1, 3), t=(S, 1, 2)), ("+", "-", "*", "/")), 6,
    ),
    "arithmetic without units": (
        Grammar(columns(x=(DIMENSIONLESS, 1, 2), y=(DIMENSIONLESS, -1, 3)), ("+", "-", "*", "/")), 6,
    ),
    "no subtraction": (
        Grammar(columns(x=(M, 1, 2), y=(M, 1, 3)), ("+", "*", "square", "neg")), 7,
    ),
    "powers and roots": (
        Grammar(columns(x=(M, 1, 2), t=(S, 1, 2)), ("+", "/", "inv", "square", "cube", "sqrt")), 6,
    ),
    "functions": (
        Grammar(
            columns(a=(DIMENSIONLESS, 0.2, 0.9), b=(DIMENSIONLESS, 0.2, 0.9)),
            ("+", "-", "/", "exp", "log", "sin", "asin"),
        ), 6,
    ),
    "functions of ratios": (
        Grammar(
            columns(x=(M, 0.2, 0.9), y=(M, 1, 2)), ("+", "-", "/", "exp", "log10", "cos", "acos", "atan")
        ), 6,
    ),
    "both signs": (
        Grammar(
            columns(a=(DIMENSIONLESS, -2, 2), b=(DIMENSIONLESS, -3, 1)),
            ("+", "-", "*", "square", "sqrt", "abs", "exp", "cos"),
        ), 5,
    ),
    "negative columns": (
        Grammar(
            columns(x=(M, -2, -1), y=(M, -3, -0.5)), ("+", "-", "/", "sqrt", "log", "cube", "sinh", "tan")
        ), 6,
    ),
    "powers of expressions": (
        Grammar(columns(a=(DIMENSIONLESS, 0.2, 0.9), b=(DIMENSIONLESS, 0.5, 3)), ("-", "+", "pow")), 7,
    ),
    "powers with units": (
        Grammar(
            columns(x=(M, 1, 2), y=(M, 1, 3), n=(DIMENSIONLESS, -2, 2)), ("+", "-", "/", "pow", "cosh")
        ), 6,
    ),
    "sorted rows": (
        Grammar(sorted_columns(x=(M, -2, 2), y=(M, 1, 3)), ("+", "-", "*", "/", "abs", "sqrt", "square")), 5,
    ),
    "sorted rows and functions": (
        Grammar(
            sorted_columns(a=(DIMENSIONLESS, -2, 2), b=(DIMENSIONLESS, -0.5, 3)),
            ("+", "*", "abs", "asin", "sin", "acos", "cos", "sqrt", "log"),
        ), 6,
    ),
    "the larger and the smaller": (
        Grammar(columns(x=(M, 1, 2), y=(M, -1, 3), t=(S, 1, 2)), ("+", "-", "*", "/", "max", "min")), 6,
    ),
    "the larger alone": (
        Grammar(columns(x=(M, -1, 2), y=(M, -1, 3), a=(DIMENSIONLESS, -1, 1)), ("+", "-", "*", "max")), 6,
    ),
    "the smaller alone, sorted rows": (
        Grammar(sorted_columns(x=(M, -1, 2), y=(M, -1, 3), a=(DIMENSIONLESS, -1, 1)), ("+", "-", "*", "min")), 6,
    ),
    "steps": (
        Grammar(columns(x=(M, 1, 2), y=(M, 1, 3), t=(S, -1, 2)), ("+", "-", "*", "step")), 6,
    ),
    "cube roots": (
        Grammar(columns(x=(M, -1, 2), y=(M, 1, 3), t=(S, -1, 2)), ("+", "-", "*", "/", "cbrt", "cube")), 5,
    ),
}  # fmt: skip


def texts(trees: list[Tree]) -> list[str]:
    return [to_text(tree.expression) for tree in trees]


def entries(bank: Bank, code: int, size: int) -> np.ndarray:
    """Entries of this dimension of this size or below."""
    return np.concatenate([EMPTY, *(bank.level(code, smaller) for smaller in range(1, size + 1))])


def filled(grammar: Grammar, top: int) -> Bank:
    """A bank that holds everything up to this size."""
    bank = bank_of(grammar)
    for size in range(1, top + 1):
        bank.request_all(size)
    return bank


def lost(bank: Bank, grammar: Grammar, top: int) -> list[str]:
    """Trees of brute force that the bank does not hold at their size."""
    found: list[str] = []
    for size in range(1, top + 1):
        by_dimension: dict[Dimension, list[Tree]] = {}
        for tree in grammar.trees(size):
            by_dimension.setdefault(tree.dimension, []).append(tree)
        for dimension, trees in by_dimension.items():
            ids = entries(bank, bank.coding.encode(dimension), size)
            found += texts(missing(trees, bank.values[ids]))
    return found


@pytest.mark.parametrize("kind", GRAMMARS)
def test_nothing_is_missing(kind: str) -> None:
    grammar, top = GRAMMARS[kind]
    bank = filled(grammar, top)
    assert bank.truncated_at is None
    assert lost(bank, grammar, top) == []


@pytest.mark.parametrize("kind", GRAMMARS)
def test_every_entry_is_what_it_says(kind: str) -> None:
    """Its tree has its dimension, its cost at most, and its values up to sign."""
    grammar, top = GRAMMARS[kind]
    bank = filled(grammar, top)
    for entry in range(bank.n):
        tree = bank.expression(entry)
        assert bank.coding.encode(dimension_of(tree, grammar.dimensions)) == bank.code[entry], to_text(tree)
        values = evaluate_tree(tree, grammar.values) * np.ones(N_PROBES)
        stored = bank.values[entry]
        tolerance = 1e-9 * np.abs(stored).max()
        agrees = np.allclose(values, stored, rtol=1e-9, atol=tolerance)
        assert agrees or np.allclose(-values, stored, rtol=1e-9, atol=tolerance), to_text(tree)


@pytest.mark.parametrize(
    "kind", ["arithmetic with units", "powers and roots", "functions of ratios", "sorted rows"]
)
def test_one_dimension_alone_is_as_complete(kind: str) -> None:
    """Only what the target needs is made, and all of that."""
    grammar, top = GRAMMARS[kind]
    whole = filled(grammar, top)
    by_dimension: dict[Dimension, list[Tree]] = {}
    for size in range(1, top + 1):
        for tree in grammar.trees(size):
            by_dimension.setdefault(tree.dimension, []).append(tree)
    largest = sorted(by_dimension, key=lambda dimension: -len(by_dimension[dimension]))
    for dimension in [*largest[:6], *largest[-2:]]:
        bank = bank_of(grammar)
        code = bank.coding.encode(dimension)
        bank.request(top, np.array([code]))
        ids = entries(bank, code, top)
        assert texts(missing(by_dimension[dimension], bank.values[ids])) == []
        assert len(ids) == len(entries(whole, code, top))
        assert bank.n <= whole.n


@pytest.mark.parametrize(
    "kind", ["arithmetic with units", "functions", "negative columns", "sorted rows and functions"]
)
def test_the_order_of_requests_changes_nothing(kind: str) -> None:
    grammar, top = GRAMMARS[kind]
    whole, other = filled(grammar, top), bank_of(grammar)
    asked = [(size, code) for size in range(1, top + 1) for code in np.unique(whole.code[: whole.n]).tolist()]
    for index in np.random.default_rng(0).permutation(len(asked)):
        size, code = asked[index]
        other.request(size, np.array([code]))
    for size, code in asked:
        one, two = (bank.values[bank.level(code, size)] for bank in (whole, other))
        assert same_rows(one, two), (size, code)


def same_rows(one: np.ndarray, two: np.ndarray) -> bool:
    """Whether two sets of values are the same, up to the sign and the order of rows."""
    wrapped = [[Tree(ONE, DIMENSIONLESS, row, 0) for row in rows] for rows in (one, two)]
    return len(one) == len(two) and not missing(wrapped[0], two) and not missing(wrapped[1], one)


def test_units_prune() -> None:
    """The same grammar with units makes fewer expressions of the target's dimension, and far fewer in all."""
    values = {name: values for name, (_, values) in columns(x=(M, 1, 2), v=(M, 1, 3), t=(S, 1, 2)).items()}
    kinds = {"x": M, "v": M / S, "t": S}
    operators = ("+", "-", "*", "/", "sqrt")
    with_units = bank_of(Grammar({name: (kinds[name], values[name]) for name in kinds}, operators))
    without = bank_of(Grammar({name: (DIMENSIONLESS, values[name]) for name in kinds}, operators))
    for bank, code in ((with_units, with_units.coding.encode(M)), (without, 0)):
        bank.request(6, np.array([code]))
    assert with_units.pruned > 0 == without.pruned
    assert 0 < len(entries(with_units, with_units.coding.encode(M), 6)) < len(entries(without, 0, 6)) / 4
    assert with_units.n < without.n / 3


def test_a_limit_on_entries_is_kept_and_owned_up_to() -> None:
    grammar, _ = GRAMMARS["arithmetic without units"]
    bank = bank_of(grammar, max_entries=200)
    for size in range(1, 9):
        bank.request_all(size)
    assert bank.truncated_at is not None
    whole = bank_of(grammar)
    for size in range(1, bank.truncated_at):
        whole.request_all(size)
        assert len(bank.all_of(size)) == len(whole.all_of(size))


@pytest.mark.parametrize("limit", [3, 10, 30])
def test_a_limit_on_dimensions_is_owned_up_to(limit: int) -> None:
    """What is complete below ``truncated_at`` is so even where there are more dimensions than can be kept."""
    values = columns(x=(M, 1, 2), v=(M / S, 1, 3), m=(KG, 1, 2))
    grammar = Grammar(values, ("+", "*", "/", "square", "sqrt"))
    bank = bank_of(grammar)
    bank.classes.limit = limit
    target = bank.coding.encode(KG * M / S)
    for size in range(1, 8):
        bank.request(size, np.array([target]))
    assert bank.truncated_at is not None
    whole = bank_of(grammar)
    whole.request(7, np.array([target]))
    for size in range(1, bank.truncated_at):
        assert len(bank.level(target, size)) == len(whole.level(target, size))


def test_a_stop_is_owned_up_to() -> None:
    grammar, _ = GRAMMARS["arithmetic without units"]
    calls = 0

    def stop() -> bool:
        nonlocal calls
        calls += 1
        return calls > 12

    reference = bank_of(grammar)
    stopped = Bank(reference._leaves, reference.coding, grammar.operators, max_entries=10**6, stop=stop)
    for size in range(1, 9):
        stopped.request_all(size)
    assert stopped.truncated_at is not None
    for size in range(1, stopped.truncated_at):
        reference.request_all(size)
        assert len(stopped.all_of(size)) == len(reference.all_of(size))


def test_equal_columns_are_one_leaf() -> None:
    values = np.linspace(1.0, 2.0, N_PROBES)
    kinds = {"x": M, "twin": M, "mirror": M, "other": S}
    data = {"x": values, "twin": values.copy(), "mirror": -values, "other": values}
    bank = bank_of(Grammar({name: (kinds[name], data[name]) for name in kinds}, ("+", "*")))
    assert bank.n == 3  # x, other, and the number one


def test_columns_that_differ_in_one_row_are_two_leaves() -> None:
    """Whichever rows are looked at first, and with all that is made of them."""
    values = np.linspace(1.0, 2.0, 200)
    for row in (0, 3, 77, 150, 199):
        other = values.copy()
        other[row] *= 1.5
        bank = bank_of(Grammar({"x": (M, values), "y": (M, other)}, ("+", "*", "/")))
        bank.request_all(3)
        assert len(bank.all_of(1)) == 3
        names = {to_text(bank.expression(entry)) for entry in bank.all_of(3).tolist()}
        assert len(names) == 10  # x + x, x + y, y + y, x*x, x*y, y*y, x/y, y/x, 1/x, 1/y


def test_a_column_that_seldom_varies_is_seen_to_vary() -> None:
    """A switch that is on in three rows of two hundred is not the number one."""
    switch = np.ones(200)
    switch[[20, 90, 180]] = 2.0
    x = np.sort(np.random.default_rng(0).uniform(1, 2, 200))
    bank = bank_of(Grammar({"s": (DIMENSIONLESS, switch), "x": (M, x)}, ("*", "/", "+")))
    code = bank.coding.encode(M)
    bank.request(3, np.array([code]))
    assert len(bank.level(code, 3)) == 3  # s*x, x/s, x + x


def test_a_column_that_is_undefined_somewhere_is_left_out() -> None:
    good = np.linspace(1.0, 2.0, N_PROBES)
    coding = coding_for([M])
    for row in (0, 5, N_PROBES - 1):
        bad = np.where(np.arange(N_PROBES) == row, np.nan, good**2)
        leaves = [Leaf(Variable(name), coding.encode(M), one) for name, one in (("x", good), ("y", bad))]
        bank = Bank(leaves, coding, ("+", "*"), max_entries=1000)
        bank.request_all(5)
        assert np.isfinite(bank.values[: bank.n]).all()


def test_counts_go_up_only() -> None:
    grammar, top = GRAMMARS["both signs"]
    bank = bank_of(grammar)
    before = 0
    for size in range(1, top + 1):
        bank.request_all(size)
        assert bank.evaluated >= before
        before = bank.evaluated
    bank.request_all(top)
    assert bank.evaluated == before  # nothing is made twice
    assert before >= bank.n - 3


def test_values_never_come_from_beyond_the_domain() -> None:
    """No protected maths: an expression that is undefined at one probe is no entry."""
    values = np.concatenate([np.linspace(0.1, 2.0, N_PROBES - 1), [-1.0]])
    grammar = Grammar({"a": (DIMENSIONLESS, values)}, ("sqrt", "log", "asin", "inv", "+", "*"))
    bank = bank_of(grammar)
    bank.request_all(5)
    assert np.isfinite(bank.values[: bank.n]).all()
    assert lost(bank, grammar, 5) == []


def test_what_is_unusual_for_angles_comes_later_and_not_never() -> None:
    """Sums of angles and plain numbers, powers of angles, sines of ratios: each costs ``ODD`` more, and is there."""
    grammar = Grammar(
        columns(a=(DIMENSIONLESS, 0.2, 1.4), b=(DIMENSIONLESS, 1, 2)), ("+", "-", "*", "/", "sin", "square")
    )
    coding = coding_for([DIMENSIONLESS])
    leaves = [
        Leaf(Variable(name), 0, values, is_angle=name == "a") for name, (_, values) in grammar.columns.items()
    ]
    bank = Bank([*leaves, Leaf(ONE, 0, np.ones(N_PROBES))], coding, grammar.operators, max_entries=10**6)
    for size in range(1, 5 + 3 * ODD):
        bank.request_all(size)
    assert bank.truncated_at is None
    late = 0
    for size in range(1, 5):  # a tree of this size has three operators at most
        trees = grammar.trees(size)
        late += len(missing(trees, bank.values[entries(bank, 0, size)]))
        assert texts(missing(trees, bank.values[entries(bank, 0, size + 3 * ODD)])) == []
    assert late > 0  # they are dearer indeed
