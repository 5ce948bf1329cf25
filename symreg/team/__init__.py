"""Workers that do one search together: each does some of what is dear, and all are told what came of it."""

from __future__ import annotations

from symreg.team.errors import TeamError
from symreg.team.local import children, invitation_heard
from symreg.team.meeting import Host, Invitation, arrive, lost_words
from symreg.team.sharing import Sharing, Tally

__all__ = [
    "Host",
    "Invitation",
    "Sharing",
    "Tally",
    "TeamError",
    "arrive",
    "children",
    "invitation_heard",
    "lost_words",
]
