"""Design files that are sound: what is a number, what a cell, and where the scenario is found."""

from __future__ import annotations

from pathlib import Path

from sim.app.scenarios import Scenario
from sim.sweep.read_design import make_design, read_design

DESIGNS = Path(__file__).parent / "designs"
MINIMAL = Scenario(Path("scenarios/minimal.yaml"), None)


def test_every_form_of_factor_is_what_loading_shows_it_to_be():
    design = read_design(DESIGNS / "valid" / "village.yaml")
    assert [factor.name for factor in design.structure] == ["firm", "months", "rule"]
    assert [factor.name for factor in design.numbers] == ["lower_price", "mill_weight", "drift", "fund", "foresight"]
    assert design.formats == ("farmers", "all-three", "council")
    assert (len(design.cells), len(design.points.luck), design.n_points) == (8, 4 * 3 * 2 * 4 * 3, 2304)
    assert design.cells[-1].levels == ("both-hold-out", 12, "hold=once")


def test_a_saltelli_sample_gets_a_dummy_of_its_own():
    factors = {"mill": {"path": "parties.mill.salience.sluice", "as": "scale", "range": [0.5, 2]}}
    design = make_design({"factors": factors, "sample": {"sobol": {"n": 8}}}, MINIMAL, name="d")
    assert [factor.name for factor in design.numbers] == ["mill", "dummy"]
    assert design.numbers[1].steering.targets == ()
    assert design.samples[0].shape == (8, 4)
