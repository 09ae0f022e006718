"""What carries a likelihood that is too high, or too much the same, to be passed over; only what was computed.

It is asked where the table signs in more than 80% of runs, where a likelihood lies above history, and where an outcome
comes in more than 95% or fewer than 0.5% of the runs of every format. Named are how little conflict the file holds, the
variant of the rules that takes most off, and the number that does so when it is held.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from sim.analysis.comparison.result_document import ComparisonResult
from sim.analysis.comparison.results import FormatLikelihoods, FormatResult
from sim.analysis.statistics.intervals import Estimate
from sim.analysis.theory.conflict import LITTLE
from sim.report.canvas.palette import OUTCOME_WORDS
from sim.report.comparison.variance_shares_view import key_words, value_words
from sim.report.words.language import digits, say
from sim.report.words.words import extent, listed, percent, shown, to
from sim.types import Outcome

HIGH = 0.8
"""Share of runs in which a table signs, above which it is asked what carries it."""
ALWAYS, NEVER = 0.95, 0.005
"""An outcome of every format above the one or below the other is explained."""
TELLING = 0.05
"""By how much a variant or a number must move a likelihood to be named."""
MEASURE_CLAUSES = {
    "settlement": "settlements",
    "halt": "halts in force",
    "in_force": "texts in force",
    "signed": "signed texts",
    "agreed": "agreement at the table",
    "core": "agreement on the core",
    "lasted": "texts that last",
}


def sentences(result: ComparisonResult) -> list[str]:
    """One sentence or two for each likelihood that asks for it; none where none does."""
    said = [_carried("agreed", [one for one in result.formats if one.measures["agreed"].value > HIGH], result)]
    for measure in result.history.measures if result.history else ():
        above = {look.format for look in measure.formats if look.position == "above"}
        said.append(_carried(measure.measure, [one for one in result.formats if one.id in above], result))
    return [*filter(None, said), *_always_or_never(result)]


def estimate_of(of: FormatLikelihoods, name: str) -> Estimate:
    """A measure or an outcome, by its id."""
    return of.measures[name] if name in of.measures else of.outcomes[Outcome[name.upper()]]


def share_of(of: FormatLikelihoods, name: str) -> float:
    """The value of a measure or an outcome, by its id."""
    return estimate_of(of, name).value


def _name_of(name: str) -> str:
    if name in MEASURE_CLAUSES:
        return say(MEASURE_CLAUSES[name])
    words = say(OUTCOME_WORDS[Outcome[name.upper()]])
    return words[:1].lower() + words[1:]


def _carried(name: str, formats: Sequence[FormatResult], result: ComparisonResult) -> str:
    """What carries a high likelihood in some formats."""
    if not formats:
        return ""
    shares = percent(share_of(formats[0], name))
    if len(formats) > 1:
        shares = extent([share_of(one, name) for one in formats])
    where = listed([shown(one.name) for one in formats])
    if name == "agreed":
        head = say("The table signs in {shares} of runs with {formats}.", shares=shares, formats=where)
    else:
        what = _name_of(name)
        head = say("Above history: {measure}, {shares} with {formats}.", measure=what, shares=shares, formats=where)
    causes = [*_conflict(formats, result), *_variant(name, formats, result), *_number(name, formats, result)]
    return " ".join((head, *(causes or [_nothing_found(result)])))


def _nothing_found(result: ComparisonResult) -> str:
    if not result.variants:
        return say("What carries it cannot be told: no variants were run.")
    return say("No single rule or number that was tried carries it.")


def _conflict(formats: Sequence[FormatResult], result: ComparisonResult) -> Iterator[str]:
    """That the file holds little conflict, where it does."""
    if result.conflict is None:
        return
    known = {one.id: one.share.mean for one in result.conflict.formats}
    little = [known[one.id] for one in formats if known.get(one.id, 0.0) > LITTLE]
    if not little:
        return
    low, high = (digits(f"{end:.2f}") for end in (min(little), max(little)))
    share = low if low == high else to(low, high)
    if len(little) == len(formats):
        yield say("The file holds little conflict: everybody can have {share} of its best hope at once.", share=share)
    else:
        yield say(
            "In {count} of these formats the file holds little conflict: everybody can have {share} of its best hope "
            "at once.",
            count=len(little),
            share=share,
        )


def _variant(name: str, formats: Sequence[FormatResult], result: ComparisonResult) -> Iterator[str]:
    """The variant that takes most off, beyond simulation error."""
    if not result.variants:
        return
    ids = {one.id for one in formats}
    mean, mean_of_highs = (_mean_of(name, ids, end) for end in ("value", "high"))
    base = mean(formats)
    least = min(result.variants, key=lambda variant: mean(result.variants[variant].formats))
    below = mean(result.variants[least].formats)
    if base - mean_of_highs(result.variants[least].formats) < TELLING:
        yield say(
            "No rule variant that was tried is shown to lower it by more than {points} points.",
            points=f"{100.0 * TELLING:.0f}",
        )
    else:
        yield say(
            "Of the rule variants {variant} takes most off: {share} instead of {base}.",
            variant=least,
            share=percent(below),
            base=percent(base),
        )


def _mean_of(name: str, ids: set[str], end: str = "value") -> Callable[[Sequence[FormatLikelihoods]], float]:
    """Mean of a likelihood over formats, or of an end of its interval."""

    def mean(formats: Sequence[FormatLikelihoods]) -> float:
        shares = [getattr(estimate_of(one, name), end) for one in formats if one.id in ids]
        return sum(shares) / len(shares)

    return mean


def _number(name: str, formats: Sequence[FormatResult], result: ComparisonResult) -> Iterator[str]:
    """The number that takes most off, beyond simulation error, when held; known for the measure of the answer."""
    rests = result.variance_shares
    if rests is None or rests.measure != name:
        return
    places = [slot for slot, one in enumerate(result.formats) if one in formats]
    ends = [(number, end) for number in rests.numbers for end in (number.low, number.high)]
    highs = [sum(end.changes[slot].high for slot in places) / len(places) for _, end in ends]
    if highs and min(highs) <= -TELLING:
        number, end = ends[highs.index(min(highs))]
        yield say(
            "Of the numbers held, {number} at {value} takes most off: at least {points} points.",
            number=key_words(number, result.structure),
            value=value_words(number, end),
            points=f"{-100.0 * min(highs):.0f}",
        )


def _always_or_never(result: ComparisonResult) -> Iterator[str]:
    """Outcomes that come nearly always, or nearly never, in every format, and the variant that changes that most.

    That nothing settles is told, and explained, elsewhere.
    """
    always: dict[str, list[str]] = {}
    never: dict[str, list[str]] = {}
    for k in Outcome:
        shares, words = [one.outcomes[k].value for one in result.formats], say(OUTCOME_WORDS[k])
        if min(shares) > ALWAYS:
            always.setdefault(_least(k, result), []).append(words)
        elif max(shares) < NEVER and k is not Outcome.SETTLEMENT:
            never.setdefault(_most(k, result), []).append(words)
    for why, outcomes in always.items():
        yield say("In over 95% of runs of every format: {outcomes}.", outcomes=listed(outcomes)) + " " + why
    for why, outcomes in never.items():
        yield say("In under 0.5% of runs of every format: {outcomes}.", outcomes=listed(outcomes)) + " " + why


def _least(outcome: Outcome, result: ComparisonResult) -> str:
    """What becomes of an outcome that comes nearly always under the variant that takes most off in some format."""
    shares = _under(outcome, result, min, "high")
    least = min(shares, key=lambda name: shares[name], default="")
    if not least or shares[least] > ALWAYS:
        return _hangs_on_none(result)
    return say(
        "That hangs on a rule: under {variant} it is at most {share} in some format.",
        variant=least,
        share=percent(shares[least]),
    )


def _most(outcome: Outcome, result: ComparisonResult) -> str:
    """What becomes of an outcome that hardly ever comes under the variant that adds most in some format."""
    shares = _under(outcome, result, max, "low")
    most = max(shares, key=lambda name: shares[name], default="")
    if not most or shares[most] < NEVER:
        return _hangs_on_none(result)
    return say(
        "That hangs on a rule: under {variant} it is at least {share} in some format.",
        variant=most,
        share=percent(shares[most]),
    )


def _under(
    outcome: Outcome, result: ComparisonResult, pick: Callable[[list[float]], float], end: str
) -> dict[str, float]:
    """Variant -> the least or greatest end of the interval of an outcome's share in a format."""
    variants = result.variants.items()
    return {name: pick([getattr(one.outcomes[outcome], end) for one in other.formats]) for name, other in variants}


def _hangs_on_none(result: ComparisonResult) -> str:
    if not result.variants:
        return say("What carries it cannot be told: no variants were run.")
    return say("No rule variant that was tried is shown to change that.")
