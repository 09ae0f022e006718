"""Statements about simulated talks that can be true or false: one quantity above another, near it, above a bound."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.analysis.comparison.constant_design import Designed
from sim.analysis.experiments.metrics import Counted, Quantity
from sim.analysis.statistics.intervals import Estimate
from sim.engines.batch import run_blocks
from sim.scenario import Encoder
from sim.types import Runs
from sim.types.playing import Size

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Cell:
    """A family of runs: a scenario, by its name among those asked about, with changes, and one format of it."""

    case: str
    format: str
    overrides: tuple[str, ...] = ()
    variant: str | None = None
    """A rule variant of its own; None leaves it to whoever runs the cell."""


@dataclass(frozen=True)
class Term:
    """A quantity in a cell, with words for it."""

    cell: Cell
    quantity: Quantity
    words: str


@dataclass(frozen=True)
class Statement:
    """`first` is greater than `second`, near it (within `bound`), or above or below `bound`."""

    kind: Literal["greater", "near", "above", "below"]
    first: Term
    second: Term | None = None
    bound: float = 0.0

    @property
    def terms(self) -> tuple[Term, ...]:
        """One or two."""
        return (self.first,) if self.second is None else (self.first, self.second)

    @property
    def words(self) -> str:
        """The statement for people."""
        match self.kind:
            case "greater":
                return f"{self.first.words} is greater than {self.second.words if self.second else ''}"
            case "near":
                near = self.second.words if self.second else ""
                return f"{self.first.words} is within {self.bound:g} of {near}"
            case _:
                return f"{self.first.words} is {self.kind} {self.bound:g}"

    def judged(self, first: Counted, second: Counted | None) -> Reading:
        """Whether the statement holds in these runs, by its point estimates.

        Args:
            first: the first term's quantity.
            second: the second's, on the same draws; None where there is one term.
        """
        if not first.known or (second is not None and not second.known):
            return Reading(None, first, second, Estimate(float("nan"), float("nan"), float("nan")))
        found = first.estimate if second is None else first.minus(second)
        holds = {
            "greater": found.value > 0.0,
            "near": abs(found.value) <= self.bound,
            "above": found.value > self.bound,
            "below": found.value < self.bound,
        }[self.kind]
        return Reading(holds, first, second, found)


@dataclass(frozen=True)
class Reading:
    """A statement in one family of runs."""

    holds: bool | None
    """None where there is nothing to count among (no text was signed, say)."""
    first: Counted
    second: Counted | None
    found: Estimate
    """The first term where there is one, else the difference, first minus second."""

    def fits(self, statement: Statement) -> bool | None:
        """Whether the runs of a small cell are in keeping with the statement.

        A statement of nearness fits unless the whole interval is beyond its bound: with a few dozen runs one run more
        moves a share further than that. The others fit where they hold.
        """
        if statement.kind != "near" or self.holds is None:
            return self.holds
        return self.found.low <= statement.bound and self.found.high >= -statement.bound

    def surely(self, statement: Statement) -> bool:
        """Whether the whole interval is on the statement's side."""
        low, high = self.found.low, self.found.high
        return {
            "greater": low > 0.0,
            "near": low >= -statement.bound and high <= statement.bound,
            "above": low > statement.bound,
            "below": high < statement.bound,
        }[statement.kind]


class Counter:
    """Runs cells and counts terms in them; a cell's terms are counted in one pass."""

    def __init__(self, terms: Iterable[Term]) -> None:
        """Notes what to count.

        Args:
            terms: all terms that will be asked for.
        """
        self._wanted: dict[Cell, list[Quantity]] = {}
        for term in terms:
            kept = self._wanted.setdefault(term.cell, [])
            if term.quantity not in kept:
                kept.append(term.quantity)

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Every cell that some term is about."""
        return tuple(self._wanted)

    def count(
        self,
        cell: Cell,
        source: Encoder | Designed,
        size: Size,
        done: Callable[[int], None],
        *,
        shown: Callable[[Runs], None] | None = None,
    ) -> dict[Quantity, Counted]:
        """Run one cell.

        Args:
            cell: which.
            source: its scenario, changes made.
            size: how many runs.
            done: called with the runs finished.
            shown: called with the records of each block, in order.

        Returns:
            Per quantity the counts per draw.
        """
        quantities = self._wanted[cell]
        structure = source.structure
        index = [one.id for one in structure.formats].index(cell.format)
        parties = {one.party for one in quantities if one.kind == "net_gain" and one.party is not None}
        monthly = {p: _gain_a_month(source, index, p, size.draws) for p in parties}
        none = np.zeros(size.draws)
        parts: dict[Quantity, list[tuple[Floats, Floats]]] = {one: [] for one in quantities}
        blocks = run_blocks(
            source, n_draws=size.draws, replications=size.replications, formats=[index], threads=size.threads
        )
        for first, runs in blocks:
            n = len(runs.outcome) // size.replications
            for one in quantities:
                gain = monthly.get(one.party, none)[first : first + n] if one.party is not None else none[:n]
                parts[one].append(one.count(runs, structure, gain, size.replications))
            if shown is not None:
                shown(runs)
            done(len(runs.outcome))
        return {
            one: Counted(one.kind, *(np.concatenate(side) for side in zip(*found, strict=True)))
            for one, found in parts.items()
        }


def _gain_a_month(source: Encoder | Designed, format_index: int, party: int, n_draws: int) -> Floats:
    """[D] stakes a month that meeting brings a party, net of what it costs, before any shock."""
    tables = source.tables(0, n_draws)
    gain = tables.meeting_value[:, format_index, party] - tables.talk_cost[:, format_index, party]
    return gain.reshape(n_draws, -1)[:, 0]


def read_all(
    statements: Sequence[Statement], counted: Mapping[Cell, Mapping[Quantity, Counted]]
) -> tuple[Reading, ...]:
    """Each statement in one family of runs."""
    found: list[Reading] = []
    for one in statements:
        sides = [counted[term.cell][term.quantity] for term in one.terms]
        found.append(one.judged(sides[0], sides[1] if len(sides) > 1 else None))
    return tuple(found)


def holds_in_sets(
    statements: Sequence[Statement], counted: Mapping[Cell, Mapping[Quantity, Counted]], n_sets: int
) -> list[bool | None]:
    """Whether all statements fit (`Reading.fits`), set by set; None where one of them has nothing to count among.

    Args:
        statements: what must hold together.
        counted: runs of `Designed` sources: draw d is of set d modulo `n_sets`.
        n_sets: S.

    Returns:
        S answers.
    """
    answers: list[bool | None] = []
    for row in range(n_sets):
        draws = slice(row, None, n_sets)
        parts = {cell: {q: c.part(draws) for q, c in found.items()} for cell, found in counted.items()}
        readings = [reading.fits(one) for one, reading in zip(statements, read_all(statements, parts), strict=True)]
        answers.append(False if False in readings else None if None in readings else True)
    return answers
