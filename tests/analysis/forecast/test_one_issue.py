"""What is left of a scenario of which one issue is talked about alone."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.forecast.one_issue import one_issue
from sim.scenario import Encoder, load_raw

from .test_package_trades import two_by_two


def test_an_actor_without_salience_on_the_issue_becomes_an_observer():
    data = two_by_two()
    data["parties"]["east"] = {"salience": {"roads": 1}, "values": {"roads": {"ideal": 0.5}}}
    data["formats"]["talks"]["seats"]["east"] = {}
    data["formats"]["talks"]["consent"] = {"members": 0.5, "vetoes": ["east"]}
    alone = one_issue(load_raw(data), "schools", "talks")
    assert list(alone.issues) == ["schools"]
    assert alone.formats["talks"].seats["east"].role == "observer"
    assert alone.formats["talks"].consent.vetoes == ()
    assert alone.parties["north"].salience.keys() == {"schools"}
    assert one_issue(load_raw(data), "roads", "talks").formats["talks"].consent.vetoes == ("east",)


@pytest.mark.parametrize("size", [4, {"uniform": [2, 4]}])
def test_a_contact_group_is_no_larger_than_the_principals_that_are_left(size: object):
    data = two_by_two()
    for name in ("east", "west"):
        data["parties"][name] = {"salience": {"roads": 1}, "values": {"roads": {"ideal": 0.5}}}
        data["formats"]["talks"]["seats"][name] = {}
    data["parties"]["west"]["salience"]["schools"] = 0.5
    data["parties"]["west"]["values"]["schools"] = {"ideal": 0.5}
    data["formats"]["talks"]["contact_group"] = size
    whole = load_raw(data)
    alone = one_issue(whole, "schools", "talks")
    talked = [(Encoder(one, seed=1).tables(0, 60).talks[:, 0], list(one.parties)) for one in (whole, alone)]
    in_group = [found[:, [one.index(name) for name in ("north", "south", "west")]].sum(axis=1) for found, one in talked]
    drawn = talked[0][0].sum(axis=1)
    assert (in_group[1] == np.minimum(drawn, 3)).all()
    assert one_issue(whole, "roads", "talks").formats["talks"].contact_group == whole.formats["talks"].contact_group


def test_what_refers_to_other_issues_goes():
    data = two_by_two()
    data["rules"] = {"both": {"excludes": [{"roads": "one"}, {"schools": "as_it_is"}]}}
    data["parties"]["north"]["linkages"] = {"tie": {"when": {"roads": "one", "schools": "one"}, "bonus": 0.1}}
    data["parties"]["north"]["red_lines"] = {
        "never": {"issue": "schools", "options": "one", "firmness": 0.5},
        "stay": {"issue": "roads", "options": "one", "firmness": 0.5},
    }
    data["shocks"] = {"flood": {"hazard": 0.1, "set": {"parties.south.salience.schools": {"times": 2}}}}
    alone = one_issue(load_raw(data), "roads", "talks")
    assert not alone.rules
    assert not alone.parties["north"].linkages
    assert list(alone.parties["north"].red_lines) == ["stay"]
    assert not alone.shocks
    assert list(one_issue(load_raw(data), "schools", "talks").shocks) == ["flood"]


def test_an_issue_that_is_not_core_is_what_its_own_talks_are_about():
    data = two_by_two()
    data["issues"]["schools"] = {
        **data["issues"]["schools"],
        "level": "substance",
        "options": {"nought": {}, "one": {}, "as_it_is": {}},
    }
    alone = one_issue(load_raw(data), "schools", "talks")
    assert alone.issues["schools"].level == "core"
    assert [key for key, option in alone.issues["schools"].options.items() if option.settles] == ["one", "as_it_is"]
