"""Numbers held at one value while everything else, chance included, stays what it was.

Shape letters: D draws of the held runs, A draws of the baseline (A >= D), F formats, R replications.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from sim.analysis.statistics.intervals import Estimate, linearised, nested_sum
from sim.types.arrays import Floats
from sim.types.marks import Axes, Index

STAYS, LEVEL, CHANGES = "stays", "level", "changes"


@dataclass(frozen=True)
class Swing:
    """What happens to the formats with one number held."""

    value: float
    """What it is held at; of a red line 1 (meant) or 0 (not meant)."""
    changes: Annotated[tuple[Estimate, ...], Axes("compared")]
    """[F] change of each format's likelihood, with paired 95% intervals."""
    gap: Estimate
    """Change of the difference between the leading format and the runner-up."""
    top: Annotated[int, Index("compared")]
    """Position of the format with the highest likelihood."""
    leader: str
    """`STAYS`, `CHANGES`, or `LEVEL`: another format is higher, and not beyond simulation error."""


def swing(value: float, base: Floats, held: Floats, *, leader: int, runner_up: int) -> Swing:
    """Compares runs with a number held at a value to the same runs without.

    Likelihoods with the number held are those of the whole baseline plus the paired change: more exact than the held
    runs alone. `base` [A, F, R] is 1 where a run of the baseline reached the measure, `held` [D, F, r] the same for its
    first D draws and r replications; the runner-up is the leading format itself where there is no other.
    """
    n_held, _, n_reps = held.shape
    moved = (held - base[:n_held, :, :n_reps]).mean(axis=2)
    share = base.mean(axis=2)
    likely = share.mean(axis=0) + moved.mean(axis=0)
    top = int(likely.argmax())
    status = STAYS
    if top != leader:
        ahead = nested_sum(share[:, top] - share[:, leader], moved[:, top] - moved[:, leader])
        status = CHANGES if ahead.low > 0.0 else LEVEL
    gap = moved[:, leader] - moved[:, runner_up] if runner_up != leader else moved[:, leader]
    return Swing(
        value=value,
        changes=tuple(paired_mean(column) for column in moved.T),
        gap=paired_mean(gap),
        top=top,
        leader=status,
    )


def paired_mean(change: Floats) -> Estimate:
    """Mean of paired changes [D] with its 95% interval over draws; exactly 0 where no run changed.

    The degrees of freedom are the draws in which anything changed, less one.
    """
    return linearised(change, np.ones(len(change))).estimates(np.count_nonzero(change) - 1.0)[0]
