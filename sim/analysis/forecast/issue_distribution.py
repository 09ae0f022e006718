"""Where runs leave a numeric issue: probabilities of its positions, quantiles, mean, with simulation error by draw.

Shape letters: R runs, D draws, K different positions in ascending order, O options.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np

from sim.analysis.positions.baselines import spread
from sim.analysis.statistics.intervals import Estimate, Means, means, ratios
from sim.types.arrays import Floats, Ints, Mask
from sim.types.marks import HIDDEN, Axes

_TIE = 1e-9


@dataclass(frozen=True)
class Distribution:
    """A numeric issue over runs with a decision, in its own units."""

    positions: Annotated[Floats, Axes(None)]
    """[K]"""
    shares: tuple[Estimate, ...]
    """[K] probability of each position, with intervals by draw."""
    median: Estimate
    mean: Estimate
    means: Annotated[Means, HIDDEN]  # the mean with what each draw adds to it, for paired differences

    COMPUTED: ClassVar = ("interval_50", "interval_80")

    @property
    def interval_50(self) -> tuple[float, float]:
        """Quantiles 0.25 and 0.75."""
        return self.interval(0.5)

    @property
    def interval_80(self) -> tuple[float, float]:
        """Quantiles 0.1 and 0.9."""
        return self.interval(0.8)

    @property
    def probabilities(self) -> Floats:
        """[K] sum 1."""
        return np.array([share.value for share in self.shares])

    def quantile(self, share: float) -> float:
        """The least position at which the cumulated probability reaches a share."""
        return float(self.positions[_first(np.cumsum(self.probabilities) >= share - _TIE)])

    def interval(self, level: float) -> tuple[float, float]:
        """The central interval of at least this probability, from quantile ``(1 - level)/2`` to ``(1 + level)/2``."""
        return self.quantile((1.0 - level) / 2.0), self.quantile((1.0 + level) / 2.0)

    def share_at(self, value: float) -> Estimate:
        """Probability of the position nearest to a value; of two as near, the lower."""
        return self.shares[self.nearest(value)]

    def nearest(self, value: float) -> int:
        """Index of the position nearest to a value; of two as near, the lower."""
        return int(np.argmin(np.abs(self.positions - value) - 1e-12 * (self.positions < value)))

    def grid(self, low: float, high: float) -> Floats:
        """[101] the same on hundredths of the scale, as forecasts are scored (`forecast_scores`).

        A position between two points of the grid is shared between them, which keeps the mean.
        """
        return spread(100.0 * (self.positions - low) / (high - low), self.probabilities)


def distribution(places: Floats, option: Ints, draw: Ints, n_draws: int) -> Distribution:
    """Distribution of an issue over runs with a decision; a ValueError where there is none.

    The interval of the median inverts those of the cumulated probabilities (Woodruff 1952; Francisco & Fuller 1991): it
    holds every position between the least one whose cumulated share may reach one half and the least whose surely does.
    Options have places [O], and may share one; each run has its option [R] and its draw [R], of D draws in all.
    """
    if len(option) == 0:
        raise ValueError("a distribution needs a run with a decision")
    positions, place_of = np.unique(places, return_inverse=True)
    counts = np.zeros((n_draws, len(positions)))
    np.add.at(counts, (draw, place_of[option]), 1.0)
    runs = counts.sum(axis=1)[:, None]
    shares, below = ratios(counts, runs), ratios(np.cumsum(counts, axis=1), runs)
    at = [_first(reached >= 0.5 - _TIE) for reached in (below.value, below.high, below.low)]
    value, low, high = (float(positions[k]) for k in at)
    averages = means(places[option], draw, n_draws)
    return Distribution(
        positions=positions,
        shares=tuple(shares.at(k) for k in range(len(positions))),
        median=Estimate(value, low, high),
        mean=averages.estimates()[0],
        means=averages,
    )


def _first(reached: Mask) -> int:
    """The first index that reaches, the last of all where none does."""
    return int(np.argmax(reached)) if reached.any() else len(reached) - 1


def wasserstein(one: Distribution, other: Distribution) -> float:
    """First Wasserstein distance of two distributions over the same positions, in units of the issue.

    ``integral |F - G| dx``: how far probability has to be moved, on average, to turn the one into the other; 0 where
    they are the same, at most the length of the scale.
    """
    apart = np.abs(np.cumsum(one.probabilities) - np.cumsum(other.probabilities))
    return float((apart[:-1] * np.diff(one.positions)).sum())
