"""Numbers, formats and findings in plain words, the same on the page, in figures and in the terminal."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

from sim.analysis.comparison.results import Comparison, Deciders, FormatResult
from sim.analysis.comparison.verdict import Verdict
from sim.analysis.statistics.intervals import Estimate
from sim.analysis.theory.rational import RationalBenchmarks, Shortfall
from sim.formats.protocols import PROTOCOL
from sim.report.words.language import digits, say
from sim.types import IMPASSES, FormatInfo, Structure
from sim.types.tables import CORE

DASH = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"
NOTHING = "\N{EM DASH}"
"""Printed where nothing was observed."""
GUARANTOR_WORDS = ("guarantor {names}", "guarantors {names}")
OBSERVER_WORDS = ("observer {names}", "observers {names}")
"""For one, and for several."""
LEAST_SETTLED = 0.05
"""Share of runs that the best format must settle for the ranking to be the news."""
OFTEN = 0.25
"""Share of runs without a text from which the summary says why."""
IMPASSE_WORDS = {
    "stayed_away": "a seat that had to be filled stayed empty",
    "no_zone": "no deal exists for those at the table",
    "claims": "together they expect more of waiting than any deal holds",
    "foreseen": "the table sees that parties outside the room would stop a text",
    "condition": "a condition of somebody's yes cannot be met there",
    "time": "time runs out while they are still conceding",
}
"""Why nothing was signed, after "because"."""
IMPASSE_LABELS = {
    "stayed_away": "Seat empty",
    "no_zone": "No deal exists",
    "claims": "Claims clash",
    "foreseen": "Stop foreseen",
    "condition": "Condition unmet",
    "time": "Time ran out",
}
"""Why nothing was signed, in tables."""
NO_ZONE = IMPASSES.index("no_zone")
MOST_SHORT = 3
"""Parties that are named as short of a settlement."""


def shown(name: str) -> str:
    """A name as prose and figures print it: ` - ` between parties becomes an en dash."""
    return name.replace(" - ", DASH)


def percent(share: float) -> str:
    """A share as a percentage: whole from 10%, one decimal below, and never 0% or 100% for what is merely close."""
    if not math.isfinite(share):
        return NOTHING
    if share in (0.0, 1.0):
        return f"{share:.0%}"
    if share < 0.0005:
        return digits("<0.1%")
    if share > 0.9995:
        return digits(">99.9%")
    return digits(f"{share:.1%}") if share < 0.0995 or share > 0.99 else f"{share:.0%}"


def interval(share: Estimate) -> str:
    """Ends of a likelihood's interval, in percent without the sign."""
    return f"{_end(share.low)}{DASH}{_end(share.high)}" if share.known else NOTHING


def span(low: float, high: float) -> str:
    """A range of shares, in percent."""
    return f"{_end(low)}{DASH}{_end(high)}%" if math.isfinite(low) and math.isfinite(high) else NOTHING


def _end(share: float) -> str:
    """The end of an interval in percent: one decimal below 10, whole above."""
    number = f"{100.0 * share:.1f}" if share < 0.0995 else f"{100.0 * share:.0f}"
    return "0" if number == "0.0" else digits(number)


def points(difference: float) -> str:
    """A difference of shares in percentage points, signed."""
    if not math.isfinite(difference):
        return NOTHING
    number = round(100.0 * difference, 1)
    return f"{'+' if number > 0 else MINUS if number < 0 else ''}{digits(f'{abs(number):.1f}')}"


def points_interval(difference: Estimate) -> str:
    """Ends of a difference's interval in points."""
    return to(points(difference.low), points(difference.high)) if difference.known else NOTHING


def to(low: str, high: str) -> str:
    """A range in words."""
    return say("{low} to {high}", low=low, high=high)


def extent(shares: Collection[float]) -> str:
    """The least and the greatest of some shares in words; one number where both print alike."""
    low, high = percent(min(shares)), percent(max(shares))
    return low if low == high else to(low, high)


