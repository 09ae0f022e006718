"""When enough draws have been made: blocks that grow until intervals are as narrow as was asked for.

Sequential estimation to a fixed width (Chow & Robbins 1965): look after each block, stop when the half-width is at most
the precision. Blocks double, and the last is cut to what the width seen lets expect (Stein 1945), so that little is
drawn for nothing. Looks at a sample that decides its own size stop where the variance happens to look small (Glynn &
Whitt 1992); what keeps the intervals of `intervals.py` from being too short there is that they keep a width where
nothing was seen, of 3.8 / D. `tests/analysis/statistics/test_stopping.py` has their coverage under this rule.

The rule has no state and no chance of its own: equal draws stop at an equal number.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from sim.analysis.statistics.intervals import Estimate

LEAST_DRAWS, LEAST_SHARE = 16, 8
"""A block has at least so many draws, and an eighth of those that are made: looks are neither free nor harmless."""
MARGIN = 1.05  # draws beyond those that the width lets expect: half of all last blocks would else fall a little short


def next_draws(done: int, half_width: float, precision: float, *, most: int) -> int:
    """Draws there should be after the next block; `done` where it is time to stop.

    ``done (half_width / precision)^2`` draws and a margin, at most twice those that are made, at most `most`.

    Args:
        done: draws made, at least 1.
        half_width: of the widest interval that is to be narrow, as by `widest`.
        precision: half-width asked for, above 0, in the same unit.
        most: draws that may be made.
    """
    if half_width <= precision or done >= most:
        return done
    least = done + max(LEAST_DRAWS, math.ceil(done / LEAST_SHARE))
    needed = done * (half_width / precision) ** 2 * MARGIN
    return min(math.ceil(min(max(needed, least), 2 * done)), most)


def widest(estimates: Iterable[Estimate]) -> float:
    """The largest distance from a value to an end of its interval, 0 without any.

    An estimate of nothing yet (NaN) is left out: of what may never occur no number of draws is known to be enough.
    """
    known = (estimate for estimate in estimates if estimate.known)
    return max((max(one.value - one.low, one.high - one.value) for one in known), default=0.0)
