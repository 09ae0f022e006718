"""The tables of a sweep, each stated once for the page and the terminal."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import numpy as np

from sim.analysis.comparison.results import MEASURES
from sim.analysis.statistics.intervals import Estimate
from sim.analysis.sweeps.box_search import Restriction
from sim.analysis.sweeps.factor_levels import FactorRange
from sim.analysis.sweeps.regression_tree import TreeSplit
from sim.report.canvas.palette import shade
from sim.report.comparison.number_tables import basis_cell
from sim.report.comparison.page_tables import difference, likelihood
from sim.report.comparison.variance_shares_view import share_interval, share_words
from sim.report.sweep.factor_words import factor_labels, level_words, moved_words, number, structure_words
from sim.report.sweep.index_figures import by_total
from sim.report.sweep.sweep_words import names_of, panel_title, said_words
from sim.report.words.language import count, say
from sim.report.words.table_writers import Row, Table, TableCell
from sim.report.words.words import DASH, NOTHING, interval, percent, points, points_interval
from sim.scenario.sampling.distributions import describe
from sim.sweep.design import Design, NumberFactor
from sim.sweep.folders.failures import Failure
from sim.sweep.sweep_findings import FEWEST_DRAWS, MAIN, Panel, SweepFindings
from sim.types import Structure

MOST_FAILURES = 20
"""Blocks of points that failed, in the table."""
STEERED = {
    "value": "in its place",
    "scale": "times what the file says",
    "shift": "added to what the file says",
    "quantile": "quantile of what the file says",
}
"""What the levels of a factor do."""


def overview_table(found: SweepFindings, design: Design) -> Table:
    """Shares of each format over all points, and in how many it leads."""
    rows: list[Row] = []
    for slot, name in enumerate(names_of(design)):
        shares = (likelihood(found.shares[measure].at(slot)) for measure in MAIN)
        known = design.runs.draws >= FEWEST_DRAWS
        leads = [percent(number[slot] / found.n_points) if known else NOTHING for number in (found.told, found.open)]
        rows.append((TableCell(name, badges=(slot + 1,)), *shares, *(leads if len(design.formats) > 1 else ())))
    head = (say("Format"), *(say(MEASURES[measure]) for measure in MAIN))
    head = head if len(design.formats) == 1 else (*head, say("Leads in"), say("May lead in"))
    note = say(
        "Shares of runs over all {points} points, with 95% intervals. Leads in: share of the points at which it is "
        "ahead of every other format ({measure}) beyond simulation error, all points looked at together; may lead in: "
        "at which it is not told to be behind another. A share of points is a share of what was swept, not a "
        "likelihood: it says nothing on how likely the levels are.",
        points=count(found.n_points),
        measure=say(MEASURES[found.measure].lower()),
    )
    return Table(say("Over all points"), head, tuple(rows), note=note)


def cell_table(found: SweepFindings, design: Design) -> Table:
    """Shares of the main measure in each cell (and sample), and the difference of the two leading formats."""
    rows: list[Row] = []
    pair = () if len(found.pair) < 2 else (found.pair[0] + 1, found.pair[-1] + 1)
    for panel in found.panels:
        shares = (likelihood(panel.shares.at(slot)) for slot in range(len(design.formats)))
        gap = (difference(panel.gap),) if pair else ()
        ahead = TableCell(NOTHING) if panel.ahead < 0 else TableCell(badges=(panel.ahead + 1,))
        rows.append((panel_title(panel, design) or say("all points"), *shares, *gap, *((ahead,) if pair else ())))
    heads = (TableCell(badges=(slot + 1,)) for slot in range(len(design.formats)))
    head = (say("Cell"), *heads, *((TableCell(badges=pair), say("Ahead")) if pair else ()))
    note = say(
        "{measure} over the points of each cell, with 95% intervals. Ahead: the format that is ahead of every other "
        "one beyond simulation error, all cells looked at together.",
        measure=say(MEASURES[found.measure]),
    )
    return Table(say("Cell by cell"), head, tuple(rows), note=note)


def stopper_table(found: SweepFindings, design: Design, structure: Structure) -> Table:
    """Who decided that nothing is in force, by format."""
    names = {party.id: party.name for party in structure.parties}
    order = sorted(found.stoppers, key=lambda party: -float(np.nanmax(found.stoppers[party].value, initial=0.0)))
    most = max((float(np.nanmax(one.value, initial=0.0)) for one in found.stoppers.values()), default=0.0) or 1.0
    rows: list[Row] = []
    for party in order:
        shares = [found.stoppers[party].at(slot) for slot in range(len(design.formats))]
        rows.append((names[party], *(_shaded(share, most) for share in shares)))
    head = (say("Party"), *(TableCell(badges=(slot + 1,)) for slot in range(len(design.formats))))
    note = say(
        "Share of all runs after which nothing is in force and in which the party decided that, with 95% intervals; "
        "several parties may decide one run."
    )
    return Table(say("Who stops it, over all points"), head, tuple(rows), note=note, look="warm")


def _shaded(share: Estimate, most: float) -> TableCell:
    if not share.known:
        return TableCell(NOTHING)
    return TableCell(percent(share.value), interval(share), alpha=shade(0.6 * share.value / most))


def index_table(panel: Panel, design: Design) -> Table:
    """Sobol indices of all factors: first and total of the main answer, totals of each format."""
    main = panel.indices.get("") or next(iter(panel.indices.values()))
    ids = [id_ for id_ in design.formats if panel.indices[id_].factors]
    totals = {id_: {one.factor: one.total for one in panel.indices[id_].factors} for id_ in ids}
    rows: list[Row] = []
    for one in by_total(main):
        cells = (TableCell(share_words(part.value), share_interval(part)) for part in (one.first, one.total))
        others = (
            TableCell(share_words(totals[id_][one.factor].value), share_interval(totals[id_][one.factor]))
            for id_ in ids
        )
        rows.append((TableCell(one.factor, say("dummy") if one.dummy else "", strong=one.moves), *cells, *others))
    places = {id_: slot + 1 for slot, id_ in enumerate(design.formats)}
    heads = (TableCell(badges=(places[id_],)) for id_ in ids)
    head = (say("Factor"), say("By itself"), say("In all"), *heads)
    note = say(
        "Percent of the variance between points. By itself and in all (with interactions): of the main answer; then "
        "in all for each format alone. Bold: told to move the main answer."
    )
    return Table(say("Sobol indices with 95% intervals"), head, tuple(rows), note=note)


def effect_table(panel: Panel) -> Table:
    """Morris' measures of all factors, the largest first."""
    assert panel.effects is not None
    rows: list[Row] = []
    for one in sorted(panel.effects.factors, key=lambda one: -one.mu_star.value):
        cells = (TableCell(points(part.value), points_interval(part)) for part in (one.mu_star, one.mu, one.sigma))
        rows.append((TableCell(one.factor, strong=one.moves), *cells))
    head = (say("Factor"), say("Mean absolute effect"), say("Mean effect"), say("Standard deviation"))
    return Table(say("Elementary effects in percentage points"), head, tuple(rows))


