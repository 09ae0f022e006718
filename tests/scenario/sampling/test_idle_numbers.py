"""Which numbers nothing reads, and why; that they move nothing is a law (`tests/laws/test_idle_numbers.py`)."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from sim.scenario import load_raw
from sim.scenario.sampling.idle_numbers import POWERLESS, SILENT, idle
from tests.scenario.tiny import tiny

LINE = "parties.x.red_lines.no"


def with_guarantor() -> dict[str, Any]:
    """North and South talk; G guarantees the treaty; X sits nowhere and has no standing."""
    interests: dict[str, Any] = {"salience": {"peace": 1}, "values": {"peace": {"ranking": ["treaty", "truce", "war"]}}}
    return {
        "parley": 1,
        "id": "g",
        "title": "G",
        "issues": {
            "peace": {
                "level": "core",
                "status_quo": "war",
                "options": {"war": {}, "truce": {}, "treaty": {"settles": True, "guarantors": ["g"]}},
            }
        },
        "parties": {key: copy.deepcopy(interests) for key in ("north", "south", "g", "x")},
        "formats": {
            "pair": {
                "seats": {"north": "principal", "south": "principal", "g": "guarantor"},
                "calendar": {"months": 3, "rounds_per_month": 2},
            }
        },
    }


def whys(*sets: str) -> dict[str, str]:
    return idle(load_raw(with_guarantor(), sets=sets))


@pytest.mark.parametrize("key", ["patience", "meeting_value", "talk_cost", "behaviour.foresight"])
def test_who_only_guarantees_does_not_bargain(key: str) -> None:
    found = whys()
    assert found[f"parties.g.{key}"] == SILENT
    assert f"parties.north.{key}" not in found
    assert "parties.g.price_of_no_settlement.now" not in found


@pytest.mark.parametrize(
    ("change", "path", "why"),
    [
        ("parties.north.leverage={x: %s}", "parties.north.leverage.x.ability", "the other decides nothing"),
        ("parties.x.leverage={north: %s}", "parties.x.leverage.north.cost", "can press"),
        ("parties.north.support={x: 0.1}", "parties.north.support.x", "the other decides nothing"),
        (f"{LINE}={{issue: peace, options: truce, firmness: 1}}", f"{LINE}.firmness", POWERLESS),
        ("parties.x.beliefs={north: {salience: {peace: 2}}}", "parties.x.beliefs.north.salience.peace", "puts none"),
        ("parties.north.standing={peace: {war: 1}}", "parties.north.standing.peace.war", "status quo"),
        ("parties.g.standing={peace: {treaty: 1}}", "parties.g.standing.peace.treaty", "full standing"),
        ("parties.north.behaviour.strategy=hard_liner", "parties.north.behaviour.concession_exponent", "hard_liner"),
        ("issues.peace.options.truce.enforcement={x: 0.1}", "issues.peace.options.truce.enforcement.x", POWERLESS),
        ("formats.pair.seats.g={role: guarantor, talk_cost: 1}", "formats.pair.seats.g.talk_cost", "does not speak"),
        ("formats.pair.seats.g={role: guarantor, required: true}", "formats.pair.seats.g.required", "come"),
        ("formats.pair.consent={rule: unanimity, vetoes: [north]}", "formats.pair.consent.vetoes", "everybody"),
        ("formats.pair.transparency=secret", "formats.pair.transparency", "track"),
    ],
)  # fmt: skip
def test_what_nothing_reads_is_idle_and_says_why(change: str, path: str, why: str) -> None:
    assert path not in whys()
    assert why in whys(change.replace("%s", "{ability: 0.3, motive: 0.5, cost: 0.1}"))[path]


def test_a_lever_without_ability_or_motive_is_idle_but_for_what_would_pull_it() -> None:
    path = "parties.north.leverage.south"

    def found(motive: str, *sets: str) -> set[str]:
        lever = f"{{ability: 0.3, motive: {motive}, cost: 0.1, spent_by: {{peace: {{truce: 1}}}}}}"
        idle_paths = whys(f"{path}={lever}", *sets)
        return {key.removeprefix(f"{path}.") for key in idle_paths if key.startswith(path)}

    assert found("0.5") == set()
    assert found("0") == {"ability", "cost", "spent_by.peace.truce"}
    assert found("0", "shocks={s: {hazard: 0.1, set: {parties.north.leverage.south.motive: {to: 0.5}}}}") == set()
    assert found("0.5", "parties.north.bloc=b", "parties.south.bloc=b") == {
        *("ability", "motive", "cost", "spent_by.peace.truce")
    }


def test_constants_of_tracks_need_a_track_and_a_secret_leg() -> None:
    keys = ("trust_premium", "misremembering", "coalition_support")
    assert all("only tracks" in whys()[f"behaviour.{key}"] for key in keys)
    track = "tracks={t: {legs: [pair, pair]}}"
    assert "secret" in whys(track)["behaviour.misremembering"]
    assert not any(f"behaviour.{key}" in whys(track, "formats.pair.transparency=secret") for key in keys)


def test_constants_of_levers_and_beliefs_need_one() -> None:
    more = whys("parties.north.support={south: 0.1}", "parties.north.beliefs={south: {salience: {peace: 2}}}")
    for key in ("behaviour.pressure_cap", "behaviour.learning_prior"):
        assert key in whys()
        assert key not in more


def test_who_does_not_speak_signs_nothing_and_feels_what_it_gives_up() -> None:
    found = whys()
    for key in ("optimism", "signing_cost", "commitment_premium"):
        assert found[f"parties.g.behaviour.{key}"] == SILENT
        assert f"parties.north.behaviour.{key}" not in found
    assert "parties.g.behaviour.concession_aversion" not in found
    without = whys("parties.x={}", "formats.pair.seats.x=observer")
    assert "no issue" in without["parties.x.behaviour.concession_aversion"]


def test_the_next_chance_needs_a_claim_and_a_price_of_lines_a_line() -> None:
    assert "behaviour.next_chance" not in whys()
    off = ("behaviour.optimism=-1", "parties.x.behaviour.optimism=0.5")  # x does not speak
    assert "claims nothing" in whys(*off)["behaviour.next_chance"]
    assert "behaviour.next_chance" not in whys(*off, "parties.north.behaviour.optimism={uniform: [-1, 0]}")
    assert "no party has a red line" in whys()["behaviour.line_price"]
    assert "behaviour.line_price" not in whys(f"{LINE}={{issue: peace, options: truce, firmness: 1}}")


def test_the_support_of_a_home_is_read_in_place_of_its_margin_under_the_switch() -> None:
    home = "parties.north.ratification={margin: 0.1, support: 0.4}"
    assert set(whys(home)) - set(whys()) == {"parties.north.ratification.support"}
    changed = set(whys(home, "behaviour.rules.homes=support")) - set(whys())
    assert changed == {"parties.north.ratification.margin"}


def test_capability_counts_in_votes_by_weight_and_in_simple_forecasts() -> None:
    assert "parties.north.capability" in whys()
    assert "parties.north.capability" not in whys("formats.pair.consent={weight: 0.5}")
    with_ideal = idle(load_raw(tiny(), sets=["parties.a.capability=2", "parties.b.capability=2"]))
    assert "parties.a.capability" not in with_ideal
    assert "parties.b.capability" in with_ideal


@pytest.mark.parametrize(
    ("condition", "idle_line"),
    [({"land": "half"}, True), ({"land": ["kept", "half"], "peace": "treaty"}, False), ({"peace": "treaty"}, False)],
)
def test_a_conditional_line_counts_where_an_agenda_can_meet_it(condition: dict[str, Any], idle_line: bool) -> None:
    line = {"if": condition, "firmness": 1}
    found = idle(load_raw(tiny(parties__a__red_lines={"l": line}, formats__both__agenda=["peace"])))
    assert ("parties.a.red_lines.l.firmness" in found) is idle_line
