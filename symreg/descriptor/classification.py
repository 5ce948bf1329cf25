"""Search for descriptors that tell two classes: one with a threshold, or two with a linear boundary."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from symreg.descriptor.boundary import boundary_ratio, combined, cross_validated
from symreg.descriptor.certificate import Certificate
from symreg.descriptor.feature_space import MEMORY, FeatureSpace, feature_space
from symreg.descriptor.growing import Growing
from symreg.descriptor.linear_model import row_of
from symreg.descriptor.linear_search import LinearSearch
from symreg.descriptor.narrowing import narrowed
from symreg.descriptor.pool import Pool
from symreg.descriptor.settings import DescriptorError, DescriptorSettings
from symreg.descriptor.threshold import Classes, best_threshold, most_points
from symreg.descriptor.threshold_front import ThresholdFront, select
from symreg.descriptor.threshold_model import threshold_model
from symreg.descriptor.validation import Validation, check_folds, over_folds
from symreg.engine import get_engine
from symreg.formula import Expression, complexity, to_text
from symreg.problem import Problem
from symreg.search import Joiner, search_space

Floats = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]

BOUNDARIES = 200  # pairs of descriptors whose boundary is looked at


@dataclass(frozen=True, slots=True, eq=False)
class _Choice:
    """A set of descriptors with the points it scores."""

    trees: tuple[Expression, ...]
    points: int

    @property
    def complexity(self) -> int:
        return sum(complexity(tree) for tree in self.trees)


def find_thresholds(
    problem: Problem,
    settings: DescriptorSettings | None = None,
    *,
    folds: int = 0,
    memory: float = MEMORY,
    stop: Callable[[], bool] = lambda: False,
    seconds: float | None = None,
) -> ThresholdFront:
    """Descriptors that tell the two values of the problem's target best; the positive class is the larger value.

    All features up to ``settings.max_complexity`` are looked at, and with ``settings.grown`` combinations of them.
    ``folds`` above 0 repeats the search in as many folds (``validation``); ``memory`` are bytes for the features.
    When ``stop()`` turns true, the best so far is returned; ``seconds`` are those after which it will, where that is
    known. Of many columns some are chosen first (``narrowing``). Raises ``DescriptorError`` for a target of more or
    fewer values than two, more than two descriptors, features of which none varies, and folds that
    are neither 0 nor from 2 to the number of rows.
    """
    started, settings = time.monotonic(), settings or DescriptorSettings(n_descriptors=1)
    if settings.n_descriptors > 2:
        raise DescriptorError(message=f"n_descriptors is {settings.n_descriptors}; two classes are told by 1 or 2")
    check_folds(folds, len(problem.train_rows))
    problem, screening = narrowed(problem, settings, seconds)
    search = search_space(problem, problem.train_rows)
    classes = Classes(two_classes(problem, search.target), settings.balanced)
    space = feature_space(replace(search, sigma=None), settings, stop, memory)
    chosen, certificates, tried = _choices(space, classes, settings, stop)
    models = [threshold_model(problem, space, classes, one.trees) for one in chosen]
    validations = _validated(space, classes, settings, folds, problem.seed, stop) if folds else ()
    return ThresholdFront(
        tuple(models), select(models), certificates, len(space), space.complete_to, tried,
        time.monotonic() - started, validations, screening,
    )  # fmt: skip


def two_classes(problem: Problem, target: Floats) -> npt.NDArray[np.bool_]:
    """Which rows have the larger of the target's two values."""
    values = np.unique(target)
    if len(values) != 2:
        message = f"the target {problem.target!r} has {len(values)} values; two classes, as -1 and 1, are needed"
        raise DescriptorError(message=message)
    return np.asarray(target == values[1])


def _choices(
    space: FeatureSpace, classes: Classes, settings: DescriptorSettings, stop: Callable[[], bool]
) -> tuple[list[_Choice], tuple[Certificate, ...], int]:
    """The choices worth showing, what was looked at, and how many combinations were grown."""
    joiner = Joiner(get_engine(settings.engine), settings.threads, stop)
    choices = list(_singles(space, classes, settings.keep))
    certificates, tried = [Certificate(1, len(space), len(space), True, "cuts better")], 0
    if settings.grown > 0:
        growing = Growing(space, classes, joiner, settings.grown, settings.dimensionless)
        choices += [one for pool in growing.grown() for one in _grown(pool, space, classes, settings.keep)]
        tried = growing.combined
    shown = _front(choices)
    if settings.n_descriptors > 1:
        pairs, certificate = _pairs(space, classes, joiner, settings)
        shown += _front(pairs)
        certificates.append(certificate)
    return shown, tuple(certificates), tried


