"""``docs/benchmarks.md``: what a benchmark has shown, written from its results.

One command writes the page, its picture and an archive of the results from which all of it can be written
again. What stands between the two marks on the page was written by hand and stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from symreg.atomic import atomic_write_bytes, atomic_write_text
from symreg.benchmark.record.archive import gather, write_archive
from symreg.benchmark.record.named_sets import named_sets
from symreg.benchmark.record.page import BY_HAND, END, Addresses, benchmark_page
from symreg.benchmark.record.plot import Picture, recovery_plot
from symreg.benchmark.record.published import read_published
from symreg.benchmark.results import ResultsError

__all__ = ["write_record"]

LARGEST_SVG = 200_000
"""Characters; a picture above that is kept as PNG alone."""


def write_record(results: Sequence[str | Path], page: str | Path) -> list[Path]:
    """Write the record of these results files (or archives); return the files written.

    ``docs/benchmarks.md`` has its archive in ``docs/benchmarks/`` and its picture in ``docs/images/``. Of a
    trial that stands in several files the last one counts. Raises ``ResultsError`` for a file that holds no
    results, and for a page that would lose what was written by hand.
    """
    page = Path(page)
    trials, facts = gather(results)
    if not trials:
        raise ResultsError(path=", ".join(map(str, results)), reason="no trial stands in these files")
    by_hand, published = _hand_written(page), read_published()
    sets = named_sets(trials)
    picture = recovery_plot(sets, published)
    addresses = Addresses(page.name, "images/recovery.png", page.stem)
    page.parent.mkdir(parents=True, exist_ok=True)
    written = write_archive(page.parent / addresses.archive, trials, facts)
    written += _write_picture(page.parent / addresses.picture, picture)
    text = benchmark_page(
        trials, sets, facts, published, by_hand=by_hand, picture=picture, addresses=addresses
    )
    return [atomic_write_text(page, text), *written]


def _hand_written(page: Path) -> str:
    """What stands between the marks on the page that is there; nothing where there is no page."""
    if not page.exists():
        return ""
    _, mark, after = page.read_text(encoding="utf-8").partition(BY_HAND)
    inside, end, _ = after.partition(END)
    if not (mark and end):
        reason = f"a page is there without the marks {BY_HAND} and {END}; what stands on it would be lost"
        raise ResultsError(path=str(page), reason=reason)
    return inside.strip("\n")


def _write_picture(path: Path, picture: Picture | None) -> list[Path]:
    if picture is None:
        return []
    path.parent.mkdir(parents=True, exist_ok=True)
    written = [atomic_write_bytes(path, picture.png)]
    if len(picture.svg) <= LARGEST_SVG:
        written.append(atomic_write_text(path.with_suffix(".svg"), picture.svg))
    return written
