"""What a file says that nothing reads: the one place that knows who reads which number, and why nobody does.

A number is idle if no run can end otherwise whatever it is, the rest of the file as it stands. It is not counted among
the numbers of a scenario (`Encoder.numbers`), and `check` names it where the file gives it. What hangs on the course of
a talk is never called idle, nor what moves only a party's own value, a simple forecast or the solution of a format.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from sim.scenario.sampling.distributions import support
from sim.scenario.schema.numbers import DEFAULT_NOTE
from sim.scenario.schema.priors import PARTY_CONSTANTS, TRACK_CONSTANTS
from sim.scenario.schema.resolved import ResolvedScenario
from sim.scenario.schema.written import RedLine, ValuesByIdeal, ValuesByRanking
from sim.types.tables import BY_LOT

STRATEGIES_BY_CONSTANT = {"concession_exponent": ("standard", "staller", "equilibrium"), "reciprocity": ("standard",)}
"""Strategies that use a constant of the party's own, where not all do."""
DRAFTED = ("single_text", "shuttle")
"""Protocols in which a mediator writes."""
FELT = ("concession_aversion", "trust_at_signing")
"""Constants that act on what a party's options are worth to it, whether it speaks or not."""
SILENT = "only who speaks at a table uses this, and this party speaks at none"
POWERLESS = "this party decides nothing: it speaks nowhere, has no standing and guarantees nothing"
OTHER_POWERLESS = "the other decides nothing: it speaks nowhere, has no standing and guarantees nothing"
ONE_BLOC = "members of a bloc neither press nor support each other"
OFF_AGENDA = "no format's agenda has this issue"


def idle(resolved: ResolvedScenario) -> dict[str, str]:
    """Dotted path -> why nothing reads it, of every idle number and then of every idle setting, in file order.

    The constants under `behaviour` of which each party has a copy are idle where every party has a number of its own.
    """
    readers = _Readers(resolved)
    numbers = ((path, readers.why(path.split("."))) for path in resolved.numbers)
    return {path: why for path, why in (*numbers, *_settings(readers)) if why}


def _settings(readers: _Readers) -> Iterator[tuple[str, str]]:
    """What is no number and nothing reads: words that differ from what is taken by default."""
    parties = readers.resolved.parties
    for key, party in parties.items():
        if party.behaviour.strategy != "standard" and key not in readers.speaking:
            yield f"parties.{key}.behaviour.strategy", SILENT
    for key, talks in readers.resolved.formats.items():
        path = f"formats.{key}"
        if talks.transparency == "secret" and key not in readers.legs:
            yield f"{path}.transparency", "only what a leg of a track moved may be remembered otherwise"
        if talks.consent.rule == "unanimity" and talks.consent.vetoes:
            yield f"{path}.consent.vetoes", "under unanimity everybody has a veto"
        at_home = any(parties[party].ratification is not None for party in talks.speakers)
        for party, seat in talks.seats.items():
            if seat.mandate and not (at_home and talks.protocol in DRAFTED):
                yield f"{path}.seats.{party}.mandate", "no text of this seat would need to be ratified at home"
            if seat.required and not seat.speaks:
                yield f"{path}.seats.{party}.required", "who does not speak does not decide whether to come"


