"""A retrodiction for people and programs: pages of HTML and Markdown, a terminal, and the files that it leaves."""

from __future__ import annotations

import json
from pathlib import Path

from rich.console import RenderableType

from sim.analysis.comparison.results import CONDITIONAL, INTERVAL_NOTE
from sim.analysis.experiments.retrodiction import NO_RANKING, Retrodiction
from sim.analysis.statistics.forecast_scores import FLOOR
from sim.report.canvas.palette import OUTCOME_FILL
from sim.report.retrodiction import retrodiction_tables as tables
from sim.report.retrodiction.retrodiction_tables import CLASS_WORDS, two
from sim.report.words.language import ENGLISH, digits, language, say
from sim.report.words.table_writers import render_page
from sim.types import COARSE_CLASSES, Outcome
from sim.types.records import to_data

CLASS_FILL = tuple(OUTCOME_FILL[k] for k in (Outcome.SETTLEMENT, Outcome.PARTIAL, Outcome.NO_AGREEMENT))
"""Of `COARSE_CLASSES`."""
TABLES = "tables.md"
SHARE_COLUMNS = (0, 1, 2, 3, 4, 5)
"""Of the table of cases, for a terminal."""


def render(retrodiction: Retrodiction, command: str, template: str = "retrodiction.html.j2") -> str:
    """The page as HTML, self-contained, or by another template as Markdown; `command` makes it again."""
    return render_page(
        template,
        found=retrodiction,
        command=command,
        frozen=say(retrodiction.frozen),
        scenarios=tables.scenarios_of(retrodiction),
        tables=tables,
        classes=[(name, say(CLASS_WORDS[name]), fill) for name, fill in zip(COARSE_CLASSES, CLASS_FILL, strict=True)],
        conditional=say(CONDITIONAL),
        interval_note=say(INTERVAL_NOTE),
        no_ranking=say(NO_RANKING),
        floor=digits(str(FLOOR)),
    )


def view(retrodiction: Retrodiction) -> list[RenderableType]:
    """The findings for a terminal, in the language chosen."""
    first = retrodiction.codings[0]
    further = [tables.twin_table(retrodiction, brief=True)] if retrodiction.twins else []
    further += [tables.ordering_table(retrodiction)] if retrodiction.orderings else []
    return [
        tables.case_table(retrodiction, [first]).columns(SHARE_COLUMNS).rich(),
        "",
        *(
            say("{who}: mean log score {log}, Brier {brier}", who=say(who), log=two(mean.log), brier=two(mean.brier))
            for who, mean in retrodiction.mean_scores[first].items()
        ),
        "",
        *(part for table in further for part in (table.rich(), "")),
        say(retrodiction.frozen),
        say(NO_RANKING),
    ]


def write_retrodiction(retrodiction: Retrodiction, folder: Path, command: str) -> None:
    """Write `report.html` in the language chosen, `tables.md` in English, and `retrodiction.json`."""
    (folder / "report.html").write_text(render(retrodiction, command), encoding="utf-8")
    with language(ENGLISH):
        (folder / TABLES).write_text(render(retrodiction, command, "retrodiction.md.j2"), encoding="utf-8")
    (folder / "retrodiction.json").write_text(json.dumps(to_data(retrodiction), indent=2) + "\n", encoding="utf-8")
