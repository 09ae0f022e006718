"""Plain numbers inside kernels equal the enums that people see."""

from __future__ import annotations

from sim.formats import endgame
from sim.types import REASON_SENTENCE, EndReason, Outcome
from sim.types.outcomes import HOME_BIT, MAX_PARTIES, PARTY_BITS, REMAINDER_BIT
from sim.types.tables import CORE, PROCESS, SUBSTANCE

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


def test_levels_rise_and_flags_fit_beside_parties() -> None:
    assert PROCESS < SUBSTANCE < CORE
    assert MAX_PARTIES < REMAINDER_BIT < HOME_BIT < 63
    assert PARTY_BITS >> REMAINDER_BIT == 0
    assert PARTY_BITS >> (MAX_PARTIES - 1) != 0
