"""A meeting: workers in processes of their own, each with one line to rank 0, which hands on what it hears.

Lines are sockets whose two ends know one key (``multiprocessing.connection``); what goes over them after the task are
bytes of ``messages``. Whoever starts the workers, our own ``local`` or an executor somewhere else, hands each its
``Invitation``. A worker that is gone, or silent for too long, is left out from then on: the others do its part.
"""

from __future__ import annotations

import contextlib
import secrets
import struct
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener, wait
from typing import Any

from symreg.team.errors import TeamError

SILENT = 600.0
"""Seconds without a word after which a worker counts as gone. Items take less than a second each; on a machine that has
ten times as much to do they take ten, and who is left out by mistake costs no more than its part."""

ARRIVE = 60.0
"""Seconds within which workers have to arrive: each imports NumPy and this package, on a busy machine and a cold disk.
Without those that do not come the search begins."""

PART = struct.Struct("<iQ")  # before each message that is handed on: its rank and its length
LOCAL = "127.0.0.1"
GONE = (EOFError, OSError, AuthenticationError, ValueError)


@dataclass(frozen=True, slots=True)
class Invitation:
    """Where worker ``rank`` of ``size`` finds rank 0, and the key that both know; plain values, sent to it safely."""

    host: str
    port: int
    key: str = field(repr=False)
    rank: int
    size: int


@dataclass(slots=True, eq=False)
class Host:
    """Rank 0 of a meeting of ``size`` workers."""

    size: int
    host: str = LOCAL
    rank: int = 0
    key: str = field(default_factory=lambda: secrets.token_hex(32), repr=False)
    patience: float = ARRIVE
    lost: list[int] = field(default_factory=list)
    """Ranks that were to come, or were here, and are gone."""

    _lines: dict[int, Connection] = field(default_factory=dict)
    _arrived: dict[int, Connection] = field(default_factory=dict)  # so far, while the door is open
    _door: threading.Thread | None = None
    _listener: Listener = field(init=False)

    def __post_init__(self) -> None:
        self._listener = Listener((self.host, 0), backlog=self.size, authkey=bytes.fromhex(self.key))

    def invitations(self) -> list[Invitation]:
        """For all others."""
        host, port = self._listener.address
        return [Invitation(str(host), int(port), self.key, rank, self.size) for rank in range(1, self.size)]

    def open(self, task: Any) -> None:
        """Let the others in and hand each the task, while rank 0 goes on to where it first needs them."""
        self._door = threading.Thread(target=self._let_in, args=(task,), daemon=True)
        self._door.start()

    def allgather(self, message: bytes) -> Mapping[int, bytes]:
        """See ``Communicator``. The first time it waits for who has not arrived, and lets nobody in after that."""
        if self._door is not None:
            self._door.join(self.patience)
            self._shut()
        heard = {0: message}
        end = time.monotonic() + SILENT
        waiting = {line: rank for rank, line in self._lines.items()}
        while waiting:
            ready = set(map(id, wait(list(waiting), timeout=max(0.0, end - time.monotonic()))))
            for line in [line for line in waiting if id(line) in ready or not ready]:
                rank = waiting.pop(line)
                try:
                    if not ready:
                        raise EOFError
                    heard[rank] = self._lines[rank].recv_bytes()
                except GONE:
                    self._lose(rank)
        whole = b"".join(PART.pack(rank, len(one)) + one for rank, one in sorted(heard.items()))
        for rank in sorted(self._lines):
            try:
                self._lines[rank].send_bytes(whole)
            except GONE:  # the others have its message: all hear at the next meeting that it is gone
                self._lose(rank)
        return dict(sorted(heard.items()))

    def close(self) -> None:
        """Hang up: the others leave."""
        if self._door is not None:
            self._shut()
        for line in self._lines.values():
            line.close()
        self._lines.clear()

    def _shut(self) -> None:
        """Let nobody in from now on."""
        self._door = None
        self._lines = dict(sorted(self._arrived.items()))
        with contextlib.suppress(OSError):
            self._listener.close()
        self.lost += [rank for rank in range(1, self.size) if rank not in self._lines]

    def _let_in(self, task: Any) -> None:
        while len(self._arrived) < self.size - 1:
            try:
                line = self._listener.accept()
            except AuthenticationError:
                continue  # a stranger
            except (OSError, EOFError):
                return
            with contextlib.suppress(*GONE):
                rank = int(line.recv_bytes(16))
                if 0 < rank < self.size and rank not in self._arrived:
                    line.send(task)
                    self._arrived[rank] = line

    def _lose(self, rank: int) -> None:
        self.lost.append(rank)
        line = self._lines.pop(rank, None)
        if line is not None:
            line.close()


@dataclass(slots=True, eq=False)
class Guest:
    """One of the others: ``task`` is what rank 0 wants done."""

    rank: int
    size: int
    task: Any
    _line: Connection

    def allgather(self, message: bytes) -> Mapping[int, bytes]:
        """See ``Communicator``."""
        try:
            self._line.send_bytes(message)
            whole = self._line.recv_bytes()
        except GONE as error:
            raise TeamError(message="rank 0 has hung up") from error
        heard, at = dict[int, bytes](), 0
        while at < len(whole):
            rank, length = PART.unpack_from(whole, at)
            at += PART.size + length
            heard[rank] = whole[at - length : at]
        return heard


def arrive(invitation: Invitation) -> Guest:
    """Come to a meeting and hear its task; TeamError where nobody is there."""
    try:
        line = Client((invitation.host, invitation.port), authkey=bytes.fromhex(invitation.key))
        line.send_bytes(str(invitation.rank).encode())
        return Guest(invitation.rank, invitation.size, line.recv(), line)
    except GONE as error:
        raise TeamError(message=f"rank 0 is not at {invitation.host}:{invitation.port}") from error


def lost_words(lost: Sequence[int], size: int) -> str:
    """What is said of workers that were lost."""
    count = len(set(lost))
    who = f"{count} of {size} workers was lost" if count == 1 else f"{count} of {size} workers were lost"
    return f"{who} on the way; the others did their part, so that nothing is missing"
