"""Learning the saliences of others from their offers (frequency models: Hindriks & Tykhonov 2008)."""

from __future__ import annotations

import math

from sim.rules.kernel import unit
from sim.types.tables import Tables
from sim.types.work import Work


@unit("twiiii>-")
def observe(t: Tables, w: Work, source: int, lane: int, step: int, speaker: int) -> None:
    """Count a distinct offer of `speaker`: each composite that it kept as it was speaks for its weight there.

    Args:
        source: lane in which the offer of round `step` stands.
        lane: lane whose counts are updated (another one when a run leaves the common course).
    """
    n_composites = t.n_options.shape[0]
    first = w.n_seen[lane, speaker] == 0.0
    changed = first
    for c in range(n_composites):
        if w.offer[source, step, speaker, c] != w.last_offer[lane, speaker, c]:
            changed = True
    if not changed:
        return
    for c in range(n_composites):
        if not first and w.offer[source, step, speaker, c] == w.last_offer[lane, speaker, c]:
            w.kept[lane, speaker, c] += 1.0
        w.last_offer[lane, speaker, c] = w.offer[source, step, speaker, c]
    w.n_seen[lane, speaker] += 1.0


@unit("twiiiii>-")
def belief_scales(t: Tables, w: Work, lane: int, world: int, fmt: int, view: int, party: int) -> None:
    """Factors on the believed contributions of `party` after the offers seen so far, into `w.scale` [C].

    `weight = (n0 * prior + n * observed) / (n0 + n)`, with `observed` the share of distinct offers of `party` in which
    the composite stayed put (add-one), scaled so that the weights of the composites on the agenda keep their sum. The
    factor is `weight / prior`; it is 1 for a true view (`view < P`), for an infinite `learning_prior`, before any offer,
    off the agenda, and where the prior weight is 0 (nothing there to scale).
    """
    n_composites = t.n_options.shape[0]
    for c in range(n_composites):
        w.scale[c] = 1.0
    n0 = t.learning_prior[world]
    seen = w.n_seen[lane, party]
    if view < t.view_row.shape[0] or math.isinf(n0) or seen == 0.0:
        return
    prior_sum, kept_sum = 0.0, 0.0
    for c in range(n_composites):
        prior, movable = 0.0, 0
        for o in range(t.n_options[c]):
            prior = max(prior, t.contribution[world, view, c, o])
            movable += t.allowed[fmt, c, o]
        w.scale[c] = prior if movable > 1 else 0.0
        prior_sum += w.scale[c]
        kept_sum += w.kept[lane, party, c] + 1.0 if movable > 1 else 0.0
    for c in range(n_composites):
        prior = w.scale[c]
        w.scale[c] = 1.0
        if prior > 0.0:
            observed = prior_sum * (w.kept[lane, party, c] + 1.0) / kept_sum
            w.scale[c] = (n0 * prior + seen * observed) / ((n0 + seen) * prior)
