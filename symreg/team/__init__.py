"""Workers that do one search together: each does some of what is dear, and all are told what came of it."""

from __future__ import annotations

from symreg.team.communicator import Alone, Communicator
from symreg.team.errors import TeamError
from symreg.team.local import children, invitation_heard
from symreg.team.meeting import Guest, Host, Invitation, arrive, lost_words
from symreg.team.sharing import Sharing, Tally, dealt

__all__ = [
    "Alone",
    "Communicator",
    "Guest",
    "Host",
    "Invitation",
    "Sharing",
    "Tally",
    "TeamError",
    "arrive",
    "children",
    "dealt",
    "invitation_heard",
    "lost_words",
]
