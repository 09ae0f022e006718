"""Where along a track it is decided: stacked bars per leg, the table, and a line for the terminal."""

from __future__ import annotations

from sim.analysis.comparison.results import Comparison, FormatResult
from sim.analysis.comparison.track_results import TrackResult
from sim.report.canvas.palette import MUTED, OUTCOME_WORDS, READING_ORDER
from sim.report.canvas.sheet import WIDTH, Drawing, Sheet, wrapped
from sim.report.canvas.symbols import heading, legend, outcome_bar, outcome_colours
from sim.report.comparison.page_tables import likelihood
from sim.report.words.language import say
from sim.report.words.table_writers import Row, Table, TableCell
from sim.report.words.words import interval, percent, shown
from sim.types import Outcome

NOT_HELD = "Not held: settled before"
BAR, THIN = 13.0, 5.0
"""Heights in points: of a leg's bar, and of the same format alone."""


def tracks_of(comparison: Comparison) -> list[tuple[int, FormatResult, TrackResult]]:
    """The tracks with their places in the comparison."""
    return [(slot, result, result.track) for slot, result in enumerate(comparison.formats) if result.track is not None]


def legs_figure(comparison: Comparison) -> Drawing:
    """Stacked bars: how each leg of each track ends, over all runs, with the same format alone as a thin bar."""
    sheet = Sheet()
    y = legend(sheet, {**outcome_colours(), say(NOT_HELD): ("", 1.0)})
    for slot, result, track in tracks_of(comparison):
        y = heading(sheet, y + 9, slot, result)
        for number, leg in enumerate(track.legs, start=1):
            y += 9
            words = say("Leg {number}: {format}", number=number, format=shown(leg.name))
            sheet.text(0, y, wrapped(words, WIDTH - 90, 7.0, 1)[0], size=7.0)
            words = say("decided here {share}", share=percent(leg.decided.value))
            sheet.text(WIDTH, y, words, size=7.0, at="right", colour=MUTED)
            y += 4
            outcome_bar(sheet, y, leg.of_all, height=BAR)
            y += BAR
            if leg.alone:
                outcome_bar(sheet, y + 1.5, leg.alone, height=THIN, labels=False)
                y += THIN + 1.5
            y += 4
        y += 4
    return sheet.finished(
        "legs",
        say("Where along the track it is decided"),
        say(
            "How each leg of a track ends, as shares of all runs; the empty part is where a leg was not held because "
            "one before it had settled. A thin bar below is the same format on its own, where it was compared too."
        ),
        y,
    )


def leg_table(comparison: Comparison) -> Table:
    """Legs x outcomes: of the runs in which the leg was held, with the same format alone in small."""
    rows: list[Row] = []
    bands: dict[int, str] = {}
    for slot, result, track in tracks_of(comparison):
        bands[len(rows)] = f"{slot + 1}  {shown(result.name)}"
        for number, leg in enumerate(track.legs, start=1):
            name, ends = f"{number}. {shown(leg.name)}", (likelihood(leg.if_held[k]) for k in READING_ORDER)
            rows.append((name, likelihood(leg.held), likelihood(leg.decided), *ends))
            if leg.alone:
                alone = (likelihood(leg.alone[k]) for k in READING_ORDER)
                rows.append((TableCell("", say("the same alone")), "", "", *alone))
        if track.inherited.value > 0.0:
            name = TableCell(say("After the last leg"), say("by what legs had left in force"))
            rows.append((name, "", likelihood(track.inherited), *[""] * len(READING_ORDER)))
    note = say(
        "Held and decided here: share of all runs, with 95% intervals. Decided here: the leg settled the core, and the "
        "track ended. The outcomes are shares of the runs in which the leg was held; below them those of the same "
        "format on its own, where it was compared too. Runs that reach a later leg are those in which the ones "
        "before did not settle, and what these left behind (texts in force, distrust, levers spent) goes along."
    )
    head = (say("Leg"), say("Held"), say("Decided here"), *(say(OUTCOME_WORDS[k]) for k in READING_ORDER))
    return Table(say("Legs of the tracks: how each ended"), head, tuple(rows), bands, note=note)


def track_line(result: FormatResult) -> str:
    """Where a track is decided, in a line: `leg 1 (A) 12% (10-15), leg 2 (B) 3% (2-5), never 85%`."""
    if result.track is None:
        return ""
    parts = [
        say(
            "leg {number} ({format}) {share} ({interval})",
            number=number,
            format=shown(leg.name),
            share=percent(leg.decided.value),
            interval=interval(leg.decided),
        )
        for number, leg in enumerate(result.track.legs, start=1)
    ]
    if result.track.inherited.value > 0.0:
        parts.append(say("after the last {share}", share=percent(result.track.inherited.value)))
    settled = percent(result.outcomes[Outcome.SETTLEMENT].value)
    return say("Settled in {legs}; in all {share}.", legs=", ".join(parts), share=settled)
