"""Deal spaces for the tests of the rational benchmarks, and a reading of them by plain loops."""

import itertools

import numpy as np

from sim.bargaining.deal_search import largest_minimum
from sim.bargaining.deal_space import DealSpace, JoiningLine

TOLERANCE = 1e-6  # stakes; the written tolerance for "no loss" and "no gain"


def space_of(points, floor=None):
    """One composite whose options are the rows of `points` [N, P]: the plainest bargaining problem."""
    points = np.asarray(points, dtype=float)
    floor = np.zeros(points.shape[1]) if floor is None else np.asarray(floor, dtype=float)
    parties, options = np.arange(points.shape[1]), np.ones((1, len(points)), dtype=bool)
    return DealSpace(parties, points.T[:, None, :].copy(), floor, options, np.zeros(1, dtype=np.int64))


def random_space(seed, *, coarse=False, sizes=((2, 5), (1, 5), (2, 5)), reservation=(0.0, 0.5), n_lines=None):
    """Parties, composites and options within `sizes`; `coarse` values make ties, zero gains and empty win-sets.

    Two seeds of three have a conditional line, or two, unless `n_lines` is given.
    """
    rng = np.random.default_rng(seed)
    p, c, o = (int(rng.integers(low, high)) for low, high in sizes)
    value = rng.integers(-2, 3, (p, c, o)) / 4 if coarse else rng.random((p, c, o)) / c
    floor = rng.integers(-1, 2, p) / 4 if coarse else rng.uniform(*reservation, p)
    usable = rng.random((c, o)) < 0.8
    status_quo = rng.integers(o, size=c)
    usable[np.arange(c), status_quo] = True
    n_lines = seed % 3 if n_lines is None else n_lines
    lines = tuple(random_line(np.random.default_rng((seed, k)), status_quo, o) for k in range(n_lines if c > 1 else 0))
    return DealSpace(np.arange(p), value, floor, usable, status_quo, lines)


def random_line(rng, status_quo, n_options):
    """One or two parts of `if`, which the status quo does not meet, and up to two of `unless`; now and then none."""
    when, unless = np.ones((2, len(status_quo), n_options), dtype=bool)
    places = rng.permutation(len(status_quo))
    given, asked = places[: rng.integers(1, 3)], places[-rng.integers(1, 3) :]
    when[given] = rng.random((len(given), n_options)) < 0.6
    when[given[0], status_quo[given[0]]] = False
    unless[asked] = rng.random((len(asked), n_options)) < 0.5
    if rng.random() < 0.2:
        unless[:] = False
    return JoiningLine(0, when, unless)


def keeps(space, deal):
    """Whether a deal crosses no line of the space, part by part."""
    for line in space.lines:
        given = all(line.when[c, o] for c, o in enumerate(deal))
        if given and not all(line.unless[c, o] for c, o in enumerate(deal)):
            return False
    return True


def room_above(space, deal):
    """Frontier distance of one deal in a space of any size, with its gap, proved by search."""
    return largest_minimum(space.with_floor(space.floor + space.gains_of(deal[None])[0]))


def listed(space):
    """[(deal, gains)] of every usable deal that crosses no line, added up number by number."""
    choices = [[o for o in range(space.usable.shape[1]) if space.usable[c, o]] for c in range(len(space.usable))]
    found = []
    for deal in filter(lambda deal: keeps(space, deal), itertools.product(*choices)):
        gains = []
        for p in range(len(space.parties)):
            gains.append(sum(space.value[p, c, o] for c, o in enumerate(deal)) - space.floor[p])
        found.append((deal, gains))
    return found
