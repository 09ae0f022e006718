"""What parties answer, in words: yes, no and why, for or against, abstentions."""

from __future__ import annotations

from collections.abc import Sequence

from sim.report.transcript.text_names import Subject, stakes
from sim.report.words.words import listed
from sim.types.transcript import Answer, CrossedLine, Turn, Why

UNMOVED = frozenset({Why.RED_LINE, Why.STALLING, Why.OWN_STRATEGY, Why.PREFERS_FLOOR})
"""Reasons against which neither pressure nor support counts, or of which nobody knows whether they do."""


def answers(subject: Subject, turn: Turn) -> str:
    """All answers to one offer: who says yes, who under pressure, who no and why, who abstains."""
    said: list[str] = []
    at_once = [one for one in turn.answers if one.accepts and one.why is Why.ACCEPTS]
    if at_once:
        names = listed([who(subject, one) for one in at_once])
        said.append(f"{names} {_yes(subject, plural=len(at_once) > 1)}")
    said += [_pressed(subject, one) for one in turn.answers if one.why is Why.PRESSED]
    own = [one for one in turn.answers if one.accepts and one.why is Why.OWN_STRATEGY]
    said += [f"{who(subject, one)} {_yes(subject, plural=False)} by its own strategy" for one in own]
    said += [refusal(subject, one) for one in turn.answers if against(one)]
    abstaining = [one for one in turn.answers if one.why is Why.ABSTAINS]
    said += [f"{who(subject, one)} abstains: the text changes nothing for it" for one in abstaining]
    return " ".join(f"{one}." for one in said)


def against(answer: Answer) -> bool:
    """True for a refusal, or a vote against."""
    return not answer.accepts and answer.why is not Why.ABSTAINS


def who(subject: Subject, answer: Answer) -> str:
    """A party's name; a guarantor's with its role."""
    name = subject.name(answer.party)
    return f"{name} (guarantor)" if answer.party in subject.info.guarantors else name


def _yes(subject: Subject, *, plural: bool) -> str:
    if subject.votes:
        return "vote for it" if plural else "votes for it"
    return "accept" if plural else "accepts"


def _pressed(subject: Subject, answer: Answer) -> str:
    by = f" from {subject.names(answer.pressed_by)}" if answer.pressed_by else ""
    return f"{who(subject, answer)} {_yes(subject, plural=False)} under pressure{by}"


def refusal(subject: Subject, answer: Answer) -> str:
    """A refusal with its reason, without a full stop."""
    name = who(subject, answer)
    over = f", most of all over {subject.issue(answer.sorest)}" if answer.sorest is not None else ""
    if subject.votes:
        return f"{name} votes against it: {_reason(subject, answer, over)}{moved_by(subject, answer)}"
    said = {
        Why.STALLING: f"{name} plays for time and accepts nothing",
        Why.ASPIRATION: f"{name} holds out for {stakes(answer.short_by)} more{over}",
        Why.DOUBT: f"{name} misjudges it as {stakes(answer.short_by)} too little",
        Why.OWN_STRATEGY: f"{name} refuses by its own strategy",
    }.get(answer.why, f"{name} refuses: {_reason(subject, answer, over)}")
    return said + moved_by(subject, answer)


def _reason(subject: Subject, answer: Answer, over: str) -> str:
    return {
        Why.RED_LINE: red_lines(subject, answer.red_lines),
        Why.STALLING: "it plays for time",
        Why.ASPIRATION: f"it holds out for {stakes(answer.short_by)} more{over}",
        Why.DOUBT: f"it misjudges it as {stakes(answer.short_by)} too little",
        Why.EXPECTS_MORE: f"it expects {stakes(answer.short_by)} more from talking on{over}",
        Why.OWN_STRATEGY: "its own strategy says so",
        Why.PREFERS_FLOOR: f"it would rather keep what is on the floor, by {stakes(answer.short_by)}",
    }.get(answer.why, f"{stakes(answer.below_reservation)} below its reservation value{over}")


def moved_by(subject: Subject, answer: Answer) -> str:
    """Who tried to move a refusing party, either way."""
    if answer.why in UNMOVED:
        return ""
    said = f", although {subject.names(answer.pressed_by)} pressed it" if answer.pressed_by else ""
    return said + (f", with {subject.names(answer.supported_by)} behind it" if answer.supported_by else "")


def red_lines(subject: Subject, lines: Sequence[CrossedLine]) -> str:
    """Which red lines a text crosses."""
    crossed = [f"{line.line} ({subject.option(line.issue, line.option)})" for line in lines]
    return f"it crosses its red line {listed(crossed)}" if crossed else "it crosses a red line"
