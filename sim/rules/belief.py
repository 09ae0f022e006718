"""What a speaker believes: others' utilities, whose consent a text needs, and how likely it is to pass."""

from __future__ import annotations

import math

from sim.rules.coercion import net_shift
from sim.rules.consent import best_coalition, carries
from sim.rules.kernel import inlined, kernel, unit
from sim.rules.learning import belief_scales
from sim.rules.utility import crosses, is_named, month_at, price_at
from sim.types.tables import Floats, Ints, Tables
from sim.types.work import Work

CERTAIN_REFUSAL = -60.0
TINY = 1e-300
LEAST_TERM = 500.0  # nats: of somebody at the table, the believed score counts no more against a text


@unit("twiiii>-")
def fill_beliefs(t: Tables, w: Work, lane: int, fmt: int, speaker: int, step: int) -> None:
    """Utilities of every party as `speaker` believes them in round `step`, price included.

    They go into `w.view_value` [P, C, O], and what each party gives up by agreeing into `w.floor` [P]. The speaker's
    own row is the truth (`view_row[p, p] = p`). Beliefs about saliences are updated by learning; values, prices and
    outside options are believed as they are.
    """
    month, n_parties = month_at(t, w, fmt, step), t.view_row.shape[0]
    for q in range(n_parties):
        view = t.view_row[speaker, q]
        learned = view >= n_parties and w.learns[0] == 1
        if learned:
            belief_scales(t, w, lane, step, view, q)
        value_options(t, w, lane, q, view, month, learned)


@kernel
def value_options(t: Tables, w: Work, lane: int, party: int, view: int, month: float, learned: bool) -> None:
    """What every option is worth to a party as `view` has it, and what the party has without a further text.

    Into `w.view_value` [C, O], the price counted as relief once it stops, and `w.floor`: `utility.value_of` and
    `utility.floor_of` in others' eyes, with the factors in `w.scale` where they have `learned`.
    """
    world = w.world[lane]
    price = price_at(t, world, party, month)
    alone, in_hand = t.outside[world, party], 0.0
    for c in range(t.n_options.shape[0]):
        scale = w.scale[c] if learned else 1.0
        for o in range(t.n_options[c]):
            w.view_value[party, c, o] = t.contribution[world, view, c, o] * scale - price * t.ending[c, o]
        alone += w.view_value[party, c, t.status_quo[c]]
        in_hand += w.view_value[party, c, w.fallback[lane, c]]
    w.floor[party] = max(alone, in_hand)


@kernel
def most_pressure(t: Tables, w: Work, world: int, target: int) -> float:
    """No deal can bring more pressure of the table on the target than this, in stakes."""
    able = w.pressers[target] & w.table_mask[0] & w.only_presser[0]
    if able == 0:
        return 0.0
    total = 0.0
    for g in range(t.view_row.shape[0]):
        if (able >> g) & 1:
            total += t.leverage[world, g, target]
    return min(total, t.pressure_cap[world])


@kernel
def list_needed(t: Tables, w: Work, lane: int, speaker: int) -> int:
    """Whose consent a text of `speaker` needs: into `w.needed`, weights into `w.needed_weight`; returns how many.

    The other parties at the table count fully; absent parties with standing count with the speaker's foresight, and so
    do guarantors but for texts that name them (`weight_of`). Parties of the speaker's own bloc are left out.
    """
    world = w.world[lane]
    n = 0
    for q in range(t.view_row.shape[0]):
        if t.bloc[q] == t.bloc[speaker]:
            continue
        weight = 0.0
        if w.present[q] == 1:
            weight = 1.0
        elif w.has_standing[q] == 1:
            weight = t.foresight[world, speaker]
        if weight > 0.0 or (w.guards[0] >> q) & 1:
            w.needed[n] = q
            w.needed_weight[n] = weight
            w.most_pressure[q] = most_pressure(t, w, world, q)
            n += 1
    return n


@inlined
def standing_at(w: Work, party: int, deal: Ints) -> float:
    """Largest standing of `party` over what `deal` [C] moves, in [0, 1]."""
    largest = 0.0
    for k in range(w.n_owns[party]):
        c = w.owns[party, k]
        largest = max(largest, float(w.standing_max[party, c, deal[c]]))
    return largest


@inlined
def weight_of(t: Tables, w: Work, index: int, deal: Ints) -> float:
    """How much an absent party of `w.needed` counts for `deal`: foresight, but fully if the table's text names it."""
    q = w.needed[index]
    if (w.guards[0] >> q) & 1 and is_named(t, q, deal):
        return 1.0
    return float(w.needed_weight[index])


@kernel
def log_sigmoid(x: float) -> float:
    """`log(1 / (1 + exp(-x)))` without overflow."""
    if x > 0.0:
        return -math.log1p(math.exp(-x))
    return x - math.log1p(math.exp(x))


@kernel
def spoken_for(t: Tables, w: Work, n_needed: int, index: int, gains: Floats) -> bool:
    """True if a more reluctant needed party of the same bloc stands for this one: a bloc answers once."""
    q = w.needed[index]
    for k in range(n_needed):
        e = w.needed[k]
        same_bloc = e != q and t.bloc[e] == t.bloc[q]
        if same_bloc and (gains[e] < gains[q] or (gains[e] == gains[q] and e < q)):
            return True
    return False


@inlined
def passes_absent(x: float, standing: float, crossed: bool) -> float:
    """Log chance that a text passes an absent party with standing, at scaled margin `x`; a crossed line is refused."""
    pass_log = CERTAIN_REFUSAL if crossed else log_sigmoid(x)
    if standing < 1.0:
        pass_log = math.log(1.0 - standing + standing * math.exp(pass_log))
    return pass_log


