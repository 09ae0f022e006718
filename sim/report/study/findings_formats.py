"""Findings on formats: who stops a text and on what, what further seats change, and whether anything is degenerate."""

from __future__ import annotations

import numpy as np

from sim.analysis.experiments.cell_counts import STUDIED, CellCounts, between, degenerate, never
from sim.analysis.experiments.cells import BASELINE
from sim.analysis.experiments.studies import Study, judge
from sim.analysis.statistics.intervals import difference
from sim.report.canvas.palette import OUTCOME_WORDS
from sim.report.study.findings_words import fate, format_names, format_table, moved, share
from sim.report.words.table_writers import Part, Table
from sim.report.words.words import NOTHING, listed, percent
from sim.types import Outcome

LEAST_SHOWN = 0.005
"""Share of texts from which an issue is listed."""
LASTING = ("in_force", "settlement", "lasted")


def who_stops(study: Study) -> list[Part]:
    """Who stops parts of the texts of the narrow format at consent, and on which issue."""
    cell = study.base[BASELINE]
    slot = cell.slot(study.narrow)
    tabled, stopped, blocked = (share(cell.shares[name].at(slot)) for name in ("tabled", "stopped", "blocked"))
    return [
        f"{tabled} of the runs put a text to consent; in {stopped} of these somebody stops at least a part of it. "
        f"{blocked} of the runs end blocked, with nothing left. {_who_most(study, cell, slot)}",
        "Baseline: percentage of texts tabled of which the party stops the part on that issue.",
        _issue_table(study, cell, slot),
        _stoppers_by_variant(study),
    ]


def _who_most(study: Study, cell: CellCounts, slot: int) -> str:
    """Who stops parts most often, on what, and under which variants that is somebody else beyond simulation error."""
    parties, issues = study.structure.parties, study.structure.issues
    by_party = np.nan_to_num(cell.party_shares.value[slot])
    if not by_party.any():
        return "Nobody stops anything."
    top = int(by_party.argmax())
    issue = _top_issue(cell, slot, top)
    others: list[str] = []
    for variant, other in study.base.items():
        at = other.slot(study.narrow)
        first, here = int(np.nan_to_num(other.party_shares.value[at]).argmax()), _top_issue(other, at, top)
        if first != top:
            gap = difference(other.party_shares, other.party_shares, (at, first), (at, top))
            words = parties[first].name
        else:
            gap = difference(other.issue_shares, other.issue_shares, (at, top, here), (at, top, issue))
            words = f"{parties[top].name} on {issues[here].name}"
        others += [f"`{variant}` ({words})"] if gap.side > 0 else []
    flips = f"This **flips under {listed(others)}**" if others else "No variant puts another party or issue at the top"
    return (
        f"{parties[top].name} stops a part most often ({share(cell.party_shares.at(slot, top))} of texts), most of all "
        f"on {issues[issue].name} ({share(cell.issue_shares.at(slot, top, issue))}). {flips}."
    )


def _top_issue(cell: CellCounts, slot: int, party: int) -> int:
    return int(np.nan_to_num(cell.issue_shares.value[slot, party]).argmax())


def _issue_table(study: Study, cell: CellCounts, slot: int) -> Part:
    values = np.nan_to_num(cell.issue_shares.value[slot])
    who, what = (np.flatnonzero(values.max(axis=axis) >= LEAST_SHOWN).tolist() for axis in (1, 0))
    if not who:
        return "No part was stopped by anybody in half a per cent of the texts."
    rows = [
        (study.structure.issues[i].name, *(share(cell.issue_shares.at(slot, p, i)) for p in who))
        for i in sorted(what, key=lambda i: -values[:, i].max())
    ]
    rows.append(("any part", *(share(cell.party_shares.at(slot, p)) for p in who)))
    return Table("", ("Issue", *(study.structure.parties[p].name for p in who)), tuple(rows))


