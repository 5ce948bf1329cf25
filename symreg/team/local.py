"""Workers on this machine: children that are invited, and ended when the meeting is over.

They are started with ``subprocess``: ``multiprocessing`` would import the user's script again in each.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from symreg.team.errors import TeamError
from symreg.team.meeting import Invitation

LEAVE = 5.0
"""Seconds for a worker to leave once rank 0 has hung up: the item it is at takes less than a second. Then it is
killed."""

_BOOT = """
import json, runpy, sys
sys.path.extend(path for path in json.loads(sys.argv[2]) if path not in sys.path)
runpy.run_module(sys.argv[1], run_name="__main__")
"""


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
    paths = json.dumps([path for path in sys.path if path])
    number = str(threads)
    limits = {"OPENBLAS_NUM_THREADS": number, "OMP_NUM_THREADS": number, "MKL_NUM_THREADS": number}
    try:
        # -P: the folder the user happens to be in is no place to import from
        child = subprocess.Popen(
            [sys.executable, "-P", "-c", _BOOT, module, paths],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, **limits},
        )  # fmt: skip
    except (OSError, ValueError) as error:
        raise TeamError(message=f"a worker of the search could not be started: {error}") from error
    assert child.stdin is not None
    with contextlib.suppress(OSError):  # one that is gone already does not come to the meeting
        child.stdin.write(json.dumps(asdict(invitation)).encode() + b"\n")
        child.stdin.close()
    return child
