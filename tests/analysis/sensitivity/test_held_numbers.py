"""Numbers held at either end: what moves, who leads, and when it is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.analysis.sensitivity.held_numbers import (
    CHANGES,
    LEVEL,
    STAYS,
    Baseline,
    key_numbers,
    swing,
    told_of,
)
from sim.analysis.sensitivity.inquiry import PRECISE, Inquiry, MainAnswer, SensitivitySizes, play_outcomes, reached
from sim.analysis.statistics.intervals import paired_mean, prior_move, t_quantile
from sim.scenario import Encoder, load_scenario
from sim.types.playing import Size
from tests.analysis.synthetic import CountedRuns

WELL = Path(__file__).resolve().parents[3] / "scenarios" / "well-formats.yaml"


def moved(base, held):
    return list((held - base[: len(held), :, : held.shape[2]]).mean(axis=2).T)


def test_the_leader_changes_only_beyond_simulation_error():
    random = np.random.default_rng(1)
    base = np.zeros((400, 2, 4))
    base[:, 0] = random.random((400, 4)) < 0.55
    base[:, 1] = random.random((400, 4)) < 0.45
    worse, much_worse = base[:100, :, :2].copy(), base[:100, :, :2].copy()
    worse[:20, 0] = 0.0
    worse[:5, 1] = 1.0
    much_worse[:, 0] = 0.0
    fates = [
        swing(0.0, base, moved(base, held), leader=0, runner_up=1) for held in (base[:100, :, :2], worse, much_worse)
    ]
    assert [(one.top, one.leader) for one in fates] == [(0, STAYS), (1, LEVEL), (1, CHANGES)]
    assert fates[2].changes[1] == paired_mean(np.zeros(100))
    assert fates[2].gap.high < 0.0


def test_a_swing_by_hand():
    """Two draws, two replications: held, the second format loses one run of four, the first gains one."""
    base = np.array([[[0, 1], [1, 1]], [[0, 0], [1, 0]]], dtype=float)
    held = np.array([[[1, 1], [1, 1]], [[0, 0], [0, 0]]], dtype=float)
    end = swing(0.9, base, moved(base, held), leader=1, runner_up=0)
    assert [change.value for change in end.changes] == [0.25, -0.25]
    assert end.gap.value == -0.5
    assert (end.value, end.top, end.leader) == (0.9, 0, LEVEL)


def test_a_paired_mean_keeps_a_width_where_nothing_changed():
    """Changes .5, 0, 0, 1.5: mean .5, squares 1.5, half of it on 2 draws' worth; the prior move on top, over 12."""
    estimate = paired_mean(np.array([0.5, 0.0, 0.0, 1.5]), furthest=2.0)
    prior = float(prior_move(np.array([0.0, -0.5, -0.5, 1.0])))
    assert estimate.value == 0.5
    assert estimate.high == min(2.0, 0.5 + float(t_quantile(3.0)) * np.sqrt((1.5 + prior) / 12.0))
    still = paired_mean(np.zeros(60))
    assert (still.value, still.side) == (0.0, 0)
    assert 4.2 / 60 > still.high > 3.6 / 60  # what may be done unseen in 60 draws
    assert paired_mean(np.zeros(90)).high < PRECISE < still.high


def test_formats_may_be_known_from_unequal_numbers_of_draws():
    likely = np.zeros((100, 3, 1))
    likely[:60, 0], likely[:50, 1], likely[:10, 2] = 1.0, 1.0, 1.0
    end = swing(0.0, likely, [np.full(40, -0.3), np.zeros(40), np.full(10, 0.1)], leader=0, runner_up=1)
    assert [round(change.value, 9) for change in end.changes] == [-0.3, 0.0, 0.1]
    assert (end.top, end.gap.value) == (1, pytest.approx(-0.3))


@pytest.fixture(scope="module")
def well():
    encoder, progress = Encoder(load_scenario(WELL), seed=2), CountedRuns()
    formats = (0, 1, 2, 5)
    base = reached(play_outcomes(encoder, formats, Size(300, 2, 2, 1)), "settlement")
    question = MainAnswer(Inquiry(encoder, formats, SensitivitySizes(2, 120), 1), progress, "settlement", 2, 3)
    return question, Baseline(base, base[:, [2, 3]], base[:120]), progress


def test_formats_that_cannot_lead_are_played_less(well):
    question, base, progress = well
    assert base.likely.mean(axis=(0, 2)).argmax() == 2
    numbers = key_numbers(question, base)
    assert len(numbers) == 10
    ends = [end for number in numbers for end in (number.low, number.high)]
    assert progress.runs < 0.8 * 20 * 120 * 4 * 2
    assert all(end.leader == STAYS for end in ends)
    for end in ends:  # the pair is known well, or as well as the most draws allow
        assert end.gap.high - end.gap.low < 0.3
    assert numbers[0].distinguishable


def test_numbers_that_take_nothing_from_the_lead_are_told_for_the_leader(well):
    question, base, _ = well
    assert told_of(question, base.pair).pair == (2, 3)
    same = np.repeat(base.pair[:, :1], 2, axis=1)
    assert told_of(question, same).pair == (2,)
