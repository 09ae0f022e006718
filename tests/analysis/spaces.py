"""Deal spaces for the tests of the rational benchmarks, and a reading of them by plain loops."""

import itertools

import numpy as np

from sim.bargaining.deal_search import largest_minimum
from sim.bargaining.deal_space import DealSpace

TOLERANCE = 1e-6  # stakes; the written tolerance for "no loss" and "no gain"


def space_of(points, floor=None):
    """One composite whose options are the rows of `points` [N, P]: the plainest bargaining problem."""
    points = np.asarray(points, dtype=float)
    floor = np.zeros(points.shape[1]) if floor is None else np.asarray(floor, dtype=float)
    parties, options = np.arange(points.shape[1]), np.ones((1, len(points)), dtype=bool)
    return DealSpace(parties, points.T[:, None, :].copy(), floor, options, np.zeros(1, dtype=np.int64))


def random_space(seed, *, coarse=False, sizes=((2, 5), (1, 5), (2, 5)), reservation=(0.0, 0.5)):
    """Parties, composites and options within `sizes`; `coarse` values make ties, zero gains and empty win-sets."""
    rng = np.random.default_rng(seed)
    p, c, o = (int(rng.integers(low, high)) for low, high in sizes)
    value = rng.integers(-2, 3, (p, c, o)) / 4 if coarse else rng.random((p, c, o)) / c
    floor = rng.integers(-1, 2, p) / 4 if coarse else rng.uniform(*reservation, p)
    usable = rng.random((c, o)) < 0.8
    status_quo = rng.integers(o, size=c)
    usable[np.arange(c), status_quo] = True
    return DealSpace(np.arange(p), value, floor, usable, status_quo)


def room_above(space, deal):
    """Frontier distance of one deal in a space of any size, with its gap, proved by search."""
    return largest_minimum(space.with_floor(space.floor + space.gains_of(deal[None])[0]))


def listed(space):
    """[(deal, gains)] of every usable deal, added up number by number."""
    choices = [[o for o in range(space.usable.shape[1]) if space.usable[c, o]] for c in range(len(space.usable))]
    found = []
    for deal in itertools.product(*choices):
        gains = []
        for p in range(len(space.parties)):
            gains.append(sum(space.value[p, c, o] for c, o in enumerate(deal)) - space.floor[p])
        found.append((deal, gains))
    return found
