"""What a scenario does not know: its uncertain numbers, one record each, and the groups that they fall into."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated

from sim.scenario.sampling.distributions import stream_name
from sim.scenario.sampling.encode import Encoder
from sim.scenario.schema.numbers import BASES
from sim.scenario.schema.resolved import ResolvedScenario
from sim.types.marks import HIDDEN

CONSTANTS = "constants"
NO_PARTY = "no_party"
"""Group of the numbers that belong to no party, such as the hazards of shocks."""

PARAMETERS: Mapping[str, str] = {
    **{key: key for key in ("salience", "red_lines", "standing", "patience", "beliefs", "ratification", "enforcement")},
    **dict.fromkeys(("values", "linkages"), "values"),
    **dict.fromkeys(("price_of_no_settlement", "outside_option"), "no_settlement"),
    **dict.fromkeys(("leverage", "support"), "leverage"),
    **dict.fromkeys(("meeting_value", "talk_cost"), "meeting"),
    **dict.fromkeys(("capability", "recognition", "contact_group"), "votes"),
    "shocks": "shocks",
}
"""Key of the file -> parameter group."""
OTHER = "other"


@dataclass(frozen=True)
class Unknown:
    """One thing not known: an uncertain number, or whether a red line is meant."""

    path: str
    """Path of the number; of a red line, that of its firmness."""
    streams: Annotated[tuple[str, ...], HIDDEN]
    """What it is drawn from. Of a red line first whether it is meant, then how firm it is."""
    basis: str
    sources: tuple[str, ...]
    party: str
    """Its bloc (the party itself, if it stands alone), or `NO_PARTY`."""
    parameter: str
    line: bool
    """Whether it is a red line."""

    @property
    def constant(self) -> bool:
        """Whether it is a constant of behaviour."""
        return self.parameter == CONSTANTS


PARTITIONS: Mapping[str, Callable[[Unknown], str]] = {
    "basis": lambda unknown: CONSTANTS if unknown.constant else unknown.basis,
    "party": lambda unknown: CONSTANTS if unknown.constant else unknown.party,
    "parameter": lambda unknown: unknown.parameter,
}
"""The ways to group what is not known; the constants of behaviour are a group of their own in each."""


def unknowns(encoder: Encoder) -> tuple[Unknown, ...]:
    """Everything that differs from draw to draw, in file order.

    Members of a bloc that share a stream are one unknown, with the weakest basis and all sources. A red line counts
    once: whether it is meant. It is known where its firmness is exactly 0 or 1 and nobody believes otherwise.
    """
    by_stream: dict[str, Unknown] = {}
    for row in encoder.numbers():
        unknown = _unknown(row.path, encoder.resolved)
        if unknown is not None:
            stream = unknown.streams[0]
            by_stream[stream] = _together(by_stream[stream], unknown) if stream in by_stream else unknown
    return tuple(by_stream.values())


def _unknown(path: str, resolved: ResolvedScenario) -> Unknown | None:
    number, stream, parts = resolved.numbers[path], stream_name(path, resolved), path.split(".")
    line = parts[0] == "parties" and parts[2] == "red_lines"
    if number.kind == "value" and (not line or (number.form in (0.0, 1.0) and not _doubted(path, parts, resolved))):
        return None
    meant = stream_name(path.removesuffix(".firmness"), resolved)
    return Unknown(
        path=path,
        streams=(meant, stream) if line else (stream,),
        basis=number.basis,
        sources=number.sources,
        party=_party(parts, resolved),
        parameter=_parameter(parts),
        line=line,
    )


def _doubted(path: str, parts: list[str], resolved: ResolvedScenario) -> bool:
    """Whether anybody's belief or a shock makes a line of known firmness depend on chance."""
    tail = f".beliefs.{parts[1]}.firmness.{parts[3]}"
    return path in resolved.shifts or any(number.endswith(tail) for number in resolved.numbers)


def _party(parts: list[str], resolved: ResolvedScenario) -> str:
    place = {"parties": 1, "formats": 3, "issues": -1}.get(parts[0])
    if place is None or place >= len(parts):  # `formats.<id>.contact_group` is of no party
        return NO_PARTY
    return resolved.parties[parts[place]].bloc


def _parameter(parts: list[str]) -> str:
    if "behaviour" in (parts[0], *parts[2:3]):
        return CONSTANTS
    keys = parts[2:3] if parts[0] == "parties" else parts
    return next((PARAMETERS[key] for key in keys if key in PARAMETERS), OTHER)


def _together(first: Unknown, second: Unknown) -> Unknown:
    """Two numbers from one stream: of a bloc, or of several parties that stand together."""
    party = first.party if first.party == second.party else NO_PARTY
    sources = tuple(dict.fromkeys((*first.sources, *second.sources)))
    basis = max(first.basis, second.basis, key=BASES.index)
    return replace(first, basis=basis, sources=sources, party=party)
