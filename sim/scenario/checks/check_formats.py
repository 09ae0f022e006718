"""Sense checks of formats (seats, consent, agenda, working groups), tracks, and what speaks of them."""

from __future__ import annotations

from collections.abc import Iterable

from sim.scenario.checks.places import Place
from sim.scenario.sampling.distributions import support, surely_zero_sometimes
from sim.scenario.schema.priors import PARTY_CONSTANTS
from sim.scenario.schema.reference_classes import reference_classes
from sim.scenario.schema.written import Labels, Shock
from sim.scenario.schema.written_formats import Basket, Format, Seat, Track
from sim.scenario.source.problems import closest
from sim.types.endings import LIKELIHOODS
from sim.types.structure import OPEN_RULE_SEATS

MAX_ROUNDS = 2000
_LABELLED = {"parties": "party", "issues": "issue", "formats": "format", "tracks": "track"}


def check_formats(file: Place, groups: Iterable[tuple[str, ...]]) -> None:
    """Notes the problems of every sound format.

    `groups` are issues that linkages and rules tie together, each group and each single issue once.
    """
    for key, talks in file.formats.items():
        place = file / "formats" / key
        check_roles(place, talks)
        check_consent(place, talks)
        check_agenda(place, talks, groups)
        months, per_month = talks.calendar.months, talks.calendar.rounds_per_month
        if months * per_month > MAX_ROUNDS:
            seen = f"{months} months of {per_month} rounds: {months * per_month}"
            (place / "calendar").note("too many rounds", seen, f"at most {MAX_ROUNDS}")


def check_tracks(file: Place) -> None:
    """Notes the problems of every sound track."""
    formats, sound = file.draft.ids("formats"), file.draft.sound("tracks")
    for key in sound:
        track: Track = sound[key]
        place = file / "tracks" / key
        if key in formats:
            message = "a track is compared like a format and needs an id of its own"
            place.note(message, f"'{key}', also a format", "an id that no format has")
        if len(track.legs) < 2:
            (place / "legs").note("a track has at least two legs", f"{len(track.legs)}", "two or more formats")
        for number, leg in enumerate(track.legs):
            here = place / "legs" / str(number)
            if leg.format in file.draft.ids("tracks") and leg.format not in formats:
                here.note("a leg is a format, not a track", f"track '{leg.format}'", formats)
            else:
                here.reference("format", leg.format, formats)
        if track.legs and track.legs[0].after > 0:
            here = place / "legs" / "0" / "after"
            here.note("the first leg follows nothing", f"{track.legs[0].after} months", "0, or leave the key out")


def check_shocks(file: Place) -> None:
    """Notes shocks that shift something that is not a number. Judged only where all else is sound."""
    shocks: dict[str, Shock] = file.draft.sound("shocks")
    if file.draft.whole is None or file.report.problems or not shocks:
        return
    unused = {f"behaviour.{name}" for name in PARTY_CONSTANTS}
    numbers = file.draft.resolved.numbers
    unused |= {path for path in numbers if path.startswith("shocks.") or path.endswith(".contact_group")}
    choices = [path for path in numbers if path not in unused]
    for key, shock in shocks.items():
        for path in shock.set:
            if path not in choices:
                near = [choice for choice in choices if choice.split(".")[:2] == path.split(".")[:2]] or choices
                here, allowed = file / "shocks" / key / "set" / path, "the full dotted path of a number of this file"
                here.note("a shock must name a number", f"'{path}'", allowed, suggestion=closest(path, near))


def check_names(file: Place) -> None:
    """Named scenarios and rival readings must list overrides that exist; what is documented, formats or tracks."""
    overrides = file.draft.ids("overrides")
    for key, rival in file.draft.sound("rivals").items():
        for name in rival.readings:
            (file / "rivals" / key / "readings").reference("override", name, overrides)
        (file / "rivals" / key / "sources").cites(rival.sources)
    for key, meeting in file.draft.sound("documented").items():
        held = [*file.draft.ids("formats"), *file.draft.ids("tracks")]
        (file / "documented" / key).reference("format or track", key, held)
        (file / "documented" / key / "sources").cites(meeting.sources)
    for key, scenario in file.draft.sound("scenarios").items():
        for name in scenario.overrides:
            (file / "scenarios" / key / "overrides").reference("override", name, overrides)


