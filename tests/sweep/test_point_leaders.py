"""Who leads at a point: told where it is so, seldom where it is not, and the same by page, map and box."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.app.errors import InputError
from sim.sweep.box_conditions import Lead
from sim.sweep.point_leaders import families, leading
from sim.sweep.sweep_answers import box, share_map, tipping_map
from sim.sweep.sweep_findings import findings
from tests.report.sweep.made_sweep import RUNS, grid, lhs
from tests.sweep.shared_moods import counts


@pytest.mark.parametrize("shared", [True, False])
def test_who_leads_is_told_where_it_is_so_and_not_where_all_are_level(shared):
    level = [[0.2, 0.8, 0.3], [0.9, 0.3, 0.4], [0.5, 0.5, 0.5], [0.7, 0.7, 0.1]]
    told = leading(*counts(level), shared=shared)
    assert told.leader.tolist() == [1, 0, -1, -1]
    assert told.behind.tolist() == [[True, False, True], [False, True, True], [False] * 3, [False, False, True]]


@pytest.mark.parametrize("shared", [True, False])
def test_no_leader_is_told_from_few_draws_nor_of_one_format(shared):
    assert leading(*counts([[0.0, 1.0]], n_draws=9), shared=shared).leader.tolist() == [-1]
    assert leading(*counts([[0.5], [0.9]]), shared=shared).leader.tolist() == [-1, -1]


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("n_formats", [2, 4])
def test_over_many_points_without_a_leader_one_is_seldom_told(n_formats, shared):
    level = np.full((60, n_formats), 0.4)
    told = [leading(*counts(level, n_draws=30, seed=seed), shared=shared) for seed in range(60)]
    wrong = [(one.leader >= 0).any() or one.behind.any() for one in told]
    assert np.mean(wrong) <= 0.14  # 5% and three standard errors


def test_points_that_share_their_draws_are_told_together_from_few_of_them():
    """All of the points are alike: the draws tell of all what they tell of one, and Holm takes them for strangers."""
    told = {True: 0, False: 0}
    for seed in range(20):
        hits, trials = (np.repeat(part, 16, axis=0) for part in counts([[0.8, 0.4, 0.1]], n_draws=16, seed=seed))
        for shared in told:
            leader = leading(hits, trials, shared=shared).leader
            assert len(set(leader.tolist())) == 1
            told[shared] += leader[0] == leading(hits[:1], trials[:1], shared=True).leader[0] == 0
    alone = sum(
        leading(*counts([[0.8, 0.4, 0.1]], n_draws=16, seed=seed), shared=True).leader[0] == 0 for seed in range(20)
    )
    assert told[True] == alone
    assert told[False] < alone / 2


def three(x, y):
    return 0.55 + 0.25 * x, 0.5 + 0 * y, 0.75 - 0.4 * x


def test_page_map_and_box_say_the_same_of_a_grid():
    sweep = grid(9, 6, share=three, formats=("a", "b", "c"))
    found = findings(sweep, ("A", "B", "C"))
    (panel,) = found.panels
    ids = sweep.design.formats
    first, second = found.pair
    turn = tipping_map(sweep, (ids[first], ids[second]), share_map(sweep, "upper_price", "mill_open"))
    ahead = {(a, b): Lead(a, b, "settlement", True).holds(sweep)[0] for a in ids for b in ids if a != b}
    assert (turn.side.ravel() == 1).tolist() == ahead[ids[first], ids[second]].tolist()
    assert turn.first_leads == ahead[ids[first], ids[second]].mean()
    assert panel.tipping is not None
    assert (panel.tipping.side == turn.side).all()
    assert set(panel.leader.tolist()) == {-1, 0, 2}
    for slot, id_ in enumerate(ids):
        of_all = np.all([ahead[id_, other] for other in ids if other != id_], axis=0)
        assert ((panel.leader == slot) == of_all).all()
    assert f"{100 * turn.first_leads:.0f}%" in turn.sentence


def test_cells_of_a_grid_are_looked_at_together():
    from sim.sweep.design import StructureFactor

    horizon = StructureFactor("horizon", "set", "horizon_months", (12, 24))
    sweep = grid(6, 6, share=lambda x, y: (0.7 + 0 * x, 0.4 + 0 * y), structure=(horizon,))
    ((points, shared),) = families(sweep.design)
    assert points.tolist() == list(range(72))
    assert shared
    for panel in findings(sweep).panels:
        assert panel.tipping is not None
        assert (panel.tipping.side.ravel() > 0).tolist() == (panel.leader == 0).tolist()


def test_rows_of_a_latin_hypercube_are_independent():
    sweep = lhs(60, 2, lambda a, b: (np.where(a > 0.5, 0.98, 0.02), 0.5 + 0 * b))
    ((_, shared),) = families(sweep.design)
    assert not shared
    (panel,) = findings(sweep).panels
    assert (Lead("farmers", "all-three", "settlement", True).holds(sweep)[0] == (panel.leader == 0)).all()
    assert "upper_price" in box(sweep, "farmers leads all-three").sentence


def test_a_lead_asked_of_few_draws_is_refused_and_of_one_that_is_nowhere_it_says_so():
    few = lhs(60, 2, lambda a, b: (a, b), runs=replace(RUNS, draws=4))
    with pytest.raises(InputError, match="from 10 draws of it on, and here are 4"):
        box(few, "farmers leads all-three")
    assert box(few, "farmers ahead of all-three").sentence
    level = lhs(60, 2, lambda a, b: (0.5 + 0 * a, 0.5 + 0 * b))
    assert box(level, "farmers leads all-three").sentence.startswith("At no point: farmers leads all-three")
