"""Names and labels that go with the arrays: what analysis and reports need to speak of a scenario in words."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.types.message import Message, message

UNANIMITY = message("unanimity")
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
    status_quo: int
    settling: tuple[int, ...]
    unit: str = ""
    """As people say it after a number; empty where there is none."""
    positions: tuple[float, ...] = ()
    """Of a numeric issue, one per option."""


@dataclass(frozen=True)
class PartyInfo:
    """One party in words."""

    id: str
    name: str
    red_lines: tuple[tuple[str, str, tuple[str, ...]], ...]
    """(line id, issue id, option ids named in the file)."""


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
    seats: tuple[int, ...]
    months: int
    rounds_per_month: int
    transparency: str
    only_in_tracks: bool = field(default=False, kw_only=True)
    """Whether it is compared by itself only if asked for."""
    consent: Message = UNANIMITY
    mediator: int | None = None
    mandate: bool = False
    """True if what the mediator writes, or the package of working groups, binds without ratification at home."""
    guarantors: tuple[int, ...] = ()
    observers: tuple[int, ...] = ()
    legs: tuple[int, ...] = ()
    agenda_order: str = "package"
    stages: tuple[str, ...] = ()
    """Names of the stages, or of the working groups and their plenary; none for a package."""


@dataclass(frozen=True)
class Structure:
    """Sizes, names and the map from composite options to issue options; identical for every draw."""

    scenario_id: str
    title: str
    issues: tuple[IssueInfo, ...]
    parties: tuple[PartyInfo, ...]
    formats: tuple[FormatInfo, ...]
    """One a format, then one a track."""
    shocks: tuple[str, ...]
    issue_composite: NDArray[np.int64]  # [I]
    issue_option: NDArray[np.int64]  # [I, O]

    def issue_options_of(self, deals: NDArray[np.int64]) -> NDArray[np.int64]:
        """[..., I] option index per issue, in the order of `issues`, of deals [..., C] in composite options."""
        columns = [self.issue_option[i, deals[..., c]] for i, c in enumerate(self.issue_composite)]
        return np.stack(columns, axis=-1)
