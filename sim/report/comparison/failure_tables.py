"""How talks fail, in tables for the page: why nothing was signed, who decided failures, who refused on what."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from sim.analysis.comparison.results import PLACES, Comparison
from sim.report.canvas.palette import shade
from sim.report.comparison.page_tables import FAILURES_BY, likelihood, per_format
from sim.report.words.language import count, say
from sim.report.words.table_writers import Row, Table, TableCell
from sim.report.words.words import (
    IMPASSE_LABELS,
    NOTHING,
    impasse_meaning,
    impasses_in,
    party_set,
    percent,
    shown,
    top_deciders,
)
from sim.types import IMPASSES, Structure

PLACE_WORDS = {"table": "at the table", "consent": "outside the room or at home", "defected": "by leaving the text"}
SETS_SHOWN = 3
LEAST_SHOWN = 0.0005
"""Share of runs from which a refusal is shown."""


def unsigned_table(comparison: Comparison, structure: Structure) -> Table:
    """Formats x why the table signed nothing, and who decided the failures of the format."""
    reasons = impasses_in(comparison)
    rows: list[Row] = []
    for result in comparison.formats:
        who = ", ".join(f"{name} {percent(share)}" for name, share in top_deciders(result.failures, structure))
        cells = (likelihood(result.unsigned.of_all[u]) for u in reasons)
        rows.append((replace(likelihood(result.unsigned.share), strong=True), *cells, who or NOTHING))
    head = (
        say("Nothing signed"),
        *(say(IMPASSE_LABELS[IMPASSES[u]]) for u in reasons),
        TableCell(say(FAILURES_BY), left=True),
    )
    note = say(
        "Nothing signed: the table agreed on no text, whether or not all would meet again. A text that the table "
        "signed and others stopped, or that somebody left, is no part of this, but it is of the failures."
    )
    caption = say("Nothing signed, because (share of runs, 95% interval)")
    return per_format(comparison, caption, head, rows=rows, note=f"{note} {impasse_meaning(comparison)}".strip())


def decider_table(comparison: Comparison, structure: Structure) -> Table:
    """Who decided the failures of each format."""
    rows: list[Row] = []
    for result in comparison.formats:
        failures = result.failures
        who = ", ".join(f"{name} {percent(share)}" for name, share in top_deciders(failures, structure, 6))
        sets = "; ".join(f"{party_set(s.parties, structure)} {percent(s.share)}" for s in failures.sets[:SETS_SHOWN])
        runs = TableCell(count(failures.runs), say("of {total} runs", total=count(comparison.runs_per_format)))
        rows.append((runs, who or NOTHING, sets or NOTHING))
    return per_format(
        comparison,
        say("Who decided the failures"),
        (say("Failures"), TableCell(say("Decided by"), left=True), TableCell(say("Most frequent sets"), left=True)),
        rows=rows,
        note=say(
            "Failures: no talks, no agreement, blocked, collapsed. Several parties may decide one run together, so the "
            "shares of parties may add up to more than 100%."
        ),
    )


def refusal_table(comparison: Comparison, structure: Structure) -> Table:
    """Who refused on what, and where; only issues on which a party refused in at least 0.05% of runs."""
    rows: list[Row] = []
    bands: dict[int, str] = {}
    most = max(float(result.refusals.max()) for result in comparison.formats) or 1.0
    for (slot, result), (place, name) in product(enumerate(comparison.formats), enumerate(PLACES)):
        refused = _refusal_rows(result.refusals[place], structure, most)
        if refused:
            bands[len(rows)] = f"{slot + 1}  {shown(result.name)}: {say(PLACE_WORDS[name])}"
            rows += refused
    caption = say("Refusals by issue and party: share of all runs of the format")
    return Table(caption, (say("Issue"), *(p.name for p in structure.parties)), tuple(rows), bands, look="warm")


def _refusal_rows(shares: NDArray[np.float64], structure: Structure, most: float) -> list[Row]:
    """A row per issue from [P, I] shares."""
    return [
        (
            issue.name,
            *(TableCell(percent(s), alpha=shade(s / most)) if s >= LEAST_SHOWN else "" for s in shares[:, i].tolist()),
        )
        for i, issue in enumerate(structure.issues)
        if shares[:, i].max() >= LEAST_SHOWN
    ]
