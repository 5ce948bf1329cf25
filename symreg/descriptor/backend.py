"""Descriptors as a backend: the seam by which experiments reach them.

What it proposes are sums of descriptors with free constants; fitting, units, ranking, reports and resuming are those of
every search.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from symreg.descriptor.feature_space import FeatureSpace, feature_space
from symreg.descriptor.linear_model import candidate_of
from symreg.descriptor.linear_search import Found, LinearSearch
from symreg.descriptor.regression import check_policy, trees_of
from symreg.descriptor.settings import DescriptorSettings
from symreg.engine import get_engine
from symreg.search import Budget, Clock, Joiner, Round, SearchSpace


@dataclass(frozen=True, slots=True)
class Descriptors:
    """A backend that proposes linear models of one to three descriptors, and nothing else."""

    settings: DescriptorSettings = field(default_factory=DescriptorSettings)
    name: str = "descriptors"

    @property
    def threads(self) -> int:
        """Threads of the engine."""
        return self.settings.threads

    @property
    def engine(self) -> str:
        """The engine's name."""
        return self.settings.engine

    def propose(
        self, space: SearchSpace, budget: Budget, *, seed: int, stop: Callable[[], bool]
    ) -> Iterator[Round]:
        """A round for each number of descriptors; there is no chance in it, so ``seed`` is not used."""
        check_policy("inferred" if space.coefficient_codes is None else "limited")
        clock = Clock(budget, stop)
        joiner = Joiner(get_engine(self.engine), self.threads, clock.spent, lambda: clock.evaluations_left)
        features = feature_space(space, self.settings, clock.spent, budget.memory)
        clock.evaluated = lambda: features.bank.evaluated + joiner.pairs
        steps = LinearSearch(features, space.target, joiner, self.settings.max_pairs).steps(self.settings.n_descriptors)
        for found, certificate in steps:
            last = certificate.n_descriptors == self.settings.n_descriptors
            reason = clock.reason or ("every number of descriptors was searched" if last else None)
            yield self._round(features, found, certificate.n_descriptors, clock.evaluated(), reason)
            if reason is not None:
                return

    def _round(self, features: FeatureSpace, found: Found, level: int, evaluated: int, reason: str | None) -> Round:
        chosen = tuple(candidate_of(features, trees_of(features, one)) for one in found.features[: self.settings.keep])
        return Round(chosen, level, evaluated, features.bank.pruned, None, reason)
