"""Data in: what people write -> resolved -> arrays."""

# pyright: reportUnusedImport=false
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
