"""How a talk ends: the deadline, consent outside the room and at home, how long the text holds, the outcome."""

from __future__ import annotations

from sim.report.transcript.text_answers import against, moved_by, red_lines, refusal
from sim.report.transcript.text_names import Subject, count, signed, stakes
from sim.report.words.words import listed
from sim.types.endings import REASON_SENTENCE, Outcome
from sim.types.transcript import ConsentDecision, ConsentPass, Deal, LastResort, Leaver, Why


def deadline(subject: Subject) -> list[str]:
    """What is put to the table when time runs out."""
    last = subject.talk.last_resort
    if last is None or (last.in_hand and last.signed):
        return _text_in_hand(subject, last)
    if last.deal is None:
        return ["Time runs out, and no lesser text that leaves the core open would be worth signing to all."]
    no = " ".join(f"{refusal(subject, answer)}." for answer in last.answers if against(answer))
    if last.in_hand:
        return [f"Time runs out, and the text in hand is no longer worth signing to all. {no}"]
    lines = [f"Time runs out. A text of last resort is drafted: {subject.text(last.deal)}."]
    if not last.signed:
        return [*lines, f"It is not signed. {no}"]
    return [*lines, f"It carries ({subject.info.consent}). {no}" if no else "The whole table signs it."]


def _text_in_hand(subject: Subject, last: LastResort | None) -> list[str]:
    talk = subject.talk
    if not (talk.interims and talk.ratification and talk.interims[-1].deal == talk.ratification.tabled):
        return []
    no = " ".join(f"{refusal(subject, answer)}." for answer in last.answers if against(answer)) if last else ""
    if no:
        return [f"Time runs out; the text in hand carries once more. {no}"]
    return ["Time runs out; the text in hand is what the table has agreed on."]


def plenary(subject: Subject) -> list[str]:
    """The vote of everybody on the text of a contact group."""
    held = subject.talk.plenary
    if held is None:
        return []
    no = [answer for answer in held.votes if against(answer)]
    idle = [subject.name(answer.party) for answer in held.votes if answer.why is Why.ABSTAINS]
    yes = len(held.votes) - len(no) - len(idle)
    verdict = "It carries" if held.carried else "It is voted down"
    lines = [f"The contact group brings its text before all. {verdict}."]
    abstaining = [f"{listed(idle)} {'abstain' if len(idle) > 1 else 'abstains'}."] if idle else []
    if not no:
        said = f"All {yes} others vote for it." if yes > 1 and not idle else "Nobody votes against it."
        return [*lines, " ".join([said, *abstaining])]
    votes = f"Of those outside the group {yes} vote{'s' if yes == 1 else ''} for it and {len(no)} against it."
    return [*lines, " ".join([votes, *(f"{refusal(subject, answer)}." for answer in no), *abstaining])]


def consent(subject: Subject) -> list[str]:
    """Who outside the room and at home is asked, and what they strike."""
    given = subject.talk.ratification
    if given is None:
        return []
    lines = ["What the mediator wrote binds without ratification at home."] if _mandated(subject) else []
    for number, one in enumerate(given.passes):
        lines += _consent_pass(subject, one, first=number == 0)
    if given.remainder_refused_by:
        verb = "finds" if len(given.remainder_refused_by) == 1 else "find"
        names = subject.names(given.remainder_refused_by)
        lines.append(f"{names} {verb} what remains no longer worth signing.")
    return lines


def _mandated(subject: Subject) -> bool:
    """True if the text agreed on was the mediator's, or the chair's package, under a mandate."""
    talk = subject.talk
    agreed = [turn for turn in talk.turns if turn.agreed]
    if not subject.info.mandate or not agreed or talk.last_resort is not None:
        return False
    return subject.drafts(agreed[-1].speaker)


def _consent_pass(subject: Subject, one: ConsentPass, *, first: bool) -> list[str]:
    yes = [said for said in one.decisions if said.answer.accepts]
    no = [said for said in one.decisions if not said.answer.accepts]
    if not first and not no:
        return []
    lines = [_refusal(subject, said) for said in no]
    if yes and first:
        agree = "agrees" if len(yes) == 1 else "agree"
        lines.insert(0, f"Asked for consent, {listed([_asked(subject, said) for said in yes])} {agree}.")
    if one.struck:
        if one.remaining == subject.stood:
            lines.append("Nothing remains of the text.")
        else:
            parts = listed([subject.issue(i) for i in one.struck])
            lines.append(f"Struck from the text: {parts}. It now says: {subject.text(one.remaining)}.")
    return lines


def _where(subject: Subject, party: int) -> str:
    """Why a party is asked that did not sign."""
    info = subject.info
    if party in subject.talk.outvoted:
        return "outvoted"
    if party in info.guarantors:
        return "guarantor"
    if party == info.mediator:
        return "mediator"
    return "observer" if party in info.observers else "not at the table"


