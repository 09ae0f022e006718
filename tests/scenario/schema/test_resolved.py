"""The resolved schema: digest, YAML that loads again, numbers and shifts by path."""

from __future__ import annotations

import pytest
import yaml

from sim.scenario import load_raw, load_scenario
from sim.scenario.schema.resolved import walk_numbers
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
