"""One talk in plain words: who offered what, who refused and why, how it ended.

Each line stands on its own, so that it can be a line in a terminal or an item of a list. Distances are in stakes.
Rounds in which nothing new is said are told as one; a long talk is told in longer steps, each by where it ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from sim.report.words import DASH, MINUS, listed, shown
from sim.types.endings import REASON_SENTENCE, Outcome
from sim.types.structure import Structure
from sim.types.transcript import (
    Answer,
    Consent,
    ConsentPass,
    CrossedLine,
    Deal,
    Leaver,
    Move,
    Transcript,
    Turn,
    Why,
)

_MOST_LINES = 36
"""Lines for the rounds; what comes before and after adds at most about fifteen."""
_BY_ROUND = 0
_MONTHS_A_STEP = (_BY_ROUND, 1, 2, 3, 4, 6, 12, 10_000)


def transcript_lines(transcript: Transcript, structure: Structure) -> list[str]:
    """Tell one talk in short plain sentences, one line each.

    Args:
        transcript: the talk.
        structure: names of parties, issues and options of its scenario.

    Returns:
        Lines without markup, under sixty for any talk of up to about eight seats.
    """
    teller = _Teller(transcript, structure)
    return [
        *teller.opening(),
        *teller.rounds(),
        *teller.deadline(),
        *teller.consent(),
        *teller.hold(),
        *teller.ending(),
    ]


@dataclass(frozen=True)
class _Step:
    """Consecutive rounds told together: the last heard turn of every speaker in them, in speaking order."""

    rounds: tuple[int, ...]
    months: tuple[int, int]
    turns: tuple[Turn, ...]


@dataclass
class _Told:
    """What has been said so far, so that only what changes need be said."""

    base: Deal
    turns: dict[int, Turn] = field(default_factory=dict)


@dataclass(frozen=True)
class _Teller:
    talk: Transcript
    structure: Structure

    # Names.

    def name(self, party: int) -> str:
        return self.structure.parties[party].name

    def names(self, parties: Iterable[int]) -> str:
        return listed([self.name(party) for party in parties])

    def issue(self, issue: int) -> str:
        return self.structure.issues[issue].name

    def option(self, issue: int, option: int) -> str:
        return f"{self.issue(issue)}: {self.structure.issues[issue].option_names[option]}"

    def status_quo(self) -> Deal:
        return tuple(issue.status_quo for issue in self.structure.issues)

    def content(self, deal: Deal, base: Deal) -> str:
        """What `deal` changes against `base`."""
        changed = [i for i, (new, old) in enumerate(zip(deal, base, strict=True)) if new != old]
        return "; ".join(self.option(i, deal[i]) for i in changed) or "nothing new"

    # Who came.

    def opening(self) -> list[str]:
        talk = self.talk
        which = self.structure.formats[talk.format_index]
        lines = [
            f"{shown(which.name)}. Draw {talk.draw}, replication {talk.replication}, seed {talk.seed}; "
            f"{_count(which.months, 'month')} of talks, {_count(which.rounds_per_month, 'round')} a month."
        ]
        if talk.stayed_away:
            cause = "coming is worth less to it than staying away"
            if len(talk.stayed_away) > 1:
                cause = "coming is worth less to them than staying away"
            verb = "stays" if len(talk.stayed_away) == 1 else "stay"
            lines.append(f"{self.names(talk.stayed_away)} {verb} away: {cause}.")
        if talk.speaks_first is None:
            return lines
        invited = {*talk.seats, *talk.stayed_away}
        absent = [p for p in range(len(self.structure.parties)) if p not in invited]
        lines.append(
            f"At the table: {self.names(talk.seats)}. {self.name(talk.speaks_first)} speaks first in every round."
            + (f" Not at the table: {self.names(absent)}." if absent else "")
        )
        lines.append("All distances are in stakes: for each party its best deal minus its worst is 1.")
        return lines

    # Rounds.

    def rounds(self) -> list[str]:
        """The talk in the shortest steps that keep it readable."""
        lines: list[str] = []
        for months in _MONTHS_A_STEP:
            lines = self._tell(self._steps(months))
            if len(lines) <= _MOST_LINES:
                break
        return lines

    def _steps(self, months: int) -> list[_Step]:
        """One round or so many months a step; an agreement, an outside event and the last round are borders."""
        by_round = {number: tuple(turns) for number, turns in groupby(self.talk.turns, key=lambda turn: turn.round)}
        agreed = {turn.round for turn in self.talk.turns if turn.agreed}
        events = {shock.month for shock in self.talk.shocks}
        last = max(by_round, default=0)
        found: list[list[tuple[Turn, ...]]] = []
        month, period = 0, -1
        for number, turns in by_round.items():
            event = turns[0].month in events and turns[0].month != month
            month = turns[0].month
            before, period = period, (month - 1) // months if months else number
            if event or number == last or number - 1 in agreed or period != before:
                found.append([])
            found[-1].append(turns)
        return [_step(rounds) for rounds in found]

    def _when(self, first: _Step, last: _Step | None = None) -> str:
        """The months of a step, or of several; the round too where a month has more of them."""
        last = last or first
        start, stop = first.months[0], last.months[1]
        if start != stop:
            return f"Months {start}{DASH}{stop}"
        a_month = self.structure.formats[self.talk.format_index].rounds_per_month
        rounds = [number - (start - 1) * a_month for number in (first.rounds[0], last.rounds[-1])]
        if a_month == 1 or rounds == [1, a_month]:
            return f"Month {start}"
        if rounds[0] == rounds[1]:
            return f"Month {start}, round {rounds[0]}"
        return f"Month {start}, rounds {rounds[0]}{DASH}{rounds[1]}"

    def _tell(self, steps: Sequence[_Step]) -> list[str]:
        told = _Told(self.status_quo())
        lines: list[str] = []
        quiet: list[_Step] = []
        for step in steps:
            events = self._events(step, told)
            news = self._news(step, told)
            if events or news:
                lines += self._silence(quiet)
                quiet = []
            else:
                quiet.append(step)
            lines += [*events, *news]
            if any(turn.agreed for turn in step.turns):
                lines += self._agreement(step, told)
        return lines + self._silence(quiet)

    def _silence(self, quiet: Sequence[_Step]) -> list[str]:
        """Steps in which nothing new was said."""
        if not quiet:
            return []
        same = "the same offers, the same answers"
        if all(turn.move is Move.PASS for turn in quiet[-1].turns):
            same = "still nobody has a deal to offer"
        return [f"{self._when(quiet[0], quiet[-1])}: {same}."]

    def _events(self, step: _Step, told: _Told) -> list[str]:
        events = [shock for shock in self.talk.shocks if self._starts_with(step, shock.month)]
        if events:
            told.turns.clear()
        return [
            f"Month {shock.month}: something happens outside the talks ({self.structure.shocks[shock.index]})."
            for shock in events
        ]

    def _starts_with(self, step: _Step, month: int) -> bool:
        first = next(turn.round for turn in self.talk.turns if turn.month == month)
        return step.rounds[0] == first

    def _news(self, step: _Step, told: _Told) -> list[str]:
        """One line per speaker who says or hears something new."""
        lines: list[str] = []
        repeated: list[int] = []
        passing: list[int] = []
        for turn in step.turns:
            before = told.turns.get(turn.speaker)
            told.turns[turn.speaker] = turn
            if before is not None and _same(before, turn):
                repeated.append(turn.speaker)
            elif turn.move is Move.PASS:
                passing.append(turn.speaker)
            else:
                lines.append(f"{self._when(step)}: {self._offer(turn, before, told.base)} {self._answers(turn)}")
        if passing:
            verb = "passes: it knows" if len(passing) == 1 else "pass: they know"
            lines.append(f"{self._when(step)}: {self.names(passing)} {verb} no deal worth more than what there is.")
        if lines and repeated:
            verb = "repeats its offer and hears" if len(repeated) == 1 else "repeat their offers and hear"
            lines.append(f"{self._when(step)}: {self.names(repeated)} {verb} the same answers.")
        return lines

    def _offer(self, turn: Turn, before: Turn | None, base: Deal) -> str:
        speaker = self.name(turn.speaker)
        if turn.move is Move.STALL:
            return f"{speaker} plays for time: it asks for its best deal and accepts nothing this month."
        if before is None or before.move is not Move.OFFER:
            return f"{speaker} offers {self.content(turn.deal, base)}."
        if before.deal == turn.deal:
            return f"{speaker} repeats its offer."
        return f"{speaker} now offers {self.content(turn.deal, before.deal)}."

    def _answers(self, turn: Turn) -> str:
        at_once = [answer.party for answer in turn.answers if answer.why is Why.ACCEPTS]
        yes = [f"{self.names(at_once)} {'accepts' if len(at_once) == 1 else 'accept'}"] if at_once else []
        yes += [self._pressed(answer) for answer in turn.answers if answer.why is Why.PRESSED]
        no = [self._no(answer) for answer in turn.answers if not answer.accepts]
        return " ".join(f"{said}." for said in [*yes, *no])

    def _pressed(self, answer: Answer) -> str:
        return f"{self.name(answer.party)} accepts under pressure from {self.names(answer.pressed_by)}"

    def _no(self, answer: Answer) -> str:
        who = self.name(answer.party)
        over = f", most of all over {self.issue(answer.sorest)}" if answer.sorest is not None else ""
        said = {
            Why.RED_LINE: f"{who} refuses: {self._red_lines(answer.red_lines)}",
            Why.STALLING: f"{who} plays for time and accepts nothing",
            Why.RESERVATION: (f"{who} refuses: {_stakes(answer.below_reservation)} below its reservation value{over}"),
            Why.ASPIRATION: f"{who} holds out for {_stakes(answer.short_by)} more{over}",
            Why.DOUBT: f"{who} misjudges it as {_stakes(answer.short_by)} too little",
        }[answer.why]
        return said + self._moved_by(answer)

    def _moved_by(self, answer: Answer) -> str:
        """Who tried to move a refusing party, either way."""
        if answer.why in {Why.RED_LINE, Why.STALLING}:
            return ""
        said = f", although {self.names(answer.pressed_by)} pressed it" if answer.pressed_by else ""
        return said + (f", with {self.names(answer.supported_by)} behind it" if answer.supported_by else "")

    def _red_lines(self, lines: Sequence[CrossedLine]) -> str:
        crossed = [f"{line.line} ({self.option(line.issue, line.option)})" for line in lines]
        return f"it crosses its red line {listed(crossed)}" if crossed else "it crosses a red line"

    def _agreement(self, step: _Step, told: _Told) -> list[str]:
        turn = next(turn for turn in step.turns if turn.agreed)
        interim = next((one for one in self.talk.interims if one.round == turn.round), None)
        head = f"Month {turn.month}: the table agrees on {self.name(turn.speaker)}'s offer"
        if interim is None:
            return [f"{head}: {self.content(turn.deal, self.status_quo())}."]
        first = told.base == self.status_quo()
        becomes = "becomes the text in hand" if first else "changes the text in hand"
        said = self.content(interim.deal, told.base)
        told.base = interim.deal
        told.turns.clear()
        return [f"{head}; it leaves the core open and {becomes}: {said}."]

    def _text(self, deal: Deal) -> str:
        return self.content(deal, self.status_quo())

    # After the rounds.

    def deadline(self) -> list[str]:
        last = self.talk.last_resort
        if last is None or (last.in_hand and last.signed):
            if self.talk.interims and self.talk.ratification and self.talk.interims[-1].deal == self._tabled():
                return ["Time runs out; the text in hand is what the table has agreed on."]
            return []
        if last.deal is None:
            return ["Time runs out, and no lesser text that leaves the core open would be worth signing to all."]
        no = [f"{self._no(answer)}." for answer in last.answers if not answer.accepts]
        if last.in_hand:
            return [f"Time runs out, and the text in hand is no longer worth signing to all. {' '.join(no)}"]
        lines = [f"Time runs out. A text of last resort is drafted: {self._text(last.deal)}."]
        if last.signed:
            return [*lines, "The whole table signs it."]
        return [*lines, f"It is not signed. {' '.join(no)}"]

    def _tabled(self) -> Deal | None:
        return self.talk.ratification.tabled if self.talk.ratification else None

    def consent(self) -> list[str]:
        given = self.talk.ratification
        if given is None:
            return []
        lines: list[str] = []
        for number, one in enumerate(given.passes):
            lines += self._consent_pass(one, first=number == 0)
        if given.remainder_refused_by:
            verb = "finds" if len(given.remainder_refused_by) == 1 else "find"
            lines.append(f"{self.names(given.remainder_refused_by)} {verb} what remains no longer worth signing.")
        return lines

    def _consent_pass(self, one: ConsentPass, *, first: bool) -> list[str]:
        yes = [said for said in one.decisions if said.answer.accepts]
        no = [said for said in one.decisions if not said.answer.accepts]
        if not first and not no:
            return []
        lines = [self._refusal(said) for said in no]
        if yes and first:
            agree = "agrees" if len(yes) == 1 else "agree"
            lines.insert(0, f"Asked for consent, {listed([self._asked(said) for said in yes])} {agree}.")
        if one.struck:
            left = self._text(one.remaining)
            if one.remaining == self.status_quo():
                lines.append("Nothing remains of the text.")
            else:
                lines.append(
                    f"Struck from the text: {listed([self.issue(i) for i in one.struck])}. It now says: {left}."
                )
        return lines

    def _asked(self, said: Consent) -> str:
        name = self.name(said.answer.party)
        return f"the home of {name}" if said.home else f"{name} (not at the table)"

    def _refusal(self, said: Consent) -> str:
        answer = said.answer
        who = f"The home of {self.name(answer.party)}" if said.home else f"{self.name(answer.party)}, not at the table,"
        why = {
            Why.RED_LINE: self._red_lines(answer.red_lines),
            Why.DOUBT: f"it misjudges it as {_stakes(answer.short_by)} too little",
        }.get(answer.why, f"{_stakes(answer.below_reservation)} below its reservation value")
        if said.home and answer.why is not Why.DOUBT:
            why = f"it asks for {said.asked:.2f} above the reservation value and is {_stakes(answer.short_by)} short"
        parts = listed([self.issue(i) for i in said.stopped]) or "no part of it"
        return f"{who} refuses: {why}{self._moved_by(answer)}. It stops {parts}."

    def hold(self) -> list[str]:
        held = self.talk.hold
        if held is None:
            return []
        if not held.left:
            return [f"The text holds for all {held.horizon} months in which it is watched."]
        return [f"{_ordinal(held.months)} after signature {self._leaves(one)}." for one in held.left]

    def _leaves(self, one: Leaver) -> str:
        missing = one.shift - one.gain - one.enforcement
        moved = "risen" if one.walk >= 0.0 else "fallen"
        cost = f", even after the {one.enforcement:.2f} that leaving costs" if one.enforcement > 0.0 else ""
        return (
            f"{self.name(one.party)} leaves it: going without is worth {_stakes(missing)} more{cost}; its reservation "
            f"value has {moved} by {abs(one.walk):.2f} since"
        )

    def ending(self) -> list[str]:
        talk, record = self.talk, self.talk.record
        failed = talk.decided_by and talk.outcome is not Outcome.SETTLEMENT
        decided = f" Decided by {self.names(talk.decided_by)}." if failed else ""
        label = talk.outcome.label.replace("_", " ")
        lines = [f"Outcome: {label}. {REASON_SENTENCE[talk.reason]}{decided}"]
        if record.deal != self.status_quo():
            which = "The text that was left" if talk.outcome is Outcome.COLLAPSED else "The text in force"
            whole = record.deal == record.tabled
            what = " is what the table agreed on" if whole else f": {self._text(record.deal)}"
            lines.append(f"{which}{what}.")
            worth = [
                f"{self.name(p)} {_signed(value)} ({_signed(floor)})"
                for p, (value, floor) in enumerate(zip(record.value, record.reservation, strict=True))
            ]
            lines.append(f"Its value to each, with the reservation value in brackets: {', '.join(worth)}.")
        return lines


def _step(rounds: Sequence[tuple[Turn, ...]]) -> _Step:
    """Rounds told together; every speaker by its last turn that was heard."""
    last: dict[int, Turn] = {}
    for turns in rounds:
        for turn in turns:
            if turn.heard:
                last.pop(turn.speaker, None)
                last[turn.speaker] = turn
    numbers = tuple(turns[0].round for turns in rounds)
    return _Step(numbers, (rounds[0][0].month, rounds[-1][0].month), tuple(last.values()))


def _same(before: Turn, now: Turn) -> bool:
    """True if a turn says and hears nothing new: distances may have moved, reasons have not."""
    if before.move is not now.move or (now.move is not Move.PASS and before.deal != now.deal):
        return False
    return [_gist(one) for one in before.answers] == [_gist(one) for one in now.answers]


def _gist(answer: Answer) -> tuple[object, ...]:
    return answer.party, answer.accepts, answer.why, answer.sorest, answer.red_lines, answer.pressed_by


def _stakes(distance: float) -> str:
    """A distance in stakes to two decimals; what rounds to nothing is still something."""
    return f"{distance:.2f}" if distance >= 0.005 else "less than 0.01"


def _signed(number: float) -> str:
    """A value in stakes to two decimals, without a minus nought."""
    return f"{round(number, 2) + 0.0:.2f}".replace("-", MINUS)


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _ordinal(months: int) -> str:
    return "One month" if months == 1 else f"{months} months"
