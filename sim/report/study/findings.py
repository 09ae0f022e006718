"""The findings of a study as one page of Markdown with its figures. Every sentence is worded from the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sim.analysis.comparison.results import CONDITIONAL, INTERVAL_NOTE
from sim.analysis.experiments.studies import Study
from sim.report.comparison.figures import save_all
from sim.report.study.findings_changes import bounded, changes, contacts, pressure
from sim.report.study.findings_figure import pressure_figure
from sim.report.study.findings_formats import degeneracy, seats, who_stops
from sim.report.study.findings_words import format_names
from sim.report.words.markdown_page import Part, markdown_page
from sim.report.words.table_writers import Table
from sim.report.words.words import percent

IMAGES = "images"
FIGURE = "findings-pressure"


def write_findings(study: Study, page: Path, command: str) -> None:
    """Write the page, and its figures into a folder beside it; `command` makes the page again."""
    page.parent.mkdir(parents=True, exist_ok=True)
    figures = [FIGURE + (f"-{n}" if n > 1 else "") for n, _ in enumerate(study.pressure, start=1)]
    if figures:
        drawings = [pressure_figure(grid, name) for grid, name in zip(study.pressure, figures, strict=True)]
        save_all(drawings, page.parent / IMAGES)
    scenario, numbers = study.scenario, study.numbers
    assumed = sum(row.basis == "assumed" for row in numbers)
    share = percent(assumed / len(numbers) if numbers else float("nan"))
    facts = (
        ("Made by", f"`{command}`"),
        ("Scenario", f"`{scenario.id}`, digest `{scenario.digest}`"),
        ("Seed", str(study.size.seed)),
        ("Size", _size(study)),
    )
    text = markdown_page(
        f"Findings: {scenario.title}",
        f"{CONDITIONAL} {assumed} of its {len(numbers)} numbers ({share}) are assumed.",
        f"{INTERVAL_NOTE} Differences are paired: all cells share draws and chance. Some of so many intervals exclude "
        "zero by luck alone (one in twenty where nothing differs). A statement is flagged *flips under* where a "
        "variant puts the difference beyond simulation error on the other side of zero.",
        Table("", ("", ""), facts),
        *_formats_and_variants(study),
        *_sections(study, [f"{IMAGES}/{name}.svg" for name in figures]),
        change="the study file or the scenario",
    )
    page.write_text(text, encoding="utf-8")


def _size(study: Study) -> str:
    size, few = study.size, study.n_variant_draws
    return (
        f"{size.replications} replications of each of {size.draws} draws (variants: {few} draws; "
        f"the grid of pressure: {size.draws}), {study.n_runs:,} runs in all"
    )


def _formats_and_variants(study: Study) -> list[Part]:
    parties, formats = study.structure.parties, study.structure.formats
    note = "Variants:"
    if study.n_variant_draws < study.size.draws:
        note = (
            f"Variants, each on the first {study.n_variant_draws} of the draws: between two rows of a table, part of a "
            "difference is the draws, but every change is taken against the same draws of the same variant."
        )
    seated = [", ".join(parties[p].name for p in info.seats) for info in formats]
    return [
        "Formats, with their seats:",
        [f"{name}: {names}" for name, names in zip(format_names(study), seated, strict=True)],
        note,
        Table("", ("Variant", "Rule"), tuple(study.variants.items())),
    ]


def _sections(study: Study, pictures: Sequence[str]) -> list[Part]:
    """The sections that the study file asks for, numbered in order."""
    sections = {
        f"Who stops a text of {format_names(study)[study.narrow]}, and on what": who_stops(study),
        "What further seats do to the number of texts and to how long they hold": seats(study),
        "Ability times motive: pressure from none to high": pressure(study, pictures),
        "Each red line off, one at a time": changes(study, study.lines_off, "Line off"),
        "Standing off": changes(study, study.standing_off, "Override"),
        "The clone test": bounded(study, study.clones, "Party split"),
        "More contacts": contacts(study),
        "Degeneracy": degeneracy(study),
    }
    asked = [(title, parts) for title, parts in sections.items() if parts]
    return [part for n, (title, parts) in enumerate(asked, start=1) for part in (f"## {n}. {title}", *parts)]
