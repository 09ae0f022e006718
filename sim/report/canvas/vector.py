"""Drawings as SVG: plain elements, no ids, no scripts, no metadata, so that many can stand in one page.

Inside the page (`inline=True`) the stand-in colours of the palette become the page's own, so that a figure follows
light and dark mode, and texts use the page's font. A file of its own keeps real colours.
"""

from __future__ import annotations

from html import escape

from sim.report.canvas.palette import INK, MUTED, PAPER, RULE
from sim.report.canvas.sheet import MARGIN, Disc, Drawing, Shape, Words

PAGE_COLOURS = {INK: "currentColor", MUTED: "var(--muted)", RULE: "var(--rule)", PAPER: "var(--paper)"}
ANCHOR = {"left": "start", "center": "middle", "right": "end"}
FONT = "'DejaVu Sans', 'Segoe UI', 'Helvetica Neue', Arial, sans-serif"


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


def _element(item: Shape | Disc | Words, *, inline: bool) -> str:
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
    points = " ".join(f"{_n(x)},{_n(y)}" for x, y in item.points)
    if item.width:
        return f'<polyline points="{points}" fill="none" {_paint("stroke", colour)} stroke-width="{item.width:g}"/>'
    alpha = "" if item.alpha == 1.0 else f' fill-opacity="{item.alpha:.3f}"'
    return f'<polygon points="{points}" {_paint("fill", colour)}{alpha}/>'


def _paint(what: str, colour: str) -> str:
    """A colour as an attribute, or as a style where it is the page's (attributes cannot hold variables)."""
    return f'style="{what}:{colour}"' if colour.startswith("var(") else f'{what}="{colour}"'


def _n(value: float) -> str:
    return f"{round(value, 2) + 0.0:g}" if abs(value) < 1000 else f"{value:.0f}"
