"""Counts of points whose draws have a mood in common."""

import numpy as np


def counts(shares, n_draws=60, replications=4, seed=1):
    """[N, D, F] counts with these shares [N, F] of runs, and a mood of the draw that all share."""
    chance = np.random.default_rng(seed)
    mood = chance.normal(0.0, 0.1, (1, n_draws, 1))
    share = np.clip(np.asarray(shares)[:, None, :] + mood, 0.0, 1.0)
    return chance.binomial(replications, share), np.full(share.shape, replications)
