"""A resolved scenario under a rule variant, without reading the file again."""

from __future__ import annotations

from typing import Any

from sim.scenario.preparation.variants import Variant
from sim.scenario.schema.numbers import Number
from sim.scenario.schema.priors import PARTY_CONSTANTS
from sim.scenario.schema.resolved import ResolvedBehaviour, ResolvedParty, ResolvedPartyBehaviour, ResolvedScenario

_CACHED = ("numbers", "digest", "shifts")


def with_variant(resolved: ResolvedScenario, variant: Variant) -> ResolvedScenario:
    """The scenario as loading its file under the variant would give it.

    Args:
        resolved: a sound scenario.
        variant: one that changes behaviour only; a party that has the scenario's own prior of a constant keeps
            following it.

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
    """A party with its own constants where it has any, else the scenario's."""
    changed: dict[str, Number] = {}
    for constant in PARTY_CONSTANTS:
        if constant in own:
            changed[constant] = Number.model_validate(own[constant])
        elif getattr(party.behaviour, constant) == getattr(before, constant):
            changed[constant] = getattr(after, constant)
    behaviour: ResolvedPartyBehaviour = party.behaviour.model_copy(update=changed)
    return party.model_copy(update={"behaviour": behaviour})
