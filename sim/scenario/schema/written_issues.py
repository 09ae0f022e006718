"""The written schema of issues: their options, and the scale under those of a numeric issue."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from sim.scenario.schema.numbers import Id, Model, NoneOrMore, Number, fault

Level = Literal["process", "substance", "core"]
MOST_GRID_STEPS = 200


class Option(Model):
    """One way an issue can stand."""

    name: str | None = Field(default=None, description="Label for people; the id if left out.")
    settles: bool = Field(
        False, description="The issue counts as settled here (core issues, or the one that ends the price)."
    )
    enforcement: dict[Id, Number] = Field(
        {}, description="Per party: stakes that defection costs once this is in force."
    )
    guarantors: NoneOrMore = Field(
        default=(), description="Parties that this option names as guarantors: it needs the consent of each."
    )


class Grid(Model):
    """Makes the options of a numeric issue: points in steps, those that parties want, or both."""

    start: float | None = Field(default=None, alias="from", description="Lower end; needed with `step`.")
    to: float | None = Field(default=None, description="Upper end, above the lower; needed with `step`.")
    step: float | None = Field(
        default=None, gt=0, description="From one option to the next, beginning at `from`; both ends are options."
    )
    include: Literal["ideals"] | None = Field(
        default=None, description="Also an option at each ideal of a party that is a constant and between the ends."
    )

    @model_validator(mode="after")
    def _makes_options(self) -> Grid:
        if self.step is None and self.include is None:
            raise fault("a grid needs something to make options of", "step, include: ideals or both")
        if self.step is not None and (self.start is None or self.to is None):
            raise fault("a step needs both ends", "from, to and step")
        if self.start is not None and self.to is not None:
            if self.start >= self.to:
                raise fault("the ends of the grid are out of order", "from < to")
            if self.step is not None and (self.to - self.start) / self.step > MOST_GRID_STEPS:
                raise fault("the steps make too many options", f"at most {MOST_GRID_STEPS} steps")
        return self


def _made_if_left_out(schema: dict[str, Any]) -> None:
    """The schema for editors lets out what a grid makes; it is there by the time a file is read."""
    schema["required"] = [key for key in schema["required"] if key not in ("options", "positions")]


class Scale(Model):
    """A numeric scale under the options of an issue: a position for each option, or a grid that makes them."""

    model_config = ConfigDict(json_schema_extra=_made_if_left_out)

    unit: str = Field(default="", description="As people say it after a number: years, % of the fleet.")
    positions: dict[Id, float] = Field(description="Option to position; every option once. Left out with a grid.")
    grid: Grid | None = Field(default=None, description="Makes options and positions.")


def _as_it_stands(data: Any) -> Any:
    return data


class Issue(Model):
    """Something the parties may agree on."""

    model_config = ConfigDict(json_schema_extra=_made_if_left_out)

    name: str | None = Field(default=None, description="Label for people; the id if left out.")
    level: Level = Field(description="process, substance or core.")
    ends_price: bool = Field(
        default=False,
        description="Once it settles, the price of no settlement stops; of several such issues, each one's share.",
    )
    status_quo: Annotated[str, BeforeValidator(_as_it_stands, json_schema_input_type=str | float)] = Field(
        description="The option that stands if nothing is agreed; with a grid, its position."
    )
    scale: Scale | None = Field(default=None, description="Of a numeric issue.")
    options: dict[Id, Option] = Field(
        min_length=2, description="At least two options, in order; left out where the scale has a grid."
    )
