"""How the believed score changes with what each party gains: the weights of trade-off paths."""

from __future__ import annotations

import math

from sim.rules.belief import CERTAIN_REFUSAL, standing_at, weight_of
from sim.rules.coercion import net_shift
from sim.rules.consent import best_coalition
from sim.rules.kernel import kernel
from sim.rules.utility import crosses
from sim.types.tables import Floats, Ints, Tables
from sim.types.work import Work

TINY = 1e-300


@kernel
def score_parts(t: Tables, w: Work, speaker: int, n_needed: int, deal: Ints, gains: Floats, slopes: Floats) -> None:
    """By entry of `w.needed`, at `deal`: each party's term of the believed score and its slope in the party's gain.

    Terms, at most 0, go into `w.term`. Slopes are `lambda * sigma(-lambda * gain)` at the table; for an absent party
    with standing `s` that passes with chance `a`, times `foresight * s * a / (1 - s + s * a)`. Shifts are held fixed.
    Where votes are counted, those outside the likeliest coalition have slope 0.
    """
    world = w.loaded[0]
    precision = t.precision[world]
    for k in range(n_needed):
        q = w.needed[k]
        margin = gains[q] - net_shift(t, w, world, q, deal, gains, w.table_mask[0] & w.only_presser[0])
        refusal = _refusal(float(precision * margin))
        slopes[k] = precision * refusal
        if w.present[q] == 1:
            w.term[k] = math.log1p(-refusal) if refusal < 1.0 else -precision * abs(margin)
            continue
        standing, passes = standing_at(w, q, deal), 1.0 - refusal
        weight = weight_of(t, w, k, deal)
        slopes[k] *= weight * standing * passes / (1.0 - standing + standing * passes + TINY)
        if standing > 0.0 and crosses(t, world, t.view_row[speaker, q], deal):
            passes = math.exp(CERTAIN_REFUSAL)
        w.term[k] = weight * math.log(1.0 - standing + standing * passes + TINY)
    if w.by_count[0] == 1:
        best_coalition(t, w, world, n_needed)
        for k in range(n_needed):
            if w.present[w.needed[k]] == 1 and w.counted[k] == 0:
                slopes[k] = 0.0


@kernel
def _refusal(x: float) -> float:
    """`sigma(-x)`, the chance of a refusal at scaled gain x."""
    return 1.0 / (1.0 + math.exp(min(x, 700.0)))
