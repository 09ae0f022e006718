"""A sweep as one page and as a few lines for the terminal; nothing here computes a statistic.

The page is self-contained: no network, no script, light and dark, phone and print.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from rich.console import RenderableType
from rich.text import Text

from sim.analysis.comparison.results import CONDITIONAL, INTERVAL_NOTE, MEASURES
from sim.report.canvas.sheet import Drawing
from sim.report.comparison.number_tables import cited
from sim.report.sweep import factor_words, index_figures, response_figures, sweep_tables, sweep_words
from sim.report.words import words
from sim.report.words.language import count, say, spoken
from sim.report.words.table_writers import Table, badge, render_page
from sim.scenario import in_language
from sim.sweep.design import Design
from sim.sweep.designs.compare_line import compare_command
from sim.sweep.folders.folder_files import SCENARIO
from sim.sweep.sweep_findings import MOST_PANELS, Panel, SweepFindings, findings
from sim.sweep.sweep_result import SweepResult
from sim.types import Structure

MOST_ABREAST = 4
"""Formats up to which a terminal has intervals beside their shares; below them for more."""


def render(result: SweepResult, command: str) -> str:
    """The page as HTML, in the language chosen; `command` made it."""
    design = result.design
    found = said_findings(result)
    encoder = design.scenario.encoder(seed=design.runs.seed, language=spoken())
    scenario, structure = in_language(design.scenario.resolved, spoken()), encoder.structure
    names = sweep_words.names_of(design)
    panels = [drawn(panel, found, design, structure) for panel in found.panels[:MOST_PANELS]]
    swept = {path for factor in design.numbers for path in factor.steering.targets[:1]}
    numbers = [row for row in encoder.numbers() if row.path in swept]
    return render_page(
        "sweep.html.j2",
        design=design,
        found=found,
        scenario=scenario,
        structure=structure,
        infos={info.id: info for info in structure.formats},
        names=names,
        command=command,
        place=result.folder.place,
        point=(point := example_point(found)),
        line=compare_command(design, point, result.folder.place / SCENARIO),
        digest="" if result.n_missing else result.folder.digest(),
        versions=result.folder.record["versions"],
        failures=result.folder.failures.rows(),
        panels=panels,
        maps=grouped(panels, design, _map_key),
        causes=grouped(panels, design, _cause_key),
        boxes=grouped(panels, design, _box_key),
        sentences=sweep_words.summary_sentences(found, design, result.n_missing),
        stories=sweep_words,
        tables=sweep_tables,
        references=scenario.references or {},
        cited=cited(numbers, scenario.references or {}),
        measure=say(MEASURES[found.measure]),
        most_panels=MOST_PANELS,
        conditional=say(CONDITIONAL),
        interval_note=say(INTERVAL_NOTE),
        words=words,
        count=count,
        show=partial(Table.html, names=names),
        badge=partial(badge, names=names),
        cell_words=factor_words.cell_words,
        most=index_figures.MOST,
    )


def said_findings(result: SweepResult) -> SweepFindings:
    """The findings of a sweep, with formats and factors called as prose calls them."""
    design = result.design
    return findings(result, sweep_words.names_of(design), sweep_words.labels_of(design))


@dataclass(frozen=True)
class PanelGroup:
    """Panels of one sample of which a section of the page says the same: the first is drawn."""

    title: str
    note: str
    """Which of them is drawn."""
    one: DrawnPanel


def grouped(panels: Sequence[DrawnPanel], design: Design, key: Callable[[DrawnPanel], object]) -> list[PanelGroup]:
    """Panels of which there is something to say (`key` is not None), those of one sample and one key together."""
    groups: dict[object, list[DrawnPanel]] = defaultdict(list)
    for one in panels:
        if (found := key(one)) is not None:
            groups[one.panel.sample, found].append(one)
    return [_group(same, len(panels), design) for same in groups.values()]


def _group(same: Sequence[DrawnPanel], n_panels: int, design: Design) -> PanelGroup:
    first = same[0]
    if len(same) == 1:
        return PanelGroup(first.title if n_panels > 1 else "", "", first)
    if len(same) == len(design.cells):
        title = say("The same in all cells")
    else:
        title = say("The same in {count} cells: {cells}", count=len(same), cells=words.listed([p.title for p in same]))
    return PanelGroup(
        title,
        say(
            "The same is told in them, though numbers differ; the numbers and figures here are those of the first: "
            "{cell}.",
            cell=first.title,
        ),
        first,
    )


def _map_key(one: DrawnPanel) -> object:
    """Which format leads at which points."""
    turn = one.panel.tipping
    same = one.panel.leader.tobytes(), turn.side.tobytes() if turn is not None else b""
    return same if one.turn or one.switch else None


def _cause_key(one: DrawnPanel) -> object:
    """Which factors are told to move the answer, or each format alone, in their order."""
    panel = one.panel
    if not (one.causes or one.more):
        return None
    moving = [
        (id_, tuple(by.factor for by in index_figures.by_total(of) if by.moves)) for id_, of in panel.indices.items()
    ]
    effects = panel.effects.factors if panel.effects is not None else ()
    walks = sorted((one for one in effects if one.moves), key=lambda one: -one.mu_star.value)
    steps = [(id_, tuple((by.factor, by.level, by.side) for by in of.steps)) for id_, of in panel.steps.items()]
    return tuple(moving), tuple(by.factor for by in walks), tuple(steps)


def _box_key(one: DrawnPanel) -> object:
    """What the boxes and the tree ask, without the shares."""
    panel = one.panel
    if not panel.boxes and panel.tree is None:
        return None
    boxes = tuple((slot, tuple(by.inside for by in box.restrictions)) for slot, box in panel.boxes)
    return boxes, tuple(node.split for node in panel.tree.nodes) if panel.tree is not None else ()


def example_point(found: SweepFindings) -> int:
    """A point whose line the page shows: the first at which some format is told to lead, if there is one."""
    leader = np.concatenate([panel.leader for panel in found.panels])
    return int((leader >= 0).argmax())


@dataclass(frozen=True)
class DrawnPanel:
    """A panel with its figures."""

    panel: Panel
    title: str
    turn: tuple[Drawing, ...]
    """Lines or maps of the answer."""
    switch: tuple[tuple[str, Drawing], ...]
    """Measures, in words, each with its maps."""
    causes: tuple[Drawing, ...]
    """What the answer turns on."""
    more: tuple[Drawing, ...]
    """The same for each format."""
    boxes: tuple[Drawing, ...]
    averaged: tuple[str, ...]
    """Factors over which lines and maps are averaged."""


def drawn(panel: Panel, found: SweepFindings, design: Design, structure: Structure) -> DrawnPanel:
    """The panel with every figure that its sample allows."""
    names = sweep_words.names_of(design)
    answer = sweep_words.answer_words(found, design)
    causes = [index_figures.index_bars(one, name="indices", answer=answer) for one in _told(panel, "")]
    if panel.effects is not None and panel.effects.factors:
        causes.append(index_figures.screening(panel.effects, answer=answer))
    measure = say(MEASURES[found.measure])
    more = [
        index_figures.index_bars(one, name=f"indices_{id_}", answer=f"{measure}, {name}")
        for id_, name in zip(design.formats, names, strict=True)
        for one in _told(panel, id_)
    ]
    more += [
        index_figures.step_bars(one, name=f"steps_{id_}", answer=f"{measure}, {names[slot]}")
        for slot, (id_, one) in enumerate(panel.steps.items())
        if one.steps
    ]
    boxes = tuple(
        index_figures.trajectory(box, name=f"box_{slot}", answer=say("{format} leads", format=names[slot]))
        for slot, box in panel.boxes
        if len(box.trajectory) > 1
    )
    labels = factor_words.factor_labels(design, structure)
    axes = [factor_words.swept_factor(design.numbers[axis], structure, labels[axis]) for axis in panel.axes]
    averaged = [labels[k] for k in design.movers if k not in panel.axes] if axes else []
    return DrawnPanel(
        panel=panel,
        title=sweep_words.panel_title(panel, design),
        turn=tuple(_turn(panel, found, names, axes)),
        switch=tuple(_switch(panel, found, names, axes)),
        causes=tuple(causes),
        more=tuple(more),
        boxes=boxes,
        averaged=tuple(averaged),
    )


def _told(panel: Panel, of: str) -> list[index_figures.PickFreezeIndices]:
    """Indices of an answer, where there is something to divide."""
    return [panel.indices[of]] if of in panel.indices and panel.indices[of].factors else []


def _turn(
    panel: Panel, found: SweepFindings, names: Sequence[str], axes: Sequence[factor_words.SweptFactor]
) -> list[Drawing]:
    """The difference of the two leading formats over two factors, and who leads where there are more than two."""
    if len(axes) != 2:
        return []
    heat, factors, figures = panel.maps[found.measure], (axes[0], axes[1]), list[Drawing]()
    if panel.tipping is not None:
        pair, runs = (found.pair[0], found.pair[-1]), response_figures.cell_runs(heat)
        figures.append(response_figures.gap_map(panel.tipping, factors, pair, measure=found.measure, runs=runs))
    if panel.others:
        figures.append(
            response_figures.gap_maps(panel.others, found.top.highest[0], factors, names, measure=found.measure)
        )
    if len(names) > 2 and panel.leader.size == heat.points.size and np.ptp(panel.leader):
        leader = panel.leader.reshape(heat.points.shape)
        figures.append(response_figures.leader_map(heat, leader, factors, names, measure=found.measure))
    return figures


def _switch(
    panel: Panel, found: SweepFindings, names: Sequence[str], axes: Sequence[factor_words.SweptFactor]
) -> list[tuple[str, Drawing]]:
    """Each measure with its maps or lines."""
    switch: list[tuple[str, Drawing]] = []
    for measure, heat in panel.maps.items():
        if len(axes) == 2:
            drawing = response_figures.share_maps(heat, (axes[0], axes[1]), names, measure=measure)
        else:
            turn = panel.tipping if measure == found.measure else None
            drawing = response_figures.lines(heat, turn, axes[0], names, measure=measure)
        switch.append((say(MEASURES[measure]), drawing))
    return switch


def summary(result: SweepResult) -> list[RenderableType]:
    """What a terminal shows: the answer in a paragraph, and at most two small tables."""
    design = result.design
    found = said_findings(result)
    structure = design.scenario.encoder(seed=design.runs.seed, language=spoken()).structure
    sentences = sweep_words.summary_sentences(found, design, result.n_missing)
    second = sweep_tables.stopper_table(found, design, structure)
    if len(found.panels) > 1:
        second = sweep_tables.cell_table(found, design)
    return [
        Text.assemble((design.scenario.resolved.title, "bold"), "\n", (design.name, "dim")),
        "",
        Text(" ".join(filter(None, sentences))),
        "",
        sweep_tables.overview_table(found, design).rich(inline=True),
        "",
        second.rich(inline=len(design.formats) <= MOST_ABREAST),
        "",
        Text(f"{say(INTERVAL_NOTE)} {say(CONDITIONAL)}", style="dim"),
    ]
