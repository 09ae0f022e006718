"""Sense checks of parties: interests, red lines, standing, levers and beliefs."""

from __future__ import annotations

from sim.scenario.checks.references import Known
from sim.scenario.sampling.distributions import support, surely_zero_sometimes
from sim.scenario.schema.written import Belief, Party, Shock, ValuesByOption, ValuesByRanking
from sim.scenario.schema.written_formats import Format, Seat
from sim.scenario.source.errors import Path


def check_parties(known: Known) -> list[tuple[str, ...]]:
    """Notes the problems of every sound party; returns the sets of issues that sound linkages tie together."""
    links: list[tuple[str, ...]] = []
    shocks: dict[str, Shock] = known.draft.sound("shocks")
    shifted = {path for shock in shocks.values() for path in shock.set}
    for key, party in known.draft.sound("parties").items():
        path = ("parties", key)
        if party.salience or not only_helps(key, party, known):
            _check_salience(path, party, known)
        _check_values(path, party, known, shifted)
        links += _check_linkages(path, party, known)
        _check_red_lines(path, party, known)
        _check_standing(path, party, known)
        _check_others(path, key, party, known)
    return links


def only_helps(key: str, party: Party, known: Known) -> bool:
    """Whether a party sits only as a neutral mediator or an observer and has no standing: it needs no interests."""
    if known.draft.broken.get("formats"):
        return True  # a seat that cannot be read is no second problem
    seats = _seats_of(key, known)
    helps = all(seat.role in ("observer", "mediator") and not seat.speaks for seat in seats)
    return bool(seats) and helps and not party.standing and not known.names_guarantor(key)


def _seats_of(key: str, known: Known) -> list[Seat]:
    formats: dict[str, Format] = known.draft.sound("formats")
    return [one.seats[key] for one in formats.values() if key in one.seats]


def _check_salience(path: Path, party: Party, known: Known) -> None:
    for issue in party.salience:
        known.issue((*path, "salience", issue), issue)
    where = (*path, "salience")
    if all(support(number)[1] <= 0 for number in party.salience.values()):
        seen = "no salience" if not party.salience else "0 for every issue"
        votes = any(seat.role == "mediator" and seat.speaks for seat in _seats_of(path[1], known))
        who = "a mediator with a vote, but" if votes else "a party"
        message = f"{who} without an issue: nothing has positive salience"
        known.report.add(where, message, seen=seen, allowed="at least one above 0")
    elif all(surely_zero_sometimes(number) for number in party.salience.values()):
        message = "the weights cannot be normalised: all may be 0 in the same draw"
        known.report.add(where, message, seen="every salience can be exactly 0", allowed="one that cannot be 0")


def _check_values(path: Path, party: Party, known: Known, shifted: set[str]) -> None:
    for issue in party.salience:
        weighs = support(party.salience[issue])[1] > 0 or ".".join((*path, "salience", issue)) in shifted
        if weighs and issue not in party.values and issue in known.issues:
            where = (*path, "values", issue)
            known.report.add(
                where, "values are missing for an issue with salience", allowed="options, ranking or ideal"
            )
    for issue, values in party.values.items():
        where = (*path, "values", issue)
        record = known.issue(where, issue)
        if record is None:
            continue
        if isinstance(values, ValuesByOption):
            _check_every_option((*where, "options"), issue, list(values.options), known)
        elif isinstance(values, ValuesByRanking):
            named = [option for tied in values.ranking for option in tied]
            _check_every_option((*where, "ranking"), issue, named, known)
        elif record.scale is None:
            allowed = f"a scale in issues.{issue}, or values by options or ranking"
            known.report.add((*where, "ideal"), "an ideal needs a scale on the issue", seen="no scale", allowed=allowed)


def _check_every_option(path: Path, issue: str, named: list[str], known: Known) -> None:
    """Every option exactly once, and no other."""
    by_key = path[-1] == "options"
    for option in dict.fromkeys(named):
        known.option((*path, option) if by_key else path, issue, option)
        if named.count(option) > 1:
            known.report.add(path, "an option is ranked twice", seen=f"'{option}'", allowed="each option once")
    missing = [option for option in known.issues[issue].options if option not in named]
    # A misspelt option is one problem, not two: what is missing is told only where nothing else is wrong.
    if missing and all(option in known.issues[issue].options for option in named):
        seen = f"none for {', '.join(missing)}"
        known.report.add(path, "an option has no value", seen=seen, allowed="every option of the issue")


def _check_linkages(path: Path, party: Party, known: Known) -> list[tuple[str, ...]]:
    links: list[tuple[str, ...]] = []
    for key, link in party.linkages.items():
        where = (*path, "linkages", key, "when")
        if known.condition(where, link.when):
            links.append(tuple(link.when))
    return links


def _check_red_lines(path: Path, party: Party, known: Known) -> None:
    for key, line in party.red_lines.items():
        where = (*path, "red_lines", key)
        issue = known.issue((*where, "issue"), line.issue)
        if issue is None or not known.options((*where, "options"), line.issue, line.options):
            continue
        if set(line.options) == {issue.status_quo}:
            message = "a red line cannot bar the status quo: it stands whoever dislikes it"
            others = [option for option in issue.options if option != issue.status_quo]
            known.report.add((*where, "options"), message, seen=f"'{issue.status_quo}'", allowed=others)
        if line.and_worse and line.issue not in party.values:
            message = "and_worse needs the party's values on this issue"
            known.report.add((*where, "and_worse"), message, seen="no values", allowed=f"values.{line.issue}, or false")


def _check_standing(path: Path, party: Party, known: Known) -> None:
    for issue, entry in party.standing.items():
        where = (*path, "standing", issue)
        if known.issue(where, issue) is not None and isinstance(entry, dict):
            for option in entry:
                known.option((*where, option), issue, option)


def _check_others(path: Path, key: str, party: Party, known: Known) -> None:
    """References to other parties: leverage, support, beliefs."""
    for other, lever in party.leverage.items():
        where = (*path, "leverage", other)
        known.party(where, other, other_than=key)
        for issue, shares in lever.spent_by.items():
            if known.issue((*where, "spent_by", issue), issue) is not None:
                known.options((*where, "spent_by", issue), issue, shares)
    for other in party.support:
        known.party((*path, "support", other), other, other_than=key)
    for other, belief in party.beliefs.items():
        where = (*path, "beliefs", other)
        if known.party(where, other, other_than=key):
            _check_belief(where, other, belief, known)


def _check_belief(path: Path, other: str, belief: Belief, known: Known) -> None:
    for issue in belief.salience:
        known.issue((*path, "salience", issue), issue)
    target: Party | None = known.draft.sound("parties").get(other)
    if target is None:
        return
    for line in belief.firmness:
        known.reference((*path, "firmness", line), f"red line of party '{other}'", line, list(target.red_lines))
    for issue in belief.salience:
        # A believed salience weighs the other's own values. Values that its own salience lacks are told there.
        if issue in known.issues and issue not in target.values and issue not in target.salience:
            where = (*path, "salience", issue)
            allowed = f"values.{issue} in party '{other}'"
            known.report.add(where, "nothing says how the other values this issue", seen=f"'{issue}'", allowed=allowed)
    believed = {**target.salience, **belief.salience}
    if belief.salience and all(surely_zero_sometimes(number) for number in believed.values()):
        message = "the believed weights cannot be normalised: all may be 0 in the same draw"
        known.report.add((*path, "salience"), message, seen="every salience can be 0", allowed="one that cannot be 0")
