"""How the believed score changes with what each party gains: the weights of trade-off paths."""

from __future__ import annotations

import math

from sim.rules.belief import CERTAIN_REFUSAL, lines_crossed, standing_at
from sim.rules.coercion import net_shift
from sim.rules.kernel import kernel
from sim.types.tables import Floats, Ints, Tables
from sim.types.work import Work

TINY = 1e-300


@kernel
def score_slopes(t: Tables, w: Work, world: int, n_needed: int, deal: Ints, gains: Floats, out: Floats) -> None:
    """Slopes of the believed score in each needed party's gain at `deal`, per entry of `w.needed`, into `out`.

    `lambda * sigma(-lambda * gain)` at the table; for an absent party with standing `s` that passes with chance `a`,
    times `foresight * s * a / (1 - s + s * a)`. Shifts are held fixed.
    """
    precision = t.precision[world]
    for k in range(n_needed):
        q = w.needed[k]
        margin = gains[q] - net_shift(t, w, world, q, deal, gains, w.table_mask[0])
        refusal = _refusal(precision * margin)
        slope = precision * refusal
        if w.present[q] == 0:
            standing, passes = standing_at(w, q, deal), 1.0 - refusal
            slope *= w.needed_weight[k] * standing * passes / (1.0 - standing + standing * passes + TINY)
        out[k] = slope


@kernel
def score_parts(t: Tables, w: Work, world: int, speaker: int, n_needed: int, deal: Ints, gains: Floats) -> None:
    """By entry of `w.needed`, at `deal`: each party's term of the believed score into `w.term`, its slope as above.

    Terms are at most 0; slopes go into `w.gradient`.
    """
    precision = t.precision[world]
    for k in range(n_needed):
        q = w.needed[k]
        margin = gains[q] - net_shift(t, w, world, q, deal, gains, w.table_mask[0])
        refusal = _refusal(precision * margin)
        w.gradient[k] = precision * refusal
        if w.present[q] == 1:
            w.term[k] = math.log1p(-refusal) if refusal < 1.0 else -precision * abs(margin)
            continue
        standing, passes = standing_at(w, q, deal), 1.0 - refusal
        w.gradient[k] *= w.needed_weight[k] * standing * passes / (1.0 - standing + standing * passes + TINY)
        if standing > 0.0 and lines_crossed(t, w, world, t.view_row[speaker, q], deal):
            passes = math.exp(CERTAIN_REFUSAL)
        w.term[k] = w.needed_weight[k] * math.log(1.0 - standing + standing * passes + TINY)


@kernel
def _refusal(x: float) -> float:
    """`sigma(-x)`, the chance of a refusal at scaled gain x."""
    return 1.0 / (1.0 + math.exp(min(x, 700.0)))
