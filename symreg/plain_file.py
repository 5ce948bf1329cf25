"""Files as one expects them: no pipe that nobody writes to, no device without an end, and in a folder that others may
have filled no link to elsewhere.

``open`` on a pipe waits for ever, on ``/dev/zero`` a reader takes all memory, and a line that is added to a link lands
in somebody's file. What is opened here is looked at first, through the descriptor, so that nothing can be put in its
place in between.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

__all__ = ["open_to_append", "read_plain"]

_AT_ONCE = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)


def read_plain(path: str | os.PathLike[str], most: int, *, links: bool = False) -> bytes:
    """The bytes of a plain file, ``most`` + 1 of them at most; ``links`` says whether a link to one may be followed.

    Raises OSError, FileNotFoundError among them, and one that says so where there is something else than a plain file.
    """
    with os.fdopen(_opened(path, os.O_RDONLY, links=links), "rb") as stream:
        return stream.read(most + 1)


def open_to_append(path: str | os.PathLike[str]) -> BinaryIO:
    """The plain file ``path`` (made if absent), open for reading and for adding at its end; never through a link.

    Raises OSError as `read_plain` does.
    """
    descriptor = _opened(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, links=False)
    return os.fdopen(descriptor, "ab+")


def _opened(path: str | os.PathLike[str], flags: int, *, links: bool) -> int:
    if not links and Path(path).is_symlink():
        raise _strange(path, "is a link, which is not followed here")
    descriptor = os.open(path, flags | _AT_ONCE | (0 if links else _NO_LINK), 0o666)
    try:
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            raise _strange(path, "is a folder" if stat.S_ISDIR(mode) else "is a pipe or a device, not a plain file")
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _strange(path: str | os.PathLike[str], what: str) -> OSError:
    return OSError(errno.EINVAL, what, os.fspath(path))
