"""How a run ends: the coarse outcome, the reason, and a sentence for people."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Literal, get_args


class Outcome(IntEnum):
    """The coarse result of one simulated negotiation, from least to most.

    `COLLAPSED` is a text that was signed and consented but did not last to the horizon; `SETTLEMENT` has every core
    issue at a settling option, consented, and lasted.
    """

    NO_TALKS = 0
    NO_AGREEMENT = 1
    BLOCKED = 2
    COLLAPSED = 3
    PROCESS = 4
    PARTIAL = 5
    SETTLEMENT = 6

    @property
    def label(self) -> str:
        """The word used in tables, figures and files."""
        return self.name.lower()


CoarseClass = Literal["settlement", "process_or_partial", "nothing"]
"""What documents of a past meeting can tell apart."""
COARSE_CLASSES: tuple[CoarseClass, ...] = get_args(CoarseClass)
COARSE_OF: Mapping[Outcome, CoarseClass] = {
    **dict.fromkeys((Outcome.NO_TALKS, Outcome.NO_AGREEMENT, Outcome.BLOCKED, Outcome.COLLAPSED), "nothing"),
    **dict.fromkeys((Outcome.PROCESS, Outcome.PARTIAL), "process_or_partial"),
    Outcome.SETTLEMENT: "settlement",
}


LIKELIHOODS = (
    *("settlement", "halt", "in_force", "signed", "agreed", "core", "lasted"),
    *(outcome.label for outcome in Outcome if outcome is not Outcome.SETTLEMENT),
)
"""What of a comparison can stand beside history: its measures and its outcomes."""


class EndReason(IntEnum):
    """Why a run ended as it did; each has a sentence in `REASON_SENTENCE`."""

    STAYED_AWAY = 0
    ALL_PASSED = 1
    DEADLINE = 2
    REFUSED_BY_ABSENT = 3
    REFUSED_AT_HOME = 4
    REMAINDER_REFUSED = 5
    DEFECTED = 6
    MEET_AGAIN = 7
    PROCESS_TEXT = 8
    PARTIAL_AT_DEADLINE = 9
    PARTIAL_BANKED = 10
    PARTS_STRUCK = 11
    SETTLED = 12
    VOTED_DOWN = 13
    NO_ZONE = 14
    CLAIMS = 15
    FORESEEN = 16
    CONDITION = 17
    AGENDA_CLOSED = 18
    LAPSED = 19


Impasse = Literal["stayed_away", "no_zone", "claims", "foreseen", "condition", "time"]
"""Why the table signed nothing: a seat stayed empty, no deal exists for those at the table, their claims exclude each
other, a refusal or a cost is foreseen, a condition cannot be met, or else time ran out while conceding.
"""
IMPASSES: tuple[Impasse, ...] = get_args(Impasse)
IMPASSE_OF: Mapping[EndReason, Impasse] = {
    EndReason.STAYED_AWAY: "stayed_away",
    EndReason.NO_ZONE: "no_zone",
    EndReason.CLAIMS: "claims",
    EndReason.FORESEEN: "foreseen",
    EndReason.CONDITION: "condition",
    **dict.fromkeys((EndReason.ALL_PASSED, EndReason.DEADLINE, EndReason.MEET_AGAIN), "time"),
}
"""Reasons of endings without a text that the table had agreed."""


REASON_SENTENCE: dict[EndReason, str] = {
    EndReason.STAYED_AWAY: "A seat that had to be filled stayed empty: coming was worth less than staying away.",
    EndReason.ALL_PASSED: "Nobody at the table could name a deal that it preferred to going on as now.",
    EndReason.DEADLINE: "Time ran out with an offer on the table that somebody refused.",
    EndReason.REFUSED_BY_ABSENT: "The table agreed, but a party outside the room whose compliance was needed refused.",
    EndReason.REFUSED_AT_HOME: "The table agreed, but a government could not carry the text at home.",
    EndReason.REMAINDER_REFUSED: "Parts were struck from the text, and what remained was no longer worth signing.",
    EndReason.DEFECTED: "The text was signed, and a party whose compliance it needed later left it.",
    EndReason.MEET_AGAIN: "No text, but every party found it worth meeting again.",
    EndReason.PROCESS_TEXT: "Only matters of process were agreed: channels, working groups, a next meeting.",
    EndReason.PARTIAL_AT_DEADLINE: "At the deadline the table signed a text that leaves the core open.",
    EndReason.PARTIAL_BANKED: "The table had agreed on part of the agenda and got no further before time ran out.",
    EndReason.PARTS_STRUCK: (
        "A settlement was agreed at the table, and lost its core to parties who refused their share of it."
    ),
    EndReason.SETTLED: "Every core issue was settled, consented to, and the text lasted to the horizon.",
    EndReason.VOTED_DOWN: "A contact group agreed, and its text did not carry when everybody voted on it.",
    EndReason.NO_ZONE: "No deal on the agenda is worth signing to everybody at the table.",
    EndReason.CLAIMS: "There is a deal that is better for all, but together they expect more of waiting than it holds.",
    EndReason.FORESEEN: (
        "There is a deal for the table, but it saw that parties outside the room would stop it; what they would let "
        "pass gives somebody too little."
    ),
    EndReason.CONDITION: "There would be a deal, but for a condition of somebody's yes that the talks could not meet.",
    EndReason.AGENDA_CLOSED: "All of the core that was on the agenda, if any, was settled; the rest was not on it.",
    EndReason.LAPSED: "A text for a time was signed, held for its months, and lapsed.",
}
