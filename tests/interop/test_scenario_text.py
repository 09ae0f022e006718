"""The scenario that a table gives: options, status quo, consent, and that it runs."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sim.interop import read_table, scenario_text
from sim.interop.scale_options import MOST, scale_options
from sim.interop.voting_rules import consent_of
from sim.scenario import load_raw
from sim.types import PositionTable, SpatialIssue, Stand

EXAMPLES = Path(__file__).resolve().parents[2] / "scenarios" / "examples"


def one_issue(*positions: float, **more) -> SpatialIssue:
    stands = tuple(Stand(f"actor {k}", x, 50.0, 1.0 + k) for k, x in enumerate(positions))
    return SpatialIssue("p", "i", stands, **more)


def written(table: PositionTable, **more):
    text, notes = scenario_text(table, "t.csv", **more)
    return text, yaml.safe_load(text), notes


def harbour(proposal: str) -> PositionTable:
    return read_table(EXAMPLES / "harbour-long.csv").table.of(proposal)


def test_positions_and_a_grid_are_options():
    found = scale_options(one_issue(33.0, 96.0, 97.0), 0.0)
    places = [one.position for one in found]
    assert places == [0, 10, 20, 33, 40, 50, 60, 70, 80, 90, 96, 97]
    assert found[3].held_by == ("actor 0",)


def test_too_many_positions_are_merged_where_they_are_nearest():
    found = scale_options(one_issue(*(float(x) for x in range(0, 60, 2)), 100.0), 31.0)
    assert len(found) == MOST
    assert {31.0, 100.0} <= {one.position for one in found}  # the status quo stays where it is
    stood_for = {one.position for one in found if one.held_by} | {x for one in found for x in one.merged}
    assert stood_for - {31.0} == {float(x) for x in range(0, 60, 2)} | {100.0}


@given(st.lists(st.floats(0, 100), min_size=2, max_size=40), st.floats(0, 100))
def test_options_hold_everybody_once_and_the_status_quo(positions, home):
    issue = one_issue(*positions)
    found = scale_options(issue, home)
    assert 2 <= len(found) <= MOST
    assert sorted(name for one in found for name in one.held_by) == sorted(issue.actors)
    assert any(abs(one.position - home) <= 0.5 for one in found)
    places = [one.position for one in found]
    assert places == sorted(set(places))


def test_options_of_other_scales_are_rounded_in_their_units():
    found = scale_options(one_issue(4.0, 6.123, 10.0, low=4.0, high=10.0), 4.0)
    assert 6.12 in [one.position for one in found]
    assert found[-1].position == 10


def test_a_scenario_says_what_the_table_says():
    text, data, notes = written(harbour("quay"))
    resolved = load_raw(data)
    assert resolved.numbers["parties.north.salience.length-of-the-quay"].form == 50
    assert data["issues"]["length-of-the-quay"]["status_quo"] == "p0"
    assert data["parties"]["ep"]["values"]["length-of-the-quay"]["ideal"]["sources"] == ["table"]
    assert data["formats"]["council"]["consent"] == {"weight": 0.712, "vetoes": ["ep"]}
    assert "# ASSUMED: the table has no reference point" in text
    assert any("no reference point; 100 is assumed" in note for note in notes)
    assert "no stand on share of the dues" in text


def test_a_yes_no_issue_is_like_any_other():
    _, data, _ = written(harbour("pilots"))
    resolved = load_raw(data)
    assert list(resolved.formats) == ["council"]
    assert data["formats"]["council"]["consent"] == {"rule": "unanimity"}
    assert {"p0", "p100", "as_it_is"} <= set(data["issues"]["licence-for-pilots"]["options"])


def test_every_example_is_sound():
    for name in ("river-ktab", "delay-eu"):
        text, data, _ = written(read_table(EXAMPLES / f"{name}.csv").table, unit="years", loss=2.0)
        resolved = load_raw(data)
        assert len(resolved.parties) == len(data["parties"])
        assert "years" in text


def test_names_that_are_awkward_as_ids():
    stands = tuple(Stand(name, x, 50, 1) for name, x in (("no", 0), ("No.", 50), ("3rd", 70), ("Ö", 100)))
    _, data, _ = written(PositionTable((SpatialIssue("p: 1", 'a "b" #c', stands),)))
    assert list(data["parties"]) == ["no", "no-2", "x3rd", "o"]
    assert data["parties"]["no-2"]["name"] == "No."
    assert data["issues"]["a-b-c"]["name"] == 'a "b" #c'
    load_raw(data)


def test_an_actor_that_cares_about_nothing_watches():
    stands = (Stand("a", 0, 50, 1), Stand("b", 100, 50, 1), Stand("c", 40, 0, 5))
    _, data, notes = written(PositionTable((SpatialIssue("p", "i", stands),)))
    assert data["formats"]["council"]["seats"]["c"] == "observer"
    assert any("c has no salience" in note for note in notes)
    load_raw(data)


def test_what_makes_no_scenario_is_refused():
    harbours = read_table(EXAMPLES / "harbour-long.csv").table
    with pytest.raises(ValueError, match="2"):
        scenario_text(harbours, "t.csv")
    with pytest.raises(ValueError, match="two actors"):
        scenario_text(PositionTable((one_issue(3.0),)), "t.csv")
    mixed = PositionTable((one_issue(1.0, 2.0, voting_rule="QMV"), one_issue(1.0, 2.0, voting_rule="Unan")))
    with pytest.raises(ValueError, match="different voting rules"):
        scenario_text(mixed, "t.csv")


@pytest.mark.parametrize(
    ("rule", "wave", "n_states", "members", "weight"),
    [
        ("QMV", "1", 15, 0, 0.712),
        ("QMV(10)", "1", 15, 0.666, 0.712),
        ("QMV", "2", 15, 0, 0.712),
        ("QMV", "2", 25, 0.51, 0.722),
        ("QMV", "2", 27, 0.51, 0.739),
        ("QMV", "3", 28, 0.55, 0.65),
        ("", "", 5, 0, 0.5),
    ],
)
def test_consent_by_the_treaty_of_the_wave(rule, wave, n_states, members, weight):
    """62 of 87, 232 of 321 and 255 of 345 votes; 55% of states with 65% of people."""
    found = consent_of(rule, wave, n_states)
    assert (found.members, found.weight) == (members, weight)


def test_exactly_enough_votes_are_enough():
    for votes, of, share in ((62, 87, 0.712), (232, 321, 0.722), (255, 345, 0.739)):
        assert votes / of >= share > (votes - 1) / of
