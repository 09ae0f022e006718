"""Texts that belong to nobody, against brute force."""

from __future__ import annotations

from itertools import product

import numpy as np

from sim.rules.drafting import draft_partial
from tests.rules.world import (
    lists,
    make_world,
)


def smallest(values: np.ndarray, deal: tuple[int, ...]) -> float:
    place = np.arange(values.shape[1])
    return float(values[:, place, deal].sum(axis=1).min())


def draft(values: np.ndarray) -> tuple[int, list[int]]:
    """Draft over a core issue (the first composite, last option settles) and others."""
    n_composites, n_options = values.shape[1:]
    settles = np.zeros((n_composites, n_options), dtype=np.uint8)
    settles[0, -1] = 1
    world = make_world(values, settles=settles, level=[2] + [1] * (n_composites - 1))
    found = draft_partial(world.tables, world.work, 0, 0.0)
    return found, world.w.draft[0].tolist()


def drafted_loss(seed: int) -> float:
    """Smallest gain lost against brute force, stakes."""
    rng = np.random.default_rng(seed)
    n_parties, n_composites, n_options = int(rng.integers(2, 5)), int(rng.integers(2, 5)), int(rng.integers(2, 5))
    values = rng.normal(0.0, 1.0, (n_parties, n_composites, n_options)) / n_composites
    values[:, :, 0] = 0.0
    found, deal = draft(values)
    options = [range(n_options - 1), *[range(n_options)] * (n_composites - 1)]
    best = max(smallest(values, each) for each in product(*options))
    assert deal[0] != n_options - 1  # the core stays open
    if found == 0:
        return max(best, 0.0)
    assert smallest(values, tuple(deal)) > 0.0
    return best - smallest(values, tuple(deal))


def test_the_partial_text_has_nearly_the_largest_smallest_gain() -> None:
    losses = np.array([drafted_loss(seed) for seed in range(400)])
    assert losses.min() > -1e-9
    assert (losses < 1e-9).mean() >= 0.80
    assert losses.mean() <= 0.02


def test_no_partial_text_where_nothing_helps_everybody() -> None:
    assert draft(lists(2, 2, 2, p0c1o1=0.5, p1c1o1=-0.1))[0] == 0
    assert draft(lists(2, 2, 2, p0c0o1=0.5, p1c0o1=0.5))[0] == 0  # only the core would help, and it stays open
    assert draft(lists(2, 2, 2, p0c1o1=0.5, p1c1o1=0.1)) == (1, [0, 1])
