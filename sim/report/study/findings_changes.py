"""Findings on changes: lines off, standing off, a party in two seats, more contacts, and pressure from none to high."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

from sim.analysis.experiments.cell_counts import STUDIED, change, largest_outcome_change
from sim.analysis.experiments.cells import BASELINE
from sim.analysis.experiments.studies import Changed, Judged, Pressure, Study, judge
from sim.analysis.statistics.intervals import Estimate
from sim.report.canvas.palette import OUTCOME_WORDS
from sim.report.study.findings_figure import grid_share, grid_words
from sim.report.study.findings_words import brief, fate, moved, share, table, tally
from sim.report.words.words import listed, percent, points, shown
from sim.types import Outcome

MOST_LISTED = 12
ASKED = ("settlement", "in_force", "blocked", "stopped")


def _readings(study: Study, changed: Changed, measure: str, where: int) -> Mapping[str, Estimate]:
    """By variant: the change of one measure in one format."""
    return {name: change(study.base[name], cell, measure, where) for name, cell in changed.cells.items()}


def changes(study: Study, rows: Sequence[Changed], title: str, what: str) -> list[str]:
    """A section on changes made one at a time: a sentence for each, baseline tables, and all variants folded away.

    Args:
        study: the cells.
        rows: the changes.
        title: heading of the section.
        what: what a row is, for the head of the tables.
    """
    formats = study.structure.formats
    lines = [f"## {title}", ""]
    lines += [f"- **{row.label}**: {_effect(study, row)}" for row in rows]
    lines.append("")
    for measure in ASKED:
        lines += [f"{STUDIED[measure]}, change in percentage points, baseline [variants with the same sign]:", ""]
        cells = []
        for row in rows:
            found = [judge(_readings(study, row, measure, f)) for f in range(len(formats))]
            cells.append([row.label, *(moved(one.baseline) + tally(one) for one in found)])
        lines += table([what, *(shown(one.name) for one in formats)], cells)
    return lines + _by_variant(study, rows, what)


def _effect(study: Study, row: Changed) -> str:
    """What a change moves beyond simulation error in the baseline, and which of these signs a variant turns."""
    found: list[tuple[str, str, Judged]] = [
        (STUDIED[measure].split(",")[0].lower(), shown(one.name), judge(_readings(study, row, measure, f)))
        for measure in ASKED[:3]
        for f, one in enumerate(study.structure.formats)
    ]
    clear = [(measure, name, one) for measure, name, one in found if one.baseline.side]
    if not clear:
        words = "moves nothing beyond simulation error in the baseline"
        widest = max((one.baseline for _, _, one in found), key=lambda one: abs(one.value) if one.known else -1.0)
        words += f" (largest {moved(widest)} points)"
    else:
        parts = [f"{measure} in {name} {moved(one.baseline, bold=False)}" for measure, name, one in clear]
        words = "moves " + "; ".join(parts)
    flips = [(measure, name, one.flips) for measure, name, one in clear if one.flips]
    if flips:
        turned = [f"{measure} in {name} under {listed([f'`{v}`' for v in under])}" for measure, name, under in flips]
        words += f". **Flips under**: {'; '.join(turned)}"
    return words + "."


def _by_variant(study: Study, rows: Sequence[Changed], what: str) -> list[str]:
    """Settlement / text in force / blocked, for every variant, folded."""
    formats = study.structure.formats
    lines = [
        "<details><summary>Under every variant: change in settlement / text in force / blocked, points; bold: beyond "
        "simulation error</summary>",
        "",
    ]
    for variant in study.variants:
        base = study.base[variant]
        cells = [
            [
                row.label,
                *(
                    " / ".join(brief(change(base, row.cells[variant], measure, f)) for measure in ASKED[:3])
                    for f in range(len(formats))
                ),
            ]
            for row in rows
        ]
        lines += [f"`{variant}`", "", *table([what, *(shown(one.name) for one in formats)], cells)]
    return [*lines, "</details>", ""]


def bounded(study: Study, rows: Sequence[Changed], title: str, *, what: str, why: str) -> list[str]:
    """A section on changes that should move no likelihood: the outcome moved most, per format, against the bound.

    Args:
        study: the cells.
        rows: the changes.
        title: heading of the section.
        what: what a row is.
        why: the law that is tested.
    """
    formats = study.structure.formats
    found = [
        (row.label, variant, [largest_outcome_change(study.base[variant], cell, f) for f in range(len(formats))])
        for row in rows
        for variant, cell in row.cells.items()
    ]
    cells = [
        [label, variant, *(f"{OUTCOME_WORDS[k].lower()} {moved(one)}" for k, one in most)]
        for label, variant, most in found
    ]
    head = [what, "Variant", *(shown(one.name) for one in formats)]
    first, rest = [row for row in cells if row[1] == BASELINE], [row for row in cells if row[1] != BASELINE]
    lines = [f"## {title}", "", f"{why} {_against_bound(study, found)}", "", *table(head, first)]
    return [*lines, "<details><summary>Under every variant</summary>", "", *table(head, rest), "</details>", ""]


def _against_bound(study: Study, found: Sequence[tuple[str, str, Sequence[tuple[Outcome, Estimate]]]]) -> str:
    """How many changes lie within the bound, reach beyond it with their interval, or lie beyond."""
    names = [shown(one.name) for one in study.structure.formats]
    every = [
        (f"{label}, {name}, `{variant}`: {OUTCOME_WORDS[k].lower()} {moved(one)}", one)
        for label, variant, most in found
        for name, (k, one) in zip(names, most, strict=True)
    ]
    beyond = [words for words, one in every if exceeds(one, study.bound)]
    estimates = sum(abs(one.value) > study.bound for _, one in every)
    within = sum(max(abs(one.low), abs(one.high)) <= study.bound for _, one in every)
    words = (
        f"Of {len(every)} comparisons, {within} lie within {bound_words(study)} points with their whole interval, "
        f"{len(every) - within - len(beyond)} have intervals that reach beyond it ({estimates} estimates lie "
        f"beyond), and {len(beyond)} lie beyond it with their whole interval."
    )
    if beyond:
        more = f"; and {len(beyond) - MOST_LISTED} others." if len(beyond) > MOST_LISTED else "."
        words += " **Beyond**: " + "; ".join(beyond[:MOST_LISTED]) + more
    return words + (
        " The table prints the outcome that moves most in each format; such a choice overstates a change of nothing."
    )


def exceeds(found: Estimate, bound: float) -> bool:
    """Whether the whole interval of a change lies beyond the bound, on either side."""
    return found.known and max(found.low, -found.high) > bound


def bound_words(study: Study) -> str:
    """The bound in percentage points."""
    return points(study.bound).lstrip("+")


def contacts(study: Study, title: str) -> list[str]:
    """The section on more contacts: settlement against the bound, and the other measures."""
    changed = study.contacts
    if changed is None:
        return []
    formats = study.structure.formats
    lines = [f"## {title}", ""]
    parts: list[str] = []
    for f, one in enumerate(formats):
        readings = _readings(study, changed, "settlement", f)
        beyond = [v for v, found in readings.items() if exceeds(found, study.bound)]
        words = f"{shown(one.name)} {moved(readings[BASELINE])}, {fate(judge(readings))}"
        if beyond:
            words += f"; beyond {bound_words(study)} points under {listed([f'`{v}`' for v in beyond])}"
        parts.append(f"- {words}.")
    lines += [
        f"Settlement should stay within {bound_words(study)} points at unchanged interests. Change, {changed.label}:",
        "",
    ]
    lines += [*parts, ""]
    for measure in ("settlement", "in_force"):
        rows = [
            [v, *(moved(change(study.base[v], cell, measure, f)) for f in range(len(formats)))]
            for v, cell in changed.cells.items()
        ]
        lines += [f"{STUDIED[measure]}, change in percentage points:", ""]
        lines += table(["Variant", *(shown(one.name) for one in formats)], rows)
    return lines


def pressure(study: Study, title: str, pictures: Sequence[str]) -> list[str]:
    """The section on one lever: sentences on its corners, the check at zero, the figures and the numbers.

    Args:
        study: the cells.
        title: heading of the section.
        pictures: address of each grid's figure, seen from the page.
    """
    lines = [f"## {title}", ""]
    for grid, picture in zip(study.pressure, pictures, strict=True):
        name = shown(study.structure.formats[grid.format_index].name)
        also = f", under {listed([f'`{one}`' for one in grid.overrides])}" if grid.overrides else ""
        lines += [
            f"**{grid.patron} on {grid.target}, in {name}{also}**: ability from {grid.ability[0]:g} to "
            f"{grid.ability[-1]:g} stakes, motive from {grid.motive[0]:g} to {grid.motive[-1]:g}, constants "
            "in place of the file's numbers.",
            "",
            *(f"- {_corner(grid, measure)}" for measure in ("target", "settlement", "in_force", "lasted")),
            f"- {_at_zero(grid)}",
            "",
            f"![{grid.patron} on {grid.target}: shares by ability and motive]({picture})",
            "",
            "<details><summary>The numbers, with intervals</summary>",
            "",
        ]
        for measure, variant in product(("target", "settlement", "in_force"), grid.variants):
            lines += _grid_table(grid, variant, measure)
        lines += ["</details>", ""]
    return lines


def _at_zero(grid: Pressure) -> str:
    """Whether either factor at zero is the same as no lever."""
    unequal = [v for v in grid.variants if not grid.untouched(v)]
    if unequal:
        where = listed([f"`{v}`" for v in unequal])
        return (
            f"**With ability or motive at zero records differ from a file without the lever under {where}**: a fault."
        )
    where = listed([f"`{v}`" for v in grid.variants])
    return f"Ability or motive at zero gives the records of a file without the lever, byte for byte, under {where}."


def _corner(grid: Pressure, measure: str) -> str:
    """High ability and motive against none, at each kind of foresight."""
    readings = {v: grid.shift(v, measure) for v in grid.variants}
    parts = [f"`{v}` {moved(found)}" for v, found in readings.items()]
    words = f"{grid_words(grid, measure)}, both high against none: {', '.join(parts)} points."
    sides = {found.side for found in readings.values()}
    if {1, -1} <= sides:
        return words + " **The sign flips with foresight.**"
    if sides == {0}:
        return words + " Not distinguishable from zero at any foresight."
    unclear = [f"`{v}`" for v, found in readings.items() if not found.side]
    return words + (f" Not distinguishable from zero under {listed(unclear)}." if unclear else "")


def _grid_table(grid: Pressure, variant: str, measure: str) -> list[str]:
    """Ability (rows) x motive (columns)."""
    rows = []
    for a, ability in enumerate(grid.ability):
        found = [grid_share(grid, (variant, measure), a, m) for m in range(len(grid.motive))]
        rows.append([f"{ability:g}", *(share(one) for one in found)])
    head = ["Ability \\ motive", *(f"{motive:g}" for motive in grid.motive)]
    return [f"{grid_words(grid, measure)}, `{variant}`:", "", *table(head, rows)]


def percent_of(part: int, whole: int) -> str:
    """A share of a count."""
    return percent(part / whole) if whole else percent(float("nan"))