def _asked(subject: Subject, said: ConsentDecision) -> str:
    name = subject.name(said.answer.party)
    return f"the home of {name}" if said.home else f"{name} ({_where(subject, said.answer.party)})"


def _refusal(subject: Subject, said: ConsentDecision) -> str:
    answer = said.answer
    name = subject.name(answer.party)
    who = f"The home of {name}" if said.home else f"{name}, {_where(subject, answer.party)},"
    why = {
        Why.RED_LINE: red_lines(subject, answer.red_lines),
        Why.DOUBT: f"it misjudges it as {stakes(answer.short_by)} too little",
    }.get(answer.why, f"{stakes(answer.below_reservation)} below its reservation value")
    if said.home and answer.why is not Why.DOUBT:
        why = f"it asks for {said.margin:.2f} above the reservation value and is {stakes(answer.short_by)} short"
    parts = listed([subject.issue(i) for i in said.stopped]) or "no part of it"
    return f"{who} refuses: {why}{moved_by(subject, answer)}. It stops {parts}."


def hold(subject: Subject, *, ahead: bool = False, since: str = "signature") -> list[str]:
    """How long the text lasts, and who leaves it.

    Args:
        subject: the talk.
        ahead: another leg begins before the text can be left, so this is only what would happen without it.
        since: what the months are counted from.
    """
    held = subject.talk.hold
    if held is None or (ahead and not held.left):
        return []
    if not held.left:
        return [f"The text holds for all {held.horizon} months in which it is watched."]
    if ahead:
        names = subject.names(one.party for one in held.left)
        when = f"{count(held.months, 'month')} after signature"
        return [f"Left to itself the text would not last: {names} would leave it {when}."]
    after = "One month" if held.months == 1 else count(held.months, "month")
    return [f"{after} after {since} {_leaves(subject, one)}." for one in held.left]


def _leaves(subject: Subject, one: Leaver) -> str:
    missing = one.shift - one.gain - one.enforcement
    moved = "risen" if one.walk >= 0.0 else "fallen"
    cost = f", even after the {one.enforcement:.2f} that leaving costs" if one.enforcement > 0.0 else ""
    return (
        f"{subject.name(one.party)} leaves it: going without is worth {stakes(missing)} more{cost}; its reservation "
        f"value has {moved} by {abs(one.walk):.2f} since"
    )


def outcome(subject: Subject, what: str = "Outcome") -> str:
    """The outcome with its reason and who decided."""
    talk = subject.talk
    failed = talk.decided_by and talk.outcome is not Outcome.SETTLEMENT
    decided = f" Decided by {subject.names(talk.decided_by)}." if failed else ""
    return f"{what}: {talk.outcome.label.replace('_', ' ')}. {REASON_SENTENCE[talk.reason]}{decided}"


def ending(subject: Subject) -> list[str]:
    """The outcome, the text in force, and what it is worth to each."""
    talk, record = subject.talk, subject.talk.record
    lines = [outcome(subject)]
    if record.deal != subject.status_quo():
        which = "The text that was left" if talk.outcome is Outcome.COLLAPSED else "The text in force"
        whole = record.deal == record.tabled
        what = " is what the table agreed on" if whole and talk.turns else f": {subject.text(record.deal)}"
        lines.append(f"{which}{what}.")
        worth = [
            f"{subject.name(p)} {signed(value)} ({signed(floor)})"
            for p, (value, floor) in enumerate(zip(record.value, record.reservation, strict=True))
            if not (value == floor == 0.0 and _wants_nothing(subject, p))
        ]
        lines.append(f"Its value to each, with the reservation value in brackets: {', '.join(worth)}.")
    return lines


def _wants_nothing(subject: Subject, party: int) -> bool:
    """True for who sits as a neutral mediator or observer only: it may have no interests at all."""
    formats = subject.structure.formats
    sits = any(party == info.mediator or party in info.observers for info in formats)
    return sits and not any(party in info.seats or party in info.guarantors for info in formats)


def left_in_force(subject: Subject, stands: Deal, *, gone: bool) -> list[str]:
    """What an earlier leg of a track leaves to the next.

    Args:
        subject: the leg.
        stands: what is in force when the next one begins.
        gone: its text was left before that.
    """
    lines: list[str] = []
    pairs = enumerate(zip(subject.talk.record.deal, stands, strict=True))
    lost = [] if gone else [i for i, (agreed, now) in pairs if agreed != now]
    if lost:
        parts = listed([subject.issue(i) for i in lost])
        lines.append(f"What was agreed behind closed doors is remembered otherwise, and binds nobody: {parts}.")
    if stands == subject.status_quo():
        return [*lines, "Nothing is in force after it."]
    same = "Still in force" if stands == subject.stood else "In force after it"
    return [*lines, f"{same}: {subject.text(stands)}."]
