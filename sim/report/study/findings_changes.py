"""Findings on changes: lines off, standing off, a party in two seats, more contacts, and pressure from none to high."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

from sim.analysis.experiments.cells import BASELINE
from sim.analysis.experiments.studies import STUDIED, Changed, Pressure, Study, change, judge, largest_outcome_change
from sim.analysis.statistics.intervals import Estimate
from sim.report.canvas.palette import OUTCOME_WORDS
from sim.report.study.findings_words import (
    brief,
    coded,
    fate,
    format_names,
    format_table,
    grid_words,
    moved,
    share,
    tally,
)
from sim.report.words.table_writers import Part, Table, folded
from sim.report.words.words import points

MOST_LISTED = 12
MEASURES = ("settlement", "in_force", "blocked", "stopped")
GRID_MEASURES = ("target", "settlement", "in_force", "lasted")


def _readings(study: Study, changed: Changed, measure: str, f: int) -> Mapping[str, Estimate]:
    """By variant: the change of one measure in one format."""
    return {variant: change(study.base[variant], cell, measure, f) for variant, cell in changed.cells.items()}


def changes(study: Study, rows: Sequence[Changed], what: str) -> list[Part]:
    """Changes made one at a time: a sentence for each, baseline tables, and all variants folded away."""
    by_label = {row.label: row for row in rows}

    def judged(measure: str) -> Table:
        caption = f"{STUDIED[measure]}, change in percentage points, baseline [variants with the same sign]"
        return format_table(
            study, caption, what, by_label, words=lambda row, f: tally(judge(_readings(study, row, measure, f)))
        )

    def under(variant: str) -> Table:
        def words(row: Changed, f: int) -> str:
            return " / ".join(brief(change(study.base[variant], row.cells[variant], m, f)) for m in MEASURES[:3])

        return format_table(study, "", what, by_label, words=words)

    if not rows:
        return []
    summary = (
        "Under every variant: change in settlement / text in force / blocked, points; bold: beyond simulation error"
    )
    return [
        [f"**{row.label}**: {_effect(study, row)}" for row in rows],
        *map(judged, MEASURES),
        *folded(summary, *(part for variant in study.variants for part in (f"`{variant}`", under(variant)))),
    ]


def _effect(study: Study, row: Changed) -> str:
    """What a change moves beyond simulation error in the baseline, and which of these signs a variant turns."""
    judged = [
        (f"{STUDIED[measure].split(',')[0].lower()} in {name}", judge(_readings(study, row, measure, f)))
        for measure in MEASURES[:3]
        for f, name in enumerate(format_names(study))
    ]
    clear = [(where, effect) for where, effect in judged if effect.baseline.side]
    if not clear:
        shifts = [effect.baseline for _, effect in judged]
        widest = max(shifts, key=lambda shift: abs(shift.value) if shift.known else -1.0)
        return f"moves nothing beyond simulation error in the baseline (largest {moved(widest)} points)."
    words = "moves " + "; ".join(f"{where} {moved(effect.baseline, bold=False)}" for where, effect in clear)
    flips = [f"{where} under {coded(effect.flips)}" for where, effect in clear if effect.flips]
    return words + (f". **Flips under**: {'; '.join(flips)}." if flips else ".")


def bounded(study: Study, rows: Sequence[Changed], what: str) -> list[Part]:
    """Changes that should move no likelihood: the outcome moved most, per format, against the bound."""
    names = format_names(study)
    lines: list[tuple[str, ...]] = []
    shifts: list[tuple[str, Estimate]] = []
    for row in rows:
        for variant, cell in row.cells.items():
            largest = [largest_outcome_change(study.base[variant], cell, f) for f in range(len(names))]
            words = [f"{OUTCOME_WORDS[k].lower()} {moved(shift)}" for k, shift in largest]
            lines.append((row.label, variant, *words))
            for name, cell_words, (_, shift) in zip(names, words, largest, strict=True):
                shifts.append((f"{row.label}, {name}, `{variant}`: {cell_words}", shift))
    if not rows:
        return []
    law = (
        "A party split into two seats of one bloc, with joint standing and levers, should move no likelihood by "
        f"more than {bound_words(study)} points."
    )
    head = (what, "Variant", *names)
    baseline, others = (tuple(line for line in lines if (line[1] == BASELINE) is which) for which in (True, False))
    return [
        f"{law} {_against_bound(study, shifts)} The table prints the outcome that moves most in each format; such a "
        "choice overstates a change of nothing.",
        Table("", head, baseline),
        *folded("Under every variant", Table("", head, others)),
    ]


def _against_bound(study: Study, shifts: Sequence[tuple[str, Estimate]]) -> str:
    """How many changes lie within the bound, reach beyond it with their interval, or lie beyond."""
    beyond = [words for words, shift in shifts if exceeds(shift, study.bound)]
    estimates = sum(abs(shift.value) > study.bound for _, shift in shifts)
    within = sum(max(abs(shift.low), abs(shift.high)) <= study.bound for _, shift in shifts)
    words = (
        f"Of {len(shifts)} comparisons, {within} lie within {bound_words(study)} points with their whole interval, "
        f"{len(shifts) - within - len(beyond)} have intervals that reach beyond it ({estimates} estimates lie "
        f"beyond), and {len(beyond)} lie beyond it with their whole interval."
    )
    if not beyond:
        return words
    more = f"; and {len(beyond) - MOST_LISTED} others." if len(beyond) > MOST_LISTED else "."
    return f"{words} **Beyond**: {'; '.join(beyond[:MOST_LISTED])}{more}"


def exceeds(shift: Estimate, bound: float) -> bool:
    """Whether the whole interval of a change lies beyond the bound, on either side."""
    return shift.known and max(shift.low, -shift.high) > bound


def within_words(shift: Estimate, study: Study) -> str:
    """Whether a change lies within the bound: told by the whole interval, else it cannot be told."""
    bound = bound_words(study)
    if exceeds(shift, study.bound):
        return f"beyond {bound} points"
    if shift.known and max(-shift.low, shift.high) <= study.bound:
        return f"within {bound} points"
    return f"whether within {bound} points cannot be told"


def bound_words(study: Study) -> str:
    """The bound in percentage points."""
    return points(study.bound).lstrip("+")


def contacts(study: Study) -> list[Part]:
    """More contacts: settlement against the bound, and the other measures."""
    changed, bound = study.contacts, bound_words(study)
    if changed is None:
        return []
    lines: list[str] = []
    for f, name in enumerate(format_names(study)):
        readings = _readings(study, changed, "settlement", f)
        beyond = [variant for variant, shift in readings.items() if exceeds(shift, study.bound)]
        shift = readings[BASELINE]
        words = f"{name} {moved(shift)}, {within_words(shift, study)}; {fate(judge(readings))}"
        lines.append(words + (f"; beyond {bound} points under {coded(beyond)}." if beyond else "."))

    def table(measure: str) -> Table:
        caption = f"{STUDIED[measure]}, change in percentage points"
        pairs = {variant: (study.base[variant], cell) for variant, cell in changed.cells.items()}
        return format_table(study, caption, "Variant", pairs, words=lambda pair, f: moved(change(*pair, measure, f)))

    law = f"Settlement should stay within {bound} points at unchanged interests. Change, {changed.label}:"
    return [law, lines, table("settlement"), table("in_force")]


def pressure(study: Study, pictures: Sequence[str]) -> list[Part]:
    """One lever: sentences on its corners, the check at zero, the figures (at these addresses) and the numbers."""
    parts: list[Part] = []
    for grid, picture in zip(study.pressure, pictures, strict=True):
        name = format_names(study)[grid.format_index]
        also = f", under {coded(grid.overrides)}" if grid.overrides else ""
        tables = [_grid_table(grid, *shown) for shown in product(GRID_MEASURES[:3], grid.variants)]
        parts += [
            f"**{grid.patron} on {grid.target}, in {name}{also}**: ability from {grid.ability[0]:g} to "
            f"{grid.ability[-1]:g} stakes, motive from {grid.motive[0]:g} to {grid.motive[-1]:g}, constants "
            "in place of the file's numbers.",
            [*(_corner(grid, measure) for measure in GRID_MEASURES), _at_zero(grid)],
            f"![{grid.patron} on {grid.target}: shares by ability and motive]({picture})",
            *folded("The numbers, with intervals", *tables),
        ]
    return parts


def _at_zero(grid: Pressure) -> str:
    """Whether either factor at zero is the same as no lever."""
    unequal = [variant for variant in grid.variants if not grid.untouched(variant)]
    if unequal:
        words = f"With ability or motive at zero records differ from a file without the lever under {coded(unequal)}"
        return f"**{words}**: a fault."
    where = coded(grid.variants)
    return f"Ability or motive at zero gives the records of a file without the lever, byte for byte, under {where}."


def _corner(grid: Pressure, measure: str) -> str:
    """High ability and motive against none, at each kind of foresight."""
    readings = {variant: grid.shift(variant, measure) for variant in grid.variants}
    parts = [f"`{variant}` {moved(shift)}" for variant, shift in readings.items()]
    words = f"{grid_words(grid, measure)}, both high against none: {', '.join(parts)} points."
    sides = {shift.side for shift in readings.values()}
    if {1, -1} <= sides:
        return words + " **The sign flips with foresight.**"
    if sides == {0}:
        return words + " Not distinguishable from zero at any foresight."
    unclear = [variant for variant, shift in readings.items() if not shift.side]
    return words + (f" Not distinguishable from zero under {coded(unclear)}." if unclear else "")


def _grid_table(grid: Pressure, measure: str, variant: str) -> Table:
    head = ("Ability \\ motive", *(f"{motive:g}" for motive in grid.motive))
    rows = tuple(
        (f"{ability:g}", *(share(grid.share(variant, measure, a, m)) for m in range(len(grid.motive))))
        for a, ability in enumerate(grid.ability)
    )
    return Table(f"{grid_words(grid, measure)}, `{variant}`", head, rows)
