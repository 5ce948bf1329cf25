"""When a search asks how errors go, of whom, and what it takes to be answered: without any search."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pytest

from symreg.engine import get_engine
from symreg.formula.expression import Variable
from symreg.formula.grammar import parse
from symreg.search.native.noise import Wonder, errors_grow, grows_note, is_free_of_noise, left_out, may_grow, relative
from symreg.search.native.probes import target_at
from symreg.search.native.progress import Progress
from symreg.search.native.proposal import Draft
from symreg.search.native.questions.smoothing import smoother_of
from symreg.search.native.refine import Refined, Refiner
from symreg.search.space import SearchSpace
from tests.search.native.test_noise import power_law, space_of

Floats = npt.NDArray[np.float64]


def refiner_of(space: SearchSpace) -> Refiner:
    rows = np.arange(len(space.target))
    return Refiner(space, get_engine("auto"), 1, target_at(space, rows), rows)


def fitted(space: SearchSpace, text: str, *values: float) -> Refined:
    names = tuple(f"k{number}" for number in range(1, 1 + len(values)))
    draft = Draft(parse(text, variables=("x",), constants=names), names, values, (0,) * len(names))
    return refiner_of(space).again([Refined(draft, 0.0, 5, "test")])[0]


@dataclass
class Stages:
    """Simple forms whose stages bring what a test gives."""

    found: list[Refined]
    most: int = 9
    stages_run: int = 0
    evaluated: int = 0
    times_asked: int = 0

    @property
    def near(self) -> list[Refined]:
        self.times_asked += 1
        return self.found

    @property
    def is_done(self) -> bool:
        return self.stages_run >= self.most

    def run(self) -> None:
        self.stages_run += 1
        self.evaluated += 100


def wonder_of(space: SearchSpace, other: Stages, *, smooth: bool = False) -> Wonder:
    rows = np.arange(len(space.target))
    progress = Progress(space, refiner_of(space), smoother_of(space, rows) if smooth else None)
    return Wonder(space, refiner_of(space), progress, lambda _: other)  # type: ignore[arg-type,return-value]


def noisy(n_rows: int = 60) -> SearchSpace:
    """Errors of a tenth over three decades."""
    return space_of(*power_law(n_rows, part=0.1))


def alike(n_rows: int = 60) -> SearchSpace:
    x, y = power_law(n_rows, size=0.003)
    return space_of(x, np.abs(y) + 1e-3)


# -------------------------------------------------------------------------------------------- where it may be asked


@pytest.mark.parametrize(("n_rows", "may"), [(4, False), (5, False), (6, True), (7, True)])
def test_a_handful_of_rows_tells_nothing(n_rows: int, may: bool) -> None:
    assert may_grow(space_of(np.linspace(1, 9, n_rows), np.linspace(1, 9, n_rows) ** 2)) is may


@pytest.mark.parametrize(("largest", "may"), [(1.5, False), (2.8, False), (3.3, True), (30.0, True)])
def test_of_values_that_are_alike_either_kind_is_the_other(largest: float, may: bool) -> None:
    x = np.linspace(1, 2, 40)
    for scale in (1e-6, 1.0, -1.0, 1e6):
        assert may_grow(space_of(x, scale * np.geomspace(1, largest, 40))) is may


@pytest.mark.parametrize(("others", "may"), [(0, True), (2, True), (4, True), (12, False), (50, False)])
def test_errors_of_a_size_make_a_few_values_of_the_other_sign(others: int, may: bool) -> None:
    """With errors of 60 % one in twenty; more of them are a law that has both signs."""
    x, y = power_law(100, part=0.3)
    y = np.abs(y)
    y[:: max(1, 100 // max(others, 1))][:others] *= -0.2
    for scale in (1e-6, -1e-6, 1.0, -1.0):
        assert may_grow(space_of(x, scale * y)) is may


# ---------------------------------------------------------------------------------------------------- when and of whom


def test_it_is_asked_after_three_stages_and_once_after_each_later_one() -> None:
    space = alike()
    skeletons, wonder = Stages([fitted(space, "k1*x**k2", 2.0, 1.2)]), wonder_of(space, Stages([]))
    assert wonder.open
    for stages, is_asked in ((1, False), (2, False), (3, True), (3, False), (4, True), (6, True), (6, False)):
        skeletons.stages_run = stages
        before = skeletons.times_asked
        assert not wonder.knows_that_errors_grow(skeletons)  # type: ignore[arg-type]
        assert (skeletons.times_asked > before) is is_asked
    assert wonder.open


def test_it_is_asked_no_more_when_simple_forms_are_done() -> None:
    space = noisy()
    power = fitted(space, "k1*x**k2", 2.0, 1.2)
    wonder = wonder_of(space, Stages([]))
    assert not wonder.knows_that_errors_grow(Stages([], most=3, stages_run=3))  # type: ignore[arg-type]
    assert not wonder.open
    assert not wonder.knows_that_errors_grow(Stages([power], stages_run=8))  # type: ignore[arg-type]
    told = wonder_of(space, Stages([]))
    assert told.knows_that_errors_grow(Stages([power], stages_run=3))  # type: ignore[arg-type]


def test_what_leaves_nothing_answers_that_there_are_no_errors() -> None:
    space = noisy()
    near = [fitted(space, "k1*x**k2", 2.0, 1.2)]
    exact = replace(near[0], loss=1e-15)
    wonder = wonder_of(space, Stages(near))
    assert not wonder.knows_that_errors_grow(Stages([*near, exact], stages_run=3))  # type: ignore[arg-type]
    assert wonder.evaluated == wonder.stages_run == 0  # nobody else was asked


def test_over_decades_the_forms_that_are_near_if_errors_grow_are_asked_too() -> None:
    """The first stages of them, once; their work is counted."""
    space = noisy()
    other = Stages([fitted(relative(space), "k1*x**k2", 2.0, 1.2)])
    wonder = wonder_of(space, other)
    assert wonder.evaluated == wonder.stages_run == 0
    assert wonder.knows_that_errors_grow(Stages([], stages_run=3))  # type: ignore[arg-type]
    assert (wonder.stages_run, wonder.evaluated) == (3, 300)
    assert wonder.knows_that_errors_grow(Stages([], stages_run=4))  # type: ignore[arg-type]
    assert wonder.stages_run == 3
    short = wonder_of(space, Stages([], most=2))
    assert not short.knows_that_errors_grow(Stages([], stages_run=3))  # type: ignore[arg-type]
    assert short.stages_run == 2


@pytest.mark.parametrize("n_rows", [8, 11, 12])
def test_of_few_rows_or_within_a_decade_no_others_are_asked(n_rows: int) -> None:
    """The best of more would be chance, and there the largest values do not rule."""
    x = np.geomspace(1, 100, n_rows)
    few = wonder_of(space_of(x, 3 * x * (1 + 0.1 * np.cos(9 * x))), Stages([]))
    assert not few.knows_that_errors_grow(Stages([], stages_run=3))  # type: ignore[arg-type]
    assert (few.stages_run > 0) is (n_rows >= 12)
    x = np.geomspace(1, 8, 60)
    for scale in (1e-3, 1.0):
        near = wonder_of(space_of(x, scale * x * (1 + 0.01 * np.cos(9 * x))), Stages([]))
        assert not near.knows_that_errors_grow(Stages([], stages_run=3))  # type: ignore[arg-type]
        assert near.stages_run == 0


def test_at_the_end_the_law_itself_is_asked() -> None:
    for space, told in ((noisy(), True), (alike(), False)):
        wonder = wonder_of(space, Stages([]))
        assert not wonder.is_told_at_the_end()  # there is no law
        wonder.progress.law = fitted(space, "k1*x**k2", 2.0, 1.2)
        assert wonder.is_told_at_the_end() is told
        wonder.may_grow = False
        assert not wonder.is_told_at_the_end()


def test_a_law_that_leaves_mostly_a_pattern_does_not_answer() -> None:
    """A wave of 40 % on a power law: half of its misfit and more is seen by polynomials."""
    x = np.geomspace(0.5, 50, 300)
    scatter = 1 + 0.05 * np.random.default_rng(0).normal(size=300)
    wave = space_of(x, 3 * x**1.4 * (1 + 0.4 * np.sin(2 * np.log(x))) * scatter)
    plain = space_of(x, 3 * x**1.4 * scatter)
    for space, smooth, told in ((wave, True, False), (wave, False, True), (plain, True, True)):
        wonder = wonder_of(space, Stages([]), smooth=smooth)
        wonder.progress.law = fitted(space, "k1*x**k2", 3.0, 1.4)
        assert wonder.is_told_at_the_end() is told


# ------------------------------------------------------------------------------------------------------- who answers


def test_formulas_with_a_constant_for_every_few_rows_are_not_asked() -> None:
    """Three constants at most, and four rows for each: with more a formula passes through the few largest values."""
    for n_rows, text, values, asked in (
        (60, "k1*x**k2", (2.0, 1.2), True),
        (60, "k1*x**k2 + k3*x", (2.0, 1.4, 0.1), True),
        (60, "k1*x**k2 + k3*x + k4", (2.0, 1.4, 0.1, 0.1), False),
        (11, "k1*x**k2", (2.0, 1.2), True),
        (11, "k1*x**k2 + k3*x", (2.0, 1.4, 0.1), False),
    ):
        space = noisy(n_rows)
        refiner = refiner_of(space)
        one = fitted(space, text, *values)
        found = errors_grow(relative(space), [one], refiner, lambda _: 0.0)
        assert (found is not None) is asked


def test_nobody_answers_where_nobody_is_asked() -> None:
    space = noisy()
    assert errors_grow(relative(space), [], refiner_of(space), lambda _: 0.0) is None
    exact = replace(fitted(space, "k1*x**k2", 2.0, 1.2), loss=1e-12)
    assert errors_grow(relative(space), [exact], refiner_of(space), lambda _: 0.0) is None


def test_the_formula_that_answers_describes_the_target_shortest() -> None:
    """With its own bits: one that is as near and takes more to say is not named."""
    space = noisy()
    power, odd = fitted(space, "k1*x**k2", 2.0, 1.2), fitted(space, "k1*x**k2 + k3", 2.0, 1.2, 0.01)
    bits = {2: 0.0, 3: 50.0}
    found = errors_grow(relative(space), [odd, power], refiner_of(space), lambda one: bits[len(one.draft.names)])
    assert found is not None and found.draft.names == power.draft.names
    found = errors_grow(relative(space), [power], refiner_of(space), lambda one: 0.0)
    assert found is not None


@pytest.mark.parametrize(("n_rows", "most"), [(40, 10), (12, 3), (11, 11), (6, 6)])
def test_what_leaves_nothing_by_its_many_constants_is_not_free_of_noise(n_rows: int, most: int) -> None:
    """A constant for every fourth row; of a handful of rows any formula counts."""

    def found(count: int, loss: float) -> list[Refined]:
        names = tuple(f"k{number}" for number in range(count))
        return [Refined(Draft(Variable("x"), names, (1.0,) * count, (0,) * count), loss, 5, "test")]

    assert is_free_of_noise(found(most, 1e-12), n_rows)
    assert not is_free_of_noise(found(most + 1, 1e-12), n_rows)
    assert not is_free_of_noise(found(1, 1e-6), n_rows)
    assert not is_free_of_noise([], n_rows)


@pytest.mark.parametrize("grow", [False, True])
def test_rows_left_out_are_those_of_fits_without_them(grow: bool) -> None:
    """Against fitting a line again without each row in turn, with weights."""
    x, y = power_law(20, part=0.1)
    space = relative(space_of(x, y)) if grow else space_of(x, y)
    one, refiner = fitted(space, "k1*x + k2", 2.0, 1.0), refiner_of(space)
    x, y = space.inputs[0], space.target
    weights = np.ones(20) / 20 if space.sigma is None else space.sigma**-2 / np.sum(space.sigma**-2)
    columns, total = np.column_stack([x, np.ones(20)]), 0.0
    for row in range(20):
        kept = np.arange(20) != row
        roots = np.sqrt(weights[kept])
        line = np.linalg.lstsq(columns[kept] * roots[:, None], y[kept] * roots, rcond=None)[0]
        total += weights[row] * (y[row] - columns[row] @ line) ** 2
    assert left_out(one, refiner) == pytest.approx(total)


def test_the_reader_is_told_what_was_assumed() -> None:
    assert "errors of y grow with it" in grows_note(noisy())


@pytest.mark.parametrize("seed", range(3))
def test_where_either_kind_describes_the_target_nothing_is_told(seed: int) -> None:
    """Values that differ twofold: the better of both is so by a few bits of chance, or of a law not found yet."""
    x = np.linspace(1, 2, 60)
    for y in (2 * x * (1 + 0.05 * np.random.default_rng(seed).normal(size=60)), x + 0.05 * np.sin(9 * x)):
        space = space_of(x, y)
        assert errors_grow(relative(space), [fitted(space, "k1*x", 2.0)], refiner_of(space), lambda _: 0.0) is None


def test_it_is_not_asked_again_of_a_target_that_is_weighed() -> None:
    weighed = relative(noisy())
    assert not weighed.may_weigh and not may_grow(weighed) and not may_grow(replace(weighed, sigma=None))


@pytest.mark.parametrize("power", [0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 1.0])
@pytest.mark.parametrize("seed", range(4))
def test_relative_errors_are_told_where_their_likelihood_is_larger_by_far(power: float, seed: int) -> None:
    """Errors that grow with a power of the value, from not at all to in proportion: both likelihoods of Gaussian
    errors, with each row left out of the fit of the slope, say which it is."""
    x = np.geomspace(1, 30, 60)
    space = space_of(x, 2 * x + 0.05 * (2 * x) ** power * np.random.default_rng(seed).normal(size=60))
    x, y, sizes = space.inputs[0], space.target, relative(space).sigma
    assert sizes is not None

    def bits(sigma: Floats) -> float:
        root = x / sigma
        slope = root @ (y / sigma) / (root @ root)
        left = (y / sigma - slope * root) / (1 - root**2 / (root @ root))
        return 30 * float(np.log2(left @ left)) + float(np.log2(sigma).sum())

    gain = bits(np.ones(60)) - bits(sizes)
    found = errors_grow(relative(space), [fitted(space, "k1*x", 2.0)], refiner_of(space), lambda _: 0.0)
    assert (found is not None) is (gain > 12.0)
