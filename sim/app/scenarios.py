"""A scenario with the changes that a user makes to it, what every request starts from; and its numbers by claim."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from sim.app.errors import choose
from sim.scenario import Encoder, NumberRow, ResolvedScenario, Variant, parse_variant
from sim.scenario.load import load_kept, load_raw_kept, reload, try_overrides
from sim.scenario.renumbering import Loaded
from sim.scenario.sampling.widening import widened
from sim.types.replays import Replays

KEPT_ENCODERS = 8
"""Of one scenario, by seed and language."""


@dataclass(frozen=True)
class Scenario:
    """A scenario file (or its content as a mapping) and the changes made to it; made by `load`, never changed.

    Changes are checked like the file, when the scenario is first used; `resolved` does it now. They are made in this
    order: the named scenario, the overrides, the sets, the variant.

    Attributes:
        file: the file, or None for a mapping.
        content: the mapping, or None for a file.
        sets: `dotted.path=value` texts, values in YAML.
        overrides: names of overrides of the file.
        scenario: name of a scenario (list of overrides) of the file.
        variant: name of a rule variant.
        name: what problems call a mapping.
        widen: whether numbers assumed without a spread get a default one, after all changes.
    """

    file: Path | None
    content: Mapping[str, Any] | None = field(default=None, repr=False)
    sets: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    scenario: str | None = None
    variant: str | None = None
    name: str = "scenario"
    widen: bool = False
    _near: Loaded | None = field(default=None, repr=False, compare=False)
    """The scenario that this one was made from by a change, if it was loaded then."""
    _replays: Replays | None = field(default=None, repr=False, compare=False)
    """Runs of this one and of all others that changes made of the same; None for one that was not made by a change."""

    def set(self, changes: Mapping[str, Any]) -> Scenario:
        """The scenario with values put at dotted paths, as with `--set` on the command line.

        Args:
            changes: path -> value: a number, a text, a list, or a mapping such as `{"uniform": [0, 1]}`.
        """
        texts = tuple(f"{path}={_flow(value)}" for path, value in changes.items())
        return self._but(sets=self.sets + texts)

    def override(self, *names: str) -> Scenario:
        """The scenario with named overrides of its file applied."""
        return self._but(overrides=self.overrides + names)

    def under(self, variant: str) -> Scenario:
        """The scenario under another rule, such as `foresight=0`; `parley variants` lists them."""
        return self._but(variant=variant)

    def _but(self, **changes: Any) -> Scenario:
        near = self.__dict__.get("_loaded", self._near)
        return replace(self, **changes, _near=near, _replays=self._family)

    @cached_property
    def _family(self) -> Replays:
        return self._replays or Replays()

    @cached_property
    def resolved(self) -> ResolvedScenario:
        """The scenario with every default explicit.

        Raises:
            ScenarioError: the file or a change to it is wrong; it lists every problem with its place.
        """
        return self._spread(self._loaded.resolved)

    def check_overrides(self) -> ResolvedScenario:
        """As `resolved`; and each override of an unchanged file is tried on its own, so that a wrong one is found."""
        if not (self.sets or self.overrides or self.scenario or self.variant):
            try_overrides(self._loaded)
        return self.resolved

    @cached_property
    def _loaded(self) -> Loaded:
        """From the scenario that this one was made from, unless its files have changed since; or from the file."""
        changes = {**self._changes, "variant": self.variant}
        if self._near is not None and self._near.is_fresh:
            return reload(self._near, **changes)
        if self.file is not None:
            return load_kept(self.file, **changes)
        return load_raw_kept(deepcopy(dict(self.content or {})), name=self.name, **changes)

    def _spread(self, resolved: ResolvedScenario) -> ResolvedScenario:
        return widened(resolved) if self.widen else resolved

    def load_each(self, variants: Iterable[Variant]) -> Iterator[ResolvedScenario]:
        """The scenario under each variant, on top of its own; the file is read once for all."""
        base = parse_variant(self.variant).sets if self.variant else ()
        for variant in variants:
            both = Variant(variant.name, variant.said, base + variant.sets)
            yield self._spread(reload(self._loaded, variant=both, **self._changes).resolved)

    def encoder(self, *, seed: int, language: str | None = None) -> Encoder:
        """The scenario's arrays for any block of draws; the latest are kept."""
        encoder = self._encoders.get((seed, language))
        if encoder is None:
            encoder = Encoder(self.resolved, seed=seed, language=language, replays=self._replays)
            if len(self._encoders) >= KEPT_ENCODERS:
                self._encoders.clear()
            self._encoders[seed, language] = encoder
        return encoder

    @cached_property
    def _encoders(self) -> dict[tuple[int, str | None], Encoder]:
        return {}

    def as_settings(self) -> dict[str, Any]:
        """For the record of a result: what was changed, without the place of the file."""
        return {
            "set": list(self.sets),
            "override": list(self.overrides),
            "scenario": self.scenario,
            "variant": self.variant,
            **({"widen": "numbers assumed without a spread"} if self.widen else {}),
        }

    @property
    def _changes(self) -> dict[str, Any]:
        return {"sets": self.sets, "overrides": self.overrides, "scenario": self.scenario}


def _flow(value: Any) -> str:
    """A value as YAML in one line."""
    text = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=float("inf"))
    return text.removesuffix("...\n").strip()


@dataclass(frozen=True)
class Cited:
    """A claim and the numbers that cite it."""

    id: str
    title: str
    note: str
    numbers: tuple[NumberRow, ...]


@dataclass(frozen=True)
class Evidence:
    """Claims with their numbers, and the numbers that rest on none."""

    resolved: ResolvedScenario
    claims: tuple[Cited, ...]
    bare: tuple[NumberRow, ...]
    """Numbers that cite nothing; empty where only some claims were asked for."""
    n_numbers: int
    """Numbers that the file gives."""


def evidence(scenario: Scenario, claims: Sequence[str] = ()) -> Evidence:
    """Every claim (or those named) with the numbers that cite it; one that cites several stands under each of them.

    Raises:
        ScenarioError: the file or a change to it is wrong.
        InputError: there is no such claim.
    """
    encoder = scenario.encoder(seed=0)
    rows = [row for row in encoder.numbers() if row.given]
    cited = [
        Cited(key, reference.title, reference.note or "", tuple(row for row in rows if key in row.sources))
        for key, reference in (encoder.resolved.references or {}).items()
    ]
    known = [claim.id for claim in cited]
    kept = tuple(cited[index] for index in choose(claims or known, known, what="claim"))
    bare = () if claims else tuple(row for row in rows if not row.sources)
    return Evidence(encoder.resolved, kept, bare, len(rows))
