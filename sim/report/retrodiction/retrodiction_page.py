"""A retrodiction for people: one page of HTML, one page of Markdown, and the same as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.analysis.comparison.results import CONDITIONAL, INTERVAL_NOTE
from sim.analysis.experiments.documented_scores import FLOOR
from sim.analysis.experiments.retrodiction import (
    NO_RANKING,
    VARIANT_NAMES,
    CaseFound,
    OrderingFound,
    Retrodiction,
    TwinFound,
)
from sim.analysis.statistics.intervals import Estimate
from sim.analysis.statistics.json_numbers import estimate, number
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


@dataclass(frozen=True)
class Frozen:
    """Whether the cases are as they were before the first run."""

    changed: tuple[str, ...] | None
    """Cases changed since; None where nothing was frozen."""

    @property
    def words(self) -> str:
        """The same in a sentence."""
        if self.changed is None:
            return say("The case files were never frozen, so they may have been written with results in sight.")
        if not self.changed:
            return say("The case files are as they were frozen before the first run.")
        return say("Changed since they were frozen before the first run: {cases}.", cases=", ".join(self.changed))


def render(found: Retrodiction, frozen: Frozen, command: str) -> str:
    """The page as HTML, self-contained."""
    pages = environment()
    pages.filters |= {"percent": percent, "two": two}
    pages.globals |= {"say": say}
    first, scenarios = found.asked.codings[0], scenarios_of(found)
    return pages.get_template("retrodiction.html.j2").render(
        found=found,
        language=spoken(),
        title=found.asked.in_language(spoken()).title,
        frozen=frozen.words,
        command=command,
        first=first,
        classes=[(name, say(CLASS_WORDS[name]), CLASS_FILL[name]) for name in COARSE_CLASSES],
        cases=[_case_row(one, found.asked.codings, scenarios) for one in found.cases],
        twins=[_twin_row(one, found) for one in found.twins],
        orderings=[_ordering_row(one, found, scenarios) for one in found.orderings],
        scores={name: mean_score_words(found, name) for name in found.asked.codings},
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
        say("{who}: log {log}, Brier {brier}", who=say(who), log=two(log), brier=two(brier))
        for who, (log, brier) in found.mean_scores(coding).items()
    ]


def _documented(one: CaseFound) -> str:
    return classes_words(one.documented) if one.held else say("not held")


def _case_row(one: CaseFound, codings: Sequence[str], scenarios: Mapping[str, ResolvedScenario]) -> dict[str, Any]:
    """What both pages print of a case."""
    return {
        "id": one.case.id,
        "title": scenarios[one.case.id].title,
        "format": one.case.format,
        "held": one.held,
        "documented": _documented(one),
        "documented_classes": one.documented,
        "note": one.note,
        "sources": ", ".join(one.sources),
        "shares": {name: [found.value for found in one.shares[name]] for name in codings},
        "intervals": {
            name: [to(percent(found.low), percent(found.high)) for found in one.shares[name]] for name in codings
        },
        "scores": one.scores,
        "base_rate": one.base_rate,
        "never": one.never,
    }


def _twin_row(one: TwinFound, found: Retrodiction) -> dict[str, Any]:
    if one.twin.below is None:
        expected = say("must rise")
    else:
        expected = say("must fall below {share}", share=percent(one.twin.below))
    return {
        "id": one.twin.id,
        "summary": found.asked.in_language(spoken()).twins.get(one.twin.id, one.twin.summary),
        "case": one.twin.plain.cell.case,
        "change": say(" and ").join(one.twin.changed.cell.overrides),
        "expected": expected,
        "by_coding": [
            {
                "coding": name,
                "plain": percent(one.plain[name].value),
                "changed": percent(one.changed[name].value),
                "difference": f"{points(one.difference[name].value)} ({_points_to(one.difference[name])})",
                "holds": one.holds(name),
            }
            for name in found.asked.codings
        ],
    }


def _ordering_row(one: OrderingFound, found: Retrodiction, scenarios: Mapping[str, ResolvedScenario]) -> dict[str, Any]:
    codings = found.asked.codings
    return {
        "id": one.ordering.id,
        "claim": found.asked.in_language(spoken()).orderings.get(one.ordering.id, one.ordering.claim),
        "input": one.ordering.is_input,
        "note": one.ordering.note,
        "sources": ", ".join(one.ordering.sources),
        "share": one.share,
        "holds": one.share >= HELD_SHARE,
        "n_cells": one.n_cells,
        "undecided": one.undecided,
        "by_coding": [(name, one.by_coding(name)) for name in codings],
        "variant_shares": ", ".join(f"{name} {percent(one.by_variant(name))}" for name in VARIANT_NAMES),
        "together": sum(answer is True for answer in one.together.values()),
        "families": len(one.together),
        "statements": [
            {
                "words": statement_words(statement, scenarios),
                "found": [(name, found_words(statement, one.readings[name][k])) for name in codings],
            }
            for k, statement in enumerate(one.ordering.statements)
        ],
    }


def markdown(found: Retrodiction, frozen: Frozen, command: str) -> str:
    """The tables as a page of Markdown, in English."""
    with language(ENGLISH):
        return _markdown(found, frozen, command)


def _markdown(found: Retrodiction, frozen: Frozen, command: str) -> str:
    first, *others = found.asked.codings
    head = [
        f"# {found.asked.title}",
        "",
        "<!-- Generated by the command below: change the retrodiction file or a case, not this page. -->",
        "",
        f"{NO_RANKING} {CONDITIONAL}",
        "",
        f"Made by `{command}`: {_size(found)}. {frozen.words} Digest of all cases as read: `{found.digest}`.",
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
    rows = [_case_line(one, found.asked.codings) for one in found.cases]
    means: list[str] = []
    for name in found.asked.codings:
        parts = [f"{who}: log {log:.2f}, Brier {brier:.2f}" for who, (log, brier) in found.mean_scores(name).items()]
        means.append(f"Mean over the cases held, `{name}`: " + "; ".join(parts) + ".")
    return "\n".join([*head, *rows, "", *means, "", *_twin_lines(found), *_ordering_lines(found)]).rstrip() + "\n"


def _size(found: Retrodiction) -> str:
    main, design = found.sizes.main, found.sizes.design
    n_codings = len(found.asked.codings)
    return (
        f"{main.draws * main.replications:,} runs a case, and for the orderings {design.draws * design.replications:,} "
        f"in each of {len(VARIANT_NAMES)} variants and {n_codings} codings, spread over the sets of constants; seed "
        f"{main.seed}"
    )


def _case_line(one: CaseFound, codings: Sequence[str]) -> str:
    shares = [
        " ".join(
            percent(one.shares[name][k].value) if place == 0 else f"({percent(one.shares[name][k].value)})"
            for place, name in enumerate(codings)
        )
        for k in range(len(COARSE_CLASSES))
    ]
    scores = ["", "", "", "", ""]
    if one.held and one.base_rate is not None and one.never is not None:
        main = one.scores[codings[0]]
        scores = [percent(main.given), f"{main.log:.2f}", f"{main.brier:.2f}"]
        scores += [f"{other.log:.2f}, {other.brier:.2f}" for other in (one.base_rate, one.never)]
    return "| " + " | ".join([f"`{one.case.id}`", _documented(one), *shares, *scores]) + " |"


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
        f"Share of the cells (sets of constants x {len(VARIANT_NAMES)} variants x {len(found.asked.codings)} codings) "
        "in which an ordering holds by its point estimates; one of nearness, unless the whole interval is beyond the "
        "bound. A cell with nothing to count among counts against it. *Over all sets together* is by point "
        "estimates, per variant and coding. "
        "*Input* marks orderings that the files put in.",
        "",
        "| | Ordering | Holds in | " + " | ".join(f"`{name}`" for name in found.asked.codings) + " | Undecided | |",
        "|---|---|---|" + "---|" * len(found.asked.codings) + "---|---|",
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


def as_data(found: Retrodiction, frozen: Frozen) -> dict[str, Any]:
    """Everything found, as plain data for JSON, in English."""
    with language(ENGLISH):
        return _as_data(found, frozen)


def _as_data(found: Retrodiction, frozen: Frozen) -> dict[str, Any]:
    return {
        "retrodiction": found.asked.id,
        "title": found.asked.title,
        "conditional": CONDITIONAL,
        "no_ranking": NO_RANKING,
        "digest": found.digest,
        "frozen": {"changed": None if frozen.changed is None else list(frozen.changed), "words": frozen.words},
        "codings": list(found.asked.codings),
        "variants": list(VARIANT_NAMES),
        "sizes": {
            key: {"draws": size.draws, "replications": size.replications, "seed": size.seed}
            for key, size in (("main", found.sizes.main), ("other", found.sizes.other), ("design", found.sizes.design))
        },
        "cases": [_case_data(one) for one in found.cases],
        "mean_scores": {
            name: {who: {"log": number(log), "brier": number(brier)} for who, (log, brier) in rows.items()}
            for name, rows in ((name, found.mean_scores(name)) for name in found.asked.codings)
        },
        "twins": [
            {
                "id": one.twin.id,
                "case": one.twin.plain.cell.case,
                "change": list(one.twin.changed.cell.overrides),
                "below": one.twin.below,
                "by_coding": {
                    name: {
                        "plain": estimate(one.plain[name]),
                        "changed": estimate(one.changed[name]),
                        "difference": estimate(one.difference[name]),
                        "holds": one.holds(name),
                    }
                    for name in found.asked.codings
                },
            }
            for one in found.twins
        ],
        "orderings": [_ordering_data(one, found.asked.codings) for one in found.orderings],
    }


def _case_data(one: CaseFound) -> dict[str, Any]:
    def scored(score: Any) -> dict[str, Any] | None:
        return score and {"given": number(score.given), "log": number(score.log), "brier": number(score.brier)}

    return {
        "id": one.case.id,
        "title": one.case.base.title,
        "format": one.case.format,
        "held": one.held,
        "documented": list(one.documented),
        "sources": list(one.sources),
        "note": one.note,
        "digests": dict(one.digests),
        "shares": {
            name: dict(zip(COARSE_CLASSES, map(estimate, found), strict=True)) for name, found in one.shares.items()
        },
        "scores": {name: scored(found) for name, found in one.scores.items()},
        "base_rate": scored(one.base_rate),
        "never_settles": scored(one.never),
    }


def _ordering_data(one: OrderingFound, codings: Sequence[str]) -> dict[str, Any]:
    return {
        "id": one.ordering.id,
        "claim": one.ordering.claim,
        "input": one.ordering.is_input,
        "sources": list(one.ordering.sources),
        "share": number(one.share),
        "cells": one.n_cells,
        "undecided": one.undecided,
        "by_coding": {name: number(one.by_coding(name)) for name in codings},
        "by_variant": {name: number(one.by_variant(name)) for name in VARIANT_NAMES},
        "over_all_sets": {f"{coding}, {variant}": found for (coding, variant), found in one.together.items()},
        "statements": [
            {
                "words": statement.words,
                "by_coding": {
                    name: {
                        "holds": one.readings[name][k].holds,
                        "first": number(one.readings[name][k].first.value),
                        "second": None if (second := one.readings[name][k].second) is None else number(second.value),
                        "found": estimate(one.readings[name][k].found),
                    }
                    for name in codings
                },
            }
            for k, statement in enumerate(one.ordering.statements)
        ],
    }
