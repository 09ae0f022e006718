"""One number of a scenario file: a constant or a distribution, with its basis and sources."""

from __future__ import annotations

import math
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    StringConstraints,
    model_serializer,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from sim.scenario.source.problems import fault_of_name
from sim.scenario.source.yaml_text import is_mapping, is_row

Basis = Literal["stated", "reported", "analyst", "assumed"]
BASES: tuple[str, ...] = get_args(Basis)
KINDS = ("value", "triangular", "pert", "uniform", "normal", "beta", "discrete")
NUMBER_KEYS = (*KINDS, "level", "spread", "basis", "sources", "together", "note")
NUMBER_MARKS = tuple(key for key in NUMBER_KEYS if key != "together")
"""Keys by which a mapping is known for a number, so that no option may be called by them.

`together` is not one of them: it never stands without a form or a level, and scenarios call options by that word.
"""
DEFAULT_NOTE = "default"
"""Note of a number that the file does not give and the schema fills in."""

ID_PATTERN = r"^[a-z][a-z0-9_-]*$"
Id = Annotated[str, StringConstraints(pattern=ID_PATTERN)]
Triple = Annotated[tuple[float, float, float], Field(strict=False)]
Pair = Annotated[tuple[float, float], Field(strict=False)]
Floats = Annotated[tuple[float, ...], Field(strict=False, min_length=1)]


class Model(BaseModel):
    """Base of every part of a scenario: no unknown keys, no silent conversions, frozen."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, allow_inf_nan=False, ser_json_inf_nan="constants"
    )


def fault(message: str, allowed: str) -> PydanticCustomError:
    """An error of our own that carries what is allowed."""
    return PydanticCustomError("parley", "{message}", {"message": message, "allowed": allowed})


def _checked_name(name: str) -> str:
    problem = fault_of_name(name)
    if problem is not None:
        raise fault(*problem)
    return name


Name = Annotated[str, StringConstraints(min_length=1), AfterValidator(_checked_name)]
"""What people read in tables and figures: a line of printable text."""


class Normal(Model):
    """A normal distribution, truncated where `low` or `high` is given."""

    mean: float
    sd: float
    low: float | None = None
    high: float | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Normal:
        if self.sd <= 0:
            raise fault("the standard deviation must be above 0", "sd > 0")
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise fault("the bounds are out of order", "low < high")
        return self


class Beta(Model):
    """A beta distribution stretched over low to high."""

    a: float
    b: float
    low: float = 0.0
    high: float = 1.0

    @model_validator(mode="after")
    def _in_order(self) -> Beta:
        if self.a <= 0 or self.b <= 0:
            raise fault("both shape parameters must be above 0", "a > 0 and b > 0")
        if self.low >= self.high:
            raise fault("the bounds are out of order", "low < high")
        return self


class Discrete(Model):
    """A list of values with their probabilities."""

    values: Floats
    probabilities: Floats

    @model_validator(mode="after")
    def _in_order(self) -> Discrete:
        if len(self.values) != len(self.probabilities):
            raise fault("there must be one probability for each value", f"{len(self.values)} probabilities")
        if min(self.probabilities) < 0:
            raise fault("a probability is negative", "probabilities of 0 or more")
        if abs(math.fsum(self.probabilities) - 1) > 1e-9:
            raise fault(f"the probabilities sum to {math.fsum(self.probabilities):.6g}", "a sum of 1")
        return self


class Number(Model):
    """A constant or a distribution, with basis, sources and note. A bare number is a constant.

    In a file, a `level` (and `spread`) may stand in place of the distribution that the codebook gives it. Numbers that
    name the same word in `together` stand at the same quantile of their distributions in every draw.
    """

    model_config = ConfigDict(allow_inf_nan=True)

    value: float | None = None
    triangular: Triple | None = None
    pert: Triple | None = None
    uniform: Pair | None = None
    normal: Normal | None = None
    beta: Beta | None = None
    discrete: Discrete | None = None
    level: str | None = None
    spread: str | None = None
    basis: Basis = "assumed"
    sources: Annotated[tuple[str, ...], Field(strict=False)] = ()
    together: Id | None = None
    note: str | None = None

    @cached_property
    def kind(self) -> str:
        """Which of the forms it has; the key under which it is written."""
        return next(kind for kind in KINDS if getattr(self, kind) is not None)

    @cached_property
    def form(self) -> Any:
        """The content of that form."""
        return getattr(self, self.kind)

    @model_validator(mode="before")
    @classmethod
    def _from_bare(cls, data: Any) -> Any:
        if isinstance(data, Number) or is_mapping(data):
            return data
        if isinstance(data, int | float) and not isinstance(data, bool):
            return {"value": float(data)}
        raise fault("a number is needed", "a number, or one of " + ", ".join(KINDS[1:]))

    @model_validator(mode="after")
    def _one_form(self) -> Number:
        given = [kind for kind in KINDS if getattr(self, kind) is not None]
        if len(given) != 1:
            seen = "none" if not given else " and ".join(given)
            raise fault(f"exactly one form of number is needed, not {seen}", "one of " + ", ".join(KINDS))
        form = self.form
        if given[0] == "value" and math.isnan(form):
            raise fault("not a number (NaN)", "a finite number")
        if is_row(form):
            _check_in_order(given[0], form)
        return self

    @model_serializer
    def _full_form(self) -> dict[str, Any]:
        form = self.form
        if is_row(form):
            form = list(form)
        elif isinstance(form, BaseModel):
            form = {key: list(part) if is_row(part) else part for key, part in form if part is not None}
        full = {"level": self.level, "spread": self.spread, self.kind: form, "basis": self.basis}
        full |= {"sources": list(self.sources), "together": self.together, "note": self.note}
        return {key: part for key, part in full.items() if part is not None}

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        full = handler.resolve_ref_schema(handler(core))
        parts = {
            key: next((form for form in part.get("anyOf", []) if form.get("type") != "null"), part)
            for key, part in full["properties"].items()
        }
        fields: JsonSchemaValue = {"type": "object", "properties": parts, "additionalProperties": False}
        forms: list[JsonSchemaValue] = [{"required": [kind]} for kind in KINDS]
        fields["oneOf"] = [*forms, {"required": ["level"], "not": {"anyOf": forms}}]
        return {"title": "Number", "description": cls.__doc__, "anyOf": [{"type": "number"}, fields]}


def default(value: float) -> Number:
    """A number that stands where the file gives none."""
    return Number(value=value, note=DEFAULT_NOTE)


def _check_in_order(kind: str, form: tuple[float, ...]) -> None:
    if not all(math.isfinite(part) for part in form):
        raise fault("a parameter is not finite", "finite numbers")
    if any(later < earlier for earlier, later in pairwise(form)):
        raise fault("the parameters are out of order", "low <= high" if kind == "uniform" else "low <= mode <= high")


def looks_like_number(data: object) -> bool:
    """Whether raw data at a place that takes a number or a mapping by id is meant as a number."""
    return not is_mapping(data) or any(key in NUMBER_MARKS for key in data)


def _as_tuple(data: Any) -> Any:
    return (data,) if isinstance(data, str) else data


OneOrMore = Annotated[
    tuple[str, ...],
    Field(strict=False, min_length=1),
    BeforeValidator(_as_tuple, json_schema_input_type=str | Annotated[list[str], Field(min_length=1)]),
]
NoneOrMore = Annotated[
    tuple[str, ...], Field(strict=False), BeforeValidator(_as_tuple, json_schema_input_type=str | list[str])
]
