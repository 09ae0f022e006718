"""One talk, turn by turn: parties that offer and answer, with a full transcript.

The parties call the compiled rules of the batch engine, and the talk runs in Python the loop that the batch engine
runs in machine code, so a talk ends here as it ends there, offer for offer. Chance comes from the keyed stream of the
rules. `sim.engines.mesa_model` has the same talk as a Mesa model; telling a talk needs no Mesa.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sim.bargaining.equilibrium_plan import with_plans
from sim.engines.agents import NOBODY, PartyAgent, TalkState, draft_last, hold, leave_plenary, ratify, vote
from sim.engines.steps import Ground, key_of
from sim.engines.strategy import Strategy
from sim.formats.answers import draw_errors, unless_carried
from sim.formats.course import GOES_ON, end_round, enter_round, hear, open_talk, shock_in
from sim.formats.endgame import conclude, record_no_talks
from sim.formats.lanes import no_talks, open_shared
from sim.formats.protocols import BY_NUMBER
from sim.formats.speech import close_round
from sim.formats.table import load_world
from sim.formats.tracks import begin_track, close_leg, open_leg
from sim.rules.pack import RUNS, TABLES, WORK, Pack
from sim.scenario.sampling.source import Source
from sim.types import work as at
from sim.types.outcomes import empty_runs
from sim.types.transcript import Answer, Interim, Move, ShockEvent, Transcript, Turn, parties_in, record_of
from sim.types.work import AMENDED, AMENDS, OFFER, PASS, ROOT, SECONDED, SECONDS, STALL, make_work

_MOVES = {PASS: Move.PASS, OFFER: Move.OFFER, STALL: Move.STALL}
_MOTIONS = {SECONDED: Move.SECOND, AMENDED: Move.AMEND}
_NOTHING = -1


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
        key=int(key_of(encoder.seed, draw, replication)),
    )


class Talk(TalkState):
    """One talk of one format, played a round per step until it ends.

    Attributes:
        running: False once the talk has ended.
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
        """Convene the talk, of a format and no track.

        `strategies` stand, by party id, in place of those of the file; `ground` is that of a leg of a track, opened by
        `open_leg`, and by default the talk stands alone.
        """
        where = {"format_index": format_index, "draw": draw, "replication": replication}
        self.ground = ground or ground_of(encoder, **where)
        self.protocol = BY_NUMBER[int(self.ground.t.protocol[format_index])]
        self.place = (encoder.seed, draw, replication)
        self.status = GOES_ON
        self.turns: list[Turn] = []
        self.interims: list[Interim] = []
        self.shocks: list[ShockEvent] = []
        self.parties = [self.seat(party) for party in range(len(self.ground.t.bloc))]
        for agent in self.parties:
            agent.strategy = (strategies or {}).get(self.ground.structure.parties[agent.party].id)
        self._convene(alone=ground is None)

    def seat(self, party: int) -> PartyAgent:
        """One of the parties."""
        return PartyAgent(self, party)

    def collect(self) -> None:
        """For whoever watches: the turns of a round are over, its consequences not yet drawn."""

    def note(self, turn: Turn, gains: Sequence[float]) -> None:
        """For whoever watches: a turn, with the gain of every party from its text."""

    def _convene(self, *, alone: bool) -> None:
        ground, w = self.ground, self.ground.w
        if alone:
            w.loaded[0] = _NOTHING
            self.away = int(ground.call(open_shared, 0, ground.fmt))
        else:
            self.away = int(w.state[at.AWAY])
        lane, world = (ROOT, 0) if alone else (self.lane, self.world)
        self.in_force = () if alone else ground.deal_of(w.in_force)
        self.running = not ground.call(no_talks, ground.fmt, self.away)
        self.started = self.running
        self.seats = tuple(agent.party for agent in self.table)
        self.first_speaker: int | None = None
        if self.running:
            ground.call(load_world, world)
            ground.call(draw_errors, world, ground.key)
            ground.call(open_talk, lane, world, ground.fmt, self.away, ground.key)
            self.first_speaker = self.table[int(w.state[at.START])].party
        self.opened_in_peace = self.world % int(ground.t.n_regimes[0]) == 0

    def step(self) -> None:
        """Play one round: an outside event perhaps, then turn by turn a text and the answers to it."""
        ground = self.ground
        ground.call(enter_round, ground.fmt, ground.key)
        regime = int(ground.w.state[at.REGIME])
        if regime > 0 and self.opened_in_peace and not any(shock.index == regime - 1 for shock in self.shocks):
            self.shocks.append(ShockEvent(self.month + 1, regime - 1))
        self._prepare_texts()
        agreed = self._take_turns()
        self.collect()
        self._close(agreed)

    def _prepare_texts(self) -> None:
        ground = self.ground
        ground.call(self.protocol.build_texts, self.lane, ground.fmt, self.round)
        for agent in self.table:
            agent.prepare()
        ground.call(close_round, self.lane, self.round)
        ground.w.n_built[self.lane] = self.round + 1

    def _take_turns(self) -> int:
        """Hear one text after another until the table takes one; returns its speaker, -1 for none."""
        ground = self.ground
        heard: set[int] = set()
        while (speaker := int(ground.call(self.protocol.next_turn, ground.fmt, ground.key))) >= 0:
            heard.add(speaker)
            owner = self._owner()
            self._ask_own(speaker, owner)
            refused = self._hear(speaker)
            if refused == NOBODY:
                self._note(speaker, heard=True, agreed=False, answers=self._votes(speaker), owner=owner)
                continue
            answers = self.answers(speaker, refused or int(ground.w.outvoted[0]))
            self._note(speaker, heard=True, agreed=refused == 0, answers=answers, owner=owner)
            if refused == 0:
                self._note_unheard(heard)
                return speaker
        return NOBODY

    def _hear(self, speaker: int) -> int:
        """Who refuses a text, as a bit mask, with the answers of strategies of the user's own; -1 for no text."""
        ground = self.ground
        refused = int(ground.call(hear, ground.fmt, ground.key, speaker))
        own = [agent for agent in self.listeners if agent.strategy is not None and agent.party != speaker]
        if refused == NOBODY or not own:
            return refused
        against = refused or int(ground.w.outvoted[0])
        for agent in own:
            bit = 1 << agent.party
            against = against & ~bit if agent.decides(speaker) else against | bit
        return int(ground.call(unless_carried, self.world, speaker, against, 0))

    def _owner(self) -> int | None:
        """Whose text is on the floor under the open rule."""
        owner = int(self.ground.w.state[at.OWNER])
        return owner if owner >= 0 else None

    def _ask_own(self, speaker: int, owner: int | None) -> None:
        """Let a strategy of the user's own, recognised while a text is on the floor, move the question or not."""
        chair = len(self.parties)
        if owner is None or speaker == chair or self.parties[speaker].strategy is None:
            return
        self.ground.w.state[at.WILL] = SECONDS if self.parties[speaker].decides(chair) else AMENDS

    def _votes(self, speaker: int) -> tuple[Answer, ...]:
        """The votes between an amendment and the text on the floor, if there was one."""
        w = self.ground.w
        if w.state[at.MOTION] != AMENDED:
            return ()
        masks = {"against": int(w.state[at.REFUSED]), "abstained": int(w.state[at.ABSTAINED])}
        own = self.ground.speakers_side(speaker)
        others = [agent for agent in self.parties if w.present[agent.party] and not (own >> agent.party) & 1]
        return tuple(agent.vote_between(speaker, **masks) for agent in others)

    def _note_unheard(self, heard: set[int]) -> None:
        """Offers of the round that were closed out by the one that the table took."""
        if self.protocol.name not in ("alternating_offers", "baskets"):
            return
        for agent in self.table:
            if agent.party not in heard:
                self._note(agent.party, heard=False, agreed=False, answers=())

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
        self.note(turn, gains)

    def _move(self, speaker: int) -> Move:
        """What the speaker has done: under the open rule by what was moved, else by its text of the round."""
        w = self.ground.w
        move = _MOVES[int(w.kind[self.lane, self.round, speaker])]
        return move if speaker == len(self.parties) else _MOTIONS.get(int(w.state[at.MOTION]), move)

    def _close(self, agreed: int) -> None:
        ground = self.ground
        month, number = self.month + 1, self.round + 1
        deal = ground.deal_of(ground.w.offer[self.lane, self.round, agreed]) if agreed >= 0 else None
        self.status = int(ground.call(end_round, ground.fmt, ground.key, agreed))
        if deal is not None and not self.settled:
            self.interims.append(Interim(month, number, agreed, deal))
        self.running = self.status == GOES_ON

    def played(self) -> Transcript:
        """Step to the end, and finish."""
        while self.running:
            self.step()
        return self.finish()

    def finish(self) -> Transcript:
        """From the end of the talk to its outcome: last-resort text, consent, hold; not before the talk has ended."""
        if self.running:
            raise RuntimeError("the talk has not ended: call step() until `running` is False")
        last_resort, ratification, held, plenary = None, None, None, None
        ground, w = self.ground, self.ground.w
        if not self.started:
            ground.write(record_no_talks, self.world, ground.fmt, self.away)
        else:
            w.state[at.STEP], w.state[at.LANE] = w.ending
            last_resort = draft_last(self)
            if last_resort is None or last_resort.signed:
                plenary = vote(self)
                if plenary is None or plenary.carried:
                    ratification = ratify(self)
                leave_plenary(self)
            step, settled = self.round, int(self.settled)
            ground.write(conclude, self.lane, ground.fmt, ground.key, step, settled)
            held = hold(self)
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


