"""What one block of runs leaves behind, as arrays. R counts runs, ordered by draw, then format, then replication."""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.types.arrays import Flags, Ints, layout_of

NOT_PLAYED = 255
MAX_PARTIES = 60
"""A mask of parties is 64 bits, with room left above it."""
HOME_BIT, REMAINDER_BIT = 62, 61
"""In the mask of who stopped a text, above the bits of the parties: a home did; the table refused what remained."""
PARTY_BITS = (1 << REMAINDER_BIT) - 1
Shorts = NDArray[np.int16]


class Runs(NamedTuple):
    """Records of a block of runs; row = (draw * n_formats + format) * replications + replication."""

    outcome: Annotated[Flags, "R"]  # Outcome
    reason: Annotated[Flags, "R"]  # EndReason
    decided: Annotated[Ints, "R"]  # bit p set: party p's answer decided the ending; 0 for settlements that held
    month: Annotated[Shorts, "R"]  # month of the talks in which the text was closed, or the last month
    held: Annotated[Shorts, "R"]  # months the text lasted (horizon if to the end); -1 where there was no text
    agreed: Annotated[Flags, "R"]  # 1 if the table agreed on a text with any substance or core moved
    core: Annotated[Flags, "R"]  # 1 if the text in force at signature (after strikes) settles all core issues
    halt: Annotated[Flags, "R"]  # 1 if the text in force at signature stops (a share of) the price of no settlement
    shock: Annotated[NDArray[np.int8], "R"]  # regime at the end, 0 for none
    deal: Annotated[Shorts, "R I"]  # option per issue of the text after strikes (status quo where there is none)
    tabled: Annotated[Shorts, "R I"]  # option per issue of the text the table agreed to, before strikes
    refused: Annotated[Ints, "R I"]  # bit p set: party p refused on this issue (in consent, or deciding)
    value: Annotated[NDArray[np.float32], "R P"]  # U_p of `deal`, stakes, at the month it was closed
    reservation: Annotated[NDArray[np.float32], "R P"]  # r_p at that month, stakes
    legs: Annotated[Flags, "R K"]  # Outcome of each leg of a track; NOT_PLAYED where there was none


def empty_runs(n_runs: int, n_issues: int, n_parties: int, n_legs: int = 1) -> Runs:
    """Writable arrays for `n_runs` runs, one row per run; `n_legs` K counts the legs of the longest track."""
    sizes = {"R": n_runs, "I": n_issues, "P": n_parties, "K": n_legs}
    runs = Runs(**{name: spec.zeros(sizes) for name, spec in layout_of(Runs).items()})
    runs.legs.fill(NOT_PLAYED)
    return runs
