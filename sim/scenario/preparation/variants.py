"""Named rule variants: choices that reasonable people would make differently, by name and in a resolved scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.scenario.schema.numbers import Number
from sim.scenario.schema.priors import PARTY_CONSTANTS
from sim.scenario.schema.resolved import ResolvedBehaviour, ResolvedParty, ResolvedPartyBehaviour, ResolvedScenario
from sim.scenario.source.problems import Report
from sim.types.message import Message, message


@dataclass(frozen=True)
class Variant:
    """A named set of changes to a scenario's behaviour section; `*` in a path stands for every party."""

    name: str
    said: Message
    """What it changes, in a sentence."""
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
_ALL = (
    Variant(
        "foresight=0",
        message("Proposers look only at who sits at the table, not at absent parties who could stop the deal."),
        _for_all("foresight", 0.0),
    ),
    Variant(
        "foresight=1",
        message("Proposers count absent parties with standing as fully as those at the table."),
        _for_all("foresight", 1.0),
    ),
    Variant(
        "severable=no",
        message("One refusal ends the whole text instead of striking only the parts refused."),
        (("behaviour.rules.severable", False),),
    ),
    Variant(
        "hold=once",
        message("A text is tested once, at the horizon, instead of every month."),
        (("behaviour.rules.hold", "once"),),
    ),
    Variant(
        "errors=fresh",
        message("At the table parties misjudge every offer afresh instead of once per run."),
        (("behaviour.rules.errors", "fresh"),),
    ),
    Variant(
        "learning=on",
        message(
            "Parties learn what they misperceive of others' saliences from the offers they see; nothing else changes."
        ),
        (("behaviour.learning_prior", _LEARNING),),
    ),
    Variant(
        "stalling=off",
        message("No party spends a month waiting, even where waiting pays."),
        (("behaviour.rules.stalling", False),),
    ),
    Variant(
        "concession=boulware",
        message("Every party holds out until late (concession exponent 0.3)."),
        _for_all("concession_exponent", 0.3),
    ),
    Variant(
        "concession=conceder",
        message("Every party gives way early (concession exponent 2)."),
        _for_all("concession_exponent", 2.0),
    ),
)
VARIANTS: Mapping[str, Variant] = {variant.name: variant for variant in _ALL}
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

    Raises:
        ScenarioError: for an unknown name, with the names there are.
    """
    name = text.strip()
    if name in VARIANTS:
        return VARIANTS[name]
    if name.startswith("coding=") and name != "coding=":
        return coding_variant(name.partition("=")[2])
    key, sign, issue = name.partition("=")
    if key == "core" and sign and issue:
        return core_variant(issue)
    report = Report("--variant")
    report.add(
        (), "unknown variant", seen=f"'{text}'", allowed=[*VARIANTS, "core=<issue id>", "coding=<codebook>"], word=name
    )
    report.stop_if_any()
    raise AssertionError


def standard_variants(resolved: ResolvedScenario) -> tuple[Variant, ...]:
    """The variants of a comparison: learning only where it matters, each core issue alone, each other coding."""
    misperceived = any(party.beliefs for party in resolved.parties.values())
    names = [name for name in STANDARD if name != "learning=on" or misperceived]
    cores = [issue for issue, record in resolved.issues.items() if record.level == "core"]
    codings = [coding_variant(name) for name in resolved.codebooks if name != resolved.codebook]
    return (*(VARIANTS[name] for name in names), *(core_variant(issue) for issue in cores), *codings)


_CACHED = ("numbers", "digest", "shifts")


def with_variant(resolved: ResolvedScenario, variant: Variant) -> ResolvedScenario:
    """The scenario as loading its file under a variant that changes behaviour only would give it.

    A party that has the scenario's own prior of a constant keeps following it.

    Raises:
        ValueError: the variant changes something else than behaviour.
    """
    data: dict[str, Any] = resolved.behaviour.model_dump(mode="json")
    own: dict[str, Any] = {}
    for path, value in variant.sets:
        match path.split("."):
            case ["behaviour", "rules", switch]:
                data["rules"][switch] = value
            case ["behaviour", constant]:
                data[constant] = _number(value)
            case ["parties", "*", "behaviour", constant]:
                own[constant] = _number(value)
            case _:
                raise ValueError(f"variant {variant.name} changes {path}, which is no behaviour of all parties")
    behaviour = ResolvedBehaviour.model_validate(data)
    parties = {key: _party(party, resolved.behaviour, behaviour, own) for key, party in resolved.parties.items()}
    copy = resolved.model_copy(update={"behaviour": behaviour, "parties": parties})
    for name in _CACHED:
        vars(copy).pop(name, None)
    return copy


def _number(value: Any) -> dict[str, Any]:
    return Number.model_validate(value).model_dump(mode="json")


def _party(
    party: ResolvedParty, before: ResolvedBehaviour, after: ResolvedBehaviour, own: dict[str, Any]
) -> ResolvedParty:
    changed: dict[str, Number] = {}
    for constant in PARTY_CONSTANTS:
        if constant in own:
            changed[constant] = Number.model_validate(own[constant])
        elif getattr(party.behaviour, constant) == getattr(before, constant):
            changed[constant] = getattr(after, constant)
    behaviour: ResolvedPartyBehaviour = party.behaviour.model_copy(update=changed)
    return party.model_copy(update={"behaviour": behaviour})
