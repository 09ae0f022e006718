"""A made-up scenario and runs of it, from a seeded generator: what analysis and reports are tested on.

The likelihood of each outcome varies from draw to draw (Dirichlet), so runs of a draw are clustered as real ones are.
The runs keep the promises that the engine makes about its records (bits, status quo without a text, months held).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from sim.types import EndReason, FormatInfo, IssueInfo, Outcome, PartyInfo, Runs, Structure
from sim.types.outcomes import NOT_PLAYED
from sim.types.playing import Silence

HORIZON = 24
N_LEGS = 3

OPTIONS = {
    "channels": ("Channels", 0, ("None", "Working groups", "Embassies reopen")),
    "ceasefire": ("Ceasefire", 2, ("Fighting goes on", "Truce on energy sites", "Full halt", "Halt in a treaty")),
    "territory": (
        "Territory",
        2,
        ("Line not recognised", "Line frozen", "Line recognised de facto", "Swap", "Land ceded by treaty"),
    ),
    "guarantees": (
        "Security guarantees",
        2,
        ("None", "Consultation only", "Arms and training", "Treaty of two states", "Alliance-like", "Membership"),
    ),
    "neutrality": ("Neutrality", 1, ("Open", "Deferred for ten years", "In the constitution")),
    "sanctions": ("Sanctions relief", 1, ("All stay", "Some suspended", "Most suspended", "Lifted")),
    "assets": ("Frozen assets", 1, ("Stay frozen", "Interest to repair", "Split", "Returned")),
    "prisoners": ("Prisoners", 1, ("Case by case", "All for all")),
    "forces": ("Force limits", 1, ("None", "High ceiling", "Low ceiling")),
    "plant": ("Nuclear plant", 1, ("As now", "Joint operation", "Handed over")),
    "trade": ("Economic cooperation", 1, ("None", "Listed projects", "Wide opening")),
}
PARTIES = {"north": "North", "coast": "Coastal Union", "river": "River Republic", "hills": "Hill League"}
FORMATS = {
    "north-coast": ("North - Coastal Union", (0, 1)),
    "north-river": ("North - River Republic", (0, 2)),
    "north-coast-river": ("North - Coastal Union - River Republic", (0, 1, 2)),
    "all-four": ("North - Coastal Union - River Republic - Hill League", (0, 1, 2, 3)),
    "coast-river-hills": ("Coastal Union - River Republic - Hill League", (1, 2, 3)),
}
LIKELIHOODS = np.array(  # by format: no_talks, no_agreement, blocked, collapsed, process, partial, settlement
    [
        [0.04, 0.22, 0.31, 0.12, 0.14, 0.12, 0.05],
        [0.16, 0.41, 0.05, 0.07, 0.13, 0.11, 0.07],
        [0.07, 0.34, 0.14, 0.08, 0.12, 0.14, 0.11],
        [0.09, 0.33, 0.02, 0.05, 0.14, 0.21, 0.16],
        [0.01, 0.05, 0.62, 0.05, 0.16, 0.11, 0.00],
    ]
)
REASONS = {
    Outcome.NO_TALKS: (EndReason.STAYED_AWAY,),
    Outcome.NO_AGREEMENT: (EndReason.ALL_PASSED, EndReason.DEADLINE),
    Outcome.BLOCKED: (EndReason.REFUSED_BY_ABSENT, EndReason.REFUSED_AT_HOME, EndReason.REMAINDER_REFUSED),
    Outcome.COLLAPSED: (EndReason.DEFECTED,),
    Outcome.PROCESS: (EndReason.MEET_AGAIN, EndReason.PROCESS_TEXT),
    Outcome.PARTIAL: (EndReason.PARTIAL_AT_DEADLINE, EndReason.PARTIAL_BANKED, EndReason.PARTS_STRUCK),
    Outcome.SETTLEMENT: (EndReason.SETTLED,),
}


def structure(n_formats: int = 5) -> Structure:
    """Four parties, eleven issues, up to six options, five formats; every issue a composite of its own."""
    issues = []
    for name, (label, level, options) in OPTIONS.items():
        ids = tuple(f"{name}_{o}" for o in range(len(options)))
        settling = tuple(range(2, len(options))) if level == 2 else ()
        issues.append(IssueInfo(name, label, level, ids, options, 0, settling, ends_price=name == "ceasefire"))
    width = max(len(issue.options) for issue in issues)
    return Structure(
        scenario_id="made-up-war",
        title="A made-up war on a river",
        issues=tuple(issues),
        parties=tuple(PartyInfo(key, name, ()) for key, name in PARTIES.items()),
        formats=tuple(
            FormatInfo(key, name, "alternating_offers", seats, 6, 2, "public")
            for key, (name, seats) in list(FORMATS.items())[:n_formats]
        ),
        shocks=("front-collapse",),
        issue_composite=np.arange(len(issues)),
        issue_option=np.tile(np.arange(width), (len(issues), 1)),
    )


def blocks(
    *,
    seed: int = 1,
    n_draws: int = 60,
    replications: int = 8,
    formats: Sequence[int] = (0, 1, 2, 3, 4),
    block: int = 16,
    likelihoods: NDArray[np.float64] | Sequence[Sequence[float]] = LIKELIHOODS,
    concentration: float = 2.0,
) -> Iterator[tuple[int, Runs]]:
    """Blocks of runs; a draw's runs depend on the seed, the draw and the format only, never on block or company."""
    for first in range(0, n_draws, block):
        parts = []
        for draw in range(first, min(first + block, n_draws)):
            for f in formats:
                mean = tuple(map(float, likelihoods[f]))
                parts.append(_runs(seed, draw, f, n=replications, mean=mean, concentration=concentration))
        yield first, Runs(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


@cache
def _runs(seed: int, draw: int, f: int, *, n: int, mean: tuple[float, ...], concentration: float) -> Runs:
    """The runs of one draw and format."""
    random = np.random.Generator(np.random.Philox(key=[seed, draw * 64 + f]))
    n_issues, n_parties = len(OPTIONS), len(PARTIES)
    share = random.dirichlet(np.maximum(np.array(mean), 1e-9) * concentration)
    outcome = random.choice(len(Outcome), size=n, p=share).astype(np.uint8)
    reason = np.array([REASONS[Outcome(k)][random.integers(len(REASONS[Outcome(k)]))] for k in outcome], np.uint8)
    text = outcome >= Outcome.COLLAPSED
    substance = text & (outcome != Outcome.PROCESS)
    tabled = np.zeros((n, n_issues), np.int16)
    for i, (_, level, options) in enumerate(OPTIONS.values()):
        pull = (1 + np.arange(len(options))[::-1]) ** (1.0 + 0.4 * ((i + f) % 3))
        tabled[:, i] = random.choice(len(options), size=n, p=pull / pull.sum())
        if level == 2:
            settled = outcome == Outcome.SETTLEMENT
            tabled[settled, i] = random.integers(2, len(options), size=n)[settled]
    tabled[~(substance | (outcome == Outcome.BLOCKED))] = 0
    deal = np.where(substance[:, None], tabled, 0).astype(np.int16)
    deal[(outcome == Outcome.PARTIAL), 2] = 0
    held = np.where(text, HORIZON, -1).astype(np.int16)
    left = outcome == Outcome.COLLAPSED
    held[left] = random.integers(1, HORIZON, size=n)[left]
    decided = np.where(outcome == Outcome.SETTLEMENT, 0, random.choice([1, 2, 4, 4, 5, 8, 12, 0], size=n))
    refused = np.where(random.random((n, n_issues)) < np.linspace(0.05, 0.5, n_issues), decided[:, None], 0)
    reservation = random.normal([0.30, 0.25, 0.35, 0.2], 0.08, size=(n, n_parties))
    gain = random.gamma(2.0, [0.05, 0.09, 0.06, 0.04], size=(n, n_parties)) - 0.02
    value = np.where(substance[:, None], reservation + gain, reservation)
    return Runs(
        outcome=outcome,
        reason=reason,
        decided=decided.astype(np.int64),
        month=random.integers(1, 7, size=n).astype(np.int16),
        held=held,
        agreed=(substance | (outcome == Outcome.BLOCKED)).astype(np.uint8),
        core=((outcome == Outcome.SETTLEMENT) | (left & (random.random(n) < 0.5))).astype(np.uint8),
        halt=(deal[:, list(OPTIONS).index("ceasefire")] >= 2).astype(np.uint8),
        shock=(random.random(n) < 0.1).astype(np.int8),
        deal=deal,
        tabled=tabled,
        refused=refused.astype(np.int64),
        value=value.astype(np.float32),
        reservation=reservation.astype(np.float32),
        legs=np.full((n, N_LEGS), NOT_PLAYED, dtype=np.uint8),
    )


def tracked() -> Structure:
    """The made-up scenario with two tracks after its formats, one of three legs and one of two."""
    plain = structure()
    tracks = [("widening", "Widening", (1, 2, 3)), ("back", "And back", (3, 1))]
    infos = [
        FormatInfo(key, name, "track", FORMATS["all-four"][1], 18, 2, "public", legs=legs) for key, name, legs in tracks
    ]
    return replace(plain, formats=(*plain.formats, *infos))


def tracked_blocks(
    *, formats: Sequence[int] = (1, 2, 3, 5, 6), n_draws: int = 40, block: int = 16
) -> Iterator[tuple[int, Runs]]:
    """Blocks of runs of `tracked`; a track ends at the leg that settles, and its legs follow draw and track alone."""
    kinds = [LIKELIHOODS[min(f, 3)] for f in range(7)]
    for first, runs in blocks(formats=formats, n_draws=n_draws, block=block, likelihoods=kinds):
        for slot, f in enumerate(formats):
            legs = tracked().formats[f].legs
            for row in (np.arange(len(runs.outcome)) // 8 % len(formats) == slot).nonzero()[0] if legs else ():
                place = first * len(formats) * 8 + int(row)
                random = np.random.Generator(np.random.Philox(key=[place // (len(formats) * 8), f * 64 + place % 8]))
                settled = int(random.integers(len(legs) + 1))
                runs.legs[row, : len(legs)] = random.integers(6, size=len(legs))
                if settled < len(legs):
                    runs.legs[row, settled:] = NOT_PLAYED
                    runs.legs[row, settled] = runs.outcome[row] = Outcome.SETTLEMENT
        yield first, runs


class CountedRuns(Silence):
    """Progress that counts the runs it is told of."""

    def __init__(self) -> None:
        self.runs, self.expected = 0, 0

    def expect(self, runs: int) -> None:
        """Take note."""
        self.expected = runs

    def add(self, runs: int) -> None:
        """Count."""
        self.runs += runs