def _singles(space: FeatureSpace, classes: Classes, keep: int) -> Iterator[_Choice]:
    """The best features of each complexity, by their exact thresholds."""
    every = np.arange(len(space))
    points = np.concatenate(
        [most_points(space.values(part), classes) for part in np.array_split(every, 1 + len(every) // 4096)]
    )
    for size in np.unique(space.sizes):
        own = every[space.sizes == size]
        for feature in own[np.argsort(-points[own], kind="stable")[:keep]]:
            cut = best_threshold(space.values(np.array([feature]))[0], classes)
            yield _Choice((space.expression(int(feature)),), cut.points)


def _grown(pool: Pool, space: FeatureSpace, classes: Classes, keep: int) -> Iterator[_Choice]:
    """The best of what was grown, of each complexity."""
    order = np.argsort(-most_points(pool.values, classes), kind="stable")
    for size in np.unique(pool.sizes):
        for place in order[pool.sizes[order] == size][:keep].tolist():
            yield _Choice((space.written(pool.tree(place)),), best_threshold(pool.values[place], classes).points)


def _pairs(
    space: FeatureSpace, classes: Classes, joiner: Joiner, settings: DescriptorSettings
) -> tuple[list[_Choice], Certificate]:
    """Pairs that Fisher's discriminant tells classes by best, then by their boundary."""
    target = np.where(classes.positive, 1.0, -1.0)
    linear = LinearSearch(space, target, joiner, settings.max_pairs)
    found, certificate = linear.pairs(linear.singles()[0])
    choices = []
    for features in found.features[:BOUNDARIES]:
        values = space.values(features)
        cut = best_threshold(combined(values, boundary_ratio(values, classes)), classes)
        choices.append(_Choice(tuple(space.expression(int(one)) for one in features), cut.points))
    return choices, replace(certificate, claim="has a better discriminant")


def _front(choices: Sequence[_Choice]) -> list[_Choice]:
    """The best of each complexity that no simpler one equals, simple ones first."""
    shown: list[_Choice] = []
    for one in sorted(choices, key=lambda one: (one.complexity, -one.points)):
        if not shown or one.points > shown[-1].points:
            shown.append(one)
    return shown


def _validated(
    space: FeatureSpace, classes: Classes, settings: DescriptorSettings, folds: int, seed: int,
    stop: Callable[[], bool],
) -> tuple[Validation, ...]:  # fmt: skip
    """The search repeated in folds: for each number of descriptors the share of unseen rows told rightly."""
    told = {n: np.zeros(len(classes.positive), dtype=bool) for n in range(1, settings.n_descriptors + 1)}
    chosen: dict[int, list[str]] = {n: [] for n in told}

    def judge(search: Ids, unseen: Ids) -> None:
        part, own = space.on(search), classes.on(search)
        shown, _, _ = _choices(part, own, settings, stop)
        for n in told:
            own_n = [one for one in shown if len(one.trees) == n]
            if not own_n:
                continue
            best = _best_inside(own_n, part, own, seed)
            values = np.array([row_of(tree, space) for tree in best.trees])
            ratio = boundary_ratio(values[:, search], own)
            cut = best_threshold(combined(values[:, search], ratio), own)
            told[n][unseen] = cut.told(combined(values[:, unseen], ratio), classes.positive[unseen])
            chosen[n].append(" | ".join(map(to_text, best.trees)))

    over_folds(len(classes.positive), folds, seed, judge, classes.positive.astype(np.int64))
    if stop():
        return ()
    measure = "balanced accuracy" if classes.balanced else "accuracy"
    return tuple(Validation(n, folds, measure, classes.share(told[n]), "", tuple(chosen[n])) for n in told if chosen[n])


def _best_inside(choices: Sequence[_Choice], part: FeatureSpace, classes: Classes, seed: int) -> _Choice:
    """The choice that the search would select, by a cross-validation inside the rows it has."""
    scores = [cross_validated(np.array([row_of(tree, part) for tree in one.trees]), classes, seed) for one in choices]
    return choices[min(range(len(choices)), key=lambda i: (-scores[i], choices[i].complexity))]
