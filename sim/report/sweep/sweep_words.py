"""A sweep in sentences: what was swept, which format leads where, what it turns on, what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sim.analysis.comparison.results import MEASURES
from sim.analysis.statistics.intervals import Estimate
from sim.report.sweep.factor_words import cell_words, factor_labels
from sim.report.words.language import count, say, spoken
from sim.report.words.words import interval, listed, percent, points, points_interval, shown
from sim.sweep.design import Design, SampleRows
from sim.sweep.sweep_findings import FEWEST_DRAWS, TWIN, Panel, SweepFindings, format_names
from sim.types.message import Message

SAMPLE_WORDS = {
    "grid": "a grid of {points} points ({shape})",
    "line": "a grid of {points} points",
    "point": "a single point",
    "lhs": "a Latin hypercube of {points} points",
    "sobol": "a Sobol sample of {points} points ({shape} base rows and columns)",
    "oat": "{points} points, one factor moved at a time",
    "morris": "{points} points on {shape} Morris trajectories and steps",
    "list": "a list of {points} points",
}
"""A sample, by its kind; a grid of one factor is a line, and of none a point."""
LEADS_WORDS = ("{format} leads in {share} (may lead in {most})", "{format} in {share} ({most})")
"""For the first, and for the others."""
BARE_WORDS = "{format} in {share}"
MOST_NAMED = 3
"""Formats that a sentence names as leading somewhere."""


def summary_sentences(found: SweepFindings, design: Design, n_missing: int) -> list[str]:
    """The answer first: who leads where, by how much, what it turns on; then what was swept, and what is missing."""
    return [
        first_sentence(found, design),
        " ".join(_where(found, design)),
        " ".join((*_turns(found, design), *_still(found, design))),
        swept_words(design),
        _missing(found, design, n_missing),
    ]


def names_of(design: Design) -> tuple[str, ...]:
    """Formats as prose and figures print them."""
    return tuple(map(shown, format_names(design, spoken())))


def labels_of(design: Design) -> tuple[str, ...]:
    """Number factors as prose and figures print them."""
    return factor_labels(design, design.scenario.encoder(seed=design.runs.seed, language=spoken()).structure)


def answer_words(found: SweepFindings, design: Design) -> str:
    """What the analyses of a sweep ask about: the difference of the two leading formats, or a single one's share."""
    names, measure = names_of(design), say(MEASURES[found.measure].lower())
    if len(found.pair) < 2:
        return measure
    return say(
        "{measure}, {first} minus {second}", measure=measure, first=names[found.pair[0]], second=names[found.pair[-1]]
    )


def formats_words(design: Design) -> str:
    """How many formats are played."""
    n = len(design.formats)
    return say("1 format") if n == 1 else say("{count} formats", count=n)


def sample_words(sample: SampleRows) -> str:
    """A sample by its kind, how many points it has, and its shape where that says more."""
    size, kind = sample.end - sample.first, sample.kind
    if kind == "grid" and len(sample.shape) < 2:
        kind = "line" if size > 1 else "point"
    return say(SAMPLE_WORDS[kind], points=count(size), shape=" x ".join(map(str, sample.shape)))


def swept_words(design: Design) -> str:
    """What was swept, in how many points, formats and runs."""
    samples = [sample_words(one) for one in design.samples]
    labels = labels_of(design)
    factors = [*(labels[k] for k in design.movers), *(factor.name for factor in design.structure)]
    named = listed(factors) if len(factors) <= 8 else say("{count} factors", count=len(factors))
    cells = say(", in each of {cells} cells", cells=len(design.cells)) if len(design.cells) > 1 else ""
    if not design.movers:
        samples, cells = [say("a cell for each of {count} combinations", count=len(design.cells))], ""
    return say(
        "Swept: {factors}, by {samples}{cells}. Each point was played in {formats}, with {draws} draws of the "
        "uncertain numbers that are not swept and {replications} replications of chance each: {runs} runs.",
        factors=named,
        samples=listed(samples),
        cells=cells,
        formats=formats_words(design),
        draws=count(design.runs.draws),
        replications=design.runs.replications,
        runs=count(design.n_runs),
    )


def first_sentence(found: SweepFindings, design: Design) -> str:
    """Which format gets furthest over all points, by how much, or that it cannot be told."""
    names, measure = names_of(design), say(MEASURES[found.measure].lower())
    shares, top = found.shares[found.measure], found.top
    if len(names) == 1:
        return say(
            "Over all points, {share} of the runs of {format} reach this: {measure} (95% interval {interval}).",
            share=percent(shares.at(0).value),
            format=names[0],
            measure=measure,
            interval=interval(shares.at(0)),
        )
    if not top.lead.known:
        return say("Nothing was played yet that tells the formats apart.")
    holes = {
        "measure": measure,
        "lead": points(top.lead.value).lstrip("+"),
        **_two(found, names, top.highest, top.lead),
    }
    if not top.told:
        return say(
            "Over all points together one cannot tell which format gets furthest ({measure}): the highest are {first} "
            "with {share} and {second} with {other}, {lead} points apart (95% interval {interval}).",
            **holes,
        )
    if found.twins:
        holes["first"] = listed([names[slot] for slot in (top.highest[0], *found.twins)])
        return say(
            "Over all points together {first} get furthest ({measure}): {share} for the first of them, and {other} for "
            "{second}, {lead} points less (95% interval of the difference {interval}).",
            **holes,
        )
    return say(
        "Over all points together {first} gets furthest ({measure}): {share}, {lead} points more than the next, "
        "{second}, with {other} (95% interval of the difference {interval}).",
        **holes,
    )


