"""Draws of the uncertain numbers crossed with the fixed design of behavioural constants.

Draw d takes set d modulo S of the constants' design and everything else from the scenario: one family of runs then
holds every set, and a statement can be looked at set by set.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.analysis.comparison.constant_sets import N_SETS, constant_sets
from sim.scenario import ResolvedScenario
from sim.scenario.sampling.source import Wrapped
from sim.scenario.schema.priors import PARTY_CONSTANTS
from sim.types.tables import Tables

FIELD = {"concession_exponent": "exponent"}
"""Constant -> field of `Tables`, where the names differ."""


@dataclass(frozen=True)
class Designed(Wrapped):
    """An encoder whose draws walk through the sets of the constants' design."""

    @property
    def n_sets(self) -> int:
        """S; 1 where no constant is uncertain."""
        return N_SETS if self._sets else 1

    @cached_property
    def _sets(self) -> dict[str, NDArray[np.float64]]:
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
        changed: dict[str, NDArray[np.float64]] = {}
        for name, values in self._sets.items():
            field = FIELD.get(name, name)
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
    return [p for p, one in enumerate(resolved.parties.values()) if getattr(one.behaviour, constant) == prior]
