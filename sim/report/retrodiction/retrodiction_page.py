"""A retrodiction for people: one page of HTML, one page of Markdown, and the same as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.analysis.comparison.results import CONDITIONAL, INTERVAL_NOTE
from sim.analysis.experiments.documented_scores import FLOOR
from sim.analysis.experiments.retrodiction import (
    NO_RANKING,
    VARIANT_NAMES,
    CaseResult,
    OrderingResult,
    Retrodiction,
    TwinResult,
)
from sim.analysis.statistics.intervals import Estimate
from sim.report.retrodiction.retrodiction_words import (
    CLASS_WORDS,
    classes_words,
    found_words,
    scenarios_of,
    statement_words,
)
from sim.report.words.language import ENGLISH, digits, language, say, spoken
from sim.report.words.templating import environment
from sim.report.words.words import percent, points, to
from sim.scenario import ResolvedScenario
from sim.types import COARSE_CLASSES, CoarseClass

CLASS_FILL: Mapping[CoarseClass, str] = {
    "settlement": "#2671b3",
    "process_or_partial": "#86b9e3",
    "nothing": "#a3a9b2",
}
HELD_SHARE = 0.9
"""An ordering holds where it does in at least this share of cells."""


def render(found: Retrodiction, command: str) -> str:
    """The page as HTML, self-contained."""
    pages = environment()
    pages.filters |= {"percent": percent, "two": two}
    pages.globals |= {"say": say}
    first, scenarios = found.codings[0], scenarios_of(found)
    return pages.get_template("retrodiction.html.j2").render(
        found=found,
        language=spoken(),
        title=found.spec.in_language(spoken()).title or found.title,
        frozen=say(found.frozen),
        command=command,
        first=first,
        classes=[(name, say(CLASS_WORDS[name]), CLASS_FILL[name]) for name in COARSE_CLASSES],
        cases=[_case_row(one, found.codings, scenarios) for one in found.cases],
        twins=[_twin_row(one, found) for one in found.twins],
        orderings=[_ordering_row(one, found, scenarios) for one in found.orderings],
        scores={name: mean_score_words(found, name) for name in found.codings},
        variants=VARIANT_NAMES,
        conditional=say(CONDITIONAL),
        interval_note=say(INTERVAL_NOTE),
        no_ranking=say(NO_RANKING),
        floor=digits(str(FLOOR)),
    )


def two(score: float) -> str:
    """A score with two decimals."""
    return digits(f"{score:.2f}")


def _points_to(found: Estimate) -> str:
    return to(points(found.low), points(found.high))


def mean_score_words(found: Retrodiction, coding: str) -> list[str]:
    """Mean scores over the cases held, of each forecaster."""
    return [
        say("{who}: log {log}, Brier {brier}", who=say(who), log=two(mean.log), brier=two(mean.brier))
        for who, mean in found.mean_scores[coding].items()
    ]


def _documented(one: CaseResult) -> str:
    return classes_words(one.documented) if one.held else say("not held")


def _case_row(one: CaseResult, codings: Sequence[str], scenarios: Mapping[str, ResolvedScenario]) -> dict[str, Any]:
    """What both pages print of a case."""
    return {
        "id": one.id,
        "title": scenarios[one.id].title,
        "format": one.format,
        "held": one.held,
        "documented": _documented(one),
        "documented_classes": one.documented,
        "note": one.note,
        "sources": ", ".join(one.sources),
        "shares": {name: [found.value for found in one.shares[name].values()] for name in codings},
        "intervals": {
            name: [to(percent(found.low), percent(found.high)) for found in one.shares[name].values()]
            for name in codings
        },
        "scores": one.scores,
        "base_rate": one.base_rate,
        "never": one.never_settles,
    }


def _twin_row(one: TwinResult, found: Retrodiction) -> dict[str, Any]:
    expected = say("must rise") if one.below is None else say("must fall below {share}", share=percent(one.below))
    return {
        "id": one.id,
        "summary": found.spec.in_language(spoken()).twins.get(one.id, one.summary),
        "case": one.case,
        "change": say(" and ").join(one.change),
        "expected": expected,
        "by_coding": [
            {
                "coding": name,
                "plain": percent(outcome.plain.value),
                "changed": percent(outcome.changed.value),
                "difference": f"{points(outcome.difference.value)} ({_points_to(outcome.difference)})",
                "holds": outcome.holds,
            }
            for name, outcome in one.by_coding.items()
        ],
    }


def _ordering_row(
    one: OrderingResult, found: Retrodiction, scenarios: Mapping[str, ResolvedScenario]
) -> dict[str, Any]:
    return {
        "id": one.id,
        "claim": found.spec.in_language(spoken()).orderings.get(one.id, one.claim),
        "input": one.input,
        "note": one.note,
        "sources": ", ".join(one.sources),
        "share": one.share,
        "holds": one.share >= HELD_SHARE,
        "n_cells": one.cells,
        "undecided": one.undecided,
        "by_coding": list(one.by_coding.items()),
        "variant_shares": ", ".join(f"{name} {percent(share)}" for name, share in one.by_variant.items()),
        "together": sum(answer is True for answer in one.over_all_sets.values()),
        "families": len(one.over_all_sets),
        "statements": [
            {
                "words": statement_words(statement.hypothesis, scenarios),
                "found": [
                    (name, found_words(statement.hypothesis, result)) for name, result in statement.by_coding.items()
                ],
            }
            for statement in one.hypotheses
        ],
    }


def markdown(found: Retrodiction, command: str) -> str:
    """The tables as a page of Markdown, in English."""
    with language(ENGLISH):
        return _markdown(found, command)


def _markdown(found: Retrodiction, command: str) -> str:
    first, *others = found.codings
    head = [
        f"# {found.title}",
        "",
        "<!-- Generated by the command below: change the retrodiction file or a case, not this page. -->",
        "",
        f"{NO_RANKING} {CONDITIONAL}",
        "",
        f"Made by `{command}`: {_size(found)}. {say(found.frozen)} Digest of all cases as read: `{found.digest}`.",
        "",
        "## What was documented, and what the files give",
        "",
        f"Shares by the codebook `{first}`, in brackets by {', '.join(f'`{name}`' for name in others)}. Given: "
        "probability of what is documented. Scores: log (0 is best, floored) and Brier (0 is best), of the "
        "simulation, the base rate of the other cases, and a forecaster for whom nothing ever settles.",
        "",
        "| Case | Documented | Settlement | Process or partial | Nothing | Given | Log | Brier | Base rate | Never |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    rows = [_case_line(one, found.codings) for one in found.cases]
    means: list[str] = []
    for name in found.codings:
        parts = [f"{who}: log {mean.log:.2f}, Brier {mean.brier:.2f}" for who, mean in found.mean_scores[name].items()]
        means.append(f"Mean over the cases held, `{name}`: " + "; ".join(parts) + ".")
    return "\n".join([*head, *rows, "", *means, "", *_twin_lines(found), *_ordering_lines(found)]).rstrip() + "\n"


def _size(found: Retrodiction) -> str:
    main, design = found.sizes.main, found.sizes.design
    n_codings = len(found.codings)
    return (
        f"{main.draws * main.replications:,} runs a case, and for the orderings {design.draws * design.replications:,} "
        f"in each of {len(VARIANT_NAMES)} variants and {n_codings} codings, spread over the sets of constants; seed "
        f"{main.seed}"
    )


def _case_line(one: CaseResult, codings: Sequence[str]) -> str:
    shares = [
        " ".join(
            percent(one.shares[name][k].value) if place == 0 else f"({percent(one.shares[name][k].value)})"
            for place, name in enumerate(codings)
        )
        for k in COARSE_CLASSES
    ]
    scores = ["", "", "", "", ""]
    if one.held and one.base_rate is not None and one.never_settles is not None:
        main = one.scores[codings[0]]
        scores = [percent(main.given), f"{main.log:.2f}", f"{main.brier:.2f}"]
        scores += [f"{other.log:.2f}, {other.brier:.2f}" for other in (one.base_rate, one.never_settles)]
    return "| " + " | ".join([f"`{one.id}`", _documented(one), *shares, *scores]) + " |"


def _twin_lines(found: Retrodiction) -> list[str]:
    if not found.twins:
        return []
    lines = ["## Twins: one cause removed or added, nothing else changed", ""]
    lines += ["| Twin | Change | Coding | Settlement | With the change | Difference | Expected | |"]
    lines += ["|---|---|---|---|---|---|---|---|"]
    for one in found.twins:
        row = _twin_row(one, found)
        for part in row["by_coding"]:
            cells = [f"`{row['case']}`", row["summary"], f"`{part['coding']}`", part["plain"], part["changed"]]
            cells += [part["difference"], row["expected"], "holds" if part["holds"] else "**does not hold**"]
            lines.append("| " + " | ".join(cells) + " |")
    return [*lines, ""]


def _ordering_lines(found: Retrodiction) -> list[str]:
    if not found.orderings:
        return []
    lines = [
        "## Orderings",
        "",
        f"Share of the cells (sets of constants x {len(VARIANT_NAMES)} variants x {len(found.codings)} codings) "
        "in which an ordering holds by its point estimates; one of nearness, unless the whole interval is beyond the "
        "bound. A cell with nothing to count among counts against it. *Over all sets together* is by point "
        "estimates, per variant and coding. "
        "*Input* marks orderings that the files put in.",
        "",
        "| | Ordering | Holds in | " + " | ".join(f"`{name}`" for name in found.codings) + " | Undecided | |",
        "|---|---|---|" + "---|" * len(found.codings) + "---|---|",
    ]
    for one in found.orderings:
        row = _ordering_row(one, found, scenarios_of(found))
        word = "holds" if row["holds"] else "**does not hold in nine of ten**"
        cells = [row["id"], row["claim"], f"{percent(row['share'])} of {row['n_cells']}"]
        cells += [percent(share) for _, share in row["by_coding"]]
        cells += [str(row["undecided"]), word + (", input" if row["input"] else "")]
        lines.append("| " + " | ".join(cells) + " |")
    for one in found.orderings:
        row = _ordering_row(one, found, scenarios_of(found))
        lines += ["", f"**{row['id']}** ({row['sources']}). {row['note']}".rstrip(), ""]
        lines += [
            f"- {part['words']}: " + "; ".join(f"`{name}` {words}" for name, words in part["found"])
            for part in row["statements"]
        ]
        lines.append(f"- By variant: {row['variant_shares']}.")
    return lines
