"""A retrodiction for people and programs: pages of HTML and Markdown, a terminal, and the files that it leaves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from rich.console import RenderableType

from sim.analysis.comparison.results import CONDITIONAL, INTERVAL_NOTE
from sim.analysis.experiments.documented_scores import FLOOR
from sim.analysis.experiments.retrodiction import NO_RANKING, VARIANT_NAMES, Retrodiction
from sim.report.retrodiction import retrodiction_tables, retrodiction_words
from sim.report.retrodiction.retrodiction_tables import case_table, mean_score_words, ordering_table, twin_table, two
from sim.report.retrodiction.retrodiction_words import (
    CLASS_WORDS,
    found_words,
    scenarios_of,
    statement_words,
    variant_words,
)
from sim.report.words.language import ENGLISH, digits, language, say
from sim.report.words.markdown_page import Part, markdown_page
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
        found=retrodiction,
        command=command,
        scenarios=scenarios_of(retrodiction),
        classes=[(name, say(CLASS_WORDS[name]), CLASS_FILL[name]) for name in COARSE_CLASSES],
        tables=retrodiction_tables,
        words=retrodiction_words,
        frozen=say(retrodiction.frozen),
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
        return markdown_page(
            retrodiction.title, *_parts(retrodiction, command), change="the retrodiction file or a case"
        )


def _parts(retrodiction: Retrodiction, command: str) -> list[Part]:
    codings, main, design = retrodiction.codings, retrodiction.sizes.main, retrodiction.sizes.design
    first, *others = codings
    parts: list[Part] = [
        f"{NO_RANKING} {CONDITIONAL}",
        f"Made by `{command}`: {main.draws * main.replications:,} runs a case, and for the orderings "
        f"{design.draws * design.replications:,} in each of {len(VARIANT_NAMES)} variants and {len(codings)} codings, "
        f"spread over the sets of constants; seed {main.seed}. {say(retrodiction.frozen)} Digest of all cases as read: "
        f"`{retrodiction.digest}`.",
        "## What was documented, and what the files give",
        f"Shares by the codebook `{first}`, in brackets by {', '.join(f'`{name}`' for name in others)}. Given: "
        "probability of what is documented. Scores: log (0 is best, floored) and Brier (0 is best), of the "
        "simulation, the base rate of the other cases, and a forecaster for whom nothing ever settles.",
        case_table(retrodiction, codings).markdown(),
        *(
            f"Mean over the cases held, `{coding}`: {'; '.join(mean_score_words(retrodiction, coding))}."
            for coding in codings
        ),
    ]
    if retrodiction.twins:
        parts.append("## Twins: one cause removed or added, nothing else changed")
        parts.append(twin_table(retrodiction).markdown())
    if retrodiction.orderings:
        parts += [
            "## Orderings",
            f"Share of the cells (sets of constants x {len(VARIANT_NAMES)} variants x {len(codings)} codings) "
            "in which an ordering holds by its point estimates; one of nearness, unless the whole interval is beyond "
            "the bound. A cell with nothing to count among counts against it. *Over all sets together* is by point "
            "estimates, per variant and coding. *Input* marks orderings that the files put in.",
            ordering_table(retrodiction).markdown(),
        ]
    scenarios = scenarios_of(retrodiction)
    for ordering in retrodiction.orderings:
        lines: list[str] = []
        for statement in ordering.readings:
            words = (
                f"`{coding}` {found_words(statement.hypothesis, it)}" for coding, it in statement.by_coding.items()
            )
            lines.append(f"{statement_words(statement.hypothesis, scenarios)}: {'; '.join(words)}")
        parts.append(f"**{ordering.id}** ({', '.join(ordering.sources)}). {ordering.note}".rstrip())
        parts.append([*lines, f"By variant: {variant_words(ordering)}."])
    return parts


def write_retrodiction(retrodiction: Retrodiction, folder: Path, command: str) -> None:
    """Write `report.html`, `tables.md` and `retrodiction.json`, in the language chosen; `command` makes them again."""
    (folder / "report.html").write_text(render(retrodiction, command), encoding="utf-8")
    (folder / TABLES).write_text(markdown(retrodiction, command), encoding="utf-8")
    (folder / "retrodiction.json").write_text(json.dumps(to_data(retrodiction), indent=2) + "\n", encoding="utf-8")
