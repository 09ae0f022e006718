"""What a party can want, own and believe."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenario.tiny import problems, tiny

LINE = {"issue": "land", "options": "ceded", "firmness": 1}


@pytest.mark.parametrize(
    ("changes", "path", "words"),
    [
        ({"salience": {"peace": 0, "land": 0}}, "salience", "without an issue"),
        ({"salience": {"peace": 1, "sea": 1}}, "salience.sea", "unknown issue"),
        ({"values__peace": {"options": {"war": 1, "truce": 0}}}, "values.peace.options", "has no value"),
        ({"values__land": {"ranking": ["kept", "half", "half", "ceded"]}}, "values.land.ranking", "ranked twice"),
        ({"red_lines": {"l": {**LINE, "options": "kept"}}}, "red_lines.l.options", "cannot bar the status quo"),
        ({"standing": {"land": {"sold": 1}}}, "standing.land.sold", "unknown option"),
        ({"support": {"a": 0.1}}, "support.a", "by itself"),
        ({"leverage": {"c": {"ability": 0.1, "motive": 1}}}, "leverage.c", "unknown party"),
        ({"beliefs": {"b": {"firmness": {"never": 1}}}}, "beliefs.b.firmness.never", "unknown red line"),
        ({"beliefs": {"b": {"salience": {"sea": 1}}}}, "beliefs.b.salience.sea", "unknown issue"),
    ],
)
def test_what_makes_no_sense_is_told_once_with_its_place(changes: dict[str, Any], path: str, words: str) -> None:
    found = problems(tiny(**{f"parties__a__{key}": value for key, value in changes.items()}))
    assert [where for where, _ in found] == [f"parties.a.{path}"]
    assert words in found[0][1]


def test_values_may_be_missing_only_where_nothing_weighs_them() -> None:
    data = tiny(parties__a__salience__land=0)
    del data["parties"]["a"]["values"]["land"]
    assert problems(data) == []
    shift = {"parties.a.salience.land": {"add": 1}}
    shocked = {**data, "shocks": {"storm": {"hazard": 0.1, "set": shift}}}
    assert problems(shocked) == [("parties.a.values.land", "values are missing for an issue with salience")]


def test_a_neutral_mediator_needs_no_interests_and_one_with_a_vote_does() -> None:
    data = tiny(parties__m={}, formats__both__protocol="single_text", formats__both__seats__m={"role": "mediator"})
    assert problems(data) == []
    data["formats"]["both"]["seats"]["m"]["interested"] = True
    (problem,) = problems(data)
    assert problem[0] == "parties.m.salience"
    assert problem[1].startswith("a mediator with a vote")
