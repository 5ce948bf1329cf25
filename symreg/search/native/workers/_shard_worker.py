"""A child process that takes part in a search on many workers (``together``)."""

from __future__ import annotations

import signal

from symreg.search.native.workers.together import work_for
from symreg.team import invitation_heard

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for rank 0, which hangs up when it wants to
    work_for(invitation_heard())
