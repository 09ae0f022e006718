"""What one block of runs leaves behind, as arrays. R counts runs, ordered by draw, then format, then replication."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

NOT_PLAYED = 255


class Runs(NamedTuple):
    """Records of a block of runs; row = (draw * n_formats + format) * replications + replication."""

    outcome: NDArray[np.uint8]  # [R] Outcome
    reason: NDArray[np.uint8]  # [R] EndReason
    decided: NDArray[np.int64]  # [R] bit p set: party p's answer decided the ending; 0 for settlements that held
    month: NDArray[np.int16]  # [R] month of the talks in which the text was closed, or the last month
    held: NDArray[np.int16]  # [R] months the text lasted (horizon if to the end); -1 where there was no text
    agreed: NDArray[np.uint8]  # [R] 1 if the table agreed on a text with any substance or core moved
    core: NDArray[np.uint8]  # [R] 1 if the text in force at signature (after strikes) settles all core issues
    shock: NDArray[np.int8]  # [R] regime at the end, 0 for none
    deal: NDArray[np.int16]  # [R, I] option per issue of the text after strikes (status quo where there is none)
    tabled: NDArray[np.int16]  # [R, I] option per issue of the text the table agreed to, before strikes
    refused: NDArray[np.int64]  # [R, I] bit p set: party p refused on this issue (in consent, or deciding)
    value: NDArray[np.float32]  # [R, P] U_p of `deal`, stakes, at the month it was closed
    reservation: NDArray[np.float32]  # [R, P] r_p at that month, stakes
    legs: NDArray[np.uint8]  # [R, K] Outcome of each leg of a track; NOT_PLAYED where there was none


def empty_runs(n_runs: int, n_issues: int, n_parties: int, n_legs: int = 1) -> Runs:
    """Writable arrays for `n_runs` runs, one row per run.

    Args:
        n_runs: R, at least 0.
        n_issues: I.
        n_parties: P.
        n_legs: K, legs of the longest track.
    """

    def one(kind: type[np.generic], *shape: int) -> NDArray[Any]:
        return np.zeros((n_runs, *shape), dtype=kind)

    return Runs(
        outcome=one(np.uint8),
        reason=one(np.uint8),
        decided=one(np.int64),
        month=one(np.int16),
        held=one(np.int16),
        agreed=one(np.uint8),
        core=one(np.uint8),
        shock=one(np.int8),
        deal=one(np.int16, n_issues),
        tabled=one(np.int16, n_issues),
        refused=one(np.int64, n_issues),
        value=one(np.float32, n_parties),
        reservation=one(np.float32, n_parties),
        legs=np.full((n_runs, n_legs), NOT_PLAYED, dtype=np.uint8),
    )


RUNS_LAYOUT: dict[str, str] = {
    "outcome": "b R",
    "reason": "b R",
    "decided": "i R",
    "month": "h R",
    "held": "h R",
    "agreed": "b R",
    "core": "b R",
    "shock": "c R",
    "deal": "h R I",
    "tabled": "h R I",
    "refused": "i R I",
    "value": "g R P",
    "reservation": "g R P",
    "legs": "b R K",
}
"""Field -> dtype code (b uint8, c int8, h int16, i int64, g float32) and shape letters."""
