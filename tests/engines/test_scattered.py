"""Draws that do not follow one another are played as they are among all."""

from __future__ import annotations

import numpy as np
import pytest

from sim.engines.batch import run_blocks
from sim.scenario import Encoder, load_raw
from sim.scenario.sampling.pick_freeze import Scattered
from sim.types.playing import Luck
from tests.scenario.generate import random_scenario

DRAWS = np.array([2, 3, 9, 10, 11, 29])


@pytest.mark.parametrize(("block", "threads"), [(None, 1), (4, 2)])
def test_rows_of_some_draws_are_those_of_all(block, threads):
    raw = random_scenario(np.random.default_rng(5), 3, 3, 3, uncertain=0.8, shocks=1, misperception=True)
    encoder = Encoder(load_raw(raw), seed=7)
    ((_, whole),) = run_blocks(encoder, n_draws=30, replications=3, block=30)
    some = Scattered(encoder, lambda streams: streams, DRAWS)
    luck = Luck(np.full(len(DRAWS), 7, dtype=np.uint64), DRAWS)
    how = {"n_draws": luck, "replications": 3, "block": block, "threads": threads}
    blocks = list(run_blocks(some, **how))
    assert [first for first, _ in blocks] == list(range(0, len(DRAWS), block or len(DRAWS)))
    rows = len(whole.outcome) // 30
    wanted = (DRAWS[:, None] * rows + np.arange(rows)).ravel()
    for name, column, *parts in zip(whole._fields, whole, *(runs for _, runs in blocks), strict=True):
        np.testing.assert_array_equal(np.concatenate(parts), column[wanted], err_msg=name)
    assert len(np.unique(whole.outcome)) > 1
