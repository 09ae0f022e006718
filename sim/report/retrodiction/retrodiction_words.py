"""Statements about simulated talks, and what was found of them, in the language of the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sim.analysis.experiments.hypotheses import Hypothesis, HypothesisResult, Term
from sim.analysis.experiments.metrics import MEANING, MEANS
from sim.analysis.experiments.retrodiction import OrderingResult, Retrodiction
from sim.analysis.statistics.intervals import Estimate
from sim.report.words.language import digits, say, spoken
from sim.report.words.words import percent, points, to
from sim.scenario import ResolvedScenario, in_language
from sim.types import CoarseClass

CLASS_WORDS: Mapping[CoarseClass, str] = {
    "settlement": "Settlement",
    "process_or_partial": "Process or partial",
    "nothing": "Nothing",
}
SCORED_WORDS = ("simulation", "base rate of the other cases", "nothing ever settles")
"""Keys of the mean scores."""


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
