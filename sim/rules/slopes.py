"""How the believed score changes with what each party gains: the weights of trade-off paths."""

from __future__ import annotations

import math

from sim.rules.belief import standing_at
from sim.rules.kernel import kernel
from sim.types.tables import Floats, Ints, Tables
from sim.types.work import Work


@kernel
def score_slopes(t: Tables, w: Work, world: int, n_needed: int, deal: Ints, gains: Floats, out: Floats) -> None:
    """Slopes of the believed score in each needed party's gain at `deal`, per entry of `w.needed`, into `out`.

    `lambda * sigma(-lambda * gain)`, times foresight and standing for absent parties. Shifts are held fixed.
    """
    precision = t.precision[world]
    for k in range(n_needed):
        q = w.needed[k]
        slope = precision * _refusal(precision * gains[q])
        if w.present[q] == 0:
            slope *= w.needed_weight[k] * standing_at(w, q, deal)
        out[k] = slope


@kernel
def _refusal(x: float) -> float:
    """`sigma(-x)`, the chance of a refusal at scaled gain x."""
    return 1.0 / (1.0 + math.exp(min(x, 700.0)))
