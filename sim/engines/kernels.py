"""The compiled loop over draws, formats and replications: one call a block, no allocation."""

from __future__ import annotations

from sim.formats.alternating_offers import SPOKEN_FOR, play_talk
from sim.formats.endgame import conclude, record_no_talks
from sim.formats.table import load_world, no_talks, open_shared
from sim.rules.chance import ERROR, logistic, run_key, slot
from sim.rules.kernel import kernel
from sim.types.outcomes import Runs
from sim.types.tables import Ints, Tables
from sim.types.work import Work


@kernel
def draw_errors(t: Tables, w: Work, world: int, key: int) -> None:
    """One evaluation error per party and run, `logit(u) / lambda`, into `w.error` [P]; a bloc shares it."""
    for p in range(w.error.shape[0]):
        w.error[p] = logistic(key, slot(ERROR, 0, t.chance_key[p], t.chance_key[p]), t.precision[world])


@kernel
def run_block(
    t: Tables, w: Work, out: Runs, seed: int, first_draw: int, n_draws: int, replications: int, formats: Ints
) -> None:
    """All runs of a block of draws, into `out` in the order draw, format, replication.

    Args:
        first_draw: number of the block's first draw, for the keys of chance.
        n_draws: draws in the block, D; the tables hold D * G worlds.
        formats: [F'] format indices to run.
    """
    row = 0
    for d in range(n_draws):
        world = d * t.n_regimes[0]
        w.loaded[0] = -1
        for f in range(formats.shape[0]):
            fmt = formats[f]
            away = open_shared(t, w, world, fmt)
            missing = no_talks(t, w, fmt, away)
            for r in range(replications):
                if missing:
                    record_no_talks(t, w, out, row, world, away)
                else:
                    key = run_key(seed, first_draw + d, r)
                    load_world(t, w, world)
                    draw_errors(t, w, world, key)
                    ending, step, lane = play_talk(t, w, world, fmt, key)
                    conclude(t, w, out, row, lane, fmt, key, step, ending == SPOKEN_FOR)
                row += 1
