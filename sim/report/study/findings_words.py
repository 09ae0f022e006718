"""Sentences of the findings: worded from the numbers, with what the variants do to them."""

from __future__ import annotations

from collections.abc import Sequence

from sim.analysis.experiments.studies import Judged
from sim.analysis.statistics.intervals import Estimate
from sim.report.words.words import interval, listed, percent, points, points_interval

MOST_NAMED = 4


def share(found: Estimate) -> str:
    """`12% (10-15)`."""
    return f"{percent(found.value)} ({interval(found)})" if found.known else percent(found.value)


def moved(found: Estimate, *, bold: bool = True) -> str:
    """`+1.2 (0.3 to 2.1)` in percentage points; bold where the interval excludes zero."""
    if not found.known:
        return points(found.value)
    words = f"{points(found.value)} ({points_interval(found)})"
    return f"**{words}**" if bold and found.side else words


def brief(found: Estimate) -> str:
    """`+1.2`, bold where the interval excludes zero."""
    return f"**{points(found.value)}**" if found.side else points(found.value)


def named(variants: Sequence[str]) -> str:
    """Variants by name, or their number where there are many."""
    if len(variants) > MOST_NAMED:
        return f"{len(variants)} variants"
    return listed([f"`{name}`" for name in variants])


def fate(judged: Judged) -> str:
    """What the variants do to a difference, in words, without a full stop."""
    total = len(judged.holds) + len(judged.unclear) + len(judged.flips)
    if not total:
        return "no variant was run"
    if judged.baseline.side == 0:
        words = f"cannot be told apart from zero in the baseline or in {len(judged.unclear)} of {total} variants"
        if judged.flips:
            words = "cannot be told apart from zero in the baseline, **but does differ under "
            words += listed([f"`{name}`" for name in judged.flips]) + "**"
        return words
    words = f"same sign under {len(judged.holds)} of {total} variants"
    if judged.unclear:
        words += f", not distinguishable from zero under {named(judged.unclear)}"
    if judged.flips:
        words += ", **flips under " + listed([f"`{name}`" for name in judged.flips]) + "**"
    return words


def tally(judged: Judged) -> str:
    """`9 same, 1 flips`: a short form of `fate` for table cells; nothing where baseline and variants are unclear."""
    if judged.baseline.side == 0:
        return f" [{len(judged.flips)} differ]" if judged.flips else ""
    words = f" [{len(judged.holds)}"
    return words + (f", flips in {len(judged.flips)}]" if judged.flips else "]")


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A Markdown table: first column left, the others right."""
    lines = ["| " + " | ".join(head) + " |", "|---" + "|--:" * (len(head) - 1) + "|"]
    return [*lines, *("| " + " | ".join(cell.replace("|", "/") for cell in row) + " |" for row in rows), ""]
