"""Sense checks of who sits how in a format, and of whose yes its texts need."""

from __future__ import annotations

from sim.scenario.checks.places import Place
from sim.scenario.sampling.distributions import support, surely_zero_sometimes
from sim.scenario.schema.written_formats import Format, Seat
from sim.types.structure import OPEN_RULE_SEATS

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
    _check_open_rule(place / "seats", talks)
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


def _check_contact_group(place: Place, talks: Format) -> None:
    if talks.contact_group is None:
        return
    here, principals, parties = place / "contact_group", talks.in_role("principal"), place.parties
    blocs = {party: (parties[party].bloc or party) if party in parties else party for party in principals}
    drawable = {blocs[party] for party in principals if _is_drawable(talks.seats[party])}
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


def _is_drawable(seat: Seat) -> bool:
    return seat.required or seat.recognition is None or not surely_zero_sometimes(seat.recognition)


def _equilibrium_players(place: Place, among: list[str]) -> list[str]:
    parties = place.parties
    return [party for party in among if party in parties and parties[party].behaviour.strategy == "equilibrium"]


def _check_open_rule(place: Place, talks: Format) -> None:
    playing = talks.protocol == "open_rule" and _equilibrium_players(place, talks.speakers)
    if playing and len(talks.speakers) > OPEN_RULE_SEATS:
        message = "strategy equilibrium under open_rule is not solved for so many seats"
        place.note(message, f"{len(talks.speakers)}", f"at most {OPEN_RULE_SEATS} with a vote")


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