def regret_table(found: SweepFindings, design: Design) -> Table:
    """How far each format is behind the best of each point."""
    assert found.regret is not None
    place = {name: slot for slot, name in reversed(list(enumerate(names_of(design))))}
    rows: list[Row] = []
    for one in found.regret.formats:
        cells = (TableCell(points(part.value).lstrip("+"), _ends(part)) for part in (one.mean, one.ninety, one.worst))
        name = one.format
        badges = (place[name] + 1,) if name in place else ()
        rows.append((TableCell(name, badges=badges), *cells, percent(one.best_at)))
    head = (say("Format"), say("Mean"), say("At 90%"), say("At worst"), say("Best at"))
    note = say(
        "Percentage points behind the best format of each point ({measure}), with 95% intervals: in the mean over "
        "points, at the point worse than 90% of all, and at the worst. The best is chosen on other draws than those it "
        "is scored on. Best at: share of the points at which it has the highest share as seen, told apart or not.",
        measure=say(MEASURES[found.measure].lower()),
    )
    return Table(say("Regret of each format"), head, tuple(rows), note=note)


def _ends(part: Estimate) -> str:
    return points_interval(part).replace("+", "") if part.known else ""


def box_table(restrictions: Iterable[Restriction], halves: int) -> Table:
    """The restrictions of a box, with how sure each is."""
    rows = tuple(
        (*said_words([one.inside.words]), f"{one.quasi_p:.2g}" if one.quasi_p >= 1e-4 else "<0.0001", percent(one.kept))
        for one in restrictions
    )
    note = say(
        "Quasi-p: chance that as many points at random are as dense; the box was chosen by looking, so it is no "
        "p-value. Found again: share of {halves} boxes, each of half the points, that restrict the factor too.",
        halves=halves,
    )
    return Table(say("What the box asks"), (say("Condition"), say("Quasi-p"), say("Found again")), rows, note=note)


