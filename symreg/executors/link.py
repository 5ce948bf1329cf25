"""Between whoever asks and the workers, beside the tasks themselves: a word to stop, and a word about how it goes.

An executor hands over tasks and answers and nothing between them. Files can do that for every kind of worker that sees
the same folder: processes here, those of loky or MPI, those of a cluster with a common file system. A parent that was
killed says nothing any more, which its workers notice: its beat stands still.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from symreg.ticking import ticking

FOLDER_PREFIX = ".symreg-"
"""Of the folder that a link makes for itself: hidden, beside the runs."""

BEAT_SECONDS = 1.0
"""From one beat of the parent to the next."""

SILENCE = 20.0
"""Seconds without a beat after which a worker takes its parent for dead and ends with the best it has. A machine that
swaps may be silent for seconds; with more, orphans spend time for nobody. Set by hand."""

MOST_HEARD = 2.0
"""Seconds of silence that a look counts at most: who was stopped with its parent (Ctrl-Z) has not listened."""

STALE = 60.0
"""Seconds since the last beat, by the clock of the file system, after which a link's folder is swept away: three times
the silence, so that its workers have noticed."""

LOOK_SECONDS = 0.25
"""Between two looks of a worker at whether it should stop: searches ask thousands of times a second."""

TELL_SECONDS = 0.5  # between two words of a worker about how it goes: who watches looks about as often

MOST_LATER = 10
"""Attempts after one's own that are looked for: tasks are begun three times."""

MOST_TOLD = 100_000
"""Characters of a worker's word that are read: ours have some hundred."""


class Link(Protocol):
    """The two ends; a link is picklable, and travels with each task."""

    def begin(self, key: str, attempt: int) -> bool:
        """Worker: whether this attempt is begun for the first time. Some engines begin a task again by themselves."""

    def has_begun(self, key: str, attempt: int) -> bool:
        """Parent: whether a worker has begun this attempt."""

    def tell(self, key: str, message: Mapping[str, Any]) -> None:
        """Worker: say how it goes, in place of what was said before."""

    def beat(self) -> str:
        """Worker: the parent's last beat, "stop" where it asks to stop or is not there any more."""

    def told(self) -> dict[str, dict[str, Any]]:
        """Parent: what workers have said last, by key."""

    def ask_to_stop(self) -> None:
        """Parent: ask all that run to stop with the best they have."""


@dataclass(slots=True, eq=False)
class Line:
    """A worker's end for one task: looks and speaks no more often than is of use. ``clock`` gives seconds."""

    link: Link
    key: str
    clock: Callable[[], float] = time.monotonic
    attempt: int = 1
    _stopped: bool = False
    _beat: str = ""
    _silent: float = 0.0
    _looked: float = float("-inf")
    _spoken: float = float("-inf")

    def stop(self) -> bool:
        """Whether the task should end with the best it has: somebody asks for it, or nobody is there any more."""
        now = self.clock()
        if self._stopped or now - self._looked < LOOK_SECONDS:
            return self._stopped
        before, self._looked, beat = self._looked, now, self.link.beat()
        self._silent = 0.0 if beat != self._beat else self._silent + min(now - before, MOST_HEARD)
        self._beat = beat
        self._stopped = beat == "stop" or self._silent > SILENCE
        return self._stopped

    def tell(self, make: Callable[[], Mapping[str, Any]]) -> None:
        """Say what ``make`` makes, unless something was said just now; a word that does not arrive is no matter."""
        now = self.clock()
        if now - self._spoken >= TELL_SECONDS:
            self._spoken = now
            with contextlib.suppress(OSError, ValueError):
                self.link.tell(self.key, make())


