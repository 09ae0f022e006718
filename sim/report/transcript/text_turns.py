"""What transcripts call things, and one turn: who puts which text, who answers yes, who no and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sim.report.words.words import MINUS, listed
from sim.types.structure import FormatInfo, Structure
from sim.types.tables import BY_LOT
from sim.types.transcript import Answer, CrossedLine, Deal, Move, Transcript, Turn, UnmetCondition, Why

WITH_DRAFTER = ("single_text", "shuttle")
UNMOVED = frozenset({Why.RED_LINE, Why.STALLING, Why.OWN_STRATEGY, Why.PREFERS_FLOOR})
"""Reasons against which neither pressure nor support counts, or of which nobody knows whether they do."""


@dataclass(frozen=True)
class Subject:
    """One talk that is told, with the names of its scenario and the text that was in force when it began."""

    talk: Transcript
    structure: Structure
    stood: Deal

    @property
    def info(self) -> FormatInfo:
        """The talk's format in words."""
        return self.structure.formats[self.talk.format_index]

    @property
    def votes(self) -> bool:
        """True where texts are voted on, rather than taken if nobody refuses."""
        return self.info.protocol in BY_LOT or not str(self.info.consent).startswith("unanimity")

    @property
    def behind(self) -> list[int]:
        """Who votes on what a contact group brings without having been in it."""
        if not str(self.info.consent).startswith("contact group"):
            return []
        return [p for p in self.info.seats if p not in (*self.talk.seats, *self.talk.stayed_away)]

    @property
    def status_quo(self) -> Deal:
        """Every issue as it stands without any text."""
        return tuple(issue.status_quo for issue in self.structure.issues)

    def name(self, party: int, *, start: bool = False) -> str:
        """A party's name; the number of parties is the chair. `start` for the beginning of a sentence."""
        if party >= len(self.structure.parties):
            return "The chair" if start else "the chair"
        return self.structure.parties[party].name

    def whose(self, party: int) -> str:
        """`the chair's`, `the farmers'`."""
        name = self.name(party)
        return f"{name}'" if name.endswith("s") else f"{name}'s"

    def names(self, parties: Iterable[int], verb: str = "") -> str:
        """Names at the beginning of a sentence, with what they do: `A stays`, `A and B stay`."""
        names = [self.name(party, start=place == 0) for place, party in enumerate(parties)]
        return listed(names) + (f" {agree(verb, len(names))}" if verb else "")

    def issue(self, issue: int) -> str:
        """An issue's name."""
        return self.structure.issues[issue].name

    def issues(self, issues: Iterable[int]) -> str:
        """Names of issues."""
        return listed([self.issue(issue) for issue in issues])

    def option(self, issue: int, option: int) -> str:
        """`Issue: option`."""
        return f"{self.issue(issue)}: {self.structure.issues[issue].option_names[option]}"

    def content(self, deal: Deal, base: Deal) -> str:
        """What `deal` changes against `base`."""
        changed = [i for i, (new, old) in enumerate(zip(deal, base, strict=True)) if new != old]
        return "; ".join(self.option(i, deal[i]) for i in changed) or "nothing new"

    def text(self, deal: Deal) -> str:
        """What `deal` changes against the status quo."""
        return self.content(deal, self.status_quo)

    def drafts(self, speaker: int) -> bool:
        """True for the chair, and for a mediator where it does the writing."""
        if speaker >= len(self.structure.parties):
            return True
        return self.info.protocol in WITH_DRAFTER and speaker == self.info.mediator

    def stage(self, stage: int | None) -> str:
        """Name of a stage of the agenda or of a working group."""
        return "the whole agenda" if stage is None else self.info.stages[stage]

    def is_group(self, stage: int | None) -> bool:
        """True for a working group."""
        return self.info.protocol == "baskets" and stage is not None and stage < len(self.info.stages) - 1

    def is_plenary(self, stage: int | None) -> bool:
        """True for the plenary after working groups."""
        return self.info.protocol == "baskets" and stage == len(self.info.stages) - 1


def stakes(distance: float) -> str:
    """A distance in stakes to two decimals; what rounds to nothing is still something."""
    return f"{distance:.2f}" if distance >= 0.005 else "less than 0.01"


def signed(number: float) -> str:
    """A value in stakes to two decimals, without a minus nought."""
    return f"{round(number, 2) + 0.0:.2f}".replace("-", MINUS)


