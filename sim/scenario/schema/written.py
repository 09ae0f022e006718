"""The written schema: what people may put into a scenario file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Discriminator, Field, StringConstraints, Tag, model_validator

from sim.scenario.schema.numbers import (
    Id,
    Model,
    Name,
    NoneOrMore,
    Number,
    OneOrMore,
    default,
    fault,
    looks_like_number,
)
from sim.scenario.schema.reference_classes import ReferenceClasses
from sim.scenario.schema.written_formats import Format, Track
from sim.scenario.source.yaml_text import is_mapping
from sim.types.endings import COARSE_CLASSES, CoarseClass
from sim.types.outcomes import MAX_PARTIES
from sim.types.tables import StrategyName

Level = Literal["process", "substance", "core"]
MOST_GRID_STEPS = 200


class Option(Model):
    """One way an issue can stand."""

    name: Name | None = Field(default=None, description="Label for people; the id if left out.")
    settles: bool = Field(
        False, description="The issue counts as settled here (core issues, or the one that ends the price)."
    )
    lasts: int | None = Field(
        default=None, ge=1, le=600, description="Months in force until it lapses; for good if left out."
    )
    then: Literal["status_quo", "talks"] | None = Field(
        default=None, description="What its lapse leaves: the status quo (if left out), or talks again."
    )
    halts: bool | None = Field(
        default=None, description="It settles nothing and stops the price that its issue ends, while it is in force."
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


class Issue(Model):
    """Something the parties may agree on."""

    model_config = ConfigDict(json_schema_extra=_made_if_left_out)

    name: Name | None = Field(default=None, description="Label for people; the id if left out.")
    level: Level = Field(description="process, substance or core.")
    ends_price: bool = Field(
        default=False,
        description="Once it settles, the price of no settlement stops; of several such issues, each one's share.",
    )
    status_quo: Annotated[str, BeforeValidator(lambda data: data, json_schema_input_type=str | float)] = Field(
        description="The option that stands if nothing is agreed; with a grid, its position."
    )
    scale: Scale | None = Field(default=None, description="Of a numeric issue.")
    options: dict[Id, Option] = Field(
        min_length=2, description="At least two options, in order; left out where the scale has a grid."
    )


ReferenceId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]
Condition = Annotated[dict[Id, OneOrMore], Field(min_length=1)]
LANGUAGE_PATTERN = r"^[a-z]{2}$"
Language = Annotated[str, StringConstraints(pattern=LANGUAGE_PATTERN)]
Label = Annotated[str, StringConstraints(min_length=1)]


NumberOrOptions = Annotated[
    Annotated[Number, Tag("number")] | Annotated[dict[Id, Number], Tag("options")],
    Discriminator(lambda data: "number" if looks_like_number(data) else "options"),
]


class Reference(Model):
    """A document or claim that `sources` may cite."""

    title: str
    note: str | None = None
    date: str | None = None
    url: str | None = None


class Codebook(Model):
    """What levels in words mean: per quantity and level a number, or one for each spread."""

    summary: str | None = None
    levels: dict[Id, dict[Id, NumberOrOptions]]


class Needs(Model):
    """If all of `when` stands, all of `then` must stand."""

    when: Condition = Field(alias="if")
    then: Condition


class Rule(Model):
    """A feasibility rule that holds whoever likes it: either `excludes` or `needs`."""

    summary: str | None = None
    excludes: Annotated[tuple[Condition, ...], Field(strict=False, min_length=1)] | None = None
    needs: Needs | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Rule:
        if (self.excludes is None) == (self.needs is None):
            raise fault("a rule has exactly one of two forms", "either excludes or needs")
        return self


class ValuesByOption(Model):
    """A value in [0, 1] for every option."""

    options: dict[Id, Number]


class ValuesByRanking(Model):
    """Best to worst, evenly spaced from 1 to 0, then raised to `curve`; ties in a list of their own."""

    ranking: Annotated[tuple[OneOrMore, ...], Field(strict=False, min_length=1)]
    curve: Number = default(1.0)


class Steepness(Model):
    """By how much a distance counts on either side of the ideal: 2 counts it twice, 0 makes that side all one."""

    below: Number = default(1.0)
    above: Number = default(1.0)


class ValuesByIdeal(Model):
    """Value 1 - (steepness |position - ideal| / range)^loss on the issue's scale, clipped to [0, 1]."""

    ideal: Number = Field(description="In units of the scale; it need be no option.")
    loss: Number = Field(default=default(1.0), description="Exponent, above 0: 1 linear, 2 quadratic.")
    steepness: Steepness | None = Field(default=None, description="1 on both sides if left out.")


