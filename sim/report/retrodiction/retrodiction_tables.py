"""The tables of a retrodiction, each stated once for page, Markdown and terminal, in the language chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sim.analysis.experiments.documented_scores import Score
from sim.analysis.experiments.retrodiction import Retrodiction
from sim.report.retrodiction.retrodiction_words import CLASS_WORDS, classes_words
from sim.report.words.language import digits, say, spoken
from sim.report.words.table_writers import Cell, Row, Table
from sim.report.words.words import percent, points, points_interval
from sim.types import COARSE_CLASSES

HELD_SHARE = 0.9
"""An ordering holds where it does in at least this share of cells."""


def two(score: float) -> str:
    """A score with two decimals."""
    return digits(f"{score:.2f}")


def mean_score_words(retrodiction: Retrodiction, coding: str) -> list[str]:
    """Mean scores over the cases held, of each forecaster."""
    return [
        say("{who}: log {log}, Brier {brier}", who=say(who), log=two(mean.log), brier=two(mean.brier))
        for who, mean in retrodiction.mean_scores[coding].items()
    ]


def case_table(retrodiction: Retrodiction, codings: Sequence[str]) -> Table:
    """What was documented and what the files give: shares, by further codebooks small; scores by the first codebook."""
    first, *others = codings

    def both(score: Score | None) -> str:
        return "" if score is None else say("{log}, {brier}", log=two(score.log), brier=two(score.brier))

    rows: list[Row] = []
    for case in retrodiction.cases:
        shares = (
            Cell(percent(case.shares[first][k].value), " ".join(percent(case.shares[c][k].value) for c in others))
            for k in COARSE_CLASSES
        )
        main = case.scores[first] if case.held else None
        scores = ("", "", "") if main is None else (percent(main.given), two(main.log), two(main.brier))
        documented = classes_words(case.documented) if case.held else say("not held")
        against = (both(case.base_rate), both(case.never_settles))
        rows.append((case.id, documented, *shares, *scores, *against))
    head = (
        say("Case"),
        Cell(say("Documented"), left=True),
        *(say(CLASS_WORDS[name]) for name in COARSE_CLASSES),
        *(say("Given"), "Log", "Brier"),
        *(Cell(words, "log, Brier") for words in (say("Base rate"), say("Never settles"))),
    )
    return Table(say("Documented, and what the files give"), head, tuple(rows))


def score_table(retrodiction: Retrodiction) -> Table:
    """Scores of the cases that were held, by the first codebook."""
    table = case_table(retrodiction, retrodiction.codings[:1]).columns((0, 5, 6, 7, 8, 9))
    held = (row for row, case in zip(table.rows, retrodiction.cases, strict=True) if case.held)
    return replace(table, rows=tuple(held))


def twin_table(retrodiction: Retrodiction, *, brief: bool = False) -> Table:
    """Settlement with and without one cause; in brief by the first codebook, but for the verdict, and no intervals."""
    labels = retrodiction.spec.in_language(spoken()).twins
    rows: list[Row] = []
    bands: dict[int, str] = {}
    for twin in retrodiction.twins:
        expected = say("must rise")
        if twin.below is not None:
            expected = say("must fall below {share}", share=percent(twin.below))
        change, label = say(" and ").join(twin.changed.cell.overrides), labels.get(twin.id, twin.summary)
        about = say("{case} with {change}: {expected}", case=twin.plain.cell.scenario, change=change, expected=expected)
        in_all = all(outcome.holds for outcome in twin.by_coding.values())
        if not brief:
            bands[len(rows)] = f"{label} ({about})"
        for coding, outcome in list(twin.by_coding.items())[: 1 if brief else None]:
            shift = points(outcome.difference.value) + ("" if brief else f" ({points_interval(outcome.difference)})")
            verdict = _verdict(in_all if brief else outcome.holds, say("does not hold"))
            settled = (percent(outcome.plain.value), percent(outcome.changed.value))
            rows.append((label if brief else coding, *settled, shift, verdict))
    settled = (say("Settlement"), say("With the change"), say("Difference, points"))
    head = (say("Twin") if brief else say("Codebook"), *settled, Cell(left=True))
    return Table(say("Twins"), head, tuple(rows), bands)


def ordering_table(retrodiction: Retrodiction) -> Table:
    """In which share of the cells each ordering holds."""
    labels = retrodiction.spec.in_language(spoken()).orderings
    rows = tuple(
        (
            f"{ordering.id}. {labels.get(ordering.id, ordering.claim)}",
            Cell(percent(ordering.share), say("of {count} cells", count=ordering.cells)),
            *map(percent, ordering.by_coding.values()),
            str(ordering.undecided),
            _verdict(ordering.share >= HELD_SHARE, say("does not hold in nine of ten"), given=ordering.input),
        )
        for ordering in retrodiction.orderings
    )
    head = (say("Ordering"), say("Holds in"), *retrodiction.codings, say("Undecided"), Cell(left=True))
    return Table(say("Orderings: share of constants x variants x codings"), head, rows)


def _verdict(holds: bool, otherwise: str, *, given: bool = False) -> Cell:
    """Whether something holds, and whether the file puts it in."""
    words = (say("holds{claim}", claim="") if holds else otherwise) + (f" ({say('input')})" if given else "")
    return Cell(words, strong=not holds, look="yes" if holds else "no")
