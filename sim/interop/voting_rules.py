"""What the voting rule of a table means: which shares of votes and members carry a text in the Council.

QMV by the treaty of the time, as the Council's numbers of members tell it (European Communities acts of accession
1994, Treaties of Nice and Lisbon; CVCE, Evolution of qualified majority voting in the Council). The thresholds are of
votes of member states; a table that also holds further actors with a weight stretches them over these.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

ALLOWED = "QMV, QMV(n) with n the least number of states, Unan, Simple, or nothing"
_QMV = re.compile(r"qmv(?:\((\d+)\))?$")


@dataclass(frozen=True)
class VotingRule:
    """A consent rule of a scenario, as YAML without the vetoes, and why."""

    rule: str | None
    """unanimity or majority; None for a quota."""
    members: float
    weight: float
    why: str


def is_known(rule: str) -> bool:
    """Whether the text is a voting rule that is understood; an empty one is."""
    return rule.lower() in ("", "unan", "unanimity", "simple") or _QMV.match(rule.lower()) is not None


def consent_of(rule: str, wave: str, n_states: int) -> VotingRule:
    """The consent rule for a voting rule that is known, with so many member states among the actors.

    Waves of the data set: 1 is 1996 to 2000, 2 is 2003 to 2008, 3 is 2012 to 2018; empty if not told.
    """
    word = rule.lower()
    if word in ("unan", "unanimity"):
        return VotingRule("unanimity", 0.0, 0.0, "the table says unanimity")
    if word == "simple":
        return VotingRule("majority", 0.0, 0.0, "the table says simple majority: more than half, by heads")
    if not word:
        why = "ASSUMED: the table has no voting rule; half of all capability carries a text"
        return VotingRule(None, 0.0, 0.5, why)
    states = word[len("qmv(") : -1]
    if wave == "3":
        return VotingRule(None, 0.55, 0.65, "QMV by the Treaty of Lisbon: 55% of the states with 65% of the people")
    if wave == "2" and n_states > 15:
        votes, of = (255, 345) if n_states > 25 else (232, 321)
        why = f"QMV by the Treaty of Nice: {votes} of {of} votes and more than half of the states"
        return VotingRule(None, 0.51, _up(votes / of), why)
    if states:
        members = min(_up(int(states) / max(n_states, int(states))), 1.0)
        return VotingRule(None, members, _up(62 / 87), f"QMV of 1995: 62 of 87 votes, from at least {states} states")
    return VotingRule(None, 0.0, _up(62 / 87), "QMV of 1995: 62 of 87 votes")


def _up(share: float) -> float:
    """Three decimals; rounded down a little, so that just enough votes are enough."""
    return int(share * 1000) / 1000
