"""How much an outcome teaches of the constants, and how much it only seems to, since draws are few.

Shape letters: N issues, D draws, K constants, B bins of outcomes.

The forecast under a tilt is made of finitely many draws. Its slope in the tilt, ``dp_b / dl_k``, the covariance of the
constant and the bin over the draws, has chance of its own, which a likelihood takes for knowledge: to the Fisher
information ``sum_b (dp_b / dl_k)^2 / p_b`` of an outcome it adds ``(B - 1) / D`` or so, and posteriors grow too narrow.
Runs of one draw are no remedy where they end alike: what is drawn once a draw, they share.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.validation.tilt_posterior import binned
from sim.analysis.backtest.tilting import standardised
from sim.types import Ensemble

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Taught:
    """Fisher information of the bin of one outcome on each tilt at the prior, mean over issues."""

    known: Floats
    """[K] what it teaches: product of the slopes over two halves of the draws, whose chance does not meet; may come out
    a little below 0 where it is nothing."""
    seeming: Floats
    """[K] what it seems to teach: the square of the slopes over all draws."""

    @property
    def chance(self) -> Floats:
        """[K] share of the seeming information that is chance of the draws, 0 to 1."""
        return np.clip(1.0 - self.known / self.seeming, 0.0, 1.0)


def taught(ensemble: Ensemble) -> Taught:
    """Measures what an outcome teaches.

    Args:
        ensemble: with two draws or more; the halves are its even and its odd draws.

    Raises:
        NoDecisionError: no run decided one of the issues.
    """
    counts, z = binned(ensemble).astype(np.float64), standardised(ensemble)
    share, slopes = _slopes(counts, z)
    one, two = (_slopes(counts[:, half::2], z[half::2])[1] for half in (0, 1))
    over = np.where(share > 0, share, np.inf)[:, :, None]
    return Taught((one * two / over).sum(axis=1).mean(axis=0), (slopes**2 / over).sum(axis=1).mean(axis=0))


def _slopes(counts: Floats, z: Floats) -> tuple[Floats, Floats]:
    """[N, B] shares of the bins and [N, B, K] their slopes in the tilts; 0 for an issue that no run decided."""
    total = np.maximum(counts.sum(axis=(1, 2)), 1.0)
    share = counts.sum(axis=1) / total[:, None]
    lean = np.tensordot(counts, z, axes=(1, 0)) / total[:, None, None]
    return share, lean - share[:, :, None] * lean.sum(axis=1)[:, None]
