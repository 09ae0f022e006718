"""Findings on formats: who stops a text and on what, what further seats change, and whether anything is degenerate."""

from __future__ import annotations

import numpy as np

from sim.analysis.experiments.cell_counts import STUDIED, CellCounts, between, degenerate, never
from sim.analysis.experiments.cells import BASELINE
from sim.analysis.experiments.studies import Study, judge
from sim.analysis.statistics.intervals import difference
from sim.report.canvas.palette import OUTCOME_WORDS
from sim.report.study.findings_words import fate, moved, share, table
from sim.report.words.words import NOTHING, listed, percent, shown
from sim.types import Outcome

LEAST_SHOWN = 0.005
"""Share of texts from which an issue is listed."""


def who_stops(study: Study) -> list[str]:
    """Section 1: who stops parts of the texts of the narrow format at consent, and on which issue."""
    name = shown(study.structure.formats[study.narrow].name)
    cell = study.base[BASELINE]
    slot = cell.slot(study.narrow)
    lines = [f"## 1. Who stops a text of {name}, and on what", ""]
    lines += [
        f"{share(cell.shares['tabled'].at(slot))} of the runs put a text to consent; in "
        f"{share(cell.shares['stopped'].at(slot))} of these somebody stops at least a part of it. "
        f"{share(cell.shares['blocked'].at(slot))} of the runs end blocked, with nothing left. {_who_most(study)}",
        "",
        "Baseline: percentage of texts tabled of which the party stops the part on that issue.",
        "",
    ]
    return lines + _issue_table(study, cell, slot) + _stoppers_by_variant(study)


def _who_most(study: Study) -> str:
    """Who stops parts most often, on what, and under which variants that is somebody else."""
    cell = study.base[BASELINE]
    slot = cell.slot(study.narrow)
    by_party = cell.party_shares.value[slot]
    if not np.nan_to_num(by_party).any():
        return "Nobody stops anything."
    top = int(np.nanargmax(by_party))
    issue = _top_issue(cell, slot, top)
    parties, issues = study.structure.parties, study.structure.issues
    words = (
        f"{parties[top].name} stops a part most often ({share(cell.party_shares.at(slot, top))} of texts), most of all "
        f"on {issues[issue].name} ({share(cell.issue_shares.at(slot, top, issue))})."
    )
    others = _other_tops(study, top, issue)
    return words + (f" {others}" if others else " No variant puts another party or issue at the top.")


def _top_issue(cell: CellCounts, slot: int, party: int) -> int:
    return int(np.nan_to_num(cell.issue_shares.value[slot, party]).argmax())


def _other_tops(study: Study, top: int, issue: int) -> str:
    """Variants in which another party, or for the same party another issue, is beyond simulation error at the top."""
    parties, issues = study.structure.parties, study.structure.issues
    found: list[str] = []
    for variant, cell in study.base.items():
        slot = cell.slot(study.narrow)
        by_party = np.nan_to_num(cell.party_shares.value[slot])
        first = int(by_party.argmax())
        if first != top:
            gap = difference(cell.party_shares, cell.party_shares, (slot, first), (slot, top))
            if gap.side > 0:
                found.append(f"`{variant}` ({parties[first].name})")
            continue
        here = _top_issue(cell, slot, top)
        gap = difference(cell.issue_shares, cell.issue_shares, (slot, top, here), (slot, top, issue))
        if gap.side > 0:
            found.append(f"`{variant}` ({parties[top].name} on {issues[here].name})")
    return f"This **flips under {listed(found)}**." if found else ""


def _issue_table(study: Study, cell: CellCounts, slot: int) -> list[str]:
    """Party x issue, baseline."""
    values = np.nan_to_num(cell.issue_shares.value[slot])
    who = [p for p in range(values.shape[0]) if values[p].max() >= LEAST_SHOWN]
    what = [i for i in range(values.shape[1]) if values[:, i].max() >= LEAST_SHOWN]
    if not who:
        return ["No part was stopped by anybody in half a per cent of the texts.", ""]
    rows = [
        [study.structure.issues[i].name, *(share(cell.issue_shares.at(slot, p, i)) for p in who)]
        for i in sorted(what, key=lambda i: -values[:, i].max())
    ]
    rows.append(["any part", *(share(cell.party_shares.at(slot, p)) for p in who)])
    return table(["Issue", *(study.structure.parties[p].name for p in who)], rows)


