"""Workers on this machine: children that are invited, and ended when the meeting is over."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from symreg.interpreter import begin
from symreg.team.errors import TeamError
from symreg.team.meeting import Invitation

LEAVE = 5.0
"""Seconds for a worker to leave once rank 0 has hung up: the item it is at takes less than a second. Then it is
killed."""

@contextlib.contextmanager
def children(module: str, invitations: Sequence[Invitation], threads: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Children that run this module, each told its invitation as a line of JSON; TeamError where none can be started.

    ``threads`` are those of linear algebra in each.
    """
    started: list[subprocess.Popen[bytes]] = []
    try:
        for one in invitations:
            started.append(_started(module, one, threads))
        yield started
    finally:
        for child in started:
            try:
                child.wait(LEAVE)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def invitation_heard() -> Invitation:
    """What a child was told."""
    return Invitation(**json.loads(sys.stdin.readline()))


def _started(module: str, invitation: Invitation, threads: int) -> subprocess.Popen[bytes]:
    try:
        child = begin(
            module, threads=threads, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
    except (OSError, ValueError) as error:
        raise TeamError(message=f"a worker of the search could not be started: {error}") from error
    assert child.stdin is not None
    with contextlib.suppress(OSError):  # one that is gone already does not come to the meeting
        child.stdin.write(json.dumps(asdict(invitation)).encode() + b"\n")
        child.stdin.close()
    return child