def play(
    encoder: Source, *, format_index: int, draw: int, replication: int, strategies: Mapping[str, Strategy] | None = None
) -> Transcript:
    """Play one run of a comparison and tell it turn by turn; draws and replications count from 0.

    `format_index` is the position of a format or a track in `encoder.structure.formats`; `strategies` are, by party id,
    of your own in place of those of the file (see `sim.engines.strategy`). The transcript's `record` equals the row
    that the batch engine writes for this run. Of a track it is that of the last leg, with the legs before in `earlier`.

    Raises:
        ValueError: for a format, draw or replication that does not exist, or a strategy for an unknown party.
    """
    if not 0 <= format_index < len(encoder.structure.formats) or draw < 0 or replication < 0:
        raise ValueError(f"no such run: format {format_index}, draw {draw}, replication {replication}")
    known = {party.id for party in encoder.structure.parties}
    if unknown := set(strategies or ()) - known:
        raise ValueError(f"strategies for unknown parties: {sorted(unknown)}; there are {sorted(known)}")
    where: dict[str, Any] = {"format_index": format_index, "draw": draw, "replication": replication}
    if encoder.structure.formats[format_index].legs:
        return _play_track(encoder, ground_of(encoder, **where), strategies=strategies, **where)
    return Talk(encoder, strategies=strategies, **where).played()


