"""Skeletons: laws whose constants stand anywhere, looked for on grids of these constants (docs/decisions/0025)."""

from symreg.search.native.skeletons.search import Skeletons, skeletons_of

__all__ = ["Skeletons", "skeletons_of"]
