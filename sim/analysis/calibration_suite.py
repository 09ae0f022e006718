"""The calibration of a back-test's fit, constant by constant: are known constants preferred, and are ranks flat?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.analysis.calibration import HALF_SD, RankCheck, Recovery, rank_check, recovery
from sim.analysis.json_numbers import number
from sim.types import Ensemble

OUTCOMES = 20_000
"""About so many outcomes in a made-up data set: issues are repeated with independent outcomes."""
N_SAMPLES = 4000


@dataclass(frozen=True)
class Calibration:
    """What was found on made-up outcomes."""

    recoveries: tuple[tuple[str, Recovery], ...]
    """Per constant: its tilt a quarter above 0 against a quarter below, all others 0."""
    ranks: RankCheck

    def as_data(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "recovered": [
                {
                    "constant": name,
                    "truth": list(one.truth),
                    "other": list(one.other),
                    "sets": one.n_sets,
                    "outcomes": one.n_outcomes,
                    "by_log": one.by_log,
                    "by_crps": one.by_crps,
                }
                for name, one in self.recoveries
            ],
            "ranks": {
                "outcomes": self.ranks.n_outcomes,
                "sets": len(self.ranks.ranks),
                "can_be_read": self.ranks.can_be_read,
                "constants": {
                    name: {"histogram": row.tolist(), "p": number(float(p))}
                    for name, row, p in zip(
                        self.ranks.constants, self.ranks.histogram, self.ranks.p_values, strict=True
                    )
                },
            },
        }


def calibrate(ensemble: Ensemble, fresh: Ensemble, *, outcomes: int = OUTCOMES, seed: int = 1) -> Calibration:
    """Make up outcomes with known constants and look whether the back-test finds them again.

    Args:
        ensemble: makes the forecasts.
        fresh: makes the outcomes; same issues, another seed.
        outcomes: about how many in a set of which the preferred constants are asked; ranks are of one an issue.
        seed: of the made-up sets.
    """
    n_constants = len(ensemble.constants)
    copies = max(1, round(outcomes / len(ensemble.issues)))
    found: list[tuple[str, Recovery]] = []
    for k, constant in enumerate(ensemble.constants):
        step = np.zeros(n_constants)
        step[k] = HALF_SD / 2.0
        truth, other = tuple(step.tolist()), tuple((-step).tolist())
        found.append((constant.name, recovery(ensemble, fresh, truth, other, copies=copies, seed=seed + k)))
    ranks = rank_check(ensemble, fresh, copies=1, n_samples=N_SAMPLES, seed=seed)
    return Calibration(tuple(found), ranks)
