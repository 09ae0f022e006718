"""Numbers drawn otherwise: of a second set, or held."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from sim.scenario import Encoder, load_raw
from sim.scenario.sampling.distributions import Streams, Uniforms
from sim.scenario.sampling.idle_numbers import idle
from sim.scenario.sampling.pick_freeze import SECOND, Hold, Scattered, Stations, Switched, Walk, ranks
from sim.scenario.sampling.unknowns import PARTITIONS, unknowns
from tests.scenario.generate import random_scenario
from tests.scenario.sampling.test_unknowns import CASE


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    raw = random_scenario(np.random.default_rng(5), 3, 3, 3, uncertain=0.8, shocks=1, misperception=True)
    return Encoder(load_raw(raw), seed=7)


def walk_of(encoder: Encoder, partition: str) -> Walk:
    found = unknowns(encoder)
    groups = tuple(dict.fromkeys(map(PARTITIONS[partition], found)))
    members = {stream: groups.index(PARTITIONS[partition](one)) for one in found for stream in one.streams}
    return Walk(partition, groups, members)


def walk(encoder: Encoder, partition: str, taken: int) -> Callable[[Uniforms], Uniforms]:
    """A switch to where each draw stands after so many steps; -1 for all."""
    way = walk_of(encoder, partition)
    return partial(way.after, len(way.groups) if taken < 0 else taken)


def same(first, second) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_before_the_first_step_nothing_is_switched_and_after_the_last_everything(encoder):
    plain = encoder.tables(3, 8)
    assert same(Switched(encoder, walk(encoder, "party", 0)).tables(3, 8), plain)
    ends = [Switched(encoder, walk(encoder, partition, -1)).tables(3, 8) for partition in PARTITIONS]
    assert same(ends[0], ends[1])
    assert same(ends[0], ends[2])
    assert not np.isclose(ends[0].contribution, plain.contribution).all(axis=(1, 2, 3)).any()


def test_on_the_way_every_number_is_of_the_first_or_of_the_second_set(encoder):
    step = walk_of(encoder, "parameter")
    streams = Streams(7, first_draw=0, n_draws=500)
    mixed = step.after(2, streams)
    switched = ranks(streams, "parameter", step.groups) < 2
    assert (switched.sum(axis=1) == 2).all()
    assert np.allclose(switched.mean(axis=0), 2 / len(step.groups), atol=0.1)
    for stream, group in step.members.items():
        first, second = streams.uniforms(stream), streams.uniforms(SECOND + stream)
        np.testing.assert_array_equal(mixed.uniforms(stream), np.where(switched[:, group], second, first))
        assert abs(np.corrcoef(first, second)[0, 1]) < 0.2


def test_a_block_does_not_depend_on_how_draws_are_cut(encoder):
    for switch in (walk(encoder, "basis", 1), Hold(unknowns(encoder)[0].streams[0], 0.9)):
        source = Switched(encoder, switch)
        whole, part = source.tables(0, 9), source.tables(4, 3)
        worlds = len(whole.precision) // 9
        np.testing.assert_array_equal(whole.contribution[4 * worlds : 7 * worlds], part.contribution)


def test_some_draws_are_those_of_all_however_they_are_cut(encoder):
    draws = np.array([0, 3, 4, 8])
    for switch in (walk(encoder, "basis", 1), Hold(unknowns(encoder)[0].streams[0], 0.9)):
        whole, some = Switched(encoder, switch).tables(0, 9), Scattered(encoder, switch, draws)
        worlds = len(whole.precision) // 9
        rows = (draws[:, None] * worlds + np.arange(worlds)).ravel()
        np.testing.assert_array_equal(some.tables(0, 4).contribution, whole.contribution[rows])
        np.testing.assert_array_equal(some.tables(1, 2).contribution, whole.contribution[rows[worlds : 3 * worlds]])


def test_a_draw_may_stand_at_several_stations(encoder):
    way, draws, taken = walk_of(encoder, "party"), np.array([5, 5, 2, 5]), np.array([0, 2, 1, 1])
    several = Stations(encoder, way, draws, taken)
    whole, part = several.tables(0, 4).contribution, several.tables(2, 1).contribution
    worlds = len(whole) // 4
    np.testing.assert_array_equal(whole[2 * worlds : 3 * worlds], part)
    for n, (draw, steps) in enumerate(zip(draws, taken, strict=True)):
        alone = Switched(encoder, walk(encoder, "party", int(steps))).tables(int(draw), 1).contribution
        np.testing.assert_array_equal(whole[n * worlds : (n + 1) * worlds], alone)


def test_holding_a_number_holds_that_number_alone(encoder):
    (one,) = [one for one in unknowns(encoder) if one.path == "behaviour.precision"]
    plain, held = encoder.tables(0, 6), Switched(encoder, Hold(one.streams[0], 0.5)).tables(0, 6)
    assert len(np.unique(held.precision)) == 1
    assert len(np.unique(plain.precision)) > 1
    assert same(plain._replace(precision=held.precision), held)


def test_switching_all_unknowns_leaves_no_uncertain_number_behind():
    """Every array of tables that differs between draws differs between the two ends of a walk."""
    encoder = Encoder(load_raw(CASE), seed=1)
    first, last = encoder.tables(0, 40), Switched(encoder, walk(encoder, "party", -1)).tables(0, 40)
    unread, read = idle(encoder.resolved), {row.path.rpartition(".")[2] for row in encoder.numbers()}
    idle_names = {path.rpartition(".")[2] for path in unread} - read
    for name, one, other in zip(first._fields, first, last, strict=True):
        unused = name in idle_names
        if not unused and one.shape[:1] == (80,) and not (one[::2] == one[0]).all():
            assert not np.array_equal(one, other), name
