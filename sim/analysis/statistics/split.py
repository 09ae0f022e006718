"""How much of the spread of outcomes is chance within a draw, and how much is not knowing the numbers.

Shape letters: D draws, F formats, K outcomes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.statistics.intervals import Estimate, Means
from sim.types import Outcome
from sim.types.arrays import Floats
from sim.types.marks import Axes

RANGE = (0.05, 0.95)  # quantiles over draws that are printed beside each likelihood


@dataclass(frozen=True)
class Split:
    """Gini split of one format.

    `not_knowing` is `total - chance` as it came and may be slightly negative by sampling error; shares are clipped to
    [0, 1], and a report prints a negative remainder as 0. With one replication a draw, chance cannot be told from not
    knowing: `chance` and the shares are NaN.
    """

    total: float
    chance: float
    not_knowing: float
    chance_share: Estimate
    low: Annotated[tuple[float, ...], Axes(Outcome)]
    """Per outcome: 5% quantile over draws of the observed share P_d. With few replications P_d is itself noisy."""
    high: Annotated[tuple[float, ...], Axes(Outcome)]
    """Per outcome: 95% quantile over draws of P_d."""
    spread: Annotated[tuple[float, ...], Axes(Outcome)]
    """Per outcome: standard deviation over draws of the true P_d, with the noise of few replications taken out."""


def split(counts: NDArray[Any], replications: int) -> tuple[Split, ...]:
    """Splits the Gini index of the outcome of each format into chance and not knowing; counts are [D, F, K] runs.

    ``total = sum_k p_k (1 - p_k)``; ``chance = mean_d sum_k P_dk (1 - P_dk) R / (R - 1)``, R being the replications,
    which is unbiased for the mean Gini index within a draw; the rest is not knowing (a decomposition of variance summed
    over the indicators of the outcomes; Light & Margolin 1971). Chance's share has an interval linearised over draws.
    """
    share = np.asarray(counts, dtype=np.float64) / replications
    mean = share.mean(axis=0)
    total = (mean * (1.0 - mean)).sum(axis=-1)
    unbias = replications / (replications - 1) if replications > 1 else np.nan
    within = (share * (1.0 - share)).sum(axis=-1) * unbias
    chance = within.mean(axis=0)
    variance = share.var(axis=0, ddof=1) if len(share) > 1 else np.zeros(share.shape[1:])
    spread = np.sqrt(np.maximum(variance - (share * (1 - share)).mean(axis=0) * unbias / replications, 0.0))
    low, high = np.quantile(share, RANGE, axis=0)
    return tuple(
        Split(
            total=float(total[f]),
            chance=float(chance[f]),
            not_knowing=float(total[f] - chance[f]),
            chance_share=_chance_share(share[:, f], within[:, f], float(total[f])),
            low=tuple(low[f].tolist()),
            high=tuple(high[f].tolist()),
            spread=tuple(spread[f].tolist()),
        )
        for f in range(share.shape[1])
    )


def _chance_share(share: Floats, within: Floats, total: float) -> Estimate:
    """Chance's part of the total with a linearised 95% interval, all clipped to [0, 1].

    From observed shares [D, K] and the unbiased Gini index within each draw [D]; a total of 0 leaves nothing to split.
    """
    if total <= 0.0 or not np.isfinite(within).all():
        return Estimate(float("nan"), 0.0, 1.0)
    mean, chance = share.mean(axis=0), float(within.mean())
    moved_total = ((1.0 - 2.0 * mean) * (share - mean)).sum(axis=-1)
    influence = (within - chance) / total - chance / total**2 * moved_total
    value, half = chance / total, float(Means(np.array(chance / total), influence).half())
    return Estimate(*np.clip([value, value - half, value + half], 0.0, 1.0).tolist())
