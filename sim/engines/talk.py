"""One talk as a Mesa model: parties that offer and answer one turn at a time, with a full transcript.

The parties call the compiled rules of the batch engine, and the model runs in Python the loop that the batch engine
runs in machine code, so a talk ends here as it ends there, offer for offer. Chance comes from the keyed stream of the
rules and never from Mesa's generators, whose streams differ between Mesa 3 and 4. Written for what 3.3 to 4.0 share.

Importing this module imports Mesa, which takes a second or more: import it where it is needed, not before.
"""

from __future__ import annotations

from typing import Any

import mesa

from sim.engines import closing
from sim.engines.agents import NOBODY, PartyAgent
from sim.engines.course import Ground, first_yes, settles_tabled
from sim.formats.alternating_offers import close_round, shock_in, starting_seat
from sim.formats.endgame import conclude, record_no_talks
from sim.formats.table import change_ground, draw_errors, load_world, no_talks, open_shared, refusers
from sim.rules.chance import run_key
from sim.rules.pack import RUNS, TABLES, WORK, Pack
from sim.scenario import Encoder
from sim.types.outcomes import empty_runs
from sim.types.transcript import (
    Answer,
    Interim,
    Move,
    Shock,
    Transcript,
    Turn,
    parties_in,
    record_of,
)
from sim.types.work import OFFER, PASS, ROOT, STALL, make_work

_MOVES = {PASS: Move.PASS, OFFER: Move.OFFER, STALL: Move.STALL}
_NOTHING = -1
_TABLES = {
    "offers": ["round", "month", "speaker", "move", "deal", "gain", "gap", "agreed"],
    "answers": ["round", "month", "speaker", "listener", "accepts", "why", "gain", "needed"],
    "utilities": ["round", "month", "speaker", "party", "gain"],
}


