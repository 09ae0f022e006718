"""Study files: which formats, levers, lines and standings of a scenario a study asks about. No case is in the code.

A study file stands beside its scenario and names things of it. It holds no number about the case, only the questions.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from sim.app.questions.naming import Naming, Question, read_file
from sim.scenario import ResolvedScenario

Unit = Annotated[float, Field(ge=0, le=1)]
Stakes = Annotated[float, Field(ge=0)]


class FormatsQuestion(Question):
    """Formats that are set against each other: a small table, and larger ones that seat more parties."""

    narrow: str
    wide: Annotated[tuple[str, ...], Field(min_length=1)]


class PressureQuestion(Question):
    """A lever to be varied from none to high; constants take the place of the file's numbers."""

    patron: str
    target: str
    format: str | None = None
    """Where; default the narrow format."""
    ability: Annotated[tuple[Stakes, ...], Field(min_length=2)]
    motive: Annotated[tuple[Unit, ...], Field(min_length=2)]
    again_with: tuple[str, ...] = ()
    """Overrides for a second grid: what the lever does where these hold (say, with the target's lines off)."""


class StudyFile(Question):
    """A study file as written."""

    study: Literal[1]
    scenario: str
    formats: FormatsQuestion
    pressure: PressureQuestion | None = None
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

    def lines_of(self, resolved: ResolvedScenario) -> tuple[str, ...]:
        """The red lines asked about."""
        return line_names(resolved) if self.lines == "all" else self.lines


def read_study(path: Path) -> StudyFile:
    """Read a study file.

    Raises:
        InputError: it does not follow the shape.
        ScenarioError: it is no YAML.
        OSError: it cannot be opened.
    """
    return read_file(path, StudyFile, "a study file")


def line_names(resolved: ResolvedScenario) -> tuple[str, ...]:
    """`party.line` of every red line of a scenario."""
    return tuple(f"{key}.{line}" for key, party in resolved.parties.items() for line in party.red_lines)


def check_names(study: StudyFile, resolved: ResolvedScenario) -> None:
    """Check that everything a study names is in its scenario.

    Raises:
        InputError: with every name that does not exist.
    """
    naming, of_it = Naming({resolved.id: resolved}), f"of {resolved.id}"
    formats, parties, overrides = list(resolved.formats), list(resolved.parties), list(resolved.overrides)
    naming.known([study.formats.narrow, *study.formats.wide], formats, f"format {of_it}")
    naming.known(study.split, parties, f"party {of_it}")
    naming.known(study.without_standing, overrides, f"override {of_it}")
    naming.known(study.lines_of(resolved), line_names(resolved), f"red line {of_it}")
    if study.pressure is not None:
        lever = study.pressure
        naming.known(lever.patron, parties, f"party {of_it}")
        levers = list(resolved.parties[lever.patron].leverage) if lever.patron in parties else parties
        naming.known(lever.target, levers, f"lever of {lever.patron} {of_it}")
        naming.known(lever.again_with, overrides, f"override {of_it}")
        naming.known(lever.format, formats, f"format {of_it}")
    naming.stop_if_any()