def check_history(file: Place) -> None:
    """Notes likelihoods that there are not, classes that nobody knows, and a halt where nothing would be stopped."""
    classes = reference_classes()
    stops = file.draft.broken.get("issues") or any(issue.ends_price for issue in file.issues.values())
    for measure, key in file.draft.sound("reference_class").items():
        here = file / "reference_class" / measure
        if here.reference("measure or outcome", measure, LIKELIHOODS) and measure == "halt" and not stops:
            here.note("no issue ends the price, so nothing is halted", f"'{key}'", "ends_price: true on an issue")
        if key not in classes:
            allowed = "an id that `parley history` lists"
            here.note("unknown reference class", f"'{key}'", allowed, suggestion=closest(key, classes))


def check_labels(file: Place) -> None:
    """Notes labels of what is not in the file."""
    for code, labels in file.draft.sound("labels").items():
        _check_language(file / "labels" / code, labels)


def _check_language(place: Place, labels: Labels) -> None:
    for section, what in _LABELLED.items():
        for key in getattr(labels, section):
            (place / section / key).reference(what, key, place.draft.ids(section))
    for issue, options in labels.options.items():
        here = place / "options" / issue
        for option in options if here.issue(issue) is not None else ():
            (here / option).option(issue, option)
    for key, baskets in labels.baskets.items():
        here = place / "baskets" / key
        known = here.reference("format", key, place.draft.ids("formats")) and key in place.formats
        for basket in baskets if known else ():
            (here / basket).reference(f"basket of format '{key}'", basket, list(place.formats[key].baskets))


MAX_STAGES = 60


def check_agenda(place: Place, talks: Format, groups: Iterable[tuple[str, ...]]) -> None:
    """Notes problems of the agenda of one format, of its order and of its working groups.

    `groups` are issues that linkages and rules tie together, each group and each single issue once.
    """
    agenda, here = talks.agenda, place / "agenda"
    if agenda.given_stages:
        here /= "order" if isinstance(agenda.order, tuple) else "stages"
        _check_issues(here, agenda.listed(()))
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


def _check_rounds(place: Place, talks: Format, groups: Iterable[tuple[str, ...]]) -> None:
    """Every stage of an ordered agenda needs a round, and there is a limit to their number."""
    n_stages, baskets = len(talks.agenda.given_stages), talks.protocol == "baskets"
    if talks.agenda.order_word in ("easy_first", "hard_first"):
        agenda = set(talks.agenda.listed(place.draft.ids("issues")))
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
    here, agenda = place / "baskets", talks.agenda.listed(place.draft.ids("issues"))
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
    members = set(basket.members)
    for party in place.once("a party", basket.members):
        place.reference("principal or interested mediator", party, talks.speakers)
    if not members:
        place.note("a basket without members", "none", "at least two of " + ", ".join(talks.speakers))
    elif len(members) == 1:
        place.note("a working group of one has nobody to talk to", f"'{basket.members[0]}'", "at least two members")


def _check_group_months(place: Place, talks: Format) -> None:
    months, groups = talks.calendar.months, talks.months_in_groups
    message = "groups and plenary need a month each"
    if months == 1:
        (place / "calendar" / "months").note(message, "1", "at least 2 months")
    elif not 1 <= groups < months:
        (place / "group_months").note(message, f"{groups} of {months}", f"1 to {months - 1}")


LEAST_GROUP = 2
"""Fewest members of a contact group."""
WITH_MEDIATOR = ("single_text", "shuttle")
"""Protocols in which a mediator without a vote has something to do."""


def check_roles(place: Place, talks: Format) -> None:
    """Notes problems of the seats of one format."""
    for party, seat in talks.seats.items():
        here = place / "seats" / party
        here.party(party)
        _check_seat(here, party, seat, talks.protocol)
    _check_how_many(place / "seats", talks)
    _check_contact_group(place, talks)
    speaking = [talks.seats[party].recognition for party in talks.speakers]
    if speaking and all(number is not None and surely_zero_sometimes(number) for number in speaking):
        message = "nobody can be given the floor: all recognition may be 0 in the same draw"
        (place / "seats").note(message, "every recognition can be 0", "one that cannot be 0")


