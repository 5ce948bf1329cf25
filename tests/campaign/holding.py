"""What must hold of any input, however broken: an answer or a sentence, in time, and in the program's own words.

Commands are run in this process through the function of the command line, which takes a twentieth of the time that a
process of its own does; an alarm ends one that hangs.
"""

from __future__ import annotations

import contextlib
import faulthandler
import io
import os
import re
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

BUDGET = 1.0
"""Seconds that a search is given at most."""

IN_HAND = 15.0
"""Seconds beyond the budget after which an input counts as hanging: reading, finishing, writing."""

WAITED = 6.0
"""Times the seconds by the clock, on a machine where others work, after which what spends no time hangs too."""

LONGEST_SAID = 4_000
"""Characters of a message: a name of a thousand may stand in it, a table may not."""

RAW = re.compile(
    r"Traceback|\[type=|pydantic|input_value|numpy\.|\bnp\.(?!float|int)|\bufunc\b|\bdtype\b|ndarray'|broadcast|"
    r"operands could|"
    r"cannot convert float|invalid literal|could not convert|index out of range|out of bounds|no attribute|NoneType|"
    r"unhashable|object is not|object cannot be|not supported between|unexpected keyword|positional argument|"
    r"codec can't|\[Errno|KeyError|ValueError|TypeError|IndexError|Arrow|thrift|openpyxl|lxml|ElementTree|"
    r"does not match format|Expecting (value|property)|Extra data|Unterminated string|line \d+ column \d+ \(char|"
    r"NUL byte|line contains NUL|_csv|\(\) argument must be|Input should|this should not have happened|"
    r"exceeds the limit|set_int_max_str|maximum recursion|not a valid|surrogate|must be of type|expected str"
)
"""Words of Python and of other libraries, which tell a scientist nothing."""


class LateError(BaseException):
    """The alarm: not an ``Exception``, which the program may catch."""


@dataclass(frozen=True, slots=True)
class Case:
    """One input: ``what`` is broken in it, and ``act``, which makes it in a folder and says what does not hold."""

    what: str
    act: Callable[[Path], str]


Maker = Callable[[np.random.Generator], Case]
One = TypeVar("One")


def pick(rng: np.random.Generator, of: Sequence[One]) -> One:
    """One of them; NumPy's own choice makes an array first, which cuts texts at their ends."""
    return of[int(rng.integers(len(of)))]



@contextlib.contextmanager
def alarm(seconds: float) -> Iterator[None]:
    """Raise ``LateError`` in the block after ``seconds`` of processor time, or ``WAITED`` times as long by the clock.

    One that hears nothing for a minute more ends the process.
    """
    end, last = time.process_time() + seconds, time.monotonic() + WAITED * seconds

    def ring(*_: object) -> None:
        if time.process_time() > end or time.monotonic() > last:
            raise LateError

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, 0.5, 0.5)
    faulthandler.dump_traceback_later(WAITED * seconds + 60, exit=True)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        faulthandler.cancel_dump_traceback_later()
        signal.signal(signal.SIGALRM, before)


def command(folder: Path, *arguments: object, seconds: float = BUDGET) -> tuple[str, int, str, str]:
    """What does not hold of ``symreg ARGUMENTS`` in ``folder`` (nothing: empty), its status, its output, its errors."""
    from symreg.cli import main

    words = [str(one) for one in arguments]
    with (folder / "commands.txt").open("a", encoding="utf-8", errors="backslashreplace") as stream:
        stream.write(f"symreg {words!r}\n")
    out, err, status, wrong = io.StringIO(), io.StringIO(), 0, ""
    here = Path.cwd()
    os.chdir(folder)
    try:
        with alarm(seconds + IN_HAND), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            main(words)
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except LateError:
        wrong = f"no end after {seconds + IN_HAND:g} s\n{traceback.format_exc()}"
    except BaseException:
        wrong = f"a traceback: {traceback.format_exc()}"
    finally:
        os.chdir(here)
    return wrong or judged(status, out.getvalue(), err.getvalue()), status, out.getvalue(), err.getvalue()


def judged(status: int, out: str, err: str) -> str:
    """What does not hold of a command that ended so."""
    if status not in (0, 2):
        return f"status {status}: {err.strip()[-2000:]}"
    if status == 0:
        return raw(err) or ("" if out.strip() else "status 0 and no answer")
    if not re.search(r"^(symreg: (?!warning)|Error: |Usage: )", err, re.MULTILINE):
        return f"status 2 and no sentence: {err[:500]!r}"
    return raw(err)


def raw(said: str) -> str:
    """What in a message is not the program's own: words of a library, too many of them, signs that move a cursor."""
    if (found := RAW.search(said)) is not None:
        return f"raw text {found[0]!r} in: {said.strip()[:1500]}"
    if len(said) > LONGEST_SAID:
        return f"{len(said)} characters: {said[:500]}"
    if any(not char.isprintable() and char not in "\n\t" for char in said):
        return f"signs that are no text: {said[:500]!r}"
    return ""


def call(act: Callable[[], object], *, allowed: tuple[type[BaseException], ...] = (), seconds: float = BUDGET) -> str:
    """What does not hold of a call in Python: it may answer, or raise a ``SymregError`` or one of ``allowed``."""
    from symreg.errors import SymregError

    try:
        with alarm(seconds + IN_HAND), contextlib.redirect_stdout(io.StringIO()):
            act()
    except allowed:
        return ""
    except SymregError as error:
        return raw(str(error))
    except LateError:
        return f"no end after {seconds + IN_HAND:g} s\n{traceback.format_exc()}"
    except BaseException:
        return f"another error: {traceback.format_exc()}"
    return ""


def one_case(maker: Maker, kind: str, number: int, seed: int, kept: Path) -> str:
    """Make and judge one input; a line says what does not hold, and its folder stays."""
    from zlib import crc32

    folder = kept / f"{kind}-{number}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (kept / "current.txt").write_text(f"{kind}:{number} --seed {seed}\n", encoding="utf-8")
    case = Case("not made", lambda _: "")
    try:
        case = maker(np.random.default_rng([seed, crc32(kind.encode()), number]))
        wrong = case.act(folder)
    except Exception:
        wrong = f"the campaign itself: {traceback.format_exc()}"
    if not wrong:
        _forget(folder)
        return ""
    (folder / "what_does_not_hold.txt").write_text(
        f"{case.what}\n{wrong}\n", encoding="utf-8", errors="backslashreplace"
    )
    return f"{kind}:{number} ({case.what}): {wrong}"


def _forget(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)  # one that may not be written to
    shutil.rmtree(folder, ignore_errors=True)


def summarised(kind: str, count: int, failed: Sequence[str]) -> None:
    """One line for a kind."""
    print(f"{kind:<8} {count} inputs: {count - len(failed)} held", flush=True)


def ended(failed: Sequence[str], kept: Path) -> None:
    """The last line, and the exit status: ``all held``, or all that did not."""
    if not failed:
        print("all held")
        return
    print(f"{len(failed)} did not hold; they are kept in {kept}:")
    for one in failed:
        print(f"  {one.splitlines()[0][:300]}")
    sys.exit(1)