@dataclass(frozen=True)
class _Readers:
    """Who in a scenario reads what."""

    resolved: ResolvedScenario

    @cached_property
    def legs(self) -> frozenset[str]:
        """Formats that are legs of a track."""
        return frozenset(leg.format for track in self.resolved.tracks.values() for leg in track.legs)

    @cached_property
    def speaking(self) -> frozenset[str]:
        """Parties that speak in some format."""
        return frozenset(party for talks in self.resolved.formats.values() for party in talks.speakers)

    @cached_property
    def writing(self) -> frozenset[str]:
        """Parties that put texts in some format: who speaks, and mediators."""
        return self.speaking.union(*(talks.in_role("mediator") for talks in self.resolved.formats.values()))

    @cached_property
    def guarantees(self) -> frozenset[tuple[str, str, str]]:
        """(party, issue, option) of guarantors."""
        issues = self.resolved.issues.items()
        options = ((key, name, option) for key, issue in issues for name, option in issue.options.items())
        return frozenset((party, key, name) for key, name, option in options for party in option.guarantors)

    @cached_property
    def consenting(self) -> frozenset[str]:
        """Parties whose consent a text may need though they are absent."""
        standing = (key for key, party in self.resolved.parties.items() if party.standing)
        return frozenset((*standing, *(party for party, _, _ in self.guarantees)))

    @cached_property
    def deciding(self) -> frozenset[str]:
        """Parties whose consent a text may need."""
        return self.speaking | self.consenting

    @cached_property
    def agenda(self) -> frozenset[str]:
        """Issues that some format talks about."""
        return frozenset(issue for talks in self.resolved.formats.values() for issue in talks.agenda.issues)

    @cached_property
    def believed(self) -> frozenset[tuple[str, str]]:
        """(party, issue) of saliences that somebody has a belief about."""
        parties = self.resolved.parties.values()
        beliefs = ((other, belief) for party in parties for other, belief in party.beliefs.items())
        return frozenset((other, issue) for other, belief in beliefs for issue in belief.salience)

    def zero(self, path: str) -> bool:
        """Whether a number is not given, or 0 in every draw and regime."""
        number = self.resolved.numbers.get(path)
        return number is None or (support(number) == (0.0, 0.0) and path not in self.resolved.shifts)

    def why(self, parts: list[str]) -> str:
        """Why nothing reads the number at a path; empty if something does."""
        match parts:
            case ["behaviour", key]:
                return self._constant(key)
            case ["formats", key, "seats", party, word]:
                return self._seat(key, party, word)
            case ["issues", _, "options", _, "enforcement", party]:
                return "" if party in self.deciding else POWERLESS
            case ["parties", key, section, *rest] if section in _OF_PARTY:
                return _OF_PARTY[section](self, key, rest)
            case _:
                return ""

    def _constant(self, key: str) -> str:
        parties = self.resolved.parties.values()
        if key in TRACK_CONSTANTS and not self.legs:
            return "only tracks use this, and the file has none"
        if key == "misremembering" and all(self.resolved.formats[leg].transparency == "public" for leg in self.legs):
            return "no leg of a track is secret"
        if key == "learning_prior" and not any(party.beliefs for party in parties):
            return "no party is mistaken about another, so that there is nothing to learn"
        if key == "line_price" and not any(party.red_lines for party in parties):
            return "no party has a red line"
        if key == "next_chance" and not any(self.claims(party) for party in self.speaking):
            return "who speaks claims nothing: its optimism is -1"
        if key == "pressure_cap" and not self.legs and not any(party.leverage or party.support for party in parties):
            return "no party has a lever on another or supports one"
        shared = getattr(self.resolved.behaviour, key)
        if key in PARTY_CONSTANTS and all(getattr(party.behaviour, key) != shared for party in parties):
            return "every party has a number of its own"
        return ""

    def _seat(self, key: str, party: str, word: str) -> str:
        talks = self.resolved.formats[key]
        if not talks.seats[party].speaks:
            return "who sits here does not speak"
        if word == "recognition" and talks.protocol not in BY_LOT and talks.contact_group is None:
            return f"only {', '.join(BY_LOT)} and contact groups use recognition"
        return ""

    def claims(self, party: str) -> bool:
        """Whether a party may have a claim in some draw."""
        path = f"parties.{party}.behaviour.optimism"
        return support(self.resolved.numbers[path])[1] > -1.0 or path in self.resolved.shifts

    def ratification(self, key: str, rest: list[str]) -> str:
        home = self.resolved.parties[key].ratification
        by_support = self.resolved.behaviour.rules.homes == "support"
        if rest == ["support"] and not by_support:
            return "only where rules.homes is support (variant homes=support) is this used"
        if rest == ["margin"] and by_support and home is not None and home.support is not None:
            return "rules.homes is support, and the support is given"
        return self.of_speaker(key, rest)

    def of_speaker(self, key: str, _: list[str]) -> str:
        return "" if key in self.speaking else SILENT

    def meeting_value(self, key: str, _: list[str]) -> str:
        return self._of_seats(key, "meeting_value")

    def talk_cost(self, key: str, _: list[str]) -> str:
        return self._of_seats(key, "talk_cost")

    def _of_seats(self, key: str, word: str) -> str:
        seats = [talks.seats[key] for talks in self.resolved.formats.values() if key in talks.speakers]
        if any(getattr(seat, word) is None for seat in seats):
            return ""
        return "every seat of this party has a number of its own" if seats else SILENT

    def capability(self, key: str, _: list[str]) -> str:
        party, formats = self.resolved.parties[key], self.resolved.formats.values()
        if any(talks.consent.weight > 0 and key in talks.speakers for talks in formats):
            return ""
        placed = any(isinstance(values, ValuesByIdeal) for values in party.values.values())
        return "" if placed and party.capability.note != DEFAULT_NOTE else "no format counts votes by weight"

    def behaviour(self, key: str, rest: list[str]) -> str:
        parties = self.resolved.parties
        strategy = parties[key].behaviour.strategy
        if rest[0] in FELT:
            return "" if parties[key].values else "the party values no issue"
        if key not in self.speaking:
            return SILENT
        if strategy not in STRATEGIES_BY_CONSTANT.get(rest[0], (strategy,)):
            return f"who plays {strategy} does not use this"
        absent = any(parties[other].bloc != parties[key].bloc for other in self.consenting)
        return "" if rest[0] != "foresight" or absent else "nobody else has standing or guarantees anything"

    def values(self, key: str, rest: list[str]) -> str:
        party, (issue, word, *_) = self.resolved.parties[key], rest
        values = party.values[issue]
        if isinstance(values, ValuesByRanking) and len(values.ranking) < 3:
            return "a ranking of two is 1 and 0 whatever its curve"
        lines = [line for line in party.red_lines.values() if isinstance(line, RedLine)]
        barred = any(line.issue == issue and line.and_worse for line in lines)
        weighs = not self.zero(f"parties.{key}.salience.{issue}") or (key, issue) in self.believed
        return "" if weighs or barred or word == "ideal" else "the party gives this issue no weight"

    def red_lines(self, key: str, rest: list[str]) -> str:
        line, issues = self.resolved.parties[key].red_lines[rest[0]], self.resolved.issues
        if isinstance(line, RedLine):
            met = line.issue in self.agenda
        else:  # an issue off the agenda may be asked to stay as it is
            met = all(issue in self.agenda or issues[issue].status_quo in names for issue, names in line.when.items())
        if not met:
            return OFF_AGENDA
        return "" if key in self.deciding else POWERLESS

    def standing(self, key: str, rest: list[str]) -> str:
        issue, *option = rest
        if option == [self.resolved.issues[issue].status_quo]:
            return "the status quo needs nobody's consent"
        if (key, issue, *option) in self.guarantees:
            return "a guarantor has full standing on what names it"
        return "" if issue in self.agenda else OFF_AGENDA

    def support(self, key: str, rest: list[str]) -> str:
        parties, (other, *_) = self.resolved.parties, rest
        if parties[key].bloc == parties[other].bloc:
            return ONE_BLOC
        return "" if other in self.deciding else OTHER_POWERLESS

    def leverage(self, key: str, rest: list[str]) -> str:
        other, word, *_ = rest
        if key not in self.speaking:
            return "only who speaks at a table can press, and this party speaks at none"
        lever = f"parties.{key}.leverage.{other}"
        idle = [name for name in ("ability", "motive") if name != word and self.zero(f"{lever}.{name}")]
        return self.support(key, rest) or (f"the lever is never pulled: its {idle[0]} is 0" if idle else "")

    def beliefs(self, key: str, rest: list[str]) -> str:
        other = self.resolved.parties[rest[0]]
        if key not in self.writing:
            return "only who puts texts acts on beliefs, and this party puts none"
        counts = rest[0] in self.deciding or other.leverage or other.support or self.legs
        return "" if counts else OTHER_POWERLESS


_OF_PARTY: Mapping[str, Callable[[_Readers, str, list[str]], str]] = {
    "capability": _Readers.capability,
    "patience": _Readers.of_speaker,
    "ratification": _Readers.ratification,
    "meeting_value": _Readers.meeting_value,
    "talk_cost": _Readers.talk_cost,
    "behaviour": _Readers.behaviour,
    "values": _Readers.values,
    "red_lines": _Readers.red_lines,
    "standing": _Readers.standing,
    "support": _Readers.support,
    "leverage": _Readers.leverage,
    "beliefs": _Readers.beliefs,
}
"""Section of a party -> why nothing reads a number of it, by party and the rest of the path."""
