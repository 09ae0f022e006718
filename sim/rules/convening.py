"""Who comes to the table."""

from __future__ import annotations

from sim.rules.kernel import kernel


@kernel
def stays_away(top_gain: float, n_seats: int, meeting_value: float, talk_cost: float) -> bool:
    """True if coming is worth less than staying away: `max(0, top / n) + meeting value - talk cost < 0`, in stakes.

    The cheap benchmark of what talks may bring is an equal share of the best the party thinks it could get. The outside
    option is already in the reservation value that the gain is counted from.

    Args:
        top_gain: gain of the party's top deal over its reservation value.
        n_seats: principals invited, at least 2.
        meeting_value: what a month of meeting is worth at home.
        talk_cost: what a month at the table costs.
    """
    return max(0.0, top_gain / n_seats) + meeting_value - talk_cost < 0.0
