"""The examples in a Markdown document, as things that can be run.

``console`` blocks hold commands after ``$ `` and what they print; ``python`` blocks are run one after another
in one namespace, and a ``text`` block that follows at once is what the block prints. ``...`` stands for any
text. A block with ``file=NAME`` is written into the folder in which everything runs. Other blocks are only
read.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(r"^```(?P<kind>\w*)(?P<info>[^\n`]*)\n(?P<body>.*?)^```$", re.M | re.S)
SECONDS = 120  # for one command


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, its file name if it has one, its text, and where it begins."""

    kind: str
    file: str | None
    body: str
    line: int
    expected: str | None = None  # of a python block: what it prints


def blocks(document: str) -> Iterator[Block]:
    """The blocks of a document in order; a ``text`` block right after a python block belongs to it."""
    found = list(_FENCE.finditer(document))
    for place, match in enumerate(found):
        kind, body = match["kind"], match["body"]
        expected = None
        if kind == "python" and place + 1 < len(found) and found[place + 1]["kind"] == "text":
            between = document[match.end() : found[place + 1].start()]
            expected = found[place + 1]["body"] if not between.strip() else None
        named = re.search(r"\bfile=(\S+)", match["info"])
        line = document.count("\n", 0, match.start()) + 1
        yield Block(kind, named[1] if named else None, body, line, expected)


def commands(body: str) -> Iterator[tuple[str, str]]:
    """The commands of a console block, each with what it prints."""
    for part in re.split(r"^\$ ", body, flags=re.M)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


def run_command(command: str, folder: Path) -> tuple[int, str]:
    """Exit code and everything that a command prints, with this Python's programs first on the path."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    done = subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env={**os.environ, "PATH": path, "COLUMNS": "200", "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        encoding="utf-8",
        timeout=SECONDS,
    )
    return done.returncode, done.stdout


def run_python(block: Block, namespace: dict[str, object], name: str) -> str:
    """What the block prints; its line numbers are those of the document."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile("\n" * block.line + block.body, name, "exec"), namespace)
    return printed.getvalue()


def says(expected: str, actual: str) -> bool:
    """Whether ``actual`` is ``expected``, where ``...`` is any text and amounts of space are one."""
    parts = [r"\s+".join(map(re.escape, part.split())) for part in expected.split("...")]
    pattern = r".*?".join(rf"\s*{part}\s*" for part in parts)
    return re.fullmatch(pattern, actual, re.S) is not None
