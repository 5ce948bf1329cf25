"""Backdrops: sums of many simple terms that exact tables tell apart afterwards; what else a law holds is sought before
them."""

from __future__ import annotations

from symreg.search.native.backdrops.search import Backdrops, backdrops_of

__all__ = [
    "Backdrops",
    "backdrops_of",
]
