"""Who comes to the table, who plays for time there, and whether all would come again."""

from __future__ import annotations

from sim.rules.kernel import kernel


@kernel
def stays_away(top_gain: float, n_blocs: int, meeting_value: float, talk_cost: float) -> bool:
    """True if coming is worth less than staying away: `max(0, top / n) + meeting value - talk cost < 0`, in stakes.

    The cheap benchmark of what talks may bring is an equal share, among the `n_blocs` of the principals invited, of the
    best the party thinks it could get, over its reservation value, which holds its outside option already. Meeting
    value (at home) and talk cost (at the table) are per month.
    """
    return max(0.0, top_gain / n_blocs) + meeting_value - talk_cost < 0.0


@kernel
def stalls(drift: float, meeting_value: float, talk_cost: float, patience: float, standing_gain: float) -> bool:
    """True if taking the standing offer after another month of talks beats taking it now.

    `drift + meeting value - talk cost + patience * g > g` with `g = max(0, gain of the standing offer)`, in stakes, per
    month and with a discount factor per month in (0, 1]. A party whose price of no settlement improves with time
    (`drift` above 0), or that is paid at home for meeting, waits unless what it would put off is worth more; the more
    patient it is, the longer. The standing offer is the best it heard in the last round, over its reservation value.
    """
    return drift + meeting_value - talk_cost > (1.0 - patience) * max(0.0, standing_gain)


@kernel
def meets_again(
    top_gain: float, n_blocs: int, meeting_value: float, talk_cost: float, patience: float, months: float
) -> bool:
    """True if another series of talks is worth its cost: `meeting value + option value > talk cost`, stakes per month.

    The option value is an equal share of the party's top deal, discounted over one more series of `months` and spread
    over its months. At equality a party goes home, so that a table where nothing is worth anything does not meet again.
    """
    option = max(0.0, top_gain / n_blocs) * patience**months / months
    return meeting_value + option > talk_cost
