"""What can go wrong among workers."""

from __future__ import annotations

from symreg.errors import SymregError


class TeamError(SymregError):
    """Workers that cannot be started, or can no longer be reached: ``message``."""
