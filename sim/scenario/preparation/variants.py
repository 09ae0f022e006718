"""Named rule variants: choices that reasonable people would make differently, by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.scenario.schema.resolved import ResolvedScenario
from sim.scenario.source.problems import Report
from sim.types.message import Message, message


@dataclass(frozen=True)
class Variant:
    """A named set of changes to a scenario's behaviour section; `*` in a path stands for every party."""

    name: str
    said: Message  # what it changes, in a sentence
    sets: tuple[tuple[str, Any], ...]

    @property
    def sentence(self) -> str:
        """What it changes, in English."""
        return str(self.said)


def _for_all(key: str, value: float) -> tuple[tuple[str, Any], ...]:
    return ((f"behaviour.{key}", value), (f"parties.*.behaviour.{key}", value))


_LEARNING: dict[str, Any] = {
    "uniform": [2.0, 10.0],
    "basis": "assumed",
    "note": "two to ten distinct offers weigh as much as the prior belief",
}
_SAID = {
    "foresight=0": message(
        "Proposers look only at who sits at the table, not at absent parties who could stop the deal."
    ),
    "foresight=1": message("Proposers count absent parties with standing as fully as those at the table."),
    "severable=no": message("One refusal ends the whole text instead of striking only the parts refused."),
    "hold=once": message("A text is tested once, at the horizon, instead of every month."),
    "errors=fresh": message("At the table parties misjudge every offer afresh instead of once per run."),
    "learning=on": message(
        "Parties learn what they misperceive of others' saliences from the offers they see; nothing else changes."
    ),
    "stalling=off": message("No party spends a month waiting, even where waiting pays."),
    "concession=boulware": message("Every party holds out until late (concession exponent 0.3)."),
    "concession=conceder": message("Every party gives way early (concession exponent 2)."),
}
_SETS: dict[str, tuple[tuple[str, Any], ...]] = {
    "foresight=0": _for_all("foresight", 0.0),
    "foresight=1": _for_all("foresight", 1.0),
    "severable=no": (("behaviour.rules.severable", False),),
    "hold=once": (("behaviour.rules.hold", "once"),),
    "errors=fresh": (("behaviour.rules.errors", "fresh"),),
    "learning=on": (("behaviour.learning_prior", _LEARNING),),
    "stalling=off": (("behaviour.rules.stalling", False),),
    "concession=boulware": _for_all("concession_exponent", 0.3),
    "concession=conceder": _for_all("concession_exponent", 2.0),
}
VARIANTS: Mapping[str, Variant] = {name: Variant(name, _SAID[name], _SETS[name]) for name in _SETS}
STANDARD = ("foresight=0", "foresight=1", "severable=no", "hold=once", "errors=fresh", "learning=on", "stalling=off")
"""Variants that mean the same in every scenario, in the order in which they are shown."""


def core_variant(issue: str) -> Variant:
    """Only `issue` counts as the core."""
    said = message(
        "A settlement asks only that the core issue '{issue}' is settled; the other core issues count as substance.",
        issue=issue,
    )
    return Variant(f"core={issue}", said, (("behaviour.rules.core", issue),))


def coding_variant(codebook: str) -> Variant:
    """Levels in words mean what another of the file's codebooks says."""
    said = message("Levels in words are read by the codebook '{codebook}'.", codebook=codebook)
    return Variant(f"coding={codebook}", said, (("codebook", codebook),))


def parse_variant(text: str) -> Variant:
    """The variant with that name; `core=<issue id>` and `coding=<codebook>` make one (checked when applied).

    An unknown name is a ScenarioError that tells the names there are.
    """
    name = text.strip()
    key, _, value = name.partition("=")
    if name in VARIANTS:
        return VARIANTS[name]
    if value and key in ("core", "coding"):
        return core_variant(value) if key == "core" else coding_variant(value)
    report, allowed = Report("--variant"), [*VARIANTS, "core=<issue id>", "coding=<codebook>"]
    report.add((), "unknown variant", f"'{text}'", allowed, word=name)
    report.stop_if_any()
    raise AssertionError


def standard_variants(resolved: ResolvedScenario) -> tuple[Variant, ...]:
    """The variants of a comparison: learning only where it matters, each core issue alone, each other coding."""
    misperceived = any(party.beliefs for party in resolved.parties.values())
    names = [name for name in STANDARD if name != "learning=on" or misperceived]
    cores = [issue for issue, record in resolved.issues.items() if record.level == "core"]
    codings = [coding_variant(name) for name in resolved.codebooks if name != resolved.codebook]
    return (*(VARIANTS[name] for name in names), *(core_variant(issue) for issue in cores), *codings)
