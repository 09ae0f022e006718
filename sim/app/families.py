"""Families of runs beside a baseline: rule variants, sets of behavioural constants, readings of the sources.

Each shares seed, draws and chance with the baseline, so that it differs by what is meant and not by luck, and is played
on as many of the baseline's draws as it needs: until the leading format's differences are known `LOOSER` times as
loosely as the baseline is. One that changes little needs few: what the baseline knows of all draws is lent to it
(`sim.analysis.comparison.double_sampling`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from sim.analysis.comparison.accumulate import Accumulator
from sim.analysis.comparison.constant_design import constant_sets
from sim.analysis.comparison.double_sampling import regressed_differences, regressed_likelihoods
from sim.analysis.comparison.precision import half_width
from sim.analysis.comparison.results import Comparison, Likelihoods, PairDifference
from sim.analysis.comparison.verdict import JUDGED
from sim.analysis.statistics.stopping import next_draws, widest
from sim.app.scenarios import Scenario
from sim.engines.batch import play
from sim.scenario import Encoder, ResolvedScenario, Variant, standard_variants
from sim.types.arrays import Floats
from sim.types.message import message
from sim.types.playing import Progress, Size

LOOSER = 4.0
"""Half-widths of a family's differences, in those of the baseline: a rule that turns an order moves it by more."""
FIRST_DRAWS = 64
"""With which a family begins."""


@dataclass(frozen=True)
class Family:
    """A family of runs beside the baseline: a standard variant, a set of constants, a reading of the sources."""

    variant: Variant
    label: str
    rival: str = ""
    reading: str = ""
    standard: bool = False

    @property
    def part(self) -> str:
        """The part of a comparison that it belongs to."""
        return "variants" if self.standard else "readings" if self.rival else "constants"


def families_of(
    resolved: ResolvedScenario,
    *,
    own_variant: str | None,
    variants: bool = False,
    constants: bool = False,
    rivals: bool = False,
) -> tuple[Family, ...]:
    """Standard variants but the scenario's own, then the design of constants, then rival readings, as wanted."""
    families: list[Family] = []
    if variants:
        others = (variant for variant in standard_variants(resolved) if variant.name != own_variant)
        families += [Family(variant, f"variant {variant.name}", standard=True) for variant in others]
    if constants:
        families += [Family(one, "other behavioural constants") for one in constant_sets(resolved)]
    return (*families, *_readings(resolved)) if rivals else tuple(families)


def _readings(resolved: ResolvedScenario) -> Iterator[Family]:
    """Each reading of each contradiction of the sources; words of the file stay in the file's language."""
    for key, rival in resolved.rivals.items():
        for name in rival.readings:
            override = resolved.overrides[name]
            said = message("{text}", text=override.summary or name)
            variant = Variant(f"{key}: {name}", said, tuple(override.set.items()))
            yield Family(variant, f"reading {variant.name}", key, name)


@dataclass(frozen=True)
class Beside:
    """What families are played beside: the scenario's formats, the size of its runs, and what they found."""

    scenario: Scenario
    formats: tuple[int, ...]
    size: Size
    """Its draws are those of the baseline, and the most of a family."""
    counts: Accumulator
    baseline: Comparison

    @cached_property
    def leads(self) -> tuple[PairDifference, ...]:
        """The leading format against all others, on each judged measure."""
        return tuple(pair for measure in JUDGED for pair in self.baseline.pairs_of(measure, self.baseline.top(measure)))

    @cached_property
    def by_draw(self) -> dict[str, Floats]:
        """[N, F] what the file's own rules show of each draw."""
        return self.counts.by_draw()

    def play(self, resolved: ResolvedScenario, progress: Progress) -> Likelihoods:
        """One family, on as many draws as it needs."""
        size, source = self.size, Encoder(resolved, seed=self.size.seed)
        counts = Accumulator(source.structure, self.formats, size.draws, size.replications)
        precision = LOOSER * half_width(self.baseline)
        done, wanted = 0, min(FIRST_DRAWS, size.draws)
        while True:
            play(source, self.formats, replace(size, draws=wanted), counts, progress=progress, first_draw=done)
            done, own = wanted, counts.by_draw()
            leads = regressed_differences(self.baseline, self.leads, own, self.by_draw)
            wanted = next_draws(done, widest(lead for lead, _ in leads), precision, most=size.draws)
            if wanted == done:
                return regressed_likelihoods(counts.alone(), own, self.by_draw)


def play_families(
    families: Sequence[Family], beside: Beside, *, progress: Progress
) -> Iterator[tuple[Family, Likelihoods]]:
    """Every family in turn.

    Raises:
        Stopped: by `progress`; the family in hand is dropped.
    """
    if not families:
        return
    scenarios = beside.scenario.load_each(family.variant for family in families)
    for family, resolved in zip(families, scenarios, strict=True):
        progress.say(family.label)
        yield family, beside.play(resolved, progress)
