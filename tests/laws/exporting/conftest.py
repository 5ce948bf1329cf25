"""The discoveries in miniature whose laws are exported."""

from tests.miniatures import hostile, kepler, relativity

__all__ = ["hostile", "kepler", "relativity"]
