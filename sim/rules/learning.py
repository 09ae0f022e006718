"""Learning the saliences of others from their offers (frequency models: Hindriks & Tykhonov 2008)."""

from __future__ import annotations

import math

from sim.rules.kernel import kernel, unit
from sim.rules.utility import copy_row
from sim.types.tables import Tables
from sim.types.work import Work


@kernel
def copy_memory(w: Work, source: int, source_step: int, lane: int, step: int) -> None:
    """Take what was learned before round `source_step` of a lane as known before round `step` of another."""
    for p in range(w.present.shape[0]):
        w.n_seen[lane, step, p] = w.n_seen[source, source_step, p]
        copy_row(w.kept[source, source_step, p], w.kept[lane, step, p])
        copy_row(w.last_offer[source, source_step, p], w.last_offer[lane, step, p])


@kernel
def observe(t: Tables, w: Work, lane: int, step: int, speaker: int) -> None:
    """Count a distinct offer of `speaker` in round `step`, into the memory before round `step + 1`.

    Each composite that a distinct offer kept as it was speaks for the speaker's weight there.
    """
    n_composites = t.n_options.shape[0]
    after = step + 1
    first = w.n_seen[lane, after, speaker] == 0.0
    changed = first
    for c in range(n_composites):
        if w.offer[lane, step, speaker, c] != w.last_offer[lane, after, speaker, c]:
            changed = True
    if not changed:
        return
    for c in range(n_composites):
        if not first and w.offer[lane, step, speaker, c] == w.last_offer[lane, after, speaker, c]:
            w.kept[lane, after, speaker, c] += 1.0
        w.last_offer[lane, after, speaker, c] = w.offer[lane, step, speaker, c]
    w.n_seen[lane, after, speaker] += 1.0


@unit("twiiii>-")
def belief_scales(t: Tables, w: Work, lane: int, step: int, view: int, party: int) -> None:
    """Factors on the believed contributions of `party` after the offers seen before round `step`, into `w.scale` [C].

    `weight = (n0 * prior + n * observed) / (n0 + n)`, with `observed` the share of distinct offers of `party` in which
    the composite stayed put (add-one), scaled so that the weights of the composites on the agenda keep their sum. The
    factor is `weight / prior`; it is 1 for a true view (`view < P`), for an infinite `learning_prior`, before any
    offer, off the agenda, and where the prior weight is 0 (nothing there to scale).
    """
    n_composites = t.n_options.shape[0]
    for c in range(n_composites):
        w.scale[c] = 1.0
    world = w.world[lane]
    n0 = t.learning_prior[world]
    seen = w.n_seen[lane, step, party]
    if view < t.view_row.shape[0] or math.isinf(n0) or seen == 0.0:
        return
    prior_sum, kept_sum = 0.0, 0.0
    for c in range(n_composites):
        prior, movable = 0.0, 0
        for o in range(t.n_options[c]):
            prior = max(prior, t.contribution[world, view, c, o])
            movable += w.open[lane, c, o]
        w.scale[c] = prior if movable > 1 else 0.0
        prior_sum += w.scale[c]
        kept_sum += w.kept[lane, step, party, c] + 1.0 if movable > 1 else 0.0
    for c in range(n_composites):
        prior = w.scale[c]
        w.scale[c] = 1.0
        if prior > 0.0:
            observed = prior_sum * (w.kept[lane, step, party, c] + 1.0) / kept_sum
            w.scale[c] = (n0 * prior + seen * observed) / ((n0 + seen) * prior)
