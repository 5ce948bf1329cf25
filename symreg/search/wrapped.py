"""A backend around another: what it is called and may use is the inner one's, how it proposes is its own."""

from __future__ import annotations

from dataclasses import dataclass

from symreg.search.backend import Backend, Capabilities
from symreg.search.honouring import capabilities_of


@dataclass(frozen=True, slots=True)
class Wrapped:
    """All of a backend but ``propose``."""

    backend: Backend

    @property
    def name(self) -> str:
        """The backend's name."""
        return self.backend.name

    @property
    def threads(self) -> int:
        """Threads it may use."""
        return self.backend.threads

    @property
    def capabilities(self) -> Capabilities:
        """What the backend heeds by itself."""
        return capabilities_of(self.backend)

    @property
    def engine(self) -> str:
        """The engine to fit with."""
        return self.backend.engine
