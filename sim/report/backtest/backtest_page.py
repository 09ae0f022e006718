"""A back-test for people and programs: pages of HTML and Markdown, figures, a terminal of 120 columns, files.

In English only.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import RenderableType
from rich.text import Text

from sim.analysis.backtest.backtest_scores import Evaluation, Scored, issue_rows
from sim.analysis.backtest.stored_fit import fingerprint, stored_text
from sim.analysis.positions.forecasters import FORECASTERS
from sim.app.backtest import BacktestResult
from sim.app.harness import write_rows
from sim.report.backtest.backtest_tables import MAIN, all_tables, headlines, how_words
from sim.report.canvas.palette import ACCENT, INK, MUTED, RULE, WARM
from sim.report.canvas.sheet import WIDTH, Drawing, Sheet, wrapped
from sim.report.canvas.symbols import Axis
from sim.report.words.plain import report_line
from sim.report.words.table_writers import TableCell, render_page
from sim.report.words.words import percent
from sim.types.records import to_data

COLOURS = (ACCENT, WARM, "#14805f")
"""Of `MAIN`."""
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
_SIDE, _LEFT, _TOP, _HEIGHT = 200.0, 40.0, 8.0, 90.0
LONG = 60
"""Cells with so many letters are text."""
CONDITIONAL = (
    "Scores hold for issues like these, decided in an institution like theirs; the fit says how this process fits such "
    "decisions, not how people behave everywhere."
)
UNSAID = "Without a word behind it, the 95% interval of a difference holds 0, or there are too few proposals for one."


def render(result: BacktestResult, command: str, credit: str = "", *, template: str = "backtest.html.j2") -> str:
    """The page as HTML, or by another template as Markdown; `credit` says where the table comes from."""
    tables = all_tables(result)
    if template.endswith("html.j2"):  # intervals are kept on one line
        for key, table in tables.items():
            tables[key] = replace(table, rows=tuple((row[0], *map(_unbroken, row[1:])) for row in table.rows))
    return render_page(
        template,
        title=f"Back-test on {result.request.file.name}",
        command=command,
        credit=credit,
        fingerprint=fingerprint(result.request.table.issues),
        tables=tables,
        how=how_words(result),
        headlines=headlines(result, result.overall),
        figures=all_figures(result.overall),
        conditional=CONDITIONAL,
    )


def _unbroken(cell: TableCell | str) -> TableCell | str:
    """Lines may end between a number with its interval and the words on it, and wherever there is no number."""
    if isinstance(cell, TableCell) or len(cell) >= LONG or not any(map(str.isdigit, cell)):
        return cell
    return ", ".join(words.replace(" ", "\N{NO-BREAK SPACE}") for words in cell.split(", "))


def view(result: BacktestResult, report: Path | None = None) -> Iterator[RenderableType]:
    """What a terminal shows: sentences, the tables with what a reader looks at first, and where the page is."""
    # Texts as `Text` are wrapped here, not by the terminal.
    yield Text(how_words(result))
    yield from (Text(f"- {words}") for words in headlines(result, result.overall))
    for table in all_tables(result, brief=True).values():
        yield ""
        yield table.rich()
    yield from map(Text, ("", UNSAID, CONDITIONAL))
    if report is not None:
        yield report_line(report)


def write_backtest(result: BacktestResult, folder: Path, command: str, credit: str, *, report: bool) -> None:
    """Write the numbers, the tables, the fit on all issues, and with `report` `report.html`."""
    texts = {
        "backtest.json": json.dumps(to_data(result), indent=2) + "\n",
        "tables.md": render(result, command, credit, template="backtest.md.j2"),
        "fit.yaml": stored_text(result.fit),
        **({"report.html": render(result, command, credit)} if report else {}),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    write_rows(folder / "scores.csv", result.rows())
    write_rows(folder / "issues.csv", issue_rows(result))


def all_figures(whole: Evaluation) -> list[Drawing]:
    """Every figure of the page."""
    shown = [whole.of(name) for name in MAIN]
    return [_reliability(shown), _ranks(shown), _coverage([one for one in whole.scores if one.coverage_50 is not None])]


def _key(sheet: Sheet, y: float, shown: Sequence[Scored]) -> float:
    for colour, scored in zip(COLOURS, shown, strict=True):
        sheet.rect(0, y, 9, 7, fill=colour)
        sheet.text(14, y + 7, wrapped(FORECASTERS[scored.name].name, WIDTH - 20, 8, 1)[0])
        y += 12
    return y


def _reliability(shown: Sequence[Scored]) -> Drawing:
    """Forecast probabilities against frequencies, a line for each of `MAIN`."""
    sheet, across, up = Sheet(), Axis(_LEFT, _SIDE, 0.0, 1.0), Axis(_TOP + _SIDE, -_SIDE, 0.0, 1.0)
    for tick in TICKS:
        x, y = across.at(tick), up.at(tick)
        sheet.line([(_LEFT, y), (_LEFT + _SIDE, y)], RULE, width=0.5)
        sheet.rule(x, _TOP, _TOP + _SIDE)
        sheet.text(x, _TOP + _SIDE + 10, percent(tick), size=7, colour=MUTED, at="center")
        sheet.text(_LEFT - 4, y + 2.5, percent(tick), size=7, colour=MUTED, at="right")
    sheet.line([(across.at(end), up.at(end)) for end in (0.0, 1.0)], INK, width=0.7)
    for colour, scored in zip(COLOURS, shown, strict=True):
        assert scored.reliability is not None
        pairs = zip(scored.reliability.forecast.tolist(), scored.reliability.observed.tolist(), strict=True)
        points = [(across.at(forecast), up.at(observed)) for forecast, observed in pairs if math.isfinite(forecast)]
        sheet.line(points, colour, width=1.6)
        for x, y in points:
            sheet.dot(x, y, 2.4, colour)
    sheet.text(_LEFT + _SIDE / 2, _TOP + _SIDE + 22, "forecast probability", size=7.5, colour=MUTED, at="center")
    sheet.text(10, _TOP + _SIDE / 2, "frequency", size=7.5, colour=MUTED, at="center", turned=True)
    words = (
        "Of the statements that the outcome is at most 5, 15, ... 95 of 100: how often they came true, by the "
        "probability they were given. On the diagonal both are the same. The statements of one issue hang together."
    )
    return sheet.finished("reliability", "Reliability", words, _key(sheet, _TOP + _SIDE + 32, shown))


def _ranks(shown: Sequence[Scored]) -> Drawing:
    """Share of outcomes by their place in the forecast, a panel for each of `MAIN`."""
    sheet, wide, gap, bottom = Sheet(), 104.0, 24.0, _TOP + _HEIGHT
    most = max(0.2, *(float(scored.ranks.max()) for scored in shown if scored.ranks is not None))
    for place, (colour, scored) in enumerate(zip(COLOURS, shown, strict=True)):
        assert scored.ranks is not None
        left, step = place * (wide + gap), wide / len(scored.ranks)
        for k, share in enumerate(scored.ranks.tolist()):
            high = _HEIGHT * share / most
            sheet.rect(left + k * step + 0.5, bottom - high, step - 1, high, fill=colour)
        flat = bottom - _HEIGHT / len(scored.ranks) / most
        sheet.line([(left, flat), (left + wide, flat)], INK, width=0.8)
        sheet.line([(left, bottom), (left + wide, bottom)], RULE)
        sheet.text(left, bottom + 10, "lowest", size=7, colour=MUTED)
        sheet.text(left + wide, bottom + 10, "highest", size=7, colour=MUTED, at="right")
    words = (
        "Share of outcomes in each tenth of their forecast. Flat, at the line, is calibrated; high at the ends is too "
        "narrow, high in the middle too wide, a slope is off to one side."
    )
    return sheet.finished("ranks", "Where outcomes fall in their forecasts", words, _key(sheet, bottom + 20, shown))


def _coverage(spread: Sequence[Scored]) -> Drawing:
    """Share of outcomes in the 50% and 80% intervals, a row for each forecaster that gives distributions."""
    sheet, scale, bottom = Sheet(), Axis(170.0, 180.0, 0.0, 1.0), 10.0 + 15.0 * len(spread)
    for tick in TICKS:
        sheet.rule(scale.at(tick), 6, bottom, strong=False)
        sheet.text(scale.at(tick), bottom + 10, percent(tick), size=7, colour=MUTED, at="center")
    for k, scored in enumerate(spread):
        y = 15.0 + 15.0 * k
        for line, words in enumerate(wrapped(FORECASTERS[scored.name].name, 160, 6.5, 2)):
            sheet.text(0, y - 1 + 7 * line, words, size=6.5)
        for colour, coverage in ((ACCENT, scored.coverage_50), (WARM, scored.coverage_80)):
            assert coverage is not None
            sheet.dot(scale.at(coverage.given), y, 3.4, colour, hollow=True)
            sheet.dot(scale.at(coverage.share), y, 2.6, colour)
    sheet.text(0, bottom + 24, "blue: 50% interval, orange: 80%; dot: outcomes inside, ring: what it was given", size=7)
    words = (
        "Share of outcomes inside the central intervals (dot) and the probability that the forecast gave them (ring). "
        "A dot left of its ring: forecasts too narrow."
    )
    return sheet.finished("coverage", "Coverage", words, bottom + 28)
