"""How a talk ends: the deadline, consent outside the room and at home, how long the text holds, the outcome."""

from __future__ import annotations

from sim.report.transcript.text_names import Subject, agree, count, signed, stakes
from sim.report.transcript.text_turns import against, moved_by, red_lines, refusals
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
    no = refusals(subject, last.answers)
    if last.in_hand:
        return [f"Time runs out, and the text in hand is no longer worth signing to all. {no}"]
    draft = f"Time runs out. A text of last resort is drafted: {subject.text(last.deal)}."
    if not last.signed:
        return [draft, f"It is not signed. {no}"]
    return [draft, f"It carries ({subject.info.consent}). {no}" if no else "The whole table signs it."]


def _text_in_hand(subject: Subject, last: LastResort | None) -> list[str]:
    talk = subject.talk
    if not (talk.interims and talk.ratification and talk.interims[-1].deal == talk.ratification.tabled):
        return []
    no = refusals(subject, last.answers) if last else ""
    if no:
        return [f"Time runs out; the text in hand carries once more. {no}"]
    return ["Time runs out; the text in hand is what the table has agreed on."]


def plenary(subject: Subject) -> list[str]:
    """The vote of everybody on the text of a contact group."""
    vote = subject.talk.plenary
    if vote is None:
        return []
    no = sum(against(answer) for answer in vote.votes)
    idle = [answer.party for answer in vote.votes if answer.why is Why.ABSTAINS]
    yes = len(vote.votes) - no - len(idle)
    brings = f"The contact group brings its text before all. It {'carries' if vote.carried else 'is voted down'}."
    result = [f"Of those outside the group {yes} {agree('vote', yes)} for it and {no} against it."]
    if not no:
        result = [f"All {yes} others vote for it." if yes > 1 and not idle else "Nobody votes against it."]
    result += [refusals(subject, vote.votes)] if no else []
    result += [f"{subject.names(idle, 'abstain')}."] if idle else []
    return [brings, " ".join(result)]


def consent(subject: Subject) -> list[str]:
    """Who outside the room and at home is asked, and what they strike."""
    ratification = subject.talk.ratification
    if ratification is None:
        return []
    lines = ["What the mediator wrote binds without ratification at home."] if _mandated(subject) else []
    for number, step in enumerate(ratification.passes):
        lines += _consent_pass(subject, step, first=number == 0)
    if ratification.outvoted_on_rest:
        against_it = subject.names(ratification.outvoted_on_rest, "vote")
        lines.append(f"{against_it} against what remains; the table takes it all the same.")
    refused_by = ratification.remainder_refused_by
    if refused_by:
        lines.append(f"{subject.names(refused_by, 'find')} what remains no longer worth signing.")
    return lines


def _mandated(subject: Subject) -> bool:
    """True if the text agreed on was the mediator's, or the chair's package, under a mandate."""
    agreed = [turn for turn in subject.talk.turns if turn.agreed]
    if not subject.info.mandate or not agreed or subject.talk.last_resort is not None:
        return False
    return subject.drafts(agreed[-1].speaker)


def _consent_pass(subject: Subject, step: ConsentPass, *, first: bool) -> list[str]:
    lines = [_refusal(subject, decision) for decision in step.decisions if not decision.answer.accepts]
    if not first and not lines:
        return []
    agreeing = [(subject.name(d.answer.party), d) for d in step.decisions if d.answer.accepts]
    yes = [f"the home of {who}" if d.home else f"{who} ({_where(subject, d.answer.party)})" for who, d in agreeing]
    if yes and first:
        lines.insert(0, f"Asked for consent, {listed(yes)} {agree('agree', len(yes))}.")
    if step.struck and step.remaining == subject.stood:
        lines.append("Nothing remains of the text.")
    elif step.struck:
        now = subject.text(step.remaining)
        lines.append(f"Struck from the text: {subject.issues(step.struck)}. It now says: {now}.")
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


def _refusal(subject: Subject, decision: ConsentDecision) -> str:
    answer, name = decision.answer, subject.name(decision.answer.party)
    short = stakes(answer.short_by)
    who = f"The home of {name}" if decision.home else f"{name}, {_where(subject, answer.party)},"
    why = f"{stakes(answer.below_reservation)} below its reservation value"
    if answer.why is Why.DOUBT:
        why = f"it misjudges it as {short} too little"
    elif decision.home:
        why = f"it asks for {decision.margin:.2f} above the reservation value and is {short} short"
    elif answer.why is Why.RED_LINE:
        why = red_lines(subject, answer.red_lines)
    parts = subject.issues(decision.stopped) or "no part of it"
    return f"{who} refuses: {why}{moved_by(subject, answer)}. It stops {parts}."


def hold(subject: Subject, *, ahead: bool = False, since: str = "signature") -> list[str]:
    """How long the text lasts, and who leaves it.

    Args:
        subject: the talk.
        ahead: another leg begins before the text can be left, so this is only what would happen without it.
        since: what the months are counted from.
    """
    lasts = subject.talk.hold
    if lasts is None or (ahead and not lasts.left):
        return []
    if not lasts.left:
        return [f"The text holds for all {lasts.horizon} months in which it is watched."]
    months = count(lasts.months, "month")
    if ahead:
        names = subject.names(leaver.party for leaver in lasts.left)
        return [f"Left to itself the text would not last: {names} would leave it {months} after signature."]
    after = "One month" if lasts.months == 1 else months
    return [f"{after} after {since} {_leaves(subject, leaver)}." for leaver in lasts.left]


def _leaves(subject: Subject, leaver: Leaver) -> str:
    missing = leaver.shift - leaver.gain - leaver.enforcement
    moved = "risen" if leaver.walk >= 0.0 else "fallen"
    cost = f", even after the {leaver.enforcement:.2f} that leaving costs" if leaver.enforcement > 0.0 else ""
    return (
        f"{subject.name(leaver.party)} leaves it: going without is worth {stakes(missing)} more{cost}; its reservation "
        f"value has {moved} by {abs(leaver.walk):.2f} since"
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
    if record.deal != subject.status_quo:
        which = "The text that was left" if talk.outcome is Outcome.COLLAPSED else "The text in force"
        whole = record.deal == record.tabled and talk.turns
        lines.append(f"{which}{' is what the table agreed on' if whole else f': {subject.text(record.deal)}'}.")
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
    agreed = subject.talk.record.deal
    if not gone and agreed != stands:
        lost = subject.issues(i for i, (then, now) in enumerate(zip(agreed, stands, strict=True)) if then != now)
        lines.append(f"What was agreed behind closed doors is remembered otherwise, and binds nobody: {lost}.")
    if stands == subject.status_quo:
        return [*lines, "Nothing is in force after it."]
    same = "Still in force" if stands == subject.stood else "In force after it"
    return [*lines, f"{same}: {subject.text(stands)}."]
