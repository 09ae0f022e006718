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
from sim.report.words.markdown_parts import section
from sim.report.words.table_writers import Table
from sim.report.words.templating import render_page
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
    assumed = sum(row.basis == "assumed" for row in study.numbers)
    text = render_page(
        "findings.md.j2",
        study=study,
        command=command,
        assumed=assumed,
        share=percent(assumed / len(study.numbers) if study.numbers else float("nan")),
        names=format_names(study),
        variants=Table("", ("Variant", "Rule"), tuple(study.variants.items())),
        sections=_sections(study, [f"{IMAGES}/{name}.svg" for name in figures]),
        conditional=CONDITIONAL,
        interval_note=INTERVAL_NOTE,
    )
    page.write_text(text, encoding="utf-8")


def _sections(study: Study, pictures: Sequence[str]) -> dict[str, str]:
    """The sections that the study file asks for, in order."""
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
    return {title: section(parts) for title, parts in sections.items() if parts}
