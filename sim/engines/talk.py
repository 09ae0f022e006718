"""One talk as a Mesa model: parties that offer and answer one turn at a time, with a full transcript.

The parties call the compiled rules of the batch engine, and the model runs in Python the loop that the batch engine
runs in machine code, so a talk ends here as it ends there, offer for offer. Chance comes from the keyed stream of the
rules and never from Mesa's generators, whose streams differ between Mesa 3 and 4. Written for what 3.3 to 4.0 share.

Importing this module imports Mesa, which takes a second or more: import it where it is needed, not before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import mesa

from sim.bargaining.plans import with_plans
from sim.engines import closing
from sim.engines.agents import NOBODY, PartyAgent
from sim.engines.steps import Ground, first_yes, table_takes
from sim.engines.strategy import Strategy
from sim.formats.answers import draw_errors
from sim.formats.course import GOES_ON, SPOKEN_FOR, end_round, enter_round, hear, open_talk
from sim.formats.endgame import conclude, record_no_talks
from sim.formats.lanes import no_talks, open_shared
from sim.formats.protocols import BY_NUMBER
from sim.formats.speech import close_round
from sim.formats.table import load_world
from sim.formats.tracks import begin_track, close_leg, open_leg
from sim.rules.chance import run_key
from sim.rules.pack import RUNS, TABLES, WORK, Pack
from sim.scenario.sampling.source import Source
from sim.types.outcomes import empty_runs
from sim.types.transcript import Answer, Interim, Move, Shock, Transcript, Turn, parties_in, record_of
from sim.types.work import (
    ABSTAINED,
    AMENDED,
    AMENDS,
    AWAY,
    LANE,
    MOTION,
    OFFER,
    OWNER,
    PASS,
    REFUSED,
    REGIME,
    ROOT,
    SECONDED,
    SECONDS,
    STAGE,
    STALL,
    START,
    STEP,
    WHOLE,
    WILL,
    WORLD,
    make_work,
)

_MOVES = {PASS: Move.PASS, OFFER: Move.OFFER, STALL: Move.STALL}
_MOTIONS = {SECONDED: Move.SECOND, AMENDED: Move.AMEND}
_NOTHING = -1
_TABLES = {
    "offers": ["round", "month", "speaker", "move", "deal", "gain", "gap", "agreed"],
    "answers": ["round", "month", "speaker", "listener", "accepts", "why", "gain", "needed"],
    "utilities": ["round", "month", "speaker", "party", "gain"],
}


def ground_of(encoder: Source, *, format_index: int, draw: int, replication: int) -> Ground:
    """Arrays, chance and names of one run."""
    tables = with_plans(encoder).tables(draw, 1)
    n_issues, n_parties, n_legs = len(tables.issue_composite), len(tables.bloc), tables.legs.shape[1]
    return Ground(
        structure=encoder.structure,
        tables=Pack(tables, TABLES),
        work=Pack(make_work(tables), WORK),
        out=Pack(empty_runs(1, n_issues, n_parties, n_legs), RUNS),
        fmt=format_index,
        key=int(run_key(encoder.seed, draw, replication)),
    )


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

    def __init__(
        self,
        encoder: Source,
        *,
        format_index: int,
        draw: int,
        replication: int,
        strategies: Mapping[str, Strategy] | None = None,
        ground: Ground | None = None,
    ) -> None:
        """Convene the talk.

        Args:
            encoder: the scenario with its seed.
            format_index: position in `encoder.structure.formats`; no track.
            draw: number of the draw.
            replication: number of the replication.
            strategies: by party id, strategies in place of those of the file.
            ground: of a leg of a track, opened by `open_leg`; by default the talk stands alone.
        """
        super().__init__(rng=0)  # never drawn from
        where = {"format_index": format_index, "draw": draw, "replication": replication}
        self.ground = ground or ground_of(encoder, **where)
        self.protocol = BY_NUMBER[int(self.ground.t.protocol[format_index])]
        self.place = (encoder.seed, draw, replication)
        self.status = GOES_ON
        self.turns: list[Turn] = []
        self.interims: list[Interim] = []
        self.shocks: list[Shock] = []
        self.parties = [PartyAgent(self, party) for party in range(len(self.ground.t.bloc))]
        for agent in self.parties:
            agent.strategy = (strategies or {}).get(self.ground.structure.parties[agent.party].id)
        self.datacollector = mesa.DataCollector(
            model_reporters={"month": "month", "texts": lambda model: len(model.interims)},
            agent_reporters={"party": "party", "gap": "gap"},
            tables=_TABLES,
        )
        self._convene(alone=ground is None)

    @property
    def round(self) -> int:
        """Rounds begun, from 0."""
        return int(self.ground.w.state[STEP])

    @property
    def lane(self) -> int:
        """Lane of the workspace in which the talk stands."""
        return int(self.ground.w.state[LANE])

    @property
    def world(self) -> int:
        """Row of the tables in which the talk stands."""
        return int(self.ground.w.state[WORLD])

    @property
    def stage(self) -> int | None:
        """Stage of the agenda, by its row in the tables, or working group; None where everything is on the table."""
        place = int(self.ground.w.state[STAGE])
        return None if place == WHOLE else int(self.ground.w.stage_order[place])

    @property
    def month(self) -> int:
        """Months since the talks began, from 0; in a track since the first leg began."""
        return self.ground.month_of(self.round)

    @property
    def n_rounds(self) -> int:
        """Rounds that the calendar allows."""
        return int(self.ground.t.n_rounds[self.ground.fmt])

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
    def listeners(self) -> list[PartyAgent]:
        """The table and its guarantors, in the order of the parties."""
        w = self.ground.w
        return [one for one in self.parties if w.present[one.party] or (int(w.guards[0]) >> one.party) & 1]

    def _convene(self, *, alone: bool) -> None:
        ground, w = self.ground, self.ground.w
        if alone:
            w.loaded[0] = _NOTHING
            self.away = int(open_shared(ground.tables, ground.work, 0, ground.fmt))
        else:
            self.away = int(w.state[AWAY])
        lane, world = (ROOT, 0) if alone else (self.lane, self.world)
        self.in_force = () if alone else ground.deal_of(w.in_force)
        self.running = not no_talks(ground.tables, ground.work, ground.fmt, self.away)
        self.started = self.running
        self.seats = tuple(agent.party for agent in self.table)
        self.first_speaker: int | None = None
        if self.running:
            load_world(ground.tables, ground.work, world)
            draw_errors(ground.tables, ground.work, world, ground.key)
            open_talk(ground.tables, ground.work, lane, world, ground.fmt, self.away, ground.key)
            self.first_speaker = self.table[int(w.state[START])].party
        self.opened_in_peace = self.world % int(ground.t.n_regimes[0]) == 0

    def step(self) -> None:
        """Play one round: an outside event perhaps, then turn by turn a text and the answers to it."""
        ground = self.ground
        enter_round(ground.tables, ground.work, ground.fmt, ground.key)
        regime = int(ground.w.state[REGIME])
        if regime > 0 and self.opened_in_peace and not any(one.index == regime - 1 for one in self.shocks):
            self.shocks.append(Shock(self.month + 1, regime - 1))
        self._prepare_texts()
        agreed = self._take_turns()
        self.datacollector.collect(self)
        self._close(agreed)

    def _prepare_texts(self) -> None:
        """Everything that may be said in the round: by the rules, and by strategies of the user's own."""
        ground = self.ground
        place = (ground.tables, ground.work, self.lane, ground.fmt, self.round)
        self.protocol.build_texts(*place)
        for agent in self.table:
            agent.prepare()
        close_round(ground.tables, ground.work, self.lane, self.round)
        ground.w.n_built[self.lane] = self.round + 1

    def _take_turns(self) -> int:
        """Hear one text after another until the table takes one; returns its speaker, -1 for none."""
        ground = self.ground
        place = (ground.tables, ground.work, ground.fmt, ground.key)
        heard: set[int] = set()
        while (speaker := int(self.protocol.next_turn(*place))) >= 0:
            heard.add(speaker)
            owner = self._owner()
            self._ask_own(speaker, owner)
            refused = self._hear(speaker)
            if refused == NOBODY:
                self._note(speaker, heard=True, agreed=False, answers=self._votes(speaker), owner=owner)
                continue
            against = refused or int(ground.w.outvoted[0])
            told = self.answers(speaker, against)
            self._note(speaker, heard=True, agreed=refused == 0, answers=told, owner=owner)
            if refused == 0:
                self._note_unheard(heard)
                return speaker
        return NOBODY

    def _hear(self, speaker: int) -> int:
        """Who refuses a text, as a bit mask, with the answers of strategies of the user's own; -1 for no text."""
        ground = self.ground
        refused = int(hear(ground.tables, ground.work, ground.fmt, ground.key, speaker))
        own = [agent for agent in self.listeners if agent.strategy is not None and agent.party != speaker]
        if refused == NOBODY or not own:
            return refused
        against = refused or int(ground.w.outvoted[0])
        for agent in own:
            bit = 1 << agent.party
            against = against & ~bit if agent.decides(speaker) else against | bit
        taken = bool(table_takes(ground.tables, ground.work, self.world, against))
        return 0 if taken else against

    def _owner(self) -> int | None:
        """Whose text is on the floor under the open rule."""
        owner = int(self.ground.w.state[OWNER])
        return owner if owner >= 0 else None

    def _ask_own(self, speaker: int, owner: int | None) -> None:
        """Let a strategy of the user's own, recognised while a text is on the floor, move the question or not."""
        chair = len(self.parties)
        if owner is None or speaker == chair or self.parties[speaker].strategy is None:
            return
        self.ground.w.state[WILL] = SECONDS if self.parties[speaker].decides(chair) else AMENDS

    def _votes(self, speaker: int) -> tuple[Answer, ...]:
        """The votes between an amendment and the text on the floor, if there was one."""
        w = self.ground.w
        if w.state[MOTION] != AMENDED:
            return ()
        masks = {"against": int(w.state[REFUSED]), "abstained": int(w.state[ABSTAINED])}
        own = self.ground.speakers_side(speaker)
        others = [one for one in self.parties if w.present[one.party] and not (own >> one.party) & 1]
        return tuple(one.vote_between(speaker, **masks) for one in others)

    def _note_unheard(self, heard: set[int]) -> None:
        """Offers of the round that were closed out by the one that the table took."""
        if self.protocol.name not in ("alternating_offers", "baskets"):
            return
        for agent in self.table:
            if agent.party not in heard:
                self._note(agent.party, heard=False, agreed=False, answers=())

    def answers(self, speaker: int, refused: int) -> tuple[Answer, ...]:
        """Everybody's answer: first alone, then under pressure from those who said yes."""
        ground, w = self.ground, self.ground.w
        own = ground.speakers_side(speaker)
        listeners = [agent for agent in self.listeners if not (own >> agent.party) & 1 and agent.is_asked(speaker)]
        asked = [(agent.party, agent.question(speaker), agent.stalls(speaker)) for agent in listeners]
        patrons = (first_yes(ground, asked) | own) & int(w.only_presser[0])
        return tuple(agent.answer(speaker, refused=refused, patrons=patrons) for agent in listeners)

    def _note(
        self, speaker: int, *, heard: bool, agreed: bool, answers: tuple[Answer, ...], owner: int | None = None
    ) -> None:
        w, here = self.ground.w, (self.lane, self.round)
        gains = w.gain[*here, speaker].tolist()
        party = speaker < len(self.parties) and bool(w.present[speaker])
        turn = Turn(
            month=self.month + 1,
            round=self.round + 1,
            speaker=speaker,
            move=self._move(speaker),
            deal=self.ground.deal_of(w.offer[*here, speaker]),
            gain=gains[speaker] if party else 0.0,
            gap=float(w.gap[*here, speaker]) if party else 0.0,
            stage=self.stage,
            heard=heard,
            agreed=agreed,
            answers=answers,
            owner=owner,
            carried=owner is not None and self._owner() not in (None, owner),
        )
        self.turns.append(turn)
        when = {"round": turn.round, "month": turn.month, "speaker": turn.speaker}
        row = {"move": turn.move.value, "deal": turn.deal, "gain": turn.gain, "gap": turn.gap, "agreed": turn.agreed}
        self.datacollector.add_table_row("offers", {**when, **row})
        for one in answers:
            said = {"accepts": one.accepts, "why": one.why.value, "gain": one.gain, "needed": one.needed}
            self.datacollector.add_table_row("answers", {**when, "listener": one.party, **said})
        for party_index, gain in enumerate(gains):
            self.datacollector.add_table_row("utilities", {**when, "party": party_index, "gain": gain})

    def _move(self, speaker: int) -> Move:
        """What the speaker has done: under the open rule by what was moved, else by its text of the round."""
        w = self.ground.w
        said = _MOVES[int(w.kind[self.lane, self.round, speaker])]
        return said if speaker == len(self.parties) else _MOTIONS.get(int(w.state[MOTION]), said)

    def _close(self, agreed: int) -> None:
        """End the round: a text that settles the core ends the talks, another becomes the text in hand."""
        ground = self.ground
        month, number = self.month + 1, self.round + 1
        deal = ground.deal_of(ground.w.offer[self.lane, self.round, agreed]) if agreed >= 0 else None
        self.status = int(end_round(ground.tables, ground.work, ground.fmt, ground.key, agreed))
        if deal is not None and not self.settled:
            self.interims.append(Interim(month, number, agreed, deal))
        self.running = self.status == GOES_ON

    def finish(self) -> Transcript:
        """From the end of the talk to its outcome: last-resort text, consent, hold.

        Raises:
            RuntimeError: while the talk is still running.
        """
        if self.running:
            raise RuntimeError("the talk has not ended: call step() until `running` is False")
        last_resort, ratification, held, plenary = None, None, None, None
        ground, w = self.ground, self.ground.w
        if not self.started:
            record_no_talks(ground.tables, ground.work, ground.out, 0, self.world, self.away)
        else:
            w.state[STEP], w.state[LANE] = w.ending
            last_resort = closing.last_resort(self)
            if last_resort is None or last_resort.signed:
                plenary = closing.vote(self)
                if plenary is None or plenary.carried:
                    ratification = closing.ratify(self)
                closing.leave_plenary(self)
            step, settled = self.round, int(self.settled)
            conclude(ground.tables, ground.work, ground.out, 0, self.lane, ground.fmt, ground.key, step, settled)
            held = closing.hold(self)
        seed, draw, replication = self.place
        return Transcript(
            format_index=ground.fmt,
            seed=seed,
            draw=draw,
            replication=replication,
            seats=self.seats,
            stayed_away=parties_in(self.away),
            speaks_first=self.first_speaker,
            turns=tuple(self.turns),
            interims=tuple(self.interims),
            shocks=tuple(self.shocks),
            last_resort=last_resort,
            ratification=ratification,
            hold=held,
            record=record_of(ground.out.arrays, 0),
            outvoted=parties_in(int(w.outvoted[0])) if ratification is not None else (),
            in_force=self.in_force,
            plenary=plenary,
        )

    def release(self) -> None:
        """Let go of agents and records; Mesa before 3.4.2 keeps every model with agents alive for good."""
        self.remove_all_agents()
        self.parties, self.turns = [], []
        del self.ground, self.datacollector


