"""Limits of the user on the form of a law."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Constraints:
    """Limits on the form of a law; ``nested["sin"]["cos"] = 1`` allows one cosine at most inside a sine.

    ``max_complexity`` does not count the nodes of a template's own form. ``monotonic["x"] = "increasing"`` and
    ``range``, in the target's unit, None for no bound, limit its values over the table's
    box (``symreg.finishing.shape``).
    """

    max_complexity: int = 40
    nested: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    monotonic: Mapping[str, Literal["increasing", "decreasing"]] = field(default_factory=dict)
    range: tuple[float | None, float | None] | None = None
