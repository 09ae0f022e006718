"""A back-test for people: a page of HTML, a page of Markdown, and a terminal of 120 columns. In English only."""

from __future__ import annotations

from dataclasses import replace

from rich.console import RenderableType
from rich.markup import escape

from sim.report.backtest.backtest_figures import all_figures
from sim.report.backtest.backtest_tables import all_tables
from sim.report.backtest.backtest_words import Page, headlines, how_words
from sim.report.words.markdown_page import Part, markdown_page
from sim.report.words.table_writers import Cell, Table
from sim.report.words.templating import render_page

LONG = 60
"""Cells with so many letters are text."""
CONDITIONAL = (
    "Scores hold for issues like these, decided in an institution like theirs; the fit says how this process fits such "
    "decisions, not how people behave everywhere."
)
UNSAID = "Without a word behind it, the 95% interval of a difference holds 0, or there are too few proposals for one."


def render(page: Page) -> str:
    """The page as HTML, self-contained."""
    return render_page(
        "backtest.html.j2",
        page=page,
        how=how_words(page.test),
        headlines=headlines(page.test, page.whole),
        tables={key: unbroken(table) for key, table in all_tables(page).items()},
        figures=all_figures(page.whole),
        conditional=CONDITIONAL,
    )


def unbroken(table: Table) -> Table:
    """The table with its intervals kept on one line: a number and what stands in brackets behind it."""
    rows = tuple((row[0], *map(_unbroken, row[1:])) for row in table.rows)
    return replace(table, rows=rows)


def _unbroken(cell: Cell | str) -> Cell | str:
    """Lines may end between a number with its interval and the words on it, and wherever there is no number."""
    if isinstance(cell, Cell) or len(cell) >= LONG or not any(map(str.isdigit, cell)):
        return cell
    return ", ".join(words.replace(" ", "\N{NO-BREAK SPACE}") for words in cell.split(", "))


def markdown(page: Page) -> str:
    """The tables as a page of Markdown."""
    parts: list[Part] = [
        how_words(page.test),
        headlines(page.test, page.whole),
        f"Made by `{page.command}`. SHA-256 of the rows of the table: `{page.fingerprint}`. {page.credit}".rstrip(),
        CONDITIONAL,
        *(table.markdown("##") for table in all_tables(page).values()),
    ]
    return markdown_page(page.title, *parts, change="the code or the table")


def view(page: Page) -> list[RenderableType]:
    """The findings for a terminal: sentences first, then the tables with what a reader looks at first."""
    said = [how_words(page.test), *(f"- {words}" for words in headlines(page.test, page.whole)), ""]
    tables = [part for table in all_tables(page, brief=True).values() for part in (table.rich(), "")]
    return [*map(escape, said), *tables, UNSAID, CONDITIONAL]
