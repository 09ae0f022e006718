"""What the evidence says should be seen of each mechanism, on small made-up scenarios: levers, owners, costs, beliefs.

Each test compares the mechanism with its absence, so that it fails where the rule behind it does nothing.
"""

from __future__ import annotations

import numpy as np
import pytest

from sim.engines.talk import play as talk
from sim.types.transcript import Move
from tests.laws.common import Raw, differences, encode, play
from tests.laws.made_up import changed, issue, measure, party, talks, world, worth


def over_its_head(**levers: float) -> Raw:
    """Two settle what a third owns and would lose a fifth of its stake by; the second of them may press it."""
    quarrel = issue("open", "closed", settles="closed")
    fence = issue("down", "up")
    wants = worth(open=0, closed=1)
    rest = worth(down=0, up=0)
    return world(
        {"quarrel": quarrel, "fence": fence},
        {
            "upper": party({"quarrel": 1}, {"quarrel": wants, "fence": rest}),
            "lower": party({"quarrel": 1}, {"quarrel": wants, "fence": rest}, leverage={"owner": levers or {}}),
            "owner": party(
                {"quarrel": 1, "fence": 4},
                {"quarrel": worth(open=1, closed=0), "fence": worth(down=0, up=1)},
                standing={"quarrel": 1},
            ),
        },
        {"two": talks("upper", "lower", agenda=["quarrel"]), "three": talks("upper", "lower", "owner")},
    )


@pytest.mark.parametrize("foresight", [0.0, 1.0])
def test_a_bargain_over_its_head_needs_ability_and_motive(foresight: float) -> None:
    grid = {(a, m): over_its_head(ability=a, motive=m, cost=0) for a in (0.0, 0.3) for m in (0.0, 1.0)}
    grid = {key: changed(one, behaviour__foresight=foresight) for key, one in grid.items()}
    calm = play(encode(grid[0.0, 0.0]), formats=[0])
    for key in ((0.0, 1.0), (0.3, 0.0)):
        assert differences(play(encode(grid[key]), formats=[0]), calm) == []
    assert {key: measure(one, "settlement", format="two") for key, one in grid.items()} == {
        (0.0, 0.0): 0.0, (0.0, 1.0): 0.0, (0.3, 0.0): 0.0, (0.3, 1.0): 1.0,
    }  # fmt: skip


def test_pressure_too_small_for_the_loss_opens_nothing() -> None:
    assert measure(over_its_head(ability=0.15, motive=1, cost=0), "settlement", format="two") == 0.0
    assert measure(over_its_head(ability=0.3, motive=0.5, cost=0.6), "settlement", format="two") == 0.0


def test_weight_is_thrown_in_only_where_enough_is_at_stake() -> None:
    """A lever is used where motive times gain exceeds its cost: a step in how much the matter weighs for the patron."""
    settled = []
    for weight in (0.2, 0.4, 0.6, 0.8, 1.0):
        data = over_its_head(ability=0.3, motive=1, cost=0.5)
        own = {"salience": {"quarrel": weight, "fence": 1 - weight}, "values": {"fence": worth(down=1, up=0)}}
        data["parties"]["lower"]["salience"] = own["salience"]
        data["parties"]["lower"]["values"]["fence"] = own["values"]["fence"]
        settled.append(measure(data, "settlement", format="two"))
    assert settled == [0.0, 0.0, 1.0, 1.0, 1.0]


def test_an_owner_without_a_seat_opens_a_gap_that_a_seat_closes() -> None:
    data = over_its_head()
    data["parties"]["lower"].pop("leverage")
    free = changed(data, parties__owner__standing={})
    assert [measure(data, of, format="two") for of in ("agreed", "upheld", "signed")] == [1.0, 0.0, 0.0]
    assert [measure(free, of, format="two") for of in ("agreed", "upheld", "signed")] == [1.0, 1.0, 1.0]
    assert measure(data, "refused", party="owner", format="two") == 1.0
    # Seated it is given its fence in exchange, and what is agreed comes into force.
    assert [measure(data, of, format="three") for of in ("agreed", "upheld", "settlement")] == [1.0, 1.0, 1.0]
    assert measure(data, "refused", party="owner", format="three") == 0.0


def swap(**beliefs: Raw) -> Raw:
    """Two that could each give what weighs little to it for what weighs much: a trade that one of them must see."""
    gives, gets = worth(as_is=1, moved=0), worth(as_is=0, moved=1)
    return world(
        {"land": issue("as_is", "moved", settles="moved"), "order": issue("as_is", "moved")},
        {
            "one": party({"land": 4, "order": 1}, {"land": gets, "order": gives}, beliefs=beliefs.get("one", {})),
            "other": party({"land": 1, "order": 4}, {"land": gives, "order": gets}, beliefs=beliefs.get("other", {})),
        },
        {"two": talks("one", "other")},
    )


