"""A sheet of paper to draw on: points from the top left corner, y downwards, rendered to SVG and to PNG.

Figures are laid out by hand in points. That keeps them cheap (no axes, no layout passes) and readable when the page
scales them to a phone. A sheet only holds shapes; `raster` makes a PNG of them, `to_svg` plain elements of SVG: no ids,
no scripts, no metadata, so that many can stand in one page.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import TypedDict, Unpack

from sim.report.canvas.palette import INK, MUTED, PAPER, RULE

WIDTH = 360.0
"""Points. At 680 pixels on a desk and 358 on a phone, 8-point text is 15 and 8 pixels high."""
MARGIN = 6.0
SIZE = 8.0
EM = 0.55
"""Mean width of a character of the widest font expected, in ems."""

Point = tuple[float, float]
PAGE_COLOURS = {INK: "currentColor", MUTED: "var(--muted)", RULE: "var(--rule)", PAPER: "var(--paper)"}
ANCHOR = {"left": "start", "center": "middle", "right": "end"}
FONT = "'DejaVu Sans', 'Segoe UI', 'Helvetica Neue', Arial, sans-serif"


@dataclass(frozen=True)
class Shape:
    """A filled polygon (`width` 0), or a line of this width through the points; a `ring` is a closed line."""

    points: tuple[Point, ...]
    colour: str
    alpha: float = 1.0
    width: float = 0.0


@dataclass(frozen=True)
class Disc:
    """A disc, or a ring where `hollow`."""

    x: float
    y: float
    radius: float
    colour: str
    hollow: bool = False


@dataclass(frozen=True)
class Tiles:
    """Many rectangles of one size and colour, one element of SVG; corners are the upper left ones."""

    corners: tuple[Point, ...]
    width: float
    height: float
    colour: str
    alpha: float = 1.0


@dataclass(frozen=True)
class Strokes:
    """Many separate lines of one colour, one element of SVG; `dashed` for the ends of a band."""

    lines: tuple[tuple[Point, ...], ...]
    colour: str
    width: float
    dashed: bool = False


@dataclass(frozen=True)
class Words:
    """A line of text on the baseline y; `at` is left, center or right of x; `turned` reads upwards."""

    x: float
    y: float
    words: str
    size: float = SIZE
    colour: str = INK
    at: str = "left"
    bold: bool = False
    turned: bool = False


Item = Shape | Tiles | Strokes | Disc | Words


class Look(TypedDict, total=False):
    """What may be said about a text; see `Words`."""

    size: float
    colour: str
    at: str
    bold: bool
    turned: bool


@dataclass(frozen=True)
class Drawing:
    """A finished figure: its name, what it shows in words, its size in points and its shapes from back to front."""

    name: str
    title: str
    description: str
    width: float
    height: float
    items: tuple[Item, ...]


@dataclass
class Sheet:
    """Collects shapes and texts in points; what is added later lies on top."""

    width: float = WIDTH
    items: list[Item] = field(default_factory=list[Item])

    def rect(self, x: float, y: float, width: float, height: float, *, fill: str, alpha: float = 1.0) -> None:
        """A filled rectangle with its upper left corner at (x, y)."""
        if width > 0 and height > 0 and alpha > 0:
            corners = ((x, y), (x + width, y), (x + width, y + height), (x, y + height))
            self.items.append(Shape(corners, fill, alpha))

    def frame(self, x: float, y: float, width: float, height: float) -> None:
        """The outline of a rectangle with its upper left corner at (x, y)."""
        self.line([(x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)], RULE)

    def line(self, points: Sequence[Point], colour: str = INK, *, width: float = 0.8, alpha: float = 1.0) -> None:
        """A line through the points; of width 0 the area between them."""
        self.items.append(Shape(tuple(points), colour, alpha, width))

    def tiles(self, corners: Sequence[Point], size: Point, fill: str, *, alpha: float = 1.0) -> None:
        """Rectangles of this width and height with their upper left corners here."""
        if corners and alpha > 0:
            self.items.append(Tiles(tuple(corners), *size, fill, alpha))

    def strokes(
        self, lines: Sequence[Sequence[Point]], colour: str = INK, *, width: float = 0.8, dashed: bool = False
    ) -> None:
        """Separate lines through their points."""
        if lines:
            self.items.append(Strokes(tuple(tuple(line) for line in lines), colour, width, dashed))

    def dot(self, x: float, y: float, radius: float, colour: str, *, hollow: bool = False) -> None:
        """A disc, or a ring."""
        self.items.append(Disc(x, y, radius, colour, hollow))

    def text(self, x: float, y: float, words: str, **look: Unpack[Look]) -> None:
        """A line of text on the baseline y."""
        self.items.append(Words(x, y, words, **look))

    def rule(self, x: float, top: float, bottom: float, *, strong: bool = False) -> None:
        """A vertical line of a grid; `strong` for zero."""
        self.line([(x, top), (x, bottom)], INK if strong else RULE, width=0.9 if strong else 0.5)

    def whisker(self, low: float, high: float, y: float, colour: str = INK, *, cap: float = 2.0) -> None:
        """A horizontal interval with end caps."""
        self.line([(low, y), (high, y)], colour, width=1.0)
        for x in (low, high):
            self.line([(x, y - cap), (x, y + cap)], colour, width=1.0)

    def finished(self, name: str, title: str, description: str, height: float) -> Drawing:
        """The drawing, `height` points high."""
        return Drawing(name, title, description, self.width, height, tuple(self.items))


def wrapped(words: str, width: float, size: float, lines: int = 2) -> list[str]:
    """The words on at most so many lines of this width in points, the last one cut short with an ellipsis."""
    room = max(int(width / (size * EM)), 4)
    ellipsis = "\N{HORIZONTAL ELLIPSIS}"
    wrapped_lines = textwrap.wrap(words, room, max_lines=lines, placeholder=ellipsis) or [""]
    if wrapped_lines == [ellipsis] or len(wrapped_lines[-1]) > room:
        return [words[: room - 1] + ellipsis]
    return wrapped_lines


def to_svg(drawing: Drawing, *, inline: bool = False) -> str:
    """The drawing as an SVG element; `inline` with the page's colours and font, scaled by its box there."""
    margin = 0.0 if inline else MARGIN
    width, height = drawing.width + 2 * margin, drawing.height + 2 * margin
    box = f'viewBox="{-margin:g} {-margin:g} {width:g} {height:g}"'
    size = "" if inline else f' width="{width:g}pt" height="{height:g}pt" font-family="{FONT}"'
    title = f"<title>{escape(drawing.title)}</title><desc>{escape(drawing.description)}</desc>"
    label = f'role="img" aria-label="{escape(drawing.title + ": " + drawing.description)}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {box}{size} {label}>'
    body = "\n".join(_element(item, inline=inline) for item in drawing.items)
    return f"{head}\n{'' if inline else title}\n{body}\n</svg>\n"


