"""A scenario's standing questions, those of a study file, under the baseline and every standard variant.

A study file stands beside its scenario and names formats, levers, lines and standings of it. It holds no number about
the case, only the questions; no case is in the code.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from sim.analysis.experiments.cells import BASELINE, Case, Cell, Library, count_runs, play_cells, read_case
from sim.analysis.experiments.studies import CellCounter, CellCounts, Changed, Pressure, Study
from sim.app.naming import Naming, Question, read_file
from sim.scenario import Encoder, ResolvedScenario, Variant, load_raw, standard_variants
from sim.scenario.preparation.variants import VARIANTS
from sim.scenario.sampling.source import Source
from sim.types.playing import SILENCE, Progress, Size

BASELINE_SIZE = Size(300, 4)
FORESIGHTS = ("foresight=0", BASELINE, "foresight=1")
"""Variants under which pressure is varied."""
VARIANT_SHARE = 2
"""The draws of the baseline are divided by this for the variants."""
NO_RULE, AS_WRITTEN = "none of them", "the file as written"
"""The first and the last row of the rules put in place one after another."""
UNPRESSED = "without the lever"
"""Id of the scenario with the lever of the study taken out."""
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


class RulesQuestion(Question):
    """Rules that are put in place one after another, from none to all."""

    order: Annotated[tuple[str, ...], Field(min_length=1)]
    """Variants, each of which takes one rule away."""
    overrides: tuple[str, ...] = ()
    """Overrides of the scenario that take out what the file says only because such rules exist; given back last."""


class StudyFile(Question):
    """A study file as written."""

    study: Literal[1]
    scenario: str
    formats: FormatsQuestion
    rules: RulesQuestion | None = None
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
    return read_file(path, StudyFile)


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
    if study.rules is not None:
        naming.known(study.rules.order, list(VARIANTS), "rule variant")
        naming.known(study.rules.overrides, overrides, f"override {of_it}")
    naming.known(study.lines_of(resolved), line_names(resolved), f"red line {of_it}")
    if study.pressure is not None:
        lever = study.pressure
        naming.known(lever.patron, parties, f"party {of_it}")
        levers = list(resolved.parties[lever.patron].leverage) if lever.patron in parties else parties
        naming.known(lever.target, levers, f"lever of {lever.patron} {of_it}")
        naming.known(lever.again_with, overrides, f"override {of_it}")
        naming.known(lever.format, formats, f"format {of_it}")
    naming.stop_if_any()


def study(file: Path, size: Size = BASELINE_SIZE, *, progress: Progress = SILENCE) -> Study:
    """Run everything that a study file asks for.

    Who stops a text and on what, what further seats change, pressure from none to high, each red line off, standing
    off, a party split in two, contacts doubled. All cells share seed and chance. Variants get half the draws.

    Raises:
        InputError: the study file is wrong.
        ScenarioError: its scenario is.
    """
    spec = read_study(file)
    case = read_case(file.parent / spec.scenario)
    plan = StudyPlan(spec, without_tracks(case.base), size)
    check_names(spec, plan.scenario)
    library = Library({case.id: case, UNPRESSED: without_lever(spec, case)}, without_tracks)
    progress.expect(count_runs(plan.sizes))
    played = play_cells(plan.sizes, library, _counter, progress)
    return plan.sorted({cell: counter.result() for cell, (counter,) in played.items()})


def without_tracks(resolved: ResolvedScenario) -> ResolvedScenario:
    """The scenario without tracks and without the formats that are only their legs: a study is about single formats."""
    kept = {key: record for key, record in resolved.formats.items() if not record.only_in_tracks}
    return resolved.model_copy(update={"tracks": {}, "formats": kept})


def without_lever(spec: StudyFile, case: Case) -> Case:
    """The scenario with the lever of the study taken out; of its overrides only those of the study's grid stay."""
    if spec.pressure is None:
        return case
    raw = copy.deepcopy(dict(case.raw))
    raw["parties"][spec.pressure.patron]["leverage"].pop(spec.pressure.target, None)
    kept = spec.pressure.again_with
    raw["overrides"] = {name: part for name, part in (raw.get("overrides") or {}).items() if name in kept}
    for names_overrides in ("scenarios", "rivals"):
        raw.pop(names_overrides, None)
    return Case(UNPRESSED, case.file, raw, load_raw(raw, name=case.file))


def _counter(cell: Cell, source: Source, size: Size) -> tuple[CellCounter]:
    return (CellCounter(source.structure, cell.places_in(source.structure), size.replications),)


