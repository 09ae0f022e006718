"""Draws crossed with the fixed design of behavioural constants."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sim.analysis.comparison.constant_design import Designed
from sim.analysis.comparison.constant_sets import constant_sets
from sim.scenario import Encoder, load_scenario

ROOT = Path(__file__).resolve().parents[3]


def test_designed_draws_carry_the_constants_of_their_set() -> None:
    resolved = load_scenario(ROOT / "scenarios" / "minimal.yaml", sets=["parties.lower.behaviour.foresight=0.25"])
    designed = Designed(Encoder(resolved, seed=3))
    tables, plain = designed.tables(5, 40), Encoder(resolved, seed=3).tables(5, 40)
    sets = constant_sets(resolved)
    for row, draw in enumerate(range(5, 45)):
        values = dict(sets[draw % 16].sets)
        assert tables.precision[row] == values["behaviour.precision"]
        assert tables.exponent[row].tolist() == [values["behaviour.concession_exponent"]] * 3
        foresight = values["behaviour.foresight"]
        assert tables.foresight[row].tolist() == [foresight, 0.25, foresight]
    np.testing.assert_array_equal(tables.contribution, plain.contribution)
