"""What a search for descriptors looked at, and what it may therefore say."""

from __future__ import annotations

from dataclasses import dataclass

_SETS = {1: "feature", 2: "pair", 3: "triple"}


@dataclass(frozen=True, slots=True)
class Certificate:
    """``combinations`` of ``n_descriptors`` among ``n_features`` were looked at; ``exhaustive``: these are all.

    ``claim`` says in which sense no other is better.
    """

    n_descriptors: int
    n_features: int
    combinations: int
    exhaustive: bool
    claim: str = "fits better"

    def sentence(self) -> str:
        """In words: ``no pair among 135,667 features fits better``."""
        one = _SETS[self.n_descriptors]
        if self.exhaustive:
            return f"{self.n_descriptors}: no {one} among {self.n_features:,} features {self.claim}"
        looked = f"{self.combinations:,} {one}s among {self.n_features:,} features were looked at, not all"
        return f"{self.n_descriptors}: {looked}"


def features_text(n_features: int, complete_to: int) -> str:
    """How many features there were, and up to which complexity (as the search counts) none was left out."""
    return f"{n_features:,} features; complete to complexity {complete_to}"
