"""Numbers and findings in plain words, the same on the page, in figures and in the terminal."""

from __future__ import annotations

import math
from collections.abc import Sequence

from sim.analysis.comparison import Comparison, Deciders
from sim.analysis.intervals import Estimate
from sim.analysis.verdict import Verdict
from sim.types import Structure

DASH = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"
NOTHING = "\N{EM DASH}"
"""Printed where nothing was observed."""
NOBODY = "no single party"


def shown(name: str) -> str:
    """A name as prose and figures print it: ` - ` between parties becomes an en dash."""
    return name.replace(" - ", DASH)


def percent(share: float) -> str:
    """A share as a percentage: whole from 10%, one decimal below, and never 0% or 100% for what is merely close."""
    if not math.isfinite(share):
        return NOTHING
    if share in (0.0, 1.0):
        return f"{share:.0%}"
    if share < 0.0005:
        return "<0.1%"
    if share > 0.9995:
        return ">99.9%"
    return _figure(share) + "%"


def _figure(share: float) -> str:
    """A percentage without its sign."""
    number = 100.0 * share
    return f"{number:.1f}" if number < 9.95 or number > 99.0 else f"{number:.0f}"


def interval(found: Estimate) -> str:
    """Ends of a likelihood's interval, in percent without the sign."""
    return f"{_end(found.low)}{DASH}{_end(found.high)}" if found.known else NOTHING


def span(low: float, high: float) -> str:
    """A range of shares, in percent."""
    return f"{_end(low)}{DASH}{_end(high)}%" if math.isfinite(low) and math.isfinite(high) else NOTHING


def _end(share: float) -> str:
    """The end of an interval in percent: one decimal below 10, whole above."""
    number = f"{100.0 * share:.1f}" if share < 0.0995 else f"{100.0 * share:.0f}"
    return "0" if number == "0.0" else number


def points(difference: float) -> str:
    """A difference of shares in percentage points, signed."""
    if not math.isfinite(difference):
        return NOTHING
    number = round(100.0 * difference, 1)
    return f"{'+' if number > 0 else MINUS if number < 0 else ''}{abs(number):.1f}"


def points_interval(found: Estimate) -> str:
    """Ends of a difference's interval in points."""
    return f"{points(found.low)} to {points(found.high)}" if found.known else NOTHING


def listed(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return ", ".join(words[:-1]) + " and " + words[-1]


def party_set(parties: Sequence[int], structure: Structure) -> str:
    """A set of deciders in words."""
    return " + ".join(structure.parties[p].name for p in parties) or NOBODY


def top_deciders(deciders: Deciders, structure: Structure, most: int = 3) -> list[tuple[str, float]]:
    """Parties that were most often among the deciders, with the share of these runs; at least 1%."""
    ranked = sorted(enumerate(deciders.by_party), key=lambda item: (-item[1], item[0]))
    return [(structure.parties[p].name, share) for p, share in ranked[:most] if share >= 0.01]


def summary(comparison: Comparison, structure: Structure, judged: Verdict | None, basis: dict[str, int]) -> list[str]:
    """Three or four sentences: which format gets furthest, who decides failures, what it hangs on, how sure it is.

    Args:
        comparison: the baseline.
        structure: names.
        judged: the verdict over variants, if any were run.
        basis: numbers of the file by basis.
    """
    return [
        _furthest(comparison) + _unequal_time(comparison, structure),
        _failures(comparison, structure),
        _hangs_on(judged),
        _sureness(comparison, basis),
    ]


def _furthest(comparison: Comparison) -> str:
    top = comparison.format(comparison.top("settlement"))
    found, texts = top.measures["settlement"], top.measures["in_force"]
    if found.value == 0.0:
        return (
            "No format reached a settlement in any run; each stays below "
            f"{percent(max(result.measures['settlement'].high for result in comparison.formats))} (95%)."
        )
    level = [
        shown(comparison.format(pair.second if pair.first == top.id else pair.first).name)
        for pair in comparison.pairs
        if pair.measure == "settlement" and top.id in (pair.first, pair.second) and pair.difference.side == 0
    ]
    words = (
        f"{shown(top.name)} gets furthest: {percent(found.value)} of its runs ({interval(found)}) end in a settlement "
        f"that lasts, and {percent(texts.value)} ({interval(texts)}) leave some text in force."
    )
    if level:
        words += f" On settlements it cannot be told apart from {listed(level)}."
    most = comparison.format(comparison.top("in_force"))
    if most.id != top.id:
        words += (
            f" The most texts of any kind come from {shown(most.name)}: {percent(most.measures['in_force'].value)} "
            f"({interval(most.measures['in_force'])})."
        )
    return words


def _unequal_time(comparison: Comparison, structure: Structure) -> str:
    """That formats of other lengths were compared, if they were: time is a part of what a format is given."""
    months = {one.id: one.months for one in structure.formats}
    given = [months[result.id] for result in comparison.formats]
    if min(given) == max(given):
        return ""
    return (
        f" The formats are given between {min(given)} and {max(given)} months (tracks at most), and more time or more "
        "meetings are part of what the longer ones show."
    )


def _failures(comparison: Comparison, structure: Structure) -> str:
    found: dict[str, list[tuple[str, float]]] = {}
    for result in comparison.formats:
        for name, share in top_deciders(result.failures, structure, most=1):
            found.setdefault(name, []).append((shown(result.name), share))
    head = "Failures (no talks, no agreement, blocked, collapsed) are most often decided by "
    if not found:
        return "No failure was decided by a party's answer."
    (first, where), *others = found.items()
    if not others and len(where) == len(comparison.formats) > 2:
        low, high = (percent(pick(share for _, share in where)) for pick in (min, max))
        return f"{head}{first}, in every format ({low if low == high else f'{low} to {high}'} of them)."
    said = [
        f"{name} in {listed([f'{one} ({percent(share)})' for one, share in places])}" for name, places in found.items()
    ]
    return head + "; by ".join(said) + "."


def _hangs_on(judged: Verdict | None) -> str:
    if judged is None:
        return "Rule variants were not run, so this says nothing about what the ranking hangs on."
    return (
        f"Of {judged.n_possible} paired differences (settlement, any text in force), {judged.n_pairs} exceed "
        f"simulation error. {shown(judged.sentence)}"
    )


def _sureness(comparison: Comparison, basis: dict[str, int]) -> str:
    shares = [result.split.chance_share.value for result in comparison.formats if result.split.chance_share.known]
    total = sum(basis.values())
    words = "The likelihoods hold only given the scenario file"
    if total:
        words += f", in which {basis.get('assumed', 0)} of {total} numbers are assumed"
    words += "; the intervals cover simulation error only."
    if shares:
        low, high = percent(min(shares)), percent(max(shares))
        span = low if low == high else f"{low} to {high}"
        words += (
            f" Of the spread between outcomes, {span} is chance within a draw; the rest is not knowing the numbers."
        )
    return words
