"""What each mechanism does: a quantity with it and without it, on the same draws and the same chance.

Shape letters: D draws.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from sim.analysis.experiments.hypotheses import Cell, Counter, Term
from sim.analysis.experiments.metrics import Counted, Quantity
from sim.analysis.experiments.retrodiction import Case
from sim.analysis.statistics.intervals import Estimate
from sim.scenario import Encoder
from sim.types import Runs
from sim.types.playing import Size

Expected = Literal["more", "less", "flat", "same_bytes"]
EXPECTED_WORDS: Mapping[Expected, str] = {
    "more": "more with it",
    "less": "less with it",
    "flat": "no difference that the runs can show",
    "same_bytes": "the same records, byte for byte",
}
Seen = Literal["as_expected", "not_as_expected", "other_way", "more", "less", "undecided", "nothing_to_count"]
SEEN_WORDS: Mapping[Seen, str] = {
    "as_expected": "as expected",
    "not_as_expected": "not as expected",
    "other_way": "the other way round",
    "more": "more with it",
    "less": "less with it",
    "undecided": "not distinguishable from nothing",
    "nothing_to_count": "nothing to count among",
}


@dataclass(frozen=True)
class Ablation:
    """One switch: a quantity with the mechanism and without it, or with more and with less of it."""

    switch: str
    with_it: Term
    without: Term
    quantity: str
    """The quantity in words, without its cell."""
    expected: Expected | None = None
    """What the evidence lets one expect; None where it is silent."""


@dataclass(frozen=True)
class Mechanism:
    """A mechanism of the evidence: what carries it, what should be seen, what is switched; or why it is left out."""

    id: str
    name: str
    statement: str
    claims: tuple[str, ...]
    basis: str
    fields: tuple[str, ...]
    rules: tuple[str, ...]
    observable: str
    tests: tuple[str, ...]
    ablations: tuple[Ablation, ...]
    left_out: str
    not_carried: str
    finding: str


@dataclass(frozen=True)
class Contradiction:
    """A contradiction of the sources: a rival of the scenario file, or why it bears on no number."""

    id: str
    what: str
    question: str
    readings: tuple[str, ...]
    no_number: str


@dataclass(frozen=True)
class Asked:
    """Everything to be computed, names settled."""

    id: str
    title: str
    note: str
    cases: tuple[Case, ...]
    mechanisms: tuple[Mechanism, ...]
    contradictions: tuple[Contradiction, ...]

    @property
    def counter(self) -> Counter:
        """Counts every term that some ablation is about."""
        rows = [one for mechanism in self.mechanisms for one in mechanism.ablations]
        return Counter(term for one in rows for term in (one.with_it, one.without))


@dataclass(frozen=True)
class AblationFound:
    """A switch and what it moved."""

    ablation: Ablation
    with_it: Counted
    without: Counted
    same_bytes: bool
    """Every record of both families of runs is equal, not this quantity alone."""

    @cached_property
    def difference(self) -> Estimate:
        """Paired, with less without, with its 95% interval; unknown where there is nothing to count among."""
        if not (self.with_it.known and self.without.known):
            return Estimate(float("nan"), float("-inf"), float("inf"))
        return Estimate(0.0, 0.0, 0.0) if self.unmoved else self.with_it.minus(self.without)

    @property
    def unmoved(self) -> bool:
        """Same bytes, and the quantity is one of the records alone (what meeting brings is not)."""
        return self.same_bytes and bool(np.array_equal(self.with_it.hits, self.without.hits))

    @property
    def distinguishable(self) -> bool:
        """Whether the interval of the difference leaves out zero."""
        return self.difference.side != 0

    @property
    def seen(self) -> Seen:
        """What came out, beside what was expected."""
        expected, side = self.ablation.expected, self.difference.side
        if expected == "same_bytes":
            return "as_expected" if self.same_bytes else "not_as_expected"
        if not self.difference.known:
            return "nothing_to_count"
        if expected == "flat":
            return "not_as_expected" if side else "as_expected"
        if side == 0:
            return "undecided"
        word: Literal["more", "less"] = "more" if side > 0 else "less"
        if expected is None:
            return word
        return "as_expected" if word == expected else "other_way"


@dataclass(frozen=True)
class MechanismFound:
    """A mechanism and what its switches moved."""

    mechanism: Mechanism
    rows: tuple[AblationFound, ...]

    @property
    def moves(self) -> bool:
        """Whether some switch can be told from nothing."""
        return any(row.distinguishable for row in self.rows)


@dataclass(frozen=True)
class Mechanisms:
    """Everything found."""

    asked: Asked
    size: Size
    found: tuple[MechanismFound, ...]
    digests: Mapping[str, str]
    """Per scenario, as resolved without changes."""
    n_runs: int


class _Prints:
    """Digest of records, field by field, whatever the blocks they come in."""

    def __init__(self) -> None:
        self._hashes = {name: hashlib.blake2b(digest_size=16) for name in Runs._fields}

    def add(self, runs: Runs) -> None:
        for name, array in zip(Runs._fields, runs, strict=True):
            self._hashes[name].update(array.tobytes())

    def digest(self) -> tuple[bytes, ...]:
        return tuple(one.digest() for one in self._hashes.values())


def total_runs(asked: Asked, size: Size) -> int:
    """Runs that `ablate` will make, for a progress bar."""
    return len(asked.counter.cells) * size.draws * size.replications


def ablate(asked: Asked, size: Size, done: Callable[[int], None], say: Callable[[str], None]) -> Mechanisms:
    """Run every cell once and read every switch from the same draws.

    Args:
        asked: mechanisms and their switches, names settled.
        size: how many runs a cell.
        done: called with the runs finished.
        say: called with what is being done.

    Returns:
        What was found.
    """
    counter, by_id = asked.counter, {case.id: case for case in asked.cases}
    counted: dict[Cell, dict[Quantity, Counted]] = {}
    prints: dict[Cell, tuple[bytes, ...]] = {}
    for cell in counter.cells:
        say(" ".join((cell.format, *cell.overrides, cell.variant or "")).strip())
        resolved = by_id[cell.case].load(coding=None, overrides=cell.overrides, variant=cell.variant)
        seen = _Prints()
        counted[cell] = counter.count(cell, Encoder(resolved, seed=size.seed), size, done, shown=seen.add)
        prints[cell] = seen.digest()

    def row(one: Ablation) -> AblationFound:
        cells = (one.with_it.cell, one.without.cell)
        sides = [counted[term.cell][term.quantity] for term in (one.with_it, one.without)]
        return AblationFound(one, sides[0], sides[1], prints[cells[0]] == prints[cells[1]])

    found = tuple(MechanismFound(one, tuple(row(each) for each in one.ablations)) for one in asked.mechanisms)
    digests = {case.id: case.base.digest for case in asked.cases}
    return Mechanisms(asked, size, found, digests, total_runs(asked, size))