@unit("twiiif>f")
def believed_score(t: Tables, w: Work, world: int, speaker: int, n_needed: int, beats: float) -> float:
    """Believed log joint probability that the deal in `w.deal` [C], with believed gains `w.gains` [P], passes.

    `sum_q log sigma(lambda * (gain_q - shift_q))` over the others at the table, plus `foresight * log(1 - s * (1 -
    sigma(...)))` over absent parties with standing `s > 0` on what the deal moves; `shift` is support minus the
    pressure that the speaker's side would apply. A text that crosses an absent party's believed firm line is refused
    for certain. Where votes are counted the sum runs over the likeliest coalition that carries the text. At most 0.

    As soon as it is sure not to come out above `beats`, -inf is returned: of most deals nobody asks for the number.
    """
    deal, gains = w.deal, w.gains
    precision = t.precision[world]
    score, odds = 0.0, 1.0
    patrons = w.table_mask[0] & w.only_presser[0]
    for k in range(n_needed):
        q = w.needed[k]
        if w.blocs[0] == 1 and w.by_count[0] == 0 and spoken_for(t, w, n_needed, k, gains):
            continue
        margin = gains[q] - net_shift(t, w, world, q, deal, gains, patrons)
        if w.present[q] == 1:
            if w.by_count[0] == 1:
                crossed = crosses(t, world, t.view_row[speaker, q], deal)
                w.term[k] = CERTAIN_REFUSAL if crossed else log_sigmoid(precision * margin)
                continue
            # One logarithm for all: log sigma(x) = -log(1 + exp(-x)).
            odds *= 1.0 + math.exp(min(-precision * margin, LEAST_TERM))
            if odds > 1e80:
                score -= math.log(odds)
                odds = 1.0
            elif (score - beats) * (odds + 1.0) <= 2.0 * (odds - 1.0):  # log x >= 2 (x - 1) / (x + 1) for x >= 1
                return -math.inf
            continue
        standing = standing_at(w, q, deal)
        if standing > 0.0:
            crossed = crosses(t, world, t.view_row[speaker, q], deal)
            score += weight_of(t, w, k, deal) * passes_absent(precision * margin, standing, crossed)
            if score <= beats:
                return -math.inf
    if w.by_count[0] == 1:
        return score + best_coalition(t, w, world, n_needed)
    return score - math.log(odds)


@unit("twiii>i")
def all_content(t: Tables, w: Work, world: int, speaker: int, n_needed: int) -> int:
    """1 if all whose consent carries `w.deal` are believed to get their reservation value, after support and pressure.

    An absent party with standing `s` counts with foresight: it may fall short by up to `1 - foresight * s` stakes.
    """
    deal, gains = w.deal, w.gains
    patrons = w.table_mask[0] & w.only_presser[0]
    refused = 0
    for k in range(n_needed):
        q = w.needed[k]
        margin = gains[q] - net_shift(t, w, world, q, deal, gains, patrons)
        if w.present[q] == 0:
            standing = standing_at(w, q, deal)
            if standing <= 0.0:
                continue
            standing *= weight_of(t, w, k, deal)
            margin += 1.0 - standing
            if standing > 0.5 and crosses(t, world, t.view_row[speaker, q], deal):
                return 0
        elif w.by_count[0] == 1:
            if margin < 0.0 or crosses(t, world, t.view_row[speaker, q], deal):
                refused |= 1 << q
            continue
        if margin < 0.0:
            return 0
    return 1 if refused == 0 or carries(t, w, world, refused, 0) else 0


@kernel
def score_parts(t: Tables, w: Work, speaker: int, n_needed: int, deal: Ints, gains: Floats, slopes: Floats) -> None:
    """By entry of `w.needed`, at `deal`: each party's term of the believed score and its slope in the party's gain.

    Terms, at most 0, go into `w.term`, shifts into `w.shift`, infinite where an absent party's line is crossed. Slopes
    are `lambda * sigma(-lambda * gain)` at the table; for an absent party with standing `s` that passes with chance
    `a`, times `foresight * s * a / (1 - s + s * a)`. Shifts are held fixed.
    Where votes are counted, those outside the likeliest coalition have slope 0.
    """
    world = w.loaded[0]
    precision = t.precision[world]
    for k in range(n_needed):
        q = w.needed[k]
        w.shift[k] = net_shift(t, w, world, q, deal, gains, w.table_mask[0] & w.only_presser[0])
        margin = gains[q] - w.shift[k]
        refusal = 1.0 / (1.0 + math.exp(min(precision * margin, 700.0)))  # sigma(-x) at scaled margin x
        slopes[k] = precision * refusal
        if w.present[q] == 1:
            w.term[k] = math.log1p(-refusal) if refusal < 1.0 else -precision * abs(margin)
            continue
        standing, passes = standing_at(w, q, deal), 1.0 - refusal
        weight = weight_of(t, w, k, deal)
        slopes[k] *= weight * standing * passes / (1.0 - standing + standing * passes + TINY)
        if standing > 0.0 and crosses(t, world, t.view_row[speaker, q], deal):
            passes = math.exp(CERTAIN_REFUSAL)
            w.shift[k] = math.inf  # it may come round altogether
        w.term[k] = weight * math.log(1.0 - standing + standing * passes + TINY)
    if w.by_count[0] == 1:
        best_coalition(t, w, world, n_needed)
        for k in range(n_needed):
            if w.present[w.needed[k]] == 1 and w.counted[k] == 0:
                slopes[k] = 0.0
