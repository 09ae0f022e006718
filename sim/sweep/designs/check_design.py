"""A written design against its scenario: which factors move numbers alone, and everything that is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product
from typing import Any, Literal

from sim.app.scenarios import Scenario
from sim.scenario import parse_variant
from sim.scenario.preparation.patch import overlap
from sim.scenario.preparation.variants import constant_variant
from sim.scenario.sampling.steering import Steering
from sim.scenario.schema.priors import PARTY_CONSTANTS
from sim.scenario.source.problems import Path, Report, closest, listing, show
from sim.sweep.design import NumberFactor, StructureFactor
from sim.sweep.designs.compare_line import changes_at, joined, numbers_at, with_levels
from sim.sweep.designs.level_checks import Moved, Trial, differences, note_trials, tried
from sim.sweep.designs.written_design import (
    NONE,
    DesignFile,
    DummyFactor,
    OverrideFactor,
    PathFactor,
    VariantFactor,
    is_plain_number,
)
from sim.sweep.folders.played import plays
from sim.sweep.point_counts import EVENTS

DUMMY = "dummy"
NEARLY = 2.0**-10
"""How near to the ends of (0, 1) quantiles are tried."""


@dataclass
class Factors:
    """The factors of a design in order, numbers and structure apart."""

    numbers: list[NumberFactor] = field(default_factory=list[NumberFactor])
    structure: list[StructureFactor] = field(default_factory=list[StructureFactor])
    points: dict[str, int] = field(default_factory=dict[str, int])
    """Of a grid, where a factor asks for its own."""


def check_factors(written: DesignFile, base: Scenario, formats: Sequence[str], report: Report) -> Factors:
    """Each factor as what it is, found by loading its levels; problems are noted, and such factors left out."""
    reading = _Reading(base, formats, report)
    for name, factor in written.factors.items():
        reading.read(name, factor)
    return reading.factors


def dummy(name: str = DUMMY) -> NumberFactor:
    """A factor that moves nothing."""
    return NumberFactor(name, "", False, Steering("value", ()), 0.0, 1.0)


@dataclass
class _Reading:
    """Reads factor after factor."""

    base: Scenario
    formats: Sequence[str]
    report: Report
    factors: Factors = field(default_factory=Factors)

    def read(self, name: str, written: PathFactor | OverrideFactor | VariantFactor | DummyFactor) -> None:
        if isinstance(written, DummyFactor):
            self.factors.numbers.append(dummy(name))
        elif isinstance(written, OverrideFactor):
            self._names(name, "override", written.override)
        elif isinstance(written, PathFactor):
            self._path(name, written)
        elif written.levels is None and written.ends is None:
            self._names(name, "variant", written.variant)
        else:
            self._constant(name, written)
        if isinstance(written, PathFactor | VariantFactor) and written.points is not None:
            self.factors.points[name] = written.points

    def _path(self, name: str, written: PathFactor) -> None:
        """A number factor where loading shows that the levels change numbers alone, else one of cells."""
        place = ("factors", name, "path")
        if not self._has_numbers(written, place):
            return
        levels, steered = _tried_levels(written), written.kind != "value"
        trials: list[Trial] = []
        for where, level in levels.items():
            changes = {written.path: level}
            if steered:
                changes = changes_at(self.base.resolved, written.path, written.kind, level)
            trials.append(tried(level, ("factors", name, *where), self.base.set(changes)))
        if not note_trials(trials, place, self.report):
            return
        found = self._moved(trials)
        others = list(dict.fromkeys(path for each in found for path in each.others))
        if not others and all(map(is_plain_number, levels.values())):
            self._add_number(name, written, found)
        elif steered or written.levels is None:
            self.report.add(place, "its levels change more than numbers", listing(others), "as: value, with levels")
        else:
            self._add_structure(StructureFactor(name, "set", written.path, written.levels), trials)

    def _has_numbers(self, written: PathFactor, place: Path) -> bool:
        """Whether there are numbers to move, where a factor cannot do without."""
        numbers = self.base.resolved.numbers
        known = list(numbers_at(self.base.resolved, written.path))
        if not known and (written.kind != "value" or written.levels is None):
            allowed = "the path of a number" + ("; whatever else is swept, by levels" * (written.kind == "value"))
            guess = closest(written.path, numbers)
            self.report.add(place, "no number stands at the path", f"'{written.path}'", allowed, suggestion=guess)
            return False
        if written.kind == "quantile" and all(numbers[path].kind == "value" for path in known):
            allowed = "the path of a distribution; a constant is moved as value, scale or shift"
            self.report.add(place, "a constant has no quantiles", f"'{written.path}'", allowed)
            return False
        return True

    def _constant(self, name: str, written: VariantFactor) -> None:
        """A constant of every party."""
        place, (constant,) = ("factors", name, "variant"), written.variant
        if constant not in PARTY_CONSTANTS:
            self.report.add(place, "unknown constant", f"'{constant}'", PARTY_CONSTANTS, word=constant)
            return
        trials: list[Trial] = []
        for where, level in _tried_levels(written).items():
            variant = joined(self.base.variant, constant_variant(constant, level).name)
            trials.append(tried(level, ("factors", name, *where), self.base.under(variant or "")))
        if note_trials(trials, place, self.report):
            self._add_number(name, written, self._moved(trials))

    def _names(self, name: str, kind: Literal["override", "variant"], levels: Sequence[str]) -> None:
        """Overrides or variants by name."""
        chosen = tuple(None if level == NONE else level for level in levels)
        factor = StructureFactor(name, kind, "", chosen)
        trials = [
            tried(level, ("factors", name, kind, str(index)), with_levels(self.base, [factor], [level]))
            for index, level in enumerate(chosen)
        ]
        if note_trials(trials, ("factors", name, kind), self.report):
            self._add_structure(factor, trials)

    def _moved(self, trials: Sequence[Trial]) -> list[Moved]:
        return [differences(self.base.resolved, trial.resolved) for trial in trials if trial.resolved is not None]

    def _add_number(self, name: str, written: PathFactor | VariantFactor, found: Sequence[Moved]) -> None:
        variant = isinstance(written, VariantFactor)
        path = written.variant[0] if variant else written.path
        targets = tuple(dict.fromkeys(path for each in found for path in each.numbers))
        if not targets:
            allowed = "a path whose levels make a difference"
            self.report.add(("factors", name), "the factor changes nothing", f"'{path}'", allowed)
            return
        levels = tuple(float(level) for level in written.levels or ())
        low, high = (min(levels), max(levels)) if levels else written.ends or (0.0, 1.0)
        steering = Steering("value" if variant else written.kind, targets)
        self.factors.numbers.append(NumberFactor(name, path, variant, steering, low, high, levels))

    def _add_structure(self, factor: StructureFactor, trials: Sequence[Trial]) -> None:
        """A factor of cells, if its levels make scenarios that differ."""
        earlier: dict[tuple[str, ...], Trial] = {}
        for trial, moved in zip(trials, self._moved(trials), strict=True):
            twin = earlier.setdefault(moved.content, trial)
            if twin is not trial:
                seen, allowed = f"{show(twin.level)} and {show(trial.level)}", "levels that make a difference"
                self.report.add(trial.place, "two levels make the same scenario", seen, allowed)
                return
        made = [trial.resolved for trial in trials if trial.resolved is not None]
        if len({plays(resolved, self.formats) for resolved in made}) == 1:
            found = [differences(made[0], resolved) for resolved in made[1:]]
            paths = dict.fromkeys(path for each in found for path in (*each.numbers, *each.others))
            seen, allowed = listing([*paths], 4), "what matters in a format that is played, other than words"
            self.report.add(("factors", factor.name), "the factor changes nothing that is played", seen, allowed)
            return
        self.factors.structure.append(factor)


def _tried_levels(written: PathFactor | VariantFactor) -> dict[Path, Any]:
    """Place of a level in the factor -> level: each of a few; of a range its ends and its middle."""
    if written.levels is not None:
        return {("levels", str(place)): level for place, level in enumerate(written.levels)}
    low, high = written.ends or (0.0, 1.0)
    if isinstance(written, PathFactor) and written.kind == "quantile":
        low, high = max(low, NEARLY), min(high, 1.0 - NEARLY)
    return {("range", "0"): low, ("range",): 0.5 * (low + high), ("range", "1"): high}


_MEASURES = ("in_force", "signed", "lasted", *EVENTS)
RESERVED = frozenset(
    {
        *("point", "cell", "row", "luck", "seed", "sample", "draw", "draws", "format", "replication", "replications"),
        *("key", "part", "block", "runs", "trials", "hits", "measure", "value", "low", "high", "index", "factor"),
        *("points", "played", "file_row_number", "outcome", "settlement_rate", "scenario", "policy", "model"),
        *_MEASURES,
        *(f"{measure}_{end}" for measure in _MEASURES for end in ("low", "high")),
    }
)
"""Columns of what a sweep keeps, shows and hands on, and names of measures."""
_RESERVED_BEGINNINGS = ("stopped_by_", "gain_")


def check_names(written: DesignFile, factors: Factors, report: Report) -> None:
    """Notes factors that are called like another column of the results."""
    values = {f"{factor.name}_value" for factor in factors.numbers if factor.steering.kind == "quantile"}
    for name in written.factors:
        if name in RESERVED or name in values or name.startswith(_RESERVED_BEGINNINGS):
            report.add(("factors", name), "the results have a column of that name", f"'{name}'", "another name")
    if wants_dummy(written, factors) and DUMMY in written.factors:
        allowed = "another name, since a variance-based sample adds a dummy, or `dummy: true`"
        report.add(("factors", DUMMY), "the name is that of the factor that moves nothing", f"'{DUMMY}'", allowed)


def wants_dummy(written: DesignFile, factors: Factors) -> bool:
    """Whether a sample of indices needs a factor that moves nothing, and has none."""
    indices = any(sample.sobol is not None for sample in written.samples)
    return indices and not any(factor.dummy for factor in factors.numbers)


def check_overlaps(written: DesignFile, base: Scenario, factors: Factors, report: Report) -> None:
    """Notes factors of which one undoes what another does, and constants that a factor undoes."""
    for one, other in combinations(factors.numbers, 2):
        both = [path for path in one.steering.targets if path in other.steering.targets]
        if both:
            _note_overlap(other.name, one.name, both, report)
    paths = {factor.name: list(_raw_paths(factor, base)) for factor in factors.structure}
    for one, other in combinations(paths, 2):
        both = [path for path in paths[other] if any(overlap(path, earlier) for earlier in paths[one])]
        if both:
            _note_overlap(other, one, both, report)
    values = [factor for factor in factors.numbers if factor.steering.kind == "value"]
    for earlier, factor in product(factors.structure, factors.numbers):
        if earlier.kind != "variant" and factor not in values:
            continue  # what a cell says of the number is scaled or shifted there; a variant comes after all sets
        both = [path for path in factor.steering.targets if any(overlap(path, raw) for raw in paths[earlier.name])]
        if both:
            _note_overlap(factor.name, earlier.name, both, report)
    setting = [(factor.name, factor.path) for factor in values if factor.path and not factor.variant]
    setting += [(factor.name, factor.path) for factor in factors.structure if factor.kind == "set"]
    for constant, (name, path) in product(written.constants, setting):
        if path.count(".") <= constant.count(".") and overlap(path, constant):
            seen, allowed = f"'{constant}', which factor {name} sets", "a constant that no factor sets"
            report.add(("constants", constant), "the constant is never seen", seen, allowed)


def _note_overlap(name: str, other: str, paths: Sequence[str], report: Report) -> None:
    seen, allowed = f"{listing(paths, 4)}, as factor {other}", "each place of the scenario moved by one factor"
    report.add(("factors", name), "two factors move the same", seen, allowed)


def _raw_paths(factor: StructureFactor, base: Scenario) -> Iterator[str]:
    """Dotted paths that the levels of a factor write to."""
    if factor.kind == "set":
        yield factor.path
    for level in factor.levels if factor.kind != "set" else ():
        if level is not None and factor.kind == "override":
            yield from base.resolved.overrides[level].set
        elif level is not None:
            yield from (path for path, _ in parse_variant(level).sets)
