"""The written schema as JSON Schema, for editors."""

from __future__ import annotations

from typing import Any

from sim.scenario.schema.written import Scenario
from sim.scenario.source.plain import is_list, is_mapping

_PARTS = ("issues", "parties", "formats")


def schema_json() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a scenario file."""
    schema = _tidy(Scenario.model_json_schema(by_alias=True, mode="validation"))
    # What a file includes may hold the sections that a scenario needs.
    schema["required"] = [key for key in schema["required"] if key not in _PARTS]
    schema["anyOf"] = [{"required": ["include"]}, {"required": list(_PARTS)}]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Parley scenario"}


def _tidy(part: Any) -> Any:
    """The schema as the loader reads files.

    No alternative null (a key that is not needed is left out, not left empty), ids by their pattern only, and a number
    or a mapping of numbers told apart by the loader, so that either may fit.
    """
    if is_list(part):
        return [_tidy(one) for one in part]
    if not is_mapping(part):
        return part
    slim = {key: _tidy(one) for key, one in part.items() if not (key == "default" and one is None)}
    if "patternProperties" in slim:
        slim["additionalProperties"] = False
    if "oneOf" in slim and "properties" not in slim:
        slim["anyOf"] = slim.pop("oneOf")
    if {"type": "null"} in slim.get("anyOf", []):
        others = [one for one in slim.pop("anyOf") if one != {"type": "null"}]
        return {**others[0], **slim} if len(others) == 1 else {"anyOf": others, **slim}
    return slim
