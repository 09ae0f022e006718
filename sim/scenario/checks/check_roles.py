"""Sense checks of who sits how in a format, and of whose yes its texts need."""

from __future__ import annotations

from sim.scenario.checks.references import Known
from sim.scenario.sampling.distributions import support, surely_zero_sometimes
from sim.scenario.schema.written import Party
from sim.scenario.schema.written_formats import Format, Seat
from sim.scenario.source.errors import Path
from sim.types.structure import OPEN_RULE_SEATS

LEAST_GROUP = 2
"""Fewest members of a contact group."""
WITH_MEDIATOR = ("single_text", "shuttle")
"""Protocols in which a mediator without a vote has something to do."""


def check_roles(path: Path, one: Format, known: Known) -> None:
    """Notes problems of the seats of one format."""
    for party, seat in one.seats.items():
        here = (*path, "seats", party)
        known.party(here, party)
        _check_mediator_words(here, seat, known)
        if seat.role == "guarantor" and party in known.draft.ids("parties"):
            _check_guarantor(here, party, known)
        if seat.role == "mediator" and not seat.interested and one.protocol not in WITH_MEDIATOR:
            seen = f"neutral, under {one.protocol}"
            allowed = f"protocol {' or '.join(WITH_MEDIATOR)}, interested: true, or another role"
            known.report.add(
                (*here, "role"), "a mediator without a vote has nothing to do here", seen=seen, allowed=allowed
            )
        if seat.recognition is not None and not seat.speaks:
            allowed = "principals and interested mediators"
            known.report.add((*here, "recognition"), "this seat never has the floor", seen=seat.role, allowed=allowed)
    _check_how_many((*path, "seats"), one, known)
    _check_contact_group(path, one, known)
    _check_open_rule((*path, "seats"), one, known)
    speaking = [seat.recognition for seat in one.seats.values() if seat.speaks]
    if speaking and all(number is not None and surely_zero_sometimes(number) for number in speaking):
        message = "nobody can be given the floor: all recognition may be 0 in the same draw"
        known.report.add((*path, "seats"), message, seen="every recognition can be 0", allowed="one that cannot be 0")


def _check_mediator_words(path: Path, seat: Seat, known: Known) -> None:
    """`interested` and `mandate` speak of mediators only."""
    if seat.role == "mediator":
        return
    for word in ("interested", "mandate"):
        if getattr(seat, word):
            message = f"only a mediator can have {word}: true"
            known.report.add((*path, word), message, seen=f"role {seat.role}", allowed="role: mediator, or false")


def _check_guarantor(path: Path, party: str, known: Known) -> None:
    """A guarantor's seat is about what some option asks of it."""
    if not known.draft.broken.get("issues") and not known.names_guarantor(party):
        allowed = f"guarantors: [{party}] in an option, or another role"
        known.report.add((*path, "role"), "a guarantor that no option names", seen=f"'{party}'", allowed=allowed)


def _check_how_many(path: Path, one: Format, known: Known) -> None:
    principals = [party for party, seat in one.seats.items() if seat.role == "principal"]
    mediators = [party for party, seat in one.seats.items() if seat.role == "mediator"]
    if len(principals) < 2:
        allowed = "at least two principals"
        known.report.add(path, "talks need two principals", seen=f"{len(principals)}", allowed=allowed)
    if len(mediators) > 1:
        known.report.add(path, "talks have one mediator", seen=", ".join(mediators), allowed="at most one mediator")


def _check_contact_group(path: Path, one: Format, known: Known) -> None:
    """A group of at least two and at most all principals, in protocols in which one table talks."""
    if one.contact_group is None:
        return
    where = (*path, "contact_group")
    principals = [party for party, seat in one.seats.items() if seat.role == "principal"]
    parties: dict[str, Party] = known.draft.sound("parties")
    blocs = {party: (parties[party].bloc or party) if party in parties else party for party in principals}
    n_blocs, n_drawable = len(set(blocs.values())), len({blocs[p] for p in principals if _is_drawable(one.seats[p])})
    low, high = support(one.contact_group)
    if low < LEAST_GROUP or high > n_blocs:
        seen = f"{low:g}" if low == high else f"{low:g} to {high:g}"
        allowed = f"{LEAST_GROUP} to {n_blocs}, the principals seated, a bloc counted once"
        known.report.add(where, "a contact group of this size cannot be drawn", seen=seen, allowed=allowed)
    elif n_drawable < low:
        message = "too few seats can be drawn into the contact group: recognition may be 0"
        known.report.add((*path, "seats"), message, seen=f"{n_drawable} above 0", allowed=f"at least {low:g}")
    if one.protocol == "baskets":
        allowed = "another protocol, or no contact_group"
        known.report.add(where, "working groups name their members", seen="protocol baskets", allowed=allowed)
    playing = [p for p in principals if p in parties and parties[p].behaviour.strategy == "equilibrium"]
    if playing:
        message = "strategy equilibrium is not solved for talks of a contact group"
        known.report.add(where, message, seen=", ".join(playing), allowed="another strategy, or no contact_group")


def _is_drawable(seat: Seat) -> bool:
    return seat.required or seat.recognition is None or not surely_zero_sometimes(seat.recognition)


def _check_open_rule(path: Path, one: Format, known: Known) -> None:
    """The equilibrium of the open rule is solved for few seats only."""
    parties: dict[str, Party] = known.draft.sound("parties")
    speaking = [party for party, seat in one.seats.items() if seat.speaks]
    playing = [party for party in speaking if party in parties and parties[party].behaviour.strategy == "equilibrium"]
    if one.protocol == "open_rule" and playing and len(speaking) > OPEN_RULE_SEATS:
        message = "strategy equilibrium under open_rule is not solved for so many seats"
        known.report.add(path, message, seen=f"{len(speaking)}", allowed=f"at most {OPEN_RULE_SEATS} with a vote")


def check_consent(path: Path, one: Format, known: Known) -> None:
    """Notes problems of the consent rule of one format: shares and vetoes that make every text fail."""
    where, consent = (*path, "consent"), one.consent
    for word in ("members", "weight"):
        share: float = getattr(consent, word)
        if share > 1:
            message = "a quota that no coalition can reach"
            known.report.add((*where, word), message, seen=f"{share:g}", allowed="0 to 1")
    voters = [party for party, seat in one.seats.items() if seat.speaks]
    for party in dict.fromkeys(consent.vetoes):
        if known.party((*where, "vetoes"), party) and party not in voters:
            message = "a veto needs a vote"
            known.report.add((*where, "vetoes"), message, seen=f"'{party}'", allowed=voters)
        if consent.vetoes.count(party) > 1:
            known.report.add((*where, "vetoes"), "a party is named twice", seen=f"'{party}'", allowed="each party once")
    parties: dict[str, Party] = known.draft.sound("parties")
    weights = [parties[party].capability for party in voters if party in parties]
    if consent.weight > 0 and len(weights) == len(voters) and all(surely_zero_sometimes(one) for one in weights):
        message = "a quota by weight that no coalition can reach: all capabilities may be 0 in the same draw"
        allowed = "a voter whose capability cannot be 0"
        known.report.add((*where, "weight"), message, seen="every capability can be 0", allowed=allowed)
