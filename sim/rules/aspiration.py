"""What a party demands now, as a gain over its reservation value."""

from __future__ import annotations

from sim.rules.kernel import kernel


@kernel
def time_share(step: int, n_steps: int, exponent: float) -> float:
    """Share of the way from reservation to top still demanded: `1 - (t / T) ** (1 / beta)`.

    Faratin, Sierra & Jennings (1998), equation for the polynomial family with k = 0 and their beta: `beta < 1` holds
    out (boulware), 1 is linear, `> 1` concedes early. `step` runs from 0, which gives 1, to `n_steps - 1`, which is the
    last chance to speak and gives 0; with a single step the share is 0.
    """
    if n_steps <= 1:
        return 0.0
    return 1.0 - (step / (n_steps - 1)) ** (1.0 / exponent)


@kernel
def conceded_share(top_gain: float, share: float, received: float, reciprocity: float) -> float:
    """Share of the way from top to reservation value already given: how far the aspiration follows a moved reservation.

    The aspiration is `r + blended_gap(top - r, ...)`; this is its derivative in `r` with the top held, so that support
    or pressure of `shift` stakes moves it by `conceded_share * shift`. In [0, 1]; `1 - share` without reciprocity.
    """
    mirrored = 1.0 if received < max(top_gain, 0.0) else 0.0
    return 1.0 - (1.0 - reciprocity) * share - reciprocity * mirrored


@kernel
def blended_gap(top_gain: float, share: float, received: float, reciprocity: float) -> float:
    """Aspiration above the reservation value: time dependence blended with tit for tat by weight `reciprocity`.

    `gap = (1 - rho) * top * share + rho * clip(top - received, 0, top)`: the reciprocal part gives back the mean
    improvement that the others have made in their own offers (absolute tit for tat: Faratin et al. 1998). `top_gain` is
    that of the best deal the party thinks it could get, `received` the mean concession so far, both in stakes; `share`
    is `time_share`, `reciprocity` rho in [0, 1]. A top of 0 or less gives 0.
    """
    if top_gain <= 0.0:
        return 0.0
    mirrored = min(max(top_gain - received, 0.0), top_gain)
    return (1.0 - reciprocity) * top_gain * share + reciprocity * mirrored
