"""Where along a track it is decided: stacked bars per leg, the table, and a line for the terminal."""

from __future__ import annotations

from sim.analysis.comparison.results import Comparison, FormatResult
from sim.analysis.comparison.track_results import LegResult
from sim.analysis.statistics.intervals import Estimate
from sim.report.canvas.marks import heading
from sim.report.canvas.palette import DARK_LABEL, MUTED, ON_FILL, OUTCOME_FILL, OUTCOME_WORDS, READING_ORDER, RULE
from sim.report.canvas.sheet import WIDTH, Drawing, Sheet, wrapped
from sim.report.comparison.page_tables import Cell, Table
from sim.report.words.language import say
from sim.report.words.words import NOTHING, interval, percent, shown
from sim.types import Outcome

WHITE = "#ffffff"
NOT_HELD = "Not held: settled before"
BAR, THIN = 13.0, 5.0
"""Heights in points: of a leg's bar, and of the same format alone."""


def tracks_of(comparison: Comparison) -> list[tuple[int, FormatResult]]:
    """The tracks with their places in the comparison."""
    return [(slot, result) for slot, result in enumerate(comparison.formats) if result.track is not None]


def legs_figure(comparison: Comparison) -> Drawing:
    """Stacked bars: how each leg of each track ends, over all runs, with the same format alone as a thin bar."""
    sheet = Sheet()
    y = _legend(sheet)
    for slot, result in tracks_of(comparison):
        y += 9
        heading(sheet, y, slot, result)
        y += 5
        for number, leg in enumerate(result.track.legs if result.track else (), start=1):
            y += 9
            words = say("Leg {number}: {format}", number=number, format=shown(leg.name))
            sheet.text(0, y, wrapped(words, WIDTH - 90, 7.0, 1)[0], size=7.0)
            words = say("decided here {share}", share=percent(leg.decided.value))
            sheet.text(WIDTH, y, words, size=7.0, at="right", colour=MUTED)
            y += 4
            _bar(sheet, y, leg.of_all, height=BAR)
            y += BAR
            if leg.alone:
                _bar(sheet, y + 1.5, leg.alone, height=THIN, labels=False)
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


def _legend(sheet: Sheet) -> float:
    """The outcomes with their colours, and an empty box for legs not held; returns the y below."""
    x, y = 0.0, 9.0
    entries = [(OUTCOME_FILL[outcome], say(OUTCOME_WORDS[outcome])) for outcome in READING_ORDER]
    entries.append(("", say(NOT_HELD)))
    for fill, words in entries:
        width = 11 + 4.6 * len(words) + 8
        if x + width > WIDTH:
            x, y = 0.0, y + 13
        if fill:
            sheet.rect(x, y - 7, 8, 8, fill=fill)
        else:
            corners = [(x, y - 7), (x + 8, y - 7), (x + 8, y + 1), (x, y + 1), (x, y - 7)]
            sheet.line(corners, RULE)
        sheet.text(x + 11, y, words, size=7.5)
        x += width
    return y + 10


def _bar(sheet: Sheet, y: float, shares: tuple[Estimate, ...], *, height: float, labels: bool = True) -> None:
    """One stacked bar; what is missing to the whole width is only framed."""
    frame = [(0.0, y), (WIDTH, y), (WIDTH, y + height), (0.0, y + height), (0.0, y)]
    if sum(share.value for share in shares) < 0.999:
        sheet.line(frame, RULE)
    x = 0.0
    for outcome in READING_ORDER:
        width = shares[outcome].value * WIDTH
        sheet.rect(x, y, width - min(0.6, width / 2), height, fill=OUTCOME_FILL[outcome])
        label = percent(shares[outcome].value)
        if labels and width > 5.6 * len(label):
            colour = ON_FILL if outcome in DARK_LABEL else WHITE
            sheet.text(x + width / 2, y + 9.3, label, size=7.0, at="center", colour=colour)
        x += width


def leg_table(comparison: Comparison) -> Table:
    """Legs x outcomes: of the runs in which the leg was held, with the same format alone in small."""
    words = [Cell(say(OUTCOME_WORDS[k])) for k in READING_ORDER]
    head = (Cell(say("Leg"), left=True), Cell(say("Held")), Cell(say("Decided here")), *words)
    rows: list[tuple[Cell, ...]] = []
    bands: dict[int, str] = {}
    for slot, result in tracks_of(comparison):
        if result.track is None:
            continue
        bands[len(rows)] = f"{slot + 1}  {shown(result.name)}"
        for number, leg in enumerate(result.track.legs, start=1):
            rows += _leg_rows(number, leg)
        if result.track.inherited.value > 0.0:
            name = Cell(say("After the last leg"), say("by what legs had left in force"), left=True)
            blanks = (Cell(),) * len(READING_ORDER)
            rows.append((name, Cell(), _share(result.track.inherited), *blanks))
    note = say(
        "Held and decided here: share of all runs, with 95% intervals. Decided here: the leg settled the core, and the "
        "track ended. The outcomes are shares of the runs in which the leg was held; below them those of the same "
        "format on its own, where it was compared too. Runs that reach a later leg are those in which the ones "
        "before did not settle, and what these left behind (texts in force, distrust, levers spent) goes along."
    )
    return Table(say("Legs of the tracks: how each ended"), head, tuple(rows), bands, note=note)


def _leg_rows(number: int, leg: LegResult) -> list[tuple[Cell, ...]]:
    """The leg, and below it the same format alone."""
    name = Cell(f"{number}. {shown(leg.name)}", left=True)
    rows = [(name, _share(leg.held), _share(leg.decided), *(_share(leg.if_held[k]) for k in READING_ORDER))]
    if leg.alone:
        rows.append(
            (Cell("", say("the same alone"), left=True), Cell(), Cell(), *(_share(leg.alone[k]) for k in READING_ORDER))
        )
    return rows


def _share(found: Estimate) -> Cell:
    return Cell(percent(found.value), interval(found)) if found.known else Cell(NOTHING)


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
