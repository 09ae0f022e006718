"""The tables of a retrodiction, each stated once for page, Markdown and terminal, in the language chosen."""

from __future__ import annotations

from collections.abc import Sequence

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
    """What was documented and what the files give: shares of the classes, and scores of the cases that were held.

    Args:
        retrodiction: what was found.
        codings: codebooks; of the first are the scores, of the others only shares, small.
    """
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
        rows.append((Cell(case.id, look="mono"), documented, *shares, *scores, *against))
    head = (
        say("Case"),
        Cell(say("Documented"), left=True),
        *(say(CLASS_WORDS[name]) for name in COARSE_CLASSES),
        *(say("Given"), "Log", "Brier"),
        *(Cell(words, "log, Brier") for words in (say("Base rate"), say("Never settles"))),
    )
    return Table(say("Documented, and what the files give"), head, tuple(rows))


def twin_table(retrodiction: Retrodiction, *, brief: bool = False) -> Table:
    """Pairs of scenarios that differ in one cause: settlement with and without it, and whether that is as expected.

    Args:
        retrodiction: what was found.
        brief: without what is changed and expected.
    """
    labels = retrodiction.spec.in_language(spoken()).twins
    rows: list[Row] = []
    for twin in retrodiction.twins:
        expected = say("must rise")
        if twin.below is not None:
            expected = say("must fall below {share}", share=percent(twin.below))
        change = say(" and ").join(twin.change)
        about = say("{case} with {change}: {expected}", case=twin.case, change=change, expected=expected)
        label: Cell | str = Cell(labels.get(twin.id, twin.summary), "" if brief else about, look="wrap")
        for coding, outcome in twin.by_coding.items():
            shift, interval = points(outcome.difference.value), points_interval(outcome.difference)
            settled = (percent(outcome.plain.value), percent(outcome.changed.value), f"{shift} ({interval})")
            rows.append((label, Cell(coding, look="mono"), *settled, _verdict(outcome.holds, say("does not hold"))))
            label = ""
    settled = (say("Settlement"), say("With the change"), say("Difference, points"))
    head = (Cell(say("Twin"), look="wrap"), Cell(say("Codebook"), left=True), *settled, Cell(left=True))
    return Table(say("Twins"), head, tuple(rows))


def ordering_table(retrodiction: Retrodiction) -> Table:
    """In which share of the cells each ordering holds."""
    labels = retrodiction.spec.in_language(spoken()).orderings
    rows = tuple(
        (
            ordering.id,
            Cell(labels.get(ordering.id, ordering.claim), look="wrap"),
            Cell(percent(ordering.share), say("of {count} cells", count=ordering.cells)),
            *map(percent, ordering.by_coding.values()),
            str(ordering.undecided),
            _verdict(ordering.share >= HELD_SHARE, say("does not hold in nine of ten"), given=ordering.input),
        )
        for ordering in retrodiction.orderings
    )
    head = (
        "",
        Cell(say("Ordering"), left=True),
        say("Holds in"),
        *(Cell(coding, look="mono") for coding in retrodiction.codings),
        say("Undecided"),
        Cell(left=True),
    )
    return Table(say("Orderings: share of constants x variants x codings"), head, rows)


def _verdict(holds: bool, otherwise: str, *, given: bool = False) -> Cell:
    """Whether something holds, and whether the file puts it in."""
    words = (say("holds{claim}", claim="") if holds else otherwise) + (f" ({say('input')})" if given else "")
    return Cell(words, strong=not holds, look="yes" if holds else "no")
