"""What is said of a sweep: who leads where, on what sampling units, and nothing where nothing can be told."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.statistics.intervals import Ratios, ratios
from sim.sweep.sweep_findings import by_unit, findings, grid_axes, leading_pair, twins
from sim.sweep.sweep_result import Measured
from tests.report.sweep.made_sweep import grid, lhs, morris, oat, saltelli
from tests.sweep.shared_moods import counts


def test_points_that_share_luck_have_the_draw_as_their_unit():
    hits, trials = counts(np.full((5, 2), 0.5), n_draws=7)
    sums, runs = by_unit(hits, trials, np.zeros(5, dtype=np.int64))
    assert sums.shape == (7, 2)
    assert (sums == hits.sum(axis=0)).all()
    assert (runs == 20).all()


def test_points_of_other_luck_are_the_units():
    hits, trials = counts(np.full((6, 2), 0.5), n_draws=3)
    sums, runs = by_unit(hits.astype(np.uint8), trials.astype(np.uint8), np.array([4, 4, 9, 9, 9, 2]))
    assert sums.tolist() == [hits[5].sum(0).tolist(), hits[:2].sum((0, 1)).tolist(), hits[2:5].sum((0, 1)).tolist()]
    assert runs[:, 0].tolist() == [12, 24, 36]


def test_rows_of_their_own_luck_give_no_intervals_from_few_draws_alone():
    """Draws of a point share its levels: 200 points of 2 draws are 200 units, not 2 and not 400."""
    chance = np.random.default_rng(2)
    share = np.repeat(chance.integers(0, 2, (200, 1)).astype(float), 2, axis=1)
    hits, trials = counts(share, n_draws=2)
    whole = ratios(*by_unit(hits, trials, np.arange(200)))
    assert whole.at(0).high - whole.at(0).low == pytest.approx(2 * 1.96 * 0.5 / 200**0.5, rel=0.15)


def shares(*values):
    empty = np.zeros(len(values))
    return Ratios(np.array(values), empty, empty, empty, empty, empty[None])


def test_the_pair_is_the_highest_and_the_one_that_leads_elsewhere():
    assert leading_pair(shares(0.5, 0.6, 0.4), np.array([1, 1, 2, -1])) == (1, 2)
    assert leading_pair(shares(0.5, 0.6, 0.4), np.array([1, 1, -1])) == (1, 0)
    assert leading_pair(shares(0.5, np.nan), np.array([-1])) == (0, 1)
    assert leading_pair(shares(0.5), np.array([-1])) == (0,)
    assert leading_pair(shares(0.5, 0.6, 0.4), np.array([-1]), passed=(0,)) == (1, 2)
    assert leading_pair(shares(0.5, 0.6), np.array([-1]), passed=(0,)) == (1, 0)


def test_formats_that_do_the_same_everywhere_are_twins():
    hits, trials = counts(np.full((6, 4), 0.5))
    hits[..., 2] = hits[..., 0]
    hits[..., 3] = hits[..., 0]
    hits[5, :, 3] = 0
    assert twins(Measured(hits, trials), 0) == (2,)


def test_a_map_is_of_the_factors_along_which_the_answer_moves():
    levels = np.stack(np.meshgrid(*[np.arange(4.0)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    answer = (levels[:, 0] + 0.1 * levels[:, 1] + 2 * levels[:, 2])[:, None] * np.ones(3)
    assert grid_axes(levels, answer) == (0, 2)


def test_a_grid_tells_the_planted_border():
    found = findings(grid(12, 8, share=lambda x, y: (np.where(x > 0.5, 0.95, 0.05), 0.5 + 0 * y)))
    (panel,) = found.panels
    side = panel.leader.reshape(12, 8)
    assert (side[:6] == 1).all()
    assert (side[6:] == 0).all()
    assert found.told == (48, 48)
    assert panel.tipping is not None
    assert np.allclose(panel.tipping.contour[:, :, 0], 0.5, atol=0.05)
    boxes = dict(panel.boxes)
    assert boxes[0].restrictions[0].inside.factor == "upper_price"
    assert boxes[0].restrictions[0].inside.low == pytest.approx(0.5, abs=0.05)


def test_structure_cells_are_told_apart_by_what_their_points_say_together():
    from sim.sweep.design import StructureFactor

    horizon = StructureFactor("horizon", "set", "horizon_months", (12, 24))
    sweep = grid(6, 6, share=lambda x, y: (0.7 + 0 * x, 0.4 + 0 * y), structure=(horizon,))
    sweep.shares[36:] = 0.5
    found = findings(sweep)
    assert [panel.ahead for panel in found.panels] == [0, -1]
    assert found.n_points == 72


def test_what_is_missing_is_counted_and_left_out():
    found = findings(grid(5, 5, share=lambda x, y: (0.6 + 0 * x, 0.3 + 0 * y), missing=(0, 7)))
    assert found.missing_points == 2
    assert found.panels[0].leader[[0, 7]].tolist() == [-1, -1]
    assert found.shares["settlement"].at(0).value == pytest.approx(0.6, abs=0.1)


@pytest.mark.parametrize(
    "sweep",
    [
        grid(4, 4, share=lambda x, y: (0 * x, 0 * y - 1), missing=tuple(range(16))),
        lhs(50, 2, lambda x, y: (0 * x - 1, 0 * y - 1)),
    ],
    ids=["nothing played", "nothing happens"],
)
def test_nothing_to_tell_is_no_error(sweep):
    found = findings(sweep)
    assert found.told == (0, 0)
    assert found.gap.side == 0


def test_each_kind_of_sample_has_its_analysis():
    def share(a, b, c):
        return 0.2 + 0.5 * a + 0 * b, 0.4 + 0 * c

    (sobol,) = findings(saltelli(512, 3, share)).panels
    assert set(sobol.indices) == {"", "farmers", "all-three"}
    assert sobol.indices[""].factors[0].moves
    (steps,) = findings(oat(3, share)).panels
    assert {step.factor for step in steps.steps["farmers"].steps if step.side} == {"upper_price"}
    (walks,) = findings(morris(30, 3, share)).panels
    assert walks.effects is not None
    assert [one.factor for one in walks.effects.factors if one.moves] == ["upper_price"]
    (rows,) = findings(lhs(200, 3, share)).panels
    assert rows.tree is not None
    assert rows.tree.nodes[0].split is not None
    assert rows.tree.nodes[0].split.factor == "upper_price"


def test_a_single_format_asks_where_most_runs_reach_it():
    (panel,) = findings(grid(10, 6, share=lambda x, y: (np.where(x > 0.5, 0.9, 0.1),), formats=("farmers",))).panels
    assert panel.tipping is None
    ((at, box),) = panel.boxes
    assert at == 0
    assert box.restrictions[0].inside.low == pytest.approx(0.5, abs=0.06)


def test_luck_that_rows_have_in_common_makes_no_box_and_no_tree():
    """Each of 40 base rows has a lead of its own, whatever its levels; its 7 points would confirm each other."""
    boxes = trees = 0
    for seed in range(8):
        lead = np.repeat(np.random.default_rng(seed).normal(0.0, 0.3, 40), 7)
        (panel,) = findings(saltelli(40, 5, lambda *levels, lead=lead: (0.5 + lead, 0.5 + 0 * levels[0]))).panels
        assert panel.boxes
        boxes += any(box.chosen is not None for _, box in panel.boxes)
        trees += panel.tree.nodes[0].split is not None
    assert boxes <= 2
    assert trees <= 2


def test_a_dummy_is_no_factor_but_shows_the_floor():
    made = saltelli(512, 3, lambda a, b, c: (a, 0.5 + 0 * b))
    assert len(np.unique(made.design.points.luck)) == 2 * 512
    (panel,) = findings(made).panels
    indices = panel.indices["farmers"]
    assert [one.dummy for one in indices.factors] == [False, False, True]
    assert indices.factors[2].total.value != 0.0
    assert indices.floor > 0.0
    assert indices.sentence.startswith("Of 2 factors 1 can be told")


def test_regret_needs_draws():
    assert findings(saltelli(64, 3, lambda a, b, c: (a, b))).regret is None
    assert findings(lhs(50, 2, lambda a, b: (a, b))).regret is not None
