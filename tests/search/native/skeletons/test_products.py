"""Products against brute force: every two factors at every two of their constants, with every two signs."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt
import pytest

from symreg.search.native.skeletons import catalogue
from symreg.search.native.skeletons.part import Chain
from symreg.search.native.skeletons.products import Product, product_draft, products
from symreg.search.native.skeletons.question import LOGARITHM, Projected, Question, projected
from tests.search.native.skeletons.made import KINDS, inputs_of_kind, rows_of, value_of

Floats = npt.NDArray[np.float64]
SIZES = (5, 3)


def question_of(kind: str, companions: bool, y: Floats | None = None) -> Projected:
    """About the logarithm of the target, beside logarithms of the inputs or a constant alone."""
    inputs = inputs_of_kind(kind)
    logs = tuple(catalogue.logs(inputs)) if companions else ()
    y = inputs.space.target if y is None else y
    found = projected(Question(LOGARITHM, True, logs), y, np.linspace(0.2, 3.0, len(y)), rows_of(inputs.space))
    assert found is not None
    return found


def left(question: Projected, rest: Floats) -> float:
    """What companions leave of logarithms, weighed."""
    scaled = rest * question.scale
    scaled = scaled - question.basis @ (question.basis.T @ scaled)
    return float(scaled @ scaled / question.total)


@pytest.mark.parametrize("companions", [False, True])
@pytest.mark.parametrize("kind", ["plain", "units"])
def test_the_best_of_every_two_factors(kind: str, companions: bool) -> None:
    inputs = inputs_of_kind(kind)
    rows, log_y = rows_of(inputs.space), np.log(inputs.space.target)
    question = question_of(kind, companions)
    chains = list(catalogue.factor_chains(inputs))[::3]
    columns = [chain.columns(rows, SIZES[: chain.n_inner]) for chain in chains]
    found, looked = products(question, chains, columns, 10_000, lambda: False)
    assert looked > 1_000
    by_key: dict[tuple[object, ...], float] = {}
    for one in found:
        key = (tuple(factor.key for factor in one.factors), one.signs)
        by_key[key] = min(one.loss, by_key.get(key, np.inf))
        rest = log_y
        for sign, factor, inner in zip(one.signs, one.factors, one.inner, strict=True):
            rest = rest - sign * np.log(np.abs(factor.at(rows, inner)[0]))
        assert one.loss == pytest.approx(left(question, rest), rel=1e-4, abs=1e-5 * question.left)
    logs_of = {chain.key: [np.log(np.abs(row)) for row in some.values[:, 0] if (row > 0).all() or (row < 0).all()]
               for chain, some in zip(chains, columns, strict=True)}  # fmt: skip
    for (a, first), (b, second) in itertools.combinations(logs_of.items(), 2):
        for signs in itertools.product((1, -1), repeat=2):
            pairs = itertools.product(first, second)
            least = min((left(question, log_y - signs[0] * p - signs[1] * q) for p, q in pairs), default=np.inf)
            if np.isfinite(least):
                assert by_key[(a, b), signs] == pytest.approx(least, rel=1e-4, abs=1e-5 * question.left)
    for key, some in logs_of.items():
        for s in (1, -1):
            if some:
                least = min(left(question, log_y - s * one) for one in some)
                assert by_key[(key,), (s,)] == pytest.approx(least, rel=1e-4, abs=1e-5 * question.left)


@pytest.mark.parametrize("companions", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_a_draft_leaves_what_its_product_leaves(kind: str, companions: bool) -> None:
    """In logarithms, with exponents of the inputs by least squares, for targets of either sign."""
    inputs = inputs_of_kind(kind)
    space, rows = inputs.space, rows_of(inputs.space)
    for sign in (1.0, -1.0):
        y = sign * (np.abs(space.target) + 0.1)
        question = question_of(kind, companions, y)
        chains = list(catalogue.factor_chains(inputs))[::5]
        columns = [chain.columns(rows, SIZES[: chain.n_inner]) for chain in chains]
        found, _ = products(question, chains, columns, 12, lambda: False)
        assert found
        for one in found:
            draft = product_draft(one, question.question.companions, rows, y, question.scale)
            assert draft is not None
            values = value_of(draft.expression, space, dict(zip(draft.names, draft.values, strict=True)))
            assert (np.sign(values) == sign).all()
            again = left(question, np.log(np.abs(y)) - np.log(np.abs(values)))
            assert again == pytest.approx(one.loss, rel=1e-4, abs=1e-5 * question.left)


def test_products_of_factors_come_out() -> None:
    """``k*x**p*(a + t)/(b + exp(c*x))`` at constants of the grids."""
    inputs = inputs_of_kind("plain")
    space, rows = inputs.space, rows_of(inputs.space)
    kinds = [(None, "offset"), (None, "exp", "shift")]
    chains = [one for one in catalogue.factor_chains(inputs) if one.key[1:] in kinds]
    columns = [chain.columns(rows, (6, 5)) for chain in chains]
    place = {chain.key: number for number, chain in enumerate(chains)}
    x, t = catalogue.singles(inputs)
    top, below = place[(t.tree, None, "offset")], place[(x.tree, None, "exp", "shift")]
    y = 3 * space.inputs[0] ** 1.5 * columns[top].values[1, 0] / columns[below].values[7, 0]
    question = question_of("plain", True, y)
    best = min(products(question, chains, columns, 20, lambda: False)[0], key=lambda one: one.loss)
    assert best.loss < 1e-9
    assert {(chain.key, sign) for chain, sign in zip(best.factors, best.signs, strict=True)} == {
        (chains[top].key, 1), (chains[below].key, -1)
    }  # fmt: skip
    draft = product_draft(best, question.question.companions, rows, y, question.scale)
    assert draft is not None
    values = value_of(draft.expression, space, dict(zip(draft.names, draft.values, strict=True)))
    assert values == pytest.approx(y, rel=1e-6)


def test_the_best_of_each_number_of_constants_are_kept() -> None:
    inputs = inputs_of_kind("plain")
    rows = rows_of(inputs.space)
    chains = list(catalogue.factor_chains(inputs))[::3]
    columns = [chain.columns(rows, SIZES[: chain.n_inner]) for chain in chains]
    question = question_of("plain", True)
    every, _ = products(question, chains, columns, 10_000, lambda: False)
    few, _ = products(question, chains, columns, 6, lambda: False)

    def losses(found: list[Product], count: int) -> list[float]:
        return [one.loss for one in found if sum(len(inner) for inner in one.inner) == count]

    counts = {sum(len(inner) for inner in one.inner) for one in every}
    assert {1, 2, 3, 4} == counts
    for count in counts:
        assert losses(few, count) == losses(every, count)[:6] == sorted(losses(every, count))[:6]


def test_a_factor_that_changes_sign_is_none() -> None:
    inputs = inputs_of_kind("signed")
    rows = rows_of(inputs.space)
    y = np.abs(inputs.space.target) + 0.1
    x, _ = catalogue.singles(inputs)
    plain = Chain(x)
    found, looked = products(question_of("signed", False, y), [plain], [plain.columns(rows, ())], 5, lambda: False)
    assert (found, looked) == ([], 0)


def test_no_draft_where_a_factor_has_no_value() -> None:
    inputs = inputs_of_kind("plain")
    rows, y = rows_of(inputs.space), inputs.space.target
    x, _ = catalogue.singles(inputs)
    chain = next(one for one in catalogue.factor_chains(inputs) if one.key == (x.tree, None, "offset"))
    at_a_zero = Product((chain,), (np.array([-x.values[3]]),), (1,), 0.1, form_bits=0.0)
    assert product_draft(at_a_zero, (), rows, y, np.ones_like(y)) is None
