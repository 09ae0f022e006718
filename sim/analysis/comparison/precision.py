"""How precisely a comparison knows what is asked of it: the widths by which it is decided to play more draws.

Asked are how likely a settlement is in every format, and by how much the leading format is ahead on the measures that
rankings are judged by. Widths are half those of the 95% intervals that the comparison prints.
"""

from __future__ import annotations

from sim.analysis.comparison.results import Likelihoods
from sim.analysis.comparison.verdict import JUDGED
from sim.analysis.statistics.intervals import Estimate


def half_width(found: Likelihoods) -> float:
    """The widest of: settlement of every format, the leading format's difference from the runner-up on each measure."""
    levels = [_half(result.measures[JUDGED[0]]) for result in found.formats]
    leads: list[float] = []
    for measure in JUDGED:
        top = found.top(measure)
        others = [result for result in found.formats if result.id != top]
        if others:
            second = max(others, key=lambda result: result.measures[measure].value).id
            leads += [
                _half(pair.difference) for pair in found.pairs_of(measure, top) if second in (pair.first, pair.second)
            ]
    return max(levels + leads)


def half_width_of_leads(found: Likelihoods, tops: dict[str, str]) -> float:
    """The widest difference of a format from all others, format by measure as in `tops`; 0 where there is one alone."""
    pairs = (pair for measure, top in tops.items() for pair in found.pairs_of(measure, top))
    return max((_half(pair.difference) for pair in pairs), default=0.0)


def _half(estimate: Estimate) -> float:
    return (estimate.high - estimate.low) / 2.0
