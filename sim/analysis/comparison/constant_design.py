"""A fixed design of behavioural constants: the sets of constants in which a ranking of formats must hold to be robust.

The design is a Latin hypercube of 16 points in the quantiles of the constants' priors (McKay, Beckman & Conover 1979):
every constant visits each sixteenth of its prior exactly once, so extremes are visited as well as middles. It was
searched for small correlation between columns (largest 0.038), and is written out so that it is the same for every
user and every version. Constants that only a variant makes uncertain are in no set: under it they are drawn.

The sets are variants of a scenario, each run by itself (`constant_sets`), or crossed with the draws of the uncertain
numbers (`Designed`): draw d takes set d modulo S and everything else from the scenario, so one family of runs holds
every set, and a statement can be looked at set by set.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.scenario import Encoder, ResolvedScenario, Variant
from sim.scenario.sampling.distributions import Streams, quantile
from sim.scenario.sampling.pick_freeze import Mixed, Switched
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
    "concession_aversion": (0, 1, 7, 15, 12, 10, 9, 11, 4, 6, 8, 14, 13, 5, 3, 2),
    "optimism": (4, 7, 10, 2, 13, 14, 8, 5, 3, 15, 6, 12, 1, 0, 9, 11),
    "signing_cost": (9, 15, 1, 7, 11, 3, 13, 2, 0, 6, 8, 10, 14, 5, 4, 12),
    "next_chance": (9, 5, 14, 4, 0, 3, 13, 11, 2, 15, 12, 7, 8, 10, 1, 6),
}
"""Constant -> the sixteenth of its prior that each set visits, 0 the lowest."""
MIDDLES: dict[str, Floats] = {name: (np.array(levels) + 0.5) / N_SETS for name, levels in LEVELS.items()}
"""Constant -> the quantile of its prior in each set."""


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
    values = {name: quantile(prior, MIDDLES[name]).tolist() for name, prior in free.items()}
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

    source: Encoder

    @property
    def n_sets(self) -> int:
        """S; 1 where no constant is uncertain."""
        return N_SETS if self._names else 1

    @cached_property
    def _names(self) -> tuple[str, ...]:
        """Constants that the design varies."""
        rows = constant_sets(self.resolved)
        return tuple(path.partition(".")[2] for path, _ in rows[0].sets) if rows else ()

    @cached_property
    def _switched(self) -> Switched:
        """The scenario with a stream of its own for each constant of the design, which stands where the set has it.

        Whoever has a number of its own in place of the prior keeps its stream.
        """
        data, resolved = self.resolved.to_data(), self.resolved
        for name in self._names:
            prior = getattr(resolved.behaviour, name)
            parties = [key for key, party in resolved.parties.items() if getattr(party.behaviour, name, None) == prior]
            for part in (data, *(data["parties"][key] for key in parties if name in PARTY_CONSTANTS)):
                part["behaviour"][name]["together"] = f"{name}{_OF_THE_DESIGN}"
        return Switched(Encoder(ResolvedScenario.model_validate(data), seed=self.seed), _in_sets)

    def tables(self, first_draw: int, n_draws: int) -> Tables:
        """Arrays of a block of draws, each with the constants of its set."""
        return self._switched.tables(first_draw, n_draws)


_OF_THE_DESIGN = "-of-the-design"


def _in_sets(streams: Streams) -> Mixed:
    """The streams, those of the design's constants at the middles of the sixteenths that the draws' sets visit."""
    rows = (streams.first_draw + np.arange(streams.n_draws)) % N_SETS

    def mixed(path: str, u: Floats) -> Floats:
        name = path.removeprefix("together.").removesuffix(_OF_THE_DESIGN)
        return MIDDLES[name][rows] if path == f"together.{name}{_OF_THE_DESIGN}" else u

    return Mixed(streams, mixed)
