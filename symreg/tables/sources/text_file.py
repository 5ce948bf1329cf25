"""The text of a file: unpacked, in the encoding that its bytes show, line by line with limits."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from symreg.errors import TableError
from symreg.wording import why_unread

HEAD = 65_536
"""Bytes from whose look an encoding is taken. Fewer may be all header; more are read for nothing."""

DECODED = 1 << 20
"""Bytes decoded at a time when a file is tried in an encoding."""

MAX_LINE = 4_000_000
"""Characters of a line: 2,000 cells of 2,000 each. A longer one is no line of a table, and an endless one would fill
the memory. Set by hand."""

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = bytes({*range(1, 9), *range(14, 26), 28, 29, 30, 31, 127})


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file of text: its path, its encoding, whether it is packed, and a remark on the encoding."""

    path: Path
    encoding: str
    is_packed: bool = False
    note: str = ""

    @contextmanager
    def lines(self) -> Iterator[Iterator[str]]:
        """Its lines with their ends; raises ``TableError`` for what is not text."""
        try:
            with (
                _opened(self.path, self.is_packed) as file,
                io.TextIOWrapper(file, encoding=self.encoding, newline="") as text,
            ):
                yield _bounded(text, self.path.name)
        except UnicodeError as error:
            place = f": {why_unread(error)}" if isinstance(error, UnicodeDecodeError) else ""
            problem = f"not text in {self.encoding}{place}"
            raise TableError(source=self.path.name, problem=problem, advice=ENCODING_ADVICE) from error
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise TableError(source=self.path.name, problem=f"not a readable gzip file: {why_unread(error)}") from error


ENCODING_ADVICE = "Save the file as UTF-8, or name its encoding, such as encoding: 'cp1252'."


def find_text(path: Path, encoding: str | None) -> TextFile:
    """The text of ``path``, in the encoding that is given, that its first bytes show, or in which it can be read:
    UTF-8, else Windows-1252, with a remark."""
    with path.open("rb") as file:
        is_packed = file.read(2) == b"\x1f\x8b"
    if encoding is not None:
        return TextFile(path, encoding, is_packed)
    try:
        return _looked_at(path, is_packed)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise TableError(source=path.name, problem=f"not a readable gzip file: {why_unread(error)}") from error


def _looked_at(path: Path, is_packed: bool) -> TextFile:
    with _opened(path, is_packed) as file:
        head = file.read(HEAD)
    for mark, marked in BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return TextFile(path, marked, is_packed)
    if (wide := _without_mark(head)) is not None:
        return TextFile(path, wide, is_packed, f"read as {wide.upper()}, though no mark at its start says so")
    if strange := head.translate(None, delete=bytes(set(range(256)) - set(_CONTROL))):
        problem = f"this is not text: it holds the byte {strange[:1].hex()}"
        advice = "Save the table as CSV, or give the file the ending of its format (.xlsx, .parquet, .fits, .nc, ...)."
        raise TableError(source=path.name, problem=problem, advice=advice)
    if _can_be_read(path, is_packed, "utf-8"):
        return TextFile(path, "utf-8", is_packed)
    western = "cp1252" if _can_be_read(path, is_packed, "cp1252") else "latin-1"
    note = f"not UTF-8, read as {western} (Western European): if letters look wrong, say encoding"
    return TextFile(path, western, is_packed, note)


def _without_mark(head: bytes) -> str | None:
    """UTF-16 whose mark is lost: of plain letters and digits every second byte is 0."""
    even, odd = head[0::2], head[1::2]
    if not odd or head.count(0) < len(head) // 4:
        return None
    if odd.count(0) > len(odd) // 2 and even.count(0) == 0:
        return "utf-16-le"
    return "utf-16-be" if even.count(0) > len(even) // 2 and odd.count(0) == 0 else None


def _can_be_read(path: Path, is_packed: bool, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with _opened(path, is_packed) as file:
            while chunk := file.read(DECODED):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _opened(path: Path, is_packed: bool) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(path)) if is_packed else path.open("rb")


def _bounded(file: io.TextIOWrapper, source: str) -> Iterator[str]:
    while line := file.readline(MAX_LINE + 1):
        if len(line) > MAX_LINE:
            raise TableError(source=source, problem=f"a line of more than {MAX_LINE} characters")
        yield line
