"""The written schema as JSON Schema, for editors."""

from __future__ import annotations

from typing import Any

from sim.scenario.written import Scenario


def schema_json() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a scenario file."""
    schema = Scenario.model_json_schema(by_alias=True, mode="validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Parley scenario"}
