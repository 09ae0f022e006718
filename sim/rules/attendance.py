"""Who comes to the table, who plays for time there, and whether all would come again."""

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


@kernel
def stalls(drift: float, meeting_value: float, talk_cost: float, patience: float, standing_gain: float) -> bool:
    """True if a month of talks for their own sake beats taking the standing offer after that month.

    `drift + meeting value - talk cost > patience * max(0, gain of the standing offer)`, all in stakes. A party whose
    price of no settlement improves with time, or that is paid at home for meeting, waits unless the others pay it more.

    Args:
        drift: change of the party's price of no settlement per month; positive if time is on its side.
        meeting_value: per month.
        talk_cost: per month.
        patience: discount factor per month, in (0, 1].
        standing_gain: gain over reservation of the best offer it heard in the last round.
    """
    return drift + meeting_value - talk_cost > patience * max(0.0, standing_gain)


@kernel
def meets_again(
    top_gain: float, n_seats: int, meeting_value: float, talk_cost: float, patience: float, months: float
) -> bool:
    """True if another series of talks is worth its cost: `meeting value + option value > talk cost`, stakes per month.

    The option value is an equal share of the party's top deal, discounted over one more series of `months` and spread
    over its months. At equality a party goes home, so that a table where nothing is worth anything does not meet again.
    """
    option = max(0.0, top_gain / n_seats) * patience**months / months
    return meeting_value + option > talk_cost
