"""What a user asked for, and the same made concrete: scenario loaded, names settled, folder chosen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.console import InputError, choose, note
from sim.cli.store import RunKey, folder_for
from sim.report.words.language import ENGLISH, languages

if TYPE_CHECKING:
    from sim.scenario import Encoder, ResolvedScenario, Variant

VARIANT_SHARE, CONSTANTS_SHARE = 4, 16
"""The draws of the baseline are divided by these."""


@dataclass(frozen=True)
class Changes:
    """A scenario file and what is changed in it."""

    file: Path
    sets: tuple[str, ...]
    overrides: tuple[str, ...]
    scenario: str | None
    variant: str | None

    def load(self) -> ResolvedScenario:
        """The resolved scenario.

        Raises:
            ScenarioError: the file or a change to it is wrong.
        """
        from sim.scenario import load_scenario

        return load_scenario(
            self.file, sets=self.sets, overrides=self.overrides, scenario=self.scenario, variant=self.variant
        )

    def load_each(self, variants: Iterable[Variant]) -> Iterator[ResolvedScenario]:
        """The scenario under each variant, on top of the one asked for; the file is read once for all.

        Args:
            variants: what to apply.
        """
        from sim.scenario import Variant, load_raw, parse_variant, read_raw

        raw = read_raw(self.file)
        base = parse_variant(self.variant).sets if self.variant else ()
        for one in variants:
            both = Variant(one.name, one.said, base + one.sets)
            yield load_raw(
                raw,
                name=str(self.file),
                sets=self.sets,
                overrides=self.overrides,
                scenario=self.scenario,
                variant=both,
            )

    def as_settings(self) -> dict[str, Any]:
        """For the record of a result: what was changed, without the place of the file."""
        return {
            "set": list(self.sets),
            "override": list(self.overrides),
            "scenario": self.scenario,
            "variant": self.variant,
        }


@dataclass(frozen=True)
class Request:
    """Everything a user asked of `compare`."""

    changes: Changes
    formats: tuple[str, ...]
    draws: int
    replications: int
    seed: int
    variants: bool
    threads: int | None
    out: Path | None
    quiet: bool
    benchmarks: bool = True
    theory_draws: int = 0
    """Draws for which the equilibrium is solved; 0 for none."""
    shares: bool = False
    """Whether to say what the answer rests on."""
    rivals: bool = False
    """Whether to play every reading of the sources where they contradict each other."""
    language: str = "en"

    @property
    def few(self) -> int:
        """Draws of a variant."""
        return max(2, self.draws // VARIANT_SHARE)

    @property
    def fewer(self) -> int:
        """Draws of a set of constants."""
        return max(2, self.draws // CONSTANTS_SHARE)


@dataclass(frozen=True)
class Plan:
    """A request made concrete: the scenario with its arrays, the formats by position, where results go."""

    request: Request
    resolved: ResolvedScenario
    encoder: Encoder
    formats: tuple[int, ...]
    key: RunKey
    folder: Path

    @property
    def runs_a_draw(self) -> int:
        """Runs of one draw, over all formats."""
        return len(self.formats) * self.request.replications


def plan(request: Request) -> Plan:
    """Load the scenario and settle names and places before anything is computed.

    Raises:
        ScenarioError: the file or a change to it is wrong.
        InputError: a format or the language does not exist, or the folder asked for is taken.
    """
    from sim.scenario import Encoder

    resolved = request.changes.load()
    check_language(request.language, list(resolved.labels or ()), quiet=request.quiet)
    encoder = Encoder(resolved, seed=request.seed, language=request.language)
    known = [one.id for one in encoder.structure.formats]
    usual = [one.id for one in encoder.structure.formats if not one.only_in_tracks]
    formats = choose(request.formats or usual or known, known, what="format")
    key = RunKey(
        digest=resolved.digest,
        seed=request.seed,
        draws=request.draws,
        replications=request.replications,
        formats=tuple(known[index] for index in formats),
        variant=request.changes.variant,
        variants=request.variants,
        benchmarks=request.benchmarks,
        theory_draws=request.theory_draws,
        shares=request.shares,
        rivals=request.rivals,
        language=None if request.language == ENGLISH else request.language,
    )
    return Plan(request, resolved, encoder, formats, key, folder_for(resolved.id, key.run_id, request.out))


def check_language(code: str, labelled: Sequence[str], *, quiet: bool) -> None:
    """Stop at a language that neither the report nor the file knows; say so if only the file knows it.

    Args:
        code: the language asked for.
        labelled: languages in which the file has names.
        quiet: no notes.

    Raises:
        InputError: with the languages there are.
    """
    reported = languages()
    if code not in (*reported, *labelled):
        known = ", ".join(dict.fromkeys((*reported, *labelled)))
        raise InputError(f'No language is called "{code}". There is: {known}.')
    if code not in reported:
        note(f"The report has no words in {code}: names are in {code}, the rest is English.", quiet=quiet)
