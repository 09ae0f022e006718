"""How often the table of a format signs nothing, and why: the ways to fail before there is a text, told apart.

Shape letters: D draws, F formats, R replications, U impasses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.statistics.intervals import Estimate, ratios
from sim.types import IMPASSE_OF, IMPASSES
from sim.types.arrays import Ints
from sim.types.marks import Axes


@dataclass(frozen=True)
class Unsigned:
    """How often the table of one format signed nothing, and why."""

    share: Estimate
    """Share of all runs."""
    of_all: Annotated[tuple[Estimate, ...], Axes(IMPASSES)]
    """[U] share of all runs in which the table signed nothing for this reason."""
    of_these: Annotated[tuple[Estimate, ...], Axes(IMPASSES)]
    """[U] the same among the runs in which the table signed nothing."""


def count_unsigned(reason: NDArray[np.uint8]) -> Ints:
    """[D, F, U] runs in which the table signed nothing, by why, from the end reasons [D, F, R] of runs."""
    own = ([reason for reason, why in IMPASSE_OF.items() if why == impasse] for impasse in IMPASSES)
    return np.stack([np.isin(reason, reasons).sum(axis=-1) for reasons in own], axis=-1)


def unsigned_results(counts: NDArray[Any], replications: int) -> list[Unsigned]:
    """[F] estimates from runs as `count_unsigned` counts them, the draw being the sampling unit."""
    whole = counts.astype(np.int64)
    nothing = whole.sum(axis=-1)
    share, of_all = ratios(nothing, replications), ratios(whole, replications)
    of_these, kinds = ratios(whole, nothing[..., None]), range(len(IMPASSES))
    return [
        Unsigned(share.at(f), tuple(of_all.at(f, u) for u in kinds), tuple(of_these.at(f, u) for u in kinds))
        for f in range(whole.shape[1])
    ]
