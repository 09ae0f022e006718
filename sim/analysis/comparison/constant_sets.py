"""A fixed design of behavioural constants: the sets of constants in which a ranking of formats must hold to be robust.

The design is a Latin hypercube of 16 points in the quantiles of the constants' priors (McKay, Beckman & Conover 1979):
every constant visits each sixteenth of its prior exactly once, so extremes are visited as well as middles. It was
searched for small correlation between columns (largest 0.018), and is written out so that it is the same for every
user and every version.
"""

from __future__ import annotations

import numpy as np

from sim.scenario import ResolvedScenario, Variant
from sim.scenario.sampling.distributions import quantile
from sim.scenario.schema.priors import TRACK_CONSTANTS
from sim.types.message import message

N_SETS = 16

LEVELS: dict[str, tuple[int, ...]] = {
    "concession_exponent": (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
    "foresight": (4, 11, 3, 13, 7, 0, 8, 6, 10, 15, 14, 9, 1, 5, 12, 2),
    "reciprocity": (4, 14, 8, 15, 3, 9, 0, 10, 1, 12, 2, 7, 6, 11, 5, 13),
    "precision": (14, 4, 8, 12, 1, 13, 3, 0, 2, 6, 15, 10, 9, 5, 11, 7),
    "volatility": (13, 5, 2, 9, 6, 8, 14, 12, 1, 7, 0, 10, 4, 11, 15, 3),
    "learning_prior": (10, 8, 3, 5, 7, 11, 6, 0, 12, 14, 4, 13, 9, 15, 1, 2),
    "pressure_cap": (8, 13, 5, 0, 11, 9, 1, 14, 2, 4, 15, 10, 6, 12, 7, 3),
    "trust_premium": (5, 7, 1, 10, 6, 15, 14, 8, 9, 4, 13, 3, 0, 11, 2, 12),
    "misremembering": (15, 0, 1, 10, 14, 5, 2, 12, 7, 13, 9, 3, 8, 6, 4, 11),
    "coalition_support": (9, 4, 13, 10, 14, 1, 7, 2, 5, 3, 8, 12, 0, 15, 6, 11),
}
"""Constant -> the sixteenth of its prior that each set visits, 0 the lowest."""


def constant_sets(resolved: ResolvedScenario) -> tuple[Variant, ...]:
    """The design, each set as a variant of the scenario.

    A constant that the scenario (or a variant) fixes at one value is left alone, and so are constants of tracks where
    there are none, and a number that the file gives to one party: what the file says of a party is not a prior.

    Args:
        resolved: the scenario whose priors are meant.

    Returns:
        16 variants; none where no constant is uncertain.
    """
    used = [name for name in LEVELS if resolved.tracks or name not in TRACK_CONSTANTS]
    priors = {name: getattr(resolved.behaviour, name) for name in used}
    free = {name: prior for name, prior in priors.items() if prior.kind != "value"}
    if not free:
        return ()
    middles = {name: (np.array(LEVELS[name]) + 0.5) / N_SETS for name in free}
    values = {name: quantile(prior, middles[name]).tolist() for name, prior in free.items()}
    return tuple(
        Variant(
            f"constants {row + 1}",
            message("Set {row} of {sets} of the behavioural constants' design.", row=row + 1, sets=N_SETS),
            tuple((f"behaviour.{name}", values[name][row]) for name in free),
        )
        for row in range(N_SETS)
    )
