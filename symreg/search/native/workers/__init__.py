"""One search on many workers: rank 0, and the others, which are started here or elsewhere."""

from __future__ import annotations

from symreg.search.native.workers.together import search_together

__all__ = ["search_together"]
