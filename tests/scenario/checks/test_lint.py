"""What is worth a second look in a sound file."""

from __future__ import annotations

from pathlib import Path

from sim.scenario import Encoder, load_scenario, warnings_of

BASE = Path(__file__).parents[2] / "scenarios" / "base.yaml"


def said(*sets: str) -> dict[str, tuple[str, str]]:
    return {one.path: (one.message, one.seen) for one in warnings_of(load_scenario(BASE, sets=sets), file="base")}


def test_assumed_numbers_are_counted_without_defaults():
    rows = Encoder(load_scenario(BASE), seed=1).numbers()
    given = [row for row in rows if row.given]
    message, seen = said()[""]
    assert "assumption" in message
    assert seen.startswith(f"{len(given) - 1} of {len(given)}")
    assert not any(row.path.startswith("parties.south.price") for row in given)


def test_options_off_every_agenda():
    assert said("formats.pair.agenda=[peace, talks]")["issues.land"][1] == "shared, ceded"
    assert "issues.land" not in said()


def test_an_interim_option_that_every_format_closes():
    options = "issues.peace.options.truce={lasts: 6}"
    assert said(options)["issues.peace"][1] == "truce; harvest: early opens them"
    for other in ("formats.*.harvest=early", "behaviour.rules.single_undertaking=false"):
        assert "issues.peace" not in said(options, other)
    assert "issues.peace" not in said()


def test_parties_without_a_seat():
    party = "{salience: {talks: 1}, values: {talks: {ranking: [monthly, none]}}}"
    assert said(f"parties.east={party}")["parties.east"] == ("no format seats this party", "it has no standing either")


def test_a_guarantor_without_a_seat_has_standing():
    party = "{salience: {talks: 1}, values: {talks: {ranking: [monthly, none]}}}"
    found = said(f"parties.east={party}", "issues.land.options.ceded.guarantors=east")
    assert found["parties.east"][1] == "only its standing counts"


def test_linked_issues_in_different_stages_or_working_groups():
    staged = said("formats.pair.agenda={order: [peace, [land, talks]]}")
    assert "apart" in staged["formats.pair.agenda"][0]
    baskets = "{a: {issues: [peace, talks]}, b: {issues: [land]}}"
    grouped = said("formats.pair.protocol=baskets", f"formats.pair.baskets={baskets}")
    assert "apart" in grouped["formats.pair.baskets"][0]
    whole = "{a: {issues: [peace, talks, land]}, b: {issues: [other]}}"
    other = "{level: process, status_quo: none, options: {none: {}, some: {}}}"
    sets = [f"issues.other={other}", "formats.pair.agenda=all", "formats.pair.protocol=baskets"]
    assert not any("apart" in message for message, _ in said(*sets, f"formats.pair.baskets={whole}").values())


def test_numbers_that_no_format_uses():
    found = said("formats.pair.seats.south.recognition=2", "parties.north.capability=3")
    lot = "this number moves nothing: only proposal_and_vote, open_rule and contact groups use recognition"
    assert found["formats.pair.seats.south.recognition"] == (lot, "2")
    used = said("formats.pair.protocol=proposal_and_vote", "formats.pair.seats.south.recognition=2")
    assert not any(path.endswith("recognition") for path in used)
    votes = ("this number moves nothing: no format counts votes by weight", "3")
    assert said("parties.south.capability=3")["parties.south.capability"] == votes
    weighed = said("formats.pair.consent={weight: 0.5}", "parties.south.capability=3")
    assert "parties.south.capability" not in weighed


def test_numbers_and_settings_that_nothing_reads_are_named_and_not_counted():
    plain = said()[""][1]
    found = said("behaviour.trust_premium=0.1", "formats.pair.transparency=secret")
    assert (
        found["behaviour.trust_premium"][0] == "this number moves nothing: only tracks use this, and the file has none"
    )
    assert found["formats.pair.transparency"][0].startswith("this changes nothing: only what a leg of a track moved")
    assert found[""][1] == plain


def test_a_line_that_names_the_status_quo_too():
    found = said("parties.south.red_lines.no-cession.options=[kept, ceded]")
    assert found["parties.south.red_lines.no-cession"][1] == "'kept'"


def test_a_condition_that_no_agenda_can_meet():
    line = "parties.south.red_lines.paid={if: {peace: treaty}, unless: {land: [shared, ceded]}, firmness: 1}"
    apart = "formats.lands={seats: {north: principal, south: principal}, calendar: {months: 6, rounds_per_month: 2}, "
    place = "parties.south.red_lines.paid.unless"
    assert place not in said(line)
    narrow = "formats.pair.agenda=[peace]"
    assert said(line, narrow)[place][1] == "land"
    assert place in said(line, narrow, f"{apart}agenda: [land]}}")
    tracks = "tracks.way={legs: [pair, {format: lands, after: 1}]}"
    assert place not in said(line, narrow, f"{apart}agenda: [land]}}", tracks)  # one leg gives, the next gets
    assert place not in said("parties.south.red_lines.paid={if: {peace: treaty, land: shared}, firmness: 1}", narrow)


def test_a_bloc_whose_members_want_different_things():
    found = said("parties.north.bloc=south")
    (path,) = [one for one in found if one.endswith(".bloc")]
    assert "not asked" in found[path][0]
    assert not any(path.endswith(".bloc") for path in said())


def test_a_file_without_a_core_issue_can_never_settle():
    assert "issues" not in said()
    sets = [
        "behaviour.rules.core=all",
        "issues.peace.level=substance",
        "issues.land.level=substance",
        "issues.talks.level=process",
    ]
    found = said(*sets)
    assert found["issues"] == (
        "no issue is core, so nothing that is agreed counts as a settlement: 0% in every format",
        "level: substance, process",
    )
