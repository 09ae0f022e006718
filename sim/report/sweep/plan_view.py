"""A design before it is played: how much it is, and its factors; for the terminal."""

from __future__ import annotations

from rich.console import RenderableType
from rich.text import Text

from sim.report.sweep.sweep_tables import factor_table
from sim.report.sweep.sweep_words import formats_words
from sim.report.words.language import count, say, spoken
from sim.sweep.design import Design
from sim.sweep.sweep_estimate import SweepEstimate


def plan_view(design: Design, expected: SweepEstimate) -> list[RenderableType]:
    """How much there is to play, in a paragraph, and the factors with their levels."""
    structure = design.scenario.encoder(seed=design.runs.seed, language=spoken()).structure
    return [plan_sentence(design, expected), "", factor_table(design, structure).rich(inline=True)]


def plan_sentence(design: Design, expected: SweepEstimate) -> Text:
    """Cells, points, formats, draws, replications; runs and parts that are missing, with seconds and megabytes."""
    cells = say(", in {cells} cells", cells=count(len(design.cells))) if len(design.cells) > 1 else ""
    size = say(
        "{points} design points{cells}; {formats}, {draws} draws and {replications} replications each: {runs} runs.",
        points=count(design.n_points),
        cells=cells,
        formats=formats_words(design),
        draws=count(design.runs.draws),
        replications=count(design.runs.replications),
        runs=count(design.n_runs),
    )
    if not expected.all_runs:
        return Text(f"{size} {say('Nothing of it falls to this shard: it has fewer blocks than there are shards.')}")
    if not expected.runs:
        return Text(f"{size} {say('All of it is there.')}")
    seconds = max(1, round(expected.core_seconds))
    work = say(
        "To be played: {runs} runs in {parts} parts, about {time} of one processor, {megabytes} MB on disk.",
        runs=count(expected.runs),
        parts=count(expected.parts),
        time=say("a second") if seconds == 1 else say("{seconds} seconds", seconds=count(seconds)),
        megabytes=count(max(1, round(expected.megabytes))),
    )
    return Text(f"{size} {work} {say('Every level of every factor was loaded and checked; nothing was kept.')}")
