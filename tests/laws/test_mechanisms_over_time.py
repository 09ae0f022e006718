"""What the evidence says should be seen over time: what lasts, what is remembered, what legs leave behind."""

from __future__ import annotations

import pytest

from tests.laws.common import Raw
from tests.laws.made_up import changed, issue, measure, party, talks, world, worth


def signed(enforcement: float) -> Raw:
    """Both gain a little by a text that circumstances may overtake."""
    data = world(
        {"quarrel": issue("open", "closed", settles="closed"), "rest": issue("low", "high")},
        {
            name: party(
                {"quarrel": 0.05, "rest": 0.95}, {"quarrel": worth(open=0, closed=1), "rest": worth(low=0, high=1)}
            )
            for name in ("one", "other")
        },
        {"two": talks("one", "other", agenda=["quarrel"])},
    )
    data["behaviour"]["volatility"] = 0.03
    data["issues"]["quarrel"]["options"]["closed"]["enforcement"] = {"one": enforcement, "other": enforcement}
    return data


def test_a_binding_form_outlasts_an_informal_one() -> None:
    """The same is agreed as often, and only the survival differs: two outcomes, not one."""
    informal, binding = signed(0.0), signed(0.4)
    assert measure(informal, "signed") == measure(binding, "signed") == 1.0
    assert measure(informal, "lasted") < 0.5 < 0.9 < measure(binding, "lasted")
    calm = changed(informal, behaviour__volatility=0.0)
    assert measure(calm, "lasted") == 1.0


def passed_over() -> Raw:
    """Two agree quickly on what costs a third a little, and the third can break it; with three it takes longer."""
    give, get = worth(as_is=1, moved=0), worth(as_is=0, moved=1)
    return world(
        {"line": issue("as_is", "moved", settles="moved"), "toll": issue("none", "paid")},
        {
            "one": party({"line": 1, "toll": 0.4}, {"line": get, "toll": worth(none=1, paid=0)}),
            "other": party({"line": 1, "toll": 0.4}, {"line": get, "toll": worth(none=1, paid=0)}),
            "third": party(
                {"line": 0.1, "toll": 0.9}, {"line": give, "toll": worth(none=0, paid=1)}, standing={"line": 0.5}
            ),
        },
        {
            "two": talks("one", "other", months=12, rounds=1),
            "three": talks("one", "other", "third", months=12, rounds=1),
        },
    )


def test_more_seats_are_slower_and_more_durable() -> None:
    data = changed(passed_over(), behaviour__rules__severable=False)
    assert measure(data, "agreed", format="two") == measure(data, "agreed", format="three") == 1.0
    assert measure(data, "months", format="two") < measure(data, "months", format="three")
    assert measure(data, "upheld", format="two") < 0.7
    assert measure(data, "upheld", format="three") == 1.0


def legs(**behaviour: float) -> Raw:
    """Two legs of the same two: on something both want, behind closed doors; then on something that one refuses."""
    give, get = worth(as_is=1, moved=0), worth(as_is=0, moved=1)
    data = world(
        {"word": issue("as_is", "moved"), "deed": issue("as_is", "moved", settles="moved")},
        {
            "one": party({"word": 1, "deed": 1}, {"word": get, "deed": get}),
            "other": party({"word": 1, "deed": 1}, {"word": get, "deed": give}),
        },
        {
            "first": talks("one", "other", months=1, agenda=["word"], transparency="secret", harvest="early"),
            "then": talks("one", "other", months=2, agenda=["deed"]),
        },
        tracks={"both": {"legs": ["first", "then"]}},
    )
    data["behaviour"] |= behaviour
    return data


def test_unpublished_undertakings_are_lost_where_memories_differ() -> None:
    """What the first leg moved is in force after the second, which adds nothing, unless it is remembered otherwise."""
    published = {"formats__first__transparency": "public"}
    assert measure(legs(), "in_force", format="both") == 1.0
    assert measure(legs(misremembering=1.0), "in_force", format="both") == 0.0
    assert measure(changed(legs(misremembering=1.0), **published), "in_force", format="both") == 1.0
    assert 0.2 < measure(legs(misremembering=0.3), "in_force", format="both") < 0.8


def doubted(premium: float) -> Raw:
    """A first text is struck by its owner outside; then the same two meet on what pays each a third of its stake."""
    data = legs(trust_premium=premium)
    get, rest = worth(as_is=0, moved=1), worth(low=0, high=1)
    data["issues"]["rest"] = issue("low", "high")
    for name in ("one", "other"):
        data["parties"][name] = party({"word": 1, "deed": 1, "rest": 1}, {"word": get, "deed": get, "rest": rest})
    data["parties"]["owner"] = party({"word": 1}, {"word": worth(as_is=1, moved=0)}, standing={"word": 1})
    data["formats"]["first"]["transparency"] = "public"
    return data


