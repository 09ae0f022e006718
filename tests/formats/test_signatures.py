"""Who has signed what: carried from text to text, from leg to leg, through strikes and under a mandate."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.types import Outcome
from tests.laws.common import Raw, encode, play
from tests.laws.made_up import issue, party, talks, world, worth

CORE = issue("no", "yes", settles="yes")
SIDE = issue("no", "yes")
EVEN = {"core": 1, "first": 1, "second": 1}


def likes(core: float, first: float, second: float, **more: Any) -> Raw:
    """A party that values the yes of each issue so far from its no."""
    values = zip(EVEN, (core, first, second), strict=True)
    return party(dict(EVEN), {name: worth(no=max(-by, 0.0), yes=max(by, 0.0)) for name, by in values}, **more)


def scenario(parties: dict[str, Raw], formats: Raw, **more: Any) -> Raw:
    issues = {"core": dict(CORE), "first": dict(SIDE), "second": dict(SIDE)}
    return world(issues, parties, formats, **more)


def share(data: Raw, outcome: Outcome, *, fmt: int = 0, draws: int = 50) -> float:
    """Share of the runs of a format that end so."""
    encoder = encode(data)
    runs = play(encoder, n_draws=draws, replications=2)
    return float(np.mean(runs.outcome.reshape(draws, -1, 2)[:, fmt] == int(outcome)))


def test_who_sits_at_a_later_meeting_has_not_signed_what_earlier_ones_left() -> None:
    """a and b agree on what costs c something; a later meeting with c yields nothing, and changes nothing."""
    trade = {"a": likes(-1, 1, 1), "b": likes(-1, 1, 1), "c": likes(1, -0.3, 1)}
    two = talks("a", "b", months=1, agenda=["first"])
    data = scenario(trade, {"two": two, "all": talks("a", "b", "c", months=1, agenda=["core"])})
    data["tracks"] = {"in-turn": {"legs": ["two", "all"]}}
    assert share(data, Outcome.PARTIAL, fmt=0) > 0.9
    assert share(data, Outcome.PARTIAL, fmt=2) == share(data, Outcome.PARTIAL, fmt=0)


@pytest.mark.parametrize("stays", [True, False])
def test_an_absent_signatory_can_leave(stays: bool) -> None:
    """b signs with a and sits at no later meeting; what it signed soon costs it more than it brings."""
    price = {"now": 0.0, "drift": 0.0 if stays else 0.02}
    trade = {
        "a": likes(-1, 1, 1),
        "b": likes(-1, 1, -0.2, price_of_no_settlement=price),
        "c": likes(1, 0, 0),
    }
    data = scenario(trade, {"two": talks("a", "b", months=1, agenda=["first", "second"]), "rest": {}})
    data["issues"]["first"] |= {"ends_price": True, "options": {"no": {}, "yes": {"settles": True}}}
    data["formats"]["rest"] = talks("a", "c", months=1, agenda=["core"])
    data["tracks"] = {"in-turn": {"legs": ["two", "rest"]}}
    assert (share(data, Outcome.PARTIAL, fmt=2) > 0.9) is stays
    assert (share(data, Outcome.COLLAPSED, fmt=2) > 0.9) is not stays


def outvoted(*agenda: str) -> Raw:
    """c is bought by the first issue, which its owner outside strikes; the core costs c something."""
    trade = {"a": likes(1, 0.1, 1), "b": likes(1, 0.1, 1), "c": likes(-0.3, 1, 1)}
    trade["owner"] = likes(0.1, -1, 0, standing={"first": 1.0})
    one_round = talks("a", "b", "c", months=1, rounds=1, consent="majority", agenda=list(agenda))
    return scenario(trade, {"vote": one_round})


def test_who_is_outvoted_on_what_remains_has_signed_nothing() -> None:
    """Outvoted at once, or on the rest after strikes: whatever is tabled with the core settles."""
    assert share(outvoted("core"), Outcome.SETTLEMENT) == 1.0
    runs = play(encode(outvoted("core", "first")), n_draws=50, replications=2)
    tabled = runs.tabled[:, 0] == 1
    assert 0.3 < np.mean(tabled) < 1.0
    assert (runs.outcome[tabled] == int(Outcome.SETTLEMENT)).all()


@pytest.mark.parametrize("harvest", ["early", "all_or_nothing"])
def test_who_voted_against_a_banked_part_has_not_signed_it(harvest: str) -> None:
    """a and b outvote c on the first part; all like the second, and nobody likes the core."""
    trade = {"a": likes(-1, 1, 1), "b": likes(-1, 1, 1), "c": likes(-1, -1, 0.1)}
    stages = talks("a", "b", "c", consent="majority", harvest=harvest)
    stages["agenda"] = {"order": "given", "stages": [["first"], ["second"], ["core"]]}
    runs = play(encode(scenario(trade, {"vote": stages})), n_draws=50, replications=2)
    both = (runs.deal[:, 1] == 1) & (runs.deal[:, 2] == 1)
    assert np.mean(both) > 0.8
    assert not (runs.outcome == int(Outcome.COLLAPSED)).any()


@pytest.mark.parametrize("harvest", ["early", "all_or_nothing"])
def test_a_mandate_lasts_as_long_as_its_text_is_in_hand(harvest: str) -> None:
    """The home of a would stop whatever is not worth 0.9 more; the mediator's text binds without it."""
    trade = {"a": likes(-1, 1, 0, ratification={"margin": 0.9}), "b": likes(-1, 1, 0), "m": {}}
    seats = {"a": "principal", "b": "principal", "m": {"role": "mediator", "mandate": True}}
    form = talks("a", "b", months=2, rounds=2, protocol="single_text", agenda=["first"], harvest=harvest)
    data = scenario(trade, {"drafted": form | {"seats": seats}})
    assert share(data, Outcome.PARTIAL) > 0.95
    data["formats"]["drafted"]["seats"]["m"] = {"role": "mediator"}
    assert share(data, Outcome.BLOCKED) > 0.95
