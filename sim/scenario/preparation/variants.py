"""Named rule variants: choices that reasonable people would make differently, by name."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.scenario.schema.priors import PARTY_CONSTANTS
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


def _for_all(key: str, value: float | dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    return ((f"behaviour.{key}", value), (f"parties.*.behaviour.{key}", value))


_TRUST: dict[str, Any] = {
    "triangular": [0.2, 0.65, 1.0],
    "basis": "assumed",
    "note": "from a fifth of what is promised to all of it, about two thirds in the middle",
}
_LINE_PRICE: dict[str, Any] = {
    "uniform": [0.1, 0.5],
    "basis": "assumed",
    "note": "a tenth to a half of all that is at issue",
}
_PREMIUM: dict[str, Any] = {
    "uniform": [0.0, 0.1],
    "basis": "assumed",
    "note": "nothing to a tenth of all that is at issue",
}
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
    "undertaking=off": message(
        "What the table has agreed on the way raises everybody's floor, and the rest of the core is bargained over it."
    ),
    "optimism=off": message("Nobody expects a better deal of not signing now."),
    "consent=unforeseen": message("Who signs does not ask whether parties outside the room will stop the text."),
    "signing=free": message("A signature costs a party nothing at home."),
    "aversion=off": message("What a party gives up counts for no more than what it gains."),
    "trust=on": message(
        "Parties discount what a text promises them, and not what it costs them. Not by default: it moves outcomes a "
        "great deal, and nothing measured says by how much states discount promises."
    ),
    "lines=priced": message(
        "A firm red line costs the party stakes when it is crossed, instead of barring the text. Not by default: a "
        "line in a file says never, and meetings that failed on one would succeed without the cause that documents "
        "name."
    ),
    "commitment=premium": message(
        "Signatories ask more of a text that no enforcement backs. Not by default: few files say what enforcement "
        "there is, so that it would count against all texts alike."
    ),
    "homes=support": message(
        "A home ratifies by the support that the file gives it, where it does. Not by default: it takes support for "
        "one text, measured once, for the chance of ratifying any text that is worth nothing to the party."
    ),
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
    "undertaking=off": (("behaviour.rules.single_undertaking", False),),
    "optimism=off": _for_all("optimism", -1.0),
    "consent=unforeseen": (("behaviour.rules.foreseen_consent", False),),
    "signing=free": _for_all("signing_cost", 0.0),
    "aversion=off": _for_all("concession_aversion", 1.0),
    "trust=on": _for_all("trust_at_signing", _TRUST),
    "lines=priced": (("behaviour.line_price", _LINE_PRICE),),
    "commitment=premium": _for_all("commitment_premium", _PREMIUM),
    "homes=support": (("behaviour.rules.homes", "support"),),
    "concession=boulware": _for_all("concession_exponent", 0.3),
    "concession=conceder": _for_all("concession_exponent", 2.0),
}
VARIANTS: Mapping[str, Variant] = {name: Variant(name, _SAID[name], _SETS[name]) for name in _SETS}
STANDARD = (
    *("foresight=0", "foresight=1", "severable=no", "hold=once", "errors=fresh", "learning=on", "stalling=off"),
    *("undertaking=off", "optimism=off", "consent=unforeseen", "signing=free", "aversion=off"),
)
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


def constant_variant(constant: str, value: float) -> Variant:
    """A behavioural constant of every party, in the file's place: `foresight=0.5`; a number has one name, 1 for 1.0."""
    # the sign of an exponent would join two variants
    name = f"{constant}={repr(float(value)).removesuffix('.0').replace('e+', 'e')}"
    if name in VARIANTS:
        return VARIANTS[name]
    words = message(constant.replace("_", " "))
    said = message('The constant "{constant}" is {value} for every party.', constant=words, value=value)
    return Variant(name, said, _for_all(constant, float(value)))


def _finite(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def parse_variant(text: str) -> Variant:
    """The variant with that name; `core=<issue id>`, `coding=<codebook>` and `<constant>=<number>` make one.

    What they name is checked when the variant is applied.

    Several names joined by `+` are applied together. An unknown name is a ScenarioError that tells the names there are.
    """
    name = text.strip()
    if "+" in name:
        parts = [parse_variant(part) for part in name.split("+")]
        said = message("{parts}", parts=tuple(part.said for part in parts), joint=" ")
        return Variant("+".join(part.name for part in parts), said, tuple(one for part in parts for one in part.sets))
    key, _, value = name.partition("=")
    if name in VARIANTS:
        return VARIANTS[name]
    if value and key in ("core", "coding"):
        return core_variant(value) if key == "core" else coding_variant(value)
    number = _finite(value) if key in PARTY_CONSTANTS else None
    if number is not None:
        return constant_variant(key, number)
    made = ["core=<issue id>", "coding=<codebook>", *(f"{constant}=<number>" for constant in PARTY_CONSTANTS)]
    report, allowed = Report("--variant"), [*made, *VARIANTS]
    report.add((), "unknown variant", f"'{text}'", allowed, word=name)
    report.stop_if_any()
    raise AssertionError


def standard_variants(resolved: ResolvedScenario) -> tuple[Variant, ...]:
    """The variants of a comparison that can matter in a scenario, then each core issue alone and each other coding."""
    cores = [issue for issue, record in resolved.issues.items() if record.level == "core"]
    parties, formats = resolved.parties.values(), resolved.formats.values()
    guarantors = any(option.guarantors for issue in resolved.issues.values() for option in issue.options.values())
    matters = {
        "learning=on": any(party.beliefs for party in parties),
        "undertaking=off": any(
            talks.harvest == "all_or_nothing" and {*cores} & {*talks.agenda.issues} for talks in formats
        ),
        "consent=unforeseen": guarantors or any(party.standing for party in parties),
    }
    names = [name for name in STANDARD if matters.get(name, True)]
    codings = [coding_variant(name) for name in resolved.codebooks if name != resolved.codebook]
    return (*(VARIANTS[name] for name in names), *(core_variant(issue) for issue in cores), *codings)
