"""The parties of a Mesa model of one talk: each prepares, answers and consents by calling the compiled rules."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import mesa

from sim.engines.steps import Question, is_stalling
from sim.engines.strategy import Strategy, View
from sim.formats.answers import note_gains
from sim.rules.coercion import ROUNDING
from sim.types.tables import EQUILIBRIUM
from sim.types.transcript import Answer, Consent, Why
from sim.types.work import OFFER, PASS

if TYPE_CHECKING:
    from sim.engines.talk import NegotiationModel

NOBODY = -1


class PartyAgent(mesa.Agent):
    """One party. It keeps no state of its own: what it knows and wants stands in the talk's workspace."""

    model: NegotiationModel

    def __init__(self, model: NegotiationModel, party: int) -> None:
        super().__init__(model)
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
        note_gains(ground.tables, ground.work, talk.lane, ground.fmt, talk.round, self.party)

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
        deal = self.question(speaker).deal
        return any(talk.ground.t.named[self.party, c, o] for c, o in enumerate(deal.tolist()))

    def question(self, speaker: int) -> Question:
        """The offer of `speaker` in the present round as it stands before this party; -1 for the last-resort text."""
        talk, w, t = self.model, self.model.ground.w, self.model.ground.t
        final = speaker == NOBODY
        plain = final or not w.present[self.party]
        asked = Question(
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
        if plain or t.strategy[self.party] != EQUILIBRIUM or not t.plan_deal.shape[2] or whose >= len(t.bloc):
            return asked
        expects = float(t.plan_value[talk.world, talk.ground.fmt, whose, self.party])
        return replace(asked, gap=expects - ROUNDING, conceded=1.0, error=0.0, planned=True)

    def stalls(self, speaker: int) -> bool:
        """True if it accepts nothing this month; a last-resort text it still considers."""
        talk = self.model
        at_table = bool(talk.ground.w.present[self.party])
        return speaker != NOBODY and at_table and is_stalling(talk.ground.w, talk.lane, talk.round, self.party)

    def vote_between(self, speaker: int, *, against: int, abstained: int) -> Answer:
        """Its vote on the amendment of `speaker`, told by the bit masks of those who voted otherwise."""
        talk, w = self.model, self.model.ground.w
        here, chair = (talk.lane, talk.round), len(talk.parties)
        why = Why.ACCEPTS
        if (abstained >> self.party) & 1:
            why = Why.ABSTAINS
        elif (against >> self.party) & 1:
            why = Why.RED_LINE if w.crossed[*here, speaker, self.party] else Why.PREFERS_FLOOR
        lines = talk.ground.crossed(self.party, self.question(speaker)) if why is Why.RED_LINE else ()
        gain, rival = float(w.gain[*here, speaker, self.party]), float(w.gain[*here, chair, self.party])
        # Against a text across its line any other will do.
        barred = bool(w.crossed[*here, chair, self.party]) and why is Why.ACCEPTS
        return Answer(
            party=self.party,
            accepts=why is Why.ACCEPTS,
            why=why,
            gain=gain,
            shift=0.0,
            needed=min(gain, rival) if barred else rival,
            red_lines=lines,
        )

    def answer(self, speaker: int, *, refused: int, patrons: int) -> Answer:
        """Its answer to the offer of `speaker`, with the reason.

        Args:
            speaker: who offers; -1 for the last-resort text.
            refused: bit mask of those whom the rules let refuse.
            patrons: bit mask of those who may press.
        """
        said_yes = not (refused >> self.party) & 1
        found = self.model.ground.explain(
            self.party,
            self.question(speaker),
            said_yes=said_yes,
            patrons=patrons,
            stalling=self.stalls(speaker),
        )
        if self.strategy is None or speaker == NOBODY:
            return found
        return replace(found, why=found.why if found.red_lines else Why.OWN_STRATEGY, needed=found.gain)

    def vote_on(self, asked: Question, *, accepts: bool, patrons: int) -> Answer:
        """Its vote in the plenary on the text of a contact group, told with the reason.

        Args:
            asked: the text.
            accepts: what the rules let it say; an abstention counts as no objection.
            patrons: bit mask of the contact group, which presses.
        """
        ground = self.model.ground
        own = replace(asked, error=ground.error_of(self.party, world=asked.world))
        found = ground.explain(self.party, own, said_yes=accepts, patrons=patrons)
        indifferent = ground.abstains(self.party, own, shift=ground.shift(self.party, own, 0))
        return replace(found, why=Why.ABSTAINS) if indifferent else found

    def consent(self, asked: Question, *, home: bool, stopped: tuple[int, ...], patrons: int) -> Consent:
        """Its decision on a text that needs its consent, or its home's.

        Args:
            asked: the text.
            home: its home decides, not the party.
            stopped: issues that the rules let it stop.
            patrons: bit mask of the table, which presses.
        """
        ground = self.model.ground
        own = replace(
            asked,
            error=ground.error_of(self.party, world=asked.world, home=home),
            margin=float(ground.t.home_margin[asked.world, self.party]) if home else 0.0,
            lines=not home,
        )
        shift = ground.shift(self.party, own, patrons)
        said_yes = not stopped and ground.says_yes(self.party, own, shift=shift, stalling=False)
        answer = ground.explain(self.party, own, said_yes=said_yes, patrons=patrons)
        return Consent(answer=answer, home=home, asked=own.margin, stopped=stopped)
