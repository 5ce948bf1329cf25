"""Laws predict in the user's units, print what they know, and the front shows only what earns its length."""

from __future__ import annotations

import math
import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from symreg.errors import PredictionError
from symreg.formula.expression import complexity
from symreg.formula.grammar import parse
from symreg.laws.law import Law, LawConstant, ParetoFront, Score, pareto_front
from symreg.laws.score import SCORED_AT_ONCE, score
from symreg.laws.selection import front_of, held_out_errors, select
from symreg.uncertain_text import number_text, r2_text, uncertain_text
from symreg.units.reading import DIMENSIONLESS_UNIT, parse_unit

GOOD = Score(rmse=1.0, r2=0.99, n_rows=100)


def law(
    text: str = "k*a**(3/2)",
    *,
    inputs: dict[str, str] | None = None,
    unit: str = "day",
    constants: tuple[LawConstant, ...] | None = None,
    **changes: Any,
) -> Law:
    inputs = {"a": "au"} if inputs is None else inputs
    if constants is None:
        constants = (LawConstant("k", 365.2134, 0.4012, parse_unit("day/au**(3/2)")),)
    expression = parse(text, variables=inputs, constants=[constant.name for constant in constants])
    fields: dict[str, Any] = {
        "expression": expression,
        "formula": text,
        "complexity": complexity(expression),
        "unit": parse_unit(unit),
        "dimension_ok": True,
        "train": GOOD,
        "held_out": GOOD,
        "description_length": 10.0,
        "constants": constants,
        "input_units": {name: parse_unit(text) for name, text in inputs.items()},
        "target": "period",
    }
    return Law(**{**fields, **changes})


def candidate(size: int, error: float, bits: float, *, n_rows: int = 200, undefined: int = 0) -> Law:
    held_out = Score(error, 1.0 - (error / 10.0) ** 2, n_rows, undefined)  # the target's spread is 10
    return law(
        complexity=size,
        held_out=held_out,
        train=held_out,
        description_length=bits,
        formula=f"law {size} {error} {bits}",
    )


# ----------------------------------------------------------------------------------------- predicting


def test_prediction_is_in_the_users_units() -> None:
    expected = 365.2134 * np.array([1.0, 5.2, 30.0]) ** 1.5
    np.testing.assert_allclose(law().predict({"a": [1.0, 5.2, 30.0]}), expected, rtol=1e-12)


@pytest.mark.parametrize("kind", ["frame", "mapping", "array", "lists"])
def test_every_kind_of_table_gives_the_same(kind: str) -> None:
    speed = law("x/t", inputs={"unused": "kg", "t": "min", "x": "km"}, unit="km/h", constants=())
    columns = {"unused": [9.0, 9.0], "t": [30.0, 60.0], "x": [10.0, 10.0]}
    data: Any = {
        "frame": pd.DataFrame(columns),
        "mapping": {name: np.array(values) for name, values in columns.items()},
        "array": np.column_stack(list(columns.values())),
        "lists": np.column_stack(list(columns.values())).tolist(),
    }[kind]
    np.testing.assert_allclose(speed.predict(data), [20.0, 10.0], rtol=1e-12)


def test_offset_units_are_converted_both_ways() -> None:
    warmer = law(
        "T*k", inputs={"T": "degC"}, unit="degC", constants=(LawConstant("k", 2.0, 0.0, DIMENSIONLESS_UNIT),)
    )
    np.testing.assert_allclose(warmer.predict({"T": [0.0, 26.85]}), [273.15, 326.85], rtol=1e-12)


def test_undefined_is_nan_and_never_infinite() -> None:
    root = law("sqrt(a)/a", unit="au**(-1/2)", constants=())
    values = root.predict({"a": [-1.0, 0.0, 4.0]})
    assert np.isnan(values[:2]).all()
    assert values[2] == pytest.approx(0.5)


def test_one_row_and_no_row_and_scalars() -> None:
    assert law().predict({"a": 1.0}).shape == (1,)
    assert law().predict({"a": []}).shape == (0,)
    assert law().predict(np.empty((0, 1))).shape == (0,)


def test_constant_law_gives_a_value_for_every_row() -> None:
    constant = law("k", constants=(LawConstant("k", 3.0, 0.1, parse_unit("day")),))
    for data in (pd.DataFrame({"a": [1.0, 2.0]}), {"a": [1.0, 2.0]}, [[1.0], [2.0]]):
        np.testing.assert_allclose(constant.predict(data), [3.0, 3.0])


