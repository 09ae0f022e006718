"""How much conflict a scenario holds, in words and tables."""

import io

import pytest
from rich.console import Console

from sim.analysis.theory.idle_powers import IdlePower
from sim.report.scenario.conflict_lines import conflict_lines, idle_words, stakes
from sim.report.scenario.conflict_tables import conflict_tables
from sim.scenario import Encoder, load_raw
from tests.analysis.theory.conflicts import found_in, scenario

VALUES = {"a": {"road": [0.2, 1.0, 0.0]}, "b": {"road": [0.0, 0.5, 1.0]}, "c": {"road": [0.0, 0.4, 1.0]}}
STANDING = {"standing": {"road": {"o1": 1.0}}}


def printed(parts) -> str:
    console = Console(file=io.StringIO(), width=200, force_terminal=False)
    for part in parts:
        console.print(part)
    return console.file.getvalue()


def test_formats_with_the_same_share_stand_together_and_what_does_nothing_follows():
    seats = {"two": ["a", "b"], "again": ["b", "a"]}
    told = printed(conflict_lines(found_in(scenario(VALUES, seats=seats, c=STANDING))))
    assert "two, again 0.50" in told
    assert "the veto of c does nothing: no deal that those with a vote want and it could stop costs it" in told


def test_one_world_has_no_range_and_draws_have_one():
    line = {"red_lines": {"no": {"issue": "road", "options": ["o2"], "firmness": 0.5}}}
    data = scenario(VALUES, a=line)
    names = Encoder(load_raw(data), seed=1).structure
    one, several = (printed(conflict_tables(found_in(data, n), names)) for n in (1, 200))
    assert "One set of numbers" in one
    assert "yes" in one.split("Best hope of each")[1]
    assert "Mean of 200 draws (5-95%)" in several
    assert "0 of 200" in several
    assert "−0.20 (100%, 0.20)" in several
    assert "−0.20 (" not in one


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("veto", "the veto of a does nothing in f, g: no deal"),
        ("lever", "the lever of a on b does nothing in f, g: no deal that the others want"),
        ("line", "what red lines of a bar on b is missed by nobody else in f, g: for each"),
    ],
)
def test_what_does_nothing_in_some_formats_names_them(kind, words):
    assert idle_words(IdlePower(kind, "a", "b", ("f", "g"), everywhere=False)).startswith(words)
    assert " in f" not in idle_words(IdlePower(kind, "a", "b", ("f", "g"), everywhere=True))


@pytest.mark.parametrize(("value", "text"), [(0.5, "0.50"), (-0.204, "−0.20"), (-0.001, "0.00")])
def test_stakes_in_words(value, text):
    assert stakes(value) == text
