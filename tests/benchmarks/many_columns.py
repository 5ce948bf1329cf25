"""Tables of 10 to 2,000 columns, five of which make the law: ``python tests/benchmarks/many_columns.py``.

A line for each size and law: whether the law was found, seconds of reading and of the search, processor seconds of both
with what children took, seconds until the law was first the best, peak memory, and of the columns that are vouched for
how many are true and false. Each search runs in a process of its own, on one thread. The law is found where the best
law holds the five columns and no other, and its error on rows held out is no more than ``NEAR`` times that of the data.

``--false-rate`` asks of 200 made tables what share of the columns that are vouched for is false, and how many of the
true ones are among them: by how the columns go together, by their number, and by rows. ``--shuffled`` does the same
with columns whose rows are merely shuffled for copies, which is wrong where columns go together.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

Floats = npt.NDArray[np.float64]

COLUMNS = (10, 50, 200, 500, 2000)
ROWS, SECONDS, NOISE = 400, 10.0, 0.01  # of the tables that are searched; noise is a part of the target's spread
NEAR = 1.3  # times the error of the data
TRUE = 5  # columns in each law, the first ones
UNITS = ("kg/m**3", "m/s", "m**2", "1", "1", "m", "kg", "s", "K", "J", "Pa", "A")
LAWS: dict[str, Callable[[Floats], Floats]] = {
    "power": lambda x: 0.5 * x[0] * x[1] ** 2 * x[2] * x[3] / x[4],
    "sum": lambda x: 3 * x[0] - 2 * x[1] + 1.5 * x[2] * x[3] + 0.8 / x[4],
}

MADE_TABLES = 200
MADE_COLUMNS, MADE_ROWS = (50, 100, 200, 500), (60, 200, 600, 2000)
BLOCK = 5  # columns that go together


def searched(law: str, columns: int, rows: int, seconds: float | None, evaluations: int | None, seed: int) -> None:
    """Search in this process, and print what it took as JSON."""
    import symreg as sr
    from symreg.formula import variables_of

    rng = np.random.default_rng(seed)
    values = rng.lognormal(0.0, 0.4, (columns, rows))
    exact = LAWS[law](values)
    y = exact + NOISE * exact.std() * rng.normal(size=rows)
    names = [f"x{place}" for place in range(columns)]
    units = {name: UNITS[place % len(UNITS)] for place, name in enumerate(names)} | {"y": "N"}
    began = time.process_time()
    table = sr.read_table({**dict(zip(names, values, strict=True)), "y": y}, target="y",
                          units=units if law == "power" else None)  # fmt: skip
    problem = sr.make_problem(table)
    made = time.process_time() - began
    found = sr.discover(problem, budget=sr.Budget(time=seconds, evaluations=evaluations), backend=sr.Native(threads=1))
    spent = time.process_time() - began
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    true, best = set(names[:TRUE]), found.front.best
    good = NEAR * NOISE * float(exact.std())
    vouched = () if found.screening is None else found.screening.of("vouched for")
    until = [(moment.seconds, moment.evaluated) for moment in found.history if moment.error <= good]
    print(json.dumps({
        "found": set(variables_of(best.expression)) == true and best.held_out.rmse <= good, "law": best.formula,
        "made": made, "clock": found.wall_seconds, "processor": spent + children.ru_utime + children.ru_stime,
        "until": min(until, default=(None, None)), "evaluated": found.evaluated,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "true": len(true & set(vouched)), "false": len(set(vouched) - true),
        "entered": len(problem.inputs) if found.screening is None else len(found.screening.entered),
        "why": "" if found.screening is None else found.screening.none_because,
    }))  # fmt: skip


def searches(given: argparse.Namespace) -> None:
    """Each law at each number of columns."""
    print(f"{'law':<6} {'columns':>7} {'entered':>7} {'found':>5} {'made s':>7} {'clock s':>8} {'cpu s':>7} "
          f"{'until s':>8} {'until evaluated':>15} {'evaluated':>11} {'MB':>6} {'true':>5} "
          f"{'false':>5}  law", flush=True)  # fmt: skip
    for law in given.laws:
        for columns in given.columns:
            limit = None if given.evaluations else given.seconds
            asked = json.dumps([law, columns, given.rows, limit, given.evaluations, given.seed])
            done = subprocess.run(
                [sys.executable, __file__, "--one", asked], capture_output=True, text=True, timeout=900, check=False
            )
            if done.returncode:
                raise RuntimeError(done.stderr[-2000:])
            one: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
            seconds, until = ("-" if each is None else f"{each:,.1f}".removesuffix(".0") for each in one["until"])
            found = "yes" if one["found"] else "no"
            print(f"{law:<6} {columns:>7,} {one['entered']:>7} {found:>5} {one['made']:>7.2f} "
                  f"{one['clock']:>8.1f} {one['processor']:>7.1f} {seconds:>8} {until:>15} "
                  f"{one['evaluated']:>11,} {one['memory']:>6.0f} {one['true']:>5} "
                  f"{one['false']:>5}  {one['law']} {one['why']}",
                  flush=True)  # fmt: skip


def blocks(rho: float, columns: int, rows: int, rng: np.random.Generator) -> Floats:
    """Normal columns in blocks, in which each pair has this correlation."""
    common = np.repeat(rng.normal(size=(-(-columns // BLOCK), rows)), BLOCK, axis=0)[:columns]
    return np.asarray(np.sqrt(rho) * common + np.sqrt(1 - rho) * rng.normal(size=(columns, rows)))


def discrete(columns: int, rows: int, rng: np.random.Generator) -> Floats:
    """Columns of two to five values in blocks."""
    from scipy.special import ndtr

    return np.asarray(np.floor(ndtr(blocks(0.5, columns, rows, rng)) * rng.integers(2, 6, size=(columns, 1))))


def derived(columns: int, rows: int, rng: np.random.Generator) -> Floats:
    """Positive columns, a third of them products of two others."""
    made, third = np.exp(0.5 * rng.normal(size=(columns, rows))), columns // 3
    made[-third:] = made[third : 2 * third] * made[-2 * third : -third]
    return np.asarray(made)


def squares(columns: int, rows: int, rng: np.random.Generator) -> Floats:
    """Columns of which the second half are squares of the first, nearly: no correlation says so."""
    made, half = rng.normal(size=(columns, rows)), columns // 2
    made[-half:] = 0.9 * (made[:half] ** 2 - 1) / np.sqrt(2) + 0.4 * made[-half:]
    return np.asarray(made)


KINDS: dict[str, Callable[[int, int, np.random.Generator], Floats]] = {
    "independent": lambda n, rows, rng: rng.normal(size=(n, rows)),
    "correlated 0.5": lambda n, rows, rng: blocks(0.5, n, rows, rng),
    "correlated 0.9": lambda n, rows, rng: blocks(0.9, n, rows, rng),
    "few factors": lambda n, rows, rng: 0.7 * rng.normal(size=(n, 3)) @ rng.normal(size=(3, rows))
    + rng.normal(size=(n, rows)),
    "heavy tails": lambda n, rows, rng: np.sinh(2 * blocks(0.5, n, rows, rng)),
    "discrete": discrete,
    "products of others": derived,
    "squares of others": squares,
}


def target_of(columns: Floats, law: int, rng: np.random.Generator) -> Floats:
    """Five columns of unit spread as a sum of curves, a product, or a sum with a product in it; noise a fifth."""
    s = (columns - columns.mean(axis=1, keepdims=True)) / columns.std(axis=1, keepdims=True)
    made = (
        s[0] + s[1] - 0.8 * s[2] + np.abs(s[3]) + np.tanh(2 * s[4]),
        np.exp(0.5 * np.clip(s[0] - s[1] + 0.8 * s[2] + 0.6 * s[3] - 0.5 * s[4], -12, 12)),
        s[0] * s[1] + s[2] + s[3] - s[4],
    )[law]  # fmt: skip
    return np.asarray(made + 0.2 * made.std() * rng.normal(size=len(made)))


def made_table(number: int) -> tuple[str, int, int, Floats, Floats, set[int]]:
    """A table by its number: how its columns go together, columns, rows, values, target, and true columns."""
    rng = np.random.default_rng([7, number])
    kind = list(KINDS)[number % len(KINDS)]
    columns, rows = int(rng.choice(MADE_COLUMNS)), int(rng.choice(MADE_ROWS))
    values = KINDS[kind](columns, rows, rng)
    # Where columns are made of others, the true ones are among those they are made of.
    among = columns // 3 if kind in ("products of others", "squares of others") else columns
    true = rng.choice(among, size=TRUE, replace=False)
    return kind, columns, rows, values, target_of(values[true], number // len(KINDS) % 3, rng), set(true.tolist())


def false_rate(given: argparse.Namespace) -> None:
    """What of the columns that are vouched for is false, table by table and in all."""
    from symreg.search.columns import FALSE_SHARE, groups_alike, vouched_for
    from symreg.search.columns import vouching as vouching

    if given.shuffled:
        shuffle(vouching)
    found = []
    for number in range(given.tables):
        kind, columns, rows, values, target, true = made_table(number)
        groups = groups_alike(values)
        vouched = vouched_for(values[[group[0] for group in groups]], target, number)
        chosen = [set(groups[place]) for place in vouched.places]
        false = sum(not group & true for group in chosen)
        told = sum(any(one in group for group in chosen) for one in true)
        few = vouched.none_because.startswith("the rows")
        found.append((kind, f"{columns} columns", f"{rows} rows", len(chosen), false, told, few))
    print(f"{'tables':<20} {'of them':>7} {'too few rows':>12} {'vouched for':>11} {'false share':>14} "
          f"{'true found':>10}")  # fmt: skip
    for place in (0, 1, 2):
        for one in dict.fromkeys(row[place] for row in found):
            told_of(one, [row for row in found if row[place] == one])
    told_of("all", found)
    kept = [row for row in found if not row[-1]]
    share = np.array([row[4] / max(1, row[3]) for row in kept])
    error = share.std() / np.sqrt(len(share))
    print(f"stated: at most {FALSE_SHARE}; realised {share.mean():.3f} +- {error:.3f} (one standard error)")
    sys.exit(int(share.mean() > FALSE_SHARE + 2 * error))


def told_of(name: str, rows: list[tuple[Any, ...]]) -> None:
    """A line about some of the tables; those with too few rows, of which nothing is vouched for, are only counted."""
    kept = [row for row in rows if not row[-1]]
    share = np.array([row[4] / max(1, row[3]) for row in kept] or [0.0])
    power = float(np.mean([row[5] for row in kept] or [0.0])) / TRUE
    print(f"{name:<20} {len(rows):>7} {len(rows) - len(kept):>12} {sum(row[3] for row in kept):>11} "
          f"{share.mean():>6.3f} +-{share.std() / np.sqrt(len(share)):>5.3f} {power:>10.2f}", flush=True)  # fmt: skip


def shuffle(vouching: Any) -> None:
    """Take columns with shuffled rows for copies from now on."""

    class Shuffled:
        def __init__(self, scores: Floats, *_: Any) -> None:
            self.shape = scores.shape

        def orders(self, generator: np.random.Generator) -> Any:
            return np.argsort(generator.random(self.shape), axis=1)

    vouching.copy_maker = Shuffled


def main() -> None:
    """Search, or ask for the rate."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--laws", nargs="*", default=list(LAWS), choices=list(LAWS))
    parser.add_argument("--columns", nargs="*", type=int, default=COLUMNS)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--evaluations", type=int, help="a budget of these instead of seconds: on a machine of others")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--false-rate", action="store_true")
    parser.add_argument("--tables", type=int, default=MADE_TABLES)
    parser.add_argument("--shuffled", action="store_true")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        searched(*json.loads(given.one))
    elif given.false_rate:
        false_rate(given)
    else:
        searches(given)


if __name__ == "__main__":
    main()
