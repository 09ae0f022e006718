"""Grids of two formats whose shares are known, played on common luck."""

import numpy as np

from sim.analysis.sweeps.heat_map import heat_map
from sim.analysis.sweeps.tipping import tipping


def counts(*chances, draws=100, runs=8, seed=1):
    """Hits and trials [P, D, F] of formats with chances [P]; all points and formats have their luck in common."""
    luck = np.random.default_rng(seed).random((1, draws, runs))
    hits = np.stack([(luck < chance[:, None, None]).sum(axis=-1) for chance in chances], axis=-1)
    return hits, np.full_like(hits, runs)


def grid(u, v):
    """[U * V] levels of the points of a grid, the second factor fastest."""
    return np.repeat(u, len(v)), np.tile(v, len(u))


def tipping_of(levels, *chances, **options):
    """Of the first two formats over one or two factors with levels [P]."""
    named = [(name, at) for name, at in zip(("price", "weight"), levels, strict=False)]
    columns = named[1] if len(named) > 1 else None
    return tipping(heat_map(named[0], columns, *counts(*chances, **options)), 0, 1, ("Council", "Market"))