def count(number: int, word: str) -> str:
    """`1 month`, `2 months`."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def agree(verb: str, number: int) -> str:
    """A regular verb after so many subjects: `1 finds`, `2 find`."""
    return f"{verb}s" if number == 1 else verb


def offer(subject: Subject, turn: Turn, before: Turn | None, base: Deal) -> str:
    """What a speaker puts to the table, after its last turn that was told; a first offer is told against `base`."""
    speaker = subject.name(turn.speaker, start=True)
    if turn.move is Move.STALL:
        return f"{speaker} plays for time: it asks for its best deal and accepts nothing this month."
    first = before is None or before.move is not Move.OFFER
    again = before is not None and not first and before.deal == turn.deal
    changes = subject.content(turn.deal, base if first or before is None else before.deal)
    if subject.info.protocol == "open_rule" and turn.owner is not None:
        return _on_floor(subject, turn, turn.owner, subject.content(turn.deal, base))
    if subject.info.protocol == "shuttle":
        return _carried(subject, turn, changes, first=first, again=again)
    if subject.drafts(turn.speaker):
        return _drafted(subject, turn, changes, first=first, again=again)
    if subject.info.protocol in BY_LOT:
        text = "repeats its proposal" if again else f"{'proposes' if first else 'now proposes'} {changes}"
        return f"{speaker} has the floor and {text}."
    return f"{speaker} repeats its offer." if again else f"{speaker} {'offers' if first else 'now offers'} {changes}."


def _on_floor(subject: Subject, turn: Turn, owner: int, changes: str) -> str:
    """What is done about the owner's text on the floor: the question moved or put, an amendment and what came of it."""
    speaker, whose = subject.name(turn.speaker, start=True), f"{subject.whose(owner)} proposal"
    if turn.move is Move.SECOND:
        return f"{speaker} moves the vote on {whose}."
    if turn.move is Move.AMEND:
        result = "carries and takes the floor" if turn.carried else f"fails, and {whose} stays on the floor"
        return f"{speaker} moves to amend it: {changes}. The amendment {result}."
    return f"{whose[0].upper()}{whose[1:]} is put to the vote: {changes}."


def _drafted(subject: Subject, turn: Turn, changes: str, *, first: bool, again: bool) -> str:
    """A draft of a mediator or the chair, or the package that the chair puts to the plenary."""
    speaker = subject.name(turn.speaker, start=True)
    if subject.is_plenary(turn.stage):
        text = "the package of the working groups"
        return f"{speaker} puts {text} again." if again else f"{speaker} puts {text} to the plenary: {changes}."
    if again:
        return f"{speaker} puts its draft again."
    return f"{speaker} puts a draft: {changes}." if first else f"{speaker} revises its draft: {changes}."


def _carried(subject: Subject, turn: Turn, changes: str, *, first: bool, again: bool) -> str:
    """A text that the mediator carries to those who answer it."""
    carrier = len(subject.structure.parties) if subject.info.mediator is None else subject.info.mediator
    to = listed([subject.name(answer.party) for answer in turn.answers if answer.party != carrier])
    own = subject.drafts(turn.speaker)
    text = "its own draft" if own else f"the offer of {subject.name(turn.speaker)}"
    if not first and not again:
        text = "a revised draft" if own else f"a new offer of {subject.name(turn.speaker)}"
    head = f"{subject.name(carrier, start=True)} {f'carries {text} to {to}' if to else f'hears {text}'}"
    return f"{head} again." if again else f"{head}: {changes}."


def passes(subject: Subject, turns: Sequence[Turn]) -> list[str]:
    """Those who put nothing, each with why."""
    lines = [
        "The working groups have agreed on nothing that the chair could put to the plenary."
        if subject.is_plenary(turn.stage)
        else f"{subject.name(turn.speaker, start=True)} has no text to put that is better than what there is."
        for turn in turns
        if subject.drafts(turn.speaker)
    ]
    passing = [turn.speaker for turn in turns if not subject.drafts(turn.speaker)]
    if passing:
        verb = "passes: it knows" if len(passing) == 1 else "pass: they know"
        lines.append(f"{subject.names(passing)} {verb} no deal worth more than what there is.")
    return lines


def repeats(subject: Subject, speakers: Sequence[int]) -> str:
    """Those who say and hear the same as before."""
    word, heard = ("proposal", "votes") if subject.info.protocol in BY_LOT else ("offer", "answers")
    if any(subject.drafts(speaker) for speaker in speakers):
        word = "text"
    hear = "get" if word == "proposal" else "hear"
    alone = len(set(speakers)) == 1
    verb = f"repeats its {word} and {hear}s" if alone else f"repeat their {word}s and {hear}"
    return f"{subject.names(dict.fromkeys(speakers))} {verb} the same {heard}."


def owned(subject: Subject, turn: Turn) -> str:
    """Whose text it is that was agreed: `A's offer`, `the chair's draft`, `the package`."""
    if turn.speaker >= len(subject.structure.parties) and subject.is_plenary(turn.stage):
        return "the package of the working groups"
    if turn.owner is not None:
        return f"{subject.whose(turn.owner)} proposal"
    word = "proposal" if subject.info.protocol in BY_LOT else "offer"
    return f"{subject.whose(turn.speaker)} {'draft' if subject.drafts(turn.speaker) else word}"


