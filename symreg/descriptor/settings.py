"""What a search for descriptors is told beside the problem."""

from __future__ import annotations

from dataclasses import dataclass

from symreg.errors import SymregError
from symreg.given import check_number

MOST_DESCRIPTORS = 3  # descriptors in one model
DEFAULT_OPERATORS = ("+", "-", "*", "/", "square", "abs")


class DescriptorError(SymregError):
    """A search for descriptors that cannot be made; the sentence says what to change."""


@dataclass(frozen=True, slots=True)
class DescriptorSettings:
    """How large the feature space is, and how much of it is looked at.

    ``n_descriptors`` is the largest number of descriptors in a model. ``max_complexity`` bounds each of them, as the
    search counts (a function costs one or two more than arithmetic). ``max_pairs`` is how many pairs are looked at for
    two descriptors: where there are more, screening chooses. ``keep`` models of each number of descriptors are
    reported. ``dimensionless`` leaves only features without a unit.

    For two classes alone: ``balanced`` counts each class alike, however many rows it has; above 0, ``grown`` is the
    complexity up to which pairs of features are combined to longer descriptors. ``threads`` and ``engine`` are those of
    the engine (``symreg.engine.get_engine``). Raises ``DescriptorError`` for a number out of its range.
    """

    n_descriptors: int = 2
    max_complexity: int = 6
    max_pairs: float = 2e10
    keep: int = 5
    dimensionless: bool = False
    balanced: bool = False
    grown: int = 0
    threads: int = 1
    engine: str = "auto"

    def __post_init__(self) -> None:
        for name, least, most in (
            ("n_descriptors", 1, MOST_DESCRIPTORS), ("max_complexity", 1, 40), ("keep", 1, 1000), ("grown", 0, 40),
            ("threads", 1, 1024),
        ):  # fmt: skip
            check_number(self, name, least, most, whole=True, error=DescriptorError)
        check_number(self, "max_pairs", 1, error=DescriptorError)
