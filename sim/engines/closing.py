"""How one talk ends, step by step: the text of last resort, consent, hold.

The outcome itself is written by the batch engine's own `conclude`; what stands here looks at the same steps one by one.
"""

from __future__ import annotations

from typing import Any

from sim.engines.agents import NOBODY, TalkState
from sim.engines.steps import ProposedDeal
from sim.formats.answers import refuse_draft
from sim.formats.endgame import drops_text_in_hand, signs_partial
from sim.formats.plenary import vote_in_plenary
from sim.formats.table import seat_parties
from sim.rules.durability import standing_by
from sim.rules.ratification import count_dissent, one_pass, strike_out, table_refuses
from sim.types.endings import Outcome
from sim.types.tables import SEVERABLE
from sim.types.transcript import (
    ConsentDecision,
    ConsentPass,
    Durability,
    LastResort,
    Leaver,
    Plenary,
    RatificationCourse,
    parties_in,
)
from sim.types.work import DRAFTED, WHOLE


def last_resort(talk: TalkState) -> LastResort | None:
    """At the deadline: the text in hand once more, or what the table can sign while the core stays open."""
    ground = talk.ground
    w = ground.w
    in_hand = w.base[talk.lane]
    if talk.settled:
        return None
    place = (talk.lane, ground.fmt, ground.key, talk.round)
    if (in_hand != w.in_force).any():
        w.tabled[:] = in_hand
        if ground.t.early_harvest[ground.fmt] == 1:
            return None
        refused = ground.call(drops_text_in_hand, *place)
        answers = talk.answers(NOBODY, refused or int(w.outvoted[0]))
        return LastResort(talk.month + 1, ground.deal_of(in_hand), refused == 0, answers, in_hand=True)
    signed = bool(ground.call(signs_partial, *place))
    if w.draft_state[talk.lane] != DRAFTED:
        return LastResort(talk.month + 1, None, signed=False)
    refused = ground.call(refuse_draft, talk.lane)
    answers = talk.answers(NOBODY, refused or int(w.outvoted[0]))
    return LastResort(talk.month + 1, ground.deal_of(w.draft[talk.lane]), signed, answers)


def vote(talk: TalkState) -> Plenary | None:
    """What everybody says to the text of a contact group; None where there is none. All sit at the table then."""
    ground = talk.ground
    w, t = ground.w, ground.t
    if t.grouped[ground.fmt] == 0:
        return None
    w.text[:] = w.tabled
    group, text = talk.table_mask, w.text.copy()
    against = int(ground.call(vote_in_plenary, talk.world, ground.fmt, ground.key, float(talk.month)))
    opposed = against or int(w.outvoted[0])
    proposal = _final(talk, text)
    votes = [
        agent.vote_on(proposal, accepts=not (opposed >> agent.party) & 1, patrons=group)
        for agent in talk.table
        if not (group >> agent.party) & 1
    ]
    return Plenary(ground.deal_of(text), against == 0, tuple(votes))


def leave_plenary(talk: TalkState) -> None:
    """Lay the table of the contact group again, so that what is told can be computed once more from the talk's end."""
    ground = talk.ground
    if ground.t.grouped[ground.fmt] == 1:
        ground.call(seat_parties, talk.world, ground.fmt, WHOLE, talk.away, 0)


def ratify(talk: TalkState) -> RatificationCourse:
    """Consent to the text on the table, pass by pass, as `rules.ratification.seek_consent` seeks it."""
    ground = talk.ground
    w, t = ground.w, ground.t
    w.text[:] = w.tabled
    tabled = ground.deal_of(w.text)
    ground.call(count_dissent)
    passes: list[ConsentPass] = []
    unwilling = 0
    for _ in range(int(w.n_seats[0]) + 1):
        new = _passes(talk)
        passes += new
        if not new[0].struck or t.switch[SEVERABLE] == 0 or (w.text == w.in_force).all():
            break
        before = int(w.left_out[0])
        unwilling = ground.call(table_refuses, talk.world, float(talk.month))
        if unwilling or int(w.left_out[0]) == before:
            break
    left_out = parties_in(int(w.left_out[0]))
    return RatificationCourse(tabled, tuple(passes), ground.deal_of(w.text), parties_in(unwilling), left_out)


