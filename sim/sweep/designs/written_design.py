"""The written schema of designs: what people may put into a design file."""

from __future__ import annotations

import keyword
import math
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    model_validator,
)

from sim.scenario.sampling.steering import SteeringKind
from sim.scenario.schema.numbers import Model, NoneOrMore, OneOrMore, Pair, fault
from sim.scenario.schema.shape import tidied
from sim.scenario.schema.written import one_form, version_one
from sim.scenario.source.yaml_text import is_list, is_mapping

MOST_POINTS = 10_000_000
"""Design points of a design, over all cells."""
NONE = "none"
"""The level of a factor of overrides or variants at which none is applied."""


def is_plain_number(level: object) -> bool:
    """Whether a level is a number as it stands."""
    return isinstance(level, int | float) and not isinstance(level, bool)


def _distinct(levels: tuple[Any, ...]) -> tuple[Any, ...]:
    for place, level in enumerate(levels):
        if isinstance(level, float) and not math.isfinite(level):
            raise fault("a level is not finite", "finite numbers; {value: .inf} where infinity is allowed")
        if any(level == other and isinstance(level, bool) == isinstance(other, bool) for other in levels[:place]):
            raise fault(f"the level {level} is given twice", "each level once")
    if len(levels) < 2:
        raise fault("one level is no factor", "two levels or more; what stays the same stands under constants")
    return levels


Levels = Annotated[tuple[Any, ...], Field(strict=False), AfterValidator(_distinct)]
Choices = Annotated[OneOrMore, AfterValidator(_distinct)]
Points = Annotated[int, Field(ge=2, le=MOST_POINTS)]
WrittenSeed = Annotated[int, Field(ge=0, le=2**63 - 1, description="Same seed, same numbers.")]


def _in_order(ends: tuple[float, float]) -> tuple[float, float]:
    if not ends[0] < ends[1]:
        raise fault("the ends of the range are out of order", "low < high")
    return ends


Ends = Annotated[Pair, AfterValidator(_in_order)]


class _Swept(Model):
    """What is swept: all between two ends, or a few levels."""

    ends: Ends | None = Field(default=None, alias="range", description="Lowest and highest level; all between counts.")
    levels: Levels | None = Field(default=None, description="Only these levels, two or more.")
    points: Points | None = Field(
        default=None, description="Of a grid: levels of this factor, evenly spaced over its range."
    )

    @model_validator(mode="after")
    def _one_of_two(self) -> _Swept:
        if self.ends is not None and self.levels is not None:
            raise fault("a factor has a range or levels, not both", "one of range, levels")
        if self.points is not None and self.levels is not None:
            raise fault("points go with a range", "levels alone, or range and points")
        return self


class PathFactor(_Swept):
    """A place of the scenario: a number that is moved, or anything else by its levels."""

    path: Annotated[str, StringConstraints(min_length=1)] = Field(
        description="Dotted path, as after `--set`; `*` for every key."
    )
    kind: SteeringKind = Field(
        default="value",
        alias="as",
        description="What a level is: the number itself (value), what the file says of it times the level (scale) or "
        "plus the level (shift), or the constant at a quantile of its distribution (quantile).",
    )

    @model_validator(mode="after")
    def _has_levels(self) -> PathFactor:
        if self.kind == "quantile":
            _check_quantiles(self.ends, self.levels)
        elif self.ends is None and self.levels is None:
            raise fault("nothing says which levels are swept", "range: [low, high], or levels: [..]")
        elif self.kind != "value" and not all(map(is_plain_number, self.levels or ())):
            raise fault(f"levels of a {self.kind} are numbers", "plain numbers")
        return self


def _check_quantiles(ends: tuple[float, float] | None, levels: tuple[Any, ...] | None) -> None:
    """A quantile lies between 0 and 1; the whole range may be written out."""
    seen = levels or (ends if ends and ends != (0.0, 1.0) else ())
    if not all(is_plain_number(level) and 0.0 < level < 1.0 for level in seen):
        raise fault("a quantile is not between 0 and 1", "numbers above 0 and below 1; without a range all of them")


class OverrideFactor(Model):
    """Named overrides of the scenario file, one at a time."""

    override: Choices = Field(description="Names of overrides; `none` for none.")


class VariantFactor(_Swept):
    """Named rule variants, one at a time; or a behavioural constant of every party, by a range or levels."""

    variant: OneOrMore = Field(description="Names of variants, `none` for none; or the name of a constant.")

    @model_validator(mode="after")
    def _names_or_numbers(self) -> VariantFactor:
        constant = self.ends is not None or self.levels is not None
        if constant and len(self.variant) > 1:
            raise fault("levels go with one constant", "variant: foresight, or a list of variants without levels")
        if constant and not all(map(is_plain_number, self.levels or ())):
            raise fault("levels of a constant are numbers", "plain numbers")
        if not constant:
            _distinct(self.variant)
        return self


def _true(dummy: bool) -> bool:
    if not dummy:
        raise fault("a factor that moves nothing is a dummy", "dummy: true")
    return dummy


class DummyFactor(Model):
    """A factor that moves nothing: what its indices show is chance."""

    dummy: Annotated[bool, AfterValidator(_true)]


_FORMS = {"path": PathFactor, "override": OverrideFactor, "variant": VariantFactor, "dummy": DummyFactor}


def _factor_form(data: object) -> str | None:
    if is_mapping(data):
        given = [form for form in _FORMS if form in data]
        return given[0] if len(given) == 1 else None
    return next((form for form, model in _FORMS.items() if isinstance(data, model)), None)


