"""What is asked, and how runs are made for it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np

from sim.analysis.sensitivity.inquiry import (
    Inquiry,
    KeptOutcomes,
    MainAnswer,
    SensitivitySizes,
    ahead,
    play_outcomes,
    reached,
)
from sim.engines.batch import run_blocks
from sim.scenario import Encoder, load_scenario
from sim.scenario.sampling.unknowns import PARTITIONS
from sim.types import Outcome
from sim.types.playing import SILENCE, Size
from tests.analysis.synthetic import CountedRuns, blocks

MINIMAL = Path(__file__).resolve().parents[3] / "scenarios" / "minimal.yaml"


def test_every_outcome_stands_at_its_draw_format_and_replication():
    kept = KeptOutcomes(60, 5, 8)
    for first, runs in reversed(list(blocks(block=7))):
        kept.add(first, runs)
    ((_, whole),) = blocks(block=1000)
    np.testing.assert_array_equal(kept.outcome, whole.outcome.reshape(60, 5, 8))


def test_a_measure_is_reached_from_its_outcome_on():
    every = np.array(list(Outcome), dtype=np.uint8)
    assert every[reached(every, "settlement") == 1.0].tolist() == [Outcome.SETTLEMENT]
    assert every[reached(every, "in_force") == 1.0].tolist() == [Outcome.PARTIAL, Outcome.SETTLEMENT]


def test_played_outcomes_are_those_of_the_runs():
    encoder, progress = Encoder(load_scenario(MINIMAL), seed=4), CountedRuns()
    played = play_outcomes(encoder, (1, 0), Size(5, 3, 4, 1), progress=progress)
    ((_, runs),) = run_blocks(encoder, n_draws=5, replications=3, formats=(1, 0), threads=1)
    np.testing.assert_array_equal(played, runs.outcome.reshape(5, 2, 3))
    assert progress.runs == 30


def test_runs_of_some_draws_are_those_of_all():
    encoder = Encoder(load_scenario(MINIMAL), seed=4)
    question = MainAnswer(Inquiry(encoder, (0, 1), SensitivitySizes(2, 2)), SILENCE, "settlement", 0, 1)
    whole = reached(play_outcomes(encoder, (1, 0), Size(40, 2, 4, 1)), "settlement")
    draws = np.array([1, 4, 5, 17, 38])
    np.testing.assert_array_equal(question.play((1, 0), question.draws(draws)), whole[draws])
    np.testing.assert_array_equal(ahead(whole), whole[:, 0] - whole[:, 1])
    np.testing.assert_array_equal(ahead(whole[:, :1]), whole[:, 0])


def test_the_most_runs_are_those_of_both_answers_and_every_number_held():
    encoder = Encoder(load_scenario(MINIMAL), seed=4)
    inquiry = Inquiry(encoder, (0, 1), SensitivitySizes(10, 4, widened=100))
    stations = 1 + sum(len(inquiry.groups(name)) - 1 for name in PARTITIONS)
    assert inquiry.runs == 2 * (stations * 10 * 3 + 2 * 10 * 4 * 2)
    assert dataclasses.replace(inquiry, n_widened=1).runs == inquiry.runs + 2 * (100 * 2 + 4 * 2)
    assert dataclasses.replace(inquiry, formats=(0,)).runs == 2 * (stations * 10 + 2 * 10 * 4)