def _passes(talk: TalkState) -> list[ConsentPass]:
    """Passes until nobody strikes anything, as `rules.ratification.strike_all` makes them."""
    ground, w, t = talk.ground, talk.ground.w, talk.ground.t
    passes: list[ConsentPass] = []
    for _ in range(len(t.level) + 1):
        w.refused[:] = 0
        before = w.text.copy()
        stopped = ground.call(one_pass, talk.world, ground.key, float(talk.month))
        decisions = _decisions(talk, before)
        if stopped and t.switch[SEVERABLE] == 0:
            w.text[:] = w.in_force
        elif stopped:
            ground.call(strike_out)
        struck = tuple(w.strike.nonzero()[0].tolist())
        passes.append(ConsentPass(ground.deal_of(before), decisions, struck, ground.deal_of(w.text)))
        if not stopped or t.switch[SEVERABLE] == 0:
            break
    return passes


def _decisions(talk: TalkState, text: Any) -> tuple[ConsentDecision, ...]:
    """What each party whose consent `text` needs has decided in the pass just made."""
    ground = talk.ground
    w, t = ground.w, ground.t
    proposal, table = _final(talk, text), talk.table_mask
    decisions: list[ConsentDecision] = []
    for agent in talk.parties:
        p = agent.party
        seated = bool(w.present[p]) and not (int(w.outvoted[0] | w.left_out[0]) >> p) & 1
        if not (t.ratifies[p] and not w.mandated[0] if seated else _has_say(talk, p, text)):
            continue
        stopped = tuple(i for i in range(len(w.refused)) if (int(w.refused[i]) >> p) & 1)
        decisions.append(agent.consent(proposal, home=seated, stopped=stopped, patrons=table))
    return tuple(decisions)


def _final(talk: TalkState, text: Any) -> ProposedDeal:
    """A text of the table before those whose consent it needs: they ask for no more than their reservation value."""
    gains = talk.ground.w.true_gain.copy()
    return ProposedDeal(talk.lane, talk.world, float(talk.month), text, gains, 0.0, 1.0, 0.0, final=True)


def _has_say(talk: TalkState, party: int, text: Any) -> bool:
    """True if an absent party has standing on something that `text` moves."""
    t, before = talk.ground.t, talk.ground.w.in_force
    places = enumerate(zip(text[t.issue_composite].tolist(), before[t.issue_composite].tolist(), strict=True))
    new = [(i, o) for i, (o, stood) in places if t.issue_option[i, o] != t.issue_option[i, stood]]
    return any(t.moved[i, o] == 1 and t.standing[talk.world, party, i, o] > 0.0 for i, o in new)


def hold(talk: TalkState) -> Durability | None:
    """How long the text lasted; the workspace still stands at the month in which it ended."""
    ground = talk.ground
    w, t = ground.w, ground.t
    months = int(ground.out.arrays.held[0])
    if months < 0:
        return None
    left: list[Leaver] = []
    if int(ground.out.arrays.outcome[0]) == Outcome.COLLAPSED:
        proposal = ProposedDeal(talk.lane, talk.world, float(talk.month + months), w.text, w.true_gain, 0.0, 1.0, 0.0)
        patrons = ground.call(standing_by)
        for p in parties_in(int(ground.out.arrays.decided[0])):
            cost = sum(float(t.enforcement[talk.world, p, c, o]) for c, o in enumerate(w.text))
            shift = ground.shift(p, proposal, patrons)
            left.append(Leaver(p, float(w.true_gain[p]), float(w.walk[p]), shift, cost))
    return Durability(months, int(t.hold_months[0]), tuple(left))
