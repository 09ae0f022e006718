"""Drawings as PNG, by matplotlib's Agg renderer.

The renderer is called directly: a figure without axes needs none of the machinery above it, whose import alone takes
a third of a second, and texts cost half.
"""

from __future__ import annotations

import io
from functools import cache

import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgba
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path as Outline
from matplotlib.transforms import Affine2D, IdentityTransform
from PIL import Image

from sim.report.sheet import MARGIN, Disc, Drawing, Shape, Words

DPI = 150
SCALE = DPI / 72
BLANK = to_rgba("white")


def to_png(drawing: Drawing) -> bytes:
    """The drawing on white paper, `DPI` pixels an inch; no time and no software in its metadata."""
    width, height = (round((side + 2 * MARGIN) * SCALE) for side in (drawing.width, drawing.height))
    renderer = RendererAgg(width, height, DPI)
    place = Affine2D().translate(MARGIN, MARGIN).scale(SCALE, -SCALE).translate(0, height)
    _polygon(renderer, Outline([(0, 0), (width, 0), (width, height), (0, height)]), IdentityTransform(), BLANK)
    for item in drawing.items:
        if isinstance(item, Words):
            _words(renderer, item)
        elif isinstance(item, Disc):
            _disc(renderer, item, place)
        else:
            _shape(renderer, item, place)
    file = io.BytesIO()
    pixels = np.asarray(renderer.buffer_rgba())[:, :, :3]
    Image.fromarray(pixels).save(file, format="png", dpi=(DPI, DPI), compress_level=4)
    return file.getvalue()


@cache
def _font(size: float, *, bold: bool) -> FontProperties:
    return FontProperties(family="DejaVu Sans", size=size, weight="bold" if bold else "normal")


def _words(renderer: RendererAgg, item: Words) -> None:
    """Draws a text; the renderer counts its y from the top."""
    font = _font(item.size, bold=item.bold)
    x, y = (item.x + MARGIN) * SCALE, (item.y + MARGIN) * SCALE
    if item.at != "left":
        width, _, _ = renderer.get_text_width_height_descent(item.words, font, ismath=False)
        x -= width / (2 if item.at == "center" else 1)
    pen = renderer.new_gc()
    pen.set_foreground(to_rgba(item.colour), isRGBA=True)
    renderer.draw_text(pen, x, y, item.words, font, 90.0 if item.turned else 0.0)
    pen.restore()


def _disc(renderer: RendererAgg, item: Disc, place: Affine2D) -> None:
    """Draws a disc or a ring."""
    where = Affine2D().scale(item.radius).translate(item.x, item.y) + place
    if item.hollow:
        _line(renderer, Outline.unit_circle(), where, item.colour, 0.9)
    else:
        _polygon(renderer, Outline.unit_circle(), where, to_rgba(item.colour))


def _shape(renderer: RendererAgg, item: Shape, place: Affine2D) -> None:
    """Draws a line or a filled polygon."""
    if item.width:
        _line(renderer, Outline(item.points), place, item.colour, item.width)
    else:
        _polygon(renderer, Outline(item.points), place, to_rgba(item.colour, item.alpha))


def _line(renderer: RendererAgg, outline: Outline, place: Affine2D, colour: str, width: float) -> None:
    pen = renderer.new_gc()
    pen.set_foreground(to_rgba(colour), isRGBA=True)
    pen.set_linewidth(width)
    renderer.draw_path(pen, outline, place)
    pen.restore()


def _polygon(
    renderer: RendererAgg, outline: Outline, place: Affine2D | IdentityTransform, fill: tuple[float, ...]
) -> None:
    pen = renderer.new_gc()
    pen.set_linewidth(0.0)
    pen.set_alpha(fill[3])
    renderer.draw_path(pen, outline, place, fill)
    pen.restore()
