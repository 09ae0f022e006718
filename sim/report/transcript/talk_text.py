"""One talk or track in plain words: who came, who offered what, who refused and why, how it ended.

Each line stands on its own, so that it can be a line in a terminal or an item of a list. Distances are in stakes.
Rounds in which nothing new is said are told as one; a long talk is told in longer steps, each by where it ends.
"""

from __future__ import annotations

from sim.app.trace import TracedTalk
from sim.engines.talk import play
from sim.formats.protocols import PROTOCOL
from sim.report.transcript import text_turns
from sim.report.transcript.text_rounds import event, rounds
from sim.report.transcript.text_turns import WITH_DRAFTER, Subject, against, agree, count, refusals, stakes
from sim.report.words.language import ENGLISH, language
from sim.report.words.words import agenda_words, consent_words, listed, shown
from sim.scenario.sampling.source import Source
from sim.types.endings import REASON_SENTENCE, Outcome
from sim.types.outcomes import NOT_PLAYED
from sim.types.structure import FormatInfo, Structure
from sim.types.transcript import ConsentDecision, ConsentPass, Deal, Durability, LastResort, Leaver, Transcript, Why

STAKES = "All distances are in stakes: for each party its best deal minus its worst is 1."
_MOST_LINES = 36
"""Lines for the rounds; what comes before and after adds at most about fifteen."""
_LEAST_LINES = 10
"""Lines for the rounds of each leg of a long track."""


def told_lines(talk: TracedTalk) -> list[str]:
    """A talk in lines of English."""
    with language(ENGLISH):
        return transcript_lines(talk.transcript, talk.structure, track=talk.format_index)


def tell(source: Source, format_index: int, draw: int, replication: int) -> list[str]:
    """One run of a source, by the position of its format, in lines of English."""
    transcript = play(source, format_index=format_index, draw=draw, replication=replication)
    return told_lines(TracedTalk(transcript, source.structure, format_index))


def transcript_lines(transcript: Transcript, structure: Structure, *, track: int | None = None) -> list[str]:
    """One talk, or the track at this position of the formats, in lines without markup: under sixty for eight seats."""
    info = structure.formats[transcript.format_index if track is None else track]
    if info.legs:
        return _tell_track(transcript, structure, info)
    subject = _subject(transcript, structure)
    first = f"{shown(subject.info.name)}. {_run(transcript)}; {_calendar(subject.info)}."
    distances = [STAKES] if transcript.speaks_first is not None else []
    return [first, *_opening(subject), *distances, *_course(subject, _MOST_LINES), *ending(subject)]


def _course(subject: Subject, most: int, *, ahead: bool = False) -> list[str]:
    """From the first round to what became of the text; `ahead` if a further leg begins before that can be seen."""
    table = [*rounds(subject, most), *deadline(subject), *plenary(subject)]
    return [*table, *consent(subject), *hold(subject, ahead=ahead)]


def _subject(leg: Transcript, structure: Structure) -> Subject:
    return Subject(leg, structure, leg.in_force or tuple(issue.status_quo for issue in structure.issues))


def _run(talk: Transcript) -> str:
    return f"Draw {talk.draw}, replication {talk.replication}, seed {talk.seed}"


def _calendar(info: FormatInfo) -> str:
    return f"{count(info.months, 'month')} of talks, {count(info.rounds_per_month, 'round')} a month"


