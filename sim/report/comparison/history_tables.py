"""History beside the likelihoods of a comparison, pools of both, and the reference classes that there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from sim.analysis.comparison.outside_view import HistoryLook, MeasureHistory, OutsideView, PastShare
from sim.analysis.comparison.results import MEASURES, Comparison
from sim.report.canvas.palette import OUTCOME_WORDS
from sim.report.comparison.page_tables import likelihood
from sim.report.words.language import digits, say
from sim.report.words.table_writers import Row, Table, TableCell
from sim.report.words.words import NOTHING, interval, percent, shown

POSITION_WORDS = {"above": "above history", "in_line": "in line with history", "below": "below history"}
COUNT_WORDS = {
    "above": "above history in {count} of {total} formats",
    "in_line": "in line in {count} of {total} formats",
    "below": "below history in {count} of {total} formats",
}
WEIGHT_WORDS = {"0": "0", "0.25": "1/4", "0.5": "1/2", "0.75": "3/4", "1": "1"}
LIKELIHOOD_WORDS = {**{k.label: words for k, words in OUTCOME_WORDS.items()}, **MEASURES}


def history_table(view: OutsideView, comparison: Comparison, *, narrow: bool = False) -> Table:
    """Each likelihood beside its reference class; narrow, formats by number alone and classes by likelihood alone."""
    rows: list[Row] = []
    bands: dict[int, str] = {}
    for measure in view.measures:
        name = say(LIKELIHOOD_WORDS[measure.measure])
        bands[len(rows)] = name if narrow else f"{name}: {_counted(measure)} ({measure.reference.id})"
        for slot, (look, result) in enumerate(zip(measure.formats, comparison.formats, strict=True), start=1):
            name = TableCell("" if narrow else shown(result.name), badges=(slot,))
            rows.append((name, *_cells(look, measure)))
    columns = (say("Likelihood"), say("History"), TableCell(say("Beside history"), left=True))
    head = (say("Format"), *columns, say("Draws above / below"))
    caption = say("Likelihoods beside past cases (95% intervals; history's 90%)")
    return Table(caption, head, tuple(rows), bands, note=_note(view))


def _counted(measure: MeasureHistory) -> str:
    past = measure.reference
    return say("{k} of {n} {cases}: {event}", k=str(past.k), n=str(past.n), cases=past.cases, event=past.event)


def _cells(look: HistoryLook, measure: MeasureHistory) -> Row:
    own = likelihood(look.likelihood)
    if look.history is None:
        period = measure.reference.months or 0
        why = say("talks of {months} months, history counts {period}", months=look.months, period=period)
        return own, NOTHING, TableCell(say("not comparable"), why), NOTHING
    over = measure.reference.months not in (None, look.months)
    longer = say("over {months} months", months=look.months) if over else ""
    past = TableCell(percent(look.history.value), " ".join(filter(None, (interval(look.history), longer))))
    if look.position is None:
        return own, past, NOTHING, NOTHING
    strong = look.position != "in_line"
    beside = TableCell(say(POSITION_WORDS[look.position]), times(look.factor), strong=strong)
    return own, past, beside, f"{percent(look.draws_above)} / {percent(look.draws_below)}"


def times(factor: float) -> str:
    """How many times history's share a likelihood is: two figures."""
    return "\N{MULTIPLICATION SIGN}" + digits(f"{factor:.0f}" if factor >= 9.95 or factor == 0.0 else f"{factor:#.2g}")


def _note(view: OutsideView) -> str:
    looks = [(look, measure.reference.months) for measure in view.measures for look in measure.formats]
    parts = [say(view.note)]
    parts.append(
        say(
            "\N{MULTIPLICATION SIGN}: the likelihood divided by history's share. Draws: share of the draws of the "
            "uncertain numbers whose own likelihood lies above, and below, history's 90% interval."
        )
    )
    if any(look.history is not None and months not in (None, look.months) for look, months in looks):
        parts.append(say("Over more months than history counts, each period is taken to have the same chance."))
    if any(look.history is None for look, _ in looks):
        parts.append(
            say(
                "Not comparable: talks shorter than the time that history counts, or longer where its periods do not "
                "repeat."
            )
        )
    return " ".join((*parts, say(view.seats)))


def pool_table(view: OutsideView, comparison: Comparison, *, narrow: bool = False) -> Table:
    """Likelihoods pooled with history, a column a weight."""
    rows: list[Row] = []
    bands: dict[int, str] = {}
    for measure in view.measures:
        bands[len(rows)] = say(LIKELIHOOD_WORDS[measure.measure])
        for slot, (look, result) in enumerate(zip(measure.formats, comparison.formats, strict=True), start=1):
            name = TableCell("" if narrow else shown(result.name), badges=(slot,))
            pools = (look.pooled.get(weight) for weight in WEIGHT_WORDS)
            rows.append((name, *(NOTHING if pool is None else likelihood(pool) for pool in pools)))
    note = say(
        "Pooled in log-odds; ends of intervals with ends, so they are at least as wide as 95%. Weight 0 is the file "
        "alone, 1 history alone; no weight in between is right by default. Differences between formats are never "
        "pooled: a weight pulls all formats to the same history, which knows nothing of seats."
    )
    head = (say("Weight of history"), *WEIGHT_WORDS.values())
    return Table(say("Likelihoods pooled with past cases"), head, tuple(rows), bands, note=note)


def history_sentences(view: OutsideView) -> list[str]:
    """Per likelihood, in how many formats it lies where beside history."""
    return [sentence for measure in view.measures if (sentence := _sentence(measure))]


def _sentence(measure: MeasureHistory) -> str:
    counts = Counter(look.position for look in measure.formats if look.position is not None)
    found = [say(COUNT_WORDS[at], count=counts[at], total=counts.total()) for at in COUNT_WORDS if counts[at]]
    if not found:
        return ""
    where, name = ", ".join(found), say(LIKELIHOOD_WORDS[measure.measure])
    return say("{measure}: {where} ({counted}).", measure=name, where=where, counted=_counted(measure))


def class_table(classes: Sequence[PastShare]) -> Table:
    """Reference classes by id: what counts among what, how often."""
    rows = (
        (
            TableCell(past.reference.id, f"{past.reference.cases}: {past.reference.event}"),
            f"{past.reference.k} of {past.reference.n}",
            likelihood(past.history),
            "" if past.reference.months is None else f"{past.reference.months} months",
        )
        for past in classes
    )
    note = "Intervals: Jeffreys', 95%. Within: the time that the event had to come in; else it is the end of the case."
    head = ("Class", "Cases", "Share", "Within")
    return Table("Reference classes", head, tuple(rows), note=note)


def source_lines(classes: Sequence[PastShare]) -> Iterator[str]:
    """Each source once: citation, coding rule, what it does not know."""
    for source in dict.fromkeys((one.reference.source, one.reference.url) for one in classes):
        reference = next(one.reference for one in classes if one.reference.source == source[0])
        yield f"{reference.source}. {reference.url}"
        yield f"  Coding: {reference.coding}"
        yield f"  Does not know: {reference.unknown}"