def test_missing_values_stay_missing() -> None:
    data = pd.DataFrame({"a": pd.array([1.0, None], dtype="Float64")})
    assert np.isnan(law().predict(data)).tolist() == [False, True]


@pytest.mark.parametrize(
    ("data", "column", "words"),
    [
        ({"b": [1.0]}, "a", "column 'a' is missing"),
        (pd.DataFrame({"A": [1.0]}), "a", "the data have A"),
        ({}, "a", "no columns"),
        ({"a": ["far"]}, "a", "holds no numbers"),
        (np.ones((3, 2)), None, "shape (3, 2)"),
        ([1.0, 2.0], None, "(n_rows, 1)"),
    ],
)
def test_data_that_do_not_fit_are_refused_by_name(data: Any, column: str | None, words: str) -> None:
    with pytest.raises(PredictionError) as refusal:
        law().predict(data)
    assert refusal.value.column == column
    assert words in str(refusal.value)


def test_columns_of_different_length_are_refused() -> None:
    two = law("x/t", inputs={"x": "m", "t": "s"}, unit="m/s", constants=())
    with pytest.raises(PredictionError, match="x has 2, t has 3"):
        two.predict({"x": [1.0, 2.0], "t": [1.0, 2.0, 3.0]})


def test_laws_are_values_that_travel() -> None:
    front = pareto_front([law()])
    again = pickle.loads(pickle.dumps(front))
    assert again == front
    assert hash(again.best) == hash(front.best)


# ------------------------------------------------------------------------------------------- scoring


def test_score_counts_rows_where_a_law_says_nothing() -> None:
    found = score(np.array([1.0, np.nan, 3.0, np.inf]), np.array([1.0, 2.0, 4.0, 5.0]))
    assert (found.n_rows, found.undefined) == (4, 2)
    assert found.rmse == pytest.approx(math.sqrt(0.5))
    assert found.r2 == pytest.approx(1.0 - 0.5 / 2.25)


def test_score_of_a_perfect_and_of_an_absent_law() -> None:
    actual = np.array([1.0, 2.0])
    assert score(actual, actual) == Score(0.0, 1.0, 2, 0)
    nothing = score(np.full(2, np.nan), actual)
    assert (math.isnan(nothing.rmse), nothing.undefined) == (True, 2)


