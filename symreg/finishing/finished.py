"""A fitted formula on its way to a law."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from symreg.fitting import Fitted
from symreg.formula import Recognised

AS_PROPOSED = frozenset({"guess", "hypotheses"})  # sources of formulas that people know by their form
# By a constant's former name: the simple number it became, the value that was fitted, and its standard error.
Snapped = Mapping[str, tuple[Recognised, float, float]]


@dataclass(frozen=True, slots=True, eq=False)
class Finished:
    """A fitted formula with what became of its constants, and its description length in bits.

    ``form_bits`` is what the search says of the form: its place in a catalogue (``native.skeletons``), its rank
    (``native.rank``) or its products of powers (``native.groups``); None where it has none of these. ``freed`` is the
    law before it was said with fewer constants; None where it was not.
    """

    fitted: Fitted
    bits: float
    snapped: Snapped
    snapped_bits: float = 0.0
    simplified: bool = False
    notes: tuple[str, ...] = ()
    source: str = "native"
    form_bits: float | None = None
    freed: Finished | None = None
