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

from sim.report.canvas.sheet import MARGIN, Disc, Drawing, Shape, Strokes, Tiles, Words

DPI = 150
SCALE = DPI / 72
RGBA = tuple[float, float, float, float]
ANCHOR = {"left": "ls", "center": "ms", "right": "rs"}


def to_png(drawing: Drawing) -> bytes:
    """The drawing on white paper, `DPI` pixels an inch; no time and no software in its metadata."""
    width, height = (round((side + 2 * MARGIN) * SCALE) for side in (drawing.width, drawing.height))
    renderer = RendererAgg(width, height, DPI)
    place = Affine2D().translate(MARGIN, MARGIN).scale(SCALE, -SCALE).translate(0, height)
    paper = Outline([(0, 0), (width, 0), (width, height), (0, height)])
    _path(renderer, paper, IdentityTransform(), to_rgba("white"))
    for item in drawing.items:
        if isinstance(item, Disc):
            where = Affine2D().scale(item.radius).translate(item.x, item.y) + place
            _path(renderer, Outline.unit_circle(), where, to_rgba(item.colour), width=0.9 if item.hollow else 0.0)
        elif isinstance(item, Shape):
            _path(renderer, Outline(item.points), place, to_rgba(item.colour, item.alpha), width=item.width)
        elif isinstance(item, Tiles):
            for x, y in item.corners:
                where = Affine2D().scale(item.width, item.height).translate(x, y) + place
                _path(renderer, Outline.unit_rectangle(), where, to_rgba(item.colour, item.alpha))
        elif isinstance(item, Strokes):
            for line in item.lines:
                _path(renderer, Outline(line), place, to_rgba(item.colour), width=item.width)
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
    file = Path(mpl.get_data_path()) / "fonts" / "ttf" / f"DejaVuSans{'-Bold' if bold else ''}.ttf"
    return ImageFont.truetype(str(file), size * SCALE, layout_engine=ImageFont.Layout.BASIC)


def _words(image: Image.Image, pen: ImageDraw.ImageDraw, item: Words) -> None:
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


def _path(renderer: RendererAgg, outline: Outline, place: Transform, colour: RGBA, *, width: float = 0.0) -> None:
    pen = renderer.new_gc()
    pen.set_linewidth(width)
    if width:
        pen.set_foreground(colour, isRGBA=True)
        renderer.draw_path(pen, outline, place)
    else:
        pen.set_alpha(colour[3])
        renderer.draw_path(pen, outline, place, colour)
    pen.restore()
