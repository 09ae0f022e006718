"""Draws that do not follow one another, played from one block of arrays."""

from __future__ import annotations

import numpy as np

from sim.engines.kernels import play_block
from sim.rules.pack import Pack
from sim.types.arrays import Ints, layout_of
from sim.types.outcomes import Runs
from sim.types.tables import Tables
from sim.types.work import Work

BY_DRAW = ("W", "R")
"""First axes that count worlds or runs, and with them draws; what has another is the same in every draw."""


def play_scattered(
    tables: Pack[Tables], work: Pack[Work], out: Pack[Runs], *, seed: int, draws: Ints, replications: int
) -> None:
    """Play the draws of these numbers [D], each as it is played among all, from arrays that hold them one by one.

    Both packs are moved on from draw to draw, and point past their first draw afterwards.
    """
    packs = (tables, out)
    starts = [pack.table[:, 0].copy() for pack in packs]
    steps = [_steps(pack.arrays, len(draws)) for pack in packs]
    for n, draw in enumerate(draws.tolist()):
        for pack, start, step in zip(packs, starts, steps, strict=True):
            pack.table[:, 0] = start + n * step
        play_block(tables, work, out, seed=seed, first=draw, count=1, replications=replications)


def _steps(arrays: Tables | Runs, n_draws: int) -> Ints:
    """Bytes from a draw to the next, field by field; 0 for what is the same in all."""
    layout = layout_of(type(arrays)).values()
    return np.array(
        [array.nbytes // n_draws if spec.axes[0] in BY_DRAW else 0 for array, spec in zip(arrays, layout, strict=True)],
        dtype=np.int64,
    )
