"""A retrodiction for people and programs: pages of HTML and Markdown, a terminal, and the files that it leaves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from rich.console import RenderableType

from sim.analysis.comparison.results import CONDITIONAL, INTERVAL_NOTE
from sim.analysis.experiments.retrodiction import NO_RANKING, Retrodiction
from sim.analysis.statistics.forecast_scores import FLOOR
from sim.report.retrodiction import retrodiction_tables
from sim.report.retrodiction.retrodiction_tables import (
    CLASS_WORDS,
    case_table,
    ordering_table,
    scenarios_of,
    twin_table,
    two,
)
from sim.report.words.language import ENGLISH, digits, language, say
from sim.report.words.templating import render_page
from sim.types import COARSE_CLASSES, CoarseClass
from sim.types.records import to_data

CLASS_FILL: Mapping[CoarseClass, str] = {
    "settlement": "#2671b3",
    "process_or_partial": "#86b9e3",
    "nothing": "#a3a9b2",
}
TABLES = "tables.md"
SHARE_COLUMNS = (0, 1, 2, 3, 4, 5)
"""Of the table of cases, for a terminal."""


def render(retrodiction: Retrodiction, command: str) -> str:
    """The page as HTML, self-contained."""
    return render_page(
        "retrodiction.html.j2",
        **_names(retrodiction, command),
        classes=[(name, say(CLASS_WORDS[name]), CLASS_FILL[name]) for name in COARSE_CLASSES],
        conditional=say(CONDITIONAL),
        interval_note=say(INTERVAL_NOTE),
        no_ranking=say(NO_RANKING),
        floor=digits(str(FLOOR)),
    )


def view(retrodiction: Retrodiction) -> list[RenderableType]:
    """The findings for a terminal, in the language chosen."""
    means = retrodiction.mean_scores[retrodiction.codings[0]].items()
    tables = [twin_table(retrodiction, brief=True)] if retrodiction.twins else []
    tables += [ordering_table(retrodiction)] if retrodiction.orderings else []
    return [
        case_table(retrodiction, retrodiction.codings[:1]).columns(SHARE_COLUMNS).rich(),
        "",
        *(
            say("{who}: mean log score {log}, Brier {brier}", who=say(who), log=two(mean.log), brier=two(mean.brier))
            for who, mean in means
        ),
        "",
        *(part for table in tables for part in (table.rich(), "")),
        say(retrodiction.frozen),
        say(NO_RANKING),
    ]


def markdown(retrodiction: Retrodiction, command: str) -> str:
    """The tables as a page of Markdown, in English."""
    with language(ENGLISH):
        return render_page("retrodiction.md.j2", **_names(retrodiction, command))


def _names(retrodiction: Retrodiction, command: str) -> dict[str, object]:
    """What both pages may use."""
    return {
        "found": retrodiction,
        "command": command,
        "frozen": say(retrodiction.frozen),
        "scenarios": scenarios_of(retrodiction),
        "tables": retrodiction_tables,
    }


def write_retrodiction(retrodiction: Retrodiction, folder: Path, command: str) -> None:
    """Write `report.html`, `tables.md` and `retrodiction.json`, in the language chosen; `command` makes them again."""
    (folder / "report.html").write_text(render(retrodiction, command), encoding="utf-8")
    (folder / TABLES).write_text(markdown(retrodiction, command), encoding="utf-8")
    (folder / "retrodiction.json").write_text(json.dumps(to_data(retrodiction), indent=2) + "\n", encoding="utf-8")