def _element(item: Item, *, inline: bool) -> str:
    colour = PAGE_COLOURS.get(item.colour, item.colour) if inline else item.colour
    if isinstance(item, Words):
        turn = f' transform="rotate(-90 {_n(item.x)} {_n(item.y)})"' if item.turned else ""
        bold = ' font-weight="600"' if item.bold else ""
        anchor = "" if item.at == "left" else f' text-anchor="{ANCHOR[item.at]}"'
        look = f'font-size="{item.size:g}" {_paint("fill", colour)}{anchor}{bold}{turn}'
        return f'<text x="{_n(item.x)}" y="{_n(item.y)}" {look}>{escape(item.words)}</text>'
    if isinstance(item, Disc):
        look = f'fill="none" {_paint("stroke", colour)} stroke-width="0.9"' if item.hollow else _paint("fill", colour)
        return f'<circle cx="{_n(item.x)}" cy="{_n(item.y)}" r="{item.radius:g}" {look}/>'
    if isinstance(item, Tiles):
        right, down = _n(item.width), _n(item.height)
        path = "".join(f"M{_n(x)},{_n(y)}h{right}v{down}h-{right}z" for x, y in item.corners)
        look = f'{_paint("fill", colour)}{_opacity(item.alpha)} shape-rendering="crispEdges"'
        return f'<path d="{path}" {look}/>'
    if isinstance(item, Strokes):
        path = "".join("M" + "L".join(f"{_n(x)},{_n(y)}" for x, y in line) for line in item.lines)
        dashes = ' stroke-dasharray="3 2"' if item.dashed else ' stroke-linecap="round"'
        return f'<path d="{path}" fill="none" {_paint("stroke", colour)} stroke-width="{item.width:g}"{dashes}/>'
    points = " ".join(f"{_n(x)},{_n(y)}" for x, y in item.points)
    if item.width:
        return f'<polyline points="{points}" fill="none" {_paint("stroke", colour)} stroke-width="{item.width:g}"/>'
    return f'<polygon points="{points}" {_paint("fill", colour)}{_opacity(item.alpha)}/>'


def _opacity(alpha: float) -> str:
    return "" if alpha == 1.0 else f' fill-opacity="{alpha:.3f}"'


def _paint(what: str, colour: str) -> str:
    """A colour as an attribute, or as a style where it is the page's (attributes cannot hold variables)."""
    return f'style="{what}:{colour}"' if colour.startswith("var(") else f'{what}="{colour}"'


def _n(value: float) -> str:
    return f"{round(value, 2) + 0.0:g}" if abs(value) < 1000 else f"{value:.0f}"
