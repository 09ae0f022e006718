"""What a retrodiction says in words and in tables, for all pages and the terminal, in the language chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sim.analysis.experiments.hypotheses import Hypothesis, HypothesisResult, Term
from sim.analysis.experiments.metrics import MEANING, MEANS
from sim.analysis.experiments.retrodiction import OrderingResult, Retrodiction
from sim.analysis.statistics.forecast_scores import Score
from sim.analysis.statistics.intervals import Estimate
from sim.report.words.language import digits, say, spoken
from sim.report.words.table_writers import Row, Table, TableCell
from sim.report.words.words import percent, points, points_interval, to
from sim.scenario import ResolvedScenario, in_language
from sim.types import COARSE_CLASSES, CoarseClass

CLASS_WORDS: Mapping[CoarseClass, str] = {
    "settlement": "Settlement",
    "process_or_partial": "Process or partial",
    "nothing": "Nothing",
}
HELD_SHARE = 0.9
"""An ordering holds where it does in at least this share of cells."""


def classes_words(classes: Sequence[CoarseClass]) -> str:
    """Coarse classes, one or another."""
    return say(" or ").join(say(CLASS_WORDS[name].lower()) for name in classes)


def scenarios_of(found: Retrodiction) -> dict[str, ResolvedScenario]:
    """The cases by id, with their names in the language chosen."""
    return {case.id: in_language(case.base, spoken()) for case in found.spec.cases}


def statement_words(statement: Hypothesis, scenarios: Mapping[str, ResolvedScenario]) -> str:
    """A statement in words; in English the same as `Hypothesis.words`."""
    first, bound = _term_words(statement.first, scenarios), digits(f"{statement.bound:g}")
    second = "" if statement.second is None else _term_words(statement.second, scenarios)
    match statement.kind:
        case "greater":
            return say("{first} is greater than {second}", first=first, second=second)
        case "near":
            return say("{first} is within {bound} of {second}", first=first, bound=bound, second=second)
        case "above":
            return say("{first} is above {bound}", first=first, bound=bound)
        case "below":
            return say("{first} is below {bound}", first=first, bound=bound)


def _term_words(term: Term, scenarios: Mapping[str, ResolvedScenario]) -> str:
    """A quantity and the cell it is counted in; ids of cells and of changes stay as they are."""
    resolved, quantity, cell = scenarios[term.cell.scenario], term.metric, term.cell
    parties, issues = list(resolved.parties.values()), list(resolved.issues.items())
    about = [] if quantity.party is None else [parties[quantity.party].name]
    about += [issues[k][1].name or issues[k][0] for k in quantity.issues]
    if quantity.options:
        options = list(issues[quantity.issues[0]][1].options.items())
        about.append(say(" or ").join(options[k][1].name or options[k][0] for k in quantity.options))
    names = [*cell.overrides, *([cell.variant] if cell.variant else [])]
    changed = f", {say(' and ').join(names)}" if names else ""
    bracket = f" ({': '.join(about)})" if about else ""
    return f"{say(MEANING[quantity.kind])}{bracket} [{resolved.id}/{cell.format}{changed}]"


def found_words(statement: Hypothesis, reading: HypothesisResult) -> str:
    """A statement's numbers with all priors, and whether it holds."""
    if reading.holds is None:
        return say("nothing to count among")
    in_units = statement.first.metric.kind in MEANS

    def one(value: float) -> str:
        return digits(f"{value:.3g}") if in_units else percent(value)

    sides = [one(side.value) for side in (reading.first, reading.second) if side is not None]
    numbers = sides[0] if len(sides) == 1 else say("{first} against {second}", first=sides[0], second=sides[1])
    low, high = reading.estimate.low, reading.estimate.high
    if reading.second is None or in_units:
        interval = to(one(low), one(high))
    else:
        interval = say("{low} to {high} points", low=points(low), high=points(high))
    if not reading.holds:
        return say("{found} ({interval}): does not hold", found=numbers, interval=interval)
    if reading.surely(statement):
        return say("{found} ({interval}): holds, with its whole interval", found=numbers, interval=interval)
    return say("{found} ({interval}): holds", found=numbers, interval=interval)


def interval_words(share: Estimate) -> str:
    """The interval of a share."""
    return to(percent(share.low), percent(share.high))


def variant_words(ordering: OrderingResult) -> str:
    """In which share of the cells of each rule variant an ordering holds."""
    return ", ".join(f"{name} {percent(share)}" for name, share in ordering.by_variant.items())


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
            TableCell(percent(case.shares[first][k].value), " ".join(percent(case.shares[c][k].value) for c in others))
            for k in COARSE_CLASSES
        )
        main = case.scores[first] if case.held else None
        scores = ("", "", "") if main is None else (percent(main.given), two(main.log), two(main.brier))
        documented = classes_words(case.documented) if case.held else say("not held")
        against = (both(case.base_rate), both(case.never_settles))
        rows.append((case.id, documented, *shares, *scores, *against))
    head = (
        say("Case"),
        TableCell(say("Documented"), left=True),
        *(say(CLASS_WORDS[name]) for name in COARSE_CLASSES),
        *(say("Given"), "Log", "Brier"),
        *(TableCell(words, "log, Brier") for words in (say("Base rate"), say("Never settles"))),
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
    head = (say("Twin") if brief else say("Codebook"), *settled, TableCell(left=True))
    return Table(say("Twins"), head, tuple(rows), bands)


def ordering_table(retrodiction: Retrodiction) -> Table:
    """In which share of the cells each ordering holds."""
    labels = retrodiction.spec.in_language(spoken()).orderings
    rows = tuple(
        (
            f"{ordering.id}. {labels.get(ordering.id, ordering.claim)}",
            TableCell(percent(ordering.share), say("of {count} cells", count=ordering.cells)),
            *map(percent, ordering.by_coding.values()),
            str(ordering.undecided),
            _verdict(ordering.share >= HELD_SHARE, _short_of_it(ordering), given=ordering.input),
        )
        for ordering in retrodiction.orderings
    )
    head = (say("Ordering"), say("Holds in"), *retrodiction.codings, say("Undecided"), TableCell(left=True))
    return Table(say("Orderings: share of constants x variants x codings"), head, rows)


def _short_of_it(ordering: OrderingResult) -> str:
    """What to say of an ordering that holds in too few cells: whether those that cannot tell could make up for it."""
    if ordering.share + ordering.undecided / ordering.cells >= HELD_SHARE:
        return say("cannot be told: too few runs a cell")
    return say("does not hold in nine of ten")


def _verdict(holds: bool, otherwise: str, *, given: bool = False) -> TableCell:
    """Whether something holds, and whether the file puts it in."""
    words = (say("holds{claim}", claim="") if holds else otherwise) + (f" ({say('input')})" if given else "")
    return TableCell(words, strong=not holds, look="yes" if holds else "no")