Factor = Annotated[
    Annotated[PathFactor, Tag("path")]
    | Annotated[OverrideFactor, Tag("override")]
    | Annotated[VariantFactor, Tag("variant")]
    | Annotated[DummyFactor, Tag("dummy")],
    one_form(_factor_form, "a factor takes exactly one of four forms", "path, override, variant or dummy: true"),
]


class GridSample(Model):
    """Every combination of the levels of all factors."""

    points: Points | None = Field(default=None, description="Levels of each factor that has a range.")


class LhsSample(Model):
    """A Latin hypercube."""

    n: Points
    seed: WrittenSeed = 1


class SobolSample(Model):
    """Saltelli's sample for Sobol indices: n (K + 2) points for K factors, n (2 K + 2) with second order."""

    n: Points = Field(description="Base rows: a power of two.")
    second_order: bool = False
    seed: WrittenSeed = 1

    @model_validator(mode="after")
    def _power_of_two(self) -> SobolSample:
        if self.n & (self.n - 1):
            near = 1 << (self.n.bit_length() - 1)
            raise fault(
                f"{self.n} base rows leave gaps in the sequence", f"a power of two, such as {near} or {2 * near}"
            )
        return self


class OatSample(Model):
    """One factor at a time, all others in the middle of what is swept."""

    steps: Points = Field(default=5, description="Levels of a factor that has a range, its ends included.")


class MorrisSample(Model):
    """Morris' trajectories for elementary effects."""

    trajectories: Points
    levels: Annotated[int, Field(ge=2, le=1000)] = Field(default=4, description="Even; a step is half of them.")
    seed: WrittenSeed = 1

    @model_validator(mode="after")
    def _even(self) -> MorrisSample:
        if self.levels % 2:
            raise fault(f"{self.levels} levels cannot be halved", "an even number")
        return self


ListedRows = Annotated[tuple[dict[str, float], ...], Field(strict=False, min_length=1)]
Listed = Annotated[
    Annotated[str, Tag("file")] | Annotated[ListedRows, Tag("rows")],
    Discriminator(lambda data: "file" if isinstance(data, str) else "rows"),
]
_SAMPLES = ("grid", "lhs", "sobol", "oat", "morris", "list")


def _one_sample(schema: dict[str, Any]) -> None:
    schema["oneOf"] = [{"required": [sort]} for sort in _SAMPLES]


class Sample(Model):
    """Which points of the number factors are played: one of six sorts."""

    model_config = ConfigDict(json_schema_extra=_one_sample)

    grid: GridSample | None = None
    lhs: LhsSample | None = None
    sobol: SobolSample | None = None
    oat: OatSample | None = None
    morris: MorrisSample | None = None
    listed: Listed | None = Field(
        default=None, alias="list", description="A CSV file with a column a number factor, or its rows as mappings."
    )

    @model_validator(mode="after")
    def _one_sort(self) -> Sample:
        if sum(part is not None for _, part in self) != 1:
            raise fault("a sample is of exactly one sort", "one of " + ", ".join(_SAMPLES))
        return self


Samples = Annotated[
    Annotated[Sample, Tag("one")] | Annotated[tuple[Sample, ...], Field(strict=False, min_length=1), Tag("more")],
    Discriminator(lambda data: "more" if is_list(data) or isinstance(data, tuple) else "one"),
]


class WrittenRuns(Model):
    """How much is played at each point and format."""

    draws: int = Field(default=100, ge=2, description="Of the uncertain numbers that are not swept.")
    replications: int = Field(default=2, ge=2, le=65_535, description="Runs of chance for each draw.")
    seed: WrittenSeed = 1


class Keep(Model):
    """What is kept beside counts; inputs always are."""

    runs: bool = False


Compared = Annotated[tuple[str, str], Field(strict=False)]
FACTOR_PATTERN = r"^[a-z][a-z0-9_]*$"


def _column(name: str) -> str:
    if keyword.iskeyword(name):
        raise fault("a word of Python cannot be a column", "another name")
    return name


FactorName = Annotated[str, StringConstraints(pattern=FACTOR_PATTERN), AfterValidator(_column)]


class DesignFile(Model):
    """A whole design file."""

    design: Annotated[Literal[1], BeforeValidator(version_one)] = Field(description="Version of the schema.")
    scenario: Annotated[str, StringConstraints(min_length=1)] = Field(
        description="The scenario file: beside this file, or from the folder in which one works."
    )
    constants: dict[str, Any] = Field({}, description="Dotted path: value, as with `--set`, at every point.")
    named_scenario: str | None = Field(default=None, description="As with `--scenario`, at every point.")
    override: NoneOrMore = Field(default=(), description="As with `--override`, at every point.")
    variant: str | None = Field(default=None, description="As with `--variant`, at every point.")
    formats: NoneOrMore = Field(default=(), description="Talk formats and tracks; those of a comparison if left out.")
    compare: Compared | None = Field(
        default=None,
        description="The two formats whose difference (first minus second) the page asks about; the two that lead if "
        "left out.",
    )
    factors: dict[FactorName, Factor] = Field(min_length=1, description="What is swept, by the name of its column.")
    sample: Samples = Field(
        default=Sample(grid=GridSample()),
        description="The points of the number factors, a grid of their levels if left out; a list takes several.",
    )
    runs: WrittenRuns = WrittenRuns()
    keep: Keep = Keep()

    @property
    def samples(self) -> tuple[Sample, ...]:
        """All samples, in order."""
        return self.sample if isinstance(self.sample, tuple) else (self.sample,)


def design_schema_json() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a design file."""
    schema = tidied(DesignFile.model_json_schema(by_alias=True, mode="validation"))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Parley design"}