class NegotiationModel(mesa.Model):
    """One talk of one format, played a round per step until it ends.

    Attributes:
        ground: arrays, chance and names.
        world: row of the tables in which the talk stands; a shock changes it.
        lane: lane of the workspace in which the talk stands.
        round: rounds begun, from 0.
        parties: the agents, by party.
        running: False once the talk has ended.
        datacollector: aspirations per round, and the tables `offers`, `answers` and `utilities`.
    """

    def __init__(self, encoder: Encoder, *, format_index: int, draw: int, replication: int) -> None:
        super().__init__(rng=0)  # never drawn from
        tables = encoder.tables(draw, 1)
        n_issues, n_parties = len(tables.issue_composite), len(tables.bloc)
        self.ground = Ground(
            structure=encoder.structure,
            tables=Pack(tables, TABLES),
            work=Pack(make_work(tables), WORK),
            out=Pack(empty_runs(1, n_issues, n_parties), RUNS),
            fmt=format_index,
            key=int(run_key(encoder.seed, draw, replication)),
        )
        self.place = (encoder.seed, draw, replication)
        self.round, self.lane, self.world, self.regime = 0, ROOT, 0, 0
        self.settled = False
        self.turns: list[Turn] = []
        self.interims: list[Interim] = []
        self.shocks: list[Shock] = []
        self.parties = [PartyAgent(self, party) for party in range(n_parties)]
        self.datacollector = mesa.DataCollector(
            model_reporters={"month": "month", "texts": lambda model: len(model.interims)},
            agent_reporters={"party": "party", "gap": "gap"},
            tables=_TABLES,
        )
        self._convene()

    @property
    def month(self) -> int:
        """Months since the talks began, from 0."""
        return self.round // int(self.ground.t.rounds_per_month[self.ground.fmt])

    @property
    def n_rounds(self) -> int:
        """Rounds that the calendar allows."""
        return int(self.ground.t.n_rounds[self.ground.fmt])

    def _convene(self) -> None:
        ground = self.ground
        ground.w.loaded[0] = _NOTHING
        self.away = open_shared(ground.tables, ground.work, self.world, ground.fmt)
        self.running = not no_talks(ground.tables, ground.work, ground.fmt, self.away)
        self.started = self.running
        n_seats = int(ground.w.n_seats[0])
        self.table = [self.parties[p] for p in ground.w.seats[:n_seats].tolist()]
        if self.running:
            load_world(ground.tables, ground.work, self.world)
            draw_errors(ground.tables, ground.work, self.world, ground.key)
            self.first_seat = starting_seat(ground.tables, ground.work, ground.key)
            ground.w.closest[:] = 0, NOBODY

    def step(self) -> None:
        """Play one round: an outside event perhaps, every seat speaks, the table answers offer after offer."""
        self._perhaps_shock()
        for agent in self.table:
            agent.propose()
        close_round(self.ground.tables, self.ground.work, self.lane, self.round)
        self.ground.w.n_built[self.lane] = self.round + 1
        agreed = self._hear_all()
        self.datacollector.collect(self)
        if agreed is not None:
            self._take(agreed)
        if not self.settled:
            self.round += 1
        self.running = not self.settled and self.round < self.n_rounds

    def _perhaps_shock(self) -> None:
        ground = self.ground
        per_month = int(ground.t.rounds_per_month[ground.fmt])
        if self.regime > 0 or self.round % per_month != 0:
            return
        self.regime = shock_in(ground.tables, self.world, ground.key, self.month)
        if self.regime > 0:
            self.world += self.regime
            self._change_ground(ground.w.base[self.lane], self.round)
            draw_errors(ground.tables, ground.work, self.world, ground.key)
            self.shocks.append(Shock(self.month + 1, self.regime - 1))

    def _change_ground(self, base: Any, first_round: int) -> None:
        ground = self.ground
        ground.w.next_base[:] = base
        self.lane = change_ground(ground.tables, ground.work, self.lane, self.world, ground.fmt, first_round)

    def _hear_all(self) -> PartyAgent | None:
        """Offers in speaking order until one is refused by nobody; returns its speaker."""
        ground = self.ground
        agreed: PartyAgent | None = None
        fewest = 1000
        for k in range(len(self.table)):
            agent = self.table[(self.first_seat + k) % len(self.table)]
            move = self._move_of(agent)
            if move is Move.PASS or agreed is not None:
                self._note(agent, move, heard=agreed is None, answers=())
                continue
            refused = refusers(ground.tables, ground.work, self.lane, ground.key, self.round, agent.party)
            self._note(agent, move, heard=True, answers=self.answers(agent.party, refused))
            if refused == 0:
                agreed = agent
            elif self.round == self.n_rounds - 1 and refused.bit_count() < fewest:
                fewest = refused.bit_count()
                ground.w.closest[:] = refused, agent.party
        return agreed

    def _move_of(self, agent: PartyAgent) -> Move:
        return _MOVES[int(self.ground.w.kind[self.lane, self.round, agent.party])]

    def answers(self, speaker: int, refused: int) -> tuple[Answer, ...]:
        """Everybody's answer: first alone, then under pressure from those who said yes."""
        bloc = self.ground.t.bloc
        own = [agent.party for agent in self.table if speaker != NOBODY and bloc[agent.party] == bloc[speaker]]
        listeners = [agent for agent in self.table if agent.party not in own]
        asked = [(agent.party, agent.question(speaker), agent.stalls(speaker)) for agent in listeners]
        patrons = first_yes(self.ground, asked)
        for party in own:
            patrons |= 1 << party
        return tuple(agent.answer(speaker, refused=refused, patrons=patrons) for agent in listeners)

    def _note(self, agent: PartyAgent, move: Move, *, heard: bool, answers: tuple[Answer, ...]) -> None:
        w = self.ground.w
        gains = w.gain[self.lane, self.round, agent.party].tolist()
        turn = Turn(
            month=self.month + 1,
            round=self.round + 1,
            speaker=agent.party,
            move=move,
            deal=self.ground.deal_of(w.offer[self.lane, self.round, agent.party]),
            gain=gains[agent.party],
            gap=agent.gap,
            heard=heard,
            answers=answers,
        )
        self.turns.append(turn)
        when = {"round": turn.round, "month": turn.month, "speaker": turn.speaker}
        row = {"move": move.value, "deal": turn.deal, "gain": turn.gain, "gap": turn.gap, "agreed": turn.agreed}
        self.datacollector.add_table_row("offers", {**when, **row})
        for one in answers:
            said = {"accepts": one.accepts, "why": one.why.value, "gain": one.gain, "needed": one.needed}
            self.datacollector.add_table_row("answers", {**when, "listener": one.party, **said})
        for party, gain in enumerate(gains):
            self.datacollector.add_table_row("utilities", {**when, "party": party, "gain": gain})

    def _take(self, speaker: PartyAgent) -> None:
        """The table agreed: a text that settles the core ends the talks, another one becomes the text in hand."""
        w = self.ground.w
        w.tabled[:] = w.offer[self.lane, self.round, speaker.party]
        self.settled = bool(settles_tabled(self.ground.tables, self.ground.work))
        if self.settled:
            return
        self.interims.append(Interim(self.month + 1, self.round + 1, speaker.party, self.ground.deal_of(w.tabled)))
        self._change_ground(w.tabled, self.round + 1)

    def finish(self) -> Transcript:
        """From the end of the talk to its outcome: last-resort text, consent, hold.

        Raises:
            RuntimeError: while the talk is still running.
        """
        if self.running:
            raise RuntimeError("the talk has not ended: call step() until `running` is False")
        self.round = min(self.round, self.n_rounds - 1)
        last_resort, ratification, held = None, None, None
        ground = self.ground
        if not self.started:
            record_no_talks(ground.tables, ground.work, ground.out, 0, self.world, self.away)
        else:
            last_resort = closing.last_resort(self)
            if last_resort is None or last_resort.signed:
                ratification = closing.ratify(self)
            step, settled = self.round, int(self.settled)
            conclude(ground.tables, ground.work, ground.out, 0, self.lane, ground.fmt, ground.key, step, settled)
            held = closing.hold(self)
        seed, draw, replication = self.place
        return Transcript(
            format_index=ground.fmt,
            seed=seed,
            draw=draw,
            replication=replication,
            seats=tuple(agent.party for agent in self.table),
            stayed_away=parties_in(self.away),
            speaks_first=self.table[self.first_seat].party if self.started else None,
            turns=tuple(self.turns),
            interims=tuple(self.interims),
            shocks=tuple(self.shocks),
            last_resort=last_resort,
            ratification=ratification,
            hold=held,
            record=record_of(ground.out.arrays, 0),
        )

    def release(self) -> None:
        """Let go of agents and records; Mesa before 3.4.2 keeps every model with agents alive for good."""
        self.remove_all_agents()
        self.parties, self.table, self.turns = [], [], []
        del self.ground, self.datacollector


def play(encoder: Encoder, *, format_index: int, draw: int, replication: int) -> Transcript:
    """Play one run of a comparison through Mesa and tell it turn by turn.

    Args:
        encoder: the scenario with its seed.
        format_index: position in `encoder.structure.formats`.
        draw: number of the draw, from 0.
        replication: number of the replication, from 0.

    Returns:
        The transcript; its `record` equals the row that the batch engine writes for this run.

    Raises:
        ValueError: for a format, draw or replication that does not exist.
    """
    if not 0 <= format_index < len(encoder.structure.formats) or draw < 0 or replication < 0:
        raise ValueError(f"no such run: format {format_index}, draw {draw}, replication {replication}")
    model = NegotiationModel(encoder, format_index=format_index, draw=draw, replication=replication)
    while model.running:
        model.step()
    transcript = model.finish()
    model.release()
    return transcript
