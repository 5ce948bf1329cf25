"""What was decided of each column of a wide table, and what may be said of the choice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

Verdict = Literal["asked for", "vouched for", "filled up", "unit cannot enter", "needs a constant", "not chosen"]
ENTER: tuple[Verdict, ...] = ("asked for", "vouched for", "filled up")

MEANINGS: Mapping[Verdict, str] = {
    "asked for": "a guess or a limit names it, or the target's unit needs it",
    "vouched for": "it tells more of the target than its false copies do",
    "filled up": "there was room: the target follows it more than others, which may be chance",
    "unit cannot enter": "no law of this complexity can cancel its unit",
    "needs a constant": "only beside a constant with a unit can a law hold it, and it is not vouched for",
    "not chosen": "others tell more",
}


@dataclass(frozen=True, slots=True)
class ColumnVerdict:
    """One column: why it entered the search or did not, and the columns that say the same as it does.

    ``alike`` are columns of this table whose ranks have a correlation with its own of more than 0.99 in size: what is
    vouched for is that one of them matters.
    """

    name: str
    verdict: Verdict
    alike: tuple[str, ...] = ()

    @property
    def enters(self) -> bool:
        """Whether the search had it."""
        return self.verdict in ENTER

    @property
    def reason(self) -> str:
        """The verdict in a few words for a list."""
        return f"{self.verdict}: {MEANINGS[self.verdict]}"


@dataclass(frozen=True, slots=True)
class Screening:
    """The columns of a table with more of them than a search takes in, in the order of the table.

    ``false_share`` is the share of those vouched for that is expected to be false at most; ``none_because`` says why
    none is vouched for, where that is so.
    """

    columns: tuple[ColumnVerdict, ...]
    false_share: float
    none_because: str = ""

    def of(self, *verdicts: Verdict) -> tuple[str, ...]:
        """Names of the columns with one of these verdicts."""
        return tuple(one.name for one in self.columns if one.verdict in verdicts)

    @property
    def entered(self) -> tuple[str, ...]:
        """Names of the columns that the search had."""
        return self.of(*ENTER)

    @property
    def promise(self) -> str:
        """What is known of those that are vouched for, or why there are none."""
        vouched = len(self.of("vouched for"))
        if not vouched:
            return f"none of them is vouched for: {self.none_because}"
        one_in = round(1 / self.false_share)
        return (
            f"{vouched} of them {'is' if vouched == 1 else 'are'} vouched for: among such choices at most one in "
            f"{_NUMBERS.get(one_in, str(one_in))} columns is expected to be false (knock-offs)"
        )

    @property
    def note(self) -> str:
        """All of it in one sentence, with the names of those that entered."""
        said = f"searched with {len(self.entered)} of {len(self.columns)} columns; {self.promise}"
        if vouched := self.of("vouched for"):
            said += f"; these are {', '.join(vouched)}"
        if others := self.of("asked for", "filled up"):
            said += f"; not vouched for are {', '.join(others)}"
        if shut_out := self.of("unit cannot enter"):
            units = "its unit" if len(shut_out) == 1 else "their units"
            said += f"; {len(shut_out)} can be in no law of this complexity by {units}"
        return f"{said}; what tells little may be among the others: name the inputs to choose for yourself"

    def stored(self) -> dict[str, Any]:
        """Plain values, as JSON has them."""
        columns = [{"name": one.name, "verdict": one.verdict, "alike": list(one.alike)} for one in self.columns]
        return {"columns": columns, "false_share": self.false_share, "none_because": self.none_because}


def restored(stored: Mapping[str, Any]) -> Screening:
    """What ``Screening.stored`` gave; KeyError, TypeError or ValueError where it is broken."""
    columns = []
    for one in stored["columns"]:
        if one["verdict"] not in get_args(Verdict):
            raise ValueError(f"{str(one['verdict'])[:40]!r} is no verdict on a column")
        columns.append(ColumnVerdict(str(one["name"]), one["verdict"], tuple(str(name) for name in one["alike"])))
    share = float(stored["false_share"])
    if not 0 < share < 1:
        raise ValueError(f"a share of {share:g}")
    return Screening(tuple(columns), share, str(stored["none_because"]))


_NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five", 10: "ten"}
