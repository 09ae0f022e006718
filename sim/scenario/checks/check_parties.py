"""Sense checks of parties: interests, red lines, standing, levers and beliefs."""

from __future__ import annotations

from collections.abc import Collection

from sim.scenario.checks.check_lines import STATUS_QUO
from sim.scenario.checks.places import Place
from sim.scenario.sampling.distributions import support, surely_zero_sometimes
from sim.scenario.schema.written import Belief, ConditionalLine, Party, ValuesByOption, ValuesByRanking
from sim.scenario.schema.written_formats import Seat


def check_parties(file: Place, only: Collection[str] | None = None) -> list[tuple[str, ...]]:
    """Notes the problems of every sound party; returns the sets of issues that sound linkages tie together.

    `only` are the parties that changed, where all the rest of the file is known to be sound: they are looked at, and
    who believes something of them.
    """
    links: list[tuple[str, ...]] = []
    shifted = {path for shock in file.draft.sound("shocks").values() for path in shock.set}
    for key, party in file.parties.items():
        if only is not None and key not in only and not party.beliefs.keys() & set(only):
            links += [tuple(link.when) for link in party.linkages.values()]
            continue
        place = file / "parties" / key
        if party.salience or not _only_helps(place, key, party):
            _check_salience(place, _seats_of(file, key), party)
        _check_values(place, party, shifted)
        for name, link in party.linkages.items():
            if (place / "linkages" / name / "when").condition(link.when):
                links.append(tuple(link.when))
        _check_red_lines(place, party)
        _check_standing(place, party)
        _check_others(place, key, party)
    return links


def _only_helps(place: Place, key: str, party: Party) -> bool:
    """Whether a party sits only as a neutral mediator or an observer and has no standing: it needs no interests."""
    if place.draft.broken.get("formats"):
        return True  # a seat that cannot be read is no second problem
    seats = _seats_of(place, key)
    helps = all(seat.role in ("observer", "mediator") and not seat.speaks for seat in seats)
    return bool(seats) and helps and not party.standing and not place.names_guarantor(key)


def _seats_of(place: Place, party: str) -> list[Seat]:
    return [talks.seats[party] for talks in place.formats.values() if party in talks.seats]


def _check_salience(place: Place, seats: list[Seat], party: Party) -> None:
    place /= "salience"
    for issue in party.salience:
        (place / issue).issue(issue)
    if all(support(number)[1] <= 0 for number in party.salience.values()):
        votes = any(seat.role == "mediator" and seat.speaks for seat in seats)
        who = "a mediator with a vote, but" if votes else "a party"
        seen = "0 for every issue" if party.salience else "no salience"
        place.note(f"{who} without an issue: nothing has positive salience", seen, "at least one above 0")
    elif all(surely_zero_sometimes(number) for number in party.salience.values()):
        message = "the weights cannot be normalised: all may be 0 in the same draw"
        place.note(message, "every salience can be exactly 0", "one that cannot be 0")


def _check_values(place: Place, party: Party, shifted: set[str]) -> None:
    for issue, number in party.salience.items():
        weighs = support(number)[1] > 0 or ".".join((*place.path, "salience", issue)) in shifted
        if weighs and issue not in party.values and issue in place.issues:
            message = "values are missing for an issue with salience"
            (place / "values" / issue).note(message, allowed="options, ranking or ideal")
    for issue, values in party.values.items():
        here = place / "values" / issue
        record = here.issue(issue)
        if record is None:
            continue
        if isinstance(values, ValuesByOption):
            _check_every_option(here / "options", issue, list(values.options))
        elif isinstance(values, ValuesByRanking):
            _check_every_option(here / "ranking", issue, [option for tied in values.ranking for option in tied])
        elif record.scale is None:
            allowed = f"a scale in issues.{issue}, or values by options or ranking"
            (here / "ideal").note("an ideal needs a scale on the issue", "no scale", allowed)


def _check_every_option(place: Place, issue: str, named: list[str]) -> None:
    options = place.issues[issue].options
    for option in place.once("an option", named, named="ranked"):
        (place / option if place.path[-1] == "options" else place).option(issue, option)
    missing = [option for option in options if option not in named]
    # A misspelt option is one problem, not two: what is missing is told only where nothing else is wrong.
    if missing and all(option in options for option in named):
        place.note("an option has no value", f"none for {', '.join(missing)}", "every option of the issue")


def _check_red_lines(place: Place, party: Party) -> None:
    for key, line in party.red_lines.items():
        here = place / "red_lines" / key
        if isinstance(line, ConditionalLine):
            for word, condition in (("if", line.when), ("unless", line.unless or {})):
                (here / word).condition(condition)
            continue
        issue = (here / "issue").issue(line.issue)
        if issue is None or not (here / "options").options(line.issue, line.options):
            continue
        if set(line.options) == {issue.status_quo}:
            others = [option for option in issue.options if option != issue.status_quo]
            (here / "options").note(STATUS_QUO, f"'{issue.status_quo}'", others)
        if line.and_worse and line.issue not in party.values:
            message = "and_worse needs the party's values on this issue"
            (here / "and_worse").note(message, "no values", f"values.{line.issue}, or false")


def _check_standing(place: Place, party: Party) -> None:
    for issue, entry in party.standing.items():
        here = place / "standing" / issue
        if here.issue(issue) is not None and isinstance(entry, dict):
            for option in entry:
                (here / option).option(issue, option)


def _check_others(place: Place, key: str, party: Party) -> None:
    for other, lever in party.leverage.items():
        here = place / "leverage" / other
        here.party(other, other_than=key)
        for issue, shares in lever.spent_by.items():
            entry = here / "spent_by" / issue
            if entry.issue(issue) is not None:
                entry.options(issue, shares)
    for other in party.support:
        (place / "support" / other).party(other, other_than=key)
    for other, belief in party.beliefs.items():
        here = place / "beliefs" / other
        if here.party(other, other_than=key):
            _check_belief(here, other, belief)


def _check_belief(place: Place, other: str, belief: Belief) -> None:
    for issue in belief.salience:
        (place / "salience" / issue).issue(issue)
    target = place.parties.get(other)
    if target is None:
        return
    for line in belief.firmness:
        (place / "firmness" / line).reference(f"red line of party '{other}'", line, list(target.red_lines))
    for issue in belief.salience:
        # A believed salience weighs the other's own values. Values that its own salience lacks are told there.
        if issue in place.issues and issue not in target.values and issue not in target.salience:
            message, allowed = "nothing says how the other values this issue", f"values.{issue} in party '{other}'"
            (place / "salience" / issue).note(message, f"'{issue}'", allowed)
    believed = {**target.salience, **belief.salience}
    if belief.salience and all(surely_zero_sometimes(number) for number in believed.values()):
        message = "the believed weights cannot be normalised: all may be 0 in the same draw"
        (place / "salience").note(message, "every salience can be 0", "one that cannot be 0")
