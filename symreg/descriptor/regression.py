"""Search for linear models of one, two or three descriptors: from a problem to a front."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from symreg.descriptor.descriptor_front import DescriptorFront, select
from symreg.descriptor.feature_space import MEMORY, FeatureSpace, feature_space
from symreg.descriptor.linear_model import DescriptorModel, least_squares, model_of, row_of
from symreg.descriptor.linear_search import Found, LinearSearch
from symreg.descriptor.narrowing import narrowed
from symreg.descriptor.settings import DescriptorError, DescriptorSettings
from symreg.descriptor.validation import Validation, check_folds, over_folds
from symreg.engine import get_engine
from symreg.finishing import Finisher
from symreg.fitting import make_fitter
from symreg.formula import Expression, to_text
from symreg.problem import Problem
from symreg.search import Joiner, search_space

Floats = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]


def find_descriptors(
    problem: Problem,
    settings: DescriptorSettings | None = None,
    *,
    folds: int = 0,
    memory: float = MEMORY,
    stop: Callable[[], bool] = lambda: False,
    seconds: float | None = None,
) -> DescriptorFront:
    """The best linear models of up to ``settings.n_descriptors`` descriptors on the problem's training rows.

    Its free constants have to be "inferred": a coefficient carries the unit that the sum needs. ``folds`` above 0
    repeats the search in as many folds (``validation``); ``memory`` are bytes for the features. When ``stop()`` turns
    true, the best so far is returned; ``seconds`` are those after which it will, where that is known. Of many columns
    some are chosen first (``narrowing``). Raises ``DescriptorError`` for other free constants, where no feature varies
    or no model is defined, and for folds that are neither 0 nor from 2 to the number of rows.
    """
    started, settings = time.monotonic(), settings or DescriptorSettings()
    check_policy(problem.free_constants.policy)
    check_folds(folds, len(problem.train_rows))
    problem, screening = narrowed(problem, settings, seconds)
    space = feature_space(search_space(problem, problem.train_rows), settings, stop, memory)
    found = list(_search(space, space.search.target, settings, stop).steps(settings.n_descriptors))
    finisher = Finisher(make_fitter(problem, space.search.units, get_engine(settings.engine), settings.threads))
    models = [model for sets, _ in found for model in _models(finisher, space, sets, settings.keep)]
    if not models:
        raise DescriptorError(message="no model of descriptors is defined on the rows; allow more features")
    validations = _validated(problem, space, settings, folds, stop) if folds else ()
    certificates = tuple(certificate for _, certificate in found)
    return DescriptorFront(
        tuple(models), select(models, validations), certificates, len(space), space.complete_to,
        time.monotonic() - started, validations, screening,
    )  # fmt: skip


def check_policy(policy: str) -> None:
    """Coefficients of a sum of descriptors carry any unit; DescriptorError where that is not allowed."""
    if policy != "inferred":
        message = f"coefficients of descriptors carry any unit, and free constants are {policy}: give 'inferred'"
        raise DescriptorError(message=message)


def _search(
    space: FeatureSpace, target: Floats, settings: DescriptorSettings, stop: Callable[[], bool]
) -> LinearSearch:
    joiner = Joiner(get_engine(settings.engine), settings.threads, stop)
    return LinearSearch(space, target, joiner, settings.max_pairs)


def _models(finisher: Finisher, space: FeatureSpace, found: Found, keep: int) -> list[DescriptorModel]:
    models = [model_of(finisher, space, trees_of(space, sets)) for sets in found.features[:keep]]
    return [model for model in models if model is not None]


def trees_of(space: FeatureSpace, features: Sequence[int] | Ids) -> list[Expression]:
    """The trees of a set of features, simple ones first."""
    return [space.expression(int(feature)) for feature in features]


def _validated(
    problem: Problem, space: FeatureSpace, settings: DescriptorSettings, folds: int, stop: Callable[[], bool]
) -> tuple[Validation, ...]:
    """The search repeated in folds: for each number of descriptors the error on the rows of all folds."""
    target, unit = space.search.target, problem.target_column.unit
    factor = space.search.units.factor(unit.dimension) / unit.scale

    def judge(search: Ids, unseen: Ids) -> list[tuple[Floats, str]]:
        part = space.on(search)
        found = _search(part, target[search], settings, stop).steps(settings.n_descriptors)
        return [_unseen(space, part, sets, unseen) for sets, _ in found if len(sets)]

    judged = over_folds(len(target), folds, problem.seed, judge)
    if stop():
        return ()
    return tuple(
        Validation(
            place + 1, folds, "RMSE", float(np.sqrt(np.mean(np.concatenate([one[0] for one in each]) ** 2))) * factor,
            unit.text, tuple(one[1] for one in each),
        )
        for place, each in enumerate(zip(*judged, strict=False))
    )  # fmt: skip


def _unseen(space: FeatureSpace, part: FeatureSpace, found: Found, unseen: Ids) -> tuple[Floats, str]:
    """Errors of the best model of a fold on rows that it has not seen, and what it chose."""
    trees = trees_of(part, found.features[0])
    target = space.search.target
    whole = np.array([row_of(tree, space) for tree in trees])
    coefficients = least_squares(whole[:, part.sample], target[part.sample], part.whitening.root)
    errors = coefficients[0] + coefficients[1:] @ whole[:, unseen] - target[unseen]
    return errors, " | ".join(to_text(tree) for tree in trees)

