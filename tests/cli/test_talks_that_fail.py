"""The small files of talks that can fail: a river without a deal and with one, a strike that either side may risk."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner

import parley
from sim.cli.main import app

SCENARIOS = Path(__file__).parents[2] / "scenarios"


@cache
def compared(name: str, *overrides: str) -> parley.Comparison:
    scenario = parley.load(SCENARIOS / f"{name}.yaml")
    for override in overrides:
        scenario = scenario.override(override)
    return parley.compare(scenario, draws=48, replications=4, variants=False, benchmarks=False)


def test_an_empty_zone_is_told_as_no_deal_and_a_wide_one_is_not() -> None:
    call = ("compare", SCENARIOS / "river-dam.yaml", "--draws", "48", "--replications", "4", "--no-variants")
    found = CliRunner().invoke(app, [*map(str, call), "--no-report", "--quiet"])
    assert found.exit_code == 0, found.output
    told = " ".join(found.output.split())
    assert told.count("No deal exists for those at the table in most runs of Water alone (100%).") == 1
    assert "No settlement exists at these interests, in any format" not in told
    assert "gets furthest" not in told


def test_something_to_pay_with_makes_a_deal() -> None:
    alone, power = compared("river-dam").formats
    assert (alone.measures["agreed"].value, alone.measures["settlement"].value) == (0.0, 0.0)
    assert power.measures["agreed"].low > 0.4


@pytest.mark.parametrize("slot", [0, 1], ids=["table", "mediator"])
def test_a_wage_dispute_fails_and_succeeds(slot: int) -> None:
    """And fails more often where a strike promises the union more, or hurts the employer less."""
    base, full, empty, stores = (
        compared("wage-dispute", *overrides).formats[slot].measures["agreed"]
        for overrides in ((), ("strike-fund-full",), ("strike-fund-empty",), ("stores-full",))
    )
    assert (base.low > 0.1, base.high < 0.9) == (True, True)
    assert full.value < base.value < empty.value
    assert stores.value < base.value
