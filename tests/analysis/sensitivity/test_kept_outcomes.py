"""Outcomes kept draw by draw: in place whatever the blocks, and read by measure."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sim.analysis.sensitivity.kept_outcomes import KeptOutcomes, play_outcomes, reached
from sim.engines.batch import run_blocks
from sim.scenario import Encoder, load_scenario
from sim.types import Outcome
from sim.types.playing import Size
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
