"""How precisely a comparison knows what is asked of it: the widths by which it is decided to play more draws.

Asked are how likely a settlement is in every format, and by how much the leading format is ahead on the measures that
rankings are judged by. The width of a 95% interval is the distance of its farther end from the value.
"""

from __future__ import annotations

from collections.abc import Iterator

from sim.analysis.comparison.results import Likelihoods
from sim.analysis.comparison.verdict import JUDGED
from sim.analysis.statistics.intervals import Estimate
from sim.analysis.statistics.stopping import widest


def half_width(found: Likelihoods) -> float:
    """The widest of: settlement of every format, the leading format's difference from the runner-up on each measure."""
    levels = (result.measures[JUDGED[0]] for result in found.formats)
    return widest([*levels, *_leads(found)])


def _leads(found: Likelihoods) -> Iterator[Estimate]:
    """By how much the leading format is ahead of the runner-up, on each measure."""
    for measure in JUDGED:
        top = found.top(measure)
        others = [result for result in found.formats if result.id != top]
        if others:
            second = max(others, key=lambda result: result.measures[measure].value).id
            yield from (pair.difference for pair in found.pairs_of(measure, top) if second in (pair.first, pair.second))