@dataclass(frozen=True)
class StudyPlan:
    """The cells that a study needs, by question."""

    spec: StudyFile
    scenario: ResolvedScenario
    """Without tracks."""
    size: Size

    @cached_property
    def variants(self) -> dict[str, Variant | None]:
        """The baseline and every standard variant, by name."""
        return {BASELINE: None, **{variant.name: variant for variant in standard_variants(self.scenario)}}

    @property
    def few(self) -> int:
        """Draws of a variant's cells."""
        return max(2, self.size.draws // VARIANT_SHARE)

    @property
    def base(self) -> Cell:
        """The scenario as the file has it."""
        return Cell(self.scenario.id, tuple(self.scenario.formats))

    @cached_property
    def changes(self) -> dict[str, list[tuple[str, Cell]]]:
        """By question of a `Study` the changes of the baseline that are made one at a time, each with a label."""
        spec, base, parties, times = self.spec, self.base, self.scenario.parties, self.spec.contacts
        lines = [name.partition(".")[::2] for name in spec.lines_of(self.scenario)]
        rounds = {key: record.calendar.rounds_per_month for key, record in self.scenario.formats.items()}
        more = tuple(f"formats.{key}.calendar.rounds_per_month={n * (times or 1)}" for key, n in rounds.items())
        return {
            "lines_off": [
                (f"{parties[key].name}: {line}", replace(base, sets=(f"parties.{key}.red_lines.{line}.firmness=0",)))
                for key, line in lines
            ],
            "standing_off": [(name, replace(base, overrides=(name,))) for name in spec.without_standing],
            "clones": [(parties[key].name, replace(base, split=key)) for key in spec.split],
            "contacts": [(f"{times} times the rounds a month", replace(base, sets=more))] if times else [],
        }

    @cached_property
    def steps(self) -> dict[str, Cell]:
        """By rule put in place the cell in which it and those before it stand, the first with none of them."""
        rules = self.spec.rules
        if rules is None:
            return {}
        without = replace(self.base, overrides=rules.overrides)
        cells = {NO_RULE: replace(without, variant="+".join(rules.order))}
        for k, name in enumerate(rules.order, start=1):
            cells[name] = replace(without, variant="+".join(rules.order[k:]) or None)
        return {**cells, **({AS_WRITTEN: self.base} if rules.overrides else {})}

    @cached_property
    def grids(self) -> list[tuple[dict[str, Cell], dict[tuple[str, int, int], Cell]]]:
        """Without the lever, by kind of foresight; and by that, row of ability and column of motive. Twice if asked."""
        lever = self.spec.pressure
        if lever is None:
            return []
        path = f"parties.{lever.patron}.leverage.{lever.target}"
        places = list(product(FORESIGHTS, enumerate(lever.ability), enumerate(lever.motive)))
        grids: list[tuple[dict[str, Cell], dict[tuple[str, int, int], Cell]]] = []
        for overrides in dict.fromkeys([(), lever.again_with]):
            cell = Cell(self.scenario.id, (lever.format or self.spec.formats.narrow,), overrides)
            unpressed = replace(cell, scenario=UNPRESSED)
            pressed = {
                (name, a, m): replace(cell, sets=(f"{path}.ability={ability}", f"{path}.motive={motive}")).under(name)
                for name, (a, ability), (m, motive) in places
            }
            grids.append(({name: unpressed.under(name) for name in FORESIGHTS}, pressed))
        return grids

    @cached_property
    def sizes(self) -> dict[Cell, Size]:
        """Every cell in the order in which they are played, with how many runs it has."""
        sizes: dict[Cell, Size] = {}
        sizes |= dict.fromkeys(self.steps.values(), self.size)
        cells = [self.base, *(cell for rows in self.changes.values() for _, cell in rows)]
        for variant in self.variants:
            size = self.size if variant == BASELINE else replace(self.size, draws=self.few)
            sizes |= {cell.under(variant): size for cell in cells}
        for without, pressed in self.grids:
            sizes |= dict.fromkeys((*without.values(), *pressed.values()), self.size)
        return sizes

    def sorted(self, counts: Mapping[Cell, CellCounts]) -> Study:
        """The counts by question."""

        def under_all(cell: Cell) -> dict[str, CellCounts]:
            return {variant: counts[cell.under(variant)] for variant in self.variants}

        changed = {
            question: tuple(Changed(label, under_all(cell)) for label, cell in rows)
            for question, rows in self.changes.items()
        }
        encoder, names = Encoder(self.scenario, seed=self.size.seed), list(self.scenario.formats)
        return Study(
            scenario=self.scenario,
            structure=encoder.structure,
            numbers=tuple(encoder.numbers()),
            size=self.size,
            n_variant_draws=self.few,
            narrow=names.index(self.spec.formats.narrow),
            wide=tuple(names.index(name) for name in self.spec.formats.wide),
            variants={name: one.sentence if one else "As the file says." for name, one in self.variants.items()},
            base=under_all(self.base),
            steps={label: counts[cell] for label, cell in self.steps.items()},
            pressure=self._pressure(counts),
            contacts=next(iter(changed.pop("contacts")), None),
            **changed,
            bound=self.spec.bound,
            n_runs=count_runs(self.sizes),
        )

    def _pressure(self, counts: Mapping[Cell, CellCounts]) -> tuple[Pressure, ...]:
        lever, parties = self.spec.pressure, self.scenario.parties
        if lever is None:
            return ()
        return tuple(
            Pressure(
                format_index=list(self.scenario.formats).index(lever.format or self.spec.formats.narrow),
                overrides=without[BASELINE].overrides,
                patron=parties[lever.patron].name,
                target=parties[lever.target].name,
                target_index=list(parties).index(lever.target),
                ability=lever.ability,
                motive=lever.motive,
                cells={place: counts[cell] for place, cell in pressed.items()},
                without={variant: counts[cell] for variant, cell in without.items()},
            )
            for without, pressed in self.grids
        )
