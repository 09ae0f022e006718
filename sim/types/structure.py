"""Names and labels that go with the arrays: what analysis and reports need to speak of a scenario in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, ClassVar

import numpy as np
from numpy.typing import NDArray

from sim.types.marks import HIDDEN, By, Index
from sim.types.message import Message, message

UNANIMITY = message("unanimity")
PartyIndex = Annotated[int, Index("party")]
"""Place of a party in the file; its id in data."""
OPEN_RULE_SEATS = 7
"""Most seats for which the equilibrium of the open rule is solved."""


@dataclass(frozen=True)
class IssueInfo:
    """One issue in words: `options` are ids in file order, `option_names` their labels, with units if numeric."""

    id: str
    name: str
    level: int
    options: tuple[str, ...]
    option_names: tuple[str, ...]
    status_quo: Annotated[int, HIDDEN]
    settling: Annotated[tuple[int, ...], HIDDEN]
    unit: str = ""
    """As people say it after a number; empty where there is none."""
    positions: tuple[float, ...] = ()
    """Of a numeric issue, one per option."""
    ends_price: bool = False
    """Whether the price of no settlement, or a share of it, stops once the issue settles or is halted."""

    COMPUTED: ClassVar = ("status_quo_option", "settling_options")

    @property
    def status_quo_option(self) -> str:
        """Where the issue stands if nothing is agreed."""
        return self.options[self.status_quo]

    @property
    def settling_options(self) -> tuple[str, ...]:
        """Options that settle the issue."""
        return tuple(self.options[o] for o in self.settling)


@dataclass(frozen=True)
class ConditionalLineInfo:
    """One conditional red line: crossed where all of `when` stands and not all of `unless`; issue id -> option ids."""

    id: str
    when: Mapping[str, tuple[str, ...]]
    unless: Mapping[str, tuple[str, ...]]
    """Empty: nothing makes it good."""
    row: Annotated[int | None, HIDDEN]
    """Position in `Tables.line_if`; None for a line inside one composite."""


@dataclass(frozen=True)
class PartyInfo:
    """One party in words."""

    id: str
    name: str
    red_lines: tuple[tuple[str, str, tuple[str, ...]], ...]
    """(line id, issue id, option ids named in the file), without conditional lines."""
    conditional_lines: tuple[ConditionalLineInfo, ...] = ()


@dataclass(frozen=True)
class FormatInfo:
    """One talk format or track in words.

    `seats` are the party indices of those who speak, in order: an interested mediator first, then principals. Of a
    track, `legs` are the positions of its formats in `Structure.formats`, `months` run from the first leg to the end of
    the last, gaps included, and everything else is as in the last leg.
    """

    id: str
    name: str
    protocol: str
    seats: tuple[PartyIndex, ...]
    months: int
    rounds_per_month: int
    transparency: str
    only_in_tracks: bool = field(default=False, kw_only=True)
    """Whether it is compared by itself only if asked for."""
    consent: Message = UNANIMITY
    mediator: PartyIndex | None = None
    mandate: bool = False
    """True if what the mediator writes, or the package of working groups, binds without ratification at home."""
    guarantors: tuple[PartyIndex, ...] = ()
    observers: tuple[PartyIndex, ...] = ()
    legs: tuple[Annotated[int, Index("format")], ...] = ()
    agenda_order: str = "package"
    stages: tuple[str, ...] = ()
    """Names of the stages, or of the working groups and their plenary; none for a package."""


@dataclass(frozen=True)
class Structure:
    """Sizes, names and the map from composite options to issue options; identical for every draw."""

    scenario_id: str
    title: str
    issues: Annotated[tuple[IssueInfo, ...], By("id")]
    parties: Annotated[tuple[PartyInfo, ...], By("id")]
    formats: Annotated[tuple[FormatInfo, ...], By("id")]
    """One a format, then one a track."""
    shocks: tuple[str, ...]
    issue_composite: Annotated[NDArray[np.int64], HIDDEN]  # [I]
    issue_option: Annotated[NDArray[np.int64], HIDDEN]  # [I, O]

    @property
    def can_halt(self) -> bool:
        """Whether some issue ends the price of no settlement, so that a halt can be in force."""
        return any(issue.ends_price for issue in self.issues)

    def issue_options_of(self, deals: NDArray[np.int64]) -> NDArray[np.int64]:
        """[..., I] option index per issue, in the order of `issues`, of deals [..., C] in composite options."""
        columns = [self.issue_option[i, deals[..., c]] for i, c in enumerate(self.issue_composite)]
        return np.stack(columns, axis=-1)
