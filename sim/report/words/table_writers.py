"""One table, written three ways: for the terminal (Rich), for a page (HTML) and for a file (Markdown); and the pages.

A table is stated once and every writer takes its words as they are: whatever stands in them (brackets, pipes, tags)
is shown and never obeyed. Templates of pages are set up alike: a missing name is an error, in HTML all is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from rich import box
from rich.console import Group, RenderableType
from rich.table import Table as RichTable
from rich.text import Text

from sim.report.canvas.palette import format_colour
from sim.report.canvas.sheet import to_svg
from sim.report.words.language import say, spoken
from sim.report.words.words import MINUS, percent

Links = tuple[tuple[str, str], ...]
"""Pairs of words and address; without an address the words stand alone."""

_RICH_LOOK = {"dim": "dim", "no": "bold"}
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
"""Where HTML begins in Markdown; `<0.1%` is none."""


@dataclass(frozen=True)
class TableCell:
    """A cell: its main words and what goes with them. A plain text may stand in a table wherever a cell may."""

    words: str = ""
    small: str = ""
    """Smaller words, under the main ones or behind them."""
    badges: tuple[int, ...] = ()
    """Numbers of formats, from 1, before the words."""
    joint: str = MINUS
    """Between two badges: a minus in a difference."""
    links: Links = ()
    """In place of the words or, where there are some, small."""
    alpha: float = 0.0
    """Shade on the page, an opacity."""
    strong: bool = False
    left: bool = False
    look: str = ""
    """Classes of the page's stylesheet. `dim` and `no` show in the terminal too, `mono` is code in Markdown."""


Row = tuple[TableCell | str, ...]


