"""A tracker of experiments, and a run as it knows it: what the doors to their clients have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class TrackedRun:
    """A run as a tracker knows it: its name, its folder, what was asked (by dotted keys), and a ``mark`` by which it is
    found again when it goes on; a fresh one is begun anew."""

    name: str
    folder: Path
    question: Mapping[str, str]
    mark: str
    is_fresh: bool = False


class Tracker(Protocol):
    """The end of a tracker's own client. Each call may wait, and may raise whatever it likes."""

    def begin(self, run: TrackedRun) -> None:
        """The run begins, or goes on where it was."""

    def point(self, values: Mapping[str, float], step: int) -> None:
        """Where its curves are now."""

    def end(self, law: str, status: str, reports: Sequence[Path]) -> None:
        """It has ended."""
