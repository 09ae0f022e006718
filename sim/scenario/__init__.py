"""Data in: what people write -> resolved -> arrays."""

from sim.scenario.encode import Encoder, NumberRow
from sim.scenario.errors import Problem, ScenarioError
from sim.scenario.include import read_raw
from sim.scenario.labels import in_language
from sim.scenario.load import load_raw, load_scenario
from sim.scenario.resolved import ResolvedScenario
from sim.scenario.schema import schema_json
from sim.scenario.variants import (
    VARIANTS,
    Variant,
    coding_variant,
    core_variant,
    parse_variant,
    standard_variants,
)
from sim.scenario.warn import warnings_of

__all__ = [
    "VARIANTS",
    "Encoder",
    "NumberRow",
    "Problem",
    "ResolvedScenario",
    "ScenarioError",
    "Variant",
    "coding_variant",
    "core_variant",
    "in_language",
    "load_raw",
    "load_scenario",
    "parse_variant",
    "read_raw",
    "schema_json",
    "standard_variants",
    "warnings_of",
]
