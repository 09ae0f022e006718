"""Where along a track it is decided: the outcome of each leg, and how often each was held at all.

Shape letters: D draws, F formats of the comparison, T tracks among them, K legs of the longest, O outcomes and one more
for a leg that was not held.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from sim.analysis.statistics.intervals import Estimate, Ratios, ratios
from sim.types import Outcome, Structure
from sim.types.arrays import Ints
from sim.types.marks import HIDDEN, Axes
from sim.types.outcomes import NOT_PLAYED

N_ENDS = len(Outcome) + 1
NOT_HELD = len(Outcome)  # position of legs that were not held


@dataclass(frozen=True)
class LegResult:
    """What was found for one leg of a track."""

    format: str
    """Id of the leg's format."""
    name: str
    index: Annotated[int, HIDDEN]
    """Position of the leg's format among the formats of the scenario."""
    held: Estimate
    """Share of all runs in which the leg was held; the first always is, later ones unless a leg before settled."""
    decided: Estimate
    """Share of all runs in which the track was decided here: the leg settled the core, and the track ended."""
    of_all: Annotated[tuple[Estimate, ...], Axes(Outcome)]
    """[outcomes] share of all runs in which the leg was held and ended so."""
    if_held: Annotated[tuple[Estimate, ...], Axes(Outcome)]
    """[outcomes] the same among the runs in which the leg was held."""
    alone: Annotated[tuple[Estimate, ...] | None, Axes(Outcome)]
    """[outcomes] of the same format on its own, if it was compared too."""


@dataclass(frozen=True)
class TrackResult:
    """What was found for a track, leg by leg."""

    legs: tuple[LegResult, ...]
    inherited: Estimate
    """Share of all runs that end in a settlement that no leg reached as its own: what legs left in force lasted."""


def compared_tracks(structure: Structure, formats: Sequence[int]) -> list[int]:
    """[T] places of the tracks in the comparison."""
    return [slot for slot, f in enumerate(formats) if structure.formats[f].legs]


def count_legs(legs: NDArray[np.uint8]) -> Ints:
    """[D, T, K, O] how often each leg ended how, from outcomes [D, T, R, K], NOT_PLAYED for a leg that was not held."""
    ends = np.where(legs == NOT_PLAYED, NOT_HELD, legs)
    return np.stack([(ends == k).sum(axis=2) for k in range(N_ENDS)], axis=-1)


def count_inherited(outcome: NDArray[np.uint8], legs: NDArray[np.uint8]) -> Ints:
    """[D, T] runs that settled although no leg did, from outcomes [D, T, R] and those of their legs [D, T, R, K]."""
    own = (legs == Outcome.SETTLEMENT).any(axis=-1)
    return ((outcome == Outcome.SETTLEMENT) & ~own).sum(axis=-1)


def track_results(
    structure: Structure,
    formats: Sequence[int],
    *,
    counts: NDArray[np.uint16],
    inherited: NDArray[np.uint16],
    replications: int,
    outcomes: Ratios,
) -> dict[int, TrackResult]:
    """By place in the comparison, estimates of the tracks with intervals, the draw being the sampling unit.

    From runs as `count_legs` [D, T, K, O] and `count_inherited` [D, T] count them, and the outcomes [F, outcomes] of
    all formats, which are indices into `structure.formats`.
    """
    whole = counts.astype(np.int64)
    held = replications - whole[..., NOT_HELD]
    ends = whole[..., :NOT_HELD]
    of_all, if_held = ratios(ends, replications), ratios(ends, held[..., None])
    share_held, kept = ratios(held, replications), ratios(inherited, replications)
    results: dict[int, TrackResult] = {}
    for t, slot in enumerate(compared_tracks(structure, formats)):
        legs = tuple(
            LegResult(
                format=structure.formats[leg].id,
                name=structure.formats[leg].name,
                index=leg,
                held=share_held.at(t, k),
                decided=of_all.at(t, k, Outcome.SETTLEMENT),
                of_all=tuple(of_all.at(t, k, o) for o in range(len(Outcome))),
                if_held=tuple(if_held.at(t, k, o) for o in range(len(Outcome))),
                alone=tuple(outcomes.at(formats.index(leg), o) for o in Outcome) if leg in formats else None,
            )
            for k, leg in enumerate(structure.formats[formats[slot]].legs)
        )
        results[slot] = TrackResult(legs, kept.at(t))
    return results
