"""Trade-off paths: which options a speaker may use, and the hull of exchange rates, against brute force."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.rules.kernel import unit
from sim.rules.paths import build_hulls, look_ahead, next_edge, rank_options, weigh_others
from sim.types.work import Work
from tests.rules.world import World, lists, make_world

seeds = st.integers(0, 2**32 - 1)


@unit("wi>i")
def walk_probe(w: Work, speaker: int) -> int:
    """Walk the whole path; how many edges it has. Exchange rates go to `w.vertex_score`."""
    for c in range(w.deal.shape[0]):
        w.position[c] = 0
        look_ahead(w, speaker, c)
    n = 0
    while True:
        edge = next_edge(w)
        if edge < 0:
            return n
        w.vertex_score[n] = w.edge_rise[edge] / w.edge_cost[edge]
        w.position[edge] += 1
        look_ahead(w, speaker, edge)
        n += 1


def ranked(world: World, speaker: int, composite: int) -> list[int]:
    n = int(world.w.n_ranked[speaker, composite])
    return world.w.ranked[speaker, composite, :n].tolist()


def prepared(seed: int, n_composites: int, n_options: int, *, ties: bool) -> World:
    """Random values for the speaker and the others; multiples of 1/4 with ties."""
    world = make_world(lists(2, n_composites, n_options))
    rng = np.random.default_rng(seed)
    for array in (world.w.view_value, world.w.others):
        drawn = rng.random(array.shape)
        array[:] = np.floor(drawn * 4) / 4 if ties else drawn
    world.w.serial[0] += 1  # a lane that has just been opened
    rank_options(world.tables, world.work, 0, 0, 0, 0)
    build_hulls(world.tables, world.work, 0)
    return world


@settings(max_examples=60)
@given(seeds, st.integers(2, 7), st.booleans())
def test_the_hull_is_best_for_every_exchange_rate(seed: int, n_options: int, ties: bool) -> None:
    world = prepared(seed, 1, n_options, ties=ties)
    own, others = world.w.view_value[0, 0], world.w.others[0]
    hull = world.w.hull[0, : int(world.w.n_hull[0])]
    assert own[hull[0]] == own.max()
    assert others[hull[-1]] == others.max()
    assert (np.diff(own[hull]) < 0).all()
    assert (np.diff(others[hull]) > 0).all()
    for weight in (0.0, 0.1, 0.5, 1.0, 3.0, 40.0):
        assert (others + weight * own)[hull].max() == pytest.approx((others + weight * own).max())


@settings(max_examples=30)
@given(seeds, st.integers(2, 5))
def test_the_path_takes_the_edges_of_all_hulls_by_falling_exchange_rate(seed: int, n_composites: int) -> None:
    world = prepared(seed, n_composites, 4, ties=False)
    n_edges = walk_probe(world.work, 0)
    assert n_edges == int(world.w.n_hull.sum()) - n_composites
    assert (np.diff(world.w.vertex_score[:n_edges]) <= 1e-12).all()
    assert (world.w.position == world.w.n_hull - 1).all()


def test_usable_are_options_across_no_line_at_the_table_by_falling_value() -> None:
    barred = np.zeros((3, 1, 4), dtype=np.uint8)
    barred[0, 0, 1] = barred[1, 0, 2] = 1
    world = make_world(lists(3, 1, 4, p0c0o1=0.9, p0c0o2=0.8, p0c0o3=0.3), seated=[0, 1], barred=barred)
    assert ranked(world, 0, 0) == [3, 0]
    outside = np.roll(barred, 1, axis=0)  # now of p1 and of p2, who does not sit there
    world = make_world(lists(3, 1, 4, p0c0o1=0.9, p0c0o2=0.8, p0c0o3=0.3), seated=[0, 1], barred=outside)
    assert ranked(world, 0, 0) == [2, 3, 0]


def test_others_count_by_their_weights_and_refused_lines_are_charged() -> None:
    barred = np.zeros((3, 1, 2), dtype=np.uint8)
    barred[2, 0, 1] = 1
    owns = np.zeros((3, 1, 2))
    owns[2, 0, 1] = 0.5
    world = make_world(lists(3, 1, 2), seated=[0, 1], barred=barred, standing=owns)
    world.w.view_value[:, 0, 1] = [9.0, 0.2, 0.4]
    world.w.needed[:2], world.w.needed_weight[:2], world.w.path_weight[:2] = [1, 2], [1.0, 0.5], [3.0, 2.0]
    weigh_others(world.tables, world.work, 0, 0, 2, 0)
    certain = 0.5 * np.log(1 - 0.5 + 0.5 * np.exp(-60.0))
    assert world.w.others[0, 1] == pytest.approx(3.0 * 0.2 + 2.0 * 0.4 + certain)
    assert world.w.others[0, 0] == 0.0
