"""A back-test for people and programs: pages of HTML and Markdown, a terminal of 120 columns, and the files it leaves.

In English only.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from rich.console import RenderableType
from rich.text import Text

from sim.analysis.backtest.backtest_rows import issue_rows
from sim.analysis.backtest.stored_fit import fingerprint, stored_text
from sim.app.backtest import BacktestResult
from sim.app.harness import write_rows
from sim.report.backtest.backtest_figures import all_figures
from sim.report.backtest.backtest_tables import all_tables
from sim.report.backtest.backtest_words import Page, headlines, how_words
from sim.report.words.plain import report_line
from sim.report.words.table_writers import Table, TableCell
from sim.report.words.templating import render_page
from sim.types.records import to_data

LONG = 60
"""Cells with so many letters are text."""
CONDITIONAL = (
    "Scores hold for issues like these, decided in an institution like theirs; the fit says how this process fits such "
    "decisions, not how people behave everywhere."
)
UNSAID = "Without a word behind it, the 95% interval of a difference holds 0, or there are too few proposals for one."


def render(page: Page) -> str:
    """The page as HTML, self-contained."""
    tables = {key: unbroken(table) for key, table in all_tables(page).items()}
    return _rendered("backtest.html.j2", page, tables)


def markdown(page: Page) -> str:
    """The tables as a page of Markdown."""
    return _rendered("backtest.md.j2", page, all_tables(page))


def _rendered(template: str, page: Page, tables: Mapping[str, Table]) -> str:
    return render_page(
        template,
        page=page,
        tables=tables,
        how=how_words(page.test),
        headlines=headlines(page.test, page.whole),
        figures=all_figures(page.whole),
        conditional=CONDITIONAL,
    )


def unbroken(table: Table) -> Table:
    """The table with its intervals kept on one line: a number and what stands in brackets behind it."""
    rows = tuple((row[0], *map(_unbroken, row[1:])) for row in table.rows)
    return replace(table, rows=rows)


def _unbroken(cell: TableCell | str) -> TableCell | str:
    """Lines may end between a number with its interval and the words on it, and wherever there is no number."""
    if isinstance(cell, TableCell) or len(cell) >= LONG or not any(map(str.isdigit, cell)):
        return cell
    return ", ".join(words.replace(" ", "\N{NO-BREAK SPACE}") for words in cell.split(", "))


def backtest_page(result: BacktestResult, command: str = "", credit: str = "") -> Page:
    """What is on the page, made by this command line; `credit` says where the table comes from."""
    title, digest = f"Back-test on {result.request.file.name}", fingerprint(result.request.table.issues)
    return Page(result, result.overall, result.parts, title, command, digest, credit, result.linked)


def view(page: Page, report: Path | None = None) -> Iterator[RenderableType]:
    """What a terminal shows: sentences, the tables with what a reader looks at first, and where the page is."""
    # Texts as `Text` are wrapped here, not by the terminal.
    yield Text(how_words(page.test))
    yield from (Text(f"- {words}") for words in headlines(page.test, page.whole))
    for table in all_tables(page, brief=True).values():
        yield ""
        yield table.rich()
    yield from map(Text, ("", UNSAID, CONDITIONAL))
    if report is not None:
        yield report_line(report)


def write_backtest(result: BacktestResult, folder: Path, page: Page, *, report: bool = True) -> None:
    """Write the numbers, the tables, the fit on all issues, and with `report` `report.html`."""
    texts = {
        "backtest.json": json.dumps(to_data(result), indent=2) + "\n",
        "tables.md": markdown(page),
        "fit.yaml": stored_text(result.fit),
        **({"report.html": render(page)} if report else {}),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    write_rows(folder / "scores.csv", result.rows())
    write_rows(folder / "issues.csv", issue_rows(result))