def _stoppers_by_variant(study: Study) -> list[str]:
    """Per variant: texts tabled, stopped in part, blocked, and each party's share with its first issue."""
    values = [np.nan_to_num(cell.party_shares.value[cell.slot(study.narrow)]) for cell in study.base.values()]
    who = [p for p in range(len(study.structure.parties)) if max(v[p] for v in values) >= LEAST_SHOWN]
    rows = []
    for variant, cell in study.base.items():
        slot = cell.slot(study.narrow)
        row = [variant, *(share(cell.shares[name].at(slot)) for name in ("tabled", "stopped", "blocked"))]
        for p in who:
            found = cell.party_shares.at(slot, p)
            first = study.structure.issues[_top_issue(cell, slot, p)].name if found.value > 0 else NOTHING
            row.append(f"{share(found)}, {first}")
        rows.append(row)
    head = ["Variant", "Text tabled", "Part stopped", "Blocked", *(study.structure.parties[p].name for p in who)]
    return ["Under every variant, each party with the issue it stops most:", "", *table(head, rows)]


def seats(study: Study) -> list[str]:
    """Section 2: the number of texts and how long they hold, per format, and what further seats change."""
    formats = study.structure.formats
    narrow = formats[study.narrow]
    lines = ["## 2. What further seats do to the number of texts and to how long they hold", ""]
    for wide in study.wide:
        added = [study.structure.parties[p].name for p in formats[wide].seats if p not in narrow.seats]
        lines += [f"**{listed(added)} seated** ({shown(formats[wide].name)} against {shown(narrow.name)}):", ""]
        for measure in ("in_force", "settlement", "lasted"):
            readings = {v: between(cell, measure, wide, study.narrow) for v, cell in study.base.items()}
            words = f"{STUDIED[measure]}: {moved(readings[BASELINE])} points; {fate(judge(readings))}."
            lines.append(f"- {words}")
        lines.append("")
    for measure in ("in_force", "settlement", "lasted"):
        lines += [f"{STUDIED[measure]}, per cent:", ""]
        rows = [
            [variant, *(share(cell.shares[measure].at(cell.slot(f))) for f in cell.formats)]
            for variant, cell in study.base.items()
        ]
        lines += table(["Variant", *(shown(one.name) for one in formats)], rows)
    lines += [
        "Median months that signed texts held (the horizon for those that lasted); in brackets, of those left:",
        "",
    ]
    rows = [[variant, *(_months(cell, cell.slot(f)) for f in cell.formats)] for variant, cell in study.base.items()]
    return lines + table(["Variant", *(shown(one.name) for one in formats)], rows)


def _months(cell: CellCounts, slot: int) -> str:
    signed, left = cell.median_months(slot), cell.median_months(slot, of_left=True)
    if not np.isfinite(signed):
        return NOTHING
    return f"{signed:.0f} ({left:.0f})" if np.isfinite(left) else f"{signed:.0f} ({NOTHING})"


def degeneracy(study: Study, number: int) -> list[str]:
    """Last section: outcomes above 95% or settlement below 1% in every format, and outcomes that hardly occur."""
    found = {variant: degenerate(cell) for variant, cell in study.base.items()}
    flagged = [f"`{variant}`: {'; '.join(words)}" for variant, words in found.items() if words]
    if flagged:
        sentence = f"**Degenerate under {len(flagged)} of {len(found)}**: " + ". ".join(flagged) + "."
    else:
        sentence = "None: no outcome is above 95%, and settlement is not below 1%, in every format under any variant."
    rows = []
    for variant, cell in study.base.items():
        shares = cell.outcome_shares.value
        least = shares.min(axis=0)
        k = int(least.argmax())
        words = [OUTCOME_WORDS[outcome].lower() for outcome in never(cell)]
        rows.append(
            [
                variant,
                f"{OUTCOME_WORDS[Outcome(k)]} {percent(float(least[k]))}",
                percent(float(shares[:, Outcome.SETTLEMENT].max())),
                listed(words) if words else "none",
            ]
        )
    head = [
        "Variant",
        "Most common in every format (least share)",
        "Most settlements of a format",
        "Hardly ever, in no format",
    ]
    lines = [f"## {number}. Degeneracy", "", sentence, ""]
    lines += [_hardly(study), ""] if _hardly(study) else []
    return lines + table(head, rows)


def _hardly(study: Study) -> str:
    """Outcomes that no format shows in half a per cent of its runs in the baseline."""
    rare = [OUTCOME_WORDS[k].lower() for k in never(study.base[BASELINE])]
    if not rare:
        return ""
    return (
        f"Outcomes that no format of the baseline shows in half a per cent of its runs: {listed(rare)}. The formats do "
        "not differ on these, whatever the reason; what differs between formats lies in the other outcomes."
    )
