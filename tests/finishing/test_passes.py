"""Each pass keeps what a law must keep, and has nothing left to do when it has run."""

from __future__ import annotations

import numpy as np
import pytest

from symreg.finishing.finished import Finished
from symreg.finishing.finisher import Finisher
from symreg.finishing.passes import SHORTENING, Pass, canonical, shortened, shown
from symreg.finishing.rewriting import REWRITINGS
from symreg.formula.printing import to_text
from symreg.problem.making import make_problem
from symreg.tables.table import read_table
from symreg.units.dimension import DIMENSIONLESS, Dimension
from tests.finishing.test_finisher import finished, finisher_of

PER_SECOND, VOLT_PER_SECOND = Dimension.of(s=-1), Dimension.of(kg=1, m=2, s=-4, A=-1)
VOLT = Dimension.of(kg=1, m=2, s=-3, A=-1)
PASSES = [*SHORTENING, shortened, canonical, shown]


def decaying(noise: float) -> Finisher:
    t = np.linspace(0.5, 9, 60)
    rng = np.random.default_rng(0)
    U = 3.1 * np.exp(-t / 2.6) + 0.47 + noise * rng.normal(size=60)
    return finisher_of(make_problem(read_table({"t [s]": t, "U [V]": U}, target="U")))


LAWS = [
    ("a*exp(-b*t) + c", {"a": VOLT, "b": PER_SECOND, "c": VOLT}),
    ("a*exp(-b*t) + c + d*t", {"a": VOLT, "b": PER_SECOND, "c": VOLT, "d": VOLT_PER_SECOND}),
    ("(a + c*exp(-b*t))*d", {"a": VOLT, "b": PER_SECOND, "c": VOLT, "d": DIMENSIONLESS}),
    ("1/(a + b*t)", {"a": VOLT**-1, "b": VOLT**-1 * PER_SECOND}),
]


@pytest.mark.parametrize("noise", [0.0, 0.02])
@pytest.mark.parametrize(("text", "kinds"), LAWS)
@pytest.mark.parametrize("one", PASSES, ids=lambda one: one.__name__)
def test_a_pass_keeps_a_law(one: Pass, text: str, kinds: dict[str, Dimension], noise: float) -> None:
    """Its dimension is exact, no constant is new, and it leaves no more unless its description is shorter."""
    own = decaying(noise)
    before = finished(own, text, **kinds)
    after = one(own, before)
    assert own.is_exact(after.fitted)
    assert len(after.fitted.constants) <= len(before.fitted.constants)
    assert after.bits < before.bits or not own.is_worse(after.fitted, before.fitted)


@pytest.mark.parametrize("noise", [0.0, 0.02])
@pytest.mark.parametrize(("text", "kinds"), LAWS)
@pytest.mark.parametrize("one", PASSES, ids=lambda one: one.__name__)
def test_a_pass_that_has_run_has_nothing_left_to_do(
    one: Pass, text: str, kinds: dict[str, Dimension], noise: float
) -> None:
    own = decaying(noise)
    once = one(own, finished(own, text, **kinds))
    assert told(one(own, once)) == told(once)


def told(one: Finished) -> str:
    return to_text(one.fitted.expression)


def test_every_rewriting_proposes_what_has_fewer_constants() -> None:
    own = decaying(0.02)
    for text, kinds in LAWS:
        before = finished(own, text, **kinds)
        for rewriting in REWRITINGS:
            for _, constants, _ in rewriting.proposals(own, before.fitted, {}):
                assert len(constants) < len(before.fitted.constants), rewriting.what


def test_what_somebody_proposed_keeps_its_form() -> None:
    own = decaying(0.02)
    text, kinds = LAWS[0]
    fitted = finished(own, text, **kinds).fitted
    told_by_a_person = shown(own, own.measured(fitted, "hypotheses"))
    found = shown(own, own.measured(fitted, "native"))
    assert "b*t" in told(told_by_a_person)
    assert "t/b" in told(found)


def test_errors_over_decades_are_no_rounding() -> None:
    """Planck's law on rows of 10 %, over thirty decades: beside the largest values the smallest are nothing, and the
    largest weights are theirs. No constant of the law is needless."""
    rng = np.random.default_rng(0)
    x = np.exp(rng.uniform(np.log(0.05), np.log(70), 60))
    y = 2.7 * x**3 / np.expm1(0.9 * x) * (1 + 0.1 * rng.normal(size=60))
    table = read_table({"x": x, "y": y, "s": 0.1 * y}, target="y", sigma={"y": "s"})
    own = finisher_of(make_problem(table))
    before = finished(own, "a*x**3/(exp(b*x) - 1)", a=DIMENSIONLESS, b=DIMENSIONLESS)
    assert before.fitted.residual_sum < 2 * 60
    assert not own.is_at_rounding(before.fitted)
    assert shortened(own, before).fitted.residual_sum < 2 * 60