def test_misread_agendas_cost_settlements() -> None:
    """Each takes the other for one to whom the other subject matters, and never offers the trade; positions stay."""
    of_other, of_one = {"other": {"salience": {"land": 4, "order": 1}}}, {"one": {"salience": {"land": 1, "order": 4}}}
    assert measure(swap(), "settlement") == 1.0
    assert measure(swap(one=of_other), "settlement") == 1.0  # one who understands is enough to offer it
    assert measure(swap(one=of_other, other=of_one), "settlement") == 0.0


def waiting(price: float, *, spread: float = 0.0, drift: float = 0.0) -> Raw:
    """One that would rather go on than give anything, unless going on costs it something."""
    now = {"uniform": [price - spread, price + spread]} if spread else price
    return world(
        {"quarrel": issue("open", "closed", settles="closed", ends_price=True)},
        {
            "waits": party(
                {"quarrel": 1},
                {"quarrel": worth(open=1, closed=0)},
                price_of_no_settlement={"now": now, "drift": drift},
            ),
            "asks": party({"quarrel": 1}, {"quarrel": worth(open=0, closed=1)}),
        },
        {"two": talks("waits", "asks", months=6, rounds=2)},
    )


def offered(price: float) -> Raw:
    """One that gains by the month while nothing is settled, and is offered a little more by and by; it is impatient."""
    steps = {"open": 0.5} | {f"s{k}": 0.5 + 0.02 * k for k in range(20)}
    data = waiting(price, spread=0.03, drift=0.08)
    data["parties"]["waits"]["patience"] = 0.2  # waits while the offer is worth less than 0.08 / 0.8
    options = {name: {} if name == "open" else {"settles": True} for name in steps}
    data["issues"]["quarrel"]["options"] = options
    data["parties"]["waits"]["values"]["quarrel"] = {"options": steps}
    data["parties"]["asks"]["values"]["quarrel"] = {"options": {"open": 0} | {f"s{k}": 1 - 0.02 * k for k in range(20)}}
    return data


def stalls(data: Raw, draws: int = 30) -> float:
    """Mean turns in which the first party plays for time."""
    encoder = encode(data)
    told = [talk(encoder, format_index=0, draw=draw, replication=0) for draw in range(draws)]
    return float(np.mean([sum(t.move is Move.STALL for t in one.turns if t.speaker == 0) for one in told]))


def test_the_dearer_the_war_the_fewer_the_stalls() -> None:
    found = [stalls(offered(price)) for price in (0.0, -0.1, -0.2)]
    assert found[0] > found[1] > found[2]
    assert stalls(changed(offered(0.0), behaviour__rules__stalling=False)) == 0.0


def test_the_dearer_the_war_the_likelier_a_settlement() -> None:
    shares = [measure(waiting(price, spread=0.5), "settlement") for price in (-0.4, -0.8, -1.2, -1.6)]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert shares[0] < shares[1] < shares[2] < shares[3]


def test_a_side_in_retreat_signs_what_it_refused_before() -> None:
    """Its own reservation value drops, and nothing else; a retreat of the other side, which asks, opens nothing."""
    assert measure(waiting(0.0), "settlement") == 0.0
    assert measure(waiting(-1.5), "settlement") == 1.0
    other = changed(waiting(0.0), parties__asks__price_of_no_settlement={"now": -1.5})
    assert measure(other, "settlement") == 0.0


def truce(compensation: float) -> Raw:
    """A halt costs one side its lever; relief may pay for it."""
    halt, relief = issue("fighting", "halt", settles="halt"), issue("kept", "lifted")
    return world(
        {"fighting": halt, "relief": relief},
        {
            "strong": party(
                {"fighting": 1, "relief": compensation},
                {"fighting": worth(fighting=1, halt=0), "relief": worth(kept=0, lifted=1)},
            ),
            "weak": party(
                {"fighting": 3, "relief": 1},
                {"fighting": worth(fighting=0, halt=1), "relief": worth(kept=1, lifted=0)},
            ),
        },
        {"two": talks("strong", "weak")},
    )


def test_a_truce_is_taken_only_if_it_is_paid_for() -> None:
    assert measure(truce(0.5), "settlement") == 0.0
    assert measure(truce(2.0), "settlement") == 1.0
    drifting = truce(0.5)
    drifting["issues"]["fighting"]["ends_price"] = True
    against = changed(drifting, parties__strong__price_of_no_settlement={"now": 0, "drift": -0.3})
    assert measure(against, "settlement") == 1.0  # the fighting has turned against it