def _two(found: SweepFindings, names: Sequence[str], pair: Sequence[int], gap: Estimate) -> dict[str, str]:
    """Two formats with their shares, and their difference."""
    shares, first, second = found.shares[found.measure], pair[0], pair[-1]
    return {
        "first": names[first],
        "second": names[second],
        "share": f"{percent(shares.at(first).value)} ({interval(shares.at(first))})",
        "other": f"{percent(shares.at(second).value)} ({interval(shares.at(second))})",
        "gap": points(gap.value),
        "interval": points_interval(gap),
    }


def _where(found: SweepFindings, design: Design) -> Iterator[str]:
    """Where which format leads, if that says something; and the two that the design compares."""
    names, measure = names_of(design), say(MEASURES[found.measure].lower())
    if len(names) == 1:
        return
    yield from _alike(found, names)
    if any(found.told):
        yield from where_words(found, design, measure)
    else:
        yield from _too_few(found, design, names)
    if set(found.pair) == set(found.top.highest):
        return
    holes = _two(found, names, found.pair, found.gap)
    if found.gap.side:
        yield say(
            "Over all points together {first} reaches {share}, {second} {other}: a difference of {gap} points (95% "
            "interval {interval}).",
            **holes,
        )
    else:
        yield say(
            "Over all points together {first} reaches {share}, {second} {other}: a difference of {gap} points (95% "
            "interval {interval}), which is no more than simulation error.",
            **holes,
        )


def _too_few(found: SweepFindings, design: Design, names: Sequence[str]) -> Iterator[str]:
    """About how many draws would tell at single points what is told over all."""
    if found.draws_needed is not None and found.draws_needed > design.runs.draws:
        yield say(
            "At no single point can it be told with {draws} draws each which format leads; a lead as large as over "
            "all points would take about {needed} at a typical one, all points looked at together.",
            draws=count(design.runs.draws),
            needed=count(found.draws_needed),
        )
    if design.runs.draws >= FEWEST_DRAWS:
        yield from _behind(found, names)


def _alike(found: SweepFindings, names: Sequence[str]) -> Iterator[str]:
    if found.twins:
        yield say(
            "At every point within {points} points of {first}: {formats}.",
            points=round(100 * TWIN),
            first=names[found.top.highest[0]],
            formats=listed([names[slot] for slot in found.twins]),
        )


def where_words(found: SweepFindings | Panel, design: Design, measure: str) -> Iterator[str]:
    """In what share of the points each format is told to lead, and in what share it may."""
    names, told, most, n = names_of(design), found.told, found.open, found.n_points
    if design.runs.draws < FEWEST_DRAWS:
        return
    shares = [{"share": percent(led / n), "most": percent(may / n)} for led, may in zip(told, most, strict=True)]
    ranked = sorted((slot for slot in range(len(names)) if told[slot]), key=lambda slot: -told[slot])
    if ranked:
        parts = [
            say(LEADS_WORDS[place > 0], format=names[slot], **shares[slot])
            for place, slot in enumerate(ranked[:MOST_NAMED])
        ]
        yield say(
            "{formats} of the {points} points swept ({measure}, beyond simulation error, all points looked at "
            "together).",
            measure=measure,
            points=count(n),
            formats=listed(parts),
        )
        yield from _open(found, names, n)
    else:
        yield say(
            "At none of the {points} points can it be told which format leads ({measure}), all looked at together.",
            points=count(n),
            measure=measure,
        )
    yield from _behind(found, names)


def _open(found: SweepFindings | Panel, names: Sequence[str], n: int) -> Iterator[str]:
    """Of the formats that lead nowhere, which may lead somewhere, and which are behind everywhere."""
    told, most = found.told, found.open
    shares = (found.shares if isinstance(found, Panel) else found.shares[found.measure]).value
    maybe = [slot for slot in range(len(names)) if most[slot] and not told[slot]]
    maybe.sort(key=lambda slot: (-most[slot], -shares[slot]))
    if maybe:
        parts = [say(BARE_WORDS, format=names[slot], share=percent(most[slot] / n)) for slot in maybe[:MOST_NAMED]]
        if len(maybe) > MOST_NAMED:
            parts.append(say("{count} more in fewer", count=len(maybe) - MOST_NAMED))
        yield say("Told to lead at no point, but may lead: {formats}.", formats=listed(parts))


