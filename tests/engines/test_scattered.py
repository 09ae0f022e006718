"""Draws that do not follow one another are played as they are among all."""

from __future__ import annotations

import numpy as np
import pytest

from sim.engines.batch import run_blocks
from sim.scenario import Encoder, load_raw
from sim.scenario.sampling.distributions import Uniforms
from sim.scenario.sampling.pick_freeze import Scattered
from sim.types.outcomes import Runs
from sim.types.playing import Luck
from tests.engines.cases import SHIPPED, shipped
from tests.scenario.generate import random_scenario

DRAWS = np.array([2, 3, 9, 10, 11, 29])


def plain(streams: Uniforms) -> Uniforms:
    return streams


@pytest.mark.parametrize(("block", "threads"), [(None, 1), (4, 2)])
def test_rows_of_some_draws_are_those_of_all(block, threads):
    raw = random_scenario(np.random.default_rng(5), 3, 3, 3, uncertain=0.8, shocks=1, misperception=True)
    encoder = Encoder(load_raw(raw), seed=7)
    ((_, whole),) = run_blocks(encoder, n_draws=30, replications=3, block=30)
    some = Scattered(encoder, plain, DRAWS)
    luck = Luck(np.full(len(DRAWS), 7, dtype=np.uint64), DRAWS)
    how = {"n_draws": luck, "replications": 3, "block": block, "threads": threads}
    blocks = list(run_blocks(some, **how))
    assert [first for first, _ in blocks] == list(range(0, len(DRAWS), block or len(DRAWS)))
    rows = len(whole.outcome) // 30
    wanted = (DRAWS[:, None] * rows + np.arange(rows)).ravel()
    for name, column, *parts in zip(whole._fields, whole, *(runs for _, runs in blocks), strict=True):
        np.testing.assert_array_equal(np.concatenate(parts), column[wanted], err_msg=name)
    assert len(np.unique(whole.outcome)) > 1


def played(encoder: Encoder, luck: Luck, switch=plain, **how: int) -> Runs:
    ((_, runs),) = run_blocks(Scattered(encoder, switch, luck.draws), n_draws=luck, **how)
    return runs


@pytest.mark.parametrize("name", SHIPPED)
def test_later_replications_go_on_where_the_first_stopped(name):
    encoder = shipped(name)
    draws, seeds = np.arange(4), np.full(4, encoder.seed, dtype=np.uint64)
    n_formats = len(encoder.structure.formats)
    how = {"threads": 1, "block": 4}
    first, later = (played(encoder, Luck(seeds, draws, start), replications=n, **how) for start, n in ((0, 2), (2, 3)))
    ((_, whole),) = run_blocks(encoder, n_draws=4, replications=5, **how)
    for name_, one, other, both in zip(Runs._fields, first, later, whole, strict=True):
        shape = (4, n_formats, -1, *both.shape[1:])
        joined = np.concatenate([one.reshape(shape), other.reshape(shape)], axis=2)
        assert joined.tobytes() == both.tobytes(), name_
    assert any(one.tobytes() != other[: len(one)].tobytes() for one, other in zip(first, later, strict=True))


def test_each_draw_has_the_chance_of_its_own_seed():
    encoder, draws = shipped(SHIPPED[2]), np.array([3, 4, 5, 6, 3])
    seeds = np.array([2**63, 2**63, 9, 9, 2**63], dtype=np.uint64)
    found = played(encoder, Luck(seeds, draws), replications=2, threads=1, block=5)
    for row, (seed, draw) in enumerate(zip(seeds.tolist(), draws.tolist(), strict=True)):
        luck = Luck(np.array([seed], dtype=np.uint64), np.array([draw]))
        alone = played(encoder, luck, replications=2, threads=1)
        for name, part, single in zip(Runs._fields, found, alone, strict=True):
            assert part.reshape(5, *single.shape)[row].tobytes() == single.tobytes(), name
        # and that of the seed, where the numbers are those of the seed too
        own = shipped(SHIPPED[2], seed=seed)
        ((_, of_seed),) = run_blocks(own, n_draws=1, replications=2, threads=1, first_draw=draw)
        own_alone = played(own, luck, replications=2, threads=1)
        assert [a.tobytes() for a in own_alone] == [a.tobytes() for a in of_seed]
