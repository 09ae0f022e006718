"""Templates of the pages, set up alike for all: a name that is missing is an error, and in HTML all is escaped."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from sim.report.canvas.sheet import to_svg
from sim.report.words.language import say, spoken
from sim.report.words.words import percent


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
