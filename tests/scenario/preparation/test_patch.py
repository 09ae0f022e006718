"""Sets, overrides and named scenarios."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario import ScenarioError, load_scenario

BASE = Path(__file__).parents[2] / "scenarios" / "base.yaml"


def problems(**options):
    with pytest.raises(ScenarioError) as caught:
        load_scenario(BASE, **options)
    return caught.value.problems


def test_a_set_changes_a_number_and_reads_yaml():
    resolved = load_scenario(BASE, sets=["parties.north.patience={uniform: [0.8, 0.9]}", "horizon_months=6"])
    assert resolved.parties["north"].patience.uniform == (0.8, 0.9)
    assert resolved.horizon_months == 6


def test_a_set_creates_what_the_schema_allows():
    resolved = load_scenario(
        BASE, sets=["parties.south.behaviour.foresight=1", "parties.south.price_of_no_settlement.now=-1"]
    )
    assert resolved.parties["south"].behaviour.foresight.value == 1
    assert resolved.parties["south"].price_of_no_settlement.now.value == -1


def test_a_set_goes_through_what_the_file_gives_in_short():
    sets = [
        "formats.pair.seats.south.recognition=2",
        "formats.pair.consent.abstention=true",
        "formats.pair.agenda.order=easy_first",
    ]
    (pair,) = load_scenario(BASE, sets=sets).formats.values()
    assert (pair.seats["south"].role, pair.seats["south"].recognition.value) == ("principal", 2)
    assert (pair.consent.rule, pair.consent.abstention) == ("unanimity", True)
    assert (pair.agenda.order, pair.agenda.issues) == ("easy_first", ("peace", "land", "talks"))


def test_a_star_stands_for_every_key():
    resolved = load_scenario(BASE, sets=["parties.*.patience=0.5"])
    assert [party.patience.value for party in resolved.parties.values()] == [0.5, 0.5]


@pytest.mark.parametrize(
    ("text", "path", "words"),
    [
        ("parties.nort.patience=1", "parties.nort", "did you mean 'north'"),
        ("parties.north.behavior.foresight=1", "parties.north.behavior", "did you mean 'behaviour'"),
        ("parties.north.patience.value=1", "parties.north.patience", "runs into a value"),
        ("parties.north.patiense=1", "parties.north.patiense", "did you mean 'patience'"),
        ("parties.north.patience=2", "parties.north.patience", "above 0, at most 1"),
        ("parties.north.patience=[1", "parties.north.patience", "YAML"),
        ("horizon_months", "", "dotted.path=value"),
        ("parties.east.name=East", "parties.east", "leads nowhere"),
    ],
)
def test_a_wrong_set_is_told_with_its_own_words(text, path, words):
    (found,) = problems(sets=[text])
    assert found.path == path
    assert found.line is None
    assert words in str(found)
    assert f"--set {text}" in str(found)


def test_later_changes_win():
    sets = ["parties.south.red_lines.no-cession.firmness=0.2"]
    assert load_scenario(BASE, scenario="mild").parties["south"].red_lines["no-cession"].firmness.value == 0
    both = load_scenario(BASE, overrides=["soft"], sets=sets)
    assert both.parties["south"].red_lines["no-cession"].firmness.value == 0.2


@pytest.mark.parametrize(("options", "guess"), [({"overrides": ["sofd"]}, "soft"), ({"scenario": "mildd"}, "mild")])
def test_unknown_names(options, guess):
    (found,) = problems(**options)
    assert found.suggestion == guess