def _values_form(data: object) -> str | None:
    if is_mapping(data):
        return next((key for key in ("options", "ranking", "ideal") if key in data), None)
    return {ValuesByOption: "options", ValuesByRanking: "ranking", ValuesByIdeal: "ideal"}.get(type(data))  # type: ignore[arg-type]


def one_form(form: Callable[[object], str | None], message: str, allowed: str) -> Discriminator:
    """Tells the forms of a part apart; where none fits, this is the error."""
    return Discriminator(form, "parley", "{message}", {"message": message, "allowed": allowed})


Values = Annotated[
    Annotated[ValuesByOption, Tag("options")]
    | Annotated[ValuesByRanking, Tag("ranking")]
    | Annotated[ValuesByIdeal, Tag("ideal")],
    one_form(_values_form, "values take one of three forms", "options, ranking or ideal"),
]


class Linkage(Model):
    """A bonus (or penalty) for a combination across issues, in the party's salience-weighted utility."""

    when: Condition
    bonus: Number


class PriceOfNoSettlement(Model):
    """Stakes paid while the issue that ends the price is open; negative hurts."""

    now: Number = default(0.0)
    drift: Number = Field(default=default(0.0), description="Change per month, stakes.")


class RedLine(Model):
    """Options a party says it will never accept."""

    issue: str
    options: OneOrMore
    firmness: Number = Field(description="Probability per draw that the line is meant, 0 to 1.")
    and_worse: bool | None = Field(
        None, description="Also bar all the party values less. Default: on ranked or numeric values."
    )

    @property
    def issues(self) -> tuple[str, ...]:
        """The issue that it speaks of, as `ConditionalLine` has it."""
        return (self.issue,)


class ConditionalLine(Model):
    """A combination a party says it will never accept unless it gets something in return."""

    when: Condition = Field(alias="if", description="The line is crossed where all of this stands ...")
    unless: Condition | None = Field(
        default=None, description="... and not all of this. Left out: nothing makes it good."
    )
    firmness: Number = Field(description="Probability per draw that the line is meant, 0 to 1.")

    @model_validator(mode="before")
    @classmethod
    def _names_what_makes_it_good(cls, data: Any) -> Any:
        if is_mapping(data) and "unless" in data and data["unless"] is None:
            raise fault("`unless` names nothing", "issues and options, or no `unless`: nothing then makes it good")
        return data

    @property
    def issues(self) -> tuple[str, ...]:
        """Issues that it speaks of, each once."""
        return tuple(dict.fromkeys((*self.when, *(self.unless or ()))))


def _line_form(data: object) -> str | None:
    if not is_mapping(data):
        return "if" if isinstance(data, ConditionalLine) else "options"
    forms = {"options": ("issue", "options", "and_worse"), "if": ("if", "unless")}
    given = [form for form, keys in forms.items() if any(key in data for key in keys)]
    return given[0] if len(given) == 1 else None


Line = Annotated[
    Annotated[RedLine, Tag("options")] | Annotated[ConditionalLine, Tag("if")],
    one_form(_line_form, "a red line has exactly one of two forms", "issue and options, or if (with unless)"),
]


class Leverage(Model):
    """What one party can do to another."""

    ability: Number = Field(description="Stakes of the target that pressing takes off its reservation value.")
    motive: Number = Field(description="0 to 1; ability without motive presses nobody.")
    cost: Number = Field(default=default(0.0), description="Stakes of the one who presses.")
    spent_by: dict[Id, dict[Id, Number]] = Field(
        {}, description="Issue, option: share of the lever gone when it stands."
    )