def relief(status_quo: str, spent: float) -> Raw:
    """One that would pay for closing the quarrel is pressed by the other, whose lever relief uses up."""
    sanctions = issue("kept", "lifted", level="process") | {"status_quo": status_quo}
    lever = {"ability": 0.5, "motive": 1, "cost": 0, "spent_by": {"sanctions": {"lifted": spent}}}
    return world(
        {"quarrel": issue("open", "closed", settles="closed"), "rest": issue("low", "high"), "sanctions": sanctions},
        {
            "pressed": party(
                {"quarrel": 1, "rest": 4, "sanctions": 0.5},
                {
                    "quarrel": worth(open=1, closed=0), "rest": worth(low=0, high=1),
                    "sanctions": worth(kept=0, lifted=1),
                },
            ),
            "presses": party(
                {"quarrel": 4, "rest": 1},
                {
                    "quarrel": worth(open=0, closed=1), "rest": worth(low=1, high=0),
                    "sanctions": worth(kept=0.5, lifted=0.5),
                },
                leverage={"pressed": lever},
            ),
        },
        {"two": talks("pressed", "presses", agenda=["quarrel"])},
    )  # fmt: skip


def test_relief_given_first_no_longer_disciplines() -> None:
    assert measure(relief("kept", 1.0), "settlement") == 1.0
    assert measure(relief("lifted", 1.0), "settlement") == 0.0
    assert measure(relief("lifted", 0.0), "settlement") == 1.0  # the same relief, but the lever is not spent by it


def test_a_threat_moves_what_the_threatened_signs() -> None:
    unthreatened = changed(relief("kept", 0.0), parties__presses__leverage={})
    assert measure(unthreatened, "settlement") == 0.0
    assert measure(relief("kept", 0.0), "settlement") == 1.0


def business(firmness: float) -> Raw:
    """Business that one side holds back as long as the quarrel is open."""
    line = {"if": {"trade": ["broad"]}, "unless": {"quarrel": ["closed"]}, "firmness": firmness}
    return world(
        {"quarrel": issue("open", "closed", settles="closed"), "trade": issue("none", "broad")},
        {
            "holds": party(
                {"quarrel": 1, "trade": 1},
                {"quarrel": worth(open=0, closed=1), "trade": worth(none=0, broad=1)},
                red_lines={"settle-first": line},
            ),
            "wants": party(
                {"quarrel": 1, "trade": 2},
                {"quarrel": worth(open=1, closed=0), "trade": worth(none=0, broad=1)},
            ),
        },
        {"two": talks("holds", "wants")},
    )


def test_linked_business_buys_the_settlement() -> None:
    """Unlinked, business is done beside the open quarrel; linked, it is had only with the quarrel closed."""
    assert measure(business(1.0), "settlement") == 1.0
    open_trade = changed(business(0.0), formats__two=talks("holds", "wants", agenda=["trade"]))
    shut_trade = changed(business(1.0), formats__two=talks("holds", "wants", agenda=["trade"]))
    assert measure(open_trade, "moved", issues="trade") == 1.0
    assert measure(shut_trade, "moved", issues="trade") == 0.0


def order(hazard: float) -> Raw:
    """One side has no use for a new order, unless events from outside rewrite its aims."""
    return world(
        {"order": issue("as_is", "new", settles="new"), "rest": issue("low", "high")},
        {
            "wide": party({"order": 1}, {"order": worth(as_is=0, new=1), "rest": worth(low=0, high=0)}),
            "narrow": party({"order": 1, "rest": 1}, {"order": worth(as_is=1, new=0), "rest": worth(low=0, high=1)}),
        },
        {"two": talks("wide", "narrow", agenda=["order"])},
        shocks={
            "events": {
                "hazard": hazard,
                "set": {
                    "parties.narrow.values.order.options.as_is": {"to": 0.0},
                    "parties.narrow.values.order.options.new": {"to": 1.0},
                },
            }
        },
    )


def test_without_shocks_aims_stay_what_they_are() -> None:
    assert measure(order(0.0), "settlement") == 0.0
    some, sure = measure(order(0.2), "settlement"), measure(order(1.0), "settlement")
    assert 0.2 < some < 1.0  # one in five a month, four months
    assert sure == 1.0


def picture(value: float) -> Raw:
    """Two that can agree on nothing, and to one of whom talks cost something."""
    return world(
        {"quarrel": issue("open", "closed", settles="closed")},
        {
            "guest": party({"quarrel": 1}, {"quarrel": worth(open=1, closed=0)}, talk_cost=0.01, meeting_value=value),
            "host": party({"quarrel": 1}, {"quarrel": worth(open=0, closed=1)}, meeting_value=0.001),
        },
        {"two": talks("guest", "host")},
    )


