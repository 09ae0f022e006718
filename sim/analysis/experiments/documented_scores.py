"""Scores of simulated distributions against what is documented, in the coarse classes that documents can tell apart.

Shape letters: C cases, 3 coarse classes in the order of `COARSE_CLASSES`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.types import COARSE_CLASSES, CoarseClass

Floats = NDArray[np.float64]
FLOOR = 1e-3  # least probability in a log score: a forecast that rules out what happened is not punished without end


@dataclass(frozen=True)
class Score:
    """How a forecast did on one case."""

    given: float
    """Probability given to what is documented."""
    log: float
    """Natural logarithm of that, floored at `FLOOR`; 0 is best."""
    brier: float
    """Sum of squared errors over what the documents tell apart; 0 is best, 2 worst."""


def score(forecast: Floats, documented: Sequence[CoarseClass]) -> Score:
    """Score a distribution [3] over the classes (Good 1952; Brier 1950).

    Documents that leave two classes possible are scored on what they rule out: the two count as one class.
    """
    possible = [COARSE_CLASSES.index(one) for one in documented]
    given = float(forecast[possible].sum())
    others = [float(forecast[k]) for k in range(len(COARSE_CLASSES)) if k not in possible]
    return Score(given, float(np.log(max(given, FLOOR))), (1.0 - given) ** 2 + sum(one**2 for one in others))


def outcome_weights(documented: Sequence[Sequence[CoarseClass]]) -> Floats:
    """[C, 3] weight of each class per case: 1 where one is documented, shared where two are left possible."""
    weights = np.zeros((len(documented), len(COARSE_CLASSES)))
    for row, classes in zip(weights, documented, strict=True):
        row[[COARSE_CLASSES.index(one) for one in classes]] = 1.0 / len(classes)
    return weights


def base_rates(documented: Sequence[Sequence[CoarseClass]]) -> Floats:
    """[C, 3] frequency of the classes documented of the other cases, one added to each class (Laplace)."""
    weights = outcome_weights(documented)
    others = weights.sum(axis=0) - weights + 1.0
    return others / others.sum(axis=1, keepdims=True)


def never_settles(documented: Sequence[Sequence[CoarseClass]]) -> Floats:
    """[C, 3] a forecaster for whom nothing ever settles, and who splits the rest by the base rate of the others."""
    rates = base_rates(documented)
    rates[:, COARSE_CLASSES.index("settlement")] = 0.0
    return rates / rates.sum(axis=1, keepdims=True)
