"""What is asked of a comparison: which formats and parts, and how much of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

from sim.analysis.comparison.runs_table import RunsSink
from sim.analysis.sensitivity.inquiry import Inquiry, SensitivitySizes
from sim.analysis.theory.rational import SAMPLE
from sim.app.errors import choose
from sim.app.families import Family, families_of
from sim.app.harness import Keeping, file_digests, versions
from sim.app.scenarios import Scenario
from sim.scenario import Encoder
from sim.scenario.sampling.widening import spreads, widened
from sim.types import Structure
from sim.types.playing import Size

MOST_DRAWS, REPLICATIONS = 20_000, 2
"""Draws at most where a precision says when to stop; runs of chance for each, by decision 0032."""
HALF_WIDTH = 0.02
"""The precision of a comparison that nobody asks another of: intervals of settlement within two points."""
SIZE = Size(MOST_DRAWS, REPLICATIONS)
FIRST_RUNS, LEAST_FIRST = 2_000, 50
"""Runs of all formats after which there is a first table, and the fewest draws that takes."""
USUAL_DRAWS, FAMILY_SHARE = 2_000, 16
"""For a progress bar: draws that a precision takes, and the part of them that a family does."""
WALKED_SHARE, HELD_SHARE = 4, 8
"""The draws of the baseline are divided by these, for what the answer rests on: walks, and numbers that are held."""
SOLVED, LEAST_DRAWS = 120, 8
"""Tables solved for rational benchmarks, over draws and formats together, and the fewest draws they take."""
BENCHMARK_WORTH, TABLE_WORTH = 20, 400
"""Runs that take about as long as one draw's benchmarks, and as one table's equilibrium: for the progress bar."""


def how_much(
    draws: int | None,
    replications: int,
    *,
    precision: float | None,
    budget: float | None,
    seed: int = 1,
    threads: int | None = None,
) -> dict[str, Any]:
    """What a request says of how much is played: `HALF_WIDTH` where neither draws, precision nor budget are named."""
    size = Size(MOST_DRAWS if draws is None else draws, replications, seed, threads)
    named = (draws, precision, budget) != (None, None, None)
    return {"size": size, "precision": precision if named else HALF_WIDTH, "budget": budget}


@dataclass(frozen=True)
class CompareRequest:
    """What is asked of a comparison; read when it is first used.

    Attributes:
        scenario: the file with its changes.
        formats: ids of talk formats and tracks; empty for all that are not only legs of tracks.
        size: of the baseline; at least 2 draws of the uncertain numbers, at most these where a precision or a budget
            says when to stop, and 2 runs of chance for each and format.
        precision: half-width of the 95% intervals of settlement, and of the leading format's difference from the
            runner-up, at which the baseline stops; None for all its draws.
        budget: seconds of wall clock for everything that is computed; None for as many as it takes.
        variants: whether to play the rule variants, and give a verdict.
        deep: whether to play the design of behavioural constants too, and say what the answer rests on.
        rivals: whether to play every reading of the sources where they contradict each other.
        benchmarks: whether to say what was possible.
        theory_draws: draws for which the equilibrium is solved; 0 for none.
        outside_view: whether to pool likelihoods with the reference classes that the file names for them.
        language: of the names in the result.
    """

    scenario: Scenario
    formats: tuple[str, ...] = ()
    size: Size = SIZE
    precision: float | None = None
    budget: float | None = None
    variants: bool = True
    deep: bool = False
    rivals: bool = False
    benchmarks: bool = True
    theory_draws: int = 0
    outside_view: bool = False
    language: str = "en"

    @cached_property
    def encoder(self) -> Encoder:
        """The scenario's arrays and names.

        Raises:
            ScenarioError: the file or a change to it is wrong.
        """
        return self.scenario.encoder(seed=self.size.seed, language=self.language)

    @property
    def structure(self) -> Structure:
        """Names and sizes."""
        return self.encoder.structure

    @cached_property
    def places(self) -> tuple[int, ...]:
        """Positions of the formats compared.

        Raises:
            ScenarioError: the file or a change to it is wrong.
            InputError: a format does not exist.
        """
        known = [info.id for info in self.structure.formats]
        usual = [info.id for info in self.structure.formats if not info.only_in_tracks]
        return choose(self.formats or usual or known, known, what="format")

    @property
    def format_ids(self) -> tuple[str, ...]:
        """Ids of the formats compared."""
        return tuple(self.structure.formats[index].id for index in self.places)

    @property
    def languages(self) -> tuple[str, ...]:
        """In which the file has names."""
        return tuple(self.encoder.resolved.labels or ())

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know before anything is computed."""
        resolved, notes = self.encoder.resolved, list[str]()
        if self.rivals and not resolved.rivals:
            notes.append("The file names no rival readings, so there are none to play.")
        if self.outside_view and not resolved.reference_class:
            notes.append("The file names no reference_class, so there is nothing to pool: `parley history` lists them.")
        return tuple(notes)

    @property
    def first_draws(self) -> int:
        """Draws of the first table."""
        runs = len(self.places) * self.size.replications
        return min(self.size.draws, max(LEAST_FIRST, FIRST_RUNS // runs))

    def stamp(self, n_draws: int) -> dict[str, Any]:
        """Where rows of runs come from: scenario, digest, seed, size, versions."""
        size, resolved = self.size, self.encoder.resolved
        sizes = {"seed": size.seed, "draws": n_draws, "replications": size.replications}
        return {"scenario": resolved.id, "digest": resolved.digest, **sizes, "versions": versions()}

    def sink(self, target: Path | BinaryIO) -> RunsSink:
        """A context manager and collector that writes the baseline's runs (Parquet)."""
        return RunsSink(target, self.structure, self.places, self.size.replications, stamped=self.stamp)

    def keeping(self, out: Path | None, argv: Sequence[str]) -> Keeping:
        """Where the comparison is kept: in the folder named, or the usual one; the command line is for the record.

        Raises:
            InputError: the folder holds something other than a result.
        """
        size, resolved, file = self.size, self.encoder.resolved, self.scenario.file
        key = {
            "digest": resolved.digest,
            "seed": size.seed,
            "draws": size.draws,
            "replications": size.replications,
            "formats": list(self.format_ids),
            "variant": self.scenario.variant,
            "variants": self.variants,
            "benchmarks": self.benchmarks,
            "theory_draws": self.theory_draws,
            "deep": self.deep,
            "rivals": self.rivals,
            **({} if self.precision is None else {"precision": self.precision}),
            **({} if self.budget is None else {"budget": self.budget}),
            # what changes nothing that is played is left out where it is not used: such runs keep the id they had
            **({} if self.language == "en" else {"language": self.language}),
            **({"reference_class": resolved.reference_class} if resolved.reference_class else {}),
            **({"outside_view": True} if self.outside_view and resolved.reference_class else {}),
        }
        settings, files = self.scenario.as_settings(), file_digests(file) if file else {}
        return Keeping(resolved.id, key, out, settings=settings, files=files, argv=argv, threads=size.threads)

    @cached_property
    def families(self) -> tuple[Family, ...]:
        """What is played beside the baseline."""
        wanted = {"variants": self.variants, "constants": self.deep, "rivals": self.rivals}
        return families_of(self.encoder.resolved, own_variant=self.scenario.variant, **wanted)

    def inquiry(self, n_draws: int) -> Inquiry | None:
        """What the answer of so many draws rests on, as a question; None where nobody wants to know."""
        if not self.deep:
            return None
        walks, held = max(2, n_draws // WALKED_SHARE), max(2, n_draws // HELD_SHARE)
        sizes = SensitivitySizes(walks=walks, held=held, widened=n_draws)
        bare = len(spreads(self.encoder.resolved))  # a number that nobody called uncertain is no better known for that
        encoder = replace(self.encoder, resolved=widened(self.encoder.resolved)) if bare else self.encoder
        return Inquiry(encoder, self.places, sizes, self.size.threads, bare)

    @property
    def benchmark_draws(self) -> int:
        """Draws for which rational benchmarks are computed."""
        share = max(LEAST_DRAWS, min(SAMPLE, SOLVED // len(self.places)))
        return min(share, self.first_draws) if self.benchmarks else 0

    def work(self, n_draws: int | None = None) -> int:
        """About everything to be done, in runs that take about as long: for a progress bar.

        With the baseline's number of draws, where that is known.
        """
        usual = min(self.size.draws, USUAL_DRAWS) if self.precision or self.budget else self.size.draws
        draws = n_draws or usual
        beside = sum(max(2, draws // FAMILY_SHARE) for _ in self.families)
        solved = self.theory_draws * TABLE_WORTH + self.benchmark_draws * BENCHMARK_WORTH
        inquiry = self.inquiry(draws)
        walked = inquiry.runs if inquiry else 0
        return ((draws + beside) * self.size.replications + solved) * len(self.places) + walked
