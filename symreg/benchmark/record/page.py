"""The page of the record as text: what the words mean, the tables, how to repeat it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from symreg.benchmark.facts import RunFacts
from symreg.benchmark.record.named_sets import NamedSet
from symreg.benchmark.record.plot import Picture
from symreg.benchmark.record.published import PublishedRate
from symreg.benchmark.record.tables import (
    hard_table,
    loose_table,
    missed_table,
    recovery_tables,
    units_table,
    without_table,
)
from symreg.benchmark.trial import TrialResult

__all__ = ["BY_HAND", "END", "Addresses", "benchmark_page"]

BY_HAND, END = "<!-- by hand -->", "<!-- end -->"

INTRODUCTION = """\
Known laws, rows drawn from them by the protocol of SRBench, a search, and the question whether the law came back. Three
columns that are never mixed:

- **SRBench rule**: the one law that was selected, its constants rounded, differs from the truth by nothing, a constant
  or a constant factor.
- **strict**: the selected law is the truth, its constants included, and its R² is above 0.99 on exact rows that the
  search never saw.
- **on the front**: some law of the front passes SRBench's rule. That is what PhySO's published rate counts.

Behind each count stands its share of the trials and, in brackets, Wilson's 95 % interval, every trial counted as one:
it covers what other seeds would give on the same problems, not what other problems would give. Time to recovery is the
time of the whole search, up to its own end, in the trials that SRBench's rule counts as recovered. The best published
figure beside a search without units is that of a system that uses none."""

CAPTION = """\
Recovery against noise on {rows:,} rows, training and test, at most {time:g} s each; bars are Wilson's 95 % intervals.
Lines of other systems are dark where the system uses units. A line that ends early has no published figure beyond."""

CAPTION_OF_FEYNMAN = """\
Published figures do not all count the same. PhySO's solid line counts any law of its front, as our "on the front"
does; its dotted line is our strict rule applied to its results. QDSR's figure is for 117 equations by its author's own
rule. All others follow SRBench's rule. [Sources](../datasets/published_rates/SOURCE.md)."""

UNITS_NOTE = """\
The same numbers with and without their units, on the trials that were made both ways. Times and evaluations are
medians over the trials that both recovered; a ratio above 1 is what a search without units spends more."""

WITHOUT_NOTE = """\
The search with one mechanism or several switched off, on the trials that were made both ways. Times and evaluations are
medians over the trials that both recovered."""

HARD_NOTE = """\
Four of the equations of which PhySO's stored results hold no recovery at any level of noise. Seeds that recovered them
of those run, how many strictly, and the longest time of those."""

MISSED_NOTE = """\
Every equation that some seed missed by SRBench's rule: the seeds, the best of the laws that were selected instead, its
R² on exact rows, and why the search ended where it did, as far as the results know."""

LOOSE_NOTE = """\
Recovered by SRBench's rule, and not the truth as it stands."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """The page's own name, and the picture and the folder of the results as seen from its folder."""

    page: str
    picture: str
    archive: str


def benchmark_page(
    trials: Sequence[TrialResult],
    sets: Sequence[NamedSet],
    facts: Sequence[RunFacts],
    published: Sequence[PublishedRate],
    *,
    by_hand: str,
    picture: Picture | None,
    addresses: Addresses,
) -> str:
    """The page as text; ``by_hand`` stands between its marks, the picture is shown with its caption."""
    whole = [trial for trial in trials if not trial.without]
    sections: list[tuple[str, list[str]]] = [
        ("## Recovery", _caption(picture, addresses)),
        *((f"### {named.title}", recovery_tables(named, published)) for named in sets),
        ("## What units buy", _with_note(UNITS_NOTE, units_table(sets))),
        ("## Without one mechanism", _with_note(WITHOUT_NOTE, without_table(sets))),
        ("## Equations that PhySO never finds", _with_note(HARD_NOTE, hard_table(trials))),
        ("## Equations missed", _with_note(MISSED_NOTE, missed_table(whole)) or ["None.", ""]),
        ("## Recovered, but not strictly", _with_note(LOOSE_NOTE, loose_table(whole))),
        ("## How to repeat it", _how(facts, addresses)),
    ]
    lines = ["# Benchmarks", "", *INTRODUCTION.splitlines(), "", BY_HAND, *by_hand.splitlines(), END, ""]
    for heading, content in sections:
        if content or heading == "## Recovery":
            lines += [heading, "", *content]
    return "\n".join(lines).rstrip("\n") + "\n"


def _with_note(note: str, content: list[str]) -> list[str]:
    return [*note.splitlines(), "", *content] if content else []


def _how(facts: Sequence[RunFacts], addresses: Addresses) -> list[str]:
    """Commands and machines, and the command that wrote this page."""
    lines = ["The results were made by", "", "```sh", *_distinct(entry.command for entry in facts), "```", ""]
    lines = lines if facts else ["By which commands the results were made is not recorded.", ""]
    for machine in _distinct(_machine(entry) for entry in facts):
        lines += [f"- {machine}"]
    folder = addresses.archive
    again = f"symreg benchmark-record {folder}/*.csv --output {addresses.page}"
    lines += [""] if facts else []
    return [*lines, f"This page, but for what was written by hand, is made from the results in [`{folder}/`]({folder})",
            "by this command in the folder of the page:", "", "```sh", again, "```"]  # fmt: skip


def _caption(picture: Picture | None, addresses: Addresses) -> list[str]:
    if picture is None:
        return []
    caption = CAPTION.format(rows=picture.group.rows, time=picture.group.time).splitlines()
    more = CAPTION_OF_FEYNMAN.splitlines() if picture.set == "feynman" else []
    return [f"![Recovery against noise]({addresses.picture})", "", *caption, *more, ""]


def _machine(facts: RunFacts) -> str:
    versions = ", ".join(
        f"{title} {facts.versions[name]}"
        for name, title in (("symreg", "symreg"), ("python", "Python"), ("numpy", "numpy"), ("sympy", "sympy"))
        if name in facts.versions
    )
    machine = facts.machine
    processor = f"{machine.get('cpu', 'unknown processor')}, {machine.get('cores', '?')} cores"
    return f"{processor}, {machine.get('platform', 'unknown system')}; {versions}; {facts.engine} engine"


def _distinct(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))
