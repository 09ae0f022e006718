"""What transcripts call things: parties and the chair, options, deals, distances, stages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sim.report.words.words import MINUS, listed
from sim.types.structure import FormatInfo, Structure
from sim.types.tables import BY_LOT
from sim.types.transcript import Deal, Transcript

WITH_DRAFTER = ("single_text", "shuttle")


@dataclass(frozen=True)
class Subject:
    """One talk that is told, with the names of its scenario and the text that was in force when it began."""

    talk: Transcript
    structure: Structure
    stood: Deal

    @property
    def info(self) -> FormatInfo:
        """The talk's format in words."""
        return self.structure.formats[self.talk.format_index]

    @property
    def votes(self) -> bool:
        """True where texts are voted on, rather than taken if nobody refuses."""
        return self.info.protocol in BY_LOT or not str(self.info.consent).startswith("unanimity")

    @property
    def behind(self) -> list[int]:
        """Who votes on what a contact group brings without having been in it."""
        if not str(self.info.consent).startswith("contact group"):
            return []
        return [p for p in self.info.seats if p not in (*self.talk.seats, *self.talk.stayed_away)]

    @property
    def status_quo(self) -> Deal:
        """Every issue as it stands without any text."""
        return tuple(issue.status_quo for issue in self.structure.issues)

    def name(self, party: int, *, start: bool = False) -> str:
        """A party's name; the number of parties is the chair. `start` for the beginning of a sentence."""
        if party >= len(self.structure.parties):
            return "The chair" if start else "the chair"
        return self.structure.parties[party].name

    def names(self, parties: Iterable[int], verb: str = "") -> str:
        """Names at the beginning of a sentence, with what they do: `A stays`, `A and B stay`."""
        names = [self.name(party, start=place == 0) for place, party in enumerate(parties)]
        return listed(names) + (f" {agree(verb, len(names))}" if verb else "")

    def issue(self, issue: int) -> str:
        """An issue's name."""
        return self.structure.issues[issue].name

    def issues(self, issues: Iterable[int]) -> str:
        """Names of issues."""
        return listed([self.issue(issue) for issue in issues])

    def option(self, issue: int, option: int) -> str:
        """`Issue: option`."""
        return f"{self.issue(issue)}: {self.structure.issues[issue].option_names[option]}"

    def content(self, deal: Deal, base: Deal) -> str:
        """What `deal` changes against `base`."""
        changed = [i for i, (new, old) in enumerate(zip(deal, base, strict=True)) if new != old]
        return "; ".join(self.option(i, deal[i]) for i in changed) or "nothing new"

    def text(self, deal: Deal) -> str:
        """What `deal` changes against the status quo."""
        return self.content(deal, self.status_quo)

    def drafts(self, speaker: int) -> bool:
        """True for the chair, and for a mediator where it does the writing."""
        if speaker >= len(self.structure.parties):
            return True
        return self.info.protocol in WITH_DRAFTER and speaker == self.info.mediator

    def stage(self, stage: int | None) -> str:
        """Name of a stage of the agenda or of a working group."""
        return "the whole agenda" if stage is None else self.info.stages[stage]

    def is_group(self, stage: int | None) -> bool:
        """True for a working group."""
        return self.info.protocol == "baskets" and stage is not None and stage < len(self.info.stages) - 1

    def is_plenary(self, stage: int | None) -> bool:
        """True for the plenary after working groups."""
        return self.info.protocol == "baskets" and stage == len(self.info.stages) - 1


def stakes(distance: float) -> str:
    """A distance in stakes to two decimals; what rounds to nothing is still something."""
    return f"{distance:.2f}" if distance >= 0.005 else "less than 0.01"


def signed(number: float) -> str:
    """A value in stakes to two decimals, without a minus nought."""
    return f"{round(number, 2) + 0.0:.2f}".replace("-", MINUS)


def count(number: int, word: str) -> str:
    """`1 month`, `2 months`."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def agree(verb: str, number: int) -> str:
    """A regular verb after so many subjects: `1 finds`, `2 find`."""
    return f"{verb}s" if number == 1 else verb
