"""Vetoes, levers and red lines that do nothing, each by a smallest scenario and the same with a use for it."""

import numpy as np
import pytest

from sim.analysis.theory.idle_powers import wanted_deals
from tests.analysis.spaces import space_of
from tests.analysis.theory.conflicts import found_in, scenario

TWO = {"two": ["a", "b"]}


def idle(values, *, seats=None, **parties):
    found = found_in(scenario(values, seats=seats or TWO, **parties))
    return {(one.kind, one.party, one.on): (one.formats, one.everywhere) for one in found.idle}


def test_wanted_deals_move_something_cost_nobody_and_are_beaten_by_none():
    points = [[0, 0], [1, 1], [2, 1], [1, 2], [3, -1], [0, 0]]
    space = space_of(points)
    assert wanted_deals(space, np.arange(6)[:, None])[:, 0].tolist() == [2, 3]
    assert len(wanted_deals(space_of([[0, 0], [1, -1]]), np.arange(2)[:, None])) == 0


# --- vetoes ---------------------------------------------------------------------------------------------------------

STOPS = {"standing": {"road": {"o1": 1.0}}}


@pytest.mark.parametrize(("worth", "does_nothing"), [(0.8, True), (0.5, True), (0.2, False)])
def test_a_veto_is_idle_where_what_the_table_wants_does_not_hurt(worth, does_nothing):
    values = {"a": {"road": [0.0, 1.0]}, "b": {"road": [0.0, 1.0]}, "c": {"road": [0.5, worth], "sea": [0.0, 1.0]}}
    assert (("veto", "c", "") in idle(values, c=STOPS)) == does_nothing


def test_a_veto_is_idle_where_it_hurts_only_by_what_it_cannot_stop():
    values = {
        "a": {"road": [0.0, 1.0], "well": [0.0, 1.0]},
        "b": {"road": [0.0, 1.0], "well": [0.0, 1.0]},
        "c": {"road": [0.5, 1.0], "well": [0.5, 0.4]},
    }
    found = idle({**values, "c": {"road": [0.5, 1.0], "well": [1.0, 0.0]}}, c=STOPS)
    assert ("veto", "c", "") not in found  # both move together, so c can stop what hurts it
    values["a"]["road"] = values["b"]["road"] = [1.0, 0.0]  # nobody wants the road
    assert ("veto", "c", "") in idle({**values, "c": {"road": [0.5, 1.0], "well": [1.0, 0.0]}}, c=STOPS)


def test_a_veto_over_what_no_agenda_has_is_not_told_here():
    values = {"a": {"road": [0.0, 1.0]}, "b": {"road": [0.0, 1.0]}, "c": {"road": [0.5, 1.0], "sea": [0.0, 1.0]}}
    data = scenario(values, seats=TWO, c={"standing": {"sea": {"o1": 1.0}}})
    data["formats"]["two"]["agenda"] = {"issues": ["road"]}
    assert not found_in(data).idle


def test_a_veto_that_a_firm_line_backs_is_not_idle():
    values = {"a": {"road": [0.0, 1.0]}, "b": {"road": [0.0, 1.0]}, "c": {"road": [0.5, 0.8], "sea": [0.0, 1.0]}}
    line = {"red_lines": {"never": {"issue": "road", "options": ["o1"], "firmness": 1.0}}}
    assert ("veto", "c", "") not in idle(values, c={**STOPS, **line})


# --- levers ---------------------------------------------------------------------------------------------------------


def lever(**numbers):
    return {"leverage": {"b": {"ability": 0.5, "motive": 1.0, **numbers}}}


@pytest.mark.parametrize(("worth", "cost", "does_nothing"), [(0.8, 0.0, True), (0.2, 0.0, False), (0.2, 1.5, True)])
def test_a_lever_is_idle_where_nothing_worth_its_cost_makes_its_target_refuse(worth, cost, does_nothing):
    values = {"a": {"road": [0.0, 1.0]}, "b": {"road": [0.5, worth], "sea": [0.0, 1.0]}}
    assert (("lever", "a", "b") in idle(values, a=lever(cost=cost))) == does_nothing


def test_a_lever_is_idle_where_the_target_refuses_only_what_the_patron_does_not_want():
    values = {"a": {"road": [1.0, 0.0]}, "b": {"road": [1.0, 0.0]}, "c": {"road": [0.0, 1.0]}}
    assert idle(values, seats={"all": ["a", "b", "c"]}, a=lever())["lever", "a", "b"] == (("all",), True)


def test_a_lever_on_the_absent_needs_something_that_they_can_stop():
    values = {"a": {"road": [0.0, 1.0]}, "c": {"road": [0.0, 1.0]}, "b": {"road": [0.5, 0.2], "sea": [0.0, 1.0]}}
    seats = {"without": ["a", "c"]}
    assert ("lever", "a", "b") not in idle(values, seats=seats, a=lever(), b=STOPS)
    elsewhere = {"standing": {"sea": {"o1": 1.0}}}
    assert ("lever", "a", "b") in idle(values, seats=seats, a=lever(), b=elsewhere)


def test_what_does_nothing_in_one_format_alone_is_told_of_that_format():
    values = {
        "a": {"road": [0.0, 1.0]},
        "b": {"road": [0.5, 0.2], "sea": [0.0, 1.0]},
        "c": {"road": [1.0, 0.0]},
    }
    found = idle(values, seats={"two": ["a", "b"], "three": ["a", "b", "c"]}, a=lever())
    assert found["lever", "a", "b"] == (("three",), False)  # c wants no road, so nobody needs b's consent to one


def test_a_lever_that_is_never_pulled_is_not_told_here():
    values = {"a": {"road": [0.0, 1.0]}, "b": {"road": [0.5, 0.8], "sea": [0.0, 1.0]}}
    assert not idle(values, a=lever(ability=0.0))


# --- red lines ------------------------------------------------------------------------------------------------------


def line(firmness=1.0):
    return {"red_lines": {"never": {"issue": "road", "options": ["o2"], "firmness": firmness}}}


@pytest.mark.parametrize(("worth", "does_nothing"), [(0.9, True), (1.0, True), (1.1, False)])
def test_a_line_is_idle_where_the_others_have_as_good_in_what_it_leaves(worth, does_nothing):
    values = {"a": {"road": [0.5, 0.6, 0.0]}, "b": {"road": [0.0, 0.9, worth * 0.9]}}
    assert (("line", "a", "road") in idle(values, a=line())) == does_nothing


def test_one_of_several_others_is_enough_to_miss_what_a_line_bars():
    values = {"a": {"road": [0.5, 0.6, 0.0]}, "b": {"road": [0.0, 1.0, 0.5]}, "c": {"road": [0.0, 0.5, 1.0]}}
    assert ("line", "a", "road") not in idle(values, seats={"all": ["a", "b", "c"]}, a=line())
    assert ("line", "a", "road") in idle(values, a=line())


def test_a_line_that_is_not_firm_or_of_one_without_a_say_is_not_told():
    values = {"a": {"road": [0.5, 0.6, 0.0]}, "b": {"road": [0.0, 1.0, 0.5]}, "c": {"road": [0.0, 1.0, 0.5]}}
    assert not idle(values, a=line(0.0))
    assert not idle(values, c=line())
