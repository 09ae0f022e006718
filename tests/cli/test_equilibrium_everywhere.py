"""A party with `strategy: equilibrium` plays its equilibrium under every command that plays talks, not under some."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.cli.main import app
from sim.engines import batch

QUICK = """
parley: 1
id: quick
title: "One round"
codebooks: {plain: {levels: {price_of_no_settlement: {bad: {value: -0.05}}}}}
references: {C1: {title: "A letter"}}
issues:
  share:
    level: core
    ends_price: true
    status_quo: now
    options: {now: {}, low: {settles: true}, middle: {settles: true}, high: {settles: true}}
    scale: {positions: {now: 0, low: 30, middle: 50, high: 100}}
parties:
  hill:
    salience: {share: 1}
    values: {share: {ideal: 100}}
    price_of_no_settlement: {now: {level: bad}}
    behaviour: {strategy: equilibrium}
  dale:
    salience: {share: 1}
    values: {share: {ideal: 30}}
    price_of_no_settlement: {now: {level: bad}}
    behaviour: {strategy: equilibrium}
formats:
  talks: {seats: {hill: principal, dale: principal}, calendar: {months: 3, rounds_per_month: 1}}
  again: {seats: {hill: principal, dale: principal}, calendar: {months: 3, rounds_per_month: 1}}
overrides:
  calm: {set: {parties.hill.patience: 0.9}}
codebook: plain
documented:
  talks: {outcome: [settlement], sources: [C1], note: "as the letter has it"}
"""
STUDY = "study: 1\nscenario: quick.yaml\nformats: {narrow: talks, wide: [again]}\nsplit: [dale]\ncontacts: null\n"
RETRODICTION = """
retrodiction: 1
id: quick-cases
title: "One case"
cases: [quick.yaml]
"""
MECHANISMS = """
mechanisms: 1
id: quick-mechanisms
title: "One mechanism"
scenarios: [quick.yaml]
entries:
  M1:
    name: Patience
    statement: "Who can wait asks for more."
    claims: [C1]
    basis: asserted
    carried_by: {fields: parties.hill.patience, rules: sim/rules/aspiration.py}
    observable: "More waiting."
    tests: tests/net/test_equilibrium_everywhere.py::test_the_engine_is_given_the_plan
    ablations: [{switch: "Patience", with: {of: settlement, override: calm}, without: {of: settlement}}]
"""
SIZE = ["--draws", "2", "--replications", "2", "-q"]
COMMANDS = {
    "compare": ["compare", "quick.yaml", "--no-variants", *SIZE],
    "study": ["study", "study.yml", *SIZE],
    "retrodict": ["retrodict", "cases.yml", "--design-draws", "2", *SIZE],
    "mechanisms": ["mechanisms", "mechanisms.yml", *SIZE],
    "forecast": ["forecast", "quick.yaml", *SIZE],
}


@pytest.mark.parametrize("command", COMMANDS)
def test_the_engine_is_given_the_plan(command: str, workplace: Path, monkeypatch: pytest.MonkeyPatch):
    for name, text in (
        ("quick.yaml", QUICK),
        ("study.yml", STUDY),
        ("cases.yml", RETRODICTION),
        ("mechanisms.yml", MECHANISMS),
    ):
        Path(name).write_text(text, encoding="utf-8")
    planned: list[bool] = []
    played = batch.play_block

    def spy(tables, work, out, **how):
        planned.append(bool(tables.arrays.plan_chance.any()))
        played(tables, work, out, **how)

    monkeypatch.setattr(batch, "play_block", spy)
    made = CliRunner().invoke(app, COMMANDS[command])
    assert made.exit_code == 0, f"{made.output}\n{made.exception!r}"
    assert planned
    assert all(planned)
