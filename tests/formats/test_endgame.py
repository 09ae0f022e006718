"""Plain numbers inside kernels equal the enums that people see."""

from __future__ import annotations

from typing import Any

from sim.engines.talk import play as play_one
from sim.formats import endgame
from sim.types import REASON_SENTENCE, EndReason, Outcome
from sim.types.outcomes import HOME_BIT, MAX_PARTIES, PARTY_BITS, REMAINDER_BIT
from sim.types.tables import CORE, PROCESS, SUBSTANCE
from tests.laws.common import Raw, encode, play
from tests.laws.made_up import issue, party, talks, world, worth

REASONS = {
    "R_STAYED_AWAY": EndReason.STAYED_AWAY,
    "R_ALL_PASSED": EndReason.ALL_PASSED,
    "R_DEADLINE": EndReason.DEADLINE,
    "R_ABSENT": EndReason.REFUSED_BY_ABSENT,
    "R_HOME": EndReason.REFUSED_AT_HOME,
    "R_REMAINDER": EndReason.REMAINDER_REFUSED,
    "R_DEFECTED": EndReason.DEFECTED,
    "R_MEET_AGAIN": EndReason.MEET_AGAIN,
    "R_PROCESS_TEXT": EndReason.PROCESS_TEXT,
    "R_PARTIAL": EndReason.PARTIAL_AT_DEADLINE,
    "R_BANKED": EndReason.PARTIAL_BANKED,
    "R_STRUCK": EndReason.PARTS_STRUCK,
    "R_SETTLED": EndReason.SETTLED,
    "R_VOTED_DOWN": EndReason.VOTED_DOWN,
    "R_NO_ZONE": EndReason.NO_ZONE,
    "R_CLAIMS": EndReason.CLAIMS,
    "R_FORESEEN": EndReason.FORESEEN,
    "R_CONDITION": EndReason.CONDITION,
    "R_AGENDA_CLOSED": EndReason.AGENDA_CLOSED,
    "R_LAPSED": EndReason.LAPSED,
}


def mismatched(numbers: dict[str, int]) -> list[str]:
    """Names whose number is not that of their enum."""
    wrong = [f"O_{each.name}" for each in Outcome if numbers.get(f"O_{each.name}") != each]
    return wrong + [name for name, each in REASONS.items() if numbers.get(name) != each]


def test_outcomes_and_reasons_are_those_of_the_enums() -> None:
    numbers = {name: value for name, value in vars(endgame).items() if name[:2] in ("O_", "R_")}
    assert mismatched(numbers) == []
    assert set(numbers) == {f"O_{each.name}" for each in Outcome} | set(REASONS)
    assert mismatched({**numbers, "R_BANKED": 11, "R_STRUCK": 10}) == ["R_BANKED", "R_STRUCK"]


def test_every_reason_has_a_sentence() -> None:
    assert set(REASON_SENTENCE) == set(EndReason) == set(REASONS.values())


def a_freeze(**option: Any) -> Raw:
    """Two parties whom a truce helps while it holds; a peace that settles is barred to both."""
    line = {"never": {"issue": "war", "options": "peace", "firmness": 1}}
    values = {"war": worth(on=0, truce=0.5, peace=1), "next": worth(no=0, meet=0)}
    one = party({"war": 1, "next": 0}, values) | {"red_lines": line}
    issues = {
        "war": issue("on", "truce", "peace", settles="peace", level="core"),
        "next": {"level": "process", "status_quo": "no", "options": {"no": {}, "meet": {}}},
    }
    issues["war"] |= {"ends_price": True}
    issues["war"]["options"]["truce"] = option
    price = {"price_of_no_settlement": {"now": -0.2}}
    data = world(issues, {"a": one | price, "b": one | price}, {"talks": talks("a", "b", harvest="early")})
    data["horizon_months"] = 24
    return data


def ended(**option: Any) -> tuple[Outcome, EndReason, int, int]:
    """How talks about a freeze end: outcome, reason, months held, whether it is a halt; in both drivers."""
    told = play_one(encode(a_freeze(**option)), format_index=0, draw=0, replication=0)
    runs = play(encode(a_freeze(**option)), n_draws=1, replications=1)
    record = told.record
    counted = Outcome(int(runs.outcome[0])), EndReason(int(runs.reason[0])), int(runs.held[0]), int(runs.halt[0])
    assert (Outcome(record.outcome), EndReason(record.reason), record.held, record.halt) == counted
    return counted


def test_a_text_for_a_time_lapses_and_settles_nothing() -> None:
    assert ended() == (Outcome.PARTIAL, EndReason.PARTIAL_BANKED, 24, 0)
    assert ended(lasts=6, halts=True) == (Outcome.PARTIAL, EndReason.LAPSED, 6, 1)
    assert ended(lasts=6, halts=True, then="talks") == (Outcome.PROCESS, EndReason.LAPSED, 6, 1)
    assert ended(lasts=24, halts=True, then="talks") == (Outcome.PARTIAL, EndReason.PARTIAL_BANKED, 24, 1)


def test_a_text_that_codifies_the_next_meeting_is_process() -> None:
    data = a_freeze()
    data["formats"]["talks"]["agenda"] = ["next"]
    for name in ("a", "b"):
        data["parties"][name]["salience"]["next"] = 0.1
        data["parties"][name]["values"]["next"] = worth(no=0, meet=1)
    runs = play(encode(data), n_draws=1, replications=1)
    assert (Outcome(int(runs.outcome[0])), EndReason(int(runs.reason[0]))) == (
        Outcome.PROCESS,
        EndReason.PROCESS_TEXT,
    )
    assert runs.deal[0].tolist() == [0, 1]


def test_levels_rise_and_flags_fit_beside_parties() -> None:
    assert PROCESS < SUBSTANCE < CORE
    assert MAX_PARTIES < REMAINDER_BIT < HOME_BIT < 63
    assert PARTY_BITS >> REMAINDER_BIT == 0
    assert PARTY_BITS >> (MAX_PARTIES - 1) != 0