def _check_seat(place: Place, party: str, seat: Seat, protocol: str) -> None:
    for word in ("interested", "mandate"):
        if seat.role != "mediator" and getattr(seat, word):
            message = f"only a mediator can have {word}: true"
            (place / word).note(message, f"role {seat.role}", "role: mediator, or false")
    unread = place.draft.broken.get("issues") or party not in place.draft.ids("parties")
    if seat.role == "guarantor" and not unread and not place.names_guarantor(party):
        allowed = f"guarantors: [{party}] in an option, or another role"
        (place / "role").note("a guarantor that no option names", f"'{party}'", allowed)
    if seat.role == "mediator" and not seat.interested and protocol not in WITH_MEDIATOR:
        allowed = f"protocol {' or '.join(WITH_MEDIATOR)}, interested: true, or another role"
        (place / "role").note("a mediator without a vote has nothing to do here", f"neutral, under {protocol}", allowed)
    if seat.recognition is not None and not seat.speaks:
        allowed = "principals and interested mediators"
        (place / "recognition").note("this seat never has the floor", seat.role, allowed)


def _check_how_many(place: Place, talks: Format) -> None:
    principals, mediators = talks.in_role("principal"), talks.in_role("mediator")
    if len(principals) < 2:
        place.note("talks need two principals", f"{len(principals)}", "at least two principals")
    if len(mediators) > 1:
        place.note("talks have one mediator", ", ".join(mediators), "at most one mediator")
    playing = talks.protocol == "open_rule" and _equilibrium_players(place, talks.speakers)
    if playing and len(talks.speakers) > OPEN_RULE_SEATS:
        message = "strategy equilibrium under open_rule is not solved for so many seats"
        place.note(message, f"{len(talks.speakers)}", f"at most {OPEN_RULE_SEATS} with a vote")


def _check_contact_group(place: Place, talks: Format) -> None:
    if talks.contact_group is None:
        return
    here, principals, parties = place / "contact_group", talks.in_role("principal"), place.parties
    blocs = {party: (parties[party].bloc or party) if party in parties else party for party in principals}
    never = {key for key, seat in talks.seats.items() if seat.recognition and surely_zero_sometimes(seat.recognition)}
    drawable = {blocs[party] for party in principals if talks.seats[party].required or party not in never}
    n_blocs, (low, high) = len(set(blocs.values())), support(talks.contact_group)
    if low < LEAST_GROUP or high > n_blocs:
        seen = f"{low:g}" if low == high else f"{low:g} to {high:g}"
        allowed = f"{LEAST_GROUP} to {n_blocs}, the principals seated, a bloc counted once"
        here.note("a contact group of this size cannot be drawn", seen, allowed)
    elif len(drawable) < low:
        message = "too few seats can be drawn into the contact group: recognition may be 0"
        (place / "seats").note(message, f"{len(drawable)} above 0", f"at least {low:g}")
    if talks.protocol == "baskets":
        here.note("working groups name their members", "protocol baskets", "another protocol, or no contact_group")
    if playing := _equilibrium_players(place, principals):
        message = "strategy equilibrium is not solved for talks of a contact group"
        here.note(message, ", ".join(playing), "another strategy, or no contact_group")


def _equilibrium_players(place: Place, among: list[str]) -> list[str]:
    parties = place.parties
    return [party for party in among if party in parties and parties[party].behaviour.strategy == "equilibrium"]


def check_consent(place: Place, talks: Format) -> None:
    """Notes problems of the consent rule of one format: shares and vetoes that make every text fail."""
    here, consent, voters = place / "consent", talks.consent, talks.speakers
    for word in ("members", "weight"):
        share: float = getattr(consent, word)
        if share > 1:
            (here / word).note("a quota that no coalition can reach", f"{share:g}", "0 to 1")
    for party in (here / "vetoes").once("a party", consent.vetoes):
        if (here / "vetoes").party(party) and party not in voters:
            (here / "vetoes").note("a veto needs a vote", f"'{party}'", voters)
    weights = [place.parties[party].capability for party in voters if party in place.parties]
    if consent.weight > 0 and len(weights) == len(voters) and all(map(surely_zero_sometimes, weights)):
        message = "a quota by weight that no coalition can reach: all capabilities may be 0 in the same draw"
        (here / "weight").note(message, "every capability can be 0", "a voter whose capability cannot be 0")