def _behind(found: SweepFindings | Panel, names: Sequence[str]) -> Iterator[str]:
    """Which formats are told to be behind another everywhere."""
    never = [names[slot] for slot in range(len(names)) if not found.open[slot]]
    if never:
        yield say("Behind another at every point: {formats}.", formats=listed(never))


def _turns(found: SweepFindings, design: Design) -> Iterator[str]:
    """What the lead turns on, from the panels that know; with their cells where there are several."""
    for panel in found.panels[:1] if len(design.cells) == 1 else ():
        yield from turning(panel)
    if len(design.cells) > 1:
        names = names_of(design)
        ahead = [panel.ahead for panel in found.panels]
        counts = {slot: ahead.count(slot) for slot in sorted(set(ahead) - {-1}, key=lambda slot: -ahead.count(slot))}
        parts = [say("{format} in {count}", format=names[slot], count=number) for slot, number in counts.items()]
        if parts:
            yield say(
                "Over the points of a cell together, ahead of all others: {formats} of {cells} cells; in {untold} one "
                "cannot tell.",
                formats=listed(parts),
                cells=len(ahead),
                untold=ahead.count(-1),
            )
        elif len(names) > 1:
            yield say("Over the points of a cell together, no format is told to be ahead in any cell.")


def _still(found: SweepFindings, design: Design) -> Iterator[str]:
    """Factors of a grid that move nothing that can be told."""
    labels = dict(zip([one.name for one in design.numbers], labels_of(design), strict=True))
    same = [labels.get(one.factor, one.factor) for one in found.still if one.same]
    within = [
        say("{factor} (up to {points} points as seen)", factor=name, points=points(one.most).lstrip("+"))
        for one in found.still
        if not one.same and (name := labels.get(one.factor, one.factor))
    ]
    if same:
        yield say(
            "Moves nothing at all, the counts of every format are the same at each level: {factors}.",
            factors=listed(same),
        )
    if within:
        yield say(
            "Moves nothing that can be told (averaged over the others, no format's share beyond simulation error, all "
            "levels and factors looked at together): {factors}.",
            factors=listed(within),
        )


def turning(panel: Panel) -> Iterator[str]:
    """What the analyses of a panel say, the main answer first."""
    if panel.tipping is not None:
        yield from said_words(panel.tipping.said[1:])
    main = panel.indices.get("") or next(iter(panel.indices.values()), None)
    if main is not None:
        yield from said_words(main.said)
    if panel.effects is not None:
        yield from said_words(panel.effects.said)
    for _, box in panel.boxes[:1]:
        if box.chosen is not None:
            yield from said_words(box.said)


def causes(panel: Panel, found: SweepFindings, design: Design) -> Iterator[str]:
    """What the answer of a panel turns on, and how much of it is chance."""
    main = panel.indices.get("") or next(iter(panel.indices.values()), None)
    if design.structure and (main is not None or panel.effects is not None or panel.steps):
        yield say(
            "This is within one cell, {cell}: the factors that make the cells ({factors}) stand still in it, and "
            "have no part in what follows.",
            cell=cell_words(design, design.cells[panel.cell]),
            factors=listed([factor.name for factor in design.structure]),
        )
    if main is not None:
        yield " ".join(said_words(main.said))
        spread = main.variance.value + main.chance
        if main.factors and spread > 0.0:
            yield say(
                "Of the spread of the answer in one draw of one point, {chance} is chance and the numbers that are not "
                "swept; the rest is between points, and that is what the shares below divide.",
                chance=percent(main.chance / spread),
            )
    if panel.effects is not None:
        yield " ".join(said_words(panel.effects.said))
    for slot, steps in enumerate(panel.steps.values()):
        yield f"{names_of(design)[slot]}: " + " ".join(said_words(steps.said))


def said_words(messages: Iterable[Message]) -> list[str]:
    """What an analysis says, in the language chosen."""
    return [say(sentence) for sentence in messages]


def panel_sentences(panel: Panel, found: SweepFindings, design: Design) -> Iterator[str]:
    """Who leads where in a panel, and where the order turns."""
    if len(found.pair) > 1 and len(found.panels) > 1:
        yield from where_words(panel, design, say(MEASURES[found.measure].lower()))
    if panel.tipping is not None:
        yield from said_words(panel.tipping.said[1:])


def regret_sentences(found: SweepFindings) -> list[str]:
    """Which format has the least regret, in points, or that it cannot be told."""
    assert found.regret is not None
    return said_words(found.regret.said)


def _missing(found: SweepFindings, design: Design, n_missing: int) -> str:
    if not n_missing and not found.missing_points:
        return say("Nothing failed and nothing is missing.")
    return say(
        "Missing: {points} of {all} points, in {parts} parts that were not played or failed; the page is about the "
        "rest.",
        points=count(found.missing_points),
        all=count(design.n_points),
        parts=count(n_missing),
    )


def panel_title(panel: Panel, design: Design) -> str:
    """What sets a panel apart from the others: its cell, and its sample where there are several."""
    parts = [cell_words(design, design.cells[panel.cell])] if design.structure else []
    if len(design.samples) > 1:
        parts.append(sample_words(panel.sample))
    return "; ".join(parts)
