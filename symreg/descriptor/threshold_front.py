"""The answer of a search for thresholds: the best models of each complexity, and what was looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from symreg.descriptor.certificate import Certificate, features_text
from symreg.descriptor.descriptor_front import aligned, table_of_text
from symreg.descriptor.narrowing import said_of
from symreg.descriptor.threshold_model import ThresholdModel
from symreg.descriptor.validation import Validation
from symreg.search import Screening
from symreg.typesetting import bundle

HEADINGS = ("", "descriptors", "accuracy", "balanced", "cross-validated", "complexity", "positive where")


@dataclass(frozen=True, slots=True, eq=False)
class ThresholdFront:
    """For each number of descriptors the best models of each complexity; ``selected`` is the one to use.

    ``screening`` says of each of many columns why features were made of it or not; None where they were of all.
    """

    models: tuple[ThresholdModel, ...]
    selected: int
    certificates: tuple[Certificate, ...]
    n_features: int
    complete_to: int
    grown: int
    seconds: float
    validations: tuple[Validation, ...] = ()
    screening: Screening | None = None

    @property
    def best(self) -> ThresholdModel:
        """The selected model."""
        return self.models[self.selected]

    def of(self, n_descriptors: int) -> tuple[ThresholdModel, ...]:
        """Models of this many descriptors, simple ones first."""
        return tuple(one for one in self.models if one.n_descriptors == n_descriptors)

    @property
    def _rows(self) -> list[tuple[str, ...]]:
        return [
            (
                ">" if place == self.selected else "", str(one.n_descriptors), f"{one.accuracy:.4f}",
                f"{one.balanced_accuracy:.4f}", f"{one.cross_validated:.4f}", str(one.complexity), one.rule(),
            )
            for place, one in enumerate(self.models)
        ]  # fmt: skip

    @property
    def _said(self) -> list[str]:
        said = [*said_of(self.screening, bool(self.validations)), features_text(self.n_features, self.complete_to)]
        said += [one.sentence() for one in self.certificates] + [one.sentence() for one in self.validations]
        if self.grown:
            said.append(f"1: {self.grown:,} combinations of features were looked at beside them")
        return said

    def __str__(self) -> str:
        return "\n".join([aligned(HEADINGS, self._rows, {"", "positive where"}), "", *self._said])

    def __repr__(self) -> str:
        return str(self)

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return bundle(str(self), table_of_text(HEADINGS, self._rows, self._said, self.selected))


def select(models: Sequence[ThresholdModel]) -> int:
    """The best cross-validated; of equals the simplest."""
    return min(range(len(models)), key=lambda i: (-models[i].cross_validated, models[i].complexity))
