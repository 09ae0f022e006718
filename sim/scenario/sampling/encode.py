"""Resolved scenario -> read-only arrays, for any block of draws."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.scenario.preparation.grid import told_in_units
from sim.scenario.preparation.labels import in_language
from sim.scenario.sampling.distributions import Uniforms, describe, mean, quantile
from sim.scenario.sampling.drawn_numbers import Drawn
from sim.scenario.sampling.fill import fill_numbers
from sim.scenario.sampling.format_infos import format_infos
from sim.scenario.sampling.format_tables import format_tables
from sim.scenario.sampling.layout import LEVELS, Layout
from sim.scenario.schema.numbers import DEFAULT_NOTE, Number
from sim.scenario.schema.priors import PARTY_CONSTANTS, SHARED_NOTE, TRACK_CONSTANTS
from sim.scenario.schema.resolved import ResolvedScenario
from sim.scenario.schema.written_issues import Issue
from sim.types.structure import IssueInfo, PartyInfo, Structure
from sim.types.tables import Tables


@dataclass(frozen=True)
class NumberRow:
    """One number of a scenario, for tables of evidence. `low` and `high` are the 5% and 95% quantiles."""

    path: str
    distribution: str
    mean: float
    low: float
    high: float
    basis: str
    sources: tuple[str, ...]
    note: str
    given: bool
    """Whether the file gives the number; False for defaults of the schema and for shared priors."""


@dataclass(frozen=True)
class Encoder:
    """Turns a resolved scenario into arrays: the same for the same scenario and seed, however cut into blocks."""

    resolved: ResolvedScenario
    seed: int = field(kw_only=True)
    language: str | None = field(default=None, kw_only=True)
    """Language of the names in `structure`, where the file has labels in it; None for the file's own names."""
    layout: Layout = field(init=False)
    structure: Structure = field(init=False)
    _static: dict[str, Any] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        layout = Layout(self.resolved)
        object.__setattr__(self, "layout", layout)
        spoken = layout if self.language is None else Layout(in_language(self.resolved, self.language))
        object.__setattr__(self, "structure", _structure(spoken))
        fixed = {**layout.static_tables(), **format_tables(layout)}
        static = {name: _read_only(array) for name, array in fixed.items()}
        object.__setattr__(self, "_static", static)

    def tables(self, first_draw: int, n_draws: int, *, streams: Uniforms | None = None) -> Tables:
        """Arrays for the D = `n_draws` draws from `first_draw` on.

        Read-only and C-contiguous, as `sim.types.tables` documents them; row `(d, g)` is the same for every block that
        holds draw d. `streams` are other uniforms than those of the seed (`sim.scenario.sampling.pick_freeze`).

        Raises:
            ValueError: for a block before draw 0 or an empty one.
        """
        if first_draw < 0 or n_draws < 1:
            raise ValueError(f"a block starts at 0 or later and holds at least one draw, not {first_draw}, {n_draws}")
        drawn = Drawn(self.resolved, self.seed, first_draw, n_draws, streams)
        filled = {name: _read_only(array) for name, array in fill_numbers(self.layout, drawn).items()}
        return Tables(**self._static, **filled)

    def numbers(self) -> tuple[NumberRow, ...]:
        """Every number of the scenario that counts, in file order."""
        left_out = self._left_out()
        return tuple(_row(path, number) for path, number in self.resolved.numbers.items() if path not in left_out)

    def _left_out(self) -> set[str]:
        """Paths of numbers that no rule uses: shared priors, of which each party has a copy, and unused defaults."""
        resolved = self.resolved
        constants = PARTY_CONSTANTS if resolved.tracks else (*PARTY_CONSTANTS, *TRACK_CONSTANTS)
        paths = {f"behaviour.{key}" for key in constants}
        if not any(talks.consent.weight > 0 for talks in resolved.formats.values()):
            defaults = (key for key, party in resolved.parties.items() if party.capability.note == DEFAULT_NOTE)
            paths |= {f"parties.{key}.capability" for key in defaults}
        return paths


def _row(path: str, number: Number) -> NumberRow:
    low, high = quantile(number, np.array([0.05, 0.95])).tolist()
    note = number.note or ""
    return NumberRow(
        path=path,
        distribution=describe(number),
        mean=mean(number),
        low=low,
        high=high,
        basis=number.basis,
        sources=number.sources,
        note=note,
        given=note not in (DEFAULT_NOTE, SHARED_NOTE),
    )


def _read_only(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    fixed = np.ascontiguousarray(array)
    fixed.flags.writeable = False
    return fixed


def _option_name(issue: Issue, option: str) -> str:
    """Label of an option; on a scale with a unit, with its position if the label does not tell it."""
    name = issue.options[option].name or option
    return name if issue.scale is None else told_in_units(name, issue.scale.positions[option], issue.scale.unit)


def _structure(layout: Layout) -> Structure:
    scenario = layout.scenario
    issues = tuple(
        IssueInfo(
            id=key,
            name=issue.name or key,
            level=LEVELS[issue.level],
            options=layout.options[key],
            option_names=tuple(_option_name(issue, option) for option in issue.options),
            status_quo=int(layout.status_quo_option[row]),
            settling=tuple(index for index, option in enumerate(issue.options.values()) if option.settles),
            unit=issue.scale.unit if issue.scale else "",
            positions=tuple(issue.scale.positions[option] for option in issue.options) if issue.scale else (),
        )
        for row, (key, issue) in enumerate(scenario.issues.items())
    )
    parties = tuple(
        PartyInfo(key, party.name, tuple((name, line.issue, line.options) for name, line in party.red_lines.items()))
        for key, party in scenario.parties.items()
    )
    return Structure(
        scenario_id=scenario.id,
        title=scenario.title,
        issues=issues,
        parties=parties,
        formats=format_infos(layout),
        shocks=layout.shocks,
        issue_composite=_read_only(layout.issue_composite),
        issue_option=_read_only(layout.issue_option),
    )