def answers(subject: Subject, turn: Turn) -> str:
    """All answers to one offer: who says yes, who under pressure, who no and why, who abstains."""
    verb, object_ = ("vote", " for it") if subject.votes else ("accept", "")
    yes = f"{verb}s{object_}"
    at_once: list[str] = []
    pressed, own, abstaining = [], [], []
    for answer in turn.answers:
        name = _who(subject, answer)
        if answer.why is Why.PRESSED:
            by = f" from {subject.names(answer.pressed_by)}" if answer.pressed_by else ""
            pressed.append(f"{name} {yes} under pressure{by}")
        elif answer.why is Why.ABSTAINS:
            abstaining.append(f"{name} abstains: the text changes nothing for it")
        elif answer.accepts and answer.why is Why.OWN_STRATEGY:
            own.append(f"{name} {yes} by its own strategy")
        elif answer.accepts and answer.why is Why.ACCEPTS:
            at_once.append(name)
    first = [f"{listed(at_once)} {agree(verb, len(at_once))}{object_}"] if at_once else []
    no = [refusal(subject, answer) for answer in turn.answers if against(answer)]
    return " ".join(f"{part}." for part in (*first, *pressed, *own, *no, *abstaining))


def against(answer: Answer) -> bool:
    """True for a refusal, or a vote against."""
    return not answer.accepts and answer.why is not Why.ABSTAINS


def _who(subject: Subject, answer: Answer) -> str:
    """A party's name; a guarantor's with its role."""
    name = subject.name(answer.party)
    return f"{name} (guarantor)" if answer.party in subject.info.guarantors else name


def refusals(subject: Subject, votes: Sequence[Answer]) -> str:
    """Who refuses, each in a sentence."""
    return " ".join(f"{refusal(subject, answer)}." for answer in votes if against(answer))


def refusal(subject: Subject, answer: Answer) -> str:
    """A refusal with its reason, without a full stop."""
    name = _who(subject, answer)
    over = f", most of all over {subject.issue(answer.sorest)}" if answer.sorest is not None else ""
    reason = {
        Why.RED_LINE: red_lines(subject, answer.red_lines),
        Why.STALLING: "it plays for time",
        Why.ASPIRATION: f"it holds out for {stakes(answer.short_by)} more{over}",
        Why.DOUBT: f"it misjudges it as {stakes(answer.short_by)} too little",
        Why.EXPECTS_MORE: f"it expects {stakes(answer.short_by)} more from talking on{over}",
        Why.CLAIM: f"it expects {stakes(answer.short_by)} more of waiting for another chance{over}",
        Why.FORESEES: (
            f"signing takes {stakes(answer.short_by)} more, for its cost at home or what the absent may stop{over}"
        ),
        Why.OWN_STRATEGY: "its own strategy says so",
        Why.PREFERS_FLOOR: f"it would rather keep what is on the floor, by {stakes(answer.short_by)}",
    }.get(answer.why, f"{stakes(answer.below_reservation)} below its reservation value{over}")
    if subject.votes:
        return f"{name} votes against it: {reason}{moved_by(subject, answer)}"
    sentence = {
        Why.STALLING: f"{name} plays for time and accepts nothing",
        Why.OWN_STRATEGY: f"{name} refuses by its own strategy",
        Why.ASPIRATION: f"{name} {reason.removeprefix('it ')}",
        Why.CLAIM: f"{name} {reason.removeprefix('it ')}",
        Why.DOUBT: f"{name} {reason.removeprefix('it ')}",
    }.get(answer.why, f"{name} refuses: {reason}")
    return sentence + moved_by(subject, answer)


def moved_by(subject: Subject, answer: Answer) -> str:
    """Who tried to move a refusing party, either way."""
    if answer.why in UNMOVED:
        return ""
    pressed = f", although {subject.names(answer.pressed_by)} pressed it" if answer.pressed_by else ""
    return pressed + (f", with {subject.names(answer.supported_by)} behind it" if answer.supported_by else "")


def red_lines(subject: Subject, lines: Sequence[CrossedLine | UnmetCondition]) -> str:
    """Which red lines a text crosses."""
    crossed = [f"{line.line} ({_crossing(subject, line)})" for line in lines]
    return f"it crosses its red line {listed(crossed)}" if crossed else "it crosses a red line"


def _crossing(subject: Subject, line: CrossedLine | UnmetCondition) -> str:
    """What of a text crosses a line, and what it would take in return."""
    if isinstance(line, CrossedLine):
        return subject.option(line.issue, line.option)
    given = listed([subject.option(issue, option) for issue, option in line.given])
    if not line.missing:
        return given if len(line.given) == 1 else f"{given}, never together"
    issues = subject.structure.issues
    terms = [f"{subject.issue(i)}: {' or '.join(issues[i].option_names[o] for o in good)}" for i, good in line.missing]
    return f"{given}, only for {listed(terms)}"
