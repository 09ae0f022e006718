"""Conditional red lines that bar the status quo, that no deal can meet or avoid; the corpus has one file of each."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenario.tiny import problems, tiny

RULES = {"land-last": {"needs": {"if": {"land": "ceded"}, "then": {"peace": "treaty"}}}}


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ({"if": {"peace": "treaty"}, "unless": {"land": "ceded"}}, None),
        ({"if": {"peace": "treaty", "land": "ceded"}}, None),  # nothing makes it good
        ({"if": {"peace": ["war", "treaty"]}, "unless": {"land": ["kept", "half"]}}, None),  # the status quo meets both
        ({"if": {"peace": ["war", "treaty"]}, "unless": {"land": "half"}}, ("if", "cannot bar the status quo")),
        ({"if": {"peace": "war", "land": "kept"}}, ("if", "cannot bar the status quo")),
        ({"if": {"peace": "truce", "land": "ceded"}, "unless": {"land": "half"}}, ("if", "no deal can meet it")),
        ({"if": {"peace": "truce"}, "unless": {"land": "ceded"}}, ("unless", "nothing makes the line good")),
        ({"if": {"land": "ceded"}, "unless": {"peace": "treaty"}}, ("unless", "bars nothing")),
    ],
)
def test_what_a_conditional_line_cannot_say(line: dict[str, Any], problem: tuple[str, str] | None) -> None:
    found = problems(tiny(rules=RULES, parties__a__red_lines={"l": {**line, "firmness": 1}}))
    if problem is None:
        assert found == []
    else:
        ((path, message),) = found
        assert path == f"parties.a.red_lines.l.{problem[0]}"
        assert problem[1] in message


def test_without_rules_only_its_own_words_can_exclude_each_other() -> None:
    contradiction = {"if": {"peace": "truce"}, "unless": {"peace": "treaty"}, "firmness": 1}
    ((path, message),) = problems(tiny(parties__a__red_lines={"l": contradiction}))
    assert (path, "nothing makes the line good" in message) == ("parties.a.red_lines.l.unless", True)


def test_a_name_that_is_not_there_is_one_problem() -> None:
    line = {"if": {"peace": "war"}, "unless": {"lend": "ceded"}, "firmness": 1}
    assert problems(tiny(parties__a__red_lines={"l": line})) == [("parties.a.red_lines.l.unless.lend", "unknown issue")]
