"""Data in: what people write -> resolved -> arrays."""

from sim.scenario.checks.lint import warnings_of
from sim.scenario.load import load_raw, load_scenario, read_raw
from sim.scenario.preparation.labels import in_language
from sim.scenario.preparation.variants import (
    VARIANTS,
    Variant,
    coding_variant,
    core_variant,
    parse_variant,
    standard_variants,
)
from sim.scenario.sampling.encode import Encoder, NumberRow
from sim.scenario.schema.resolved import ResolvedScenario
from sim.scenario.schema.shape import schema_json
from sim.scenario.source.problems import FileRead, Problem, ScenarioError

__all__ = [
    "VARIANTS",
    "Encoder",
    "FileRead",
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
