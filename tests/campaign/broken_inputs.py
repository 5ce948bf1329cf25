"""A thousand broken or odd inputs, made from a seed: ``python tests/campaign/broken_inputs.py``.

Each is answered (exit status 0), or refused in a sentence (2, in Python a ``SymregError``): no traceback, no status 1,
no hanging beyond the budget and fifteen seconds, no words of a library. One line for each kind. What does not hold
stays in a folder with its files, its command and what was said, and is run again by its name:
``python tests/campaign/broken_inputs.py --only tables:17 --seed 0``.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.campaign import spoiled_calls, spoiled_files, spoiled_options, spoiled_runs, spoiled_tables
from tests.campaign.holding import Maker, ended, one_case, summarised

KINDS: dict[str, tuple[Maker, float]] = {
    "tables": (spoiled_tables.case_of, 0.35),
    "files": (spoiled_files.case_of, 0.25),
    "options": (spoiled_options.case_of, 0.13),
    "runs": (spoiled_runs.case_of, 0.13),
    "calls": (spoiled_calls.case_of, 0.14),
}
"""What makes an input of each kind, and its part of the count."""


def main() -> None:
    """Make them, judge them, say what did not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="*", default=list(KINDS), help=", ".join(KINDS))
    parser.add_argument("--count", type=int, default=1000, help="inputs of all kinds together")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", help="one input, KIND:NUMBER, such as tables:17")
    parser.add_argument("--kept", type=Path, default=Path(tempfile.gettempdir()) / "broken_inputs")
    given = parser.parse_args()
    os.environ["COLUMNS"] = "120"
    warnings.simplefilter("ignore")
    kept = given.kept.absolute()
    if given.only:
        kind, _, number = given.only.partition(":")
        wrong = one_case(KINDS[kind][0], kind, int(number), given.seed, kept)
        print(wrong or "held")
        sys.exit(bool(wrong))
    failed = []
    for kind in given.kinds:
        maker, part = KINDS[kind]
        count = round(part * given.count)
        found = [one_case(maker, kind, number, given.seed, kept) for number in range(count)]
        failed += [one for one in found if one]
        summarised(kind, count, [one for one in found if one])
    ended(failed, kept)


if __name__ == "__main__":
    main()
