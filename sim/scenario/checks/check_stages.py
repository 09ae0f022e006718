"""Sense checks of what a format talks about, in which order, and in which working groups."""

from __future__ import annotations

from collections.abc import Iterable

from sim.scenario.checks.places import Place
from sim.scenario.schema.written_formats import Basket, Format

MAX_STAGES = 60


def check_agenda(place: Place, talks: Format, groups: Iterable[tuple[str, ...]]) -> None:
    """Notes problems of the agenda of one format, of its order and of its working groups.

    `groups` are issues that linkages and rules tie together, each group and each single issue once.
    """
    agenda, here = talks.agenda, place / "agenda"
    if agenda.given_stages:
        here /= "order" if isinstance(agenda.order, tuple) else "stages"
        _check_issues(here, [issue for stage in agenda.given_stages for issue in stage])
    elif agenda.issues != "all":
        _check_issues(here, agenda.issues)
    _check_rounds(place, talks, groups)
    if talks.protocol == "baskets":
        _check_baskets(place, talks)
        return
    for word in ("baskets", "group_months"):
        if getattr(talks, word):
            allowed = f"protocol: baskets, or no {word}"
            (place / word).note("this protocol has no working groups", talks.protocol, allowed)


def _check_issues(place: Place, issues: tuple[str, ...] | list[str]) -> bool:
    """Whether issues of a list all exist, each named once."""
    known = [place.reference("issue", issue, place.draft.ids("issues")) for issue in place.once("an issue", issues)]
    return all(known) and len(known) == len(issues)


def _on_agenda(place: Place, talks: Format) -> list[str]:
    if talks.agenda.given_stages:
        return [issue for stage in talks.agenda.given_stages for issue in stage]
    return place.draft.ids("issues") if talks.agenda.issues == "all" else list(talks.agenda.issues)


def _check_rounds(place: Place, talks: Format, groups: Iterable[tuple[str, ...]]) -> None:
    """Every stage of an ordered agenda needs a round, and there is a limit to their number."""
    n_stages, baskets = len(talks.agenda.given_stages), talks.protocol == "baskets"
    if talks.agenda.order_word in ("easy_first", "hard_first"):
        agenda = set(_on_agenda(place, talks))
        n_stages = sum(bool(agenda.intersection(group)) for group in groups)
    if baskets:
        n_stages = 1 + len(talks.baskets)
    n_rounds = talks.calendar.months * talks.calendar.rounds_per_month
    if n_stages > MAX_STAGES:
        seen = f"{n_stages}, a plenary included" if baskets else f"{n_stages}"
        place.note("there are too many stages", seen, f"at most {MAX_STAGES}")
    elif n_stages > n_rounds and not baskets:
        seen = f"{n_stages} stages, {n_rounds} rounds"
        (place / "calendar").note("there are more stages than rounds", seen, "a round a stage")


def _check_baskets(place: Place, talks: Format) -> None:
    here, agenda = place / "baskets", _on_agenda(place, talks)
    if len(talks.baskets) < 2:
        here.note("too few baskets", f"{len(talks.baskets)}", "at least two")
    if talks.agenda.order_word != "package":
        message = "with baskets the agenda has no order of its own"
        (place / "agenda").note(message, talks.agenda.order_word, "order: package")
    owner: dict[str, str] = {}
    for key, basket in talks.baskets.items():
        issues = here / key / "issues"
        sound = _check_issues(issues, basket.issues)
        for issue in basket.issues if sound else ():
            if issue not in agenda:
                issues.note("an issue off the agenda", f"'{issue}'", agenda)
            elif owner.setdefault(issue, key) != key:
                issues.note("an issue in two baskets", f"'{issue}', also in '{owner[issue]}'", "one basket an issue")
        _check_members(here / key / "members", basket, talks)
    _check_group_months(place, talks)


def _check_members(place: Place, basket: Basket, talks: Format) -> None:
    if basket.members is None:
        return
    speakers = [party for party, seat in talks.seats.items() if seat.speaks]
    members = set(basket.members)
    for party in place.once("a party", basket.members):
        place.reference("principal or interested mediator", party, speakers)
    if not members:
        place.note("a basket without members", "none", "at least two of " + ", ".join(speakers))
    elif len(members) == 1:
        place.note("a working group of one has nobody to talk to", f"'{basket.members[0]}'", "at least two members")


def _check_group_months(place: Place, talks: Format) -> None:
    months, groups = talks.calendar.months, talks.months_in_groups
    message = "groups and plenary need a month each"
    if months == 1:
        (place / "calendar" / "months").note(message, "1", "at least 2 months")
    elif not 1 <= groups < months:
        (place / "group_months").note(message, f"{groups} of {months}", f"1 to {months - 1}")