@dataclass(frozen=True, slots=True)
class FileLink:
    """A link through the files of ``folder``, which must hold the ``token``: another folder of that name is none."""

    folder: str
    token: str = field(default_factory=lambda: secrets.token_hex(8))

    def is_seen(self) -> bool:
        """Whether whoever asks sees the folder of this very link."""
        with contextlib.suppress(OSError):
            return self._file("token").read_text(encoding="utf-8") == self.token
        return False

    def begin(self, key: str, attempt: int) -> bool:
        """A file that nobody else can make; one of a later attempt says that this one comes too late."""
        if any(self.has_begun(key, later) for later in range(attempt + 1, attempt + MOST_LATER)):
            return False
        try:
            os.close(os.open(self._file(f"{_plain(key)}.{attempt}.begun"), os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        except FileExistsError:
            return False
        except OSError:
            return True  # a full disk, or the folder is gone: `beat` says what follows
        return True

    def has_begun(self, key: str, attempt: int) -> bool:
        """Whether that file is there."""
        return self._file(f"{_plain(key)}.{attempt}.begun").exists()

    def tell(self, key: str, message: Mapping[str, Any]) -> None:
        """A small file that is whole or absent; nothing is lost where a power cut takes it."""
        path = self._file(f"{_plain(key)}.json")
        partial = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        partial.write_text(json.dumps({"key": key, **message}), encoding="utf-8")
        os.replace(partial, path)

    def beat(self) -> str:
        """The parent's count, or "stop"; a folder that is gone asks to stop too."""
        try:
            return "stop" if self._file("stop").exists() else self._file("beat").read_text(encoding="utf-8")
        except FileNotFoundError:
            return "stop"
        except OSError:
            return ""

    def told(self) -> dict[str, dict[str, Any]]:
        """What stands in the small files."""
        found: dict[str, dict[str, Any]] = {}
        for path in Path(self.folder).glob("*.json"):
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
                message = json.loads(path.read_text(encoding="utf-8")[:MOST_TOLD])
                found[str(message["key"])] = message
        return found

    def ask_to_stop(self) -> None:
        """One more file; a disk that is full has room for its name."""
        with contextlib.suppress(OSError):
            self._file("stop").touch()

    def _file(self, name: str) -> Path:
        return Path(self.folder) / name


def _plain(key: str) -> str:
    """A file's name for any key; two keys have two names."""
    import hashlib

    return hashlib.sha256(key.encode()).hexdigest()[:24]


@contextlib.contextmanager
def file_link(beside: str | os.PathLike[str]) -> Iterator[FileLink]:
    """A link in a folder of its own within ``beside``, whose parent beats during the block; it is gone afterwards.

    Those of parents that are gone are swept away. Raises OSError where no folder can be made.
    """
    parent = Path(beside).absolute()
    parent.mkdir(parents=True, exist_ok=True)
    token = secrets.token_hex(8)
    link = FileLink(str(parent / f"{FOLDER_PREFIX}{token}"), token)
    folder = Path(link.folder)
    folder.mkdir()
    (folder / "beat").write_text("0", encoding="utf-8")
    (folder / "token").write_text(token, encoding="utf-8")
    _sweep(parent, folder)

    def write(count: int) -> None:
        partial = folder / "beat.next"
        partial.write_text(str(count), encoding="utf-8")
        os.replace(partial, folder / "beat")

    try:
        with beating(write):
            yield link
    finally:
        link.ask_to_stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def beating(write: Callable[[int], None]) -> Iterator[None]:
    """``write`` 1, 2, 3 and so on during the block, one in each interval; what fails is tried again with the next."""
    counts = itertools.count(1)

    def beat() -> None:
        with contextlib.suppress(Exception):  # a full disk, a scheduler that is gone: workers notice the silence
            write(next(counts))

    with ticking(beat, BEAT_SECONDS):
        yield


def _sweep(parent: Path, mine: Path) -> None:
    """Remove the folders of links whose parents were killed; times are compared by the clock of the file system."""
    now = (mine / "beat").stat().st_mtime
    for folder in parent.glob(f"{FOLDER_PREFIX}*"):
        with contextlib.suppress(OSError):
            if folder != mine and not folder.is_symlink() and now - (folder / "beat").stat().st_mtime > STALE:
                shutil.rmtree(folder, ignore_errors=True)
