"""The parties of one talk told turn by turn, where the talk stands, and how it ends: last resort, consent, hold.

Each party prepares, answers and consents by calling the compiled rules. The outcome itself is written by the batch
engine's own `conclude`; what stands here looks at the same steps one by one.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from sim.engines.steps import Ground, ProposedDeal
from sim.engines.strategy import Strategy, View
from sim.formats.answers import note_gains, refuse_draft
from sim.formats.course import SPOKEN_FOR
from sim.formats.endgame import drops_text_in_hand, signs_partial
from sim.formats.plenary import vote_in_plenary
from sim.formats.table import seat_parties
from sim.rules.coercion import ROUNDING
from sim.rules.durability import standing_by
from sim.rules.ratification import count_dissent, one_pass, strike_out, table_refuses
from sim.types import work as at
from sim.types.endings import EndReason, Outcome
from sim.types.tables import EQUILIBRIUM, SEVERABLE
from sim.types.transcript import (
    Answer,
    ConsentDecision,
    ConsentPass,
    Durability,
    LastResort,
    Leaver,
    Plenary,
    RatificationCourse,
    Why,
    parties_in,
)
from sim.types.work import DRAFTED, OFFER, PASS, STALL, WHOLE

NOBODY = -1


class PartyAgent:
    """One party. It keeps no state of its own: what it knows and wants stands in the talk's workspace."""

    def __init__(self, model: TalkState, party: int) -> None:
        self.model = model
        self.party = party
        self.name = model.ground.structure.parties[party].name
        self.strategy: Strategy | None = None

    @property
    def gap(self) -> float:
        """Its aspiration above its reservation value in the round at hand."""
        talk = self.model
        return float(talk.ground.w.gap[talk.lane, talk.round, self.party])

    def view(self) -> View:
        """What a strategy of the user's own is told."""
        talk = self.model
        return View.of(talk.ground, party=self.party, lane=talk.lane, world=talk.world, step=talk.round)

    def prepare(self) -> None:
        """Put the offer of a strategy of the user's own in place of what the rules would say in the round at hand."""
        if self.strategy is None:
            return
        talk, ground = self.model, self.model.ground
        here = (talk.lane, talk.round, self.party)
        view = self.view()
        deal = self.strategy.offer(view)
        ground.w.kind[here] = PASS if deal is None else OFFER
        ground.w.offer[here] = ground.w.base[talk.lane] if deal is None else view.composites_of(deal)
        ground.call(note_gains, talk.lane, ground.fmt, talk.round, self.party)

    def decides(self, speaker: int) -> bool:
        """The answer of a strategy of the user's own; it cannot sign across its party's firm lines."""
        talk, w = self.model, self.model.ground.w
        if self.strategy is None or w.crossed[talk.lane, talk.round, speaker, self.party]:
            return False
        return bool(self.strategy.accepts(self.view(), talk.ground.deal_of(w.offer[talk.lane, talk.round, speaker])))

    def is_asked(self, speaker: int) -> bool:
        """True for who sits at the table, and for a guarantor that the text names."""
        talk = self.model
        if talk.ground.w.present[self.party]:
            return True
        deal = self.proposal(speaker).deal
        return any(talk.ground.t.named[self.party, c, o] for c, o in enumerate(deal.tolist()))

    def proposal(self, speaker: int) -> ProposedDeal:
        """The offer of `speaker` in the present round as it stands before this party; -1 for the last-resort text."""
        talk, w, t = self.model, self.model.ground.w, self.model.ground.t
        final = speaker == NOBODY
        plain = final or not w.present[self.party]
        proposal = ProposedDeal(
            lane=talk.lane,
            world=talk.world,
            month=float(talk.month),
            deal=(w.draft[talk.lane] if final else w.offer[talk.lane, talk.round, speaker]).copy(),
            gains=(w.true_gain if final else w.gain[talk.lane, talk.round, speaker]).copy(),
            gap=0.0 if plain else self.gap,
            conceded=1.0 if plain else float(w.conceded[talk.lane, talk.round, self.party]),
            error=talk.ground.table_error(self.party, speaker=speaker, step=talk.round, world=talk.world),
        )
        whose = talk.ground.author(speaker)
        if w.present[self.party]:
            here = (
                (w.true_worth, w.true_claim)
                if final
                else (
                    w.worth[talk.lane, talk.round, speaker],
                    w.claims[talk.lane, talk.round, speaker],
                )
            )
            worth, claim = (float(array[self.party]) for array in here)
            lost = float(proposal.gains[self.party]) - worth
            proposal = replace(proposal, claim=claim, lost=lost, waits=not final)
        if plain or t.strategy[self.party] != EQUILIBRIUM or not t.plan_deal.shape[2] or whose >= len(t.bloc):
            return proposal
        expects = float(t.plan_value[talk.world, talk.ground.fmt, whose, self.party])
        own = {"gap": expects - ROUNDING, "conceded": 1.0, "error": 0.0, "claim": -math.inf, "lost": 0.0}
        return replace(proposal, **own, planned=True)

    def stalls(self, speaker: int) -> bool:
        """True if it accepts nothing this month; a last-resort text it still considers."""
        talk = self.model
        at_table = bool(talk.ground.w.present[self.party])
        return speaker != NOBODY and at_table and bool(talk.ground.w.kind[talk.lane, talk.round, self.party] == STALL)

    def vote_between(self, speaker: int, *, against: int, abstained: int) -> Answer:
        """Its vote on the amendment of `speaker`, told by the bit masks of those who voted otherwise."""
        talk, w = self.model, self.model.ground.w
        here, chair = (talk.lane, talk.round), len(talk.parties)
        why = Why.ACCEPTS
        if (abstained >> self.party) & 1:
            why = Why.ABSTAINS
        elif (against >> self.party) & 1:
            why = Why.RED_LINE if w.crossed[*here, speaker, self.party] else Why.PREFERS_FLOOR
        lines = talk.ground.crossed(self.party, self.proposal(speaker)) if why is Why.RED_LINE else ()
        gain, rival = float(w.gain[*here, speaker, self.party]), float(w.gain[*here, chair, self.party])
        # Against a text across its line any other will do.
        barred = bool(w.crossed[*here, chair, self.party]) and why is Why.ACCEPTS
        needed = min(gain, rival) if barred else rival
        return Answer(self.party, why is Why.ACCEPTS, why, gain, shift=0.0, needed=needed, red_lines=lines)

    def answer(self, speaker: int, *, refused: int, patrons: int) -> Answer:
        """Its answer to the offer of `speaker`, -1 for the last-resort text, with the reason.

        `refused` is the bit mask of those whom the rules let refuse, `patrons` that of those who may press.
        """
        said_yes = not (refused >> self.party) & 1
        answer = self.model.ground.explain(
            self.party, self.proposal(speaker), said_yes=said_yes, patrons=patrons, stalling=self.stalls(speaker)
        )
        if self.strategy is None or speaker == NOBODY:
            return answer
        return replace(answer, why=answer.why if answer.red_lines else Why.OWN_STRATEGY, needed=answer.gain)

    def vote_on(self, text: ProposedDeal, *, accepts: bool, patrons: int) -> Answer:
        """Its vote in the plenary on the text of a contact group, told with the reason.

        `accepts` is what the rules let it say, where an abstention counts as no objection; `patrons` is the bit mask of
        the contact group, which presses.
        """
        ground = self.model.ground
        own = replace(text, error=ground.error_of(self.party, world=text.world))
        vote = ground.explain(self.party, own, said_yes=accepts, patrons=patrons)
        indifferent = ground.abstains(self.party, own, shift=ground.shift(self.party, own, 0))
        return replace(vote, accepts=False, why=Why.ABSTAINS) if indifferent else vote

    def consent(self, text: ProposedDeal, *, home: bool, stopped: tuple[int, ...], patrons: int) -> ConsentDecision:
        """Its decision on a text that needs its consent, or that of its `home`.

        `stopped` are the issues that the rules let it stop; `patrons` is the bit mask of the table, which presses.
        """
        ground = self.model.ground
        own = replace(
            text,
            error=ground.error_of(self.party, world=text.world, home=home),
            margin=float(ground.t.home_margin[text.world, self.party]) if home else 0.0,
            lines=not home,
        )
        shift = ground.shift(self.party, own, patrons)
        said_yes = not stopped and ground.says_yes(self.party, own, shift=shift, stalling=False)
        answer = ground.explain(self.party, own, said_yes=said_yes, patrons=patrons)
        return ConsentDecision(answer=answer, home=home, margin=own.margin, stopped=stopped)


