"""Samples: which points, in which order, and which share luck."""

from __future__ import annotations

import numpy as np
import pytest

from sim.scenario.sampling.steering import Steering
from sim.sweep.design import DesignPoints, NumberFactor, SampleRows
from sim.sweep.designs.samples import even_levels, middle, n_rows, sampled
from sim.sweep.designs.written_design import Sample

PRICE = NumberFactor("price", "a.b.c", False, Steering("value", ("a.b.c",)), -1.0, 3.0)
SCALE = NumberFactor("scale", "a.b.d", False, Steering("scale", ("a.b.d",)), 0.5, 2.0, (2.0, 0.5, 1.0))
FUND = NumberFactor("fund", "a.b.e", False, Steering("quantile", ("a.b.e",)), 0.0, 1.0)
DUMMY = NumberFactor("dummy", "", False, Steering("value", ()), 0.0, 1.0)
FOUR = (PRICE, SCALE, FUND, DUMMY)


def points_of(*samples: dict[str, object], factors: tuple[NumberFactor, ...] = FOUR, **own: int):
    written = [Sample.model_validate(sample) for sample in samples]
    points, rows = sampled(written, factors, own)
    assert [n_rows(sample, factors, own) >= row.end - row.first for sample, row in zip(written, rows, strict=True)]
    assert len(points.levels) == len(points.luck) == len(points.sample) == rows[-1].end
    assert not points.levels.flags.writeable
    return points, rows


def test_a_grid_has_the_ends_of_ranges_the_levels_and_the_middles_of_quantiles():
    points, (rows,) = points_of({"grid": {"points": 5}}, fund=2)
    assert rows == SampleRows("grid", 0, 5 * 3 * 2, (5, 3, 2))
    grid = points.levels.reshape(5, 3, 2, 4)
    assert grid[:, 0, 0, 0].tolist() == [-1, 0, 1, 2, 3]
    assert grid[0, :, 0, 1].tolist() == [2.0, 0.5, 1.0]
    assert grid[0, 0, :, 2].tolist() == [0.25, 0.75]
    assert (grid[..., 3] == 0.5).all()
    assert not points.luck.any()


def test_a_grid_takes_any_number_of_dummies_and_leaves_them_out_of_its_shape():
    many = tuple(NumberFactor(f"d{k}", "", False, Steering("value", ()), 0.0, 1.0) for k in range(100))
    points, (rows,) = points_of({"grid": {"points": 3}}, factors=(PRICE, *many, SCALE))
    assert rows == SampleRows("grid", 0, 9, (3, 3))
    assert points.levels[:, 0].tolist() == [-1, -1, -1, 1, 1, 1, 3, 3, 3]
    assert points.levels[:, -1].tolist() == [2.0, 0.5, 1.0] * 3
    assert (points.levels[:, 1:-1] == 0.5).all()


def test_levels_of_a_grid_are_decimals_as_people_write_them():
    price = NumberFactor("price", "a.b.c", False, Steering("value", ("a.b.c",)), -0.3, 0.3)
    assert even_levels(price, 7).tolist() == [-0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3]
    third = NumberFactor("third", "a.b.c", False, Steering("value", ("a.b.c",)), 0.1 + 0.2, 1e6 / 3)
    assert even_levels(third, 3).tolist() == [0.1 + 0.2, 166666.816666667, 1e6 / 3]


def test_a_latin_hypercube_has_one_point_in_every_part_of_every_factor():
    points, (rows,) = points_of({"lhs": {"n": 12, "seed": 4}})
    assert rows == SampleRows("lhs", 0, 12)
    places = (points.levels - [-1, 0, 0, 0]) / [4, 1, 1, 1]
    for column in (0, 2):
        assert sorted(np.floor(places[:, column] * 12)) == list(range(12))
    assert [(points.levels[:, 1] == level).sum() for level in SCALE.levels] == [4, 4, 4]
    assert (points.levels[:, 3] == 0.5).all()
    assert points.luck.tolist() == list(range(12))
    without, _ = points_of({"lhs": {"n": 12, "seed": 4}}, factors=FOUR[:3])
    assert (without.levels == points.levels[:, :3]).all()
    assert (points_of({"lhs": {"n": 12, "seed": 4}})[0].levels == points.levels).all()
    assert (points_of({"lhs": {"n": 12, "seed": 5}})[0].levels != points.levels)[:, 0].all()


