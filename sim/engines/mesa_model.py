"""One talk as a Mesa model: what Mesa's data collector and its agents see of it.

The talk is that of `sim.engines.talk`, so it draws nothing from Mesa's generators, whose streams differ between Mesa 3
and 4. Written for what 3.3 to 4.0 share. Importing this module imports Mesa, which takes most of a second: nothing that
the command line does needs it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import mesa

from sim.engines.agents import PartyAgent
from sim.engines.talk import Talk
from sim.scenario.sampling.source import Source
from sim.types.transcript import Turn

_TABLES = {
    "offers": ["round", "month", "speaker", "move", "deal", "gain", "gap", "agreed"],
    "answers": ["round", "month", "speaker", "listener", "accepts", "why", "gain", "needed"],
    "utilities": ["round", "month", "speaker", "party", "gain"],
}


class MesaParty(PartyAgent, mesa.Agent):
    """One party as a Mesa agent."""

    def __init__(self, model: NegotiationModel, party: int) -> None:
        mesa.Agent.__init__(self, model)
        PartyAgent.__init__(self, model, party)


class NegotiationModel(Talk, mesa.Model):
    """One talk of one format, a round per step.

    Attributes:
        datacollector: aspirations per round, and the tables `offers`, `answers` and `utilities`.
    """

    def __init__(self, encoder: Source, **where: Any) -> None:
        """Convene the talk; the arguments are those of `Talk`."""
        mesa.Model.__init__(self, rng=0)  # never drawn from
        self.datacollector = mesa.DataCollector(
            model_reporters={"month": "month", "texts": lambda model: len(model.interims)},
            agent_reporters={"party": "party", "gap": "gap"},
            tables=_TABLES,
        )
        Talk.__init__(self, encoder, **where)

    def seat(self, party: int) -> PartyAgent:
        """One of the parties."""
        return MesaParty(self, party)

    def collect(self) -> None:
        """A row of the model and of each agent."""
        self.datacollector.collect(self)

    def note(self, turn: Turn, gains: Sequence[float]) -> None:
        """Rows of the tables: the offer, each answer, each gain."""
        when = {"round": turn.round, "month": turn.month, "speaker": turn.speaker}
        row = {"move": turn.move.value, "deal": turn.deal, "gain": turn.gain, "gap": turn.gap, "agreed": turn.agreed}
        self.datacollector.add_table_row("offers", {**when, **row})
        for answer in turn.answers:
            said = {"accepts": answer.accepts, "why": answer.why.value, "gain": answer.gain, "needed": answer.needed}
            self.datacollector.add_table_row("answers", {**when, "listener": answer.party, **said})
        for party, gain in enumerate(gains):
            self.datacollector.add_table_row("utilities", {**when, "party": party, "gain": gain})
