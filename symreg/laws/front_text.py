"""A front as a table for a console, as wide as that is: columns give way before the law is broken into many lines."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence

from symreg.laws.law import Law, ParetoFront, Score
from symreg.laws.printed import constant_text, shifted
from symreg.uncertain_text import number_text, r2_text

DROPPED = ("fit error", "bits", "R2", "#")
"""Columns that go, one after another, where they leave the law no room."""

EASY_LAW = 40
"""Characters that a law has on a line before a column goes for its sake: most laws of a few nodes with one constant.
Set by hand."""

LEAST_LAW = 12
"""Characters of a law on a line, however narrow the console is: then the table is wider. Set by hand."""

_BREAKS = re.compile(r" [-+=±] |(?<!\*)\*(?!\*)|/")


def front_text(front: ParetoFront, width: int) -> str:
    """The laws with their numbers on the front, complexities, errors and constants, no wider than ``width`` characters.

    ``>`` marks the selected law. Long laws go on in the next line, their constants below.
    """
    if not front.laws:
        return "no law found"
    return "\n".join(_lines(front, width))


def _lines(front: ParetoFront, width: int) -> Iterator[str]:
    heads = {name: name for name in ("", "#", "complexity", "fit error", "error", "R2", "bits")}
    rows = [_cells(place, law, front) for place, law in enumerate(front.laws)]
    sizes = {name: max(len(name), *(len(row[name]) for row in rows)) for name in heads}
    for name in DROPPED:
        if _room(sizes, width) < EASY_LAW:
            del sizes[name]
    room = max(LEAST_LAW, _room(sizes, width))
    for row, parts in zip([heads, *rows], [["law"], *map(_parts, front.laws)], strict=True):
        before = "  ".join(row[name].rjust(size) for name, size in sizes.items())
        whole = ", ".join(parts)
        first, *others = [whole] if len(whole) <= room else [line for part in parts for line in broken(part, room)]
        yield f"{before}  {first}"
        yield from (" " * (len(before) + 2) + one for one in others)
    law = front.laws[0]
    unit = "" if law.unit.in_headers == "1" else f", in {law.unit.text}"
    judged = law.judge if law.held_out.n_rows else "rows of the fit"
    yield from broken(f"error: root mean square, {judged}{unit}", max(LEAST_LAW, width))


def _room(sizes: Mapping[str, int], width: int) -> int:
    """What the other columns, with two blanks behind each, leave for the law."""
    return width - sum(sizes.values()) - 2 * len(sizes)


def _cells(place: int, law: Law, front: ParetoFront) -> dict[str, str]:
    judged = law.held_out if law.held_out.n_rows else law.train
    return {
        "": ">" if place == front.selected else "",
        "#": f"#{place + 1}",
        "complexity": str(law.complexity),
        "fit error": _error(law.train),
        "error": _error(judged),
        "R2": r2_text(judged.r2),
        "bits": f"{law.description_length:.1f}" if math.isfinite(law.description_length) else "-",
    }


def _parts(law: Law) -> list[str]:
    constants = [constant_text(one) for one in law.constants if one.kind == "free"]
    return [law.formula, *constants, *shifted(law), *([] if law.dimension_ok else ["dimension not checked"])]


def _error(score: Score) -> str:
    text = number_text(score.rmse, 4)
    return f"{text} ({score.undefined} undefined)" if score.undefined else text


def broken(text: str, width: int) -> list[str]:
    """A law in lines of at most ``width`` characters, broken behind signs, in a name only where it must."""
    lines, line = [], ""
    for piece in _pieces(text):
        if line and len(line) + len(piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece
        while len(line.rstrip()) > width:
            lines.append(line[:width])
            line = line[width:]
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _pieces(text: str) -> Sequence[str]:
    ends = [found.end() for found in _BREAKS.finditer(text)]
    return [text[start:end] for start, end in zip([0, *ends], [*ends, len(text)], strict=True)]
