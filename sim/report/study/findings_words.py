"""Sentences of the findings: worded from the numbers, with what the variants do to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from sim.analysis.experiments.studies import STUDIED, Judged, Pressure, Study
from sim.analysis.statistics.intervals import Estimate
from sim.report.words.table_writers import Table
from sim.report.words.words import interval, listed, percent, points, points_interval, shown

MOST_NAMED = 4
T = TypeVar("T")


def share(estimate: Estimate) -> str:
    """`12% (10-15)`."""
    return percent(estimate.value) + (f" ({interval(estimate)})" if estimate.known else "")


def moved(estimate: Estimate, *, bold: bool = True) -> str:
    """`+1.2 (0.3 to 2.1)` in percentage points; bold where the interval excludes zero."""
    if not estimate.known:
        return points(estimate.value)
    words = f"{points(estimate.value)} ({points_interval(estimate)})"
    return f"**{words}**" if bold and estimate.side else words


def brief(estimate: Estimate) -> str:
    """`+1.2`, bold where the interval excludes zero."""
    return f"**{points(estimate.value)}**" if estimate.side else points(estimate.value)


def coded(names: Sequence[str]) -> str:
    """Names of variants or overrides, as code."""
    return listed([f"`{name}`" for name in names])


def fate(judged: Judged) -> str:
    """What the variants do to a difference, in words, without a full stop."""
    total = len(judged.holds) + len(judged.unclear) + len(judged.flips)
    if not total:
        return "no variant was run"
    if judged.baseline.side == 0 and judged.flips:
        return f"cannot be told apart from zero in the baseline, **but does differ under {coded(judged.flips)}**"
    if judged.baseline.side == 0:
        return f"cannot be told apart from zero in the baseline or in {len(judged.unclear)} of {total} variants"
    words = f"same sign under {len(judged.holds)} of {total} variants"
    if judged.unclear:
        many = len(judged.unclear) > MOST_NAMED
        names = f"{len(judged.unclear)} variants" if many else coded(judged.unclear)
        words += f", not distinguishable from zero under {names}"
    return words + (f", **flips under {coded(judged.flips)}**" if judged.flips else "")


def tally(judged: Judged) -> str:
    """`+1.2 (0.3 to 2.1) [9, flips in 1]`: the difference, and a short form of `fate` unless nothing can be told."""
    flips = len(judged.flips)
    if judged.baseline.side == 0:
        return moved(judged.baseline) + (f" [{flips} differ]" if flips else "")
    return f"{moved(judged.baseline)} [{len(judged.holds)}" + (f", flips in {flips}]" if flips else "]")


def format_names(study: Study) -> list[str]:
    """The formats as they are printed, in order."""
    return [shown(info.name) for info in study.structure.formats]


def format_table(
    study: Study, caption: str, what: str, rows: Mapping[str, T], *, words: Callable[[T, int], str]
) -> Table:
    """A row for each of `rows`, a column for each format: what a cell says is worded from the two."""
    cells = [(label, *(words(row, f) for f in range(len(study.structure.formats)))) for label, row in rows.items()]
    return Table(caption, (what, *format_names(study)), tuple(cells))


def grid_words(grid: Pressure, measure: str) -> str:
    """A measure of a grid in words."""
    return f"{grid.target} stops a part, of texts tabled" if measure == "target" else STUDIED[measure]
