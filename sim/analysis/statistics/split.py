"""How much of the spread of outcomes is chance within a draw, and how much is not knowing the numbers.

Shape letters: D draws, F formats, K outcomes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.statistics.intervals import Estimate, t_quantile
from sim.types import Outcome
from sim.types.marks import Axes

RANGE = (0.05, 0.95)
"""Quantiles over draws that are printed beside each likelihood."""


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
    """Splits the Gini index of the outcome of each format into chance and not knowing.

    ``total = sum_k p_k (1 - p_k)``; ``chance = mean_d sum_k P_dk (1 - P_dk) R / (R - 1)``, which is unbiased for the
    mean Gini index within a draw; the rest is not knowing (a decomposition of variance summed over the indicators of
    the outcomes; Light & Margolin 1971). The interval of chance's share is linearised over draws.

    Args:
        counts: [D, F, K] runs per draw, format and outcome.
        replications: R, runs of a format per draw.

    Returns:
        One record per format.
    """
    share = np.asarray(counts, dtype=np.float64) / replications
    mean = share.mean(axis=0)
    total = (mean * (1.0 - mean)).sum(axis=-1)
    unbias = replications / (replications - 1) if replications > 1 else np.nan
    within = (share * (1.0 - share)).sum(axis=-1) * unbias
    chance = within.mean(axis=0)
    spread = np.sqrt(np.maximum(_variance(share) - (share * (1 - share)).mean(axis=0) * unbias / replications, 0.0))
    low, high = np.quantile(share, RANGE, axis=0)
    found = []
    for f in range(share.shape[1]):
        found.append(
            Split(
                total=float(total[f]),
                chance=float(chance[f]),
                not_knowing=float(total[f] - chance[f]),
                chance_share=_chance_share(share[:, f], within[:, f], float(total[f])),
                low=tuple(map(float, low[f])),
                high=tuple(map(float, high[f])),
                spread=tuple(map(float, spread[f])),
            )
        )
    return tuple(found)


def _variance(share: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sample variance over draws; 0 for a single draw."""
    return share.var(axis=0, ddof=1) if share.shape[0] > 1 else np.zeros(share.shape[1:])


def _chance_share(share: NDArray[np.float64], within: NDArray[np.float64], total: float) -> Estimate:
    """Chance's part of the total with a linearised 95% interval, all clipped to [0, 1].

    Args:
        share: [D, K] observed shares per draw.
        within: [D] unbiased Gini index within each draw.
        total: Gini index over all runs; at 0 there is nothing to split.
    """
    if total <= 0.0 or not np.isfinite(within).all():
        return Estimate(float("nan"), 0.0, 1.0)
    n_draws = share.shape[0]
    mean, chance = share.mean(axis=0), float(within.mean())
    moved_total = ((1.0 - 2.0 * mean) * (share - mean)).sum(axis=-1)
    influence = (within - chance) / total - chance / total**2 * moved_total
    error = float(np.sqrt((influence**2).sum() / max(n_draws * (n_draws - 1), 1)))
    half = float(t_quantile(n_draws - 1)) * error
    value = chance / total
    low, value_clipped, high = np.clip([value - half, value, value + half], 0.0, 1.0)
    return Estimate(float(value_clipped), float(low), float(high))