def _regime(ground: Ground) -> int:
    return int(ground.w.state[at.WORLD]) % int(ground.t.n_regimes[0])


def _shock_between(ground: Ground, month: int, regime: int) -> ShockEvent | None:
    """The shock that has ended the peace, `regime` 0, in the months from `month` to now."""
    w = ground.w
    if _regime(ground) == regime:
        return None
    calm = int(w.state[at.WORLD]) - _regime(ground)
    when = next(m for m in range(month, int(w.state[at.MONTHS])) if shock_in(ground.tables, calm, ground.key, m))
    return ShockEvent(when + 1, _regime(ground) - 1)


def _play_track(
    encoder: Source, ground: Ground, *, format_index: int, draw: int, replication: int, strategies: Any
) -> Transcript:
    """All legs of a track, one talk each on the same ground; `formats.tracks.play_track` step by step."""
    track, transcripts, learned, meanwhile = format_index, list[Transcript](), 0, None
    w = ground.w
    w.loaded[0], w.n_lanes[0] = _NOTHING, 1
    ground.call(begin_track, 0)
    ground.call(draw_errors, 0, ground.key)
    for leg in range(int(ground.t.n_legs[track])):
        ground.call(open_leg, track, leg, learned)
        of_leg = replace(ground, fmt=int(ground.t.legs[track, leg]))
        where = {"format_index": of_leg.fmt, "draw": draw, "replication": replication}
        talk = Talk(encoder, ground=of_leg, strategies=strategies, **where)
        played = int(talk.started)
        transcripts.append(replace(talk.played(), meanwhile=meanwhile))
        step = int(w.ending[0]) if played else 0
        regime, month = _regime(ground), int(w.state[at.MONTHS])
        goes_on = ground.write(close_leg, track, leg, ground.key, step, played)
        meanwhile = _shock_between(ground, month, regime)
        learned = step + played
        record = record_of(ground.out.arrays, 0)
        rewritten = replace(record, legs=transcripts[-1].record.legs) != transcripts[-1].record
        held = hold(talk) if rewritten else None
        if not goes_on:
            break
    *earlier, last = transcripts
    if rewritten:  # the last leg added nothing: the record tells of what earlier ones left in force
        return replace(
            last,
            earlier=tuple(transcripts),
            record=record,
            turns=(),
            interims=(),
            last_resort=None,
            ratification=None,
            hold=held,
        )
    return replace(last, earlier=tuple(earlier), record=record)
