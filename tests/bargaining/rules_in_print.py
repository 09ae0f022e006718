"""Consent rules of the examples from print."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from sim.bargaining.consent_rules import ROUNDING, ConsentRule, Quota, at_least


def simple_majority(n_parties: int) -> ConsentRule:
    """More than half of the parties must accept."""
    return at_least(n_parties // 2 + 1, n_parties)


def weighted_quota(weights: Sequence[float], quota: float) -> ConsentRule:
    """The accepting parties must bring at least `quota` of weight together; `[1, 0, 0]` with quota 1 is a dictator."""
    return ConsentRule((Quota(tuple(float(w) for w in weights), float(quota)),))


def double_majority(weights: Sequence[float], *, share_of_members: float, share_of_weight: float) -> ConsentRule:
    """At least a share of the members, and at least a share of the weight, must accept.

    Article 16(4) of the Treaty on European Union asks for 0.55 of the members and 0.65 of the population.

    Args:
        weights: [P] weight of each party.
        share_of_members: in (0, 1]; rounded up to whole members.
        share_of_weight: in (0, 1].
    """
    n_parties = len(weights)
    members = Quota((1.0,) * n_parties, float(ceil(share_of_members * n_parties - ROUNDING)))
    weight = Quota(tuple(float(w) for w in weights), share_of_weight * float(sum(weights)))
    return ConsentRule((members, weight))
