"""The register of protocols: what each is called, where it comes from, and its compiled steps.

A protocol is a file with two steps, `build_texts` and `next_turn`; everything else is common. Registered here it is in
the schema, both engines, the documentation, the report and the conformance suite. It is compiled when it is first used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from sim.formats import alternating_offers, baskets, course, open_rule, proposal_and_vote, shuttle, single_text, tracks
from sim.rules.kernel import Unit, unit_for
from sim.types.tables import PROTOCOLS

Step = Callable[..., Any]


@dataclass(frozen=True)
class Protocol:
    """One protocol: its name in scenario files, a sentence for people, its sources, and its steps."""

    name: str
    number: int
    title: str
    sentence: str
    source: str
    drafted: bool
    """Whether somebody without a vote may write the text."""
    build_texts: Step
    next_turn: Step
    play_talk: Step


def _register(module: ModuleType, title: str, sentence: str, source: str, *, drafted: bool = False) -> Protocol:
    name = module.__name__.rsplit(".", 1)[-1]
    begin_round = unit_for(course.begin_round, name, build_texts=module.build_texts)
    play_talk = unit_for(course.play_talk, name, begin_round=begin_round, next_turn=module.next_turn)
    number = PROTOCOLS.index(name)
    return Protocol(name, number, title, sentence, source, drafted, module.build_texts, module.next_turn, play_talk)


_ALL = (
    _register(
        alternating_offers,
        "Alternating offers",
        "In every round each seat makes an offer in turn, and the others answer it at once.",
        "Rubinstein (1982); stacked for many seats: Aydogan et al. (2017)",
    ),
    _register(
        proposal_and_vote,
        "Proposal and vote",
        "Seats are given the floor by lot, and what is proposed is voted on as it stands.",
        "Baron & Ferejohn (1989), closed rule; Banks & Duggan (2000)",
    ),
    _register(
        single_text,
        "Single negotiating text",
        "Only a mediator or the chair writes: one text, revised in every round until the parties take it.",
        "Raiffa (1982), chapter 18; Klein et al. (2003)",
        drafted=True,
    ),
    _register(
        shuttle,
        "Shuttle",
        "The mediator meets the principals one by one and carries texts between them; they never meet.",
        "Filtered communication: Jarque, Ponsati & Sakovics (2003)",
        drafted=True,
    ),
    _register(
        baskets,
        "Baskets",
        "Working groups bargain on their own issues at the same time; a plenary decides on the package.",
        "The method of the Helsinki conference (1973-1975); agenda effects: Fershtman (1990)",
    ),
    _register(
        open_rule,
        "Open rule",
        "A proposal lies on the floor; whoever is recognised next moves the vote on it or offers another in its place.",
        "Baron & Ferejohn (1989), open rule; Primo (2007)",
    ),
)
PROTOCOL = {protocol.name: protocol for protocol in _ALL}
BY_NUMBER = tuple(sorted(_ALL, key=lambda protocol: protocol.number))


def leg_player(used: Iterable[int]) -> Unit:
    """`tracks.play_leg` for tracks whose legs use these protocols; the others are not compiled."""
    numbers = sorted(set(used))
    players = {f"play_{BY_NUMBER[number].name}": BY_NUMBER[number].play_talk for number in numbers}
    return unit_for(tracks.play_leg, "_".join(map(str, numbers)), **players)
