"""A scenario's standing questions, those of a study file, under the baseline and every standard variant."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from pathlib import Path

from sim.analysis.experiments.cell_counts import CellCounter, CellCounts
from sim.analysis.experiments.cells import BASELINE, Case, Cell, Library, count_runs, play_cells, read_case
from sim.analysis.experiments.studies import Changed, Pressure, Study
from sim.app.questions.study_file import StudyFile, check_names, read_study
from sim.scenario import Encoder, ResolvedScenario, Variant, load_raw, standard_variants
from sim.scenario.sampling.source import Source
from sim.types.playing import SILENCE, Progress, Size

BASELINE_SIZE = Size(300, 4)
FORESIGHTS = ("foresight=0", BASELINE, "foresight=1")
"""Variants under which pressure is varied."""
VARIANT_SHARE = 2
"""The draws of the baseline are divided by this for the variants."""
UNPRESSED = "without the lever"
"""Id of the scenario with the lever of the study taken out."""


@dataclass(frozen=True)
class StudyRequest:
    """What is asked."""

    file: Path
    size: Size = BASELINE_SIZE
    """Of the baseline's cells and of the grid of pressure; variants get half the draws."""


def study(request: StudyRequest, progress: Progress = SILENCE) -> Study:
    """Run everything that a study file asks for.

    Who stops a text and on what, what further seats change, pressure from none to high, each red line off, standing
    off, a party split in two, contacts doubled. All cells share seed, draws and replications.

    Raises:
        InputError: the study file is wrong.
        ScenarioError: its scenario is.
    """
    spec = read_study(request.file)
    case = read_case(request.file.parent / spec.scenario)
    plan = StudyPlan(spec, without_tracks(case.base))
    check_names(spec, plan.scenario)
    cases = {case.id: case, UNPRESSED: _without_lever(spec, case)}
    sizes = plan.sizes(request.size)
    progress.expect(count_runs(sizes))
    played = play_cells(sizes, Library(cases, without_tracks), _counter, progress)
    return plan.sorted(request.size, {cell: counter.result() for cell, (counter,) in played.items()})


def without_tracks(resolved: ResolvedScenario) -> ResolvedScenario:
    """The scenario without tracks and without the formats that are only their legs: a study is about single formats."""
    kept = {key: record for key, record in resolved.formats.items() if not record.only_in_tracks}
    return resolved.model_copy(update={"tracks": {}, "formats": kept})


def _without_lever(spec: StudyFile, case: Case) -> Case:
    """The scenario with the lever of the study taken out; of its overrides only those of the study's grid stay."""
    if spec.pressure is None:
        return case
    raw = copy.deepcopy(dict(case.raw))
    raw["parties"][spec.pressure.patron]["leverage"].pop(spec.pressure.target, None)
    kept = spec.pressure.again_with
    raw["overrides"] = {name: part for name, part in (raw.get("overrides") or {}).items() if name in kept}
    raw.pop("scenarios", None)
    return Case(UNPRESSED, case.file, raw, load_raw(raw, name=case.file))


def _counter(cell: Cell, source: Source, size: Size) -> tuple[CellCounter]:
    names = [info.id for info in source.structure.formats]
    formats = [names.index(name) for name in cell.formats]
    counter = CellCounter(source.structure, formats, n_draws=size.draws, replications=size.replications)
    return (counter,)


@dataclass(frozen=True)
class PressureGrid:
    """Cells in which one lever is varied, by variant, row of ability and column of motive, and those without it."""

    overrides: tuple[str, ...]
    cells: Mapping[tuple[str, int, int], Cell]
    without: Mapping[str, Cell]


