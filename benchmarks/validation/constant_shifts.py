"""How far a tilt moves the means of the constants, and the tilts that move them so far.

Shape letters: D draws, K constants.

To first order a tilt of l moves the mean of its constant by l prior standard deviations; exactly, under a uniform
prior, by ``sqrt(3) coth(sqrt(3) l) - 1 / l``, which is 0.247 for 0.25, 0.48 for 0.5 and 0.82 for 1 (the Langevin
function; here computed over the draws that there are). Two sets of constants "half a prior standard deviation apart"
are apart by so much in their means.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.analysis.backtest.tilting import BOUND, standardised, weights_of
from sim.types import Ensemble

Floats = NDArray[np.float64]
_STEPS, _NEAR = 50, 1e-10


def mean_shifts(ensemble: Ensemble, tilts: Sequence[float] | Floats) -> Floats:
    """[K] means of the constants under tilts [K], in prior standard deviations above the middle of the prior."""
    return weights_of(ensemble, tilts) @ standardised(ensemble)


def tilts_for(ensemble: Ensemble, shifts: Sequence[float] | Floats) -> Floats:
    """[K] tilts under which the means of the constants are shifted so far, by Newton's method.

    They minimise the convex ``log sum_d exp(l . z_d) - l . shifts``, whose slope is the difference of the means and
    whose curvature is the covariance of the constants under the tilts.

    Args:
        ensemble: whose draws are weighed.
        shifts: [K] in prior standard deviations; below 1.73, the ends of the prior, in size.

    Raises:
        ValueError: no tilts between -`BOUND` and `BOUND` move the means so far.
    """
    wanted = np.asarray(shifts, dtype=np.float64)
    z, tilts = standardised(ensemble), wanted.copy()
    for _ in range(_STEPS):
        weights = weights_of(ensemble, tilts)
        mean = weights @ z
        if np.abs(mean - wanted).max() < _NEAR:
            return tilts
        apart = z - mean
        tilts = tilts + np.linalg.lstsq((weights[:, None] * apart).T @ apart, wanted - mean, rcond=None)[0]
        if np.abs(tilts).max() > BOUND:
            break
    raise ValueError(f"no tilts up to {BOUND:g} move the means of the constants by {wanted.tolist()}")
