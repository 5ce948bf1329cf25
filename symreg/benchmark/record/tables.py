"""The tables of the record, as lines of Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from symreg.benchmark.record.comparison import Comparison, compare_units, compare_without
from symreg.benchmark.record.misses import Miss, missed, recovered_loosely
from symreg.benchmark.record.named_sets import NamedSet
from symreg.benchmark.record.published import PublishedRate, best_published
from symreg.benchmark.record.text import NO_VALUE, code, count, name, rate, ratio, seconds, table, words
from symreg.benchmark.summary import Group, Summary, group_of, group_order, search_words, summarise
from symreg.benchmark.trial import TrialResult

__all__ = ["hard_table", "loose_table", "missed_table", "recovery_tables", "units_table", "without_table"]

HARD = ("I.9.18", "I.29.16", "II.6.15a", "III.4.33")
"""Equations that PhySO finds at no level of noise."""


def recovery_tables(named: NamedSet, published: Sequence[PublishedRate]) -> list[str]:
    """Of one set: how many came back, and in what time, by level of noise and way of searching."""
    whole = [result for result in named.results if not result.without]
    summaries = summarise(whole, named.name)
    groups = [each.group for each in summaries]
    searches = {each.group: ", ".join(search_words(each.group, groups)) for each in summaries}
    heads = ["search", "noise", "problems", "trials>", "SRBench rule", "strict", "on the front",
             "published best", "published, strict"]  # fmt: skip
    lines = table(heads, (_recovery_row(each, named, searches, published) for each in summaries))
    heads = ["search", "noise", "s to recovery, median>", "90 %>", "evaluations to recovery, median>",
             "s of all trials, median>", "90 %>", "failed>", "by symbols alone>", "by numbers alone>"]  # fmt: skip
    return lines + table(heads, (_time_row(each, searches) for each in summaries))


def _recovery_row(
    each: Summary, named: NamedSet, searches: dict[Group, str], published: Sequence[PublishedRate]
) -> list[str]:
    of = f"{each.problems} of {named.problems}" if named.problems else str(each.problems)
    group = each.group
    best = (
        best_published(published, named.name, group.noise, units=group.units, strict=strict)
        for strict in (False, True)
    )
    return [
        searches[group], f"{group.noise:g}", of, str(each.trials),
        *(rate(found, each.trials) for found in (each.recovered, each.strict, each.on_front)),
        *(NO_VALUE if one is None else f"{one[1]:.1f} % ({one[0]})" for one in best),
    ]  # fmt: skip


def _time_row(each: Summary, searches: dict[Group, str]) -> list[str]:
    return [
        searches[each.group], f"{each.group.noise:g}",
        seconds(each.recovery_seconds.median), seconds(each.recovery_seconds.ninety_percent),
        count(each.recovery_evaluations.median),
        seconds(each.seconds.median), seconds(each.seconds.ninety_percent),
        str(each.failed), str(each.symbolic), str(each.numeric),
    ]  # fmt: skip


def units_table(sets: Sequence[NamedSet]) -> list[str]:
    """With units and without them, on the trials made both ways; no lines where there are none."""
    rows = [
        [named.title, f"{each.noise:g}", str(each.trials), *_both_ways(each)]
        for named in sets
        for each in compare_units(named.results)
    ]
    return _comparison_table(("set", "noise", "trials>"), "with", "no units", rows)


def without_table(sets: Sequence[NamedSet]) -> list[str]:
    """The whole search and each one without some mechanism; no lines where there are none."""
    rows = [
        [each.without, named.title, f"{each.noise:g}", "yes" if each.units else "no", str(each.trials),
         *_both_ways(each)]
        for named in sets
        for each in compare_without(named.results)
    ]  # fmt: skip
    return _comparison_table(("without", "set", "noise", "units", "trials>"), "whole", "without", rows)


def _comparison_table(
    heads: tuple[str, ...], first: str, second: str, rows: Sequence[Sequence[str]]
) -> list[str]:
    found = (f"recovered, {first}>", f"{second}>", f"strict, {first}>", f"{second}>", "recovered both ways>")
    spent = (f"s, {first}>", f"{second}>", "ratio>", f"evaluations, {first}>", f"{second}>", "ratio>")
    return table((*heads, *found, *spent), rows) if rows else []


def _both_ways(each: Comparison) -> list[str]:
    percent = (
        f"{found} ({100 * found / each.trials:.1f} %)" for found in (*each.recovered, *each.strict)
    )
    return [
        *percent, str(each.both),
        *(seconds(value) for value in each.seconds), ratio(*each.seconds),
        *(count(value) for value in each.evaluations), ratio(*each.evaluations),
    ]  # fmt: skip


def hard_table(results: Sequence[TrialResult]) -> list[str]:
    """The equations that PhySO never finds: seeds found by each rule of those run, and the longest time."""
    chosen = [one for one in results if one.set == "feynman" and one.id in HARD and not one.without]
    groups: dict[Group, dict[str, list[TrialResult]]] = {}
    for result in chosen:
        groups.setdefault(group_of(result), {}).setdefault(result.id, []).append(result)
    rows = [
        [", ".join(search_words(group, groups)), f"{group.noise:g}",
         *(_hard_cell(groups[group].get(name, [])) for name in HARD)]
        for group in sorted(groups, key=group_order)
    ]  # fmt: skip
    return table(("search", "noise", *HARD), rows) if rows else []


def _hard_cell(trials: Sequence[TrialResult]) -> str:
    if not trials:
        return NO_VALUE
    found = [trial for trial in trials if trial.recovered]
    strict = sum(trial.strict for trial in trials)
    longest = f", {seconds(max(trial.seconds for trial in found))} s" if found else ""
    return f"{len(found)} of {len(trials)} ({strict} strict){longest}"


def missed_table(results: Sequence[TrialResult]) -> list[str]:
    """Every equation missed, what was selected instead, and why."""
    return _miss_table(missed(results), "selected instead")


def loose_table(results: Sequence[TrialResult]) -> list[str]:
    """Every equation that only SRBench's rule calls recovered."""
    return _miss_table(recovered_loosely(results), "selected")


def _miss_table(misses: Sequence[Miss], selected: str) -> list[str]:
    groups = {miss.group for miss in misses}
    rows = [
        [name(miss.id), ", ".join(search_words(miss.group, groups)), f"{miss.group.noise:g}",
         f"{len(miss.seeds)} of {miss.seeds_run}: {', '.join(map(str, miss.seeds))}",
         code(miss.truth),
         code(miss.selected) + (f" and {miss.others} more" if miss.others else ""),
         words("; ".join(miss.reasons)),
         NO_VALUE if miss.held_out_r2 != miss.held_out_r2 else f"{miss.held_out_r2:.7g}"]
        for miss in misses
    ]  # fmt: skip
    heads = ("equation", "search", "noise", "seeds", "truth", selected, "why, as far as known", "its R²>")
    return table(heads, rows) if rows else []