def test_a_text_not_kept_makes_the_next_one_dearer() -> None:
    assert measure(doubted(0.0), "settlement", format="both") == 1.0
    assert measure(doubted(0.4), "settlement", format="both") == 0.0
    kept = changed(doubted(0.4), parties__owner__standing={})
    assert measure(kept, "settlement", format="both") == 1.0


def after_the_two(backing: float) -> Raw:
    """Two agree on what costs two others something; it comes to nothing, and one of the others is asked for a yes."""
    get, lose, rest = worth(no=0, moved=1), worth(no=1, moved=0), worth(low=0, high=1)
    weights = {"word": 0.3, "deed": 0.1, "rest": 0.6}
    pair = {"salience": {"word": 1, "deed": 1}, "values": {"word": get, "deed": get}}
    data = world(
        {"word": issue("no", "moved"), "deed": issue("no", "moved", settles="moved"), "rest": issue("low", "high")},
        {
            "one": pair,
            "other": pair,
            "left": party(weights, {"word": lose, "deed": lose, "rest": rest}),
            "asked": party(weights, {"word": lose, "deed": get, "rest": rest}),
        },
        {
            "pair": talks("one", "other", months=1, agenda=["word"], transparency="secret"),
            "joint": talks("one", "asked", months=2, agenda=["deed"]),
        },
        tracks={"both": {"legs": ["pair", "joint"]}},
    )  # fmt: skip
    data["behaviour"] |= {"coalition_support": backing, "misremembering": 1.0}
    return data


def test_those_passed_over_back_each_other_afterwards() -> None:
    """After an exclusive leg the draft is refused that passes without it; with one joint format nothing changes."""
    assert [measure(after_the_two(b), "settlement", format="joint") for b in (0.0, 0.4)] == [1.0, 1.0]
    assert [measure(after_the_two(b), "settlement", format="both") for b in (0.0, 0.4)] == [1.0, 0.0]


def easy_and_hard(harvest: str) -> Raw:
    """An easy and a hard issue, easy ones first."""
    get, give = worth(as_is=0, moved=1), worth(as_is=1, moved=0)
    return world(
        {"easy": issue("as_is", "moved", level="process"), "hard": issue("as_is", "moved", settles="moved")},
        {
            "one": party({"easy": 1, "hard": 3}, {"easy": get, "hard": get}),
            "other": party({"easy": 1, "hard": 3}, {"easy": get, "hard": give}),
        },
        {"two": talks("one", "other", agenda={"issues": "all", "order": "easy_first"}, harvest=harvest)},
    )


def test_easy_issues_are_agreed_while_the_pivotal_one_stays_blocked() -> None:
    data = easy_and_hard("early")
    assert measure(data, "moved", issues="easy") == 1.0
    assert measure(data, "moved", issues="hard") == 0.0
    assert measure(data, "process_or_partial") == 1.0


@pytest.mark.parametrize("patient", ["one", "other"])
def test_the_patient_side_gets_the_better_terms_at_equilibrium(patient: str) -> None:
    """Rubinstein (1982), for parties that play the equilibrium; `standard` ones do not discount what they agree."""
    steps = [f"s{k:02d}" for k in range(21)]
    pie = {"level": "core", "status_quo": "none", "options": {"none": {}, **{s: {"settles": True} for s in steps}}}
    mine = {"none": 0.0, **{s: k / 20 for k, s in enumerate(steps)}}
    theirs = {"none": 0.0, **{s: 1 - k / 20 for k, s in enumerate(steps)}}

    def patience(who: str) -> float:
        return 0.95 if who == patient else 0.7

    def split(strategy: str) -> float:
        plays = {"strategy": strategy}
        parties = {
            name: party({"pie": 1}, {"pie": {"options": values}}, patience=patience(name), behaviour=plays)
            for name, values in (("one", mine), ("other", theirs))
        }
        data = world({"pie": pie}, parties, {"two": talks("one", "other", rounds=1)})
        # No number is uncertain: every draw is the same game, solved once, and the runs of it differ by chance.
        return measure(data, "value", party=patient, draws=1, replications=160)

    assert split("equilibrium") > 0.6
    assert split("standard") == pytest.approx(0.5, abs=0.05)
