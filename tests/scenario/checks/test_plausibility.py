"""Names and numbers that are hardly meant: told, and not of a file in which they are usual."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario import load_scenario
from sim.scenario.checks.plausibility import nothing_to_gain, same_names, unlikely_numbers, weightless_after_shocks

BASE = Path(__file__).parents[2] / "scenarios" / "base.yaml"
RULES = (nothing_to_gain, same_names, unlikely_numbers, weightless_after_shocks)


def said(*sets: str) -> list[tuple[str, str, str]]:
    resolved = load_scenario(BASE, sets=sets)
    return [warning for rule in RULES for warning in rule(resolved)]


def test_a_usual_file_gives_no_warning():
    assert said() == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("price_of_no_settlement.now=-50", "no settlement costs this party many times what the best deal gives"),
        ("price_of_no_settlement.now=0.5", "no settlement is worth something"),
        ("price_of_no_settlement.drift={uniform: [0.1, 0.2]}", "no settlement is worth something"),
        ("patience=0.001", "less than half counts"),
        ("outside_option=3", "more than the best deal can be"),
        ("talk_cost=2", "costs more than the best deal gives"),
        ("meeting_value=-2", "a month of meeting outweighs"),
    ],
)
def test_numbers_far_from_what_a_deal_could_be_worth(change: str, words: str):
    ((path, message, _),) = [one for one in said(f"parties.north.{change}") if one[0].endswith(change.split("=")[0])]
    assert path == f"parties.north.{change.split('=')[0]}"
    assert words in message


def test_several_numbers_of_one_fault_are_told_once():
    ((path, _, seen),) = said("parties.*.patience=0.01")
    assert path == "parties.north.patience"
    assert seen == "0.01; also parties.south.patience"


def test_one_name_for_two():
    assert said("parties.south.name=north")[0][2] == "'north', also parties.north"
    assert said("issues.land.options.ceded.name= SHARED ")[0][0] == "issues.land.options.ceded.name"


def test_a_party_that_cannot_gain_or_lose():
    options = {"peace": "war, truce, treaty", "land": "kept, shared, ceded", "talks": "none, monthly"}
    alike = [f"parties.north.values.{issue}={{ranking: [[{tied}]]}}" for issue, tied in options.items()]
    assert said(*alike) == []  # the linkage still tells deals apart
    message = "values every deal alike: it can neither gain nor lose by any"
    assert said(*alike, "parties.north.linkages={}") == [("parties.north.values", message, "in 16 of 16 draws")]


def test_a_party_for_which_the_status_quo_is_best():
    best = "parties.south.values.peace={options: {war: 1, truce: 0.5, treaty: 0.2}}"
    assert said(best)[0][0] == "parties.south"
    assert "no settling option is better for it" in said(best)[0][1]
    assert said(best, "parties.south.price_of_no_settlement.now=-0.1") == []


def test_a_shock_that_leaves_no_weight():
    partly = "shocks.flood.set={parties.south.salience.peace: {times: 0}}"
    wholly = "shocks.flood.set={parties.south.salience.peace: {times: 0}, parties.south.salience.land: {to: 0}}"
    assert said(partly) == []
    assert said(wholly) == [("shocks.flood", "after it a party has no weight left on any issue", "south")]