class Ratification(Model):
    """Home must ratify: it does iff the value is at least the reservation value plus the margin."""

    margin: Number = default(0.0)
    support: Number | None = Field(
        default=None,
        description="0 to 1: chance that home ratifies a text worth nothing to the party; read under homes: support.",
    )


class Belief(Model):
    """What a party believes of another where that differs from the truth."""

    salience: dict[Id, Number] = Field(default={})
    firmness: dict[Id, Number] = Field(default={})


class Tendencies(Model):
    """Behavioural constants that each party has of its own."""

    concession_exponent: Number | None = None
    foresight: Number | None = None
    reciprocity: Number | None = None
    concession_aversion: Number | None = None
    optimism: Number | None = None
    signing_cost: Number | None = None
    trust_at_signing: Number | None = None
    commitment_premium: Number | None = None


class PartyBehaviour(Tendencies):
    """Behavioural constants of one party, in place of the shared priors."""

    strategy: StrategyName | None = Field(default=None, description="How it bargains; standard if left out.")


class Party(Model):
    """Someone with interests: at the table, or with standing outside it."""

    name: Name | None = None
    summary: str | None = None
    bloc: Id | None = Field(default=None, description="Parties of one bloc decide as one. Default: the party's own id.")
    capability: Number = Field(default=default(1.0), description="Weight in votes by capability, 0 or more.")
    salience: dict[Id, Number] = Field(
        default={},
        description="Weight per issue, 0 or more; normalised when drawn. Neutral mediators and observers need none.",
    )
    values: dict[Id, Values] = Field(default={}, description="Needed for every issue with salience.")
    linkages: dict[Id, Linkage] = Field(default={})
    price_of_no_settlement: PriceOfNoSettlement = PriceOfNoSettlement()
    outside_option: Number = Field(default(0.0), description="Stakes above the status quo, 0 or more.")
    patience: Number = Field(default(0.97), description="Discount factor per month, above 0, at most 1.")
    meeting_value: Number = Field(default=default(0.0), description="Stakes per month of meeting.")
    talk_cost: Number = Field(default=default(0.0), description="Stakes per month at the table.")
    red_lines: dict[Id, Line] = Field(default={})
    standing: dict[Id, NumberOrOptions] = Field(
        {}, description="Issue (or issue, option): chance that refusal stops it."
    )
    leverage: dict[Id, Leverage] = Field(default={})
    support: dict[Id, Number] = Field(default={}, description="Stakes of the supported, 0 or more.")
    ratification: Ratification | None = None
    beliefs: dict[Id, Belief] = Field(default={})
    behaviour: PartyBehaviour = PartyBehaviour()


class Shift(Model):
    """How a shock changes a number: exactly one of add, times, to."""

    add: float | None = None
    times: float | None = None
    to: float | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Shift:
        if sum(part is not None for part in (self.add, self.times, self.to)) != 1:
            raise fault("a shift has exactly one of three forms", "one of add, times, to")
        return self


class Shock(Model):
    """Something that may happen once in a run and shifts named numbers."""

    name: Name | None = None
    summary: str | None = None
    hazard: Number = Field(description="Probability per month.")
    set: dict[str, Shift] = Field(min_length=1, description="Dotted path of a number: add, times or to.")


class Override(Model):
    """A named change of the file."""

    summary: str | None = None
    set: dict[str, Any] = Field(min_length=1, description="Dotted path: new value.")


class NamedScenario(Model):
    """A named list of overrides."""

    summary: str | None = None
    overrides: Annotated[tuple[str, ...], Field(strict=False)]


class Documented(Model):
    """What documents say came of a format (or track), for the simulation to be held against."""

    held: bool = Field(default=True, description="False for a meeting that was hoped for or is hypothetical.")
    outcome: Annotated[tuple[CoarseClass, ...], Field(strict=False)] = Field(
        default=(), description="The coarse classes that the documents leave possible: one where they are clear."
    )
    sources: Annotated[tuple[str, ...], Field(strict=False)] = ()
    note: str | None = None

    @model_validator(mode="after")
    def _outcome_if_held(self) -> Documented:
        if self.held != bool(self.outcome):
            raise fault("an outcome belongs to a meeting that was held", "held: false, or an outcome")
        if len(set(self.outcome)) != len(self.outcome) or len(self.outcome) == len(COARSE_CLASSES):
            raise fault("an outcome rules at least one class out", "one or two different classes")
        return self


