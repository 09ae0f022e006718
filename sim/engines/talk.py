"""One talk as a Mesa model: parties that offer and answer one turn at a time, with a full transcript.

The parties call the compiled rules of the batch engine, and the model runs in Python the loop that the batch engine runs
in machine code, so a talk ends here as it ends there, offer for offer. Chance comes from the keyed stream of the rules
and never from Mesa's generators, whose streams differ between Mesa 3 and 4. Written for what Mesa 3.3 to 4.0 share.

Importing this module imports Mesa, which takes a second or more: import it where it is needed, not before.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import mesa

from sim.engines.course import (
    Ground,
    Question,
    first_yes,
    is_stalling,
    settles_tabled,
    strike_marked,
    table_refuses,
)
from sim.engines.kernels import draw_errors
from sim.formats.alternating_offers import close_round, propose, shock_in, starting_seat
from sim.formats.endgame import conclude, record_no_talks, signs_partial
from sim.formats.table import change_ground, load_world, no_talks, open_shared, refusers
from sim.rules.chance import run_key
from sim.rules.pack import RUNS, TABLES, WORK, Pack
from sim.rules.ratification import one_pass
from sim.scenario import Encoder
from sim.types.endings import Outcome
from sim.types.outcomes import empty_runs
from sim.types.tables import SEVERABLE
from sim.types.transcript import (
    Answer,
    Consent,
    ConsentPass,
    Deal,
    Hold,
    Interim,
    LastResort,
    Leaver,
    Move,
    Ratification,
    Shock,
    Transcript,
    Turn,
    parties_in,
    record_of,
)
from sim.types.work import DRAFTED, OFFER, PASS, ROOT, STALL, make_work

_MOVES = {PASS: Move.PASS, OFFER: Move.OFFER, STALL: Move.STALL}
_NOBODY, _NOTHING = -1, -1
_TABLES = {
    "offers": ["round", "month", "speaker", "move", "deal", "gain", "gap", "agreed"],
    "answers": ["round", "month", "speaker", "listener", "accepts", "why", "gain", "needed"],
    "utilities": ["round", "month", "speaker", "party", "gain"],
}


class PartyAgent(mesa.Agent):
    """One party. It keeps no state of its own: what it knows and wants stands in the talk's workspace."""

    def __init__(self, model: NegotiationModel, party: int) -> None:
        super().__init__(model)
        self.party = party
        self.name = model.ground.structure.parties[party].name
        self.gap = 0.0

    def propose(self) -> None:
        """Put an offer, pass, or play for time, in the model's present round."""
        talk = self.model
        propose(talk.ground.tables, talk.ground.work, talk.lane, talk.ground.fmt, talk.round, self.party)
        self.gap = float(talk.ground.work.arrays.gap[talk.lane, talk.round, self.party])

    def question(self, speaker: int) -> Question:
        """The offer of `speaker` in the present round as it stands before this party; -1 for the last-resort text."""
        talk, w = self.model, self.model.ground.work.arrays
        final = speaker == _NOBODY
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
        return speaker != _NOBODY and is_stalling(talk.ground.work.arrays, talk.lane, talk.round, self.party)

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
            margin=float(ground.tables.arrays.home_margin[asked.world, self.party]) if home else 0.0,
            lines=not home,
        )
        shift = ground.shift(self.party, own, patrons)
        said_yes = not stopped and ground.says_yes(self.party, own, shift=shift, stalling=False)
        answer = ground.explain(self.party, own, said_yes=said_yes, patrons=patrons)
        return Consent(answer=answer, home=home, asked=own.margin, stopped=stopped)


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
        return self.round // int(self.ground.tables.arrays.rounds_per_month[self.ground.fmt])

    @property
    def n_rounds(self) -> int:
        """Rounds that the calendar allows."""
        return int(self.ground.tables.arrays.n_rounds[self.ground.fmt])

    def _convene(self) -> None:
        ground = self.ground
        ground.work.arrays.loaded[0] = _NOTHING
        self.away = open_shared(ground.tables, ground.work, self.world, ground.fmt)
        self.running = not no_talks(ground.tables, ground.work, ground.fmt, self.away)
        self.started = self.running
        n_seats = int(ground.work.arrays.n_seats[0])
        self.table = [self.parties[p] for p in ground.work.arrays.seats[:n_seats].tolist()]
        if self.running:
            load_world(ground.tables, ground.work, self.world)
            draw_errors(ground.tables, ground.work, self.world, ground.key)
            self.first_seat = starting_seat(ground.key, n_seats)
            ground.work.arrays.closest[:] = 0, _NOBODY

    def step(self) -> None:
        """Play one round: an outside event perhaps, every seat speaks, the table answers offer after offer."""
        self._perhaps_shock()
        for agent in self.table:
            agent.propose()
        close_round(self.ground.tables, self.ground.work, self.lane, self.round)
        self.ground.work.arrays.n_built[self.lane] = self.round + 1
        agreed = self._hear_all()
        self.datacollector.collect(self)
        if agreed is not None:
            self._take(agreed)
        if not self.settled:
            self.round += 1
        self.running = not self.settled and self.round < self.n_rounds

    def _perhaps_shock(self) -> None:
        ground = self.ground
        per_month = int(ground.tables.arrays.rounds_per_month[ground.fmt])
        if self.regime > 0 or self.round % per_month != 0:
            return
        self.regime = shock_in(ground.tables, self.world, ground.key, self.month)
        if self.regime > 0:
            self.world += self.regime
            self._change_ground(ground.work.arrays.base[self.lane], self.round)
            self.shocks.append(Shock(self.month + 1, self.regime - 1))

    def _change_ground(self, base: Any, first_round: int) -> None:
        ground = self.ground
        ground.work.arrays.next_base[:] = base
        self.lane = change_ground(ground.tables, ground.work, self.lane, self.world, ground.fmt, first_round)

    def _hear_all(self) -> PartyAgent | None:
        """Offers in speaking order until one is refused by nobody; returns its speaker."""
        agreed: PartyAgent | None = None
        fewest = 1000
        for k in range(len(self.table)):
            agent = self.table[(self.first_seat + k) % len(self.table)]
            move = self._move_of(agent)
            if move is Move.PASS or agreed is not None:
                self._note(agent, move, heard=agreed is None, answers=())
                continue
            refused = refusers(*self._at(), self.ground.key, self.round, agent.party)
            self._note(agent, move, heard=True, answers=self._answers(agent.party, refused))
            if refused == 0:
                agreed = agent
            elif self.round == self.n_rounds - 1 and refused.bit_count() < fewest:
                fewest = refused.bit_count()
                self.ground.work.arrays.closest[:] = refused, agent.party
        return agreed

    def _at(self) -> tuple[Any, ...]:
        return self.ground.tables, self.ground.work, self.lane

    def _move_of(self, agent: PartyAgent) -> Move:
        return _MOVES[int(self.ground.work.arrays.kind[self.lane, self.round, agent.party])]

    def _answers(self, speaker: int, refused: int) -> tuple[Answer, ...]:
        """Everybody's answer: first alone, then under pressure from those who said yes."""
        listeners = [agent for agent in self.table if agent.party != speaker]
        asked = [(agent.party, agent.question(speaker), agent.stalls(speaker)) for agent in listeners]
        patrons = first_yes(self.ground, asked)
        if speaker != _NOBODY:
            patrons |= 1 << speaker
        return tuple(agent.answer(speaker, refused=refused, patrons=patrons) for agent in listeners)

    def _note(self, agent: PartyAgent, move: Move, *, heard: bool, answers: tuple[Answer, ...]) -> None:
        w = self.ground.work.arrays
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
        w = self.ground.work.arrays
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
        last_resort, ratification, hold = None, None, None
        ground = self.ground
        if not self.started:
            record_no_talks(ground.tables, ground.work, ground.out, 0, self.world, self.away)
        else:
            last_resort = self._last_resort()
            if self.settled or self.interims or (last_resort is not None and last_resort.signed):
                ratification = self._ratify()
            step, settled = self.round, int(self.settled)
            conclude(ground.tables, ground.work, ground.out, 0, self.lane, ground.fmt, ground.key, step, settled)
            hold = self._hold()
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
            hold=hold,
            record=record_of(ground.out.arrays, 0),
        )

    def _last_resort(self) -> LastResort | None:
        """At the deadline with nothing in hand: what the table can sign while the core stays open."""
        ground, w = self.ground, self.ground.work.arrays
        in_hand = w.base[self.lane]
        if self.settled or (in_hand != ground.tables.arrays.status_quo).any():
            if not self.settled:
                w.tabled[:] = in_hand
            return None
        signed = bool(signs_partial(*self._at(), ground.fmt, ground.key, self.round))
        if w.draft_state[self.lane] != DRAFTED:
            return LastResort(self.month + 1, None, signed=False)
        refused = refusers(*self._at(), ground.key, self.round, _NOBODY)
        answers = self._answers(_NOBODY, refused)
        return LastResort(self.month + 1, ground.deal_of(w.draft[self.lane]), signed, answers)

    def _ratify(self) -> Ratification:
        """Consent to the text on the table, pass by pass, as `rules.ratification.seek_consent` seeks it."""
        ground, w, t = self.ground, self.ground.work.arrays, self.ground.tables.arrays
        w.text[:] = w.tabled
        tabled, month = ground.deal_of(w.text), float(self.month)
        passes: list[ConsentPass] = []
        unwilling = 0
        for _ in range(len(t.level) + 1):
            w.refused[:] = 0
            before = w.text.copy()
            stopped = one_pass(ground.tables, ground.work, self.world, ground.key, month)
            decisions = self._decisions(before)
            if stopped and t.switch[SEVERABLE] == 0:
                w.text[:] = t.status_quo
            elif stopped:
                strike_marked(ground.tables, ground.work)
            struck = tuple(w.strike.nonzero()[0].tolist())
            passes.append(ConsentPass(ground.deal_of(before), decisions, struck, ground.deal_of(w.text)))
            if not stopped or t.switch[SEVERABLE] == 0:
                break
        if any(one.struck for one in passes) and (w.text != t.status_quo).any():
            unwilling = table_refuses(ground.tables, ground.work, self.world, month)
        return Ratification(tabled, tuple(passes), ground.deal_of(w.text), parties_in(unwilling))

    def _decisions(self, text: Any) -> tuple[Consent, ...]:
        """What each party whose consent `text` needs has decided in the pass just made."""
        ground, w, t = self.ground, self.ground.work.arrays, self.ground.tables.arrays
        asked = Question(self.lane, self.world, float(self.month), text, w.true_gain.copy(), 0.0, 1.0, 0.0)
        table = sum(1 << agent.party for agent in self.table)
        found: list[Consent] = []
        for agent in self.parties:
            p = agent.party
            seated = bool(w.present[p])
            if not (t.ratifies[p] if seated else self._has_say(p, text)):
                continue
            stopped = tuple(i for i in range(len(w.refused)) if (int(w.refused[i]) >> p) & 1)
            found.append(agent.consent(asked, home=seated, stopped=stopped, patrons=table))
        return tuple(found)

    def _has_say(self, party: int, text: Any) -> bool:
        """True if an absent party has standing on something that `text` moves."""
        t = self.ground.tables.arrays
        options = text[t.issue_composite]
        return any(
            t.moved[i, o] == 1 and t.standing[self.world, party, i, o] > 0.0 for i, o in enumerate(options.tolist())
        )

    def _hold(self) -> Hold | None:
        """How long the text lasted; the workspace still stands at the month in which it ended."""
        ground, w, t = self.ground, self.ground.work.arrays, self.ground.tables.arrays
        months = int(ground.out.arrays.held[0])
        if months < 0:
            return None
        left: list[Leaver] = []
        if int(ground.out.arrays.outcome[0]) == Outcome.COLLAPSED:
            asked = Question(self.lane, self.world, float(self.month + months), w.text, w.true_gain, 0.0, 1.0, 0.0)
            table = sum(1 << agent.party for agent in self.table)
            for p in parties_in(int(ground.out.arrays.decided[0])):
                cost = sum(float(t.enforcement[self.world, p, c, o]) for c, o in enumerate(w.text))
                shift = ground.shift(p, asked, table)
                left.append(Leaver(p, float(w.true_gain[p]), float(w.walk[p]), shift, cost))
        return Hold(months, int(t.hold_months[0]), tuple(left))

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