@dataclass(frozen=True)
class Table:
    """A table with one row of headings (or none); the first cell of a row is its heading and stands left."""

    caption: str
    head: Row
    rows: tuple[Row, ...]
    bands: Mapping[int, str] = field(default_factory=dict)
    """Row number -> heading above it that spans the table; an empty one is a line in the terminal."""
    note: str = ""
    look: str = ""
    """Classes of the page: `warm` for the colour of refusals, `texts` where the small words of a heading stand beside
    the large ones."""

    @property
    def cells(self) -> tuple[tuple[TableCell, ...], ...]:
        """Rows of cells, where what stands in the first column or in one with its head to the left does so too."""
        left = {place for place, cell in enumerate(self._head) if cell.left}
        return tuple(_cells(row, left) for row in self.rows)

    @property
    def _head(self) -> tuple[TableCell, ...]:
        return _cells(self.head, set())

    def columns(self, places: Sequence[int]) -> Table:
        """The table with only these columns, in this order."""
        rows = tuple(tuple(row[place] for place in places) for row in self.rows)
        return replace(self, head=tuple(self.head[place] for place in places), rows=rows)

    def rich(
        self, *, width: int = 0, column: tuple[int, int] = (0, 0), inline: bool = False, note: bool = True
    ) -> RenderableType:
        """The table for the terminal: formats are told by number, the note stands dim below.

        With a terminal's width and the least and most room for a column of numbers, columns that do not fit go into
        further tables. `inline`: small words follow the main ones on their line.
        """
        title = [Text(self.caption, style="bold")] if self.caption else []
        below = [Text(self.note, style="dim")] if note and self.note else []
        least, most = column
        numbers = [place for place, cell in enumerate(self._head) if not cell.left]
        if not least or not numbers:
            return Group(*title, _rich_table(self, inline=inline), *below)
        rows = (self._head, *self.cells)
        widths = {place: _room([row[place] for row in rows], width) for place, cell in enumerate(rows[0]) if cell.left}
        first, *texts = widths
        spare = width - sum(widths.values()) - len(widths)
        together = max(1, spare // (least + 1))
        widths |= dict.fromkeys(numbers, min(spare // min(together, len(numbers)) - 1, most))
        parts: list[RenderableType] = []
        for start in range(0, len(numbers), together):
            places = (first, *numbers[start : start + together], *texts)
            table = _rich_table(self.columns(places), inline=inline, widths=[widths[place] for place in places])
            parts += [*([""] if parts else []), *title, table]
        return Group(*parts, *below)

    def html(self, names: Sequence[str] = (), *, bare: bool = False) -> Markup:
        """The table for a page, with names of formats at their badges; `bare` without note and visible caption."""
        template = pages().get_template("table.html.j2")
        parts = {"table": self, "head": self._head, "rows": self.cells, "names": names}
        return Markup(template.render(**parts, bare=bare, badge=badge))

    def markdown(self, heading: str = "") -> str:
        """The table in Markdown; after a `heading`, `##` or the like, the caption, and the note above the table."""
        parts = [f"{heading} {_harmless(self.caption)}", ""] if heading else []
        parts += [_harmless(self.note), ""] if heading and self.note else []
        parts += [_line(map(_markdown, self._head)), "|" + "---|" * len(self.head)]
        for place, row in enumerate(self.cells):
            if self.bands.get(place):
                parts.append(_line([f"**{_escaped(self.bands[place])}**", *[""] * (len(row) - 1)]))
            parts.append(_line(map(_markdown, row)))
        return "\n".join(parts)


def badge(number: int, names: Sequence[str] = ()) -> Markup:
    """A format's number in its colour, for a page."""
    title = Markup(' title="{}"').format(names[number - 1]) if names else ""
    look = Markup('<span class="badge" style="background:{}"{}>{}</span>')
    return look.format(format_colour(number - 1), title, number)


def _cells(row: Row, left: Collection[int]) -> tuple[TableCell, ...]:
    cells = (cell if isinstance(cell, TableCell) else TableCell(cell) for cell in row)
    return tuple(replace(cell, left=cell.left or place == 0 or place in left) for place, cell in enumerate(cells))


def _room(cells: Sequence[TableCell], width: int) -> int:
    """Columns that the words of a column of texts need, at most a third of the terminal."""
    return min(max(len(line) for cell in cells for line in [*cell.words.splitlines(), ""]), width // 3)


def _rich_table(table: Table, *, inline: bool, widths: Sequence[int] | None = None) -> RichTable:
    rows = table.cells
    grid = RichTable(
        box=box.SIMPLE_HEAD,
        show_edge=False,
        show_header=bool(table.head),
        pad_edge=False,
        padding=(0, 0 if widths else 1, 0, 0),  # besides the one column that the box puts between
    )
    for place, cell in enumerate(table._head or next(iter(rows), ())):
        grid.add_column(
            _rich(cell, inline=inline),
            justify="left" if cell.left else "right",
            overflow="fold",
            vertical="bottom" if widths and place else "top",
            width=widths[place] if widths else None,
        )
    for place, row in enumerate(rows):
        if place in table.bands and place:
            grid.add_section()
        if table.bands.get(place):
            grid.add_row(Text(table.bands[place], style="italic"))
        grid.add_row(*(_rich(cell, inline=inline) for cell in row))
    return grid


def _rich(cell: TableCell, *, inline: bool) -> Text:
    head = _badges(cell)
    words = cell.words or " ".join(name for name, _ in cell.links)
    small = " ".join(filter(None, (cell.small, *(name for name, _ in cell.links if cell.words))))
    style = " ".join([*(["bold"] if cell.strong else []), *(_RICH_LOOK.get(look, "") for look in cell.look.split())])
    text = Text.assemble(head, " " if head and words else "", (words, style.strip()))
    return text.append(f"{' ' if inline else chr(10)}{small}", "dim") if small else text


def _badges(cell: TableCell) -> str:
    return (f" {cell.joint} " if cell.joint else " ").join(map(str, cell.badges))


def _line(cells: Sequence[str] | map[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _harmless(words: str) -> str:
    """Words without tags, links and pictures."""
    return _TAG.sub(r"\\<", " ".join(words.splitlines())).replace("](", "]\\(")


def _escaped(words: str) -> str:
    """The same in a cell, which also ends at a pipe."""
    return _harmless(words.replace("\\", "\\\\").replace("|", "\\|"))


def _markdown(cell: TableCell) -> str:
    words = _escaped(cell.words)
    if "mono" in cell.look.split() and not set(cell.words) & set("`|\\"):
        words = f"`{cell.words}`"
    links = " ".join(f"[{_escaped(name)}]({address})" if address else _escaped(name) for name, address in cell.links)
    small = ", ".join(filter(None, (_escaped(cell.small), links if cell.words else "")))
    words = f"**{words}**" if cell.strong and words else words
    return " ".join(filter(None, (_badges(cell), words or links, f"({small})" if small else "")))


Part = str | list[str] | Table
"""A paragraph, a list of bullets, or a table under its caption."""


def section(parts: Iterable[Part]) -> str:
    """The parts as text, a blank line between them; what is empty is left out."""
    return "\n\n".join(_written(part) for part in parts if part)


def folded(summary: str, *parts: Part) -> list[Part]:
    """The same parts, shown only when the reader asks for them."""
    return [f"<details><summary>{summary}</summary>", *parts, "</details>"]


def _written(part: Part) -> str:
    if isinstance(part, Table):
        return f"{part.caption}:\n\n{part.markdown()}" if part.caption else part.markdown()
    return part if isinstance(part, str) else "\n".join(f"- {line}" for line in part)


@cache
def pages() -> Environment:
    """The templates, each compiled once; all may use `say`, `percent` and `svg`."""
    environment = Environment(
        loader=PackageLoader("sim.report"),
        autoescape=select_autoescape(["html.j2"], default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # the drawing escapes every text
    environment.globals |= {"say": say, "percent": percent, "svg": lambda drawing: Markup(to_svg(drawing, inline=True))}
    return environment


def render_page(template: str, **names: object) -> str:
    """A page of HTML or Markdown by a file in `templates`, in the language chosen, which it may use as `language`."""
    return pages().get_template(template).render(language=spoken(), **names).rstrip() + "\n"
