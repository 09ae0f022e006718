"""A scenario that is loaded is kept: changes start from it, and it notices that its file has changed."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import pytest

import parley
from sim.app import scenarios
from tests.scenario.tiny import tiny

BASE = Path(__file__).parent.parent / "scenarios" / "base.yaml"
PATH = "parties.north.patience"


def test_a_change_does_not_read_the_file_again(monkeypatch: pytest.MonkeyPatch):
    scenario = parley.load(BASE)
    monkeypatch.setattr(scenarios, "load_kept", lambda *_, **__: pytest.fail("the file was read again"))
    first = scenario.set({PATH: 0.5})
    assert first.resolved.numbers[PATH].form == 0.5
    assert first.set({PATH: 0.6}).override("soft").under("foresight=0").resolved.numbers[PATH].form == 0.6
    assert scenario.resolved.numbers[PATH].form not in (0.5, 0.6)


def test_a_file_that_was_edited_is_read_again(tmp_path: Path):
    file = tmp_path / "copy.yaml"
    file.write_text(BASE.read_text(encoding="utf-8"), encoding="utf-8")
    scenario = parley.load(file)
    file.write_text(BASE.read_text(encoding="utf-8").replace("\ntitle:", "\ntitle: Edited #"), encoding="utf-8")
    assert scenario.set({PATH: 0.5}).resolved.title == "Edited"
    file.unlink()
    with pytest.raises(parley.ScenarioError, match="cannot be read"):
        scenario.set({PATH: 0.6}).resolved  # noqa: B018


def test_a_mapping_is_what_it_was_when_it_was_loaded():
    data = tiny()
    scenario = parley.load(data)
    data["parties"]["a"]["patience"] = 0.11
    assert scenario.set({"parties.b.patience": 0.5}).resolved.parties["a"].patience.form != 0.11


def test_a_scenario_keeps_no_chain_of_those_before_it():
    first = parley.load(BASE)
    gone, scenario = weakref.ref(first.resolved), first.set({PATH: 0.5})
    for step in range(2):
        scenario = scenario.set({PATH: 0.1 + step / 10})
        scenario.resolved  # noqa: B018
    scenario = scenario.set({PATH: 0.3})
    del first
    gc.collect()
    assert gone() is None


def test_scenarios_that_say_the_same_are_equal_whether_kept_or_not():
    assert parley.load(BASE).set({PATH: 0.5}) == scenarios.Scenario(BASE).set({PATH: 0.5})