@dataclass(frozen=True)
class StudyPlan:
    """The cells that a study needs, by question; changes of the scenario as the baseline has them, each with a label.

    Args:
        spec: the study file.
        scenario: without tracks.
    """

    spec: StudyFile
    scenario: ResolvedScenario

    @cached_property
    def variants(self) -> dict[str, Variant | None]:
        """The baseline and every standard variant, by name."""
        return {BASELINE: None, **{variant.name: variant for variant in standard_variants(self.scenario)}}

    @property
    def base(self) -> Cell:
        """The scenario as the file has it."""
        return Cell(self.scenario.id, tuple(self.scenario.formats))

    @property
    def lines_off(self) -> list[tuple[str, Cell]]:
        """Each red line off."""
        lines = [name.partition(".")[::2] for name in self.spec.lines_of(self.scenario)]
        return [
            (
                f"{self.scenario.parties[party].name}: {line}",
                replace(self.base, sets=(f"parties.{party}.red_lines.{line}.firmness=0",)),
            )
            for party, line in lines
        ]

    @property
    def standing_off(self) -> list[tuple[str, Cell]]:
        """Standing off, by override."""
        return [(name, replace(self.base, overrides=(name,))) for name in self.spec.without_standing]

    @property
    def clones(self) -> list[tuple[str, Cell]]:
        """A party in two seats."""
        return [(self.scenario.parties[key].name, replace(self.base, split=key)) for key in self.spec.split]

    @property
    def contacts(self) -> list[tuple[str, Cell]]:
        """More rounds a month in every format, if the study asks for it."""
        times = self.spec.contacts
        if times is None:
            return []
        sets = tuple(
            f"formats.{key}.calendar.rounds_per_month={record.calendar.rounds_per_month * times}"
            for key, record in self.scenario.formats.items()
        )
        return [(f"{times} times the rounds a month", replace(self.base, sets=sets))]

    @cached_property
    def grids(self) -> tuple[PressureGrid, ...]:
        """The lever at three kinds of foresight, in one format; and again under the overrides of the second grid."""
        lever = self.spec.pressure
        if lever is None:
            return ()
        path = f"parties.{lever.patron}.leverage.{lever.target}"
        grids: list[PressureGrid] = []
        for overrides in dict.fromkeys([(), lever.again_with]):
            cell = replace(self.base, formats=(lever.format or self.spec.formats.narrow,), overrides=overrides)
            places = product(FORESIGHTS, enumerate(lever.ability), enumerate(lever.motive))
            cells = {
                (variant, a, m): replace(
                    cell.under(None, variant), sets=(f"{path}.ability={ability}", f"{path}.motive={motive}")
                )
                for variant, (a, ability), (m, motive) in places
            }
            unpressed = replace(cell, scenario=UNPRESSED)
            grids.append(PressureGrid(overrides, cells, {name: unpressed.under(None, name) for name in FORESIGHTS}))
        return tuple(grids)

    def sizes(self, size: Size) -> dict[Cell, Size]:
        """Every cell in the order in which they are played, with how many runs it has."""
        few, sizes = replace(size, draws=_few(size)), dict[Cell, Size]()
        changes = [cell for _, cell in (*self.lines_off, *self.standing_off, *self.clones, *self.contacts)]
        for variant in self.variants:
            cells = [cell.under(None, variant) for cell in (self.base, *changes)]
            sizes |= dict.fromkeys(cells, size if variant == BASELINE else few)
        for grid in self.grids:
            sizes |= dict.fromkeys((*grid.without.values(), *grid.cells.values()), size)
        return sizes

    def sorted(self, size: Size, counts: Mapping[Cell, CellCounts]) -> Study:
        """The counts by question."""

        def under_all(cell: Cell) -> dict[str, CellCounts]:
            return {variant: counts[cell.under(None, variant)] for variant in self.variants}

        def changed(rows: Sequence[tuple[str, Cell]]) -> tuple[Changed, ...]:
            return tuple(Changed(label, under_all(cell)) for label, cell in rows)

        encoder, names = Encoder(self.scenario, seed=size.seed), list(self.scenario.formats)
        return Study(
            scenario=self.scenario,
            structure=encoder.structure,
            numbers=tuple(encoder.numbers()),
            size=size,
            n_variant_draws=_few(size),
            narrow=names.index(self.spec.formats.narrow),
            wide=tuple(names.index(name) for name in self.spec.formats.wide),
            variants={name: one.sentence if one else "As the file says." for name, one in self.variants.items()},
            base=under_all(self.base),
            pressure=tuple(self._pressure(grid, counts) for grid in self.grids),
            lines_off=changed(self.lines_off),
            standing_off=changed(self.standing_off),
            clones=changed(self.clones),
            contacts=next(iter(changed(self.contacts)), None),
            bound=self.spec.bound,
            n_runs=count_runs(self.sizes(size)),
        )

    def _pressure(self, grid: PressureGrid, counts: Mapping[Cell, CellCounts]) -> Pressure:
        lever = self.spec.pressure
        assert lever is not None, "a grid is of a lever"
        return Pressure(
            format_index=list(self.scenario.formats).index(lever.format or self.spec.formats.narrow),
            overrides=grid.overrides,
            patron=self.scenario.parties[lever.patron].name,
            target=self.scenario.parties[lever.target].name,
            target_index=list(self.scenario.parties).index(lever.target),
            ability=lever.ability,
            motive=lever.motive,
            cells={place: counts[cell] for place, cell in grid.cells.items()},
            without={variant: counts[cell] for variant, cell in grid.without.items()},
        )


def _few(size: Size) -> int:
    """Draws of a variant's cells."""
    return max(2, size.draws // VARIANT_SHARE)