def play(
    encoder: Source,
    *,
    format_index: int,
    draw: int,
    replication: int,
    strategies: Mapping[str, Strategy] | None = None,
) -> Transcript:
    """Play one run of a comparison through Mesa and tell it turn by turn.

    Args:
        encoder: the scenario with its seed.
        format_index: position in `encoder.structure.formats`: a format or a track.
        draw: number of the draw, from 0.
        replication: number of the replication, from 0.
        strategies: by party id, strategies of your own in place of those of the file (see `sim.engines.strategy`).

    Returns:
        The transcript; its `record` equals the row that the batch engine writes for this run. Of a track it is that of
        the last leg, with the legs before it in `earlier`.

    Raises:
        ValueError: for a format, draw or replication that does not exist, or a strategy for an unknown party.
    """
    if not 0 <= format_index < len(encoder.structure.formats) or draw < 0 or replication < 0:
        raise ValueError(f"no such run: format {format_index}, draw {draw}, replication {replication}")
    known = {party.id for party in encoder.structure.parties}
    if strategies and not set(strategies) <= known:
        raise ValueError(
            f"strategies for unknown parties: {sorted(set(strategies) - known)}; there are {sorted(known)}"
        )
    if encoder.structure.formats[format_index].legs:
        where = {"format_index": format_index, "draw": draw, "replication": replication}
        return _play_track(encoder, ground_of(encoder, **where), strategies=strategies, **where)
    model = NegotiationModel(
        encoder, format_index=format_index, draw=draw, replication=replication, strategies=strategies
    )
    while model.running:
        model.step()
    transcript = model.finish()
    model.release()
    return transcript


