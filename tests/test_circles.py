"""No file imports itself round a corner, late imports inside functions counted, but where a word here says why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import grimp

LATE = {
    ("symreg.cli", "symreg.cli.commands"): "a command is loaded when it runs, so that --help answers at once",
    ("symreg.cli", "symreg.cli.failing"): "loaded when something went wrong; it prints as the command line does",
    ("symreg.cli", "symreg.cli.predicting"): "a command is loaded when it runs",
    ("symreg.cli", "symreg.cli.running"): "a command is loaded when it runs",
    ("symreg.cli", "symreg.cli.starting"): "a command is loaded when it runs",
    ("symreg.cli.sweeping", "symreg.cli.comparing"): "a command is loaded when it runs",
    ("symreg.cli.sweeping", "symreg.cli.listing"): "a command is loaded when it runs",
    ("symreg.cli.sweeping", "symreg.cli.planning"): "a command is loaded when it runs",
    ("symreg.engine", "symreg.engine.compiled"): "the compiled core may be absent; the door says which there are",
    ("symreg.laws.law", "symreg.laws.exporting"): "a law leaves as code (`Law.to`), which is made of laws",
    ("symreg.laws.law", "symreg.laws.choice"): "a front picks a law for whoever names it",
    ("symreg.laws.law", "symreg.laws.front_text"): "a front shows itself in a console",
    ("symreg.laws.law", "symreg.laws.plotting"): "a law draws itself, where matplotlib is wanted",
    ("symreg.laws.law", "symreg.laws.renaming"): "a law gives itself under other names",
    ("symreg.laws.law", "symreg.laws.shown"): "a law shows itself in a notebook, by what knows laws",
    ("symreg.laws.law", "symreg.laws.selection"): "a front picks laws by the rule that is made of laws",
    ("symreg.laws.law", "symreg.laws.front_table"): "a front gives a data frame, which is made of fronts",
    ("symreg.laws.law", "symreg.laws.printed"): "a law prints itself, by what knows how laws are printed",
    ("symreg.search.native.bank.admission", "symreg.search.native.bank.compiled_admission"): (
        "the compiled core may be absent; it admits as the plain one says"
    ),
    ("symreg.search.native.settings", "symreg.search.native.search"): "`Native` is a value that searches with itself",
    ("symreg.search.native.settings", "symreg.search.native.workers"): "the same, on many workers",
    ("symreg.tables.table", "symreg.tables.assembly"): "`read_table` stands beside the `Table` that it makes",
    ("symreg.tables.table", "symreg.tables.checks"): "`read_table` warns by what looks at tables",
}
"""Late imports that close a circle, from which file to which, and why they stay."""


def circles(imports: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Groups of files that reach each other (Tarjan 1972, strongly connected components)."""
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    waiting: list[str] = []
    found: list[list[str]] = []

    def visit(file: str) -> None:
        number[file] = lowest[file] = len(number)
        waiting.append(file)
        for other in imports.get(file, ()):
            if other not in number:
                visit(other)
            if other in waiting:
                lowest[file] = min(lowest[file], lowest[other])
        if lowest[file] == number[file]:
            place = waiting.index(file)
            group = waiting[place:]
            del waiting[place:]
            if len(group) > 1:
                found.append(sorted(group))

    for file in imports:
        if file not in number:
            visit(file)
    return found


def test_a_circle_is_found() -> None:
    assert circles({"a": ["b"], "b": ["c"], "c": ["a", "d"], "d": []}) == [["a", "b", "c"]]
    assert circles({"a": ["b"], "b": ["c"], "c": []}) == []


def test_no_circle_but_those_with_a_reason() -> None:
    graph = grimp.build_graph("symreg", exclude_type_checking_imports=True)
    imports = {file: sorted(graph.find_modules_directly_imported_by(file)) for file in sorted(graph.modules)}
    stale = [pair for pair in LATE if pair[1] not in imports[pair[0]]]
    assert not stale, "these imports are no more"
    without = {file: [other for other in others if (file, other) not in LATE] for file, others in imports.items()}
    assert not circles(without)
