"""Study files: which formats, levers, lines and standings of a scenario a study asks about. No case is in the code.

A study file stands beside its scenario and names things of it. It holds no number about the case, only the questions;
`read_study` checks every name and stops with one message that lists all that is wrong.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from sim.app.errors import InputError, did_you_mean
from sim.cli.asked_file import Part, read_file

if TYPE_CHECKING:
    from sim.scenario import ResolvedScenario

Unit = Annotated[float, Field(ge=0, le=1)]
Stakes = Annotated[float, Field(ge=0)]


class FormatsAsked(Part):
    """Formats that are set against each other: a small table, and larger ones that seat more parties."""

    narrow: str
    wide: Annotated[tuple[str, ...], Field(min_length=1)]


class PressureAsked(Part):
    """A lever to be varied from none to high; constants take the place of the file's numbers."""

    patron: str
    target: str
    format: str | None = None
    """Where; default the narrow format."""
    ability: Annotated[tuple[Stakes, ...], Field(min_length=2)]
    motive: Annotated[tuple[Unit, ...], Field(min_length=2)]
    again_with: tuple[str, ...] = ()
    """Overrides for a second grid: what the lever does where these hold (say, with the target's lines off)."""


class StudyFile(Part):
    """A study file as written."""

    study: Literal[1]
    scenario: str
    formats: FormatsAsked
    pressure: PressureAsked | None = None
    lines: Literal["all"] | tuple[str, ...] = "all"
    """`party.line` each, or all."""
    without_standing: tuple[str, ...] = ()
    """Overrides of the scenario that take standing away."""
    split: tuple[str, ...] = ()
    """Parties for the clone test."""
    contacts: Annotated[int, Field(ge=2)] | None = 2
    """Times the rounds a month of every format."""
    bound: Annotated[float, Field(gt=0)] = 0.02
    """How far a change that should move nothing may move a share."""


def read_study(path: Path) -> StudyFile:
    """Read a study file.

    Raises:
        InputError: it cannot be read or does not follow the schema.
        OSError: it cannot be opened.
    """
    return read_file(path, StudyFile, "a study file")


def line_names(resolved: ResolvedScenario) -> list[str]:
    """`party.line` of every red line of a scenario."""
    return [f"{party}.{line}" for party, found in resolved.parties.items() for line in found.red_lines]


def check_names(study: StudyFile, resolved: ResolvedScenario) -> None:
    """Check that everything a study names is in its scenario.

    Raises:
        InputError: with every name that does not exist.
    """
    parties, formats = list(resolved.parties), list(resolved.formats)
    asked = [("format", study.formats.narrow, formats), *(("format", name, formats) for name in study.formats.wide)]
    asked += [("party", name, parties) for name in study.split]
    asked += [("override", name, list(resolved.overrides)) for name in study.without_standing]
    if study.lines != "all":
        asked += [("red line", name, line_names(resolved)) for name in study.lines]
    pressure = study.pressure
    if pressure is not None:
        asked += [("party", pressure.patron, parties)]
        levers = list(resolved.parties[pressure.patron].leverage) if pressure.patron in parties else parties
        asked += [(f"lever of {pressure.patron}", pressure.target, levers)]
        asked += [("override", name, list(resolved.overrides)) for name in pressure.again_with]
        if pressure.format is not None:
            asked += [("format", pressure.format, formats)]
    wrong = [
        f'No {what} of {resolved.id} is called "{name}". {did_you_mean(name, known)}'
        for what, name, known in asked
        if name not in known
    ]
    if wrong:
        raise InputError(" ".join(wrong))
