"""Backends that propose formulas: the seam (``backend``), the problem as they see it (``space``), our own."""
