"""`parley study`: run a scenario's standing questions under the baseline and every standard variant, and write them up.

The questions come from a study file, so that nothing here knows a case. All cells share seed, draws and replications.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli import options
from sim.cli.console import note, speaking
from sim.cli.study_file import StudyFile, check_names, line_names, read_study
from sim.report.words.progress import Bar

if TYPE_CHECKING:
    from sim.analysis.experiments.studies import Cell, Changed, Pressure, Study
    from sim.scenario import ResolvedScenario, Variant
    from sim.scenario.sampling.source import Source
    from sim.types import Structure

FORESIGHTS = ("foresight=0", "baseline", "foresight=1")
VARIANT_SHARE = 2
"""The draws of the baseline are divided by this for the variants."""
_PIECES = 8  # blocks of a cell, so that threads end together

StudyPath = Annotated[Path, typer.Argument(metavar="FILE", help="The study file (YAML).", show_default=False)]
Draws = Annotated[int, typer.Option("--draws", min=2, metavar="N", help="Draws of the uncertain numbers, per cell.")]
Replications = Annotated[int, typer.Option("--replications", min=2, metavar="N", help="Runs of chance for each draw.")]
Page = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help="The page to write.", show_default="results/<scenario>/findings.md"),
]


@dataclass(frozen=True)
class Size:
    """How much is computed; variants get half the draws of the baseline."""

    draws: int
    replications: int
    seed: int
    threads: int | None

    @property
    def few(self) -> int:
        """Draws of a variant's cells."""
        return max(2, self.draws // VARIANT_SHARE)

    def draws_of(self, job: Job) -> int:
        """Draws of one cell: all for the baseline and for the grid of pressure, fewer for variants."""
        return self.draws if job.variant == "baseline" or job.change[0] in ("press", "unpressed") else self.few


@dataclass(frozen=True)
class Job:
    """One cell to run: the scenario under a variant with a change."""

    variant: str
    change: tuple[Any, ...]
    """(`base`,), (`line`, n), (`standing`, n), (`split`, n), (`contacts`,), (`press`, grid, a, m), (`unpressed`, g)."""
    sets: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    split: str | None = None
    formats: tuple[int, ...] = ()


def study(
    file: StudyPath,
    *,
    draws: Draws = 300,
    replications: Replications = 4,
    seed: options.Seed = 1,
    threads: options.Threads = None,
    out_file: Page = None,
    quiet: options.Quiet = False,
) -> None:
    """Answer the standing questions of a study file under every rule variant, and write the findings as a page.

    Who stops a text and on what, what further seats change, pressure from none to high, each red line off, standing
    off, a party split in two, contacts doubled; and whether anything is degenerate.
    """
    with speaking():
        import sys

        page = run_study(file, Size(draws, replications, seed, threads), out_file, quiet=quiet, argv=sys.argv)
        note(f"Findings: {page}", quiet=quiet)


def run_study(file: Path, size: Size, out_file: Path | None, *, quiet: bool, argv: Sequence[str]) -> Path:
    """Run everything that a study file asks for and write the page and its figures.

    Args:
        file: the study file.
        size: how much is computed.
        out_file: the page, or None for its usual place.
        quiet: no progress and no notes.
        argv: the command line, for the record.

    Returns:
        The page.

    Raises:
        InputError: the study file is wrong.
        ScenarioError: its scenario is.
    """
    from sim.report.study.findings import write_findings
    from sim.rules.kernel import cache_is_cold
    from sim.scenario import Encoder, load_scenario

    asked = read_study(file)
    source = file.parent / asked.scenario
    resolved = _talks_alone(load_scenario(source))
    check_names(asked, resolved)
    if cache_is_cold():
        note("Compiling, first run only: this takes up to a minute.", quiet=quiet)
    encoder = Encoder(resolved, seed=size.seed)
    found = _run_all(asked, source, resolved, size, quiet=quiet)
    page = out_file or Path("results") / resolved.id / "findings.md"
    told = ["--draws", str(size.draws), "--replications", str(size.replications), "--seed", str(size.seed)]
    written = ["--out", _place(out_file)] if out_file else []
    command = " ".join(["parley", "study", _place(file), *told, *written])
    write_findings(found, page, resolved=resolved, numbers=encoder.numbers(), seed=size.seed, command=command)
    return page


def _place(file: Path) -> str:
    """A path for the record: as given, but without the machine's folders."""
    return file.name if file.is_absolute() else file.as_posix()


def _variants(resolved: ResolvedScenario) -> dict[str, Variant | None]:
    """The baseline and every standard variant, by name."""
    from sim.analysis.experiments.studies import BASELINE
    from sim.scenario import standard_variants

    return {BASELINE: None, **{one.name: one for one in standard_variants(resolved)}}


def jobs_of(asked: StudyFile, resolved: ResolvedScenario) -> list[Job]:
    """Every cell that a study needs, in the order in which they are run."""
    names = list(resolved.formats)
    everything = tuple(range(len(names)))
    lines = _lines(asked, resolved)
    calendars = {name: one.calendar.rounds_per_month for name, one in resolved.formats.items()}
    jobs: list[Job] = []
    for variant in _variants(resolved):
        jobs.append(Job(variant, ("base",)))
        for n, line in enumerate(lines):
            party, _, name = line.partition(".")
            jobs.append(Job(variant, ("line", n), (f"parties.{party}.red_lines.{name}.firmness=0",)))
        jobs += [Job(variant, ("standing", n), overrides=(one,)) for n, one in enumerate(asked.without_standing)]
        jobs += [Job(variant, ("split", n), split=one) for n, one in enumerate(asked.split)]
        if asked.contacts is not None:
            times = asked.contacts
            sets = tuple(f"formats.{k}.calendar.rounds_per_month={n * times}" for k, n in calendars.items())
            jobs.append(Job(variant, ("contacts",), sets))
    jobs = [replace(job, formats=everything) for job in jobs]
    return jobs + _pressure_jobs(asked, names)


def _lines(asked: StudyFile, resolved: ResolvedScenario) -> list[str]:
    """The red lines asked about."""
    return line_names(resolved) if asked.lines == "all" else list(asked.lines)


def _pressure_jobs(asked: StudyFile, names: list[str]) -> list[Job]:
    """The grid of one lever, at three kinds of foresight, in one format."""
    grid = asked.pressure
    if grid is None:
        return []
    where = (names.index(grid.format or asked.formats.narrow),)
    lever = f"parties.{grid.patron}.leverage.{grid.target}"
    jobs: list[Job] = []
    for (g, overrides), variant in product(enumerate(_grids(asked)), FORESIGHTS):
        jobs.append(Job(variant, ("unpressed", g), overrides=overrides, formats=where))
        for (a, ability), (m, motive) in product(enumerate(grid.ability), enumerate(grid.motive)):
            sets = (f"{lever}.ability={ability}", f"{lever}.motive={motive}")
            jobs.append(Job(variant, ("press", g, a, m), sets, overrides, formats=where))
    return jobs


def _grids(asked: StudyFile) -> list[tuple[str, ...]]:
    """The overrides of each grid of pressure: none, and those of the second grid if there is one."""
    again = asked.pressure.again_with if asked.pressure else ()
    return [(), again] if again else [()]


def _run_all(asked: StudyFile, source: Path, resolved: ResolvedScenario, size: Size, *, quiet: bool) -> Study:
    """Run all jobs with a progress bar, and sort their cells."""
    jobs = jobs_of(asked, resolved)
    total = sum(len(job.formats) * size.draws_of(job) for job in jobs) * size.replications
    cells: dict[tuple[str, tuple[Any, ...]], Cell] = {}
    with Bar(total, quiet=quiet) as bar:
        for job, encoder in _encoders(asked, source, resolved, jobs=jobs, seed=size.seed):
            bar.say(f"{job.variant}: {job.change[0]}")
            cells[job.variant, job.change] = _run_cell(encoder, job, size, bar)
    return _sorted(asked, resolved, size, cells, n_runs=total)


def _encoders(
    asked: StudyFile, source: Path, resolved: ResolvedScenario, *, jobs: Sequence[Job], seed: int
) -> Iterator[tuple[Job, Source]]:
    """Each job with the arrays it runs on; the scenario file is read once."""
    from sim.analysis.experiments.clones import SplitParty
    from sim.scenario import Encoder, load_raw, read_raw

    raw = read_raw(source)
    unpressed = _without_lever(asked, raw)
    variants = _variants(resolved)
    for job in jobs:
        data = unpressed if job.change[0] == "unpressed" else raw
        made = load_raw(data, name=str(source), sets=job.sets, overrides=job.overrides, variant=variants[job.variant])
        encoder: Source = Encoder(_talks_alone(made), seed=seed)
        if job.split is not None:
            encoder = SplitParty(encoder, list(made.parties).index(job.split))
        yield job, encoder


def _talks_alone(resolved: ResolvedScenario) -> ResolvedScenario:
    """The scenario without tracks and without the formats that are only their legs: a study is about single formats."""
    kept = {key: one for key, one in resolved.formats.items() if not one.only_in_tracks}
    return resolved.model_copy(update={"tracks": {}, "formats": kept})


def _without_lever(asked: StudyFile, raw: Mapping[str, Any]) -> dict[str, Any]:
    """The scenario with the lever of the study taken out; of its overrides only those of the study's grid stay."""
    data = copy.deepcopy(dict(raw))
    if asked.pressure is not None:
        data["parties"][asked.pressure.patron]["leverage"].pop(asked.pressure.target, None)
        kept = asked.pressure.again_with
        data["overrides"] = {name: one for name, one in (data.get("overrides") or {}).items() if name in kept}
        data.pop("scenarios", None)
    return data


def _run_cell(encoder: Source, job: Job, size: Size, bar: Bar) -> Cell:
    """Run one cell."""
    from sim.analysis.experiments.studies import CellCounter
    from sim.engines.batch import run_blocks

    draws = size.draws_of(job)
    counter = CellCounter(encoder.structure, job.formats, n_draws=draws, replications=size.replications)
    block = min(128, max(1, -(-draws // _PIECES)))
    for first, runs in run_blocks(
        encoder,
        n_draws=draws,
        replications=size.replications,
        formats=job.formats,
        threads=size.threads,
        block=block,
    ):
        counter.add(first, runs)
        bar.add(len(runs.outcome))
    return counter.result()


def _sorted(
    asked: StudyFile,
    resolved: ResolvedScenario,
    size: Size,
    cells: Mapping[tuple[str, tuple[Any, ...]], Cell],
    *,
    n_runs: int,
) -> Study:
    """Cells by question."""
    from sim.analysis.experiments.studies import Changed, Study
    from sim.scenario import Encoder

    names, variants = list(resolved.formats), _variants(resolved)
    structure = Encoder(resolved, seed=size.seed).structure
    party_names = {one.id: one.name for one in structure.parties}

    def changed(label: str, *key: Any) -> Changed:
        return Changed(label, {variant: cells[variant, key] for variant in variants})

    lines = _lines(asked, resolved)
    return Study(
        structure=structure,
        n_draws=size.draws,
        n_variant_draws=size.few,
        replications=size.replications,
        narrow=names.index(asked.formats.narrow),
        wide=tuple(names.index(name) for name in asked.formats.wide),
        variants={name: one.sentence if one else "As the file says." for name, one in variants.items()},
        base={variant: cells[variant, ("base",)] for variant in variants},
        pressure=_pressure(asked, names, structure, cells),
        lines_off=tuple(changed(_line_label(name, party_names), "line", n) for n, name in enumerate(lines)),
        standing_off=tuple(changed(name, "standing", n) for n, name in enumerate(asked.without_standing)),
        clones=tuple(changed(party_names[name], "split", n) for n, name in enumerate(asked.split)),
        contacts=changed(f"{asked.contacts} times the rounds a month", "contacts") if asked.contacts else None,
        bound=asked.bound,
        n_runs=n_runs,
    )


def _line_label(name: str, party_names: Mapping[str, str]) -> str:
    party, _, line = name.partition(".")
    return f"{party_names[party]}: {line}"


def _pressure(
    asked: StudyFile,
    names: list[str],
    structure: Structure,
    cells: Mapping[tuple[str, tuple[Any, ...]], Cell],
) -> tuple[Pressure, ...]:
    """The grids of the lever, if the study asks for one."""
    from sim.analysis.experiments.studies import Pressure

    grid = asked.pressure
    if grid is None:
        return ()
    parties = {one.id: (p, one.name) for p, one in enumerate(structure.parties)}
    return tuple(
        Pressure(
            format_index=names.index(grid.format or asked.formats.narrow),
            overrides=overrides,
            patron=parties[grid.patron][1],
            target=parties[grid.target][1],
            target_index=parties[grid.target][0],
            ability=grid.ability,
            motive=grid.motive,
            cells={(v, *key[2:]): cell for (v, key), cell in cells.items() if key[:2] == ("press", g)},
            without={v: cells[v, ("unpressed", g)] for v in FORESIGHTS},
        )
        for g, overrides in enumerate(_grids(asked))
    )
