"""The counts behind a comparison: plain arrays of integers that blocks of runs are added to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from sim.analysis.comparison.results import PLACES
from sim.analysis.comparison.track_results import N_ENDS
from sim.types import EndReason, Outcome, Structure
from sim.types.arrays import Ints, layout_of

Small = NDArray[np.uint16]

BIN_EDGES = np.linspace(-3.0, 3.0, 1201)
"""Edges of the histograms of values, in stakes; what lies outside counts in the end bins."""

MICRO = 1_000_000  # sums of stakes are kept in whole millionths, so that they do not depend on the order of adding

TOLERANCE = 1e-5  # stakes by which a value may lie below the reservation value by rounding (both are float32)


@dataclass(frozen=True)
class TallyArrays:
    """Counts of runs.

    D draws, F formats of the comparison, K outcomes, C core issues, E end reasons, W places of refusals (`PLACES`),
    P parties, I issues, O options of the longest, Q value, reservation value and gain, B bins; T tracks of the
    comparison, L legs of the longest, X outcomes and one more for a leg that was not held.
    """

    outcomes: Annotated[Small, "D F K"]
    agreed: Annotated[Small, "D F"]
    core: Annotated[Small, "D F"]
    core_issues: Annotated[Small, "D F C"]
    reasons: Annotated[Ints, "F E"]
    decided: Annotated[Ints, "F K P"]
    refusals: Annotated[Ints, "F W P I"]
    n_texts: Annotated[Ints, "F"]
    n_tabled: Annotated[Ints, "F"]
    deals: Annotated[Ints, "F I O"]
    tabled: Annotated[Ints, "F I O"]
    sums: Annotated[Ints, "Q F P"]  # millionths of a stake
    histogram: Annotated[Ints, "Q F P B"]
    below: Annotated[Ints, "F P"]
    legs: Annotated[Small, "D T L X"]
    inherited: Annotated[Small, "D T"]


@dataclass(frozen=True)
class Tally(TallyArrays):
    """All counts; keys of `decider_sets[f][k]` are bit sets of parties, those of the other tables are months."""

    decider_sets: list[list[Counter[int]]]  # [F][K]
    months: list[Counter[int]]  # [F] month in which the text was closed
    held: list[Counter[int]]  # [F] months that signed texts held
    left: list[Counter[int]]  # [F] the same for those that did not last


def empty_tally(
    structure: Structure, n_draws: int, n_formats: int, n_core: int, *, tracks: tuple[int, int] = (0, 0)
) -> Tally:
    """A tally of nothing yet; `tracks` are the number of tracks in the comparison and the legs of the longest."""
    sizes = {"D": n_draws, "F": n_formats, "C": n_core, "T": tracks[0], "L": tracks[1], "X": N_ENDS}
    sizes |= {"K": len(Outcome), "E": len(EndReason), "W": len(PLACES), "Q": 3, "B": len(BIN_EDGES) - 1}
    sizes |= {"P": len(structure.parties), "I": len(structure.issues)}
    sizes["O"] = max((len(issue.options) for issue in structure.issues), default=0)
    months, held, left = ([Counter[int]() for _ in range(n_formats)] for _ in range(3))
    return Tally(
        **{name: spec.zeros(sizes) for name, spec in layout_of(TallyArrays).items()},
        decider_sets=[[Counter() for _ in Outcome] for _ in range(n_formats)],
        months=months,
        held=held,
        left=left,
    )
