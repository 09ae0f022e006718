"""Drawings as PNG: shapes by matplotlib's Agg renderer, texts by Pillow in matplotlib's font.

The renderer is called directly: a figure without axes needs none of the machinery above it, whose import alone takes
a third of a second. Pillow sets a line of text in a tenth of the time; texts therefore lie above all shapes.
"""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgba
from matplotlib.path import Path as Outline
from matplotlib.transforms import Affine2D, IdentityTransform, Transform
from PIL import Image, ImageDraw, ImageFont

from sim.report.canvas.sheet import MARGIN, Disc, Drawing, Shape, Words

DPI = 150
SCALE = DPI / 72
WHITE = to_rgba("white")
FONTS = {False: "DejaVuSans.ttf", True: "DejaVuSans-Bold.ttf"}
ANCHOR = {"left": "ls", "center": "ms", "right": "rs"}


def to_png(drawing: Drawing) -> bytes:
    """The drawing on white paper, `DPI` pixels an inch; no time and no software in its metadata."""
    width, height = (round((side + 2 * MARGIN) * SCALE) for side in (drawing.width, drawing.height))
    renderer = RendererAgg(width, height, DPI)
    place = Affine2D().translate(MARGIN, MARGIN).scale(SCALE, -SCALE).translate(0, height)
    _polygon(renderer, Outline([(0, 0), (width, 0), (width, height), (0, height)]), IdentityTransform(), WHITE)
    for item in drawing.items:
        if isinstance(item, Disc):
            _disc(renderer, item, place)
        elif isinstance(item, Shape):
            _shape(renderer, item, place)
    image = Image.fromarray(np.asarray(renderer.buffer_rgba())[:, :, :3])
    pen = ImageDraw.Draw(image)
    for item in drawing.items:
        if isinstance(item, Words):
            _words(image, pen, item)
    file = io.BytesIO()
    image.save(file, format="png", dpi=(DPI, DPI), compress_level=4)
    return file.getvalue()


@cache
def _font(size: float, *, bold: bool) -> ImageFont.FreeTypeFont:
    """A font that comes with matplotlib, so that pictures are the same on every machine."""
    file = Path(mpl.get_data_path()) / "fonts" / "ttf" / FONTS[bold]
    return ImageFont.truetype(str(file), size * SCALE, layout_engine=ImageFont.Layout.BASIC)


def _words(image: Image.Image, pen: ImageDraw.ImageDraw, item: Words) -> None:
    """Draws a line of text on its baseline."""
    font = _font(item.size, bold=item.bold)
    x, y = (item.x + MARGIN) * SCALE, (item.y + MARGIN) * SCALE
    if not item.turned:
        pen.text((x, y), item.words, font=font, fill=item.colour, anchor=ANCHOR[item.at])
        return
    ascent, descent = font.getmetrics()
    stencil = Image.new("L", (int(font.getlength(item.words)) + 2, ascent + descent))
    ImageDraw.Draw(stencil).text((0, ascent), item.words, font=font, fill=255, anchor="ls")
    stencil = stencil.rotate(90, expand=True)
    image.paste(item.colour, (round(x) - ascent, round(y) - stencil.height), stencil)


def _disc(renderer: RendererAgg, item: Disc, place: Affine2D) -> None:
    """Draws a disc or a ring."""
    where = Affine2D().scale(item.radius).translate(item.x, item.y) + place
    if item.hollow:
        _line(renderer, Outline.unit_circle(), where, colour=item.colour, width=0.9)
    else:
        _polygon(renderer, Outline.unit_circle(), where, to_rgba(item.colour))


def _shape(renderer: RendererAgg, item: Shape, place: Affine2D) -> None:
    """Draws a line or a filled polygon."""
    if item.width:
        _line(renderer, Outline(item.points), place, colour=item.colour, width=item.width)
    else:
        _polygon(renderer, Outline(item.points), place, to_rgba(item.colour, item.alpha))


def _line(renderer: RendererAgg, outline: Outline, place: Transform, *, colour: str, width: float) -> None:
    pen = renderer.new_gc()
    pen.set_foreground(to_rgba(colour), isRGBA=True)
    pen.set_linewidth(width)
    renderer.draw_path(pen, outline, place)
    pen.restore()


def _polygon(
    renderer: RendererAgg, outline: Outline, place: Transform, fill: tuple[float, float, float, float]
) -> None:
    pen = renderer.new_gc()
    pen.set_linewidth(0.0)
    pen.set_alpha(fill[3])
    renderer.draw_path(pen, outline, place, fill)
    pen.restore()
