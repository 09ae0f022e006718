"""The parties of a Mesa model of one talk: each proposes, answers and consents by calling the compiled rules."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import mesa

from sim.engines.course import Question, is_stalling
from sim.formats.alternating_offers import propose
from sim.types.transcript import Answer, Consent

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
        self.gap = 0.0

    def propose(self) -> None:
        """Put an offer, pass, or play for time, in the model's present round."""
        talk = self.model
        propose(talk.ground.tables, talk.ground.work, talk.lane, talk.ground.fmt, talk.round, self.party)
        self.gap = float(talk.ground.w.gap[talk.lane, talk.round, self.party])

    def question(self, speaker: int) -> Question:
        """The offer of `speaker` in the present round as it stands before this party; -1 for the last-resort text."""
        talk, w = self.model, self.model.ground.w
        final = speaker == NOBODY
        return Question(
            lane=talk.lane,
            world=talk.world,
            month=float(talk.month),
            deal=(w.draft[talk.lane] if final else w.offer[talk.lane, talk.round, speaker]).copy(),
            gains=(w.true_gain if final else w.gain[talk.lane, talk.round, speaker]).copy(),
            gap=0.0 if final else float(w.gap[talk.lane, talk.round, self.party]),
            conceded=1.0 if final else float(w.conceded[talk.lane, talk.round, self.party]),
            error=talk.ground.table_error(self.party, speaker=speaker, step=talk.round, world=talk.world),
        )

    def stalls(self, speaker: int) -> bool:
        """True if it accepts nothing this month; a last-resort text it still considers."""
        talk = self.model
        return speaker != NOBODY and is_stalling(talk.ground.w, talk.lane, talk.round, self.party)

    def answer(self, speaker: int, *, refused: int, patrons: int) -> Answer:
        """Its answer to the offer of `speaker`, with the reason.

        Args:
            speaker: who offers; -1 for the last-resort text.
            refused: bit mask of those whom the rules let refuse.
            patrons: bit mask of those who may press.
        """
        return self.model.ground.explain(
            self.party,
            self.question(speaker),
            said_yes=not (refused >> self.party) & 1,
            patrons=patrons,
            stalling=self.stalls(speaker),
        )

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
