"""The resolved schema: digest, YAML that loads again, numbers and shifts by path."""

from __future__ import annotations

import pytest
import yaml

from sim.scenario import load_raw, load_scenario
from sim.scenario.schema.numbers import DEFAULT_NOTE
from sim.scenario.schema.priors import SHARED_NOTE
from sim.scenario.schema.resolved import bars_worse, walk_numbers
from sim.scenario.schema.written import Party, RedLine
from tests.scenario.tiny import tiny

AWKWARD = ("no", "1e3", "0o17", ".inf", "null", "~", "a: b", "- x", "Đất", "2001-01-01", "12:30")


@pytest.mark.parametrize("word", AWKWARD)
def test_words_that_look_like_something_else_stay_words(word: str, tmp_path) -> None:
    resolved = load_raw(tiny(notes=word, parties__a__name=word))
    file = tmp_path / "resolved.yaml"
    file.write_text(resolved.to_yaml(), encoding="utf-8")
    again = load_scenario(file)
    assert (again.notes, again.parties["a"].name) == (word, word)
    assert again == resolved
    assert again.digest == resolved.digest


def test_floats_are_written_exactly_and_each_number_on_one_line() -> None:
    text = load_raw(tiny(parties__a__patience=0.1 + 0.2, behaviour={"learning_prior": float("inf")})).to_yaml()
    assert "patience: {value: 0.30000000000000004, basis: assumed, sources: []}" in text
    assert "learning_prior: {value: .inf," in text
    assert yaml.safe_load(text)["parties"]["a"]["patience"]["value"] == 0.1 + 0.2


def test_the_digest_is_of_what_is_computed_from() -> None:
    digest = load_raw(tiny()).digest
    assert load_raw(tiny(parties__a__patience=0.9)).digest != digest
    assert load_raw(tiny(labels={"vi": {"title": "Nho"}})).digest == digest
    assert load_raw(tiny(reference_class={"settlement": "crisis-war-formal"})).digest == digest
    shuffled = tiny()
    shuffled["parties"]["a"]["salience"] = dict(reversed(shuffled["parties"]["a"]["salience"].items()))
    assert load_raw(shuffled).digest == digest


def test_numbers_go_by_the_path_by_which_they_are_set() -> None:
    resolved = load_raw(tiny(shocks={"s": {"hazard": 0.1, "set": {"parties.a.patience": {"to": 0.5}}}}))
    assert resolved.numbers["parties.a.salience.peace"].form == 3.0
    assert resolved.numbers["issues.peace.options.treaty.enforcement.a"].form == 0.1
    assert dict(walk_numbers(resolved.parties["a"], ("a",)))[("a", "patience")].form == 0.97
    assert list(resolved.shifts) == ["parties.a.patience"]
    (shift,) = resolved.shifts["parties.a.patience"]
    assert shift is not None
    assert shift.to == 0.5


def test_a_resolved_scenario_cannot_be_changed() -> None:
    with pytest.raises(Exception, match="frozen"):
        load_raw(tiny()).title = "Another"  # type: ignore[misc]


def test_names_and_blocs_are_ids_where_none_are_given() -> None:
    resolved = load_raw(tiny(parties__b__name="The other"))
    assert [(party.name, party.bloc) for party in resolved.parties.values()] == [("a", "a"), ("The other", "b")]
    assert resolved.issues["land"].options["half"].name == "half"
    assert (resolved.formats["both"].name, resolved.summary, resolved.notes) == ("both", "", "")


def test_constants_are_the_partys_own_else_the_files_else_shared() -> None:
    data = tiny(behaviour={"foresight": 0.2}, parties__a__behaviour={"reciprocity": 0.7, "strategy": "boulware"})
    resolved = load_raw(data)
    a, b = (party.behaviour for party in resolved.parties.values())
    assert (a.foresight.form, a.reciprocity.form, a.strategy) == (0.2, 0.7, "boulware")
    assert (b.foresight.form, b.strategy) == (0.2, "standard")
    assert b.reciprocity == resolved.behaviour.reciprocity
    assert b.reciprocity.note == SHARED_NOTE


@pytest.mark.parametrize(
    ("values", "said", "bars"),
    [
        ({"options": {"x": 1, "y": 0}}, None, False),
        ({"ranking": ["x", "y"]}, None, True),
        ({"ideal": 3}, None, True),
        ({"ranking": ["x", "y"]}, False, False),
        ({"options": {"x": 1, "y": 0}}, True, True),
    ],
)
def test_a_line_bars_what_is_worse_on_ranked_and_numeric_values(values: dict, said: bool | None, bars: bool) -> None:
    line = {"issue": "i", "options": "y", "firmness": 1} | ({} if said is None else {"and_worse": said})
    party = Party.model_validate({"salience": {"i": 1}, "values": {"i": values}, "red_lines": {"l": line}})
    assert bars_worse(RedLine.model_validate(line), party) is bars


def test_chances_of_the_floor_are_filled_in_where_the_protocol_uses_them() -> None:
    plain = load_raw(tiny()).formats["both"].seats["a"]
    by_lot = load_raw(tiny(formats__both__protocol="proposal_and_vote")).formats["both"].seats["a"]
    assert plain.recognition is None
    assert by_lot.recognition is not None
    assert (by_lot.recognition.form, by_lot.recognition.note) == (1.0, DEFAULT_NOTE)


def test_agendas_and_groups_are_written_out() -> None:
    stages = load_raw(tiny(formats__both__agenda={"order": ["land", "peace"]})).formats["both"].agenda
    assert (stages.issues, stages.order, stages.stages) == (("land", "peace"), "given", (("land",), ("peace",)))
    groups = {"one": {"issues": ["peace"]}, "two": {"issues": ["land"], "members": ["b", "a"]}}
    talks = load_raw(tiny(formats__both__protocol="baskets", formats__both__baskets=groups)).formats["both"]
    assert talks.agenda.issues == ("peace", "land")
    assert {key: basket.members for key, basket in talks.baskets.items()} == {"one": ("a", "b"), "two": ("b", "a")}
    assert talks.group_months == 1
    assert talks.consent.rule == "unanimity"