def split_words(split: TreeSplit) -> tuple[str, str]:
    """The two answers to a question of the tree: of the points that go left, and of those that go right."""
    sides = (FactorRange(split.factor, high=split.below), FactorRange(split.factor, low=split.below))
    if split.below is None:
        sides = tuple(FactorRange(split.factor, categories=words) for words in (split.left, split.right))
    left, right = said_words(side.words for side in sides)
    return left, right


def factor_table(design: Design, structure: Structure, references: Collection[str] = ()) -> Table:
    """Every factor: what it changes, over what range, what the file says itself and on what that rests."""
    numbers = design.scenario.resolved.numbers
    rows: list[Row] = []
    labels = factor_labels(design, structure)
    for factor, label in ((design.numbers[k], labels[k]) for k in design.movers):
        first = numbers.get(factor.steering.targets[0])
        said = describe(first) if first is not None else NOTHING
        basis = (
            basis_cell(first.basis, first.sources, references) if first is not None else TableCell(NOTHING, left=True)
        )
        alone = len(factor.steering.targets) == 1
        moved = TableCell(
            factor.path if alone else moved_words(factor, structure), "" if alone else factor.path, left=True
        )
        name = TableCell(label, factor.name if label != factor.name else "")
        swept = TableCell(_swept(factor), say(STEERED[factor.steering.kind]))
        rows.append((name, TableCell(say("numbers"), left=True), moved, swept, said, basis))
    for factor in design.structure:
        moved = TableCell(structure_words(factor), left=True)
        levels = ", ".join(map(level_words, factor.levels))
        kind, unknown = TableCell(say("structure"), left=True), TableCell(NOTHING, left=True)
        rows.append((factor.name, kind, moved, TableCell(levels), NOTHING, unknown))
    left = [TableCell(words, left=True) for words in (say("Kind"), say("What it changes"), say("Basis, claims"))]
    head = (say("Factor"), *left[:2], say("Swept"), say("In the file"), left[2])
    kinds = say(
        "Levels of a factor of numbers cost nothing to load; of one of structure each is a scenario of its own, "
        "crossed with all other points."
    )
    note = say(
        "In the file, and its basis: of the first number that a factor changes. The range that was swept is the "
        "design's choice; what is assumed in the file stays assumed here."
    )
    return Table(say("The factors"), head, tuple(rows), note=f"{kinds} {note}")


def failure_table(failures: Sequence[Failure]) -> Table:
    """What was not played because it failed, at most `MOST_FAILURES` blocks of points."""
    rows = tuple(
        (
            TableCell(one.factors or say("all points"), one.formats),
            say("{first} to {last}", first=count(one.first_point), last=count(one.first_point + one.points - 1)),
            TableCell(one.stage, say("{count} tries", count=one.tries)),
            TableCell(one.message, left=True),
        )
        for one in failures[:MOST_FAILURES]
    )
    head = (say("Cell, formats"), say("Points"), say("Stage"), TableCell(say("What was said"), left=True))
    note = "" if len(failures) <= MOST_FAILURES else say("The first of {count} blocks.", count=count(len(failures)))
    return Table(say("What failed"), head, rows, note=note)


def _swept(factor: NumberFactor) -> str:
    if factor.levels:
        return ", ".join(map(number, factor.levels))
    return (
        f"{number(factor.low)}{DASH}{number(factor.high)}"
        if factor.low >= 0
        else say("{low} to {high}", low=number(factor.low), high=number(factor.high))
    )
