"""The discoveries in miniature that reports are written of."""

from tests.miniatures import hostile, kepler, relativity

__all__ = ["hostile", "kepler", "relativity"]