class Rival(Model):
    """A contradiction of the sources, with an override for each reading."""

    question: Annotated[str, StringConstraints(min_length=1)]
    readings: Annotated[tuple[str, ...], Field(strict=False, min_length=2)] = Field(description="Names of overrides.")
    sources: Annotated[tuple[str, ...], Field(strict=False)] = ()


class RuleSwitches(Model):
    """Rules that reasonable people would choose differently."""

    severable: bool | None = None
    hold: Literal["walk", "once"] | None = None
    errors: Literal["once", "fresh"] | None = None
    stalling: bool | None = None
    single_undertaking: bool | None = None
    foreseen_consent: bool | None = None
    homes: Literal["margin", "support"] | None = None
    core: str | None = None


class Behaviour(Tendencies):
    """Overrides of the shared behavioural constants."""

    line_price: Number | None = None
    next_chance: Number | None = None
    precision: Number | None = None
    volatility: Number | None = None
    learning_prior: Number | None = None
    pressure_cap: Number | None = None
    trust_premium: Number | None = None
    misremembering: Number | None = None
    coalition_support: Number | None = None
    rules: RuleSwitches = RuleSwitches()


class Labels(Model):
    """The names of the file in another language, each under its id. What is left out keeps the file's own name."""

    title: Name | None = None
    summary: Label | None = None
    notes: Label | None = None
    parties: dict[Id, Name] = Field(default={}, description="Party: name.")
    issues: dict[Id, Name] = Field(default={}, description="Issue: name.")
    options: dict[Id, dict[Id, Name]] = Field(default={}, description="Issue, option: name.")
    formats: dict[Id, Name] = Field(default={}, description="Format: name.")
    baskets: dict[Id, dict[Id, Name]] = Field(default={}, description="Format, working group: name.")
    tracks: dict[Id, Name] = Field(default={}, description="Track: name.")


def version_one(data: Any) -> Any:
    """Refuses `true` and 1.0, which Python holds equal to 1."""
    if data == 1 and type(data) is not int:
        raise fault("not a value allowed here", "1")
    return data


class ScenarioFile(Model):
    """A whole scenario file."""

    parley: Annotated[Literal[1], BeforeValidator(version_one)] = Field(description="Version of the schema.")
    id: Id
    title: Name
    summary: str | None = None
    as_of: str | None = Field(default=None, description="Date that the file describes.")
    horizon_months: int = Field(default=24, ge=1, le=600, description="Months a text is watched after it is signed.")
    notes: str | None = None
    include: NoneOrMore = Field((), description="Files whose content lies under this one's, from the first up.")
    evidence: NoneOrMore = Field((), description="Files of claims; those that are cited become references.")
    codebook: str | None = Field(None, description="Which codebook gives levels their numbers; the first if left out.")
    codebooks: dict[Id, Codebook] = Field(default={}, description="What levels in words mean, in one or more codings.")
    references: dict[ReferenceId, Reference] | None = None
    groups: dict[str, Any] = Field(default={}, max_length=0, description="Reserved.")
    issues: dict[Id, Issue] = Field(min_length=1)
    rules: dict[Id, Rule] = Field(default={})
    parties: dict[Id, Party] = Field(min_length=2, max_length=MAX_PARTIES)
    formats: dict[Id, Format] = Field(min_length=1)
    tracks: dict[Id, Track] = Field(default={}, description="Formats one after another, compared like formats.")
    shocks: dict[Id, Shock] = Field(default={})
    overrides: dict[Id, Override] = Field(default={})
    scenarios: dict[Id, NamedScenario] = Field(default={})
    documented: dict[Id, Documented] = Field(default={}, description="What documents say came of a format or track.")
    reference_class: ReferenceClasses = Field({}, description="Likelihood: class of past cases (`parley history`).")
    rivals: dict[ReferenceId, Rival] = Field(default={}, description="Contradictions of the sources by reading.")
    behaviour: Behaviour = Behaviour()
    labels: dict[Language, Labels] | None = Field(
        default=None, description="Names in further languages, by language code of two letters (`vi`)."
    )
