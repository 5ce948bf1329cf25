"""YAML as plain values with line numbers, and nothing else: the only importer of the YAML reader.

A file from a stranger must not be able to do anything but be read. So no YAML constructor runs here: the
event stream of the reader is turned into dicts, lists, texts, numbers, booleans and None by hand. Tags and
aliases are refused, and size, depth and the number of values are limited while the stream is read, before
anything is built.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any, NoReturn

from symreg.errors import SpecificationError
from symreg.plain_file import read_plain

__all__ = ["Document", "KeyPath", "Value", "dump_document", "path_text", "read_document", "read_document_text"]

MAX_BYTES = 1_000_000
"""Of a file: the Feynman set takes a tenth. A larger bound lets a stranger's file take longer to be
refused, a smaller one refuses problems that bring their rows."""

DEEPEST_DOCUMENT = 20
"""Keys from the top to a value; experiments nest a handful. The reader calls itself twice for each, far from Python's
limit of 1,000, to which a larger bound comes nearer; set by hand."""

MAX_VALUES = 30_000
"""Values of a file, blocks and lists included: some thirty characters of MAX_BYTES for each. Each is a Python object
with its line, so this bounds memory and time; a smaller one refuses problems with many rows."""

KeyPath = tuple[str | int, ...]
Value = dict[str, "Value"] | list["Value"] | str | int | float | bool | None

_INTEGER = re.compile(r"[-+]?[0-9]{1,40}", re.ASCII)
_FLOAT = re.compile(r"[-+]?(\.[0-9]{1,400}|[0-9]{1,400}(\.[0-9]{0,400})?)([eE][-+]?[0-9]{1,10})?", re.ASCII)
_WORDS: dict[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML document: its ``value``, the line of every key path in it, and where it came from.

    ``files`` names the file of each key path that stands in another one than ``source``, where several were joined.
    """

    value: Value
    lines: dict[KeyPath, int]
    source: str
    files: Mapping[KeyPath, str] = field(default_factory=dict)

    def line_of(self, path: KeyPath) -> int | None:
        """The line of ``path``, or of the nearest thing around it that stands in the file."""
        return self.lines.get(self._nearest(path))

    def file_of(self, path: KeyPath) -> str:
        """The file in which ``path`` stands, or the nearest thing around it that stands in one."""
        return self.files.get(self._nearest(path), self.source)

    def mistakes(self, found: Iterable[tuple[KeyPath, str]]) -> SpecificationError:
        """The error that tells places and reasons, each with the file and the line in which it stands."""
        found = list(found)
        files = dict.fromkeys(self.file_of(path) for path, _ in found)
        if len(files) == 1:
            problems = [(self.line_of(path), path_text(path), reason) for path, reason in found]
            return SpecificationError(source=next(iter(files)), problems=tuple(problems))
        return SpecificationError(source=self.source, problems=tuple(self._elsewhere(*one) for one in found))

    def _elsewhere(self, path: KeyPath, reason: str) -> tuple[int | None, str, str]:
        line, file, key = self.line_of(path), self.file_of(path), path_text(path)
        if file == self.source:
            return line, key, reason
        where = [file, "" if line is None else f"line {line}", key]
        return None, ", ".join(filter(None, where)), reason

    def _nearest(self, path: KeyPath) -> KeyPath:
        while path and path not in self.lines:
            path = path[:-1]
        return path


def read_document(path: str | Path) -> Document:
    """Read one YAML file of at most 1 MB; SpecificationError says line and reason."""
    path = Path(path)
    try:
        if path.is_dir():
            raise _mistake(str(path), "this is a folder, not a YAML file")
        data = read_plain(path, MAX_BYTES, links=True)
    except FileNotFoundError:
        raise _mistake(str(path), "no such file") from None
    except (OSError, ValueError) as error:  # a name with a zero byte is a ValueError
        raise _mistake(str(path), f"cannot be read: {getattr(error, 'strerror', None) or error}") from None
    try:
        return read_document_text(data.decode("utf-8-sig"), path.name)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise _mistake(path.name, "this is not UTF-8 text", line) from None


def read_document_text(text: str, source: str = "text") -> Document:
    """Read YAML text; ``source`` names it in errors."""
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise _mistake(source, f"larger than {MAX_BYTES // 10**6} MB")
    reader = _Reader(source)
    value = reader.read(_events(text, source))
    return Document(value, reader.lines, source)


def _mistake(source: str, reason: str, line: int | None = None, path: KeyPath = ()) -> SpecificationError:
    return SpecificationError(source=source, problems=((line, path_text(path), reason),))


