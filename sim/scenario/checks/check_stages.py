"""Sense checks of what a format talks about, in which order, and in which working groups."""

from __future__ import annotations

from collections.abc import Iterable

from sim.scenario.checks.references import Known
from sim.scenario.schema.written_formats import Basket, Format
from sim.scenario.source.errors import Path

MAX_STAGES = 60


def check_agenda(path: Path, one: Format, known: Known, groups: Iterable[tuple[str, ...]]) -> None:
    """Notes problems of the agenda of one format, of its order and of its working groups.

    Args:
        path: of the format.
        one: the format.
        known: the ids of the file.
        groups: issues that linkages and rules tie together, each group and each single issue once.
    """
    agenda, where = one.agenda, (*path, "agenda")
    if agenda.given_stages:
        where = (*where, "order" if isinstance(agenda.order, tuple) else "stages")
        _check_issues(where, [issue for stage in agenda.given_stages for issue in stage], known)
    elif agenda.issues != "all":
        _check_issues(where, agenda.issues, known)
    _check_rounds(path, one, known, groups)
    if one.protocol == "baskets":
        _check_baskets(path, one, known)
        return
    if one.baskets:
        allowed = "protocol: baskets, or no baskets"
        known.report.add((*path, "baskets"), "this protocol has no working groups", seen=one.protocol, allowed=allowed)
    if one.group_months:
        allowed = "protocol: baskets, or no group_months"
        where = (*path, "group_months")
        known.report.add(where, "this protocol has no working groups", seen=one.protocol, allowed=allowed)


def _check_issues(path: Path, issues: Iterable[str], known: Known) -> bool:
    """Whether issues of a list all exist, each named once."""
    given = list(issues)
    sound = True
    for issue in dict.fromkeys(given):
        sound &= known.reference(path, "issue", issue, known.draft.ids("issues"))
        if given.count(issue) > 1:
            known.report.add(path, "an issue is named twice", seen=f"'{issue}'", allowed="each issue once")
            sound = False
    return sound


def _on_agenda(one: Format, known: Known) -> list[str]:
    if one.agenda.given_stages:
        return [issue for stage in one.agenda.given_stages for issue in stage]
    return known.draft.ids("issues") if one.agenda.issues == "all" else list(one.agenda.issues)


def _check_rounds(path: Path, one: Format, known: Known, groups: Iterable[tuple[str, ...]]) -> None:
    """Every stage of an ordered agenda needs a round, and there is a limit to their number."""
    n_stages = len(one.agenda.given_stages)
    if one.agenda.order_word in ("easy_first", "hard_first"):
        agenda = set(_on_agenda(one, known))
        n_stages = sum(bool(agenda.intersection(group)) for group in groups)
    if one.protocol == "baskets":
        n_stages = 1 + len(one.baskets)
    if n_stages > MAX_STAGES:
        seen = f"{n_stages}, a plenary included" if one.protocol == "baskets" else f"{n_stages}"
        known.report.add(path, "there are too many stages", seen=seen, allowed=f"at most {MAX_STAGES}")
        return
    n_rounds = one.calendar.months * one.calendar.rounds_per_month
    if n_stages > n_rounds and one.protocol != "baskets":
        seen = f"{n_stages} stages, {n_rounds} rounds"
        known.report.add((*path, "calendar"), "there are more stages than rounds", seen=seen, allowed="a round a stage")


def _check_baskets(path: Path, one: Format, known: Known) -> None:
    where, report = (*path, "baskets"), known.report
    if len(one.baskets) < 2:
        report.add(where, "too few baskets", seen=f"{len(one.baskets)}", allowed="at least two")
    if one.agenda.order_word != "package":
        allowed = "order: package"
        message = "with baskets the agenda has no order of its own"
        report.add((*path, "agenda"), message, seen=one.agenda.order_word, allowed=allowed)
    owner: dict[str, str] = {}
    for key, basket in one.baskets.items():
        sound = _check_issues((*where, key, "issues"), basket.issues, known)
        for issue in basket.issues if sound else ():
            if issue not in _on_agenda(one, known):
                allowed = _on_agenda(one, known)
                report.add((*where, key, "issues"), "an issue off the agenda", seen=f"'{issue}'", allowed=allowed)
            elif owner.setdefault(issue, key) != key:
                seen = f"'{issue}', also in '{owner[issue]}'"
                report.add((*where, key, "issues"), "an issue in two baskets", seen=seen, allowed="one basket an issue")
        _check_members((*where, key, "members"), basket, one, known)
    _check_group_months(path, one, known)


def _check_members(path: Path, basket: Basket, one: Format, known: Known) -> None:
    if basket.members is None:
        return
    report, speakers = known.report, [party for party, seat in one.seats.items() if seat.speaks]
    members = list(dict.fromkeys(basket.members))
    for party in members:
        known.reference(path, "principal or interested mediator", party, speakers)
        if basket.members.count(party) > 1:
            report.add(path, "a party is named twice", seen=f"'{party}'", allowed="each party once")
    if not members:
        report.add(path, "a basket without members", seen="none", allowed="at least two of " + ", ".join(speakers))
    elif len(members) == 1:
        allowed = "at least two members"
        report.add(path, "a working group of one has nobody to talk to", seen=f"'{members[0]}'", allowed=allowed)


def _check_group_months(path: Path, one: Format, known: Known) -> None:
    """Groups and plenary need a month each."""
    months, groups = one.calendar.months, one.months_in_groups
    if months == 1:
        where = (*path, "calendar", "months")
        known.report.add(where, "groups and plenary need a month each", seen="1", allowed="at least 2 months")
    elif not 1 <= groups < months:
        message = "groups and plenary need a month each"
        known.report.add((*path, "group_months"), message, seen=f"{groups} of {months}", allowed=f"1 to {months - 1}")
