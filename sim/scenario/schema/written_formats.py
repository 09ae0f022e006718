"""The written schema of talk formats and of tracks: who sits how, who must consent, in which order, for how long."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from sim.scenario.schema.numbers import Id, Model, Name, NoneOrMore, Number, OneOrMore, fault
from sim.scenario.source.yaml_text import is_list, is_mapping, is_row
from sim.types.tables import ProtocolName

Role = Literal["principal", "mediator", "guarantor", "observer"]
ConsentRule = Literal["unanimity", "majority", "quota"]
AgendaOrder = Literal["package", "easy_first", "hard_first", "given"]
Issues = Annotated[tuple[str, ...], Field(strict=False, min_length=1)]
Stages = Annotated[tuple[OneOrMore, ...], Field(strict=False)]


def _short_for(key: str, written: Any) -> BeforeValidator:
    """Takes a word in place of the mapping that has it under `key`."""
    return BeforeValidator(lambda data: {key: data} if isinstance(data, str) else data, json_schema_input_type=written)


class Seat(Model):
    """A seat at the table."""

    role: Role = "principal"
    required: bool = Field(default=False, description="Without this party there are no talks.")
    interested: bool = Field(
        default=False, description="Mediators: has a vote and may press; a mediator that is not is neutral."
    )
    mandate: bool = Field(default=False, description="Mediators: its texts bind without ratification at home.")
    meeting_value: Number | None = Field(default=None, description="In place of the party's own.")
    talk_cost: Number | None = Field(default=None, description="In place of the party's own.")
    recognition: Number | None = Field(
        default=None,
        description="Relative chance to get the floor under proposal_and_vote and open_rule, and to be drawn into a "
        "contact group; 0 or more, 1 if left out.",
    )

    @property
    def speaks(self) -> bool:
        """Whether the seat makes offers and has a vote: principals and interested mediators."""
        return self.role == "principal" or (self.role == "mediator" and self.interested)


SeatOrRole = Annotated[Seat, _short_for("role", Seat | Role)]


class Calendar(Model):
    """How long the talks last."""

    months: int = Field(ge=1)
    rounds_per_month: int = Field(ge=1)


class Consent(Model):
    """Whose yes a text needs at the table; one word for unanimity or majority."""

    rule: ConsentRule | None = Field(
        default=None, description="quota if left out, and then members, weight or both are needed."
    )
    members: float = Field(
        default=0.0,
        ge=0,
        description="quota: least share of the votes by head, 0 to 1.",
        json_schema_extra={"maximum": 1},
    )
    weight: float = Field(
        default=0.0,
        ge=0,
        description="quota: least share of the capability of those who vote, 0 to 1; with members, both are needed.",
        json_schema_extra={"maximum": 1},
    )
    vetoes: NoneOrMore = Field(default=(), description="Parties that must not refuse, whatever the count.")
    abstention: bool = Field(
        default=False, description="A party for which a text changes nothing counts neither for nor against it."
    )

    @model_validator(mode="after")
    def _one_rule(self) -> Consent:
        by_shares = self.members > 0 or self.weight > 0
        if self.rule in (None, "quota") and not by_shares:
            raise fault("a consent rule is missing", "rule: unanimity or majority, or members, weight or both above 0")
        if self.rule in ("unanimity", "majority") and by_shares:
            raise fault(f"{self.rule} leaves no room for a quota", "either rule: quota, or no members and no weight")
        return self


ConsentOrRule = Annotated[Consent, _short_for("rule", Consent | Literal["unanimity", "majority"])]


def _form(data: object) -> str:
    return "list" if is_list(data) or is_row(data) else "word"


AllOrIssues = Annotated[Annotated[Literal["all"], Tag("word")] | Annotated[Issues, Tag("list")], Discriminator(_form)]
OrderOrStages = Annotated[
    Annotated[AgendaOrder, Tag("word")]
    | Annotated[tuple[OneOrMore, ...], Field(strict=False, min_length=1), Tag("list")],
    Discriminator(_form),
]


class Agenda(Model):
    """What is talked about, and in which order; in short `all` or a list of issues."""

    issues: AllOrIssues = "all"
    order: OrderOrStages = Field(
        default="package",
        description="package: all at once; easy_first or hard_first: one group of linked issues at a time; a list of "
        "issues or of lists of issues: the stages, in order, and whatever they leave out is off the agenda.",
    )
    stages: Stages = Field(default=(), description="The stages of an order that is given.")

    @property
    def order_word(self) -> AgendaOrder:
        """The order in one word; `given` for stages."""
        return "given" if isinstance(self.order, tuple) else self.order

    @property
    def given_stages(self) -> tuple[tuple[str, ...], ...]:
        """Issues of each stage of a given order; none otherwise."""
        return self.order if isinstance(self.order, tuple) else self.stages

    def listed(self, issues: Iterable[str]) -> list[str]:
        """The issues on the agenda, out of all `issues` of the file, stage by stage where stages are given."""
        if self.given_stages:
            return [issue for stage in self.given_stages for issue in stage]
        return list(issues if self.issues == "all" else self.issues)

    @model_validator(mode="after")
    def _one_order(self) -> Agenda:
        if self.stages and self.order != "given":
            raise fault("stages go with a given order", "order: given, or no stages")
        if self.order == "given" and not self.stages:
            raise fault("a given order needs stages", "order: a list of issues or of lists of issues")
        if self.given_stages and self.issues != "all" and set(self.issues) != set(self.listed(())):
            raise fault("the stages say what is on the agenda", "no issues beside a given order")
        return self


def _agenda(data: Any) -> Any:
    if is_mapping(data) or isinstance(data, Agenda):
        return data
    if data == "all" or is_list(data) or is_row(data):
        return {"issues": data}
    raise fault("unknown agenda", "all, a list of issues, or a mapping with issues and order")


AgendaOrIssues = Annotated[Agenda, BeforeValidator(_agenda, json_schema_input_type=Agenda | Literal["all"] | Issues)]


class Basket(Model):
    """A working group: what it talks about, and who sits in it."""

    name: Name | None = Field(default=None, description="Label for people; the id if left out.")
    issues: Issues
    members: NoneOrMore | None = Field(default=None, description="Parties at the table; all principals if left out.")


class Format(Model):
    """A talk format: who sits, by which protocol, on what, for how long."""

    name: Name | None = None
    summary: str | None = None
    protocol: ProtocolName = "alternating_offers"
    seats: dict[Id, SeatOrRole]
    consent: ConsentOrRule = Field(default=Consent(rule="unanimity"), description="Unanimity if left out.")
    agenda: AgendaOrIssues = Field(default=Agenda(), description="All issues at once if left out.")
    baskets: dict[Id, Basket] = Field(default={}, description="Protocol baskets: at least two working groups.")
    group_months: int | None = Field(
        default=None, ge=0, description="Protocol baskets: months before the plenary; half of all if left out."
    )
    contact_group: Number | None = Field(
        default=None,
        description="So many principals, drawn anew in each draw by recognition, talk for all; everybody seated then "
        "votes on their text by the consent rule. Rounded to whole seats, at least 2; required seats are always in it, "
        "and a bloc counts once. All talk if left out.",
    )
    harvest: Literal["all_or_nothing", "early"] = "all_or_nothing"
    calendar: Calendar
    transparency: Literal["public", "secret"] = "public"
    only_in_tracks: bool = Field(
        default=False, description="A leg of tracks: compared by itself only if asked for with --formats."
    )

    @property
    def speakers(self) -> list[str]:
        """Parties that make offers and have a vote."""
        return [party for party, seat in self.seats.items() if seat.speaks]

    def in_role(self, role: Role) -> list[str]:
        """Parties that sit in a role."""
        return [party for party, seat in self.seats.items() if seat.role == role]

    @property
    def months_in_groups(self) -> int:
        """Months of the working groups; 0 under other protocols."""
        if self.group_months is not None:
            return self.group_months
        return max(1, self.calendar.months // 2) if self.protocol == "baskets" else 0


class Leg(Model):
    """One format of a track."""

    format: str
    after: int = Field(default=0, ge=0, le=600, description="Months since the end of the leg before.")


LegOrFormat = Annotated[Leg, _short_for("format", Leg | str)]


class Track(Model):
    """Formats one after another, until one of them settles."""

    name: Name | None = Field(default=None, description="Label for people; the id if left out.")
    summary: str | None = None
    legs: Annotated[tuple[LegOrFormat, ...], Field(strict=False, json_schema_extra={"minItems": 2})] = Field(
        description="At least two formats of this file, in order."
    )