def _events(text: str, source: str) -> Iterator[Any]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        yield from YAML(typ="safe", pure=True).parse(StringIO(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = " ".join(part for part in (error.context, error.problem) if part)
        line = mark.line + 1 if mark is not None else None
        if "alias" in reason:
            reason += '; write operators in quotes: "*"'
        raise _mistake(source, f"not valid YAML: {reason}", line) from None
    except (YAMLError, ValueError) as error:
        reason = str(error).splitlines()[0][:200]
        raise _mistake(source, f"not valid YAML: {reason}") from None


class _Reader:
    """Builds the plain value of one document from events; ``lines`` fills up on the way."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.lines: dict[KeyPath, int] = {}
        self.count = 0

    def read(self, events: Iterator[Any]) -> Value:
        value: Value = None
        documents = 0
        for event in events:
            kind = type(event).__name__
            if kind == "DocumentStartEvent":
                documents += 1
                if documents > 1:
                    self.refuse(event, (), "a second document (---) in one file")
                value = self.build(next(events), events, ())
        return value

    def build(self, event: Any, events: Iterator[Any], path: KeyPath) -> Value:
        self.guard(event, path)
        kind = type(event).__name__
        self.lines.setdefault(path, event.start_mark.line + 1)
        if kind == "ScalarEvent":
            return event.value if event.style else self.plain(event, path)
        return self.mapping(events, path) if kind == "MappingStartEvent" else self.sequence(events, path)

    def guard(self, event: Any, path: KeyPath) -> None:
        """Refuse what could make a small file large or run code, before it is built."""
        self.count += 1
        if self.count > MAX_VALUES:
            self.refuse(event, path, f"more than {MAX_VALUES} values")
        if len(path) > DEEPEST_DOCUMENT:
            self.refuse(event, path[:3], f"nested more than {DEEPEST_DOCUMENT} deep")
        if type(event).__name__ == "AliasEvent":
            alias = f"*{event.anchor[:60]}"
            self.refuse(event, path, f'aliases ({alias}) are not accepted; write operators in quotes: "*"')
        if event.ctag is not None:
            self.refuse(event, path, f"tags ({str(event.tag)[:60]}) are not accepted; write plain values")

    def mapping(self, events: Iterator[Any], path: KeyPath) -> dict[str, Value]:
        result: dict[str, Value] = {}
        for event in events:
            if type(event).__name__ == "MappingEndEvent":
                break
            self.guard(event, path)
            if type(event).__name__ != "ScalarEvent":
                self.refuse(event, path, "a key must be a plain word")
            # A key is the text as written: a column may be called n, null or 1.
            key = str(event.value)
            here = (*path, key)
            if key in result:
                self.refuse(event, here, f"this key stands here twice; first on line {self.lines[here]}")
            self.lines[here] = event.start_mark.line + 1
            result[key] = self.build(next(events), events, here)
        return result

    def sequence(self, events: Iterator[Any], path: KeyPath) -> list[Value]:
        result: list[Value] = []
        for event in events:
            if type(event).__name__ == "SequenceEndEvent":
                break
            result.append(self.build(event, events, (*path, len(result))))
        return result

    def plain(self, event: Any, path: KeyPath) -> Value:
        """YAML 1.2 core schema: only true and false are booleans; ``no`` and ``12:30`` are texts."""
        text = str(event.value)
        if text in _WORDS:
            return _WORDS[text]
        if _INTEGER.fullmatch(text):
            return int(text)
        if _FLOAT.fullmatch(text):
            return float(text)
        return text

    def refuse(self, event: Any, path: KeyPath, reason: str) -> NoReturn:
        line = event.start_mark.line + 1
        raise _mistake(self.source, reason, line, path)


def path_text(path: KeyPath) -> str:
    """``("constants", 1, "unit")`` is ``constants[1].unit``."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += ("." if text else "") + (part if len(part) <= 60 else part[:57] + "...")
    return text


def dump_document(value: Any) -> str:
    """Plain values as YAML text that ``read_document_text`` reads back as the same values."""
    from ruamel.yaml import YAML
    from ruamel.yaml.representer import RoundTripRepresenter

    class Representer(RoundTripRepresenter):
        """Nothing is written as ``null``: a blank after a key looks like a mistake."""

    Representer.add_representer(type(None), lambda r, _: r.represent_scalar("tag:yaml.org,2002:null", "null"))
    writer = YAML(typ="rt", pure=True)
    writer.Representer = Representer
    writer.default_flow_style = False
    writer.width = 110
    writer.allow_unicode = True
    stream = StringIO()
    writer.dump(_quoted(value), stream)
    return stream.getvalue()


def _quoted(value: Any) -> Any:
    """Texts with control characters in double quotes: other styles fold some of them into blanks."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    if isinstance(value, dict):
        return {_quoted(str(key)): _quoted(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_quoted(item) for item in value]
    if isinstance(value, str) and not value.isprintable():
        return DoubleQuotedScalarString(value)
    return value