@pytest.mark.parametrize("second", [False, True])
def test_rows_of_a_saltelli_sample_mix_a_and_b_and_share_their_luck(second: bool):
    points, (rows,) = points_of({"sobol": {"n": 8, "second_order": second}})
    columns = 10 if second else 6
    assert rows == SampleRows("sobol", 0, 8 * columns, (8, columns))
    base = points.levels.reshape(8, columns, 4)
    a, b = base[:, 0], base[:, 1]
    for k in range(4):
        others = [column for column in range(4) if column != k]
        assert (base[:, 2 + k][:, k] == b[:, k]).all()
        assert (base[:, 2 + k][:, others] == a[:, others]).all()
        if second:
            assert (base[:, 6 + k][:, k] == a[:, k]).all()
            assert (base[:, 6 + k][:, others] == b[:, others]).all()
    luck, own = points.luck.reshape(8, columns), [5, 9] if second else [5]
    shared = [column for column in range(columns) if column not in own]
    assert (luck[:, shared] == np.arange(8)[:, np.newaxis]).all()
    assert len(np.unique(luck)) == 8 * (1 + len(own))  # a dummy's points: each a luck of its own
    assert luck[:, own].min() >= 2**32
    assert (points.group.reshape(8, columns) == np.arange(8)[:, np.newaxis]).all()
    assert sorted(np.floor(2 * (a[:, 0] + 1))) == list(range(8))  # balanced as a power of two makes it
    assert ((points.levels[:, 2] > 0) & (points.levels[:, 2] < 1)).all()


def test_one_at_a_time_goes_from_the_middles_through_all_other_levels():
    points, (rows,) = points_of({"oat": {"steps": 5}})
    centre = [1.0, 1.0, 0.5, 0.5]
    assert [middle(factor) for factor in FOUR] == centre
    assert points.levels[0].tolist() == centre
    moved = (points.levels != centre).sum(axis=1)
    assert moved.tolist() == [0] + [1] * (4 + 2 + 4)
    assert points.levels[1:5, 0].tolist() == [-1, 0, 2, 3]
    assert rows == SampleRows("oat", 0, 11)
    assert not points.luck.any()


def test_morris_moves_each_factor_once_a_trajectory_by_half_the_levels():
    points, (rows,) = points_of({"morris": {"trajectories": 40, "levels": 4, "seed": 2}})
    assert rows == SampleRows("morris", 0, 160, (40, 4))
    assert (points.levels[:, 3] == 0.5).all()  # a dummy does not move
    walks = points.levels.reshape(40, 4, 4)[..., :3]
    steps = np.diff(walks, axis=1)
    assert ((steps != 0).sum(axis=2) == 1).all()
    assert ((steps != 0).sum(axis=1) == 1).all()
    assert set(np.round(np.abs(steps[..., 0][steps[..., 0] != 0]), 12)) == {round(4 * 2 / 3, 12)}
    assert set(np.abs(steps[..., 2][steps[..., 2] != 0])) == {0.5}
    assert set(walks[..., 0].ravel().round(9)) == {-1, round(1 / 3, 9), round(5 / 3, 9), 3}
    assert (steps[..., 0] > 0).any()
    assert (steps[..., 0] < 0).any()
    orders = {tuple(row) for row in (steps != 0).argmax(axis=2).tolist()}
    assert len(orders) == 6
    assert (points.luck.reshape(40, 4) == np.arange(40)[:, np.newaxis]).all()


def test_a_list_is_played_as_it_stands_and_samples_follow_one_another():
    rows = [{"price": 0.125, "scale": 2.0, "fund": 0.9}, {"price": 3.0, "scale": 0.5, "fund": 0.1, "dummy": 0.25}]
    points, (first, second) = points_of({"lhs": {"n": 3}}, {"list": rows})
    assert (first.kind, second) == ("lhs", SampleRows("list", 3, 5))
    assert points.levels[3:].tolist() == [[0.125, 2.0, 0.9, 0.5], [3.0, 0.5, 0.1, 0.25]]
    assert points.luck.tolist() == [0, 1, 2, 0, 0]
    assert points.sample.tolist() == [0, 0, 0, 1, 1]


def test_without_number_factors_there_is_one_point():
    points, (rows,) = points_of({"grid": {}}, factors=())
    assert isinstance(points, DesignPoints)
    assert (points.levels.shape, rows.shape) == ((1, 0), ())