class TalkState:
    """Where a talk stands: read from the workspace of its ground, to which the driver (`sim.engines.talk`) writes."""

    ground: Ground
    parties: list[PartyAgent]  # the agents, by party
    status: int
    away: int  # bit mask of those invited who stayed away

    @property
    def round(self) -> int:
        """Rounds begun, from 0."""
        return int(self.ground.w.state[at.STEP])

    @property
    def lane(self) -> int:
        """Lane of the workspace."""
        return int(self.ground.w.state[at.LANE])

    @property
    def world(self) -> int:
        """Row of the tables; a shock changes it."""
        return int(self.ground.w.state[at.WORLD])

    @property
    def stage(self) -> int | None:
        """Stage of the agenda, by its row in the tables, or working group; None where everything is on the table."""
        place = int(self.ground.w.state[at.STAGE])
        return None if place == WHOLE else int(self.ground.w.stage_order[place])

    @property
    def month(self) -> int:
        """Months since the talks began, from 0; in a track since the first leg began."""
        return self.ground.month_of(self.round)

    @property
    def settled(self) -> bool:
        """True if the talks ended with a text that settles the core."""
        return self.status == SPOKEN_FOR

    @property
    def table(self) -> list[PartyAgent]:
        """Those who answer at the table as it is laid now, in speaking order."""
        w = self.ground.w
        return [self.parties[p] for p in w.seats[: int(w.n_seats[0])].tolist()]

    @property
    def table_mask(self) -> int:
        """The same as a bit mask."""
        return sum(1 << agent.party for agent in self.table)

    @property
    def listeners(self) -> list[PartyAgent]:
        """The table and its guarantors, in the order of the parties."""
        w = self.ground.w
        return [agent for agent in self.parties if w.present[agent.party] or (int(w.guards[0]) >> agent.party) & 1]

    def answers(self, speaker: int, refused: int) -> tuple[Answer, ...]:
        """Everybody's answer: first alone, then under pressure from those who said yes."""
        ground, w = self.ground, self.ground.w
        own = ground.speakers_side(speaker)
        listeners = [agent for agent in self.listeners if not (own >> agent.party) & 1 and agent.is_asked(speaker)]
        alone = [(agent.party, agent.proposal(speaker), agent.stalls(speaker)) for agent in listeners]
        patrons = (ground.first_yes(alone) | own) & int(w.only_presser[0])
        return tuple(agent.answer(speaker, refused=refused, patrons=patrons) for agent in listeners)