def _stoppers_by_variant(study: Study) -> Table:
    """Per variant: texts tabled, stopped in part, blocked, and each party's share with its first issue."""
    cells = {variant: (cell, cell.slot(study.narrow)) for variant, cell in study.base.items()}
    shares = np.array([np.nan_to_num(cell.party_shares.value[slot]) for cell, slot in cells.values()])
    who = np.flatnonzero(shares.max(axis=0) >= LEAST_SHOWN).tolist()
    rows: list[tuple[str, ...]] = []
    for (variant, (cell, slot)), values in zip(cells.items(), shares, strict=True):
        whole = (share(cell.shares[name].at(slot)) for name in ("tabled", "stopped", "blocked"))
        issues = {p: study.structure.issues[_top_issue(cell, slot, p)].name if values[p] > 0 else NOTHING for p in who}
        stops = (f"{share(cell.party_shares.at(slot, p))}, {issue}" for p, issue in issues.items())
        rows.append((variant, *whole, *stops))
    head = ("Variant", "Text tabled", "Part stopped", "Blocked", *(study.structure.parties[p].name for p in who))
    return Table("Under every variant, each party with the issue it stops most", head, tuple(rows))


def seats(study: Study) -> list[Part]:
    """The number of texts and how long they hold, per format, and what further seats change."""
    names, formats = format_names(study), study.structure.formats
    parts: list[Part] = []
    for wide in study.wide:
        added = [study.structure.parties[p].name for p in formats[wide].seats if p not in formats[study.narrow].seats]
        parts.append(f"**{listed(added)} seated** ({names[wide]} against {names[study.narrow]}):")
        lines: list[str] = []
        for measure in LASTING:
            readings = {variant: between(cell, measure, wide, study.narrow) for variant, cell in study.base.items()}
            lines.append(f"{STUDIED[measure]}: {moved(readings[BASELINE])} points; {fate(judge(readings))}.")
        parts.append(lines)

    parts += [_shares(study, measure) for measure in LASTING]
    caption = "Median months that signed texts held (the horizon for those that lasted); in brackets, of those left"
    return [*parts, format_table(study, caption, "Variant", study.base, words=_months)]


def _shares(study: Study, measure: str) -> Table:
    caption = f"{STUDIED[measure]}, per cent"
    return format_table(
        study, caption, "Variant", study.base, words=lambda cell, f: share(cell.shares[measure].at(cell.slot(f)))
    )


def _months(cell: CellCounts, f: int) -> str:
    signed, left = (cell.median_months(cell.slot(f), of_left=of_left) for of_left in (False, True))
    whole, broken = (f"{months:.0f}" if np.isfinite(months) else NOTHING for months in (signed, left))
    return f"{whole} ({broken})" if np.isfinite(signed) else NOTHING


def degeneracy(study: Study) -> list[Part]:
    """Outcomes above 95% or settlement below 1% in every format, and outcomes that hardly occur."""
    worded = {variant: "; ".join(degenerate(cell)) for variant, cell in study.base.items()}
    flagged = [f"`{variant}`: {words}" for variant, words in worded.items() if words]
    sentence = "None: no outcome is above 95%, and settlement is not below 1%, in every format under any variant."
    if flagged:
        sentence = f"**Degenerate under {len(flagged)} of {len(study.base)}**: {'. '.join(flagged)}."
    rare = {
        variant: listed([OUTCOME_WORDS[outcome].lower() for outcome in never(cell)])
        for variant, cell in study.base.items()
    }
    note = (
        f"Outcomes that no format of the baseline shows in half a per cent of its runs: {rare[BASELINE]}. The formats "
        "do not differ on these, whatever the reason; what differs between formats lies in the other outcomes."
    )
    rows: list[tuple[str, ...]] = []
    for variant, cell in study.base.items():
        least, most = (end(cell.outcome_shares.value, axis=0) for end in (np.min, np.max))
        k = Outcome(int(least.argmax()))
        settled = percent(float(most[Outcome.SETTLEMENT]))
        rows.append((variant, f"{OUTCOME_WORDS[k]} {percent(float(least[k]))}", settled, rare[variant] or "none"))
    common = ("Most common in every format (least share)", "Most settlements of a format", "Hardly ever, in no format")
    return [sentence, note if rare[BASELINE] else "", Table("", ("Variant", *common), tuple(rows))]