def listed(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return say("{names} and {last}", names=", ".join(words[:-1]), last=words[-1])


def party_set(parties: Sequence[int], structure: Structure) -> str:
    """A set of deciders in words."""
    return " + ".join(structure.parties[p].name for p in parties) or say("no single party")


def top_deciders(deciders: Deciders, structure: Structure, most: int = 3) -> list[tuple[str, float]]:
    """Parties that were most often among the deciders, with the share of these runs; at least 1%."""
    ranked = sorted(enumerate(deciders.by_party), key=lambda item: (-item[1], item[0]))
    return [(structure.parties[p].name, share) for p, share in ranked[:most] if share >= 0.01]


def summary(
    comparison: Comparison,
    structure: Structure,
    judged: Verdict | None,
    basis: dict[str, int],
    *,
    possible: RationalBenchmarks | None = None,
) -> list[str]:
    """Four sentences: which format gets furthest, who decides failures, what it hangs on, how sure it is.

    Where nothing settles, the first says so, and whether a settlement was possible and who is short of it; where no
    deal exists in most draws, that. The second begins with why nothing was signed, where that is often so.
    """
    top = comparison.format(comparison.top("settlement")).measures["settlement"].value
    first = _furthest(comparison) if top >= LEAST_SETTLED else _none_settles(comparison, structure, possible)
    first += _unequal_time(comparison, structure)
    first = " ".join((*without_deal(comparison), first))
    failures = " ".join((*unsigned_sentences(comparison), _failures(comparison, structure)))
    return [first, failures, _hangs_on(judged), _sureness(comparison, basis)]


def impasses_in(comparison: Comparison) -> list[int]:
    """Places in `IMPASSES` of the reasons for which some run signed nothing."""
    shares = [result.unsigned.of_all for result in comparison.formats]
    return [u for u in range(len(IMPASSES)) if any(of_all[u].value > 0.0 for of_all in shares)]


def impasse_meaning(comparison: Comparison) -> str:
    """What the labels of the reasons that occur mean; nothing where there are none."""
    reasons = [IMPASSES[u] for u in impasses_in(comparison)]
    meanings = [f"{say(IMPASSE_LABELS[reason])}: {say(IMPASSE_WORDS[reason])}" for reason in reasons]
    return f"{'; '.join(meanings)}." if meanings else ""


def no_deal_in(result: FormatResult) -> bool:
    """Whether in most runs no deal exists for those at the table."""
    return result.unsigned.of_all[NO_ZONE].value > 0.5


def without_deal(comparison: Comparison) -> list[str]:
    """Of the formats in most of whose runs no deal exists, that; in a list of at most one sentence."""
    without = [result for result in comparison.formats if no_deal_in(result)]
    if not without:
        return []
    shares = {result.id: percent(result.unsigned.of_all[NO_ZONE].value) for result in without}
    if len(comparison.formats) == 1:
        return [say("No deal exists for those at the table in {share} of the runs.", share=shares[without[0].id])]
    where = listed([f"{shown(result.name)} ({shares[result.id]})" for result in without])
    return [say("No deal exists for those at the table in most runs of {formats}.", formats=where)]


def unsigned_sentences(comparison: Comparison) -> list[str]:
    """Of the formats whose table often signs nothing: of 100 runs how many, and why most of them; a sentence a reason.

    A format in most of whose runs no deal exists is told as that elsewhere.
    """
    often = [one for one in comparison.formats if one.unsigned.share.value >= OFTEN and not no_deal_in(one)]
    by_reason: dict[tuple[str, bool], list[FormatResult]] = {}
    for result in often:
        reason, share = max(zip(IMPASSES, result.unsigned.of_these, strict=True), key=lambda pair: pair[1].value)
        by_reason.setdefault((reason, share.value > 0.5), []).append(result)
    sentences: list[str] = []
    for (reason, most), results in by_reason.items():
        runs = {result.id: str(round(100.0 * result.unsigned.share.value)) for result in results}
        with_formats = [say("{runs} with {format}", runs=runs[one.id], format=shown(one.name)) for one in results]
        counts = listed(with_formats) if len(comparison.formats) > 1 else runs[results[0].id]
        why = say(IMPASSE_WORDS[reason])
        sentences.append(
            say("Of 100 runs, {counts} end without a text, most of them because {why}.", counts=counts, why=why)
            if most
            else say("Of 100 runs, {counts} end without a text, most often because {why}.", counts=counts, why=why)
        )
    return sentences


def core_words(structure: Structure) -> str:
    """That no issue is core, where that is so: a share of 0% says nothing about the talks then; else nothing."""
    if any(issue.level == CORE for issue in structure.issues):
        return ""
    return say(
        "No issue of this file is a core issue, so nothing that is agreed counts as a settlement: its share is 0% in "
        "every format. Make an issue `level: core` to ask for settlements."
    )


def _alike(comparison: Comparison) -> bool:
    """Whether several formats have the very same likelihoods of settlements and texts: then there is none to name."""
    formats = comparison.formats
    found = {tuple(one.measures[name].value for name in ("settlement", "in_force")) for one in formats}
    return len(formats) > 1 and len(found) == 1


def _furthest(comparison: Comparison) -> str:
    top = comparison.format(comparison.top("settlement"))
    settlement, in_force = top.measures["settlement"], top.measures["in_force"]
    level = [
        shown(comparison.format(pair.second if pair.first == top.id else pair.first).name)
        for pair in comparison.pairs
        if pair.measure == "settlement" and top.id in (pair.first, pair.second) and pair.side == 0
    ]
    all_level = 0 < len(level) == len(comparison.formats) - 1
    numbers = {
        "format": shown(top.name),
        "settled": percent(settlement.value),
        "interval": interval(settlement),
        "texts": percent(in_force.value),
        "interval_of_texts": interval(in_force),
    }
    if _alike(comparison):
        return say(
            "No format gets further than another: with each, {settled} of the runs ({interval}) end in a settlement "
            "that lasts, and {texts} ({interval_of_texts}) leave some text in force.",
            **numbers,
        )
    if no_deal_in(top):
        first = say("{format} settles most often: in {settled} of its runs ({interval}).", **numbers)
    elif all_level:
        first = say(
            "No format can be told to get further than another: with {format}, which settles most, {settled} of the "
            "runs ({interval}) end in a settlement that lasts, and {texts} ({interval_of_texts}) leave some text in "
            "force.",
            **numbers,
        )
    else:
        first = say(
            "{format} gets furthest: {settled} of its runs ({interval}) end in a settlement that lasts, and {texts} "
            "({interval_of_texts}) leave some text in force.",
            **numbers,
        )
    sentences = [first]
    if level and not all_level:
        sentences.append(say("On settlements it cannot be told apart from {formats}.", formats=listed(level)))
    if comparison.top("in_force") != top.id:
        sentences.append(_most_texts(comparison))
    return " ".join(sentences)


def _most_texts(comparison: Comparison) -> str:
    most = comparison.format(comparison.top("in_force"))
    return say(
        "The most texts of any kind come from {format}: {share} ({interval}).",
        format=shown(most.name),
        share=percent(most.measures["in_force"].value),
        interval=interval(most.measures["in_force"]),
    )


def _none_settles(comparison: Comparison, structure: Structure, possible: RationalBenchmarks | None) -> str:
    """The first sentences where no format settles in more than a few runs: which comes nearest is not the news."""
    top = comparison.format(comparison.top("settlement"))
    settlement = top.measures["settlement"]
    if settlement.value == 0.0:
        high = percent(max(result.measures["settlement"].high for result in comparison.formats))
        said = say("No format reached a settlement in any run; each stays below {share} (95%).", share=high)
    else:
        said = say(
            "None settles it: even under {format} only {settled} of the runs ({interval}) end in a settlement that "
            "lasts.",
            format=shown(top.name),
            settled=percent(settlement.value),
            interval=interval(settlement),
        )
    texts = max(result.measures["in_force"].value for result in comparison.formats) > 0.0
    most = _most_texts(comparison) if texts and not _alike(comparison) else ""
    return " ".join(filter(None, (said, possible and who_is_short(possible, structure), most)))


def who_is_short(possible: RationalBenchmarks, structure: Structure) -> str:
    """That no settlement is to be had at these interests in any format, and who is short of one, on what; else nothing.

    A world is one draw; who is short is told over all formats. Without a core issue there is nothing to settle.
    """
    worlds = possible.n_draws * len(possible.formats)
    missed = [short for row in possible.formats for short in row.shortfalls]
    barred = sum(row.barred for row in possible.formats)
    has_core = any(issue.level == CORE for issue in structure.issues)
    if not has_core or sum(short.draws for short in missed) + barred < worlds:
        return ""
    said = [
        say(
            "No settlement exists at these interests, in any format, in {draws} of {draws} worlds looked at: each "
            "costs somebody with a say in it something.",
            draws=possible.n_draws,
        )
    ]
    if all(row.zones[row.scope, "pressure"].value == 0.0 for row in possible.formats):
        said.append(say("That is so even under the most pressure the table can exert."))
    who: list[str] = []
    for party in sorted({short.party for short in missed}, key=lambda p: -_draws_of(missed, p))[:MOST_SHORT]:
        own = [short for short in missed if short.party == party]
        draws = _draws_of(missed, party)
        who.append(
            say(
                "{party} by {stakes} stakes on average, most of all on {issue} (in {share} of cases)",
                party=structure.parties[party].name,
                stakes=digits(f"{sum(short.draws * short.stakes for short in own) / draws:.2f}"),
                issue=structure.issues[max(own, key=lambda short: short.draws).issue].name,
                share=percent(draws / worlds),
            )
        )
    if who:
        said.append(say("Short of what comes closest: {who}.", who=listed(who)))
    if barred:
        said.append(
            say("In {share} of cases firm red lines leave no settlement at all.", share=percent(barred / worlds))
        )
    return " ".join(said)


def _draws_of(missed: Sequence[Shortfall], party: int) -> int:
    return sum(short.draws for short in missed if short.party == party)


def _unequal_time(comparison: Comparison, structure: Structure) -> str:
    """That formats of other lengths were compared, if they were: time is a part of what a format is given."""
    months = [structure.formats[result.index].months for result in comparison.formats]
    if min(months) == max(months):
        return ""
    return " " + say(
        "The formats are given between {low} and {high} months (tracks at most), and more time or more meetings are "
        "part of what the longer ones show.",
        low=min(months),
        high=max(months),
    )


def _failures(comparison: Comparison, structure: Structure) -> str:
    deciders: dict[str, dict[str, float]] = {}
    for result in comparison.formats:
        for name, share in top_deciders(result.failures, structure, most=1):
            deciders.setdefault(name, {})[shown(result.name)] = share
    if not deciders:
        return say("No failure was decided by a party's answer.")
    (first, shares), *others = deciders.items()
    if not others and len(shares) == len(comparison.formats) > 2:
        who = say("{party}, in every format ({share} of them)", party=first, share=extent(shares.values()))
    else:
        where = {name: [f"{at} ({percent(share)})" for at, share in by.items()] for name, by in deciders.items()}
        who = say("; by ").join(
            say("{party} in {formats}", party=name, formats=listed(formats)) for name, formats in where.items()
        )
    return say("Failures (no talks, no agreement, blocked, collapsed) are most often decided by {who}.", who=who)


def verdict_words(judged: Verdict) -> str:
    """The verdict in one or two sentences."""
    return " ".join(say(sentence) for sentence in judged.said)


def _hangs_on(judged: Verdict | None) -> str:
    if judged is None:
        return say("Rule variants were not run, so this says nothing about what the ranking hangs on.")
    exceed = say(
        "Of {possible} paired differences (settlement, any text in force), {told_apart} exceed simulation error, all "
        "looked at together.",
        possible=judged.n_possible,
        told_apart=judged.n_pairs,
    )
    return f"{exceed} {shown(verdict_words(judged))}"


def _sureness(comparison: Comparison, basis: dict[str, int]) -> str:
    words = say("The likelihoods hold only given the scenario file; the intervals cover simulation error only.")
    if basis:
        words = say(
            "The likelihoods hold only given the scenario file, in which {assumed} of {total} numbers are assumed; the "
            "intervals cover simulation error only.",
            assumed=basis.get("assumed", 0),
            total=sum(basis.values()),
        )
    shares = [result.split.chance_share.value for result in comparison.formats if result.split.chance_share.known]
    if shares:
        words += " " + say(
            "Of the spread between outcomes, {share} is chance within a draw; the rest is not knowing the numbers.",
            share=extent(shares),
        )
    return words


def seats_words(info: FormatInfo, structure: Structure) -> str:
    """Who sits in which role; of a track, its legs in order."""
    if info.legs:
        return say("Legs: {legs}", legs=say(", then ").join(shown(structure.formats[leg].name) for leg in info.legs))
    names = [party.name for party in structure.parties]
    voters = [names[p] for p in info.seats if p != info.mediator]
    parts = [", ".join(voters)]
    if info.mediator is not None:
        rights = say("with a vote") if info.mediator in info.seats else say("without a vote")
        rights += f", {say('with a mandate')}" if info.mandate else ""
        parts.append(say("mediator {name} ({rights})", name=names[info.mediator], rights=rights))
    for words, parties in ((GUARANTOR_WORDS, info.guarantors), (OBSERVER_WORDS, info.observers)):
        if parties:
            parts.append(say(words[len(parties) > 1], names=listed([names[p] for p in parties])))
    return "; ".join(parts)


def rules_words(info: FormatInfo) -> str:
    """Protocol, consent rule, agenda and calendar, in short parts; of a track, how long it may take."""
    if info.legs:
        return say("Track, at most {months} months", months=info.months)
    parts = [say(PROTOCOL[info.protocol].title), consent_words(info)]
    if info.protocol == "baskets":
        parts.append(say("working groups on {groups}, then a plenary", groups=listed(info.stages[:-1])))
    elif info.agenda_order != "package":
        parts.append(agenda_words(info))
    parts.append(say("{months} months, {rounds} rounds a month", months=info.months, rounds=info.rounds_per_month))
    return "; ".join([*parts, say(info.transparency)])


def consent_words(info: FormatInfo) -> str:
    """The consent rule; a majority says of what."""
    return say(info.consent).replace(say("majority"), say("majority (more than half of the votes)"), 1)


def agenda_words(info: FormatInfo) -> str:
    """In which order the agenda is talked about; nothing for a package."""
    if info.agenda_order == "easy_first":
        return say("the easiest issues first, in {stages} stages", stages=len(info.stages))
    if info.agenda_order == "hard_first":
        return say("the hardest issues first, in {stages} stages", stages=len(info.stages))
    if info.agenda_order == "given":
        return say("in this order: {stages}", stages=say(", then ").join(info.stages))
    return ""