def _tell_track(transcript: Transcript, structure: Structure, info: FormatInfo) -> list[str]:
    played = sum(outcome != NOT_PLAYED for outcome in transcript.record.legs)
    # the last leg is among the earlier ones where it added nothing to what they left in force
    adds_nothing = bool(transcript.earlier) and len(transcript.earlier) == played
    legs = transcript.earlier if adds_nothing else (*transcript.earlier, transcript)
    names = listed([shown(structure.formats[leg].name) for leg in info.legs])
    at_most = f"at most {count(info.months, 'month')}, breaks included"
    lines = [f"{shown(info.name)}, a track: {names}. {_run(transcript)}; {at_most}.", STAKES]
    most = max(_MOST_LINES // len(info.legs), _LEAST_LINES)
    subjects = [_subject(leg, structure) for leg in legs]
    for number, subject in enumerate(subjects, start=1):
        lines.append(f"Leg {number} of {len(info.legs)}: {shown(subject.info.name)}, {_calendar(subject.info)}.")
        if subject.talk.meanwhile is not None:
            lines.append(event(subject, subject.talk.meanwhile))
        lines += _opening(subject)
        if number == len(subjects):
            lines += _course(subject, most)
            continue
        stands, gone = subjects[number].stood, _is_gone(subject.talk, subjects[number].talk)
        ahead = subject.talk.hold is not None and not gone
        lines += _course(subject, most, ahead=ahead)
        what = "Outcome of this leg, taken alone" if ahead else "Outcome of this leg"
        lines += [outcome(subject, what), *left_in_force(subject, stands, gone=gone)]
    last = subjects[-1]
    if adds_nothing:
        lines.append(outcome(last, "Outcome of this leg"))
        lines.append("It adds nothing to what the legs before it have left in force.")
        last = Subject(transcript, structure, last.stood)
        lines += hold(last, since="the last leg")
    if last.talk.outcome is Outcome.SETTLEMENT and len(legs) < len(info.legs):
        lines.append("The track ends here; the later legs are not held.")
    return [*lines, *ending(last)]


def _is_gone(before: Transcript, leg: Transcript) -> bool:
    """True if the text of a leg was left before the next leg began."""
    if before.outcome is not Outcome.COLLAPSED:
        return False
    starts = leg.turns[0].month if leg.turns else before.record.month + 1
    return before.record.held <= starts - 1 - before.record.month


def _opening(subject: Subject) -> list[str]:
    """Rules where they are not the plain ones, who stayed away, who is at the table and in which role."""
    talk, info = subject.talk, subject.info
    lines = _frame(info)
    if talk.stayed_away:
        whom = "it" if len(talk.stayed_away) == 1 else "them"
        stay = subject.names(talk.stayed_away, "stay")
        lines.append(f"{stay} away: coming is worth less to {whom} than staying away.")
    if talk.speaks_first is None:
        return lines
    place = "Visited one by one" if info.protocol == "shuttle" else "At the table"
    visited = [p for p in talk.seats if info.protocol != "shuttle" or p != info.mediator]
    line = f"{place}: {subject.names(visited)}."
    if info.protocol == "alternating_offers" and not info.stages:
        line += f" {subject.name(talk.speaks_first)} speaks first in every round."
    parts = [line, *_roles(subject)]
    if subject.behind:
        vote = "votes" if len(subject.behind) == 1 else "vote"
        drawn = subject.names(sorted(p for p in talk.seats if p != info.mediator))
        parts.append(
            f"Drawn into the contact group: {drawn}. {subject.names(subject.behind)} {vote} on what it brings."
        )
    here = {*info.seats, *talk.stayed_away, *info.guarantors, *info.observers, info.mediator}
    absent = [p for p in range(len(subject.structure.parties)) if p not in here]
    if absent:
        parts.append(f"Not at the table: {subject.names(absent)}.")
    return [*lines, " ".join(parts)]


def _frame(info: FormatInfo) -> list[str]:
    """Protocol, consent rule and order of the agenda, in a line; none for alternating offers in their plain form."""
    parts: list[str] = []
    if info.protocol != "alternating_offers":
        title, sentence = PROTOCOL[info.protocol].title, PROTOCOL[info.protocol].sentence
        parts.append(f"{title}: {sentence[:1].lower()}{sentence[1:]}")
    if info.protocol in WITH_DRAFTER and info.mediator is None:
        parts.append("Nobody mediates here: a chair without a vote does the writing.")
    if str(info.consent) != "unanimity":
        parts.append(f"Consent rule: {consent_words(info)}.")
    if info.agenda_order != "package":
        parts.append(f"Agenda: {agenda_words(info)}.")
    return [" ".join(parts)] if parts else []


def _roles(subject: Subject) -> list[str]:
    info = subject.info
    roles: list[str] = []
    if info.mediator is not None:
        vote = "with a vote of its own" if info.mediator in info.seats else "and has no vote"
        mandate = "; what it drafts binds without ratification at home" if info.mandate else ""
        roles.append(f"{subject.name(info.mediator)} mediates {vote}{mandate}.")
    if info.guarantors:
        roles.append(f"{subject.names(info.guarantors, 'stand')} guarantor, asked about texts that name it.")
    if info.observers:
        roles.append(f"{subject.names(info.observers, 'observe')}.")
    return roles


def deadline(subject: Subject) -> list[str]:
    """What is put to the table when time runs out."""
    last = subject.talk.last_resort
    if last is None or (last.in_hand and last.signed):
        return _text_in_hand(subject, last)
    if last.undertaking and last.deal is None:
        if not last.left_open:
            return ["Time runs out, and nothing is signed."]
        left = subject.issues(last.left_open)
        return [f"Time runs out, and nothing is signed: nothing is agreed until all is, and what stays open is {left}."]
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
        why = text_turns.red_lines(subject, answer.red_lines)
    parts = subject.issues(decision.stopped) or "no part of it"
    return f"{who} refuses: {why}{text_turns.moved_by(subject, answer)}. It stops {parts}."


def hold(subject: Subject, *, ahead: bool = False, since: str = "signature") -> list[str]:
    """How long the text lasts, and who leaves it; `ahead` if a further leg begins before it can be left."""
    lasts = subject.talk.hold
    if lasts is None or (ahead and not lasts.left):
        return []
    lapsed = _lapses(subject, lasts)
    if not lasts.left:
        if lasts.over:
            return lapsed
        rest = "The rest of the text" if lapsed else "The text"
        return [*lapsed, f"{rest} holds for all {lasts.horizon} months in which it is watched."]
    months = count(lasts.months, "month")
    if ahead:
        names = subject.names(leaver.party for leaver in lasts.left)
        return [f"Left to itself the text would not last: {names} would leave it {months} after signature."]
    after = "One month" if lasts.months == 1 else months
    return [*lapsed, *(f"{after} after {since} {_leaves(subject, leaver)}." for leaver in lasts.left)]


def _lapses(subject: Subject, lasts: Durability) -> list[str]:
    """What of the text lapsed, after how many months; with a part goes what is not feasible without it (0 months)."""
    deal = subject.talk.record.deal
    held = [(subject.option(i, deal[i]), count(months, "month")) for i, months in lasts.lapsed if months > 0]
    lines = [f"{option}: held for its {months}, and lapsed." for option, months in held]
    without = [i for i, months in lasts.lapsed if months == 0]
    return [*lines, f"{subject.issues(without)} cannot stand without that, and goes with it."] if without else lines


def _leaves(subject: Subject, leaver: Leaver) -> str:
    missing = leaver.shift - leaver.gain - leaver.enforcement
    moved = "risen" if leaver.walk >= 0.0 else "fallen"
    cost = f", even after the {leaver.enforcement:.2f} that leaving costs" if leaver.enforcement > 0.0 else ""
    since = f"; its reservation value has {moved} by {abs(leaver.walk):.2f} since" if abs(leaver.walk) >= 0.005 else ""
    return f"{subject.name(leaver.party)} leaves it: going without is worth {stakes(missing)} more{cost}{since}"


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
            f"{subject.name(p)} {text_turns.signed(value)} ({text_turns.signed(floor)})"
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
    """What a leg of a track leaves to the next, at whose begin `stands` is in force; `gone` if its text was left."""
    lines: list[str] = []
    agreed = subject.talk.record.deal
    if not gone and agreed != stands:
        lost = subject.issues(i for i, (then, now) in enumerate(zip(agreed, stands, strict=True)) if then != now)
        lines.append(f"What was agreed behind closed doors is remembered otherwise, and binds nobody: {lost}.")
    if stands == subject.status_quo:
        return [*lines, "Nothing is in force after it."]
    same = "Still in force" if stands == subject.stood else "In force after it"
    return [*lines, f"{same}: {subject.text(stands)}."]