def test_a_meeting_that_pays_by_itself_is_held_and_settles_nothing() -> None:
    assert measure(picture(0.0), "no_talks") == 1.0
    assert measure(picture(0.03), "no_talks") == 0.0
    assert measure(picture(0.03), "settlement") == 0.0
    assert measure(picture(0.03), "process_or_partial") == 1.0  # they meet again
    assert measure(picture(0.03), "net_gain", party="guest") > 0.0


def package() -> Raw:
    """Two issues, each worth giving only for the other; the second belongs to somebody outside."""
    give, get = worth(as_is=1, moved=0), worth(as_is=0, moved=1)
    return world(
        {"line": issue("as_is", "moved", settles="moved"), "club": issue("as_is", "moved", settles="moved")},
        {
            "first": party({"line": 1, "club": 3}, {"line": give, "club": get}),
            "second": party({"line": 3, "club": 1}, {"line": get, "club": give}),
            "owner": party({"club": 1}, {"line": worth(as_is=0, moved=0), "club": give}, standing={"club": 1}),
        },
        {
            "package": talks("first", "second"),
            "one-by-one": talks("first", "second", agenda={"order": ["line", "club"]}, harvest="early"),
        },
    )


def test_a_package_trades_what_single_issues_cannot_and_needs_its_owners() -> None:
    free = changed(package(), parties__owner__standing={})
    assert measure(free, "settlement", format="package") == 1.0
    assert measure(free, "settlement", format="one-by-one") == 0.0
    assert measure(package(), "settlement", format="package") == 0.0
    assert measure(package(), "refused", party="owner", issues="club", format="package") == 1.0
    bound = changed(package(), parties__owner__price_of_no_settlement={"now": -2}, issues__club__ends_price=True)
    assert measure(bound, "settlement", format="package") == 1.0  # the owner needs the end of it too


def guarantee(named: list[str]) -> Raw:
    """Two want a guarantee that somebody else would have to give."""
    data = world(
        {"promise": issue("none", "alone", "vouched", settles="vouched")},
        {
            "asks": party({"promise": 1}, {"promise": worth(none=0, alone=0.2, vouched=1)}),
            "grants": party({"promise": 1}, {"promise": worth(none=0, alone=0.6, vouched=1)}),
            "vouches": party({"promise": 1}, {"promise": worth(none=1, alone=1, vouched=0)}),
        },
        {"two": talks("asks", "grants")},
    )
    data["issues"]["promise"]["options"]["vouched"]["guarantors"] = named
    return data


def test_who_guarantees_decides_whether_it_stands() -> None:
    assert measure(guarantee([]), "settlement") == 1.0
    assert measure(guarantee(["vouches"]), "settlement") == 0.0
    willing = changed(guarantee(["vouches"]), parties__vouches__values__promise=worth(none=0, alone=0, vouched=1))
    assert measure(willing, "settlement") == 1.0
    looked_ahead = changed(guarantee(["vouches"]), behaviour__foresight=1.0)
    assert measure(looked_ahead, "settlement") == 0.0


def support(margin: float) -> Raw:
    """A text that pays for both governments, but one must carry it at home."""
    return (
        world(
            {"quarrel": issue("open", "closed", settles="closed"), "rest": issue("low", "high")},
            {
                "strong": party({"quarrel": 1}, {"quarrel": worth(open=0, closed=1), "rest": worth(low=0, high=0)}),
                "elected": party(
                    {"quarrel": 0.2, "rest": 0.8},
                    {"quarrel": worth(open=0, closed=1), "rest": worth(low=0, high=1)},
                    ratification={"margin": margin},
                ),
            },
            {
                "two": talks("strong", "elected", agenda=["quarrel"]),
                "drafted": talks("strong", "elected", agenda=["quarrel"], protocol="single_text")
                | {"seats": {"strong": "principal", "elected": "principal", "envoy": "mediator"}},
            },
        )
        | {}
    )


def test_the_less_support_at_home_the_less_is_ratified() -> None:
    shares = [measure(with_envoy(support(margin)), "settlement", format="two") for margin in (0.0, 0.1, 0.3)]
    assert shares == [1.0, 1.0, 0.0]


def with_envoy(data: Raw) -> Raw:
    """The same with a mediator who has no interests."""
    data["parties"]["envoy"] = {}
    return data


def test_a_mandate_binds_what_home_would_refuse() -> None:
    plain = with_envoy(support(0.3))
    drafted = plain["formats"]["drafted"]["seats"]
    with_mandate = changed(plain, formats__drafted__seats=drafted | {"envoy": {"role": "mediator", "mandate": True}})
    assert [measure(plain, of, format="drafted") for of in ("agreed", "settlement")] == [1.0, 0.0]
    assert [measure(with_mandate, of, format="drafted") for of in ("agreed", "settlement")] == [1.0, 1.0]
