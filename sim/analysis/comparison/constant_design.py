"""A fixed design of behavioural constants: the sets of constants in which a ranking of formats must hold to be robust.

The design is a Latin hypercube of 16 points in the quantiles of the constants' priors (McKay, Beckman & Conover 1979):
every constant visits each sixteenth of its prior exactly once, so extremes are visited as well as middles. It was
searched for small correlation between columns (largest 0.018), and is written out so that it is the same for every
user and every version.

The sets are variants of a scenario, each run by itself (`constant_sets`), or crossed with the draws of the uncertain
numbers (`Designed`): draw d takes set d modulo S and everything else from the scenario, so one family of runs holds
every set, and a statement can be looked at set by set.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.scenario import ResolvedScenario, Variant
from sim.scenario.sampling.distributions import quantile
from sim.scenario.sampling.source import Wrapped
from sim.scenario.schema.priors import PARTY_CONSTANTS, TRACK_CONSTANTS
from sim.types.arrays import Floats
from sim.types.message import message
from sim.types.tables import Tables

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
    """The design, each of its 16 sets as a variant of the scenario; none where no constant is uncertain.

    A constant that the scenario (or a variant) fixes at one value is left alone, and so are constants of tracks where
    there are none, and a number that the file gives to one party: what the file says of a party is not a prior.
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


@dataclass(frozen=True)
class Designed(Wrapped):
    """An encoder whose draws walk through the sets of the constants' design."""

    @property
    def n_sets(self) -> int:
        """S; 1 where no constant is uncertain."""
        return N_SETS if self._sets else 1

    @cached_property
    def _sets(self) -> dict[str, Floats]:
        """[S] values per constant that the design varies."""
        resolved = self.resolved
        rows = [dict(variant.sets) for variant in constant_sets(resolved)]
        names = rows[0] if rows else {}
        return {path.partition(".")[2]: np.array([row[path] for row in rows]) for path in names}

    def tables(self, first_draw: int, n_draws: int) -> Tables:
        """Arrays of a block of draws, each with the constants of its set."""
        tables = self.source.tables(first_draw, n_draws)
        n_regimes = len(tables.precision) // n_draws
        chosen = np.repeat((first_draw + np.arange(n_draws)) % self.n_sets, n_regimes)
        changed: dict[str, Floats] = {}
        for name, values in self._sets.items():
            field = "exponent" if name == "concession_exponent" else name
            if name in PARTY_CONSTANTS:
                array = getattr(tables, field).copy()
                array[:, _inherits(self.resolved, name)] = values[chosen][:, None]
                changed[field] = array
            else:
                changed[field] = np.ascontiguousarray(values[chosen])
        return tables._replace(**changed)


def _inherits(resolved: ResolvedScenario, constant: str) -> list[int]:
    """Positions of the parties that take a constant from the scenario's prior and have none of their own."""
    prior = getattr(resolved.behaviour, constant)
    return [p for p, party in enumerate(resolved.parties.values()) if getattr(party.behaviour, constant) == prior]
