"""Documented meetings simulated: what was documented beside what the files give, twins, and orderings of outcomes.

One scenario file a case. Nothing here is fitted: the cases share one set of priors of the behavioural constants.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from sim.analysis.comparison.constant_design import Designed
from sim.analysis.experiments.documented_scores import Score, base_rates, never_settles, score
from sim.analysis.experiments.hypotheses import Cell, Counter, Reading, Statement, Term, holds_in_sets, read_all
from sim.analysis.experiments.metrics import Counted, Quantity
from sim.analysis.experiments.studies import BASELINE
from sim.analysis.statistics.intervals import Estimate
from sim.scenario import VARIANTS, Encoder, ResolvedScenario, coding_variant, load_raw, parse_variant, read_raw
from sim.scenario.preparation.variants import STANDARD
from sim.scenario.preparation.vary import with_variant
from sim.types import COARSE_CLASSES, CoarseClass
from sim.types.playing import Size

VARIANT_NAMES = (BASELINE, *STANDARD)
"""Rule variants under which orderings are looked at: those that mean the same in every case."""
NO_RANKING = (
    "A dozen meetings, chosen by authors and not at random, rank no models: what is here shows order and sanity, "
    "and the scores are for reading, not for choosing."
)


@dataclass(frozen=True)
class Case:
    """A case as read: raw data, to be loaded under changes."""

    id: str
    file: str
    raw: Mapping[str, Any]
    base: ResolvedScenario
    format: str

    def load(
        self, *, coding: str | None, overrides: Sequence[str] = (), variant: str | None = None
    ) -> ResolvedScenario:
        """The scenario read by a codebook, with overrides and under a rule variant.

        Raises:
            ScenarioError: an override does not fit.
        """
        parts = [] if coding is None else [coding_variant(coding)]
        parts += [] if variant is None else [parse_variant(variant)]
        sets = tuple(change for one in parts for change in one.sets)
        both = replace(parts[-1], name=", ".join(one.name for one in parts), sets=sets) if parts else None
        return load_raw(self.raw, name=self.file, overrides=overrides, variant=both)


def read_case(file: Path) -> Case:
    """A case from its file; its format is the first of which something is documented, else the first.

    Raises:
        ScenarioError: the file is wrong.
    """
    raw = read_raw(file)
    base = load_raw(raw, name=str(file))
    return Case(base.id, str(file), raw, base, next(iter(base.documented or base.formats)))


@dataclass(frozen=True)
class Twin:
    """A case with its documented cause removed, or with such a cause added, and nothing else changed."""

    id: str
    summary: str
    plain: Term
    changed: Term
    below: float | None
    """What settlement must fall below; None where it must rise."""


@dataclass(frozen=True)
class Ordering:
    """An ordering of outcomes that documents suggest."""

    id: str
    claim: str
    is_input: bool
    """The scenario files put it in: that it comes out again shows nothing but consistency."""
    note: str
    sources: tuple[str, ...]
    statements: tuple[Statement, ...]


@dataclass(frozen=True)
class CaseFound:
    """One case."""

    case: Case
    held: bool
    documented: tuple[CoarseClass, ...]
    note: str
    sources: tuple[str, ...]
    shares: Mapping[str, tuple[Estimate, ...]]
    """Per coding the share of each coarse class."""
    scores: Mapping[str, Score]
    """Per coding; empty where nothing was held."""
    base_rate: Score | None
    never: Score | None
    digests: Mapping[str, str]


@dataclass(frozen=True)
class TwinFound:
    """A twin beside its case, per coding."""

    twin: Twin
    plain: Mapping[str, Estimate]
    changed: Mapping[str, Estimate]
    difference: Mapping[str, Estimate]

    def holds(self, coding: str) -> bool:
        """Whether the twin does as it must."""
        if self.twin.below is not None:
            return self.changed[coding].value < self.twin.below
        return self.difference[coding].low > 0.0


@dataclass(frozen=True)
class OrderingFound:
    """An ordering: how it reads with all priors, and in how many cells of the design it holds."""

    ordering: Ordering
    readings: Mapping[str, tuple[Reading, ...]]
    """Per coding, one a statement, with the constants drawn from their priors."""
    cells: Mapping[tuple[str, str], tuple[bool | None, ...]]
    """Per coding and variant, one a set of constants."""
    together: Mapping[tuple[str, str], bool | None]
    """Per coding and variant, over the runs of all sets: by point estimates, so strict for statements of nearness."""

    @property
    def share(self) -> float:
        """Share of cells in which it holds; a cell without anything to count among counts against it."""
        return self._share(list(self.cells))

    @property
    def undecided(self) -> int:
        """Cells in which there was nothing to count among."""
        return sum(one is None for cells in self.cells.values() for one in cells)

    @property
    def n_cells(self) -> int:
        """Constant sets x variants x codings."""
        return sum(len(cells) for cells in self.cells.values())

    def by_coding(self, coding: str) -> float:
        """Share among the cells of one coding."""
        return self._share([key for key in self.cells if key[0] == coding])

    def by_variant(self, variant: str) -> float:
        """Share among the cells of one variant."""
        return self._share([key for key in self.cells if key[1] == variant])

    def _share(self, keys: Sequence[tuple[str, str]]) -> float:
        answers = [one for key in keys for one in self.cells[key]]
        return float(np.mean([one is True for one in answers])) if answers else float("nan")


@dataclass(frozen=True)
class AskedWords:
    """The words of a retrodiction file in another language."""

    title: str
    twins: Mapping[str, str]
    """Twin: summary."""
    orderings: Mapping[str, str]
    """Ordering: claim."""


@dataclass(frozen=True)
class Asked:
    """Everything to be computed."""

    id: str
    title: str
    cases: tuple[Case, ...]
    twins: tuple[Twin, ...]
    orderings: tuple[Ordering, ...]
    codings: tuple[str, ...]
    """The first is the one that the files name."""
    labels: Mapping[str, AskedWords] = field(default_factory=dict[str, AskedWords])
    """By language."""

    def in_language(self, code: str) -> AskedWords:
        """Words in a language; the file's own title and no other words where it has none.

        Args:
            code: two letters.
        """
        return self.labels.get(code, AskedWords(self.title, {}, {}))


@dataclass(frozen=True)
class Sizes:
    """How many runs: `main` a case, `other` for further codings, `design` a cell family (draws of all sets)."""

    main: Size
    other: Size
    design: Size


@dataclass(frozen=True)
class Retrodiction:
    """Everything found."""

    asked: Asked
    sizes: Sizes
    cases: tuple[CaseFound, ...]
    twins: tuple[TwinFound, ...]
    orderings: tuple[OrderingFound, ...]
    digest: str

    def mean_scores(self, coding: str) -> dict[str, tuple[float, float]]:
        """Mean log and Brier score over the cases held: of the simulation, the base rate and never settles."""
        held = [one for one in self.cases if one.held]
        rows = {
            "simulation": [one.scores[coding] for one in held],
            "base rate of the other cases": [one.base_rate for one in held if one.base_rate],
            "nothing ever settles": [one.never for one in held if one.never],
        }
        return {
            name: (float(np.mean([s.log for s in found])), float(np.mean([s.brier for s in found])))
            for name, found in rows.items()
            if found
        }


def freeze_digest(cases: Sequence[Case], codings: Sequence[str]) -> tuple[str, dict[str, dict[str, str]]]:
    """One SHA-256 over all case files as resolved under every coding, and each of them.

    Args:
        cases: the cases.
        codings: names of codebooks.
    """
    each = {case.id: {name: case.load(coding=name).digest for name in codings} for case in cases}
    text = "\n".join(
        f"{case} {name} {digest}" for case, found in sorted(each.items()) for name, digest in found.items()
    )
    return hashlib.sha256(text.encode()).hexdigest(), each


def retrodict(asked: Asked, sizes: Sizes, done: Callable[[int], None], say: Callable[[str], None]) -> Retrodiction:
    """Simulate every case, its twins and the orderings.

    Args:
        asked: cases and questions, names settled.
        sizes: how many runs.
        done: called with the runs finished.
        say: called with what is being done.

    Returns:
        What was found.
    """
    whole, digests = freeze_digest(asked.cases, asked.codings)
    library = _Library({case.id: case for case in asked.cases})
    priors = _under_priors(asked, sizes, library, done=done, say=say)
    cases = _cases(asked, priors, digests)
    twins = tuple(_twin(twin, priors) for twin in asked.twins)
    orderings = _orderings(asked, sizes, library, priors, done=done, say=say)
    return Retrodiction(asked, sizes, cases, twins, orderings, whole)


NEAR_FACTOR = 4
"""Statements that two quantities are near each other get this many times the draws: their interval must be narrow."""
Found = dict[Cell, dict[Quantity, Counted]]


@dataclass
class _Library:
    """Cases as loaded, each change of them once."""

    cases: Mapping[str, Case]
    loaded: dict[tuple[Cell, str], ResolvedScenario] = field(default_factory=dict[tuple[Cell, str], ResolvedScenario])

    def get(self, cell: Cell, coding: str, variant: str = BASELINE) -> ResolvedScenario:
        """The scenario of a cell; a cell with a variant of its own keeps that one."""
        if (cell, coding) not in self.loaded:
            how = {"overrides": cell.overrides, "variant": cell.variant}
            self.loaded[cell, coding] = self.cases[cell.case].load(coding=coding, **how)
        found = self.loaded[cell, coding]
        return found if variant == BASELINE or cell.variant else with_variant(found, VARIANTS[variant])


def total_runs(asked: Asked, sizes: Sizes) -> int:
    """Runs that `retrodict` will make, for a progress bar."""
    codings = [sizes.main] + [sizes.other] * (len(asked.codings) - 1)
    each = sum(size.draws * size.replications for size in codings)
    plain, near = _prior_terms(asked)
    cells = Counter(_terms(asked)).cells
    design = len(asked.codings) * len(VARIANT_NAMES) * sizes.design.draws * sizes.design.replications
    return (len(Counter(plain).cells) + NEAR_FACTOR * len(Counter(near).cells)) * each + len(cells) * design


def _terms(asked: Asked) -> list[Term]:
    return [term for one in asked.orderings for statement in one.statements for term in statement.terms]


def _prior_terms(asked: Asked) -> tuple[list[Term], list[Term]]:
    """What is counted with the constants drawn from their priors: terms, and those of statements of nearness."""
    plain = [Term(Cell(case.id, case.format), Quantity(name), name) for case in asked.cases for name in COARSE_CLASSES]
    plain += [term for twin in asked.twins for term in (twin.plain, twin.changed)]
    near: list[Term] = []
    for one in asked.orderings:
        for statement in one.statements:
            (near if statement.kind == "near" else plain).extend(statement.terms)
    return plain, near


@dataclass(frozen=True)
class _Priors:
    """Counts with the constants drawn from their priors, per coding."""

    plain: Mapping[str, Found]
    near: Mapping[str, Found]

    def readings(self, statements: Sequence[Statement], coding: str) -> tuple[Reading, ...]:
        """Each statement in one coding."""
        return tuple(
            read_all([one], (self.near if one.kind == "near" else self.plain)[coding])[0] for one in statements
        )


def _under_priors(
    asked: Asked, sizes: Sizes, library: _Library, *, done: Callable[[int], None], say: Callable[[str], None]
) -> _Priors:
    """Every cell, per coding, with the constants drawn from their priors."""
    found: list[dict[str, Found]] = []
    for terms, factor in zip(_prior_terms(asked), (1, NEAR_FACTOR), strict=True):
        counter = Counter(terms)
        found.append({})
        for coding in asked.codings:
            base = sizes.main if coding == asked.codings[0] else sizes.other
            size = replace(base, draws=base.draws * factor)
            found[-1][coding] = {}
            for cell in counter.cells:
                say(f"{cell.case}, {coding}")
                source = Encoder(library.get(cell, coding), seed=size.seed)
                found[-1][coding][cell] = counter.count(cell, source, size, done)
    return _Priors(*found)


def _cases(asked: Asked, priors: _Priors, digests: Mapping[str, Mapping[str, str]]) -> tuple[CaseFound, ...]:
    held = [case for case in asked.cases if case.base.documented[case.format].held]
    documented = [case.base.documented[case.format].outcome for case in held]
    rates, never = (base_rates(documented), never_settles(documented)) if held else (np.zeros(0), np.zeros(0))
    found: list[CaseFound] = []
    for case in asked.cases:
        record = case.base.documented[case.format]
        cell, place = Cell(case.id, case.format), held.index(case) if record.held else -1
        counted = {name: [priors.plain[name][cell][Quantity(k)] for k in COARSE_CLASSES] for name in asked.codings}
        scores = {
            name: score(np.array([one.value for one in classes]), record.outcome) for name, classes in counted.items()
        }
        found.append(
            CaseFound(
                case=case,
                held=record.held,
                documented=record.outcome,
                note=record.note or "",
                sources=record.sources,
                shares={name: tuple(one.estimate for one in classes) for name, classes in counted.items()},
                scores=scores if record.held else {},
                base_rate=score(rates[place], record.outcome) if record.held else None,
                never=score(never[place], record.outcome) if record.held else None,
                digests=digests[case.id],
            )
        )
    return tuple(found)


def _twin(twin: Twin, priors: _Priors) -> TwinFound:
    plain = {name: cells[twin.plain.cell][twin.plain.quantity] for name, cells in priors.plain.items()}
    changed = {name: cells[twin.changed.cell][twin.changed.quantity] for name, cells in priors.plain.items()}
    return TwinFound(
        twin,
        {name: one.estimate for name, one in plain.items()},
        {name: one.estimate for name, one in changed.items()},
        {name: changed[name].minus(plain[name]) for name in plain},
    )


def _orderings(
    asked: Asked,
    sizes: Sizes,
    library: _Library,
    priors: _Priors,
    *,
    done: Callable[[int], None],
    say: Callable[[str], None],
) -> tuple[OrderingFound, ...]:
    counter, size = Counter(_terms(asked)), sizes.design
    cells: dict[str, dict[tuple[str, str], tuple[bool | None, ...]]] = {one.id: {} for one in asked.orderings}
    together: dict[str, dict[tuple[str, str], bool | None]] = {one.id: {} for one in asked.orderings}
    for coding in asked.codings:
        for variant in VARIANT_NAMES:
            say(f"orderings, {coding}, {variant}")
            counted: Found = {}
            n_sets = 1
            for cell in counter.cells:
                source = Designed(Encoder(library.get(cell, coding, variant), seed=size.seed))
                n_sets = max(n_sets, source.n_sets)
                counted[cell] = counter.count(cell, source, size, done)
            for one in asked.orderings:
                cells[one.id][coding, variant] = tuple(holds_in_sets(one.statements, _only(counted, one), n_sets))
                readings = [reading.holds for reading in read_all(one.statements, counted)]
                together[one.id][coding, variant] = False if False in readings else None if None in readings else True
    return tuple(
        OrderingFound(
            one,
            {coding: priors.readings(one.statements, coding) for coding in asked.codings},
            cells[one.id],
            together[one.id],
        )
        for one in asked.orderings
    )


def _only(counted: Found, ordering: Ordering) -> Found:
    """The cells that an ordering is about."""
    cells = {term.cell for statement in ordering.statements for term in statement.terms}
    return {cell: counted[cell] for cell in cells}
