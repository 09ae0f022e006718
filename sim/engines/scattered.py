"""Draws that do not follow one another under one seed, played from one block of arrays."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from sim.engines.kernels import play_block
from sim.rules.pack import Pack
from sim.types.arrays import Ints, layout_of
from sim.types.outcomes import Runs
from sim.types.playing import Luck
from sim.types.tables import Tables
from sim.types.work import Work

BY_DRAW = ("W", "R")
"""First axes that count worlds or runs, and with them draws; what has another is the same in every draw."""


def play_scattered(tables: Pack[Tables], work: Pack[Work], out: Pack[Runs], *, luck: Luck, replications: int) -> None:
    """Play D draws, each with its own luck, from arrays that hold them one by one.

    Draws that follow one another under one seed are played together. Both packs are moved on from stretch to stretch,
    and point past their first draw afterwards.
    """
    packs, n_draws = (tables, out), len(luck.draws)
    starts = [pack.table[:, 0].copy() for pack in packs]
    steps = [_steps(pack.arrays, n_draws) for pack in packs]
    follows = (np.diff(luck.draws) == 1) & (luck.seeds[1:] == luck.seeds[:-1])
    edges = [0, *(np.flatnonzero(~follows) + 1).tolist(), n_draws]
    runs = range(luck.first_replication, luck.first_replication + replications)
    for first, end in pairwise(edges):
        for pack, start, step in zip(packs, starts, steps, strict=True):
            pack.table[:, 0] = start + first * step
        seed, draw = int(luck.seeds[first]), int(luck.draws[first])
        play_block(tables, work, out, seed=seed, first=draw, count=end - first, replications=runs)


def _steps(arrays: Tables | Runs, n_draws: int) -> Ints:
    """Bytes from a draw to the next, field by field; 0 for what is the same in all."""
    layout = layout_of(type(arrays)).values()
    return np.array(
        [array.nbytes // n_draws if spec.axes[0] in BY_DRAW else 0 for array, spec in zip(arrays, layout, strict=True)],
        dtype=np.int64,
    )