def _play_track(
    encoder: Source, ground: Ground, *, format_index: int, draw: int, replication: int, strategies: Any
) -> Transcript:
    """All legs of a track, one model each on the same ground; `formats.tracks.play_track` step by step."""
    track, told, learned = format_index, list[Transcript](), 0
    w = ground.w
    w.loaded[0], w.n_lanes[0] = _NOTHING, 1
    begin_track(ground.tables, ground.work, 0)
    draw_errors(ground.tables, ground.work, 0, ground.key)
    for leg in range(int(ground.t.n_legs[track])):
        open_leg(ground.tables, ground.work, track, leg, learned)
        of_leg = replace(ground, fmt=int(ground.t.legs[track, leg]))
        where = {"format_index": of_leg.fmt, "draw": draw, "replication": replication}
        model = NegotiationModel(encoder, ground=of_leg, strategies=strategies, **where)
        played = int(model.started)
        while model.running:
            model.step()
        told.append(model.finish())
        step = int(w.ending[0]) if played else 0
        goes_on = close_leg(ground.tables, ground.work, ground.out, 0, track, leg, ground.key, step, played)
        learned = step + played
        record = record_of(ground.out.arrays, 0)
        rewritten = replace(record, legs=told[-1].record.legs) != told[-1].record
        held = closing.hold(model) if rewritten else None
        model.release()
        if not goes_on:
            break
    *earlier, last = told
    if rewritten:  # the last leg added nothing: the record tells of what earlier ones left in force
        return replace(
            last,
            earlier=tuple(told),
            record=record,
            turns=(),
            interims=(),
            last_resort=None,
            ratification=None,
            hold=held,
        )
    return replace(last, earlier=tuple(earlier), record=record)