@pytest.mark.parametrize("n_rows", [SCORED_AT_ONCE - 1, SCORED_AT_ONCE, SCORED_AT_ONCE + 1, 3 * SCORED_AT_ONCE + 7])
def test_score_of_many_rows_is_that_of_all_of_them(n_rows: int) -> None:
    rng = np.random.default_rng(n_rows)
    actual, predicted = rng.normal(3.0, 2.0, (2, n_rows)) * np.geomspace(1e-3, 1e3, n_rows)
    sigma = rng.uniform(1.0, 2.0, n_rows)
    predicted[[3, n_rows // 2]] = np.nan, np.inf
    defined = np.isfinite(predicted)
    rest, spread = (predicted - actual)[defined], actual[defined].std()
    found = score(predicted, actual, sigma)
    assert (found.n_rows, found.undefined) == (n_rows, 2)
    assert found.rmse == pytest.approx(np.sqrt(np.mean(rest**2)), rel=1e-12)
    assert found.r2 == pytest.approx(1 - np.mean(rest**2) / spread**2, rel=1e-12)
    assert found.in_errors == pytest.approx(np.sqrt(np.mean((rest / sigma[defined]) ** 2)), rel=1e-12)


@pytest.mark.parametrize("scale", [1e-200, 1e-34, 1e200])
def test_score_neither_vanishes_nor_overflows(scale: float) -> None:
    found = score(np.array([1.0, 2.0, 4.0]) * scale, np.array([1.0, 2.0, 3.0]) * scale)
    assert found.rmse == pytest.approx(scale / math.sqrt(3))
    assert found.r2 == pytest.approx(0.5)


# ------------------------------------------------------------------------------------------- ranking


def test_front_keeps_what_earns_its_length_in_order() -> None:
    laws = [
        candidate(9, 0.5, 50),
        candidate(3, 5.0, 90),
        candidate(5, 6.0, 95),
        candidate(7, 1.0, 60),
        candidate(8, 1.0, 61),
    ]
    front = pareto_front(laws)
    assert [kept.complexity for kept in front] == [3, 7, 9]
    assert front.best.complexity == 9
    assert front[0] is laws[1] and len(front[1:]) == 2


def test_shortest_description_is_selected_not_the_smallest_error() -> None:
    front = pareto_front([candidate(3, 5.0, 90), candidate(5, 1.0, 40), candidate(15, 0.99, 60)])
    assert front.best.complexity == 5
    assert len(front) == 3


def test_law_that_fails_on_unseen_rows_cannot_be_selected() -> None:
    laws = [candidate(5, 1.0, 60), candidate(9, 3.0, 20)]
    assert select(laws) == 0
    assert pareto_front(laws).laws == (laws[0],)


def test_of_laws_that_are_alike_the_one_that_says_less_is_meant() -> None:
    """Bits of form and constants decide within the last bits, not nodes, as long as unseen rows see no difference."""
    short, near = (replace(candidate(7, 0.10, 100.0), own_bits=24.0), replace(candidate(9, 0.10, 101.5), own_bits=18.0))
    assert [select(laws) for laws in ((short, near), (near, short))] == [1, 0]
    assert select((short, replace(near, description_length=103.0))) == 0
    assert select((short, replace(near, own_bits=None))) == 0  # nodes, where nobody counted


def test_laws_that_unseen_rows_tell_apart_are_not_alike() -> None:
    """Ten rows: a constant costs as much less as it leaves over more, and left-out rows see seven times its error."""
    constant = replace(candidate(3, 0.70, 100.0, n_rows=10), own_bits=10.0)
    law = replace(candidate(16, 0.10, 100.7, n_rows=10), own_bits=60.0)
    assert select((constant, law)) == 1


def test_a_law_is_selected_among_all_and_not_among_those_on_the_front() -> None:
    """Two laws of nine nodes do better than a power, the one clearly and the other not: the front has the other one."""
    power = replace(candidate(4, 15.5, -7.3, n_rows=12), own_bits=15.9)
    told = replace(candidate(9, 9.97, -8.4, n_rows=12), own_bits=23.2)
    near = replace(candidate(9, 11.5, -7.1, n_rows=12), own_bits=21.9)
    front = pareto_front((power, told, near))
    assert front.laws == (power, near)
    assert front.best is near


def with_constants(one: Law, count: int, judge: str = "held-out") -> Law:
    free = tuple(LawConstant(f"k{number}", 1.0, 0.1, parse_unit("1")) for number in range(count))
    return replace(one, constants=free, judge=judge)


@pytest.mark.parametrize(
    ("error", "n_rows", "judge", "selected"),
    [
        (0.5, 5, "held-out", 0), (0.3, 5, "held-out", 1),
        (0.5, 8, "leave-one-out", 0), (0.3, 8, "leave-one-out", 1), (0.5, 18, "leave-one-out", 1),
    ],
)  # fmt: skip
def test_few_rows_do_not_choose_among_many_laws_with_more_constants(
    error: float, n_rows: int, judge: str, selected: int
) -> None:
    """Five of them see half the error: of many laws with one more constant some do. So it is with fewer than a dozen
    that are left out in turn, which the descriptions have counted."""
    law = with_constants(replace(candidate(7, 1.0, 100.0, n_rows=n_rows), own_bits=34.0), 3, judge)
    longer = with_constants(replace(candidate(12, error, 101.5, n_rows=n_rows), own_bits=43.0), 4, judge)
    assert select((law, longer)) == selected


@pytest.mark.parametrize(
    ("error", "simplest", "judge", "selected"),
    [
        (0.3, 30.0, "leave-one-out", 1),
        (0.4, 30.0, "leave-one-out", 0),
        (0.3, 42.0, "leave-one-out", 0),
        (0.3, 30.0, "held-out", 0),
    ],
)
def test_on_few_rows_a_line_vetoes_what_is_too_plain(error: float, simplest: float, judge: str, selected: int) -> None:
    """``2*sigma/pi`` for five points of a line to an offset; but only the simplest law of two constants may."""
    plain = with_constants(replace(candidate(5, 1.0, -7.5, n_rows=5), own_bits=7.5), 0, judge)
    line = with_constants(replace(candidate(5, error, 0.5, n_rows=5), own_bits=simplest), 2, judge)
    other = with_constants(replace(candidate(9, 0.9, 11.0, n_rows=5), own_bits=41.0), 2, judge)
    assert select((plain, line, other)) == selected


@pytest.mark.parametrize(("complexity", "selected"), [(9, 1), (10, 0), (18, 0)])
def test_no_long_law_calls_one_too_plain(complexity: int, selected: int) -> None:
    """``mu*N`` on ten rows with errors of a hundredth: of millions of long laws one is three times nearer by chance."""
    plain = with_constants(replace(candidate(3, 1.0, -33.0, n_rows=10), own_bits=8.5), 0, "leave-one-out")
    longer = with_constants(replace(candidate(complexity, 0.3, 54.0, n_rows=10), own_bits=50.0), 2, "leave-one-out")
    assert select((plain, longer)) == selected


@pytest.mark.parametrize(
    ("n_rows", "error", "own", "selected"),
    [
        (15, 1.00, 62.0, 1),  # eleven times the error on rows left out: no bit and a half makes up for it
        (15, 0.10, 62.0, 0),
        (5, 0.25, 65.0, 0),  # 2.5 times the error of five rows is luck, if the other law says five bits more
        (200, 0.25, 65.0, 1),
        (5, 1.00, 200.0, 0),
    ],
)
def test_a_law_that_says_more_vetoes_where_unseen_rows_say_more(
    n_rows: int, error: float, own: float, selected: int
) -> None:
    short = replace(candidate(15, error, 50.0, n_rows=n_rows), own_bits=60.0)
    longer = replace(candidate(17, 0.09, 54.0, n_rows=n_rows), own_bits=own)
    assert select((short, longer)) == selected


def test_a_longer_law_whose_error_differs_as_refits_do_is_not_shown() -> None:
    """``3*k*x`` beside ``k*x``: each was fitted anew for every row, and ends a little elsewhere."""
    front = pareto_front([candidate(3, 1.0, 40), candidate(5, 1.0 - 1e-9, 47), candidate(7, 1.0 - 1e-4, 55)])
    assert [law.complexity for law in front] == [3, 7]


def test_shortest_description_stays_on_the_front_if_rows_cannot_tell_it_from_its_twin() -> None:
    lucky, believed = candidate(8, 1.0, 50), candidate(9, 1.003, 30)
    front = pareto_front([lucky, believed, candidate(9, 0.9999, 55), candidate(11, 1.001, 70)])
    assert front.laws == (lucky, believed)
    assert front.best is believed


@pytest.mark.parametrize(("n_rows", "selected"), [(6, 1), (20_000, 0)])
def test_how_much_worse_is_clearly_worse_depends_on_the_rows(n_rows: int, selected: int) -> None:
    laws = [candidate(5, 1.0, 60, n_rows=n_rows), candidate(9, 1.1, 20, n_rows=n_rows)]
    assert select(laws) == selected


def test_rounding_errors_are_no_reason_for_a_longer_law() -> None:
    rough, exact, longer = candidate(3, 5.0, 90), candidate(5, 1e-13, -50), candidate(9, 1e-15, -60)
    front = pareto_front([rough, exact, longer])
    assert front.laws[:2] == (rough, exact)
    assert held_out_errors([rough, exact, longer])[1:] == pytest.approx([1e-9, 1e-9])


def test_undefined_rows_count_as_rows_about_which_nothing_is_said() -> None:
    constant, silent, sound = (
        candidate(1, 10.0, 99),
        candidate(5, 0.1, 20, undefined=100),
        candidate(6, 1.0, 30),
    )
    errors = held_out_errors([constant, silent, sound])
    assert errors == pytest.approx([10.0, math.hypot(0.1, 10.0) / math.sqrt(2), 1.0])
    assert pareto_front([constant, silent, sound]).best is sound
    nearly = candidate(5, 0.1, 20, undefined=1)
    assert pareto_front([constant, nearly]).best is nearly


@pytest.mark.parametrize(("undefined", "selected"), [(4, 0), (10, 0), (11, 1), (200, 1)])
def test_a_law_may_be_silent_on_one_row_in_twenty(undefined: int, selected: int) -> None:
    silent, sound = candidate(5, 0.1, 20.0, undefined=undefined), candidate(4, 9.0, 90.0)
    assert select((silent, sound)) == selected


def test_of_laws_that_are_all_silent_one_is_selected_nevertheless() -> None:
    assert select((candidate(5, 1.0, 30.0, undefined=50), candidate(7, 1.0, 40.0, undefined=60))) == 0


def test_law_that_is_undefined_everywhere_is_worse_than_any() -> None:
    nowhere = law(complexity=2, held_out=Score(math.nan, math.nan, 10, 10), description_length=-1e9)
    sound = candidate(5, 1.0, 30)
    assert pareto_front([nowhere, sound]).best is sound
    assert pareto_front([nowhere]).best is nowhere


def test_training_error_judges_where_no_rows_were_held_out() -> None:
    none = Score(math.nan, math.nan, 0)
    laws = [
        law(complexity=n, held_out=none, train=Score(e, 0.9, 6), description_length=b)
        for n, e, b in ((3, 2.0, 9.0), (5, 1.0, 5.0))
    ]
    assert len(pareto_front(laws)) == 2
    assert pareto_front(laws).best is laws[1]


def test_without_held_out_rows_a_law_that_does_far_worse_in_training_is_vetoed_too() -> None:
    none = Score(math.nan, math.nan, 0)
    poor = law(complexity=7, held_out=none, train=Score(9.0, 0.2, 40), description_length=5.0)
    good = law(complexity=5, held_out=none, train=Score(1.0, 0.9, 40), description_length=9.0)
    assert held_out_errors((poor, good)) == pytest.approx([9.0, 1.0])
    assert select((poor, good)) == 1


def test_order_of_the_candidates_does_not_matter() -> None:
    laws = [
        candidate(s, e, b)
        for s, e, b in ((3, 5.0, 90), (5, 1.0, 40), (5, 1.0, 41), (7, 1.0, 39), (9, 0.2, 44))
    ]
    assert front_of(laws) == front_of(laws[::-1])
    assert len(front_of([*laws, *laws])) == len(front_of(laws))


def test_empty_front_says_so() -> None:
    front = pareto_front([])
    assert (len(front), front.selected, str(front)) == (0, -1, "no law found")
    with pytest.raises(Exception, match="no law was found"):
        _ = front.best


# ------------------------------------------------------------------------------------------ printing


@pytest.mark.parametrize(
    ("value", "stderr", "text"),
    [
        (365.2134, 0.4012, "365.21 ± 0.40"),
        (6.6743e-11, 1.5e-15, "(6.67430 ± 0.00015)e-11"),
        (1.98847e30, 7e25, "(1.988470 ± 0.000070)e+30"),
        (424.1, 38.4, "424 ± 38"),
        (-0.5003, 0.0012, "-0.5003 ± 0.0012"),
        (0.0, 0.1, "0.00 ± 0.10"),
        (12.0, 345.0, "12 ± 345"),
        (1.0, 0.0996, "1.00 ± 0.10"),
        (3.0, 1e-12, "3.0000000000000 ± 0.0000000000010"),
        (2.0, 1e-25, "2"),
        (299792458.0, 0.0, "299792458"),
        (6.62607015e-34, 0.0, "6.62607015e-34"),
        (1e-34, math.nan, "1e-34"),
        (1.2345678, math.inf, "1.23457"),
        (1e-310, 1e-312, "(1.000 ± 0.010)e-310"),
        (math.nan, 1.0, "-"),
    ],
)
def test_errors_have_two_digits_and_values_are_cut_there(value: float, stderr: float, text: str) -> None:
    assert uncertain_text(value, stderr) == text


@pytest.mark.parametrize("value", [6.674e-11, 1e-34, 1e-300, 5e-324, 1e30])
def test_no_magnitude_prints_as_zero(value: float) -> None:
    assert float(number_text(value)) == pytest.approx(value, rel=1e-5)
    for stderr in (0.0, math.nan, value / 100 or value):
        assert any(digit in uncertain_text(value, stderr) for digit in "123456789")


def test_r2_near_one_shows_its_distance() -> None:
    assert r2_text(0.98765) == "0.98765"
    assert r2_text(1 - 2.3e-9) == "1-2.3e-09"
    assert r2_text(1.0) == "1.00000"
    assert r2_text(math.nan) == "-"


def test_summary_is_one_line_with_errors_and_units() -> None:
    assert law().summary() == "period = k*a**(3/2), k = 365.21 ± 0.40 day/au**(3/2)"


def test_snapped_constant_shows_what_was_fitted() -> None:
    half = LawConstant("k", 0.5, 0.0012, DIMENSIONLESS_UNIT, "free", "1/2", 0.5003)
    assert (
        law("k*a", unit="au", constants=(half,)).summary() == "period = k*a, k = 1/2 (fitted 0.5003 ± 0.0012)"
    )


def test_known_constants_are_told_in_the_summary_and_not_in_the_table() -> None:
    known = LawConstant("c", 299792458.0, 0.0, parse_unit("m/s"), "known")
    there = law("a/c", constants=(known,))
    assert there.summary() == "period = a/c, c = 299792458 m/s (known)"
    assert "299792458" not in str(pareto_front([there]))


def test_table_is_aligned_and_marks_the_selected_law() -> None:
    simple = law(
        "k*a",
        complexity=3,
        held_out=Score(25.0, 0.9, 50),
        train=Score(22.0, 0.91, 150),
        description_length=99.0,
    )
    front = pareto_front([law(held_out=Score(0.5, 0.99995, 50, 2)), simple])
    lines = str(front).splitlines()
    assert len(lines) == 3
    assert lines[0].split() == [
        "complexity",
        "train",
        "RMSE",
        "held-out",
        "RMSE",
        "R2",
        "bits",
        "unit",
        "formula",
    ]
    assert lines[2].startswith(">") and not lines[1].startswith(">")
    assert (
        len({line.index(word) for line, word in zip(lines, ("formula", "k*a,", "k*a**"), strict=True)}) == 1
    )
    assert "0.5 (2 undefined)" in lines[2] and "22" in lines[1] and "25" in lines[1]
    assert "k = 365.21 ± 0.40 day/au**(3/2)" in lines[2]


def test_html_escapes_every_text() -> None:
    evil = "<script>alert(1)</script>"
    bad = law(formula=evil, target=evil, notes=(evil,))
    for html in (pareto_front([bad])._repr_html_(), bad._repr_html_()):
        assert "<script" not in html
        assert "&lt;script" in html


def test_latex_is_one_formula() -> None:
    latex = law()._repr_latex_()
    assert latex.startswith("$") and latex.endswith("$") and "=" in latex


def test_front_can_be_walked_and_indexed() -> None:
    front = ParetoFront((law(), law("k*a")), 0)
    assert [member.formula for member in front] == ["k*a**(3/2)", "k*a"]
    assert front[-1].formula == "k*a" and front[0] is front.best and len(front) == 2


def test_fitted_value_is_the_value_where_nothing_was_snapped() -> None:
    assert LawConstant("k", 2.0, 0.1, DIMENSIONLESS_UNIT).fitted_value == 2.0


def test_no_more_digits_than_a_float_has() -> None:
    assert uncertain_text(6.6743e-11, 1e-28) == "6.6743e-11"
    assert uncertain_text(6.6743e-11, 1.2e-15) == "(6.67430 ± 0.00012)e-11"
    assert uncertain_text(2.5, 1e-17) == "2.5"


def test_errors_count_in_their_uncertainties_where_these_are_stated() -> None:
    """Over decades the largest values drown the others; in units of the uncertainty each row speaks."""
    actual = np.array([1.0, 10.0, 1000.0])
    close, loud = np.array([1.1, 11.0, 1100.0]), np.array([2.0, 20.0, 1001.0])
    scores = [
        replace(score(one, actual), in_errors=float(np.sqrt(np.mean(((one - actual) / (0.1 * actual)) ** 2))))
        for one in (close, loud)
    ]
    assert scores[0].in_errors == pytest.approx(1.0)
    assert scores[0].rmse > scores[1].rmse
    laws = [law(held_out=scores[0], complexity=5), law(held_out=scores[1], complexity=7)]
    assert held_out_errors(laws) == pytest.approx([1.0, np.sqrt((10**2 + 10**2 + 0.01**2) / 3)])
    assert front_of(laws) == (laws[0],)
    assert score(close, actual).in_errors is None


def test_a_front_as_a_data_frame() -> None:
    laws = tuple(
        Law(expression=parse("x", variables=["x"]), formula="x", complexity=n, unit=parse_unit("km"), dimension_ok=True,
            train=Score(0.5 / n, 0.9, 4), held_out=Score(1.0 / n, 0.8, 2), description_length=10.0 * n)
        for n in (1, 3)
    )  # fmt: skip
    frame = ParetoFront(laws, 1).to_frame()
    assert list(frame.columns) == [
        "formula", "complexity", "rmse_train", "rmse_held_out", "r2_train", "r2_held_out", "unit", "judge", "bits",
        "selected", "law",
    ]  # fmt: skip
    assert frame["complexity"].tolist() == [1, 3] and frame["selected"].tolist() == [False, True]
    assert frame["rmse_held_out"].tolist() == [1.0, 1.0 / 3] and frame["unit"].tolist() == ["km", "km"]
    assert frame["bits"].tolist() == [10.0, 30.0] and frame["law"].tolist() == list(laws)
    assert ParetoFront(laws, -1).to_frame()["selected"].tolist() == [False, False]
    assert ParetoFront((), -1).to_frame().empty
