"""Templates of the pages, set up alike for all: a name that is missing is an error, and in HTML all is escaped."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from sim.report.canvas.sheet import Drawing, to_svg
from sim.report.words.language import say, spoken
from sim.report.words.words import percent


def environment() -> Environment:
    """A fresh environment, to which a page may add filters and names."""
    pages = Environment(
        loader=PackageLoader("sim.report"),
        autoescape=select_autoescape(["html.j2"], default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.globals |= {"say": say, "percent": percent, "svg": _svg}
    return pages


def render_page(template: str, **names: object) -> str:
    """A page of HTML or Markdown, in the language chosen.

    Args:
        template: name of the file in `sim/report/templates`.
        names: what it may use, modules of tables and words among it, besides `say`, `percent`, `svg` and `language`.
    """
    return environment().get_template(template).render(language=spoken(), **names).rstrip() + "\n"


def _svg(drawing: Drawing) -> Markup:
    return Markup(to_svg(drawing, inline=True))  # which escapes every text