def draft_last(talk: TalkState) -> LastResort | None:
    """At the deadline: the text in hand once more, or what the table can sign while the core stays open."""
    ground = talk.ground
    w = ground.w
    in_hand = w.base[talk.lane]
    if talk.settled:
        return None
    place = (talk.lane, ground.fmt, ground.key, talk.round)
    whole = ground.t.undertaking[ground.fmt] == 1
    if whole and ((in_hand == w.in_force).all() or not ground.complete(in_hand)):
        left_open = ground.left_open(in_hand)
        return LastResort(talk.month + 1, None, signed=False, undertaking=True, left_open=left_open)
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
        if stopped:
            ground.call(strike_out)
        whole = bool(stopped) and (t.switch[SEVERABLE] == 0 or not ground.complete(w.text))
        if whole:
            w.text[:] = w.in_force
        struck = tuple(w.strike.nonzero()[0].tolist())
        passes.append(ConsentPass(ground.deal_of(before), decisions, struck, ground.deal_of(w.text)))
        if not stopped or whole:
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
    signed, reason = w.text.copy(), int(ground.out.arrays.reason[0])
    pairs = zip(ground.deal_of(signed), ground.deal_of(w.lasting), strict=True)
    gone = [i for i, (before, after) in enumerate(pairs) if before != after]
    lapsed = tuple((i, int(t.lasts[i, signed[t.issue_composite[i]]])) for i in gone)
    w.text[:] = w.lasting
    if int(ground.out.arrays.outcome[0]) == Outcome.COLLAPSED:
        proposal = ProposedDeal(talk.lane, talk.world, float(talk.month + months), w.text, w.true_gain, 0.0, 1.0, 0.0)
        patrons = ground.call(standing_by)
        for p in parties_in(int(ground.out.arrays.decided[0])):
            cost = sum(float(t.enforcement[talk.world, p, c, o]) for c, o in enumerate(w.text))
            shift = ground.shift(p, proposal, patrons)
            left.append(Leaver(p, float(w.true_gain[p]), float(w.walk[p]), shift, cost))
    w.text[:] = signed
    return Durability(months, int(t.hold_months[0]), tuple(left), lapsed, over=reason == EndReason.LAPSED)
