"""The counts behind a comparison: plain arrays of integers that blocks of runs are added to.

Shape letters: D draws, F formats of the comparison, K outcomes, P parties, I issues, O options, B bins, T tracks of
the comparison, L legs of the longest, E outcomes and one more for a leg that was not held.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.analysis.comparison.results import PLACES
from sim.analysis.comparison.track_results import N_ENDS
from sim.types import EndReason, Outcome, Structure
from sim.types.arrays import Ints

BIN_EDGES = np.linspace(-3.0, 3.0, 1201)
"""Edges of the histograms of values, in stakes; what lies outside counts in the end bins."""

MICRO = 1_000_000
"""Sums of stakes are kept in whole millionths, so that they do not depend on the order of adding."""

TOLERANCE = 1e-5
"""Stakes by which a value may lie below the reservation value by rounding (both are float32)."""

N_QUANTITIES = 3
"""Value, reservation value and gain."""


class Tally(NamedTuple):
    """Ints of runs; keys of `decider_sets[f][k]` are bit sets of parties, those of the month tables are months."""

    outcomes: NDArray[np.uint16]  # [D, F, K]
    agreed: NDArray[np.uint16]  # [D, F]
    core: NDArray[np.uint16]  # [D, F]
    core_issues: NDArray[np.uint16]  # [D, F, core issues]
    reasons: Ints  # [F, reasons]
    decided: Ints  # [F, K, P]
    decider_sets: list[list[Counter[int]]]  # [F][K]
    refusals: Ints  # [F, 3, P, I]
    n_texts: Ints  # [F]
    n_tabled: Ints  # [F]
    deals: Ints  # [F, I, O]
    tabled: Ints  # [F, I, O]
    sums: Ints  # [3, F, P] millionths of a stake: value, reservation, gain
    histogram: Ints  # [3, F, P, B]
    below: Ints  # [F, P]
    months: list[Counter[int]]  # [F] month in which the text was closed
    held: list[Counter[int]]  # [F] months that signed texts held
    left: list[Counter[int]]  # [F] the same for those that did not last
    legs: NDArray[np.uint16]  # [D, T, L, E]
    inherited: NDArray[np.uint16]  # [D, T]


def empty_tally(
    structure: Structure, n_draws: int, n_formats: int, n_core: int, *, tracks: tuple[int, int] = (0, 0)
) -> Tally:
    """A tally of nothing yet; `tracks` are the number of tracks in the comparison and the legs of the longest."""
    n_parties, n_issues = len(structure.parties), len(structure.issues)
    n_options = max((len(issue.options) for issue in structure.issues), default=0)

    def small(*shape: int) -> NDArray[np.uint16]:
        return np.zeros((n_draws, n_formats, *shape), dtype=np.uint16)

    def counts(*shape: int) -> NDArray[Any]:
        return np.zeros(shape, dtype=np.int64)

    return Tally(
        outcomes=small(len(Outcome)),
        agreed=small(),
        core=small(),
        core_issues=small(n_core),
        reasons=counts(n_formats, len(EndReason)),
        decided=counts(n_formats, len(Outcome), n_parties),
        decider_sets=[[Counter() for _ in Outcome] for _ in range(n_formats)],
        refusals=counts(n_formats, len(PLACES), n_parties, n_issues),
        n_texts=counts(n_formats),
        n_tabled=counts(n_formats),
        deals=counts(n_formats, n_issues, n_options),
        tabled=counts(n_formats, n_issues, n_options),
        sums=counts(N_QUANTITIES, n_formats, n_parties),
        histogram=counts(N_QUANTITIES, n_formats, n_parties, len(BIN_EDGES) - 1),
        below=counts(n_formats, n_parties),
        months=[Counter() for _ in range(n_formats)],
        held=[Counter() for _ in range(n_formats)],
        left=[Counter() for _ in range(n_formats)],
        legs=np.zeros((n_draws, *tracks, N_ENDS), dtype=np.uint16),
        inherited=np.zeros((n_draws, tracks[0]), dtype=np.uint16),
    )
